//! What may stand in each attribute: characters, lengths, forms, domains.

use super::domain_name::{is_domain, is_routable};
use super::{Findings, SyncRule};
use crate::address::best_fit;
use crate::edit::Edit;
use crate::schema::{recipient, user};
use crate::{AcceptedDomains, Class};
use object::types::{ProxyAddress, SmtpAddress};
use object::{Declared, Property, Spec, Value};

/// A text attribute and what it may hold.
struct Text {
    property: &'static Property<String>,
    /// The most characters.
    characters_max: usize,
    /// Characters that it must not hold; blanks and controls among them where `blanks_allowed` is false.
    forbidden: &'static str,
    blanks_allowed: bool,
    /// Whether it may be cut and trimmed without anything being lost: it is only shown.
    shown_only: bool,
}

static TEXTS: [Text; 4] = [
    Text {
        property: &recipient::DISPLAY_NAME,
        characters_max: 255,
        forbidden: "",
        blanks_allowed: true,
        shown_only: true,
    },
    Text {
        property: &user::FIRST_NAME,
        characters_max: 63,
        forbidden: "",
        blanks_allowed: true,
        shown_only: true,
    },
    Text {
        property: &recipient::ALIAS,
        characters_max: 64,
        forbidden: "\\!#$%&*+/=?^`{}|~<>()';:,[]\"@",
        blanks_allowed: false,
        shown_only: false,
    },
    Text {
        property: &user::SAM_ACCOUNT_NAME,
        characters_max: 20,
        forbidden: "\\\"|,/[]:<>+=;?*",
        blanks_allowed: true,
        shown_only: false,
    },
];

const PRINCIPAL_FORBIDDEN: &str = "\\%&*+/=?'{}|<>();:,[]\"";
const SMTP_FORBIDDEN: &str = "<>();,[]\"";
const TARGET_FORBIDDEN: &str = "\\<>();,[]\"";
const OTHER_FORBIDDEN: &str = "<>(),[]\"";
/// X.400 and X.500 addresses are written with nearly anything.
const DIRECTORY_FORBIDDEN: &str = "[]\"'";

/// The most characters of addresses, and of the two parts of a name to log on with.
const ADDRESS_CHARACTERS_MAX: usize = 256;
const TARGET_CHARACTERS_MAX: usize = 255;
const PRINCIPAL_CHARACTERS_MAX: usize = 113;
const PRINCIPAL_LOCAL_MAX: usize = 64;
const PRINCIPAL_DOMAIN_MAX: usize = 48;

pub(super) fn check(found: &mut Findings<'_>, domains: &AcceptedDomains) {
    TEXTS.iter().for_each(|text| check_text(found, text));
    check_alias(found);
    check_principal(found, domains);
    check_addresses(found, domains);
    check_target(found);
    check_mail(found);
}

fn attribute_of(spec: &'static Spec) -> &'static str {
    spec.attribute.unwrap_or(spec.name)
}

fn value_of(found: &Findings<'_>, property: &'static Property<String>) -> Option<String> {
    let values = found.record.stored_values(property.spec());
    values.first().map(Value::to_string)
}

fn check_text(found: &mut Findings<'_>, text: &Text) {
    let Some(value) = value_of(found, text.property) else { return };
    let attribute = attribute_of(text.property.spec());
    // With a usable name to log on with nobody looks at the account name.
    if attribute == "sAMAccountName" && has_usable_principal(found) {
        return;
    }
    if value.trim().is_empty() {
        let name = found.record.name().to_owned();
        let fix = text.shown_only.then(|| Edit::set(text.property, name.clone()));
        return found.add_with(attribute, &value, SyncRule::Blank, Some(name), fix);
    }
    let bad =
        |c: char| c.is_control() || text.forbidden.contains(c) || !text.blanks_allowed && c.is_whitespace();
    if value.contains(bad) {
        let clean =
            if text.shown_only { plain(&value) } else { value.chars().filter(|c| !bad(*c)).collect() };
        let fix = text.shown_only.then(|| Edit::set(text.property, clean.clone()));
        found.add_with(attribute, &value, SyncRule::Character, Some(clean), fix);
    } else if value.trim() != value {
        let trimmed = value.trim().to_owned();
        let fix = text.shown_only.then(|| Edit::set(text.property, trimmed.clone()));
        found.add_with(attribute, &value, SyncRule::Format, Some(trimmed), fix);
    }
    if value.chars().count() > text.characters_max {
        let cut: String = value.chars().take(text.characters_max).collect();
        found.add(attribute, &value, SyncRule::Length, Some(cut.trim().to_owned()));
    }
}

/// A text of one line: what parts words is a blank.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn check_alias(found: &mut Findings<'_>) {
    let Some(alias) = value_of(found, &recipient::ALIAS) else { return };
    if alias.starts_with('.') || alias.ends_with('.') {
        found.add("mailNickname", &alias, SyncRule::Format, Some(alias.trim_matches('.').to_owned()));
    }
}

