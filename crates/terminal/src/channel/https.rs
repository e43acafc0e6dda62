//! A server elsewhere: one request for each command, `POST /api/v1/cmdlets/NAME`, its answer streamed.
//!
//! Piped objects are gathered and travel with the request, a batch at a time. The server cannot ask back
//! over HTTP: a command that would ask fails with `ConfirmationRequired` and has done nothing then. So the
//! person is asked here, and the batch sent again with `Confirm` false.

use super::address::Address;
use super::client::{Again, Client};
use super::{AskPassword, LazyBook};
use crate::console::Stop;
use gate::wire::{self, LINE_BYTES_MAX, Out};
use gate::{Answer, Changes, Channel, End, Invocation, Prompt, Remote, Report};
use object::types::SecureString;
use object::{Error, ErrorId, Result, Value};
use parking_lot::Mutex;
use rustls::ClientConfig;
use serde_json::Value as Json;
use std::sync::Arc;

/// Piped objects of one request: answers come while more objects are made.
const BATCH_INPUTS_MAX: usize = 500;
/// Bytes of piped objects of one request; the server takes 32 MB.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// Connections kept for the next commands: as many as commands stand in one another.
const IDLE_CONNECTIONS_MAX: usize = 4;
/// What a person is asked about by name; the rest is counted.
const ACTIONS_SHOWN_MAX: usize = 10;

/// Who logs on. A password that a person typed is asked for again when the server refuses it.
pub(super) struct Logon {
    user: String,
    given: Option<SecureString>,
    typed: Mutex<Option<SecureString>>,
    ask: AskPassword,
}

impl Logon {
    pub(super) fn new(user: &str, given: Option<SecureString>, ask: AskPassword) -> Logon {
        Logon { user: user.to_owned(), given, typed: Mutex::default(), ask }
    }

    fn password(&self) -> Result<SecureString> {
        if let Some(given) = &self.given {
            return Ok(given.clone());
        }
        let mut typed = self.typed.lock();
        match &*typed {
            Some(password) => Ok(password.clone()),
            None => Ok(typed.insert((self.ask)(&self.user)?).clone()),
        }
    }
}

/// Connections to one server.
pub(super) struct Pool {
    address: Address,
    logon: Logon,
    tls: Arc<ClientConfig>,
    stop: Stop,
    book: LazyBook,
    idle: Mutex<Vec<Client>>,
}

impl Pool {
    pub(super) fn new(
        address: Address,
        logon: Logon,
        tls: Arc<ClientConfig>,
        stop: Stop,
        book: LazyBook,
    ) -> Pool {
        Pool { address, logon, tls, stop, book, idle: Mutex::default() }
    }

    fn client(&self) -> Result<Client> {
        if let Some(client) = self.idle.lock().pop() {
            return Ok(client);
        }
        let password = self.logon.password()?;
        let pair = (self.logon.user.as_str(), password.reveal());
        Client::new(self.address.clone(), pair, Arc::clone(&self.tls), self.stop.clone())
    }

    /// The server refused the password: a person may have mistyped it.
    fn forget(&self) {
        self.idle.lock().clear();
        *self.logon.typed.lock() = None;
    }

    fn keep(&self, client: Client) {
        let mut idle = self.idle.lock();
        if idle.len() < IDLE_CONNECTIONS_MAX {
            idle.push(client);
        }
    }
}

/// A command on a server elsewhere.
pub(super) struct HttpsCommand {
    pool: Arc<Pool>,
    invocation: Invocation,
    /// The piped objects that were not sent yet, as JSON with commas between them.
    inputs: Vec<u8>,
    /// How many they are.
    count: usize,
    /// What a person answered for all objects.
    all: Option<bool>,
    /// The errors so far.
    errors: u64,
}

impl HttpsCommand {
    pub(super) fn new(pool: Arc<Pool>, invocation: Invocation) -> HttpsCommand {
        HttpsCommand { pool, invocation, inputs: Vec::new(), count: 0, all: None, errors: 0 }
    }

