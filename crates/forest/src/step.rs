//! The steps on the way to an answer of a controller, and what goes wrong at one.

use object::Error;

/// A step on the way to an answer, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The controller's name leads to an address.
    Name,
    /// The address takes connections.
    Connect,
    /// The certificate is the controller's, from an authority that is trusted.
    Tls,
    /// The credential is taken.
    Bind,
    /// The base entry can be read.
    Search,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Step; 5] = [Step::Name, Step::Connect, Step::Tls, Step::Bind, Step::Search];

    /// How it is called: `TLS`.
    pub fn name(self) -> &'static str {
        match self {
            Step::Name => "Name",
            Step::Connect => "Connect",
            Step::Tls => "TLS",
            Step::Bind => "Bind",
            Step::Search => "Search",
        }
    }
}

/// What went wrong with a controller, and at which step.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) step: Step,
    pub(crate) error: Error,
}
