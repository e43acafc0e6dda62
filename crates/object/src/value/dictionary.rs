//! A dictionary: keys to values in the order of insertion, shared by all who hold it.

use super::Value;
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::collections::HashMap;

/// How a dictionary compares its keys and calls itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flavour {
    Hashtable,
    Ordered,
}

/// `System.Collections.Hashtable` (`@{}`) or `System.Collections.Specialized.OrderedDictionary`
/// (`[ordered]@{}`). Both keep the order of insertion; string keys ignore case.
pub struct Dictionary {
    flavour: Flavour,
    entries: RwLock<Entries>,
}

/// The entries of a dictionary: found by key, walked in the order of insertion.
#[derive(Default, Clone)]
pub struct Entries {
    rows: Vec<Option<(Value, Value)>>, // a removed row leaves a hole, so that the index stays true
    index: HashMap<Key, usize>,
    live: usize,
}

/// A key as it is compared: strings without case, numbers by type and value.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Text(String),
    Other(String, String),
}

impl Key {
    fn of(value: &Value) -> Key {
        match value {
            Value::String(text) if text.is_ascii() => Key::Text(text.to_ascii_lowercase()),
            Value::String(text) => Key::Text(text.to_lowercase()),
            other => Key::Other(other.type_name().to_string(), other.to_string()),
        }
    }
}

impl Entries {
    /// The value under `key`.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.rows[*self.index.get(&Key::of(key))?].as_ref().map(|(_, value)| value)
    }
    /// Puts `value` under `key`; a key that is there keeps its place.
    pub fn insert(&mut self, key: Value, value: Value) {
        match self.index.get(&Key::of(&key)) {
            Some(at) => {
                if let Some(row) = &mut self.rows[*at] {
                    row.1 = value;
                }
            }
            None => {
                self.index.insert(Key::of(&key), self.rows.len());
                self.rows.push(Some((key, value)));
                self.live += 1;
            }
        }
    }
    /// Takes `key` and its value out.
    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        let at = self.index.remove(&Key::of(key))?;
        self.live -= 1;
        let (_, value) = self.rows[at].take()?;
        if self.rows.len() > 32 && self.live * 2 < self.rows.len() {
            self.close_holes();
        }
        Some(value)
    }
    /// Keys and values in the order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = &(Value, Value)> {
        self.rows.iter().flatten()
    }
    /// The number of entries.
    pub fn len(&self) -> usize {
        self.live
    }
    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }
    /// Takes all entries out.
    pub fn clear(&mut self) {
        *self = Entries::default();
    }

    fn close_holes(&mut self) {
        self.rows.retain(Option::is_some);
        self.index =
            self.rows.iter().flatten().enumerate().map(|(at, (key, _))| (Key::of(key), at)).collect();
    }
}

impl Dictionary {
    /// An empty `Hashtable`.
    pub fn new() -> Dictionary {
        Dictionary { flavour: Flavour::Hashtable, entries: RwLock::default() }
    }
    /// An empty `OrderedDictionary`.
    pub fn ordered() -> Dictionary {
        Dictionary { flavour: Flavour::Ordered, entries: RwLock::default() }
    }
    /// Whether it is an `OrderedDictionary` (which can be indexed by number).
    pub fn is_ordered(&self) -> bool {
        self.flavour == Flavour::Ordered
    }
    /// The .NET name of the type.
    pub fn type_name(&self) -> &'static str {
        match self.flavour {
            Flavour::Hashtable => "System.Collections.Hashtable",
            Flavour::Ordered => "System.Collections.Specialized.OrderedDictionary",
        }
    }
    /// The value under `key`.
    pub fn get(&self, key: &Value) -> Option<Value> {
        self.entries.read().get(key).cloned()
    }
    /// Puts `value` under `key`.
    pub fn insert(&self, key: Value, value: Value) {
        self.entries.write().insert(key, value);
    }
    /// Takes `key` and its value out.
    pub fn remove(&self, key: &Value) -> Option<Value> {
        self.entries.write().remove(key)
    }
    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.read().len()
    }
    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Copies of keys and values in the order of insertion.
    pub fn to_vec(&self) -> Vec<(Value, Value)> {
        self.entries.read().iter().cloned().collect()
    }
    /// The entries, held for reading. Do not call back into scripts while holding it.
    pub fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read()
    }
    /// The entries, held for writing. Do not call back into scripts while holding it.
    pub fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write()
    }
}

impl Default for Dictionary {
    fn default() -> Dictionary {
        Dictionary::new()
    }
}

impl FromIterator<(Value, Value)> for Dictionary {
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(entries: I) -> Dictionary {
        let dictionary = Dictionary::new();
        for (key, value) in entries {
            dictionary.insert(key, value);
        }
        dictionary
    }
}
