//! Many IMAP clients at one mailbox: each keeps its own picture of the folder from what it is told, and
//! at checkpoints all pictures must be the same.

use crate::{LineClient, Messages};
use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

/// How a stress is run.
#[derive(Clone, Copy, Debug)]
pub struct Stress {
    /// Clients at the same time.
    pub clients: usize,
    /// How long it goes on.
    pub time: Duration,
    /// Steps of each client between two checkpoints.
    pub steps: usize,
    /// The seed of all choices.
    pub seed: u64,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// Commands answered with OK.
    pub commands: u64,
    /// Checkpoints at which all pictures agreed.
    pub checkpoints: u64,
}

/// A message as one client knows it: its UID where it was told, and its flags.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    uid: Option<u32>,
    flags: Option<BTreeSet<String>>,
}

struct Client {
    line: LineClient,
    view: Vec<Known>,
    tag: u64,
    random: Random,
    messages: Messages,
    commands: u64,
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }
}

/// Runs the stress against INBOX of one account; `connect` gives connections at their greeting.
/// Panics at the first inconsistency, naming the seed.
pub fn stress(connect: impl Fn() -> LineClient, user: &str, password: &str, how: Stress) -> Done {
    let mut clients: Vec<Client> =
        (0..how.clients).map(|at| Client::log_on(connect(), user, password, how.seed + at as u64)).collect();
    clients[0].command("CREATE Aside");
    let end = Instant::now() + how.time;
    let mut done = Done::default();
    while Instant::now() < end {
        clients = work(clients, how.steps, end);
        check(&mut clients, Client::log_on(connect(), user, password, how.seed), how.seed);
        done.checkpoints += 1;
    }
    done.commands = clients.iter().map(|client| client.commands).sum();
    done
}

/// All clients work at once, until each has done its steps.
fn work(clients: Vec<Client>, steps: usize, end: Instant) -> Vec<Client> {
    let start = Arc::new(Barrier::new(clients.len()));
    let threads = clients.into_iter().map(|mut client| {
        let start = Arc::clone(&start);
        std::thread::spawn(move || {
            start.wait();
            for _ in 0..steps {
                if Instant::now() < end {
                    client.step();
                }
            }
            client
        })
    });
    let threads: Vec<_> = threads.collect();
    threads.into_iter().map(|thread| thread.join().expect("a client found an inconsistency")).collect()
}

/// Every picture must be the one a client has that selects the folder anew.
fn check(clients: &mut [Client], mut fresh: Client, seed: u64) {
    fresh.command("FETCH 1:* (UID FLAGS)");
    for (at, client) in clients.iter_mut().enumerate() {
        client.command("NOOP");
        if !client.view.is_empty() {
            client.command("FETCH 1:* (UID FLAGS)");
        }
        let (seen, true_view) = (client.uids(), fresh.uids());
        assert_eq!(seen, true_view, "seed {seed}: client {at} has another list of UIDs");
        assert_eq!(client.view, fresh.view, "seed {seed}: client {at} has other flags");
    }
}

impl Client {
    fn log_on(mut line: LineClient, user: &str, password: &str, seed: u64) -> Client {
        line.line();
        let random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut client =
            Client { line, view: Vec::new(), tag: 0, random, messages: Messages::seeded(seed), commands: 0 };
        client.command(&format!("LOGIN {user} \"{password}\""));
        client.command("SELECT INBOX");
        client
    }

    fn uids(&self) -> Vec<Option<u32>> {
        self.view.iter().map(|known| known.uid).collect()
    }

    /// One thing a mail program might do.
    fn step(&mut self) {
        match self.random.below(12) {
            0..=2 => self.append(),
            3 | 4 => self.some("STORE", "+FLAGS (\\Seen)"),
            5 => self.some("STORE", "-FLAGS (\\Seen \\Flagged)"),
            6 => self.some("STORE", "+FLAGS.SILENT (\\Deleted)"),
            7 => self.command("EXPUNGE"),
            8 => self.some("FETCH", "(UID FLAGS BODY.PEEK[])"),
            9 => self.some("MOVE", "Aside"),
            10 => self.bring_back(),
            _ => self.command("NOOP"),
        }
    }

