//! The memory of mail that is coming in: one budget for all doors, a share of it for each address, room for the small.
//!
//! Memory is counted as it is taken. The first [`FREE_BYTES`] of every session are not counted (the number of
//! connections bounds them), so a small message gets in whatever others hold. While half of the budget is free anybody
//! may take of it; from there on one address has no more than its share.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use object::Network;
use parking_lot::Mutex;

/// What each message and each envelope may take without being counted: most messages, and some hundred recipients.
pub(crate) const FREE_BYTES: usize = 32 << 10;

/// The memory of all messages that are being received.
#[derive(Debug)]
pub struct Budget {
    bytes_max: usize,
    address_bytes_max: usize,
    held: Mutex<Sums>,
    refused: AtomicU64,
}

#[derive(Debug, Default)]
struct Sums {
    total: usize,
    by_network: HashMap<Network, usize>,
}

impl Default for Budget {
    /// Room for some two dozen of the largest messages at once, three of them from one address when it gets crowded.
    fn default() -> Budget {
        Budget::new(256 << 20, 32 << 20)
    }
}

impl Budget {
    /// `bytes_max` for all together, `address_bytes_max` for one address (or IPv6 /64) when more than half is taken.
    pub fn new(bytes_max: usize, address_bytes_max: usize) -> Budget {
        Budget { bytes_max, address_bytes_max, held: Mutex::default(), refused: AtomicU64::new(0) }
    }
    /// Bytes that are held now.
    pub fn held(&self) -> usize {
        self.held.lock().total
    }
    /// Bytes that may be held.
    pub fn bytes_max(&self) -> usize {
        self.bytes_max
    }
    /// How often somebody was told to come back later for want of memory.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    fn take(&self, network: Network, bytes: usize) -> bool {
        let mut held = self.held.lock();
        let (total, mine) = (held.total + bytes, held.by_network.get(&network).copied().unwrap_or(0) + bytes);
        let fits = total <= self.bytes_max && (total <= self.bytes_max / 2 || mine <= self.address_bytes_max);
        if fits {
            held.total = total;
            held.by_network.insert(network, mine);
        } else {
            self.refused.fetch_add(1, Relaxed);
        }
        fits
    }

    fn give_back(&self, network: Network, bytes: usize) {
        let mut held = self.held.lock();
        held.total -= bytes;
        if let Some(mine) = held.by_network.get_mut(&network) {
            *mine -= bytes;
            if *mine == 0 {
                held.by_network.remove(&network);
            }
        }
    }
}

/// What one message, or one envelope, holds; given back when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Arc<Budget>,
    network: Network,
    counted: usize,
}

impl Held {
    /// Nothing yet.
    pub(crate) fn nothing(budget: &Arc<Budget>, network: Network) -> Held {
        Held { budget: Arc::clone(budget), network, counted: 0 }
    }

    /// Whether it may grow to `bytes` in all; then it has.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(FREE_BYTES).saturating_sub(self.counted);
        let fits = more == 0 || self.budget.take(self.network, more);
        self.counted += if fits { more } else { 0 };
        fits
    }

    /// Whether anything of it is counted: only then has its owner to hurry.
    pub(crate) fn is_counted(&self) -> bool {
        self.counted > 0
    }

    /// Gives everything back.
    pub(crate) fn release(&mut self) {
        if self.counted > 0 {
            self.budget.give_back(self.network, std::mem::take(&mut self.counted));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_its_share_when_it_is_crowded_and_small_ones_always_get_in() {
        let budget = Arc::new(Budget::new(950_000, 100_000));
        let held = |last: u8| Held::nothing(&budget, Network::of([192, 0, 2, last].into()));
        let message = FREE_BYTES + 90_000;
        // One address may take half as long as nobody else wants it.
        let mut first: Vec<Held> = (0..6).map(|_| held(1)).collect();
        let taken: Vec<bool> = first.iter_mut().map(|held| held.grow_to(message)).collect();
        assert_eq!(taken, [true, true, true, true, true, false]);
        assert!(first[5].grow_to(FREE_BYTES) && !first[5].is_counted());
        // Others have their share of the other half.
        let mut others: Vec<Held> = (2..8).map(held).collect();
        let taken: Vec<bool> = others.iter_mut().map(|held| held.grow_to(message)).collect();
        assert_eq!(taken, [true, true, true, true, true, false]);
        assert_eq!((budget.held(), budget.refused()), (900_000, 2));
        drop(first);
        assert!(others[5].grow_to(message));
        drop(others);
        assert_eq!((budget.held(), budget.held.lock().by_network.len()), (0, 0));
    }
}
