//! RSET gives up the transaction.  [RFC 5321 4.1.1.5]
//!
//!     rset = "RSET" CRLF

use transport::Status;

use super::{Verb, nothing};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Rset;

impl Verb for Rset {
    const NAME: &'static str = "RSET";

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Rset)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        session.transaction = None;
        session.reply(&Reply::new(250, Status(2, 0, 0), "Resetting"));
        Ok(())
    }
}
