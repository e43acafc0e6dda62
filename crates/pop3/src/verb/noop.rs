//! NOOP does nothing.  [RFC 1939 5]
//!
//!     noop = "NOOP" CRLF

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Noop;

impl Verb for Noop {
    const NAME: &'static str = "NOOP";
    const FROM: State = State::Transaction;

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Noop)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        session.reply(&Reply::ok("nothing done"));
        Ok(())
    }
}
