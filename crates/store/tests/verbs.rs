//! Every verb of a mailbox, once, on a store in memory.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;
use std::time::Duration;

use mailstead_store::*;
use object::types::Guid;
use object::{Fault, Time, WoundClock};

struct House {
    clock: WoundClock,
    store: Store,
    database: Database,
}

fn house() -> House {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let store = Store::memory(Arc::new(clock.clone()));
    let database = store.mount(Guid::of_u128(1)).unwrap();
    House { clock, store, database }
}

fn mailbox(database: &Database, number: u128) -> Mailbox {
    let description = Description { display_name: format!("Box {number}"), ..Description::default() };
    database.create_mailbox(Guid::of_u128(number), &description).unwrap()
}

fn letter(number: u32) -> Incoming {
    let text = format!(
        "From: Ann <ann@contoso.com>\r\nTo: ben@contoso.com\r\nSubject: Letter {number}\r\n\
         Message-ID: <{number}@contoso.com>\r\n\r\nHello number {number}.\r\n"
    );
    Incoming::new(text.into_bytes())
}

fn inbox(mailbox: &Mailbox) -> FolderId {
    mailbox.known(WellKnown::Inbox).unwrap().id
}

fn deliver(house: &House, to: &Mailbox, number: u32) -> Delivered {
    let to = vec![To::inbox(to.guid(), Limits::default())];
    house.database.deliver(to, &letter(number), None, Acceptance::Each).unwrap().remove(0).unwrap()
}

fn uids(mailbox: &Mailbox, folder: FolderId) -> Vec<u32> {
    mailbox.uids(folder).unwrap().1.iter().collect()
}

#[test]
fn a_mailbox_is_born_with_its_folders() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let folders = ann.folders().unwrap();
    let shown: Vec<&str> = folders.iter().filter(|f| !f.hidden).map(|f| f.name.as_str()).collect();
    assert_eq!(
        shown,
        [
            "Inbox",
            "Sent Items",
            "Deleted Items",
            "Drafts",
            "Junk Email",
            "Archive",
            "Outbox",
            "Calendar",
            "Contacts",
            "Tasks",
            "Notes"
        ]
    );
    let hidden = folders.iter().filter(|f| f.hidden).count();
    assert_eq!(hidden, 5);
    assert_eq!(ann.known(WellKnown::Calendar).unwrap().class, "IPF.Appointment");
    let root = ann.known(WellKnown::RecoverableItems).unwrap();
    assert_eq!(ann.known(WellKnown::Deletions).unwrap().parent, Some(root.id));
    let again = house.database.create_mailbox(Guid::of_u128(7), &Description::default());
    assert_eq!(again.unwrap_err().id(), "MailboxGuidTaken");
    assert_eq!(house.database.mailbox(Guid::of_u128(8)).unwrap_err().fault(), Fault::NotFound);
}

#[test]
fn a_delivery_together_is_for_all_or_for_none() {
    let house = house();
    let (ann, ben) = (mailbox(&house.database, 1), mailbox(&house.database, 2));
    let full = Limits { total: Some(0), ..Limits::default() };
    let to = |limits| vec![To::inbox(ann.guid(), Limits::default()), To::inbox(ben.guid(), limits)];
    let ids = |answers: Vec<object::Result<Delivered>>| -> Vec<Option<String>> {
        answers.into_iter().map(|answer| answer.err().map(|error| error.id().to_string())).collect()
    };
    let refused = house.database.deliver(to(full), &letter(1), None, Acceptance::All).unwrap();
    assert_eq!(ids(refused), [Some("DeliveryWithheld".into()), Some("QuotaExceeded".into())]);
    assert_eq!(uids(&ann, inbox(&ann)), Vec::<u32>::new());
    let taken = house.database.deliver(to(Limits::default()), &letter(2), None, Acceptance::All).unwrap();
    assert_eq!(ids(taken), [None, None]);
    assert_eq!((uids(&ann, inbox(&ann)), uids(&ben, inbox(&ben))), (vec![1], vec![1]));
}

