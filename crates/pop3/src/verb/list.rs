//! LIST tells the octets of one message, or of each.  [RFC 1939 5]
//!
//!     list = "LIST" [ SP msg ] CRLF

use super::{State, Verb, optional_number};
use crate::house::Entry;
use crate::reply::Reply;
use crate::session::{End, Open, Session};

pub(super) struct List {
    number: Option<usize>,
}

impl Verb for List {
    const NAME: &'static str = "LIST";
    const FROM: State = State::Transaction;

    fn parse(argument: &str) -> Result<Self, Reply> {
        optional_number(argument).map(|number| List { number })
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let Some(open) = &session.open else { return Ok(()) };
        if let Some(number) = self.number {
            let found =
                open.find(number).map(|index| Reply::ok(format!("{number} {}", open.entries[index].size)));
            session.reply(&found.unwrap_or_else(|refusal| refusal));
            return Ok(());
        }
        let line = |_: &Open, number: usize, entry: &Entry| format!("{number} {}\r\n", entry.size);
        session.list(&Reply::ok("sizes follow"), line).await
    }
}
