//! Archives: the second store mailbox of a user, made, parted and joined again beside the first one.
//!
//! Whoever works on an archive holds the mailbox of its user first, then the archive.

use crate::Mailboxes;
use crate::life::{still_promised, taking_back};
use crate::lost::{Disconnected, not_disconnected, purged, refuse_soft_deleted};
use crate::making::Making;
use crate::place::Place;
use directory::schema::{mailbox, recipient};
use directory::{Change, Edit, NewArchive, Record, check_new_archive, given_archive_names};
use object::types::Guid;
use object::{Author, Error, ErrorId, Fault, Result, Spec};
use std::sync::Arc;
use store::State;

/// Whose archive a disconnected one becomes.
#[derive(Clone, Debug)]
pub struct ArchiveOwner {
    /// The user, who has a mailbox and no archive.
    pub user: Guid,
    /// Whether it may be another user than the one whose archive it was.
    pub allow_mismatch: bool,
    /// What it is called; as by the rule where nothing is said.
    pub names: Vec<String>,
    /// What else is set at the user.
    pub settings: Vec<Edit>,
}

impl Mailboxes {
    /// The archive of a user in the store.
    pub fn archive_mailbox(&self, user: &Record) -> Result<store::Mailbox> {
        let place = self.archive_place(user)?;
        self.open(place.database)?.mailbox(place.mailbox)
    }

    /// Where the archive of a user is.
    pub(crate) fn archive_place(&self, user: &Record) -> Result<Place> {
        Place::all_of(user).into_iter().find(|place| place.archive).ok_or_else(|| {
            Error::not_found(ErrorId::ArchiveMissing, format!("{} has no archive.", user.name()))
                .help("Give the mailbox one with Enable-Mailbox -Archive.")
                .about("Archive")
        })
    }

    /// Gives a mailbox an archive, or its old one back where that is named by its GUID, with further settings. Answers the
    /// user.
    pub fn enable_archive(
        &self,
        author: &Author,
        user: Guid,
        new: NewArchive,
        settings: Vec<Edit>,
    ) -> Result<Arc<Record>> {
        let record = self.0.directory.need(user)?;
        if let Some(old) = new.mailbox {
            let database = new.database.or_else(|| remembered(&record, old));
            let database = database.map_or_else(|| self.place(&record).map(|(_, database)| database), Ok)?;
            let lost = self.disconnected(database, &old.to_string())?;
            let owner = ArchiveOwner { user, allow_mismatch: false, names: new.names, settings };
            return self.connect_archive(author, &lost, owner);
        }
        check_new_archive(&self.0.directory, &record)?;
        let (_held, record) = self.hold_mailbox(user)?;
        let place = self.new_archive_place(&record, new.database)?;
        let new = NewArchive { mailbox: Some(place.mailbox), database: Some(place.database), ..new };
        let _archive = self.0.locks.hold(place.mailbox);
        let making = Making::new(self.open(place.database)?, place.mailbox);
        let begun = making.clone();
        let set: Vec<&'static Spec> = settings.iter().map(Edit::spec).collect();
        let made = self.0.directory.change(author, move |change| {
            let user = with_settings(change, user, &new, &settings)?;
            begun.begin(place.description(&user))?;
            Ok(user)
        });
        let made = made.map_err(|error| making.clone().give_up(error))?;
        match making.finish(&place.description(&made)) {
            Ok(()) => self.0.directory.need(user),
            Err(error) => Err(match self.forget_archive(author, record, set) {
                Ok(()) => self.unmake(&place, error),
                Err(left) => still_promised(error, &left),
            }),
        }
    }

    /// Gives a user back what they had before an archive that never came to be.
    fn forget_archive(&self, author: &Author, before: Arc<Record>, set: Vec<&'static Spec>) -> Result<()> {
        self.0.directory.change(&taking_back(author), move |change| change.forget_archive(&before, &set))
    }

    /// Where a new archive is made: in the database that is named, else in that of the mailbox.
    pub(crate) fn new_archive_place(&self, user: &Record, wanted: Option<Guid>) -> Result<Place> {
        let (_, own) = self.place(user)?;
        let database = wanted.unwrap_or(own);
        self.open(database).map_err(|error| error.about("ArchiveDatabase"))?;
        Ok(Place { mailbox: Guid::random(), database, archive: true })
    }

    /// Takes the archive away from a mailbox; it is kept, disconnected, with all it has.
    pub fn disable_archive(&self, author: &Author, user: Guid) -> Result<()> {
        let (_held, record) = self.hold_mailbox(user)?;
        let place = self.archive_place(&record)?;
        self.part_places(author, &record, &[place], false, move |change| {
            change.disable_archive(user).map(|(_, tombstone)| tombstone)
        })
    }

    fn take_archive_back(&self, author: &Author, user: Guid) -> Result<()> {
        self.0.directory.change(&taking_back(author), move |change| change.disable_archive(user).map(drop))
    }