#[test]
fn a_delivery_lies_in_every_mailbox_with_one_body() {
    let house = house();
    let (ann, ben) = (mailbox(&house.database, 7), mailbox(&house.database, 8));
    let full = Limits { total: Some(0), ..Limits::default() };
    let to = vec![
        To::inbox(ann.guid(), Limits::default()),
        To::inbox(ben.guid(), full),
        To::inbox(Guid::of_u128(99), Limits::default()),
        To { place: TargetFolder::Known(WellKnown::JunkEmail), ..To::inbox(ben.guid(), Limits::default()) },
    ];
    let trace = Trace {
        id: Guid::of_u128(5),
        at: Time(5),
        sender: "x@y.example".into(),
        recipients: vec![
            TraceRecipient {
                address: "ann@contoso.com".into(),
                resolved: None,
                mailbox: ann.guid(),
                delivered: false,
            },
            TraceRecipient {
                address: "nobody@contoso.com".into(),
                resolved: None,
                mailbox: Guid::of_u128(99),
                delivered: true,
            },
        ],
        subject: "Letter 1".into(),
        size: 9,
        internet_message_id: "1@contoso.com".into(),
    };
    let answers = house.database.deliver(to, &letter(1), Some(trace), Acceptance::Each).unwrap();
    let ids: Vec<_> =
        answers.iter().map(|a| a.as_ref().map_err(|e| (e.fault(), e.id().to_owned())).err()).collect();
    assert_eq!(ids[0], None);
    assert_eq!(ids[1], Some((Fault::Limit, "QuotaExceeded".to_owned())));
    assert_eq!(ids[2], Some((Fault::NotFound, "MailboxNotFound".to_owned())));
    assert_eq!(ids[3], None);
    assert_eq!(ann.whole_body(inbox(&ann), 1).unwrap(), letter(1).raw().to_vec());
    let junk = ben.known(WellKnown::JunkEmail).unwrap();
    assert_eq!((junk.total, junk.unseen, junk.size), (1, 1, letter(1).raw().len() as u64));
    assert_eq!(ben.body(junk.id, 1, 6..9).unwrap(), b"Ann");
    assert_eq!(ben.body(junk.id, 1, 6..6).unwrap(), b"");
    let trace = house.database.trace(Guid::of_u128(5)).unwrap().unwrap();
    assert_eq!(trace.recipients.iter().map(|r| r.delivered).collect::<Vec<_>>(), [true, false]);
    let mut seen = 0;
    house
        .database
        .traces_where(&between(0, 9), &mut |t| {
            assert_eq!(t, trace);
            seen += 1;
            Ok(Flow::More)
        })
        .unwrap();
    assert_eq!(seen, 1);
    assert_eq!(house.database.forget_traces(Time(6), 10).unwrap(), 1);
}

#[test]
fn copies_that_do_not_fit_are_left_out_and_counted() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let (drafts, archive) =
        (ann.known(WellKnown::Drafts).unwrap().id, ann.known(WellKnown::Archive).unwrap().id);
    let size = letter(1).raw().len() as u64;
    let left_out = |copies: Vec<FolderId>, total: u64| {
        let limits = Limits { total: Some(total), ..Limits::default() };
        let to = vec![To { copies, ..To::inbox(ann.guid(), limits) }];
        let mut answers = house.database.deliver(to, &letter(1), None, Acceptance::Each).unwrap();
        answers.remove(0).unwrap().copies_left_out
    };
    assert_eq!(left_out(vec![drafts, archive], 2 * size), 1);
    assert_eq!(left_out(vec![FolderId(99), drafts, archive], 9 * size), 1, "one folder is gone");
    let items = |folder| uids(&ann, folder).len();
    assert_eq!((items(inbox(&ann)), items(drafts), items(archive)), (2, 2, 1));
}

#[test]
fn appended_items_come_back_as_given() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let items = vec![
        Append {
            message: letter(1),
            flags: Flags::SEEN | Flags::FLAGGED,
            keywords: vec!["$Work".into(), "apple".into()],
            received: Some(Time::of_date(2001, 2, 3)),
        },
        Append { message: letter(2), flags: Flags::NONE, keywords: vec!["$WORK".into()], received: None },
    ];
    let at = ann.append(TargetFolder::Known(WellKnown::Drafts), items, Limits::default()).unwrap();
    assert_eq!(at.iter().map(|d| d.uid).collect::<Vec<_>>(), [1, 2]);
    let drafts = at[0].folder;
    let first = ann.item(drafts, 1).unwrap();
    assert_eq!((first.flags, first.keywords.as_str()), (Flags::SEEN | Flags::FLAGGED, "$Work apple"));
    assert_eq!((first.received, first.saved), (Time::of_date(2001, 2, 3), Time::of_date(2026, 11, 21)));
    assert_eq!(ann.item(drafts, 2).unwrap().keywords, "$Work");
    assert_eq!(ann.keywords(drafts).unwrap(), ["$Work", "apple"]);
    let mut subjects = Vec::new();
    ann.rendered(drafts, &UidSet::all(), &mut |item, rendered| {
        subjects.push((item.uid, rendered.subject.clone(), rendered.message_id.clone()));
        Ok(Flow::More)
    })
    .unwrap();
    assert_eq!(subjects[1], (2, "Letter 2".into(), Some("2@contoso.com".into())));
    let full = Limits { total: Some(10), ..Limits::default() };
    let one = || vec![Append { message: letter(3), flags: Flags::NONE, keywords: vec![], received: None }];
    let refused = ann.append(TargetFolder::Folder(drafts), one(), full).unwrap_err();
    assert_eq!((refused.fault(), refused.id()), (Fault::Limit, "QuotaExceeded"));
    let bad = vec![Append { keywords: vec!["a b".into()], ..one().remove(0) }];
    assert_eq!(
        ann.append(TargetFolder::Folder(drafts), bad, Limits::default()).unwrap_err().id(),
        "KeywordInvalid"
    );
}

