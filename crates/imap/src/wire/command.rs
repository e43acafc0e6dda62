//! Reads one command with its literals, under limits.  [RFC 9051 2.2.1] [RFC 7888]
//!
//! A literal that is too large is refused before it is read. If the client did not wait for our leave
//! (`{n+}`), its bytes are read and forgotten, so that they are never taken for commands. What is small is kept in
//! memory; messages that are appended go to a file as they come. Both belong to the client's budget.

use crate::limits::{
    APPEND_BYTES_MAX, COMMAND_BYTES_MAX, DRAINED_BYTES_MAX, EARLY_COMMAND_BYTES_MAX, EARLY_LINE_BYTES_MAX,
    EARLY_LITERAL_BYTES_MAX, LINE_BYTES_MAX, LITERAL_BYTES_MAX, LITERALS_MAX, SMALL_COMMAND_BYTES_MAX,
    TAG_BYTES_MAX,
};
use bytes::Bytes;
use net::{Budget, Connection, Flaw, Held, Line, Lost, blocking};
use object::{Error, ErrorId, Result};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::limits::{FREE_BYTES, INLINE_COMMAND_BYTES, INLINE_LITERAL_BYTES};
use crate::room::no_room;
use crate::spool::Spool;

/// One command as it came: its tag, and all behind it with literals where they stood, but for those on the disk.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) tag: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) aside: Vec<Aside>,
    _held: Option<Held>,
}

/// A literal that lies in a file.
#[derive(Clone, Debug)]
pub(crate) struct Aside {
    /// Where in the command's bytes its octets would stand.
    pub(crate) at: usize,
    pub(crate) file: Arc<Spool>,
    pub(crate) range: Range<u64>,
}

/// From what the client's commands are kept.
#[derive(Clone)]
pub(crate) struct Keep {
    pub(crate) memory: Budget,
    pub(crate) disk: Budget,
    pub(crate) spool: PathBuf,
}

/// What reading gave.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A command.
    Command(Command),
    /// Something that is not executed: the tag if one could be made out, and why.
    Refused(Option<String>, Error),
    /// Refused, and the rest of it cannot be found: the connection ends.
    Hopeless(Error),
}

/// The limits that hold for one command.
#[derive(Clone, Copy)]
struct Limits {
    line: usize,
    literal: u64,
    command: u64,
}

impl Limits {
    /// Before log-in nobody may make the server hold much; after it only APPEND carries messages.
    fn of(early: bool, bytes: &[u8]) -> Limits {
        if early {
            let (literal, command) = (EARLY_LITERAL_BYTES_MAX, EARLY_COMMAND_BYTES_MAX);
            return Limits { line: EARLY_LINE_BYTES_MAX, literal, command };
        }
        let (literal, command) = match is_append(bytes) {
            true => (APPEND_BYTES_MAX, COMMAND_BYTES_MAX),
            false => (LITERAL_BYTES_MAX, SMALL_COMMAND_BYTES_MAX),
        };
        Limits { line: LINE_BYTES_MAX, literal, command }
    }
}

fn is_append(bytes: &[u8]) -> bool {
    bytes.split(|&b| b == b' ').nth(1).is_some_and(|verb| verb.eq_ignore_ascii_case(b"APPEND"))
}

/// What a client gets whose command cannot be read.
pub(crate) fn syntax(what: impl Into<String>) -> Error {
    Error::caller(ErrorId::Syntax, what)
}

/// The announcement of a literal at the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Literal {
    size: u64,
    waits: bool,
}

