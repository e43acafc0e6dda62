//! Enhanced status codes: what an error means to a mail program.  [RFC 3463]

use object::{Error, ErrorId, Fault};

/// A code like `5.1.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u8, pub u8, pub u16);

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Status {
    /// Reads `5.7.1`.
    pub(crate) fn parse(text: &str) -> Option<Status> {
        let mut parts = text.split('.');
        let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Status(class.parse().ok()?, subject.parse().ok()?, detail.parse().ok()?))
    }

    /// Whether trying again is useless.
    pub fn is_permanent(self) -> bool {
        self.0 == 5
    }
}

/// A refusal whose codes somebody else chose: an administrator's rule.
pub(crate) fn refusal(code: Option<u16>, status: Status, sentence: &str) -> Error {
    Error::denied(ErrorId::RejectedByRule, sentence).target(format!("{} {status}", code.unwrap_or(0)))
}

fn ruled(error: &Error) -> Option<(&str, &str)> {
    error.target_name().filter(|_| error.is(ErrorId::RejectedByRule))?.split_once(' ')
}

/// The SMTP code of an error, where somebody chose it.
pub fn chosen_code(error: &Error) -> Option<u16> {
    let (code, status) = ruled(error)?;
    let usual = if Status::parse(status)?.is_permanent() { 550 } else { 450 };
    code.parse().ok().map(|code| if code == 0 { usual } else { code })
}

/// Ids that have a code of their own; the rest goes by fault.
const BY_ID: &[(ErrorId, Status)] = &[
    (ErrorId::MailboxFull, Status(5, 2, 2)),
    (ErrorId::MessageTooLarge, Status(5, 3, 4)),
    (ErrorId::HeaderTooLarge, Status(5, 3, 4)),
    (ErrorId::HopCountExceeded, Status(5, 4, 6)),
    (ErrorId::LoopOfForwards, Status(5, 4, 6)),
    (ErrorId::SendAsDenied, Status(5, 7, 60)),
    (ErrorId::HeaderMalformed, Status(5, 6, 0)),
    (ErrorId::DiskFull, Status(4, 3, 1)),
    (ErrorId::SenderBlocked, Status(5, 1, 0)),
    (ErrorId::FolderKeepsNothing, Status(5, 2, 1)),
    (ErrorId::SendSizeLimit, Status(5, 2, 3)),
];

/// The code of an error on the way to a mailbox.
pub fn status(error: &Error) -> Status {
    if let Some(status) = ruled(error).and_then(|(_, status)| Status::parse(status)) {
        return status;
    }
    let known = BY_ID.iter().find(|(id, _)| error.is(*id));
    known.map_or_else(|| by_fault(error.fault()), |(_, status)| *status)
}

fn by_fault(fault: Fault) -> Status {
    match fault {
        Fault::Caller => Status(5, 5, 4),
        Fault::NotFound => Status(5, 1, 1),
        Fault::Denied => Status(5, 7, 1),
        Fault::Conflict => Status(5, 1, 4),
        Fault::Limit => Status(5, 2, 3),
        Fault::Busy => Status(4, 3, 2),
        Fault::Server => Status(4, 3, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_and_broken_are_tried_again_and_the_rest_is_not() {
        for fault in Fault::ALL {
            let temporary = matches!(fault, Fault::Busy | Fault::Server);
            assert_eq!(
                status(&Error::new(fault, ErrorId::InvalidValue, "x")).is_permanent(),
                !temporary,
                "{fault:?}"
            );
        }
        assert_eq!(status(&Error::limit(ErrorId::MailboxFull, "full")).to_string(), "5.2.2");
    }
}
