//! No transaction inside a transaction of the same database: on every engine it is the same error, instead of a
//! dead-lock on one and a surprise on the next.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use object::{Error, ErrorId, Result};

thread_local! {
    static OPEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Tells one open database from another within this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nest(u64);

impl Nest {
    pub(crate) fn new() -> Nest {
        Nest(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Refused when this thread already is in a transaction of this database.
    pub(crate) fn check(self) -> Result<()> {
        if OPEN.with_borrow(|open| open.contains(&self.0)) {
            return Err(nested());
        }
        Ok(())
    }

    /// Marks this thread as being in a transaction until the guard is dropped.
    pub(crate) fn enter(self) -> Inside {
        OPEN.with_borrow_mut(|open| open.push(self.0));
        Inside
    }
}

/// What a transaction that would wait for itself is answered with.
pub(crate) fn nested() -> Error {
    let message = "A transaction was begun inside a transaction of the same database.";
    Error::server(ErrorId::TransactionNested, message)
}

/// While it lives, its thread is in a transaction.
pub(crate) struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.pop());
    }
}
