//! A client that says a line and reads lines: enough for SMTP, POP3 and IMAP sessions.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a service on loopback.
pub struct LineClient {
    reader: BufReader<TcpStream>,
}

impl LineClient {
    /// Connects; reads nothing yet.
    pub fn connect(address: SocketAddr) -> LineClient {
        let stream = TcpStream::connect(address).unwrap_or_else(|e| panic!("{address}: {e}"));
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out can be set");
        stream.set_nodelay(true).expect("an option can be set");
        LineClient { reader: BufReader::new(stream) }
    }

    /// Waits longer for lines than a test usually does.
    pub fn be_patient(&mut self, patience: Duration) {
        self.reader.get_ref().set_read_timeout(Some(patience)).expect("a time-out can be set");
    }

    /// Says a line; CRLF is added.
    pub fn say(&mut self, line: &str) {
        self.send(format!("{line}\r\n").as_bytes());
    }

    /// Sends octets as they are.
    pub fn send(&mut self, octets: &[u8]) {
        self.reader.get_mut().write_all(octets).expect("the server takes what is sent");
    }

    /// Sends octets as they are; `false` when the server has closed the connection.
    pub fn try_send(&mut self, octets: &[u8]) -> bool {
        self.reader.get_mut().write_all(octets).is_ok()
    }

    /// Reads a line without its CRLF; `None` when the server has closed the connection.
    pub fn try_line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        match self.reader.read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("no line in {PATIENCE:?}: {error}"),
        }
    }

    /// Reads a line, which must come.
    pub fn line(&mut self) -> String {
        self.try_line().expect("the server closed the connection")
    }

    /// Reads exactly `count` octets.
    pub fn octets(&mut self, count: usize) -> Vec<u8> {
        let mut octets = vec![0; count];
        self.reader.read_exact(&mut octets).expect("the octets come");
        octets
    }

    /// Says an SMTP or POP3 command and reads the last line of the answer.
    pub fn ask(&mut self, line: &str) -> String {
        self.say(line);
        self.answer()
    }

    /// The last line of an SMTP answer (`250 …` after `250-…`), or the one line of a POP3 answer.
    pub fn answer(&mut self) -> String {
        loop {
            let line = self.line();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    /// Says an IMAP command under `tag` and reads all lines up to the tagged one, which is the last.
    pub fn imap(&mut self, tag: &str, command: &str) -> Vec<String> {
        self.say(&format!("{tag} {command}"));
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            let last = line.starts_with(&format!("{tag} "));
            lines.push(line);
            if last {
                return lines;
            }
        }
    }
}
