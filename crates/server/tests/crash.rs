//! SIGKILL at random moments under delivery: what was acknowledged is there, nothing half-done shows.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use testkit::{Messages, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");
const SENDERS: usize = 6;

/// Sends messages until the server is gone; reports the number of each that got its 250.
fn send(address: SocketAddr, sender: usize, round: usize, acknowledged: &mpsc::Sender<String>) -> Option<()> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let mut messages = Messages::seeded((round * SENDERS + sender) as u64 + 1);
    talk(&mut stream, b"")?;
    talk(&mut stream, b"EHLO far.example\r\n")?;
    for number in 0.. {
        let mark = format!("r{round}s{sender}n{number}");
        // Some go to one mailbox, some to two of one database, some to mailboxes of two databases.
        let to: &[&str] = match number % 3 {
            0 => &["ann"],
            1 => &["ann", "ben"],
            _ => &["ann", "carla"],
        };
        talk(&mut stream, b"MAIL FROM:<far@far.example>\r\n")?;
        for name in to {
            talk(&mut stream, format!("RCPT TO:<{name}@contoso.com>\r\n").as_bytes())?;
        }
        talk(&mut stream, b"DATA\r\n")?;
        let mut text = format!("X-Mark: {mark}\r\n").into_bytes();
        text.extend(messages.next_of(2_000 + number * 97 % 9_000));
        text.extend(b".\r\n");
        let answer = talk(&mut stream, &text)?;
        if answer.starts_with("250") {
            acknowledged.send(mark).ok()?;
        }
    }
    Some(())
}

/// Says something and reads one answer to its last line; `None` when the server is gone.
fn talk(stream: &mut TcpStream, said: &[u8]) -> Option<String> {
    stream.write_all(said).ok()?;
    let mut answer = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let last = answer.split(|byte| *byte == b'\n').rev().nth(1).map(<[u8]>::to_vec);
        if let Some(line) = last.filter(|line| answer.ends_with(b"\n") && line.get(3) == Some(&b' ')) {
            return Some(String::from_utf8_lossy(&line).into_owned());
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            count => answer.extend(&buffer[..count]),
        }
    }
}

/// The marks of all messages in a mailbox, and how often each is there.
fn marks(server: &TestServer, user: &str) -> BTreeMap<String, usize> {
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN {user} \"{}\"", server.password()));
    imap.imap("b", "EXAMINE INBOX");
    let mut found = BTreeMap::new();
    for line in imap.imap("c", "FETCH 1:* (BODY.PEEK[HEADER.FIELDS (X-Mark)])") {
        if let Some(mark) = line.strip_prefix("X-Mark: ") {
            *found.entry(mark.to_owned()).or_default() += 1;
        }
    }
    found
}

fn rounds(count: usize) {
    let mut server = TestServer::start(BINARY);
    server.ps("New-MailboxDatabase -Name MBXDB02 | Out-Null");
    for (name, database) in [("ann", "Mailbox Database"), ("ben", "Mailbox Database"), ("carla", "MBXDB02")] {
        let password = server.password();
        server.ps(&format!(
            "New-Mailbox -Name {name} -UserPrincipalName {name}@contoso.com -Database '{database}' -Password (ConvertTo-SecureString '{password}' -AsPlainText -Force) | Out-Null"
        ));
    }
    let mut acknowledged = BTreeSet::new();
    for round in 0..count {
        let (say, hear) = mpsc::channel();
        let address = server.address(25);
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let say = say.clone();
                std::thread::spawn(move || send(address, sender, round, &say))
            })
            .collect();
        drop(say);
        // The moment of death: after some acknowledgements, another number each round.
        for mark in hear.iter().take(5 + round * 13 % 60) {
            acknowledged.insert(mark);
        }
        server.kill();
        acknowledged.extend(hear.iter());
        for sender in senders {
            sender.join().unwrap();
        }
        let verified = server.verify();
        assert_eq!(verified.code, Some(0), "round {round}: {verified:#?}");
        server.run();
        check(&server, &acknowledged, round);
    }
}

fn check(server: &TestServer, acknowledged: &BTreeSet<String>, round: usize) {
    // What was accepted for two databases may still be in the queue: an answer to a NOOP is not its end.
    for user in ["ann", "ben", "carla"] {
        let wanted = acknowledged.iter().filter(|mark| meant_for(mark, user));
        let mut there = marks(server, user);
        for mark in wanted {
            if !there.contains_key(mark) {
                there = delivered(server, user, mark);
            }
            assert!(there.contains_key(mark), "round {round}: {user} lost {mark}");
        }
    }
}

fn meant_for(mark: &str, user: &str) -> bool {
    let number: usize = mark.rsplit('n').next().and_then(|digits| digits.parse().ok()).unwrap();
    user == "ann" || (user == "ben" && number % 3 == 1) || (user == "carla" && number % 3 == 2)
}

