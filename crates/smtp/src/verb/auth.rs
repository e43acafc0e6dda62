//! AUTH logs on whoever submits mail.  [RFC 4954]
//!
//!     auth = "AUTH" SP mechanism [ SP initial-response ] CRLF

use net::sasl::{self, Claim, Wrong};
use transport::Status;

use super::Verb;
use crate::reply::{self, Reply};
use crate::session::{End, Session};

pub(super) struct Auth {
    mechanism: String,
    initial: Option<String>,
}

impl Verb for Auth {
    const NAME: &'static str = "AUTH";

    fn parse(argument: &str) -> Result<Self, Reply> {
        let mut words = argument.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
        match (words.next(), words.next(), words.next()) {
            (Some(mechanism), initial, None) => Ok(Auth { mechanism, initial }),
            _ => Err(Reply::bad_argument("Syntax: AUTH mechanism [response]")),
        }
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        if let Some(refusal) = out_of_place(session) {
            session.reply(&refusal);
            return Ok(());
        }
        let initial = self.initial.as_deref().map(str::as_bytes);
        match sasl::run(&mut session.connection, "334", &self.mechanism, initial).await? {
            Ok(Claim::Password { act_as, user, password }) => session.log_on(act_as, user, password).await,
            // An error stops this log-on only.
            Err(wrong) => {
                session.reply(&of_wrong(wrong));
                Ok(())
            }
        }
    }
}

/// When nobody may log on. [RFC 4954 4]
fn out_of_place(session: &Session) -> Option<Reply> {
    match &session.hello {
        _ if session.door.submission.is_none() => Some(reply::not_implemented()),
        Some(hello) if hello.extended => {
            if session.submitter.is_some() {
                Some(reply::logged_on_already())
            } else if session.transaction.is_some() {
                Some(reply::logon_too_late())
            } else if !session.may_log_on() {
                Some(reply::needs_tls())
            } else {
                None
            }
        }
        _ => Some(reply::hello_first()),
    }
}

fn of_wrong(wrong: Wrong) -> Reply {
    match wrong {
        Wrong::Unknown => Reply::new(504, Status(5, 5, 4), "Unrecognized authentication type"),
        Wrong::Cancelled => Reply::new(501, Status(5, 7, 0), "Authentication was cancelled"),
        Wrong::NotBase64 => Reply::new(501, Status(5, 5, 2), "That is not base64"),
        Wrong::Malformed => Reply::bad_argument("That is not what the mechanism says"),
    }
}