#[test]
fn flags_change_and_conditional_stores_refuse_what_is_newer() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    for number in 1..=3 {
        deliver(&house, &ann, number);
    }
    let folder = inbox(&ann);
    let before = ann.change().unwrap();
    let seen = FlagChange { mode: FlagMode::Add, flags: Flags::SEEN, keywords: vec!["x".into()] };
    let changed = ann.change_flags(folder, &UidSet::of_uids([1, 9]), &seen, None).unwrap();
    assert_eq!(changed.items.len(), 1);
    assert_eq!((changed.items[0].flags, changed.items[0].change), (Flags::SEEN, before + 1));
    let again = ann.change_flags(folder, &UidSet::of_uids([1]), &seen, None).unwrap();
    assert_eq!(again.items[0].change, before + 1, "nothing changed, so the number stays");
    assert_eq!(ann.change().unwrap(), before + 1);
    let conditional = ann.change_flags(folder, &UidSet::all(), &seen, Some(before)).unwrap();
    assert_eq!(conditional.refused, UidSet::of_uids([1]));
    assert_eq!(conditional.items.iter().map(|i| i.uid).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(ann.folder(folder).unwrap().unseen, 0);
    let changes = ann.changes(folder, before).unwrap();
    assert_eq!(changes.items.iter().map(|i| i.uid).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(changes.folder.change, before + 2);
}

#[test]
fn expunged_items_leave_tombstones_and_can_be_recovered_until_retention_ends() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let sizes: Vec<u64> = (1..=5)
        .map(|n| {
            deliver(&house, &ann, n);
            letter(n).raw().len() as u64
        })
        .collect();
    let folder = inbox(&ann);
    let before = ann.change().unwrap();
    let deleted = FlagChange { mode: FlagMode::Add, flags: Flags::DELETED, keywords: vec![] };
    ann.change_flags(folder, &UidSet::of_uids([2, 3, 5]), &deleted, None).unwrap();
    let gone = ann.expunge(folder, &UidSet::of_ranges([1..=4]), Flags::DELETED, Limits::default()).unwrap();
    assert_eq!(gone, UidSet::of_ranges([2..=3]));
    assert_eq!(ann.changes(folder, before).unwrap().vanished, UidSet::of_ranges([2..=3]));
    assert_eq!(uids(&ann, folder), [1, 4, 5]);
    let usage = ann.usage().unwrap();
    assert_eq!(usage.deleted, Tally { count: 2, size: sizes[1] + sizes[2] });
    assert_eq!(usage.items.count, 3);
    let bin = ann.known(WellKnown::Deletions).unwrap().id;
    let kept = ann.item(bin, 1).unwrap();
    assert_eq!((kept.flags, kept.origin), (Flags::NONE, Some(folder)));
    let back = ann.move_items(bin, &UidSet::of_uids([1]), folder, Limits::default(), Kept::ALL).unwrap();
    assert_eq!(back.uids, [(1, 6)]);
    assert_eq!(ann.item(folder, 6).unwrap().id, kept.id);
    house.clock.pass(Duration::from_secs(14 * 86_400));
    assert_eq!(ann.purge_deletions(Time::of_date(2026, 11, 20)).unwrap(), 0);
    assert_eq!(ann.purge_deletions(Time::of_date(2026, 11, 21)).unwrap(), 1);
    assert_eq!(ann.usage().unwrap().deleted, Tally::default());
    let full = Limits { recoverable: Some(0), ..Limits::default() };
    let refused = ann.expunge(folder, &UidSet::of_uids([1]), Flags::NONE, full).unwrap_err();
    assert_eq!(refused.id(), "RecoverableItemsQuotaExceeded");
    assert_eq!(uids(&ann, folder), [1, 4, 5, 6]);
}

