//! A table of bounded size: when it is full, it forgets what was written longest ago.

use std::borrow::Borrow;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// The table.
pub(crate) struct Fading<K, V> {
    room: usize,
    writes: u64,
    entries: HashMap<K, (u64, V)>,
    /// Every write in its order; those that a later write of the same key or a removal made void are passed over.
    order: VecDeque<(u64, K)>,
}

impl<K: Clone + Eq + Hash, V> Fading<K, V> {
    /// A table for `room` entries.
    pub(crate) fn new(room: usize) -> Fading<K, V> {
        Fading { room, writes: 0, entries: HashMap::new(), order: VecDeque::new() }
    }

    /// What stands under a key.
    pub(crate) fn get<Q: ?Sized + Eq + Hash>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key).map(|(_, value)| value)
    }

    /// Writes an entry; the key counts as used now.
    pub(crate) fn put(&mut self, key: K, value: V) {
        self.writes += 1;
        self.entries.insert(key.clone(), (self.writes, value));
        self.order.push_back((self.writes, key));
        while self.entries.len() > self.room {
            self.forget_oldest();
        }
        if self.order.len() > 2 * self.entries.len() + 64 {
            let entries = &self.entries;
            self.order.retain(|(write, key)| entries.get(key).is_some_and(|(last, _)| last == write));
        }
    }

    /// Takes an entry away.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.entries.remove(key).map(|(_, value)| value)
    }

    fn forget_oldest(&mut self) {
        let Some((write, key)) = self.order.pop_front() else { return };
        if self.entries.get(&key).is_some_and(|(last, _)| *last == write) {
            self.entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first_and_never_all() {
        let mut table = Fading::new(3);
        ["a", "b", "c"].into_iter().for_each(|key| table.put(key, 1));
        table.put("a", 2);
        table.put("d", 1);
        assert_eq!(
            ["a", "b", "c", "d"].map(|key| table.get(key).copied()),
            [Some(2), None, Some(1), Some(1)]
        );
        table.remove(&"c");
        table.put("e", 1);
        assert_eq!(["a", "c", "d", "e"].map(|key| table.get(key).is_some()), [true, false, true, true]);
    }

    #[test]
    fn one_key_written_for_ever_takes_no_room() {
        let mut table = Fading::new(10);
        (0..100_000).for_each(|number| table.put("a", number));
        assert!(table.order.len() < 200);
        assert_eq!(table.get("a"), Some(&99_999));
    }
}
