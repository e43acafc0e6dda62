//! ENABLE switches extensions on that change what the server sends.  [RFC 9051 6.3.1]
//!
//!     enable = "ENABLE" 1*(SP capability)

use object::Result;

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::Session;
use crate::wire::words::Words;

pub(crate) struct Enable {
    names: Vec<String>,
}

impl Verb for Enable {
    const NAME: &'static str = "ENABLE";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        let mut names = Vec::new();
        words.space()?;
        names.push(words.keyword()?);
        while words.eat(b' ') {
            names.push(words.keyword()?);
        }
        Ok(Enable { names })
    }

    /// Unknown names are ignored; the answer lists those that were switched on. [RFC 9051 6.3.1]
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let mut line = "* ENABLED".to_string();
        for name in &self.names {
            if session.enable(name) && !line.contains(name) {
                line.push_str(&format!(" {name}"));
            }
        }
        session.connection.put(format!("{line}\r\n").as_bytes());
        Ok(Reply::ok("ENABLE completed"))
    }
}

impl Session {
    /// Switches one on; false if there is no such. QRESYNC brings CONDSTORE. [RFC 7162 3.2.3]
    fn enable(&mut self, name: &str) -> bool {
        match name {
            "CONDSTORE" => self.follow_changes(),
            "QRESYNC" => {
                self.enabled.qresync = true;
                self.follow_changes();
            }
            "UTF8=ACCEPT" => self.enabled.utf8 = true,
            "IMAP4REV2" => self.enabled.rev2 = true,
            _ => return false,
        }
        true
    }
}
