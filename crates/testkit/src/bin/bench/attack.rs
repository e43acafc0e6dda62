//! One client cannot stop the others: log-ons by the thousand, guesses at once, senders that are slow, appends that are
//! never finished, readers that do not read, and copies without measure, each with somebody who is served meanwhile.
//!
//! A debug build measures with small numbers, to see that it runs.

use crate::administration::argon2_alone;
use crate::memory::{idle, resident_kb, rested_kb};
use crate::table::{Table, median};
use mailstead_testkit::{LineClient, Options, TestServer};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How much is done.
struct Sizes {
    log_on_seconds: u64,
    proofs: usize,
    guesses: usize,
    clients: usize,
    sender_bytes: usize,
    append_bytes: usize,
    reader_bytes: usize,
    readers: usize,
    log_ons: usize,
    idle: usize,
    copied: usize,
}

const SIZES: Sizes = if cfg!(debug_assertions) {
    Sizes {
        log_on_seconds: 1,
        proofs: 4,
        guesses: 40,
        clients: 4,
        sender_bytes: 2 << 20,
        append_bytes: 8 << 20,
        reader_bytes: 8 << 20,
        readers: 4,
        log_ons: 100,
        idle: 20,
        copied: 8_000,
    }
} else {
    Sizes {
        log_on_seconds: 5,
        proofs: 100,
        guesses: 200,
        clients: 16,
        sender_bytes: 9_900 << 10,
        append_bytes: 95 << 20,
        reader_bytes: 60 << 20,
        readers: 20,
        log_ons: 1_000,
        idle: 200,
        copied: 500_000,
    }
};

/// Who logs on again and again.
const REPEATING: usize = 8;
/// The accounts that the large things belong to: each has its share of the disk.
const OWNERS: [&str; 4] = ["carla", "dan", "eva", "finn"];
const MEMORY_AIM: &str = "under 300 MB, everybody else is served";

/// Measures and adds rows.
pub(crate) fn run(binary: &str, table: &mut Table) {
    // In a server of its own: behind the others it would measure what they left and what of it goes back meanwhile.
    idle_after_log_ons(&house(binary), table);
    let server = house(binary);
    log_ons(&server, table);
    mixed(&server, table);
    senders(&server, table);
    appends(&server, table);
    readers(&server, table);
    copies(&server, table);
    // Last: this address has failed often afterwards.
    guesses(&server, table);
}

fn house(binary: &str) -> TestServer {
    let config = "[limits]\nconnections_per_address = 2000\n".to_owned();
    let server = TestServer::start_with(binary, Options { config, ..Options::default() });
    ["ann", "ben"].iter().chain(&OWNERS).for_each(|name| server.mailbox(name));
    server
}

fn log_on(server: &TestServer, user: &str, password: &str) -> (LineClient, bool) {
    let mut client = server.connect(143);
    client.line();
    let last = client.imap("a", &format!("LOGIN {user} \"{password}\"")).pop().unwrap_or_default();
    (client, last.starts_with("a OK"))
}

fn logged_on(server: &TestServer, user: &str) -> LineClient {
    let (client, good) = log_on(server, user, server.password());
    assert!(good, "{user} cannot log on");
    client
}

/// A figure of `/metrics`.
fn metric(server: &TestServer, name: &str) -> f64 {
    let url = format!("http://{}/metrics", server.address(9090));
    let page = std::process::Command::new("curl").args(["-sS", &url]).output().expect("curl runs").stdout;
    let page = String::from_utf8_lossy(&page).into_owned();
    page.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or_else(|| panic!("/metrics tells of {name}"))
}

/// Log-ons of one account from several clients, beside what argon2id alone would allow on these cores.
fn log_ons(server: &TestServer, table: &mut Table) {
    let alone = SIZES.proofs as f64 / argon2_alone(SIZES.proofs);
    drop(logged_on(server, "ann"));
    let proved = "mailstead_logons_total{result=\"proved\"} ";
    let (before, end) = (metric(server, proved), Instant::now() + Duration::from_secs(SIZES.log_on_seconds));
    let count: usize = thread::scope(|scope| {
        let again = || {
            let mut count = 0;
            while Instant::now() < end {
                logged_on(server, "ann").imap("z", "LOGOUT");
                count += 1;
            }
            count
        };
        let clients: Vec<_> = (0..REPEATING).map(|_| scope.spawn(again)).collect();
        clients.into_iter().map(|client| client.join().expect("a client logs on")).sum()
    });
    let each = count as f64 / SIZES.log_on_seconds as f64;
    table.row(
        &format!("IMAP connect, LOGIN, LOGOUT, one account, {REPEATING} clients"),
        format!("{each:.0} a second"),
        format!(
            "{:.1} × argon2id alone ({alone:.0} a second); {:.0} of them needed it",
            each / alone,
            metric(server, proved) - before
        ),
        "at least 10 ×",
    );
}

