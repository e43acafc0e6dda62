//! Disconnected mailboxes: what is known of one, and why one is not connected.

use directory::Record;
use object::types::Guid;
use object::{Error, ErrorId, Result};
use store::{DisconnectReason, State, Statistics};

/// A mailbox that belongs to nobody at the moment.
#[derive(Clone, Debug)]
pub struct Disconnected {
    /// The database that holds it.
    pub database: Guid,
    /// The database's name.
    pub database_name: String,
    /// What the store knows of it.
    pub statistics: Statistics,
}

impl Disconnected {
    /// The GUID of the mailbox.
    pub fn mailbox(&self) -> Guid {
        self.statistics.guid
    }
    /// Why it is disconnected, as statistics say it; nothing where it is not.
    pub fn reason(&self) -> Option<&'static str> {
        self.statistics.disconnect_reason.map(DisconnectReason::name)
    }
    /// One line for lists in errors: GUID, size, last owner and date.
    pub(crate) fn line(&self) -> String {
        let found = &self.statistics;
        let date = found.disconnect_date.map_or_else(|| "connected".to_owned(), |date| date.rfc3339());
        let size = object::types::ByteQuantifiedSize(found.items.size);
        let owner = found.last_owner.as_deref().unwrap_or("an unknown owner");
        format!("{} ({size}, {} of {owner}, {date})", found.guid, found.description.kind)
    }
}

impl std::fmt::Display for Disconnected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.statistics.description.display_name)
    }
}

/// It belongs to somebody.
pub(crate) fn not_disconnected(owner: &Record) -> Error {
    let name = owner.name();
    Error::conflict(ErrorId::MailboxNotDisconnected, format!("The mailbox still belongs to \"{name}\"."))
        .help(format!("Run Disable-Mailbox \"{name}\" first, or see Get-MailboxStatistics for others."))
        .about("Identity")
}

pub(crate) fn purged(lost: &Disconnected) -> Error {
    Error::conflict(
        ErrorId::MailboxPurged,
        format!("The mailbox \"{lost}\" is being purged; nothing can stop that."),
    )
    .about("Identity")
}

/// An archive belongs beside a mailbox.
pub(crate) fn refuse_archive(lost: &Disconnected) -> Result<()> {
    if !lost.statistics.description.archive {
        return Ok(());
    }
    Err(Error::conflict(ErrorId::MailboxIsArchive, format!("The mailbox \"{lost}\" is an archive."))
        .help("Connect it with -Archive to the user whose archive it was; they need a mailbox first.")
        .about("Identity"))
}

/// The source of a move is there to restore from, not to be connected.
pub(crate) fn refuse_soft_deleted(lost: &Disconnected) -> Result<()> {
    match lost.statistics.state {
        State::SoftDeleted => {
            let message = format!(
                "The mailbox \"{lost}\" was left behind by a move (SoftDeleted) and cannot be connected."
            );
            Err(Error::conflict(ErrorId::MailboxSoftDeleted, message)
                .help("Restore its content with New-MailboxRestoreRequest.")
                .about("Identity"))
        }
        State::Purging => Err(purged(lost)),
        State::Connected | State::Disabled => Ok(()),
    }
}