#[test]
fn a_quota_counts_what_is_coming() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    deliver(&house, &ann, 1);
    let (folder, archive) = (inbox(&ann), ann.known(WellKnown::Archive).unwrap().id);
    let size = letter(1).raw().len() as u64;
    let (just, less) = (Limits { total: Some(2 * size), ..Limits::default() }, 2 * size - 1);
    let less = Limits { total: Some(less), ..Limits::default() };
    let one = || vec![Append { message: letter(1), flags: Flags::NONE, keywords: vec![], received: None }];
    let first = UidSet::of_uids([1]);
    let refused = |answer: object::Result<()>| answer.err().map(|error| error.id().to_owned());
    let full = Some("QuotaExceeded".to_owned());
    assert_eq!(refused(ann.append(TargetFolder::Folder(folder), one(), less).map(drop)), full);
    assert_eq!(refused(ann.copy(folder, &first, archive, less, Kept::ALL).map(drop)), full);
    let to = |limits| vec![To::inbox(ann.guid(), limits)];
    let delivered =
        |limits| house.database.deliver(to(limits), &letter(1), None, Acceptance::Each).unwrap().remove(0);
    assert_eq!(refused(delivered(less).map(drop)), full);
    assert_eq!(refused(delivered(just).map(drop)), None);
    assert_eq!(ann.usage().unwrap().items.size, 2 * size);
    // A move within the visible tree adds nothing; what is recovered does.
    assert_eq!(refused(ann.move_items(folder, &first, archive, less, Kept::ALL).map(drop)), None);
    ann.expunge(archive, &UidSet::all(), Flags::NONE, Limits::default()).unwrap();
    let bin = ann.known(WellKnown::Deletions).unwrap().id;
    assert_eq!(refused(ann.move_items(bin, &UidSet::all(), archive, less, Kept::ALL).map(drop)), full);
    assert_eq!(refused(ann.move_items(bin, &UidSet::all(), archive, just, Kept::ALL).map(drop)), None);
    // Many at once end where one after the other would.
    let limits = Limits { total: Some(12 * size), ..Limits::default() };
    let taken: usize = std::thread::scope(|scope| {
        let each = || usize::from(delivered(limits).is_ok());
        let threads: Vec<_> = (0..160).map(|_| scope.spawn(each)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((taken, ann.usage().unwrap().items.size), (10, 12 * size));
}

#[test]
fn copies_and_moves_tell_old_and_new_uids() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    for number in 1..=3 {
        deliver(&house, &ann, number);
    }
    let (folder, archive) = (inbox(&ann), ann.known(WellKnown::Archive).unwrap());
    let copied =
        ann.copy(folder, &UidSet::of_uids([1, 3, 8]), archive.id, Limits::default(), Kept::ALL).unwrap();
    assert_eq!((copied.uid_validity, copied.uids), (archive.uid_validity, vec![(1, 1), (3, 2)]));
    let (old, new) = (ann.item(folder, 1).unwrap(), ann.item(archive.id, 1).unwrap());
    assert_eq!((old.email, old.thread), (new.email, new.thread));
    assert_ne!(old.id, new.id);
    let moved = ann.move_items(folder, &UidSet::all(), archive.id, Limits::default(), Kept::ALL).unwrap();
    assert_eq!(moved.uids, [(1, 3), (2, 4), (3, 5)]);
    assert!(moved.stopped.is_none());
    assert_eq!(ann.item(archive.id, 3).unwrap().id, old.id);
    assert_eq!(ann.folder(folder).unwrap().total, 0);
    let within =
        ann.move_items(archive.id, &UidSet::all(), archive.id, Limits::default(), Kept::ALL).unwrap();
    assert_eq!(within.uids, [(1, 6), (2, 7), (3, 8), (4, 9), (5, 10)]);
    assert_eq!(
        ann.copy(FolderId(999), &UidSet::all(), folder, Limits::default(), Kept::ALL).unwrap_err().id(),
        "FolderNotFound"
    );
}

#[test]
fn folders_are_made_renamed_and_deleted() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let cursor = ann.change().unwrap();
    let deep = ann.create_folder(&["Projects", "2026", "Bär"], "IPF.Note").unwrap();
    assert_eq!(ann.find(&["projects", "2026", "BÄR"]).unwrap().unwrap(), deep);
    assert_eq!(ann.since(cursor).unwrap().folders.len(), 3);
    for (path, id) in [
        (vec!["Projects", "2026", "bär"], "FolderExists"),
        (vec!["Recoverable Items", "x"], "FolderReserved"),
        (vec![""], "FolderNameInvalid"),
        (vec!["a\0b"], "FolderNameInvalid"),
        (vec![], "FolderNameInvalid"),
        (vec!["x"; 65], "FolderTooDeep"),
    ] {
        assert_eq!(ann.create_folder(&path, "IPF.Note").unwrap_err().id(), id, "{path:?}");
    }
    let top = ann.find(&["Projects"]).unwrap().unwrap();
    let inside = ann.rename_folder(top.id, &["Projects", "2026", "Projects"]).unwrap_err();
    assert_eq!(inside.id(), "FolderInsideItself");
    assert_eq!(ann.delete_folder(top.id).unwrap_err().id(), "FolderHasChildren");
    assert_eq!(ann.delete_folder(inbox(&ann)).unwrap_err().id(), "FolderReserved");
    let renamed = ann.rename_folder(top.id, &["Work", "All"]).unwrap();
    assert_eq!(
        (renamed.guid, renamed.uid_validity, renamed.uid_next),
        (top.guid, top.uid_validity, top.uid_next)
    );
    assert!(ann.find(&["Work", "All", "2026", "Bär"]).unwrap().is_some());
    assert_eq!(ann.rename_folder(top.id, &["Inbox"]).unwrap_err().id(), "FolderExists");
    ann.rename_folder(top.id, &["Work", "ALL"]).unwrap();
    let message = Append { message: letter(1), flags: Flags::NONE, keywords: vec![], received: None };
    ann.append(TargetFolder::Folder(deep.id), vec![message], Limits::default()).unwrap();
    ann.subscribe(deep.id, true).unwrap();
    assert!(ann.folder(deep.id).unwrap().subscribed);
    let cursor = ann.change().unwrap();
    ann.delete_folder(deep.id).unwrap();
    assert_eq!(ann.since(cursor).unwrap().gone, [deep.id]);
    assert_eq!(ann.usage().unwrap().deleted.count, 1);
    let again = ann.create_folder(&["Work", "All", "2026", "Bär"], "IPF.Note").unwrap();
    assert!(again.uid_validity > deep.uid_validity && again.id != deep.id);
}