/// `{5}`, `{5+}` at the end of a line; `Err` if the number is beyond any limit.
fn announced(line: &[u8]) -> Result<Option<Literal>> {
    let Some(inner) = line.strip_suffix(b"}") else { return Ok(None) };
    let Some(open) = inner.iter().rposition(|&b| b == b'{') else { return Ok(None) };
    let number = &inner[open + 1..];
    let (digits, waits) = match number.strip_suffix(b"+") {
        Some(digits) => (digits, false),
        None => (number, true),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    let size = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    size.map(|size| Some(Literal { size, waits })).ok_or_else(too_large)
}

fn too_large() -> Error {
    Error::limit(ErrorId::LiteralTooLarge, "The literal is too large.")
}

/// Reads the next command; `early` before log-in.
pub(crate) async fn read(connection: &mut Connection, early: bool, keep: &Keep) -> Result<Heard, Lost> {
    let first = connection.command(Limits::of(early, b"").line).await?;
    let reading = Reading {
        connection,
        keep,
        early,
        bytes: Vec::new(),
        held: None,
        aside: Vec::new(),
        literals: 0,
        refused: None,
        drained: 0,
    };
    // The future of a command under way is large; an idle session has none.
    Box::pin(reading.run(first)).await
}

/// A command in the middle of being read.
struct Reading<'a> {
    connection: &'a mut Connection,
    keep: &'a Keep,
    early: bool,
    bytes: Vec<u8>,
    held: Option<Held>,
    aside: Vec<Aside>,
    literals: usize,
    refused: Option<Error>,
    drained: u64,
}

impl Reading<'_> {
    async fn run(mut self, first: Line) -> Result<Heard, Lost> {
        let mut line = first;
        loop {
            if let Some(error) = flaw(&line) {
                self.refused.get_or_insert(error);
            }
            let literal = match announced(&line.bytes) {
                Ok(literal) => literal,
                Err(error) => return Ok(Heard::Hopeless(error)),
            };
            self.keep(&line.bytes);
            let Some(literal) = literal else { return Ok(self.heard()) };
            if self.fits(literal) {
                if !self.take(literal).await? {
                    return Ok(self.heard());
                }
            } else if literal.waits {
                // The client asks for leave and does not get it: the command ends here. [RFC 9051 4.3]
                return Ok(self.heard());
            } else if self.drained.saturating_add(literal.size) > DRAINED_BYTES_MAX {
                return Ok(Heard::Hopeless(too_large()));
            } else {
                self.drained += literal.size;
                self.connection.discard(literal.size).await?;
            }
            line = self.connection.line(Limits::of(self.early, &self.bytes).line).await?;
        }
    }

    /// Whether the literal may come; if not, the command is refused.
    fn fits(&mut self, literal: Literal) -> bool {
        let limits = Limits::of(self.early, &self.bytes);
        self.literals += 1;
        let aside: u64 = self.aside.iter().map(|aside| aside.range.end - aside.range.start).sum();
        let total = self.bytes.len() as u64 + aside + literal.size;
        if literal.size > limits.literal || total > limits.command || self.literals > LITERALS_MAX {
            self.refused.get_or_insert_with(too_large);
        }
        self.refused.is_none()
    }

    /// Reads a literal behind its announcement; false when the command ends here, refused.
    async fn take(&mut self, literal: Literal) -> Result<bool, Lost> {
        let inline = self.bytes.len() as u64 + literal.size <= INLINE_COMMAND_BYTES;
        let aside = is_append(&self.bytes) && (literal.size > INLINE_LITERAL_BYTES || !inline);
        let file = if aside { self.file(literal.size).await } else { self.hold(literal.size).map(|()| None) };
        let file = match file {
            Ok(file) => file,
            Err(error) => {
                self.refused = Some(error);
                if !literal.waits {
                    self.connection.discard(literal.size).await?;
                }
                return Ok(!literal.waits);
            }
        };
        if literal.waits {
            self.connection.put(b"+ OK\r\n");
        }
        self.bytes.extend_from_slice(b"\r\n");
        match file {
            Some(file) => self.take_into_file(file, literal.size).await?,
            None => self.take_into_memory(literal.size as usize).await?, // far below what memory can hold
        }
        Ok(true)
    }

    async fn take_into_memory(&mut self, mut left: usize) -> Result<(), Lost> {
        self.bytes.reserve(left);
        while left > 0 {
            let piece = self.connection.octets(left).await?;
            self.bytes.extend_from_slice(&piece);
            left -= piece.len();
        }
        Ok(())
    }

    /// Writes a literal to the disk as it comes. A disk that fails refuses the command; its octets are read all the same.
    async fn take_into_file(&mut self, file: Arc<Spool>, size: u64) -> Result<(), Lost> {
        let mut at = 0;
        while at < size {
            let piece = self.connection.octets(usize::try_from(size - at).unwrap_or(usize::MAX)).await?;
            let length = piece.len() as u64;
            if self.refused.is_none()
                && let Err(error) = write(&file, at, piece).await
            {
                self.refused = Some(error);
            }
            at += length;
        }
        self.aside.push(Aside { at: self.bytes.len(), file, range: 0..size });
        Ok(())
    }

    /// A file for a literal of that size.
    async fn file(&mut self, size: u64) -> Result<Option<Arc<Spool>>> {
        let held = self.keep.disk.take(size).map_err(no_room)?;
        let folder = self.keep.spool.clone();
        blocking(move || Spool::make(&folder, held)).await.map(|file| Some(Arc::new(file)))
    }

    /// Takes memory for so many octets more.
    fn hold(&mut self, more: u64) -> Result<()> {
        match &mut self.held {
            Some(held) => held.more(more).map_err(no_room),
            None if self.bytes.len() as u64 + more <= FREE_BYTES as u64 => Ok(()),
            None => {
                self.held = Some(self.keep.memory.take(self.bytes.len() as u64 + more).map_err(no_room)?);
                Ok(())
            }
        }
    }

    /// Keeps a line's bytes; of a refused command only the first ones, for its tag.
    fn keep(&mut self, line: &[u8]) {
        if self.refused.is_none()
            && let Err(error) = self.hold(line.len() as u64)
        {
            self.refused = Some(error);
        }
        if self.refused.is_none() || self.bytes.is_empty() {
            self.bytes.extend_from_slice(line);
        }
    }

    fn heard(mut self) -> Heard {
        let tag = tag(&self.bytes);
        match (self.refused, tag) {
            (Some(error), tag) => Heard::Refused(tag, error),
            (None, Some(tag)) => {
                self.bytes.drain(..tag.len());
                self.aside.iter_mut().for_each(|aside| aside.at -= tag.len());
                Heard::Command(Command { tag, bytes: self.bytes, aside: self.aside, _held: self.held })
            }
            (None, None) => Heard::Refused(None, syntax("The tag is missing.")),
        }
    }
}

