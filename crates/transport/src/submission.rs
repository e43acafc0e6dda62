//! What the door of submission asks besides: who is this, and may they send under that address.  [RFC 6409]

use std::net::IpAddr;

use mailbox::{Capacity, Protocol, Submitter};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result};

use crate::Sender;

/// Told once how a log-on ended, on any thread.
pub type Then = Box<dyn FnOnce(Result<Submitter>) + Send>;

/// What a submitter may send under an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Who sends.
    pub sender: Sender,
    /// The largest message, where the sender has a limit of its own.
    pub message_bytes_max: Option<u64>,
    /// The most recipients, where the sender has a limit of its own.
    pub recipients_max: Option<usize>,
}

/// Two questions, both answered out of memory.
pub trait Submission: Send + Sync + 'static {
    /// Checks a name and a password that came from `peer`, and calls `then` with the outcome; does not block. `act_as`
    /// names somebody else in whose name the caller wants to act. [RFC 4616 2]
    fn logon(&self, user: &str, password: &str, act_as: Option<&str>, peer: IpAddr, then: Then);

    /// Whether an account may send now, and under that reverse path; none is `<>`.
    fn sending(&self, account: Guid, from: Option<&SmtpAddress>) -> Result<Sending>;
}

impl Submission for mailbox::Mailboxes {
    fn logon(&self, user: &str, password: &str, act_as: Option<&str>, peer: IpAddr, then: Then) {
        if act_as.is_some_and(|other| !other.eq_ignore_ascii_case(user)) {
            return then(Err(Error::denied(ErrorId::ActAsRefused, "You may not log on as another user.")));
        }
        self.prove(user, password, Protocol::Submission, peer, |proved| {
            then(proved.and_then(mailbox::Proved::submit));
        });
    }

    fn sending(&self, account: Guid, from: Option<&SmtpAddress>) -> Result<Sending> {
        // An administrator who disables the account ends its sessions; this asks what may have changed besides.
        if from.is_some_and(|from| self.capacity(account, from).is_none()) {
            return Err(send_as_denied());
        }
        self.check_sending(account)?;
        let mailbox::SendingAccount { message_bytes_max, recipients_max, .. } =
            self.sending_account(account)?;
        let sender = Sender::Authenticated { account, address: from.cloned() };
        Ok(Sending { sender, message_bytes_max, recipients_max })
    }
}

/// The refusal of whoever has no right to an address, in Exchange's words.
pub fn send_as_denied() -> Error {
    Error::denied(ErrorId::SendAsDenied, "SMTP; Client does not have permissions to send as this sender")
}

/// What transport asks of the mailboxes about whoever submits.
pub trait Senders: Send + Sync + 'static {
    /// In what capacity an account may send under an address.
    fn capacity(&self, account: Guid, address: &SmtpAddress) -> Option<Capacity>;
    /// Whether an address leads to somebody of this organisation.
    fn is_ours(&self, address: &SmtpAddress) -> bool;
    /// The mailbox, with its database, that keeps a copy of what is sent in its name in that capacity.
    fn keeps_copy(&self, address: &SmtpAddress, capacity: Capacity) -> Option<(Guid, Guid)>;
    /// Its primary address, its name and its limits.
    fn sending_account(&self, account: Guid) -> Result<mailbox::SendingAccount>;
    /// Records that an account at `peer` sends under an address; what is kept of it is the mailbox's matter.
    fn note_sent(
        &self,
        account: Guid,
        address: &SmtpAddress,
        capacity: Capacity,
        peer: IpAddr,
        subject: &str,
    ) -> Result<()>;
}

impl Senders for mailbox::Mailboxes {
    fn capacity(&self, account: Guid, address: &SmtpAddress) -> Option<Capacity> {
        mailbox::Mailboxes::capacity(self, account, address)
    }
    fn is_ours(&self, address: &SmtpAddress) -> bool {
        mailbox::Mailboxes::is_ours(self, address)
    }
    fn keeps_copy(&self, address: &SmtpAddress, capacity: Capacity) -> Option<(Guid, Guid)> {
        mailbox::Mailboxes::keeps_copy(self, address, capacity)
    }
    fn sending_account(&self, account: Guid) -> Result<mailbox::SendingAccount> {
        mailbox::Mailboxes::sending_account(self, account)
    }
    fn note_sent(
        &self,
        account: Guid,
        address: &SmtpAddress,
        capacity: Capacity,
        peer: IpAddr,
        subject: &str,
    ) -> Result<()> {
        mailbox::Mailboxes::note_sent(self, account, address, capacity, peer, subject)
    }
}