#[test]
fn listeners_are_told_after_the_commit() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let mut watch = ann.watch().unwrap();
    assert_eq!(*watch.borrow(), ann.change().unwrap());
    assert!(!watch.has_changed().unwrap());
    let delivered = deliver(&house, &ann, 1);
    assert!(watch.has_changed().unwrap());
    assert_eq!(*watch.borrow_and_update(), delivered.change);
    ann.subscribe(inbox(&ann), true).unwrap();
    assert!(
        !watch.has_changed().unwrap(),
        "nothing changed: well-known folders are subscribed from the start"
    );
}

#[test]
fn a_disconnected_mailbox_keeps_everything_and_comes_back() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    deliver(&house, &ann, 1);
    ann.logged_on("CONTOSO\\ann");
    let before = house.database.statistics(ann.guid()).unwrap();
    assert_eq!(before.last_account.as_deref(), Some("CONTOSO\\ann"));
    house
        .database
        .disconnect(
            ann.guid(),
            DisconnectReason::Disabled,
            &Parting { tombstone: b"what the directory knew".to_vec(), ..Parting::default() },
        )
        .unwrap();
    let twice = house.database.disconnect(ann.guid(), DisconnectReason::Disabled, &Parting::default());
    assert_eq!(twice.unwrap_err().id(), "MailboxDisconnected");
    let refused = house
        .database
        .deliver(vec![To::inbox(ann.guid(), Limits::default())], &letter(2), None, Acceptance::Each)
        .unwrap();
    assert_eq!(refused[0].as_ref().unwrap_err().id(), "MailboxDisconnected");
    let mut listed = Vec::new();
    house
        .database
        .disconnected(&mut |s| {
            listed.push(s);
            Ok(Flow::More)
        })
        .unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].disconnect_reason.map(DisconnectReason::name), Some("Disabled"));
    assert_eq!(listed[0].disconnect_date, Some(Time::of_date(2026, 11, 21)));
    assert_eq!(listed[0].items, before.items);
    let tombstone = house.database.tombstone(ann.guid()).unwrap();
    assert_eq!(tombstone.as_deref(), Some(&b"what the directory knew"[..]));
    let ben = Description { display_name: "Ben".into(), owner: Guid::of_u128(3), ..Description::default() };
    let again = house.database.reconnect(ann.guid(), &ben).unwrap();
    assert_eq!(again.whole_body(inbox(&again), 1).unwrap(), letter(1).raw().to_vec());
    let after = house.database.statistics(ann.guid()).unwrap();
    assert_eq!((after.state, after.disconnect_date, after.description), (State::Connected, None, ben));
    assert_eq!(house.database.purge_slice(ann.guid()).unwrap_err().id(), "MailboxNotDisconnected");
    deliver(&house, &ann, 2);
}

