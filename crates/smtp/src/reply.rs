//! Replies, and the one place that says what an error means to an SMTP client.  [RFC 5321 4.2] [RFC 3463]

use std::borrow::Cow;

use net::Connection;
use object::{Error, Fault};
use transport::Status;

/// A reply of one or more lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    status: Option<Status>,
    lines: Vec<Cow<'static, str>>,
}

macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident = $code:literal ($class:literal $subject:literal $detail:literal) $text:literal;)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name() -> Reply {
            Reply::new($code, Status($class, $subject, $detail), $text)
        }
    )*};
}

replies! {
    closing = 221 (2 0 0) "Service closing transmission channel";
    timed_out = 421 (4 4 2) "Timeout, closing transmission channel";
    shutting_down = 421 (4 3 2) "Service not available, closing transmission channel";
    too_fast = 421 (4 4 2) "Message submission rate for this client has exceeded the configured limit";
    closing_for_cause = 421 (4 7 0) "Closing transmission channel";
    too_many_unknown = 421 (4 7 0) "Too many unknown recipients, try again later";
    too_many_errors = 421 (4 7 0) "Too many errors, closing transmission channel";
    no_memory = 452 (4 3 1) "Insufficient system resources";
    too_many_recipients = 452 (4 5 3) "Too many recipients";
    not_smtp = 500 (5 5 1) "This is a mail server";
    unrecognized = 500 (5 5 1) "Unrecognized command";
    line_too_long = 500 (5 5 2) "Line too long";
    bare_line_end = 500 (5 5 2) "A line ends with CRLF; bare CR, bare LF and NUL are not allowed";
    not_utf8 = 500 (5 5 2) "The command is not UTF-8";
    no_argument = 501 (5 5 4) "The command takes no argument";
    not_implemented = 502 (5 5 1) "Command not implemented";
    hello_first = 503 (5 5 1) "Send hello first";
    mail_first = 503 (5 5 1) "Need MAIL before";
    nested_mail = 503 (5 5 1) "Sender already specified";
    data_mixed = 503 (5 5 1) "BDAT and DATA cannot be mixed in one transaction";
    not_waiting = 554 (5 5 0) "Synchronization error: the answer to DATA has to be waited for";
    no_recipients = 554 (5 5 1) "No valid recipients";
    needs_utf8 = 553 (5 6 7) "The address needs SMTPUTF8";
    bare_in_message = 550 (5 6 0) "The message has a bare CR, bare LF or NUL; lines end with CRLF";
    logged_on_already = 503 (5 5 1) "Already authenticated";
    logon_too_late = 503 (5 5 1) "Authentication is not possible during a mail transaction";
    needs_tls = 538 (5 7 11) "Encryption is needed: send STARTTLS first";
    logged_on = 235 (2 7 0) "Authentication successful";
    logon_failed = 535 (5 7 8) "Authentication unsuccessful";
    logon_later = 454 (4 7 0) "Temporary authentication failure";
    too_many_logons = 421 (4 7 0) "Too many failed log-ons";
    withdrawn = 421 (4 7 0) "The log-on was withdrawn";
    not_logged_on = 530 (5 7 57) "SMTP; Client was not authenticated to send anonymous mail during MAIL FROM";
    too_many_for_sender = 550 (5 5 3) "RESOLVER.ADR.RecipLimit; too many recipients for this sender";
    too_many_for_organization = 550 (5 5 3) "RESOLVER.ADR.RecipLimit; too many recipients for this organization";
    bad_sender = 550 (5 1 7) "Invalid address";
    bad_recipient = 553 (5 1 3) "Invalid address";
}

impl Reply {
    /// A reply with an enhanced status code. [RFC 2034 4]
    pub(crate) fn new(code: u16, status: Status, text: impl Into<Cow<'static, str>>) -> Reply {
        Reply { code, status: Some(status), lines: vec![text.into()] }
    }

