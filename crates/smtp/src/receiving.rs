//! The memory of mail that is coming in: one budget for all doors, a share of it for each address, room for the small.
//!
//! Memory is counted as it is taken. The first [`FREE_BYTES`] of every message and envelope are not counted (the number
//! of connections bounds them), so a small message gets in whatever others hold. While half of the budget is free anybody
//! may take of it; from there on one address has no more than its share.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use net::Budget;
use object::Network;
use parking_lot::Mutex;

/// What each message and each envelope may take without being counted: most messages, and some hundred recipients.
pub(crate) const FREE_BYTES: u64 = 32 << 10;

/// The memory of all messages that are being received.
#[derive(Debug)]
pub struct Receiving {
    all: Budget,
    address_bytes_max: AtomicU64,
    by_network: Mutex<HashMap<Network, u64>>,
    refused: AtomicU64,
}

impl Default for Receiving {
    /// Room for some two dozen of the largest messages at once, three of them from one address when it gets crowded.
    fn default() -> Receiving {
        Receiving::new(Budget::new("receiving", 256 << 20), 32 << 20)
    }
}

impl Receiving {
    /// `all` for all together, `address_bytes_max` for one address (or IPv6 /64) when more than half of it is taken.
    pub fn new(all: Budget, address_bytes_max: u64) -> Receiving {
        let address_bytes_max = AtomicU64::new(address_bytes_max);
        Receiving { all, address_bytes_max, by_network: Mutex::default(), refused: AtomicU64::new(0) }
    }
    /// Other limits from now on; what is held stays held.
    pub fn set_limits(&self, all: u64, address_bytes_max: u64) {
        self.all.set_limit(all);
        self.address_bytes_max.store(address_bytes_max, Relaxed);
    }
    /// The budget of all together.
    pub fn all(&self) -> &Budget {
        &self.all
    }
    /// How often somebody was told to come back later for want of memory, or of a share in it.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    fn take(&self, network: Network, bytes: u64, held: &mut Option<net::Held>) -> bool {
        let mut by_network = self.by_network.lock();
        let mine = by_network.get(&network).copied().unwrap_or(0) + bytes;
        let crowded = self.all.used() + bytes > self.all.limit() / 2;
        let fits = !(crowded && mine > self.address_bytes_max.load(Relaxed)) && self.grow(bytes, held);
        if fits {
            by_network.insert(network, mine);
        } else {
            self.refused.fetch_add(1, Relaxed);
        }
        fits
    }

    fn grow(&self, bytes: u64, held: &mut Option<net::Held>) -> bool {
        match held {
            Some(held) => held.more(bytes).is_ok(),
            None => {
                *held = self.all.take(bytes).ok();
                held.is_some()
            }
        }
    }

    fn give_back(&self, network: Network, held: net::Held) {
        let mut by_network = self.by_network.lock();
        if let Some(mine) = by_network.get_mut(&network) {
            *mine -= held.octets();
            if *mine == 0 {
                by_network.remove(&network);
            }
        }
    }
}

/// What one message, or one envelope, holds; given back when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    receiving: Arc<Receiving>,
    network: Network,
    counted: Option<net::Held>,
}

impl Held {
    /// Nothing yet.
    pub(crate) fn nothing(receiving: &Arc<Receiving>, network: Network) -> Held {
        Held { receiving: Arc::clone(receiving), network, counted: None }
    }

    /// Whether it may grow to `bytes` in all; then it has.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> bool {
        let counted = self.counted.as_ref().map_or(0, net::Held::octets);
        let more = (bytes as u64).saturating_sub(FREE_BYTES).saturating_sub(counted);
        more == 0 || self.receiving.take(self.network, more, &mut self.counted)
    }

    /// Whether anything of it is counted: only then has its owner to hurry.
    pub(crate) fn is_counted(&self) -> bool {
        self.counted.is_some()
    }

    /// Gives everything back.
    pub(crate) fn release(&mut self) {
        if let Some(counted) = self.counted.take() {
            self.receiving.give_back(self.network, counted);
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
        let receiving = Arc::new(Receiving::new(Budget::new("receiving", 950_000), 100_000));
        let held = |last: u8| Held::nothing(&receiving, Network::of([192, 0, 2, last].into()));
        let message = FREE_BYTES as usize + 90_000;
        // One address may take half as long as nobody else wants it.
        let mut first: Vec<Held> = (0..6).map(|_| held(1)).collect();
        let taken: Vec<bool> = first.iter_mut().map(|held| held.grow_to(message)).collect();
        assert_eq!(taken, [true, true, true, true, true, false]);
        assert!(first[5].grow_to(FREE_BYTES as usize) && !first[5].is_counted());
        // Others have their share of the other half.
        let mut others: Vec<Held> = (2..8).map(held).collect();
        let taken: Vec<bool> = others.iter_mut().map(|held| held.grow_to(message)).collect();
        assert_eq!(taken, [true, true, true, true, true, false]);
        assert_eq!((receiving.all().used(), receiving.refused()), (900_000, 2));
        drop(first);
        assert!(others[5].grow_to(message));
        drop(others);
        assert_eq!((receiving.all().used(), receiving.by_network.lock().len()), (0, 0));
    }
}
