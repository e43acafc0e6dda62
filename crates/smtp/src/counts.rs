//! What is counted of SMTP and LMTP, for metrics.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Numbers that only grow, since the start; the doors share them.
#[derive(Debug, Default)]
pub struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
    unknown: AtomicU64,
    unwilling: AtomicU64,
    later: AtomicU64,
    stopped: AtomicU64,
}

/// What is counted, each with the word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// A message that was taken.
    Accepted,
    /// A message that was refused after it had been sent.
    Refused,
    /// A recipient who is unknown or not ours.
    UnknownRecipient,
    /// A recipient who does not take that message: the sender, its size, a full mailbox.
    UnwillingRecipient,
    /// A recipient for whom the client was told to come back later.
    LaterRecipient,
    /// A client that was sent away because it named too many unknown recipients.
    Stopped,
}

impl Counts {
    /// How many there were.
    pub fn of(&self, what: Counted) -> u64 {
        self.counter(what).load(Relaxed)
    }

    pub(crate) fn count(&self, what: Counted) {
        self.counter(what).fetch_add(1, Relaxed);
    }

    fn counter(&self, what: Counted) -> &AtomicU64 {
        match what {
            Counted::Accepted => &self.accepted,
            Counted::Refused => &self.refused,
            Counted::UnknownRecipient => &self.unknown,
            Counted::UnwillingRecipient => &self.unwilling,
            Counted::LaterRecipient => &self.later,
            Counted::Stopped => &self.stopped,
        }
    }
}
