//! Encoded words in header fields.  [RFC 2047]
//!
//!     encoded-word = "=?" charset "?" encoding "?" encoded-text "?="

use crate::{charset, decode};
use base64::Engine as _;

/// How far the end of a word is looked for: the RFC allows 75 bytes, careless senders write a whole
/// subject; without a bound many starts without an end would cost quadratic time.
const WORD_BYTES_MAX: usize = 4096;

/// The text of an unfolded header value with its encoded words decoded. Words of one charset that touch
/// are decoded together, since senders cut characters in two; what is broken stays as it is.
pub fn decode_words(value: &[u8]) -> String {
    let mut out = String::new();
    let mut held: Option<(String, Vec<u8>)> = None;
    let mut rest = value;
    while let Some(start) = find(rest, b"=?") {
        let Some((word, length)) = word(&rest[start..]) else {
            settle(&mut out, &mut held);
            out.push_str(&charset::guess(&rest[..start + 2]));
            rest = &rest[start + 2..];
            continue;
        };
        // Blanks between two encoded words are no text. [RFC 2047 6.2]
        let between = &rest[..start];
        if held.is_none() || !between.trim_ascii().is_empty() {
            settle(&mut out, &mut held);
            out.push_str(&charset::guess(between));
        }
        hold(&mut out, &mut held, word);
        rest = &rest[start + length..];
    }
    settle(&mut out, &mut held);
    out.push_str(&charset::guess(rest));
    out
}

/// Adds a word to the held bytes of the same charset, or lets those out first.
fn hold(out: &mut String, held: &mut Option<(String, Vec<u8>)>, word: Word<'_>) {
    let bytes = word.bytes();
    match held {
        Some((charset, text)) if charset.eq_ignore_ascii_case(word.charset) => text.extend(bytes),
        _ => {
            settle(out, held);
            *held = Some((word.charset.to_string(), bytes));
        }
    }
}

fn settle(out: &mut String, held: &mut Option<(String, Vec<u8>)>) {
    if let Some((name, bytes)) = held.take() {
        // Line ends and NUL inside a word would break whatever prints the value.
        out.extend(charset::decode(&name, &bytes).chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')));
    }
}

struct Word<'a> {
    charset: &'a str,
    base64: bool,
    text: &'a [u8],
}

impl Word<'_> {
    fn bytes(&self) -> Vec<u8> {
        if self.base64 { decode::base64(self.text) } else { q(self.text) }
    }
}

/// The "Q" encoding: underscore is a blank. [RFC 2047 4.2]
fn q(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match (text[at], text.get(at + 1), text.get(at + 2)) {
            (b'=', Some(&high), Some(&low)) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(decode::hex(high) << 4 | decode::hex(low));
                at += 2;
            }
            (b'_', ..) => out.push(b' '),
            (byte, ..) => out.push(byte),
        }
        at += 1;
    }
    out
}

/// The encoded word at the start of `bytes` and its length.
fn word(bytes: &[u8]) -> Option<(Word<'_>, usize)> {
    let after = bytes.strip_prefix(b"=?")?;
    let first = after.iter().take(100).position(|&b| b == b'?')?;
    let charset = std::str::from_utf8(&after[..first]).ok()?;
    let base64 = match after.get(first + 1)? {
        b'b' | b'B' => true,
        b'q' | b'Q' => false,
        _ => return None,
    };
    let text = after.get(first + 2..)?.strip_prefix(b"?")?;
    let end = find(&text[..text.len().min(WORD_BYTES_MAX)], b"?=")?;
    let whole = !charset.is_empty() && !text[..end].contains(&b'?');
    whole.then(|| (Word { charset, base64, text: &text[..end] }, 2 + first + 3 + end + 2))
}

/// Where two bytes stand. A search for so few needs no preparation, which would cost more than most values are long.
fn find(bytes: &[u8], [first, second]: &[u8; 2]) -> Option<usize> {
    memchr::memchr_iter(*first, bytes).find(|at| bytes.get(at + 1) == Some(second))
}

/// An encoded word holds at most 75 characters; 45 octets in base64 with its frame fit. [RFC 2047 2]
const WORD_OCTETS_MAX: usize = 45;

/// An unstructured value as it can stand in a header: as it is where it is ASCII, else in encoded words of
/// whole characters. [RFC 2047 5]
pub fn encode_words(value: &str) -> String {
    if value.is_ascii() {
        return value.to_owned();
    }
    let mut pieces = vec![String::new()];
    for c in value.chars() {
        if pieces.last().is_some_and(|piece| piece.len() + c.len_utf8() > WORD_OCTETS_MAX) {
            pieces.push(String::new());
        }
        pieces.iter_mut().last().into_iter().for_each(|piece| piece.push(c));
    }
    let word = |piece: &String| format!("=?utf-8?B?{}?=", base64::prelude::BASE64_STANDARD.encode(piece));
    pieces.iter().map(word).collect::<Vec<_>>().join("\r\n ")
}

/// Octets in base64, in lines as mail has them. [RFC 2045 6.8]
pub fn base64_lines(octets: &[u8]) -> String {
    let encoded = base64::prelude::BASE64_STANDARD.encode(octets);
    let mut out = String::with_capacity(encoded.len() + encoded.len() / 38 + 2);
    for (at, letter) in encoded.chars().enumerate() {
        if at > 0 && at % LINE_MAX == 0 {
            out.push_str("\r\n");
        }
        out.push(letter);
    }
    out
}

/// A line of base64. [RFC 2045 6.8]
const LINE_MAX: usize = 76;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words() {
        for (value, text) in [
            ("plain", "plain"),
            ("=?utf-8?Q?k=C3=A4se?=", "käse"),
            ("=?utf-8?Q?k=C3=A4se?= und =?iso-8859-1?q?Brot_=E4?=", "käse und Brot ä"),
            ("=?UTF-8?B?w6Q=?=   =?UTF-8?B?w7Y=?=", "äö"),
            ("=?UTF-8?B?w6?= =?UTF-8?B?pA==?=", "ä"),
            ("=?UTF-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä"),
            ("=?iso-8859-1*de?Q?=E4?=", "ä"),
            ("=?broken?=", "=?broken?="),
            ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("=?utf-8?Q?abc", "=?utf-8?Q?abc"),
            ("a =?utf-8?Q??= b", "a  b"),
            ("=?", "=?"),
            ("=?=?=?=?", "=?=?=?=?"),
        ] {
            assert_eq!(decode_words(value.as_bytes()), text, "{value}");
        }
    }

    #[test]
    fn many_starts_of_words_take_linear_time() {
        let value = b"=?utf-8?Q?".repeat(20_000);
        assert!(decode_words(&value).len() >= value.len());
    }

    #[test]
    fn what_is_encoded_is_decoded_again() {
        for text in ["plain", "Größen und Preise, Liste 7", "Ελλάδα: προσφορά ".repeat(9).trim_end(), "日本"]
        {
            let encoded = encode_words(text);
            assert!(encoded.is_ascii() && encoded.lines().all(|line| line.len() <= 76), "{encoded}");
            assert_eq!(decode_words(encoded.as_bytes()), text);
        }
    }
}
