//! The noun `ADTrust`: a foreign directory whose accounts may own linked mailboxes here.

use super::check::{TEXT, up_to};
use super::recipient::{NAME, OBJECT};
use super::{joined, properties};
use crate::{Class, ClassFacts, IdentityKind};
use object::{Check, Declared, Error, ErrorId, Noun, Result, Value};

/// A NetBIOS name has at most that many characters. [MS-NBTE 2.2.1]
const NETBIOS_CHARACTERS_MAX: usize = 15;
/// What stands before `\` in the name of an account.
const NETBIOS: Check =
    Check { passes: netbios, allows: || "From 1 to 15 letters, digits, hyphens and underscores.".to_owned() };

fn netbios(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if (1..=NETBIOS_CHARACTERS_MAX).contains(&text.len()) && text.chars().all(good) {
        return Ok(());
    }
    Err(Error::caller(ErrorId::InvalidValue, format!("'{text}' is not a NetBIOS name of a domain."))
        .help("Write up to 15 letters, digits, hyphens and underscores, such as FABRIKAM."))
}

properties! {
    NETBIOS_NAME: String = "NetBiosName", "What stands before \\ in the names of the domain's accounts.", indexed(), check(NETBIOS), unique("trusted NetBIOS name");
    DOMAIN_CONTROLLER: String = "DomainController", "The servers of the foreign directory, in the order in which they are asked.", many(), check(up_to::<300>());
    ADDRESS: String = "Address", "Where those servers are found when their names do not lead there, in the same order.", many(), check(up_to::<45>());
    CERTIFICATE_AUTHORITY: String = "CertificateAuthority", "The authority that the servers' certificates are from, in PEM; the system's where there is none.", not_filterable();
    BASE_DN: String = "BaseDN", "The entry below which accounts are looked for; by default that of the domain's name.", check(up_to::<1024>());
    CREDENTIAL_USER_NAME: String = "CredentialUserName", "As whom the foreign directory is asked.", read_only(), check(TEXT);
    CREDENTIAL_SECRET: String = "CredentialSecret", "The sealed password of the credential; it is never shown.", read_only(), not_filterable();
}

static HIDDEN: &[&dyn Declared] = &[&CREDENTIAL_SECRET];

pub(crate) static PROPERTIES: &[&dyn Declared] = joined!(
    &[&NETBIOS_NAME, &DOMAIN_CONTROLLER, &ADDRESS, &CERTIFICATE_AUTHORITY, &BASE_DN, &CREDENTIAL_USER_NAME,],
    OBJECT
);

/// A foreign directory whose accounts may own linked mailboxes.
pub static TRUST: Noun = Noun {
    name: "ADTrust",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.ADDomainTrustInfo",
    summary: "A foreign directory whose accounts may own linked mailboxes here.",
    properties: PROPERTIES,
    table: &[&NAME, &NETBIOS_NAME, &DOMAIN_CONTROLLER],
};

/// How a trust is named.
pub static ID: IdentityKind =
    IdentityKind::configuration("ADTrust", "a trust", |record| record.class() == Class::Trust);

/// Trusts.
pub(crate) static CLASS: ClassFacts =
    ClassFacts::configuration(Class::Trust, "CN=Trusts,", &[PROPERTIES, HIDDEN], &[&TRUST], &[&ID]);
