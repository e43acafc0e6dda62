//! RSET takes back what was marked as deleted.  [RFC 1939 5]
//!
//!     rset = "RSET" CRLF

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Rset;

impl Verb for Rset {
    const NAME: &'static str = "RSET";
    const FROM: State = State::Transaction;

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Rset)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        if let Some(open) = &mut session.open {
            open.deleted.fill(false);
        }
        session.reply(&Reply::ok("nothing is deleted"));
        Ok(())
    }
}
