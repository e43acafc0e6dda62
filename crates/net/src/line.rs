//! Cuts a stream of octets into CRLF lines, under a limit, and says what was wrong with each.
//!
//! A line ends with CRLF and with nothing else, so that no two readers can disagree where a command or a message
//! ends (that disagreement is what SMTP smuggling lives on). A lone CR or a NUL stays inside the line and marks it. A
//! lone LF is the end of all reading: a client that ends its lines so waits for an answer and must be told, and
//! behind it nothing can be believed. How the octets were cut into packets makes no difference to the lines.

use bytes::{Buf, Bytes, BytesMut};

/// A line that goes on this long without an end is no mistake any more: the connection is closed.
pub const FLOOD_BYTES_MAX: usize = 1 << 20;

/// What is kept of the beginning of a line that is too long: an IMAP tag, an SMTP verb.
pub const LONG_LINE_HEAD_BYTES: usize = 300;
/// What is kept of its end: the announcement of an IMAP literal.
pub const LONG_LINE_TAIL_BYTES: usize = 32;

/// What makes a line one that no standard allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A CR that no LF follows. [RFC 5321 2.3.8]
    BareCr,
    /// A LF that no CR precedes; in messages only, since in a command it ends the reading. [RFC 5321 2.3.8]
    BareLf,
    /// A NUL octet. [RFC 9051 9]
    Nul,
    /// More octets than the limit; only its beginning and its end are kept.
    TooLong,
}

/// A line without its CRLF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The octets between the line ends. Of a line that was too long the first [`LONG_LINE_HEAD_BYTES`] and the last
    /// [`LONG_LINE_TAIL_BYTES`], so that its answer can be addressed and what it announces can be passed over.
    pub bytes: Bytes,
    /// The first flaw found in it; `TooLong` comes before the others.
    pub flaw: Option<Flaw>,
}

impl Line {
    /// The line as text, if it is flawless UTF-8.
    pub fn text(&self) -> Option<&str> {
        if self.flaw.is_some() { None } else { std::str::from_utf8(&self.bytes).ok() }
    }
}

/// What [`LineScanner::scan`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// A line; its octets have left the buffer.
    Line(Line),
    /// No line end yet.
    More,
    /// A line of more than [`FLOOD_BYTES_MAX`] octets.
    Flood,
    /// A LF that no CR precedes. [RFC 5321 2.3.8]
    BareLf,
}

/// Finds line ends in a buffer that grows, looking at each octet once.
#[derive(Debug, Default)]
pub struct LineScanner {
    seen: usize,
    dropped: usize,
    flaw: Option<Flaw>,
    /// Head and tail of what was dropped; empty until a line is too long.
    ends: Option<Box<Ends>>,
}

/// What is kept of a line that is too long.
#[derive(Debug, Default)]
struct Ends {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Ends {
    fn take_in(&mut self, octets: &[u8]) {
        let room = LONG_LINE_HEAD_BYTES - self.head.len();
        self.head.extend_from_slice(&octets[..octets.len().min(room)]);
        let last = octets.len().saturating_sub(LONG_LINE_TAIL_BYTES);
        self.tail.extend_from_slice(&octets[last..]);
        self.tail.drain(..self.tail.len().saturating_sub(LONG_LINE_TAIL_BYTES));
    }
}

impl LineScanner {
    /// Takes the next line out of `buffer`. Of a line over `limit` octets only its ends are kept.
    pub fn scan(&mut self, buffer: &mut BytesMut, limit: usize) -> Scanned {
        while let Some(at) = memchr::memchr3(b'\r', b'\n', 0, &buffer[self.seen..]) {
            let at = self.seen + at;
            match (buffer[at], buffer.get(at + 1)) {
                (b'\r', Some(b'\n')) => return self.end(buffer, at, limit),
                (b'\r', None) => return self.pause(buffer, at, limit),
                (b'\r', Some(_)) => self.mark(Flaw::BareCr),
                (b'\n', _) => return Scanned::BareLf,
                _ => self.mark(Flaw::Nul),
            }
            self.seen = at + 1;
        }
        self.pause(buffer, buffer.len(), limit)
    }

    /// Forgets a half-read line.
    pub fn reset(&mut self) {
        *self = LineScanner::default();
    }

    fn mark(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert(flaw);
    }

    /// The line ends at `at`, where its CRLF begins.
    fn end(&mut self, buffer: &mut BytesMut, at: usize, limit: usize) -> Scanned {
        let length = self.dropped + at;
        let flaw = if length > limit { Some(Flaw::TooLong) } else { self.flaw };
        let ends = self.ends.take();
        self.reset();
        let bytes = buffer.split_to(at).freeze();
        buffer.advance(2);
        match length {
            flood if flood > FLOOD_BYTES_MAX => Scanned::Flood,
            long if long > limit => {
                let mut ends = ends.unwrap_or_default();
                ends.take_in(&bytes);
                Scanned::Line(Line { bytes: [ends.head, ends.tail].concat().into(), flaw })
            }
            _ => Scanned::Line(Line { bytes, flaw }),
        }
    }

