//! The transparency of DATA: removes the added dots and finds the one end a message has.  [RFC 5321 4.5.2]
//!
//! The end is CRLF.CRLF. LF.LF, LF.CRLF, CR.CR, CRLF.LF and CR.CRLF are no end; a message that has them is
//! read to its true end and marked, so that nothing of it can be taken for a command. [RFC 5321 4.1.1.4]

use net::Flaw;

use crate::body::Sink;

/// Where in a line the last octet left us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Start,
    Text,
    Cr,
    Dot,
    DotCr,
    End,
}

/// Reads a message in pieces, cut anywhere.
#[derive(Debug, Default)]
pub(crate) struct Dots(At);

impl Dots {
    /// Whether the end was found.
    pub(crate) fn ended(&self) -> bool {
        self.0 == At::End
    }

    /// Puts the message's octets in `input` into `body`; tells how many octets of `input` belong to it.
    pub(crate) fn feed(&mut self, input: &[u8], body: &mut impl Sink) -> usize {
        let (mut from, mut at) = (0, 0);
        while let Some(&octet) = input.get(at) {
            if self.0 == At::Text {
                let Some(next) = memchr::memchr3(b'\r', b'\n', 0, &input[at..]) else { break };
                at += next;
                self.0 = self.special(input[at], body);
                at += 1;
                continue;
            }
            match (self.0, octet) {
                (At::Start, b'.') => {
                    body.push(&input[from..at]);
                    from = at + 1;
                    (self.0, at) = (At::Dot, at + 1);
                }
                (At::Cr, b'\n') => (self.0, at) = (At::Start, at + 1),
                (At::Dot, b'\r') => (self.0, at, from) = (At::DotCr, at + 1, at + 1),
                (At::DotCr, b'\n') => {
                    self.0 = At::End;
                    return at + 1;
                }
                // The octet itself is looked at in the next round.
                (state, _) => {
                    match state {
                        At::Cr => body.spoil(Flaw::BareCr),
                        At::DotCr => {
                            body.spoil(Flaw::BareCr);
                            body.push(b"\r");
                        }
                        _ => {}
                    }
                    self.0 = At::Text;
                }
            }
        }
        if !self.ended() {
            body.push(&input[from..]);
        }
        input.len()
    }

    /// A CR, LF or NUL within a line.
    fn special(&mut self, octet: u8, body: &mut impl Sink) -> At {
        match octet {
            b'\r' => At::Cr,
            b'\n' => {
                body.spoil(Flaw::BareLf);
                At::Text
            }
            _ => {
                body.spoil(Flaw::Nul);
                At::Text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Default)]
    struct Seen(Vec<u8>, Option<Flaw>);

    impl Sink for Seen {
        fn push(&mut self, octets: &[u8]) {
            self.0.extend_from_slice(octets);
        }
        fn spoil(&mut self, flaw: Flaw) {
            self.1.get_or_insert(flaw);
        }
    }

    /// The message in `pieces`, what is wrong with it, how many octets it took, whether it ended.
    fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<u8>, Option<Flaw>, usize, bool) {
        let (mut dots, mut body, mut taken) = (Dots::default(), Seen::default(), 0);
        for piece in pieces {
            if !dots.ended() {
                taken += dots.feed(piece, &mut body);
            }
        }
        (body.0, body.1, taken, dots.ended())
    }

    #[test]
    fn a_message_has_one_end() {
        use Flaw::*;
        for (input, octets, flaw, ended) in [
            (&b".\r\n"[..], &b""[..], None, true),
            (b"a\r\n.\r\n", b"a\r\n", None, true),
            (b"a\r\n..\r\n.\r\n", b"a\r\n.\r\n", None, true),
            (b"..a\r\n.b\r\n.\r\n", b".a\r\nb\r\n", None, true),
            (b"a.\r\n.\r\n", b"a.\r\n", None, true),
            (b"a\n.\nMAIL\r\n", b"a\n.\nMAIL\r\n", Some(BareLf), false),
            (b"a\n.\r\nMAIL\r\n", b"a\n.\r\nMAIL\r\n", Some(BareLf), false),
            (b"a\r.\rMAIL\r\n", b"a\r.\rMAIL\r\n", Some(BareCr), false),
            (b"a\r\n.\nMAIL\r\n", b"a\r\n\nMAIL\r\n", Some(BareLf), false),
            (b"a\r\n.\rMAIL\r\n", b"a\r\n\rMAIL\r\n", Some(BareCr), false),
            (b"a\r.\r\nMAIL\r\n", b"a\r.\r\nMAIL\r\n", Some(BareCr), false),
            (b"a\r\n.\r\r\n.\r\n", b"a\r\n\r\r\n", Some(BareCr), true),
            (b"a\0\r\n.\r\n", b"a\0\r\n", Some(Nul), true),
            (b"a\r\r\n.\r\n", b"a\r\r\n", Some(BareCr), true),
            (b"a\r\n.\r\nMAIL FROM:<x>\r\n", b"a\r\n", None, true),
        ] {
            let found = read([input]);
            let shown = String::from_utf8_lossy(input);
            assert_eq!((&found.0[..], found.1, found.3), (octets, flaw, ended), "{shown:?}");
        }
        assert_eq!(read([&b"a\r\n.\r\nMAIL"[..]]).2, 6);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_message(
            octets in proptest::collection::vec(proptest::sample::select(&b"a..\r\n\r\n\0"[..]), 0..60),
            cut in 0usize..60,
        ) {
            let whole = read([&octets[..]]);
            let (head, tail) = octets.split_at(cut.min(octets.len()));
            prop_assert_eq!(read([head, tail]), whole.clone());
            prop_assert_eq!(read(octets.chunks(1)), whole);
        }

        #[test]
        fn what_a_client_sends_comes_out(lines in proptest::collection::vec("[a.]{0,4}", 0..12)) {
            let message: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let sent: String = lines.iter()
                .map(|line| format!("{}{line}\r\n", if line.starts_with('.') { "." } else { "" }))
                .chain([".\r\n".to_owned()]).collect();
            let (octets, flaw, taken, ended) = read([sent.as_bytes()]);
            prop_assert_eq!((octets, flaw, taken, ended), (message.into_bytes(), None, sent.len(), true));
        }
    }
}
