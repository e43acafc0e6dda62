//! A slice of a job: what it may take, and what it did.

use super::JobResult;
use std::time::{Duration, Instant};

/// How many items a slice touches at most.
pub const SLICE_ITEMS_MAX: usize = 500;
/// How long a slice takes at most.
const SLICE_TIME: Duration = Duration::from_millis(20);

/// What a slice may take: ask it before each item.
#[derive(Debug)]
pub struct Allowance {
    begun: Instant,
    items: usize,
}

impl Default for Allowance {
    fn default() -> Self {
        Allowance { begun: Instant::now(), items: SLICE_ITEMS_MAX }
    }
}

impl Allowance {
    /// Takes one item out; false where the slice is to end. There is always one, so that a job gets on.
    pub fn take(&mut self) -> bool {
        let first = self.items == SLICE_ITEMS_MAX;
        let go = self.items > 0 && (first || self.begun.elapsed() < SLICE_TIME);
        self.items -= usize::from(go);
        go
    }
}

/// What a slice did.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// How far the job is now.
    pub cursor: String,
    /// How many items this slice did.
    pub done: u64,
    /// How many there are, where that is known better now.
    pub total: Option<u64>,
    /// What is to be kept of single items.
    pub results: Vec<JobResult>,
    /// Whether there is nothing left to do.
    pub ended: bool,
}
