//! Slows down whoever guesses passwords, and never locks an owner out.
//!
//! A try is counted as a failure before it is made; a good one takes that back. Three counts are kept:
//!
//! - by account and network: after a few failures the next try has to wait, twice as long each time up to a minute, and
//!   one that comes too early is not looked at;
//! - by account, from everywhere: after many, tries from networks that the account never came from wait for some seconds;
//! - by network, for all accounts: after many, its tries are made one after the other with a pause between.
//!
//! A device that logged on well is known for a day: the password it had then passes whatever others did meanwhile. A network
//! from which people log on well may fail more often, since an office shares one address. [RFC 9051 11.7]

use crate::fading::Fading;
use crate::remembered::Seal;
use object::{Error, ErrorId, Network, Result, Time};
use parking_lot::{Mutex, RwLock};
use std::time::Duration;

/// After this time without a failure all is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3600);
/// How long a device is known after a good log-on.
const KNOWN_FOR: Duration = Duration::from_secs(24 * 3600);
/// The longest wait for an account that is guessed from many places: its owner may be at a new one.
const ACCOUNT_WAIT_SECONDS_MAX: u64 = 10;
/// Every account that logged on well from a network gives it that many times the free failures more, up to this many.
const CREDIT_MAX: u32 = 20;
/// How many counters of a kind are kept; beyond that the oldest goes.
const COUNTERS_MAX: usize = 100_000;
/// Longer names are no accounts; they are counted by their beginning.
const NAME_BYTES_MAX: usize = 128;

/// How log-ons are limited: `[limits]` of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogonLimits {
    /// Failures that an address may have with one account before it has to wait: people mistype. From 1.
    pub failures: u32,
    /// Failures that an address may have with all accounts together before its tries are slowed down. From 1.
    pub failures_per_address: u32,
    /// Failures that an account may have from everywhere before unknown places have to wait. From 1.
    pub failures_per_account: u32,
    /// The longest wait of an address for an account, in seconds.
    pub wait_seconds: u64,
    /// How long a log-on that was proved needs no proof again, in minutes; 0 for never.
    pub remembered_minutes: u64,
    /// The same for what a foreign directory proved: 0 to [`FOREIGN_REMEMBERED_MINUTES_MAX`].
    pub foreign_remembered_minutes: u64,
}

/// Nobody tells us when a password is changed, or an account switched off, in a foreign directory.
pub const FOREIGN_REMEMBERED_MINUTES_MAX: u64 = 5;

impl LogonLimits {
    /// How long a log-on that was proved needs no proof again.
    pub(crate) fn remembered(&self, linked: bool) -> Duration {
        let minutes = if linked {
            self.foreign_remembered_minutes.min(FOREIGN_REMEMBERED_MINUTES_MAX)
        } else {
            self.remembered_minutes
        };
        Duration::from_secs(minutes.saturating_mul(60))
    }
}

impl Default for LogonLimits {
    /// Five slips of a person, fifty of an office, a hundred of an account; a wait that makes guessing hopeless and that
    /// whoever mistyped can bear; a memory that spares clients that connect all the time most proofs.
    fn default() -> LogonLimits {
        LogonLimits {
            failures: 5,
            failures_per_address: 50,
            failures_per_account: 100,
            wait_seconds: 60,
            remembered_minutes: 10,
            foreign_remembered_minutes: FOREIGN_REMEMBERED_MINUTES_MAX,
        }
    }
}

/// An account (its GUID, or the name that was typed where there is none) as seen from a network.
pub(crate) type Pair = (Network, String);

#[derive(Clone, Copy, Default)]
struct Counter {
    failures: u32,
    last: Time,
    /// Accounts that logged on well; counted for networks.
    good: u32,
}

impl Counter {
    /// The counter as it is now: what is long ago is forgotten, and `free` failures an hour are nobody's fault.
    fn at(self, free: u32, now: Time) -> Counter {
        let elapsed = now.0.saturating_sub(self.last.0).max(0);
        if elapsed >= micros(FORGOTTEN_AFTER) {
            return Counter { failures: 0, last: now, ..self };
        }
        let forgiven = elapsed.saturating_mul(i64::from(free)) / micros(FORGOTTEN_AFTER);
        let failures = self.failures.saturating_sub(u32::try_from(forgiven).unwrap_or(u32::MAX));
        Counter { failures, ..self }
    }

