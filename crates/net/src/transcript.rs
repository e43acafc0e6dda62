//! Plays a written session to a door, for the tests of every protocol.
//!
//! ```text
//! # A line beginning with # is a comment, so is an empty one.
//! S: 220 [..]                 expects this line; [..] stands for anything
//! C: EHLO client.example      sends this line with CRLF; C: lines in a row leave in one packet
//! C| half a line\r            sends exactly this; \r \n \0 \t \\ and \xNN are understood
//! S: [closed]                 expects the end of the connection
//! C: [close]                  closes our side
//! kept: 1 message             any other word is handed to the test
//! ```

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;

use crate::{Connection, Door};

/// Longer than any answer takes, so that a missing one fails the test and does not hang it.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);

/// What a test does with lines that are neither the client's nor the server's: the word and its text.
pub type Other<'a> = &'a mut dyn FnMut(&str, &str) -> Result<(), String>;

/// Plays `trace` to `door` as a client at `peer`. An error names the line that was not met.
pub async fn play(
    door: Arc<dyn Door>,
    peer: SocketAddr,
    trace: &str,
    other: Other<'_>,
) -> Result<(), String> {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let served = tokio::spawn(door.serve(Connection::in_memory(theirs, peer)));
    let mut client = Client { pipe: ours, unsent: Vec::new(), heard: BytesMut::new() };
    for (number, line) in trace.lines().enumerate() {
        client.step(line, other).await.map_err(|wrong| format!("line {}: {line}\n{wrong}", number + 1))?;
    }
    client.send().await?;
    drop(client);
    served.await.map_err(|error| format!("the door panicked: {error}"))
}

struct Client {
    pipe: DuplexStream,
    unsent: Vec<u8>,
    heard: BytesMut,
}

impl Client {
    async fn step(&mut self, line: &str, other: Other<'_>) -> Result<(), String> {
        let Some((word, text)) = line.split_at_checked(2) else { return Ok(()) };
        let text = text.strip_prefix(' ').unwrap_or(text);
        match word {
            _ if line.starts_with('#') => Ok(()),
            "C:" if text == "[close]" => self.close().await,
            "C:" => self.put(&[text.as_bytes(), b"\r\n"].concat()),
            "C|" => self.put(&unescape(text)?),
            "S:" if text == "[closed]" => self.expect_end().await,
            "S:" => self.expect(text).await,
            _ => {
                self.send().await?;
                let (word, text) = line.split_once(':').ok_or("this is not a line of a trace")?;
                other(word, text.trim())
            }
        }
    }

    fn put(&mut self, octets: &[u8]) -> Result<(), String> {
        self.unsent.extend_from_slice(octets);
        Ok(())
    }

    async fn send(&mut self) -> Result<(), String> {
        let octets = std::mem::take(&mut self.unsent);
        // A server that has closed does not want it; what it said before is still to be read.
        let _taken = self.pipe.write_all(&octets).await.is_ok();
        Ok(())
    }

    async fn close(&mut self) -> Result<(), String> {
        self.send().await?;
        self.pipe.shutdown().await.map_err(|error| error.to_string())
    }

    async fn expect(&mut self, pattern: &str) -> Result<(), String> {
        self.send().await?;
        let end = loop {
            match memchr::memmem::find(&self.heard, b"\r\n") {
                Some(end) => break end,
                None if self.hear().await? => {}
                None => {
                    return Err(format!("the server closed; it had said {:?}", self.heard.escape_ascii()));
                }
            }
        };
        let line = self.heard.split_to(end + 2);
        let line = String::from_utf8_lossy(&line[..end]);
        if matches(pattern, &line) { Ok(()) } else { Err(format!("the server said: {line}")) }
    }

    async fn expect_end(&mut self) -> Result<(), String> {
        self.send().await?;
        while self.heard.is_empty() && self.hear().await? {}
        match self.heard.escape_ascii().to_string() {
            more if more.is_empty() => Ok(()),
            more => Err(format!("the server said: {more}")),
        }
    }

    /// Reads what comes; false at the end.
    async fn hear(&mut self) -> Result<bool, String> {
        let heard = timeout(ANSWER_TIME_MAX, self.pipe.read_buf(&mut self.heard)).await;
        match heard {
            Ok(Ok(count)) => Ok(count > 0),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer; heard so far: {:?}", self.heard.escape_ascii().to_string())),
        }
    }
}

/// Whether `line` is `pattern`, `[..]` standing for anything.
fn matches(pattern: &str, line: &str) -> bool {
    let mut pieces = pattern.split("[..]");
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut last = None;
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
        last = Some(piece);
    }
    match last {
        None => rest.is_empty(),
        Some(last) => last.is_empty() || rest.is_empty() || line.ends_with(last),
    }
}

fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let octet = match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('r')) => b'\r',
            ('\\', Some('n')) => b'\n',
            ('\\', Some('t')) => b'\t',
            ('\\', Some('0')) => 0,
            ('\\', Some('\\')) => b'\\',
            ('\\', Some('x')) => {
                let digits: String = chars.by_ref().take(2).collect();
                u8::from_str_radix(&digits, 16).map_err(|_| format!("\\x{digits} is not an octet"))?
            }
            ('\\', _) => return Err("an escape that is not known".into()),
            _ => {
                octets.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
        };
        octets.push(octet);
    }
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_anything() {
        for (pattern, line, expected) in [
            ("250 OK", "250 OK", true),
            ("250 OK", "250 OK then", false),
            ("250 [..]", "250 anything", true),
            ("250 [..] delivery", "250 2.6.0 <x> Queued mail for delivery", true),
            ("250 [..] delivery", "250 2.6.0 delivery later", false),
            ("[..]", "", true),
            ("a[..]b[..]c", "a1b2c", true),
            ("a[..]b[..]c", "acb", false),
        ] {
            assert_eq!(matches(pattern, line), expected, "{pattern} / {line}");
        }
    }

    #[test]
    fn escapes_give_octets() {
        assert_eq!(unescape(r"a\r\n\0\x80ä\\").unwrap(), b"a\r\n\0\x80\xc3\xa4\\");
        assert!(unescape(r"\q").is_err());
    }
}
