//! Plays the written sessions of `tests/sessions/` to the door, over a fake house with one mailbox.
#![allow(missing_docs, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;

use mailstead_pop3::{Config, Entry, LogOn, Logon, Maildrop, door};
use object::types::Guid;
use object::{Error, ErrorId, Result};
use parking_lot::Mutex;
use tokio::sync::watch;

/// Ann's Inbox: UID and octets. `broken` makes deleting fail.
struct Inbox {
    mail: Mutex<Vec<(u32, Vec<u8>)>>,
    broken: Mutex<bool>,
    off: watch::Sender<bool>,
}

impl Inbox {
    fn new() -> Arc<Inbox> {
        let mail = [
            (3, b"Subject: one\r\n\r\nfirst\r\n.dot\r\n".to_vec()),
            (5, b"Subject: two\r\n\r\nsecond".to_vec()),
            (9, "Subject: grün\r\n\r\n".into()),
        ];
        Arc::new(Inbox {
            mail: Mutex::new(mail.into()),
            broken: Mutex::new(false),
            off: watch::channel(false).0,
        })
    }

    /// The words of the traces.
    fn word(&self, word: &str, text: &str) -> Result<(), String> {
        match word {
            "inbox" => {
                let uids: Vec<String> = self.mail.lock().iter().map(|(uid, _)| uid.to_string()).collect();
                if uids.join(" ") != text {
                    return Err(format!("inbox: {}", uids.join(" ")));
                }
            }
            "arrives" => self.mail.lock().push((text.parse().unwrap(), b"\r\nnew\r\n".to_vec())),
            "vanishes" => self.mail.lock().retain(|(uid, _)| uid.to_string() != text),
            "broken" => *self.broken.lock() = text == "yes",
            "pop" => drop(self.off.send_replace(text == "off")),
            other => return Err(format!("unknown word {other}")),
        }
        Ok(())
    }
}

struct Shown(Arc<Inbox>);

fn shown(inbox: &Arc<Inbox>) -> LogOn {
    let inbox = Arc::clone(inbox);
    Arc::new(move |attempt, then| {
        if (attempt.user, attempt.password, attempt.act_as) != ("ann", "very secret", None) {
            return then(Err(Error::denied(ErrorId::LogonFailed, "no")));
        }
        let (maildrop, cut_off) = (Arc::new(Shown(Arc::clone(&inbox))), inbox.off.subscribe());
        then(Ok(Box::new(|| Ok(Logon { name: "ann".into(), maildrop, cut_off }))));
    })
}

impl Maildrop for Shown {
    fn mailbox(&self) -> Guid {
        Guid::of_u128(1)
    }
    fn entries(&self, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<u32> {
        let mail = self.0.mail.lock();
        mail.iter().try_for_each(|(uid, octets)| each(Entry { uid: *uid, size: octets.len() as u64 }))?;
        Ok(77)
    }
    fn octets(&self, uid: u32, range: Range<u64>) -> Result<Vec<u8>> {
        let mail = self.0.mail.lock();
        let found = mail.iter().find(|(known, _)| *known == uid);
        let (_, octets) = found.ok_or_else(|| Error::not_found(ErrorId::ItemNotFound, "It is gone."))?;
        let end = octets.len().min(range.end as usize);
        Ok(octets[(range.start as usize).min(end)..end].to_vec())
    }
    fn delete(&self, uids: &[u32]) -> Result<()> {
        if *self.0.broken.lock() {
            return Err(Error::busy(ErrorId::DiskFull, "The disk is full."));
        }
        self.0.mail.lock().retain(|(uid, _)| !uids.contains(uid));
        Ok(())
    }
}

fn config() -> Config {
    Config::new("mail.contoso.com")
}

async fn play(inbox: &Arc<Inbox>, door: Arc<dyn net::Door>, trace: &str) -> Result<(), String> {
    let peer: SocketAddr =
        if trace.starts_with("# far") { "192.0.2.7:4711" } else { "127.0.0.1:4711" }.parse().unwrap();
    net::transcript::play(door, peer, trace, &mut |word, text| inbox.word(word, text)).await
}

#[tokio::test]
async fn written_sessions() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
    let mut played = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let trace = std::fs::read_to_string(&path).unwrap();
        let inbox = Inbox::new();
        let door = door(shown(&inbox), config());
        if let Err(wrong) = play(&inbox, door, &trace).await {
            panic!("{}, {wrong}", path.display());
        }
        played += 1;
    }
    assert!(played >= 6, "only {played} sessions were found");
}

