//! LHLO is the EHLO of LMTP.  [RFC 2033 4.1]
//!
//!     lhlo = "LHLO" SP ( Domain / address-literal ) CRLF

use super::Verb;
use super::ehlo::{client_name, extended};
use crate::Service;
use crate::reply::{self, Reply};
use crate::session::{End, Session};

pub(super) struct Lhlo {
    name: String,
}

impl Verb for Lhlo {
    const NAME: &'static str = "LHLO";

    fn parse(argument: &str) -> Result<Self, Reply> {
        Ok(Lhlo { name: client_name(argument)? })
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        match session.door.service {
            Service::Lmtp => extended(session, self.name),
            Service::Smtp | Service::Submission => session.reply(&reply::unrecognized()),
        }
        Ok(())
    }
}
