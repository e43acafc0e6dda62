//! What a database promises, tried on a file and in memory.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use object::{Error, ErrorId, Fault, Result};
use parking_lot::Mutex;
use std::sync::Arc;

use crate::faulty::{Failing, Fuse, faulty};
use crate::{Database, Flow, Holds, Param, Step, TextQuery, TextTerm, Tx};

static STEPS: [Step; 2] = [
    Step::Sql("CREATE TABLE pet (id BIGINT PRIMARY KEY, name TEXT, weight DOUBLE PRECISION, picture BYTEA)"),
    Step::TextIndex("pet_text", &["name", "story"]),
];

fn file() -> (tempfile::TempDir, Database) {
    let dir = tempfile::tempdir().unwrap();
    let db = crate::open(&dir.path().join("a.db"), Holds::Bodies).unwrap();
    db.migrate("pets", &STEPS).unwrap();
    (dir, db)
}

fn memory() -> Database {
    let db = crate::memory().unwrap();
    db.migrate("pets", &STEPS).unwrap();
    db
}

fn add(db: &Database, id: i64) -> Result<u64> {
    db.write(move |tx| insert(tx, id))
}

fn insert(tx: &mut dyn Tx, id: i64) -> Result<u64> {
    tx.execute("INSERT INTO pet (id, name) VALUES ($1, $2)", &[id.into(), "Rex".into()])
}

fn count(db: &Database) -> i64 {
    db.read(|tx| tx.number("SELECT count(*) FROM pet", &[])).unwrap()
}

#[test]
fn every_kind_of_value_comes_back() {
    for db in [file().1, memory()] {
        let sql = "INSERT INTO pet (id, name, weight, picture) VALUES ($1, $2, $3, $4)";
        let values =
            [Param::Int(i64::MIN), Param::Text("ä\u{1F415}"), Param::Real(2.5), Param::Bytes(&[0, 255])];
        db.write(move |tx| tx.execute(sql, &values)).unwrap();
        db.write(move |tx| tx.execute(sql, &[1.into(), Param::Null, Param::Null, Param::Null])).unwrap();
        let found = db
            .read(|tx| {
                tx.all("SELECT id, name, weight, picture FROM pet ORDER BY id", &[], |row| {
                    let name: Option<String> = row.get(1)?;
                    Ok((row.int(0)?, name, row.get::<Option<f64>>(2)?, row.get::<Option<Vec<u8>>>(3)?))
                })
            })
            .unwrap();
        assert_eq!(found[0], (i64::MIN, Some("ä\u{1F415}".to_owned()), Some(2.5), Some(vec![0, 255])));
        assert_eq!(found[1], (1, None, None, None));
        let wrong = db.read(|tx| tx.one("SELECT name FROM pet WHERE id = $1", &[1.into()], |row| row.int(0)));
        assert_eq!(wrong.unwrap_err().id(), "ColumnUnexpected");
    }
}

#[test]
fn parameters_are_bound_by_their_number_not_by_their_place() {
    let found = memory()
        .read(|tx| {
            tx.one(
                "SELECT $2, $1, $2, $10, $3, $4, $5, $6, $7, $8, $9",
                &(1..=10).map(Param::Int).collect::<Vec<_>>(),
                |row| Ok([row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?]),
            )
        })
        .unwrap();
    assert_eq!(found, Some([2, 1, 2, 10, 3]));
    for (sql, params) in
        [("SELECT $1", vec![]), ("SELECT 1", vec![Param::Null]), ("SELECT $1, $3", vec![Param::Null; 2])]
    {
        let error = memory().read(|tx| tx.execute(sql, &params)).unwrap_err();
        assert_eq!(error.id(), "SqlParameters", "{sql}");
    }
}

