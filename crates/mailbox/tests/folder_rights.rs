//! What entries of folders come to for an account: a table of who is named, and what is there in the end.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

use mailstead_mailbox::directory::permission::{AccessEntry, MailboxRight};
use mailstead_mailbox::directory::schema::{group, user};
use mailstead_mailbox::directory::*;
use mailstead_mailbox::folder_permission::FolderAccess;
use mailstead_mailbox::store::{
    ANONYMOUS_TRUSTEE, DEFAULT_TRUSTEE, FOLDER_PERMISSIONS_MAX, Store, TOP, WellKnown,
};
use mailstead_mailbox::*;
use object::types::{RecipientTypeDetails, SecureString};
use object::{Author, Time, WoundClock};
use std::sync::Arc;

/// Gives rights whatever stood there; tells whether anything did.
trait SetPermission {
    fn set_permission(
        &self,
        folder: store::FolderId,
        trustee: &str,
        rights: Option<u32>,
    ) -> object::Result<bool>;
}

impl SetPermission for store::Mailbox {
    fn set_permission(
        &self,
        folder: store::FolderId,
        trustee: &str,
        rights: Option<u32>,
    ) -> object::Result<bool> {
        self.change_permission(folder, trustee, move |_| Ok(rights)).map(|(before, _)| before.is_some())
    }
}

struct House {
    mailboxes: Mailboxes,
    ann: Arc<Record>,
    ben: Arc<Record>,
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.mailboxes.directory().verify().unwrap(), []);
            assert_eq!(self.mailboxes.verify().unwrap(), []);
            for database in self.mailboxes.store().databases() {
                assert_eq!(database.verify().unwrap(), []);
            }
        }
    }
}

fn by() -> Author {
    Author::new("CONTOSO\\Administrator", "Add-MailboxFolderPermission")
}

/// Ann, whose folders are shared, and Ben, who is in a group that is in a group.
fn house() -> House {
    house_over(db::memory().unwrap())
}

/// The same with a directory in that database.
fn house_over(db: db::Database) -> House {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let directory = Directory::open(db, Arc::new(clock.clone()), "srv1").unwrap();
    directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let mailboxes = Mailboxes::new(directory, Store::memory(Arc::new(clock))).unwrap();
    for (_, mounted) in mailboxes.mount_all() {
        mounted.unwrap();
    }
    let password = PasswordHash::of(&SecureString::new("Sommer-2026"), &[]).unwrap();
    let make = |name: &str| {
        let user_principal_name = Some(format!("{name}@contoso.com"));
        let new = NewMailbox {
            password: Some(password.clone()),
            user_principal_name,
            ..NewMailbox::named(name, Flavour::Regular)
        };
        mailboxes.create(&by(), new).unwrap()
    };
    let (ann, ben) = (make("ann"), make("ben"));
    let member = mailboxes.directory().id(&ben);
    mailboxes
        .directory()
        .change(&by(), move |change| {
            let mut inside = member.clone();
            for name in ["inner", "outer", "empty"] {
                let kind = RecipientTypeDetails::MailUniversalSecurityGroup;
                let mut made = change.new_recipient(&NewRecipient::named(name, Class::Group, kind))?;
                if name != "empty" {
                    made.set_all(&group::MEMBERS, vec![inside.clone()]);
                }
                change.save(made.clone())?;
                inside = change.directory().id(&made);
            }
            Ok(())
        })
        .unwrap();
    House { mailboxes, ann, ben }
}

impl House {
    fn sid(&self, name: &str) -> String {
        if [DEFAULT_TRUSTEE, ANONYMOUS_TRUSTEE].contains(&name) {
            return name.to_owned();
        }
        let found = self.mailboxes.directory().resolve_text(&kinds::SECURITY_PRINCIPAL, name).unwrap();
        found.get(&user::SID).unwrap()
    }
    fn of_ben(&self, kind: WellKnown) -> FolderAccess {
        let mailbox = self.mailboxes.mailbox(&self.ann).unwrap();
        let accesses = self.mailboxes.folder_accesses(self.ben.guid(), self.ann.guid(), &mailbox).unwrap();
        accesses.of(&mailbox.known(kind).unwrap())
    }
}

