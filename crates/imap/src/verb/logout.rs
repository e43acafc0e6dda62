//! LOGOUT ends the session.  [RFC 9051 6.1.3]

use object::Result;

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{Session, Tell};
use crate::wire::words::Words;

pub(crate) struct Logout;

impl Verb for Logout {
    const NAME: &'static str = "LOGOUT";
    const FROM: State = State::Any;
    const TELL: Tell = Tell::Nothing;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, Logout)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.bye("Logging out.");
        Ok(Reply::ok("LOGOUT completed"))
    }
}
