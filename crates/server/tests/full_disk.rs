//! A disk without an octet left: mail is refused, nothing is lost, and people read and delete.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use testkit::{TestServer, message_of};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// A server on a small disk of its own, which can be full. To mount one takes root, as installing the tests' packages does.
struct Disk {
    server: TestServer,
}

impl Disk {
    /// Moves the data of a server onto it.
    fn under(mut server: TestServer) -> Disk {
        server.stop();
        let (data, before) = (server.data(), server.folder().join("before"));
        std::fs::rename(&data, &before).unwrap();
        std::fs::create_dir(&data).unwrap();
        run("mount", &["-t", "tmpfs", "-o", "size=96m,mode=700", "tmpfs", &data.display().to_string()]);
        run("cp", &["-a", &format!("{}/.", before.display()), &data.display().to_string()]);
        server.run();
        Disk { server }
    }

    fn ballast(&self) -> PathBuf {
        self.server.data().join("ballast")
    }

    /// From now on there is no room for anything more.
    fn fill(&self) {
        let mut ballast = std::fs::OpenOptions::new().create(true).append(true).open(self.ballast()).unwrap();
        let full = std::iter::repeat_with(|| ballast.write_all(&[0; 4096])).find_map(Result::err).unwrap();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }

    fn make_room(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    /// Sends until what is allocated already is used up.
    fn send_until_refused(&self) {
        let full =
            std::iter::repeat_with(|| self.send(200_000)).take(500).find(|answer| answer.starts_with("452"));
        assert!(full.is_some(), "the disk is not full");
    }

    /// What a sender hears in the end.
    fn send(&self, bytes: usize) -> String {
        let mut smtp = self.server.connect(25);
        smtp.answer();
        for line in ["EHLO far.example", "MAIL FROM:<far@far.example>", "RCPT TO:<ann@contoso.com>"] {
            let answer = smtp.ask(line);
            if !answer.starts_with("250") {
                return answer;
            }
        }
        smtp.ask("DATA");
        smtp.say("Subject: more");
        smtp.say("");
        let mut state = bytes as u64;
        for _ in 0..bytes / 64 {
            let words = (0..4).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                format!("{state:016x}")
            });
            smtp.say(&words.collect::<String>());
        }
        smtp.ask(".")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Its place is needed to the end, and what is on it is looked at before it goes.
        self.server.stop();
        let verified = self.server.verify();
        self.server.leave_unverified();
        run("umount", &["-l", &self.server.data().display().to_string()]);
        assert!(std::thread::panicking() || verified.code == Some(0), "{verified:?}");
    }
}

fn run(program: &str, words: &[&str]) {
    let done = Command::new(program).args(words).output().unwrap();
    assert!(done.status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn on_a_full_disk_people_read_and_delete_and_the_house_is_verified() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let mut disk = Disk::under(server);
    let mut ann = disk.server.imap("ann");
    (0..60).for_each(|number| ann.append("INBOX", "", &message_of(&format!("number {number}"), "the text")));
    disk.fill();
    disk.send_until_refused();
    ann.done("SELECT INBOX");
    for number in 1..=10 {
        ann.done(&format!("STORE {number} +FLAGS (\\Deleted)"));
    }
    ann.done("EXPUNGE");
    for _ in 0..10 {
        ann.done("MOVE 1 \"Deleted Items\"");
        // What was made free is not for mail that comes in.
        assert!(disk.send(2_000).starts_with("452"), "{}", disk.server.log());
    }
    let mut pop = disk.server.connect(110);
    pop.answer();
    pop.ask("USER ann");
    assert!(pop.ask(&format!("PASS {}", disk.server.password())).starts_with("+OK"));
    pop.ask("DELE 1");
    assert_eq!(pop.ask("QUIT"), "+OK bye, 1 messages deleted");
    assert!(ann.done("FETCH 5 BODY.PEEK[]").iter().any(|line| line.starts_with("the text")));
    let verified = disk.server.verify();
    assert_eq!(verified.code, Some(0), "beside the server: {verified:?}");
    drop(ann);
    // The server goes, which gives the log's room back, is verified without anybody, and comes again.
    disk.server.stop();
    let verified = disk.server.verify();
    assert_eq!(verified.code, Some(0), "alone: {verified:?}");
    disk.server.run();
    let mut ann = disk.server.imap("ann");
    ann.done("SELECT INBOX");
    assert!(ann.done("FETCH 1 BODY.PEEK[]").iter().any(|line| line.starts_with("the text")));
    disk.fill();
    ann.done("STORE 1 +FLAGS (\\Deleted)");
    ann.done("EXPUNGE");
    assert!(disk.send(200_000).starts_with("452"));
    // With room everything goes on by itself, within a second or so.
    disk.make_room();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !disk.send(200_000).starts_with("250") {
        assert!(std::time::Instant::now() < until, "{}", disk.server.log());
    }
}

#[test]
fn a_full_disk_is_verified_and_started_from_and_one_without_an_octet_says_so() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let mut disk = Disk::under(server);
    disk.server.imap("ann").append("INBOX", "", &message_of("number 1", "the text"));
    disk.server.stop();
    disk.fill();
    let verified = disk.server.verify();
    assert_eq!(verified.code, Some(0), "with what is kept: {verified:?}");
    disk.server.run();
    let mut ann = disk.server.imap("ann");
    ann.done("SELECT INBOX");
    assert!(ann.done("FETCH 1 BODY.PEEK[]").iter().any(|line| line.starts_with("the text")));
    ann.done("STORE 1 +FLAGS (\\Deleted)");
    ann.done("EXPUNGE");
    disk.send_until_refused();
    drop(ann);
    disk.server.stop();
    // What was kept is gone as well.
    let data = disk.server.data();
    for folder in [data.clone(), data.join("databases")] {
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            if file.to_string_lossy().ends_with("-reserve") {
                std::fs::File::create(file).unwrap();
            }
        }
    }
    disk.fill();
    let sentence = |said: &str| {
        let lines: Vec<&str> = said.lines().collect();
        assert!(
            matches!(lines.as_slice(), [one] if one.starts_with("mailstead: opening ")
                && one.ends_with("The disk that keeps the database is full. Make room on the disk and try again; nothing was lost.")),
            "{said}"
        );
    };
    let verified = disk.server.verify();
    assert_eq!(verified.code, Some(2), "{verified:?}");
    sentence(&verified.err);
    let started = Command::new(BINARY)
        .args(["serve", "--port-offset", &(disk.server.port(25) - 25).to_string(), "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(started.status.code(), Some(1), "{started:?}");
    sentence(&String::from_utf8_lossy(&started.stderr));
    disk.make_room();
    disk.server.run();
    disk.server.imap("ann").append("INBOX", "", &message_of("number 2", "another text"));
}
