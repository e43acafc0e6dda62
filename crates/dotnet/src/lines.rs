//! Text that is read line by line: of an endless file whoever wants three lines gets three, and nobody holds the whole.

use crate::text::GROWN_BYTES_MAX;
use crate::values::Encoding;
use memchr::{memchr2, memmem};
use std::borrow::Cow;
use std::io::{self, ErrorKind, Read};

/// A longer line is not held.
pub const LINE_BYTES_MAX: usize = GROWN_BYTES_MAX;

/// What is asked of the source at once.
const PIECE_BYTES: usize = 64 << 10;

/// Encodings that say themselves at the beginning of a text what they are; UTF-32's mark begins like UTF-16's.
const MARKED: [Encoding; 4] = [Encoding::Utf8, Encoding::Utf32, Encoding::Utf16, Encoding::Utf16Big];

/// The encoding whose mark the bytes begin with.
pub fn marked(bytes: &[u8]) -> Option<Encoding> {
    MARKED.into_iter().find(|encoding| bytes.starts_with(encoding.mark()))
}

/// The lines of a file, by its mark, else in the encoding asked for.
pub struct TextLines {
    source: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Where in the buffer begins what nobody has yet.
    at: usize,
    ended: bool,
    begun: bool,
    /// What the text says itself that it is.
    mark: Option<Encoding>,
    /// `None`: UTF-8.
    encoding: Option<Encoding>,
    /// Whether lines that are no UTF-8 are read as Windows-1252.
    windows: bool,
    /// What parts the lines, as bytes; `None`: line ends of any kind.
    delimiter: Option<Vec<u8>>,
    /// So many bytes of a line are held.
    most: usize,
}

/// A line without its end, and how many bytes the end has behind it.
struct Found {
    end: usize,
    next: usize,
}

impl TextLines {
    /// The lines of `source`. `windows`: where no encoding is asked for, what is no UTF-8 is Windows-1252.
    pub fn new(source: Box<dyn Read + Send>, asked: Option<Encoding>, windows: bool) -> TextLines {
        TextLines {
            source,
            buffer: Vec::new(),
            at: 0,
            ended: false,
            begun: false,
            mark: None,
            encoding: asked.filter(|encoding| !matches!(encoding, Encoding::Utf8 | Encoding::Utf8NoMark)),
            windows,
            delimiter: None,
            most: LINE_BYTES_MAX,
        }
    }