    /// A command that changes nothing may run twice.
    fn again(&self) -> Again {
        let known = (self.pool.book)().find(&self.invocation.cmdlet);
        let harmless = known.is_some_and(|declaration| declaration.changes == Changes::No);
        if harmless { Again::Harmless } else { Again::Never }
    }

    fn body(&self, confirmed: bool) -> Vec<u8> {
        let mut parameters = self.invocation.parameters.clone();
        if confirmed {
            parameters.retain(|(name, _)| !name.eq_ignore_ascii_case("Confirm"));
            parameters.push(("Confirm".into(), false.into()));
        }
        let mut body = b"{\"parameters\":".to_vec();
        wire::write_parameters(&mut body, &parameters);
        if self.invocation.piped {
            body.extend_from_slice(b",\"input\":[");
            body.extend_from_slice(&self.inputs);
            body.push(b']');
        }
        body.push(b'}');
        body
    }

    /// Sends what is gathered, asks what must be asked, and passes on what is answered.
    fn batch(&mut self, channel: &mut dyn Channel) -> Result<()> {
        let confirmed = self.all == Some(true);
        let (end, questions) = self.send(confirmed, channel)?;
        // Only where every object waited for its answer is it safe to send all of them again.
        let all_wait = questions.len() == self.count.max(1) && end.errors <= questions.len() as u64;
        match (questions.is_empty(), all_wait) {
            (true, _) => self.errors += end.errors,
            (false, true) => {
                if self.may(&questions, channel)? {
                    self.errors += self.send(true, channel)?.0.errors;
                }
            }
            (false, false) => {
                questions.into_iter().try_for_each(|question| channel.say(Report::Error(question)))?;
                self.errors += end.errors;
            }
        }
        self.inputs.clear();
        self.count = 0;
        Ok(())
    }

    /// Whether the person lets it act; an answer for all is not asked for again.
    fn may(&mut self, questions: &[Error], channel: &mut dyn Channel) -> Result<bool> {
        if let Some(all) = self.all {
            return Ok(all);
        }
        let answer = channel.ask(&question(questions))?;
        match answer {
            Answer::YesToAll => self.all = Some(true),
            Answer::NoToAll => self.all = Some(false),
            Answer::Yes | Answer::No => {}
        }
        Ok(matches!(answer, Answer::Yes | Answer::YesToAll))
    }

    fn stops_at_an_error(&self) -> bool {
        let action =
            self.invocation.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case("ErrorAction"));
        action.is_some_and(|(_, value)| value.to_string().eq_ignore_ascii_case("Stop")) && self.errors > 0
    }

    /// Sends the command and passes on its answer. Questions that it could not ask come back.
    fn send(&self, confirmed: bool, channel: &mut dyn Channel) -> Result<(End, Vec<Error>)> {
        let mut client = self.pool.client()?;
        let answered = self.send_over(&mut client, confirmed, channel);
        if answered.is_ok() {
            self.pool.keep(client);
        }
        answered
    }

    fn send_over(
        &self,
        client: &mut Client,
        confirmed: bool,
        channel: &mut dyn Channel,
    ) -> Result<(End, Vec<Error>)> {
        let path = format!("/api/v1/cmdlets/{}", escaped(&self.invocation.cmdlet));
        let mut answer = client.post(&path, self.body(confirmed), self.again())?;
        if answer.status != 200 {
            let text = answer.refusal()?;
            if answer.status == 401 {
                self.pool.forget();
            }
            return Err(refused(answer.status, &text, &self.invocation.cmdlet));
        }
        let nouns = (self.pool.book)().nouns();
        let (mut kept, mut questions, mut end) = (Vec::new(), Vec::new(), None);
        while let Some(line) = answer.line(&mut kept, LINE_BYTES_MAX)? {
            match Out::parse(&line, &nouns)? {
                Out::Report(Report::Error(error)) if error.is(ErrorId::ConfirmationRequired) => {
                    questions.push(error)
                }
                Out::Report(report) => channel.say(report)?,
                Out::Confirm(prompt) => questions.push(gate::confirmation_required(&prompt)),
                Out::End(errors) => end = Some(End { errors }),
            }
        }
        let cut = || {
            Error::busy(
                ErrorId::AnswerCut,
                format!("The answer to {} ended before its end.", self.invocation.cmdlet),
            )
            .help("Look at the object before you run the command again.")
        };
        Ok((end.ok_or_else(cut)?, questions))
    }
}

