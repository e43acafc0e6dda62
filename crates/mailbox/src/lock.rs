//! One at a time per mailbox: disabling and connecting write two databases, and must not cross.

use object::types::Guid;
use parking_lot::{Condvar, Mutex};
use std::collections::HashSet;
use std::sync::Arc;

/// The mailboxes that somebody is working on.
#[derive(Clone, Default)]
pub(crate) struct Locks(Arc<(Mutex<HashSet<Guid>>, Condvar)>);

/// Whoever holds it works on that mailbox alone.
pub(crate) struct Held {
    locks: Locks,
    mailbox: Guid,
}

impl Locks {
    /// Waits until nobody else works on the mailbox.
    pub(crate) fn hold(&self, mailbox: Guid) -> Held {
        let (held, freed) = &*self.0;
        let mut held = held.lock();
        while !held.insert(mailbox) {
            freed.wait(&mut held);
        }
        Held { locks: self.clone(), mailbox }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (held, freed) = &*self.locks.0;
        held.lock().remove(&self.mailbox);
        freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn two_never_work_on_one_mailbox() {
        let (locks, inside) = (Locks::default(), Arc::new(AtomicUsize::new(0)));
        let mailbox = Guid::random();
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let (locks, inside) = (locks.clone(), Arc::clone(&inside));
                std::thread::spawn(move || {
                    for _ in 0..200 {
                        let _held = locks.hold(mailbox);
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        drop(locks.hold(mailbox));
    }
}
