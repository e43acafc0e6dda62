//! Who calls, and what is kept of what they did.

use object::types::Guid;
use object::value::Text;
use object::{Author, Result, SYSTEM};

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name as the audit writes it: `CONTOSO\ann`, `NT AUTHORITY\SYSTEM`.
    pub name: Text,
    /// The account in the directory; none for the machine itself.
    pub account: Option<Guid>,
    /// Where the call comes from: `admin.sock`, an address, `shell`.
    pub from: Text,
    /// Ties log lines and audit entries of one session together.
    pub session: Text,
}

impl Caller {
    /// The machine itself: root, or the server's own user on the local socket.
    pub fn system(from: impl Into<Text>) -> Caller {
        Caller { name: SYSTEM.into(), account: None, from: from.into(), session: "".into() }
    }
    /// Whether it is the machine itself.
    pub fn is_system(&self) -> bool {
        self.account.is_none() && &*self.name == SYSTEM
    }
}

/// What is to be kept of one call of a command that changes something, before its answer ends.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Who, from where, which command, with which parameters; secrets are masked.
    pub author: &'a Author,
    /// On which objects, as the command named them when it asked to act.
    pub targets: &'a [String],
    /// The first error's sentence; none when it was done.
    pub error: Option<&'a str>,
    /// Whether there is such a command for the caller.
    pub permitted: bool,
}

/// Keeps what was done.
pub trait Record: Send + Sync {
    /// Keeps an entry; when that fails the command's answer is an error. What a change of the directory has recorded
    /// itself, in its own transaction, comes here only when it went wrong later.
    fn keep(&self, entry: &Entry<'_>) -> Result<()>;
}
