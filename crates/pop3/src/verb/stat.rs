//! STAT tells how many messages there are, and their octets.  [RFC 1939 5]
//!
//!     stat = "STAT" CRLF

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Stat;

impl Verb for Stat {
    const NAME: &'static str = "STAT";
    const FROM: State = State::Transaction;

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Stat)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let Some(open) = &session.open else { return Ok(()) };
        // Messages marked as deleted are not counted. [RFC 1939 5]
        let (count, octets) =
            open.left().fold((0, 0), |(count, octets), (_, entry)| (count + 1, octets + entry.size));
        session.reply(&Reply::ok(format!("{count} {octets}")));
        Ok(())
    }
}
