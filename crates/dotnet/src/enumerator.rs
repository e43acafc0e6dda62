//! `System.Collections.IEnumerator`: a walk over values that a script can take a step of itself
//! (`$foreach.MoveNext()`, `$table.GetEnumerator()`).

use object::Value;
use object::value::{Dictionary, Text, Typed};
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A walk: what there is to walk, and how many steps were taken.
pub struct Enumerator {
    name: &'static str,
    items: Vec<Value>,
    steps: AtomicUsize,
    of: Option<Arc<Dictionary>>,
}

impl Enumerator {
    /// A walk that stands before the first of `items`.
    pub fn new(items: Vec<Value>) -> Enumerator {
        Enumerator { name: "System.Collections.IEnumerator", items, steps: AtomicUsize::new(0), of: None }
    }
    /// The objects that are piped into a function (`$input`).
    pub fn of_input(items: Vec<Value>) -> Enumerator {
        Enumerator::new(items).named("System.Collections.ArrayList+ArrayListEnumeratorSimple")
    }
    /// A walk over a dictionary's entries.
    pub fn of_dictionary(dictionary: Arc<Dictionary>, entries: Vec<Value>) -> Enumerator {
        Enumerator { of: Some(dictionary), ..Enumerator::new(entries) }
    }
    /// A number that is another one when what it walks was changed meanwhile.
    pub fn version(&self) -> u64 {
        self.of.as_ref().map_or(0, |dictionary| dictionary.version())
    }
    /// All that is still to come; nothing is afterwards.
    pub fn rest(&self) -> Vec<Value> {
        let from = self.steps.swap(self.items.len() + 1, Ordering::Relaxed);
        self.items.iter().skip(from).cloned().collect()
    }
    /// The same walk as a type of its own.
    #[must_use]
    pub fn named(self, name: &'static str) -> Enumerator {
        Enumerator { name, ..self }
    }
    /// Goes on to the next; `None` when there is none.
    pub fn step(&self) -> Option<&Value> {
        let at = self.steps.load(Ordering::Relaxed);
        if at <= self.items.len() {
            self.steps.store(at + 1, Ordering::Relaxed);
        }
        self.items.get(at)
    }
    /// Where the walk stands; `None` before the first and behind the last.
    pub fn current(&self) -> Option<&Value> {
        self.items.get(self.steps.load(Ordering::Relaxed).checked_sub(1)?)
    }
    /// Goes back before the first.
    pub fn reset(&self) {
        self.steps.store(0, Ordering::Relaxed);
    }
}

impl Typed for Enumerator {
    fn type_name(&self) -> Text {
        self.name.into()
    }
    fn text(&self) -> String {
        self.name.to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        let current = || self.current().cloned().unwrap_or_default();
        // The walk of a hashtable's entries also shows the entry's two halves.
        match name.to_ascii_lowercase().as_str() {
            "current" => Some(current()),
            half @ ("key" | "value") => match current() {
                Value::Typed(entry) => entry.member(half),
                _ => None,
            },
            _ => None,
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Current"]
    }
    /// What is still to come.
    fn items(&self) -> Option<Vec<Value>> {
        Some(self.items.iter().skip(self.steps.load(Ordering::Relaxed)).cloned().collect())
    }
}
