//! HELO introduces a client of the old kind, without extensions.  [RFC 5321 4.1.1.1]
//!
//!     helo = "HELO" SP Domain CRLF

use super::Verb;
use super::ehlo::{client_name, introduce};
use crate::Service;
use crate::reply::{self, Reply};
use crate::session::{End, Session};

pub(super) struct Helo {
    name: String,
}

impl Verb for Helo {
    const NAME: &'static str = "HELO";

    fn parse(argument: &str) -> Result<Self, Reply> {
        Ok(Helo { name: client_name(argument)? })
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        // HELO and EHLO must not be taken where LHLO is spoken. [RFC 2033 4.1]
        if session.door.service == Service::Lmtp {
            session.reply(&reply::unrecognized());
            return Ok(());
        }
        let greeting = introduce(session, self.name, false);
        session.reply(&Reply::plain(250, greeting));
        Ok(())
    }
}
