//! Plays the written sessions of `tests/sessions/` to the door, over a fake house of three functions.
#![allow(missing_docs, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;

use mailstead_smtp::{Config, Receiving, Service, door, submission};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result};
use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use transport::{
    Envelope, Intake, Limits, Message, Place, Receipt, Recipient, Sender, Sending, Submission, Submitter,
    Then, TraceFields, relay_denied, send_as_denied, unknown_recipient,
};

/// Knows ann, ben, carla, full (whose mailbox is) and busy at contoso.com, and far who is served elsewhere.
#[derive(Default)]
struct House {
    limits: Mutex<Limits>,
    /// Withdraws the log-on.
    withdraw: Mutex<Option<tokio::sync::watch::Sender<bool>>>,
    kept: Mutex<Vec<(Envelope, Message)>>,
}

impl Intake for House {
    fn limits(&self) -> Limits {
        *self.limits.lock()
    }

    fn recipient(&self, address: &SmtpAddress, _sender: &Sender, _size: u64) -> Result<Recipient> {
        if address.domain() != "contoso.com" {
            return Err(relay_denied());
        }
        let names = ["ann", "ben", "carla", "full", "busy", "postmaster", "grün"];
        let place = match names.iter().position(|name| *name == address.local()) {
            Some(number) => Place::Mailbox { mailbox: Guid::of_u128(number as u128), database: Guid::EMPTY },
            None if address.local().starts_with("crowd") => {
                Place::Mailbox { mailbox: Guid::of_u128(99), database: Guid::EMPTY }
            }
            None if address.local() == "far" => Place::Elsewhere(address.clone()),
            None if address.local() == "locked" => {
                return Err(Error::busy(ErrorId::Locked, "Try again later"));
            }
            None => return Err(unknown_recipient()),
        };
        Ok(Recipient { address: address.clone(), place })
    }

    fn default_domain(&self) -> Result<String> {
        Ok("contoso.com".to_owned())
    }

    fn trace_fields(&self, envelope: &Envelope) -> TraceFields {
        let received = format!("Received: with {}\r\n", envelope.client.protocol).into_bytes();
        TraceFields { id: Guid::of_u128(1), return_path: b"Return-Path: <>\r\n".to_vec(), received }
    }

    fn accept(&self, envelope: Envelope, message: Message) -> Result<Receipt> {
        let outcomes: Vec<Result<()>> =
            envelope.to.iter().map(|to| outcome(to.recipient.address.local())).collect();
        if !envelope.each && outcomes.iter().all(Result::is_err) {
            return Err(outcomes.into_iter().find_map(Result::err).unwrap());
        }
        let message_id = message.id;
        self.kept.lock().push((envelope, message));
        Ok(Receipt { id: message_id, outcomes })
    }
}

/// Knows ann, who sends at most 2 KB to at most two recipients, and nobody else.
impl Submission for House {
    fn logon(&self, user: &str, password: &str, act_as: Option<&str>, _: std::net::IpAddr, then: Then) {
        let (withdraw, cut_off) = tokio::sync::watch::channel(false);
        then(match (user, password) {
            ("ann", "secret") if act_as.is_none() => {
                *self.withdraw.lock() = Some(withdraw);
                Ok(Submitter { account: Guid::of_u128(7), name: "CONTOSO\\ann".into(), cut_off })
            }
            ("busy", _) => Err(Error::busy(ErrorId::TooManyLogonFailures, "Too many log-ons have failed.")),
            _ => Err(Error::denied(ErrorId::LogonFailed, "Logon failure.")),
        });
    }

    fn sending(&self, account: Guid, from: Option<&SmtpAddress>) -> Result<Sending> {
        if from.is_some_and(|from| from.as_str() != "ann@contoso.com") {
            return Err(send_as_denied());
        }
        let sender = Sender::Authenticated { account, address: from.cloned() };
        Ok(Sending { sender, message_bytes_max: Some(2048), recipients_max: Some(2) })
    }
}

fn outcome(local: &str) -> Result<()> {
    match local {
        "full" => Err(Error::limit(ErrorId::MailboxFull, "mailbox full")),
        "busy" => Err(Error::busy(ErrorId::DatabaseDismounted, "The database is not mounted")),
        _ => Ok(()),
    }
}

