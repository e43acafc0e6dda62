//! A noun: what a cmdlet is about, with its properties and how it is shown.

use crate::Value;
use crate::property::{Declared, Spec};
use crate::types::names::is_of_directory;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A noun: `Mailbox` of `Get-Mailbox`. It lives in the room that keeps such objects.
pub struct Noun {
    /// The name, as Exchange writes it: `MailboxDatabase`.
    pub name: &'static str,
    /// The .NET type name that scripts may ask for.
    pub type_name: &'static str,
    /// One sentence that says what it is.
    pub summary: &'static str,
    /// All properties, in the order in which `Format-List` shows them.
    pub properties: &'static [&'static dyn Declared],
    /// The columns that are shown unasked.
    pub table: &'static [&'static dyn Declared],
}

impl Noun {
    /// The property `name`, any case.
    pub fn property(&self, name: &str) -> Option<&'static Spec> {
        let mut folded = [0; NAME_BYTES_MAX];
        let folded = folded.get_mut(..name.len())?;
        folded.copy_from_slice(name.as_bytes());
        folded.make_ascii_lowercase();
        index(self.properties).get(&*folded).copied()
    }
    /// What one of its properties reads as where it was never set. Objects of Exchange's directory have empty text where
    /// one text would stand, as Exchange's have; elsewhere it is the declared default, or `$null`.
    pub fn unset(&self, spec: &Spec) -> Value {
        match spec.default_value() {
            Value::Null if is_text(spec) && is_of_directory(self.type_name) => Value::from(""),
            default => default,
        }
    }
    /// The property that filters call `word`, any case.
    pub fn filter_property(&self, word: &str) -> Option<&'static Spec> {
        let specs = || self.properties.iter().map(|declared| declared.spec()).filter(|spec| spec.filterable);
        let called = |spec: &&Spec| spec.filter_name.unwrap_or(spec.name).eq_ignore_ascii_case(word);
        specs().find(called).or_else(|| specs().find(|spec| spec.name.eq_ignore_ascii_case(word)))
    }
}

fn is_text(spec: &Spec) -> bool {
    !spec.many && std::ptr::eq(spec.kind, &crate::types::kinds::STRING)
}

/// No property has a longer name.
const NAME_BYTES_MAX: usize = 96;

/// Properties by their names in lower case.
type Index = HashMap<Box<[u8]>, &'static Spec>;

/// The index of a noun's properties: a script that shows all of 100,000 mailboxes asks each for 150 of them. It is
/// made when it is first asked for and stays, as the list does.
fn index(properties: &'static [&'static dyn Declared]) -> &'static Index {
    static KNOWN: LazyLock<RwLock<HashMap<(usize, usize), &'static Index>>> = LazyLock::new(RwLock::default);
    let key = (properties.as_ptr().addr(), properties.len());
    if let Some(index) = KNOWN.read().get(&key) {
        return index;
    }
    let mut made = Index::new();
    for spec in properties.iter().map(|declared| declared.spec()) {
        debug_assert!(spec.name.len() <= NAME_BYTES_MAX, "{}", spec.name);
        made.entry(spec.name.to_ascii_lowercase().into_bytes().into()).or_insert(spec);
    }
    KNOWN.write().entry(key).or_insert_with(|| Box::leak(Box::new(made)))
}

impl std::fmt::Debug for Noun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Noun {
    fn eq(&self, other: &Noun) -> bool {
        std::ptr::eq(self, other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Property;

    #[test]
    fn a_property_is_found_in_any_case() {
        static NAME: Property<String> = Property::new("Name", "x");
        static SIZE: Property<i32> = Property::new("Size", "x");
        static BOTH: &[&dyn Declared] = &[&NAME, &SIZE];
        let bare = Noun { name: "Toy", type_name: "Toy", summary: "x", properties: &[], table: &[] };
        let toy = Noun { properties: BOTH, ..bare };
        let bare = Noun { properties: &[], ..toy };
        let long = "n".repeat(NAME_BYTES_MAX + 1);
        for (asked, found) in [
            ("name", Some("Name")),
            ("SIZE", Some("Size")),
            ("Names", None),
            ("", None),
            (long.as_str(), None),
        ] {
            assert_eq!(toy.property(asked).map(|spec| spec.name), found, "{asked}");
            assert!(bare.property(asked).is_none());
        }
    }
}
