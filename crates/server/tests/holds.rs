//! What clients make the server hold: unfinished appends, readers that do not read, answers without measure, damage.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use testkit::{LineClient, TestServer, message_of};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

fn page(server: &TestServer) -> String {
    let url = format!("http://{}/metrics", server.address(9090));
    String::from_utf8(Command::new("curl").args(["-sS", &url]).output().unwrap().stdout).unwrap()
}

fn metric(server: &TestServer, name: &str) -> f64 {
    let page = page(server);
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {page}")).trim().parse().unwrap()
}

/// The server's memory, in MB.
fn resident(server: &TestServer) -> f64 {
    metric(server, "process_resident_memory_bytes ") / 1e6
}

/// What is held for clients is bounded, whatever the program itself takes.
fn grew_at_most(server: &TestServer, before: f64, megabytes: f64) {
    let now = resident(server);
    assert!(now < before + megabytes, "from {before} to {now} MB");
}

fn logged_in(server: &TestServer, user: &str) -> LineClient {
    let mut client = server.connect(143);
    client.line();
    let last = client.imap("a", &format!("LOGIN {user} \"{}\"", server.password())).pop().unwrap();
    assert!(last.starts_with("a OK"), "{last}");
    client
}

fn append(client: &mut LineClient, message: &[u8]) {
    client.say(&format!("b APPEND INBOX {{{}+}}", message.len()));
    client.send(message);
    client.send(b"\r\n");
    // News of the selected folder may come first.
    let answer = std::iter::repeat_with(|| client.line()).find(|line| line.starts_with("b ")).unwrap();
    assert!(answer.starts_with("b OK"), "{answer}");
}

/// A message of so many megabytes that do not compress to nothing.
fn large(megabytes: usize) -> Vec<u8> {
    let mut mail = b"Subject: large\r\n\r\n".to_vec();
    let mut state = 1_u64;
    while mail.len() < megabytes << 20 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        mail.extend(format!("{state:x}\r\n").bytes());
    }
    mail
}

/// Somebody who is served meanwhile.
fn is_served(client: &mut LineClient) {
    assert!(client.imap("s", "SELECT INBOX").last().unwrap().starts_with("s OK"));
    append(client, &message_of("meanwhile", "small"));
}

#[test]
fn appends_that_are_never_finished_cost_no_memory() {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    let mut ben = logged_in(&server, "ben");
    let before = resident(&server);
    let piece = large(8);
    let mut open = Vec::new();
    for _ in 0..8 {
        let mut ann = logged_in(&server, "ann");
        ann.say("a APPEND INBOX {33554432}");
        assert!(ann.line().starts_with("+ "));
        (0..4).for_each(|_| ann.send(&piece[..8 << 20]));
        ann.say(" {33554432}");
        assert!(ann.line().starts_with("+ "));
        ann.send(&piece[..1 << 20]);
        open.push(ann);
    }
    is_served(&mut ben);
    grew_at_most(&server, before, 110.0);
    assert!(metric(&server, "mailstead_held_bytes{budget=\"spool\"} ") >= 8.0 * 67e6);
    // One that is finished after all is there.
    let mut last = open.pop().unwrap();
    last.send(&piece[1 << 20..8 << 20]);
    (0..3).for_each(|_| last.send(&piece[..8 << 20]));
    last.send(b"\r\n");
    assert!(last.line().starts_with("a OK [APPENDUID"));
    drop(open);
    let selected = logged_in(&server, "ann").imap("b", "SELECT INBOX");
    assert!(selected.iter().any(|line| line == "* 2 EXISTS"), "{selected:?}");
}

#[test]
fn readers_that_do_not_read_cost_one_buffer_each() {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    let mut ben = logged_in(&server, "ben");
    let before = resident(&server);
    append(&mut logged_in(&server, "ann"), &large(24));
    let readers: Vec<LineClient> = (0..20)
        .map(|number| {
            let mut ann = logged_in(&server, "ann");
            ann.imap("b", "SELECT INBOX");
            let section =
                ["BODY.PEEK[]", "BODY.PEEK[1]", "BINARY.PEEK[1]", "BODY.PEEK[TEXT]<5.999999999>"][number % 4];
            ann.say(&format!("c FETCH 1 {section}"));
            assert!(ann.line().starts_with("* 1 FETCH ("));
            ann
        })
        .collect();
    is_served(&mut ben);
    grew_at_most(&server, before, 140.0);
    drop(readers);
}

#[test]
fn one_command_cannot_ask_for_more_than_memory_holds() {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    let mut ben = logged_in(&server, "ben");
    let before = resident(&server);
    let mail = large(12);
    append(&mut logged_in(&server, "ann"), &mail);
    let mut ann = logged_in(&server, "ann");
    ann.imap("b", "SELECT INBOX");
    let items = vec!["BODY.PEEK[]<0.99999999> UID"; 90].join(" ");
    ann.say(&format!("c FETCH * ({items})"));
    for number in 0..10 {
        let head = ann.line();
        assert!(head.ends_with(&format!("BODY[]<0> {{{}}}", mail.len())), "{number}: {head}");
        assert!(ann.octets(mail.len()) == mail);
    }
    is_served(&mut ben);
    grew_at_most(&server, before, 110.0);
}

#[test]
fn one_damaged_message_does_not_end_a_fetch_of_all() {
    let mut server = TestServer::start(BINARY);
    server.mailbox("ann");
    let mut ann = logged_in(&server, "ann");
    for number in 1..=5 {
        append(&mut ann, &message_of(&format!("number {number}"), &format!("text {number}")));
    }
    append(&mut ann, &large(1));
    server.stop();
    server.leave_unverified();
    let script = "import sqlite3,sys,glob\n\
        f=[f for f in glob.glob(sys.argv[1]+'/databases/*.db')][0]\n\
        c=sqlite3.connect(f)\n\
        for n in (3, 6):\n\
        \x20 i,d=c.execute('SELECT c.id, c.data FROM chunk c JOIN item i ON (c.id >> 16) = i.body WHERE i.uid = ? ORDER BY c.id DESC', (n,)).fetchone()\n\
        \x20 d=bytearray(d); d[len(d)//2]^=4\n\
        \x20 c.execute('UPDATE chunk SET data = ? WHERE id = ?', (bytes(d), i))\n\
        c.commit()\n";
    let done = Command::new("python3").args(["-c", script]).arg(server.data()).status().unwrap();
    assert!(done.success());
    server.run();
    let mut ann = logged_in(&server, "ann");
    ann.imap("b", "SELECT INBOX");
    for _ in 0..2 {
        let said = ann.imap("c", "FETCH 1:* (UID BODY.PEEK[])");
        let lines = |text: &str| said.iter().filter(|line| line.contains(text)).count();
        assert_eq!(
            (lines("BODY[] {"), lines("BODY[] NIL"), lines("* NO [CORRUPTION]")),
            (4, 2, 2),
            "{said:?}"
        );
        assert!(said.last().unwrap().starts_with("c OK [CORRUPTION]"), "{said:?}");
        assert!(said.iter().any(|line| line == "text 5"), "what is behind it is served");
    }
    let only = ann.imap("d", "FETCH 3 BODY.PEEK[1]");
    assert!(only.last().unwrap().starts_with("d NO [CORRUPTION]"), "{only:?}");
    assert_eq!(server.log().matches("a message is damaged on the disk").count(), 2, "{}", server.log());
}
