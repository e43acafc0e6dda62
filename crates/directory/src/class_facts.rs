//! What is known of a class: what its objects hold, where they stand, what shows and what names them.

use crate::{Class, IdentityKind};
use object::{Declared, Noun};

/// Properties, list by list.
pub type Lists = &'static [&'static [&'static dyn Declared]];

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
    /// What identity parameters name such objects.
    pub identities: &'static [&'static IdentityKind],
}

impl ClassFacts {
    /// A class of configuration objects that one noun shows.
    pub const fn configuration(
        class: Class,
        below: &'static str,
        properties: Lists,
        nouns: &'static [&'static Noun],
        identities: &'static [&'static IdentityKind],
    ) -> ClassFacts {
        ClassFacts { class, rdn: "CN", below, properties, nouns, identities }
    }
}