/// Waits in IDLE until `mark` has come, as a mail program would.
fn delivered(server: &TestServer, user: &str, mark: &str) -> BTreeMap<String, usize> {
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN {user} \"{}\"", server.password()));
    imap.imap("b", "SELECT INBOX");
    imap.say("c IDLE");
    imap.line();
    loop {
        let there = marks(server, user);
        if there.contains_key(mark) {
            return there;
        }
        imap.line(); // the next news; a test that waits 30 seconds has failed
    }
}

/// How many letters lie in the mailbox that is restored, and how often each.
const LETTERS: usize = 32;
const COPIES: usize = 128;

/// Letters with marks, each many times.
fn furnish(server: &TestServer, user: &str) {
    let mut stream = TcpStream::connect(server.address(25)).unwrap();
    talk(&mut stream, b"").unwrap();
    talk(&mut stream, b"EHLO far.example\r\n").unwrap();
    for number in 0..LETTERS {
        talk(&mut stream, b"MAIL FROM:<far@far.example>\r\n").unwrap();
        talk(&mut stream, format!("RCPT TO:<{user}@contoso.com>\r\n").as_bytes()).unwrap();
        talk(&mut stream, b"DATA\r\n").unwrap();
        let text = format!("X-Mark: m{number}\r\nSubject: {number}\r\n\r\nLetter {number}\r\n.\r\n");
        assert!(talk(&mut stream, text.as_bytes()).unwrap().starts_with("250"));
    }
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN {user} \"{}\"", server.password()));
    imap.imap("b", "SELECT INBOX");
    let mut copies = 1;
    while copies < COPIES {
        imap.imap("c", "COPY 1:* INBOX");
        imap.imap("d", "NOOP");
        copies *= 2;
    }
}

/// What a command prints, as a number.
fn number(server: &TestServer, line: &str) -> usize {
    let said = server.ps(line);
    said.trim().parse().unwrap_or_else(|_| panic!("{line} said {said:?}"))
}

/// How many items the directory says are restored, read from its file while no server runs.
fn noted(server: &TestServer) -> usize {
    let script = "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT done FROM job').fetchone()[0])";
    let file = server.data().join("directory.db");
    let said = Command::new("python3").args(["-c", script]).arg(file).output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().parse().unwrap()
}

/// Asks again until the answer is the wanted one, at most for a while.
fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "{what} never came");
    }
}

#[test]
fn kills_during_a_restore_lose_and_double_nothing() {
    let mut server = TestServer::start(BINARY);
    server.ps("New-MailboxDatabase -Name MBXDB02 | Out-Null");
    server.mailbox("ann");
    server.mailbox("ben");
    furnish(&server, "ann");
    server.ps("Disable-Mailbox ann -Confirm:$false");
    server.ps(
        "New-MailboxRestoreRequest -SourceDatabase 'Mailbox Database' -SourceStoreMailbox ann -TargetMailbox ben \
         -AllowLegacyDNMismatch | Out-Null",
    );
    let transferred = "(Get-MailboxRestoreRequest 'ben\\MailboxRestore' | Get-MailboxRestoreRequestStatistics).ItemsTransferred";
    let (mut known, mut inside) = (0, 0);
    for round in 0..4 {
        let more =
            || Some(number(&server, transferred)).filter(|now| *now > known || *now == LETTERS * COPIES);
        known = until("more of the restore", more);
        server.kill();
        let verified = server.verify();
        assert_eq!(verified.code, Some(0), "round {round}: {verified:#?}");
        // What is undone now was being done when the server died.
        inside += usize::from(noted(&server) < LETTERS * COPIES);
        server.run();
    }
    assert!(inside > 0, "it was over before the first kill: give it more to do");
    let state = "(Get-MailboxRestoreRequest 'ben\\MailboxRestore').Status.ToString()";
    let over = || Some(server.ps(state)).filter(|now| !["Queued", "InProgress"].contains(&now.trim()));
    assert_eq!(until("the end of the restore", over).trim(), "Completed");
    assert_eq!(number(&server, transferred), LETTERS * COPIES);
    let there = marks(&server, "ben");
    let wanted: BTreeMap<String, usize> = (0..LETTERS).map(|number| (format!("m{number}"), COPIES)).collect();
    assert_eq!(there, wanted);
}

#[test]
fn five_kills_lose_nothing() {
    rounds(5);
}

#[test]
#[ignore = "the long form; cargo xtask nightly"]
fn two_hundred_kills_lose_nothing() {
    let count = std::env::var("KILLS").map_or(200, |count| count.parse().expect("KILLS is a number"));
    rounds(count);
}
