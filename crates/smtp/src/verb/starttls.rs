//! STARTTLS goes over to TLS; what was said before is forgotten.  [RFC 3207 4]
//!
//!     starttls = "STARTTLS" CRLF

use transport::Status;

use super::{Verb, nothing};
use crate::reply::{self, Reply};
use crate::session::{End, Session};

pub(super) struct StartTls;

impl Verb for StartTls {
    const NAME: &'static str = "STARTTLS";

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| StartTls)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        if session.connection.tls().is_some() {
            session.reply(&Reply::new(503, Status(5, 5, 1), "TLS is active already"));
        } else if !session.connection.can_start_tls() {
            session.reply(&reply::not_implemented());
        } else {
            session.reply(&Reply::new(220, Status(2, 0, 0), "Ready to start TLS"));
            session.forget();
            session.connection.start_tls().await?;
        }
        Ok(())
    }
}
