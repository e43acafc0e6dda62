//! Reads one command with its literals, under limits.  [RFC 9051 2.2.1] [RFC 7888]
//!
//! A literal that is too large is refused before it is read. If the client did not wait for our leave
//! (`{n+}`), its bytes are read and forgotten, so that they are never taken for commands.

use crate::limits::{
    APPEND_BYTES_MAX, COMMAND_BYTES_MAX, DRAINED_BYTES_MAX, EARLY_COMMAND_BYTES_MAX, EARLY_LINE_BYTES_MAX,
    EARLY_LITERAL_BYTES_MAX, LINE_BYTES_MAX, LITERAL_BYTES_MAX, LITERALS_MAX, SMALL_COMMAND_BYTES_MAX,
    TAG_BYTES_MAX,
};
use net::{Connection, Flaw, Line, Lost};
use object::{Error, ErrorId, Result};

/// One command as it came: its tag, and all behind it with literals where they stood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) tag: String,
    pub(crate) bytes: Vec<u8>,
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
pub(crate) async fn read(connection: &mut Connection, early: bool) -> Result<Heard, Lost> {
    let first = connection.command(Limits::of(early, b"").line).await?;
    Reading { connection, early, bytes: Vec::new(), literals: 0, refused: None, drained: 0 }.run(first).await
}

/// A command in the middle of being read.
struct Reading<'a> {
    connection: &'a mut Connection,
    early: bool,
    bytes: Vec<u8>,
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
                self.take(literal).await?;
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
        let total = self.bytes.len() as u64 + literal.size;
        if literal.size > limits.literal || total > limits.command || self.literals > LITERALS_MAX {
            self.refused.get_or_insert_with(too_large);
        }
        self.refused.is_none()
    }

    /// Reads a literal behind its announcement.
    async fn take(&mut self, literal: Literal) -> Result<(), Lost> {
        if literal.waits {
            self.connection.put(b"+ OK\r\n");
        }
        self.bytes.extend_from_slice(b"\r\n");
        // `fits` has compared the size with a limit far below what memory can hold.
        let mut left = literal.size as usize;
        self.bytes.reserve(left.min(1 << 20));
        while left > 0 {
            let piece = self.connection.octets(left).await?;
            self.bytes.extend_from_slice(&piece);
            left -= piece.len();
        }
        Ok(())
    }

    /// Keeps a line's bytes; of a refused command only the first ones, for its tag.
    fn keep(&mut self, line: &[u8]) {
        if self.refused.is_none() || self.bytes.is_empty() {
            self.bytes.extend_from_slice(line);
        }
    }

    fn heard(self) -> Heard {
        let tag = tag(&self.bytes);
        match (self.refused, tag) {
            (Some(error), tag) => Heard::Refused(tag, error),
            (None, Some(tag)) => {
                let bytes = self.bytes[tag.len()..].to_vec();
                Heard::Command(Command { tag, bytes })
            }
            (None, None) => Heard::Refused(None, crate::wire::words::syntax("The tag is missing.")),
        }
    }
}

/// Lines that no reader could agree on are not executed.
fn flaw(line: &Line) -> Option<Error> {
    let text = match line.flaw? {
        Flaw::BareCr | Flaw::BareLf => "A line must end with CR LF and hold neither.",
        Flaw::Nul => "A line must not hold NUL.",
        Flaw::TooLong => return Some(Error::limit(ErrorId::LineTooLong, "The line is too long.")),
    };
    Some(crate::wire::words::syntax(text))
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
            while let Ok(heard) = read(&mut connection, early).await {
                out.push(match heard {
                    Heard::Command(c) => format!("{}{}", c.tag, String::from_utf8_lossy(&c.bytes)),
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
                vec!["None LineTooLong", "b NOOP"],
                "",
            ),
            (true, "\r\n".into(), vec!["None Syntax"], ""),
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
