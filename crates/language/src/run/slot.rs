//! A variable's place: empty, a plain value, or one with a type, rules and options.

use super::code::Rule;
use dotnet::Type;
use dotnet::regex::Match;
use dotnet::values::Reference;
use object::Value;
use object::value::Text;
use std::sync::{Arc, OnceLock};

/// A variable's place.
#[derive(Default)]
pub(super) enum Slot {
    /// Not set in this scope.
    #[default]
    Empty,
    /// Set to what a command without output left: `$null`, and nothing when it is piped on.
    Nothing,
    /// A plain value.
    Plain(Value),
    /// A text that `+=` makes longer and longer: it is copied when it is read, not each time it grows.
    Grown(Box<Grown>),
    /// `$Matches`: its table is made when somebody reads it, which is seldom.
    Matched(Box<Matched>),
    /// With a type, rules or options.
    Special(Box<Special>),
}

/// What `-match` found.
pub(super) struct Matched {
    found: Match,
    table: OnceLock<Value>,
}

impl Matched {
    pub(super) fn new(found: Match) -> Matched {
        Matched { found, table: OnceLock::new() }
    }
    fn value(&self) -> Value {
        self.table.get_or_init(|| self.found.as_dictionary()).clone()
    }
}

/// A text that grows.
pub(super) struct Grown {
    buffer: String,
    text: OnceLock<Text>,
}

impl Grown {
    pub(super) fn new(text: &str) -> Grown {
        Grown { buffer: text.to_owned(), text: OnceLock::new() }
    }
    pub(super) fn push(&mut self, more: &str) {
        self.text = OnceLock::new();
        self.buffer.push_str(more);
    }
    pub(super) fn len(&self) -> usize {
        self.buffer.len()
    }
    fn value(&self) -> Value {
        Value::String(self.text.get_or_init(|| self.buffer.as_str().into()).clone())
    }
}

/// A variable that is more than a value.
#[derive(Default)]
pub(super) struct Special {
    pub(super) value: Value,
    pub(super) kind: Option<Type>,
    pub(super) rules: Option<Arc<Vec<Rule>>>,
    /// `[ref]`s to it read and write here.
    pub(super) shared: Option<Arc<Reference>>,
    pub(super) options: Options,
    pub(super) description: Option<Text>,
}

/// What `Set-Variable -Option` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// It cannot be changed, but taken away by force.
    pub read_only: bool,
    /// It can never be changed.
    pub constant: bool,
    /// Only its own scope sees it.
    pub private: bool,
    /// Every new scope has it.
    pub all_scope: bool,
}

impl Slot {
    pub(super) fn is_set(&self) -> bool {
        !matches!(self, Slot::Empty)
    }
    /// The value, when it is set.
    pub(super) fn value(&self) -> Option<Value> {
        match self {
            Slot::Empty => None,
            Slot::Nothing => Some(Value::Null),
            Slot::Plain(value) => Some(value.clone()),
            Slot::Grown(grown) => Some(grown.value()),
            Slot::Matched(matched) => Some(matched.value()),
            Slot::Special(special) => Some(match &special.shared {
                Some(shared) => shared.0.read().clone(),
                None => special.value.clone(),
            }),
        }
    }
    pub(super) fn is_private(&self) -> bool {
        matches!(self, Slot::Special(special) if special.options.private)
    }
}

/// Makes a slot one that can have a type, rules and options.
pub(super) fn special(place: &mut Slot) -> &mut Special {
    if !matches!(place, Slot::Special(_)) {
        let value = place.value().unwrap_or_default();
        *place = Slot::Special(Box::new(Special { value, ..Special::default() }));
    }
    match place {
        Slot::Special(special) => special,
        _ => unreachable!("it was made special the line before"),
    }
}
