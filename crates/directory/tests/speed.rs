//! Figures of the directory, printed on demand and never judged:
//! `cargo test -p mailstead-directory --test speed -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

use mailstead_directory::schema::{mailbox, recipient};
use mailstead_directory::*;
use object::filter::Filter;
use object::types::SecureString;
use object::{Author, SystemClock};
use std::sync::Arc;
use std::time::Duration;

/// The time that this thread was on a processor: other work on the machine does not count.
fn busy() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0))
}

fn shown(what: &str, count: usize, from: Duration) {
    let all = busy() - from;
    let (whole, each) = (all.as_secs_f64() * 1e3, all.as_secs_f64() * 1e6 / count as f64);
    println!("{what}: {whole:.1} ms ({each:.2} µs each of {count})");
}

#[test]
#[ignore = "figures, not a test"]
fn a_hundred_thousand_mailboxes() {
    const MAILBOXES: usize = 100_000;
    let db = db::memory().unwrap();
    let directory = Directory::open(db.clone(), Arc::new(SystemClock), "srv1").unwrap();
    directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let from = busy();
    for start in (0..MAILBOXES).step_by(500) {
        let work = move |change: &mut Change<'_>| {
            (start..start + 500).try_for_each(|number| {
                change
                    .new_mailbox(&NewMailbox::named(&format!("Mailbox {number:06}"), Flavour::Shared))
                    .map(drop)
            })
        };
        directory.change(&Author::new("bench", "New-Mailbox"), work).unwrap();
    }
    shown("creating, 500 to a change", MAILBOXES, from);
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", memory.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default());
    let from = busy();
    let again = Directory::open(db, Arc::new(SystemClock), "srv1").unwrap();
    shown("opening", again.len(), from);
    let from = busy();
    shown("finding all", directory.find(&Query::of(&kinds::MAILBOX)).unwrap().count(), from);
    let found = directory.find(&Query::of(&kinds::MAILBOX)).unwrap();
    let (from, mut values) = (busy(), 0);
    for object in directory.objects(found, &mailbox::MAILBOX) {
        values += object.properties().len();
    }
    shown("objects of all", MAILBOXES, from);
    println!("{} values an object", values / MAILBOXES);
    let from = busy();
    let findings = directory.sync_findings(None).unwrap().len();
    shown("readiness for a synchronisation", MAILBOXES, from);
    println!("{findings} findings");
    let id = directory.resolve_text(&kinds::MAILBOX, "Mailbox 050000").unwrap();
    let forms = [
        "Mailbox 050000".to_owned(),
        "Mailbox050000@contoso.com".to_owned(),
        "contoso.com/Users/Mailbox 050000".to_owned(),
        "CN=Mailbox 050000,CN=Users,DC=contoso,DC=com".to_owned(),
        id.guid().to_string(),
        id.get(&recipient::LEGACY_EXCHANGE_DN).unwrap(),
        "CONTOSO\\Mailbox050000".to_owned(),
    ];
    let from = busy();
    for _ in 0..1000 {
        for form in &forms {
            directory.resolve_text(&kinds::MAILBOX, form).unwrap();
        }
    }
    shown("one by any identity", 7000, from);
    for text in [
        "Alias -eq 'Mailbox050000'",
        "DisplayName -like '*050000'",
        "RecipientTypeDetails -eq 'SharedMailbox'",
    ] {
        let filter = Filter::parse(text, &|word| mailbox::MAILBOX.filter_property(word)).unwrap();
        let query = Query { filter: Some(filter), ..Query::of(&kinds::MAILBOX) };
        let from = busy();
        let count = directory.find(&query).unwrap().count();
        shown(text, count.max(1), from);
    }
    let from = busy();
    assert_eq!(directory.verify().unwrap(), []);
    shown("verify", MAILBOXES, from);
}