    /// The seconds that are left to wait.
    fn wait(self, free: u32, longest: u64, now: Time) -> u64 {
        if self.failures < free || now.0 - self.last.0 >= micros(FORGOTTEN_AFTER) {
            return 0;
        }
        let wait = 1_u64.checked_shl(self.failures - free).unwrap_or(u64::MAX).min(longest);
        let since = u64::try_from((now.0 - self.last.0).max(0) / 1_000_000).unwrap_or(0);
        wait.saturating_sub(since)
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

struct Known {
    seal: Seal,
    at: Time,
}

struct Tables {
    pairs: Fading<Pair, Counter>,
    networks: Fading<Network, Counter>,
    accounts: Fading<String, Counter>,
    known: Fading<Pair, Known>,
}

/// Who failed how often.
pub(crate) struct Guard {
    limits: RwLock<LogonLimits>,
    tables: Mutex<Tables>,
}

impl Guard {
    pub(crate) fn new(limits: LogonLimits) -> Guard {
        let tables = Tables {
            pairs: Fading::new(COUNTERS_MAX),
            networks: Fading::new(COUNTERS_MAX),
            accounts: Fading::new(COUNTERS_MAX),
            known: Fading::new(COUNTERS_MAX),
        };
        Guard { limits: RwLock::new(limits), tables: Mutex::new(tables) }
    }

    /// How log-ons are limited.
    pub(crate) fn limits(&self) -> LogonLimits {
        *self.limits.read()
    }

    /// Other limits from now on; what was counted stays.
    pub(crate) fn set_limits(&self, limits: LogonLimits) {
        *self.limits.write() = limits;
    }

    /// Whether the account logged on well from there within a day.
    pub(crate) fn knows(&self, pair: &Pair, now: Time) -> bool {
        self.tables.lock().known.get(pair).is_some_and(|known| known.at + KNOWN_FOR > now)
    }

    /// Counts a try as failed, before it is made; refuses one that comes too early after others.
    pub(crate) fn begin(&self, pair: &Pair, seal: Option<&Seal>, now: Time) -> Result<()> {
        let mut tables = self.tables.lock();
        let known = tables.known.get(pair).filter(|known| known.at + KNOWN_FOR > now);
        let (place, password) = (known.is_some(), known.is_some_and(|known| Some(&known.seal) == seal));
        let seconds = if password { 0 } else { self.wait(&tables, pair, place, now) };
        if seconds > 0 {
            return Err(too_early(seconds));
        }
        let LogonLimits { failures, failures_per_address, failures_per_account, .. } = self.limits();
        fail(&mut tables.pairs, pair.clone(), failures, now);
        fail(&mut tables.networks, pair.0, failures_per_address, now);
        fail(&mut tables.accounts, pair.1.clone(), failures_per_account, now);
        Ok(())
    }

    fn wait(&self, tables: &Tables, pair: &Pair, known: bool, now: Time) -> u64 {
        let limits = self.limits();
        let here = tables.pairs.get(pair).map_or(0, |at| at.wait(limits.failures, limits.wait_seconds, now));
        if known {
            return here;
        }
        let longest = ACCOUNT_WAIT_SECONDS_MAX.min(limits.wait_seconds);
        let account = tables.accounts.get(&pair.1);
        here.max(account.map_or(0, |at| at.wait(limits.failures_per_account, longest, now)))
    }

    /// Takes back what [`begin`](Guard::begin) counted: the try said nothing about the password.
    pub(crate) fn undo(&self, pair: &Pair) {
        let mut tables = self.tables.lock();
        forgive(&mut tables.pairs, pair.clone());
        forgive(&mut tables.networks, pair.0);
        forgive(&mut tables.accounts, pair.1.clone());
    }

    /// The owner is here: takes back the count, forgets the account's failures from there, and knows the device.
    pub(crate) fn succeeded(&self, pair: &Pair, seal: Option<Seal>, now: Time) {
        self.undo(pair);
        let mut tables = self.tables.lock();
        tables.pairs.remove(pair);
        let Some(seal) = seal else { return };
        if tables.known.get(pair).is_none() {
            let counter = tables.networks.get(&pair.0).copied().unwrap_or_default();
            let good = counter.good.saturating_add(1);
            tables.networks.put(pair.0, Counter { good, ..counter });
        }
        tables.known.put(pair.clone(), Known { seal, at: now });
    }

    /// Whether a network has failed so often that its tries are slowed down.
    pub(crate) fn is_slow(&self, network: Network, now: Time) -> bool {
        let tables = self.tables.lock();
        let Some(counter) = tables.networks.get(&network) else { return false };
        let free = self.limits().failures_per_address;
        counter.at(free, now).failures >= free.saturating_mul(1 + counter.good.min(CREDIT_MAX))
    }
}

/// The account that a log-on is counted for; one person has many names, and strangers' names may be long.
pub(crate) fn counted(name: &str) -> String {
    let end = name.floor_char_boundary(NAME_BYTES_MAX);
    name[..end].to_lowercase()
}

fn fail<K: Clone + Eq + std::hash::Hash>(table: &mut Fading<K, Counter>, key: K, free: u32, now: Time) {
    let counter = table.get(&key).copied().unwrap_or_default().at(free, now);
    table.put(key, Counter { failures: counter.failures.saturating_add(1), last: now, ..counter });
}

fn forgive<K: Clone + Eq + std::hash::Hash>(table: &mut Fading<K, Counter>, key: K) {
    if let Some(counter) = table.get(&key).copied() {
        table.put(key, Counter { failures: counter.failures.saturating_sub(1), ..counter });
    }
}

fn too_early(seconds: u64) -> Error {
    Error::busy(ErrorId::TooManyLogonFailures, "Too many log-ons have failed.")
        .help(format!("Try again in {seconds} seconds."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(address: &str, account: &str) -> Pair {
        (Network::of(address.parse().unwrap()), counted(account))
    }

    fn after(seconds: u64) -> Time {
        Time(0) + Duration::from_secs(seconds)
    }

    #[test]
    fn a_guesser_waits_and_the_owner_elsewhere_does_not() {
        let guard = Guard::new(LogonLimits::default());
        let (bad, good) = (pair("192.0.2.1", "Ann"), pair("192.0.2.2", "ann"));
        for _ in 0..5 {
            guard.begin(&bad, None, Time(0)).unwrap();
        }
        assert_eq!(guard.begin(&bad, None, Time(0)).unwrap_err().id(), "TooManyLogonFailures");
        assert!(guard.begin(&good, None, Time(0)).is_ok());
        assert!(guard.begin(&pair("192.0.2.1", "ben"), None, Time(0)).is_ok());
        assert!(guard.begin(&bad, None, after(1)).is_ok());
        assert!(guard.begin(&bad, None, after(2)).is_err(), "twice as long");
        assert!(guard.begin(&bad, None, after(3)).is_ok());
        guard.succeeded(&bad, None, after(3));
        assert!(guard.begin(&bad, None, after(3)).is_ok());
    }

    #[test]
    fn the_password_of_a_known_device_passes_whatever_others_did() {
        let guard = Guard::new(LogonLimits::default());
        let (home, seal, other) = (pair("192.0.2.1", "ann"), Seal::of_test(1), Seal::of_test(2));
        guard.begin(&home, Some(&seal), Time(0)).unwrap();
        guard.succeeded(&home, Some(seal), Time(0));
        for _ in 0..5 {
            guard.begin(&home, Some(&other), after(1)).unwrap();
        }
        assert!(guard.begin(&home, Some(&other), after(1)).is_err());
        assert!(guard.begin(&home, Some(&seal), after(1)).is_ok());
        assert!(guard.begin(&home, Some(&seal), after(25 * 3600)).is_ok(), "all is forgotten");
    }

    #[test]
    fn an_account_that_all_the_world_guesses_is_open_to_known_places_and_slow_for_others() {
        let guard = Guard::new(LogonLimits::default());
        let (home, seal) = (pair("192.0.2.1", "ann"), Seal::of_test(1));
        guard.begin(&home, Some(&seal), Time(0)).unwrap();
        guard.succeeded(&home, Some(seal), Time(0));
        for number in 0..100 {
            guard.begin(&pair(&format!("198.51.100.{number}"), "ann"), None, Time(0)).unwrap();
        }
        assert!(guard.begin(&pair("203.0.113.1", "ann"), None, Time(0)).is_err());
        assert!(guard.begin(&pair("203.0.113.1", "ben"), None, Time(0)).is_ok());
        assert!(guard.begin(&home, Some(&Seal::of_test(2)), Time(0)).is_ok());
        assert!(guard.begin(&pair("203.0.113.1", "ann"), None, after(10)).is_ok());
    }

    #[test]
    fn an_address_that_tries_everybody_is_slowed_down_and_an_office_may_mistype() {
        let guard = Guard::new(LogonLimits::default());
        let bad = Network::of("2001:db8::1".parse().unwrap());
        let spray = |count: u32| {
            (0..count).for_each(|account| {
                guard.begin(&pair("2001:db8::ffff", &account.to_string()), None, Time(0)).unwrap();
            });
        };
        spray(49);
        assert!(!guard.is_slow(bad, Time(0)));
        spray(1);
        assert!(guard.is_slow(bad, Time(0)));
        assert!(guard.begin(&pair("2001:db8::2", "ann"), None, Time(0)).is_ok(), "nobody is locked out");
        guard.succeeded(&pair("2001:db8::2", "ann"), Some(Seal::of_test(1)), Time(0));
        assert!(!guard.is_slow(bad, Time(0)), "credit");
        assert!(!guard.is_slow(bad, after(3600)));
    }

    #[test]
    fn a_try_that_says_nothing_about_the_password_does_not_count() {
        let guard = Guard::new(LogonLimits::default());
        let ann = pair("192.0.2.1", "ann");
        for _ in 0..20 {
            guard.begin(&ann, None, Time(0)).unwrap();
            guard.undo(&ann);
        }
        assert!(!guard.is_slow(ann.0, Time(0)));
    }
}
