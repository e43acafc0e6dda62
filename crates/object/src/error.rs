//! The one error of the house: whose fault it is, an id, a sentence, and what to do next.
//!
//! Every door has exactly one exhaustive `match` from [`Fault`] to its own words, so a new fault is a
//! compile error at every door. Tests and scripts compare [`Error::id`], never the sentence.

use crate::error_id::ErrorId;
use std::borrow::Cow;
use std::fmt;

/// What every fallible function of the house returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose fault an error is; doors choose their answer by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The request is wrong as it stands: syntax, a value, two parameters that exclude each other.
    Caller,
    /// What the request names is not there.
    NotFound,
    /// The caller may not do this, or who they are could not be proved.
    Denied,
    /// It would contradict what is there: taken, already so, ambiguous, in use.
    Conflict,
    /// A named limit would be exceeded: quota, size, count, nesting.
    Limit,
    /// Not now; the same request may succeed later: locked, dismounted, disk full, peer unreachable.
    Busy,
    /// Ours: a broken invariant or a failing disk.
    Server,
}

impl Fault {
    /// All faults, in the order of their declaration.
    pub const ALL: [Fault; 7] = [
        Fault::Caller,
        Fault::NotFound,
        Fault::Denied,
        Fault::Conflict,
        Fault::Limit,
        Fault::Busy,
        Fault::Server,
    ];

    /// The word used on the wire (`"fault":"NotFound"`).
    pub fn name(self) -> &'static str {
        match self {
            Fault::Caller => "Caller",
            Fault::NotFound => "NotFound",
            Fault::Denied => "Denied",
            Fault::Conflict => "Conflict",
            Fault::Limit => "Limit",
            Fault::Busy => "Busy",
            Fault::Server => "Server",
        }
    }

    /// The fault of that [`name`](Fault::name); an unknown word counts as ours.
    pub fn of_name(name: &str) -> Fault {
        Fault::ALL.into_iter().find(|fault| fault.name() == name).unwrap_or(Fault::Server)
    }
}

/// An error with all that a person, a script and a door need; one pointer wide.
#[derive(Clone)]
pub struct Error(Box<Facts>);

#[derive(Clone)]
struct Facts {
    fault: Fault,
    id: Cow<'static, str>,
    message: String,
    help: Option<String>,
    parameter: Option<Cow<'static, str>>,
    target: Option<String>,
}

macro_rules! makers {
    ($($(#[$doc:meta])* $name:ident $fault:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(id: ErrorId, message: impl Into<String>) -> Error {
            Error::new(Fault::$fault, id, message)
        }
    )*};
}

impl Error {
    /// An error of `fault`, with its stable id and its sentence.
    pub fn new(fault: Fault, id: ErrorId, message: impl Into<String>) -> Error {
        Error::foreign(fault, id.name(), message)
    }
    /// An error that somebody else made (a server over the wire, a script) under an id of theirs.
    pub fn foreign(fault: Fault, id: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Error {
        let (id, message) = (id.into(), message.into());
        Error(Box::new(Facts { fault, id, message, help: None, parameter: None, target: None }))
    }

    makers! {
        /// The request is wrong as it stands.
        caller Caller;
        /// What the request names is not there.
        not_found NotFound;
        /// The caller may not do this.
        denied Denied;
        /// It contradicts what is there.
        conflict Conflict;
        /// A named limit would be exceeded.
        limit Limit;
        /// Not now; try again later.
        busy Busy;
        /// Our own fault.
        server Server;
    }

    /// Adds what to do next, a whole sentence: `Run Disable-Mailbox ann first.`
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Error {
        self.0.help = Some(help.into());
        self
    }

    /// Names the parameter (or configuration key) that the error is about.
    #[must_use]
    pub fn about(mut self, parameter: impl Into<Cow<'static, str>>) -> Error {
        self.0.parameter = Some(parameter.into());
        self
    }

    /// Names the object that was being worked on.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Error {
        self.0.target = Some(target.into());
        self
    }

    /// Says what was being done when a lower room failed: `opening directory.db: …`.
    #[must_use]
    pub fn while_doing(mut self, what: &str) -> Error {
        self.0.message = format!("{what}: {}", self.0.message);
        self
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        self.0.fault
    }
    /// The stable id that scripts compare.
    pub fn id(&self) -> &str {
        &self.0.id
    }
    /// The id as one of ours, for those who choose by it; `None`: somebody else's.
    pub fn known(&self) -> Option<ErrorId> {
        ErrorId::of_name(&self.0.id)
    }
    /// Whether it is that one.
    pub fn is(&self, id: ErrorId) -> bool {
        self.0.id == id.name()
    }
    /// The sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }
    /// What to do next, if there is anything to say.
    pub fn help_line(&self) -> Option<&str> {
        self.0.help.as_deref()
    }
    /// The parameter it is about, without the dash.
    pub fn parameter(&self) -> Option<&str> {
        self.0.parameter.as_deref()
    }
    /// The object that was being worked on.
    pub fn target_name(&self) -> Option<&str> {
        self.0.target.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match &self.0.help {
            Some(help) => write!(f, " {help}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}: {self}", self.0.fault, self.0.id)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    /// A full disk is `Busy` (mail is refused for now, nothing is cut); the rest is told by its kind.
    fn from(error: std::io::Error) -> Error {
        use std::io::ErrorKind as Kind;
        let (fault, id) = match error.kind() {
            Kind::NotFound => (Fault::NotFound, ErrorId::FileNotFound),
            Kind::PermissionDenied => (Fault::Denied, ErrorId::FileAccessDenied),
            Kind::AlreadyExists => (Fault::Conflict, ErrorId::FileExists),
            Kind::StorageFull | Kind::QuotaExceeded => (Fault::Busy, ErrorId::DiskFull),
            Kind::TimedOut | Kind::WouldBlock => (Fault::Busy, ErrorId::TimedOut),
            Kind::AddrInUse => (Fault::Conflict, ErrorId::PortTaken),
            _ => (Fault::Server, ErrorId::InputOutput),
        };
        Error::new(fault, id, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorId;

    #[test]
    fn an_error_says_what_to_do_next() {
        let error = Error::conflict(ErrorId::MailboxNotDisconnected, "Ann still belongs to ann.")
            .help("Run Disable-Mailbox ann first.")
            .about("Identity");
        assert_eq!(error.to_string(), "Ann still belongs to ann. Run Disable-Mailbox ann first.");
        assert_eq!((error.fault(), error.id()), (Fault::Conflict, "MailboxNotDisconnected"));
        assert_eq!(error.parameter(), Some("Identity"));
    }

    #[test]
    fn every_fault_keeps_its_name_over_the_wire() {
        for fault in Fault::ALL {
            assert_eq!(Fault::of_name(fault.name()), fault);
        }
    }

    #[test]
    fn a_full_disk_is_a_reason_to_try_later() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(Error::from(full).fault(), Fault::Busy);
    }
}