/// What people do all day, by every door: how much of it there is in a second, and how many passwords were compared for it.
fn mixed(server: &TestServer, table: &mut Table) {
    let people = ["ann", "ben", "carla", "dan"];
    people.iter().for_each(|name| drop(logged_on(server, name)));
    let proved = "mailstead_logons_total{result=\"proved\"} ";
    let (before, end) = (metric(server, proved), Instant::now() + Duration::from_secs(SIZES.log_on_seconds));
    let count: usize = thread::scope(|scope| {
        let day = |name: &'static str| {
            let mut count = 0;
            while Instant::now() < end {
                reads(server, name);
                fetches_by_pop(server, name);
                assert!(small_mail(server), "mail is taken");
                server.submit(name, &format!("{name}@contoso.com"), "eva@contoso.com", "lunch");
                count += 4;
            }
            count
        };
        let clients: Vec<_> =
            (0..REPEATING).map(|number| scope.spawn(move || day(people[number % people.len()]))).collect();
        clients.into_iter().map(|client| client.join().expect("a day passes")).sum()
    });
    table.row(
        &format!("a mixed day, {REPEATING} clients: IMAP and POP3 sessions, mail from outside, submissions"),
        format!("{:.0} a second", count as f64 / SIZES.log_on_seconds as f64),
        format!(
            "{:.0} passwords compared by argon2id for {} log-ons",
            metric(server, proved) - before,
            count * 3 / 4
        ),
        "none",
    );
}

/// An IMAP session as a telephone has it.
fn reads(server: &TestServer, name: &str) {
    let mut imap = logged_on(server, name);
    imap.append("INBOX", "\\Seen", b"Subject: kept\r\n\r\nA note.\r\n");
    imap.done("SELECT INBOX");
    imap.done("FETCH * (FLAGS BODY.PEEK[HEADER])");
    imap.done("STORE * +FLAGS.SILENT (\\Flagged)");
    imap.imap("z", "LOGOUT");
}

/// A POP3 session that looks for something new.
fn fetches_by_pop(server: &TestServer, name: &str) {
    let mut pop = server.connect(110);
    pop.line();
    for line in [format!("USER {name}"), format!("PASS {}", server.password()), "STAT".into(), "QUIT".into()]
    {
        pop.say(&line);
        let answer = pop.line();
        // One session at a time has a maildrop, as POP3 wants it. [RFC 1939 8]
        if answer.starts_with("-ERR [IN-USE]") {
            return;
        }
        assert!(answer.starts_with("+OK"), "{line}: {answer}");
    }
}

/// Somebody who works while something goes on.
struct Others {
    /// What each SELECT took, in milliseconds.
    selects: Vec<f64>,
    /// What each small APPEND took.
    appends: Vec<f64>,
    /// The most memory the server had, in MB.
    peak: f64,
}

impl Others {
    fn shown(&self) -> String {
        let slowest = |all: &[f64]| all.iter().copied().fold(0.0, f64::max);
        format!(
            "another's SELECT {:.1} ms p50, {:.0} at most; APPEND {:.1}, {:.0} ({} times)",
            median(self.selects.clone()),
            slowest(&self.selects),
            median(self.appends.clone()),
            slowest(&self.appends),
            self.selects.len()
        )
    }
}

/// Does `work` while Ben reads and writes, once more behind it, and answers what that was like.
fn meanwhile<T>(server: &TestServer, work: impl FnOnce() -> T) -> (T, Others) {
    let mut ben = logged_on(server, "ben");
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut seen = Others { selects: Vec::new(), appends: Vec::new(), peak: 0.0 };
            loop {
                let last = over.load(Ordering::Relaxed);
                let begun = Instant::now();
                assert!(ben.imap("s", "SELECT INBOX").pop().is_some_and(|line| line.starts_with("s OK")));
                seen.selects.push(begun.elapsed().as_secs_f64() * 1e3);
                let begun = Instant::now();
                ben.say("p APPEND INBOX {21+}");
                ben.send(b"Subject: x\r\n\r\nsmall\r\n\r\n");
                while !ben.line().starts_with("p OK") {}
                seen.appends.push(begun.elapsed().as_secs_f64() * 1e3);
                seen.peak = seen.peak.max(resident_kb(server.pid()) as f64 / 1024.0);
                if last {
                    return seen;
                }
            }
        });
        let done = work();
        over.store(true, Ordering::Relaxed);
        (done, watching.join().expect("somebody else is served"))
    })
}

