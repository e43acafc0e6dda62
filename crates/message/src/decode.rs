//! Content-Transfer-Encodings: base64 and quoted-printable, read leniently.  [RFC 2045 6]

use std::borrow::Cow;

/// A Content-Transfer-Encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// 7bit, 8bit, binary, or none given.
    Identity,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
    /// A word that we do not know: such content cannot be decoded. [RFC 3516 4.3]
    Unknown,
}

impl Encoding {
    pub(crate) fn of(value: Option<&[u8]>) -> Encoding {
        let word = value.map(encoding_word).unwrap_or_default();
        match word.to_ascii_lowercase().as_slice() {
            b"" | b"7bit" | b"8bit" | b"binary" => Encoding::Identity,
            b"base64" => Encoding::Base64,
            b"quoted-printable" => Encoding::QuotedPrintable,
            _ => Encoding::Unknown,
        }
    }
}

/// The mechanism that a Content-Transfer-Encoding names: a token, without the comments and parameters that senders put
/// around it. [RFC 2045 6.1]
pub(crate) fn encoding_word(value: &[u8]) -> Vec<u8> {
    let bare = without_comments(value);
    let end = |b: &u8| b.is_ascii_whitespace() || b"()<>@,;:\\\"/[]?=".contains(b);
    let word = bare.trim_ascii_start();
    word[..word.iter().position(end).unwrap_or(word.len())].to_vec()
}

/// A value without its comments, which may lie within each other. [RFC 5322 3.2.2]
fn without_comments(value: &[u8]) -> Vec<u8> {
    let (mut out, mut depth, mut bytes) = (Vec::with_capacity(value.len()), 0_usize, value.iter());
    while let Some(&byte) = bytes.next() {
        match byte {
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            b'\\' if depth > 0 => drop(bytes.next()),
            _ if depth == 0 => out.push(byte),
            _ => {}
        }
    }
    out
}

/// The content of a body in its encoding; what is broken is skipped or left as it stands.
pub fn decode<'a>(encoding: Encoding, body: &'a [u8]) -> Cow<'a, [u8]> {
    match encoding {
        Encoding::Base64 => Cow::Owned(base64(body)),
        Encoding::QuotedPrintable => Cow::Owned(quoted_printable(body)),
        Encoding::Identity | Encoding::Unknown => Cow::Borrowed(body),
    }
}

/// The value of a base64 letter; both alphabets are read.
fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Octets in base64, in lines as mail has them. [RFC 2045 6.8]
pub fn base64_lines(octets: &[u8]) -> Vec<u8> {
    use ::base64::Engine;
    let text = ::base64::engine::general_purpose::STANDARD.encode(octets);
    let mut out = Vec::with_capacity(text.len() / 76 * 78 + 80);
    for line in text.as_bytes().chunks(76) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// Base64 with foreign bytes skipped; a `=` ends a quantum, and more may follow it. [RFC 2045 6.8]
pub fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0u32, 0);
    for &byte in body {
        if byte == b'=' {
            flush(&mut out, bits, count);
            (bits, count) = (0, 0);
        } else if let Some(value) = sextet(byte) {
            bits = bits << 6 | value;
            count += 1;
            if count == 4 {
                out.extend_from_slice(&bits.to_be_bytes()[1..]);
                (bits, count) = (0, 0);
            }
        }
    }
    flush(&mut out, bits, count);
    out
}

/// Writes the whole bytes of a quantum that ended early.
fn flush(out: &mut Vec<u8>, bits: u32, count: u32) {
    match count {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
}

/// Quoted-printable: soft line ends removed, blanks at line ends dropped, a broken escape kept. [RFC 2045 6.7]
pub fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|&b| b == b'\n') {
        let end = line_end(line);
        let text = line[..line.len() - end.len()].trim_ascii_end();
        let soft = quoted_line(&mut out, text);
        if !soft {
            out.extend_from_slice(end);
        }
    }
    out
}

fn line_end(line: &[u8]) -> &[u8] {
    let end = if line.ends_with(b"\r\n") { 2 } else { usize::from(line.ends_with(b"\n")) };
    &line[line.len() - end..]
}

/// Decodes one line without its end; true when it ends with a soft line break.
fn quoted_line(out: &mut Vec<u8>, text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        match (text[at], text.get(at + 1), text.get(at + 2)) {
            (b'=', None, _) => return true,
            (b'=', Some(&high), Some(&low)) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(hex(high) << 4 | hex(low));
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    false
}

/// The value of a hexadecimal digit; other bytes count as 0.
pub(crate) fn hex(digit: u8) -> u8 {
    (digit as char).to_digit(16).map_or(0, |value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_it_comes() {
        for (text, content) in [
            ("", ""),
            ("aGVsbG8=", "hello"),
            ("aGVs\r\nbG8", "hello"),
            ("aGVsbG8=aGVsbG8=", "hellohello"),
            ("a!G?V s\0bG8", "hello"),
        ] {
            assert_eq!(base64(text.as_bytes()), content.as_bytes(), "{text}");
        }
    }

    #[test]
    fn quoted_printable_as_it_comes() {
        for (text, content) in [
            ("a=3Db", "a=b"),
            ("soft=\r\nline", "softline"),
            ("soft= \t\r\nline", "softline"),
            ("blank  \r\nnext\r\n", "blank\r\nnext\r\n"),
            ("=C3=A4", "ä"),
            ("=ZZ=3", "=ZZ=3"),
            ("=", ""),
            ("a\nb", "a\nb"),
        ] {
            assert_eq!(quoted_printable(text.as_bytes()), content.as_bytes(), "{text:?}");
        }
    }
}
