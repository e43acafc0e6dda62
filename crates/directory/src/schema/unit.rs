//! The noun `OrganizationalUnit`: a place in the directory tree.

use super::check::text_max;
use super::properties;
use super::recipient::{
    DISTINGUISHED_NAME, GUID, ID, IDENTITY, IS_VALID, NAME, OBJECT_CLASS, ORIGINATING_SERVER, WHEN_CHANGED,
    WHEN_CREATED,
};
use object::{Declared, Noun, Standard};

properties! {
    CANONICAL_NAME: String = "CanonicalName", "The path of the unit.", read_only();
    DESCRIPTION: String = "Description", "What the unit is for.", attribute("description"), check(text_max::<1024>);
}

pub(crate) static PROPERTIES: &[&dyn Declared] = &[
    &NAME,
    &CANONICAL_NAME,
    &DESCRIPTION,
    &IDENTITY,
    &ID,
    &IS_VALID,
    &DISTINGUISHED_NAME,
    &GUID,
    &OBJECT_CLASS,
    &WHEN_CHANGED,
    &WHEN_CREATED,
    &ORIGINATING_SERVER,
];

/// A place in the directory tree.
pub static ORGANIZATIONAL_UNIT: Noun = Noun {
    name: "OrganizationalUnit",
    type_name: "Microsoft.Exchange.Data.Directory.Management.ExtendedOrganizationalUnit",
    summary: "A place in the directory tree.",
    properties: PROPERTIES,
    table: &[&NAME, &CANONICAL_NAME],
    standard: &[Standard::Get],
};
