//! The noun `OrganizationalUnit`: a place in the directory tree.

use super::check::text_max;
use super::recipient::{NAME, OBJECT};
use super::{joined, properties};
use object::{Declared, Noun};

properties! {
    CANONICAL_NAME: String = "CanonicalName", "The path of the unit.", read_only();
    DESCRIPTION: String = "Description", "What the unit is for.", attribute("description"), check(text_max::<1024>);
}

pub(crate) static PROPERTIES: &[&dyn Declared] = joined!(&[&CANONICAL_NAME, &DESCRIPTION], OBJECT);

/// A place in the directory tree.
pub static ORGANIZATIONAL_UNIT: Noun = Noun {
    name: "OrganizationalUnit",
    type_name: "Microsoft.Exchange.Data.Directory.Management.ExtendedOrganizationalUnit",
    summary: "A place in the directory tree.",
    properties: PROPERTIES,
    table: &[&NAME, &CANONICAL_NAME],
    holds: &[],
};
