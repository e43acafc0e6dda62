//! The IMAP BODYSTRUCTURE of a message, and BODY made from it.  [RFC 9051 7.5.2]

use crate::decode::encoding_word;
use crate::envelope::{self, Heads};
use crate::field::Fields;
use crate::parameter::Disposition;
use crate::quote::{nstring, string};
use crate::structure::{Kind, Message, Part};
use std::borrow::Cow;

/// Writes the structure of that part with extension data. It recurses, as deep as `DEPTH_MAX` allows.
pub(crate) fn write(out: &mut Vec<u8>, message: &Message<'_>, number: usize) {
    let part = message.part(number);
    let heads = PartHeads::of(message.fields(part));
    out.push(b'(');
    match &part.kind {
        Kind::Multipart(children) => {
            for &child in children {
                write(out, message, child);
            }
            out.push(b' ');
            string(out, part.content_type.sub.as_bytes());
            out.push(b' ');
            parameters(out, &part.content_type.parameters);
        }
        kind => {
            basic(out, part, &heads);
            if let Kind::Message(inner) = kind {
                nested(out, message, *inner);
            }
            if matches!(kind, Kind::Message(_)) || part.content_type.is_main("text") {
                out.extend_from_slice(format!(" {}", part.lines).as_bytes());
            }
            out.push(b' ');
            nstring(out, heads.md5.as_deref());
        }
    }
    heads.extension(out);
    out.push(b')');
}

/// Type, subtype, parameters, id, description, encoding, size.
fn basic(out: &mut Vec<u8>, part: &Part, heads: &PartHeads<'_>) {
    string(out, part.content_type.main.as_bytes());
    out.push(b' ');
    string(out, part.content_type.sub.as_bytes());
    out.push(b' ');
    parameters(out, &part.content_type.parameters);
    for text in [&heads.id, &heads.description] {
        out.push(b' ');
        nstring(out, text.as_deref());
    }
    out.push(b' ');
    let encoding = heads.encoding.as_deref().map(encoding_word).filter(|word| !word.is_empty());
    string(out, encoding.as_deref().unwrap_or(b"7bit"));
    out.extend_from_slice(format!(" {}", part.body.len()).as_bytes());
}

fn nested(out: &mut Vec<u8>, message: &Message<'_>, inner: usize) {
    out.push(b' ');
    envelope::write(out, &Heads::of(message.fields(message.part(inner))));
    out.push(b' ');
    write(out, message, inner);
}

fn parameters(out: &mut Vec<u8>, parameters: &[(String, Vec<u8>)]) {
    if parameters.is_empty() {
        return out.extend_from_slice(b"NIL");
    }
    for (at, (name, value)) in parameters.iter().enumerate() {
        out.push(if at == 0 { b'(' } else { b' ' });
        string(out, name.as_bytes());
        out.push(b' ');
        string(out, value);
    }
    out.push(b')');
}

/// The fields of a part's header that a structure shows.
#[derive(Default)]
struct PartHeads<'a> {
    id: Option<Cow<'a, [u8]>>,
    description: Option<Cow<'a, [u8]>>,
    encoding: Option<Cow<'a, [u8]>>,
    md5: Option<Cow<'a, [u8]>>,
    disposition: Option<Cow<'a, [u8]>>,
    language: Option<Cow<'a, [u8]>>,
    location: Option<Cow<'a, [u8]>>,
}

impl<'a> PartHeads<'a> {
    fn of(fields: Fields<'a>) -> PartHeads<'a> {
        let mut heads = PartHeads::default();
        for field in fields {
            if let Some(place) = heads.place(&field.name.to_ascii_lowercase()) {
                place.get_or_insert_with(|| field.value());
            }
        }
        heads
    }

    fn place(&mut self, name: &[u8]) -> Option<&mut Option<Cow<'a, [u8]>>> {
        match name {
            b"content-id" => Some(&mut self.id),
            b"content-description" => Some(&mut self.description),
            b"content-transfer-encoding" => Some(&mut self.encoding),
            b"content-md5" => Some(&mut self.md5),
            b"content-disposition" => Some(&mut self.disposition),
            b"content-language" => Some(&mut self.language),
            b"content-location" => Some(&mut self.location),
            _ => None,
        }
    }

