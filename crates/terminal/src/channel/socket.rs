//! The server on this machine: lines of JSON over its `admin.sock`.
//!
//! Piped objects stream in one invocation. Its first line goes out with the first object, so that a
//! pipeline that carries nothing runs nothing; a server tells by the line behind `invoke` whether objects
//! are piped. Both sides may have much to say: nothing is written without looking at what came in.

use super::LazyBook;
use crate::console::Stop;
use gate::wire::{In, LINE_BYTES_MAX, Out, Reader};
use gate::{Channel, End, Invocation, Remote};
use object::{Error, ErrorId, Result, Value};
use parking_lot::Mutex;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often a wait looks whether it shall stop, or whether the other side wants to be heard first.
const LOOK_MILLIS: u64 = 100;
/// Connections kept for the next commands: as many as commands stand in one another.
const IDLE_CONNECTIONS_MAX: usize = 4;
/// What one read takes.
const READ_BYTES: usize = 64 << 10;

/// Connections to one socket.
pub(super) struct Pool {
    path: PathBuf,
    stop: Stop,
    book: LazyBook,
    idle: Mutex<Vec<Line>>,
}

impl Pool {
    pub(super) fn new(path: PathBuf, stop: Stop, book: LazyBook) -> Pool {
        Pool { path, stop, book, idle: Mutex::default() }
    }

    /// Whether a server listens; the connection is kept.
    pub(super) fn try_it(&self) -> Result<bool> {
        match self.connect() {
            Ok(line) => {
                self.idle.lock().push(line);
                Ok(true)
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                Ok(false)
            }
            Err(error) => Err(unreachable(&self.path, &error)),
        }
    }

    fn connect(&self) -> std::io::Result<Line> {
        Line::new(UnixStream::connect(&self.path)?, self.stop.clone())
    }

    fn line(&self) -> Result<Line> {
        while let Some(mut line) = self.idle.lock().pop() {
            if line.is_open() {
                return Ok(line);
            }
        }
        self.connect().map_err(|error| unreachable(&self.path, &error))
    }

    fn keep(&self, line: Line) {
        let mut idle = self.idle.lock();
        if idle.len() < IDLE_CONNECTIONS_MAX {
            idle.push(line);
        }
    }
}

fn unreachable(path: &Path, error: &std::io::Error) -> Error {
    let path = path.display();
    match error.kind() {
        ErrorKind::PermissionDenied => {
            Error::denied(ErrorId::AccessDenied, format!("You may not use the server's socket {path}."))
                .help("Only root and the server's own user may; others use --server and --user.")
        }
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
            Error::busy(ErrorId::ServerGone, format!("The server no longer listens on {path}."))
                .help("Start it again with mailstead serve.")
        }
        _ => Error::busy(ErrorId::ServerUnreachable, format!("{path} cannot be connected to: {error}.")),
    }
}

/// A command that runs on the server.
pub(super) struct SocketCommand {
    pool: Arc<Pool>,
    invocation: Option<Invocation>,
    name: String,
    piped: bool,
    line: Option<Line>,
    reader: Reader,
    ended: Option<End>,
}

impl SocketCommand {
    pub(super) fn new(pool: Arc<Pool>, invocation: Invocation) -> SocketCommand {
        let (name, piped) = (invocation.cmdlet.to_string(), invocation.piped);
        let reader = Reader::new((pool.book)().nouns());
        SocketCommand { pool, invocation: Some(invocation), name, piped, line: None, reader, ended: None }
    }

    /// Sends the first line, if it has not gone out yet.
    fn start(&mut self, channel: &mut dyn Channel) -> Result<()> {
        if let Some(invocation) = self.invocation.take() {
            self.line = Some(self.pool.line()?);
            self.send(&In::Invoke { invocation, deltas: true }, channel)?;
        }
        Ok(())
    }

    fn send(&mut self, word: &In, channel: &mut dyn Channel) -> Result<()> {
        let bytes = word.line();
        let mut sent = 0;
        while sent < bytes.len() && self.ended.is_none() {
            let Some(line) = &mut self.line else { return Ok(()) };
            match line.stream.write(&bytes[sent..]) {
                Ok(count) => sent += count,
                // The server waits until it is heard itself.
                Err(error) if is_pause(&error) => self.hear(channel)?,
                Err(_) => return self.gone(channel),
            }
        }
        Ok(())
    }

    /// What the server said before it closed is the reason; without one it went away.
    fn gone(&mut self, channel: &mut dyn Channel) -> Result<()> {
        while self.ended.is_none() {
            match self.next(true)? {
                Some(out) => self.pass(out, channel)?,
                None => return Err(self.went_away()),
            }
        }
        Ok(())
    }

