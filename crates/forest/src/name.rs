//! What a person writes to name an account of a foreign directory, as the searches that find it.
//!
//! Each form is one search, tried in order; plain names are asked all at once. Whatever was typed is escaped where it stands
//! in a filter. [RFC 4515 3]

use crate::sid::Sid;
use crate::trust::{Trust, domain_of};
use ldap3::{ldap_escape, ldap_unescape};
use object::types::Guid;
use object::{Error, ErrorId, Result};

/// No name of an account is longer; a DN of many levels is.
const NAME_BYTES_MAX: usize = 2048;
/// What accounts of people are. (Computers are that, too, in Active Directory; a directory that has never heard of them
/// would answer nothing to a filter that names them, so they are told apart by their names.)
const PEOPLE: &str = "(objectClass=person)";

/// A search for one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    /// The one entry that is meant, where that is known; else all below the trust's base are asked.
    pub(crate) entry: Option<String>,
    /// What it must be.
    pub(crate) filter: String,
    /// The canonical name that it must have: a directory cannot be asked for one.
    pub(crate) canonical: Option<String>,
}

fn matching(condition: &str) -> Search {
    Search { entry: None, filter: format!("(&{PEOPLE}{condition})"), canonical: None }
}

/// The search for a security identifier.
pub(crate) fn by_sid(sid: &Sid) -> Search {
    // Most directories keep octets, some keep the text.
    matching(&format!("(|(objectSid={})(objectSid={sid}))", octets(&sid.to_bytes())))
}

/// The search for an account name that must still be the identifier's.
pub(crate) fn by_sam_and_sid(sam: &str, sid: &Sid) -> Search {
    let octets = octets(&sid.to_bytes());
    matching(&format!("(sAMAccountName={})(|(objectSid={octets})(objectSid={sid}))", ldap_escape(sam)))
}

fn octets(bytes: &[u8]) -> String {
    bytes.iter().map(|octet| format!("\\{octet:02x}")).collect()
}

/// The searches that a name stands for, in order.
pub(crate) fn searches(trust: &Trust, name: &str) -> Result<Vec<Search>> {
    let name = name.trim();
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains('\0') {
        return Err(unnamed("The name of an account has 1 to 2048 octets."));
    }
    let escaped = ldap_escape(name);
    if is_distinguished(name) {
        return Ok(vec![Search { entry: Some(name.to_owned()), ..matching("") }]);
    }
    if let Some((domain, sam)) = name.split_once('\\') {
        let ours = [&trust.netbios, &trust.name].iter().any(|known| known.eq_ignore_ascii_case(domain));
        if !ours {
            return Err(unnamed(&format!(
                "The account '{name}' does not belong to the trusted domain {}.",
                trust.name
            ))
            .help(format!("Write {}\\account.", trust.netbios)));
        }
        return Ok(vec![matching(&format!("(sAMAccountName={})", ldap_escape(sam)))]);
    }
    if let Some(sid) = Sid::parse(name) {
        return Ok(vec![by_sid(&sid)]);
    }
    if let Some(guid) = Guid::parse(name) {
        let kept = octets(&guid_octets(guid));
        return Ok(vec![matching(&format!("(|(objectGUID={kept})(entryUUID={guid}))"))]);
    }
    if name.starts_with('/') {
        return Ok(vec![matching(&format!("(legacyExchangeDN={escaped})"))]);
    }
    if let Some((_, last)) = name.rsplit_once('/') {
        let last = ldap_escape(last);
        let found = matching(&format!("(|(name={last})(cn={last}))"));
        return Ok(vec![Search { canonical: Some(name.to_lowercase()), ..found }]);
    }
    if name.contains('@') {
        return Ok(by_principal_name(trust, name));
    }
    let plain = ["sAMAccountName", "name", "cn", "displayName", "mailNickname"];
    let any: String = plain.iter().map(|attribute| format!("({attribute}={escaped})")).collect();
    Ok(vec![matching(&format!("(|{any})"))])
}

/// A name to log on with, written or implied (`account@domain` of the directory's own domain), else an address.
fn by_principal_name(trust: &Trust, name: &str) -> Vec<Search> {
    let escaped = ldap_escape(name);
    let mut searches = vec![matching(&format!("(userPrincipalName={escaped})"))];
    if domain_of(name).is_some_and(|domain| domain.eq_ignore_ascii_case(&trust.name)) {
        let local = name.rsplit_once('@').map_or(name, |(local, _)| local);
        searches.push(matching(&format!("(sAMAccountName={})", ldap_escape(local))));
    }
    searches.push(matching(&format!("(|(mail={escaped})(proxyAddresses=smtp:{escaped}))")));
    searches
}

fn unnamed(message: &str) -> Error {
    Error::caller(ErrorId::ForeignAccountNameInvalid, message).about("LinkedMasterAccount")
}

/// Whether a text begins as a distinguished name does: an attribute type and `=`.
fn is_distinguished(text: &str) -> bool {
    text.split_once('=').is_some_and(|(kind, _)| {
        let kind = kind.trim();
        !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    })
}

