//! Where objects stand: distinguished names and canonical names. [RFC 4514 2]

use crate::Class;
use std::borrow::Cow;

/// What parts the names in the path of a public folder, and is the path of the top.
pub const FOLDER_SEPARATOR: char = '\\';

/// The two ways of writing a place in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// `CN=Users,DC=contoso,DC=com`
    pub(crate) distinguished: String,
    /// `contoso.com/Users`
    pub(crate) canonical: String,
}

impl Path {
    /// The root of the tree: `contoso.com` is `DC=contoso,DC=com`.
    pub(crate) fn root(domain: &str) -> Path {
        let labels: Vec<String> = domain.split('.').map(|label| format!("DC={}", escape(label))).collect();
        Path { distinguished: labels.join(","), canonical: domain.to_owned() }
    }

    /// An object below this one.
    pub(crate) fn below(&self, class: Class, name: &str) -> Path {
        let (rdn, containers) = (class.rdn(), class.containers());
        // A listing makes these for each of its objects: they are put together, not formatted.
        let distinguished = [rdn, "=", &escape(name), ",", containers, &self.distinguished].concat();
        let mut canonical = String::with_capacity(self.canonical.len() + containers.len() + name.len() + 1);
        canonical.push_str(&self.canonical);
        for container in containers.trim_end_matches(',').split(',').rev().filter(|part| !part.is_empty()) {
            canonical.push('/');
            canonical.push_str(container.trim_start_matches("CN="));
        }
        canonical.push('/');
        for (at, part) in name.split('/').enumerate() {
            canonical.push_str(if at > 0 { "\\/" } else { "" });
            canonical.push_str(part);
        }
        Path { distinguished, canonical }
    }

    /// The organisation, below the configuration of the forest.
    pub(crate) fn organization(&self, name: &str) -> Path {
        Path {
            distinguished: format!(
                "CN={},CN=Microsoft Exchange,CN=Services,CN=Configuration,{}",
                escape(name),
                self.distinguished
            ),
            canonical: format!(
                "{}/Configuration/Services/Microsoft Exchange/{}",
                self.canonical,
                name.replace('/', "\\/")
            ),
        }
    }
}

/// Escapes what has a meaning in a distinguished name. [RFC 4514 2.4]
pub(crate) fn escape(name: &str) -> Cow<'_, str> {
    let plain =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') || *byte > 0x7f;
    let blanks = |byte: &u8| plain(byte) || *byte == b' ';
    if name.as_bytes().iter().all(blanks) && !name.starts_with(' ') && !name.ends_with(' ') {
        return name.into();
    }
    let mut text = String::with_capacity(name.len());
    let last = name.chars().count().saturating_sub(1);
    for (at, c) in name.chars().enumerate() {
        let special = matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=')
            || (c == '#' && at == 0)
            || (c == ' ' && (at == 0 || at == last));
        if special {
            text.push('\\');
        }
        text.push(c);
    }
    text.into()
}

/// The value of the first part of a distinguished name, unescaped: the object's own name.
pub(crate) fn first_name(distinguished: &str) -> Option<String> {
    let (_, rest) = distinguished.split_once('=')?;
    let (mut name, mut bytes, mut chars) = (String::new(), Vec::new(), rest.chars());
    while let Some(c) = chars.next() {
        match c {
            ',' => break,
            '\\' => unescape(&mut chars, &mut name, &mut bytes)?,
            c => {
                flush(&mut name, &mut bytes)?;
                name.push(c);
            }
        }
    }
    flush(&mut name, &mut bytes)?;
    Some(name)
}

/// What stands behind a backslash: two hexadecimal digits are an octet of UTF-8. [RFC 4514 2.4]
fn unescape(chars: &mut std::str::Chars<'_>, name: &mut String, bytes: &mut Vec<u8>) -> Option<()> {
    let digits = chars.as_str();
    let hex = digits.get(..2).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let octet = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
    match octet {
        Some(octet) => {
            bytes.push(octet);
            chars.nth(1);
        }
        None => {
            flush(name, bytes)?;
            name.push(chars.next()?);
        }
    }
    Some(())
}

fn flush(name: &mut String, bytes: &mut Vec<u8>) -> Option<()> {
    name.push_str(std::str::from_utf8(bytes).ok()?);
    bytes.clear();
    Some(())
}

/// The last part of a canonical name, unescaped.
pub(crate) fn last_name(canonical: &str) -> String {
    let mut end = 0;
    let bytes = canonical.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'/' && (at == 0 || bytes[at - 1] != b'\\') {
            end = at + 1;
        }
    }
    canonical[end..].replace("\\/", "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_into_paths_and_come_back() {
        let users = Path::root("contoso.com").below(Class::Container, "Users");
        assert_eq!(users.distinguished, "CN=Users,DC=contoso,DC=com");
        for (name, dn, canonical) in [
            ("Ann Berg", "CN=Ann Berg,CN=Users,DC=contoso,DC=com", "contoso.com/Users/Ann Berg"),
            ("Berg, Ann", "CN=Berg\\, Ann,CN=Users,DC=contoso,DC=com", "contoso.com/Users/Berg, Ann"),
            ("a/b", "CN=a/b,CN=Users,DC=contoso,DC=com", "contoso.com/Users/a\\/b"),
            ("a=c+d", "CN=a\\=c\\+d,CN=Users,DC=contoso,DC=com", "contoso.com/Users/a=c+d"),
            ("#1=x\\", "CN=\\#1\\=x\\\\,CN=Users,DC=contoso,DC=com", "contoso.com/Users/#1=x\\"),
        ] {
            let path = users.below(Class::User, name);
            assert_eq!((path.distinguished.as_str(), path.canonical.as_str()), (dn, canonical));
            assert_eq!(first_name(dn).as_deref(), Some(name));
            assert_eq!(last_name(canonical), name);
        }
        assert_eq!(first_name("CN=J\\C3\\B6rg,DC=x").as_deref(), Some("Jörg"));
        assert_eq!(first_name("CN=\\FF,DC=x"), None);
        assert_eq!(first_name("nothing"), None);
    }

    #[test]
    fn configuration_stands_below_the_organisation() {
        let organization = Path::root("contoso.com").organization("Contoso");
        let domain = organization.below(Class::AcceptedDomain, "contoso.com");
        assert_eq!(
            domain.distinguished,
            "CN=contoso.com,CN=Accepted Domains,CN=Transport Settings,CN=Contoso,CN=Microsoft Exchange,CN=Services,\
             CN=Configuration,DC=contoso,DC=com"
        );
        assert!(domain.canonical.ends_with("/Contoso/Transport Settings/Accepted Domains/contoso.com"));
    }
}