impl House {
    /// The words of the traces: `limit`, and `kept` with the envelope and octets of each message so far.
    fn word(&self, word: &str, text: &str) -> Result<(), String> {
        match word {
            "recipients" => self.limits.lock().recipients_max = text.parse().unwrap(),
            "withdraw" => drop(self.withdraw.lock().take().unwrap().send_replace(true)),
            "size" => self.limits.lock().message_bytes_max = text.parse().unwrap(),
            "kept" => {
                let shown: Vec<String> = self.kept.lock().drain(..).map(|kept| show(&kept)).collect();
                let shown = if shown.is_empty() { "nothing".to_owned() } else { shown.join("; ") };
                if shown.trim_end() != text {
                    return Err(format!("kept: {shown}"));
                }
            }
            other => return Err(format!("unknown word {other}")),
        }
        Ok(())
    }
}

fn show((envelope, message): &(Envelope, Message)) -> String {
    let from = envelope.sender.address().map_or("", |from| from.as_str());
    let to: Vec<String> = envelope
        .to
        .iter()
        .map(|to| {
            let notify = [(to.notify.success, 'S'), (to.notify.failure, 'F'), (to.notify.delay, 'D')];
            let notify: String = notify.iter().filter(|(on, _)| *on).map(|(_, letter)| letter).collect();
            let orcpt = to.orcpt.as_ref().map_or(String::new(), |orcpt| format!(" {orcpt}"));
            format!("{} {notify}{orcpt}", to.recipient.address)
        })
        .collect();
    let more = [
        envelope.content.eight_bit.then(|| "8bit".to_owned()),
        envelope.content.utf8.then(|| "utf8".to_owned()),
        envelope.ret.map(|ret| format!("{ret:?}")),
        envelope.envid.clone(),
    ];
    let more: Vec<String> = more.into_iter().flatten().collect();
    assert!(message.octets.starts_with(b"Return-Path: <>\r\nReceived: with "));
    format!("<{from}> -> [{}] {}: {}", to.join(", "), more.join(" "), message.original().escape_ascii())
}

async fn play(service: Service, trace: &str) -> Result<(), String> {
    let house = Arc::new(House::default());
    let config = Config { plain_text_logon: true, ..Config::new("mail.contoso.com") };
    let door = match service {
        Service::Submission => submission(house.clone(), house.clone(), config),
        _ => door(house.clone(), service, config),
    };
    let peer: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    net::transcript::play(door, peer, trace, &mut |word, text| house.word(word, text)).await
}

#[tokio::test]
async fn written_sessions() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
    let mut played = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let trace = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let service = match name {
            _ if name.starts_with("lmtp") => Service::Lmtp,
            _ if name.starts_with("submission") => Service::Submission,
            _ => Service::Smtp,
        };
        if let Err(wrong) = play(service, &trace).await {
            panic!("{name}, {wrong}");
        }
        played += 1;
    }
    assert!(played >= 8, "only {played} sessions were found");
}

/// A password would be read by everybody in between.
#[tokio::test]
async fn nobody_logs_on_without_tls() {
    let house = Arc::new(House::default());
    let door = submission(house.clone(), house.clone(), Config::new("mail.contoso.com"));
    let trace = "S: 220 [..]\nC: EHLO x\nS: 250-[..]\nS: 250-SIZE [..]\nS: 250-PIPELINING\nS: 250-DSN\n\
                 S: 250-ENHANCEDSTATUSCODES\nS: 250-8BITMIME\nS: 250-SMTPUTF8\nS: 250-LIMITS RCPTMAX=200\n\
                 S: 250 CHUNKING\nC: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: 538 5.7.11 [..]\n\
                 C: MAIL FROM:<ann@contoso.com>\nS: 530 5.7.57 [..]\n";
    let peer: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    let played = net::transcript::play(door, peer, trace, &mut |word, text| house.word(word, text)).await;
    assert_eq!(played, Ok(()));
}

const HELLO: &str = "S: 220 [..]
C: EHLO client.example
S: 250-mail.contoso.com Hello [192.0.2.7]
S: 250-SIZE 10485760
S: 250-PIPELINING
S: 250-DSN
S: 250-ENHANCEDSTATUSCODES
S: 250-8BITMIME
S: 250-SMTPUTF8
S: 250-LIMITS RCPTMAX=200
S: 250 CHUNKING
C: MAIL FROM:<bob@far.example>
S: 250 [..]
";

