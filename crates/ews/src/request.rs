//! What a client sends: XML that is read for the text of a few elements, whatever their name spaces.
//!
//! A document type is refused, with it every entity that is not XML's own five, so that nothing is expanded and nothing
//! outside is read. Depth, elements and text are limited.

use encoding_rs::Encoding;
use object::{Error, ErrorId, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

/// Elements within each other.
const DEPTH_MAX: usize = 32;
/// Elements of one request.
const ELEMENTS_MAX: usize = 1_000;
/// Octets of one request: it names an address and some settings.
pub(crate) const REQUEST_BYTES_MAX: usize = 256 << 10;
/// Octets of the text of one element.
const TEXT_BYTES_MAX: usize = 4 << 10;

/// The elements of a request with their texts, in the order in which they end.
#[derive(Debug, Default)]
pub(crate) struct Document(Vec<(String, String)>);

impl Document {
    /// The text of the first element of that name, in any case.
    pub(crate) fn first(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    /// The texts of all elements of that name.
    pub(crate) fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }

    /// Whether there is an element of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

/// Refuses what is longer than a request is.
pub(crate) fn check_length(bytes: &[u8]) -> Result<()> {
    if bytes.len() > REQUEST_BYTES_MAX {
        return Err(Error::limit(ErrorId::RequestTooLarge, "The request is too large."));
    }
    Ok(())
}

/// Reads a request, in UTF-8 or, where its first octets say so, UTF-16.
pub(crate) fn read(bytes: &[u8]) -> Result<Document> {
    check_length(bytes)?;
    let (encoding, skipped) = Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let (text, broken) = encoding.decode_without_bom_handling(&bytes[skipped..]);
    if broken {
        return Err(malformed("The request is not text."));
    }
    elements(&text)
}

fn elements(text: &str) -> Result<Document> {
    let mut reader = Reader::from_str(text);
    let (mut open, mut found): (Vec<(String, String)>, Document) = (Vec::new(), Document::default());
    loop {
        let event = reader.read_event().map_err(|_| malformed("The request is not XML."))?;
        match event {
            Event::Start(start) => {
                if open.len() >= DEPTH_MAX || found.0.len() + open.len() >= ELEMENTS_MAX {
                    return Err(Error::limit(ErrorId::RequestTooLarge, "The request has too many elements."));
                }
                open.push((start.local_name().as_ref().to_owned(), String::new()));
            }
            Event::Empty(start) => {
                if found.0.len() >= ELEMENTS_MAX {
                    return Err(Error::limit(ErrorId::RequestTooLarge, "The request has too many elements."));
                }
                found.0.push((start.local_name().as_ref().to_owned(), String::new()));
            }
            Event::End(_) => found.0.push(open.pop().ok_or_else(|| malformed("The request is not XML."))?),
            Event::Text(words) => add(&mut open, &words)?,
            Event::CData(words) => add(&mut open, &words)?,
            Event::GeneralRef(reference) => add(&mut open, &sign(&reference)?.to_string())?,
            Event::DocType(_) => return Err(malformed("A document type is not allowed.")),
            Event::Decl(_) | Event::Comment(_) => {}
            Event::PI(_) => return Err(malformed("A processing instruction is not allowed.")),
            Event::Eof if open.is_empty() && !found.0.is_empty() => return Ok(found),
            Event::Eof => return Err(malformed("The request ends too early.")),
        }
    }
}

/// Text counts for the innermost element.
fn add(open: &mut [(String, String)], words: &str) -> Result<()> {
    let Some((_, text)) = open.last_mut() else { return Ok(()) };
    if text.len() + words.len() > TEXT_BYTES_MAX {
        return Err(Error::limit(ErrorId::RequestTooLarge, "The text of an element is too long."));
    }
    text.push_str(words);
    Ok(())
}

/// One of XML's own five, or a sign by its number.
fn sign(reference: &BytesRef<'_>) -> Result<char> {
    let unknown = || malformed("Entities are not expanded.");
    if let Some(sign) = reference.resolve_char_ref().map_err(|_| unknown())? {
        return Ok(sign);
    }
    match &**reference {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(unknown()),
    }
}

fn malformed(sentence: &str) -> Error {
    Error::caller(ErrorId::MalformedRequest, sentence.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_good_and_bad() {
        let utf16: Vec<u8> = "\u{feff}<A><B>ä</B></A>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let deep = "<a>".repeat(1000);
        let wide = format!("<a>{}</a>", "<b/>".repeat(2000));
        let long = format!("<a><B>{}</B></a>", "x".repeat(10_000));
        let bomb = "<!DOCTYPE a [<!ENTITY x \"y\"><!ENTITY z \"&x;&x;\">]><a><B>&z;</B></a>";
        for (bytes, text) in [
            (&b"<?xml version=\"1.0\"?><a:A xmlns:a='x'><a:B>ann@x</a:B></a:A>"[..], Some("ann@x")),
            (b"<A><b> ann&amp;&#64;x </b></A>", Some("ann&@x")),
            (b"<A><B><![CDATA[<x>]]></B></A>", Some("<x>")),
            (&utf16, Some("ä")),
            (b"", None),
            (b"hello", None),
            (b"<A><B></A>", None),
            (b"<A><B>&x;</B></A>", None),
            (b"<A><B>\xff</B></A>", None),
            (b"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><A><B>x</B></A>", None),
            (b"<?xml-stylesheet href='x'?><A><B>x</B></A>", None),
            (bomb.as_bytes(), None),
            (deep.as_bytes(), None),
            (wide.as_bytes(), None),
            (long.as_bytes(), None),
        ] {
            let seen = read(bytes).ok().and_then(|document| document.first("B").map(str::to_owned));
            assert_eq!(seen.as_deref(), text, "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_octets_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), text in "[<>/&;a-c!\\[\\]x \"'=-]{0,80}") {
            let _read = read(&bytes).is_ok();
            let _read = read(text.as_bytes()).is_ok();
        }
    }
}
