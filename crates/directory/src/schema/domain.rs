//! The noun `AcceptedDomain`: a domain whose mail we take.

use super::recipient::{
    DISTINGUISHED_NAME, EXCHANGE_VERSION, GUID, ID, IDENTITY, IS_VALID, NAME, OBJECT_CLASS,
    ORIGINATING_SERVER, WHEN_CHANGED, WHEN_CHANGED_UTC, WHEN_CREATED, WHEN_CREATED_UTC,
};
use super::{no, properties};
use crate::domain::check_domain;
use object::types::AcceptedDomainType;
use object::{Declared, Noun, Standard, Value};

fn authoritative() -> Value {
    AcceptedDomainType::Authoritative.into()
}

properties! {
    DOMAIN_NAME: String = "DomainName", "The domain; *.contoso.com stands for everything below contoso.com.", indexed(), check(check_domain);
    DOMAIN_TYPE: AcceptedDomainType = "DomainType", "How far the domain is ours.", default(authoritative);
    DEFAULT: bool = "Default", "Whether new addresses are made in this domain.", read_only(), default(no);
    MATCH_SUBDOMAINS: bool = "MatchSubDomains", "Whether everything below the domain is accepted too.", default(no);
    ADDRESS_BOOK_ENABLED: bool = "AddressBookEnabled", "Whether recipients are looked up before mail is taken.";
}

pub(crate) static PROPERTIES: &[&dyn Declared] = &[
    &DOMAIN_NAME,
    &DOMAIN_TYPE,
    &DEFAULT,
    &MATCH_SUBDOMAINS,
    &ADDRESS_BOOK_ENABLED,
    &NAME,
    &IDENTITY,
    &ID,
    &IS_VALID,
    &EXCHANGE_VERSION,
    &DISTINGUISHED_NAME,
    &GUID,
    &OBJECT_CLASS,
    &WHEN_CHANGED,
    &WHEN_CREATED,
    &WHEN_CHANGED_UTC,
    &WHEN_CREATED_UTC,
    &ORIGINATING_SERVER,
];

/// A domain whose mail we take.
pub static ACCEPTED_DOMAIN: Noun = Noun {
    name: "AcceptedDomain",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomain",
    summary: "A domain whose mail we take.",
    properties: PROPERTIES,
    table: &[&NAME, &DOMAIN_NAME, &DOMAIN_TYPE, &DEFAULT],
    standard: &[Standard::Get, Standard::Set, Standard::New, Standard::Remove],
};