    /// The user to whom a disconnected archive belongs when none is named: the one whose legacyExchangeDN it has.
    pub fn archive_candidate(&self, lost: &Disconnected) -> Result<Arc<Record>> {
        let known = &lost.statistics.description;
        let fits = |user: &Arc<Record>| user.is_mailbox() && !user.has_archive();
        self.0.directory.by_legacy_dn(&known.legacy_dn).filter(fits).ok_or_else(|| {
            let message = format!("No mailbox without an archive matches the disconnected archive \"{lost}\".");
            Error::not_found(ErrorId::MatchingUserNotFound, message)
                .help("Name the user with -User; with -AllowLegacyDNMismatch that can be anybody with a mailbox.")
                .about("User")
        })
    }

    /// Refuses what [`connect_archive`](Mailboxes::connect_archive) would refuse at this moment; nothing is changed.
    pub fn check_connect_archive(&self, lost: &Disconnected, owner: &ArchiveOwner) -> Result<()> {
        refuse_soft_deleted(lost)?;
        let known = &lost.statistics.description;
        if !known.archive {
            return Err(Error::conflict(
                ErrorId::NotAnArchive,
                format!("The mailbox \"{lost}\" is not an archive."),
            )
            .help("Connect it without -Archive to a user who has no mailbox.")
            .about("Archive"));
        }
        let user = self.0.directory.need(owner.user)?;
        check_new_archive(&self.0.directory, &user)?;
        let own = user.get(&recipient::LEGACY_EXCHANGE_DN).unwrap_or_default();
        if own.eq_ignore_ascii_case(&known.legacy_dn) || owner.allow_mismatch {
            return Ok(());
        }
        let message = format!(
            "The archive \"{lost}\" belongs to the legacyExchangeDN '{}', and {} has another one.",
            known.legacy_dn,
            user.name()
        );
        Err(Error::conflict(ErrorId::LegacyDNMismatch, message)
            .help("Run Connect-Mailbox with -Archive -AllowLegacyDNMismatch if you mean it.")
            .about("User"))
    }

    /// Makes a disconnected archive the archive of a user, with all that is in it. Answers the user.
    pub fn connect_archive(
        &self,
        author: &Author,
        lost: &Disconnected,
        owner: ArchiveOwner,
    ) -> Result<Arc<Record>> {
        self.check_connect_archive(lost, &owner)?;
        let (_held, _) = self.hold_mailbox(owner.user)?;
        let _archive = self.0.locks.hold(lost.mailbox());
        let open = self.open(lost.database)?;
        self.check_lost(&open, lost)?;
        self.check_connect_archive(lost, &owner)?;
        let place = Place { mailbox: lost.mailbox(), database: lost.database, archive: true };
        let ArchiveOwner { user, mut names, settings, .. } = owner;
        if names.is_empty() {
            names = self.archive_names(lost)?;
        }
        let new = NewArchive { mailbox: Some(place.mailbox), database: Some(place.database), names };
        let record =
            self.0.directory.change(author, move |change| with_settings(change, user, &new, &settings))?;
        match open.reconnect(place.mailbox, &place.description(&record)) {
            Ok(_) => self.0.directory.need(user),
            Err(error) if matches!(error.fault(), Fault::Conflict | Fault::NotFound) => {
                Err(match self.take_archive_back(author, user) {
                    Ok(()) => error,
                    Err(left) => still_promised(error, &left),
                })
            }
            // The directory has said it; the store is mended when the database is mounted next.
            Err(error) => Err(error),
        }
    }

    /// What somebody called a disconnected archive.
    fn archive_names(&self, lost: &Disconnected) -> Result<Vec<String>> {
        let known = self.tombstone(lost)?.map(|tombstone| tombstone.before("ArchiveName").to_vec());
        let shown = || vec![lost.statistics.description.display_name.clone()];
        Ok(given_archive_names(&known.filter(|names| !names.is_empty()).unwrap_or_else(shown)))
    }

    /// Looks at a disconnected mailbox again under its lock: somebody may have been quicker.
    pub(crate) fn check_lost(&self, open: &store::Database, lost: &Disconnected) -> Result<()> {
        let mailbox = lost.mailbox();
        if let Some(owner) = self.0.directory.by_mailbox(mailbox) {
            return Err(not_disconnected(&owner));
        }
        match open.statistics(mailbox)?.state {
            State::Disabled => Ok(()),
            State::Purging => Err(purged(lost)),
            State::Connected | State::SoftDeleted => refuse_soft_deleted(lost),
        }
    }
}

fn with_settings(change: &mut Change<'_>, user: Guid, new: &NewArchive, settings: &[Edit]) -> Result<Record> {
    let mut record = change.enable_archive(user, new)?;
    if change.edit(&mut record, settings)? {
        change.save(record.clone())?;
    }
    Ok(record)
}

/// The database of an archive that was switched off and whose user remembers it.
fn remembered(user: &Record, archive: Guid) -> Option<Guid> {
    let same = user.get(&mailbox::DISABLED_ARCHIVE_GUID) == Some(archive);
    user.reference(&mailbox::DISABLED_ARCHIVE_DATABASE).filter(|_| same)
}
