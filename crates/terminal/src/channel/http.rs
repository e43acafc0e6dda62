//! A small HTTP/1.1 client over TLS: one POST at a time on a connection that stays open, the answer read
//! line by line as it comes. [RFC 9112]
//!
//! Every read gives up its wait ten times a second to look whether the person asked to stop; then the
//! connection is dropped, which tells the server to stop too.

use crate::console::Stop;
use base64::Engine as _;
use object::{Error, ErrorId, Result};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take to be made: a person waits for it.
const CONNECT_SECONDS_MAX: u64 = 15;
/// How often a wait looks whether it shall stop.
const STOP_LOOK_MILLIS: u64 = 100;
/// How long the server may not take what is sent.
const WRITE_SECONDS_MAX: u64 = 60;
/// The head of an answer; ours has five lines.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// The text of a refusal that is shown.
const REFUSAL_BYTES_MAX: usize = 64 << 10;

/// Where distributions keep the authorities they trust.
const SYSTEM_AUTHORITIES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// A server's address: `https://mail.contoso.com:10443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    /// Reads a URL; only `https` is taken, since a password travels.
    pub(crate) fn parse(url: &str) -> Result<Address> {
        let wrong = |why: &str| {
            Error::caller(ErrorId::ServerUrlWrong, format!("'{url}' is not the address of a server: {why}."))
                .help("Write it like https://mail.contoso.com:10443.")
                .about("server")
        };
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        if !scheme.eq_ignore_ascii_case("https") {
            return Err(wrong("only https is spoken, because a password travels"));
        }
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
            return Err(wrong("a host name and a port are all it holds"));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, port.parse().map_err(|_| wrong("the port is no number"))?)
            }
            _ => (authority, 443),
        };
        Ok(Address { host: host.trim_matches(['[', ']']).to_owned(), port })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Whom to trust: the authorities in `file`, else those of this machine.
pub(crate) fn trust(file: Option<&Path>) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => add(&mut roots, file)?,
        None => {
            let known = SYSTEM_AUTHORITIES.iter().map(Path::new).find(|file| file.exists());
            known.map_or(Ok(()), |file| add(&mut roots, file))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::server(ErrorId::TlsFailed, format!("TLS could not be set up: {error}.")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add(roots: &mut RootCertStore, file: &Path) -> Result<()> {
    let unreadable = |why: String| {
        Error::caller(ErrorId::CertificateUnreadable, format!("{} cannot be used: {why}.", file.display()))
            .help("Give the server's certificate, or that of its authority, as a PEM file.")
            .about("ca")
    };
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| unreadable(error.to_string()))?;
    let mut taken = 0;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        taken += usize::from(roots.add(certificate).is_ok());
    }
    if taken == 0 { Err(unreadable("there is no certificate in it".to_owned())) } else { Ok(()) }
}

/// Anything that bytes go through both ways.
trait Duplex: Read + Write + Send {}
impl<T: Read + Write + Send> Duplex for T {}

/// A client of one server, with one user.
pub(crate) struct Client {
    address: Address,
    authorization: String,
    tls: Arc<ClientConfig>,
    stop: Stop,
    open: Option<Line>,
}

impl Client {
    pub(crate) fn new(
        address: Address,
        (user, password): (&str, &str),
        tls: Arc<ClientConfig>,
        stop: Stop,
    ) -> Client {
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        Client { address, authorization: format!("Basic {pair}"), tls, stop, open: None }
    }

