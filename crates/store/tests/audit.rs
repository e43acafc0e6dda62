//! The log of a mailbox: what is recorded of whoever works through an audited handle, and what shows that it was altered.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;
use std::time::Duration;

use mailstead_store::*;
use object::types::Guid;
use object::{Time, WoundClock};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Gives rights whatever stood there; tells whether anything did.
trait SetPermission {
    fn set_permission(&self, folder: FolderId, trustee: &str, rights: Option<u32>) -> object::Result<bool>;
}

impl SetPermission for Mailbox {
    fn set_permission(&self, folder: FolderId, trustee: &str, rights: Option<u32>) -> object::Result<bool> {
        self.change_permission(folder, trustee, move |_| Ok(rights)).map(|(before, _)| before.is_some())
    }
}

struct House {
    clock: WoundClock,
    below: db::Database,
    database: Database,
    _store: Store,
}

fn house() -> House {
    let below = db::memory().unwrap();
    let opened = below.clone();
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let store = Store::with(Box::new(move |_| Ok(opened.clone())), Arc::new(clock.clone()));
    let database = store.mount(Guid::of_u128(1)).unwrap();
    database.create_mailbox(Guid::of_u128(7), &Description::default()).unwrap();
    House { clock, below, database, _store: store }
}

impl House {
    fn mailbox(&self) -> Mailbox {
        self.database.mailbox(Guid::of_u128(7)).unwrap()
    }
    /// The mailbox through the eyes of Ben, of whom so much is wanted.
    fn ben(&self, wanted: &'static [Operation]) -> Mailbox {
        let wanted: Wanted = Arc::new(move |operation| wanted.contains(&operation));
        let ben = Auditor::new("CONTOSO\\ben".into(), Guid::of_u128(99), LogonType::Delegate, wanted);
        self.mailbox().audited(Arc::new(ben.at("IMAP4", "192.0.2.7".into())))
    }
    fn log(&self) -> Vec<String> {
        let mut entries = self.mailbox().audit_entries(None).unwrap();
        entries.reverse();
        entries.iter().map(line).collect()
    }
    fn broken(&self) -> Vec<String> {
        let found = self.database.verify().unwrap();
        found.into_iter().filter(|one| one.id == "AuditLogBroken").map(|one| one.sentence).collect()
    }
}

fn line(entry: &AuditEntry) -> String {
    let About { folder, destination, items, .. } = &entry.about;
    let subjects: Vec<&str> = items.iter().map(|(_, subject)| subject.as_str()).collect();
    format!("{} {folder}>{destination} [{}]", entry.operation, subjects.join(" "))
}

fn letters(count: u32) -> Vec<Append> {
    let letter = |number| Append {
        message: Incoming::new(format!("Subject: s{number}\r\n\r\nhello {number}\r\n").into_bytes()),
        flags: Flags::NONE,
        keywords: vec![],
        received: None,
    };
    (1..=count).map(letter).collect()
}

#[test]
fn every_verb_records_by_itself_what_is_wanted() {
    let house = house();
    let ben = house.ben(Operation::ALL);
    let (inbox, junk) =
        (ben.known(WellKnown::Inbox).unwrap().id, ben.known(WellKnown::JunkEmail).unwrap().id);
    let deleted = ben.known(WellKnown::DeletedItems).unwrap().id;
    let (limits, of) = (Limits::default(), |uid: u32| UidSet::of_uids([uid]));
    ben.append(TargetFolder::Folder(inbox), letters(4), limits).unwrap();
    ben.opened(inbox).unwrap();
    ben.opened(inbox).unwrap();
    let seen = FlagChange { mode: FlagMode::Add, flags: Flags::SEEN, keywords: vec![] };
    ben.change_flags(inbox, &of(1), &seen, None).unwrap();
    // Nothing becomes different, so there is nothing to tell.
    ben.change_flags(inbox, &of(1), &seen, None).unwrap();
    ben.body(inbox, 1, 0..3).unwrap();
    ben.body(inbox, 1, 3..9).unwrap();
    ben.copy(inbox, &of(1), junk, limits, Kept::ALL).unwrap();
    ben.move_items(inbox, &of(2), junk, limits, Kept::ALL).unwrap();
    ben.move_items(inbox, &of(3), deleted, limits, Kept::ALL).unwrap();
    ben.expunge(inbox, &of(4), Flags::NONE, limits).unwrap();
    ben.expunge(ben.known(WellKnown::Deletions).unwrap().id, &UidSet::all(), Flags::NONE, limits).unwrap();
    let folder = ben.create_folder(&["One", "Two"], "IPF.Note").unwrap();
    ben.append(TargetFolder::Folder(folder.id), letters(2), limits).unwrap();
    ben.rename_folder(folder.id, &["Three"]).unwrap();
    ben.delete_folder(folder.id).unwrap();
    ben.set_permission(inbox, "S-1-1-0", Some(1)).unwrap();
    ben.set_permission(inbox, "S-1-1-0", Some(3)).unwrap();
    ben.set_permission(inbox, "S-1-1-0", None).unwrap();
    assert_eq!(
        house.log(),
        [
            "Create Inbox> [s1 s2 s3 s4]",
            "FolderBind Inbox> []",
            "Update Inbox> [s1]",
            "MessageBind Inbox> [s1]",
            "Copy Inbox>Junk Email [s1]",
            "Move Inbox>Junk Email [s2]",
            "MoveToDeletedItems Inbox>Deleted Items [s3]",
            "SoftDelete Inbox> [s4]",
            "HardDelete Recoverable Items/Deletions> [s4]",
            "Create One/Two> []",
            "Create One/Two> [s1 s2]",
            "Update One/Two>Three []",
            "SoftDelete Three> [s1 s2]",
            "SoftDelete Three> []",
            "AddFolderPermissions Inbox> []",
            "ModifyFolderPermissions Inbox> []",
            "RemoveFolderPermissions Inbox> []",
        ]
    );
    let first = house.mailbox().audit_entries(Some(2)).unwrap().remove(0);
    assert_eq!(
        (first.who.as_str(), first.address.as_str(), first.client.as_str()),
        ("CONTOSO\\ben", "192.0.2.7", "IMAP4")
    );
    assert_eq!(house.database.verify().unwrap(), []);
}

