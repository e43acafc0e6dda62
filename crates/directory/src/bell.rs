//! The bell that runners of jobs wait for.

use parking_lot::{Condvar, Mutex};
use std::time::Duration;

/// Tells runners that there is something to do.
#[derive(Default)]
pub(crate) struct Bell {
    rung: Mutex<u64>,
    heard: Condvar,
}

impl Bell {
    /// Wakes who waits.
    pub(crate) fn ring(&self) {
        *self.rung.lock() += 1;
        self.heard.notify_all();
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
