//! A search filter of LDAP, put into the words of the directory's own filter.  [RFC 4515]
//!
//! `(&(objectClass=user)(mail=a*))` is `((objectClass -eq 'user') -and (mail -like 'a*'))`. What a property's value is,
//! and whether there is such a property, the directory's filter says.

use object::filter::{FILTER_BYTES_MAX, FILTER_NESTING_MAX};
use object::{Error, ErrorId, Result};
use std::borrow::Cow;

/// Rules by which bits are compared. [MS-ADTS 3.1.1.3.4.4]
const BIT_AND: &str = "1.2.840.113556.1.4.803";
/// Those of which any will do.
const BIT_OR: &str = "1.2.840.113556.1.4.804";
/// The bit of `userAccountControl` of accounts that cannot log on. [MS-ADTS 2.2.16]
const ACCOUNT_DISABLE: &str = "2";
/// The bit of ordinary accounts.
const NORMAL_ACCOUNT: &str = "512";

/// The directory's filter that asks the same.
pub(crate) fn translated(text: &str) -> Result<String> {
    if text.len() > FILTER_BYTES_MAX {
        let message = format!("The filter is longer than {FILTER_BYTES_MAX} bytes.");
        return Err(Error::limit(ErrorId::FilterTooLong, message).about("LDAPFilter"));
    }
    let trimmed = text.trim();
    // Scripts leave the brackets of a single test out.
    let whole = if trimmed.starts_with('(') { trimmed.to_owned() } else { format!("({trimmed})") };
    let mut reader = Reader { rest: &whole };
    let made = reader.filter(0)?;
    match reader.rest.trim().is_empty() {
        true => Ok(made),
        false => Err(wrong(&format!("'{}' stands behind its end", reader.rest))),
    }
}

fn wrong(why: &str) -> Error {
    Error::caller(ErrorId::InvalidFilter, format!("The LDAP filter cannot be read: {why}."))
        .help("Write it like (&(objectClass=user)(mail=a*)).")
        .about("LDAPFilter")
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn filter(&mut self, depth: usize) -> Result<String> {
        if depth > FILTER_NESTING_MAX {
            let message = format!("The filter is nested deeper than {FILTER_NESTING_MAX} levels.");
            return Err(Error::limit(ErrorId::FilterTooDeep, message).about("LDAPFilter"));
        }
        self.sign('(')?;
        self.rest = self.rest.trim_start();
        let made = match self.rest.chars().next() {
            Some('&') => self.joined(" -and ", depth)?,
            Some('|') => self.joined(" -or ", depth)?,
            Some('!') => {
                self.rest = &self.rest[1..];
                format!("(-not {})", self.filter(depth + 1)?)
            }
            _ => self.test()?,
        };
        self.sign(')')?;
        Ok(made)
    }

    fn sign(&mut self, sign: char) -> Result<()> {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(wrong(&format!("a '{sign}' is missing"))),
        }
    }

    fn joined(&mut self, word: &str, depth: usize) -> Result<String> {
        self.rest = &self.rest[1..];
        let mut parts = Vec::new();
        while self.rest.trim_start().starts_with('(') {
            parts.push(self.filter(depth + 1)?);
        }
        match parts.is_empty() {
            true => Err(wrong("there is no test between its brackets")),
            false => Ok(format!("({})", parts.join(word))),
        }
    }

    fn test(&mut self) -> Result<String> {
        let end = self.rest.find(')').ok_or_else(|| wrong("a ')' is missing"))?;
        let (inner, rest) = self.rest.split_at(end);
        self.rest = rest;
        let (left, value) =
            inner.split_once('=').ok_or_else(|| wrong(&format!("there is no '=' in '{inner}'")))?;
        let (name, operator) = match left.as_bytes().last() {
            Some(b'>') => (&left[..left.len() - 1], "-ge"),
            Some(b'<') => (&left[..left.len() - 1], "-le"),
            Some(b'~') => (&left[..left.len() - 1], "-eq"),
            _ => (left, "-eq"),
        };
        let name = name.trim();
        if let Some((name, rule)) = name.trim_end_matches(':').split_once(':') {
            return bits(name, rule, value.trim());
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-;.".contains(&byte);
        if name.is_empty() || !name.bytes().all(plain) {
            return Err(wrong(&format!("'{name}' is not an attribute")));
        }
        let value = &*of_time(name, value)?;
        Ok(match (operator, value) {
            ("-eq", "*") => format!("({name} -ne $null)"),
            ("-eq", value) if value.contains('*') => {
                if value.to_ascii_lowercase().contains("\\2a") {
                    return Err(wrong(
                        "a '*' that stands for itself cannot be asked for beside one that stands for any text",
                    ));
                }
                format!("({name} -like '{}')", quoted(value)?)
            }
            (operator, value) => format!("({name} {operator} '{}')", quoted(value)?),
        })
    }
}

