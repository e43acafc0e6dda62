//! Files that are damaged on purpose: every page zeroed, cut at every tenth, bytes flipped.

use super::*;
use crate::{Holds, Step};
use std::collections::BTreeMap;
use std::path::PathBuf;

static STEPS: [Step; 2] = [
    Step::Sql(
        "CREATE TABLE letter (id INTEGER PRIMARY KEY, name TEXT NOT NULL, data BYTEA NOT NULL);
         CREATE UNIQUE INDEX letter_name ON letter (name);
         CREATE TABLE place (folder BIGINT NOT NULL, uid BIGINT NOT NULL, flags BIGINT, at DOUBLE PRECISION,
           PRIMARY KEY (folder, uid)) WITHOUT ROWID",
    ),
    Step::TextIndex("words", &["body"]),
];
const LETTERS: i64 = 150;

fn model() -> Database {
    let model = crate::memory().unwrap();
    model.migrate("test", &STEPS).unwrap();
    model
}

/// A letter's bytes: some are longer than a page and overflows.
fn data(id: i64) -> Vec<u8> {
    let length = if id % 25 == 0 { 40_000 } else { 300 + (id as usize % 7) * 90 };
    (0..length).map(|n| (n as i64 * id) as u8).collect()
}

fn make(holds: Holds) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it.db");
    let db = crate::open(&path, holds).unwrap();
    db.migrate("test", &STEPS).unwrap();
    db.write(|tx| {
        for id in 1..=LETTERS {
            let sql = "INSERT INTO letter (id, name, data) VALUES ($1, $2, $3)";
            tx.execute(sql, &[id.into(), (&format!("letter {id}")).into(), (&data(id)).into()])?;
            let sql = "INSERT INTO place (folder, uid, flags, at) VALUES ($1, $2, $3, $4)";
            tx.execute(sql, &[(id % 3).into(), id.into(), (id << 20).into(), (id as f64).into()])?;
            tx.text_index("words", id, &[("body", "hello world")])?;
        }
        Ok(())
    })
    .unwrap();
    (folder, path)
}

/// What is read of a file: letters by number, and how many places. Every letter that is read is right.
fn read(path: &Path) -> (BTreeMap<i64, bool>, usize, Remains) {
    let wreck = Wreck::open(path, &model()).unwrap();
    let (mut letters, mut places) = (BTreeMap::new(), 0);
    let belongs = |found: &Found<'_>| match (found.table, found.values) {
        ("letter", [_, Cell::Text(name), _]) => name.starts_with("letter "),
        ("place", _) => true,
        _ => false,
    };
    let remains = wreck
        .rows(&belongs, &mut |found| {
            match (found.table, found.values) {
                ("letter", [Cell::Int(id), Cell::Text(name), Cell::Bytes(bytes)]) => {
                    assert_eq!(*name, format!("letter {id}"));
                    // Nothing on a page that a row overflows to tells damage: bodies have checksums of their own.
                    assert!(*bytes == data(*id) || bytes.len() == 40_000, "letter {id}");
                    letters.insert(*id, found.placed);
                }
                ("place", [Cell::Int(folder), Cell::Int(uid), Cell::Int(flags), Cell::Real(at)]) => {
                    assert_eq!((*folder, *flags, *at), (uid % 3, uid << 20, *uid as f64));
                    places += 1;
                }
                other => panic!("{other:?}"),
            }
            Ok(())
        })
        .unwrap();
    (letters, places, remains)
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    use std::os::unix::fs::FileExt;
    std::fs::OpenOptions::new().write(true).open(path).unwrap().write_all_at(bytes, at).unwrap();
}

#[test]
fn a_whole_file_is_read_whole() {
    for holds in [Holds::Records, Holds::Bodies] {
        let (_folder, path) = make(holds);
        let (letters, places, remains) = read(&path);
        assert_eq!((letters.len(), places), (LETTERS as usize, LETTERS as usize));
        assert!(remains.whole(), "{remains:?}");
        let copy = model();
        let all = Wreck::open(&path, &copy).unwrap().copy_into(&copy, &|_| false, &|_| true).unwrap();
        assert_eq!(all.rows["letter"], LETTERS as u64);
        let count = copy.read(|tx| tx.number("SELECT count(*) FROM letter JOIN place ON uid = id", &[]));
        assert_eq!(count.unwrap(), LETTERS);
    }
}

