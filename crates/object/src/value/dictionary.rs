//! A dictionary: keys to values in the order of insertion, shared by all who hold it.

use super::{Text, Value};
use hashbrown::{DefaultHashBuilder, HashTable};
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

/// So many rows are looked through one by one; only more of them are found by a hash.
const ROWS_WITHOUT_INDEX_MAX: usize = 8;

/// Text is made small for comparing in pieces of so many bytes.
const FOLDED_BYTES: usize = 64;

/// The type of `@{}`.
const HASHTABLE: &str = "System.Collections.Hashtable";

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
    plain: bool,
    ordered: bool,
    entries: RwLock<Entries>,
}

/// The entries of a dictionary: found by key, walked in the order of insertion.
#[derive(Default, Clone)]
pub struct Entries {
    rows: Vec<Option<Row>>, // a removed row leaves a hole, so that the index stays true
    /// The rows by their keys' hashes; empty while they are few.
    index: HashTable<usize>,
    hashes: DefaultHashBuilder,
    live: usize,
    keys: Keys,
    /// How often a key was added, and how often anything was changed: whoever walks the entries compares.
    changes: (u64, u64),
}

#[derive(Clone)]
struct Row {
    entry: (Value, Value),
    /// The hash of the key; nothing looks at it while the rows are few.
    hash: u64,
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

/// The value that counts as a key: what an object stands around.
fn bare(key: &Value) -> &Value {
    match key {
        Value::Object(object) => object.base().map_or(key, bare),
        key => key,
    }
}

/// Whether two bare values are the same key. The long way is for what is seldom a key.
fn same(a: &Value, b: &Value, keys: Keys) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => match keys {
            Keys::Exact => a == b,
            Keys::IgnoreCase if a.is_ascii() && b.is_ascii() => a.eq_ignore_ascii_case(b),
            Keys::IgnoreCase => a.to_lowercase() == b.to_lowercase(),
        },
        (Value::Int32(a), Value::Int32(b)) => a == b,
        (Value::Int64(a), Value::Int64(b)) => a == b,
        (Value::Char(a), Value::Char(b)) => a == b,
        (Value::String(_) | Value::Int32(_) | Value::Int64(_) | Value::Char(_), _)
        | (_, Value::String(_) | Value::Int32(_) | Value::Int64(_) | Value::Char(_)) => false,
        (a, b) => Key::of(a, keys) == Key::of(b, keys),
    }
}

/// Hashes text; where case does not count, in small letters.
fn hash_text(text: &str, keys: Keys, hasher: &mut impl Hasher) {
    match keys {
        Keys::Exact => hasher.write(text.as_bytes()),
        Keys::IgnoreCase if text.is_ascii() => {
            let mut folded = [0; FOLDED_BYTES];
            for piece in text.as_bytes().chunks(FOLDED_BYTES) {
                let folded = &mut folded[..piece.len()];
                folded.copy_from_slice(piece);
                folded.make_ascii_lowercase();
                hasher.write(folded);
            }
        }
        Keys::IgnoreCase => {
            text.to_lowercase().as_bytes().chunks(FOLDED_BYTES).for_each(|piece| hasher.write(piece));
        }
    }
}

impl Entries {
    fn hash(&self, key: &Value) -> u64 {
        let mut hasher = self.hashes.build_hasher();
        match key {
            Value::String(text) => hash_text(text, self.keys, &mut hasher),
            Value::Int32(n) => hasher.write_i32(*n),
            Value::Int64(n) => hasher.write_i64(*n),
            key => Key::of(key, self.keys).hash(&mut hasher),
        }
        hasher.finish()
    }
    /// The row of a key.
    fn find(&self, key: &Value) -> Option<usize> {
        let key = bare(key);
        match self.index.is_empty() {
            true => self.rows.iter().position(|row| self.is_of(row.as_ref(), key)),
            false => self.find_by(self.hash(key), key),
        }
    }
    fn find_by(&self, hash: u64, key: &Value) -> Option<usize> {
        let is_it = |at: &usize| {
            let row = self.rows[*at].as_ref().filter(|row| row.hash == hash);
            self.is_of(row, key)
        };
        self.index.find(hash, is_it).copied()
    }
    fn is_of(&self, row: Option<&Row>, key: &Value) -> bool {
        row.is_some_and(|row| same(bare(&row.entry.0), key, self.keys))
    }
    /// Makes a row known to the index, under the hash that it keeps.
    fn enter(&mut self, at: usize) {
        let rows = &self.rows;
        let hash_of = |at: &usize| rows[*at].as_ref().map_or(0, |row| row.hash);
        self.index.insert_unique(hash_of(&at), at, hash_of);
    }
    /// The value under `key`.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.rows[self.find(key)?].as_ref().map(|row| &row.entry.1)
    }
    /// Puts `value` under `key`; a key that is there keeps its place.
    pub fn insert(&mut self, key: Value, value: Value) {
        self.changes.1 += 1;
        let is_few = self.index.is_empty();
        let hash = if is_few { 0 } else { self.hash(bare(&key)) };
        let known = if is_few { self.find(&key) } else { self.find_by(hash, bare(&key)) };
        if let Some(row) = known.and_then(|at| self.rows[at].as_mut()) {
            row.entry.1 = value;
            return;
        }
        self.changes.0 += 1;
        self.live += 1;
        self.rows.push(Some(Row { entry: (key, value), hash }));
        match is_few {
            true if self.rows.len() <= ROWS_WITHOUT_INDEX_MAX => {}
            true => self.index_all(),
            false => self.enter(self.rows.len() - 1),
        }
    }
    /// Takes `key` and its value out.
    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        let at = self.find(key)?;
        self.live -= 1;
        self.changes.1 += 1;
        let row = self.rows[at].take()?;
        if let Ok(known) = self.index.find_entry(row.hash, |found| *found == at) {
            known.remove();
        }
        if self.rows.len() > 32 && self.live * 2 < self.rows.len() {
            self.close_holes();
        }
        Some(row.entry.1)
    }
    /// Keys and values in the order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = &(Value, Value)> {
        self.rows.iter().flatten().map(|row| &row.entry)
    }
    /// The entry at a place in the order of insertion.
    pub fn at(&self, at: usize) -> Option<&(Value, Value)> {
        match self.live == self.rows.len() {
            true => self.rows.get(at)?.as_ref().map(|row| &row.entry),
            false => self.iter().nth(at),
        }
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
        self.index_all();
    }

    fn index_all(&mut self) {
        self.index.clear();
        for at in 0..self.rows.len() {
            let hash = self.rows[at].as_ref().map(|row| self.hash(bare(&row.entry.0)));
            if let (Some(hash), Some(row)) = (hash, self.rows[at].as_mut()) {
                row.hash = hash;
                self.enter(at);
            }
        }
    }
}

