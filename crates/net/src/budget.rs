//! Budgets: every octet that a client makes us hold is taken from one, and given back when it is let go.
//!
//! Budgets stand in each other: what is taken from a session's is taken from its account's or address's, its door's and
//! the server's as well, and the first that has too little refuses. So one client can only use up its own share.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// An amount of octets that may be held at once. Cheap to clone; clones are the same budget.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: &'static str,
    limit: AtomicU64,
    used: AtomicU64,
    refused: AtomicU64,
    within: Vec<Budget>,
}

/// A budget has too little left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// Which one.
    pub budget: &'static str,
    /// How much it has in all, in octets.
    pub limit: u64,
}

impl Budget {
    /// A budget of `limit` octets that stands in no other.
    pub fn new(name: &'static str, limit: u64) -> Budget {
        Budget::inside(Vec::new(), name, limit)
    }

    /// A budget of at most `limit` octets of this one.
    #[must_use]
    pub fn share(&self, name: &'static str, limit: u64) -> Budget {
        Budget::inside(vec![self.clone()], name, limit)
    }

    /// A budget of at most `limit` octets of each of two others, neither of which stands in the other.
    pub fn of_both(first: &Budget, second: &Budget, name: &'static str, limit: u64) -> Budget {
        Budget::inside(vec![first.clone(), second.clone()], name, limit)
    }

    fn inside(within: Vec<Budget>, name: &'static str, limit: u64) -> Budget {
        let (limit, used, refused) = (AtomicU64::new(limit), AtomicU64::new(0), AtomicU64::new(0));
        Budget(Arc::new(Inner { name, limit, used, refused, within }))
    }

    /// Another limit from now on. What is held above it stays held, and nothing is given out until it is below.
    pub fn set_limit(&self, limit: u64) {
        self.0.limit.store(limit, Ordering::Relaxed);
    }

    /// Takes octets until what is answered is dropped.
    pub fn take(&self, octets: u64) -> Result<Held, Exceeded> {
        let mut held = Held { budget: self.clone(), octets: 0 };
        held.more(octets)?;
        Ok(held)
    }

    /// Octets that are held now.
    pub fn used(&self) -> u64 {
        self.0.used.load(Ordering::Relaxed)
    }
    /// Octets that it has in all.
    pub fn limit(&self) -> u64 {
        self.0.limit.load(Ordering::Relaxed)
    }
    /// How often it, or one that stands in it, asked for more than it had.
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    fn add(&self, octets: u64) -> Result<(), Exceeded> {
        let Inner { name, used, refused, within, .. } = &*self.0;
        let limit = self.limit();
        let fits = |now: u64| now.checked_add(octets).filter(|sum| *sum <= limit);
        if used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err() {
            refused.fetch_add(1, Ordering::Relaxed);
            return Err(Exceeded { budget: name, limit });
        }
        for (number, outer) in within.iter().enumerate() {
            if let Err(exceeded) = outer.add(octets) {
                within[..number].iter().for_each(|taken| taken.give_back(octets));
                used.fetch_sub(octets, Ordering::Relaxed);
                return Err(exceeded);
            }
        }
        Ok(())
    }

    fn give_back(&self, octets: u64) {
        self.0.used.fetch_sub(octets, Ordering::Relaxed);
        self.0.within.iter().for_each(|outer| outer.give_back(octets));
    }
}

/// Octets that are held; dropping it gives them back.
#[derive(Debug)]
pub struct Held {
    budget: Budget,
    octets: u64,
}

impl Held {
    /// Takes more; what was held stays held when there is too little.
    pub fn more(&mut self, octets: u64) -> Result<(), Exceeded> {
        self.budget.add(octets)?;
        self.octets += octets;
        Ok(())
    }

    /// How much is held.
    pub fn octets(&self) -> u64 {
        self.octets
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.give_back(self.octets);
    }
}

/// One share of a budget for each key: for each account, or for each address.
#[derive(Debug)]
pub struct Shares<K> {
    of: Budget,
    name: &'static str,
    limit: u64,
    shares: Mutex<HashMap<K, Weak<Inner>>>,
}

impl<K: Eq + Hash> Shares<K> {
    /// Shares of at most `limit` octets each.
    pub fn new(of: &Budget, name: &'static str, limit: u64) -> Shares<K> {
        Shares { of: of.clone(), name, limit, shares: Mutex::default() }
    }

    /// The share of a key; the same one as long as somebody has it.
    pub fn of(&self, key: K) -> Budget {
        // A map of weak pointers is whole at every step.
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shares.get(&key).and_then(Weak::upgrade) {
            return Budget(known);
        }
        if shares.len() == shares.capacity() {
            // Before the table grows, those that nobody has any more leave.
            shares.retain(|_, share| share.strong_count() > 0);
        }
        let made = self.of.share(self.name, self.limit);
        shares.insert(key, Arc::downgrade(&made.0));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_taken_from_all_and_given_back() {
        let server = Budget::new("server", 100);
        let door = server.share("door", 80);
        let accounts = Shares::new(&door, "account", 50);
        let (ann, ben) = (accounts.of("ann"), accounts.of("ben"));
        let mut held = ann.take(40).unwrap();
        assert_eq!(held.more(20).unwrap_err(), Exceeded { budget: "account", limit: 50 });
        assert_eq!((held.octets(), ann.used(), door.used(), server.used()), (40, 40, 40, 40));
        let _other = ben.take(40).unwrap();
        assert_eq!(ben.take(10).unwrap_err().budget, "door");
        assert_eq!((ben.used(), door.used(), door.refused()), (40, 80, 1));
        drop(held);
        assert_eq!((ann.used(), server.used()), (0, 40));
    }

    #[test]
    fn what_stands_in_two_takes_of_both_or_of_none_and_limits_change() {
        let (account, door) = (Budget::new("account", 100), Budget::new("door", 50));
        let session = Budget::of_both(&account, &door, "session", 80);
        let held = session.take(40).unwrap();
        assert_eq!(session.take(20).unwrap_err().budget, "door");
        assert_eq!(
            (session.used(), account.used(), door.used()),
            (40, 40, 40),
            "what was taken of one is given back"
        );
        door.set_limit(60);
        let more = session.take(20).unwrap();
        door.set_limit(10);
        assert_eq!((door.limit(), door.used()), (10, 60), "what is held stays");
        drop((held, more));
        assert_eq!((session.used(), account.used(), door.used()), (0, 0, 0));
        assert_eq!(session.take(11).unwrap_err(), Exceeded { budget: "door", limit: 10 });
    }

    #[test]
    fn a_share_is_the_same_for_all_who_have_it() {
        let all = Budget::new("all", 1_000);
        let shares = Shares::new(&all, "one", 10);
        let (first, second) = (shares.of(1), shares.of(1));
        let _held = first.take(8).unwrap();
        assert!(second.take(8).is_err());
        for key in 2..10_000 {
            shares.of(key);
        }
        assert!(shares.shares.lock().unwrap().len() < 100, "those that nobody has leave");
        assert!(shares.of(1).take(8).is_err(), "and those that somebody has stay");
    }
}
