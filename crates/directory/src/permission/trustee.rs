//! Trustees: security identifiers, the names of those that every Windows knows, and how both are shown.

use crate::cache::Cache;
use crate::schema::user;
use crate::user_account::{AUTHENTICATED_SID, EVERYONE_SID, NETWORK_SERVICE_SID, SELF_SID, SYSTEM_SID};
use crate::{Class, Directory, Record, kinds};
use object::types::{Guid, ObjectId};
use object::value::Text;
use object::{Declared, Error, ErrorId, Result, Value};
use std::sync::Arc;

/// Identifiers that mean the same everywhere, with their names.
static WELL_KNOWN: &[(&str, &str)] = &[
    (SELF_SID, "NT AUTHORITY\\SELF"),
    (SYSTEM_SID, "NT AUTHORITY\\SYSTEM"),
    ("S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE"),
    (NETWORK_SERVICE_SID, "NT AUTHORITY\\NETWORK SERVICE"),
    (AUTHENTICATED_SID, "NT AUTHORITY\\Authenticated Users"),
    ("S-1-5-7", "NT AUTHORITY\\ANONYMOUS LOGON"),
    (EVERYONE_SID, "Everyone"),
    ("S-1-5-32-544", "BUILTIN\\Administrators"),
    ("S-1-5-32-548", "BUILTIN\\Account Operators"),
];

/// Groups of the domain that Exchange's default entries name and this house does not have; identifiers below 1000 are
/// nobody's here.
static OF_DOMAIN: &[(u32, &str)] = &[
    (512, "Domain Admins"),
    (519, "Enterprise Admins"),
    (990, "Exchange Servers"),
    (991, "Exchange Trusted Subsystem"),
    (992, "Managed Availability Servers"),
];

/// Whoever an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trustee {
    /// The security identifier.
    pub sid: Text,
    /// `CONTOSO\ann`, or the identifier of whoever is gone.
    pub shown: Text,
}

impl Directory {
    /// The account or group with that security identifier. A linked mailbox's user stands for the account of the other
    /// forest that owns it.
    pub fn by_sid(&self, sid: &str) -> Option<Arc<Record>> {
        let (cache, folded) = (self.cache(), sid.to_lowercase());
        let own = cache.by_value(user::SID.spec(), &folded).into_iter().next();
        own.or_else(|| match sid {
            SELF_SID => None,
            _ => cache.by_value(user::MASTER_ACCOUNT_SID.spec(), &folded).into_iter().next(),
        })
    }

    /// How whoever has a security identifier is shown: `CONTOSO\ann`, `NT AUTHORITY\SELF`, or the bare identifier of an
    /// account that is gone.
    pub fn trustee(&self, sid: &str) -> Trustee {
        let shown = self.name_of(sid).unwrap_or_else(|| sid.into());
        Trustee { sid: sid.into(), shown }
    }

    fn name_of(&self, sid: &str) -> Option<Text> {
        if let Some((_, name)) = WELL_KNOWN.iter().find(|(known, _)| *known == sid) {
            return Some((*name).into());
        }
        if let Some(record) = self.by_sid(sid) {
            // A group's account name is cut to 20 characters here; Windows shows it whole, as its name is.
            let account = record.get(&user::SAM_ACCOUNT_NAME).filter(|_| record.class() == Class::User);
            let name = account.unwrap_or_else(|| record.name().to_owned());
            return Some(format!("{}\\{name}", self.netbios()).into());
        }
        let of_domain = OF_DOMAIN.iter().find(|(number, _)| *self.domain_sid(*number) == *sid);
        of_domain.map(|(_, name)| format!("{}\\{name}", self.netbios()).into())
    }

    /// The security identifier of this domain's administrator, for whoever compares domains.
    pub fn own_sid(&self) -> Text {
        self.domain_sid(500)
    }

    /// The security identifier of that number in this domain.
    pub(crate) fn domain_sid(&self, number: u32) -> Text {
        sid_of_domain(&self.cache(), number)
    }

