//! RCPT's question to the directory while an administrator filters everything and others change it.

use crate::table::Table;
use directory::schema::{mailbox, recipient};
use directory::{Directory, Edit, Flavour, Founding, NewMailbox, Query, kinds};
use object::filter::Filter;
use object::types::{Guid, SecureString, SmtpAddress};
use object::{Author, Declared, SystemClock, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const MAILBOXES: usize = 100_000;
/// Mailboxes in one commit.
const SLICE: usize = 500;
const LOOK_UPS: usize = 20_000;
/// Pauses between look-ups, so that they meet the others at every point of their work.
const PAUSE: Duration = Duration::from_micros(200);

/// Measures and adds a row. The server plays no part in it.
pub(crate) fn run(_binary: &str, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a directory can be made");
    let file =
        db::open(&folder.path().join("directory.db"), db::Holds::Records).expect("a database can be made");
    let directory = Directory::open(file, Arc::new(SystemClock), "BENCH").expect("it is a directory");
    let founding = Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"));
    directory.found(&founding).expect("it can be founded");
    let people: Vec<Guid> = (0..MAILBOXES).step_by(SLICE).flat_map(|from| made(&directory, from)).collect();
    let quiet = look_ups(&directory);
    let (stop, mut busy) = (AtomicBool::new(false), Vec::new());
    std::thread::scope(|scope| {
        scope.spawn(|| repeat(&stop, |_| filter(&directory)));
        scope.spawn(|| repeat(&stop, |round| rename(&directory, people[round % people.len()], round)));
        busy = look_ups(&directory);
        stop.store(true, Ordering::Relaxed);
    });
    table.row(
        "RCPT look-up beside a filter over 100,000 and a writer, 99th of 100",
        format!("{:.1} µs", at(&busy, 99)),
        format!(
            "{:.1} µs alone; middle one {:.1} µs beside {:.1} µs",
            at(&quiet, 99),
            at(&busy, 50),
            at(&quiet, 50)
        ),
        "under 1 ms",
    );
}

fn made(directory: &Directory, from: usize) -> Vec<Guid> {
    let made = directory.change(&Author::new("BENCH", "fill"), move |change| {
        let one = |number: usize| {
            let new = NewMailbox::named(&format!("Mailbox {number:06}"), Flavour::Shared);
            change.new_mailbox(&new).map(|user| user.guid())
        };
        (from..from + SLICE).map(one).collect::<object::Result<Vec<Guid>>>()
    });
    made.expect("the directory takes them")
}

fn repeat(stop: &AtomicBool, work: impl Fn(usize)) {
    (0..).take_while(|_| !stop.load(Ordering::Relaxed)).for_each(work);
}

/// One that no index serves.
fn filter(directory: &Directory) {
    let text = "DisplayName -like '*050000'";
    let filter = Filter::parse(text, &|word| mailbox::MAILBOX.filter_property(word)).expect("it is a filter");
    let query = Query { filter: Some(filter), ..Query::of(&kinds::MAILBOX) };
    assert_eq!(directory.find(&query).expect("it can be searched").count(), 1, "of {text}");
}

fn rename(directory: &Directory, who: Guid, round: usize) {
    let name = Value::from(format!("Renamed {round:06}x"));
    let edit = Edit::new(recipient::DISPLAY_NAME.spec(), &name).expect("it is a name");
    directory.set(&Author::new("BENCH", "Set-Mailbox"), who, vec![edit]).expect("it can be renamed");
}

/// How long each look-up took in microseconds, the quickest first.
fn look_ups(directory: &Directory) -> Vec<f64> {
    let (_keeps_it_open, park) = std::sync::mpsc::channel::<()>();
    let one = |round: usize| {
        // Look-ups come one by one, as clients send them.
        let _nobody = park.recv_timeout(PAUSE);
        let number = round * 7_919 % MAILBOXES;
        let address =
            SmtpAddress::parse(&format!("Mailbox{number:06}@contoso.com")).expect("it is an address");
        let start = Instant::now();
        let found = directory.by_smtp(&address);
        let took = start.elapsed().as_secs_f64() * 1e6;
        assert!(found.is_some(), "{address} leads nowhere");
        took
    };
    let mut all: Vec<f64> = (0..LOOK_UPS).map(one).collect();
    all.sort_by(f64::total_cmp);
    all
}

/// The one below which so many of a hundred are.
fn at(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}
