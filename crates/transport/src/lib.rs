//! Mail on its way: taken in from the doors, into mailboxes at once where that is possible, through the
//! queue otherwise.
//!
//! The way of a message, and where what looks at mail belongs:
//!
//! 1. [`Intake::recipient`] asks [`Mailboxes::admit`] at RCPT: who may write to whom, how much, and whether it fits. What
//!    can be refused is refused here, as an answer.
//! 2. [`Intake::accept`] has the whole message: limits of it, and of what somebody submits whether they may send under
//!    the addresses it names (`submission.rs`); later rules, the members of groups and forwards, all before anything is kept.
//! 3. The short way in hands one [`Delivery`] to the mailboxes, or the queue takes the message.
//! 4. What leads on to others (a group, somebody who forwards) is followed in the queue (`expand.rs`) before it is delivered.
//! 5. The queue's lanes hand over the same [`Delivery`], put off what fails, and report what ends.
//!
//! The promise: an accepted recipient is on disk before the client hears 250, and is at any time in exactly
//! one place: a mailbox, the queue, or the report of its failure. [`Transport::fate`] tells which.

mod acting;
mod administration;
mod approval;
mod authorship;
mod bell;
mod counts;
mod envelope;
mod expand;
mod fate;
mod house;
mod intake;
mod joining;
mod journal;
mod journal_rule;
mod lane;
mod led;
mod mailboxes;
mod moderation;
mod notice;
pub mod nouns;
mod once;
mod outcome;
mod part;
mod quarantine;
mod quarantined;
mod queue;
mod queued;
mod refusal;
mod report;
mod rule;
mod ruling;
mod salvage;
mod sends;
mod settings;
mod settle;
mod sole_report;
mod source;
mod spam;
mod status;
mod submission;
mod tracking;
mod tracking_query;
mod transport;
mod worker;

pub use approval::Decision;
pub use counts::Counts;
pub use envelope::{Client, Content, Envelope, Forward, Notify, Place, Recipient, Ret};
pub use fate::{Fate, Whereabouts};
pub use intake::{ConnectorLimits, Intake, Limits, Message, Receipt, TraceFields};
pub(crate) use lane::Lane;
pub use mailbox::directory::Port;
pub use mailbox::store::{Acceptance, Incoming};
pub use mailbox::{
    Capacity, Delivery, Destination, Expansion, Held, Moderation, Refusal, Reports, Sender, SendingAccount,
    Submitter, Target, Written,
};
pub use mailboxes::{DeliveredCopy, Mailboxes};
pub use outcome::Times;
pub use quarantined::HeldMessage;
pub use queue::{Finding, Moderated, QuarantinedMessage};
pub use queued::{QueueInfo, QueuedMessage};
pub use refusal::{SizeLimitOf, relay_denied, too_large, too_large_for, unknown_recipient};
pub use rule::Rule;
pub use ruling::Tried;
pub use source::Source as TrackingSource;
pub use status::{Status, chosen_code, status};
pub use submission::{Senders, Sending, Submission, Then, send_as_denied};
pub use tracking::{EVENTS as TRACKING_EVENTS, TrackingEvent};
pub use tracking_query::TrackingQuery;
pub use transport::{Config, Transport};
pub use worker::Worker;