    /// Sends `body` to `path` and gives the answer, whose body is still to be read.
    pub(crate) fn post(&mut self, path: &str, body: &[u8]) -> Result<Answer<'_>> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nUser-Agent: mailstead-shell\r\n\r\n",
            self.address,
            self.authorization,
            body.len()
        );
        let kept = self.open.take();
        let (line, answer) = match kept {
            Some(mut line) => match line.ask(&head, body) {
                Ok(answer) => (line, answer),
                // A kept connection may have been closed meanwhile. Nothing was answered, so nothing ran:
                // the server closes only between requests. [RFC 9112 9.3.1]
                Err(Failure::Closed) => self.ask_anew(&head, body)?,
                Err(failure) => return Err(self.failed(failure)),
            },
            None => self.ask_anew(&head, body)?,
        };
        Ok(Answer {
            client: self,
            line: Some(line),
            status: answer.status,
            body: answer.body,
            keep: answer.keep,
        })
    }

    fn ask_anew(&self, head: &str, body: &[u8]) -> Result<(Line, Head)> {
        let mut line = self.connect()?;
        let answer = line.ask(head, body).map_err(|failure| self.failed(failure))?;
        Ok((line, answer))
    }

    fn connect(&self) -> Result<Line> {
        let unreachable = |why: String| {
            Error::busy(
                ErrorId::ServerUnreachable,
                format!("The server {} cannot be reached: {why}.", self.address),
            )
            .help("See that it runs and that --server names its host and HTTPS port.")
        };
        let places = (self.address.host.as_str(), self.address.port).to_socket_addrs();
        let places = places.map_err(|error| unreachable(error.to_string()))?;
        let mut last = unreachable("its name has no address".to_owned());
        for place in places {
            match TcpStream::connect_timeout(&place, Duration::from_secs(CONNECT_SECONDS_MAX)) {
                Ok(stream) => return self.secure(stream),
                Err(error) => last = unreachable(error.to_string()),
            }
        }
        Err(last)
    }

    fn secure(&self, stream: TcpStream) -> Result<Line> {
        stream.set_read_timeout(Some(Duration::from_millis(STOP_LOOK_MILLIS)))?;
        stream.set_write_timeout(Some(Duration::from_secs(WRITE_SECONDS_MAX)))?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from(self.address.host.clone()).map_err(|_| {
            Error::caller(ErrorId::ServerUrlWrong, format!("'{}' is no host name.", self.address.host))
        })?;
        let session = ClientConnection::new(Arc::clone(&self.tls), name).map_err(|error| {
            Error::server(ErrorId::TlsFailed, format!("TLS could not be set up: {error}."))
        })?;
        Ok(Line::new(Box::new(StreamOwned::new(session, stream)), self.stop.clone()))
    }

    fn failed(&self, failure: Failure) -> Error {
        match failure {
            Failure::Stopped => stopped(),
            Failure::Closed => Error::busy(
                ErrorId::ServerUnreachable,
                format!("The server {} closed the connection.", self.address),
            ),
            Failure::NotHttp(why) => Error::server(
                ErrorId::AnswerUnreadable,
                format!("{} did not answer as a web server: {why}.", self.address),
            )
            .help("See that --server names the HTTPS port (443, or 10443 by default)."),
            Failure::Broken(error) => self.broken(&error),
        }
    }

    fn broken(&self, error: &std::io::Error) -> Error {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner {
            Some(rustls::Error::InvalidCertificate(why)) => {
                let says = format!("The certificate of {} is not trusted: {why}.", self.address);
                Error::denied(ErrorId::CertificateNotTrusted, says).help(
                    "If it signs itself, copy tls/certificate.pem from the server's data directory and name \
                     the copy with --ca.",
                )
            }
            _ => Error::busy(
                ErrorId::ServerUnreachable,
                format!("The connection to {} broke: {error}.", self.address),
            ),
        }
    }
}

/// The error of a wait that the person ended.
pub(crate) fn stopped() -> Error {
    gate::stopped()
}

/// Why a request got no answer.
#[derive(Debug)]
enum Failure {
    /// The person asked to stop.
    Stopped,
    /// The other side closed before it answered.
    Closed,
    /// What came is no answer.
    NotHttp(String),
    /// The connection broke.
    Broken(std::io::Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => {
                Failure::Closed
            }
            _ => Failure::Broken(error),
        }
    }
}

/// The head of an answer.
struct Head {
    status: u16,
    body: Body,
    keep: bool,
}