/// A GUID as Active Directory keeps it: its first three parts with the lowest octet first. [MS-DTYP 2.3.4.2]
pub(crate) fn guid_octets(guid: Guid) -> [u8; 16] {
    let mut bytes = guid.to_bytes();
    bytes[0..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    bytes
}

/// `fabrikam.test/Staff/Ann` for `CN=Ann,OU=Staff,DC=fabrikam,DC=test`.
pub(crate) fn canonical(dn: &str) -> String {
    let (mut domain, mut path) = (Vec::new(), Vec::new());
    for part in parts(dn) {
        let (kind, value) = part.split_once('=').unwrap_or(("", part));
        let value = unescaped(value.trim());
        if kind.trim().eq_ignore_ascii_case("DC") {
            domain.push(value)
        } else {
            path.push(value.replace('/', "\\/"))
        }
    }
    path.push(domain.join("."));
    path.reverse();
    path.join("/")
}

/// The parts of a distinguished name, at commas that are not escaped.
fn parts(dn: &str) -> Vec<&str> {
    let (mut parts, mut from, mut escaped) = (Vec::new(), 0, false);
    for (at, c) in dn.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                parts.push(&dn[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&dn[from..]);
    parts
}

/// The value of a part: `\2c` and `\,` are both a comma. [RFC 4514 2.4]
fn unescaped(value: &str) -> String {
    let mut plain = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let hex = after.get(..2).filter(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
        let end = hex.map_or_else(
            || after.chars().next().map_or(0, char::len_utf8),
            |_| {
                // Octets of one character stand one behind the other.
                let mut end = 2;
                while after.get(end..end + 3).is_some_and(|next| {
                    next.starts_with('\\') && next[1..].bytes().all(|b| b.is_ascii_hexdigit())
                }) {
                    end += 3;
                }
                end
            },
        );
        match hex {
            Some(_) => plain.push_str(&ldap_unescape(format!("\\{}", &after[..end])).unwrap_or_default()),
            None => plain.push_str(&after[..end]),
        }
        rest = &after[end..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::base_dn_of;

    fn trust() -> Trust {
        Trust {
            name: "fabrikam.test".into(),
            netbios: "FABRIKAM".into(),
            controllers: Vec::new(),
            authority: None,
            base_dn: base_dn_of("fabrikam.test"),
            credential: None,
        }
    }

    fn conditions(name: &str) -> Vec<String> {
        let plain = |search: Search| search.filter.replace(PEOPLE, "");
        searches(&trust(), name).unwrap().into_iter().map(plain).collect()
    }

    #[test]
    fn every_form_of_a_name_is_a_search() {
        for (name, expected) in [
            ("FABRIKAM\\ann", &["(&(sAMAccountName=ann))"][..]),
            ("fabrikam.test\\ann", &["(&(sAMAccountName=ann))"]),
            (
                "S-1-5-21-1-2",
                &[
                    "(&(|(objectSid=\\01\\03\\00\\00\\00\\00\\00\\05\\15\\00\\00\\00\\01\\00\\00\\00\\02\\00\\00\\00)(objectSid=S-1-5-21-1-2)))",
                ],
            ),
            (
                "00112233-4455-6677-8899-aabbccddeeff",
                &[
                    "(&(|(objectGUID=\\33\\22\\11\\00\\55\\44\\77\\66\\88\\99\\aa\\bb\\cc\\dd\\ee\\ff)(entryUUID=00112233-4455-6677-8899-aabbccddeeff)))",
                ],
            ),
            (
                "ann@fabrikam.test",
                &[
                    "(&(userPrincipalName=ann@fabrikam.test))",
                    "(&(sAMAccountName=ann))",
                    "(&(|(mail=ann@fabrikam.test)(proxyAddresses=smtp:ann@fabrikam.test)))",
                ],
            ),
            ("/o=Fabrikam/cn=ann", &["(&(legacyExchangeDN=/o=Fabrikam/cn=ann))"]),
            ("fabrikam.test/Staff/Ann", &["(&(|(name=Ann)(cn=Ann)))"]),
            ("Ann", &["(&(|(sAMAccountName=Ann)(name=Ann)(cn=Ann)(displayName=Ann)(mailNickname=Ann)))"]),
        ] {
            assert_eq!(conditions(name), expected, "{name}");
        }
        let dn = searches(&trust(), "CN=Ann,DC=fabrikam,DC=test").unwrap();
        assert_eq!(dn[0].entry.as_deref(), Some("CN=Ann,DC=fabrikam,DC=test"));
    }

    #[test]
    fn what_was_typed_stays_a_value() {
        for name in [
            "*",
            "a*b",
            "ann)(objectClass=*",
            "FABRIKAM\\*)(cn=*",
            "x)(|(a=*@fabrikam.test",
            "fabrikam.test/*)(b=c/*",
            "/o=*)(x",
        ] {
            for search in searches(&trust(), name).unwrap() {
                let inner = search.filter.replace(PEOPLE, "");
                assert!(!inner.contains('*') && search.entry.is_none(), "{name}: {inner}");
                assert!(ldap3::parse_filter(&search.filter).is_ok(), "{name}: {inner}");
            }
        }
        for name in ["", "  ", "a\0b", "CONTOSO\\ann"] {
            assert_eq!(searches(&trust(), name).unwrap_err().id(), "ForeignAccountNameInvalid", "{name:?}");
        }
        assert!(searches(&trust(), &"x".repeat(3000)).is_err());
    }

    #[test]
    fn a_distinguished_name_has_a_canonical_one() {
        for (dn, name) in [
            ("CN=Ann,OU=Staff,DC=fabrikam,DC=test", "fabrikam.test/Staff/Ann"),
            ("CN=Berg\\, Ann,CN=Users,DC=fabrikam,DC=test", "fabrikam.test/Users/Berg, Ann"),
            ("CN=J\\c3\\bcrgen \\2b x,DC=f,DC=t", "f.t/Jürgen + x"),
            ("uid=a/b,dc=foreign,dc=test", "foreign.test/a\\/b"),
        ] {
            assert_eq!(canonical(dn), name, "{dn}");
        }
    }
}
