//! VRFY tells nobody who has a mailbox here.  [RFC 5321 3.5.3]
//!
//!     vrfy = "VRFY" SP String [ SP "SMTPUTF8" ] CRLF

use transport::Status;

use super::Verb;
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Vrfy;

impl Verb for Vrfy {
    const NAME: &'static str = "VRFY";

    fn parse(argument: &str) -> Result<Self, Reply> {
        if argument.is_empty() { Err(Reply::bad_argument("VRFY takes a name")) } else { Ok(Vrfy) }
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        // 252 is the answer for those who will not say: RCPT tells it, under the limits of RCPT. [RFC 5321 7.3]
        session.reply(&Reply::new(252, Status(2, 1, 5), "Cannot VRFY user, but will take the message"));
        Ok(())
    }
}
