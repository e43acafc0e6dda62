//! What a caller may use.

use crate::caller::Caller;
use crate::declaration::Declaration;
use object::Result;
use object::value::Text;

/// What a caller may use of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Nothing: to this caller there is no such command.
    No,
    /// All of it.
    Yes,
    /// It, with these parameters only: others do not exist for this caller.
    Only(Vec<Text>),
}

/// Decides what a caller may use.
pub trait Authority: Send + Sync {
    /// What `caller` may use of a command.
    fn permits(&self, caller: &Caller, cmdlet: &Declaration) -> Result<Permit>;
}
