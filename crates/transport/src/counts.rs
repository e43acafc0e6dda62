//! What is counted of mail on its way, for metrics.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::queue::{Outcome, State};

/// Numbers that only grow, since the start.
#[derive(Debug, Default)]
pub struct Counts {
    delivered: AtomicU64,
    queued: AtomicU64,
    put_off: AtomicU64,
    given_up: AtomicU64,
    expired: AtomicU64,
    reports: AtomicU64,
}

impl Counts {
    /// Copies that were put into mailboxes.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Relaxed)
    }
    /// Recipients that were put into the queue.
    pub fn queued(&self) -> u64 {
        self.queued.load(Relaxed)
    }
    /// Attempts that failed and are made again.
    pub fn put_off(&self) -> u64 {
        self.put_off.load(Relaxed)
    }
    /// Accepted recipients that were given up, the expired ones among them.
    pub fn given_up(&self) -> u64 {
        self.given_up.load(Relaxed)
    }
    /// Accepted recipients that were given up because they waited too long.
    pub fn expired(&self) -> u64 {
        self.expired.load(Relaxed)
    }
    /// Recipients of which a sender was told something by mail.
    pub fn reports(&self) -> u64 {
        self.reports.load(Relaxed)
    }

    pub(crate) fn add_delivered(&self, copies: usize) {
        self.delivered.fetch_add(copies as u64, Relaxed);
    }
    pub(crate) fn add_queued(&self, recipients: usize) {
        self.queued.fetch_add(recipients as u64, Relaxed);
    }
    pub(crate) fn note(&self, outcome: &Outcome) {
        let counter = match outcome.state {
            State::Delivered => &self.delivered,
            State::Waiting if outcome.lane.is_some() => return,
            State::Expanded => return,
            State::Waiting | State::Redirected | State::Suspended | State::Quarantined => &self.put_off,
            State::Reported | State::Dropped => &self.given_up,
        };
        counter.fetch_add(1, Relaxed);
        self.expired.fetch_add(u64::from(outcome.expired), Relaxed);
        self.reports.fetch_add(u64::from(outcome.tells.is_some()), Relaxed);
    }
}
