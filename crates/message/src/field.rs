//! Header fields: where each lies in the bytes, and its value unfolded.  [RFC 5322 2.2]

use crate::limits::{FIELD_BYTES_MAX, FIELDS_MAX};
use memchr::memchr;
use std::borrow::Cow;
use std::ops::Range;

/// One field of a header, with its bytes as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name without colon and blanks; empty where the line is no field.
    pub name: &'a [u8],
    /// All after the colon, folded as it came, without the last line end.
    pub raw_value: &'a [u8],
    /// The whole field with its line ends, as a range of the header.
    pub range: Range<usize>,
}

impl<'a> Field<'a> {
    /// Whether the field is called that, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value unfolded: line ends removed, blanks around it cut. [RFC 5322 2.2.3]
    pub fn value(&self) -> Cow<'a, [u8]> {
        unfold(self.raw_value)
    }

    /// The value unfolded, encoded words decoded, as text. [RFC 2047 6]
    pub fn text(&self) -> String {
        crate::word::decode_words(&self.value())
    }
}

/// The fields of a header in order, at most [`FIELDS_MAX`] of them.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    header: &'a [u8],
    at: usize,
    left: usize,
}

impl<'a> Fields<'a> {
    /// The fields of `header`, which may end with its empty line.
    pub fn of(header: &'a [u8]) -> Fields<'a> {
        Fields { header, at: 0, left: FIELDS_MAX }
    }

    /// The first field of that name. What does not begin with the name is not taken apart.
    pub fn first(mut self, name: &str) -> Option<Field<'a>> {
        while let Some(range) = self.next_range() {
            let bytes = &self.header[range.clone()];
            let begins = bytes.get(..name.len()).is_some_and(|one| one.eq_ignore_ascii_case(name.as_bytes()));
            if begins && let Some(field) = Some(split(bytes, range)).filter(|field| field.is(name)) {
                return Some(field);
            }
        }
        None
    }

    /// Where the next field lies.
    fn next_range(&mut self) -> Option<Range<usize>> {
        let rest = self.header.get(self.at..)?;
        if rest.is_empty() || self.left == 0 || is_empty_line(rest) {
            return None;
        }
        self.left -= 1;
        let range = self.at..self.at + field_length(rest);
        self.at = range.end;
        Some(range)
    }

    /// The unfolded value of the first field of that name.
    pub fn value(self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.first(name).map(|field| field.value())
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        self.next_range().map(|range| split(&self.header[range.clone()], range))
    }
}

/// Name and value of the bytes of one field.
fn split(bytes: &[u8], range: Range<usize>) -> Field<'_> {
    let line = trim_line_end(bytes);
    let colon = memchr(b':', line).filter(|&colon| is_name(line[..colon].trim_ascii_end()));
    match colon {
        Some(colon) => Field { name: line[..colon].trim_ascii_end(), raw_value: &line[colon + 1..], range },
        None => Field { name: &[], raw_value: line, range },
    }
}

/// Printable ASCII without a colon; 8-bit bytes are let through as broken mail has them. [RFC 5322 3.6.8]
fn is_name(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&b| b > b' ' && b != b':' && b != 0x7f)
}

/// Whether a field begins here.
pub(crate) fn is_field(rest: &[u8]) -> bool {
    let line = &rest[..line_length(rest)];
    memchr(b':', line).is_some_and(|colon| is_name(line[..colon].trim_ascii_end()))
}

/// Bytes of the first field of `rest` with its folded lines.
pub(crate) fn field_length(rest: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += line_length(&rest[at..]);
        if !matches!(rest.get(at), Some(b' ' | b'\t')) {
            return at;
        }
    }
}

/// Bytes of the first line with its line end.
pub(crate) fn line_length(rest: &[u8]) -> usize {
    memchr(b'\n', rest).map_or(rest.len(), |end| end + 1)
}

/// Whether the first line is empty: the end of a header.
pub(crate) fn is_empty_line(rest: &[u8]) -> bool {
    matches!(rest, [b'\n', ..] | [b'\r', b'\n', ..])
}

/// The bytes without one line end.
pub(crate) fn trim_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Removes line ends (and NUL bytes) and cuts what is beyond [`FIELD_BYTES_MAX`].
pub fn unfold(raw: &[u8]) -> Cow<'_, [u8]> {
    let raw = raw[..raw.len().min(FIELD_BYTES_MAX)].trim_ascii();
    if !raw.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n' | 0)).collect())
}

/// Where the header of `bytes` ends, its empty line included: what an SMTP or POP3 door needs.
pub fn header_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        if is_empty_line(&bytes[at..]) {
            return at + line_length(&bytes[at..]);
        }
        at += line_length(&bytes[at..]);
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_as_they_come() {
        let header = b"From: a@b\r\nSubject : two\r\n words\r\nnonsense\r\nX:\nY:1\r\n\r\n";
        let seen: Vec<_> = Fields::of(header)
            .map(|f| (String::from_utf8_lossy(f.name).into_owned(), f.text(), f.range))
            .collect();
        let expected = [
            ("From", "a@b", 0..11),
            ("Subject", "two words", 11..34),
            ("", "nonsense", 34..44),
            ("X", "", 44..47),
            ("Y", "1", 47..52),
        ];
        assert_eq!(seen.len(), expected.len());
        for ((name, text, range), seen) in expected.into_iter().zip(seen) {
            assert_eq!(seen, (name.to_string(), text.to_string(), range));
        }
    }

    #[test]
    fn the_first_of_a_name_is_the_one_that_all_would_show() {
        let header =
            b"FromX: 0\r\nfrom\r\nFROM : 1\r\n more\r\nFrom: 2\r\n: 3\r\nSubject: 4\r\n\r\nTo: 5\r\n";
        for name in ["From", "fromx", "Subject", "To", "Fro", ""] {
            let expected = Fields::of(header).find(|field| field.is(name));
            assert_eq!(Fields::of(header).first(name), expected, "{name}");
        }
        assert_eq!(Fields::of(header).value("From").as_deref(), Some(&b"1 more"[..]));
    }

    #[test]
    fn where_the_header_ends() {
        for (bytes, end) in [
            (&b""[..], 0),
            (b"A: b", 4),
            (b"A: b\r\n\r\nbody", 8),
            (b"\r\nbody", 2),
            (b"A: b\n\nbody", 6),
            (b"\0\0\0", 3),
        ] {
            assert_eq!(header_length(bytes), end, "{bytes:?}");
        }
    }

    #[test]
    fn no_more_fields_than_the_limit() {
        let header = b"A: b\r\n".repeat(FIELDS_MAX + 50);
        assert_eq!(Fields::of(&header).count(), FIELDS_MAX);
    }
}