/// A row of memory; `work` tells what became of those who did it, where that is to be known.
fn memory_row(server: &TestServer, what: &str, table: &mut Table, work: impl FnOnce() -> String) {
    let before = resident_kb(server.pid()) / 1024;
    let (became, others) = meanwhile(server, work);
    let figure = format!("{:.0} MB", others.peak);
    table.row(what, figure, format!("{before} MB before; {became}{}", others.shown()), MEMORY_AIM);
}

/// How many small messages others send while the large ones lie there.
const SMALL_ONES: usize = 20;

/// Whether a small message got in.
fn small_mail(server: &TestServer) -> bool {
    let mut smtp = server.connect(25);
    smtp.answer();
    for line in ["EHLO far.example", "MAIL FROM:<far@far.example>", "RCPT TO:<ben@contoso.com>", "DATA"] {
        smtp.ask(line);
    }
    smtp.ask("x: y\r\n\r\n.").starts_with("250")
}

/// Connections that send most of a large message, and then next to nothing.
fn senders(server: &TestServer, table: &mut Table) {
    let what = format!("{} senders that stop behind {} MB of DATA", SIZES.clients, SIZES.sender_bytes >> 20);
    let refused = "mailstead_receiving_refused_total ";
    let before = metric(server, refused);
    memory_row(server, &what, table, || {
        let line = [b'x'; 1022];
        let mut cut_off = 0;
        let open: Vec<LineClient> = (0..SIZES.clients)
            .map(|_| {
                let mut smtp = server.connect(25);
                smtp.answer();
                for line in ["EHLO far.example", "MAIL FROM:<far@far.example>", "RCPT TO:<ann@contoso.com>"] {
                    smtp.ask(line);
                }
                smtp.ask("DATA");
                for _ in 0..SIZES.sender_bytes / 1024 {
                    if !(smtp.try_send(&line) && smtp.try_send(b"\r\n")) {
                        cut_off += 1;
                        break;
                    }
                }
                smtp
            })
            .collect();
        let got_in = (0..SMALL_ONES).filter(|_| small_mail(server)).count();
        let held = metric(server, "mailstead_held_bytes{budget=\"receiving\"} ") / 1e6;
        // What is over a share is let go of at once, read to its end and answered with 452.
        let without = metric(server, refused) - before;
        drop(open);
        format!(
            "{held:.0} MB of messages held, {without:.0} senders without a share, {cut_off} cut off; {got_in} of {SMALL_ONES} small \
             messages of others got in; "
        )
    });
}

/// Appends of which the last octets never come.
fn appends(server: &TestServer, table: &mut Table) {
    let what = format!("{} unfinished APPENDs of {} MB", SIZES.clients, SIZES.append_bytes >> 20);
    memory_row(server, &what, table, || {
        let piece = noise(1 << 20);
        let open: Vec<LineClient> = (0..SIZES.clients)
            .map(|number| {
                let mut client = logged_on(server, OWNERS[number % OWNERS.len()]);
                client.say(&format!("a APPEND INBOX {{{}}}", SIZES.append_bytes));
                assert!(client.line().starts_with("+ "));
                (1..SIZES.append_bytes >> 20).for_each(|_| client.send(&piece));
                client
            })
            .collect();
        drop(open);
        String::new()
    });
}

/// Clients that ask for a large message and do not read it.
fn readers(server: &TestServer, table: &mut Table) {
    let mail = [&b"Subject: large\r\n\r\n"[..], &noise(SIZES.reader_bytes)].concat();
    let mut owner = logged_on(server, "carla");
    owner.say(&format!("a APPEND INBOX {{{}+}}", mail.len()));
    owner.send(&mail);
    owner.send(b"\r\n");
    assert!(owner.line().starts_with("a OK"));
    drop((owner, mail));
    let what = format!("{} readers of {} MB that do not read", SIZES.readers, SIZES.reader_bytes >> 20);
    memory_row(server, &what, table, || {
        let open: Vec<LineClient> = (0..SIZES.readers)
            .map(|number| {
                let mut client = logged_on(server, "carla");
                client.imap("b", "SELECT INBOX");
                let section =
                    ["BODY.PEEK[]", "BODY.PEEK[1]", "BINARY.PEEK[1]", "BODY.PEEK[TEXT]"][number % 4];
                client.say(&format!("c FETCH 1 {section}"));
                assert!(client.line().starts_with("* 1 FETCH ("));
                client
            })
            .collect();
        drop(open);
        String::new()
    });
}

