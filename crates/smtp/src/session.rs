//! One client's session: reads commands, keeps what they built up, writes replies.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use net::{Connection, Flaw, Line, Lost};
use object::Network;
use tokio::time::timeout_at;
use tracing::{debug, info};
use transport::{Client, Content, Envelope, Forward, Ret, Sender};

use crate::body::Body;
use crate::chunk::Chunks;
use crate::receiving::Held;
use crate::reply::{self, Reply};
use crate::{Service, Smtp, verb};

/// Room for the longest address twice and every parameter. [RFC 5321 4.5.3.1.4]
const COMMAND_BYTES_MAX: usize = 4096;
/// A client that makes so many mistakes does not speak SMTP, or is searching for something.
const MISTAKES_MAX: u32 = 20;
/// Waiting for a command. [RFC 5321 4.5.3.2.7]
const COMMAND_TIME_MAX: Duration = Duration::from_secs(300);

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

/// What the client said of itself.
#[derive(Clone, Debug)]
pub(crate) struct Hello {
    pub(crate) name: String,
    pub(crate) extended: bool,
}

/// What was built up between MAIL and the end of the message.
pub(crate) struct Transaction {
    pub(crate) sender: Sender,
    /// What MAIL announced of the message's size; 0 where it did not. [RFC 1870 6]
    pub(crate) size: u64,
    pub(crate) content: Content,
    pub(crate) ret: Option<Ret>,
    pub(crate) envid: Option<String>,
    pub(crate) to: Vec<Forward>,
    /// Which of `to` each RCPT that we took leads to: LMTP answers each of them. [RFC 2033 4.2]
    pub(crate) taken: Vec<usize>,
    /// So that an address which is named often counts once.
    pub(crate) known: HashMap<String, usize>,
    /// What the recipients take, in the memory of all doors.
    pub(crate) held: Held,
    pub(crate) held_bytes: usize,
    /// The message, if it comes by BDAT.
    pub(crate) chunks: Option<(Chunks, Body)>,
    pub(crate) request: String,
}

/// A session.
pub(crate) struct Session {
    pub(crate) door: Arc<Smtp>,
    pub(crate) connection: Connection,
    pub(crate) hello: Option<Hello>,
    pub(crate) transaction: Option<Transaction>,
    mistakes: u32,
}

/// Serves a connection to its end.
pub(crate) async fn serve(door: Arc<Smtp>, mut connection: Connection) {
    connection.set_read_time(COMMAND_TIME_MAX);
    let mut session = Session { door, connection, hello: None, transaction: None, mistakes: 0 };
    session.greet();
    let end = loop {
        if let Err(end) = session.step().await {
            break end;
        }
    };
    session.part(end).await;
}

impl Session {
    fn greet(&mut self) {
        let kind = if self.door.service == Service::Lmtp { "LMTP" } else { "ESMTP" };
        self.reply(&Reply::plain(220, format!("{} Mailstead {kind} ready", self.door.config.name)));
    }

    /// Reads one command and answers it.
    async fn step(&mut self) -> Result<(), End> {
        let line = self.line().await?;
        match line.flaw {
            Some(flaw) => self.flawed(flaw)?,
            None => self.command(&line).await?,
        }
        if self.mistakes > MISTAKES_MAX { Err(End::Goodbye(reply::too_many_errors())) } else { Ok(()) }
    }

    /// The next command. A client that has sent chunks which take memory from others has to go on with them: commands
    /// that do nothing do not buy it time.
    async fn line(&mut self) -> Result<Line, Lost> {
        let Some(transaction) = &self.transaction else {
            return self.connection.command(COMMAND_BYTES_MAX).await;
        };
        let chunks = transaction.chunks.as_ref().filter(|(_, body)| body.is_counted());
        let Some(deadline) = chunks.map(|(_, body)| body.deadline()) else {
            return self.connection.line(COMMAND_BYTES_MAX).await;
        };
        let line = timeout_at(deadline, self.connection.line(COMMAND_BYTES_MAX)).await;
        line.unwrap_or(Err(Lost::Idle))
    }

    async fn command(&mut self, line: &Line) -> Result<(), End> {
        let Some(text) = line.text() else {
            self.reply(&reply::not_utf8());
            return Ok(());
        };
        let (name, argument) = text.split_once(' ').unwrap_or((text, ""));
        debug!(command = name, "command");
        verb::dispatch(self, &name.to_ascii_uppercase(), argument.trim_matches(' ')).await
    }

