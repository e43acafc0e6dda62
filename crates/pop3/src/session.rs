//! One client's session: reads commands, knows the state, writes replies.  [RFC 1939 3]

use std::sync::Arc;
use std::time::Duration;

use net::{Budget, Connection, Exceeded, Held, Line, Lost};
use object::Result as Fallible;
use object::{Error, ErrorId};
use tokio::sync::watch;
use tracing::{debug, info};

use crate::house::{Entry, Logon, Maildrop};
use crate::reply::Reply;
use crate::{Lock, Pop3, verb};

/// Commands are short; this is what the standard allows, and a long password besides. [RFC 2449 4]
const COMMAND_BYTES_MAX: usize = 1024;
/// An idle client is logged off; ten minutes is the least that is allowed. [RFC 1939 3]
const IDLE_TIME_MAX: Duration = Duration::from_secs(600);
/// Before log-on strangers get less than the ten minutes of the standard. [RFC 1939 3]
const LOGON_TIME_MAX: Duration = Duration::from_secs(180);
/// Lines of a list that are sent together: some 20 KB.
const LINES_TOGETHER: usize = 1_000;
/// Messages for which a list has room at first.
const ENTRIES_FIRST: usize = 64;
/// Failed log-ons and words that are no command before we part.
const MISTAKES_MAX: u32 = 10;

/// Why a session ends.
pub(crate) enum End {
    /// The connection went.
    Lost(Lost),
    /// We say this and close.
    Goodbye(Reply),
}

impl From<Lost> for End {
    fn from(lost: Lost) -> End {
        End::Lost(lost)
    }
}

/// A maildrop that is open.
pub(crate) struct Open {
    pub(crate) maildrop: Arc<dyn Maildrop>,
    pub(crate) uid_validity: u32,
    pub(crate) entries: Vec<Entry>,
    pub(crate) deleted: Vec<bool>,
    cut_off: watch::Receiver<bool>,
    /// What its list of messages takes.
    _held: Held,
    _lock: Lock,
}

/// A session.
pub(crate) struct Session {
    pub(crate) door: Arc<Pop3>,
    pub(crate) connection: Connection,
    /// The name that USER gave.
    pub(crate) user: Option<String>,
    /// The maildrop; none before log-on.
    pub(crate) open: Option<Open>,
    /// The memory of whoever has logged on.
    memory: Option<Budget>,
    mistakes: u32,
}

/// Serves a connection to its end.
pub(crate) async fn serve(door: Arc<Pop3>, mut connection: Connection) {
    connection.set_read_time(LOGON_TIME_MAX);
    let greeting = format!("{} Mailstead POP3 ready", door.config.name);
    let mut session = Session { door, connection, user: None, open: None, memory: None, mistakes: 0 };
    session.reply(&Reply::ok(greeting));
    let end = loop {
        if let Err(end) = session.step().await {
            break end;
        }
    };
    session.part(end).await;
}

impl Session {
    async fn step(&mut self) -> Result<(), End> {
        let line = self.command().await?;
        if line.flaw.is_some() {
            // A line that others could cut differently; nothing behind it is believed.
            self.connection.forget_input();
            self.reply(&Reply::error("A command is a line of at most 1024 octets that ends with CRLF"));
        } else {
            let Some(text) = line.text() else {
                self.reply(&Reply::error("The command is not UTF-8"));
                return Ok(());
            };
            let (name, argument) = text.split_once(' ').unwrap_or((text, ""));
            debug!(command = name, "command");
            verb::dispatch(self, &name.to_ascii_uppercase(), argument).await?;
        }
        if self.mistakes > MISTAKES_MAX {
            return Err(End::Goodbye(Reply::error("Too many errors")));
        }
        Ok(())
    }

    /// The next command, unless the account or the protocol is switched off first.
    async fn command(&mut self) -> Result<Line, End> {
        let Some(open) = &mut self.open else { return Ok(self.connection.command(COMMAND_BYTES_MAX).await?) };
        tokio::select! {
            biased;
            () = net::is_cut(&mut open.cut_off) => Err(End::Goodbye(Reply::coded("SYS/PERM", "The log-on was withdrawn"))),
            line = self.connection.command(COMMAND_BYTES_MAX) => Ok(line?),
        }
    }

    /// Puts a reply into the answer.
    pub(crate) fn reply(&mut self, reply: &Reply) {
        self.connection.put(reply.line().as_bytes());
    }

    /// A word that is no command, or none here.
    pub(crate) fn mistake(&mut self, reply: &Reply) {
        self.mistakes += 1;
        self.reply(reply);
    }

    /// Opens the maildrop of whoever can prove it. [RFC 1939 4]
    pub(crate) async fn log_on(
        &mut self,
        act_as: Option<String>,
        user: String,
        password: String,
    ) -> Result<(), End> {
        let from = self.connection.peer();
        let attempt = net::Attempt { user: &user, password: &password, act_as: act_as.as_deref(), from };
        let proved = net::log_on(&self.door.log_on, attempt).await;
        let entered = match proved {
            Ok(enter) => self.blocking(enter).await,
            Err(error) => Err(error),
        };
        match entered {
            Ok(logon) => self.open(logon).await,
            Err(error) => {
                self.mistake(&Reply::of_error(&error));
                Ok(())
            }
        }
    }

