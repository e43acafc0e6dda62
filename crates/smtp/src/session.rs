//! One client's session: reads commands, keeps what they built up, writes replies.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use net::{Connection, Flaw, Line, Lost};
use object::{Fault, Network};
use tokio::time::timeout_at;
use tracing::{debug, info};
use transport::{Client, ConnectorLimits, Content, Envelope, Forward, Ret, Sender, SizeLimitOf, Submitter};

use crate::body::{Body, SizeLimit};
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
/// Before log-on strangers get less.
const LOGON_TIME_MAX: Duration = Duration::from_secs(120);
/// Log-ons that fail before we part.
const FAILED_LOGONS_MAX: u32 = 3;

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
    /// The sender's own limits, where they have some.
    pub(crate) message_bytes_max: Option<u64>,
    pub(crate) recipients_max: Option<usize>,
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
    /// Who has logged on, at the door of submission.
    pub(crate) submitter: Option<Submitter>,
    failed_logons: u32,
    mistakes: u32,
}

/// Serves a connection to its end.
pub(crate) async fn serve(door: Arc<Smtp>, mut connection: Connection) {
    connection.set_read_time(if door.submission.is_some() { LOGON_TIME_MAX } else { COMMAND_TIME_MAX });
    let mut session = Session::new(door, connection);
    session.greet();
    let end = loop {
        if let Err(end) = session.step().await {
            break end;
        }
    };
    session.part(end).await;
}

impl Session {
    fn new(door: Arc<Smtp>, connection: Connection) -> Session {
        Session {
            door,
            connection,
            hello: None,
            transaction: None,
            submitter: None,
            failed_logons: 0,
            mistakes: 0,
        }
    }

    fn greet(&mut self) {
        let kind = if self.door.service == Service::Lmtp { "LMTP" } else { "ESMTP" };
        self.reply(&Reply::plain(220, format!("{} Mailstead {kind} ready", self.door.config.name)));
    }

    /// Reads one command and answers it.
    async fn step(&mut self) -> Result<(), End> {
        let line = self.heard().await?;
        match line.flaw {
            Some(flaw) => self.flawed(flaw)?,
            None => self.command(&line).await?,
        }
        if self.mistakes > MISTAKES_MAX { Err(End::Goodbye(reply::too_many_errors())) } else { Ok(()) }
    }

    /// The next command, unless the log-on is withdrawn first.
    async fn heard(&mut self) -> Result<Line, End> {
        let Some(mut cut_off) = self.submitter.as_ref().map(|submitter| submitter.cut_off.clone()) else {
            return Ok(self.line().await?);
        };
        tokio::select! {
            biased;
            () = net::is_cut(&mut cut_off) => Err(End::Goodbye(reply::withdrawn())),
            line = self.line() => Ok(line?),
        }
    }

