//! Content-Type, Content-Disposition and their parameters.  [RFC 2045 5] [RFC 2183] [RFC 2231]

use crate::limits::PARAMETERS_MAX;
use crate::{charset, decode, word};

/// A media type with its parameters as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentType {
    /// The type in the sender's case.
    pub main: String,
    /// The subtype in the sender's case.
    pub sub: String,
    /// Names and values in order; continuations not joined.
    pub parameters: Vec<(String, Vec<u8>)>,
}

impl ContentType {
    /// What counts where no type is given. [RFC 2045 5.2]
    pub fn plain() -> ContentType {
        let charset = ("charset".to_string(), b"us-ascii".to_vec());
        ContentType { main: "text".into(), sub: "plain".into(), parameters: vec![charset] }
    }

    /// What counts in a multipart/digest where no type is given. [RFC 2046 5.1.5]
    pub fn message() -> ContentType {
        ContentType { main: "message".into(), sub: "rfc822".into(), parameters: Vec::new() }
    }

    /// Bytes of which nothing is known.
    pub fn opaque() -> ContentType {
        ContentType { main: "application".into(), sub: "octet-stream".into(), parameters: Vec::new() }
    }

    /// The text that a part is whose own type does not hold: in the charset it named. [RFC 2045 5.2]
    pub(crate) fn as_plain(&self) -> ContentType {
        let charset = self.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case("charset"));
        match charset {
            Some(charset) => ContentType { parameters: vec![charset.clone()], ..ContentType::plain() },
            None => ContentType::plain(),
        }
    }

    /// Reads an unfolded value; what is no `type/subtype` is text/plain. [RFC 2045 5.2]
    pub fn parse(value: &[u8]) -> ContentType {
        let (full, rest) = split_at_semicolon(value);
        let mut names = full.splitn(2, |&b| b == b'/');
        let (main, sub) = (token(names.next()), token(names.next()));
        match (main, sub) {
            (Some(main), Some(sub)) => ContentType { main, sub, parameters: parameters(rest) },
            _ => ContentType { parameters: parameters(rest), ..ContentType::plain() },
        }
    }

    /// Whether it is that type, in any case.
    pub fn is(&self, main: &str, sub: &str) -> bool {
        self.main.eq_ignore_ascii_case(main) && self.sub.eq_ignore_ascii_case(sub)
    }

    /// Whether it is of that main type.
    pub fn is_main(&self, main: &str) -> bool {
        self.main.eq_ignore_ascii_case(main)
    }

    /// A parameter's value with continuations joined and decoded. [RFC 2231]
    pub fn parameter(&self, name: &str) -> Option<String> {
        value_of(&self.parameters, name)
    }
}

/// How a part wants to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// `inline`, `attachment` or another word.
    pub kind: String,
    /// Names and values in order; continuations not joined.
    pub parameters: Vec<(String, Vec<u8>)>,
}

impl Disposition {
    /// Reads an unfolded value.
    pub fn parse(value: &[u8]) -> Option<Disposition> {
        let (kind, rest) = split_at_semicolon(value);
        Some(Disposition { kind: token(Some(kind))?, parameters: parameters(rest) })
    }

    /// A parameter's value with continuations joined and decoded. [RFC 2231]
    pub fn parameter(&self, name: &str) -> Option<String> {
        value_of(&self.parameters, name)
    }
}

fn split_at_semicolon(value: &[u8]) -> (&[u8], &[u8]) {
    let at = value.iter().position(|&b| b == b';').unwrap_or(value.len());
    (&value[..at], value.get(at + 1..).unwrap_or_default())
}

/// A word without comments and blanks; `None` when there is none or it could not stand in a header.
fn token(bytes: Option<&[u8]>) -> Option<String> {
    let bytes = bytes?.split(|&b| b == b'(').next()?.trim_ascii();
    let fits = |b: &u8| b.is_ascii_graphic() && !b"()<>@,;:\\\"[]?=".contains(b);
    (!bytes.is_empty() && bytes.iter().all(fits)).then(|| String::from_utf8_lossy(bytes).into_owned())
}

/// `name=value` pairs parted by semicolons; values quoted or not, broken ones skipped.
fn parameters(mut rest: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    while !rest.is_empty() && out.len() < PARAMETERS_MAX {
        rest = skip_blanks(rest);
        let end = rest.iter().position(|b| matches!(b, b'=' | b';')).unwrap_or(rest.len());
        let name = token(Some(&rest[..end]));
        let is_pair = rest.get(end) == Some(&b'=');
        rest = rest.get(end + 1..).unwrap_or_default();
        if is_pair {
            let value = value(&mut rest);
            out.extend(name.map(|name| (name, value)));
        }
    }
    out
}

fn skip_blanks(bytes: &[u8]) -> &[u8] {
    let at = bytes.iter().position(|&b| !b.is_ascii_whitespace() && b != b';').unwrap_or(bytes.len());
    &bytes[at..]
}

