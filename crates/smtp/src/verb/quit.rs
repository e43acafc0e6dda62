//! QUIT ends the session.  [RFC 5321 4.1.1.10]
//!
//!     quit = "QUIT" CRLF

use super::{Verb, nothing};
use crate::reply::{self, Reply};
use crate::session::{End, Session};

pub(super) struct Quit;

impl Verb for Quit {
    const NAME: &'static str = "QUIT";

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Quit)
    }

    async fn run(self, _session: &mut Session) -> Result<(), End> {
        Err(End::Goodbye(reply::closing()))
    }
}
