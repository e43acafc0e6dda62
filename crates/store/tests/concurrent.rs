//! Many threads at one mailbox, on a real file: nothing is lost, and who follows the feed sees everything.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use mailstead_store::*;
use object::SystemClock;
use object::types::Guid;

const WRITERS: u32 = 6;
const TURNS: u32 = 40;

fn letter(writer: u32, turn: u32) -> Incoming {
    Incoming::new(format!("Message-ID: <{writer}.{turn}@x>\r\n\r\nletter {writer} {turn}\r\n").into_bytes())
}

/// Delivers, marks, moves and expunges its own letters among those of others.
fn write(database: &Database, mailbox: &Mailbox, writer: u32) -> BTreeSet<Vec<u8>> {
    let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
    let archive = mailbox.known(WellKnown::Archive).unwrap().id;
    let mut kept = BTreeSet::new();
    for turn in 0..TURNS {
        let letter = letter(writer, turn);
        let to = vec![To::inbox(mailbox.guid(), Limits::default())];
        let at = database.deliver(to, &letter, None, Acceptance::Each).unwrap().remove(0).unwrap();
        let one = UidSet::of_uids([at.uid]);
        assert_eq!(mailbox.whole_body(inbox, at.uid).unwrap(), letter.raw().to_vec());
        let seen =
            FlagChange { mode: FlagMode::Add, flags: Flags::SEEN, keywords: vec![format!("w{writer}")] };
        let changed = mailbox.change_flags(inbox, &one, &seen, Some(at.change)).unwrap();
        assert_eq!((changed.items.len(), changed.refused.len()), (1, 0));
        match turn % 4 {
            0 => assert_eq!(mailbox.expunge(inbox, &one, Flags::SEEN, Limits::default()).unwrap(), one),
            1 => drop(mailbox.move_items(inbox, &one, archive, Limits::default(), Kept::ALL).unwrap()),
            _ => {}
        }
        if turn % 4 != 0 {
            kept.insert(letter.raw().to_vec());
        }
    }
    kept
}

/// Follows the inbox by its feed alone until the writers are done, then once more.
fn follow(mailbox: &Mailbox, done: &AtomicBool) -> (BTreeMap<u32, Flags>, u64) {
    let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
    let feed = mailbox.watch().unwrap();
    let (mut mirror, mut cursor) = (BTreeMap::new(), 0);
    loop {
        let last = done.load(SeqCst);
        let told = *feed.borrow();
        let changes = mailbox.changes(inbox, cursor).unwrap();
        assert!(changes.folder.change >= cursor, "the feed goes back");
        assert!(mailbox.change().unwrap() >= told, "told before it could be seen");
        for uid in changes.vanished.iter() {
            mirror.remove(&uid);
        }
        for item in changes.items {
            mirror.insert(item.uid, item.flags);
        }
        cursor = changes.folder.change;
        assert_eq!(mirror.len() as u64, changes.folder.total, "a snapshot fits itself");
        if last {
            return (mirror, cursor);
        }
        std::thread::yield_now();
    }
}

#[test]
fn threads_at_one_mailbox_lose_nothing_and_followers_see_everything() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Arc::new(SystemClock)).unwrap();
    let database = store.mount(Guid::of_u128(1)).unwrap();
    let mailbox = database.create_mailbox(Guid::of_u128(7), &Description::default()).unwrap();
    let done = AtomicBool::new(false);
    let (kept, followed) = std::thread::scope(|scope| {
        let follower = scope.spawn(|| follow(&mailbox, &done));
        let indexer = scope.spawn(|| {
            while !done.load(SeqCst) {
                database.maintain_slice().unwrap();
                database.index_slice().unwrap();
                std::thread::yield_now();
            }
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (database, mailbox) = (&database, &mailbox);
                scope.spawn(move || write(database, mailbox, writer))
            })
            .collect();
        let kept: BTreeSet<Vec<u8>> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        done.store(true, SeqCst);
        indexer.join().unwrap();
        (kept, follower.join().unwrap())
    });
    let mut found = BTreeSet::new();
    for kind in [WellKnown::Inbox, WellKnown::Archive] {
        let (folder, uids) = mailbox.uids(mailbox.known(kind).unwrap().id).unwrap();
        for uid in uids.iter() {
            assert!(found.insert(mailbox.whole_body(folder.id, uid).unwrap()), "a letter lies there twice");
        }
    }
    assert_eq!(found, kept);
    let (inbox, uids) = mailbox.uids(mailbox.known(WellKnown::Inbox).unwrap().id).unwrap();
    assert_eq!(followed.0.keys().copied().collect::<Vec<_>>(), uids.iter().collect::<Vec<_>>());
    assert!(followed.0.values().all(|flags| flags.has(Flags::SEEN)));
    assert_eq!((followed.1, inbox.unseen), (inbox.change, 0));
    assert_eq!(mailbox.known(WellKnown::Deletions).unwrap().total, u64::from(WRITERS * TURNS / 4));
    assert_eq!(mailbox.search_text(inbox.id, &Field::Body, "letter").unwrap().len(), inbox.total);
    assert_eq!(database.verify().unwrap(), []);
    store.close().unwrap();
}
