//! A damaged file: zeroed pages, flipped bytes, a cut end. What is whole comes back, what is lost is told, and nothing
//! wrong is served.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use mailstead_store::*;
use object::types::Guid;
use object::{Time, WoundClock};

const DATABASE: Guid = Guid::of_u128(1);
const PAGE: u64 = 16 << 10;
const MESSAGES: u32 = 48;

fn store(folder: &Path) -> Store {
    Store::open(folder, Arc::new(WoundClock::at(Time::of_date(2026, 11, 21)))).unwrap()
}

/// A message: some are longer than a chunk.
fn text(number: u32) -> Vec<u8> {
    let lines = if number.is_multiple_of(15) { 9_000 } else { 20 };
    let mut text = format!("Message-ID: <{number}@x>\r\nSubject: letter {number}\r\n\r\n");
    (0..lines).for_each(|line| text.push_str(&format!("line {line} of {number}: {}\r\n", number * line)));
    text.into_bytes()
}

fn owner(guid: Guid) -> Description {
    Description { display_name: format!("Owner of {guid}"), owner: guid, ..Description::default() }
}

fn fill(folder: &Path) {
    let store = store(folder);
    let database = store.mount(DATABASE).unwrap();
    for guid in [7, 8].map(Guid::of_u128) {
        let mailbox = database.create_mailbox(guid, &owner(guid)).unwrap();
        let work = mailbox.create_folder(&["Work", "Plans"], "IPF.Note").unwrap();
        for number in 1..=MESSAGES {
            let target = match number % 3 {
                0 => TargetFolder::Folder(work.id),
                _ => TargetFolder::Folder(mailbox.known(WellKnown::Inbox).unwrap().id),
            };
            let flags = if number.is_multiple_of(2) { Flags::SEEN } else { Flags::NONE };
            let message = Incoming::new(text(number));
            let append = Append { message, flags, keywords: vec!["Blue".into()], received: None };
            mailbox.append(target, vec![append], Limits::default()).unwrap();
        }
    }
    store.close().unwrap();
}

/// What a mailbox shows: folder and UID of each message, whether it is seen, and its bytes.
type Shown = BTreeMap<(String, u32), (bool, Vec<u8>)>;

fn shown(database: &Database) -> BTreeMap<Guid, Shown> {
    let mut all = BTreeMap::new();
    let mut mailboxes = Vec::new();
    database
        .all_statistics(&mut |one| {
            mailboxes.push(one.guid);
            Ok(Flow::More)
        })
        .unwrap();
    for guid in mailboxes {
        let mailbox = database.mailbox(guid).unwrap();
        let mut shown = Shown::new();
        for folder in mailbox.folders().unwrap() {
            let mut items = Vec::new();
            let each = &mut |item: &Item| {
                items.push((item.uid, item.flags.has(Flags::SEEN)));
                Ok(Flow::More)
            };
            mailbox.items(folder.id, &UidSet::all(), each).unwrap();
            for (uid, seen) in items {
                let bytes = mailbox.whole_body(folder.id, uid).unwrap();
                shown.insert((folder.name.to_lowercase(), uid), (seen, bytes));
            }
        }
        all.insert(guid, shown);
    }
    all
}

/// A folder with a damaged copy of the file.
fn damaged(whole: &Path, damage: impl Fn(&std::fs::File)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("{DATABASE}.db"));
    std::fs::copy(whole.join(format!("{DATABASE}.db")), &file).unwrap();
    damage(&std::fs::OpenOptions::new().write(true).open(&file).unwrap());
    folder
}

/// Salvages, and answers how many messages are as they were, how many are under other names, and what was said.
fn salvaged(folder: &Path, before: &BTreeMap<Guid, Shown>) -> (usize, usize, Salvaged) {
    let store = store(folder);
    assert_eq!(store.survey(DATABASE).unwrap().len(), 2);
    let salvaged = store.salvage(DATABASE).unwrap();
    assert!(salvaged.kept.exists());
    let database = store.mount_existing(DATABASE).unwrap();
    assert_eq!(database.verify().unwrap(), [], "{salvaged:?}");
    let texts: BTreeSet<Vec<u8>> = (1..=MESSAGES).map(text).collect();
    let (mut same, mut moved) = (0, 0);
    for (guid, now) in shown(&database) {
        for (place, what) in now {
            if before.get(&guid).and_then(|shown| shown.get(&place)) == Some(&what) {
                same += 1;
            } else {
                assert!(texts.contains(&what.1), "nobody ever wrote that");
                moved += 1;
            }
        }
    }
    store.close().unwrap();
    (same, moved, salvaged)
}