async fn write(file: &Arc<Spool>, at: u64, piece: Bytes) -> Result<()> {
    let file = Arc::clone(file);
    blocking(move || file.write(at, &piece)).await
}

/// Lines that no reader could agree on are not executed.
fn flaw(line: &Line) -> Option<Error> {
    let text = match line.flaw? {
        Flaw::BareCr | Flaw::BareLf => "A line must end with CR LF and hold neither.",
        Flaw::Nul => "A line must not hold NUL.",
        Flaw::TooLong => return Some(Error::limit(ErrorId::LineTooLong, "The line is too long.")),
    };
    Some(syntax(text))
}

/// The tag at the start of a command. `tag` [RFC 9051 9]
fn tag(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|&b| b == b' ').unwrap_or(bytes.len());
    let fits = |b: &u8| b.is_ascii_graphic() && !b"(){%*\"\\+".contains(b);
    let tag = &bytes[..end];
    let good = !tag.is_empty() && tag.len() <= TAG_BYTES_MAX && tag.iter().all(fits);
    good.then(|| String::from_utf8_lossy(tag).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcements() {
        let some = |size, waits| Some(Literal { size, waits });
        for (line, expected) in [
            (&b"a LOGIN {5}"[..], some(5, true)),
            (b"a APPEND x ~{12+}", some(12, false)),
            (b"a NOOP", None),
            (b"a {}", None),
            (b"a {x}", None),
            (b"a {+}", None),
            (b"}", None),
            (b"a {4294967295}", some(4_294_967_295, true)),
        ] {
            assert_eq!(announced(line).unwrap(), expected, "{}", String::from_utf8_lossy(line));
        }
        assert!(announced(b"a {99999999999999999999}").is_err());
    }

    #[test]
    fn tags() {
        for (line, expected) in [
            ("a1 NOOP", Some("a1")),
            ("a", Some("a")),
            ("", None),
            (" x", None),
            ("+ x", None),
            ("* x", None),
            ("ä x", None),
        ] {
            assert_eq!(tag(line.as_bytes()).as_deref(), expected, "{line}");
        }
        assert_eq!(tag("a".repeat(10_000).as_bytes()), None);
    }

    /// Feeds `input` to a reader and shows what it heard until the input ends.
    async fn heard(early: bool, input: &[u8]) -> (Vec<String>, String) {
        let (client, server) = tokio::io::duplex(1 << 20);
        let mut connection = Connection::in_memory(server, "127.0.0.1:1".parse().unwrap());
        let (mut reader, mut writer) = tokio::io::split(client);
        let input = input.to_vec();
        let room = crate::room::Room::default();
        let keep = Keep { memory: room.memory.of_account("ann"), disk: room.disk, spool: room.spool };
        let send = async {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            writer.write_all(&input).await.unwrap();
            writer.shutdown().await.unwrap();
            let mut said = String::new();
            reader.read_to_string(&mut said).await.unwrap();
            said
        };
        let listen = async {
            let mut out = Vec::new();
            while let Ok(heard) = read(&mut connection, early, &keep).await {
                out.push(match heard {
                    Heard::Command(c) => {
                        let aside: Vec<_> = c.aside.iter().map(|a| (a.at, a.range.end)).collect();
                        let aside = if aside.is_empty() { String::new() } else { format!(" {aside:?}") };
                        format!("{}{}{aside}", c.tag, String::from_utf8_lossy(&c.bytes))
                    }
                    Heard::Refused(tag, error) => format!("{tag:?} {}", error.id()),
                    Heard::Hopeless(error) => format!("hopeless {}", error.id()),
                });
            }
            drop(connection);
            out
        };
        let (said, out) = tokio::join!(send, listen);
        (out, said)
    }

    #[tokio::test]
    async fn commands_with_literals() {
        let large = "x".repeat(2_000);
        for (early, input, expected, said) in [
            (true, "a NOOP\r\nb NOOP\r\n".to_string(), vec!["a NOOP", "b NOOP"], ""),
            (
                true,
                "a LOGIN {3}\r\nann {2+}\r\npw\r\n".into(),
                vec!["a LOGIN {3}\r\nann {2+}\r\npw"],
                "+ OK\r\n",
            ),
            // Refused before it is read; what a client sends all the same are its next commands.
            (
                true,
                "a LOGIN {4294967295}\r\nb NOOP\r\n".into(),
                vec!["Some(\"a\") LiteralTooLarge", "b NOOP"],
                "",
            ),
            // Refused and not waited for: drained, not executed.
            (
                true,
                format!("a LOGIN {{2012+}}\r\n\r\nb LOGOUT\r\n{large} {{4+}}\r\nmore\r\nc NOOP\r\n"),
                vec!["Some(\"a\") LiteralTooLarge", "c NOOP"],
                "",
            ),
            (false, "a APPEND x {9999999999+}\r\n".into(), vec!["hopeless LiteralTooLarge"], ""),
            (true, "a NO\rOP\r\nb NOOP\r\n".into(), vec!["Some(\"a\") Syntax", "b NOOP"], ""),
            (true, "a NOOP\r\nb NO\nOP\r\nc NOOP\r\n".into(), vec!["a NOOP"], ""),
            (
                true,
                format!("a {}\r\nb NOOP\r\n", "(".repeat(100_000)),
                vec!["Some(\"a\") LineTooLong", "b NOOP"],
                "",
            ),
            (true, "\r\n".into(), vec!["None Syntax"], ""),
            // A literal behind a line that was too long is no command either.
            (
                true,
                format!("a {} {{8+}}\r\nc NOOP\r\n\r\nb NOOP\r\n", "(".repeat(100_000)),
                vec!["Some(\"a\") LineTooLong", "b NOOP"],
                "",
            ),
            // Messages lie beside the command.
            (
                false,
                format!("a APPEND x {{100000+}}\r\n{} {{2+}}\r\nhi\r\nb NOOP\r\n", "y".repeat(100_000)),
                vec!["a APPEND x {100000+}\r\n {2+}\r\nhi [(21, 100000)]", "b NOOP"],
                "",
            ),
        ] {
            assert_eq!(
                heard(early, input.as_bytes()).await,
                (expected.iter().map(|s| s.to_string()).collect(), said.to_string()),
                "{input:.60}"
            );
        }
    }

    #[tokio::test]
    async fn many_literals_before_log_in() {
        let many = format!("a{}\r\nb NOOP\r\n", format!(" {{1000+}}\r\n{}", "x".repeat(1000)).repeat(100));
        assert_eq!(heard(true, many.as_bytes()).await.0, ["Some(\"a\") LiteralTooLarge", "b NOOP"]);
    }
}