#[test]
fn what_is_only_in_the_log_is_read_and_a_torn_end_of_it_is_not() {
    let (folder, path) = make(Holds::Bodies);
    let db = crate::open(&path, Holds::Bodies).unwrap();
    let more = |id: i64| {
        let sql = "INSERT INTO letter (id, name, data) VALUES ($1, $2, $3)";
        let write = move |tx: &mut dyn crate::Tx| {
            tx.execute(sql, &[id.into(), (&format!("letter {id}")).into(), (&data(id)).into()])
        };
        db.write(write).unwrap();
    };
    more(LETTERS + 1);
    let kept = std::fs::metadata(folder.path().join("it.db-wal")).unwrap().len();
    more(LETTERS + 2);
    // As a killed process leaves them.
    let (main, log) = (folder.path().join("killed.db"), folder.path().join("killed.db-wal"));
    std::fs::copy(&path, &main).unwrap();
    std::fs::copy(folder.path().join("it.db-wal"), &log).unwrap();
    assert_eq!(read(&main).0.len() as i64, LETTERS + 2);
    overwrite(&log, kept + 40, b"torn");
    assert_eq!(read(&main).0.len() as i64, LETTERS + 1, "the second commit is not believed");
}

#[test]
fn every_page_may_be_zeroed() {
    for holds in [Holds::Records, Holds::Bodies] {
        let (folder, path) = make(holds);
        let bytes = if holds == Holds::Bodies { 16 << 10 } else { 4 << 10 };
        let pages = std::fs::metadata(&path).unwrap().len() / bytes;
        let bad = folder.path().join("bad.db");
        let mut lost_in_all = 0;
        for page in 0..pages {
            std::fs::copy(&path, &bad).unwrap();
            overwrite(&bad, page * bytes, &vec![0; bytes as usize]);
            let (letters, places, remains) = read(&bad);
            let lost = 2 * LETTERS as usize - letters.len() - places;
            lost_in_all += lost;
            assert!(lost == 0 || !remains.whole(), "page {page}: {remains:?}");
        }
        // A row goes with its own page or with one that it overflows to, and with no other.
        let overflows = 6 * (40_000 / (bytes as usize - 4) + 1);
        let most = 2 * LETTERS as usize + overflows;
        assert!((2 * LETTERS as usize - 20..=most).contains(&lost_in_all), "{lost_in_all} of {most}");
    }
}

#[test]
fn a_cut_file_gives_what_is_before_the_cut() {
    let (folder, path) = make(Holds::Bodies);
    let length = std::fs::metadata(&path).unwrap().len();
    let bad = folder.path().join("bad.db");
    let mut last = 0;
    for tenth in 1..10 {
        std::fs::copy(&path, &bad).unwrap();
        let cut = length * tenth / 10 + 77;
        std::fs::OpenOptions::new().write(true).open(&bad).unwrap().set_len(cut).unwrap();
        let (letters, _, remains) = read(&bad);
        assert!(remains.cut_off > 0 && letters.len() >= last, "{tenth}: {remains:?}");
        last = letters.len();
    }
    assert!(last > LETTERS as usize / 2, "{last}");
    std::fs::write(&bad, "this is not a database, whatever its name says").unwrap();
    assert_eq!(Wreck::open(&bad, &model()).unwrap_err().id(), "NotADatabase");
}

#[test]
fn what_was_deleted_stays_deleted() {
    let (_folder, path) = make(Holds::Bodies);
    let db = crate::open(&path, Holds::Bodies).unwrap();
    db.write(|tx| tx.execute("DELETE FROM letter WHERE id > 20", &[])).unwrap();
    drop(db);
    assert_eq!(read(&path).0.len(), 20);
}

#[test]
fn no_flipped_byte_makes_it_fail() {
    let (folder, path) = make(Holds::Records);
    let (bytes, bad) = (std::fs::read(&path).unwrap(), folder.path().join("bad.db"));
    let belongs = |_: &Found<'_>| true;
    for seed in 0..60_usize {
        let mut bytes = bytes.clone();
        for n in 0..20 {
            let at = (seed * 7_919 + n * 104_729) * 31 % bytes.len();
            bytes[at] ^= 1 << (seed % 8);
        }
        std::fs::write(&bad, bytes).unwrap();
        // What comes of it may be wrong; that it comes is what is asked for.
        if let Ok(wreck) = Wreck::open(&bad, &model()) {
            wreck.rows(&belongs, &mut |_| Ok(())).unwrap();
        }
    }
}
