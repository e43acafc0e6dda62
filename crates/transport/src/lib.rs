//! Mail on its way: taken in from the doors, into mailboxes at once where that is possible, through the
//! queue otherwise.
//!
//! The promise: an accepted recipient is on disk before the client hears 250, and is at any time in exactly
//! one place: a mailbox, the queue, or the report of its failure.

mod envelope;
mod intake;
mod status;

pub use envelope::{Client, Content, Envelope, Forward, Notify, Place, Recipient, Ret, ReversePath};
pub use intake::{
    Intake, Limits, Message, Receipt, TraceFields, relay_denied, too_large, unknown_recipient,
};
pub use status::{Status, status};
