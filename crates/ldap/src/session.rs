//! One client's session: binds, searches, goes over to TLS; requests are answered one after another.  [RFC 4511 4]

use std::sync::Arc;
use std::time::Duration;

use mailbox::Submitter;
use net::{Attempt, Connection, Lost, blocking, is_cut};
use object::Fault;
use tracing::{debug, info};

use crate::Ldap;
use crate::frame::{self, NoFrame};
use crate::message::{self, Code, NoRequest, Operation, Outcome, Request, START_TLS, Search, WHO_AM_I};
use crate::search::{self, Found};

/// A client that asks nothing for so long is let go.
const IDLE_TIME_MAX: Duration = Duration::from_secs(600);
/// Strangers get less.
const LOGON_TIME_MAX: Duration = Duration::from_secs(60);
/// Failed log-ons before we part.
const FAILED_LOGONS_MAX: u32 = 5;

/// Why a session ends.
enum End {
    /// The connection went, or the client said so.
    Gone,
    /// We say this and close.
    Goodbye(Outcome),
}

impl From<Lost> for End {
    fn from(lost: Lost) -> End {
        match lost {
            Lost::Draining => End::Goodbye((Code::Unavailable, "The server is shutting down.".into())),
            Lost::Idle => End::Goodbye((Code::Unavailable, "Nothing was asked for too long.".into())),
            _ => End::Gone,
        }
    }
}

struct Session {
    door: Arc<Ldap>,
    connection: Connection,
    who: Option<Submitter>,
    failed: u32,
}

/// Serves a connection to its end.
pub(crate) async fn serve(door: Arc<Ldap>, mut connection: Connection) {
    connection.set_read_time(LOGON_TIME_MAX);
    let mut session = Session { door, connection, who: None, failed: 0 };
    let end = loop {
        if let Err(end) = session.step().await {
            break end;
        }
    };
    if let End::Goodbye(outcome) = end {
        session.connection.put(&message::goodbye(&outcome));
    }
    if let Err(lost) = session.connection.close().await {
        debug!(?lost, "closed without the last words");
    }
}

fn outcome(code: Code, sentence: &str) -> Outcome {
    (code, sentence.to_owned())
}

impl Session {
    async fn step(&mut self) -> Result<(), End> {
        let frame = match self.frame().await {
            Ok(frame) => frame,
            Err(NoFrame::Lost(lost)) => return Err(lost.into()),
            Err(NoFrame::Malformed(why)) => return Err(End::Goodbye(outcome(Code::ProtocolError, why))),
        };
        let request = match Request::read(&frame) {
            Ok(request) => request,
            Err(NoRequest::Malformed) => {
                return Err(End::Goodbye(outcome(
                    Code::ProtocolError,
                    "The message is not a request of LDAP.",
                )));
            }
            Err(NoRequest::TooLong(id)) => {
                let found = Found::nothing(
                    Code::AdminLimitExceeded,
                    "The filter or the list of attributes is too long.",
                );
                return self.tell(id, found).await;
            }
        };
        self.obey(request).await
    }

    /// The next message, unless whoever logged on may not be here any more.
    async fn frame(&mut self) -> Result<Vec<u8>, NoFrame> {
        let Some(who) = &mut self.who else {
            return frame::next(&mut self.connection, frame::STRANGER_BYTES_MAX).await;
        };
        tokio::select! {
            biased;
            () = is_cut(&mut who.cut_off) => Err(NoFrame::Malformed("The log-on was withdrawn.")),
            frame = frame::next(&mut self.connection, frame::MESSAGE_BYTES_MAX) => frame,
        }
    }

    async fn obey(&mut self, request: Request) -> Result<(), End> {
        let Request { id, operation, unknown_control } = request;
        // What is asked for may be a password or a person's name; its kind alone is written down.
        debug!(kind = operation.kind(), "request");
        if let (Some(control), Some(answer)) = (unknown_control, answer_to(&operation)) {
            let refusal =
                (Code::UnavailableCriticalExtension, format!("The control {control} is not known here."));
            self.say(id, answer, &refusal);
            return Ok(());
        }
        match operation {
            Operation::Bind { version, name, password } => self.bind(id, version, &name, password).await,
            Operation::Unbind => Err(End::Gone),
            // Requests are answered one after another, so there is nothing left to abandon.
            Operation::Abandon => Ok(()),
            Operation::Search(search) => self.search(id, search).await,
            Operation::Compare { name, attribute, value } => self.compare(id, name, attribute, value).await,
            Operation::Extended(kind) => self.extended(id, &kind).await,
            Operation::Change(answer) => {
                self.say(
                    id,
                    answer,
                    &outcome(Code::UnwillingToPerform, "The address book can only be read."),
                );
                Ok(())
            }
        }
    }

    fn say(&mut self, id: i64, answer: u64, outcome: &Outcome) {
        self.connection.put(&message::result(id, answer, outcome, Vec::new()));
    }

