//! Finding the bytes that a section of a FETCH names.  [RFC 9051 6.4.5] [RFC 9051 6.4.5.1]

use crate::field::Fields;
use crate::structure::{Kind, Message, Part};
use std::ops::Range;

/// What of a part is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The whole part: its body, or for the empty section the whole message.
    Whole,
    /// The header of the message, or of the message that the part is.
    Header,
    /// The body of the message, or of the message that the part is.
    Text,
    /// The part's own header.
    Mime,
}

impl<'a> Message<'a> {
    /// The part that section numbers name; `None` when there is no such part.
    pub fn find(&self, path: &[u32]) -> Option<&Part> {
        let mut number = 0;
        for (level, &wanted) in path.iter().enumerate() {
            let index = usize::try_from(wanted).ok()?.checked_sub(1)?;
            number = self.child(number, index, level == 0)?;
        }
        Some(self.part(number))
    }

    /// The child with that index. The number 1 of a message that is no multipart is its own body.
    fn child(&self, number: usize, index: usize, of_root: bool) -> Option<usize> {
        match &self.part(number).kind {
            Kind::Multipart(children) => children.get(index).copied(),
            Kind::Message(inner) if !of_root => match &self.part(*inner).kind {
                Kind::Multipart(children) => children.get(index).copied(),
                Kind::Leaf | Kind::Message(_) => (index == 0).then_some(*inner),
            },
            Kind::Leaf | Kind::Message(_) => (of_root && index == 0).then_some(number),
        }
    }

    /// Where the bytes of a section lie; `None` when there is no such part.
    pub fn section(&self, path: &[u32], which: Which) -> Option<Range<usize>> {
        let part = self.find(path)?;
        if path.is_empty() {
            return Some(match which {
                Which::Whole => 0..self.bytes.len(),
                Which::Header | Which::Mime => part.header.clone(),
                Which::Text => part.body.clone(),
            });
        }
        let inner = match part.kind {
            Kind::Message(inner) => Some(self.part(inner)),
            Kind::Leaf | Kind::Multipart(_) => None,
        };
        match which {
            Which::Whole => Some(part.body.clone()),
            Which::Mime => Some(part.header.clone()),
            Which::Header => inner.map(|root| root.header.clone()),
            Which::Text => inner.map(|root| root.body.clone()),
        }
    }
}

/// The fields of `header` that are (or with `not` are not) among `names`, with the empty line behind
/// them. [RFC 9051 6.4.5.1]
pub fn header_fields(header: &[u8], names: &[String], not: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for field in Fields::of(header) {
        let named = names.iter().any(|name| field.is(name));
        if named != not && !field.name.is_empty() {
            out.extend_from_slice(&header[field.range]);
        }
    }
    if !out.is_empty() && !out.ends_with(b"\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::parse;

    const MAIL: &[u8] = b"Subject: outer\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\none\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n\
        --c\r\nX: y\r\n\r\ndeep\r\n--c--\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: plain\r\n\r\ntext\r\n--b--\r\n";

    #[test]
    fn sections() {
        let message = parse(MAIL);
        let show = |path: &[u32], which| {
            message.section(path, which).map(|range| String::from_utf8_lossy(&MAIL[range]).into_owned())
        };
        for (path, which, bytes) in [
            (&[1][..], Which::Whole, Some("one")),
            (&[1], Which::Mime, Some("Content-Type: text/plain\r\n\r\n")),
            (&[1], Which::Header, None),
            (&[1, 1], Which::Whole, None),
            (&[2], Which::Mime, Some("Content-Type: message/rfc822\r\n\r\n")),
            (&[2], Which::Text, Some("--c\r\nX: y\r\n\r\ndeep\r\n--c--")),
            (&[2, 1], Which::Whole, Some("deep")),
            (&[2, 1], Which::Mime, Some("X: y\r\n\r\n")),
            (&[2, 2], Which::Whole, None),
            (&[3], Which::Header, Some("Subject: plain\r\n\r\n")),
            (&[3], Which::Whole, Some("Subject: plain\r\n\r\ntext")),
            (&[3, 1], Which::Whole, Some("text")),
            (&[3, 1, 1], Which::Whole, None),
            (&[4], Which::Whole, None),
            (&[0], Which::Whole, None),
            (&[u32::MAX], Which::Whole, None),
        ] {
            assert_eq!(show(path, which).as_deref(), bytes, "{path:?} {which:?}");
        }
        assert_eq!(message.section(&[], Which::Whole), Some(0..MAIL.len()));
    }

    #[test]
    fn a_message_inside_ends_with_the_part_around_it() {
        let mail = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n--b--\r\n";
        let message = parse(mail);
        let of = |which| message.section(&[1], which).map(|range| &mail[range]);
        assert_eq!(of(Which::Whole), Some(&b"Subject: x"[..]));
        assert_eq!(of(Which::Header), Some(&b"Subject: x"[..]));
        assert_eq!(of(Which::Text), Some(&b""[..]));
    }

    #[test]
    fn a_message_without_parts_is_its_own_part_one() {
        let bytes = b"A: b\r\n\r\nbody";
        let message = parse(bytes);
        assert_eq!(message.section(&[1], Which::Whole), Some(8..12));
        assert_eq!(message.section(&[1], Which::Mime), Some(0..8));
        assert_eq!(message.section(&[1, 1], Which::Whole), None);
    }

    #[test]
    fn chosen_fields() {
        let header = b"A: 1\r\nB: 2\r\n 3\r\na: 4\r\n\r\n";
        let names = ["a".to_string()];
        assert_eq!(header_fields(header, &names, false), b"A: 1\r\na: 4\r\n\r\n");
        assert_eq!(header_fields(header, &names, true), b"B: 2\r\n 3\r\n\r\n");
        assert_eq!(header_fields(b"", &names, false), b"\r\n");
    }
}
