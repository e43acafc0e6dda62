//! A letter to a mail server: the client's side of SMTP, as far as a script's letters need it. [RFC 5321]

use crate::trust::{anybody, trust};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dotnet::host::{Mail, NotSent};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

/// How long a connection may take to be made: a person waits for it.
const CONNECT_WAIT: Duration = Duration::from_secs(15);
/// How long a server may think; .NET's clients wait as long.
const ANSWER_WAIT: Duration = Duration::from_secs(100);
/// A reply's lines together; one of them has 512 octets at most. [RFC 5321 4.5.3.1.5]
const REPLY_BYTES_MAX: u64 = 64 << 10;

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// Hands `mail` to its server.
pub(super) fn send(mail: &Mail) -> Result<(), NotSent> {
    let addresses = std::iter::once(&mail.from).chain(&mail.to);
    if let Some(bad) = addresses.into_iter().find(|address| !is_plain(address)) {
        let message = format!("the address '{bad}' cannot be sent over SMTP");
        return Err(NotSent::Unreachable(io::Error::new(io::ErrorKind::InvalidInput, message)));
    }
    let tcp = connect(&mail.host, mail.port)?;
    let mut talk = Talk::new(Box::new(tcp));
    talk.reply(220)?;
    let mut offered = talk.hello()?;
    if mail.tls {
        talk.say("STARTTLS", 220)?;
        talk = talk.secured(&mail.host, mail.trusts_all)?;
        offered = talk.hello()?;
    }
    if let Some(logon) = &mail.logon {
        talk.log_on(&offered, &logon.user_name, logon.password.reveal())?;
    }
    talk.deliver(mail)
}

/// What stands between the angle brackets of a path ends neither the brackets nor the line.
fn is_plain(address: &str) -> bool {
    address.is_ascii() && !address.contains(['<', '>', ' ']) && !address.chars().any(char::is_control)
}

fn connect(host: &str, port: u16) -> Result<TcpStream, NotSent> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, format!("the server {host} was not found"));
    let found = (host, port).to_socket_addrs().map_err(NotSent::Unreachable)?;
    for address in found {
        match TcpStream::connect_timeout(&address, CONNECT_WAIT) {
            Ok(stream) => {
                let waits = stream.set_read_timeout(Some(ANSWER_WAIT));
                waits
                    .and_then(|()| stream.set_write_timeout(Some(ANSWER_WAIT)))
                    .map_err(NotSent::Unreachable)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(NotSent::Unreachable(last))
}

/// The conversation with a server.
struct Talk(BufReader<Box<dyn Wire>>);

impl Talk {
    fn new(wire: Box<dyn Wire>) -> Talk {
        Talk(BufReader::new(wire))
    }

    /// The same conversation from now on encrypted. What the server said before is not believed. [RFC 3207 4.2]
    fn secured(self, host: &str, trusts_all: bool) -> Result<Talk, NotSent> {
        if !self.0.buffer().is_empty() {
            let message = "the server spoke before the encryption began";
            return Err(NotSent::Unreachable(io::Error::new(io::ErrorKind::InvalidData, message)));
        }
        let failed = |error: String| NotSent::Unreachable(io::Error::other(error));
        let config = if trusts_all { anybody() } else { trust(None) };
        let config = config.map_err(|error| failed(error.message().to_owned()))?;
        let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(error.to_string()))?;
        let session = ClientConnection::new(config, name).map_err(|error| failed(error.to_string()))?;
        Ok(Talk::new(Box::new(StreamOwned::new(session, self.0.into_inner()))))
    }

    /// A reply: its number and its lines.
    fn read(&mut self) -> Result<(u16, Vec<String>), NotSent> {
        let (mut lines, mut left) = (Vec::new(), REPLY_BYTES_MAX);
        loop {
            let mut bytes = Vec::new();
            let taken =
                (&mut self.0).take(left).read_until(b'\n', &mut bytes).map_err(NotSent::Unreachable)?;
            left = left.saturating_sub(taken as u64);
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            let code = line.get(..3).and_then(|code| code.parse().ok());
            let Some(code) = code.filter(|_| left > 0) else {
                let message = "the server broke off the conversation";
                return Err(NotSent::Unreachable(io::Error::new(io::ErrorKind::UnexpectedEof, message)));
            };
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok((code, lines));
            }
        }
    }

    /// A reply that has to be that number, or one of the same hundred.
    fn reply(&mut self, wanted: u16) -> Result<Vec<String>, NotSent> {
        let (code, lines) = self.read()?;
        match code / 100 == wanted / 100 {
            true => Ok(lines),
            false => Err(NotSent::Refused { code, words: lines.join(" "), address: None }),
        }
    }

    fn say(&mut self, line: &str, wanted: u16) -> Result<Vec<String>, NotSent> {
        self.put(format!("{line}\r\n").as_bytes())?;
        self.reply(wanted)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), NotSent> {
        let wire = self.0.get_mut();
        wire.write_all(bytes).and_then(|()| wire.flush()).map_err(NotSent::Unreachable)
    }

    /// Greets the server; what it offers, in capitals.
    fn hello(&mut self) -> Result<Vec<String>, NotSent> {
        let offered = self.say("EHLO localhost", 250)?;
        Ok(offered.iter().map(|line| line.to_ascii_uppercase()).collect())
    }

    fn log_on(&mut self, offered: &[String], user: &str, password: &str) -> Result<(), NotSent> {
        let ways = offered.iter().find_map(|line| line.strip_prefix("AUTH")).unwrap_or_default();
        if ways.split_whitespace().any(|way| way == "PLAIN") {
            let secret = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
            return self.say(&format!("AUTH PLAIN {secret}"), 235).map(drop);
        }
        self.say("AUTH LOGIN", 334)?;
        self.say(&BASE64_STANDARD.encode(user), 334)?;
        self.say(&BASE64_STANDARD.encode(password), 235).map(drop)
    }

    /// The letter; who of the recipients was refused is said when the others have it.
    fn deliver(&mut self, mail: &Mail) -> Result<(), NotSent> {
        self.say(&format!("MAIL FROM:<{}>", mail.from), 250)?;
        let mut refused = None;
        let mut taken = 0;
        for recipient in &mail.to {
            match self.say(&format!("RCPT TO:<{recipient}>"), 250) {
                Ok(_) => taken += 1,
                Err(NotSent::Refused { code, words, .. }) => {
                    let address = Some(recipient.clone());
                    refused.get_or_insert(NotSent::Refused { code, words, address });
                }
                Err(broken) => return Err(broken),
            }
        }
        if taken > 0 {
            self.say("DATA", 354)?;
            self.put(&stuffed(&mail.data))?;
            self.reply(250)?;
        }
        // The letter is there; how the server takes the farewell changes nothing.
        let _ = self.say("QUIT", 221);
        refused.map_or(Ok(()), Err)
    }
}

/// The letter with its end: a line that begins with a dot gets another one. [RFC 5321 4.5.2]
fn stuffed(data: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(data.len() + 8);
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if line.first() == Some(&b'.') {
            sent.push(b'.');
        }
        sent.extend_from_slice(line);
    }
    if !sent.ends_with(b"\r\n") {
        sent.extend_from_slice(b"\r\n");
    }
    sent.extend_from_slice(b".\r\n");
    sent
}