#[test]
fn what_is_not_wanted_and_whoever_is_not_watched_leave_nothing() {
    let house = house();
    let ben = house.ben(&[Operation::SoftDelete]);
    let inbox = ben.known(WellKnown::Inbox).unwrap().id;
    ben.append(TargetFolder::Folder(inbox), letters(2), Limits::default()).unwrap();
    ben.whole_body(inbox, 1).unwrap();
    house.mailbox().expunge(inbox, &UidSet::of_uids([1]), Flags::NONE, Limits::default()).unwrap();
    assert_eq!(house.log(), [""; 0]);
    ben.expunge(inbox, &UidSet::of_uids([2]), Flags::NONE, Limits::default()).unwrap();
    assert_eq!(house.log(), ["SoftDelete Inbox> [s2]"]);
}

#[test]
fn opening_a_folder_is_told_once_a_day() {
    let house = house();
    let inbox = house.mailbox().known(WellKnown::Inbox).unwrap().id;
    for hours in [0, 1, 22, 2, 20] {
        house.clock.pass(Duration::from_secs(3600 * hours));
        house.ben(Operation::ALL).opened(inbox).unwrap();
    }
    assert_eq!(house.log().len(), 2);
}

#[test]
fn a_line_that_was_altered_or_removed_shows() {
    for (tampering, says) in [
        (
            "UPDATE mailbox_audit SET who = 'x' WHERE number = 2",
            "Entry 2 was altered of the audit log of mailbox 1.",
        ),
        (
            "UPDATE mailbox_audit_item SET subject = 'x' WHERE number = 1",
            "Entry 1 was altered of the audit log of mailbox 1.",
        ),
        (
            "DELETE FROM mailbox_audit_item WHERE number = 3",
            "Entry 3 was altered of the audit log of mailbox 1.",
        ),
        ("DELETE FROM mailbox_audit WHERE number = 1", "Entry 1 is missing of the audit log of mailbox 1."),
        ("DELETE FROM mailbox_audit WHERE number = 2", "Entry 2 is missing of the audit log of mailbox 1."),
        ("DELETE FROM mailbox_audit WHERE number = 3", "Entry 3 is missing of the audit log of mailbox 1."),
        ("DELETE FROM mailbox_audit", "Entry 1 is missing of the audit log of mailbox 1."),
    ] {
        let house = house();
        let ben = house.ben(Operation::ALL);
        (0..3).for_each(|_| {
            drop(ben.append(TargetFolder::Known(WellKnown::Inbox), letters(1), Limits::default()).unwrap())
        });
        assert_eq!(house.broken(), [""; 0]);
        house.below.write(move |tx| tx.execute(tampering, &[])).unwrap();
        assert_eq!(house.broken(), [says], "{tampering}");
    }
}

#[test]
fn the_oldest_entries_go_and_the_rest_still_hangs_together() {
    let house = house();
    let ben = house.ben(Operation::ALL);
    let append =
        || drop(ben.append(TargetFolder::Known(WellKnown::Inbox), letters(1), Limits::default()).unwrap());
    (0..3).for_each(|_| append());
    house.clock.pass(DAY * 90);
    append();
    let now = Time::of_date(2026, 11, 21) + DAY * 90;
    assert_eq!(
        house.database.audited_mailboxes().unwrap(),
        [(Guid::of_u128(7), Time::of_date(2026, 11, 21))]
    );
    assert_eq!(house.mailbox().forget_audit(now - DAY, now).unwrap(), 3);
    assert_eq!((house.log().len(), house.broken()), (1, vec![]));
    assert_eq!(house.mailbox().forget_audit(now + DAY, now + DAY).unwrap(), 1);
    append();
    assert_eq!((house.log().len(), house.broken()), (1, vec![]));
}