/// How the sentence of an unasked question begins.
const ASKS: &str = "The command asks for confirmation:";

/// One question for what the server could not ask.
fn question(questions: &[Error]) -> Prompt {
    let action = |error: &Error| error.message().trim_start_matches(ASKS).trim().to_owned();
    let mut lines: Vec<String> = questions.iter().take(ACTIONS_SHOWN_MAX).map(action).collect();
    if questions.len() > ACTIONS_SHOWN_MAX {
        lines.push(format!("… and {} more.", questions.len() - ACTIONS_SHOWN_MAX));
    }
    let message = format!("Are you sure you want to perform this action?\n{}", lines.join("\n"));
    Prompt { caption: "Confirm".to_owned(), message }
}

impl Remote for HttpsCommand {
    fn take(&mut self, input: &Value, channel: &mut dyn Channel) -> Result<bool> {
        if self.count > 0 {
            self.inputs.push(b',');
        }
        self.count += 1;
        wire::write_value(&mut self.inputs, input);
        if self.count >= BATCH_INPUTS_MAX || self.inputs.len() >= BATCH_BYTES_MAX {
            self.batch(channel)?;
        }
        Ok(!self.stops_at_an_error())
    }

    fn finish(&mut self, channel: &mut dyn Channel) -> Result<End> {
        // A pipeline that carries nothing (any more) runs nothing.
        if !self.invocation.piped || !self.inputs.is_empty() {
            self.batch(channel)?;
        }
        Ok(End { errors: self.errors })
    }
}

/// A command's name in a path: letters, digits and dashes stay.
fn escaped(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(one).collect()
}

/// The error of an answer that is no stream: the server's own words where it said some.
fn refused(status: u16, text: &[u8], cmdlet: &str) -> Error {
    let json: Option<Json> =
        text.split(|byte| *byte == b'\n').find_map(|line| serde_json::from_slice(line).ok());
    let told =
        json.as_ref().and_then(|json| json.get("error")).filter(|error| error.get("message").is_some());
    match (told, status) {
        (Some(error), _) => wire::decode_error(error),
        (None, 401) => Error::denied(ErrorId::LogonFailed, "The server refused user name or password.")
            .help("See --user and --password-file."),
        (None, 404) => {
            Error::not_found(ErrorId::CommandNotFoundException, format!("The server knows no {cmdlet}."))
        }
        (None, status) => {
            Error::server(ErrorId::ServerRefused, format!("The server answered {cmdlet} with {status}."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_servers_own_words() {
        let told = br#"{"error":{"fault":"Denied","id":"LogonFailed","message":"No.","help":"Look."}}"#;
        for (status, text, id, message) in [
            (401, &told[..], "LogonFailed", "No."),
            (401, b"", "LogonFailed", "The server refused user name or password."),
            (404, b"<html>", "CommandNotFoundException", "The server knows no Get-It."),
            (502, b"", "ServerRefused", "The server answered Get-It with 502."),
        ] {
            let error = refused(status, text, "Get-It");
            assert_eq!((error.id(), error.message()), (id, message));
        }
    }

    #[test]
    fn a_name_cannot_leave_its_path() {
        assert_eq!(escaped("Get-Mailbox"), "Get-Mailbox");
        assert_eq!(escaped("../x y"), "..%2Fx%20y");
    }
}
