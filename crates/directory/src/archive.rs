//! The archive of a mailbox in the directory: a second mailbox of the same user, in whatever database, with quotas of its own.

use crate::change::Change;
use crate::record::{Record, link};
use crate::schema::{database, mailbox};
use crate::{Class, Directory};
use object::types::{Guid, RecipientTypeDetails};
use object::{Declared, Error, ErrorId, Result, Spec};

/// An archive that a mailbox is to have.
#[derive(Clone, Debug, Default)]
pub struct NewArchive {
    /// The GUID of the archive in the store; a new one where there is none.
    pub mailbox: Option<Guid>,
    /// The database; that of the mailbox where none is named.
    pub database: Option<Guid>,
    /// What it is called; made from the display name where nothing is said.
    pub names: Vec<String>,
}

impl Record {
    /// Whether it has an archive.
    pub fn has_archive(&self) -> bool {
        self.get(&mailbox::ARCHIVE_GUID).is_some_and(|guid| guid != Guid::EMPTY)
    }
}

impl Change<'_> {
    /// Gives a mailbox that has none an archive; the store's part is the caller's. Answers the saved user.
    pub fn enable_archive(&mut self, user: Guid, new: &NewArchive) -> Result<Record> {
        let mut record = self.read(user)?;
        check_new_archive(self.directory(), &record)?;
        self.give_archive(&mut record, new)?;
        self.save(record.clone())?;
        Ok(record)
    }

    /// Writes into a mailbox that is being made or changed what makes it have an archive.
    pub(crate) fn give_archive(&mut self, record: &mut Record, new: &NewArchive) -> Result<()> {
        let own = record.reference(&mailbox::DATABASE);
        let database = new.database.or(own).ok_or_else(|| needs_mailbox(record))?;
        check_database(&self.read(database)?).map_err(|error| error.about("ArchiveDatabase"))?;
        let names = if new.names.is_empty() { vec![archive_name(record)] } else { new.names.clone() };
        record.set(&mailbox::ARCHIVE_GUID, new.mailbox.unwrap_or_else(Guid::random));
        record.set(&mailbox::ARCHIVE_DATABASE, link(database));
        record.set_all(&mailbox::ARCHIVE_NAME, names);
        for old in [mailbox::DISABLED_ARCHIVE_GUID.spec(), mailbox::DISABLED_ARCHIVE_DATABASE.spec()] {
            record.drop_value(old);
        }
        Ok(())
    }

    /// Takes the archive away from a mailbox, which stays, and gives back what the directory knew of it, as bytes for the
    /// store. Where the archive was is remembered.
    pub fn disable_archive(&mut self, user: Guid) -> Result<(Record, Vec<u8>)> {
        let mut record = self.read(user)?;
        let (Some(guid), Some(database)) =
            (record.get(&mailbox::ARCHIVE_GUID), record.reference(&mailbox::ARCHIVE_DATABASE))
        else {
            return Err(no_archive(&record));
        };
        let tombstone = self.tombstone(&record)?;
        for gone in
            [mailbox::ARCHIVE_GUID.spec(), mailbox::ARCHIVE_DATABASE.spec(), mailbox::ARCHIVE_NAME.spec()]
        {
            record.drop_value(gone);
        }
        record.set(&mailbox::DISABLED_ARCHIVE_GUID, guid);
        record.set(&mailbox::DISABLED_ARCHIVE_DATABASE, link(database));
        self.save(record.clone())?;
        Ok((record, tombstone))
    }

    /// Takes back an archive that never came to be: the user has and remembers what they did before, and what was `set`
    /// with it has its old values.
    pub fn forget_archive(&mut self, before: &Record, set: &[&'static Spec]) -> Result<()> {
        let mut record = self.read(before.guid())?;
        let own = [
            mailbox::ARCHIVE_GUID.spec(),
            mailbox::ARCHIVE_DATABASE.spec(),
            mailbox::ARCHIVE_NAME.spec(),
            mailbox::DISABLED_ARCHIVE_GUID.spec(),
            mailbox::DISABLED_ARCHIVE_DATABASE.spec(),
        ];
        own.iter().chain(set).for_each(|spec| record.copy_value(spec, before));
        self.save(record)
    }
}

/// Refuses whoever cannot get an archive at this moment.
pub fn check_new_archive(directory: &Directory, record: &Record) -> Result<()> {
    use RecipientTypeDetails as Details;
    if !record.is_mailbox() {
        return Err(needs_mailbox(record));
    }
    if record.has_archive() {
        let path = directory.canonical_name(record);
        return Err(Error::conflict(ErrorId::ArchiveExists, format!("{path} already has an archive."))
            .help("Disable it first with Disable-Mailbox -Archive; its content is kept.")
            .about("Identity"));
    }
    if mailbox::is_system_mailbox(record.details()) || record.details() == Details::DiscoveryMailbox {
        let message = format!("{} is a {}, which has no archive.", record.name(), record.details());
        return Err(Error::conflict(ErrorId::RecipientTypeNotSupported, message).about("Identity"));
    }
    Ok(())
}

fn needs_mailbox(record: &Record) -> Error {
    let message = format!("{} has no mailbox, so it cannot have an archive.", record.name());
    Error::conflict(ErrorId::NotAMailboxUser, message).help("Run Enable-Mailbox first.").about("Identity")
}

fn no_archive(record: &Record) -> Error {
    Error::conflict(ErrorId::ArchiveMissing, format!("{} has no archive.", record.name()))
        .help("Give it one with Enable-Mailbox -Archive.")
        .about("Archive")
}

/// Refuses what is no mailbox database, or one that only keeps what was recovered.
pub(crate) fn check_database(record: &Record) -> Result<()> {
    if record.class() != Class::MailboxDatabase {
        let message = format!("{} is not a mailbox database.", record.name());
        return Err(Error::caller(ErrorId::NotADatabase, message).about("Database"));
    }
    if record.is(&database::RECOVERY) {
        let message = format!("\"{}\" is a recovery database: nobody has a mailbox in it.", record.name());
        return Err(Error::conflict(ErrorId::RecoveryDatabase, message)
            .help("Restore from it with New-MailboxRestoreRequest.")
            .about("Database"));
    }
    Ok(())
}

/// What the name of an archive begins with that nobody has named.
const MADE_NAME: &str = "In-Place Archive -";

/// The name of an archive that nobody has named.
fn archive_name(record: &Record) -> String {
    format!("{MADE_NAME}{}", record.display_name())
}

/// The names of an archive that somebody gave it: what was made from the name of a user is made from that of the next.
pub fn given_archive_names(names: &[String]) -> Vec<String> {
    names.iter().filter(|name| !name.is_empty() && !name.starts_with(MADE_NAME)).cloned().collect()
}