    /// The next command. A client that has sent chunks which take memory from others has to go on with them: commands
    /// that do nothing do not buy it time.
    async fn line(&mut self) -> Result<Line, Lost> {
        let Some(transaction) = &self.transaction else {
            let logs_on = self.door.submission.is_some() && self.submitter.is_none();
            let most = if logs_on { net::sasl::RESPONSE_BYTES_MAX } else { COMMAND_BYTES_MAX };
            return self.connection.command(most).await;
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
        self.submitter = None;
    }

    /// Whether people may log on here: where nobody else can read the password.
    pub(crate) fn may_log_on(&self) -> bool {
        self.door.submission.is_some() && (self.connection.is_private() || self.door.config.plain_text_logon)
    }

    /// Whether whoever logged on may not be here any more.
    pub(crate) fn is_withdrawn(&self) -> bool {
        self.submitter.as_ref().is_some_and(|submitter| *submitter.cut_off.borrow())
    }

    /// Lets in whoever can prove who they are.
    pub(crate) async fn log_on(
        &mut self,
        act_as: Option<String>,
        user: String,
        password: String,
    ) -> Result<(), End> {
        let Some(submission) = self.door.submission.clone() else { return Ok(()) };
        let peer = self.connection.peer().ip().to_canonical();
        let proved = net::answered(|then| submission.logon(&user, &password, act_as.as_deref(), peer, then));
        match proved.await {
            Ok(submitter) => {
                info!(user = submitter.name, client = %self.network(), "logged on");
                self.submitter = Some(submitter);
                self.connection.set_read_time(COMMAND_TIME_MAX);
                self.reply(&reply::logged_on());
            }
            Err(error) => {
                let later = matches!(error.fault(), Fault::Busy | Fault::Server);
                self.reply(&if later { reply::logon_later() } else { reply::logon_failed() });
                self.failed_logons += 1;
                if self.failed_logons >= FAILED_LOGONS_MAX {
                    return Err(End::Goodbye(reply::too_many_logons()));
                }
            }
        }
        Ok(())
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
        if self.submitter.is_some() {
            return match (self.connection.tls().is_some(), utf8) {
                (false, false) => "ESMTPA",
                (true, false) => "ESMTPSA",
                (false, true) => "UTF8SMTPA",
                (true, true) => "UTF8SMTPSA",
            };
        }
        match (self.door.service, self.connection.tls().is_some(), utf8) {
            (Service::Lmtp, false, false) => "LMTP",
            (Service::Lmtp, true, false) => "LMTPS",
            (Service::Lmtp, false, true) => "UTF8LMTP",
            (Service::Lmtp, true, true) => "UTF8LMTPS",
            (Service::Smtp | Service::Submission, false, false) => {
                if extended {
                    "ESMTP"
                } else {
                    "SMTP"
                }
            }
            (Service::Smtp | Service::Submission, true, false) => "ESMTPS",
            (Service::Smtp | Service::Submission, false, true) => "UTF8SMTP",
            (Service::Smtp | Service::Submission, true, true) => "UTF8SMTPS",
        }
    }

    /// The largest message that is announced here now. Where people log on it is the connector's: a limit of their own may be
    /// above the organisation's, and whoever has less hears so at MAIL. [RFC 1870 6.1]
    pub(crate) fn announced_bytes_max(&self) -> u64 {
        match self.door.service {
            Service::Submission => self.connector().message_bytes_max,
            Service::Smtp | Service::Lmtp => self.bytes_max(None),
        }
    }

    /// The largest message of a sender with that limit of its own, which stands in the place of the organisation's.
    pub(crate) fn bytes_max(&self, own: Option<u64>) -> u64 {
        self.size_limit(own, false).bytes
    }

    /// The limits of this port.
    pub(crate) fn connector(&self) -> ConnectorLimits {
        let door = &self.door;
        let started = ConnectorLimits {
            message_bytes_max: door.config.allowed.message_bytes_max(),
            tarpit: door.config.allowed.unknown_recipients().tarpit,
            ..ConnectorLimits::of(door.service.port())
        };
        door.intake.connector(door.service.port(), started)
    }

    /// Whether the client may send another message in this minute.
    pub(crate) fn is_within_rate(&self) -> bool {
        let most = self.connector().messages_per_minute_max;
        most.is_none_or(|most| self.door.rate.begins(self.network(), most))
    }

    /// The limit that a message meets first. Of whoever has logged on that is what they may send: recipients with limits of
    /// their own may take more than the organisation lets people get, which is seen when all of them are known.
    pub(crate) fn size_limit(&self, own: Option<u64>, known: bool) -> SizeLimit {
        let bytes = self.connector().message_bytes_max;
        let connector = SizeLimit { bytes, whose: SizeLimitOf::ReceiveConnector };
        let first = match own {
            Some(bytes) => SizeLimit { bytes, whose: SizeLimitOf::Sender },
            None => SizeLimit { bytes: self.organization_bytes_max(known), whose: SizeLimitOf::Organization },
        };
        if first.bytes <= connector.bytes { first } else { connector }
    }

    /// What the organisation lets its people send, and what it takes of strangers.
    fn organization_bytes_max(&self, known: bool) -> u64 {
        let limits = self.door.intake.limits();
        if known { limits.send_bytes_max } else { limits.message_bytes_max }
    }

    /// The limit of a transaction's message.
    pub(crate) fn size_limit_of(&self, transaction: &Transaction) -> SizeLimit {
        self.size_limit(transaction.message_bytes_max, transaction.sender.account().is_some())
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