/// Line ends that other servers take for the end of a message, each with a second message behind it.
#[tokio::test]
async fn no_message_is_smuggled_in() {
    for end in
        [r"\n.\n", r"\n.\r\n", r"\r.\r", r"\r\n.\n", r"\r\n.\r", r"\r.\r\n", r"\r\n\0.\r\n", r"\r\n.\r\r\n"]
    {
        let second = r"MAIL FROM:<evil@far.example>\r\nRCPT TO:<ben@contoso.com>\r\nDATA\r\nsecond\r\n.\r\n";
        let trace = format!(
            "{HELLO}C: RCPT TO:<ann@contoso.com>\nS: 250 [..]\nC: DATA\nS: 354 [..]\n\
             C| first{end}{second}\nS: 550 5.6.0 [..]\nkept: nothing\nC: NOOP\nS: 250 [..]\n"
        );
        assert_eq!(play(Service::Smtp, &trace).await, Ok(()), "DATA {end}");
        let chunk = format!("first{end}").replace(r"\r", "\r").replace(r"\n", "\n").replace(r"\0", "\0");
        let bare = chunk.replace("\r\n", "").contains(['\r', '\n', '\0']);
        if bare {
            let trace = format!(
                "{HELLO}C: RCPT TO:<ann@contoso.com>\nS: 250 [..]\nC| BDAT {} LAST\\r\\nfirst{end}\n\
                 S: 550 5.6.0 [..]\nkept: nothing\nC: NOOP\nS: 250 [..]\n",
                chunk.len()
            );
            assert_eq!(play(Service::Smtp, &trace).await, Ok(()), "BDAT {end}");
        }
    }
}

#[tokio::test]
async fn a_local_part_of_64_kb_and_a_line_without_end() {
    let long = "a".repeat(64 << 10);
    let trace = format!(
        "{HELLO}C: RCPT TO:<{long}@contoso.com>\nS: 500 5.5.2 Line too long\nC: RCPT TO:<ann@contoso.com>\n\
         S: 250 2.1.5 [..]\nC| {}\nS: 500 5.5.2 Line too long\nS: 421 4.7.0 [..]\nS: [closed]\nkept: nothing\n",
        "a".repeat(net::FLOOD_BYTES_MAX + 10)
    );
    assert_eq!(play(Service::Smtp, &trace).await, Ok(()));
}

#[tokio::test]
async fn of_a_hundred_thousand_rcpt_only_the_limit_is_taken_and_nobody_twice() {
    let mut trace = HELLO.to_owned();
    for _ in 0..1000 {
        trace.push_str("C: RCPT TO:<ann@contoso.com>\nS: 250 2.1.5 [..]\n");
    }
    trace.push_str("recipients: 2\nC: RCPT TO:<ben@contoso.com>\nS: 250 2.1.5 [..]\n");
    for _ in 0..10 {
        let many = "C: RCPT TO:<carla@contoso.com>\n".repeat(10_000);
        let answers = "S: 452 4.5.3 Too many recipients\n".repeat(10_000);
        trace.push_str(&format!("{many}{answers}"));
    }
    trace.push_str("C: DATA\nS: 354 [..]\nC: hello\nC: .\nS: 250 [..]\n");
    trace.push_str("kept: <bob@far.example> -> [ann@contoso.com FD, ben@contoso.com FD] : hello\\r\\n\n");
    assert_eq!(play(Service::Smtp, &trace).await, Ok(()));
}

