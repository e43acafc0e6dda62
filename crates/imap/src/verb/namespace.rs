//! NAMESPACE tells where one's own, other users' and shared folders begin.  [RFC 9051 6.3.10]

use object::Result;

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::Session;
use crate::wire::words::Words;

pub(crate) struct Namespace;

impl Verb for Namespace {
    const NAME: &'static str = "NAMESPACE";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, Namespace)
    }

    /// Nobody opens another's mailbox yet, so there are no other name spaces.
    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.connection.put(b"* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
        Ok(Reply::ok("NAMESPACE completed"))
    }
}
