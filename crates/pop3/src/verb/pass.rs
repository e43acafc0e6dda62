//! PASS proves that the account is the client's.  [RFC 1939 7]
//!
//!     pass = "PASS" SP string CRLF

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Pass {
    password: String,
}

impl Verb for Pass {
    const NAME: &'static str = "PASS";
    const FROM: State = State::Authorization;

    /// Blanks belong to the password. [RFC 1939 7]
    fn parse(argument: &str) -> Result<Self, Reply> {
        if argument.is_empty() {
            Err(Reply::error("Syntax: PASS password"))
        } else {
            Ok(Pass { password: argument.to_owned() })
        }
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        // Only USER lets a name in, and only over a private connection.
        match session.user.take() {
            Some(user) => session.log_on(None, user, self.password).await,
            None => {
                session.mistake(&Reply::error("Send USER first"));
                Ok(())
            }
        }
    }
}