fn has_usable_principal(found: &Findings<'_>) -> bool {
    let principal = value_of(found, &user::USER_PRINCIPAL_NAME).unwrap_or_default();
    principal.split_once('@').is_some_and(|(_, domain)| is_domain(domain) && is_routable(domain))
}

fn check_principal(found: &mut Findings<'_>, domains: &AcceptedDomains) {
    if found.record.class() != Class::User {
        return;
    }
    let attribute = "userPrincipalName";
    let primary = crate::view::primary(found.record);
    let usable = primary.filter(|primary| is_routable(primary.domain()));
    let suggested = usable.as_ref().map(|primary| primary.as_str().to_owned());
    let Some(value) = value_of(found, &user::USER_PRINCIPAL_NAME) else {
        return found.add(attribute, "", SyncRule::Blank, suggested);
    };
    let bad =
        |c: char| c.is_whitespace() || c.is_control() || PRINCIPAL_FORBIDDEN.contains(c) || !c.is_ascii();
    if value.contains(bad) {
        let clean = value.split_once('@').map(|(local, domain)| {
            let local: String = best_fit(local).chars().filter(|c| !bad(*c)).collect();
            format!("{local}@{domain}")
        });
        return found.add(attribute, &value, SyncRule::Character, clean.or(suggested));
    }
    let Some((local, domain)) = value.split_once('@').filter(|(_, domain)| !domain.contains('@')) else {
        return found.add(attribute, &value, SyncRule::Format, suggested);
    };
    if let Some(rule) = fault_of_parts(local, domain) {
        return found.add(attribute, &value, rule, suggested);
    }
    let long = value.len() > PRINCIPAL_CHARACTERS_MAX
        || local.len() > PRINCIPAL_LOCAL_MAX
        || domain.len() > PRINCIPAL_DOMAIN_MAX;
    if long {
        found.add(attribute, &value, SyncRule::Length, suggested.clone());
    }
    if domains.find(domain).is_none() {
        found.add(attribute, &value, SyncRule::DomainNotAccepted, suggested);
    } else if let Some(primary) = usable.filter(|primary| !primary.as_str().eq_ignore_ascii_case(&value)) {
        found.add(attribute, &value, SyncRule::NotPrimaryAddress, Some(primary.as_str().to_owned()));
    }
}

/// What is wrong with the two parts of an address, if anything.
fn fault_of_parts(local: &str, domain: &str) -> Option<SyncRule> {
    let atom = |atom: &str| {
        !atom.is_empty()
            && atom.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c))
    };
    if !local.split('.').all(atom) {
        Some(SyncRule::LocalPart)
    } else if !is_domain(domain) {
        Some(SyncRule::DomainPart)
    } else if !is_routable(domain) {
        Some(SyncRule::TopLevelDomain)
    } else {
        None
    }
}