    fn went_away(&self) -> Error {
        Error::busy(ErrorId::ServerGone, format!("The server went away while {} ran.", self.name))
            .help("What it did before is kept. Look at the object before you run the command again.")
    }

    /// Passes on what has come in, without waiting for more.
    fn hear(&mut self, channel: &mut dyn Channel) -> Result<()> {
        while self.ended.is_none() {
            match self.next(false)? {
                Some(out) => self.pass(out, channel)?,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    fn next(&mut self, wait: bool) -> Result<Option<Out>> {
        let Some(line) = &mut self.line else { return Ok(None) };
        line.next(wait)?.map(|bytes| self.reader.read(bytes)).transpose()
    }

    fn pass(&mut self, out: Out, channel: &mut dyn Channel) -> Result<()> {
        match out {
            Out::Report(report) => channel.say(report),
            Out::Confirm(prompt) => {
                let answer = channel.ask(&prompt)?;
                self.send(&In::Answer(answer), channel)
            }
            Out::End(errors) => {
                self.ended = Some(End { errors });
                Ok(())
            }
        }
    }
}

impl Remote for SocketCommand {
    fn take(&mut self, input: &Value, channel: &mut dyn Channel) -> Result<bool> {
        self.start(channel)?;
        self.send(&In::Input(input.clone()), channel)?;
        self.hear(channel)?;
        Ok(self.ended.is_none())
    }

    fn finish(&mut self, channel: &mut dyn Channel) -> Result<End> {
        if self.piped && self.invocation.is_some() {
            return Ok(End::default());
        }
        self.start(channel)?;
        if self.ended.is_none() {
            self.send(&In::InputEnd, channel)?;
        }
        self.gone(channel)?;
        let end = self.ended.unwrap_or_default();
        if let Some(line) = self.line.take() {
            self.pool.keep(line);
        }
        Ok(end)
    }
}

impl Drop for SocketCommand {
    /// A command that is no longer listened to is told to stop. Its connection is not used again: the server
    /// may have much to say still.
    fn drop(&mut self) {
        if let (Some(line), None) = (&mut self.line, self.ended) {
            // If it cannot be told, the closed connection tells it.
            drop(line.stream.write(&In::Stop.line()));
        }
    }
}

fn is_pause(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// A connection, and what was read ahead from it.
struct Line {
    stream: UnixStream,
    stop: Stop,
    /// What one read brings.
    piece: Box<[u8]>,
    read: Vec<u8>,
    at: usize,
}

impl Line {
    fn new(stream: UnixStream, stop: Stop) -> std::io::Result<Line> {
        stream.set_read_timeout(Some(Duration::from_millis(LOOK_MILLIS)))?;
        stream.set_write_timeout(Some(Duration::from_millis(LOOK_MILLIS)))?;
        Ok(Line { stream, stop, piece: vec![0; READ_BYTES].into(), read: Vec::new(), at: 0 })
    }

    /// Whether the other side is still there, and has nothing to say.
    fn is_open(&mut self) -> bool {
        let quiet = self.stream.set_nonblocking(true).is_ok()
            && matches!(self.stream.read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock);
        quiet && self.stream.set_nonblocking(false).is_ok()
    }

    /// The next line; `None` at the end, and where there is none yet and `wait` is not wished.
    fn next(&mut self, wait: bool) -> Result<Option<&[u8]>> {
        let mut looked = self.at;
        loop {
            if let Some(length) = memchr::memchr(b'\n', &self.read[looked..]) {
                let (start, end) = (self.at, looked + length);
                self.at = end + 1;
                return Ok(Some(&self.read[start..end]));
            }
            let waiting = self.read.len() - self.at;
            if waiting > LINE_BYTES_MAX {
                return Err(Error::limit(ErrorId::LineTooLong, "The server sent a line that is too long."));
            }
            if !self.fill(wait)? {
                return Ok(None);
            }
            looked = self.at + waiting;
        }
    }

    fn fill(&mut self, wait: bool) -> Result<bool> {
        self.read.drain(..self.at);
        self.at = 0;
        if !wait {
            self.stream.set_nonblocking(true)?;
            let filled = self.read_some();
            self.stream.set_nonblocking(false)?;
            return match filled {
                Err(error) if is_pause(&error) => Ok(false),
                other => Ok(other.unwrap_or(false)),
            };
        }
        loop {
            match self.read_some() {
                Err(error) if is_pause(&error) && self.stop.is_asked() => return Err(gate::stopped()),
                Err(error) if is_pause(&error) => {}
                // A reset is an end, too.
                other => return Ok(other.unwrap_or(false)),
            }
        }
    }

    fn read_some(&mut self) -> std::io::Result<bool> {
        let count = self.stream.read(&mut self.piece)?;
        self.read.extend_from_slice(&self.piece[..count]);
        Ok(count > 0)
    }
}