    /// No line end among the first `seen` octets: what is over the limit need not be kept.
    fn pause(&mut self, buffer: &mut BytesMut, seen: usize, limit: usize) -> Scanned {
        self.seen = seen;
        if self.dropped + seen > limit {
            self.dropped += seen;
            self.ends.get_or_insert_default().take_in(&buffer[..seen]);
            buffer.advance(seen);
            self.seen = 0;
        }
        if self.dropped > FLOOD_BYTES_MAX { Scanned::Flood } else { Scanned::More }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All lines of `pieces`, fed one after the other.
    fn lines<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, limit: usize) -> (Vec<Line>, BytesMut) {
        let (mut scanner, mut buffer, mut lines) = (LineScanner::default(), BytesMut::new(), Vec::new());
        for piece in pieces {
            buffer.extend_from_slice(piece);
            while let Scanned::Line(line) = scanner.scan(&mut buffer, limit) {
                lines.push(line);
            }
        }
        (lines, buffer)
    }

    #[test]
    fn only_crlf_ends_a_line() {
        use Flaw::*;
        let long = [b'x'; 11];
        for (input, expected) in [
            (&b"NOOP\r\n"[..], vec![(&b"NOOP"[..], None)]),
            (b"\r\n\r\n", vec![(b"", None), (b"", None)]),
            (b"ok\r\na\nb\r\n", vec![(b"ok", None)]),
            (b"a\rb\r\n", vec![(b"a\rb", Some(BareCr))]),
            (b"a\0b\r\n", vec![(b"a\0b", Some(Nul))]),
            (b"\r\r\n", vec![(b"\r", Some(BareCr))]),
            (b"\n\r\nok\r\n", vec![]),
            (b"1234567890\r\n", vec![(b"1234567890", None)]),
            (b"12345\r67890\r\nok\r\n", vec![(b"12345\r6789012345\r67890", Some(TooLong)), (b"ok", None)]),
            (b"no end", vec![]),
            (b"no end\r", vec![]),
        ] {
            let found = lines([input], 10).0;
            let found: Vec<_> = found.iter().map(|l| (&l.bytes[..], l.flaw)).collect();
            assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(input));
        }
        assert_eq!(lines([&long[..], b"\r\n"], 10).0[0].flaw, Some(TooLong));
    }

    #[test]
    fn of_a_long_line_the_ends_are_kept() {
        let line = [b"a7 SEARCH ".to_vec(), vec![b'x'; 5_000], b" {12+}\r\n".to_vec()].concat();
        for piece in [1, 7, 300, 4_000, 6_000] {
            let found = &lines(line.chunks(piece), 1_000).0[0];
            assert_eq!(found.flaw, Some(Flaw::TooLong));
            assert_eq!(found.bytes.len(), LONG_LINE_HEAD_BYTES + LONG_LINE_TAIL_BYTES);
            assert!(found.bytes.starts_with(b"a7 SEARCH x") && found.bytes.ends_with(b"x {12+}"), "{piece}");
        }
    }

    #[test]
    fn a_lone_lf_ends_the_reading_at_once() {
        for input in ["NOOP\n", "\n", "a\r\r\n\n", "NOOP\nNOOP\r\n", "a\0\n", "12345678901234567890\n"] {
            let (mut scanner, mut buffer) = (LineScanner::default(), BytesMut::from(input));
            let mut last = Scanned::More;
            while matches!(last, Scanned::More | Scanned::Line(_)) {
                last = scanner.scan(&mut buffer, 10);
            }
            assert_eq!(
                (last, scanner.scan(&mut buffer, 10)),
                (Scanned::BareLf, Scanned::BareLf),
                "{input:?}"
            );
        }
    }

    #[test]
    fn a_line_without_end_is_cut_off_and_takes_no_room() {
        let (mut scanner, mut buffer) = (LineScanner::default(), BytesMut::new());
        let mut fed = 0;
        loop {
            buffer.extend_from_slice(&[b'('; 4096]);
            fed += 4096;
            match scanner.scan(&mut buffer, 1000) {
                Scanned::More => assert!(buffer.len() <= 5096),
                Scanned::Flood => break,
                other => panic!("no line was sent, but {other:?}"),
            }
        }
        assert!(fed > FLOOD_BYTES_MAX && fed < FLOOD_BYTES_MAX + 8192);
    }

    proptest! {
        #[test]
        fn any_split_of_the_octets_gives_the_same_lines(
            octets in proptest::collection::vec(proptest::sample::select(&b"ab\r\n\r\n\0"[..]), 0..80),
            cuts in proptest::collection::vec(0usize..80, 0..8),
            limit in 0usize..12,
        ) {
            let whole = lines([&octets[..]], limit).0;
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(octets.len())).collect();
            cuts.extend([0, octets.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|w| &octets[w[0]..w[1]]);
            prop_assert_eq!(lines(pieces, limit).0, whole.clone());
            prop_assert_eq!(lines(octets.chunks(1), limit).0, whole);
        }
    }
}