    /// Disposition, language, location.
    fn extension(&self, out: &mut Vec<u8>) {
        out.push(b' ');
        match self.disposition.as_deref().and_then(Disposition::parse) {
            Some(disposition) => {
                out.push(b'(');
                string(out, disposition.kind.as_bytes());
                out.push(b' ');
                parameters(out, &disposition.parameters);
                out.push(b')');
            }
            None => out.extend_from_slice(b"NIL"),
        }
        out.push(b' ');
        language(out, self.language.as_deref());
        out.push(b' ');
        // White space inside a location is folding, not content. [RFC 2557 4.4]
        let location = self.location.as_deref();
        let location: Option<Vec<u8>> =
            location.map(|text| text.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect());
        nstring(out, location.as_deref());
    }
}

fn language(out: &mut Vec<u8>, value: Option<&[u8]>) {
    let tags = value.unwrap_or_default().split(|&b| b == b',').map(<[u8]>::trim_ascii);
    let tags: Vec<_> = tags.filter(|tag| !tag.is_empty()).collect();
    if tags.is_empty() {
        return out.extend_from_slice(b"NIL");
    }
    for (at, tag) in tags.into_iter().enumerate() {
        out.push(if at == 0 { b'(' } else { b' ' });
        string(out, tag);
    }
    out.push(b')');
}

/// BODY: a BODYSTRUCTURE that this room rendered, without its extension data. [RFC 9051 6.4.5]
pub fn without_extensions(bodystructure: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bodystructure.len());
    match strip(&mut out, bodystructure, 0) {
        Some(_) => out,
        // Not ours: better too much than nothing.
        None => bodystructure.to_vec(),
    }
}

/// Copies the structure at the start of `bytes`, answers its length. Recurses no deeper than what was rendered.
fn strip(out: &mut Vec<u8>, bytes: &[u8], depth: usize) -> Option<usize> {
    if depth > crate::limits::DEPTH_MAX + 1 || bytes.first() != Some(&b'(') {
        return None;
    }
    let whole = element(bytes)?;
    out.push(b'(');
    let mut at = 1;
    if bytes.get(1) == Some(&b'(') {
        while bytes.get(at) == Some(&b'(') {
            at += strip(out, &bytes[at..], depth + 1)?;
        }
        let subtype = element(bytes.get(at + 1..)?)?;
        out.extend_from_slice(&bytes[at..at + 1 + subtype]);
    } else {
        leaf(out, &bytes[1..whole - 1], depth)?;
    }
    out.push(b')');
    Some(whole)
}

/// The seven basic elements, and the ones its type adds.
fn leaf(out: &mut Vec<u8>, inner: &[u8], depth: usize) -> Option<()> {
    let (main, sub) = first_two(inner)?;
    let is_message = main.eq_ignore_ascii_case(b"\"message\"")
        && [&b"\"rfc822\""[..], b"\"global\""].iter().any(|word| sub.eq_ignore_ascii_case(word));
    let count = match () {
        () if is_message => 10,
        () if main.eq_ignore_ascii_case(b"\"text\"") => 8,
        () => 7,
    };
    let mut at = 0;
    for index in 0..count {
        if index > 0 {
            out.push(b' ');
            at += 1;
        }
        let rest = inner.get(at..)?;
        at += match is_message && index == 8 {
            true => strip(out, rest, depth + 1)?,
            false => copy(out, rest)?,
        };
    }
    Some(())
}

fn first_two(inner: &[u8]) -> Option<(&[u8], &[u8])> {
    let main = element(inner)?;
    let rest = inner.get(main + 1..)?;
    Some((&inner[..main], &rest[..element(rest)?]))
}