const REVIEWER: u32 = 0x401;
const AUTHOR: u32 = 0x41b;
const CONTRIBUTOR: u32 = 0x402;

/// Entries of the inbox, and what Ben may do there.
static TABLE: &[(&[(&str, u32)], u32)] = &[
    (&[], 0),
    (&[("ben", REVIEWER)], REVIEWER),
    (&[("inner", REVIEWER)], REVIEWER),
    (&[("outer", AUTHOR)], AUTHOR),
    (&[("empty", AUTHOR)], 0),
    (&[("inner", REVIEWER), ("outer", CONTRIBUTOR)], REVIEWER | CONTRIBUTOR),
    // An entry of one's own counts alone: it can be less than what groups have.
    (&[("ben", REVIEWER), ("outer", AUTHOR)], REVIEWER),
    (&[("ben", 0), ("outer", AUTHOR)], 0),
    (&[("Default", REVIEWER)], REVIEWER),
    (&[("Default", AUTHOR), ("inner", REVIEWER)], REVIEWER),
    (&[("Default", AUTHOR), ("ben", 0)], 0),
    (&[("Default", AUTHOR), ("empty", REVIEWER)], AUTHOR),
    (&[("Anonymous", AUTHOR)], 0),
    (&[("ann", AUTHOR)], 0),
];

#[test]
fn entries_come_to_what_they_come_to_in_exchange() {
    let house = house();
    let mailbox = house.mailboxes.mailbox(&house.ann).unwrap();
    let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
    for (entries, wanted) in TABLE {
        for (name, rights) in *entries {
            assert!(!mailbox.set_permission(inbox, &house.sid(name), Some(*rights)).unwrap());
        }
        assert_eq!(house.of_ben(WellKnown::Inbox), FolderAccess(*wanted), "{entries:?}");
        assert_eq!(house.of_ben(WellKnown::Drafts), FolderAccess::NONE);
        let shared = !house.mailboxes.sharing_folders_with(house.ben.guid()).unwrap().is_empty();
        let named = entries.iter().any(|(name, _)| ["ben", "inner", "outer"].contains(name));
        assert_eq!(shared, named, "{entries:?}");
        for (name, _) in *entries {
            assert!(mailbox.set_permission(inbox, &house.sid(name), None).unwrap());
        }
    }
    assert_eq!(house.of_ben(WellKnown::Calendar), FolderAccess::FREE_BUSY, "Default of a calendar");
    // Ann has everything in her own folders, and whoever has Full Access too.
    let own = house.mailboxes.folder_accesses(house.ann.guid(), house.ann.guid(), &mailbox).unwrap();
    assert_eq!(own.of_top(), FolderAccess::ALL);
    let entry = AccessEntry::mailbox(&house.sid("outer"), MailboxRight::FullAccess as i64);
    let ann = house.ann.guid();
    house.mailboxes.directory().change(&by(), move |change| change.grant(ann, &entry)).unwrap();
    assert_eq!(house.of_ben(WellKnown::Drafts), FolderAccess::ALL);
    // Whoever cannot log on may do nothing.
    house.mailboxes.directory().set_account_disabled(&by(), house.ben.guid(), true).unwrap();
    assert_eq!(house.of_ben(WellKnown::Drafts), FolderAccess::NONE);
    assert_eq!(house.of_ben(WellKnown::Calendar), FolderAccess::NONE);
}

