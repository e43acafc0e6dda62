//! Who may use what, and what is kept: the gate's two traits over the directory.

use directory::{Directory, ObjectChange, kinds};
use gate::{Authority, Caller, Entry, Permit, Record};
use object::Result;
use object::types::{Guid, ObjectId};

/// Organization managers and the machine itself may use everything; to others no cmdlet exists. Roles, their
/// entries and scopes narrow this further when they are built.
pub(crate) struct Roles(pub(crate) Directory);

impl Authority for Roles {
    fn permits(&self, caller: &Caller, _: &str) -> Result<Permit> {
        let manager = caller.account.is_some_and(|account| self.0.is_organization_manager(account));
        Ok(if caller.is_system() || manager { Permit::Yes } else { Permit::No })
    }
}

/// The record of changes, in the directory's database. The server's log has a line of it, too.
pub(crate) struct Log(pub(crate) Directory);

impl Record for Log {
    fn keep(&self, entry: &Entry<'_>) -> Result<()> {
        let author = entry.author;
        tracing::info!(
            who = &*author.who,
            from = &*author.from,
            session = &*author.session,
            cmdlet = &*author.command,
            targets = entry.targets.join("; "),
            error = entry.error.unwrap_or_default(),
            "command"
        );
        self.0.note(author, entry.error, about(&self.0, entry))
    }
}

/// What a command was about: what it named when it asked to act, or else what it was told to act on.
fn about(directory: &Directory, entry: &Entry<'_>) -> Vec<ObjectChange> {
    let named = |text: &String| match directory.resolve(&kinds::ANY, &ObjectId::written(text)) {
        Ok(record) => ObjectChange::named(record.guid(), record.class().word(), text),
        Err(_) => ObjectChange::named(Guid::EMPTY, "", text),
    };
    if !entry.targets.is_empty() {
        return entry.targets.iter().map(named).collect();
    }
    let identity = entry.author.parameters.iter().find(|(name, _)| &**name == "Identity");
    identity.map(|(_, text)| named(&text.to_string())).into_iter().collect()
}
