//! The archive of a mailbox, as `New-`, `Enable-`, `Disable-` and `Connect-Mailbox` are asked for it.

use crate::rooms::Rooms;
use directory::{NewArchive, kinds};
use gate::Call;
use object::types::{Guid, ObjectId};
use object::{Keys, Parameter, Result, Switch};

/// Means the archive, or asks for one.
pub(crate) static ARCHIVE: Parameter<Switch> =
    Parameter::new("Archive", "Means the archive of the mailbox, or gives it one.");
static ARCHIVE_DATABASE: Parameter<ObjectId> = Parameter::new(
    "ArchiveDatabase",
    "The mailbox database that holds the archive; by default that of the mailbox.",
);
static ARCHIVE_GUID: Parameter<Guid> = Parameter::new(
    "ArchiveGuid",
    "The GUID of a disconnected archive of this mailbox that becomes its archive again.",
);
static ARCHIVE_NAME: Parameter<String> =
    Parameter::new("ArchiveName", "What the archive is called; made from the display name by default.")
        .many();

/// What a new archive is told.
pub(crate) static NEW: Keys = &[&ARCHIVE, &ARCHIVE_DATABASE, &ARCHIVE_GUID, &ARCHIVE_NAME];

/// The archive that is wanted; nothing where none is.
pub(crate) fn wanted(rooms: &Rooms, call: &Call) -> Result<Option<NewArchive>> {
    let new = NewArchive {
        mailbox: call.get(&ARCHIVE_GUID)?.filter(|guid| *guid != Guid::EMPTY),
        database: rooms.named(call, &ARCHIVE_DATABASE, &kinds::DATABASE)?.map(|database| database.guid()),
        names: call.list(&ARCHIVE_NAME)?.unwrap_or_default(),
    };
    // In a set of its own each of them asks for an archive.
    let asked = call.is(&ARCHIVE) || new.mailbox.is_some() || new.database.is_some() || !new.names.is_empty();
    Ok(asked.then_some(new))
}
