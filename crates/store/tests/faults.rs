//! Failing disks and crashes: whatever fails wherever, nothing half-done is seen and every invariant holds.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::sync::Arc;

use db::faulty::{Failing, Fuse, faulty};
use mailstead_store::*;
use object::types::Guid;
use object::{Result, SystemClock, Time, WoundClock};

fn letter(number: u32) -> Incoming {
    let text = format!("Message-ID: <{number}@x>\r\nSubject: s\r\n\r\nletter {number}\r\n");
    Incoming::new(text.into_bytes())
}

fn faulty_house() -> (Fuse, Database) {
    let (fuse, below) = (Fuse::default(), db::memory().unwrap());
    let above = faulty(below, &fuse);
    let clock = Arc::new(WoundClock::at(Time::of_date(2026, 1, 1)));
    let store = Store::with(Box::new(move |_| Ok(above.clone())), clock);
    let database = store.mount(Guid::of_u128(1)).unwrap();
    for number in [7, 8] {
        let mailbox = database.create_mailbox(Guid::of_u128(number), &Description::default()).unwrap();
        for number in 1..=4 {
            database
                .deliver(
                    vec![To::inbox(mailbox.guid(), Limits::default())],
                    &letter(number),
                    None,
                    Acceptance::Each,
                )
                .unwrap();
        }
        mailbox.create_folder(&["Mine"], "IPF.Note").unwrap();
        let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
        mailbox.add_permissions(inbox, vec![("S-1-5-21-1-2-3-7".to_owned(), 0x401)]).unwrap();
    }
    database.create_mailbox(Guid::of_u128(9), &Description::default()).unwrap();
    database
        .disconnect(
            Guid::of_u128(9),
            DisconnectReason::Disabled,
            &Parting { tombstone: b"x".to_vec(), ..Parting::default() },
        )
        .unwrap();
    (fuse, database)
}

/// Everything one can see of the mailboxes.
fn seen(database: &Database) -> String {
    let mut shown = String::new();
    database
        .all_statistics(&mut |statistics| {
            shown += &format!("{statistics:?}\n");
            Ok(Flow::More)
        })
        .unwrap();
    for number in [7, 8] {
        let mailbox = database.mailbox(Guid::of_u128(number)).unwrap();
        shown += &format!("{:?}\n", mailbox.permissions().unwrap());
        for folder in mailbox.folders().unwrap() {
            shown += &format!("{folder:?}\n");
            let all = UidSet::all();
            mailbox
                .items(folder.id, &all, &mut |item| {
                    shown += &format!("{item:?}\n");
                    Ok(Flow::More)
                })
                .unwrap();
            for uid in mailbox.uids(folder.id).unwrap().1.iter() {
                shown += &format!("{:?}\n", mailbox.properties(folder.id, uid).unwrap());
            }
        }
    }
    shown
}

type Verb = fn(&Database, &Mailbox, FolderId) -> Result<()>;

static VERBS: &[(&str, Verb)] = &[
    ("pass_permission", |_, mailbox, inbox| {
        mailbox.pass_permission(inbox, "S-1-5-21-1-2-3-7", "S-1-5-21-1-2-3-8", false)
    }),
    ("deliver", |database, _, _| {
        let to = [7, 8].map(|number| To::inbox(Guid::of_u128(number), Limits::default())).to_vec();
        let trace = Trace {
            id: Guid::of_u128(3),
            at: Time(1),
            sender: String::new(),
            recipients: vec![],
            subject: String::new(),
            size: 1,
            internet_message_id: String::new(),
        };
        database.deliver(to, &letter(9), Some(trace), Acceptance::Each).map(drop)
    }),
    ("append", |_, mailbox, inbox| {
        let one = |number| Append {
            message: letter(number),
            flags: Flags::SEEN,
            keywords: vec!["a".into()],
            received: None,
        };
        mailbox
            .append(TargetFolder::Folder(inbox), vec![one(20), one(1), one(21)], Limits::default())
            .map(drop)
    }),
    ("flags", |_, mailbox, inbox| {
        let change = FlagChange { mode: FlagMode::Add, flags: Flags::SEEN, keywords: vec!["k".into()] };
        mailbox.change_flags(inbox, &UidSet::all(), &change, None).map(drop)
    }),
    ("expunge", |_, mailbox, inbox| {
        mailbox.expunge(inbox, &UidSet::of_uids([1, 3]), Flags::NONE, Limits::default()).map(drop)
    }),
    ("copy", |_, mailbox, inbox| {
        let to = mailbox.known(WellKnown::Archive)?.id;
        mailbox.copy(inbox, &UidSet::all(), to, Limits::default(), Kept::ALL).map(drop)
    }),
    ("move", |_, mailbox, inbox| {
        let to = mailbox.known(WellKnown::Archive)?.id;
        mailbox.move_items(inbox, &UidSet::all(), to, Limits::default(), Kept::ALL).map(drop)
    }),
    ("create folder", |_, mailbox, _| mailbox.create_folder(&["A", "B"], "IPF.Note").map(drop)),
    ("rename folder", |_, mailbox, _| {
        let Some(mine) = mailbox.find(&["Mine"])? else { return Ok(()) };
        mailbox.rename_folder(mine.id, &["X", "Y"]).map(drop)
    }),
    ("unsubscribe", |_, mailbox, inbox| mailbox.subscribe(inbox, false)),
    ("properties", |_, mailbox, inbox| {
        let key = PropertyKey::Named(Guid::of_u128(4), "n".into());
        mailbox.set_properties(inbox, 2, vec![(key, Some(PropertyValue::Bool(true)))])
    }),
    ("create mailbox", |database, _, _| {
        database.create_mailbox(Guid::of_u128(50), &Description::default()).map(drop)
    }),
    ("disconnect", |database, mailbox, _| {
        database.disconnect(
            mailbox.guid(),
            DisconnectReason::Disabled,
            &Parting { tombstone: b"all".to_vec(), ..Parting::default() },
        )
    }),
    ("reconnect", |database, _, _| database.reconnect(Guid::of_u128(9), &Description::default()).map(drop)),
    ("purge", |database, _, _| database.purge_slice(Guid::of_u128(9)).map(drop)),
    ("describe", |database, mailbox, _| {
        let description = Description { display_name: "New".into(), ..Description::default() };
        database.describe(mailbox.guid(), &description)
    }),
];

