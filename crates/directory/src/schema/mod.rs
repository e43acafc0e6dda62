//! The properties and nouns of the directory: each property once, as a static.
//!
//! To add a property, add a line to the file of its noun and its constant to the noun's list; attributes
//! are rows, so there is no migration. To add a noun, copy `domain.rs`, add a line here and a class.

pub mod cas;
pub(crate) mod check;
pub mod database;
pub mod domain;
pub mod group;
pub mod mailbox;
pub mod organization;
pub mod policy;
pub mod recipient;
pub mod unit;
pub mod user;

use crate::Class;
use object::types::{ByteQuantifiedSize, PropertyType, TimeSpan, Unlimited};
use object::{Declared, Noun, Spec, Value};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Every noun that the directory keeps.
pub static NOUNS: &[&Noun] = &[
    &mailbox::MAILBOX,
    &user::USER,
    &cas::CAS_MAILBOX,
    &recipient::RECIPIENT,
    &group::MAIL_USER,
    &group::MAIL_CONTACT,
    &group::CONTACT,
    &group::DISTRIBUTION_GROUP,
    &group::GROUP,
    &group::ROLE_GROUP,
    &database::MAILBOX_DATABASE,
    &domain::ACCEPTED_DOMAIN,
    &organization::ORGANIZATION_CONFIG,
    &organization::ADMIN_AUDIT_LOG_CONFIG,
    &unit::ORGANIZATIONAL_UNIT,
    &policy::RETENTION_POLICY,
    &policy::EMAIL_ADDRESS_POLICY,
    &policy::MOBILE_DEVICE_POLICY,
    &policy::OWA_POLICY,
    &policy::ROLE_ASSIGNMENT_POLICY,
    &policy::SHARING_POLICY,
    &policy::ADDRESS_BOOK_POLICY,
    &policy::THROTTLING_POLICY,
];

/// Declares properties a line each; the sentence is documentation and help text at once.
macro_rules! properties {
    ($($name:ident: $type:ty = $text:literal, $summary:literal $(, $method:ident($($arg:expr),*))*;)*) => {$(
        #[doc = $summary]
        pub static $name: object::Property<$type> = object::Property::new($text, $summary)$(.$method($($arg),*))*;
    )*};
}
pub(crate) use properties;

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

/// The lists of properties that objects of a class can have.
pub(crate) fn of_class(class: Class) -> &'static [&'static [&'static dyn Declared]] {
    match class {
        Class::User => USER_LISTS,
        Class::Contact => CONTACT_LISTS,
        Class::Group => GROUP_LISTS,
        Class::MailboxDatabase => DATABASE_LISTS,
        Class::AcceptedDomain => DOMAIN_LISTS,
        Class::Organization => ORGANIZATION_LISTS,
        Class::Domain | Class::Container | Class::OrganizationalUnit => UNIT_LISTS,
        Class::RetentionPolicy => RETENTION_LISTS,
        Class::EmailAddressPolicy => EMAIL_ADDRESS_LISTS,
        Class::MobileDevicePolicy => MOBILE_DEVICE_LISTS,
        Class::OwaPolicy | Class::RoleAssignmentPolicy | Class::SharingPolicy => PLAIN_LISTS,
        Class::AddressBookPolicy | Class::ThrottlingPolicy => PLAIN_LISTS,
    }
}

type Lists = &'static [&'static [&'static dyn Declared]];

static USER_LISTS: Lists =
    &[recipient::PROPERTIES, user::PROPERTIES, user::HIDDEN, mailbox::PROPERTIES, cas::PROPERTIES];
static CONTACT_LISTS: Lists = &[recipient::PROPERTIES, user::PERSON];
static GROUP_LISTS: Lists = &[recipient::PROPERTIES, group::PROPERTIES];
static DATABASE_LISTS: Lists = &[database::PROPERTIES, database::HIDDEN];
static DOMAIN_LISTS: Lists = &[domain::PROPERTIES];
static ORGANIZATION_LISTS: Lists = &[organization::PROPERTIES, organization::AUDIT];
static UNIT_LISTS: Lists = &[unit::PROPERTIES];
static RETENTION_LISTS: Lists = &[policy::RETENTION];
static EMAIL_ADDRESS_LISTS: Lists = &[policy::EMAIL_ADDRESS];
static MOBILE_DEVICE_LISTS: Lists = &[policy::MOBILE_DEVICE];
static PLAIN_LISTS: Lists = &[policy::PLAIN];

/// The property `name` (any case) that objects of `class` can have.
pub(crate) fn spec(class: Class, name: &str) -> Option<&'static Spec> {
    type Names = HashMap<Class, HashMap<String, &'static Spec>>;
    static NAMES: OnceLock<Names> = OnceLock::new();
    let names = NAMES.get_or_init(|| Class::ALL.into_iter().map(|class| (class, names_of(class))).collect());
    let known = names.get(&class)?;
    known.get(name).or_else(|| known.get(&name.to_ascii_lowercase())).copied()
}

/// The names of a class's properties, each as it is written and in lower case.
fn names_of(class: Class) -> HashMap<String, &'static Spec> {
    let specs = of_class(class).iter().copied().flatten().map(|declared| declared.spec());
    specs.flat_map(|spec| [(spec.name.to_owned(), spec), (spec.name.to_ascii_lowercase(), spec)]).collect()
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
    use std::collections::HashSet;

    #[test]
    fn one_name_is_one_property_of_a_class() {
        for class in Class::ALL {
            let mut seen: HashMap<String, *const Spec> = HashMap::new();
            for declared in of_class(class).iter().copied().flatten() {
                let spec = declared.spec();
                let first = *seen.entry(spec.name.to_ascii_lowercase()).or_insert(std::ptr::from_ref(spec));
                assert!(std::ptr::eq(first, spec), "{} is declared twice for {class:?}", spec.name);
            }
        }
    }

    #[test]
    fn nouns_have_their_manners() {
        for noun in NOUNS {
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
}