#[test]
fn a_purge_takes_everything_in_slices_and_the_guid_with_it() {
    let house = house();
    let (ann, ben) = (mailbox(&house.database, 7), mailbox(&house.database, 8));
    for number in 1..=3 {
        let to = vec![To::inbox(ann.guid(), Limits::default()), To::inbox(ben.guid(), Limits::default())];
        house.database.deliver(to, &letter(number), None, Acceptance::Each).unwrap();
    }
    house.database.disconnect(ann.guid(), DisconnectReason::Disabled, &Parting::default()).unwrap();
    house.clock.pass(Duration::from_secs(30 * 86_400));
    assert_eq!(house.database.expired(Time::of_date(2026, 11, 20)).unwrap(), []);
    assert_eq!(house.database.expired(Time::of_date(2026, 11, 21)).unwrap(), [ann.guid()]);
    assert_eq!(house.database.purge_slice(ann.guid()).unwrap(), Purged { items: 3, finished: false });
    let late = house.database.reconnect(ann.guid(), &Description::default());
    assert_eq!(late.unwrap_err().id(), "MailboxPurged");
    assert_eq!(house.database.expired(Time(0)).unwrap(), [ann.guid()]);
    assert_eq!(house.database.purge_slice(ann.guid()).unwrap(), Purged { items: 0, finished: true });
    assert_eq!(house.database.statistics(ann.guid()).unwrap_err().fault(), Fault::NotFound);
    let again = house.database.create_mailbox(ann.guid(), &Description::default());
    assert_eq!(again.unwrap_err().id(), "MailboxGuidTaken");
    assert_eq!(ben.whole_body(inbox(&ben), 2).unwrap(), letter(2).raw().to_vec());
}

#[test]
fn a_dismounted_database_says_so_and_comes_back() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    house.store.dismount(house.database.guid()).unwrap();
    let error = ann.folders().unwrap_err();
    assert_eq!((error.fault(), error.id()), (Fault::Busy, "MdbDismounted"));
    let error = house.database.deliver(vec![], &letter(1), None, Acceptance::Each).unwrap_err();
    assert_eq!(error.id(), "MdbDismounted");
    assert!(!house.database.mounted());
    house.store.mount(house.database.guid()).unwrap();
    assert_eq!(ann.folders().unwrap().len(), 16);
}

#[test]
fn answers_join_the_thread_of_what_they_answer() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let letter = |id: &str, references: &str| {
        let text = format!("Message-ID: <{id}>\r\nReferences: {references}\r\nSubject: x\r\n\r\nx\r\n");
        let to = vec![To::inbox(ann.guid(), Limits::default())];
        let at = house
            .database
            .deliver(to, &Incoming::new(text.into_bytes()), None, Acceptance::Each)
            .unwrap()
            .remove(0)
            .unwrap();
        ann.item(at.folder, at.uid).unwrap().thread
    };
    let first = letter("a", "");
    assert_eq!(letter("b", "<a>"), first);
    let other = letter("z", "");
    assert_ne!(other, first);
    assert_eq!(letter("d", "<c>"), letter("c", ""), "an answer that came before what it answers");
    assert_eq!(letter("e", "<z> <b>"), first, "the older of two threads");
    assert_eq!(letter("f", "<z>"), other);
}

#[test]
fn properties_are_kept_copied_and_typed() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    deliver(&house, &ann, 1);
    let (folder, archive) = (inbox(&ann), ann.known(WellKnown::Archive).unwrap().id);
    let set = Guid::of_u128(77);
    let named = |name: &str| PropertyKey::Named(set, name.to_owned());
    let all = vec![
        (PropertyKey::Tag(0x1000), PropertyValue::Text("plain\0text".into())),
        (named("b"), PropertyValue::Int(-5)),
        (named("a"), PropertyValue::Texts(vec!["x".into(), String::new(), "ü".into()])),
        (named("c"), PropertyValue::Real(0.5)),
        (named("d"), PropertyValue::Time(Time(9))),
        (named("e"), PropertyValue::Guid(set)),
        (named("f"), PropertyValue::Bytes(vec![0, 1])),
        (named("g"), PropertyValue::Bool(true)),
    ];
    let before = ann.change().unwrap();
    ann.set_properties(folder, 1, all.iter().map(|(k, v)| (k.clone(), Some(v.clone()))).collect()).unwrap();
    assert_eq!(ann.properties(folder, 1).unwrap(), all);
    assert_eq!(ann.item(folder, 1).unwrap().change, before + 1);
    ann.copy(folder, &UidSet::of_uids([1]), archive, Limits::default(), Kept::ALL).unwrap();
    ann.set_properties(folder, 1, vec![(named("b"), None), (named("a"), Some(PropertyValue::Int(1)))])
        .unwrap();
    assert_eq!(ann.properties(folder, 1).unwrap().len(), 7);
    assert_eq!(ann.properties(archive, 1).unwrap(), all);
    for (key, id) in
        [(PropertyKey::Tag(0), "PropertyKeyInvalid"), (PropertyKey::Tag(0x8000), "PropertyKeyInvalid")]
    {
        assert_eq!(ann.set_properties(folder, 1, vec![(key, None)]).unwrap_err().id(), id);
    }
}

