//! The life of a mailbox: made, disabled, removed, connected again, purged. The directory is written first.

use crate::Mailboxes;
use crate::faults::Round;
use crate::lock::Held;
use crate::lost::{Disconnected, not_disconnected, refuse_archive, refuse_soft_deleted};
use crate::making::Making;
use crate::place::{Place, description, mark, parting};
use directory::schema::mailbox;
use directory::{
    Change, Class, Connection, Edit, Flavour, NewArchive, NewMailbox, ObjectChange, RecipientMatch, Record,
    Tombstone,
};
use object::types::{Guid, RecipientTypeDetails};
use object::{Author, Error, ErrorId, Fault, Result, Time};
use std::sync::Arc;
use store::{Flow, State, Statistics};

/// The user to whom a disconnected mailbox is given, and how.
#[derive(Clone, Debug)]
pub struct NewOwner {
    /// Who gets it.
    pub user: Guid,
    /// What kind of mailbox it becomes.
    pub flavour: Flavour,
    /// The alias; made from how the user was named, or else from the user's names, where there is none.
    pub alias: Option<String>,
    /// How the user was named, where that was a text.
    pub written: Option<String>,
    /// The alias that the mailbox had, which it gets again where none is given and nobody has it.
    pub had_alias: Option<String>,
    /// Further settings.
    pub settings: Vec<Edit>,
}

impl NewOwner {
    /// A person, with nothing set.
    pub fn of(user: Guid) -> NewOwner {
        NewOwner {
            user,
            flavour: Flavour::Regular,
            alias: None,
            written: None,
            had_alias: None,
            settings: Vec::new(),
        }
    }
}

impl Mailboxes {
    /// Makes a mailbox for a new user, or for one who has none, and its folders in the store; and its archive where one is
    /// wanted. Answers the user.
    pub fn create(&self, author: &Author, new: NewMailbox) -> Result<Arc<Record>> {
        let (new, places) = self.placed(author, new)?;
        // Nobody disables, purges or mends it before both sides have it.
        let _held: Vec<Held> = places.iter().map(|place| self.0.locks.hold(place.mailbox)).collect();
        let making = |place: &Place| {
            let database = self.0.store.database(place.database)?;
            Ok((*place, Making::new(database, place.mailbox)))
        };
        let makings = places.iter().map(making).collect::<Result<Vec<_>>>()?;
        let (made, begun) = (new.user.is_none(), makings.clone());
        let user = self.0.directory.change(author, move |change| {
            let user = change.new_mailbox(&new)?;
            begun.iter().try_for_each(|(place, making)| making.begin(place.description(&user)))?;
            Ok(user)
        });
        let user = match user {
            Ok(user) => user,
            // What cannot be taken away now goes when the database is mounted next; what went wrong first is what helps.
            Err(error) => {
                return Err(makings.into_iter().fold(error, |why, (_, making)| making.give_up(why)));
            }
        };
        let finish = |(place, making): (Place, Making)| making.finish(&place.description(&user));
        let finished: Vec<Result<()>> = makings.into_iter().map(finish).collect();
        match finished.into_iter().collect::<Result<()>>() {
            Ok(()) => self.0.directory.need(user.guid()),
            Err(error) => {
                // The store refused (a full disk, say): the directory must not promise a mailbox.
                match self.take_back(author, user.guid(), made) {
                    Ok(()) => Err(places.iter().fold(error, |why, place| self.unmake(place, why))),
                    // It is promised, so it is made when the database is mounted next.
                    Err(left) => Err(still_promised(error, &left)),
                }
            }
        }
    }

    /// What is wanted, with the places of its store mailboxes.
    fn placed(&self, author: &Author, new: NewMailbox) -> Result<(NewMailbox, Vec<Place>)> {
        let database = self.database_for(author, new.database)?;
        let main = Place { mailbox: Guid::random(), database, archive: false };
        let beside = |archive: NewArchive| {
            let place = Place {
                archive: true,
                mailbox: Guid::random(),
                database: archive.database.unwrap_or(database),
            };
            self.open(place.database).map_err(|error| error.about("ArchiveDatabase"))?;
            let archive =
                NewArchive { mailbox: Some(place.mailbox), database: Some(place.database), ..archive };
            Ok::<_, Error>((archive, place))
        };
        let (archive, second) = new.archive.map(beside).transpose()?.unzip();
        let new = NewMailbox { database: Some(database), mailbox: Some(main.mailbox), archive, ..new };
        Ok((new, std::iter::once(main).chain(second).collect()))
    }

