//! UIDL tells the id of one message, or of each, that no session changes.  [RFC 1939 7]
//!
//!     uidl = "UIDL" [ SP msg ] CRLF

use super::{State, Verb, optional_number};
use crate::house::Entry;
use crate::reply::Reply;
use crate::session::{End, Open, Session};

pub(super) struct Uidl {
    number: Option<usize>,
}

impl Verb for Uidl {
    const NAME: &'static str = "UIDL";
    const FROM: State = State::Transaction;

    fn parse(argument: &str) -> Result<Self, Reply> {
        optional_number(argument).map(|number| Uidl { number })
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let Some(open) = &session.open else { return Ok(()) };
        if let Some(number) = self.number {
            let id = |index: usize| format!("{number} {}", open.unique_id(&open.entries[index]));
            let found = open.find(number).map(|index| Reply::ok(id(index)));
            session.reply(&found.unwrap_or_else(|refusal| refusal));
            return Ok(());
        }
        let line =
            |open: &Open, number: usize, entry: &Entry| format!("{number} {}\r\n", open.unique_id(entry));
        session.list(&Reply::ok("ids follow"), line).await
    }
}