/// What is left of an answer's body.
enum Body {
    /// Bytes left of one of known length.
    Length(u64),
    /// Bytes left of the current chunk; behind each but the first stands a line end.
    Chunk { left: u64, first: bool },
    /// Until the other side closes.
    Close,
    /// Nothing.
    Done,
}

/// A connection and what was read ahead from it.
struct Line {
    stream: Box<dyn Duplex>,
    stop: Stop,
    read: Vec<u8>,
    at: usize,
}

impl Line {
    fn new(stream: Box<dyn Duplex>, stop: Stop) -> Line {
        Line { stream, stop, read: Vec::new(), at: 0 }
    }

    fn ask(&mut self, head: &str, body: &[u8]) -> std::result::Result<Head, Failure> {
        self.send(head.as_bytes())?;
        self.send(body)?;
        self.flush()?;
        self.head()
    }

    /// Writes everything. The handshake reads, so it too can end its wait early.
    fn send(&mut self, mut bytes: &[u8]) -> std::result::Result<(), Failure> {
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(0) => return Err(Failure::Closed),
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) => self.wait_on(error)?,
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> std::result::Result<(), Failure> {
        loop {
            match self.stream.flush() {
                Ok(()) => return Ok(()),
                Err(error) => self.wait_on(error)?,
            }
        }
    }

    /// Whether a failed read or write only looked up from its wait.
    fn wait_on(&self, error: std::io::Error) -> std::result::Result<(), Failure> {
        match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {
                if self.stop.is_asked() {
                    Err(Failure::Stopped)
                } else {
                    Ok(())
                }
            }
            _ => Err(error.into()),
        }
    }

    /// Reads more; `false` at the end.
    fn fill(&mut self) -> std::result::Result<bool, Failure> {
        if self.at == self.read.len() {
            self.read.clear();
            self.at = 0;
        }
        let mut piece = [0; 16 << 10];
        loop {
            match self.stream.read(&mut piece) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    self.read.extend_from_slice(&piece[..count]);
                    return Ok(true);
                }
                // A server that ends without TLS's good-bye has closed all the same. [RFC 8446 6.1]
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) => self.wait_on(error)?,
            }
        }
    }

    /// A line of the head or of the chunk framing, without its end.
    fn text(&mut self) -> std::result::Result<String, Failure> {
        let mut looked = self.at;
        loop {
            if let Some(end) = self.read[looked..].iter().position(|byte| *byte == b'\n') {
                let line = &self.read[self.at..looked + end];
                let line = String::from_utf8_lossy(line).trim_end_matches('\r').to_owned();
                self.at = looked + end + 1;
                return Ok(line);
            }
            let waiting = self.read.len() - self.at;
            if waiting > HEAD_BYTES_MAX {
                return Err(Failure::NotHttp("a line of its head does not end".to_owned()));
            }
            if !self.fill()? {
                return Err(Failure::Closed);
            }
            looked = self.at + waiting;
        }
    }

    /// The head of the final answer; `100 Continue` and its like come before it. [RFC 9110 15.2]
    fn head(&mut self) -> std::result::Result<Head, Failure> {
        loop {
            let (status, fields) = self.one_head()?;
            if !(100..200).contains(&status) {
                return understand(status, &fields);
            }
        }
    }

    fn one_head(&mut self) -> std::result::Result<(u16, Vec<(String, String)>), Failure> {
        let first = self.text()?;
        let status =
            first.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok());
        let Some(status) = status else {
            let shown: String = first.chars().take(60).collect();
            return Err(Failure::NotHttp(format!("it said {shown:?}")));
        };
        let mut fields = Vec::new();
        let mut bytes = 0;
        loop {
            let line = self.text()?;
            if line.is_empty() {
                return Ok((status, fields));
            }
            bytes += line.len();
            if bytes > HEAD_BYTES_MAX {
                return Err(Failure::NotHttp("its head is too long".to_owned()));
            }
            if let Some((name, value)) = line.split_once(':') {
                fields.push((name.to_ascii_lowercase(), value.trim().to_ascii_lowercase()));
            }
        }
    }

    /// Some bytes of the body, none at its end.
    fn body(&mut self, body: &mut Body) -> std::result::Result<Vec<u8>, Failure> {
        let most = match body {
            Body::Done => return Ok(Vec::new()),
            Body::Close => u64::MAX,
            Body::Length(left) => *left,
            Body::Chunk { left: 0, first } => {
                let first = *first;
                return self.next_chunk(body, first);
            }
            Body::Chunk { left, .. } => *left,
        };
        if most == 0 {
            *body = Body::Done;
            return Ok(Vec::new());
        }
        if self.at == self.read.len() && !self.fill()? {
            return match body {
                Body::Close => {
                    *body = Body::Done;
                    Ok(Vec::new())
                }
                _ => Err(Failure::Closed),
            };
        }
        let count = (self.read.len() - self.at).min(usize::try_from(most).unwrap_or(usize::MAX));
        let piece = self.read[self.at..self.at + count].to_vec();
        self.at += count;
        match body {
            Body::Length(left) | Body::Chunk { left, .. } => *left -= count as u64,
            Body::Close | Body::Done => {}
        }
        Ok(piece)
    }

    /// Opens the next chunk and gives its first bytes. [RFC 9112 7.1]
    fn next_chunk(&mut self, body: &mut Body, first: bool) -> std::result::Result<Vec<u8>, Failure> {
        if !first {
            self.text()?;
        }
        let line = self.text()?;
        let size = line.split(';').next().unwrap_or("").trim();
        let size = u64::from_str_radix(size, 16)
            .map_err(|_| Failure::NotHttp(format!("{size:?} is no size of a chunk")))?;
        if size == 0 {
            while !self.text()?.is_empty() {}
            *body = Body::Done;
            return Ok(Vec::new());
        }
        *body = Body::Chunk { left: size, first: false };
        self.body(body)
    }
}