    async fn open(&mut self, logon: Logon) -> Result<(), End> {
        let Some(lock) = self.door.lock(logon.maildrop.mailbox()) else {
            // [RFC 2449 8.1.1]
            self.reply(&Reply::coded("IN-USE", "Another session has the maildrop"));
            return Ok(());
        };
        let maildrop = Arc::clone(&logon.maildrop);
        let memory = self.door.config.memory.of_account(&logon.name);
        let taken = memory.clone();
        let (uid_validity, entries, held) = match self.blocking(move || listed(&*maildrop, &taken)).await {
            Ok(listed) => listed,
            Err(error) => {
                self.reply(&Reply::of_error(&error));
                return Ok(());
            }
        };
        info!(user = logon.name, messages = entries.len(), "logged on");
        self.reply(&Reply::ok(format!("{} messages", entries.len())));
        self.connection.set_read_time(IDLE_TIME_MAX);
        self.mistakes = 0;
        let Logon { maildrop, cut_off, .. } = logon;
        let deleted = vec![false; entries.len()];
        self.memory = Some(memory);
        self.open =
            Some(Open { maildrop, uid_validity, entries, deleted, cut_off, _held: held, _lock: lock });
        Ok(())
    }

    /// Memory for a piece of an answer, until what is answered is dropped; a refusal where the account has none left.
    pub(crate) fn hold(&self, octets: u64) -> Result<Option<Held>, Reply> {
        let held = self.memory.as_ref().map(|memory| memory.take(octets)).transpose();
        held.map_err(|exceeded| Reply::of_error(&no_room(exceeded)))
    }

    /// Sends the line of each message that is left, after `first`, some at a time.
    pub(crate) async fn list(
        &mut self,
        first: &Reply,
        line: impl Fn(&Open, usize, &Entry) -> String,
    ) -> Result<(), End> {
        let mut lines = first.line();
        let mut number = 0;
        while let Some(open) = &self.open {
            let some = open.left_from(number).take(LINES_TOGETHER);
            let from = number;
            for (at, entry) in some {
                lines.push_str(&line(open, at, entry));
                number = at;
            }
            if number == from {
                break;
            }
            self.connection.send(lines.as_bytes()).await?;
            lines.clear();
        }
        lines.push_str(".\r\n");
        Ok(self.connection.send(lines.as_bytes()).await?)
    }

    /// Runs what waits for a disk or a password check on a thread of its own.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Fallible<T> + Send + 'static,
    ) -> Fallible<T> {
        net::blocking(work).await
    }

    async fn part(mut self, end: End) {
        let last = match end {
            End::Goodbye(reply) => reply,
            // Nothing is deleted when a session does not end with QUIT. [RFC 1939 3]
            End::Lost(Lost::Idle) => Reply::coded("SYS/TEMP", "Idle for too long"),
            End::Lost(Lost::Draining) => Reply::coded("SYS/TEMP", "The server is shutting down"),
            End::Lost(Lost::Flood) => Reply::error("Line too long"),
            End::Lost(Lost::BareLf) => Reply::error("A line ends with CRLF"),
            End::Lost(lost) => return debug!(?lost, "lost"),
        };
        self.open = None;
        self.connection.put(last.line().as_bytes());
        // The client may be gone already; there is nobody left to tell.
        let _heard = self.connection.close().await.is_ok();
    }
}

/// The UIDVALIDITY and messages of a maildrop, and the memory that the list takes.
fn listed(maildrop: &dyn Maildrop, memory: &Budget) -> Fallible<(u32, Vec<Entry>, Held)> {
    let (mut entries, mut held) = (Vec::new(), memory.take(0).map_err(no_room)?);
    let uid_validity = maildrop.entries(&mut |entry| {
        // As it grows, and its marks of what is deleted.
        if entries.len() == entries.capacity() {
            let more = entries.len().max(ENTRIES_FIRST);
            held.more((more * (size_of::<Entry>() + 1)) as u64).map_err(no_room)?;
            entries.reserve_exact(more);
        }
        entries.push(entry);
        Ok(())
    })?;
    Ok((uid_validity, entries, held))
}

/// What a client hears for which there is no room: it may come again when others have ended.
fn no_room(exceeded: Exceeded) -> Error {
    let Exceeded { budget, limit } = exceeded;
    let message =
        format!("Too much is held for you at the moment ({budget}: {limit} bytes), try again later");
    Error::busy(ErrorId::RoomExhausted, message)
}

impl Open {
    /// The index of message `number`, if it is there and not deleted. [RFC 1939 3]
    pub(crate) fn find(&self, number: usize) -> Result<usize, Reply> {
        let index = number.checked_sub(1).filter(|index| *index < self.entries.len());
        let index =
            index.ok_or_else(|| Reply::error(format!("No message {number}, only {}", self.entries.len())))?;
        if self.deleted[index] {
            Err(Reply::error(format!("Message {number} is deleted")))
        } else {
            Ok(index)
        }
    }

    /// Number and entry of every message that is not deleted.
    pub(crate) fn left(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.left_from(0)
    }

    /// Those of them behind the first `count` messages.
    fn left_from(&self, count: usize) -> impl Iterator<Item = (usize, &Entry)> {
        let numbered = self.entries.iter().zip(&self.deleted).enumerate().skip(count);
        numbered.filter(|(_, (_, deleted))| !**deleted).map(|(index, (entry, _))| (index + 1, entry))
    }

    /// The unique id, the same in every session. [RFC 1939 7]
    pub(crate) fn unique_id(&self, entry: &Entry) -> String {
        format!("{}.{}", self.uid_validity, entry.uid)
    }
}