/// Reads a value and the semicolon behind it.
fn value(rest: &mut &[u8]) -> Vec<u8> {
    let text = rest.trim_ascii_start();
    let (value, after) = match text.strip_prefix(b"\"") {
        Some(quoted) => quoted_value(quoted),
        None => (Vec::new(), text),
    };
    let end = after.iter().position(|&b| b == b';').unwrap_or(after.len());
    let bare = after[..end].split(|&b| b == b'(').next().unwrap_or_default().trim_ascii();
    *rest = after.get(end + 1..).unwrap_or_default();
    if text.starts_with(b"\"") { value } else { bare.to_vec() }
}

fn quoted_value(bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return (out, &bytes[at + 1..]),
            b'\\' if at + 1 < bytes.len() => {
                at += 1;
                out.push(bytes[at]);
            }
            byte => out.push(byte),
        }
        at += 1;
    }
    (out, &[])
}

/// The value of `name`: plain, `name*=charset'lang'%20`, or in pieces `name*0`, `name*1*`. [RFC 2231 3] [RFC 2231 4]
fn value_of(parameters: &[(String, Vec<u8>)], name: &str) -> Option<String> {
    let get = |wanted: &str| {
        parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted)).map(|(_, value)| &value[..])
    };
    if let Some(value) = get(&format!("{name}*")) {
        let (charset, text) = charset_of(value);
        return Some(charset::decode(&charset, &percent(text)).into_owned());
    }
    // Pieces win over a plain value beside them: a mail program shows the pieces, and whoever judges
    // the name must see the same.
    if let Some(value) = pieces(name, get) {
        return Some(value);
    }
    // Encoded words are not allowed here, and everywhere. [RFC 2047 5]
    get(name).map(word::decode_words)
}

fn pieces<'a>(name: &str, get: impl Fn(&str) -> Option<&'a [u8]>) -> Option<String> {
    let (mut charset, mut bytes, mut seen) = (String::new(), Vec::new(), false);
    for at in 0..PARAMETERS_MAX {
        if let Some(plain) = get(&format!("{name}*{at}")) {
            bytes.extend_from_slice(plain);
        } else if let Some(encoded) = get(&format!("{name}*{at}*")) {
            let (label, text) = if at == 0 { charset_of(encoded) } else { (charset, encoded) };
            charset = label;
            bytes.extend(percent(text));
        } else {
            break;
        }
        seen = true;
    }
    seen.then(|| charset::decode(&charset, &bytes).into_owned())
}

/// `charset'language'text`.
fn charset_of(value: &[u8]) -> (String, &[u8]) {
    let mut parts = value.splitn(3, |&b| b == b'\'');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(text)) => (String::from_utf8_lossy(charset).into_owned(), text),
        _ => (String::new(), value),
    }
}

fn percent(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match (text[at], text.get(at + 1), text.get(at + 2)) {
            (b'%', Some(&high), Some(&low)) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(decode::hex(high) << 4 | decode::hex(low));
                at += 2;
            }
            (byte, ..) => out.push(byte),
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_parameters() {
        for (value, full, name) in [
            ("text/html; name=a.txt", "text/html", "a.txt"),
            ("TEXT / HTML;\tname = \"a b.txt\"; x=y", "TEXT/HTML", "a b.txt"),
            ("text/html; name=\"a\\\"b;c\"", "text/html", "a\"b;c"),
            ("text/html (comment); name=a.txt (comment)", "text/html", "a.txt"),
            ("text", "text/plain", "-"),
            ("text/html;;; ; name=x", "text/html", "x"),
            ("text/html; name", "text/html", "-"),
            ("text/html; name=", "text/html", ""),
            ("a/b; name*=utf-8'de'K%C3%A4se.txt", "a/b", "Käse.txt"),
            ("a/b; name*0=\"K\"; name*1*=%61se; name*2=.exe", "a/b", "Kase.exe"),
            ("a/b; name*0*=utf-8''%C3; name*1*=%A4; name=harmless.txt", "a/b", "ä"),
            ("a/b; name=\"=?utf-8?Q?K=C3=A4se?=\"", "a/b", "Käse"),
            ("a/b; name=\"open", "a/b", "open"),
            ("\"a\"/b", "text/plain", "-"),
        ] {
            let seen = ContentType::parse(value.as_bytes());
            assert_eq!(format!("{}/{}", seen.main, seen.sub), full, "{value}");
            assert_eq!(seen.parameter("name").as_deref().unwrap_or("-"), name, "{value}");
        }
    }

    #[test]
    fn no_more_parameters_than_the_limit() {
        let value = format!("a/b{}", "; x=y".repeat(10_000));
        assert_eq!(ContentType::parse(value.as_bytes()).parameters.len(), PARAMETERS_MAX);
    }
}