#[tokio::test]
async fn a_hundred_thousand_chunks_of_one_octet_take_constant_memory() {
    let chunks = 100_000;
    let trace = format!(
        "{HELLO}C: RCPT TO:<ann@contoso.com>\nS: 250 [..]\nsize: {chunks}\n{}{}C| BDAT 1\\r\\nx\n\
         S: 552 5.3.4 [..]\nC| BDAT 1 LAST\\r\\nx\nS: 503 [..]\nkept: nothing\n",
        "C| BDAT 1\\r\\nx\n".repeat(chunks),
        "S: 250 2.0.0 1 octets received\n".repeat(chunks),
    );
    assert_eq!(play(Service::Smtp, &trace).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_told_and_left() {
    for (said, seconds) in
        [("", 300), ("MAIL FROM:<bob@far.example>\r\nRCPT TO:<ann@contoso.com>\r\nDATA\r\n", 180)]
    {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let door = door(Arc::new(House::default()), Service::Smtp, Config::new("mail.contoso.com"));
        let peer = "192.0.2.7:4711".parse().unwrap();
        let served = tokio::spawn(door.serve(net::Connection::in_memory(theirs, peer)));
        let (mut read, mut write) = tokio::io::split(ours);
        tokio::io::AsyncWriteExt::write_all(&mut write, format!("EHLO x\r\n{said}").as_bytes())
            .await
            .unwrap();
        let began = tokio::time::Instant::now();
        let mut heard = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut read, &mut heard).await.unwrap();
        assert!(heard.ends_with("421 4.4.2 Timeout, closing transmission channel\r\n"), "{heard}");
        assert_eq!(began.elapsed().as_secs(), seconds, "{said}");
        served.await.unwrap();
    }
}

/// A client of the door, whose replies are read line by line.
fn connect(door: &Arc<dyn net::Door>, peer: &str) -> BufReader<DuplexStream> {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    tokio::spawn(Arc::clone(door).serve(net::Connection::in_memory(theirs, peer.parse().unwrap())));
    BufReader::new(ours)
}

/// Sends `text`, and gives the last line of the reply.
async fn say(talk: &mut BufReader<DuplexStream>, text: &str) -> String {
    talk.write_all(text.as_bytes()).await.unwrap();
    hear(talk).await
}

async fn hear(talk: &mut BufReader<DuplexStream>) -> String {
    loop {
        let mut line = String::new();
        talk.read_line(&mut line).await.unwrap();
        if line.as_bytes().get(3) != Some(&b'-') {
            return line.trim_end().to_owned();
        }
    }
}

/// Greets and names a sender and a recipient.
async fn begin(door: &Arc<dyn net::Door>, peer: &str) -> BufReader<DuplexStream> {
    let mut talk = connect(door, peer);
    hear(&mut talk).await;
    for command in ["EHLO x", "MAIL FROM:<bob@far.example>", "RCPT TO:<ann@contoso.com>"] {
        assert!(say(&mut talk, &format!("{command}\r\n")).await.starts_with("250"), "{command}");
    }
    talk
}

const BAD: &str = "192.0.2.7:4711";
const GOOD: &str = "192.0.2.8:4711";

/// Most of a large message and then a line a minute, sixteen times: everybody else is served, and the drip ends.
#[tokio::test(start_paused = true)]
async fn slow_senders_hold_up_nobody_and_are_cut_off() {
    let receiving = Arc::new(Receiving::new(net::Budget::new("receiving", 8 << 20), 1 << 20));
    let config = Config { receiving: Arc::clone(&receiving), ..Config::new("mail.contoso.com") };
    let door = door(Arc::new(House::default()), Service::Smtp, config);
    let line = format!("{}\r\n", "x".repeat(98));
    let mut slow = Vec::new();
    for number in 0..16 {
        let mut talk = begin(&door, BAD).await;
        if number % 2 == 0 {
            assert!(say(&mut talk, "DATA\r\n").await.starts_with("354"));
            talk.write_all(line.repeat(9_900).as_bytes()).await.unwrap();
        } else {
            talk.write_all(format!("BDAT 990000\r\n{}", line.repeat(9_900)).as_bytes()).await.unwrap();
            let reply = hear(&mut talk).await;
            assert!(reply.starts_with("250 2.0.0") || reply.starts_with("452 4.3.1"), "{reply}");
        }
        slow.push(talk);
    }
    assert!(receiving.all().used() <= 4 << 20, "one address has {} bytes", receiving.all().used());
    for (size, reply) in [(7, "250"), (500_000, "250")] {
        let mut talk = begin(&door, GOOD).await;
        assert!(say(&mut talk, "DATA\r\n").await.starts_with("354"));
        let message = format!("{}\r\n.\r\n", "x".repeat(size));
        assert!(say(&mut talk, &message).await.starts_with(reply), "{size}");
    }
    let mut small = begin(&door, BAD).await;
    assert!(say(&mut small, "DATA\r\n").await.starts_with("354"));
    assert!(say(&mut small, "x\r\n.\r\n").await.starts_with("250"));

    let drips = slow.into_iter().enumerate().map(|(number, mut talk)| async move {
        let drip: &[u8] = if number % 2 == 0 { b"x\r\n" } else { b"NOOP\r\n" };
        for minutes in 1..=4 {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            if talk.write_all(drip).await.is_err() {
                return minutes;
            }
        }
        5
    });
    let drips: Vec<_> = drips.map(tokio::spawn).collect();
    let mut cut = 0;
    for drip in drips {
        cut += usize::from(drip.await.unwrap() < 5);
    }
    assert!(cut >= 3, "only {cut} were cut off");
    assert_eq!(receiving.all().used(), 0);
}

/// Recipients take memory too: some hundred are free, more need a place in what all share.
#[tokio::test]
async fn a_crowd_of_recipients_counts() {
    let receiving = Arc::new(Receiving::new(net::Budget::new("receiving", 0), 0));
    let config = Config { receiving, ..Config::new("mail.contoso.com") };
    let door = door(Arc::new(House::default()), Service::Smtp, config);
    let mut talk = begin(&door, GOOD).await;
    let mut taken = 0;
    for number in 0..200 {
        let reply = say(&mut talk, &format!("RCPT TO:<crowd{number}@contoso.com>\r\n")).await;
        assert!(reply.starts_with("250") || reply.starts_with("452 4.3.1"), "{reply}");
        taken += usize::from(reply.starts_with("250"));
    }
    assert!((100..150).contains(&taken), "{taken} were taken");
}

/// Who tries addresses waits for each answer, then hears 421, to known recipients too.
#[tokio::test(start_paused = true)]
async fn a_harvester_is_slowed_down_and_sent_away() {
    let door = door(Arc::new(House::default()), Service::Smtp, Config::new("mail.contoso.com"));
    let (began, mut talk) = (tokio::time::Instant::now(), begin(&door, BAD).await);
    for number in 0..100 {
        let reply = say(&mut talk, &format!("RCPT TO:<nobody{number}@contoso.com>\r\n")).await;
        assert!(reply.starts_with("550 5.1.1"), "{reply}");
        let waited = 5 * u64::try_from((number - 9_i32).max(0)).unwrap();
        assert_eq!(began.elapsed().as_secs(), waited, "{number}");
    }
    assert!(say(&mut talk, "RCPT TO:<ben@contoso.com>\r\n").await.starts_with("421 4.7.0"));
    let mut again = connect(&door, BAD);
    hear(&mut again).await;
    for command in ["EHLO x", "MAIL FROM:<bob@far.example>"] {
        assert!(say(&mut again, &format!("{command}\r\n")).await.starts_with("250"));
    }
    assert!(say(&mut again, "RCPT TO:<ben@contoso.com>\r\n").await.starts_with("421 4.7.0"));
    begin(&door, GOOD).await;
    tokio::time::advance(std::time::Duration::from_secs(3600)).await;
    begin(&door, BAD).await;
}

/// Octets that mean nothing, and halves of what means something: an answer or an end, never a panic.
mod garbage {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn never_panics(words in proptest::collection::vec(proptest::sample::select(vec![
            "EHLO x\\r\\n", "MAIL FROM:<a@b.example>\\r\\n", "RCPT TO:<ann@contoso.com>\\r\\n", "DATA\\r\\n", "BDAT 3\\r\\n",
            "BDAT 99999999999999999999 LAST\\r\\n", "BDAT -1\\r\\n", "BDAT 0 LAST\\r\\n", "abc", ".\\r\\n", "\\r\\n.\\r\\n", "\\0", "\\r", "\\n",
            "MAIL FROM:<", "RCPT TO:<>", "\\xff\\xfe", " ", "LHLO x\\r\\n", "RSET\\r\\n", "NOOP\\r\\n", "STARTTLS\\r\\n", "VRFY\\r\\n", "AUTH PLAIN =\\r\\n",
        ]), 0..30)) {
            let trace = format!("S: 220 [..]\nC| {}\nC: [close]\n", words.concat());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            for service in [Service::Smtp, Service::Lmtp] {
                prop_assert_eq!(runtime.block_on(play(service, &trace)), Ok(()));
            }
        }
    }
}