#[test]
fn a_subscription_outlives_its_folder() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let list = ann.create_folder(&["Lists", "Rust"], "IPF.Note").unwrap();
    ann.subscribe_path(&["lists", "rust"], true).unwrap();
    assert!(ann.folder(list.id).unwrap().subscribed);
    ann.delete_folder(list.id).unwrap();
    assert_eq!(ann.subscriptions_without_folder().unwrap(), [["Lists", "Rust"]]);
    let again = ann.create_folder(&["Lists", "RUST"], "IPF.Note").unwrap();
    assert!(again.subscribed);
    assert!(ann.subscriptions_without_folder().unwrap().is_empty());
    ann.subscribe_path(&["Nowhere"], true).unwrap();
    ann.subscribe_path(&["nowhere"], false).unwrap();
    assert!(ann.subscriptions_without_folder().unwrap().is_empty());
    assert_eq!(ann.subscribe_path(&[""], true).unwrap_err().id(), "FolderNameInvalid");
    assert!(house.database.verify().unwrap().is_empty());
}

#[test]
fn a_message_that_comes_twice_under_one_id_has_two_traces() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let trace = Trace {
        id: Guid::of_u128(5),
        at: Time(5),
        sender: "x@y".into(),
        recipients: vec![],
        subject: String::new(),
        size: 1,
        internet_message_id: "i@d".into(),
    };
    for _ in 0..2 {
        let to = vec![To::inbox(ann.guid(), Limits::default())];
        house.database.deliver(to, &letter(1), Some(trace.clone()), Acceptance::Each).unwrap();
    }
    assert_eq!(house.database.traces_of(trace.id).unwrap().len(), 2);
    assert_eq!(house.database.trace_ids("i@d").unwrap(), [trace.id]);
}

#[test]
fn maintenance_writes_log_ons_and_knows_where_deletions_have_expired() {
    let house = house();
    let (ann, ben) = (mailbox(&house.database, 7), mailbox(&house.database, 8));
    deliver(&house, &ann, 1);
    deliver(&house, &ben, 1);
    ann.expunge(inbox(&ann), &UidSet::all(), Flags::NONE, Limits::default()).unwrap();
    let now = Time::of_date(2026, 11, 21);
    assert_eq!(house.database.with_expired_deletions(now).unwrap(), [ann.guid()]);
    assert_eq!(house.database.with_expired_deletions(Time(0)).unwrap(), []);
    ann.logged_on("a");
    ann.logged_off();
    while house.database.maintain_slice().unwrap() {}
    assert!(!house.database.maintain_slice().unwrap(), "busy a moment ago, and had its slice");
    let statistics = house.database.statistics(ann.guid()).unwrap();
    assert_eq!((statistics.last_logon, statistics.last_logoff), (Some(now), Some(now)));
    assert!(house.database.verify().unwrap().is_empty());
}

#[test]
fn a_database_whose_file_is_gone_is_not_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Arc::new(WoundClock::at(Time(0)))).unwrap();
    let guid = Guid::of_u128(1);
    assert_eq!(store.mount_existing(guid).unwrap_err().id(), "DatabaseFileMissing");
    let database = store.mount(guid).unwrap();
    mailbox(&database, 7);
    store.dismount(guid).unwrap();
    // A file under another database's name would give out the same GUIDs twice.
    std::fs::copy(store.file(guid).unwrap(), store.file(Guid::of_u128(2)).unwrap()).unwrap();
    assert_eq!(store.mount(Guid::of_u128(2)).unwrap_err().id(), "DatabaseMistaken");
    store.mount_existing(guid).unwrap();
    assert_eq!(database.mailbox(Guid::of_u128(7)).unwrap().folders().unwrap().len(), 16);
    let kept = store.remove(guid).unwrap().unwrap();
    assert!(kept.ends_with(format!("{guid}.db.removed")) && kept.exists());
    assert_eq!(database.mailbox(Guid::of_u128(7)).unwrap_err().id(), "MdbDismounted");
}

/// The traces of a time.
fn between(from: i64, until: i64) -> WantedTraces {
    WantedTraces {
        from: Time(from),
        until: Time(until),
        sender: None,
        recipient: None,
        subject: None,
        resolved: false,
    }
}

/// The moments of the traces that are wanted, as they are handed over, `most` of them.
fn moments(house: &House, wanted: &WantedTraces, most: usize) -> Vec<i64> {
    let mut found = Vec::new();
    let mut each = |trace: Trace| {
        found.push(trace.at.0);
        Ok(if found.len() < most { Flow::More } else { Flow::Stop })
    };
    house.database.traces_where(wanted, &mut each).unwrap();
    found
}