    /// Takes away what was made for a user who has no mailbox after all; what went wrong before is what helps.
    pub(crate) fn unmake(&self, place: &Place, why: Error) -> Error {
        let gone = self.0.store.database(place.database).and_then(|open| open.unmake_mailbox(place.mailbox));
        match gone {
            Err(left) if left.fault() != Fault::NotFound => {
                why.while_doing(&format!("making a mailbox in the store, where it may be left ({left})"))
            }
            _ => why,
        }
    }

    fn take_back(&self, author: &Author, user: Guid, made: bool) -> Result<()> {
        self.0.directory.change(&taking_back(author), move |change| {
            if made { change.delete(user) } else { change.disable(user).map(drop) }
        })
    }

    /// The database for a new mailbox: the one named, which must be mounted, or the balancer's choice among those that the
    /// author's roles reach.
    fn database_for(&self, author: &Author, wanted: Option<Guid>) -> Result<Guid> {
        let directory = &self.0.directory;
        let mounted = |guid: Guid| self.0.store.database(guid).is_ok_and(|database| database.mounted());
        let reached = |guid: Guid| directory.get(guid).is_some_and(|one| directory.lets_write(author, &one));
        match wanted {
            None => {
                directory.choose_database(&|one| mounted(one) && reached(one)).map(|record| record.guid())
            }
            Some(guid) if mounted(guid) => Ok(guid),
            Some(guid) => Err(self.dismounted(guid)),
        }
    }

    /// A database that is mounted. The store knows its databases by their GUIDs alone: here they have names.
    pub(crate) fn open(&self, database: Guid) -> Result<store::Database> {
        match self.0.store.database(database) {
            Ok(open) if open.mounted() => Ok(open),
            _ => Err(self.dismounted(database)),
        }
    }

    pub(crate) fn dismounted(&self, database: Guid) -> Error {
        let name = self
            .0
            .directory
            .get(database)
            .map_or_else(|| database.to_string(), |found| found.name().to_owned());
        Error::busy(ErrorId::MdbDismounted, format!("The mailbox database \"{name}\" is not mounted."))
            .help(format!("Run Mount-Database \"{name}\"."))
            .about("Database")
    }

    /// Takes the mailbox away from its user, who stays. The mailbox is kept, disconnected, with all it has.
    pub fn disable(&self, author: &Author, user: Guid) -> Result<()> {
        self.part(author, user, false, move |change| change.disable(user).map(|(_, tombstone)| tombstone))
            .map(drop)
    }

    /// Deletes the user. The mailbox (and the archive) is kept, disconnected, unless it is to be purged at once.
    pub fn remove(&self, author: &Author, user: Guid, permanent: bool) -> Result<()> {
        let places = self.part(author, user, permanent, move |change| change.remove(user))?;
        let mut purged = places.iter().filter(|_| permanent);
        purged.try_for_each(|place| self.purge(author, place.database, place.mailbox))
    }

