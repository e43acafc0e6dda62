//! Inputs that have brought other mail servers down: each gets an answer, and the session goes on.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use mailbox::store::{
    Append, Database, Description, Flags, Incoming, Limits, Mailbox, Store, TargetFolder, WellKnown,
};
use mailstead_imap::{Alone, Config, LogOn, Logon, Room, door};
use object::types::Guid;
use object::{Result, SystemClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;

struct Ann {
    _database: Database,
    mailbox: Mailbox,
    never: watch::Sender<bool>,
}

fn anybody(ann: &Arc<Ann>) -> LogOn {
    let ann = Arc::clone(ann);
    Arc::new(move |attempt, then| {
        let limits = Arc::new(|| Ok(Limits::default()));
        let (name, mailbox, cut_off) = (attempt.user.into(), ann.mailbox.clone(), ann.never.subscribe());
        then(Ok(Box::new(|| {
            Ok(Logon { name, mailbox, limits, cut_off, neighbours: Arc::new(Alone), acl: None })
        })));
    })
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
    ann.mailbox.append(TargetFolder::Known(WellKnown::Inbox), vec![item], Limits::default()).unwrap();
}

fn door_of(ann: &Arc<Ann>) -> Arc<dyn net::Door> {
    let config = Config { name: "x".into(), allow_plain_text: false, room: Room::default() };
    door(anybody(ann), Arc::new(SystemClock), config)
}

/// A client over a pipe of `room` octets, past its greeting.
struct Client(DuplexStream);

impl Client {
    async fn connect(ann: &Arc<Ann>, room: usize) -> Client {
        Client::through(&door_of(ann), room).await
    }

    async fn through(door: &Arc<dyn net::Door>, room: usize) -> Client {
        let door = Arc::clone(door);
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
    assert!(client.ask(&long).await.starts_with("a BAD The line is too long"));
    // What a line that was too long announces is not taken for commands.
    let long = format!("{long} {{10+}}\r\nb LOGOUT\r\n");
    assert!(client.ask(&long).await.starts_with("a BAD The line is too long"));
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
async fn large_contents_come_and_go_in_pieces_and_are_whole() {
    let ann = ann();
    let lines = "QUJD".repeat(19);
    let encoded = format!("{lines}\r\n").repeat(30_000);
    let decoded = "ABC".repeat(19 * 30_000);
    let text = "b (\0".repeat(100_000);
    let mail = format!(
        "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--b\r\n\r\n{text}\r\n--b--\r\n"
    );
    let mut client = Client::logged_in(&ann, 1 << 16).await;
    client.send(format!("a APPEND INBOX {{{}+}}\r\n{mail}\r\n", mail.len()).as_bytes()).await;
    assert!(client.until("a ").await.starts_with("a OK"));
    client.ask("a NOOP").await;
    let shown = |text: &str| text.replace('\0', "\u{1}").into_bytes();
    let literal = |text: &str| [format!("{{{}}}\r\n", text.len()).into_bytes(), shown(text)].concat();
    let header = mail.find("\r\n\r\n").unwrap() + 4;
    let mut expected = b"* 1 FETCH (BODY[] ".to_vec();
    expected.extend(literal(&mail));
    expected.extend(b" BODY[1] ");
    expected.extend(literal(&encoded));
    expected.extend(b" BINARY[1] ");
    expected.extend(literal(&decoded));
    expected.extend(b" BODY[2] ");
    expected.extend(literal(&text));
    expected.extend(b" UID 1 BODY[TEXT]<5> ");
    expected.extend(literal(&mail[header + 5..header + 700_005]));
    expected.extend(b" BINARY.SIZE[1] ");
    expected.extend(decoded.len().to_string().bytes());
    expected.extend(b")\r\na OK FETCH completed\r\n");
    client
        .send(b"a FETCH 1 (BODY.PEEK[] BODY.PEEK[1] BINARY.PEEK[1] BODY.PEEK[2] UID BODY.PEEK[TEXT]<5.700000> BINARY.SIZE[1])\r\n")
        .await;
    let mut heard = vec![0; expected.len()];
    let read = client.0.read_exact(&mut heard);
    tokio::time::timeout(Duration::from_secs(60), read).await.unwrap().unwrap();
    heard.iter_mut().filter(|octet| **octet == 0x80).for_each(|octet| *octet = 1);
    let first = heard.iter().zip(&expected).position(|(a, b)| a != b);
    assert_eq!(
        first,
        None,
        "{:?}",
        first.map(|at| String::from_utf8_lossy(&heard[at.saturating_sub(60)..][..120]).into_owned())
    );
    client.send(b"a FETCH 1 BINARY.PEEK[2]\r\n").await;
    assert_eq!(client.line().await, format!("* 1 FETCH (BINARY[2] ~{{{}}}", text.len()));
}

#[tokio::test]
async fn what_is_too_much_is_refused_and_the_session_goes_on() {
    let ann = ann();
    let door = door_of(&ann);
    let mut client = Client::through(&door, 1 << 16).await;
    client.ask("a LOGIN ann pw").await;
    // An account has a gigabyte of disk for what is coming in: ten clients that never end their APPEND.
    let mut others = Vec::new();
    for _ in 0..10 {
        let mut other = Client::through(&door, 1 << 16).await;
        other.ask("a LOGIN ann pw").await;
        other.send(b"a APPEND INBOX {104857600}\r\n").await;
        other.until("+ OK").await;
        other.send(&[b'x'; 1000]).await;
        others.push(other);
    }
    assert!(client.ask("a APPEND INBOX {104857600}").await.starts_with("a NO [LIMIT]"));
    client.send(b"a APPEND INBOX {11+}\r\nA: b\r\n\r\nabc\r\n").await;
    assert!(client.until("a ").await.starts_with("a OK"), "small ones get in");
    drop(others);
    let again = async {
        loop {
            client.send(b"a APPEND INBOX {104857600}\r\n").await;
            let line = client.line().await;
            if line.starts_with("+ ") {
                return;
            }
            assert!(line.starts_with("a NO [LIMIT]"), "{line}");
        }
    };
    // What the others held is given back when the server has seen that they are gone.
    tokio::time::timeout(Duration::from_secs(60), again).await.unwrap();
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

/// Commands that are nearly right: whatever stands in them, the task that serves them does not panic and comes to its end.
mod nearly_right {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    const COMMANDS: &[&str] = &[
        "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[1.2.HEADER.FIELDS (TO)]<3.9>)",
        "UID FETCH 1,2:*,$ (BINARY.PEEK[1]<0.5> BINARY.SIZE[2] PREVIEW (LAZY) MODSEQ EMAILID) (CHANGEDSINCE 3 VANISHED)",
        "STORE 1:2 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen $Junk a)",
        "UID SEARCH RETURN (MIN MAX COUNT ALL SAVE) CHARSET UTF-8 OR NOT (SEEN LARGER 3) HEADER X \"a\\\"b\" SINCE 1-Feb-2026",
        "SEARCH TEXT {3+}\r\nabc MODSEQ \"/flags/\\\\draft\" all 620 YOUNGER 5 UID 1:4294967295",
        "SORT RETURN (COUNT) (REVERSE SUBJECT DATE DISPLAYFROM) UTF-8 ALL",
        "THREAD REFERENCES UTF-8 SUBJECT \"x\"",
        "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (\"%\" \"In*\") RETURN (CHILDREN SPECIAL-USE STATUS (MESSAGES SIZE))",
        "STATUS INBOX (MESSAGES UIDNEXT HIGHESTMODSEQ DELETED MAILBOXID)",
        "APPEND INBOX (\\Seen a) \"21-Nov-2026 08:00:00 +0100\" {9+}\r\nA: b\r\n\r\nx (\\Draft) ~{3+}\r\n\u{1}\u{2}\u{3}",
        "SELECT INBOX (QRESYNC (1 2 1:5 (1,2 1,2)))",
        "CREATE a/Entw&APw-rfe/c",
        "RENAME a/Entw&APw-rfe b",
        "MOVE 1 Archive",
        "UID COPY 1:* \"Archive\"",
        "UID EXPUNGE 1:3",
        "ENABLE CONDSTORE QRESYNC UTF8=ACCEPT",
        "ID (\"name\" \"x\" \"os\" NIL)",
        "GETQUOTAROOT \"INBOX\"",
        "LSUB \"\" *",
        "IDLE",
        "DELETE b",
    ];

    #[derive(Clone, Debug)]
    enum Change {
        Cut(Index, usize),
        Put(Index, &'static [u8]),
        Byte(Index, u8),
        Twice(Index, Index),
    }

    fn change() -> impl Strategy<Value = Change> {
        let pieces: Vec<&[u8]> = vec![
            b"(",
            b")",
            b"[",
            b"]",
            b"<",
            b"{",
            b"{1+}\r\n",
            b"\"",
            b"\\",
            b"*",
            b":",
            b",",
            b"$",
            b"  ",
            b"\r\n",
            b"\n",
        ];
        let more: Vec<&[u8]> = vec![
            b"0",
            b"-1",
            b"4294967296",
            b"99999999999999999999",
            b"NIL",
            b"~{2+}\r\n",
            b"\0",
            b"\xff\xfe",
            b"\xc3\xa4",
            b"&-",
            b"/",
        ];
        prop_oneof![
            (any::<Index>(), 1usize..20).prop_map(|(at, count)| Change::Cut(at, count)),
            (any::<Index>(), select([pieces, more].concat())).prop_map(|(at, piece)| Change::Put(at, piece)),
            (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
            (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Twice(from, to)),
        ]
    }

    fn changed((command, changes): (&str, Vec<Change>)) -> Vec<u8> {
        let mut bytes = command.as_bytes().to_vec();
        for change in changes {
            match change {
                _ if bytes.is_empty() => {}
                Change::Cut(at, count) => {
                    let at = at.index(bytes.len());
                    bytes.drain(at..(at + count).min(bytes.len()));
                }
                Change::Put(at, piece) => {
                    let at = at.index(bytes.len());
                    bytes.splice(at..at, piece.iter().copied());
                }
                Change::Byte(at, byte) => *at.get_mut(&mut bytes) = byte,
                Change::Twice(from, to) => {
                    let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
                    let piece = bytes[from.min(to)..from.max(to)].to_vec();
                    bytes.splice(to..to, piece);
                }
            }
        }
        bytes
    }

    /// What the server said; an error if the task that served panicked.
    async fn talk(commands: Vec<Vec<u8>>) -> Result<String, tokio::task::JoinError> {
        let ann = ann();
        for number in 0..3 {
            append(
                &ann,
                format!("Subject: {number}\r\nContent-Type: text/plain\r\n\r\ntext\r\n").into_bytes(),
            );
        }
        let config = Config { name: "x".into(), allow_plain_text: false, room: Room::default() };
        let door = door(anybody(&ann), Arc::new(SystemClock), config);
        let (client, server) = tokio::io::duplex(1 << 16);
        let served = tokio::spawn(door.serve(net::Connection::in_memory(server, ([127, 0, 0, 1], 1).into())));
        let (mut reader, mut writer) = tokio::io::split(client);
        let say = async move {
            let begin: [&[u8]; 2] = [b"LOGIN ann pw", b"SELECT INBOX"];
            for command in begin.into_iter().chain(commands.iter().map(Vec::as_slice)) {
                // The server may have had enough.
                let _sent = writer.write_all(&[b"a ", command, b"\r\n"].concat()).await.is_ok();
            }
            let _ended = writer.shutdown().await.is_ok();
        };
        let mut heard = Vec::new();
        let listen = async { reader.read_to_end(&mut heard).await.is_ok() };
        let both = async { tokio::join!(say, listen) };
        tokio::time::timeout(Duration::from_secs(60), both).await.expect("the session comes to its end");
        served.await.map(|()| String::from_utf8_lossy(&heard).into_owned())
    }

    proptest! {
        #[test]
        fn commands_are_answered_or_end_the_session(
            commands in proptest::collection::vec(
                (select(COMMANDS), proptest::collection::vec(change(), 0..4)).prop_map(changed),
                1..10,
            )
        ) {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            let said = runtime.block_on(talk(commands));
            // A worker thread that panics is answered with this code.
            prop_assert!(said.as_ref().is_ok_and(|said| !said.contains("[SERVERBUG]")), "{:?}", said);
        }
    }
}
