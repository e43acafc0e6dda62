//! How fast the store is on this machine: durable deliveries, and a walk over a folder of 250,000 items.
//!
//!     cargo run --release -p mailstead-store --example rate [DIRECTORY]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use mailstead_store::*;
use object::types::Guid;
use object::{Result, SystemClock};

/// What real text mail looks like to a compressor: words, not random bytes and not one line again and again.
fn letter(seed: u64, bytes: usize) -> Incoming {
    let mut text = format!(
        "From: Ann Berg <ann@contoso.com>\r\nTo: Ben Dahl <ben@contoso.com>\r\nSubject: Report {seed}\r\n\
         Message-ID: <{seed}@contoso.com>\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\n\r\n"
    );
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    while text.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let word = state % 4_000;
        text.push_str(&format!(
            "{}{} ",
            ["pro", "con", "inter", "re", "trans"][(word % 5) as usize],
            word / 5
        ));
        if state.is_multiple_of(11) {
            text.push_str("\r\n");
        }
    }
    Incoming::new(text.into_bytes())
}

fn deliveries(database: &Database, mailboxes: &[Guid], threads: usize, name: &str) -> Result<()> {
    let letters: Vec<Incoming> = (0..200).map(|n| letter(n + threads as u64 * 1_000, 10_000)).collect();
    let (next, started, span) = (AtomicU32::new(0), Instant::now(), Duration::from_secs(4));
    let written = written_bytes();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while started.elapsed() < span {
                    let number = next.fetch_add(1, Relaxed) as usize;
                    // Rendered anew, as each real one is; every body is another one.
                    let mut raw = letters[number % letters.len()].raw().to_vec();
                    raw.extend(format!("{name} {number}\r\n").into_bytes());
                    let to = vec![To::inbox(mailboxes[number % mailboxes.len()], Limits::default())];
                    let answers = database
                        .deliver(to, &Incoming::new(raw), None, Acceptance::Each)
                        .expect("a delivery");
                    assert!(answers[0].is_ok());
                }
            });
        }
    });
    let count = next.load(Relaxed);
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    let amount = (written_bytes() - written) as f64 / (f64::from(count) * 10_000.0);
    println!("{name:34} {rate:8.0} a second, {amount:.1} bytes written for a byte of mail");
    Ok(())
}

fn written_bytes() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = io.lines().find(|line| line.starts_with("write_bytes")).unwrap_or_default().to_owned();
    line.split_ascii_whitespace().nth(1).and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
}

fn appends(mailbox: &Mailbox, group: usize) -> Result<()> {
    let letters: Vec<Incoming> = (0..200).map(|n| letter(n + 7_000, 10_000)).collect();
    let (mut count, started) = (0, Instant::now());
    while started.elapsed() < Duration::from_secs(4) {
        let items = (0..group).map(|_| {
            count += 1;
            let mut raw = letters[count % letters.len()].raw().to_vec();
            raw.extend(format!("{group} {count}\r\n").into_bytes());
            Append { message: Incoming::new(raw), flags: Flags::NONE, keywords: vec![], received: None }
        });
        mailbox.append(TargetFolder::Known(WellKnown::Archive), items.collect(), Limits::default())?;
    }
    let name = format!("appended, {group} to a commit");
    println!("{name:34} {:8.0} a second", count as f64 / started.elapsed().as_secs_f64());
    Ok(())
}

