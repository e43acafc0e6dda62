//! The octets of BDAT: as they are, but held to the same line ends as DATA, since a message may be passed
//! on by either.  [RFC 3030 2] [RFC 5321 2.3.8]

use net::Flaw;

use crate::body::Sink;

/// Reads chunks in pieces, cut anywhere.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    after_cr: bool,
}

impl Chunks {
    /// Puts all of `input` into `body`.
    pub(crate) fn feed(&mut self, input: &[u8], body: &mut impl Sink) {
        let mut at = 0;
        while at < input.len() {
            if std::mem::take(&mut self.after_cr) {
                match input[at] {
                    b'\n' => at += 1,
                    _ => body.spoil(Flaw::BareCr),
                }
            }
            let Some(next) = memchr::memchr3(b'\r', b'\n', 0, &input[at..]) else { break };
            match input[at + next] {
                b'\r' => self.after_cr = true,
                b'\n' => body.spoil(Flaw::BareLf),
                _ => body.spoil(Flaw::Nul),
            }
            at += next + 1;
        }
        body.push(input);
    }

    /// The message ends here: a CR at its end is bare too.
    pub(crate) fn end(&mut self, body: &mut impl Sink) {
        if self.after_cr {
            body.spoil(Flaw::BareCr);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn chunks_are_kept_as_they_are_and_lines_end_with_crlf() {
        for (chunks, flaw) in [
            (&["a\r\nb\r\n"][..], None),
            (&["a\r", "\nb"], None),
            (&["", "a", "\r", "\n", ".\r\n"], None),
            (&["a\r", "b"], Some(Flaw::BareCr)),
            (&["a\r\r\n"], Some(Flaw::BareCr)),
            (&["a\r"], Some(Flaw::BareCr)),
            (&["a\n"], Some(Flaw::BareLf)),
            (&["a\r\n\n"], Some(Flaw::BareLf)),
            (&["a\0"], Some(Flaw::Nul)),
        ] {
            let (mut reader, mut seen) = (Chunks::default(), Seen::default());
            chunks.iter().for_each(|chunk| reader.feed(chunk.as_bytes(), &mut seen));
            reader.end(&mut seen);
            assert_eq!((seen.0, seen.1), (chunks.concat().into_bytes(), flaw), "{chunks:?}");
        }
    }
}
