//! The noun `OrganizationalUnit`: a place in the directory tree.

use super::check::up_to;
use super::recipient::{NAME, OBJECT};
use super::{Lists, joined, properties};
use crate::Form::{CanonicalName, DistinguishedName, Guid, Name};
use crate::{Class, ClassFacts, IdentityKind};
use object::{Declared, Noun};

properties! {
    CANONICAL_NAME: String = "CanonicalName", "The path of the unit.", read_only();
    DESCRIPTION: String = "Description", "What the unit is for.", attribute("description"), check(up_to::<1024>());
}

pub(crate) const PROPERTIES: &[&dyn Declared] = joined!(&[&CANONICAL_NAME, &DESCRIPTION], OBJECT);

/// A place in the directory tree.
pub static ORGANIZATIONAL_UNIT: Noun = Noun {
    name: "OrganizationalUnit",
    type_name: "Microsoft.Exchange.Data.Directory.Management.ExtendedOrganizationalUnit",
    summary: "A place in the directory tree.",
    properties: PROPERTIES,
    table: &[&NAME, &CANONICAL_NAME],
};

/// How an organisational unit or container is named.
pub static ID: IdentityKind = IdentityKind::new(
    "OrganizationalUnitIdParameter",
    "an organizational unit",
    &[DistinguishedName, Guid, CanonicalName, Name],
    |record| matches!(record.class(), Class::Domain | Class::Container | Class::OrganizationalUnit),
);

/// The root of the tree.
pub(crate) static DOMAIN_CLASS: ClassFacts = place(Class::Domain, "DC", SHOWN);
/// Containers.
pub(crate) static CONTAINER_CLASS: ClassFacts = place(Class::Container, "CN", SHOWN);
/// Organisational units.
pub(crate) static CLASS: ClassFacts = place(Class::OrganizationalUnit, "OU", SHOWN);

/// What a place can hold.
const LISTS: Lists = &[PROPERTIES, super::permission::OBJECT];

static IDENTITIES: &[&IdentityKind] = &[&ID];
static SHOWN: &[&Noun] = &[&ORGANIZATIONAL_UNIT];

const fn place(class: Class, rdn: &'static str, nouns: &'static [&'static Noun]) -> ClassFacts {
    ClassFacts { class, rdn, below: "", properties: LISTS, nouns, identities: IDENTITIES }
}
