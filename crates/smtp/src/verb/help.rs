//! HELP lists the verbs.  [RFC 5321 4.1.1.8]
//!
//!     help = "HELP" [ SP String ] CRLF

use transport::Status;

use super::Verb;
use crate::Service;
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Help;

impl Verb for Help {
    const NAME: &'static str = "HELP";

    /// One help serves all words.
    fn parse(_argument: &str) -> Result<Self, Reply> {
        Ok(Help)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let hello = if session.door.service == Service::Lmtp { "LHLO" } else { "HELO EHLO" };
        let auth = if session.door.submission.is_some() { " AUTH" } else { "" };
        let verbs = format!("{hello} STARTTLS{auth} MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT");
        session.reply(&Reply::new(214, Status(2, 0, 0), "This server knows these commands:").line(verbs));
        Ok(())
    }
}
