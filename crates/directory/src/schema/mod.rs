//! The properties and nouns of the directory: each property once, as a static.
//!
//! To add a property, add a line to the file of its noun and its constant to the noun's list; attributes
//! are rows, so there is no migration. To add a noun, copy `domain.rs` and add its class to the list here; the class
//! is one static that says where such objects stand, what they hold and what shows them.

pub mod address_list;
pub mod any_recipient;
pub mod audit;
pub mod cas;
pub(crate) mod check;
pub mod connector;
pub mod database;
pub mod domain;
pub mod filter;
pub mod filtering;
pub mod group;
pub mod inbox_rule;
pub mod journal;
pub(crate) mod known;
pub mod mailbox;
pub mod options;
pub mod organization;
pub mod permission;
pub mod policy;
pub mod public_folder;
pub mod recipient;
pub mod restored;
pub mod role;
pub mod rule;
pub mod sync;
pub mod transport_config;
pub mod trust;
pub mod unit;
pub mod user;

use crate::ClassFacts;
pub(crate) use crate::class_facts::Lists;
use object::types::{ByteQuantifiedSize, PropertyType, TimeSpan, Unlimited};
use object::{Declared, Value};

/// What is known of every class of this room: one static each, in the file of its noun.
pub(crate) static CLASSES: &[&ClassFacts] = &[
    &any_recipient::USER_CLASS,
    &group::CONTACT_CLASS,
    &group::CLASS,
    &public_folder::CLASS,
    &database::CLASS,
    &domain::CLASS,
    &organization::CLASS,
    &unit::DOMAIN_CLASS,
    &unit::CONTAINER_CLASS,
    &unit::CLASS,
    &policy::RETENTION_CLASS,
    &policy::EMAIL_ADDRESS_CLASS,
    &policy::MOBILE_DEVICE_CLASS,
    &policy::OWA_CLASS,
    &policy::ROLE_ASSIGNMENT_CLASS,
    &policy::SHARING_CLASS,
    &address_list::LIST_CLASS,
    &address_list::GLOBAL_LIST_CLASS,
    &address_list::OFFLINE_BOOK_CLASS,
    &address_list::POLICY_CLASS,
    &policy::THROTTLING_CLASS,
    &role::CLASS,
    &role::SCOPE_CLASS,
    &trust::CLASS,
    &rule::CLASS,
    &journal::CLASS,
    &filtering::ALLOW_CLASS,
    &filtering::BLOCK_CLASS,
    &connector::CLASS,
];

/// Declares properties a line each; the sentence is documentation and help text at once.
macro_rules! properties {
    ($($name:ident: $type:ty = $text:literal, $summary:literal $(, $method:ident($($arg:expr),*))*;)*) => {$(
        #[doc = $summary]
        pub static $name: object::Property<$type> = object::Property::new($text, $summary)$(.$method($($arg),*))*;
    )*};
}
pub(crate) use properties;

/// Declares the conditions of rules, each with its exception: the same property under two names.
macro_rules! conditions {
    ($($name:ident, $except:ident: $type:ty = $text:literal, $except_text:literal, $summary:literal $(, $method:ident($($arg:expr),*))*;)*) => {
        $(
            #[doc = $summary]
            pub static $name: object::Property<$type> = object::Property::new($text, $summary)$(.$method($($arg),*))*;
            #[doc = $summary]
            pub static $except: object::Property<$type> = object::Property::new($except_text, $summary)$(.$method($($arg),*))*;
        )*
        /// Every condition with its exception.
        pub static CONDITIONS: &[(&dyn object::Declared, &dyn object::Declared)] = &[$((&$name, &$except)),*];
        const CONDITIONS_LIST: &[&dyn object::Declared] = &[$(&$name, &$except),*];
    };
}
pub(crate) use conditions;

/// Lists of properties one behind the other: what several nouns share is written once.
macro_rules! joined {
    ($($list:expr),+ $(,)?) => {{
        const LISTS: &[&[&dyn object::Declared]] = &[$($list),+];
        const ALL: [&dyn object::Declared; crate::schema::length(LISTS)] = crate::schema::one_behind_the_other(LISTS);
        &ALL
    }};
}
pub(crate) use joined;

/// How many properties the lists have together.
pub(crate) const fn length(lists: &[&[&'static dyn Declared]]) -> usize {
    let (mut length, mut at) = (0, 0);
    while at < lists.len() {
        length += lists[at].len();
        at += 1;
    }
    length
}

/// The lists as one. (A constant can't call iterators.)
pub(crate) const fn one_behind_the_other<const N: usize>(
    lists: &[&[&'static dyn Declared]],
) -> [&'static dyn Declared; N] {
    let mut all = [lists[0][0]; N];
    let (mut list, mut at, mut to) = (0, 0, 0);
    while list < lists.len() {
        if at == lists[list].len() {
            (list, at) = (list + 1, 0);
        } else {
            all[to] = lists[list][at];
            (at, to) = (at + 1, to + 1);
        }
    }
    all
}

pub(crate) fn no_limit() -> Value {
    Unlimited::<ByteQuantifiedSize>::Unlimited.into_value()
}
pub(crate) fn no_count_limit() -> Value {
    Unlimited::<i32>::Unlimited.into_value()
}
pub(crate) fn yes() -> Value {
    true.into()
}
pub(crate) fn no() -> Value {
    false.into()
}
pub(crate) fn gb<const N: u64>() -> Value {
    Unlimited::Value(ByteQuantifiedSize(N << 30)).into_value()
}
pub(crate) fn bytes<const N: u64>() -> Value {
    Unlimited::Value(ByteQuantifiedSize(N)).into_value()
}
pub(crate) fn days<const N: i64>() -> Value {
    TimeSpan::days(N).into_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::{Noun, Spec};
    use std::collections::{HashMap, HashSet};

    #[test]
    fn one_name_is_one_property_of_a_class() {
        for facts in CLASSES {
            let mut seen: HashMap<String, *const Spec> = HashMap::new();
            for declared in facts.properties.iter().copied().flatten() {
                let spec = declared.spec();
                let first = *seen.entry(spec.name.to_ascii_lowercase()).or_insert(std::ptr::from_ref(spec));
                assert!(std::ptr::eq(first, spec), "{} is declared twice for {:?}", spec.name, facts.class);
            }
        }
    }

    #[test]
    fn nouns_have_their_manners() {
        let nouns: Vec<&Noun> = CLASSES.iter().flat_map(|facts| facts.nouns).copied().collect();
        assert!(nouns.len() > 20);
        for noun in nouns {
            let names: HashSet<_> =
                noun.properties.iter().map(|p| p.spec().name.to_ascii_lowercase()).collect();
            assert_eq!(names.len(), noun.properties.len(), "{} lists a property twice", noun.name);
            for column in noun.table {
                assert!(noun.property(column.spec().name).is_some(), "{}.{:?}", noun.name, column);
            }
            for declared in noun.properties {
                let spec = declared.spec();
                assert!(spec.summary.ends_with('.'), "{}.{}: {}", noun.name, spec.name, spec.summary);
            }
        }
    }

    #[test]
    fn references_say_what_they_point_to_and_only_references_do() {
        use object::types::kinds::OBJECT_ID;
        for declared in CLASSES.iter().flat_map(|facts| facts.properties).copied().flatten() {
            let spec = declared.spec();
            let Some(identity) = spec.refers_to else { continue };
            assert!(std::ptr::eq(spec.kind, &OBJECT_ID), "{} is not a reference", spec.name);
            assert!(crate::kinds::named(identity).is_some(), "{}: {identity}", spec.name);
        }
    }
}