    /// A line that others could cut differently: nothing around it is believed. [RFC 5321 2.3.8]
    fn flawed(&mut self, flaw: Flaw) -> Result<(), End> {
        if flaw == Flaw::TooLong {
            self.reply(&reply::line_too_long());
            return Ok(());
        }
        self.transaction = None;
        if self.connection.has_input() {
            return Err(End::Goodbye(reply::bare_line_end()));
        }
        self.reply(&reply::bare_line_end());
        Ok(())
    }

    /// What counts as one client: its IPv4 address, or the /64 of its IPv6 one.
    pub(crate) fn network(&self) -> Network {
        Network::of(self.connection.peer().ip())
    }

    /// A place in the memory of all doors.
    pub(crate) fn nothing_held(&self) -> Held {
        Held::nothing(&self.door.config.receiving, self.network())
    }

    /// Puts a reply into the answer.
    pub(crate) fn reply(&mut self, reply: &Reply) {
        self.mistakes += u32::from(reply.is_protocol_error());
        reply.put(&mut self.connection);
    }

    /// Forgets all that was said, as after STARTTLS. [RFC 3207 4.2]
    pub(crate) fn forget(&mut self) {
        self.hello = None;
        self.transaction = None;
    }

    /// The envelope as it stands.
    pub(crate) fn envelope(&self, transaction: &Transaction) -> Envelope {
        Envelope {
            sender: transaction.sender.clone(),
            to: transaction.to.clone(),
            content: transaction.content,
            ret: transaction.ret,
            envid: transaction.envid.clone(),
            client: self.client(transaction),
            each: self.door.service == Service::Lmtp,
        }
    }

    fn client(&self, transaction: &Transaction) -> Client {
        let tls = self.connection.tls();
        Client {
            hello: self.hello.as_ref().map_or_else(String::new, |hello| hello.name.clone()),
            address: self.connection.peer().ip().to_canonical(),
            protocol: self.protocol(transaction.content.utf8),
            cipher: tls.map(|tls| tls.cipher.clone()),
            request: transaction.request.clone(),
        }
    }

    /// The word for the `with` of Received. [RFC 3848] [RFC 6531 4.3]
    fn protocol(&self, utf8: bool) -> &'static str {
        let extended = self.hello.as_ref().is_some_and(|hello| hello.extended);
        match (self.door.service, self.connection.tls().is_some(), utf8) {
            (Service::Lmtp, false, false) => "LMTP",
            (Service::Lmtp, true, false) => "LMTPS",
            (Service::Lmtp, false, true) => "UTF8LMTP",
            (Service::Lmtp, true, true) => "UTF8LMTPS",
            (Service::Smtp, false, false) => {
                if extended {
                    "ESMTP"
                } else {
                    "SMTP"
                }
            }
            (Service::Smtp, true, false) => "ESMTPS",
            (Service::Smtp, false, true) => "UTF8SMTP",
            (Service::Smtp, true, true) => "UTF8SMTPS",
        }
    }

    /// The largest message that is taken here now.
    pub(crate) fn message_bytes_max(&self) -> u64 {
        self.door.intake.limits().message_bytes_max.min(self.door.config.message_bytes_max)
    }

    async fn part(mut self, end: End) {
        let last = match end {
            End::Goodbye(reply) => reply,
            End::Lost(Lost::Idle) => reply::timed_out(),
            End::Lost(Lost::Draining) => reply::shutting_down(),
            End::Lost(Lost::Flood) => reply::line_too_long(),
            End::Lost(Lost::BareLf) => reply::bare_line_end(),
            End::Lost(lost) => return debug!(?lost, "lost"),
        };
        match last.code {
            221 => debug!(reply = last.code, "closed"),
            _ => info!(reply = %last, client = %self.network(), "closed"),
        }
        last.put(&mut self.connection);
        // Nobody is left without the word that this is the end. [RFC 5321 3.8]
        if !last.is_last() {
            reply::closing_for_cause().put(&mut self.connection);
        }
        // The client may be gone already; there is nobody left to tell.
        let _heard = self.connection.close().await.is_ok();
    }
}
