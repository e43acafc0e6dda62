//! Who does something: the author of a change, passed down from the gate to the row that keeps it.

use crate::types::Guid;
use crate::value::Text;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Who does something, from where, and with which command. Cheap to clone.
#[derive(Clone, Debug)]
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
    /// Whether the record of changes has an entry of this author's doing; all clones share it.
    pub recorded: Arc<AtomicBool>,
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
            recorded: Arc::default(),
        }
    }
    /// The server itself, at work of its own: `retention`, `mount at start`.
    pub fn system(work: impl Into<Text>) -> Author {
        Author { from: "server".into(), ..Author::new(SYSTEM, work) }
    }
    /// Remembers that what was done stands in the record of changes.
    pub fn set_recorded(&self) {
        self.recorded.store(true, Ordering::Relaxed);
    }
    /// Whether what was done stands in the record of changes already.
    pub fn is_recorded(&self) -> bool {
        self.recorded.load(Ordering::Relaxed)
    }
}