#[test]
fn traces_are_found_by_all_they_name_however_lately_they_came() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    // A message that had to wait comes later than those behind it.
    let came: Vec<i64> =
        (0..600).map(|number| if number % 7 == 0 { number / 2 } else { number + 1_000 }).collect();
    for (number, at) in came.iter().enumerate() {
        let one = TraceRecipient {
            address: format!("Ann{}@contoso.com", number % 3),
            resolved: (number % 9 == 4).then(|| "Boss@contoso.com".to_owned()),
            mailbox: ann.guid(),
            delivered: false,
        };
        let trace = Trace {
            id: Guid::of_u128(number as u128),
            at: Time(*at),
            sender: format!("Far{}@far.example", number % 5),
            recipients: vec![one],
            subject: format!("Plans of {}", number % 11),
            size: 1,
            internet_message_id: format!("{}@far.example", number % 400),
        };
        let to = vec![To::inbox(ann.guid(), Limits::default())];
        house.database.deliver(to, &letter(1), Some(trace), Acceptance::Each).unwrap();
    }
    let newest_first = |takes: &dyn Fn(usize) -> bool| {
        let numbers = (0..came.len()).filter(|number| takes(*number));
        let mut moments: Vec<i64> = numbers.map(|number| came[number]).collect();
        moments.sort_unstable_by(|a, b| b.cmp(a));
        moments
    };
    let all = between(0, 10_000);
    let by_sender = WantedTraces { sender: Some("far3@FAR.example".into()), ..all.clone() };
    let by_recipient = WantedTraces { recipient: Some("ann2@contoso.com".into()), ..all.clone() };
    let by_subject = WantedTraces { subject: Some("OF 10".into()), ..all.clone() };
    let by_own = WantedTraces { recipient: Some("boss@contoso.com".into()), ..all.clone() };
    let resolved = WantedTraces { resolved: true, ..all.clone() };
    for (wanted, expected) in [
        (&all, newest_first(&|_| true)),
        (&by_own, newest_first(&|number| number % 9 == 4)),
        (&resolved, newest_first(&|number| number % 9 == 4)),
        (&between(1_100, 1_300), newest_first(&|number| (1_100..=1_300).contains(&came[number]))),
        (&by_sender, newest_first(&|number| number % 5 == 3)),
        (&by_recipient, newest_first(&|number| number % 3 == 2)),
        (&by_subject, newest_first(&|number| number % 11 == 10)),
    ] {
        assert_eq!(moments(&house, wanted, usize::MAX), expected, "{wanted:?}");
        for most in [1, 2, 50] {
            assert_eq!(moments(&house, wanted, most), expected[..most], "{wanted:?}");
        }
    }
    for number in [0, 1, 399, 599, 4] {
        let found = house.database.trace(Guid::of_u128(number)).unwrap().unwrap();
        let own = (number % 9 == 4).then_some("Boss@contoso.com");
        assert_eq!(found.recipients[0].resolved.as_deref(), own);
        assert_eq!((found.at.0, found.recipients[0].delivered), (came[number as usize], true));
    }
    assert_eq!(house.database.trace_ids("1@far.example").unwrap(), [Guid::of_u128(1), Guid::of_u128(401)]);
    assert!(house.database.verify().unwrap().is_empty());
    // They are forgotten wherever they lie.
    assert!(house.database.forget_traces(Time(150), 10_000).unwrap() > 0);
    assert_eq!(moments(&house, &between(0, 149), usize::MAX), [0; 0]);
    let left = moments(&house, &all, usize::MAX);
    assert_eq!(left.len(), came.iter().filter(|at| **at >= 150).count());
    house.database.rebuild().unwrap();
    assert_eq!(moments(&house, &all, usize::MAX), left);
    while house.database.forget_traces(Time(5_000), 100).unwrap() > 0 {}
    assert_eq!(moments(&house, &all, usize::MAX), [0; 0]);
}

#[test]
fn a_trace_that_comes_late_has_a_row_of_its_own_beside_one_that_was_moved() {
    let house = house();
    let ann = mailbox(&house.database, 7);
    let deliver = |name: &str| {
        let address = format!("{name}@contoso.com");
        let trace = Trace {
            id: Guid::of_u128(5),
            at: Time(5),
            sender: "far@far.example".into(),
            recipients: vec![TraceRecipient {
                address,
                resolved: None,
                mailbox: ann.guid(),
                delivered: true,
            }],
            subject: "plans".into(),
            size: 1,
            internet_message_id: "i@d".into(),
        };
        let to = vec![To::inbox(ann.guid(), Limits::default())];
        house.database.deliver(to, &letter(1), Some(trace), Acceptance::Each).unwrap();
    };
    deliver("ann");
    // Moves what is there.
    house.database.rebuild().unwrap();
    deliver("ben");
    let mut found = Vec::new();
    let mut each = |trace: Trace| {
        found.push((trace.at.0, trace.recipients[0].address.clone()));
        Ok(Flow::More)
    };
    house.database.traces_where(&between(0, 9), &mut each).unwrap();
    let wanted = [(6, "ben@contoso.com"), (5, "ann@contoso.com")].map(|(at, name)| (at, name.to_owned()));
    assert_eq!(found, wanted);
}
