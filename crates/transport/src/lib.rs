//! Mail on its way: taken in from the doors, into mailboxes at once where that is possible, through the
//! queue otherwise.
//!
//! The promise: an accepted recipient is on disk before the client hears 250, and is at any time in exactly
//! one place: a mailbox, the queue, or the report of its failure. [`Transport::fate`] tells which.

mod bell;
mod counts;
mod envelope;
mod fate;
mod house;
mod intake;
mod lane;
mod mailboxes;
mod outcome;
mod queue;
mod report;
mod settle;
mod status;
mod transport;
mod worker;

pub use counts::Counts;
pub use envelope::{Client, Content, Envelope, Forward, Notify, Place, Recipient, Ret};
pub use fate::{Fate, Whereabouts};
pub use intake::{Intake, Limits, Message, Receipt, TraceFields, relay_denied, too_large, unknown_recipient};
pub(crate) use lane::Lane;
pub use mailbox::store::{Acceptance, Incoming};
pub use mailbox::{Delivery, Sender};
pub use mailboxes::{Lies, Mailboxes};
pub use outcome::Times;
pub use queue::Finding;
pub use status::{Status, status};
pub use transport::{Config, Transport};
pub use worker::Worker;
