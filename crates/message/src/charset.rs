//! Bytes of any charset to text.  [RFC 2045 5.2] [Encoding Standard]

use std::borrow::Cow;

/// Decodes `bytes` of the charset called `name`; an unknown name, or bytes that are no such text, are
/// read as UTF-8 where they are that, else as Windows-1252, which never fails.
pub fn decode<'a>(name: &str, bytes: &'a [u8]) -> Cow<'a, str> {
    // RFC 2231 allows a language behind an asterisk in an encoded word's charset. [RFC 2231 5]
    let name = name.split('*').next().unwrap_or(name).trim().trim_matches('"');
    if is_utf7(name) {
        return utf7(bytes);
    }
    // The Encoding Standard takes it for Windows-1252; what says or means ASCII and is not is more often UTF-8.
    if is_ascii(name) {
        return guess(bytes);
    }
    match encoding_rs::Encoding::for_label(name.as_bytes()) {
        Some(encoding) if encoding != encoding_rs::REPLACEMENT => {
            let (text, _, broken) = encoding.decode(bytes);
            if broken && is_ascii_or_utf8(encoding) { guess(bytes) } else { text }
        }
        _ => guess(bytes),
    }
}

fn is_ascii_or_utf8(encoding: &encoding_rs::Encoding) -> bool {
    encoding == encoding_rs::UTF_8
}

/// Text whose charset nobody told: UTF-8 if it is that, else Windows-1252.
pub fn guess(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Whether [`decode`] knows that charset: SEARCH CHARSET asks. [RFC 9051 6.4.4]
pub fn is_known(name: &str) -> bool {
    let label = encoding_rs::Encoding::for_label(name.trim().as_bytes());
    is_utf7(name) || label.is_some_and(|encoding| encoding != encoding_rs::REPLACEMENT)
}

fn is_ascii(name: &str) -> bool {
    ["us-ascii", "ascii"].iter().any(|label| name.eq_ignore_ascii_case(label))
}

fn is_utf7(name: &str) -> bool {
    name.eq_ignore_ascii_case("utf-7") || name.eq_ignore_ascii_case("unicode-1-1-utf-7")
}

/// UTF-7, which the Encoding Standard leaves out and old mail still has. [RFC 2152]
fn utf7(bytes: &[u8]) -> Cow<'_, str> {
    match mail_parser::decoders::charsets::map::charset_decoder(b"utf-7") {
        Some(decode) => Cow::Owned(decode(bytes)),
        None => guess(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets() {
        for (name, bytes, text) in [
            ("utf-8", "käse".as_bytes(), "käse"),
            ("ISO-8859-1", b"k\xe4se", "käse"),
            ("us-ascii", b"k\xe4se", "käse"),
            ("US-ASCII", "käse".as_bytes(), "käse"),
            ("utf-8", b"k\xe4se", "käse"),
            ("nonsense", b"k\xc3\xa4se", "käse"),
            ("koi8-r", b"\xcd\xc9\xd2", "мир"),
            ("iso-2022-jp", b"\x1b$B\x46\x7c\x4b\x5c\x1b(B", "日本"),
            ("gb2312", b"\xd6\xd0", "中"),
            ("utf-7", b"Hi Mom -+Jjo--!", "Hi Mom -☺-!"),
            ("utf-8*en", b"x", "x"),
            ("", b"", ""),
        ] {
            assert_eq!(decode(name, bytes), text, "{name}");
        }
    }
}
