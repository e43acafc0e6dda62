//! Who may use what, and what is kept: the gate's two traits over the directory.

use directory::Directory;
use gate::{Authority, Caller, Entry, Permit, Record};
use object::Result;

/// Organization managers and the machine itself may use everything; to others no cmdlet exists. Roles, their
/// entries and scopes narrow this further when they are built.
pub(crate) struct Roles(pub(crate) Directory);

impl Authority for Roles {
    fn permits(&self, caller: &Caller, _: &str) -> Result<Permit> {
        let manager = caller.account.is_some_and(|account| self.0.is_organization_manager(account));
        Ok(if caller.is_system() || manager { Permit::Yes } else { Permit::No })
    }
}

/// The directory writes who changed what in the transaction of the change itself; a command that was refused
/// changed nothing and is not kept there.
pub(crate) struct Log;

impl Record for Log {
    fn keep(&self, _: &Entry<'_>) -> Result<()> {
        Ok(())
    }
}