fn whole() -> (tempfile::TempDir, BTreeMap<Guid, Shown>) {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let store = store(folder.path());
    let before = shown(&store.mount_existing(DATABASE).unwrap());
    store.close().unwrap();
    assert_eq!(before.values().map(BTreeMap::len).sum::<usize>(), 2 * MESSAGES as usize);
    (folder, before)
}

#[test]
fn a_whole_file_is_salvaged_whole() {
    let (folder, before) = whole();
    let (same, moved, salvaged) = salvaged(folder.path(), &before);
    assert_eq!((same, moved), (2 * MESSAGES as usize, 0));
    assert_eq!((salvaged.mailboxes, salvaged.items, salvaged.lost), (2, 2 * u64::from(MESSAGES), vec![]));
}

#[test]
fn any_page_may_be_zeroed() {
    let (folder, before) = whole();
    let pages = std::fs::metadata(folder.path().join(format!("{DATABASE}.db"))).unwrap().len() / PAGE;
    let all = 2 * MESSAGES as usize;
    let mut lost_in_all = 0;
    for page in 0..pages {
        let bad = damaged(folder.path(), |file| file.write_all_at(&[0; PAGE as usize], page * PAGE).unwrap());
        let (same, moved, salvaged) = salvaged(bad.path(), &before);
        assert!(same + moved == all || !salvaged.lost.is_empty(), "page {page} of {pages}: {same} + {moved}");
        lost_in_all += all - same - moved;
        // The messages stand on one page, and only with that page many of them are lost.
        let little = same + moved >= all / 2;
        let told = salvaged.lost.iter().map(|said| said.matches("UID").count()).sum::<usize>();
        assert!(little || told + same + moved >= all, "page {page}: {same} + {moved}, {salvaged:?}");
    }
    // Each message goes with the page of its row and with those of its body, and with no other.
    assert!((all..=3 * all).contains(&lost_in_all), "{lost_in_all}");
}

#[test]
fn a_cut_file_gives_what_is_before_the_cut() {
    let (folder, before) = whole();
    let length = std::fs::metadata(folder.path().join(format!("{DATABASE}.db"))).unwrap().len();
    let mut best = 0;
    for tenth in [1, 3, 5, 7, 9] {
        let bad = damaged(folder.path(), |file| file.set_len(length * tenth / 10 + 99).unwrap());
        let (same, moved, salvaged) = salvaged(bad.path(), &before);
        assert!(!salvaged.lost.is_empty(), "{tenth}: {salvaged:?}");
        best = best.max(same + moved);
    }
    assert!(best > MESSAGES as usize / 2, "{best}");
}

#[test]
fn flipped_bytes_are_lost_or_harmless_and_never_served() {
    let (folder, before) = whole();
    let file = std::fs::read(folder.path().join(format!("{DATABASE}.db"))).unwrap();
    let mut kept = 0;
    for seed in 0..24_usize {
        let bad = damaged(folder.path(), |out| {
            for n in 0..6 {
                let at = (seed * 7_919 + n * 104_729 + 13) * 97 % file.len();
                out.write_all_at(&[file[at] ^ 1 << (seed % 8)], at as u64).unwrap();
            }
        });
        let store = store(bad.path());
        // Where nothing but the name of the database is lost, or its mailboxes have other GUIDs now, is not asked here.
        let Ok(_) = store.salvage(DATABASE) else { continue };
        let database = store.mount_existing(DATABASE).unwrap();
        assert_eq!(database.verify().unwrap(), [], "seed {seed}");
        let texts: BTreeSet<Vec<u8>> = (1..=MESSAGES).map(text).collect();
        for (_, (_, bytes)) in shown(&database).into_values().flatten() {
            assert!(texts.contains(&bytes), "seed {seed}: a damaged message was served");
            kept += 1;
        }
        store.close().unwrap();
    }
    assert!(kept > 16 * MESSAGES as usize, "{kept}");
    drop(before);
}

#[test]
fn what_is_no_database_any_more_is_said_so() {
    let (folder, _) = whole();
    let file = folder.path().join(format!("{DATABASE}.db"));
    for (bytes, id) in [
        (&b"not a database at all, whatever its name says"[..], "NotADatabase"),
        (b"", "DatabaseFileMissing"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let store = store(folder.path());
        assert_eq!(store.mount_existing(DATABASE).unwrap_err().id(), id);
        assert_eq!(store.survey(DATABASE).unwrap_err().id(), "NotADatabase");
        assert_eq!(store.salvage(DATABASE).unwrap_err().id(), "NotADatabase");
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "it is left as it was");
    }
}
