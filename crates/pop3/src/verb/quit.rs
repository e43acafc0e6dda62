//! QUIT deletes what was marked, all in one transaction, and parts.  [RFC 1939 6]
//!
//!     quit = "QUIT" CRLF

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Quit;

impl Verb for Quit {
    const NAME: &'static str = "QUIT";
    const FROM: State = State::Any;

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Quit)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let Some(open) = &session.open else { return Err(End::Goodbye(Reply::ok("bye"))) };
        let marked = open.entries.iter().zip(&open.deleted).filter(|(_, deleted)| **deleted);
        let uids: Vec<u32> = marked.map(|(entry, _)| entry.uid).collect();
        let count = uids.len();
        let maildrop = std::sync::Arc::clone(&open.maildrop);
        let done =
            session.blocking(move || if uids.is_empty() { Ok(()) } else { maildrop.delete(&uids) }).await;
        Err(End::Goodbye(match done {
            Ok(()) => Reply::ok(format!("bye, {count} messages deleted")),
            // [RFC 1939 6]
            Err(error) => Reply::coded("SYS/TEMP", format!("no message was deleted: {}", error.id())),
        }))
    }
}