#[test]
fn a_new_folder_has_the_entries_of_its_parent_and_a_folder_that_goes_takes_its_own_along() {
    let house = house();
    let mailbox = house.mailboxes.mailbox(&house.ann).unwrap();
    let before = mailbox.known(WellKnown::Inbox).unwrap().change;
    mailbox
        .set_permission(mailbox.known(WellKnown::Inbox).unwrap().id, &house.sid("ben"), Some(AUTHOR))
        .unwrap();
    mailbox.set_permission(TOP, &house.sid("ben"), Some(REVIEWER)).unwrap();
    assert!(mailbox.known(WellKnown::Inbox).unwrap().change > before, "who follows the mailbox hears of it");
    let below = mailbox.create_folder(&["Inbox", "Lists", "Rust"], "IPF.Note").unwrap();
    let beside = mailbox.create_folder(&["Projects"], "IPF.Note").unwrap();
    let accesses = house.mailboxes.folder_accesses(house.ben.guid(), house.ann.guid(), &mailbox).unwrap();
    assert_eq!((accesses.of(&below), accesses.of(&beside)), (FolderAccess(AUTHOR), FolderAccess(REVIEWER)));
    assert_eq!(mailbox.permissions().unwrap().len(), 5);
    mailbox.delete_folder(below.id).unwrap();
    mailbox.delete_folder(beside.id).unwrap();
    assert_eq!(mailbox.permissions().unwrap().len(), 3);
}

#[test]
fn a_folder_has_a_limit_of_entries() {
    let house = house();
    let mailbox = house.mailboxes.mailbox(&house.ann).unwrap();
    for number in 0..FOLDER_PERMISSIONS_MAX {
        mailbox.set_permission(TOP, &format!("S-1-5-21-1-2-3-{number}"), Some(REVIEWER)).unwrap();
    }
    let error = mailbox.set_permission(TOP, "S-1-5-21-1-2-4-1", Some(REVIEWER)).unwrap_err();
    assert_eq!(error.id(), "TooManyPermissions");
    assert!(
        mailbox.set_permission(TOP, "S-1-5-21-1-2-3-7", Some(AUTHOR)).unwrap(),
        "changing one is no new one"
    );
}

#[test]
fn a_folder_that_is_shared_is_met_in_the_mailbox_of_its_owner_and_with_its_letters() {
    let house = house();
    let mailbox = house.mailboxes.mailbox(&house.ann).unwrap();
    let (inbox, drafts) =
        (mailbox.known(WellKnown::Inbox).unwrap(), mailbox.known(WellKnown::Drafts).unwrap());
    let met = |house: &House| house.mailboxes.neighbours(house.ben.guid(), 10).unwrap();
    assert!(met(&house).is_empty());
    for (trustee, rights, letters) in [
        ("outer", 0x7fb, "lrswipkxtea"),
        ("ben", 0x47b, "lrswipte"),
        ("inner", 0x41b, "lrip"),
        ("ben", REVIEWER, "lr"),
        ("ben", CONTRIBUTOR, "lip"),
    ] {
        mailbox.set_permission(inbox.id, &house.sid(trustee), Some(rights)).unwrap();
        let found = met(&house);
        assert_eq!(found.len(), 1, "{trustee}");
        assert_eq!(house.mailboxes.folder_rights(&found[0], &inbox).unwrap().letters(), letters);
        assert_eq!(house.mailboxes.folder_rights(&found[0], &drafts).unwrap().letters(), "");
        assert_eq!(house.mailboxes.root_rights(&found[0]).unwrap().letters(), "");
        assert!(house.mailboxes.neighbour(house.ben.guid(), Space::OtherUsers, "ann").unwrap().is_some());
        let mut stay = house.mailboxes.visit(&found[0]);
        assert!(!*stay.borrow_and_update());
        mailbox.set_permission(inbox.id, &house.sid(trustee), None).unwrap();
        house.mailboxes.review_visits(house.ann.guid());
        assert!(*stay.borrow(), "a stay ends with what allowed it");
    }
    assert!(met(&house).is_empty());
    assert!(house.mailboxes.neighbour(house.ben.guid(), Space::OtherUsers, "ann").unwrap().is_none());
}

