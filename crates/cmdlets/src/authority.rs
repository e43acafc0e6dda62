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

/// The directory writes who changed what in the transaction of the change itself. The server's log has every
/// command that changed something or tried to, refused ones and those of the store included.
pub(crate) struct Log;

impl Record for Log {
    fn keep(&self, entry: &Entry<'_>) -> Result<()> {
        let parameters: Vec<String> =
            entry.parameters.iter().map(|(name, value)| format!("-{name} '{value}'")).collect();
        tracing::info!(
            who = &*entry.caller.name,
            from = &*entry.caller.from,
            session = &*entry.caller.session,
            cmdlet = entry.cmdlet,
            parameters = parameters.join(" "),
            targets = entry.targets.join("; "),
            errors = entry.errors,
            error = entry.first_error.as_deref().unwrap_or_default(),
            "command"
        );
        Ok(())
    }
}
