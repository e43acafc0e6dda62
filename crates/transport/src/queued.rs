//! What the queue tells of itself: queues, and the messages that wait in them.

use object::Time;
use object::types::Guid;

/// A queue: a lane in which something waits, or that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueInfo {
    /// The lane's name: the GUID of a database, a domain, or a word of ours that begins with a dot.
    pub lane: String,
    /// Messages that wait.
    pub messages: i64,
    /// Whether it is held.
    pub suspended: bool,
    /// Whether something in it failed before.
    pub failed: bool,
    /// When the first is tried next.
    pub next_attempt: Option<Time>,
    /// Why the last attempt failed.
    pub last_error: String,
}

impl QueueInfo {
    pub(crate) fn empty(lane: String) -> QueueInfo {
        QueueInfo {
            lane,
            messages: 0,
            suspended: true,
            failed: false,
            next_attempt: None,
            last_error: String::new(),
        }
    }
}

/// A message that waits in one queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMessage {
    /// Its name.
    pub id: Guid,
    /// The lane.
    pub lane: String,
    /// The sender; empty for a report.
    pub sender: String,
    /// The subject.
    pub subject: String,
    /// The Message-ID.
    pub internet_id: String,
    /// Bytes.
    pub size: i64,
    /// From where it came.
    pub client: String,
    /// When it was accepted.
    pub accepted: Time,
    /// Since when it waits: since it was accepted, or let go by somebody.
    pub begun: Time,
    /// Failed attempts, of the recipient with most of them.
    pub attempts: i64,
    /// Whether it is held.
    pub suspended: bool,
    /// Why the last attempt failed.
    pub last_error: String,
    /// Recipients that wait.
    pub recipients: Vec<String>,
}
