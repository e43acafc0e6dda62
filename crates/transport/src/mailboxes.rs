//! What transport needs of the mailboxes: three questions and one deed. A test's fake is four functions.

use std::sync::Arc;

use object::types::{Guid, SmtpAddress};
use object::{Result, Time};

use crate::Place;

/// The mailboxes of the house, as transport sees them.
pub trait Mailboxes: Send + Sync + 'static {
    /// Where an address leads. `NotFound`: ours, but nobody has it. `Denied` with the id `RelayDenied`: not ours.
    fn place(&self, address: &SmtpAddress) -> Result<Place>;

    /// The default accepted domain.
    fn default_domain(&self) -> Result<String>;

    /// Puts a message into mailboxes of one database, in one transaction with its trace: one answer for each
    /// of `to`, in that order. An error means that it lies in none. Together means all or none: where one is
    /// refused, nobody has it and every answer is an error.
    fn deliver(&self, delivery: &Delivery) -> Result<Vec<Result<()>>>;

    /// Into which mailboxes the message `id` was delivered, in all databases, with the recipients' addresses.
    fn delivered(&self, id: Guid) -> Result<Vec<Lies>>;

    /// The ids under which a message with this Message-ID (without its brackets) was delivered.
    fn ids(&self, message_id: &str) -> Result<Vec<Guid>>;
}

/// A message for mailboxes of one database.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its name, the same for all that is done with it.
    pub id: Guid,
    /// The database.
    pub database: Guid,
    /// Each recipient's address as the sender wrote it, and the mailbox.
    pub to: Vec<(SmtpAddress, Guid)>,
    /// The sender of the envelope; empty for a report.
    pub sender: String,
    /// All octets, trace fields included.
    pub octets: Arc<[u8]>,
    /// When it was accepted.
    pub at: Time,
    /// Whether nobody is to have it unless all can.
    pub together: bool,
}

/// A message that lies in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lies {
    /// The recipient as the sender wrote it.
    pub address: String,
    /// The mailbox.
    pub mailbox: Guid,
    /// The database.
    pub database: Guid,
    /// When it was delivered.
    pub at: Time,
}
