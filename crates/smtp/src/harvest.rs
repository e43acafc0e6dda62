//! Slows down whoever tries addresses to find out which exist, and stops them in the end.
//!
//! Recipients that are unknown, or not ours, are counted by address (or IPv6 /64) for an hour. After a few, each answer
//! to one more waits; past the limit an address that named more unknown recipients than it delivered mail to hears 421
//! until the hour is over, to known recipients too, or it would learn from the difference.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use object::Network;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::Allowed;

/// After this time all is forgotten.
const REMEMBERED: Duration = Duration::from_secs(3600);
/// Addresses that are remembered; the oldest goes first.
const ADDRESSES_MAX: usize = 10_000;

/// Who named how many.
#[derive(Debug)]
pub(crate) struct Harvest {
    allowed: Arc<Allowed>,
    seen: Mutex<HashMap<Network, Seen>>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    since: Instant,
    unknown: u32,
    delivered: u32,
}

impl Harvest {
    pub(crate) fn new(allowed: Arc<Allowed>) -> Harvest {
        Harvest { allowed, seen: Mutex::default() }
    }

    /// Counts an unknown recipient; tells how long the answer waits where `tarpit` is the longest.
    pub(crate) fn unknown(&self, network: Network, tarpit: Duration) -> Duration {
        let seen = self.count(network, 1, 0);
        let allowed = self.allowed.unknown_recipients();
        if seen.unknown > allowed.free { tarpit } else { Duration::ZERO }
    }

    /// Counts recipients whose message was taken.
    pub(crate) fn delivered(&self, network: Network, recipients: usize) {
        // Only whoever named unknown ones needs a good word.
        if self.seen.lock().contains_key(&network) {
            self.count(network, 0, u32::try_from(recipients).unwrap_or(u32::MAX));
        }
    }

    /// Whether the address has tried too many.
    pub(crate) fn is_stopped(&self, network: Network) -> bool {
        let (most, seen) = (self.allowed.unknown_recipients().most, self.seen.lock());
        seen.get(&network).is_some_and(|seen| {
            seen.since.elapsed() < REMEMBERED && seen.unknown >= most && seen.unknown > seen.delivered
        })
    }

    fn count(&self, network: Network, unknown: u32, delivered: u32) -> Seen {
        let mut seen = self.seen.lock();
        if seen.len() >= ADDRESSES_MAX && !seen.contains_key(&network) {
            let oldest = seen.iter().min_by_key(|(_, seen)| seen.since).map(|(network, _)| *network);
            oldest.and_then(|oldest| seen.remove(&oldest));
        }
        let fresh = Seen { since: Instant::now(), unknown: 0, delivered: 0 };
        let known = seen.entry(network).or_insert(fresh);
        if known.since.elapsed() >= REMEMBERED {
            *known = fresh;
        }
        known.unknown = known.unknown.saturating_add(unknown);
        known.delivered = known.delivered.saturating_add(delivered);
        *known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn a_harvester_waits_is_stopped_and_forgotten() {
        let harvest = Harvest::new(Arc::default());
        let [bad, good] = [1, 2].map(|last| Network::of([192, 0, 2, last].into()));
        let waits: Vec<u64> = (0..100).map(|_| harvest.unknown(bad, FIVE).as_secs()).collect();
        assert_eq!((waits[9], waits[10], waits[99]), (0, 5, 5));
        assert!(harvest.is_stopped(bad) && !harvest.is_stopped(good));
        // A list server with many old addresses delivers more than it misses.
        for _ in 0..100 {
            harvest.unknown(good, FIVE);
        }
        harvest.delivered(good, 101);
        assert!(!harvest.is_stopped(good));
        tokio::time::advance(REMEMBERED).await;
        assert!(!harvest.is_stopped(bad));
        assert_eq!(harvest.unknown(bad, FIVE), Duration::ZERO);
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let harvest = Harvest::new(Arc::default());
        let network = |number: u32| Network::of(std::net::Ipv4Addr::from_bits(number).into());
        for number in 0..=ADDRESSES_MAX as u32 {
            harvest.unknown(network(number), FIVE);
        }
        assert_eq!(harvest.seen.lock().len(), ADDRESSES_MAX);
        assert!(harvest.seen.lock().contains_key(&network(ADDRESSES_MAX as u32)));
    }
}