/// A copy of very many messages, and a search through their text right behind it.
fn copies(server: &TestServer, table: &mut Table) {
    let mut dan = logged_on(server, "dan");
    dan.done("CREATE Many");
    for number in 0..10 {
        let mail = format!("Subject: letter {number}\r\n\r\nWords of letter {number} about plums.\r\n");
        dan.append("Many", "", mail.as_bytes());
    }
    dan.done("SELECT Many");
    let mut count = 10;
    while count * 2 <= SIZES.copied / 2 {
        say_long(&mut dan, "e", "COPY 1:* Many");
        dan.done("NOOP");
        count *= 2;
    }
    dan.done("CREATE Copies");
    let copied = format!("COPY of {count} messages, twice");
    let (seconds, others) = meanwhile(server, || {
        let begun = Instant::now();
        for tag in ["h", "i"] {
            say_long(&mut dan, tag, "COPY 1:* Copies");
        }
        begun.elapsed().as_secs_f64()
    });
    table.row(&copied, format!("{seconds:.1} s"), others.shown(), "nobody waits more than 50 ms");
    dan.done("SELECT Copies");
    let (seconds, others) = meanwhile(server, || {
        let begun = Instant::now();
        let found = say_long(&mut dan, "k", "SEARCH TEXT plums");
        let found = found
            .iter()
            .find(|line| line.starts_with("* SEARCH "))
            .map_or(0, |line| line.split(' ').count() - 2);
        assert_eq!(found, count * 2, "the search finds all of them");
        begun.elapsed().as_secs_f64()
    });
    let searched = format!("text search in those {} right behind it", count * 2);
    table.row(&searched, format!("{seconds:.1} s"), others.shown(), "nobody waits more than 50 ms");
}

/// A command whose answer takes longer than a client of tests is patient.
fn say_long(client: &mut LineClient, tag: &str, command: &str) -> Vec<String> {
    client.be_patient(Duration::from_secs(300));
    let answer = client.imap(tag, command);
    let last = answer.last().cloned().unwrap_or_default();
    assert!(last.starts_with(&format!("{tag} OK")), "{command}: {last}");
    answer
}

/// What a connection costs that only waits; the threads that compare passwords have ended before it and behind it.
fn idle_after_log_ons(server: &TestServer, table: &mut Table) {
    for _ in 0..SIZES.log_ons {
        logged_on(server, "ann").imap("z", "LOGOUT");
    }
    drop(idle(server, 1));
    let before = rested_kb(server.pid());
    let clients = idle(server, SIZES.idle);
    let after = rested_kb(server.pid());
    let each = after.saturating_sub(before) as f64 / SIZES.idle as f64;
    let what = format!("idle TLS IMAP connection after {} log-ons", SIZES.log_ons);
    let beside = format!("{} connections; {} and {} MB in all", SIZES.idle, before / 1024, after / 1024);
    table.row(&what, format!("{each:.1} KB"), beside, "under 40 KB");
    drop(clients);
}

/// Wrong passwords for many accounts, all at the same time.
fn guesses(server: &TestServer, table: &mut Table) {
    let what = format!("{} wrong log-ons at once", SIZES.guesses);
    let figures =
        ["refused", "throttled"].map(|word| format!("mailstead_logons_total{{result=\"{word}\"}} "));
    let counted = || figures.each_ref().map(|name| metric(server, name));
    let before = counted();
    memory_row(server, &what, table, || {
        thread::scope(|scope| {
            for number in 0..SIZES.guesses {
                scope.spawn(move || {
                    let (_, good) = log_on(server, &format!("nobody{number}"), "guess");
                    assert!(!good, "a guess was right");
                });
            }
        });
        let [compared, early] = counted();
        format!("{:.0} compared, {:.0} told to come later; ", compared - before[0], early - before[1])
    });
}

/// Octets that do not compress to nothing.
fn noise(bytes: usize) -> Vec<u8> {
    let (mut text, mut state) = (Vec::with_capacity(bytes + 32), 1_u64);
    while text.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        text.extend(format!("{state:x}\r\n").bytes());
    }
    text.truncate(bytes);
    text
}
