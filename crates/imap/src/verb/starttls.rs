//! STARTTLS goes over to TLS.  [RFC 9051 6.2.1]

use object::{Error, ErrorId, Result};

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{Session, Tell};
use crate::wire::words::{Words, syntax};

pub(crate) struct StartTls;

impl Verb for StartTls {
    const NAME: &'static str = "STARTTLS";
    const FROM: State = State::Early;
    const TELL: Tell = Tell::Nothing;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, StartTls)
    }

    /// What the client sent behind the command in the clear is dropped by the connection; it could be anybody's.
    async fn run(self, session: &mut Session) -> Result<Reply> {
        if session.connection.tls().is_some() {
            return Err(syntax("TLS is active already."));
        }
        if !session.connection.can_start_tls() {
            return Err(Error::busy(ErrorId::NoCertificate, "This server has no certificate."));
        }
        let begin = Reply::ok("Begin TLS now").line(&session.tag);
        session.connection.put(begin.as_bytes());
        session.over_to_tls().await
    }
}

impl Session {
    /// The answer has been said in the clear; nothing may follow it there, so the reply is marked as said.
    async fn over_to_tls(&mut self) -> Result<Reply> {
        let started = self.connection.start_tls().await;
        self.said = true;
        if started.is_err() {
            self.over = true;
        }
        Ok(Reply::ok("TLS"))
    }
}
