//! STLS goes over to TLS; what was said before is forgotten.  [RFC 2595 4]
//!
//!     stls = "STLS" CRLF

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Stls;

impl Verb for Stls {
    const NAME: &'static str = "STLS";
    const FROM: State = State::Authorization;

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Stls)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        if !session.connection.can_start_tls() {
            session.reply(&Reply::error("TLS is active already or not to be had"));
            return Ok(());
        }
        session.user = None;
        session.reply(&Reply::ok("begin TLS"));
        Ok(session.connection.start_tls().await?)
    }
}
