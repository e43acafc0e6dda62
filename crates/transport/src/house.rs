//! The real mailboxes behind the narrow trait: what they say in the words that senders may hear.

use mailbox::store::Incoming;
use mailbox::{Destination, Letter};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result};

use crate::{Delivery, Lies, Mailboxes, Place, unknown_recipient};

impl Mailboxes for mailbox::Mailboxes {
    fn place(&self, address: &SmtpAddress) -> Result<Place> {
        match self.recipient(address).map_err(for_senders)? {
            Destination::Mailbox { mailbox, database, .. } => Ok(Place::Mailbox { mailbox, database }),
            Destination::Elsewhere(address) => Ok(Place::Elsewhere(address)),
            // Groups are taken when they are expanded, with the mail flow; to take mail for one before would lose it.
            Destination::Group(_) => Err(unknown_recipient()),
        }
    }

    fn default_domain(&self) -> Result<String> {
        Ok(mailbox::Mailboxes::default_domain(self))
    }

    fn deliver(&self, delivery: &Delivery) -> Result<Vec<Result<()>>> {
        let letter = Letter {
            id: delivery.id,
            at: delivery.at,
            sender: delivery.sender.clone(),
            to: delivery.to.clone(),
            message: Incoming::new(delivery.octets.clone()),
        };
        let answers = match delivery.together {
            true => self.deliver_together(delivery.database, &letter)?,
            false => mailbox::Mailboxes::deliver(self, delivery.database, &letter)?,
        };
        Ok(answers.into_iter().map(|answer| answer.map(drop).map_err(for_senders)).collect())
    }

    fn delivered(&self, id: Guid) -> Result<Vec<Lies>> {
        let mut found = Vec::new();
        for (database, trace) in self.traces(id)? {
            let there = trace.recipients.into_iter().filter(|recipient| recipient.delivered);
            found.extend(there.map(|recipient| Lies {
                address: recipient.address,
                mailbox: recipient.mailbox,
                database,
                at: trace.at,
            }));
        }
        Ok(found)
    }

    fn ids(&self, message_id: &str) -> Result<Vec<Guid>> {
        self.trace_ids(message_id)
    }
}

/// What a mailbox holds, and whether it is disabled, removed or full to the last byte, is nobody's business
/// outside: senders hear Exchange's words. [RFC 5321 7.3]
fn for_senders(error: Error) -> Error {
    match error.known() {
        Some(
            ErrorId::RecipientUnknown
            | ErrorId::MailboxNotFound
            | ErrorId::MailboxDisconnected
            | ErrorId::MailboxMissing
            | ErrorId::MailboxPurged,
        ) => unknown_recipient(),
        Some(ErrorId::QuotaExceeded) => Error::limit(ErrorId::MailboxFull, "mailbox full"),
        Some(ErrorId::RecipientSizeLimit) => {
            Error::limit(ErrorId::RecipientSizeLimit, "message too large for this recipient")
        }
        Some(ErrorId::MessageTooLarge) => crate::too_large(),
        _ => error,
    }
}