/// Fails each statement of each verb in turn, then its commit, after which nothing has happened; and at last it goes
/// through, whatever the failures left behind.
#[test]
fn a_verb_that_fails_anywhere_has_done_nothing() {
    for (name, verb) in VERBS {
        let (fuse, database) = faulty_house();
        let mailbox = database.mailbox(Guid::of_u128(7)).unwrap();
        let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
        let before = seen(&database);
        let fails = |failing, nth| {
            fuse.set(failing, nth);
            let outcome = verb(&database, &mailbox, inbox);
            let burnt = fuse.burnt();
            fuse.clear();
            assert_eq!(outcome.is_err(), burnt, "{name}: {failing:?} {nth} {outcome:?}");
            assert!(!burnt || seen(&database) == before, "{name}: {failing:?} {nth}");
            assert_eq!(database.verify().unwrap(), [], "{name}: {failing:?} {nth}");
            burnt
        };
        assert!(fails(Failing::Commit, 1), "{name}");
        assert!(fails(Failing::Full, 1), "{name}");
        let tried = (1..).take_while(|nth| fails(Failing::Statement, *nth)).count();
        assert!(tried > 0 && seen(&database) != before, "{name}");
    }
}

#[test]
fn a_verb_whose_answer_is_lost_has_done_everything() {
    for (name, verb) in VERBS {
        let (fuse, database) = faulty_house();
        let mailbox = database.mailbox(Guid::of_u128(7)).unwrap();
        let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
        let before = seen(&database);
        fuse.set(Failing::Answer, 1);
        assert!(verb(&database, &mailbox, inbox).is_err() && fuse.burnt(), "{name}");
        assert!(seen(&database) != before, "{name}");
        assert_eq!(database.verify().unwrap(), [], "{name}");
    }
}

#[test]
fn deleting_and_purging_in_slices_stays_sound_when_it_fails_midway() {
    // Each of the first statements, then every seventh: the slices repeat themselves.
    for nth in (1..40).chain((40..1_000).step_by(7)) {
        let (fuse, database) = faulty_house();
        let mailbox = database.mailbox(Guid::of_u128(7)).unwrap();
        let mine = mailbox.find(&["Mine"]).unwrap().unwrap().id;
        mailbox
            .copy(
                mailbox.known(WellKnown::Inbox).unwrap().id,
                &UidSet::all(),
                mine,
                Limits::default(),
                Kept::ALL,
            )
            .unwrap();
        fuse.set(Failing::Statement, nth);
        let work = || -> Result<()> {
            mailbox.delete_folder(mine)?;
            mailbox.purge_deletions(Time(i64::MAX))?;
            database.disconnect(mailbox.guid(), DisconnectReason::Disabled, &Parting::default())?;
            while !database.purge_slice(mailbox.guid())?.finished {}
            Ok(())
        };
        let outcome = work();
        let burnt = fuse.burnt();
        fuse.clear();
        assert_eq!(database.verify().unwrap(), [], "statement {nth}");
        if !burnt {
            assert!(outcome.is_ok());
            return;
        }
        assert!(outcome.is_err());
    }
    panic!("the work has more statements than were tried");
}

fn copy(from: &Path, to: &Path, log_bytes: Option<usize>) {
    std::fs::copy(from, to).unwrap();
    let wal = |path: &Path| path.with_extension("db-wal");
    let mut log = std::fs::read(wal(from)).unwrap();
    log.truncate(log_bytes.unwrap_or(log.len()));
    std::fs::write(wal(to), log).unwrap();
}