const LOGON: &str = "S: +OK [..]\nC: USER ann\nC: PASS very secret\nS: +OK [..]\n";

#[tokio::test]
async fn one_session_at_a_time_has_the_maildrop() {
    let inbox = Inbox::new();
    let door = door(shown(&inbox), config());
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let peer = "127.0.0.1:4711".parse().unwrap();
    let first = tokio::spawn(Arc::clone(&door).serve(net::Connection::in_memory(theirs, peer)));
    let (read, mut write) = tokio::io::split(ours);
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(read));
    tokio::io::AsyncWriteExt::write_all(&mut write, b"USER ann\r\nPASS very secret\r\n").await.unwrap();
    while !lines.next_line().await.unwrap().unwrap().starts_with("+OK 3") {}
    let refused = format!("{LOGON}S: -ERR [IN-USE] [..]\n");
    assert_eq!(play(&inbox, Arc::clone(&door), &refused).await, Ok(()));
    // The first goes without QUIT: its lock goes with it, and nothing is deleted.
    tokio::io::AsyncWriteExt::write_all(&mut write, b"DELE 1\r\n").await.unwrap();
    lines.next_line().await.unwrap();
    drop((lines, write));
    first.await.unwrap();
    let taken = format!("{LOGON}S: +OK 3 messages\ninbox: 3 5 9\n");
    assert_eq!(play(&inbox, door, &taken).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_is_logged_off_and_nothing_is_deleted() {
    for (said, seconds) in [("", 180), ("USER ann\r\nPASS very secret\r\nDELE 1\r\n", 600)] {
        let inbox = Inbox::new();
        let door = door(shown(&inbox), config());
        let (mut ours, theirs) = tokio::io::duplex(1 << 16);
        let peer = "127.0.0.1:4711".parse().unwrap();
        let served = tokio::spawn(door.serve(net::Connection::in_memory(theirs, peer)));
        tokio::io::AsyncWriteExt::write_all(&mut ours, said.as_bytes()).await.unwrap();
        let began = tokio::time::Instant::now();
        let mut heard = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut ours, &mut heard).await.unwrap();
        assert!(heard.ends_with("-ERR [SYS/TEMP] Idle for too long\r\n"), "{heard}");
        assert_eq!(began.elapsed().as_secs(), seconds);
        served.await.unwrap();
        assert_eq!(inbox.word("inbox", "3 5 9"), Ok(()));
    }
}

#[tokio::test]
async fn a_sasl_response_of_half_a_megabyte_stops_that_log_on_only() {
    let inbox = Inbox::new();
    let door = door(shown(&inbox), config());
    let trace = format!(
        "S: +OK [..]\nC: AUTH PLAIN\nS: + \nC: {}\nS: -ERR That is not base64\n\
         C: AUTH PLAIN AGFubgB2ZXJ5IHNlY3JldA==\nS: +OK 3 messages\n",
        "QUFB".repeat(128 << 10)
    );
    assert_eq!(play(&inbox, door, &trace).await, Ok(()));
}

#[tokio::test]
async fn a_large_message_comes_out_as_it_went_in() {
    let inbox = Inbox::new();
    let body: Vec<u8> =
        (0..40_000).flat_map(|n| format!(".{n} {}\r\n", "x".repeat(n % 90)).into_bytes()).collect();
    inbox.mail.lock().push((12, body.clone()));
    let door = door(shown(&inbox), config());
    let (mut ours, theirs) = tokio::io::duplex(1 << 16);
    let peer = "127.0.0.1:4711".parse().unwrap();
    let served = tokio::spawn(door.serve(net::Connection::in_memory(theirs, peer)));
    let said = b"USER ann\r\nPASS very secret\r\nRETR 4\r\nQUIT\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut ours, said).await.unwrap();
    let mut heard = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut ours, &mut heard).await.unwrap();
    served.await.unwrap();
    let heard = String::from_utf8(heard).unwrap();
    let (_, message) = heard.split_once(&format!("+OK {} octets\r\n", body.len())).unwrap();
    let (message, _) = message.split_once("\r\n.\r\n").unwrap();
    let plain: String =
        message.lines().map(|line| format!("{}\r\n", line.strip_prefix('.').unwrap())).collect();
    assert!(plain.as_bytes() == body);
}

