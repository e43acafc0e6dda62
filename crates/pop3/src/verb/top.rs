//! TOP sends the header of a message and some lines of its body.  [RFC 1939 7]
//!
//!     top = "TOP" SP msg SP n CRLF

use super::retr::send;
use super::{State, Verb, number};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Top {
    number: usize,
    lines: usize,
}

impl Verb for Top {
    const NAME: &'static str = "TOP";
    const FROM: State = State::Transaction;

    fn parse(argument: &str) -> Result<Self, Reply> {
        let both = argument.trim().split_once(' ');
        let (message, lines) = both.ok_or_else(|| Reply::error("Syntax: TOP message lines"))?;
        Ok(Top { number: number(message)?, lines: number(lines.trim())? })
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        send(session, self.number, Some(self.lines as u64)).await
    }
}
