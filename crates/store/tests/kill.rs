//! A process that is killed while it delivers: everything it acknowledged is there, nothing is half there, and what it
//! gave out once is never given out again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use mailstead_store::*;
use object::SystemClock;
use object::types::Guid;

/// Tells the child where to work; without it the child's test has nothing to do.
const PLACE: &str = "STORE_KILL_PLACE";
const ROUNDS: usize = 12;

fn open(directory: &Path) -> (Store, Database, Mailbox) {
    let store = Store::open(directory, Arc::new(SystemClock)).unwrap();
    let database = store.mount(Guid::of_u128(1)).unwrap();
    let mailbox = database
        .mailbox(Guid::of_u128(7))
        .or_else(|_| database.create_mailbox(Guid::of_u128(7), &Description::default()))
        .unwrap();
    (store, database, mailbox)
}

fn letter(name: &str) -> Vec<u8> {
    format!("Message-ID: <{name}@x>\r\n\r\nletter {name} {}\r\n", "and so on ".repeat(200)).into_bytes()
}

/// The child: delivers, marks and expunges on several threads, and says so after each answer, until it is killed.
#[test]
#[ignore = "runs inside of the test below"]
fn child() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let (_store, database, mailbox) = open(Path::new(&place));
    let inbox = mailbox.known(WellKnown::Inbox).unwrap().id;
    let number = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let name = format!("{}-{}", std::process::id(), number.fetch_add(1, SeqCst));
                    let to = vec![To::inbox(mailbox.guid(), Limits::default())];
                    let message = Incoming::new(letter(&name));
                    let at =
                        database.deliver(to, &message, None, Acceptance::Each).unwrap().remove(0).unwrap();
                    say(&format!("here {} {name}", at.uid));
                    if at.uid % 3 == 0 {
                        let one = UidSet::of_uids([at.uid]);
                        // Said before: from now on it may be gone or not; said after: it is gone.
                        say(&format!("going {}", at.uid));
                        mailbox.expunge(inbox, &one, Flags::NONE, Limits::default()).unwrap();
                        say(&format!("gone {}", at.uid));
                    }
                    database.index_slice().unwrap();
                }
            });
        }
    });
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{line}").unwrap();
    out.flush().unwrap();
}

#[derive(Clone, Debug, PartialEq)]
enum Fate {
    Here(String),
    Going(String),
    Gone,
}

fn heed(line: &str, told: &mut BTreeMap<u32, Fate>) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["here", uid, name] => {
            let before = told.insert(uid.parse().unwrap(), Fate::Here((*name).to_owned()));
            assert_eq!(before, None, "UID {uid} was given twice");
        }
        ["going", uid] => {
            let fate = told.get_mut(&uid.parse().unwrap()).unwrap();
            let Fate::Here(name) = fate.clone() else { panic!("{fate:?}") };
            *fate = Fate::Going(name);
        }
        ["gone", uid] => drop(told.insert(uid.parse().unwrap(), Fate::Gone)),
        _ => return false,
    }
    true
}

#[test]
fn what_was_acknowledged_survives_kills() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("databases");
    let (mut told, mut change) = (BTreeMap::new(), 0);
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(PLACE, &place)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut heard = 0;
        while heard < 10 + round * 7 {
            heard += usize::from(heed(&lines.next().unwrap().unwrap(), &mut told));
        }
        child.kill().unwrap();
        // What it had said before it died counts as well.
        for line in lines.map_while(std::result::Result::ok) {
            heed(&line, &mut told);
        }
        child.wait().unwrap();

        let (store, database, mailbox) = open(&place);
        assert_eq!(database.verify().unwrap(), [], "round {round}");
        let (inbox, uids) = mailbox.uids(mailbox.known(WellKnown::Inbox).unwrap().id).unwrap();
        for (uid, fate) in &told {
            assert!(*uid < inbox.uid_next);
            match fate {
                Fate::Here(name) => assert_eq!(mailbox.whole_body(inbox.id, *uid).unwrap(), letter(name)),
                Fate::Going(name) if uids.contains(*uid) => {
                    assert_eq!(mailbox.whole_body(inbox.id, *uid).unwrap(), letter(name));
                }
                Fate::Going(_) => {}
                Fate::Gone => assert!(!uids.contains(*uid), "UID {uid} came back"),
            }
        }
        let now = mailbox.change().unwrap();
        assert!(now > change, "the change number went back");
        change = now;
        store.close().unwrap();
    }
    assert!(told.len() > 100);
}
