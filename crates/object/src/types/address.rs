//! Addresses: `ann@contoso.com`, its domain, and `SMTP:ann@contoso.com` as a recipient's list keeps it.

use super::kind::{Kind, PropertyType};
use crate::value::{Text, Typed};
use crate::{Result, Value};
use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};

const LOCAL_PART_OCTETS_MAX: usize = 64; // [RFC 5321 4.5.3.1.1]
const DOMAIN_OCTETS_MAX: usize = 255; // [RFC 5321 4.5.3.1.2]
const LABEL_OCTETS_MAX: usize = 63; // [RFC 1035 2.3.4]

/// A domain as it stands behind the `@`; compared without case. Unicode labels are allowed. [RFC 6531 3.3]
#[derive(Clone, Debug)]
pub struct SmtpDomain(Text);

impl SmtpDomain {
    /// Reads a domain of letters, digits, hyphens (and non-ASCII letters), or an address literal `[…]`.
    pub fn parse(text: &str) -> Option<SmtpDomain> {
        let literal = text.starts_with('[') && text.ends_with(']') && text.len() > 2;
        let valid = text.len() <= DOMAIN_OCTETS_MAX
            && if literal { literal_text(&text[1..text.len() - 1]) } else { text.split('.').all(label) };
        valid.then(|| SmtpDomain(text.into()))
    }
    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The text in lower case, for look-ups.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

fn literal_text(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-'))
}

fn label(text: &str) -> bool {
    let inner =
        |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || (!c.is_ascii() && c.is_alphanumeric());
    !text.is_empty()
        && text.len() <= LABEL_OCTETS_MAX
        && text.chars().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// An SMTP address; compared without case in both halves, as Exchange does.
#[derive(Clone, Debug)]
pub struct SmtpAddress {
    text: Text,
    at: usize,
}

impl SmtpAddress {
    /// Reads `local@domain`; the local part is a dot-atom or a quoted string. [RFC 5321 4.1.2]
    pub fn parse(text: &str) -> Option<SmtpAddress> {
        let at = text.rfind('@')?;
        let (local, domain) = (&text[..at], &text[at + 1..]);
        let valid = local_part(local) && SmtpDomain::parse(domain).is_some();
        valid.then(|| SmtpAddress { text: text.into(), at })
    }
    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }
    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }
    /// The whole address as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// The address in lower case, for look-ups.
    pub fn folded(&self) -> String {
        self.text.to_lowercase()
    }
    /// Whether it needs SMTPUTF8. [RFC 6531 3.2]
    pub fn is_international(&self) -> bool {
        !self.text.is_ascii()
    }
}

fn local_part(text: &str) -> bool {
    if text.is_empty() || text.len() > LOCAL_PART_OCTETS_MAX {
        return false;
    }
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => quoted(inner),
        None => text.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atom_char)),
    }
}

fn atom_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || (!c.is_ascii() && !c.is_control())
}

/// The inside of a quoted string: printable, with `\` before a quote or a backslash. [RFC 5321 4.1.2]
fn quoted(text: &str) -> bool {
    let mut escaped = false;
    for c in text.chars() {
        let plain = !c.is_control() && (escaped || c != '"');
        if !plain {
            return false;
        }
        escaped = c == '\\' && !escaped;
    }
    !escaped
}

/// An address with its type: `SMTP:` (the primary), `smtp:`, `X500:`, `SIP:` …
#[derive(Clone, Debug)]
pub struct ProxyAddress {
    prefix: Text,
    value: Text,
}

impl ProxyAddress {
    /// Reads `TYPE:value`; without a type it is a secondary SMTP address. Only SMTP values are checked.
    pub fn parse(text: &str) -> Option<ProxyAddress> {
        let (prefix, value) = match text.split_once(':') {
            Some((prefix, value)) if type_name(prefix) => (prefix, value),
            _ => ("smtp", text),
        };
        let valid = !value.is_empty()
            && (!prefix.eq_ignore_ascii_case("smtp") || SmtpAddress::parse(value).is_some());
        valid.then(|| ProxyAddress { prefix: prefix.into(), value: value.into() })
    }
    /// An SMTP address as the primary (`SMTP:`) or a secondary one (`smtp:`).
    pub fn smtp(address: &SmtpAddress, primary: bool) -> ProxyAddress {
        ProxyAddress { prefix: if primary { "SMTP" } else { "smtp" }.into(), value: address.as_str().into() }
    }
    /// The type as written; upper case marks the primary one.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
    /// The address without its type.
    pub fn value(&self) -> &str {
        &self.value
    }
    /// Whether it is an SMTP address, primary or not.
    pub fn is_smtp(&self) -> bool {
        self.prefix.eq_ignore_ascii_case("smtp")
    }
    /// Whether it is the primary one of its type.
    pub fn is_primary(&self) -> bool {
        !self.prefix.bytes().any(|b| b.is_ascii_lowercase())
    }
    /// The same address as primary or secondary.
    #[must_use]
    pub fn as_primary(&self, primary: bool) -> ProxyAddress {
        let prefix = if primary { self.prefix.to_uppercase() } else { self.prefix.to_lowercase() };
        ProxyAddress { prefix: prefix.into(), value: self.value.clone() }
    }
    /// Type and value in lower case, for look-ups and comparison.
    pub fn folded(&self) -> String {
        format!("{}:{}", self.prefix, self.value).to_lowercase()
    }
}

