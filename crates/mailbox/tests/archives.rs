//! Archives through public functions: made, parted, joined again; every test ends with all verifies.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

use mailstead_mailbox::directory::schema::{mailbox, recipient};
use mailstead_mailbox::directory::*;
use mailstead_mailbox::store::{self, Append, Flags, Incoming, Limits, Store, TargetFolder, WellKnown};
use mailstead_mailbox::*;
use object::types::{Guid, SecureString};
use object::{Author, Error, Result, Time, WoundClock};
use std::sync::Arc;

struct House {
    mailboxes: Mailboxes,
    first: Guid,
    second: Guid,
}

impl std::ops::Deref for House {
    type Target = Mailboxes;
    fn deref(&self) -> &Mailboxes {
        &self.mailboxes
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check();
        }
    }
}

fn by(command: &str) -> Author {
    Author::new("CONTOSO\\Administrator", command)
}

fn house() -> House {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let directory = Directory::open(db::memory().unwrap(), Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let mailboxes = Mailboxes::new(directory, Store::memory(Arc::new(clock))).unwrap();
    mailboxes.mount_all().into_iter().for_each(|(_, mounted)| mounted.unwrap());
    let second = mailboxes.new_database(&by("New-MailboxDatabase"), "MBXDB02", Vec::new()).unwrap().guid();
    House { mailboxes, first, second }
}

impl House {
    fn check(&self) {
        assert_eq!(self.directory().verify().unwrap(), []);
        assert_eq!(self.verify().unwrap(), []);
        for database in self.store().databases().into_iter().filter(|open| open.mounted()) {
            assert_eq!(database.verify().unwrap(), []);
        }
    }
    fn shared(&self, name: &str) -> Arc<Record> {
        let new = NewMailbox { database: Some(self.first), ..NewMailbox::named(name, Flavour::Shared) };
        self.create(&by("New-Mailbox"), new).unwrap()
    }
    fn archived(&self, user: &Record) -> Arc<Record> {
        let new = NewArchive { database: Some(self.second), ..NewArchive::default() };
        self.enable_archive(&by("Enable-Mailbox"), user.guid(), new, Vec::new()).unwrap()
    }
    fn now(&self, user: &Record) -> Arc<Record> {
        self.directory().need(user.guid()).unwrap()
    }
    fn owner(&self, user: &Record) -> ArchiveOwner {
        ArchiveOwner { user: user.guid(), allow_mismatch: false, names: Vec::new(), settings: Vec::new() }
    }
}

fn id_of(answer: Result<impl Sized>) -> String {
    answer.err().map_or_else(|| "fine".to_owned(), |error: Error| error.id().to_owned())
}

fn put(open: &store::Mailbox, folder: WellKnown) {
    let message = Incoming::new(&b"Subject: kept\r\n\r\nAn old letter.\r\n"[..]);
    let one = Append { message, flags: Flags::NONE, keywords: Vec::new(), received: None };
    open.append(TargetFolder::Known(folder), vec![one], Limits::default()).unwrap();
}

#[test]
fn an_archive_has_its_own_place_folders_and_quota() {
    let house = house();
    let sales = house.archived(&house.shared("Sales"));
    assert_eq!(sales.reference(&mailbox::ARCHIVE_DATABASE), Some(house.second));
    assert_eq!(sales.all(&mailbox::ARCHIVE_NAME), ["In-Place Archive -Sales"]);
    let archive = house.archive_mailbox(&sales).unwrap();
    let names: Vec<String> = archive.folders().unwrap().into_iter().map(|folder| folder.name).collect();
    assert_eq!(
        names,
        ["Deleted Items", "Recoverable Items", "Deletions", "Versions", "Purges", "DiscoveryHolds"]
    );
    assert_eq!(house.limits(archive.guid()).unwrap().total, Some(100 << 30));
    let guid = sales.guid();
    assert_eq!(
        id_of(house.enable_archive(&by("x"), guid, NewArchive::default(), Vec::new())),
        "ArchiveExists"
    );
    let shown = house.archive_statistics(&sales).unwrap();
    for (name, value) in [("DisplayName", "In-Place Archive -Sales"), ("IsArchiveMailbox", "True")] {
        assert_eq!(shown.get(name).unwrap().to_string(), value);
    }
    assert_eq!(id_of(house.remove_database(&by("x"), house.second)), "AssociatedUserMailboxExistException");
}

#[test]
fn an_archive_that_was_switched_off_comes_back_with_everything() {
    let house = house();
    let sales = house.archived(&house.shared("Sales"));
    let archive = house.archive_mailbox(&sales).unwrap();
    put(&archive, WellKnown::DeletedItems);
    house.disable_archive(&by("Disable-Mailbox"), sales.guid()).unwrap();
    house.check();
    let without = house.now(&sales);
    assert!(without.is_mailbox() && !without.has_archive());
    assert_eq!(without.get(&mailbox::DISABLED_ARCHIVE_GUID), Some(archive.guid()));
    assert_eq!(id_of(house.disable_archive(&by("x"), sales.guid())), "ArchiveMissing");
    assert_eq!(id_of(house.archive_mailbox(&without)), "ArchiveMissing");

    // It is no mailbox of its own, and nobody else's archive unless that is meant.
    let lost = house.disconnected(house.second, "In-Place Archive -Sales").unwrap();
    assert_eq!(lost.statistics.last_owner.as_deref(), Some("contoso.com/Users/Sales"));
    assert_eq!(lost.statistics.disconnected_by.as_deref(), Some("CONTOSO\\Administrator"));
    let other = house.shared("Other");
    let refused = house.connect_archive(&by("x"), &lost, house.owner(&other));
    assert_eq!(id_of(refused), "LegacyDNMismatch");
    house.disable(&by("Disable-Mailbox"), other.guid()).unwrap();
    let shared = NewOwner { flavour: Flavour::Shared, ..NewOwner::of(other.guid()) };
    assert_eq!(id_of(house.connect(&by("x"), &lost, shared)), "MailboxIsArchive");
    assert_eq!(id_of(house.connect_archive(&by("x"), &lost, house.owner(&other))), "NotAMailboxUser");
    let old = house.disconnected(house.first, "Other").unwrap();
    assert_eq!(id_of(house.connect_archive(&by("x"), &old, house.owner(&sales))), "NotAnArchive");

    // Named by its GUID it is found where it was.
    let new = NewArchive { mailbox: Some(archive.guid()), ..NewArchive::default() };
    house.enable_archive(&by("Enable-Mailbox"), sales.guid(), new, Vec::new()).unwrap();
    let back = house.now(&sales);
    assert_eq!(back.get(&mailbox::DISABLED_ARCHIVE_GUID), Some(Guid::EMPTY));
    assert_eq!(house.archive_mailbox(&back).unwrap().usage().unwrap().items.count, 1);
}

#[test]
fn a_mailbox_and_its_archive_part_and_meet_again() {
    let house = house();
    let sales = house.archived(&house.shared("Sales"));
    house.disable(&by("Disable-Mailbox"), sales.guid()).unwrap();
    house.check();
    let (lost, archive) = (
        house.disconnected(house.first, "Sales").unwrap(),
        house.disconnected(house.second, "In-Place Archive -Sales").unwrap(),
    );
    assert_eq!(id_of(house.archive_candidate(&archive)), "MatchingUserNotFound");
    let shared = NewOwner { flavour: Flavour::Shared, ..NewOwner::of(sales.guid()) };
    house.connect(&by("Connect-Mailbox"), &lost, shared).unwrap();
    assert_eq!(house.archive_candidate(&archive).unwrap().guid(), sales.guid());
    house.connect_archive(&by("Connect-Mailbox"), &archive, house.owner(&sales)).unwrap();
    let whole = house.now(&sales);
    assert_eq!(whole.get(&recipient::LEGACY_EXCHANGE_DN), sales.get(&recipient::LEGACY_EXCHANGE_DN));
    assert_eq!(house.archive_mailbox(&whole).unwrap().guid(), archive.mailbox());
    house.remove(&by("Remove-Mailbox"), sales.guid(), true).unwrap();
    assert_eq!((house.rows(house.first).unwrap().len(), house.rows(house.second).unwrap().len()), (0, 0));
}

#[test]
fn a_database_that_missed_it_all_is_mended_when_it_is_mounted() {
    let house = house();
    let (kept, gone) = (house.archived(&house.shared("Kept")), house.archived(&house.shared("Gone")));
    house.dismount(&by("Dismount-Database"), house.second).unwrap();
    assert_eq!(id_of(house.archive_mailbox(&kept)), "MdbDismounted");
    house.disable_archive(&by("Disable-Mailbox"), gone.guid()).unwrap();
    house.mount(&by("Mount-Database"), house.second).unwrap();
    assert!(house.archive_mailbox(&house.now(&kept)).is_ok());
    let lost = house.disconnected(house.second, "In-Place Archive -Gone").unwrap();
    assert_eq!(lost.statistics.last_owner.as_deref(), Some("contoso.com/Users/Gone"));
    assert_eq!(house.tombstone(&lost).unwrap().unwrap().before("ArchiveName"), ["In-Place Archive -Gone"]);
}

#[test]
fn a_mailbox_is_made_with_its_archive_or_not_at_all() {
    let house = house();
    let archive = |database| Some(NewArchive { database, ..NewArchive::default() });
    let new =
        NewMailbox { archive: archive(Some(house.second)), ..NewMailbox::named("Sales", Flavour::Shared) };
    let sales = house.create(&by("New-Mailbox"), new).unwrap();
    assert!(house.archive_mailbox(&sales).is_ok() && house.mailbox(&sales).is_ok());
    let twice = NewMailbox { archive: archive(None), ..NewMailbox::named("Sales", Flavour::Shared) };
    assert_eq!(id_of(house.create(&by("New-Mailbox"), twice)), "ADObjectAlreadyExistsException");
    assert_eq!((house.rows(house.first).unwrap().len(), house.rows(house.second).unwrap().len()), (1, 1));
    house.dismount(&by("Dismount-Database"), house.second).unwrap();
    let new =
        NewMailbox { archive: archive(Some(house.second)), ..NewMailbox::named("Ben", Flavour::Shared) };
    assert_eq!(id_of(house.create(&by("New-Mailbox"), new)), "MdbDismounted");
    assert!(house.directory().resolve_text(&kinds::USER, "Ben").is_err());
    house.mount(&by("Mount-Database"), house.second).unwrap();
}

#[test]
fn an_archive_whose_second_half_fails_was_never_there() {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let (of_directory, of_store) = (db::faulty::Fuse::default(), db::faulty::Fuse::default());
    let directory = db::faulty::faulty(db::memory().unwrap(), &of_directory);
    let directory = Directory::open(directory, Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let fuse = of_store.clone();
    let opener: store::Opener = Box::new(move |_| Ok(db::faulty::faulty(db::memory()?, &fuse)));
    let mailboxes = Mailboxes::new(directory, Store::with(opener, Arc::new(clock))).unwrap();
    mailboxes.mount_all().into_iter().for_each(|(_, mounted)| mounted.unwrap());
    let second = mailboxes.new_database(&by("New-MailboxDatabase"), "MBXDB02", Vec::new()).unwrap().guid();
    let house = House { mailboxes, first, second };
    let sales = house.archived(&house.shared("Sales"));
    house.disable_archive(&by("Disable-Mailbox"), sales.guid()).unwrap();
    let before = house.now(&sales);
    let rows = |house: &House| house.rows(house.second).unwrap().len();
    let (left, named) = (rows(&house), Edit::set(&recipient::SIMPLE_DISPLAY_NAME, "x".to_owned()));
    let enable = |house: &House| {
        let new = NewArchive { database: Some(house.second), ..NewArchive::default() };
        let made =
            house.enable_archive(&by("Enable-Mailbox"), sales.guid(), new, vec![named.clone()]).unwrap_err();
        (made.id().to_owned(), made.message().to_owned())
    };
    // The store keeps it and says that it does not.
    of_store.set(db::faulty::Failing::Answer, 1);
    assert_eq!(enable(&house).0, "InputOutput");
    let now = house.now(&sales);
    assert!(!now.has_archive() && rows(&house) == left, "neither side has it");
    let of = |record: &Record| {
        record.stored().map(|(spec, values)| (spec.name, values.to_vec())).collect::<Vec<_>>()
    };
    let sorted = |mut all: Vec<(&'static str, Vec<object::Value>)>| {
        all.sort_by_key(|(name, _)| *name);
        all.into_iter().map(|one| format!("{one:?}")).collect::<Vec<_>>()
    };
    assert_eq!(sorted(of(&now)), sorted(of(&before)), "and what was remembered is");
    // Where the directory cannot take it back either, what went wrong first is told, and the archive comes with the mount.
    of_store.set(db::faulty::Failing::Commit, 1);
    of_directory.set(db::faulty::Failing::Commit, 2);
    let (id, message) = enable(&house);
    assert_eq!(id, "InputOutput");
    assert!(message.contains("the directory keeps what it was told"), "{message}");
    assert!(house.now(&sales).has_archive());
    assert!(house.mend(house.second).unwrap().count > 0);
    assert!(house.archive_mailbox(&house.now(&sales)).is_ok());
}
