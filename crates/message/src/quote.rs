//! How a string of a message is written on an IMAP line.  [RFC 9051 4.3]

/// Longest string sent quoted; longer ones are literals, since clients read lines into fixed buffers.
const QUOTED_BYTES_MAX: usize = 1000;

/// Writes `NIL` or the string.
pub(crate) fn nstring(out: &mut Vec<u8>, text: Option<&[u8]>) {
    match text {
        Some(text) => string(out, text),
        None => out.extend_from_slice(b"NIL"),
    }
}

/// Writes a quoted string, or a literal where a quoted string could not hold the bytes.
pub(crate) fn string(out: &mut Vec<u8>, text: &[u8]) {
    let fits = |b: &u8| (b' '..0x7f).contains(b) || *b == b'\t';
    if text.len() <= QUOTED_BYTES_MAX && text.iter().all(fits) {
        quoted(out, text);
    } else {
        literal(out, text);
    }
}

fn quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for &byte in text {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// A literal has any byte but NUL, which no header value that is rendered holds. [RFC 9051 4.3]
fn literal(out: &mut Vec<u8>, text: &[u8]) {
    let nuls = text.iter().filter(|&&b| b == 0).count();
    out.extend_from_slice(format!("{{{}}}\r\n", text.len() - nuls).as_bytes());
    out.extend(text.iter().filter(|&&b| b != 0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_cannot_break_the_line() {
        for (text, wire) in [
            (&b"abc"[..], &b"\"abc\""[..]),
            (b"", b"\"\""),
            (b"a\"b\\c", b"\"a\\\"b\\\\c\""),
            (b"a\r\nb", b"{4}\r\na\r\nb"),
            (b"k\xe4se", b"{4}\r\nk\xe4se"),
            (b"a\0\x01b", b"{3}\r\na\x01b"),
        ] {
            let mut out = Vec::new();
            string(&mut out, text);
            assert_eq!(out, wire);
        }
    }
}
