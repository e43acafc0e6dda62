//! The store mailboxes of a user: where they are, and what the store keeps of whose they are.

use directory::schema::{mailbox, recipient};
use directory::{Record, Tombstone};
use object::types::Guid;
use object::{ErrorId, Result};
use store::{Description, DisconnectReason, Parting};

/// A store mailbox of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) mailbox: Guid,
    pub(crate) database: Guid,
    pub(crate) archive: bool,
}

impl Place {
    /// The mailbox of a user, and the archive where there is one.
    pub(crate) fn all_of(user: &Record) -> Vec<Place> {
        let place = |archive: bool| {
            let (guid, database) = match archive {
                false => (&mailbox::EXCHANGE_GUID, &mailbox::DATABASE),
                true => (&mailbox::ARCHIVE_GUID, &mailbox::ARCHIVE_DATABASE),
            };
            let mailbox = user.get(guid).filter(|guid| *guid != Guid::EMPTY)?;
            Some(Place { mailbox, database: user.reference(database)?, archive })
        };
        [false, true].into_iter().filter_map(place).collect()
    }

    /// What the store keeps of it.
    pub(crate) fn description(&self, user: &Record) -> Description {
        let main = description(user);
        if !self.archive {
            return main;
        }
        let name = user.all(&mailbox::ARCHIVE_NAME).into_iter().next();
        Description { display_name: name.unwrap_or_else(|| main.display_name.clone()), archive: true, ..main }
    }
}

/// What the store keeps of a user.
pub(crate) fn description(user: &Record) -> Description {
    Description {
        display_name: user.display_name(),
        legacy_dn: user.get(&recipient::LEGACY_EXCHANGE_DN).unwrap_or_default(),
        owner: user.guid(),
        kind: user.details().to_string(),
        archive: false,
    }
}

/// Marks a mailbox in the store as disconnected. One that is marked already stays as it is.
pub(crate) fn mark(
    open: &store::Database,
    mailbox: Guid,
    last: &Description,
    parting: &Parting,
) -> Result<()> {
    // Names may have changed since the mailbox was made, and statistics are all that is left of them now.
    if open.statistics(mailbox)?.description != *last {
        open.describe(mailbox, last)?;
    }
    match open.disconnect(mailbox, DisconnectReason::Disabled, parting) {
        Err(error) if error.is(ErrorId::MailboxDisconnected) => Ok(()),
        other => other,
    }
}

/// What the store is told of a parting: what the directory knew, and of that what lists show.
pub(crate) fn parting(tombstone: Vec<u8>) -> Result<Parting> {
    if tombstone.is_empty() {
        return Ok(Parting::default());
    }
    let known = Tombstone::parse(&tombstone)?;
    Ok(Parting { owner: known.shown, by: known.who, tombstone })
}
