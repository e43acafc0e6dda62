//! CAPABILITY tells what the server can do.  [RFC 9051 6.1.1]
//!
//!     capability = "CAPABILITY"

use object::Result;

use super::{State, Verb, nothing};
use crate::limits::APPEND_BYTES_MAX;
use crate::reply::Reply;
use crate::session::Session;
use crate::wire::words::Words;

pub(crate) struct Capability;

/// What holds in every state.
const ALWAYS: &str = "IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE IDLE";

/// What matters after log-in.
const LOGGED_IN: &str = "NAMESPACE UIDPLUS MOVE CONDSTORE QRESYNC ESEARCH SEARCHRES SORT SORT=DISPLAY \
    THREAD=ORDEREDSUBJECT THREAD=REFERENCES SPECIAL-USE LIST-EXTENDED LIST-STATUS STATUS=SIZE BINARY MULTIAPPEND \
    CHILDREN UNSELECT QUOTA QUOTA=RES-STORAGE WITHIN UTF8=ACCEPT OBJECTID SAVEDATE PREVIEW ESORT ACL \
    RIGHTS=kxte";

impl Verb for Capability {
    const NAME: &'static str = "CAPABILITY";
    const FROM: State = State::Any;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, Capability)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let line = format!("* CAPABILITY {}\r\n", session.capabilities());
        session.connection.put(line.as_bytes());
        Ok(Reply::ok("CAPABILITY completed"))
    }
}

impl Session {
    /// What the server can do for this client now.
    pub(crate) fn capabilities(&self) -> String {
        if self.user.is_some() {
            return format!("{ALWAYS} {LOGGED_IN} APPENDLIMIT={APPEND_BYTES_MAX}");
        }
        let mut out = ALWAYS.to_string();
        if self.connection.can_start_tls() {
            out.push_str(" STARTTLS");
        }
        if self.may_send_password() {
            net::sasl::names().for_each(|name| out.push_str(&format!(" AUTH={name}")));
        } else {
            out.push_str(" LOGINDISABLED");
        }
        out
    }

    /// Whether a password may come over this connection. [RFC 9051 11.1]
    pub(crate) fn may_send_password(&self) -> bool {
        self.connection.is_private() || self.door.allow_plain_text
    }
}