#[test]
fn what_fails_or_panics_is_rolled_back_alone_and_the_engine_goes_on() {
    for db in [file().1, memory()] {
        let refused = db.write(|tx| {
            insert(tx, 1)?;
            Err::<(), _>(Error::conflict(ErrorId::RowMissing, "No."))
        });
        assert_eq!(refused.unwrap_err().id(), "RowMissing");
        let panicked = db.write(|tx| -> Result<()> {
            insert(tx, 2)?;
            panic!("out of {}", "hand")
        });
        let panicked = panicked.unwrap_err();
        assert_eq!(panicked.id(), "TransactionPanicked");
        assert!(panicked.message().contains("out of hand"));
        let reading = db.read(|_| -> Result<()> { panic!("reader") });
        assert_eq!(reading.unwrap_err().id(), "TransactionPanicked");
        assert_eq!(count(&db), 0);
        add(&db, 3).unwrap();
        assert_eq!(add(&db, 3).unwrap_err().id(), "KeyTaken");
        assert_eq!(count(&db), 1);
    }
}

#[test]
fn a_read_cannot_write_and_sees_a_snapshot_that_does_not_move() {
    let (_dir, db) = file();
    assert_eq!(db.read(|tx| insert(tx, 1)).unwrap_err().id(), "DatabaseReadOnly");
    assert_eq!(memory().read(|tx| insert(tx, 1)).unwrap_err().id(), "DatabaseReadOnly");
    db.read(|tx| {
        assert_eq!(tx.number("SELECT count(*) FROM pet", &[])?, 0);
        let other = db.clone();
        std::thread::spawn(move || add(&other, 1)).join().unwrap()?;
        assert_eq!(tx.number("SELECT count(*) FROM pet", &[])?, 0);
        Ok(())
    })
    .unwrap();
    assert_eq!(count(&db), 1);
}

#[test]
fn a_transaction_inside_a_transaction_is_an_error_not_a_dead_lock() {
    for db in [file().1, memory()] {
        let (inner, other) = (db.clone(), memory());
        assert_eq!(db.write(move |_| add(&inner, 1)).unwrap_err().id(), "TransactionNested");
        let inner = db.clone();
        assert_eq!(db.read(move |_| add(&inner, 1)).unwrap_err().id(), "TransactionNested");
        assert_eq!(db.read(|_| db.read(|_| Ok(()))).unwrap_err().id(), "TransactionNested");
        db.read(|_| add(&other, 1)).unwrap();
        add(&db, 1).unwrap();
    }
}

#[test]
fn many_writers_share_commits_and_hooks_run_in_commit_order() {
    let (_dir, db) = file();
    let (order, started) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Barrier::new(16)));
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let (db, order, started) = (db.clone(), Arc::clone(&order), Arc::clone(&started));
            scope.spawn(move || {
                started.wait();
                for turn in 0..20 {
                    let order = Arc::clone(&order);
                    db.write(move |tx| {
                        let next = tx.number("SELECT count(*) FROM pet", &[])?;
                        insert(tx, next)?;
                        let order = Arc::clone(&order);
                        tx.after_commit(Box::new(move || order.lock().push(next)));
                        // Every fifth gives up: neither its row nor its hook may be seen.
                        if (thread + turn) % 5 == 0 {
                            Err(Error::busy(ErrorId::DatabaseBusy, "Later."))
                        } else {
                            Ok(())
                        }
                    })
                    .ok();
                }
            });
        }
    });
    assert_eq!(count(&db), 256);
    assert_eq!(*order.lock(), (0..256).collect::<Vec<_>>());
}

#[test]
fn a_hook_has_run_before_the_write_is_answered_and_may_panic() {
    let db = memory();
    let seen = Arc::new(AtomicU64::new(0));
    let hook = Arc::clone(&seen);
    db.write(move |tx| {
        let hook = Arc::clone(&hook);
        tx.after_commit(Box::new(|| panic!("hook")));
        tx.after_commit(Box::new(move || hook.store(1, SeqCst)));
        Ok(())
    })
    .unwrap();
    assert_eq!(seen.load(SeqCst), 1);
    add(&db, 1).unwrap();
}

#[test]
fn a_hook_that_would_wait_for_itself_is_told_so() {
    let (_dir, db) = file();
    let (inner, told) = (db.clone(), Arc::new(Mutex::new(None)));
    let tell = Arc::clone(&told);
    db.write(move |tx| {
        let (inner, tell) = (inner.clone(), Arc::clone(&tell));
        tx.after_commit(Box::new(move || *tell.lock() = add(&inner, 1).err()));
        Ok(())
    })
    .unwrap();
    assert_eq!(told.lock().as_ref().map(Error::id), Some("TransactionNested"));
}