    /// Whoever has a security identifier as permissions show them: found again by the GUID, or by the identifier of an
    /// account that is gone. Of one moment it is the same value each time.
    pub fn shown_trustee(&self, sid: &str) -> Value {
        let cache = self.cache();
        if let Some(known) = cache.worked.trustees.read().get(sid) {
            return known.clone();
        }
        let guid = self.by_sid(sid).map_or(Guid::EMPTY, |record| record.guid());
        let shown = Value::typed(ObjectId { guid, ..ObjectId::written(&self.trustee(sid).shown) });
        let mut known = cache.worked.trustees.write();
        if known.len() < TRUSTEES_KEPT_MAX {
            known.insert(sid.into(), shown.clone());
        }
        shown
    }

    /// Whoever a person names as the holder of a right: an account or group by any of its names, a well-known name, a
    /// security identifier, of whoever is gone too. An error says that there is nobody of that name.
    pub fn resolve_trustee(&self, written: &ObjectId) -> Result<Trustee> {
        let text = written.shown.trim();
        if let Some(sid) = self.well_known(text) {
            return Ok(self.trustee(&sid));
        }
        if is_sid(text) {
            return Ok(self.trustee(&text.to_uppercase()));
        }
        let found = self.resolve(&kinds::SECURITY_PRINCIPAL, written);
        self.trustee_of(&*found.or_else(|error| self.group_of_domain(text).ok_or(error))?)
    }

    /// The group behind `CONTOSO\Organization Management`, as groups are shown.
    fn group_of_domain(&self, text: &str) -> Option<Arc<Record>> {
        let (domain, name) = text.split_once('\\')?;
        let ours = domain.eq_ignore_ascii_case(&self.netbios());
        ours.then(|| self.resolve_text(&kinds::GROUP, name).ok()).flatten()
    }

    /// An account or group as the holder of a right.
    pub fn trustee_of(&self, record: &Record) -> Result<Trustee> {
        let sid = record.sid().filter(|_| matches!(record.class(), Class::User | Class::Group));
        sid.map(|sid| self.trustee(&sid)).ok_or_else(|| {
            let message =
                format!("{} isn't a security principal, so it can't be given rights.", record.name());
            Error::caller(ErrorId::NotASecurityPrincipal, message)
                .help("Name a user or a group.")
                .about("User")
        })
    }

    /// The identifier of a name that every Windows knows, with or without what stands before the `\`.
    fn well_known(&self, text: &str) -> Option<Text> {
        let fits = |name: &str| {
            name.eq_ignore_ascii_case(text)
                || name.rsplit_once('\\').is_some_and(|(_, short)| short.eq_ignore_ascii_case(text))
        };
        let everywhere = WELL_KNOWN.iter().find(|(_, name)| fits(name)).map(|(sid, _)| (*sid).into());
        everywhere.or_else(|| {
            let netbios = self.netbios();
            let found = OF_DOMAIN.iter().find(|(_, name)| fits(&format!("{netbios}\\{name}")))?;
            // A group of that name that somebody made is the one that is meant.
            let made = self.candidates(&kinds::GROUP, found.1).is_empty();
            made.then(|| self.domain_sid(found.0))
        })
    }
}

/// So many trustees are remembered as they are shown; further ones are worked out each time.
const TRUSTEES_KEPT_MAX: usize = 4096;

/// The security identifier of that number in the domain.
pub(super) fn sid_of_domain(cache: &Cache, number: u32) -> Text {
    let domain = cache.only(Class::Domain).map_or(Guid::EMPTY, |root| root.guid());
    crate::user_account::sid(domain, i64::from(number) - 1000).into()
}

/// Whether a text has the form of a security identifier.
pub(crate) fn is_sid(text: &str) -> bool {
    let upper = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("S-1-"));
    let parts = text.get(4..).unwrap_or_default().split('-');
    upper && text.len() <= SID_CHARACTERS_MAX && parts.clone().all(|part| part.parse::<u64>().is_ok())
}

/// The longest security identifier: 15 parts of ten digits each.
const SID_CHARACTERS_MAX: usize = 184;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_identifiers_are_told_from_names() {
        for (text, is) in [
            ("S-1-5-10", true),
            ("s-1-5-21-3-4-5-1004", true),
            ("S-1-", false),
            ("S-1-5-x", false),
            ("S-1-5-21-", false),
            ("Sales", false),
            ("Š-1-5", false),
            ("", false),
        ] {
            assert_eq!(is_sid(text), is, "{text}");
        }
    }
}