    /// Parts what is read at `delimiter` instead of at line ends.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn parted_at(mut self, delimiter: &str) -> io::Result<TextLines> {
        self.begin()?;
        self.delimiter = Some(self.encoding.unwrap_or(Encoding::Utf8NoMark).bytes(delimiter));
        Ok(self)
    }

    /// The encoding that the text says of itself.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn mark(&mut self) -> io::Result<Option<Encoding>> {
        self.begin()?;
        Ok(self.mark)
    }

    /// The next line without its end; `None`: there is no more.
    ///
    /// # Errors
    /// The source cannot be read, or the line is longer than [`LINE_BYTES_MAX`] (kind `OutOfMemory`).
    pub fn line(&mut self) -> io::Result<Option<Cow<'_, str>>> {
        let Some((from, found)) = self.step()? else { return Ok(None) };
        Ok(Some(self.decoded(from, found.end)))
    }

    /// The next line together with its end.
    ///
    /// # Errors
    /// As of [`TextLines::line`].
    pub fn whole_line(&mut self) -> io::Result<Option<Cow<'_, str>>> {
        let Some((from, found)) = self.step()? else { return Ok(None) };
        Ok(Some(self.decoded(from, found.next)))
    }

    /// Goes on to the next line: where it begins, where it ends.
    fn step(&mut self) -> io::Result<Option<(usize, Found)>> {
        self.begin()?;
        let mut looked = self.at;
        let found = loop {
            if let Some(found) = self.end_behind(looked) {
                break found;
            }
            if self.ended {
                let all = self.buffer.len();
                if self.at == all {
                    return Ok(None);
                }
                break Found { end: all, next: all };
            }
            // The end may have begun in what was looked at.
            let kept = self.delimiter.as_ref().map_or(4, Vec::len);
            let back = self.buffer.len().saturating_sub(kept).max(self.at);
            let unit = self.unit();
            let aligned = back - (back - self.at) % unit;
            looked = aligned - self.fill()?;
        };
        let from = std::mem::replace(&mut self.at, found.next);
        Ok(Some((from, found)))
    }

    /// Reads the mark, once.
    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        while !self.ended && self.buffer.len() < 4 {
            self.fill()?;
        }
        self.mark = marked(&self.buffer);
        if let Some(encoding) = self.mark {
            self.at = encoding.mark().len();
            self.encoding = Some(encoding).filter(|encoding| *encoding != Encoding::Utf8);
        }
        Ok(())
    }

    /// Reads on; by how much what is in the buffer moved to its front.
    fn fill(&mut self) -> io::Result<usize> {
        let moved = self.at;
        self.buffer.drain(..moved);
        self.at = 0;
        let held = self.buffer.len();
        if held > self.most {
            let message = "Insufficient memory to hold a line of the file.";
            return Err(io::Error::new(ErrorKind::OutOfMemory, message));
        }
        self.buffer.resize(held + PIECE_BYTES, 0);
        let read = loop {
            match self.source.read(&mut self.buffer[held..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(held + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        Ok(moved)
    }

    /// How many bytes belong together.
    fn unit(&self) -> usize {
        match self.encoding {
            Some(Encoding::Utf16 | Encoding::Utf16Big) => 2,
            Some(Encoding::Utf32) => 4,
            _ => 1,
        }
    }

    fn end_behind(&self, from: usize) -> Option<Found> {
        match (&self.delimiter, self.unit()) {
            (Some(delimiter), unit) => self.delimiter_behind(delimiter, from, unit),
            (None, 1) => self.line_end_behind(from),
            (None, unit) => self.wide_end_behind(from, unit),
        }
    }

    fn line_end_behind(&self, from: usize) -> Option<Found> {
        let end = from + memchr2(b'\n', b'\r', &self.buffer[from..])?;
        let two = match (self.buffer[end], self.buffer.get(end + 1)) {
            (b'\r', Some(b'\n')) => true,
            // What follows is not known yet.
            (b'\r', None) if !self.ended => return None,
            _ => false,
        };
        Some(Found { end, next: end + 1 + usize::from(two) })
    }

    fn wide_end_behind(&self, from: usize, unit: usize) -> Option<Found> {
        let encoding = self.encoding?;
        let (feed, back) = (encoding.bytes("\n"), encoding.bytes("\r"));
        let at = |place: usize| self.buffer.get(place..place + unit);
        let mut place = from;
        while let Some(letter) = at(place) {
            let next = place + unit;
            if letter == feed.as_slice() {
                return Some(Found { end: place, next });
            }
            if letter == back.as_slice() {
                return match at(next) {
                    Some(letter) if letter == feed.as_slice() => {
                        Some(Found { end: place, next: next + unit })
                    }
                    None if !self.ended => None,
                    _ => Some(Found { end: place, next }),
                };
            }
            place = next;
        }
        None
    }

    fn delimiter_behind(&self, delimiter: &[u8], from: usize, unit: usize) -> Option<Found> {
        let end = match unit {
            1 => from + memmem::find(&self.buffer[from..], delimiter)?,
            _ => (from..self.buffer.len())
                .step_by(unit)
                .find(|at| self.buffer[*at..].starts_with(delimiter))?,
        };
        Some(Found { end, next: end + delimiter.len() })
    }

    fn decoded(&self, from: usize, to: usize) -> Cow<'_, str> {
        let bytes = &self.buffer[from..to];
        match self.encoding {
            Some(encoding) => Cow::Owned(encoding.text_of(bytes)),
            None => match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) if self.windows => Cow::Owned(Encoding::Windows1252.text_of(bytes)),
                Err(_) => String::from_utf8_lossy(bytes),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives so many bytes at a time.
    struct Slow(Vec<u8>, usize);

    impl Read for Slow {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            into[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    fn lines(bytes: &[u8], asked: Option<Encoding>, delimiter: Option<&str>) -> Vec<String> {
        let ways: Vec<Vec<String>> = [1, 2, 3, 5, 100]
            .into_iter()
            .map(|count| {
                let mut lines = TextLines::new(Box::new(Slow(bytes.to_vec(), count)), asked, true);
                if let Some(delimiter) = delimiter {
                    lines = lines.parted_at(delimiter).unwrap();
                }
                let mut all = Vec::new();
                while let Some(line) = lines.line().unwrap() {
                    all.push(line.into_owned());
                }
                all
            })
            .collect();
        assert!(ways.iter().all(|way| *way == ways[0]), "pieces part them: {ways:?}");
        ways[0].clone()
    }

    #[test]
    fn lines_are_the_same_however_the_bytes_come() {
        let table: &[(&[u8], &[&str])] = &[
            (b"", &[]),
            (b"a", &["a"]),
            (b"a\n", &["a"]),
            (b"a\nb\r\nc\rd\n\ne", &["a", "b", "c", "d", "", "e"]),
            (b"a\r", &["a"]),
            (b"\n\n", &["", ""]),
            (b"\xEF\xBB\xBFa\xC3\xBC\nb", &["aü", "b"]),
            (b"\xFCber\nzw\xC3\xB6lf", &["über", "zwölf"]),
            (b"\xFF\xFEa\0\n\0b\0\r\0\n\0\x0A\x0Ac\0", &["a", "b", "\u{a0a}c"]),
            (b"\xFE\xFF\0a\0\r\0b", &["a", "b"]),
            (b"\xFF\xFE\0\0a\0\0\0\n\0\0\0b\0\0\0", &["a", "b"]),
        ];
        for (bytes, wanted) in table {
            assert_eq!(lines(bytes, None, None), *wanted, "{bytes:?}");
        }
    }

    #[test]
    fn a_delimiter_parts_them_instead() {
        assert_eq!(lines(b"a--b-c--", None, Some("--")), ["a", "b-c"]);
        assert_eq!(lines(b"a\0;\0b\0", Some(Encoding::Utf16), Some(";")), ["a", "b"]);
        // The same bytes between two letters are none.
        assert_eq!(lines(b"a\x3b\x00a", Some(Encoding::Utf16), Some(";")), ["\u{3b61}\u{6100}"]);
    }

    #[test]
    fn an_endless_source_has_first_lines_and_an_endless_line_is_an_error() {
        let mut lines =
            TextLines::new(Box::new(io::Cursor::new(b"one\n").chain(io::repeat(b'x'))), None, false);
        lines.most = 1 << 20;
        assert_eq!(lines.line().unwrap().unwrap(), "one");
        assert_eq!(lines.line().unwrap_err().kind(), ErrorKind::OutOfMemory);
    }
}
