//! Durable delivery over SMTP, beside the same messages put straight into the store.

use crate::table::{Table, median};
use mailstead_testkit::{Messages, TestServer};
use object::SystemClock;
use object::types::Guid;
use std::sync::Arc;
use std::time::Instant;
use store::{Acceptance, Description, Incoming, Limits, Store, To};

const CONNECTIONS: usize = 20;
const MESSAGES: usize = 6_000;
const BYTES: usize = 10 << 10;
const ROUNDS: usize = 3;

/// Measures and adds rows; the two are measured in turn.
pub(crate) fn run(binary: &str, table: &mut Table) {
    let mut over_smtp = Vec::new();
    let mut straight = Vec::new();
    for _ in 0..ROUNDS {
        straight.push(into_the_store());
        over_smtp.push(by_smtp(binary));
    }
    let (smtp, store) = (median(over_smtp), median(straight));
    table.row(
        "durable delivery over SMTP, 10 KB, 20 connections",
        format!("{smtp:.0} a second"),
        format!(
            "{:.0} % of {store:.0} a second straight into the store in commits of 20",
            smtp / store * 100.0
        ),
        "at least 60 %",
    );
}

/// Messages a second over SMTP; each connection waits for its 250 before it sends the next.
fn by_smtp(binary: &str) -> f64 {
    let server = TestServer::start(binary);
    server.mailbox("ann");
    let start = Instant::now();
    std::thread::scope(|scope| {
        for at in 0..CONNECTIONS {
            let server = &server;
            scope.spawn(move || {
                let mut smtp = server.connect(25);
                smtp.answer();
                smtp.ask("EHLO far.example");
                let mut messages = Messages::seeded(at as u64 + 1);
                for _ in 0..MESSAGES / CONNECTIONS {
                    let mut text = messages.next_of(BYTES);
                    text.extend(b".\r\n");
                    // One packet for the envelope, as every client that knows PIPELINING sends it.
                    smtp.say("MAIL FROM:<far@far.example>\r\nRCPT TO:<ann@contoso.com>\r\nDATA");
                    let answers = [smtp.answer(), smtp.answer(), smtp.answer()];
                    assert!(answers[2].starts_with("354"), "{answers:?}");
                    smtp.send(&text);
                    let answer = smtp.answer();
                    assert!(answer.starts_with("250"), "{answer}");
                }
            });
        }
    });
    MESSAGES as f64 / start.elapsed().as_secs_f64()
}

/// Messages a second put straight into a mailbox database of their own by as many threads as the other
/// side has connections, so that a commit carries up to that many.
fn into_the_store() -> f64 {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let store = Store::open(folder.path(), Arc::new(SystemClock)).expect("a store can be opened");
    let database = store.mount(Guid::random()).expect("a database can be made");
    let mailbox = Guid::random();
    let description = Description { display_name: "Ann".into(), ..Description::default() };
    database.create_mailbox(mailbox, &description).expect("a mailbox can be made");
    let start = Instant::now();
    std::thread::scope(|scope| {
        for at in 0..CONNECTIONS {
            let database = &database;
            scope.spawn(move || {
                let mut messages = Messages::seeded(at as u64 + 1);
                for _ in 0..MESSAGES / CONNECTIONS {
                    let message = Incoming::new(messages.next_of(BYTES));
                    let to = vec![To::inbox(mailbox, Limits::default())];
                    let delivered =
                        database.deliver(to, &message, None, Acceptance::Each).expect("the disk takes it");
                    assert!(delivered.iter().all(Result::is_ok));
                }
            });
        }
    });
    MESSAGES as f64 / start.elapsed().as_secs_f64()
}
