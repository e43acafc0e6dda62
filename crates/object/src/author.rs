//! Who does something: the author of a change, passed down from the gate to the row that keeps it.

use crate::types::Guid;
use crate::value::Text;
use std::sync::Arc;

/// Who does something, from where, and with which command. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The name as the record shows it: `CONTOSO\ann`, `NT AUTHORITY\SYSTEM`.
    pub who: Text,
    /// The account in the directory; none for the machine itself.
    pub account: Option<Guid>,
    /// Where the call came from: `admin.sock`, an address; `server` for the server's own work.
    pub from: Text,
    /// Ties together what one session did; empty where there is none.
    pub session: Text,
    /// The cmdlet, or the name of the server's own work.
    pub command: Text,
    /// The parameters that were given, as they are shown; secrets are masked.
    pub parameters: Arc<[(Text, Text)]>,
}

/// The name of the machine itself.
pub const SYSTEM: &str = "NT AUTHORITY\\SYSTEM";

impl Author {
    /// Somebody who runs `command` without parameters, from nowhere in particular.
    pub fn new(who: impl Into<Text>, command: impl Into<Text>) -> Author {
        Author {
            who: who.into(),
            account: None,
            from: "".into(),
            session: "".into(),
            command: command.into(),
            parameters: Arc::default(),
        }
    }
    /// The server itself, at work of its own: `retention`, `mount at start`.
    pub fn system(work: impl Into<Text>) -> Author {
        Author { from: "server".into(), ..Author::new(SYSTEM, work) }
    }
}
