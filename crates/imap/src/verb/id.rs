//! ID tells each other who one is.  [RFC 2971]
//!
//!     id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / "NIL")

use object::{Error, ErrorId, Result};

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::Session;
use crate::wire::words::Words;

/// Pairs that a client may tell. [RFC 2971 3.3]
const PAIRS_MAX: usize = 30;

pub(crate) struct Id {
    /// Name and version of the client's program.
    client: String,
}

impl Verb for Id {
    const NAME: &'static str = "ID";
    const FROM: State = State::Any;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let mut client = String::new();
        if words.eat_word("NIL") {
            return Ok(Id { client });
        }
        words.need(b'(')?;
        for pair in 0.. {
            if words.eat(b')') {
                break;
            }
            if pair >= PAIRS_MAX {
                return Err(Error::limit(ErrorId::IdTooLong, "That is too much about yourself."));
            }
            if pair > 0 {
                words.space()?;
            }
            let name = words.string()?.to_ascii_lowercase();
            words.space()?;
            let value = words.nstring()?.unwrap_or_default();
            if name == b"name" || name == b"version" {
                client.push_str(&format!("{} ", String::from_utf8_lossy(&value)));
            }
        }
        Ok(Id { client })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        tracing::debug!(client = self.client.trim(), "ID");
        // No version: it helps nobody but those who look for old ones.
        session.connection.put(b"* ID (\"name\" \"Mailstead\")\r\n");
        Ok(Reply::ok("ID completed"))
    }
}