    /// [RFC 4511 4.2] [RFC 4513 5.1]
    async fn bind(&mut self, id: i64, version: i64, name: &str, password: Option<String>) -> Result<(), End> {
        self.who = None;
        self.connection.set_read_time(LOGON_TIME_MAX);
        let answer = match password {
            _ if version != 3 => outcome(Code::ProtocolError, "This server speaks version 3."),
            None => outcome(Code::AuthMethodNotSupported, "Bind with a name and a password."),
            Some(password) if name.is_empty() && password.is_empty() => outcome(Code::Success, ""),
            // An empty password proves nothing. [RFC 4513 5.1.2]
            Some(password) if password.is_empty() => {
                outcome(Code::UnwillingToPerform, "The password is empty.")
            }
            Some(_) if !self.may_send_password() => {
                outcome(Code::ConfidentialityRequired, "Begin TLS first.")
            }
            Some(password) => self.prove(name, &password).await,
        };
        self.say(id, 1, &answer);
        if self.failed >= FAILED_LOGONS_MAX {
            return Err(End::Goodbye(outcome(Code::Unavailable, "Too many log-ons have failed.")));
        }
        Ok(())
    }

    fn may_send_password(&self) -> bool {
        self.connection.is_private() || self.door.config.plain_text_logon
    }

    async fn prove(&mut self, user: &str, password: &str) -> Outcome {
        let attempt = Attempt { user, password, act_as: None, from: self.connection.peer() };
        match net::log_on(&self.door.log_on, attempt).await {
            Ok(who) => {
                info!(user = who.name, "logged on");
                self.who = Some(who);
                self.connection.set_read_time(IDLE_TIME_MAX);
                outcome(Code::Success, "")
            }
            Err(error) => {
                self.failed += 1;
                let code = match error.fault() {
                    Fault::Busy => Code::Busy,
                    Fault::Server => Code::Unavailable,
                    _ => Code::InvalidCredentials,
                };
                (code, error.message().to_owned())
            }
        }
    }

    /// Strangers may learn what the server can do, and nothing else.
    async fn search(&mut self, id: i64, search: Search) -> Result<(), End> {
        let of_root = search.base.is_empty() && search.scope == message::Scope::Base;
        if of_root {
            return self.tell(id, search::root(&self.door.shelf.suffix(), id, &search)).await;
        }
        let Some(account) = self.who.as_ref().map(|who| who.account) else {
            return self.tell(id, Found::nothing(Code::InsufficientAccessRights, "Log on first.")).await;
        };
        let door = Arc::clone(&self.door);
        // A closed semaphore would mean that the door is gone, and with it this session.
        let turns = Arc::clone(&door);
        let Ok(_turn) = turns.searches.acquire().await else { return Err(End::Gone) };
        let found = blocking(move || Ok(search::run(&*door.shelf.book(account)?, id, &search))).await;
        let found = found.unwrap_or_else(|error| Found::nothing(Code::OperationsError, error.message()));
        self.tell(id, found).await
    }

    async fn tell(&mut self, id: i64, found: Found) -> Result<(), End> {
        for entry in &found.entries {
            self.connection.send(entry).await?;
        }
        self.connection.put(&message::search_done(id, &found.outcome, found.cookie.as_deref()));
        Ok(())
    }

    async fn compare(&mut self, id: i64, name: String, attribute: String, value: String) -> Result<(), End> {
        let answer = match self.who.as_ref().map(|who| self.door.shelf.book(who.account)) {
            None => outcome(Code::InsufficientAccessRights, "Log on first."),
            Some(Err(error)) => outcome(Code::OperationsError, error.message()),
            Some(Ok(book)) => search::compare(&*book, &name, &attribute, &value),
        };
        self.say(id, 15, &answer);
        Ok(())
    }

    async fn extended(&mut self, id: i64, kind: &str) -> Result<(), End> {
        match kind {
            START_TLS => self.start_tls(id).await,
            WHO_AM_I => {
                let who = self.who.as_ref().map(|who| format!("u:{}", who.name)).unwrap_or_default();
                let answer = message::result(id, 24, &outcome(Code::Success, ""), vec![message::value(&who)]);
                self.connection.put(&answer);
                Ok(())
            }
            other => {
                self.say(id, 24, &(Code::ProtocolError, format!("The operation {other} is not known here.")));
                Ok(())
            }
        }
    }

    /// What was known of the client before is forgotten. [RFC 4511 4.14] [RFC 4513 3.1]
    async fn start_tls(&mut self, id: i64) -> Result<(), End> {
        if !self.connection.can_start_tls() {
            let answer = match self.connection.tls() {
                Some(_) => outcome(Code::OperationsError, "TLS is there already."),
                None => outcome(Code::Unavailable, "This server has no certificate."),
            };
            self.say(id, 24, &answer);
            return Ok(());
        }
        self.who = None;
        self.say(id, 24, &outcome(Code::Success, ""));
        Ok(self.connection.start_tls().await?)
    }
}

/// The tag of the answer to an operation; some get none.
fn answer_to(operation: &Operation) -> Option<u64> {
    Some(match operation {
        Operation::Bind { .. } => 1,
        Operation::Search(_) => 5,
        Operation::Compare { .. } => 15,
        Operation::Extended(_) => 24,
        Operation::Change(answer) => *answer,
        Operation::Unbind | Operation::Abandon => return None,
    })
}
