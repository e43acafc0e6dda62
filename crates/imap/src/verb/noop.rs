//! NOOP and CHECK do nothing, and let the server tell its news.  [RFC 9051 6.1.2] [RFC 3501 6.4.1]

use object::Result;

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::Session;
use crate::wire::words::Words;

pub(crate) struct Noop;

impl Verb for Noop {
    const NAME: &'static str = "NOOP";
    const FROM: State = State::Any;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, Noop)
    }

    async fn run(self, _session: &mut Session) -> Result<Reply> {
        Ok(Reply::ok("NOOP completed"))
    }
}

/// CHECK asked old servers to write to the disk; everything here is written before it is answered.
pub(crate) struct Check;

impl Verb for Check {
    const NAME: &'static str = "CHECK";
    const FROM: State = State::Selected;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, Check)
    }

    async fn run(self, _session: &mut Session) -> Result<Reply> {
        Ok(Reply::ok("CHECK completed"))
    }
}
