//! DELE marks a message; it is deleted at QUIT.  [RFC 1939 5]
//!
//!     dele = "DELE" SP msg CRLF

use super::{State, Verb, number};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Dele {
    number: usize,
}

impl Verb for Dele {
    const NAME: &'static str = "DELE";
    const FROM: State = State::Transaction;

    fn parse(argument: &str) -> Result<Self, Reply> {
        number(argument.trim()).map(|number| Dele { number })
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let Some(open) = &mut session.open else { return Ok(()) };
        let reply = match open.find(self.number) {
            Ok(index) => {
                open.deleted[index] = true;
                Reply::ok(format!("message {} will be deleted", self.number))
            }
            Err(refusal) => refusal,
        };
        session.reply(&reply);
        Ok(())
    }
}
