//! Measures durable delivery: 10 KB messages straight into the store by 20 threads, whose writes share commits
//! of 20, and the same messages over SMTP by 20 connections, in turns, on the disk that holds the folder given.
//!
//!     cargo run --release -p mailstead-smtp --example delivery -- FOLDER [MESSAGES [ROUNDS]]
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use mailbox::Mailboxes;
use mailbox::directory::{Directory, Flavour, Founding, NewMailbox};
use mailbox::store::{Acceptance, Incoming, Limits, Store, To, Trace, TraceRecipient};
use mailstead_smtp::{Config, Service, door};
use net::{Admission, Drainer, Listener, Security};
use object::types::{Guid, SecureString, SmtpAddress};
use object::{Author, Clock, SystemClock};
use transport::{Place, Transport};

const CLIENTS: usize = 20;
const PEOPLE: usize = 100;
const MESSAGE_BYTES: usize = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(arguments.first().expect("say which folder to use"));
    let number = |at: usize, default: usize| arguments.get(at).map_or(default, |text| text.parse().unwrap());
    let (messages, rounds) = (number(1, 10_000), number(2, 5));
    let house = House::open(folder);
    let (mut direct, mut smtp) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let from = round * 2 * messages;
        direct.push(rate(messages, |n| house.straight(from + n)));
        smtp.push(house.over_smtp(from + messages, messages));
        println!("round {round}: store {:.0}/s, SMTP {:.0}/s", direct[round], smtp[round]);
    }
    let (direct, smtp) = (median(direct), median(smtp));
    println!("median: store {direct:.0}/s, SMTP {smtp:.0}/s, ratio {:.2}", smtp / direct);
}

struct House {
    mailboxes: Mailboxes,
    people: Vec<(SmtpAddress, Guid, Guid)>,
    address: SocketAddr,
    _drainer: Drainer,
    _runtime: tokio::runtime::Runtime,
}

impl House {
    fn open(folder: &Path) -> House {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        std::fs::create_dir_all(folder).unwrap();
        let directory = db::open(&folder.join("directory.db"), db::Holds::Records).unwrap();
        let directory = Directory::open(directory, Arc::clone(&clock), "BENCH").unwrap();
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("very Secret 1"))).unwrap();
        let store = Store::open(&folder.join("databases"), Arc::clone(&clock)).unwrap();
        let mailboxes = Mailboxes::new(directory, store).unwrap();
        mailboxes.mount_all().into_iter().for_each(|(_, mounted)| mounted.unwrap());
        let people = (0..PEOPLE).map(|n| person(&mailboxes, n)).collect();
        let queue = db::open(&folder.join("queue.db"), db::Holds::Bodies).unwrap();
        let config = transport::Config::new("bench.contoso.com");
        let transport = Transport::open(queue, Arc::new(mailboxes.clone()), clock, config).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let (drainer, drain) = Drainer::new();
        let door = door(Arc::new(transport), Service::Smtp, Config::new("bench.contoso.com"));
        let admission = Admission::new(net::Limits::default());
        let any = "127.0.0.1:0".parse().unwrap();
        let listener = runtime.block_on(Listener::bind(any, door, Security::Plain, admission)).unwrap();
        let address = listener.address();
        runtime.spawn(listener.run(drain));
        House { mailboxes, people, address, _drainer: drainer, _runtime: runtime }
    }

    fn straight(&self, number: usize) {
        let (address, mailbox, database) = &self.people[number % PEOPLE];
        let octets = message(number);
        let trace = Trace {
            id: Guid::of_u128((SystemClock.now().0 as u128 / 1000) << 80 | Guid::random().to_u128() >> 48),
            at: SystemClock.now(),
            sender: "bob@far.example".into(),
            recipients: vec![TraceRecipient {
                address: address.to_string(),
                resolved: None,
                mailbox: *mailbox,
                delivered: false,
            }],
            subject: String::new(),
            size: octets.len() as u64,
            internet_message_id: String::new(),
        };
        let to = vec![To::inbox(*mailbox, Limits::default())];
        let database = self.mailboxes.store().database(*database).unwrap();
        let answers = database.deliver(to, &Incoming::new(octets), Some(trace), Acceptance::Each).unwrap();
        assert!(answers.iter().all(Result::is_ok));
    }

    /// Messages a second over connections that stay open, one message under way on each.
    fn over_smtp(&self, from: usize, messages: usize) -> f64 {
        let began = Instant::now();
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let numbers = (client..messages).step_by(CLIENTS).map(move |n| from + n);
                scope.spawn(move || talk(self.address, numbers));
            }
        });
        messages as f64 / began.elapsed().as_secs_f64()
    }
}

fn person(mailboxes: &Mailboxes, number: usize) -> (SmtpAddress, Guid, Guid) {
    let name = format!("person{number}");
    mailboxes
        .create(&Author::new("bench", "New-Mailbox"), NewMailbox::named(&name, Flavour::Shared))
        .unwrap();
    let address = SmtpAddress::parse(&format!("{name}@contoso.com")).unwrap();
    match transport::Mailboxes::place(mailboxes, &address).unwrap() {
        Place::Mailbox { mailbox, database } => (address, mailbox, database),
        other => panic!("{address} leads to {other:?}"),
    }
}

fn rate(messages: usize, work: impl Fn(usize) + Sync) -> f64 {
    let began = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let work = &work;
            scope.spawn(move || (client..messages).step_by(CLIENTS).for_each(work));
        }
    });
    messages as f64 / began.elapsed().as_secs_f64()
}

/// Sends messages over one connection, the envelope pipelined as real servers do.
fn talk(address: SocketAddr, numbers: impl Iterator<Item = usize>) {
    let mut write = TcpStream::connect(address).unwrap();
    write.set_nodelay(true).unwrap();
    let mut read = BufReader::new(write.try_clone().unwrap());
    expect(&mut read, "220");
    write.write_all(b"EHLO client.example\r\n").unwrap();
    expect(&mut read, "250");
    for number in numbers {
        let to = number % PEOPLE;
        let envelope = format!("MAIL FROM:<bob@far.example>\r\nRCPT TO:<person{to}@contoso.com>\r\nDATA\r\n");
        write.write_all(envelope.as_bytes()).unwrap();
        ["250", "250", "354"].into_iter().for_each(|code| expect(&mut read, code));
        write.write_all(&[&message(number)[..], b".\r\n"].concat()).unwrap();
        expect(&mut read, "250");
    }
    write.write_all(b"QUIT\r\n").unwrap();
    expect(&mut read, "221");
}

/// Reads a reply to its last line.
fn expect(read: &mut impl BufRead, code: &str) {
    let mut line = String::new();
    while line.as_bytes().get(3) != Some(&b' ') {
        line.clear();
        read.read_line(&mut line).unwrap();
        assert!(line.starts_with(code), "{line}");
    }
}

/// Text that no two messages share, about as compressible as mail is.
fn message(number: usize) -> Vec<u8> {
    let mut text = format!(
        "From: bob@far.example\r\nTo: ann@contoso.com\r\nSubject: message {number}\r\n\
         Message-ID: <{number}@far.example>\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\n\r\n"
    );
    let mut seed = number as u64 + 1;
    while text.len() < MESSAGE_BYTES {
        for _ in 0..9 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(&format!("{:x} ", seed >> 40));
        }
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