    fn append(&mut self) {
        let size = 200 + self.random.below(3000);
        let message = self.messages.next_of(size);
        self.tag += 1;
        let tag = format!("t{}", self.tag);
        self.line.say(&format!("{tag} APPEND INBOX (\\Flagged) {{{}+}}", message.len()));
        self.line.send(&message);
        self.line.send(b"\r\n");
        self.finish(&tag, "APPEND");
    }

    /// A command on a message or two that this client knows.
    fn some(&mut self, verb: &str, rest: &str) {
        if self.view.is_empty() {
            return self.command("NOOP");
        }
        let first = self.random.below(self.view.len()) + 1;
        let last = (first + self.random.below(3)).min(self.view.len());
        self.command(&format!("{verb} {first}:{last} {rest}"));
    }

    fn bring_back(&mut self) {
        self.command("SELECT Aside");
        if !self.view.is_empty() {
            self.command("COPY 1:* INBOX");
        }
        // Another client may have emptied it meanwhile; then there is no message 1.
        if !self.view.is_empty() {
            self.command("STORE 1:* +FLAGS.SILENT (\\Deleted)");
            self.command("EXPUNGE");
        }
        self.command("SELECT INBOX");
    }

    fn command(&mut self, command: &str) {
        self.tag += 1;
        let tag = format!("t{}", self.tag);
        if command.starts_with("SELECT") {
            self.view.clear();
        }
        self.line.say(&format!("{tag} {command}"));
        self.finish(&tag, command);
    }

    /// Takes in all that is said up to the tagged line.
    fn finish(&mut self, tag: &str, command: &str) {
        loop {
            let line = self.response();
            if let Some(answer) = line.strip_prefix(tag) {
                // NO is an answer too: another client may have taken the message away meanwhile.
                let fair = answer.starts_with(" OK") || answer.starts_with(" NO");
                assert!(fair, "{command} was answered {line}");
                self.commands += u64::from(answer.starts_with(" OK"));
                return;
            }
            self.take_in(&line);
        }
    }

    /// A response with its literals left out.
    fn response(&mut self) -> String {
        let mut response = self.line.line();
        while let Some(count) = literal(&response) {
            self.line.octets(count);
            response.push_str(&self.line.line());
        }
        response
    }

    fn take_in(&mut self, line: &str) {
        let mut words = line.splitn(4, ' ');
        let (star, number, what) = (words.next(), words.next(), words.next());
        let (Some("*"), Some(Ok(number)), Some(what)) = (star, number.map(str::parse::<usize>), what) else {
            return;
        };
        match what {
            "EXISTS" => {
                assert!(number >= self.view.len(), "EXISTS shrank from {} to {number}", self.view.len());
                self.view.resize(number, Known { uid: None, flags: None });
            }
            "EXPUNGE" => {
                assert!((1..=self.view.len()).contains(&number), "EXPUNGE {number} of {}", self.view.len());
                self.view.remove(number - 1);
            }
            "FETCH" => self.fetched(number, words.next().unwrap_or("")),
            _ => {}
        }
    }

    fn fetched(&mut self, number: usize, items: &str) {
        assert!((1..=self.view.len()).contains(&number), "FETCH {number} of {}", self.view.len());
        let known = &mut self.view[number - 1];
        if let Some(uid) = after(items, "UID ") {
            let uid: u32 =
                uid.split([' ', ')']).next().and_then(|word| word.parse().ok()).expect("a UID is a number");
            assert!(
                known.uid.is_none_or(|had| had == uid),
                "message {number} was UID {:?}, now {uid}",
                known.uid
            );
            known.uid = Some(uid);
        }
        if let Some(flags) = after(items, "FLAGS (") {
            let flags = flags.split(')').next().unwrap_or("").split_whitespace();
            known.flags = Some(
                flags.filter(|flag| !flag.eq_ignore_ascii_case("\\Recent")).map(str::to_owned).collect(),
            );
        }
    }
}

fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.find(word).map(|at| &text[at + word.len()..])
}

/// The size of the literal that a line announces at its end: `… {123}`.
fn literal(line: &str) -> Option<usize> {
    let inner = line.strip_suffix('}')?;
    inner.rsplit_once('{')?.1.parse().ok()
}
