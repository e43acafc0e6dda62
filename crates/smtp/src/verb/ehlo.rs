//! EHLO introduces a client and tells it what we can do.  [RFC 5321 4.1.1.1]
//!
//!     ehlo = "EHLO" SP ( Domain / address-literal ) CRLF

use std::net::IpAddr;

use super::Verb;
use crate::Service;
use crate::reply::{self, Reply};
use crate::session::{End, Hello, Session};

/// The longest domain. [RFC 5321 4.5.3.1.2]
const NAME_BYTES_MAX: usize = 255;

pub(super) struct Ehlo {
    name: String,
}

impl Verb for Ehlo {
    const NAME: &'static str = "EHLO";

    fn parse(argument: &str) -> Result<Self, Reply> {
        Ok(Ehlo { name: client_name(argument)? })
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        if session.door.service == Service::Lmtp {
            session.reply(&reply::unrecognized());
            return Ok(());
        }
        extended(session, self.name);
        Ok(())
    }
}

/// Answers EHLO and LHLO.
pub(super) fn extended(session: &mut Session, name: String) {
    let reply = Reply::plain(250, introduce(session, name, true))
        .line(format!("SIZE {}", session.announced_bytes_max())) // [RFC 1870 3]
        .line("PIPELINING") // [RFC 2920]
        .line("DSN") // [RFC 3461]
        .line("ENHANCEDSTATUSCODES"); // [RFC 2034]
    let reply = if session.connection.can_start_tls() { reply.line("STARTTLS") } else { reply };
    let reply = if session.may_log_on() && session.submitter.is_none() {
        reply.line(format!("AUTH {}", net::sasl::names().collect::<Vec<_>>().join(" "))) // [RFC 4954 3]
    } else {
        reply
    };
    let reply = reply
        .line("8BITMIME") // [RFC 6152]
        .line("SMTPUTF8") // [RFC 6531]
        .line(format!(
            "LIMITS RCPTMAX={}",
            session.door.intake.limits().recipients_max.min(session.connector().recipients_max)
        )) // [RFC 9422]
        .line("CHUNKING"); // [RFC 3030]
    session.reply(&reply);
}

/// Remembers the client; a second hello gives up the transaction. [RFC 5321 4.1.4]
pub(super) fn introduce(session: &mut Session, name: String, extended: bool) -> String {
    session.transaction = None;
    session.hello = Some(Hello { name, extended });
    // [RFC 5321 4.1.3]
    let literal = match session.connection.peer().ip().to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("IPv6:{v6}"),
    };
    format!("{} Hello [{literal}]", session.door.config.name)
}

/// The name a client gives itself. It is not checked against its address [RFC 5321 4.1.4], but it is going
/// to stand in a Received field, so nothing but a name may be in it.
pub(super) fn client_name(argument: &str) -> Result<String, Reply> {
    let name = argument.split(' ').next().unwrap_or_default();
    let fits = |c: char| c.is_alphanumeric() || "-_.:[]".contains(c);
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.chars().all(fits) {
        return Err(Reply::bad_argument("A domain or an address literal is needed"));
    }
    Ok(name.to_owned())
}