fn type_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl fmt::Display for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.prefix, self.value)
    }
}
impl fmt::Display for SmtpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl fmt::Display for SmtpDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the three types share: how they are read, carried and compared.
macro_rules! address {
    ($type:ident, $kind:ident, $net:literal, $accepts:literal, [$($member:literal => $read:expr),*]) => {
        #[doc = concat!("How a `", stringify!($type), "` is read.")]
        pub static $kind: Kind = Kind {
            name: stringify!($type),
            read: |value| -> Result<Value> {
                match value {
                    Value::Typed(_) if value.downcast::<$type>().is_some() => Ok(value.clone()),
                    Value::Array(_) | Value::Dictionary(_) | Value::Null => Err($kind.refuse(value)),
                    other => $type::parse(other.to_string().trim()).map(Value::typed).ok_or_else(|| $kind.refuse(value)),
                }
            },
            accepts: $accepts,
        };
        impl PropertyType for $type {
            const KIND: &'static Kind = &$kind;
            fn of_value(value: &Value) -> Option<$type> {
                value.downcast().cloned()
            }
            fn into_value(self) -> Value {
                Value::typed(self)
            }
        }
        impl Typed for $type {
            fn type_name(&self) -> Text {
                $net.into()
            }
            fn text(&self) -> String {
                self.to_string()
            }
            fn as_any(&self) -> &dyn Any {
                self
            }
            fn is_text(&self) -> bool {
                true
            }
            fn member(&self, name: &str) -> Option<Value> {
                $(if name.eq_ignore_ascii_case($member) {
                    let read: fn(&$type) -> Value = $read;
                    return Some(read(self));
                })*
                None
            }
            fn member_names(&self) -> &'static [&'static str] {
                &[$($member),*]
            }
            fn compare(&self, other: &dyn Typed) -> Option<std::cmp::Ordering> {
                other.as_any().downcast_ref::<$type>().map(|other| self.folded().cmp(&other.folded()))
            }
        }
        impl PartialEq for $type {
            fn eq(&self, other: &$type) -> bool {
                self.folded() == other.folded()
            }
        }
        impl Eq for $type {}
        impl Hash for $type {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.folded().hash(state);
            }
        }
    };
}

address!(SmtpDomain, SMTP_DOMAIN, "Microsoft.Exchange.Data.SmtpDomain", "a domain such as contoso.com",
    ["Domain" => |it| it.as_str().into()]);
address!(SmtpAddress, SMTP_ADDRESS, "Microsoft.Exchange.Data.SmtpAddress", "an address such as ann@contoso.com",
    ["Length" => |it| (it.text.chars().count() as i32).into(), "Local" => |it| it.local().into(), "Domain" => |it| it.domain().into(),
     "Address" => |it| it.as_str().into(), "IsValidAddress" => |_| true.into()]);
address!(ProxyAddress, PROXY_ADDRESS, "Microsoft.Exchange.Data.ProxyAddress", "an address such as smtp:ann@contoso.com",
    ["Prefix" => |it| it.prefix.to_uppercase().into(), "IsPrimaryAddress" => |it| it.is_primary().into(),
     "SmtpAddress" => |it| if it.is_smtp() { it.value().into() } else { Value::Null },
     "AddressString" => |it| it.value().into(), "ProxyAddressString" => |it| it.to_string().into(),
     "PrefixString" => |it| it.prefix().into()]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        for good in [
            "ann@contoso.com",
            "a.b+c@x.y",
            "\"a b\"@x.y",
            "\"a\\\"b\"@x.y",
            "größe@bücher.example",
            "a@[127.0.0.1]",
            "o'neil@x",
        ] {
            assert!(SmtpAddress::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "ann",
            "@x",
            "ann@",
            "a..b@x",
            ".a@x",
            "a@x..y",
            "a@-x",
            "a b@x",
            "\"a\r\nb\"@x",
            "\"a\"b\"@x",
            "a\0@x",
            "a@x\n",
            "\"a\\\"@x",
        ] {
            assert!(SmtpAddress::parse(bad).is_none(), "{bad}");
        }
        assert!(SmtpAddress::parse(&format!("{}@x", "a".repeat(65))).is_none());
        assert_eq!(SmtpAddress::parse("Ann@Contoso.com"), SmtpAddress::parse("ann@contoso.COM"));
    }

    #[test]
    fn a_proxy_address_keeps_its_type() {
        for (text, primary, smtp) in [
            ("SMTP:ann@contoso.com", true, true),
            ("smtp:ann@contoso.com", false, true),
            ("ann@contoso.com", false, true),
            ("X500:/o=Contoso/cn=Ann", true, false),
            ("sip:ann@contoso.com", false, false),
        ] {
            let address = ProxyAddress::parse(text).unwrap();
            assert_eq!((address.is_primary(), address.is_smtp()), (primary, smtp), "{text}");
        }
        assert!(ProxyAddress::parse("smtp:no address").is_none());
    }
}