#[test]
fn a_full_disk_refuses_the_large_one_and_keeps_its_neighbours() {
    let (_dir, db) = file();
    let pages = db.read(|tx| tx.number("PRAGMA page_count", &[])).unwrap();
    db.write(move |tx| tx.number(&format!("PRAGMA max_page_count = {}", pages + 4), &[])).unwrap();
    let started = Arc::new(Barrier::new(9));
    let results: Vec<Result<u64>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..9)
            .map(|id| {
                let (db, started) = (db.clone(), Arc::clone(&started));
                scope.spawn(move || {
                    started.wait();
                    db.write(move |tx| {
                        let picture = vec![1; if id == 4 { 400_000 } else { 10 }];
                        let sql = "INSERT INTO pet (id, picture) VALUES ($1, $2)";
                        tx.execute(sql, &[id.into(), (&picture).into()])
                    })
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (id, result) in results.iter().enumerate() {
        match result {
            Ok(_) => assert_ne!(id, 4),
            Err(error) => assert_eq!((id, error.id(), error.fault()), (4, "DiskFull", Fault::Busy)),
        }
    }
    assert_eq!(count(&db), 8);
    assert_eq!(db.read(|tx| tx.check()).unwrap(), Vec::<String>::new());
}

#[test]
fn files_that_are_not_ours_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.db");
    std::fs::write(
        &path,
        "this is a letter to my aunt, and long enough to be looked at by anybody ".repeat(50),
    )
    .unwrap();
    let error = crate::open(&path, Holds::Bodies).unwrap_err();
    assert_eq!(error.id(), "NotADatabase");
    assert!(error.message().contains("x.db") && error.help_line().is_some());

    let foreign = dir.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert_eq!(crate::open(&foreign, Holds::Bodies).unwrap_err().id(), "NotADatabase");

    let missing = crate::open(&dir.path().join("no/such/place.db"), Holds::Bodies).unwrap_err();
    assert_eq!(missing.id(), "FileNotFound");
}

#[test]
fn a_damaged_file_is_said_to_be_damaged() {
    let (dir, db) = file();
    for id in 0..2_000 {
        db.write(move |tx| insert(tx, id)).unwrap();
        if id == 500 {
            break;
        }
    }
    drop(db);
    let path = dir.path().join("a.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let (from, to) = (16_384, bytes.len());
    bytes[from..to].fill(0x5A);
    std::fs::write(&path, bytes).unwrap();
    let error = crate::open(&path, Holds::Bodies)
        .and_then(|db| db.read(|tx| tx.number("SELECT count(*) FROM pet", &[])))
        .unwrap_err();
    assert_eq!((error.id(), error.fault()), ("DatabaseCorrupt", Fault::Server));
}

#[test]
fn a_new_file_is_laid_out_for_what_it_holds_and_keeps_that() {
    let dir = tempfile::tempdir().unwrap();
    let pages = |db: &Database| db.read(|tx| tx.number("PRAGMA page_size", &[])).unwrap();
    for (name, holds, other, bytes) in
        [("a.db", Holds::Records, Holds::Bodies, 4_096), ("b.db", Holds::Bodies, Holds::Records, 16_384)]
    {
        let path = dir.path().join(name);
        assert_eq!(pages(&crate::open(&path, holds).unwrap()), bytes);
        assert_eq!(pages(&crate::open(&path, other).unwrap()), bytes);
    }
}

#[test]
fn a_file_has_one_owner_at_a_time_and_keeps_what_was_written() {
    let (dir, db) = file();
    let path = dir.path().join("a.db");
    add(&db, 1).unwrap();
    let error = crate::open(&path, Holds::Bodies).unwrap_err();
    assert_eq!((error.id(), error.fault()), ("DatabaseInUse", Fault::Conflict));
    drop(db);
    assert_eq!(count(&crate::open(&path, Holds::Bodies).unwrap()), 1);
}

#[test]
fn a_file_without_its_owner_s_farewell_is_whole() {
    let (dir, db) = file();
    for id in 0..50 {
        add(&db, id).unwrap();
    }
    // What a kill leaves: the file and its log as they are at this moment, without the checkpoint of a clean close.
    let copy = dir.path().join("b.db");
    std::fs::copy(dir.path().join("a.db"), &copy).unwrap();
    std::fs::copy(dir.path().join("a.db-wal"), dir.path().join("b.db-wal")).unwrap();
    assert_eq!(count(&crate::open(&copy, Holds::Bodies).unwrap()), 50);
}

#[test]
fn a_text_index_finds_forgets_and_keeps_to_its_range() {
    for db in [file().1, memory()] {
        db.write(|tx| {
            tx.text_index("pet_text", 1, &[("name", "rex hund"), ("story", "lang 手机")])?;
            tx.text_index("pet_text", 2, &[("name", "mia"), ("story", "rexine kurz")])?;
            tx.text_index("pet_text", 1 << 40, &[("name", "rex"), ("story", "")])
        })
        .unwrap();
        let find = |columns: &[&'static str], all: &[&[TextTerm]], within| {
            let query =
                TextQuery { columns: columns.to_vec(), all: all.iter().map(|any| any.to_vec()).collect() };
            let mut found = Vec::new();
            db.read(|tx| {
                tx.text_match("pet_text", within..=i64::MAX, &query, &mut |id| {
                    found.push(id);
                    Ok(Flow::More)
                })
            })
            .unwrap();
            found
        };
        let word = |w: &str| TextTerm::Word(w.to_owned());
        let prefix = |w: &str| TextTerm::Prefix(w.to_owned());
        assert_eq!(find(&[], &[&[word("rex")]], 0), [1, 1 << 40]);
        assert_eq!(find(&[], &[&[word("rex")]], 2), [1 << 40]);
        assert_eq!(find(&[], &[&[prefix("rex")]], 0), [1, 2, 1 << 40]);
        assert_eq!(find(&["story"], &[&[prefix("rex")]], 0), [2]);
        assert_eq!(find(&[], &[&[word("手机"), word("mia")]], 0), [1, 2]);
        assert_eq!(find(&[], &[&[word("手机")], &[word("rex")]], 0), [1]);
        let many: Vec<TextTerm> = (0..2_000).map(|n| word(&format!("w{n}"))).chain([word("mia")]).collect();
        assert_eq!(find(&[], &[&many], 0), [2]);
        db.write(|tx| tx.text_forget("pet_text", 1..=1)).unwrap();
        assert_eq!(find(&[], &[&[word("rex")]], 0), [1 << 40]);
        db.write(|tx| tx.text_index("pet_text", 1, &[("name", "neu"), ("story", "")])).unwrap();
        assert_eq!(find(&[], &[&[word("rex")]], 0), [1 << 40]);
        assert_eq!(find(&[], &[&[word("neu")]], 0), [1]);
    }
}

#[test]
fn a_fuse_fails_what_it_was_set_to_and_only_once() {
    let (fuse, inner) = (Fuse::default(), memory());
    let db = faulty(inner.clone(), &fuse);
    for (failing, nth, kept) in [
        (Failing::Statement, 1, 0),
        (Failing::Statement, 2, 0),
        (Failing::Full, 2, 0),
        (Failing::Commit, 1, 0),
        (Failing::Answer, 1, 2),
    ] {
        fuse.set(failing, nth);
        assert!(!fuse.burnt());
        let both = db.write(|tx| Ok(insert(tx, 1)? + insert(tx, 2)?));
        assert!(both.is_err() && fuse.burnt(), "{failing:?}");
        assert_eq!(count(&inner), kept, "{failing:?}");
    }
    assert_eq!(add(&db, 3).unwrap(), 1);
}

#[test]
fn a_tidied_index_answers_the_same_and_is_tidy_at_last() {
    let (_dir, db) = file();
    let words = |n: i64| (0..40).map(|k| format!("w{} ", (n * k) % 97)).collect::<String>();
    for n in 0..60 {
        let text = words(n);
        db.write(move |tx| tx.text_index("pet_text", n, &[("name", &text), ("story", "x")])).unwrap();
    }
    db.write(|tx| tx.text_forget("pet_text", 10..=29)).unwrap();
    let find = || {
        let query = TextQuery { columns: vec![], all: vec![vec![TextTerm::Word("w5".into())]] };
        let mut found = Vec::new();
        let mut each = |id| {
            found.push(id);
            Ok(Flow::More)
        };
        db.read(|tx| tx.text_match("pet_text", 0..=i64::MAX, &query, &mut each)).unwrap();
        found
    };
    let before = find();
    let expected: Vec<i64> =
        (0..60).filter(|n| !(10..=29).contains(n) && words(*n).split(' ').any(|word| word == "w5")).collect();
    assert_eq!(before, expected);
    let mut steps = 0;
    while db.write(|tx| tx.text_tidy("pet_text", 64)).unwrap() {
        steps += 1;
        assert!(steps < 1_000);
    }
    assert!(steps > 0);
    assert_eq!(find(), before);
    assert_eq!(db.read(|tx| tx.check()).unwrap(), Vec::<String>::new());
}

#[test]
fn what_was_indexed_meanwhile_is_not_taken_for_damage() {
    static STEPS: [Step; 1] = [Step::TextIndex("words", &["body"])];
    let folder = tempfile::tempdir().unwrap();
    let db = crate::open(&folder.path().join("it.db"), Holds::Bodies).unwrap();
    db.migrate("test", &STEPS).unwrap();
    let mut last = 0;
    for round in 0..20 {
        // Every reader's connection has seen the index, and then it changes below them.
        assert_eq!(db.read(|tx| tx.check()).unwrap(), Vec::<String>::new(), "round {round}");
        for _ in 0..30 {
            last += 1;
            db.write(move |tx| tx.text_index("words", last, &[("body", &format!("word{last} again"))]))
                .unwrap();
        }
        db.write(move |tx| tx.text_forget("words", (last - 9)..=(last - 5))).unwrap();
        while db.write(|tx| tx.text_tidy("words", 64)).unwrap() {}
        assert_eq!(db.read(|tx| tx.check()).unwrap(), Vec::<String>::new(), "round {round}");
        let query = TextQuery { columns: vec![], all: vec![vec![TextTerm::Word("again".into())]] };
        db.read(|tx| tx.text_match("words", 0..=i64::MAX, &query, &mut |_| Ok(Flow::Stop))).unwrap();
    }
}

#[test]
fn the_log_is_bounded_while_there_is_always_somebody_who_reads() {
    const LOG_MAX: u64 = 2 << 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it.db");
    let db = Database::new(super::Sqlite::open_with(&path, Holds::Bodies, LOG_MAX).unwrap());
    db.write(|tx| tx.batch("CREATE TABLE t (id INTEGER PRIMARY KEY, x BYTEA NOT NULL)")).unwrap();
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Two who read in turns, so that at every moment somebody has a snapshot.
        for _ in 0..2 {
            scope.spawn(|| {
                while !ended.load(SeqCst) {
                    let slow =
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
                                SELECT count(*) FROM n, (SELECT count(*) FROM t)";
                    db.read(|tx| tx.number(slow, &[])).unwrap();
                }
            });
        }
        let begun = std::time::Instant::now();
        let (mut id, mut last, mut begun_anew) = (0, 0, 0);
        // Without the bound it grows for as long as somebody reads.
        while begun_anew < 2 && begun.elapsed() < std::time::Duration::from_secs(60) {
            id += 1;
            let row = vec![7_u8; 100_000];
            db.write(move |tx| {
                tx.execute("INSERT INTO t (id, x) VALUES ($1, $2)", &[id.into(), (&row).into()])
            })
            .unwrap();
            let now = std::fs::metadata(folder.path().join("it.db-wal")).unwrap().len();
            begun_anew += usize::from(now < last);
            last = now;
        }
        ended.store(true, SeqCst);
        assert_eq!(begun_anew, 2, "the log is {last} bytes long after {id} writes");
    });
}