fn check_addresses(found: &mut Findings<'_>, domains: &AcceptedDomains) {
    let record = std::sync::Arc::clone(found.record);
    // Those of contacts and mail users are elsewhere by their nature.
    let ours = record.is_mailbox() || record.class() == Class::Group;
    for address in record.stored_values(recipient::EMAIL_ADDRESSES.spec()) {
        let Some(address) = address.downcast::<ProxyAddress>() else { continue };
        let shown = address.to_string();
        if shown.chars().count() > ADDRESS_CHARACTERS_MAX {
            found.add("proxyAddresses", &shown, SyncRule::Length, None);
        }
        if let Some(rule) = fault_of_address(address) {
            found.add("proxyAddresses", &shown, rule, None);
        } else if ours && address.is_smtp() {
            let domain = address.value().rsplit('@').next().unwrap_or_default();
            if domains.find(domain).is_none() {
                found.add("proxyAddresses", &shown, SyncRule::DomainNotAccepted, None);
            }
        }
    }
}

fn fault_of_address(address: &ProxyAddress) -> Option<SyncRule> {
    let value = address.value();
    let holds = |forbidden: &str, blanks: bool| {
        value.contains(|c: char| c.is_control() || forbidden.contains(c) || blanks && c.is_whitespace())
    };
    let kind = address.to_string().split(':').next().unwrap_or_default().to_ascii_uppercase();
    let bad = match kind.as_str() {
        "SMTP" => holds(SMTP_FORBIDDEN, true),
        "X400" | "X500" => holds(DIRECTORY_FORBIDDEN, false),
        _ => holds(OTHER_FORBIDDEN, true),
    };
    if bad {
        return Some(SyncRule::Character);
    }
    if kind != "SMTP" {
        return None;
    }
    match value.split_once('@').filter(|(_, domain)| !domain.contains('@')) {
        Some((local, domain)) => fault_of_parts(local, domain),
        None => Some(SyncRule::Format),
    }
}

fn check_target(found: &mut Findings<'_>) {
    let record = std::sync::Arc::clone(found.record);
    for target in record.stored_values(recipient::EXTERNAL_EMAIL_ADDRESS.spec()) {
        let Some(target) = target.downcast::<ProxyAddress>() else { continue };
        let shown = target.to_string();
        if shown.chars().count() > TARGET_CHARACTERS_MAX {
            found.add("targetAddress", &shown, SyncRule::Length, None);
        }
        let bad = |c: char| c.is_whitespace() || TARGET_FORBIDDEN.contains(c);
        if target.value().contains(bad) {
            found.add("targetAddress", &shown, SyncRule::Character, None);
        } else if let Some(rule) = fault_of_address(target) {
            found.add("targetAddress", &shown, rule, None);
        }
    }
}

fn check_mail(found: &mut Findings<'_>) {
    // Of what has addresses, mail is the primary one.
    let Some(mail) = found.record.stored_values(recipient::WINDOWS_EMAIL_ADDRESS.spec()).first() else {
        return;
    };
    let mail = mail.to_string();
    if mail.chars().count() > ADDRESS_CHARACTERS_MAX {
        found.add("mail", &mail, SyncRule::Length, None);
    }
    match SmtpAddress::parse(&mail) {
        None => found.add("mail", &mail, SyncRule::Format, None),
        Some(address) => {
            if let Some(rule) = fault_of_parts(address.local(), address.domain()) {
                found.add("mail", &mail, rule, None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_looked_at_part_by_part() {
        use SyncRule::{Character, DomainPart, LocalPart, TopLevelDomain};
        for (address, rule) in [
            ("SMTP:ann@contoso.com", None),
            ("smtp:ann.berg+x@contoso.com", None),
            ("smtp:ann@contoso.local", Some(TopLevelDomain)),
            ("smtp:ann@contoso", Some(DomainPart)),
            ("smtp:ann..berg@contoso.com", Some(LocalPart)),
            ("X500:/o=Contoso/cn=a (b)", None),
            ("X500:/o=\"x\"", Some(Character)),
            ("sip:ann@contoso.com", None),
        ] {
            let parsed = ProxyAddress::parse(address);
            let Some(parsed) = parsed else { continue };
            assert_eq!(fault_of_address(&parsed), rule, "{address}");
        }
    }
}
