//! What transport needs of the mailboxes: a few questions and one deed. A test's fake is as many functions.

use std::sync::Arc;

use mailbox::directory::{Directory, Record};
use mailbox::store::Trace;
use mailbox::{Delivery, Expansion, Language, Moderation, Outgoing, Post, Sender, Written};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};

use crate::{Place, Senders, TrackingQuery};

/// The mailboxes of the house, as transport sees them.
pub trait Mailboxes: Senders {
    /// Where an address leads. `NotFound`: ours, but nobody has it. `Denied` with the id `RelayDenied`: not ours.
    fn place(&self, address: &SmtpAddress) -> Result<Place>;

    /// Where an address leads, and whether a message of `size` bytes from that sender is taken there now: the question
    /// of RCPT. A database that cannot be asked at the moment is no refusal.
    fn admit(&self, address: &SmtpAddress, sender: &Sender, size: u64) -> Result<Place>;

    /// Where a copy for an address lands, whatever its owner forwards.
    fn landing(&self, address: &SmtpAddress) -> Result<Place> {
        self.place(address)
    }

    /// Follows addresses to those who get a message of `size` bytes from that sender; one answer for each, in order. Who has
    /// one of the `known` addresses gets it by that one. An error is what becomes of the address itself.
    fn expand(
        &self,
        written: &[Written],
        known: &[SmtpAddress],
        sender: &Sender,
        size: u64,
    ) -> Vec<Result<Expansion>>;

    /// Whether an address is an arbitration mailbox's, to which moderators answer.
    fn takes_decisions(&self, _address: &SmtpAddress) -> bool {
        false
    }

    /// Whether an account decides on messages for the one who has an address.
    fn moderates(&self, _account: Guid, _address: &SmtpAddress) -> bool {
        false
    }

    /// Who decides on who becomes a member of a group. Errors: nobody can be asked.
    fn membership_approval(&self, group: &Record) -> Result<Moderation> {
        let message = format!("No owner of {} can be written to.", group.name());
        Err(Error::denied(ErrorId::ModeratorMissing, message))
    }

    /// Who decides on a message where a rule names the moderators; nobody where the sender is one of them.
    fn moderation_by(&self, _moderators: &[SmtpAddress], _sender: &Sender) -> Result<Option<Moderation>> {
        Ok(None)
    }

    /// Whether an account has one of those addresses, or is a member of a group that has.
    fn is_among(&self, _account: Guid, _addresses: &[SmtpAddress]) -> bool {
        false
    }

    /// Whether a sender hears that a moderator rejected a message for the one who has an address.
    fn hears_of_rejection(&self, _address: &SmtpAddress, _sender: &Sender) -> bool {
        true
    }

    /// Who people are and what is set; a house of a test may know nothing of it.
    fn directory(&self) -> Option<&Directory> {
        None
    }

    /// The largest message that a recipient takes, where it has a limit of its own.
    fn receive_limit(&self, _address: &SmtpAddress) -> Option<u64> {
        None
    }

    /// The recipient who has an address.
    fn named(&self, _address: &SmtpAddress) -> Option<Arc<Record>> {
        None
    }

    /// Hands over the traces of deliveries that a query could want, each once; nothing where a search begins (in another
    /// database, or for another recipient), of which each tells its newest first as long as it is answered true.
    fn traced(
        &self,
        _query: &TrackingQuery,
        _each: &mut dyn FnMut(Option<Trace>) -> Result<bool>,
    ) -> Result<()> {
        Ok(())
    }

    /// The language of whoever has an address: the first of theirs that the house speaks, English for anybody else.
    fn language(&self, _address: &SmtpAddress) -> Language {
        Language::ENGLISH
    }

    /// The default accepted domain.
    fn default_domain(&self) -> Result<String>;

    /// Puts a message into mailboxes of one database, in one transaction with its trace: one answer for each
    /// of `to`, in that order. An error means that it lies in none.
    fn deliver(&self, delivery: &Delivery) -> Result<Vec<Result<()>>>;

    /// Whether a mailbox may send something when a message comes in, so that the message has to go through the queue.
    fn may_send(&self, _mailbox: Guid) -> bool {
        false
    }

    /// What a mailbox sends because a message was delivered to it. Asked again for the same delivery it answers the same.
    fn sends(&self, _delivery: &Delivery, _mailbox: Guid, _post: &Post<'_>) -> Result<Vec<Outgoing>> {
        Ok(Vec::new())
    }

    /// Into which mailboxes the message `id` was delivered, in all databases, with the recipients' addresses.
    fn delivered(&self, id: Guid) -> Result<Vec<DeliveredCopy>>;

    /// The same for a delivery into `database`, which has to answer; others may be left out where they cannot be read.
    fn delivered_for(&self, id: Guid, _database: Guid) -> Result<Vec<DeliveredCopy>> {
        self.delivered(id)
    }

    /// Forgets what became of messages before a moment, at most `limit` of them in each database.
    fn forget(&self, before: Time, limit: u32) -> Result<()>;

    /// `tell` is called with each database that is mounted from now on.
    fn when_mounted(&self, tell: Box<dyn Fn(Guid) + Send + Sync>);

    /// The ids under which a message with this Message-ID (without its brackets) was delivered.
    fn ids(&self, message_id: &str) -> Result<Vec<Guid>>;
}

/// A message that lies in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredCopy {
    /// The recipient as the sender wrote it.
    pub address: String,
    /// The mailbox.
    pub mailbox: Guid,
    /// The database.
    pub database: Guid,
    /// When it was delivered.
    pub at: Time,
}
