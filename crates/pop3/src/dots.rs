//! Sends a message as a multi-line response: dots doubled, at most some lines of its body.  [RFC 1939 3]
//!
//! A line is taken to begin after any LF, since that is where most clients cut: in a message with bare LF (it
//! can come by IMAP) a dot after one would end the response for them and not for others.

/// Where in the message the last octet left us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Line,
    Text,
}

/// Turns a message, in pieces cut anywhere, into a response.
#[derive(Debug)]
pub(crate) struct Stuffing {
    at: At,
    last: [u8; 2],
    in_header: bool,
    line_is_empty: bool,
    lines_left: Option<u64>,
}

impl Stuffing {
    /// All of a message (`None`), or its header and some lines of its body.
    pub(crate) fn new(lines: Option<u64>) -> Stuffing {
        Stuffing { at: At::Line, last: *b"\r\n", in_header: true, line_is_empty: true, lines_left: lines }
    }

    /// Adds what is to be sent for `input` to `out`; false when enough lines were sent.
    pub(crate) fn feed(&mut self, input: &[u8], out: &mut Vec<u8>) -> bool {
        let mut rest = input;
        while !rest.is_empty() {
            if self.at == At::Line {
                if self.lines_left == Some(0) && !self.in_header {
                    return false;
                }
                if rest[0] == b'.' {
                    out.push(b'.');
                }
                self.at = At::Text;
            }
            let (line, tail) = match memchr::memchr(b'\n', rest) {
                Some(end) => rest.split_at(end + 1),
                None => (rest, &rest[..0]),
            };
            self.take(line, out);
            rest = tail;
        }
        true
    }

    /// The end: the message's last line is ended if it is not, then the response.
    pub(crate) fn end(&self, out: &mut Vec<u8>) {
        if self.last != *b"\r\n" {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b".\r\n");
    }

    /// A line, or the part of one that has come.
    fn take(&mut self, line: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(line);
        for octet in &line[line.len().saturating_sub(2)..] {
            self.last = [self.last[1], *octet];
        }
        self.line_is_empty &= line.iter().all(|octet| matches!(octet, b'\r' | b'\n'));
        if line.ends_with(b"\n") {
            self.end_of_line();
        }
    }

    fn end_of_line(&mut self) {
        self.at = At::Line;
        if self.in_header {
            self.in_header = !self.line_is_empty;
        } else if let Some(left) = &mut self.lines_left {
            *left = left.saturating_sub(1);
        }
        self.line_is_empty = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn send<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, lines: Option<u64>) -> String {
        let (mut stuffing, mut out) = (Stuffing::new(lines), Vec::new());
        for piece in pieces {
            if !stuffing.feed(piece, &mut out) {
                break;
            }
        }
        stuffing.end(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn messages_as_responses() {
        let mail = "a: 1\r\n.b: 2\r\n\r\nx\r\n.\r\n..y\r\nz";
        for (message, lines, expected) in [
            (mail, None, "a: 1\r\n..b: 2\r\n\r\nx\r\n..\r\n...y\r\nz\r\n.\r\n"),
            (mail, Some(0), "a: 1\r\n..b: 2\r\n\r\n.\r\n"),
            (mail, Some(2), "a: 1\r\n..b: 2\r\n\r\nx\r\n..\r\n.\r\n"),
            (mail, Some(99), "a: 1\r\n..b: 2\r\n\r\nx\r\n..\r\n...y\r\nz\r\n.\r\n"),
            ("", None, ".\r\n"),
            (".", None, "..\r\n.\r\n"),
            ("a\n.\nb", None, "a\n..\nb\r\n.\r\n"),
            ("a\r", None, "a\r\r\n.\r\n"),
            ("a\n", None, "a\n\r\n.\r\n"),
            ("header only\r\n", Some(5), "header only\r\n.\r\n"),
        ] {
            assert_eq!(send([message.as_bytes()], lines), expected, "{message:?} {lines:?}");
        }
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_response(text in "[a.\r\n]{0,40}", cut in 0usize..40, lines in proptest::option::of(0u64..4)) {
            let octets = text.as_bytes();
            let whole = send([octets], lines);
            let (head, tail) = octets.split_at(cut.min(octets.len()));
            prop_assert_eq!(send([head, tail], lines), whole.clone());
            prop_assert_eq!(send(octets.chunks(1), lines), whole);
        }
    }
}
