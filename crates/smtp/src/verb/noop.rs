//! NOOP does nothing.  [RFC 5321 4.1.1.9]
//!
//!     noop = "NOOP" [ SP String ] CRLF

use transport::Status;

use super::Verb;
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Noop;

impl Verb for Noop {
    const NAME: &'static str = "NOOP";

    /// The argument, if there is one, means nothing. [RFC 5321 4.1.1.9]
    fn parse(_argument: &str) -> Result<Self, Reply> {
        Ok(Noop)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        session.reply(&Reply::new(250, Status(2, 0, 0), "OK"));
        Ok(())
    }
}
