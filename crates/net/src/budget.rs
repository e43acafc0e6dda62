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
    limit: u64,
    used: AtomicU64,
    refused: AtomicU64,
    within: Option<Budget>,
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
        Budget::inside(None, name, limit)
    }

    /// A budget of at most `limit` octets of this one.
    #[must_use]
    pub fn share(&self, name: &'static str, limit: u64) -> Budget {
        Budget::inside(Some(self.clone()), name, limit)
    }

    fn inside(within: Option<Budget>, name: &'static str, limit: u64) -> Budget {
        let (used, refused) = (AtomicU64::new(0), AtomicU64::new(0));
        Budget(Arc::new(Inner { name, limit, used, refused, within }))
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
        self.0.limit
    }
    /// How often it, or one that stands in it, asked for more than it had.
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    fn add(&self, octets: u64) -> Result<(), Exceeded> {
        let Inner { name, limit, used, refused, within } = &*self.0;
        let fits = |now: u64| now.checked_add(octets).filter(|sum| sum <= limit);
        if used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err() {
            refused.fetch_add(1, Ordering::Relaxed);
            return Err(Exceeded { budget: name, limit: *limit });
        }
        let Some(within) = within else { return Ok(()) };
        within.add(octets).inspect_err(|_| {
            used.fetch_sub(octets, Ordering::Relaxed);
        })
    }

    fn give_back(&self, octets: u64) {
        let mut at = Some(self);
        while let Some(budget) = at {
            budget.0.used.fetch_sub(octets, Ordering::Relaxed);
            at = budget.0.within.as_ref();
        }
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