fn copy(out: &mut Vec<u8>, bytes: &[u8]) -> Option<usize> {
    let length = element(bytes)?;
    out.extend_from_slice(&bytes[..length]);
    Some(length)
}

/// Length of the atom, string, literal or parenthesised list at the start.
fn element(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0usize);
    loop {
        match bytes.get(at)? {
            b'(' => (at, depth) = (at + 1, depth + 1),
            b')' => (at, depth) = (at + 1, depth.checked_sub(1)?),
            b' ' if depth > 0 => at += 1,
            b'"' => at += quoted_length(&bytes[at..])?,
            b'{' => at += literal_length(&bytes[at..])?,
            _ => at += bytes[at..].iter().position(|b| b" ()".contains(b)).unwrap_or(bytes.len() - at),
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

fn quoted_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    while *bytes.get(at)? != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    Some(at + 1)
}

fn literal_length(bytes: &[u8]) -> Option<usize> {
    let end = bytes.iter().position(|&b| b == b'}')?;
    let size: usize = std::str::from_utf8(&bytes[1..end]).ok()?.parse().ok()?;
    let length = (end + 3).checked_add(size)?;
    (length <= bytes.len()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::parse;

    fn both(bytes: &[u8]) -> (String, String) {
        let mut out = Vec::new();
        write(&mut out, &parse(bytes), 0);
        let body = without_extensions(&out);
        (String::from_utf8_lossy(&out).into_owned(), String::from_utf8_lossy(&body).into_owned())
    }

    #[test]
    fn structures() {
        for (bytes, structure, body) in [
            (
                "",
                r#"("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)"#,
                r#"("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)"#,
            ),
            (
                "Content-Type: image/PNG; name=\"a\\\"b\"\r\nContent-ID: <1>\r\nContent-Transfer-Encoding: BASE64\r\nContent-MD5: x==\r\nContent-Disposition: attachment; filename=y\r\nContent-Language: en, de\r\nContent-Location: http://a\r\n b\r\n\r\nAAAA",
                r#"("image" "PNG" ("name" "a\"b") "<1>" NIL "BASE64" 4 "x==" ("attachment" ("filename" "y")) ("en" "de") "http://ab")"#,
                r#"("image" "PNG" ("name" "a\"b") "<1>" NIL "BASE64" 4)"#,
            ),
            (
                "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ntwo\r\n--b--\r\n",
                r#"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0 NIL NIL NIL NIL)("message" "rfc822" NIL NIL NIL "7bit" 17 (NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0 NIL NIL NIL NIL) 2 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)"#,
                r#"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0)("message" "rfc822" NIL NIL NIL "7bit" 17 (NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0) 2) "mixed")"#,
            ),
            (
                "Content-Type: multipart/mixed\r\n\r\n",
                r#"("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)"#,
                r#"("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)"#,
            ),
            (
                "Content-Type: multipart/mixed; charset=utf-8\r\nContent-Transfer-Encoding: (a (b)) base64 (c); x=y\r\n\r\neA==",
                r#"("text" "plain" ("charset" "utf-8") NIL NIL "base64" 4 0 NIL NIL NIL NIL)"#,
                r#"("text" "plain" ("charset" "utf-8") NIL NIL "base64" 4 0)"#,
            ),
            (
                "Content-Transfer-Encoding: base64; a=b\r\n\r\n",
                r#"("text" "plain" ("charset" "us-ascii") NIL NIL "base64" 0 0 NIL NIL NIL NIL)"#,
                r#"("text" "plain" ("charset" "us-ascii") NIL NIL "base64" 0 0)"#,
            ),
        ] {
            assert_eq!(both(bytes.as_bytes()), (structure.to_string(), body.to_string()), "{bytes}");
        }
    }

    #[test]
    fn a_deep_tree_is_rendered_and_stripped() {
        let deep = b"Content-Type: message/rfc822\r\n\r\n".repeat(1_000);
        let (structure, body) = both(&deep);
        assert!(structure.contains("octet-stream") && body.len() < structure.len());
    }
}