impl Dictionary {
    /// An empty `Hashtable`.
    pub fn new() -> Dictionary {
        static NAME: LazyLock<Text> = LazyLock::new(|| HASHTABLE.into());
        Dictionary::named(NAME.clone(), Keys::IgnoreCase)
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
        let (name, entries) = (name.into(), RwLock::new(Entries { keys, ..Entries::default() }));
        Dictionary { plain: &*name == HASHTABLE, name, ordered: false, entries }
    }
    /// Whether it is a `Hashtable`, which takes keys and values of all types as they are.
    pub fn is_plain(&self) -> bool {
        self.plain
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
    /// A copy of the entry at a place in the order of insertion.
    pub fn at(&self, at: usize) -> Option<(Value, Value)> {
        self.entries.read().at(at).cloned()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a list of pairs would say of the same questions.
    #[test]
    fn a_dictionary_says_what_a_list_says() {
        let mut entries = Entries::default();
        let mut list: Vec<(i32, Value)> = Vec::new();
        let key = |n: i32| match n % 4 {
            0 => Value::Int32(n),
            1 => Value::Int64(i64::from(n)),
            2 if n % 8 == 2 => Value::from(format!("Key{n}")),
            2 => Value::from(format!("key{n}").to_uppercase()),
            _ => Value::Double(f64::from(n)),
        };
        let mut random = 7u64;
        for turn in 0..20_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let n = (random >> 33) as i32 % if turn < 500 { 12 } else { 300 };
            let known = list.iter().position(|(known, _)| *known == n);
            match random >> 62 {
                0 => {
                    assert_eq!(entries.remove(&key(n)).is_some(), known.is_some());
                    known.map(|at| list.remove(at));
                }
                1 => {
                    let value = Value::Int32(turn);
                    entries.insert(key(n), value.clone());
                    match known {
                        Some(at) => list[at].1 = value,
                        None => list.push((n, value)),
                    }
                }
                _ => {
                    let shout = Value::from(key(n).to_string().to_uppercase());
                    let asked = if key(n).as_str().is_some() { shout } else { key(n) };
                    let said = entries.get(&asked).map(ToString::to_string);
                    assert_eq!(said, known.map(|at| list[at].1.to_string()), "{asked}");
                }
            }
            assert_eq!(entries.len(), list.len());
        }
        let places: Vec<String> =
            (0..=list.len()).filter_map(|at| entries.at(at)).map(|(_, value)| value.to_string()).collect();
        assert_eq!(places, list.iter().map(|(_, value)| value.to_string()).collect::<Vec<_>>());
        let in_order: Vec<String> = entries.iter().map(|(_, value)| value.to_string()).collect();
        assert_eq!(in_order, list.iter().map(|(_, value)| value.to_string()).collect::<Vec<_>>());
    }

    #[test]
    fn what_differs_only_in_case_is_one_key_however_many_there_are() {
        let mut entries = Entries::default();
        for n in 0..100 {
            entries.insert(format!("Straße {n}").into(), n.into());
            entries.insert(format!("STRAßE {n}").into(), (n + 1).into());
        }
        assert_eq!(entries.len(), 100);
        assert_eq!(entries.get(&"straße 99".into()).map(ToString::to_string).as_deref(), Some("100"));
        let exact = Dictionary::named("System.Collections.Generic.Dictionary`2", Keys::Exact);
        for word in ["a", "A", "b", "c", "d", "e", "f", "g", "h", "i", "I"] {
            exact.insert(word.into(), word.into());
        }
        assert_eq!(exact.len(), 11);
    }
}
