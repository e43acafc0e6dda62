//! The words of refusals as Exchange says them: what its administrators look up, then what a person reads.

use object::{Error, ErrorId};

/// A message that is larger than its recipient takes.
pub(crate) const TOO_LARGE_FOR_RECIPIENT: &str =
    "RESOLVER.RST.RecipSizeLimit; message too large for this recipient";
/// A message that is larger than its sender may send.
const TOO_LARGE_FOR_SENDER: &str = "RESOLVER.RST.SendSizeLimit.Sender; message too large for this sender";
/// A sender who has not logged on, where that is asked for.
const NOT_AUTHENTICATED: &str = "RESOLVER.RST.AuthRequired; authentication required";
/// A sender from whom nothing is taken.
const NOT_AUTHORIZED: &str = "RESOLVER.RST.NotAuthorized; not authorized";
/// A recipient who was found out not to be there when the message had been taken.
const NOT_FOUND: &str = "RESOLVER.ADR.ExRecipNotFound; not found";
/// A mailbox in which there is no room.
const FULL: &str =
    "mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded";
/// A message that was tried for too long.
pub(crate) const EXPIRED: &str = "QUEUE.Expired; message expired";

/// The refusal of a client that is not known, for a domain that is not ours.
pub fn relay_denied() -> Error {
    Error::denied(ErrorId::RelayDenied, "Unable to relay")
}

/// The refusal of an address of ours that nobody has.
pub fn unknown_recipient() -> Error {
    Error::not_found(ErrorId::RecipientUnknown, "User unknown")
}

/// Whose limit of the size a message meets first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeLimitOf {
    /// What the organisation lets pass.
    Organization,
    /// What a port takes.
    ReceiveConnector,
    /// What a sender may send.
    Sender,
}

/// A message that exceeds the limit of the organisation.
pub fn too_large() -> Error {
    too_large_for(SizeLimitOf::Organization)
}

/// A message that exceeds a limit: whose it was is told.
pub fn too_large_for(whose: SizeLimitOf) -> Error {
    let fixed = |whose: &str| {
        let sentence = format!("Message size exceeds fixed maximum message size of the {whose}");
        Error::limit(ErrorId::MessageTooLarge, sentence)
    };
    match whose {
        SizeLimitOf::Organization => fixed("organization"),
        SizeLimitOf::ReceiveConnector => fixed("receive connector"),
        SizeLimitOf::Sender => Error::limit(ErrorId::SendSizeLimit, TOO_LARGE_FOR_SENDER),
    }
}

/// What a mailbox holds, and whether it is disabled, removed or full to the last byte, is nobody's business
/// outside: senders hear Exchange's words. [RFC 5321 7.3]
pub(crate) fn for_senders(error: Error) -> Error {
    match error.known() {
        Some(id) if is_unknown(id) => unknown_recipient(),
        Some(ErrorId::QuotaExceeded) => Error::limit(ErrorId::MailboxFull, FULL),
        Some(id @ ErrorId::RecipientSizeLimit) => Error::limit(id, TOO_LARGE_FOR_RECIPIENT),
        Some(id @ ErrorId::SenderNotAuthenticated) => Error::denied(id, NOT_AUTHENTICATED),
        Some(id @ ErrorId::SenderNotAuthorized) => Error::denied(id, NOT_AUTHORIZED),
        Some(ErrorId::MessageTooLarge) => too_large(),
        _ => error,
    }
}

/// The same for what is found out behind the acceptance and told in a report.
pub(crate) fn for_reports(error: Error) -> Error {
    match error.known() {
        Some(id) if is_unknown(id) => Error::not_found(ErrorId::RecipientUnknown, NOT_FOUND),
        _ => for_senders(error),
    }
}

fn is_unknown(id: ErrorId) -> bool {
    matches!(
        id,
        ErrorId::RecipientUnknown
            | ErrorId::MailboxNotFound
            | ErrorId::MailboxDisconnected
            | ErrorId::MailboxMissing
            | ErrorId::MailboxPurged
    )
}

/// How the words for administrators begin.
const FOR_ADMINISTRATORS: [&str; 3] = ["RESOLVER.", "STOREDRV.", "QUEUE."];

/// What a person reads of a refusal: all but the words for administrators.
pub(crate) fn plain(words: &str) -> String {
    let is_for_people = |part: &&str| !FOR_ADMINISTRATORS.iter().any(|head| part.starts_with(head));
    let parts: Vec<&str> = words.split("; ").filter(is_for_people).collect();
    if parts.is_empty() { words.to_owned() } else { parts.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_what_a_person_wrote() {
        for (words, read) in [
            (TOO_LARGE_FOR_RECIPIENT, "message too large for this recipient"),
            (FULL, "mailbox full"),
            ("User unknown", "User unknown"),
            ("Closed; ask Ann; or Ben.", "Closed; ask Ann; or Ben."),
            ("Closed.", "Closed."),
            ("Closed; helpdesk@contoso.com", "Closed; helpdesk@contoso.com"),
            ("contoso.com/rules; ask there", "contoso.com/rules; ask there"),
            (TOO_LARGE_FOR_SENDER, "message too large for this sender"),
            (NOT_AUTHENTICATED, "authentication required"),
            (NOT_FOUND, "not found"),
            ("QUEUE.Expired; message expired", "message expired"),
        ] {
            assert_eq!(plain(words), read);
        }
    }
}
