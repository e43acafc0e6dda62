//! The noun `AcceptedDomain`: a domain whose mail we take.

use super::check::DOMAIN;
use super::recipient::{NAME, OBJECT};
use super::{joined, no, properties};
use crate::Form::{DistinguishedName, Domain, Guid, Name};
use crate::{Class, ClassFacts, IdentityKind};
use object::types::{AcceptedDomainType, ObjectId};
use object::{Declared, Noun, Value};

fn authoritative() -> Value {
    AcceptedDomainType::Authoritative.into()
}

properties! {
    DOMAIN_NAME: String = "DomainName", "The domain; *.contoso.com stands for everything below contoso.com.", indexed(), check(DOMAIN), unique("domain");
    DOMAIN_TYPE: AcceptedDomainType = "DomainType", "How far the domain is ours.", default(authoritative);
    DEFAULT: bool = "Default", "Whether new addresses are made in this domain.", read_only(), default(no);
    MATCH_SUBDOMAINS: bool = "MatchSubDomains", "Whether everything below the domain is accepted too.", default(no);
    CATCH_ALL_RECIPIENT: ObjectId = "CatchAllRecipient", "Who gets the mail for addresses of the domain that nobody has.", refers_to("RecipientIdParameter");
    ADDRESS_BOOK_ENABLED: bool = "AddressBookEnabled", "Whether recipients are looked up before mail is taken.";
}

pub(crate) static PROPERTIES: &[&dyn Declared] = joined!(
    &[&DOMAIN_NAME, &DOMAIN_TYPE, &DEFAULT, &MATCH_SUBDOMAINS, &ADDRESS_BOOK_ENABLED, &CATCH_ALL_RECIPIENT],
    OBJECT
);

/// A domain whose mail we take.
pub static ACCEPTED_DOMAIN: Noun = Noun {
    name: "AcceptedDomain",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomain",
    summary: "A domain whose mail we take.",
    properties: PROPERTIES,
    table: &[&NAME, &DOMAIN_NAME, &DOMAIN_TYPE, &DEFAULT],
};

/// How an accepted domain is named.
pub static ID: IdentityKind = IdentityKind::new(
    "AcceptedDomainIdParameter",
    "an accepted domain",
    &[DistinguishedName, Guid, Domain, Name],
    |record| record.class() == Class::AcceptedDomain,
);

/// Accepted domains.
pub(crate) static CLASS: ClassFacts = ClassFacts::configuration(
    Class::AcceptedDomain,
    "CN=Accepted Domains,CN=Transport Settings,",
    &[PROPERTIES],
    &[&ACCEPTED_DOMAIN],
    &[&ID],
);