/// The files as a crash leaves them: after each answer, everything answered is there. With the log cut off anywhere
/// (a lying disk) it is less, but never half a message.
#[test]
fn after_a_crash_what_was_answered_is_there_and_all_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let (guid, clock) = (Guid::of_u128(1), Arc::new(SystemClock));
    let store = Store::open(&dir.path().join("live"), clock.clone()).unwrap();
    let database = store.mount(guid).unwrap();
    let mailbox = database.create_mailbox(Guid::of_u128(7), &Description::default()).unwrap();
    let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
    let live = store.file(guid).unwrap();
    let mut case = 0;
    let mut look = |log_bytes: Option<usize>| {
        case += 1;
        let other = Store::open(&dir.path().join(format!("crashed{case}")), clock.clone()).unwrap();
        copy(&live, &other.file(guid).unwrap(), log_bytes);
        let database = other.mount(guid).unwrap();
        assert_eq!(database.verify().unwrap(), []);
        let state = database.mailbox(Guid::of_u128(7)).ok().map(|mailbox| {
            let (folder, uids) = mailbox.uids(inbox).unwrap();
            (mailbox.change().unwrap(), folder.uid_next, uids.len())
        });
        other.close().unwrap();
        state
    };
    for number in 1..=12 {
        database
            .deliver(
                vec![To::inbox(mailbox.guid(), Limits::default())],
                &letter(number),
                None,
                Acceptance::Each,
            )
            .unwrap();
        if number % 4 == 0 {
            mailbox.expunge(inbox, &UidSet::of_uids([number - 1]), Flags::NONE, Limits::default()).unwrap();
        }
        let expected = u64::from(number - number / 4);
        assert_eq!(look(None), Some((mailbox.change().unwrap(), number + 1, expected)));
    }
    let whole = std::fs::metadata(live.with_extension("db-wal")).unwrap().len() as usize;
    let mut last = None;
    for cut in (0..=whole).step_by(whole / 40) {
        let state = look(Some(cut));
        assert!(state >= last, "a longer log never holds less: {state:?} after {last:?}");
        last = state;
    }
}

/// A move into another mailbox that cannot let go: what it names has gone, and all else is where it was, alone.
#[test]
fn a_move_that_cannot_let_go_names_what_has_gone() {
    for (failing, nth) in
        [(Failing::Commit, 1), (Failing::Commit, 2), (Failing::Full, 1), (Failing::Statement, 1)]
    {
        let ((fuse, here), (_, there)) = (faulty_house(), faulty_house());
        let (from, to) = (here.mailbox(Guid::of_u128(7)).unwrap(), there.mailbox(Guid::of_u128(8)).unwrap());
        let inbox = |mailbox: &Mailbox| mailbox.known(WellKnown::Inbox).unwrap().id;
        let uids =
            |mailbox: &Mailbox| -> Vec<u32> { mailbox.uids(inbox(mailbox)).unwrap().1.iter().collect() };
        let more = (10..50)
            .map(|number| Append {
                message: letter(number),
                flags: Flags::NONE,
                keywords: vec![],
                received: None,
            })
            .collect();
        from.append(TargetFolder::Folder(inbox(&from)), more, Limits::default()).unwrap();
        let (all, known) = (uids(&from), uids(&to));
        let (source, place) = (inbox(&from), (&to, inbox(&to)));
        // Only the database that the messages come from fails.
        fuse.set(failing, nth);
        let moved = from.move_across(source, &UidSet::all(), place, Limits::default(), Kept::ALL);
        assert!(fuse.burnt(), "{failing:?} {nth}");
        let gone = match moved {
            Ok(done) => {
                assert!(done.stopped.is_some(), "{failing:?} {nth}");
                done.uids
            }
            Err(_) => Vec::new(),
        };
        let left: Vec<u32> =
            all.iter().copied().filter(|uid| !gone.iter().any(|(old, _)| old == uid)).collect();
        assert_eq!(uids(&from), left, "{failing:?} {nth}: what is not named is where it was");
        let arrived = uids(&to).into_iter().filter(|uid| !known.contains(uid)).collect::<Vec<_>>();
        assert_eq!(
            arrived,
            gone.iter().map(|(_, new)| *new).collect::<Vec<_>>(),
            "{failing:?} {nth}: and not there"
        );
        assert_eq!((here.verify().unwrap(), there.verify().unwrap()), (vec![], vec![]));
    }
}

#[test]
fn a_mailbox_that_was_connected_for_nobody_is_parted_as_it_was() {
    let (_, database) = faulty_house();
    let lost = Guid::of_u128(9);
    let seen = || (database.statistics(lost).unwrap(), database.tombstone(lost).unwrap());
    let before = seen();
    let owner = Description { display_name: "Somebody else".into(), ..Description::default() };
    let parting = database.begin_reconnect(lost, &owner).unwrap().wait().unwrap();
    assert_eq!(database.statistics(lost).unwrap().state, State::Connected);
    database.part_as_before(lost, parting.clone()).unwrap();
    assert_eq!(seen(), before);
    assert_eq!(database.part_as_before(lost, parting).unwrap_err().id(), "MailboxDisconnected");
    assert_eq!(database.verify().unwrap(), []);
}
