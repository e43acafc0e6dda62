//! One client's connection: lines and octets in, answers out, TLS when it is asked for.
//!
//! - What was [`put`](Connection::put) leaves before the connection waits for input.
//! - Every reading function can be dropped half-way (in a `select!`) and called again: what has come in
//!   stays in the buffer.
//! - The buffers are small while the client is idle and grow with what it sends.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use object::{Error, ErrorId};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, timeout, timeout_at};

use crate::line::Scanned;
use crate::stream::{Raw, Stream};
use crate::{Acceptor, Drain, Line, LineScanner, Octets, Pass, TlsInfo};

/// Room for a command while the client is idle: most commands fit.
const IDLE_BUFFER_BYTES: usize = 512;
/// One read takes no more than this, so that one client cannot make us hold much.
const READ_BYTES_MAX: usize = 64 << 10;
/// After this long without input the buffers shrink. Shorter would cost busy clients an allocation each time.
const SHRINK_AFTER: Duration = Duration::from_secs(1);
/// From here on answers go to the socket instead of into memory.
const OUTPUT_BYTES_HIGH: usize = 32 << 10;
/// A client that takes nothing for this long is cut off. [RFC 5321 4.5.3.2.7]
const WRITE_TIME_MAX: Duration = Duration::from_secs(120);
/// The slowest reader that is served a large piece, in octets a second: below, it holds a piece of memory for nothing.
const WRITE_PACE_MIN: usize = 512;
/// A TLS hand-shake takes two round trips; this covers the worst of lines.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(30);
/// A client that was told goodbye gets this long to hear it, and may send this much meanwhile.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES_MAX: u64 = 1 << 20;
/// Doors set their own; this one is RFC 5321's for a server. [RFC 5321 4.5.3.2.7]
const READ_TIME: Duration = Duration::from_secs(300);

/// Why a connection can not go on.
#[derive(Debug)]
pub enum Lost {
    /// The client closed it.
    Closed,
    /// The client sent nothing in time.
    Idle,
    /// The client takes no answers.
    Stuck,
    /// The server is coming to its end and the client is between two transactions.
    Draining,
    /// A line of more than [`FLOOD_BYTES_MAX`](crate::FLOOD_BYTES_MAX) octets.
    Flood,
    /// A line that ended with a lone LF: what is behind it is not read. [RFC 5321 2.3.8]
    BareLf,
    /// The network or TLS failed.
    Broken(std::io::Error),
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Error {
        match lost {
            Lost::Closed => Error::busy(ErrorId::ConnectionClosed, "The client closed the connection."),
            Lost::Idle => Error::busy(ErrorId::TimedOut, "The client sent nothing for too long."),
            Lost::Stuck => Error::busy(ErrorId::TimedOut, "The client took no answers for too long."),
            Lost::Draining => Error::busy(ErrorId::ShuttingDown, "The server is shutting down."),
            Lost::Flood => Error::limit(ErrorId::LineTooLong, "The client sent a line without an end."),
            Lost::BareLf => {
                Error::caller(ErrorId::LineEnd, "The client ended a line with LF instead of CRLF.")
            }
            Lost::Broken(error) => Error::from(error),
        }
    }
}

/// A connection; dropping it closes it.
pub struct Connection {
    stream: Stream,
    input: BytesMut,
    next_read: usize,
    scanner: LineScanner,
    output: BytesMut,
    read_time: Duration,
    facts: Box<Facts>,
}

/// What seldom changes, out of the way of what does.
struct Facts {
    id: u64,
    requests: u64,
    peer: SocketAddr,
    local: SocketAddr,
    tls: Option<TlsInfo>,
    acceptor: Option<Acceptor>,
    drain: Option<Drain>,
    _pass: Option<Pass>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "connection {} from {}", self.id(), self.peer())
    }
}

impl Connection {
    pub(crate) fn new(stream: Raw, peer: SocketAddr, local: SocketAddr) -> Connection {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let facts =
            Facts { id, requests: 0, peer, local, tls: None, acceptor: None, drain: None, _pass: None };
        Connection {
            stream: Stream::Plain(stream),
            input: BytesMut::new(),
            next_read: IDLE_BUFFER_BYTES,
            scanner: LineScanner::default(),
            output: BytesMut::new(),
            read_time: READ_TIME,
            facts: Box::new(facts),
        }
    }

