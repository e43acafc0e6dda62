//! Who calls, what they may use, and what is kept of what they did.

use object::types::Guid;
use object::value::Text;
use object::{Result, Value};

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
        Caller { name: "NT AUTHORITY\\SYSTEM".into(), account: None, from: from.into(), session: "".into() }
    }
    /// Whether it is the machine itself.
    pub fn is_system(&self) -> bool {
        self.account.is_none() && &*self.name == "NT AUTHORITY\\SYSTEM"
    }
}

/// What a caller may use of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Nothing: to this caller the command does not exist.
    No,
    /// All of it.
    Yes,
    /// It, with these parameters only: others do not exist for this caller.
    Only(Vec<Text>),
}

/// Decides what a caller may use.
pub trait Authority: Send + Sync {
    /// What `caller` may use of the command `cmdlet`.
    fn permits(&self, caller: &Caller, cmdlet: &str) -> Result<Permit>;
}

/// What is kept of a command that changes something, before its answer ends.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// Which command.
    pub cmdlet: &'a str,
    /// With which parameters; secrets are masked.
    pub parameters: Vec<(Text, Value)>,
    /// On which objects, as the command named them when it asked to act.
    pub targets: Vec<String>,
    /// How many errors it gave.
    pub errors: u64,
    /// The first error's sentence, if there was one.
    pub first_error: Option<String>,
}

/// Keeps what was done.
pub trait Record: Send + Sync {
    /// Keeps an entry; when that fails the command's answer is an error.
    fn keep(&self, entry: &Entry<'_>) -> Result<()>;
}
