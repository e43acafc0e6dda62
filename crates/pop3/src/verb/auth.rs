//! AUTH logs on by a SASL mechanism.  [RFC 5034 4]
//!
//!     auth = "AUTH" [ SP mechanism [ SP initial-response ] ] CRLF

use net::sasl::{self, Claim, Wrong};

use super::{State, Verb, may_log_on};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Auth {
    words: Option<(String, Option<String>)>,
}

impl Verb for Auth {
    const NAME: &'static str = "AUTH";
    const FROM: State = State::Authorization;

    fn parse(argument: &str) -> Result<Self, Reply> {
        let mut words = argument.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
        match (words.next(), words.next(), words.next()) {
            (None, ..) => Ok(Auth { words: None }),
            (Some(mechanism), initial, None) => Ok(Auth { words: Some((mechanism, initial)) }),
            _ => Err(Reply::error("Syntax: AUTH mechanism [response]")),
        }
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let Some((mechanism, initial)) = self.words else { return list(session) };
        if let Err(refusal) = may_log_on(session) {
            session.mistake(&refusal);
            return Ok(());
        }
        let initial = initial.as_deref().map(str::as_bytes);
        match sasl::run(&mut session.connection, "+", &mechanism, initial).await? {
            Ok(Claim::Password { act_as, user, password }) => session.log_on(act_as, user, password).await,
            // An error stops this log-on only.
            Err(wrong) => {
                session.mistake(&Reply::error(sentence(wrong)));
                Ok(())
            }
        }
    }
}

/// Without a mechanism, old clients expect the list of them.
fn list(session: &mut Session) -> Result<(), End> {
    session.reply(&Reply::ok("mechanisms follow"));
    sasl::names().for_each(|name| session.connection.put(format!("{name}\r\n").as_bytes()));
    session.connection.put(b".\r\n");
    Ok(())
}

fn sentence(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Unknown => "Unknown mechanism",
        Wrong::Cancelled => "Cancelled",
        Wrong::NotBase64 => "That is not base64",
        Wrong::Malformed => "That is not what the mechanism says",
    }
}