/// How long the body is, and whether the connection can be used again. [RFC 9112 6.3]
fn understand(status: u16, fields: &[(String, String)]) -> std::result::Result<Head, Failure> {
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let body = match (field("transfer-encoding"), field("content-length")) {
        _ if status == 204 || status == 304 => Body::Done,
        (Some(coding), _) if coding.ends_with("chunked") => Body::Chunk { left: 0, first: true },
        (_, Some(length)) => {
            Body::Length(length.parse().map_err(|_| Failure::NotHttp(format!("{length:?} is no length")))?)
        }
        _ => Body::Close,
    };
    let keep = field("connection") != Some("close") && !matches!(body, Body::Close);
    Ok(Head { status, body, keep })
}

/// An answer whose body is read line by line. Read to its end, it gives the connection back.
pub(crate) struct Answer<'a> {
    client: &'a mut Client,
    line: Option<Line>,
    pub(crate) status: u16,
    body: Body,
    keep: bool,
}

impl Answer<'_> {
    /// The next line into `kept`, which holds what was read behind the last one; `None` at the end.
    pub(crate) fn line(&mut self, kept: &mut Vec<u8>, bytes_max: usize) -> Result<Option<Vec<u8>>> {
        let mut looked = 0;
        loop {
            if let Some(end) = kept[looked..].iter().position(|byte| *byte == b'\n') {
                let rest = kept.split_off(looked + end + 1);
                let mut line = std::mem::replace(kept, rest);
                line.pop();
                return Ok(Some(line));
            }
            looked = kept.len();
            if looked > bytes_max {
                let says = format!("A line of the answer is longer than {bytes_max} bytes.");
                return Err(Error::limit(ErrorId::AnswerTooLong, says));
            }
            let piece = self.piece()?;
            if piece.is_empty() {
                return Ok((!kept.is_empty()).then(|| std::mem::take(kept)));
            }
            kept.extend_from_slice(&piece);
        }
    }

    /// The whole body of a refusal, as far as anyone would read it.
    pub(crate) fn refusal(&mut self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        while all.len() < REFUSAL_BYTES_MAX {
            let piece = self.piece()?;
            if piece.is_empty() {
                break;
            }
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    fn piece(&mut self) -> Result<Vec<u8>> {
        let Some(line) = &mut self.line else { return Ok(Vec::new()) };
        let piece = line.body(&mut self.body).map_err(|failure| self.client.failed(failure))?;
        if piece.is_empty() {
            self.client.open = self.line.take().filter(|_| self.keep);
        }
        Ok(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// Answers with prepared bytes, a few at a time, and keeps what it was sent.
    struct Prepared {
        answer: Cursor<Vec<u8>>,
        piece: usize,
    }
    impl Read for Prepared {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let most = into.len().min(self.piece);
            self.answer.read(&mut into[..most])
        }
    }
    impl Write for Prepared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn client_with(answer: &str, piece: usize) -> Client {
        let address = Address { host: "mail".to_owned(), port: 443 };
        let mut client = Client::new(address, ("ann", "secret"), trust_nobody(), Stop::default());
        let prepared = Prepared { answer: Cursor::new(answer.as_bytes().to_vec()), piece };
        client.open = Some(Line::new(Box::new(prepared), Stop::default()));
        client
    }

    fn trust_nobody() -> Arc<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Arc::new(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
    }

    fn lines(client: &mut Client) -> Result<(u16, Vec<String>)> {
        let mut answer = client.post("/x", b"{}")?;
        let (mut kept, mut lines) = (Vec::new(), Vec::new());
        while let Some(line) = answer.line(&mut kept, 1 << 20)? {
            lines.push(String::from_utf8(line).unwrap());
        }
        Ok((answer.status, lines))
    }

    #[test]
    fn an_answer_of_any_framing_is_read_line_by_line() {
        for (answer, status, expected, kept) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{1}\n{2}\n", 200, vec!["{1}", "{2}"], true),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{1}\n{\r\n3;x=y\r\n2}\n\r\n0\r\n\r\n",
                200,
                vec!["{1}", "{2}"],
                true,
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\ncontent-length:2\r\n\r\nno",
                401,
                vec!["no"],
                true,
            ),
            ("HTTP/1.0 200 OK\r\n\r\n{1}\n{2}", 200, vec!["{1}", "{2}"], false),
            ("HTTP/1.1 204 None\r\n\r\n", 204, vec![], true),
            (
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\n{1}\n",
                200,
                vec!["{1}"],
                false,
            ),
        ] {
            for piece in [1, 3, 10_000] {
                let mut client = client_with(answer, piece);
                let (got, said) = lines(&mut client).unwrap();
                assert_eq!(
                    (got, said.iter().map(String::as_str).collect::<Vec<_>>()),
                    (status, expected.clone())
                );
                assert_eq!(client.open.is_some(), kept, "{answer:?}");
            }
        }
    }

    #[test]
    fn what_is_no_answer_says_so() {
        for (answer, id) in [
            ("* OK IMAP4rev2 ready\r\n\r\n", "AnswerUnreadable"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "AnswerUnreadable"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{1}\n", "ServerUnreachable"),
        ] {
            assert_eq!(lines(&mut client_with(answer, 7)).unwrap_err().id(), id, "{answer:?}");
        }
    }

    #[test]
    fn an_address_is_https_host_and_port() {
        for (url, host, port) in [
            ("https://mail.contoso.com:10443", "mail.contoso.com", 10443),
            ("https://mail.contoso.com/", "mail.contoso.com", 443),
            ("mail:10443", "mail", 10443),
            ("https://[::1]:10443", "::1", 10443),
        ] {
            assert_eq!(Address::parse(url).unwrap(), Address { host: host.to_owned(), port }, "{url}");
        }
        for url in ["http://mail", "https://", "https://a/b", "https://u@a", "https://a:b"] {
            assert_eq!(Address::parse(url).unwrap_err().id(), "ServerUrlWrong", "{url}");
        }
    }
}
