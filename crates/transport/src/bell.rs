//! Wakes the worker when there is something to do.

use std::time::Duration;

use object::types::Guid;
use parking_lot::{Condvar, Mutex};

/// Rung by whoever puts something into the queue, and by a database that is mounted.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct State {
    work: bool,
    end: bool,
    mounted: Vec<Guid>,
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.state.lock().work = true;
        self.rung.notify_one();
    }

    /// What waits for that database need not wait any longer.
    pub(crate) fn mounted(&self, database: Guid) {
        self.state.lock().mounted.push(database);
        self.ring();
    }

    /// The databases that were mounted since this was asked.
    pub(crate) fn take_mounted(&self) -> Vec<Guid> {
        std::mem::take(&mut self.state.lock().mounted)
    }

    pub(crate) fn end(&self) {
        self.state.lock().end = true;
        self.rung.notify_one();
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.state.lock().end
    }

    /// Waits for work, at most `nap`; true at the end.
    pub(crate) fn wait(&self, nap: Duration) -> bool {
        let mut state = self.state.lock();
        if !state.work && !state.end {
            self.rung.wait_for(&mut state, nap);
        }
        state.work = false;
        state.end
    }
}
