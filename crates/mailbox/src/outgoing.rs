//! What a mailbox sends because something came in: automatic replies, and what its rules send on.

use crate::letter::Letter;
use crate::{Delivery, Mailboxes, Sender};
use object::types::{Guid, SmtpAddress};
use object::{Result, Time};

/// A message that a mailbox sends by itself.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Who hears of failures.
    pub sender: Sender,
    /// Who gets it.
    pub to: Vec<SmtpAddress>,
    /// The message.
    pub octets: Vec<u8>,
    /// Its subject.
    pub subject: String,
}

/// What a message that is made here is stamped with.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// Our host name.
    pub host: &'a str,
    /// The moment.
    pub now: Time,
    /// The name of the message that came in, of which each that goes out makes its own.
    pub internet_id: Guid,
}

impl Mailboxes {
    /// Whether a mailbox may send something when a message comes in, so that both have to be kept together.
    pub fn may_send(&self, mailbox: Guid) -> bool {
        let user = self.directory().by_mailbox(mailbox);
        user.is_some_and(|user| self.is_answering(&user))
    }

    /// What a mailbox sends because a message was delivered to it. Asked again for the same delivery it answers the same.
    pub fn sends(&self, delivery: &Delivery, mailbox: Guid, post: &Post<'_>) -> Result<Vec<Outgoing>> {
        let Some(user) = self.directory().by_mailbox(mailbox) else { return Ok(Vec::new()) };
        if !self.is_answering(&user) {
            return Ok(Vec::new());
        }
        let letter = Letter::of(&delivery.message);
        let mut out = Vec::new();
        if let Some(answer) = self.answer(&user, delivery, &letter) {
            let database = self.0.store.database(delivery.database)?;
            if database.answers(mailbox, &answer)? {
                out.extend(self.answering(&user, delivery, &letter, post));
            }
        }
        Ok(out)
    }
}
