//! CAPA tells what we can do.  [RFC 2449 5]
//!
//!     capa = "CAPA" CRLF

use net::sasl;

use super::{State, Verb, may_log_on, nothing};
use crate::reply::Reply;
use crate::session::{End, Session};

pub(super) struct Capa;

impl Verb for Capa {
    const NAME: &'static str = "CAPA";
    const FROM: State = State::Any;

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Capa)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let mut lines = Reply::ok("capabilities follow").line();
        let mut list = |line: &str| lines.extend([line, "\r\n"]);
        if may_log_on(session).is_ok() {
            list("USER");
            let names: Vec<&str> = sasl::names().collect();
            list(&format!("SASL {}", names.join(" "))); // [RFC 5034 3]
        }
        if session.connection.can_start_tls() && session.open.is_none() {
            list("STLS"); // [RFC 2595 4]
        }
        list("TOP");
        list("UIDL");
        list("PIPELINING"); // [RFC 2449 6.6]
        list("RESP-CODES"); // [RFC 2449 6.4]
        list("AUTH-RESP-CODE"); // [RFC 3206 6]
        list("UTF8 USER"); // [RFC 6856 2]
        list("EXPIRE NEVER"); // [RFC 2449 6.7]
        list("IMPLEMENTATION Mailstead"); // [RFC 2449 6.9]
        lines.push_str(".\r\n");
        session.connection.put(lines.as_bytes());
        Ok(())
    }
}
