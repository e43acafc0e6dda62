//! Accepted domains: which domains' mail we take, looked up at every RCPT.

use crate::schema::domain as schema;
use crate::{Class, Record};
use object::types::{AcceptedDomainType, Guid};
use std::collections::HashMap;

/// An accepted domain, as mail flow sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedDomain {
    /// The object.
    pub guid: Guid,
    /// The domain in lower case, without `*.`.
    pub domain: String,
    /// How far it is ours.
    pub kind: AcceptedDomainType,
    /// Whether new addresses are made in it.
    pub default: bool,
    /// Whether what stands below it is accepted too (`*.contoso.com` stands for both, as in Exchange).
    pub subdomains: bool,
    /// Whether recipients are looked up in a domain that is not authoritative.
    pub recipients_checked: bool,
    /// Who gets the mail for addresses that nobody has.
    pub catch_all: Option<Guid>,
}

impl AcceptedDomain {
    /// Whether an address that nobody has is one that does not exist: always in an authoritative domain, in others where
    /// recipients are looked up.
    pub fn knows_its_recipients(&self) -> bool {
        self.kind == AcceptedDomainType::Authoritative || self.recipients_checked
    }
}

/// All accepted domains, by name.
#[derive(Clone, Debug, Default)]
pub struct AcceptedDomains {
    by_name: HashMap<String, AcceptedDomain>,
    default: Option<String>,
}

impl AcceptedDomains {
    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a Record>) -> AcceptedDomains {
        let mut domains = AcceptedDomains::default();
        for record in records.filter(|record| record.class == Class::AcceptedDomain) {
            let domain = accepted(record);
            if domain.default {
                domains.default = Some(domain.domain.clone());
            }
            domains.by_name.insert(domain.domain.clone(), domain);
        }
        domains
    }

    /// The accepted domain that covers `domain`: itself, or the nearest one above that takes subdomains.
    pub fn find(&self, domain: &str) -> Option<&AcceptedDomain> {
        let folded = domain.to_lowercase();
        if let Some(found) = self.by_name.get(&folded) {
            return Some(found);
        }
        let mut rest = folded.as_str();
        while let Some((_, above)) = rest.split_once('.') {
            if let Some(found) = self.by_name.get(above).filter(|found| found.subdomains) {
                return Some(found);
            }
            rest = above;
        }
        None
    }
    /// The domain in which new addresses are made.
    pub fn default_domain(&self) -> Option<&AcceptedDomain> {
        self.by_name.get(self.default.as_ref()?)
    }
    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &AcceptedDomain> {
        self.by_name.values()
    }
}

/// What a record says of an accepted domain, with what holds where it says nothing.
pub(crate) fn accepted(record: &Record) -> AcceptedDomain {
    let name = record.get(&schema::DOMAIN_NAME).unwrap_or_default().to_lowercase();
    let (domain, star) = match name.strip_prefix("*.") {
        Some(bare) => (bare.to_owned(), true),
        None => (name, false),
    };
    let kind = record.get(&schema::DOMAIN_TYPE).unwrap_or(AcceptedDomainType::Authoritative);
    // Recipients of an authoritative domain are always known; others are looked up where it is asked for.
    let looked_up = record.get(&schema::ADDRESS_BOOK_ENABLED);
    AcceptedDomain {
        guid: record.guid,
        domain,
        kind,
        default: record.is(&schema::DEFAULT),
        subdomains: star || record.is(&schema::MATCH_SUBDOMAINS),
        recipients_checked: looked_up.unwrap_or(kind == AcceptedDomainType::Authoritative),
        catch_all: record.reference(&schema::CATCH_ALL_RECIPIENT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::Time;

    fn domain(name: &str, kind: AcceptedDomainType, default: bool) -> Record {
        let mut record = Record::new(1, Guid::random(), Class::AcceptedDomain, name, 0, Time(0));
        record.set(&schema::DOMAIN_NAME, name.to_owned());
        record.set(&schema::DOMAIN_TYPE, kind);
        record.set(&schema::DEFAULT, default);
        record
    }

    #[test]
    fn the_nearest_domain_answers() {
        let records = [
            domain("contoso.com", AcceptedDomainType::Authoritative, true),
            domain("*.fabrikam.test", AcceptedDomainType::InternalRelay, false),
            domain("deep.sub.fabrikam.test", AcceptedDomainType::ExternalRelay, false),
        ];
        let domains = AcceptedDomains::of(records.iter());
        for (asked, found) in [
            ("contoso.com", Some("contoso.com")),
            ("CONTOSO.com", Some("contoso.com")),
            ("sub.contoso.com", None),
            ("fabrikam.test", Some("fabrikam.test")),
            ("a.b.fabrikam.test", Some("fabrikam.test")),
            ("deep.sub.fabrikam.test", Some("deep.sub.fabrikam.test")),
            ("xfabrikam.test", None),
            ("com", None),
            ("", None),
        ] {
            assert_eq!(domains.find(asked).map(|d| d.domain.as_str()), found, "{asked}");
        }
        assert_eq!(domains.default_domain().unwrap().domain, "contoso.com");
        assert!(domains.default_domain().unwrap().recipients_checked);
        assert!(!domains.find("fabrikam.test").unwrap().recipients_checked);
    }
}
