//! USER names the account; whether it exists is nobody's business before the password.  [RFC 1939 7]
//!
//!     user = "USER" SP name CRLF

use super::{State, Verb, may_log_on};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct User {
    name: String,
}

impl Verb for User {
    const NAME: &'static str = "USER";
    const FROM: State = State::Authorization;

    fn parse(argument: &str) -> Result<Self, Reply> {
        let name = argument.trim();
        if name.is_empty() {
            Err(Reply::error("Syntax: USER name"))
        } else {
            Ok(User { name: name.to_owned() })
        }
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        match may_log_on(session) {
            Ok(()) => {
                session.user = Some(self.name);
                session.reply(&Reply::ok("now the password"));
            }
            Err(refusal) => session.mistake(&refusal),
        }
        Ok(())
    }
}
