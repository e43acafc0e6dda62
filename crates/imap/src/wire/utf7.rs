//! Modified UTF-7, in which folder names travel to clients that did not ask for UTF-8.  [RFC 3501 5.1.3]

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// The name in modified UTF-7.
pub(crate) fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut wide: Vec<u16> = Vec::new();
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            shift(&mut out, &mut wide);
            out.push_str(if c == '&' { "&-" } else { "" });
            out.extend((c != '&').then_some(c));
        } else {
            wide.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    shift(&mut out, &mut wide);
    out
}

/// Writes what has gathered as one shifted run.
fn shift(out: &mut String, wide: &mut Vec<u16>) {
    if wide.is_empty() {
        return;
    }
    out.push('&');
    let (mut bits, mut count) = (0u32, 0);
    for unit in wide.drain(..) {
        (bits, count) = (bits << 16 | u32::from(unit), count + 16);
        while count >= 6 {
            count -= 6;
            out.push(LETTERS[(bits >> count & 63) as usize] as char);
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        out.push(LETTERS[(bits << (6 - count) & 63) as usize] as char);
    }
    out.push('-');
}

/// The name that modified UTF-7 says; `None` if it is not that, or not its only spelling: two spellings
/// of one name would be two folders.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        let (run, after) = rest[start + 1..].split_once('-')?;
        if run.is_empty() {
            out.push('&')
        } else {
            out.push_str(&unshift(run)?)
        }
        rest = after;
    }
    out.push_str(rest);
    (encode(&out) == text).then_some(out)
}

fn unshift(run: &str) -> Option<String> {
    let (mut bits, mut count, mut wide) = (0u32, 0, Vec::new());
    for byte in run.bytes() {
        let value = LETTERS.iter().position(|&letter| letter == byte)? as u32;
        (bits, count) = (bits << 6 | value, count + 6);
        if count >= 16 {
            count -= 16;
            wide.push((bits >> count) as u16);
            bits &= (1 << count) - 1;
        }
    }
    String::from_utf16(&wide).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_both_ways() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("a&b", "a&-b"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("☺", "&Jjo-"),
            ("😀", "&2D3eAA-"),
            ("\u{7f}", "&AH8-"),
            ("", ""),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire).as_deref(), Some(name), "{wire}");
        }
    }

    #[test]
    fn what_is_no_modified_utf7() {
        for wire in [
            "&",
            "&Jjo",
            "&Jjo!",
            "&Jj-",
            "a&AGE-",
            "&2D0-",
            "&Jjo-&Jjo-",
            "ü",
            "&AAAA\u{e4}-",
            "&AGE",
            "&-&",
        ] {
            assert_eq!(decode(wire), None, "{wire}");
        }
    }

    proptest! {
        #[test]
        fn any_name_comes_back(name in "\\PC{0,30}") {
            let wire = encode(&name);
            prop_assert!(wire.is_ascii());
            prop_assert_eq!(decode(&wire), Some(name));
        }
        #[test]
        fn any_text_has_an_answer(text in "[&A-Za-z,+-]{0,30}") {
            if let Some(name) = decode(&text) {
                prop_assert_eq!(encode(&name), text);
            }
        }
    }
}