/// What POP3 makes us hold is the account's, and what others hold of it is missing here.
#[tokio::test]
async fn a_client_costs_its_account_a_piece_and_hears_when_there_is_none() {
    let inbox = Inbox::new();
    inbox.mail.lock().push((12, vec![b'x'; 3 << 20]));
    let clients = net::Clients::new(net::Budget::new("server", 256 << 20));
    let (config, imap) = (Config { memory: clients.door("pop3"), ..config() }, clients.door("imap"));
    let memory = config.memory.clone();
    let door = door(shown(&inbox), config);
    let elsewhere = imap.of_account("ann").take((64 << 20) - (300 << 10)).unwrap();
    let refused =
        format!("{LOGON}S: +OK 4 messages\nC: RETR 4\nS: -ERR [SYS/TEMP] [..]\nC: RETR 1\nS: +OK [..]\n");
    let refused = refused + "S: Subject: one\nS: \nS: first\nS: ..dot\nS: .\n";
    assert_eq!(play(&inbox, Arc::clone(&door), &refused).await, Ok(()));
    drop(elsewhere);
    let (mut ours, theirs) = tokio::io::duplex(1 << 10);
    let served =
        tokio::spawn(door.serve(net::Connection::in_memory(theirs, "127.0.0.1:4711".parse().unwrap())));
    let said = b"USER ann\r\nPASS very secret\r\nRETR 4\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut ours, said).await.unwrap();
    let mut heard = Vec::new();
    while !heard.windows(8).any(|octets| octets == b"xxxxxxxx") {
        tokio::io::AsyncReadExt::read_buf(&mut ours, &mut heard).await.unwrap();
    }
    let held = memory.door().used();
    assert!((512 << 10..600 << 10).contains(&held), "{held}");
    drop(ours);
    served.await.unwrap();
    assert_eq!((memory.door().used(), clients.all().used()), (0, 0));
}

#[tokio::test]
async fn a_list_of_many_messages_comes_in_pieces_and_whole() {
    let inbox = Inbox::new();
    *inbox.mail.lock() = (1..=3_500).map(|uid| (uid, b"x".to_vec())).collect();
    let door = door(shown(&inbox), config());
    let (mut ours, theirs) = tokio::io::duplex(1 << 10);
    let served =
        tokio::spawn(door.serve(net::Connection::in_memory(theirs, "127.0.0.1:4711".parse().unwrap())));
    let said = b"USER ann\r\nPASS very secret\r\nDELE 1000\r\nLIST\r\nUIDL\r\nQUIT\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut ours, said).await.unwrap();
    let mut heard = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut ours, &mut heard).await.unwrap();
    served.await.unwrap();
    let left = || (1..=3_500).filter(|number| *number != 1_000);
    let sizes: String = left().map(|number| format!("{number} 1\r\n")).collect();
    let ids: String = left().map(|number| format!("{number} 77.{number}\r\n")).collect();
    assert!(heard.contains(&format!("sizes follow\r\n{sizes}.\r\n+OK ids follow\r\n{ids}.\r\n")), "{heard}");
}

/// Octets that mean nothing, and halves of what means something: an answer or an end, never a panic.
mod garbage {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn never_panics(words in proptest::collection::vec(proptest::sample::select(vec![
            "USER ann\\r\\n", "PASS very secret\\r\\n", "RETR 1\\r\\n", "RETR 99999999999999999999\\r\\n", "TOP 1 18446744073709551615\\r\\n",
            "TOP 0 0\\r\\n", "DELE 3\\r\\n", "UIDL -1\\r\\n", "LIST +1\\r\\n", "AUTH PLAIN\\r\\n", "AUTH LOGIN =\\r\\n", "*\\r\\n", "STLS\\r\\n",
            "QUIT", "\\r\\n", "\\n", "\\0", "\\xff", " ", "CAPA\\r\\n", "STAT\\r\\n", "RSET\\r\\n", "AHVzZXIAcA==\\r\\n",
        ]), 0..30)) {
            let trace = format!("S: +OK [..]\nC| {}\nC: [close]\n", words.concat());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let inbox = Inbox::new();
            let door = door(shown(&inbox), config());
            prop_assert_eq!(runtime.block_on(play(&inbox, door, &trace)), Ok(()));
        }
    }
}
