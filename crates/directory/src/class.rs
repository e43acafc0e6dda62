//! The classes of directory objects: where they stand in the tree and which properties they can have.
//!
//! What is known of a class is one static, [`ClassFacts`], in the file of its noun. A room above that keeps a noun of
//! its own in the directory adds its class with [`add_class`] before the directory is opened.

use crate::schema::{self, Lists};
use object::{Noun, Spec};
use parking_lot::RwLock;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// What an object of the directory is, by the word that the database and `ObjectClass` use.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(&'static str);

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The classes of this room.
#[allow(
    non_upper_case_globals,
    reason = "they read as the variants of an enumeration that others can add to"
)]
impl Class {
    /// The root of the tree: the forest's domain.
    pub const Domain: Class = Class("domainDNS");
    /// A container such as `Users`.
    pub const Container: Class = Class("container");
    /// An organisational unit.
    pub const OrganizationalUnit: Class = Class("organizationalUnit");
    /// A user, with or without a mailbox, or a mail user.
    pub const User: Class = Class("user");
    /// A contact, with or without an address.
    pub const Contact: Class = Class("contact");
    /// A group, with or without an address; a role group.
    pub const Group: Class = Class("group");
    /// The organisation.
    pub const Organization: Class = Class("msExchOrganizationContainer");
    /// A mailbox database.
    pub const MailboxDatabase: Class = Class("msExchPrivateMDB");
    /// An accepted domain.
    pub const AcceptedDomain: Class = Class("msExchAcceptedDomain");
    /// A retention policy.
    pub const RetentionPolicy: Class = Class("msExchMailboxRecipientTemplate");
    /// An e-mail address policy.
    pub const EmailAddressPolicy: Class = Class("msExchRecipientPolicy");
    /// A mobile device mailbox policy.
    pub const MobileDevicePolicy: Class = Class("msExchMobileMailboxSettings");
    /// An Outlook on the web mailbox policy.
    pub const OwaPolicy: Class = Class("msExchOWAMailboxPolicy");
    /// A role assignment policy.
    pub const RoleAssignmentPolicy: Class = Class("msExchRBACPolicy");
    /// A sharing policy.
    pub const SharingPolicy: Class = Class("msExchSharingPolicy");
    /// An address book policy.
    pub const AddressBookPolicy: Class = Class("msExchAddressBookMailboxPolicy");
    /// A throttling policy.
    pub const ThrottlingPolicy: Class = Class("msExchThrottlingPolicy");

    /// The class of that word, for a static that describes one.
    pub const fn named(word: &'static str) -> Class {
        Class(word)
    }
}

/// What is known of a class: one static, in the file of its noun.
pub struct ClassFacts {
    /// The class.
    pub class: Class,
    /// The attribute type of its relative distinguished name: `CN`, `OU` or `DC`.
    pub rdn: &'static str,
    /// The containers between such an object and the organisation, innermost first, as a piece of a distinguished name
    /// (`CN=Accepted Domains,CN=Transport Settings,`); empty where it stands directly below its parent.
    pub below: &'static str,
    /// The properties that such an object can have, list by list.
    pub properties: Lists,
    /// The nouns that show such objects.
    pub nouns: &'static [&'static Noun],
}

impl ClassFacts {
    /// A class of configuration objects that one noun shows.
    pub const fn configuration(
        class: Class,
        below: &'static str,
        properties: Lists,
        nouns: &'static [&'static Noun],
    ) -> ClassFacts {
        ClassFacts { class, rdn: "CN", below, properties, nouns }
    }
}

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
    let own = schema::CLASSES.iter().map(|facts| (facts.class.0, Known::of(facts)));
    RwLock::new(own.collect())
});

/// Adds a class that a room above keeps in the directory. A class that is known already stays as it is.
pub fn add_class(facts: &'static ClassFacts) {
    KNOWN.write().entry(facts.class.0).or_insert_with(|| Known::of(facts));
}

impl Class {
    /// All classes, in the order of their words.
    pub fn all() -> Vec<Class> {
        let mut all: Vec<Class> = KNOWN.read().values().map(|known| known.facts.class).collect();
        all.sort_unstable();
        all
    }

    fn known(self) -> Option<&'static Known> {
        KNOWN.read().get(self.0).copied()
    }

    /// The word by which the database and `ObjectClass` call it.
    pub fn word(self) -> &'static str {
        self.0
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
    /// Whether other objects can stand below it.
    pub fn is_container(self) -> bool {
        matches!(self, Class::Domain | Class::Container | Class::OrganizationalUnit | Class::Organization)
    }
    /// Whether it is a recipient or could become one.
    pub fn is_recipient(self) -> bool {
        matches!(self, Class::User | Class::Contact | Class::Group)
    }
    /// Whether it is configuration, shown by its name and not by its path.
    pub fn is_configuration(self) -> bool {
        !self.is_recipient() && !matches!(self, Class::Domain | Class::Container | Class::OrganizationalUnit)
    }
    /// The properties that an object of this class can have.
    pub fn properties(self) -> Lists {
        self.known().map_or(&[], |known| known.facts.properties)
    }
    /// The property `name` (any case) that objects of this class can have.
    pub(crate) fn spec(self, name: &str) -> Option<&'static Spec> {
        let names = &self.known()?.names;
        names.get(name).or_else(|| names.get(&name.to_ascii_lowercase())).copied()
    }
}