    /// A connection over a pipe in memory: what tests talk to, and programs in the same process.
    pub fn in_memory(pipe: DuplexStream, peer: SocketAddr) -> Connection {
        Connection::new(Raw::Memory(pipe), peer, SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0))
    }

    /// Lets [`start_tls`](Connection::start_tls) succeed.
    #[must_use]
    pub fn with_tls(mut self, acceptor: Acceptor) -> Connection {
        self.facts.acceptor = Some(acceptor);
        self
    }

    /// Lets [`command`](Connection::command) end when the server comes to its end.
    #[must_use]
    pub fn with_drain(mut self, drain: Drain) -> Connection {
        self.facts.drain = Some(drain);
        self
    }

    /// Keeps the place among the open connections until this one is dropped.
    #[must_use]
    pub fn with_pass(mut self, pass: Pass) -> Connection {
        self.facts._pass = Some(pass);
        self
    }

    /// Hands the octets to a protocol that reads them its own way; what came in already is read first.
    pub fn into_octets(self) -> Octets {
        let Facts { drain, _pass, .. } = *self.facts;
        Octets { stream: self.stream, input: self.input, drain, _pass }
    }

    /// The connection's number in this process, in hexadecimal; stands in the logs.
    pub fn id(&self) -> String {
        format!("{:08x}", self.facts.id)
    }

    /// An id for the next request (transaction, command) on this connection: `0000002a.3`.
    pub fn next_request(&mut self) -> String {
        self.facts.requests += 1;
        format!("{:08x}.{}", self.facts.id, self.facts.requests)
    }

    /// The client's address.
    pub fn peer(&self) -> SocketAddr {
        self.facts.peer
    }
    /// Our own address.
    pub fn local(&self) -> SocketAddr {
        self.facts.local
    }
    /// What TLS settled; `None` in the clear.
    pub fn tls(&self) -> Option<&TlsInfo> {
        self.facts.tls.as_ref()
    }
    /// Whether the client runs on this machine.
    pub fn is_loopback(&self) -> bool {
        self.facts.peer.ip().to_canonical().is_loopback()
    }
    /// Whether a password may come over it: inside TLS, or from this machine.
    pub fn is_private(&self) -> bool {
        self.tls().is_some() || self.is_loopback()
    }
    /// Whether STARTTLS can be offered: there is a certificate and no TLS yet.
    pub fn can_start_tls(&self) -> bool {
        self.facts.acceptor.is_some() && self.tls().is_none()
    }

    /// How long one line, or one piece of octets, may take to come, counted from when the server began to
    /// wait for it: a client that sends an octet now and then gains nothing. [RFC 5321 4.5.3.2]
    pub fn set_read_time(&mut self, limit: Duration) {
        self.read_time = limit;
    }

    /// The next line, at most `limit` octets long. Input that follows stays for the next call.
    pub async fn line(&mut self, limit: usize) -> Result<Line, Lost> {
        let deadline = Instant::now() + self.read_time;
        loop {
            match self.scanner.scan(&mut self.input, limit) {
                Scanned::Line(line) => return Ok(line),
                Scanned::Flood => return Err(Lost::Flood),
                Scanned::BareLf => return Err(Lost::BareLf),
                Scanned::More => self.receive(deadline).await?,
            }
        }
    }

    /// The next line, unless the server comes to its end first: for doors between two transactions.
    pub async fn command(&mut self, limit: usize) -> Result<Line, Lost> {
        let Some(mut drain) = self.facts.drain.clone() else { return self.line(limit).await };
        tokio::select! {
            biased;
            line = self.line(limit) => line,
            () = drain.begun() => Err(Lost::Draining),
        }
    }

    /// Waits until there is input, unless the server comes to its end first: for doors between two transactions that do
    /// not read lines.
    pub async fn ready(&mut self) -> Result<(), Lost> {
        let Some(mut drain) = self.facts.drain.clone() else { return self.peek().await.map(drop) };
        tokio::select! {
            biased;
            input = async { self.peek().await.map(drop) } => input,
            () = drain.begun() => Err(Lost::Draining),
        }
    }

    /// Whether input is waiting that nobody has looked at: a client that did not wait for an answer.
    pub fn has_input(&self) -> bool {
        !self.input.is_empty()
    }

    /// What has come in and not been taken; waits until there is something.
    pub async fn peek(&mut self) -> Result<&[u8], Lost> {
        if self.input.is_empty() {
            self.receive(Instant::now() + self.read_time).await?;
        }
        Ok(&self.input)
    }

    /// Takes `count` octets of what [`peek`](Connection::peek) showed.
    pub fn consume(&mut self, count: usize) {
        self.input.advance(count.min(self.input.len()));
        self.scanner.reset();
    }

    /// Takes between one and `max` octets, as they come: for literals and BDAT in pieces.
    pub async fn octets(&mut self, max: usize) -> Result<Bytes, Lost> {
        let ready = self.peek().await?.len().min(max);
        self.scanner.reset();
        Ok(self.input.split_to(ready).freeze())
    }

    /// Reads and forgets exactly `count` octets, in constant memory.
    pub async fn discard(&mut self, mut count: u64) -> Result<(), Lost> {
        while count > 0 {
            let ready = self.peek().await?.len();
            let taken = usize::try_from(count).map_or(ready, |count| ready.min(count));
            self.consume(taken);
            count -= taken as u64;
        }
        Ok(())
    }

    /// Drops all input that is waiting: what a client sent ahead of an answer it had to wait for.
    pub fn forget_input(&mut self) {
        self.input.clear();
        self.scanner.reset();
    }

    /// Puts octets into the answer; they leave with the next wait for input or [`flush`](Connection::flush).
    pub fn put(&mut self, octets: &[u8]) {
        self.output.extend_from_slice(octets);
    }

    /// Puts octets into a large answer, waiting for the client when too many are under way.
    pub async fn send(&mut self, octets: &[u8]) -> Result<(), Lost> {
        if octets.len() >= OUTPUT_BYTES_HIGH {
            self.flush().await?;
            return self.write_through(octets).await;
        }
        self.put(octets);
        if self.output.len() >= OUTPUT_BYTES_HIGH { self.flush().await } else { Ok(()) }
    }

    /// Sends what was put.
    pub async fn flush(&mut self) -> Result<(), Lost> {
        if self.output.is_empty() {
            return Ok(());
        }
        while !self.output.is_empty() {
            let written = limited(WRITE_TIME_MAX, self.stream.write(&self.output)).await?;
            self.output.advance(written);
        }
        self.output = BytesMut::new();
        limited(WRITE_TIME_MAX, self.stream.flush()).await
    }

    /// Writes a large piece from where it lies. Not to be dropped half-way.
    async fn write_through(&mut self, octets: &[u8]) -> Result<(), Lost> {
        let all = WRITE_TIME_MAX + Duration::from_secs((octets.len() / WRITE_PACE_MIN) as u64);
        timeout(all, self.write_all(octets)).await.unwrap_or(Err(Lost::Stuck))
    }

    async fn write_all(&mut self, mut octets: &[u8]) -> Result<(), Lost> {
        while !octets.is_empty() {
            let written = limited(WRITE_TIME_MAX, self.stream.write(octets)).await?;
            octets = &octets[written..];
        }
        limited(WRITE_TIME_MAX, self.stream.flush()).await
    }

    /// Says the last words and closes. What the client is still sending is read over for a moment: a socket
    /// closed with unread input is reset, and the last words would be lost. [RFC 1122 4.2.2.13]
    pub async fn close(&mut self) -> Result<(), Lost> {
        self.flush().await?;
        limited(WRITE_TIME_MAX, self.stream.shutdown()).await?;
        let lingered = timeout(LINGER, self.discard(LINGER_BYTES_MAX)).await;
        match lingered {
            Ok(Err(Lost::Closed)) | Err(_) | Ok(Ok(())) => Ok(()),
            Ok(Err(lost)) => Err(lost),
        }
    }

    /// Goes over to TLS. What the client sent in the clear after its command is dropped: it could have
    /// come from anybody. The door forgets what it knew of the client. [RFC 3207 4.2] [RFC 9051 6.2.1]
    pub async fn start_tls(&mut self) -> Result<(), Lost> {
        self.flush().await?;
        self.forget_input();
        let acceptor = self.facts.acceptor.clone();
        match (std::mem::replace(&mut self.stream, Stream::Gone), acceptor) {
            (Stream::Plain(raw), Some(acceptor)) => {
                let tls = limited(HANDSHAKE_TIME_MAX, acceptor.accept(raw)).await?;
                self.stream = Stream::Tls(Box::new(tls));
                self.facts.tls = self.stream.tls_info();
                Ok(())
            }
            (stream, _) => {
                self.stream = stream;
                Err(Lost::Broken(std::io::ErrorKind::Unsupported.into()))
            }
        }
    }

    /// Waits for input after sending what is waiting to be sent.
    async fn receive(&mut self, deadline: Instant) -> Result<(), Lost> {
        self.flush().await?;
        let soon = Instant::now() + SHRINK_AFTER;
        if soon < deadline {
            match timeout_at(soon, self.read()).await {
                Ok(done) => return done,
                Err(_) => self.shrink(),
            }
        }
        timeout_at(deadline, self.read()).await.unwrap_or(Err(Lost::Idle))
    }

    async fn read(&mut self) -> Result<(), Lost> {
        self.input.reserve(self.next_read);
        let room = self.input.capacity() - self.input.len();
        match self.stream.read_buf(&mut self.input).await {
            Ok(0) => Err(Lost::Closed),
            // A full buffer means there is more: ask for more next time.
            Ok(count) => {
                let more = if count == room { room * 4 } else { self.next_read };
                self.next_read = more.min(READ_BYTES_MAX);
                Ok(())
            }
            Err(error) => Err(lost(error)),
        }
    }

    /// An idle client costs as little memory as we can make it.
    fn shrink(&mut self) {
        self.next_read = IDLE_BUFFER_BYTES;
        self.input = BytesMut::from(&self.input[..]);
    }
}

/// Awaits `work`, which only a client that takes or sends nothing makes long.
async fn limited<T>(limit: Duration, work: impl Future<Output = std::io::Result<T>>) -> Result<T, Lost> {
    timeout(limit, work).await.map_or(Err(Lost::Stuck), |done| done.map_err(lost))
}

/// A reset is a close without manners.
fn lost(error: std::io::Error) -> Lost {
    use std::io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof => {
            Lost::Closed
        }
        _ => Lost::Broken(error),
    }
}

impl Connection {
    /// Answers are small and the client waits for them.
    pub(crate) fn set_no_delay(&self) {
        if let Stream::Plain(Raw::Tcp(tcp)) = &self.stream {
            // Without it answers come late, not wrong.
            let _set = tcp.set_nodelay(true).is_ok();
        }
    }
}
