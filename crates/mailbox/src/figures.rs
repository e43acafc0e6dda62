//! How many log-ons there were, and how they ended.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many log-ons there were since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogonFigures {
    /// Passwords that were compared and were right.
    pub proved: u64,
    /// Log-ons that were proved a moment before.
    pub remembered: u64,
    /// Passwords that were wrong, and people who may not enter.
    pub refused: u64,
    /// Tries that came too early after failures, or that too many others were before.
    pub throttled: u64,
    /// Tries that wait to be compared now.
    pub waiting: u64,
}

#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) proved: AtomicU64,
    pub(crate) remembered: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) throttled: AtomicU64,
}

/// One more.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Counts {
    /// The figures of this moment; `waiting` is how many tries wait to be compared.
    pub(crate) fn read(&self, waiting: u64) -> LogonFigures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        LogonFigures {
            proved: read(&self.proved),
            remembered: read(&self.remembered),
            refused: read(&self.refused),
            throttled: read(&self.throttled),
            waiting,
        }
    }
}
