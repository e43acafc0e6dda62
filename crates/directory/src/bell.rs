//! The bell that runners of jobs wait for.

use parking_lot::{Condvar, Mutex};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Tells runners that there is something to do.
#[derive(Default)]
pub(crate) struct Bell {
    rung: Mutex<u64>,
    heard: Condvar,
    /// Runners that work or wait.
    runners: AtomicUsize,
}

/// A runner works as long as it has this.
pub(crate) struct AtWork<'a>(&'a Bell);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.runners.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Bell {
    /// Wakes who waits.
    pub(crate) fn ring(&self) {
        *self.rung.lock() += 1;
        self.heard.notify_all();
    }
    /// Says that a runner works from now on.
    pub(crate) fn at_work(&self) -> AtWork<'_> {
        self.runners.fetch_add(1, Ordering::Relaxed);
        AtWork(self)
    }
    /// Whether a runner works.
    pub(crate) fn is_worked(&self) -> bool {
        self.runners.load(Ordering::Relaxed) > 0
    }
    /// How often it was rung.
    pub(crate) fn count(&self) -> u64 {
        *self.rung.lock()
    }
    /// Waits until it was rung more often than `known`, at most so long.
    pub(crate) fn wait(&self, known: u64, at_most: Duration) {
        let mut rung = self.rung.lock();
        if *rung == known {
            self.heard.wait_for(&mut rung, at_most);
        }
    }
}