    /// A reply without one: the greeting, hello and 354. [RFC 2034 4]
    pub(crate) fn plain(code: u16, text: impl Into<Cow<'static, str>>) -> Reply {
        Reply { code, status: None, lines: vec![text.into()] }
    }

    /// The same with one more line.
    pub(crate) fn line(mut self, text: impl Into<Cow<'static, str>>) -> Reply {
        self.lines.push(text.into());
        self
    }

    /// A parameter or argument that is wrong, told in words.
    pub(crate) fn bad_argument(text: impl Into<Cow<'static, str>>) -> Reply {
        Reply::new(501, Status(5, 5, 4), text)
    }

    /// Whether a client that hears it knows that nothing follows. [RFC 5321 3.8]
    pub(crate) fn is_last(&self) -> bool {
        matches!(self.code, 221 | 421)
    }

    /// Whether it tells a client that it does not speak the protocol.
    pub(crate) fn is_protocol_error(&self) -> bool {
        (500..=504).contains(&self.code)
    }

    /// What an error means to the client.
    pub(crate) fn of_error(error: &Error) -> Reply {
        let status = transport::status(error);
        let code = transport::chosen_code(error).unwrap_or(match (error.fault(), status) {
            (_, Status(4, 3, 1)) => 452,
            (_, Status(5, 2, 2) | Status(5, 4, 6) | Status(5, 1, 0)) => 554,
            (Fault::Caller, _) => 501,
            (Fault::NotFound | Fault::Denied | Fault::Conflict, _) => 550,
            (Fault::Limit, Status(4, ..)) => 452,
            (Fault::Limit, _) => 552,
            (Fault::Busy | Fault::Server, _) => 451,
        });
        Reply::new(code, status, text_of(error))
    }

    /// Puts the reply into the answer.
    pub(crate) fn put(&self, connection: &mut Connection) {
        for (number, text) in self.lines.iter().enumerate() {
            let more = if number + 1 < self.lines.len() { '-' } else { ' ' };
            let line = match self.status {
                Some(status) => format!("{}{more}{status} {text}\r\n", self.code),
                None => format!("{}{more}{text}\r\n", self.code),
            };
            connection.put(line.as_bytes());
        }
    }
}

/// As the logs show it.
impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code)?;
        self.status.iter().try_for_each(|status| write!(f, " {status}"))?;
        self.lines.iter().try_for_each(|line| write!(f, " {line}"))
    }
}

/// What is our own fault is for our logs, not for strangers. Line ends in a sentence would forge a reply.
fn text_of(error: &Error) -> String {
    match error.fault() {
        Fault::Server => "Local error in processing".to_owned(),
        _ => error.message().chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::ErrorId;

    #[test]
    fn what_errors_mean_to_a_client() {
        let disk: Error = std::io::Error::from(std::io::ErrorKind::StorageFull).into();
        for (error, code, status) in [
            (transport::unknown_recipient(), 550, "5.1.1"),
            (transport::relay_denied(), 550, "5.7.1"),
            (transport::too_large(), 552, "5.3.4"),
            (Error::limit(ErrorId::MailboxFull, "mailbox full"), 554, "5.2.2"),
            (Error::limit(ErrorId::HopCountExceeded, "loop"), 554, "5.4.6"),
            (Error::limit(ErrorId::RecipientSizeLimit, "too large for this recipient"), 552, "5.2.3"),
            (Error::busy(ErrorId::DatabaseDismounted, "later"), 451, "4.3.2"),
            (Error::server(ErrorId::InputOutput, "secret"), 451, "4.3.0"),
            (disk, 452, "4.3.1"),
        ] {
            let reply = Reply::of_error(&error);
            assert_eq!((reply.code, reply.status.unwrap().to_string().as_str()), (code, status), "{error:?}");
            assert!(!reply.lines[0].contains("secret"));
        }
    }

    #[test]
    fn a_sentence_cannot_forge_a_second_reply() {
        let reply = Reply::of_error(&Error::not_found(ErrorId::InvalidValue, "no\r\n250 OK"));
        assert_eq!(reply.lines, ["no  250 OK"]);
    }
}
