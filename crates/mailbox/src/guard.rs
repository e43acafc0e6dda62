//! Slows down whoever guesses passwords, and never locks an owner out.
//!
//! Failures are counted per address and account together, and per address. After a few, the next attempt
//! has to wait, twice as long each time up to a minute; an attempt that comes too early is not even looked at. The owner,
//! who comes from elsewhere, waits for nobody. [RFC 9051 11.7]

use object::{Error, ErrorId, Result, Time};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

/// How many failures an address may have with one account before it has to wait: people mistype.
pub const FREE_FAILURES: u32 = 5;
/// How many failures an address may have with all accounts together: an office shares one address.
pub const ADDRESS_FREE_FAILURES: u32 = 50;
/// The longest wait: long enough to make guessing hopeless, short enough for a person who mistyped.
pub const WAIT_SECONDS_MAX: u64 = 60;
/// After this time without a failure all is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3600);
/// How many counters are kept; beyond that the stale ones go, then all: memory is worth more than history.
const COUNTERS_MAX: usize = 100_000;

#[derive(Clone, Copy)]
struct Counter {
    failures: u32,
    last: Time,
}

/// Who failed how often.
#[derive(Default)]
pub(crate) struct Guard(Mutex<HashMap<(IpAddr, Option<String>), Counter>>);

impl Guard {
    /// Refuses an attempt that comes too early after failures.
    pub(crate) fn admit(&self, peer: IpAddr, account: &str, now: Time) -> Result<()> {
        let counters = self.0.lock();
        let left = |account: Option<String>, free: u32| {
            counters.get(&(peer, account)).map_or(0, |counter| seconds_left(counter, free, now))
        };
        let seconds =
            left(Some(account.to_lowercase()), FREE_FAILURES).max(left(None, ADDRESS_FREE_FAILURES));
        if seconds == 0 {
            return Ok(());
        }
        Err(Error::busy(ErrorId::TooManyLogonFailures, "Too many failed log-ons from this address.")
            .help(format!("Try again in {seconds} seconds.")))
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, peer: IpAddr, account: &str, now: Time) {
        let mut counters = self.0.lock();
        if counters.len() >= COUNTERS_MAX {
            counters.retain(|_, counter| counter.last + FORGOTTEN_AFTER > now);
            if counters.len() >= COUNTERS_MAX {
                counters.clear();
            }
        }
        for key in [Some(account.to_lowercase()), None] {
            let counter = counters.entry((peer, key)).or_insert(Counter { failures: 0, last: now });
            if counter.last + FORGOTTEN_AFTER <= now {
                counter.failures = 0;
            }
            *counter = Counter { failures: counter.failures.saturating_add(1), last: now };
        }
    }

    /// Forgets an account's failures from an address: its owner is here.
    pub(crate) fn succeeded(&self, peer: IpAddr, account: &str) {
        self.0.lock().remove(&(peer, Some(account.to_lowercase())));
    }
}

fn seconds_left(counter: &Counter, free: u32, now: Time) -> u64 {
    if counter.failures < free || counter.last + FORGOTTEN_AFTER <= now {
        return 0;
    }
    let wait = 1_u64
        .checked_shl(counter.failures - free)
        .map_or(WAIT_SECONDS_MAX, |wait| wait.min(WAIT_SECONDS_MAX));
    let since = u64::try_from((now.0 - counter.last.0).max(0) / 1_000_000).unwrap_or(0);
    wait.saturating_sub(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guesser_waits_and_the_owner_does_not() {
        let (guard, start) = (Guard::default(), Time(0));
        let (bad, good): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..FREE_FAILURES {
            guard.admit(bad, "ann", start).unwrap();
            guard.failed(bad, "Ann", start);
        }
        assert_eq!(guard.admit(bad, "ann", start).unwrap_err().id(), "TooManyLogonFailures");
        assert!(guard.admit(good, "ann", start).is_ok());
        assert!(guard.admit(bad, "ben", start).is_ok());
        assert!(guard.admit(bad, "ann", start + Duration::from_secs(1)).is_ok());
        (0..40).for_each(|_| guard.failed(bad, "ann", start));
        assert!(guard.admit(bad, "ann", start + Duration::from_secs(59)).is_err());
        assert!(guard.admit(bad, "ann", start + Duration::from_secs(60)).is_ok());
        guard.succeeded(bad, "ann");
        assert!(guard.admit(bad, "ann", start).is_ok());
    }

    #[test]
    fn an_address_that_tries_everybody_waits_too() {
        let (guard, bad) = (Guard::default(), "192.0.2.1".parse().unwrap());
        for account in 0..ADDRESS_FREE_FAILURES {
            guard.failed(bad, &account.to_string(), Time(0));
        }
        assert!(guard.admit(bad, "ann", Time(0)).is_err());
        assert!(guard.admit(bad, "ann", Time(0) + FORGOTTEN_AFTER).is_ok());
    }
}
