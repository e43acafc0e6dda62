//! UTF8 says that the client understands UTF-8 headers; we send every message as it is.  [RFC 6856 2]
//!
//!     utf8 = "UTF8" CRLF

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Utf8;

impl Verb for Utf8 {
    const NAME: &'static str = "UTF8";
    const FROM: State = State::Authorization;

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Utf8)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        session.reply(&Reply::ok("UTF-8 it is"));
        Ok(())
    }
}
