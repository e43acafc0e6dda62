//! Inputs that have brought other mail servers down: each gets an answer, and the session goes on.
#![allow(missing_docs, clippy::unwrap_used)]

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use mailbox::store::{
    Append, Database, Description, Flags, Incoming, Limits, Mailbox, Place, Store, WellKnown,
};
use mailstead_imap::{Config, House, Logon, door};
use object::types::Guid;
use object::{Result, SystemClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;

struct Ann {
    _database: Database,
    mailbox: Mailbox,
    never: watch::Sender<bool>,
}

impl House for Ann {
    fn logon(&self, user: &str, _: &str, _: Option<&str>, _: IpAddr) -> Result<Logon> {
        let limits = Arc::new(|| Ok(Limits::default()));
        Ok(Logon {
            name: user.into(),
            mailbox: self.mailbox.clone(),
            limits,
            cut_off: self.never.subscribe(),
        })
    }
}

fn ann() -> Arc<Ann> {
    let store = Store::memory(Arc::new(SystemClock));
    let database = store.mount(Guid::random()).unwrap();
    let mailbox = database.create_mailbox(Guid::random(), &Description::default()).unwrap();
    Arc::new(Ann { _database: database, mailbox, never: watch::channel(false).0 })
}

fn append(ann: &Ann, bytes: Vec<u8>) {
    let item =
        Append { message: Incoming::new(bytes), flags: Flags::NONE, keywords: Vec::new(), received: None };
    ann.mailbox.append(Place::Known(WellKnown::Inbox), vec![item], Limits::default()).unwrap();
}

/// A client over a pipe of `room` octets, past its greeting.
struct Client(DuplexStream);

impl Client {
    async fn connect(ann: &Arc<Ann>, room: usize) -> Client {
        let config = Config { name: "x".into(), allow_plain_text: false };
        let door = door(Arc::clone(ann) as Arc<dyn House>, Arc::new(SystemClock), config);
        let (client, server) = tokio::io::duplex(room);
        tokio::spawn(door.serve(net::Connection::in_memory(server, ([127, 0, 0, 1], 1).into())));
        let mut client = Client(client);
        client.until("* OK").await;
        client
    }

    async fn logged_in(ann: &Arc<Ann>, room: usize) -> Client {
        let mut client = Client::connect(ann, room).await;
        client.ask("a LOGIN ann pw").await;
        client.ask("a SELECT INBOX").await;
        client
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Sends a command tagged `a` and answers its tagged line.
    async fn ask(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n").as_bytes()).await;
        self.until("a ").await
    }

    /// Reads up to a line that begins so.
    async fn until(&mut self, start: &str) -> String {
        loop {
            let line = self.line().await;
            if line.starts_with(start) {
                return line;
            }
        }
    }

    /// Reads up to an end that the octets have; answers how many came.
    async fn rest_until(&mut self, end: &[u8]) -> usize {
        let (mut count, mut tail, mut piece) = (0, Vec::new(), [0; 4096]);
        while !tail.ends_with(end) {
            let read = tokio::time::timeout(Duration::from_secs(60), self.0.read(&mut piece))
                .await
                .unwrap()
                .unwrap();
            assert!(read > 0, "the server closed after {count} octets");
            count += read;
            tail.extend_from_slice(&piece[..read]);
            tail.drain(..tail.len().saturating_sub(end.len()));
        }
        count
    }

    async fn line(&mut self) -> String {
        let mut out = Vec::new();
        let read = async {
            while !out.ends_with(b"\n") {
                out.push(self.0.read_u8().await.unwrap());
            }
        };
        tokio::time::timeout(Duration::from_secs(60), read).await.unwrap();
        String::from_utf8_lossy(&out).trim_end().to_string()
    }
}

#[tokio::test]
async fn a_tree_of_a_thousand_levels_and_a_million_parts() {
    let ann = ann();
    append(&ann, b"Content-Type: message/rfc822\r\n\r\n".repeat(1_000));
    let mut wide = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec();
    wide.extend(b"--b\r\n\r\n".repeat(1_000_000));
    append(&ann, wide);
    append(&ann, b"X: y\r\n".repeat(100_000));
    let mut client = Client::logged_in(&ann, 1 << 20).await;
    for command in [
        "a FETCH 1:* (ENVELOPE BODYSTRUCTURE BODY PREVIEW)",
        "a FETCH 1 (BODY.PEEK[1.1.1.1.1.1.1.1.1.1.MIME])",
        "a FETCH 2 (BODY.PEEK[2000] BINARY.SIZE[1999] BODY.PEEK[2001])",
        "a FETCH 3 BODY.PEEK[HEADER.FIELDS.NOT (X)]",
        "a SEARCH BODY nothing",
    ] {
        assert!(client.ask(command).await.starts_with("a OK"), "{command}");
    }
}

#[tokio::test]
async fn ten_million_brackets_end_the_connection() {
    let ann = ann();
    let mut client = Client::connect(&ann, 1 << 16).await;
    let brackets = vec![b'('; 1 << 16];
    let mut sent = 0;
    // Nobody reads a line without an end for long.
    while sent < 10_000_000 && client.0.write_all(&brackets).await.is_ok() {
        sent += brackets.len();
    }
    assert!(sent < 3_000_000, "{sent} octets were taken");
}

#[tokio::test]
async fn long_searches_and_patterns() {
    let ann = ann();
    append(&ann, b"Subject: x\r\n\r\n".to_vec());
    let mut client = Client::logged_in(&ann, 1 << 20).await;
    let ored = format!("a SEARCH {}ALL", "OR SUBJECT zz ".repeat(10_000));
    assert!(client.ask(&ored).await.starts_with("a OK"));
    let sets = format!(
        "a UID FETCH {} FLAGS",
        (0..20_000).map(|n| (2 * n + 1).to_string()).collect::<Vec<_>>().join(",")
    );
    assert!(client.ask(&sets).await.starts_with("a OK"));
    let stars = format!("a LIST \"\" \"{}b\"", "*a%".repeat(1_000));
    assert!(client.ask(&stars).await.starts_with("a OK"));
    let name = format!("a CREATE {}", "x".repeat(10_000));
    assert!(client.ask(&name).await.starts_with("a NO [LIMIT]"));
    let keywords =
        format!("a STORE 1 FLAGS ({})", (0..10_000).map(|n| format!("k{n}")).collect::<Vec<_>>().join(" "));
    assert!(client.ask(&keywords).await.starts_with("a NO [LIMIT]"));
    let long = format!("a NOOP {}", "x".repeat(300_000));
    client.send(format!("{long}\r\n").as_bytes()).await;
    assert!(client.until("* BAD").await.contains("too long"));
    assert!(client.ask("a NOOP").await.starts_with("a OK"));
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_nobody_up() {
    let ann = ann();
    for _ in 0..20 {
        append(&ann, [b"Subject: x\r\n\r\n".to_vec(), vec![b'x'; 1 << 19]].concat());
    }
    let mut slow = Client::logged_in(&ann, 1 << 12).await;
    slow.send(b"b FETCH 1:* BODY.PEEK[]\r\n").await;
    // The slow one has 10 MB coming and takes nothing; others read and write meanwhile.
    let mut other = Client::logged_in(&ann, 1 << 20).await;
    for _ in 0..20 {
        assert!(other.ask("a STORE 1:* +FLAGS.SILENT (\\Flagged)").await.starts_with("a OK"));
        assert!(other.ask("a FETCH 1:* (UID FLAGS)").await.starts_with("a OK"));
    }
    // And it gets all of it in the end.
    assert!(slow.rest_until(b"b OK FETCH completed\r\n").await > 10 << 20);
}

#[tokio::test]
async fn pipelined_commands_are_answered_in_order() {
    let ann = ann();
    for _ in 0..3 {
        append(&ann, b"Subject: x\r\n\r\n".to_vec());
    }
    let mut client = Client::logged_in(&ann, 1 << 20).await;
    client
        .send(b"a STORE 1 +FLAGS (\\Deleted)\r\nb EXPUNGE\r\nc COPY 1 Drafts\r\nd UID FETCH 1:* UID\r\ne STATUS Drafts (MESSAGES)\r\nf NOOP\r\n")
        .await;
    let mut tags = Vec::new();
    let mut lines = Vec::new();
    while tags.len() < 6 {
        let line = client.line().await;
        if !line.starts_with('*') {
            tags.push(line[..4].to_string());
        }
        lines.push(line);
    }
    assert_eq!(tags, ["a OK", "b OK", "c OK", "d OK", "e OK", "f OK"]);
    assert!(lines.contains(&"* 1 FETCH (UID 2)".to_string()), "{lines:?}");
    assert!(lines.contains(&"* STATUS Drafts (MESSAGES 1)".to_string()), "{lines:?}");
}
