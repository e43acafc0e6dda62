//! Where equal keys are found without comparing with all of them: what is compared are keys that may be equal at all.

use crate::sort::is_bare;
use dotnet::values::{base, double, field_text};
use dotnet::{Locale, compare};
use object::Value;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What a key is compared as. Keys of two kinds may be equal all the same (`1` and `'1'`), but for null.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Null,
    Text,
    Number,
    Moment,
    Length,
    Guid,
    Truth,
    Word,
    Field,
    Bare,
    /// What has nothing by which it would be found again.
    Rest,
}

/// What equal keys of the same kinds have in common.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Mark {
    kinds: Vec<Kind>,
    hash: u64,
}

/// Keys by what they have in common with their equals, and the places they stand for.
#[derive(Default)]
pub(crate) struct Alike {
    places: HashMap<Vec<Kind>, HashMap<u64, BTreeSet<usize>>>,
}

impl Alike {
    /// The first place whose keys are `same` as these.
    pub(crate) fn find(
        &self,
        keys: &[Value],
        locale: &Locale,
        same: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let mark = Mark::of(keys, locale);
        let first = |found: &BTreeSet<usize>| found.iter().copied().find(|at| same(*at));
        let own = self.places.get(&mark.kinds).and_then(|held| held.get(&mark.hash)).and_then(first);
        // Keys of other kinds must be looked through.
        let others = self.places.iter().filter(|(kinds, _)| mark.may_be(kinds));
        let others = others.flat_map(|(_, held)| held.values()).filter_map(first).min();
        own.into_iter().chain(others).min()
    }

    /// Notes which place keys stand for.
    pub(crate) fn add(&mut self, keys: &[Value], locale: &Locale, at: usize) {
        let mark = Mark::of(keys, locale);
        self.places.entry(mark.kinds).or_default().entry(mark.hash).or_default().insert(at);
    }

    /// Forgets a place again.
    pub(crate) fn take(&mut self, keys: &[Value], locale: &Locale, at: usize) {
        let mark = Mark::of(keys, locale);
        let held = self.places.get_mut(&mark.kinds).and_then(|held| held.get_mut(&mark.hash));
        if let Some(places) = held {
            places.remove(&at);
        }
    }
}

impl Mark {
    fn of(keys: &[Value], locale: &Locale) -> Mark {
        let mut hasher = DefaultHasher::new();
        let kinds = keys.iter().map(|key| note(key, locale, &mut hasher)).collect();
        Mark { kinds, hash: hasher.finish() }
    }

    /// Whether keys of those other kinds may be equal to these.
    fn may_be(&self, kinds: &[Kind]) -> bool {
        let fit = |(a, b): (&Kind, &Kind)| a == b || (*a != Kind::Null && *b != Kind::Null);
        *self.kinds != *kinds && kinds.len() == self.kinds.len() && kinds.iter().zip(&self.kinds).all(fit)
    }
}

/// Adds to the hash what every equal of a key adds, too.
fn note(key: &Value, locale: &Locale, hasher: &mut DefaultHasher) -> Kind {
    if is_bare(key) {
        return Kind::Bare;
    }
    match base(key) {
        Value::Null => Kind::Null,
        Value::String(text) => {
            compare::letters_in(locale.culture, text).hash(hasher);
            Kind::Text
        }
        Value::DateTime(moment) => {
            moment.ticks.hash(hasher);
            Kind::Moment
        }
        Value::TimeSpan(length) => {
            length.ticks.hash(hasher);
            Kind::Length
        }
        Value::Guid(guid) => {
            guid.to_string().hash(hasher);
            Kind::Guid
        }
        Value::Bool(on) => {
            on.hash(hasher);
            Kind::Truth
        }
        Value::Enum(word) => {
            word.number.hash(hasher);
            Kind::Word
        }
        other => match (double(other), field_text(other)) {
            (Some(number), _) => {
                // The two zeros are one.
                (number + 0.0).to_bits().hash(hasher);
                Kind::Number
            }
            (None, Some(text)) => {
                compare::letters_in(locale.culture, &text).hash(hasher);
                Kind::Field
            }
            _ => Kind::Rest,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::Object;
    use object::types::{DateTime, TimeSpan};

    #[test]
    fn what_is_equal_is_found_whatever_it_is() {
        let locale = Locale::default();
        let values: Vec<Value> = vec![
            Value::Null,
            "".into(),
            "1".into(),
            "1.0".into(),
            "a\u{ad}".into(),
            "A".into(),
            "\u{e1}".into(),
            "True".into(),
            1.into(),
            Value::Int64(1),
            Value::Double(1.0),
            Value::Double(-0.0),
            0.into(),
            Value::Char(65),
            true.into(),
            false.into(),
            Value::DateTime(DateTime::new(1, object::types::DateKind::Utc)),
            Value::DateTime(DateTime::new(1, object::types::DateKind::Local)),
            Value::TimeSpan(TimeSpan { ticks: 1 }),
            Object::custom().with("a", 1).into(),
            Object::custom().into(),
            Object::around("a".into()).with("b", 1).into(),
            Value::array([1.into()]),
        ];
        for ignore in [true, false] {
            for a in &values {
                for b in &values {
                    let same = compare::ordered(a, b, ignore, &locale).is_eq();
                    let mut held = Alike::default();
                    held.add(std::slice::from_ref(a), &locale, 0);
                    let found = held.find(std::slice::from_ref(b), &locale, |_| same);
                    assert_eq!(found.is_some(), same, "{a} {} {b} {}", a.type_name(), b.type_name());
                }
            }
        }
    }
}
