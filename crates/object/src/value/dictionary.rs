//! A dictionary: keys to values in the order of insertion, shared by all who hold it.

use super::{Text, Value};
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::collections::HashMap;
use std::sync::Arc;

/// How a dictionary compares and keeps its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Keys {
    /// In the order of insertion; text ignores case (`@{}`).
    #[default]
    IgnoreCase,
    /// In the order of insertion; text by its exact characters (`Dictionary[string,int]`).
    Exact,
}

/// `System.Collections.Hashtable` (`@{}`), `System.Collections.Specialized.OrderedDictionary`
/// (`[ordered]@{}`) and the generic dictionaries. All keep the order of insertion.
pub struct Dictionary {
    name: Text,
    ordered: bool,
    entries: RwLock<Entries>,
}

/// The entries of a dictionary: found by key, walked in the order of insertion.
#[derive(Default, Clone)]
pub struct Entries {
    rows: Vec<Option<(Value, Value)>>, // a removed row leaves a hole, so that the index stays true
    index: HashMap<Key, usize>,
    live: usize,
    keys: Keys,
    /// How often a key was added, and how often anything was changed: whoever walks the entries compares.
    changes: (u64, u64),
}

/// A key as it is compared: strings with or without case, numbers by type and value, what is shared by
/// identity.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key(Form);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    Text(String),
    Number(u8, i64),
    Shared(usize),
    Other(String, String),
}

impl Key {
    /// The key of a value.
    pub fn of(value: &Value, keys: Keys) -> Key {
        Key(match value {
            Value::String(text) if keys == Keys::Exact => Form::Text(text.to_string()),
            Value::String(text) if text.is_ascii() => Form::Text(text.to_ascii_lowercase()),
            Value::String(text) => Form::Text(text.to_lowercase()),
            Value::Int32(n) => Form::Number(0, i64::from(*n)),
            Value::Int64(n) => Form::Number(1, *n),
            Value::Char(n) => Form::Number(2, i64::from(*n)),
            Value::Array(array) => Form::Shared(Arc::as_ptr(array) as usize),
            Value::Dictionary(dictionary) => Form::Shared(Arc::as_ptr(dictionary) as usize),
            Value::Object(object) => match object.base() {
                Some(base) => return Key::of(base, keys),
                None => Form::Shared(Arc::as_ptr(object) as usize),
            },
            other => Form::Other(other.type_name().to_string(), other.to_string()),
        })
    }
}

impl Entries {
    /// The value under `key`.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.rows[*self.index.get(&Key::of(key, self.keys))?].as_ref().map(|(_, value)| value)
    }
    /// Puts `value` under `key`; a key that is there keeps its place.
    pub fn insert(&mut self, key: Value, value: Value) {
        match self.index.get(&Key::of(&key, self.keys)) {
            Some(at) => {
                self.changes.1 += 1;
                if let Some(row) = &mut self.rows[*at] {
                    row.1 = value;
                }
            }
            None => {
                self.index.insert(Key::of(&key, self.keys), self.rows.len());
                self.rows.push(Some((key, value)));
                self.live += 1;
                self.changes = (self.changes.0 + 1, self.changes.1 + 1);
            }
        }
    }
    /// Takes `key` and its value out.
    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        let at = self.index.remove(&Key::of(key, self.keys))?;
        self.live -= 1;
        self.changes.1 += 1;
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
        let changes = (self.changes.0, self.changes.1 + 1);
        *self = Entries { keys: self.keys, changes, ..Entries::default() };
    }

    fn close_holes(&mut self) {
        self.rows.retain(Option::is_some);
        let keys = self.keys;
        let rows = self.rows.iter().flatten().enumerate();
        self.index = rows.map(|(at, (key, _))| (Key::of(key, keys), at)).collect();
    }
}

impl Dictionary {
    /// An empty `Hashtable`.
    pub fn new() -> Dictionary {
        Dictionary::named("System.Collections.Hashtable", Keys::IgnoreCase)
    }
    /// An empty `OrderedDictionary`.
    pub fn ordered() -> Dictionary {
        let name = "System.Collections.Specialized.OrderedDictionary";
        Dictionary { ordered: true, ..Dictionary::named(name, Keys::IgnoreCase) }
    }
    /// An empty `OrderedDictionary` whose texts keep their case, as its plain constructor makes it.
    pub fn ordered_exact() -> Dictionary {
        let name = "System.Collections.Specialized.OrderedDictionary";
        Dictionary { ordered: true, ..Dictionary::named(name, Keys::Exact) }
    }
    /// An empty dictionary of another type, with its rule for keys.
    pub fn named(name: impl Into<Text>, keys: Keys) -> Dictionary {
        let entries = RwLock::new(Entries { keys, ..Entries::default() });
        Dictionary { name: name.into(), ordered: false, entries }
    }
    /// Whether it is an `OrderedDictionary` (which can be indexed by number).
    pub fn is_ordered(&self) -> bool {
        self.ordered
    }
    /// How it compares its keys.
    pub fn keys(&self) -> Keys {
        self.entries.read().keys
    }
    /// The .NET name of the type.
    pub fn type_name(&self) -> &str {
        &self.name
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
    /// A number that is another one when whoever walks the entries must stop: a hashtable takes no change at all, a
    /// generic dictionary only no new key.
    pub fn version(&self) -> u64 {
        let (added, changed) = self.entries.read().changes;
        if self.name.contains('`') { added } else { changed }
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