fn walk(mailbox: &Mailbox) -> Result<()> {
    let small = letter(1, 300);
    let folder = mailbox.create_folder(&["Large"], "IPF.Note")?.id;
    let started = Instant::now();
    for _ in 0..250 {
        let one = Append { message: small.clone(), flags: Flags::SEEN, keywords: vec![], received: None };
        mailbox.append(TargetFolder::Folder(folder), vec![one; 1_000], Limits::default())?;
    }
    println!(
        "{:34} {:8.0} a second",
        "appended, 1,000 to a commit, one body",
        250_000.0 / started.elapsed().as_secs_f64()
    );
    for turn in ["first", "second"] {
        let (mut count, mut sum, started) = (0_u32, 0_u64, Instant::now());
        mailbox.items(folder, &UidSet::all(), &mut |item| {
            count += 1;
            sum += u64::from(item.uid) + u64::from(item.flags.0);
            Ok(Flow::More)
        })?;
        println!(
            "{:34} {:8.0} ms ({count} items, {turn} time, {sum})",
            "walk over a folder",
            started.elapsed().as_secs_f64() * 1e3
        );
    }
    let started = Instant::now();
    let uids = mailbox.uids(folder)?.1.len();
    println!("{:34} {:8.0} ms ({uids} items)", "UIDs of a folder", started.elapsed().as_secs_f64() * 1e3);
    let started = Instant::now();
    let change = FlagChange { mode: FlagMode::Add, flags: Flags::FLAGGED, keywords: vec![] };
    mailbox.change_flags(folder, &UidSet::of_range(1..=20_000), &change, None)?;
    println!("{:34} {:8.0} a second", "flags changed", 20_000.0 / started.elapsed().as_secs_f64());
    Ok(())
}

fn searches(database: &Database, mailbox: &Mailbox) -> Result<()> {
    let started = Instant::now();
    let inbox = mailbox.known(WellKnown::Inbox)?;
    let mut slices = 0;
    while database.index_slice()? {
        slices += 1;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{:34} {:8.1} s, {:.1} ms a slice",
        "indexed everything",
        seconds,
        seconds * 1e3 / f64::from(slices.max(1))
    );
    for text in ["trans79", "inter 5", "Report 17", "nothing at all"] {
        let started = Instant::now();
        let found = mailbox.search_text(inbox.id, &Field::Text, text)?.len();
        let name = format!("search '{text}'");
        println!("{name:34} {:8.2} ms ({found} of {})", started.elapsed().as_secs_f64() * 1e3, inbox.total);
    }
    Ok(())
}

/// How long others wait for a slice of a purge, at most.
fn purge(database: &Database, guid: Guid) -> Result<()> {
    database.disconnect(guid, DisconnectReason::Disabled, &Parting::default())?;
    let (mut worst, mut items, started) = (0.0_f64, 0, Instant::now());
    for _ in 0..100 {
        let slice = Instant::now();
        let purged = database.purge_slice(guid)?;
        worst = worst.max(slice.elapsed().as_secs_f64() * 1e3);
        items += purged.items;
        if purged.finished {
            break;
        }
    }
    let rate = items as f64 / started.elapsed().as_secs_f64();
    println!("{:34} {rate:8.0} a second, {worst:.0} ms the slowest slice", "purged");
    Ok(())
}

fn memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned();
    line.split_ascii_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

fn main() -> Result<()> {
    let directory = std::env::args().nth(1).unwrap_or_else(|| "/tmp/mailstead-rate".into());
    let directory = std::path::PathBuf::from(directory);
    let store = Store::open(&directory, Arc::new(SystemClock))?;
    let database = store.mount(Guid::random())?;
    let mut guids = Vec::new();
    for _ in 0..20 {
        let guid = Guid::random();
        database.create_mailbox(guid, &Description::default())?;
        guids.push(guid);
    }
    for (threads, name) in
        [(1, "delivered, 1 connection"), (20, "delivered, 20 connections"), (32, "delivered, 32 connections")]
    {
        deliveries(&database, &guids, threads, name)?;
    }
    let mailbox = database.mailbox(guids[0])?;
    for group in [1, 20, 32] {
        appends(&mailbox, group)?;
    }
    searches(&database, &mailbox)?;
    walk(&mailbox)?;
    purge(&database, guids[0])?;
    println!("{:34} {:8} KiB", "memory at its peak", memory_kib());
    let file =
        store.file(database.guid()).and_then(|file| std::fs::metadata(file).ok()).map_or(0, |m| m.len());
    println!("{:34} {:8} KiB", "file", file / 1024);
    store.close()
}
