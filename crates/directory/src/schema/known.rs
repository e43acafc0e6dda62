//! What is known of each class: where its objects stand in the tree, and which properties they can have.

use crate::class::Class;
use crate::class_facts::{ClassFacts, Lists};
use crate::kind::IdentityKind;
use object::Spec;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A class with its properties by name, as it is written and in lower case.
struct Known {
    facts: &'static ClassFacts,
    names: HashMap<String, &'static Spec>,
}

impl Known {
    fn of(facts: &'static ClassFacts) -> &'static Known {
        let specs = facts.properties.iter().copied().flatten().map(|declared| declared.spec());
        let both =
            |spec: &'static Spec| [(spec.name.to_owned(), spec), (spec.name.to_ascii_lowercase(), spec)];
        Box::leak(Box::new(Known { facts, names: specs.flat_map(both).collect() }))
    }
}

/// All classes by their words; what is added stays.
static KNOWN: LazyLock<RwLock<HashMap<&'static str, &'static Known>>> = LazyLock::new(|| {
    let own = super::CLASSES.iter().map(|facts| (facts.class.word(), Known::of(facts)));
    RwLock::new(own.collect())
});

/// Adds a class that a room above keeps in the directory. A class that is known already stays as it is.
pub fn add_class(facts: &'static ClassFacts) {
    KNOWN.write().entry(facts.class.word()).or_insert_with(|| Known::of(facts));
}

/// The identity parameter of that type name (`MailboxIdParameter`), any case.
pub(crate) fn identity(name: &str) -> Option<&'static IdentityKind> {
    let known = KNOWN.read();
    let mut all = known.values().flat_map(|known| known.facts.identities).copied();
    all.find(|kind| kind.name.eq_ignore_ascii_case(name))
}

impl Class {
    /// All classes, in the order of their words.
    pub fn all() -> Vec<Class> {
        let mut all: Vec<Class> = KNOWN.read().values().map(|known| known.facts.class).collect();
        all.sort_unstable();
        all
    }

    fn known(self) -> Option<&'static Known> {
        KNOWN.read().get(self.word()).copied()
    }

    /// The class of that [`word`](Class::word).
    pub fn of_word(word: &str) -> Option<Class> {
        KNOWN.read().get(word).map(|known| known.facts.class)
    }
    /// The attribute type of the relative distinguished name: `CN`, `OU` or `DC`.
    pub fn rdn(self) -> &'static str {
        self.known().map_or("CN", |known| known.facts.rdn)
    }
    /// The fixed containers between such an object and its parent, as a piece of a distinguished name.
    pub(crate) fn containers(self) -> &'static str {
        self.known().map_or("", |known| known.facts.below)
    }
    /// The properties that an object of this class can have.
    pub fn properties(self) -> Lists {
        self.known().map_or(&[], |known| known.facts.properties)
    }
    /// The property `name` (any case) that objects of this class can have.
    pub fn spec(self, name: &str) -> Option<&'static Spec> {
        let names = &self.known()?.names;
        names.get(name).or_else(|| names.get(&name.to_ascii_lowercase())).copied()
    }
}