#[test]
fn who_changes_an_entry_at_the_same_time_changes_it_too_and_what_fails_is_recorded_as_that() {
    let house = house();
    let mailbox = house.mailboxes.mailbox(&house.ann).unwrap();
    let (inbox, peer) = (mailbox.known(WellKnown::Inbox).unwrap(), "127.0.0.1".parse().unwrap());
    let acl = house.mailboxes.folder_acl((house.ann.guid(), house.ann.guid()), mailbox.clone(), peer);
    let letters = ["l", "r", "sw", "ip", "k", "te"];
    for _ in 0..20 {
        let start = std::sync::Barrier::new(letters.len());
        std::thread::scope(|scope| {
            for right in letters {
                scope.spawn(|| {
                    let rights = FolderRights::parse(right).unwrap();
                    start.wait();
                    acl.change(&inbox, "ben", AclChange::Add, rights).unwrap();
                });
            }
        });
        let entries = acl.entries(&inbox).unwrap();
        assert_eq!(entries[1].rights.letters(), "lrswipkte");
        acl.remove(&inbox, "ben").unwrap();
    }
    for number in 0..FOLDER_PERMISSIONS_MAX {
        mailbox.set_permission(inbox.id, &format!("S-1-5-21-1-2-3-{number}"), Some(REVIEWER)).unwrap();
    }
    let refused = acl.change(&inbox, "ben", AclChange::Set, FolderRights::READ).unwrap_err();
    assert_eq!(refused.id(), "TooManyPermissions");
    let mut newest = None;
    let first = |change: &AdminChange| {
        newest = Some((change.author.command.to_string(), change.error.clone()));
        Ok(false)
    };
    house.mailboxes.directory().search_changes(&AuditQuery::default(), first).unwrap();
    let expected = ("Add-MailboxFolderPermission".to_owned(), Some(refused.message().to_owned()));
    assert_eq!(newest, Some(expected));
}

#[test]
fn the_first_mailboxes_in_order_are_listed_where_there_are_more_than_fit() {
    let house = house();
    let entry = AccessEntry::mailbox(&house.sid("ben"), MailboxRight::FullAccess as i64);
    for name in ["delta", "bravo", "alfa", "charlie"] {
        let made = house.mailboxes.create(&by(), NewMailbox::named(name, Flavour::Shared)).unwrap();
        let (guid, entry) = (made.guid(), entry.clone());
        house.mailboxes.directory().change(&by(), move |change| change.grant(guid, &entry)).unwrap();
    }
    let mailbox = house.mailboxes.mailbox(&house.ann).unwrap();
    mailbox
        .set_permission(mailbox.known(WellKnown::Inbox).unwrap().id, &house.sid("ben"), Some(REVIEWER))
        .unwrap();
    let listed = |limit| -> Vec<String> {
        let all = house.mailboxes.neighbours(house.ben.guid(), limit).unwrap();
        all.into_iter().map(|one| one.name).collect()
    };
    assert_eq!(listed(10), ["ann", "alfa", "bravo", "charlie", "delta"]);
    assert_eq!(listed(3), ["ann", "alfa", "bravo"]);
}

#[test]
fn a_permission_that_cannot_be_recorded_is_not_given() {
    let fuse = db::faulty::Fuse::default();
    let house = house_over(db::faulty::faulty(db::memory().unwrap(), &fuse));
    let mailbox = house.mailboxes.mailbox(&house.ann).unwrap();
    let (inbox, peer) = (mailbox.known(WellKnown::Inbox).unwrap(), "127.0.0.1".parse().unwrap());
    let acl = house.mailboxes.folder_acl((house.ann.guid(), house.ann.guid()), mailbox.clone(), peer);
    for (before, how) in [(None, "lr"), (Some("lr"), "lrswipkte"), (Some("lr"), "")] {
        if let Some(letters) = before {
            acl.change(&inbox, "ben", AclChange::Set, FolderRights::parse(letters).unwrap()).unwrap();
        }
        let entries = acl.entries(&inbox).unwrap();
        fuse.set(db::faulty::Failing::Commit, 1);
        let change = || match how {
            "" => acl.remove(&inbox, "ben"),
            letters => acl.change(&inbox, "ben", AclChange::Set, FolderRights::parse(letters).unwrap()),
        };
        assert_eq!(change().unwrap_err().id(), "InputOutput");
        assert!(fuse.burnt());
        assert_eq!(acl.entries(&inbox).unwrap(), entries, "{how}: all is as it was");
        change().unwrap();
        assert_ne!(acl.entries(&inbox).unwrap(), entries);
    }
}