/// What a test of bits asks, where the directory keeps what the bit says.
fn bits(name: &str, rule: &str, value: &str) -> Result<String> {
    let of_account = name.eq_ignore_ascii_case("userAccountControl") && matches!(rule, BIT_AND | BIT_OR);
    match (of_account, value) {
        (true, ACCOUNT_DISABLE) => Ok("(Enabled -eq $false)".to_owned()),
        (true, NORMAL_ACCOUNT) => Ok("(objectClass -eq 'user')".to_owned()),
        _ => Err(wrong(&format!("nothing here answers to {name}:{rule}:={value}"))
            .help("Of userAccountControl the bits 2 and 512 can be asked for.")),
    }
}

/// A moment as LDAP writes it, `20260131120000.0Z`, in the words of the filter; other values stay. [RFC 4517 3.3.13]
fn of_time<'a>(name: &str, value: &'a str) -> Result<Cow<'a, str>> {
    const TIMES: [&str; 4] = ["whenCreated", "whenChanged", "createTimestamp", "modifyTimestamp"];
    if !TIMES.iter().any(|known| known.eq_ignore_ascii_case(name)) || value.contains('*') {
        return Ok(value.into());
    }
    let (digits, rest) = value.split_at(value.bytes().take_while(u8::is_ascii_digit).count());
    let fraction = rest.strip_suffix('Z').map(|rest| rest.strip_prefix(['.', ',']).unwrap_or(rest));
    if digits.len() != 14 || fraction.is_none_or(|rest| rest.bytes().any(|digit| !digit.is_ascii_digit())) {
        return Err(wrong(&format!("'{value}' is not a moment such as 20260131120000.0Z")));
    }
    let part = |from: usize, to: usize| &digits[from..to];
    let (day, clock) =
        ([part(0, 4), part(4, 6), part(6, 8)].join("-"), [part(8, 10), part(10, 12), part(12, 14)].join(":"));
    Ok(format!("{day}T{clock}Z").into())
}

/// A value between quotation marks: `\2a` is the sign itself. [RFC 4515 3]
fn quoted(value: &str) -> Result<String> {
    let mut octets = Vec::with_capacity(value.len());
    let bytes = value.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| bytes[at] == b'\\') {
            Some(octet) => {
                octets.push(octet);
                at += 3;
            }
            None => {
                octets.push(bytes[at]);
                at += 1;
            }
        }
    }
    let text = String::from_utf8(octets).map_err(|_| wrong(&format!("'{value}' is not text in UTF-8")))?;
    Ok(text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_of_ldap_asks_the_same_in_the_directorys_words() {
        for (ldap, own) in [
            ("(mail=ann@x.org)", "(mail -eq 'ann@x.org')"),
            ("samaccountname=ann", "(samaccountname -eq 'ann')"),
            ("(&(objectClass=user)(!(mail=*)))", "((objectClass -eq 'user') -and (-not (mail -ne $null)))"),
            (" ( | (cn=a*) (cn=*b) ) ", "((cn -like 'a*') -or (cn -like '*b'))"),
            ("(cn=O'Neil \\28x\\29)", "(cn -eq 'O''Neil (x)')"),
            ("(whenCreated>=20260101000000.0Z)", "(whenCreated -ge '2026-01-01T00:00:00Z')"),
            ("(modifytimestamp<=20260131235959Z)", "(modifytimestamp -le '2026-01-31T23:59:59Z')"),
            ("(whenChanged=*)", "(whenChanged -ne $null)"),
            ("(telephoneNumber=20260101000000Z)", "(telephoneNumber -eq '20260101000000Z')"),
            ("(cn=\\2a)", "(cn -eq '*')"),
            ("(cn=a\\2Ab)", "(cn -eq 'a*b')"),
            ("(userAccountControl:1.2.840.113556.1.4.803:=2)", "(Enabled -eq $false)"),
        ] {
            assert_eq!(translated(ldap).unwrap(), own, "{ldap}");
        }
        for bad in [
            "",
            "(",
            "(&)",
            "(a=b",
            "(a=b))",
            "(=b)",
            "(a b=c)",
            "(a=\\ff)",
            "(!a=b)",
            "(cn=a\\2a*)",
            "(whenCreated>=yesterday)",
            "(whenCreated=2026010100Z)",
            "(x:1:=2)",
        ] {
            assert!(translated(bad).is_err(), "{bad}");
        }
        let deep = format!("{}(a=b){}", "(!".repeat(100), ")".repeat(100));
        assert_eq!(translated(&deep).unwrap_err().id(), "FilterTooDeep");
    }
}