    /// Parts a user from their mailbox and archive. Answers where they are; the databases have to be mounted where that is
    /// `needed`.
    fn part(
        &self,
        author: &Author,
        user: Guid,
        needed: bool,
        work: impl FnMut(&mut Change<'_>) -> Result<Vec<u8>> + Send + 'static,
    ) -> Result<Vec<Place>> {
        let (_held, record) = self.hold_mailbox(user)?;
        let places = Place::all_of(&record);
        self.part_places(author, &record, &places, needed, work)?;
        Ok(places)
    }

    /// Parts a user, whose mailbox is held, from store mailboxes: directory first, then the store's marks with what the
    /// directory knew.
    pub(crate) fn part_places(
        &self,
        author: &Author,
        record: &Record,
        places: &[Place],
        needed: bool,
        work: impl FnMut(&mut Change<'_>) -> Result<Vec<u8>> + Send + 'static,
    ) -> Result<()> {
        let archives = places.iter().filter(|place| place.archive);
        let _held: Vec<Held> = archives.map(|place| self.0.locks.hold(place.mailbox)).collect();
        let open: Vec<_> = places.iter().map(|place| (place, self.open(place.database))).collect();
        if needed && let Some(Err(error)) = open.iter().map(|(_, open)| open).find(|open| open.is_err()) {
            return Err(error.clone());
        }
        let tombstone = self.0.directory.change(author, work)?;
        let user = record.guid();
        self.0.sessions.review(user, self.0.directory.get(user).as_deref());
        let parting = parting(tombstone)?;
        // A database that is not mounted learns of it when it is: the directory is the authority.
        let mark = |(place, open): (&Place, Result<store::Database>)| match open {
            Ok(open) => mark(&open, place.mailbox, &place.description(record), &parting),
            Err(_) => Ok(()),
        };
        let marked: Vec<Result<()>> = open.into_iter().map(mark).collect();
        marked.into_iter().collect()
    }

    /// The mailbox of a user, held, and the user as they are now that nobody else works on it. Which mailbox that is can
    /// change while one waits for it.
    pub(crate) fn hold_mailbox(&self, user: Guid) -> Result<(Held, Arc<Record>)> {
        loop {
            let (mailbox, _) = self.place(&*self.0.directory.need(user)?)?;
            let held = self.0.locks.hold(mailbox);
            let record = self.0.directory.need(user)?;
            if self.place(&record)?.0 == mailbox {
                return Ok((held, record));
            }
        }
    }

    /// The disconnected mailbox that a text names in a database: its GUID, legacyExchangeDN or display name.
    pub fn disconnected(&self, database: Guid, text: &str) -> Result<Disconnected> {
        let name = self.0.directory.need(database)?.name().to_owned();
        let open = self.open(database)?;
        let mut found = named(&open, text)?;
        let wrap = |statistics| Disconnected { database, database_name: name.clone(), statistics };
        match found.len() {
            1 => Ok(wrap(found.remove(0))),
            0 => Err(self.none_disconnected(&open, text, &name)),
            _ => {
                let list: Vec<String> =
                    found.into_iter().take(LISTED_MAX).map(|one| wrap(one).line()).collect();
                let message =
                    format!("The operation couldn't be performed because '{text}' matches multiple entries.");
                Err(Error::conflict(ErrorId::ManagementObjectAmbiguousException, message)
                    .help(format!(
                        "Write the GUID of one of these disconnected mailboxes: {}.",
                        list.join("; ")
                    ))
                    .about("Identity"))
            }
        }
    }

    fn none_disconnected(&self, open: &store::Database, text: &str, name: &str) -> Error {
        let connected = Guid::parse(text).and_then(|guid| open.statistics(guid).ok());
        let owner = connected.and_then(|found| self.0.directory.by_mailbox(found.guid));
        let owner = owner.or_else(|| self.owner_of_name(open, text));
        if let Some(owner) = owner {
            return not_disconnected(&owner);
        }
        let message = format!(
            "The disconnected mailbox '{text}' couldn't be found in the mailbox database \"{name}\"."
        );
        Error::not_found(ErrorId::DisconnectedMailboxNotFound, message)
            .help(format!(
                "List them with Get-MailboxStatistics -Database \"{name}\" | where {{$_.DisconnectReason -ne $null}}."
            ))
            .about("Identity")
    }

    /// Whose mailbox a database keeps under that name and has somebody.
    fn owner_of_name(&self, open: &store::Database, text: &str) -> Option<Arc<Record>> {
        let folded = text.trim().to_lowercase();
        let is_connected = |mailbox| open.statistics(mailbox).is_ok_and(|one| one.state == State::Connected);
        let is_meant = |user: &Record| {
            Place::all_of(user).iter().any(|place| {
                let known = place.description(user);
                [known.legacy_dn, known.display_name].iter().any(|name| name.to_lowercase() == folded)
                    && is_connected(place.mailbox)
            })
        };
        self.0.directory.by_store_name(text).into_iter().find(|user| is_meant(user))
    }

    /// The user whom a disconnected mailbox would be connected to when none is named: the only one without mail whose
    /// display name or legacyExchangeDN fits.
    pub fn candidate(&self, lost: &Disconnected) -> Result<Arc<Record>> {
        refuse_soft_deleted(lost)?;
        let known = &lost.statistics.description;
        match self.0.directory.match_for(&known.legacy_dn, &known.display_name) {
            RecipientMatch::One(user) => Ok(user),
            RecipientMatch::None => {
                let message =
                    format!("No user without a mailbox matches the disconnected mailbox \"{lost}\".");
                Err(Error::not_found(ErrorId::MatchingUserNotFound, message)
                    .help("Name the user with -User, or make one first.")
                    .about("User"))
            }
            RecipientMatch::Several(users) => {
                let list: Vec<String> =
                    users.iter().take(LISTED_MAX).map(|user| self.0.directory.canonical_name(user)).collect();
                let message = format!("Several users match the disconnected mailbox \"{lost}\".");
                Err(Error::conflict(ErrorId::SeveralUsersMatch, message)
                    .help(format!("Name one with -User: {}.", list.join("; ")))
                    .about("User"))
            }
        }
    }

    /// Refuses what [`connect`](Mailboxes::connect) would refuse at this moment; nothing is changed.
    pub fn check_connect(&self, lost: &Disconnected, owner: &NewOwner) -> Result<()> {
        refuse_soft_deleted(lost)?;
        if let Some(owner) = self.0.directory.by_mailbox(lost.mailbox()) {
            return Err(not_disconnected(&owner));
        }
        refuse_archive(lost)?;
        self.0.directory.check_new_owner(owner.user, &owner.flavour)
    }

    /// Connects a disconnected mailbox to a user who has none, with all its mail, flags, UIDs and folders. Answers the user.
    pub fn connect(&self, author: &Author, lost: &Disconnected, owner: NewOwner) -> Result<Arc<Record>> {
        let (user, given) = (owner.user, owner.settings.iter().map(Edit::spec).collect::<Vec<_>>());
        // One that cannot be read keeps nobody from the mail.
        let unread =
            |error: &Error| tracing::error!(%error, "what a mailbox had besides its mail cannot be read");
        let had = self.tombstone(lost).inspect_err(unread).ok().flatten();
        let content = move |change: &mut Change<'_>| match &had {
            Some(had) => change.content_back(user, had, &given),
            None => Ok(()),
        };
        self.connect_then(author, lost, owner, content).map(|(user, ())| user)
    }

    /// Connects, and does something else in the same change behind it. Answers the user and what that answered.
    pub(crate) fn connect_then<T: Send + 'static>(
        &self,
        author: &Author,
        lost: &Disconnected,
        owner: NewOwner,
        mut then: impl FnMut(&mut Change<'_>) -> Result<T> + Send + 'static,
    ) -> Result<(Arc<Record>, T)> {
        refuse_soft_deleted(lost)?;
        let (mailbox, database) = (lost.mailbox(), lost.database);
        let _held = self.0.locks.hold(mailbox);
        let open = self.open(database)?;
        self.check_lost(&open, lost)?;
        refuse_archive(lost)?;
        let (legacy_dn, created) = (lost.statistics.description.legacy_dn.clone(), lost.statistics.created);
        let NewOwner { user, flavour, alias, written, had_alias, settings } = owner;
        let connection = Connection {
            mailbox,
            database,
            legacy_dn,
            created,
            user,
            flavour,
            alias,
            written,
            had_alias,
            settings,
        };
        let making = Making::lost(open, mailbox);
        let begun = making.clone();
        let changed = self.0.directory.change(author, move |change| {
            change.connect(&connection)?;
            let answer = then(change)?;
            let record = change.read(user)?;
            begun.begin(description(&record))?;
            Ok((record, answer))
        });
        let (record, answer) = match changed {
            Ok(changed) => changed,
            Err(error) => return Err(making.give_up(error)),
        };
        match making.finish(&description(&record)) {
            Ok(()) => Ok((self.0.directory.need(user)?, answer)),
            Err(error) if matches!(error.fault(), Fault::Conflict | Fault::NotFound) => {
                Err(match self.take_back(author, user, false) {
                    Ok(()) => error,
                    Err(left) => still_promised(error, &left),
                })
            }
            // The directory has said it; the store is mended when the database is mounted next.
            Err(error) => Err(error),
        }
    }

    /// Purges a disconnected mailbox for good, slice by slice, so that others get their turn.
    pub fn purge(&self, author: &Author, database: Guid, mailbox: Guid) -> Result<()> {
        let open = self.open(database)?;
        let shown = format!("{} ({mailbox})", open.statistics(mailbox)?.description.display_name);
        let within = self.0.directory.need(database)?;
        let within = ObjectChange::named(within.guid(), within.class().word(), within.name());
        let purged = ObjectChange::stored(mailbox, "mailbox", &shown, Vec::new());
        let mut about = Some(vec![purged, within]);
        loop {
            let _held = self.0.locks.hold(mailbox);
            if let Some(owner) = self.0.directory.by_mailbox(mailbox) {
                return Err(not_disconnected(&owner));
            }
            // Before anything is gone: who dies in the middle of it leaves no purge that nobody knows of.
            if let Some(about) = about.take() {
                self.0.directory.note(author, None, about)?;
            }
            if open.purge_slice(mailbox)?.finished {
                return Ok(());
            }
        }
    }

    /// Purges what was disconnected longer before `now` than the database keeps it (MailboxRetention). One mailbox that
    /// fails does not keep the others: the answer lists the faults.
    pub fn purge_expired(&self, database: Guid, now: Time) -> Result<Purged> {
        let record = self.0.directory.need(database)?;
        let kept = record
            .get(&directory::schema::database::MAILBOX_RETENTION)
            .unwrap_or(object::types::TimeSpan::days(30));
        let expired = self.0.store.database(database)?.expired(now - kept.to_duration())?;
        let mut purged = Purged::default();
        for mailbox in expired {
            match self.purge(&Author::system(RETENTION), database, mailbox) {
                Ok(()) => purged.count += 1,
                // Connected meanwhile: then it is no longer to be purged.
                Err(error) if error.is(ErrorId::MailboxNotDisconnected) => {}
                Err(error) => purged.faults.push(error.target(mailbox.to_string())),
            }
        }
        self.0.faults.note(database, Round::RetentionOfMailboxes, &purged.faults);
        Ok(purged)
    }

    /// Takes away for good what users expunged longer before `now` than their mailbox (or its database) keeps it, but for
    /// mailboxes on hold, and what accounts have read that are gone. The answer counts items; one mailbox that fails does not keep the others.
    pub fn purge_deleted_items(&self, database: Guid, now: Time) -> Result<Purged> {
        let record = self.0.directory.need(database)?;
        let open = self.0.store.database(database)?;
        let owners = self.owners(database);
        let mut purged = Purged::default();
        purged.faults.extend(self.forget_readers(&open, now).err());
        let Some(shortest) = owners.values().map(|user| item_retention(user, &record)).min() else {
            return Ok(purged);
        };
        for guid in open.with_expired_deletions(now - shortest)? {
            match self.emptied(&open, &record, guid, now) {
                Ok(items) => purged.count += items,
                Err(error) => purged.faults.push(error.target(guid.to_string())),
            }
        }
        self.0.faults.note(database, Round::RetentionOfItems, &purged.faults);
        Ok(purged)
    }

    /// Forgets what accounts have read that are gone for good: as long as the record of changes is kept, they may come back.
    fn forget_readers(&self, open: &store::Database, now: Time) -> Result<()> {
        let directory = &self.0.directory;
        let kept = directory.audit_age_limit();
        for reader in open.readers()? {
            let may_come_back = directory.gone_since(reader)?.is_some_and(|gone| gone + kept > now);
            if directory.get(reader).is_some() || may_come_back {
                continue;
            }
            while open.forget_reader(reader)? > 0 {}
        }
        Ok(())
    }

    /// Empties one mailbox of what was expunged longer before `now` than it is kept, slice by slice. Answers how many items
    /// that were. What holds for the mailbox is asked before each slice, so that a hold keeps what is there when it begins.
    fn emptied(&self, open: &store::Database, database: &Record, mailbox: Guid, now: Time) -> Result<u64> {
        let mut count = 0;
        while let Some(user) = self.unheld(mailbox) {
            match open.mailbox(mailbox)?.purge_deletions(now - item_retention(&user, database))? {
                0 => break,
                items => count += items,
            }
        }
        Ok(count)
    }

    /// Whose a mailbox or archive is at this moment, unless nothing may leave it.
    pub(crate) fn unheld(&self, guid: Guid) -> Option<Arc<Record>> {
        let user = self.0.directory.by_mailbox(guid)?;
        (!user.is(&mailbox::LITIGATION_HOLD_ENABLED)).then_some(user)
    }

    /// What the directory knew of a disconnected mailbox; none where that is not known.
    pub fn tombstone(&self, lost: &Disconnected) -> Result<Option<Tombstone>> {
        let kept = self.0.store.database(lost.database)?.tombstone(lost.mailbox())?;
        kept.filter(|bytes| !bytes.is_empty()).map(|bytes| Tombstone::parse(&bytes)).transpose()
    }
}

/// Who takes back what they began: the record of changes shows both.
pub(crate) fn taking_back(author: &Author) -> Author {
    Author { command: format!("{} (taken back)", author.command).into(), ..author.clone() }
}

/// What went wrong, where the directory could not be told of it either and goes on promising the mailbox.
pub(crate) fn still_promised(why: Error, left: &Error) -> Error {
    why.while_doing(&format!("the directory keeps what it was told of the mailbox ({left})"))
}

/// What a round of retention took away.
#[derive(Debug, Default)]
pub struct Purged {
    /// How many mailboxes, or items.
    pub count: u64,
    /// What could not be taken away, and why; each names its mailbox.
    pub faults: Vec<Error>,
}

/// How long what was expunged from a mailbox can be recovered: its own time, or its database's where it says so.
fn item_retention(user: &Record, database: &Record) -> std::time::Duration {
    let own =
        user.get(&mailbox::RETAIN_DELETED_ITEMS_FOR).filter(|_| !user.is(&mailbox::USE_DATABASE_RETENTION));
    let kept = own.or_else(|| database.get(&directory::schema::database::DELETED_ITEM_RETENTION));
    kept.unwrap_or(object::types::TimeSpan::days(14)).to_duration()
}

/// What the record of changes calls the server's own purging.
const RETENTION: &str = "retention";
/// How many choices an error line lists.
const LISTED_MAX: usize = 10;

/// The disconnected mailboxes of a database that a text names: by GUID, else by legacyExchangeDN, else by display name.
fn named(open: &store::Database, text: &str) -> Result<Vec<Statistics>> {
    // A GUID is looked up and not looked for: scripts connect thousands by it.
    let by_guid = Guid::parse(text).and_then(|guid| open.statistics(guid).ok());
    if let Some(one) = by_guid {
        return Ok(if one.state == State::Connected { Vec::new() } else { vec![one] });
    }
    let folded = text.trim().to_lowercase();
    let mut found: [Vec<Statistics>; 2] = Default::default();
    open.disconnected(&mut |one| {
        let known = &one.description;
        let step = if known.legacy_dn.to_lowercase() == folded {
            0
        } else if known.display_name.to_lowercase() == folded {
            1
        } else {
            return Ok(Flow::More);
        };
        found[step].push(one);
        Ok(Flow::More)
    })?;
    Ok(found.into_iter().find(|step| !step.is_empty()).unwrap_or_default())
}

/// The kinds of mailbox that Disable-Mailbox and Remove-Mailbox touch only when they are asked to by a switch.
pub(crate) fn is_guarded(details: RecipientTypeDetails) -> bool {
    mailbox::is_system_mailbox(details)
}

impl Mailboxes {
    /// Whether a mailbox is one of the system's, which Disable-Mailbox and Remove-Mailbox touch only with their switch.
    pub fn is_guarded(&self, user: &Record) -> bool {
        user.class() == Class::User && is_guarded(user.details())
    }
}
