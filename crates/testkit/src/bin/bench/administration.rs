//! Administration: creating, listing, finding and filtering mailboxes through the shell.

use crate::table::{Table, median};
use crate::{fill, memory};
use directory::PasswordHash;
use mailstead_testkit::TestServer;
use object::types::SecureString;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const CREATED: usize = 10_000;
const LISTED: usize = 100_000;
const WITH_PASSWORD: usize = 200;
const ROUNDS: usize = 3;

/// Measures and adds rows.
pub(crate) fn run(binary: &str, table: &mut Table) {
    let mut server = TestServer::start(binary);
    creating(&server, table);
    with_passwords(&server, table);
    server.stop();
    fill::shared_mailboxes(&server.data(), CREATED..LISTED);
    server.run();
    listing(&server, table);
    finding(&server, table);
}

fn csv(path: &Path, from: usize, to: usize) {
    let mut text = "Name,Alias\n".to_owned();
    for at in from..to {
        let _ = writeln!(text, "Shared Mailbox {at},shared{at}");
    }
    std::fs::write(path, text).expect("the CSV can be written");
}

fn create(server: &TestServer, from: usize, to: usize) -> f64 {
    let file = server.folder().join("mailboxes.csv");
    csv(&file, from, to);
    let line = format!(
        "Import-Csv '{}' | ForEach-Object {{ New-Mailbox -Shared -Name $_.Name -Alias $_.Alias }} | Out-Null",
        file.display()
    );
    let start = Instant::now();
    server.ps(&line);
    start.elapsed().as_secs_f64()
}

/// 10,000 shared mailboxes, beside as many single synced commits of that size.
fn creating(server: &TestServer, table: &mut Table) {
    // Half of them before and half behind, since other work on the machine comes and goes.
    let before = synced_commits(&server.data(), CREATED / 10);
    let seconds = create(server, 0, CREATED);
    let commits = (before + synced_commits(&server.data(), CREATED / 10)) * 5.0;
    let ratio = seconds / commits;
    table.row(
        "10,000 shared mailboxes from a CSV",
        format!("{seconds:.1} s"),
        format!("{ratio:.2} × as many single synced commits ({commits:.1} s)"),
        "at most 3 ×",
    );
}

/// Seconds for `count` single commits of 4 KB, each synced, to an SQLite file on the same disk.
pub(crate) fn synced_commits(folder: &Path, count: usize) -> f64 {
    let file = folder.join("reference.db");
    let database = db::open(&file, db::Holds::Records).expect("a database can be made");
    database
        .migrate(
            "reference",
            &[db::Step::Sql("CREATE TABLE row (id BIGINT PRIMARY KEY, bytes BYTEA NOT NULL)")],
        )
        .expect("a table can be made");
    let bytes = vec![7_u8; 4096];
    let start = Instant::now();
    for id in 0..count as i64 {
        let bytes = bytes.clone();
        let row = move |tx: &mut dyn db::Tx| {
            tx.execute("INSERT INTO row (id, bytes) VALUES ($1, $2)", &[id.into(), bytes.as_slice().into()])
        };
        database.write(row).expect("a row can be written");
    }
    let seconds = start.elapsed().as_secs_f64();
    drop(database);
    std::fs::remove_file(file).expect("it can be removed");
    seconds
}

/// Mailboxes with passwords from two shells at once, beside argon2id alone on both cores.
fn with_passwords(server: &TestServer, table: &mut Table) {
    let hashes = argon2_alone(WITH_PASSWORD);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || {
                let (from, to) = (half * WITH_PASSWORD / 2, (half + 1) * WITH_PASSWORD / 2);
                server.ps(&format!(
                    "$p = ConvertTo-SecureString '{}' -AsPlainText -Force; {from}..{} | ForEach-Object {{ New-Mailbox -Name \"User $_\" -UserPrincipalName \"user$_@contoso.com\" -Password $p }} | Out-Null",
                    server.password(), to - 1
                ));
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    table.row(
        &format!("{WITH_PASSWORD} mailboxes with passwords, two shells"),
        format!("{seconds:.1} s"),
        format!("{:.2} × argon2id alone on both cores ({hashes:.1} s)", seconds / hashes),
        "at most 1.2 ×",
    );
}

/// Seconds for `count` password hashes on two threads, as the directory makes them.
pub(crate) fn argon2_alone(count: usize) -> f64 {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(move || {
                let password = SecureString::new("P@ssw0rd-for-tests");
                for _ in 0..count / 2 {
                    PasswordHash::of(&password, &[]).expect("a password can be hashed");
                }
            });
        }
    });
    start.elapsed().as_secs_f64()
}

fn listing(server: &TestServer, table: &mut Table) {
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let script =
            format!("{} shell --data {} -c Get-Mailbox | wc -l", server.binary(), server.data().display());
        let output = Command::new("sh").arg("-c").arg(script).output().expect("sh starts");
        seconds.push(start.elapsed().as_secs_f64());
        let lines: usize = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0);
        assert!(lines >= LISTED, "{lines} lines");
    }
    table.row(
        "`Get-Mailbox` of 100,000 to a pipe",
        format!("{:.2} s", median(seconds)),
        format!("{ROUNDS} rounds"),
        "under 2 s",
    );
    streaming(server, table);
}

/// What a listing takes on both sides, other work on the machine not counted: processor time, and memory at its most,
/// which must not grow with what is listed.
fn streaming(server: &TestServer, table: &mut Table) {
    let of_server =
        |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", server.pid())).unwrap_or_default();
    // The shell reads its own figures when it has listed them.
    let listed = |count: usize| {
        let line = format!("Get-Mailbox -ResultSize {count}; Get-Content /proc/self/status, /proc/self/stat");
        server.shell(&line).out
    };
    let tenth = listed(LISTED / 10);
    let (peak, before) = (memory::peak_kb(&of_server("status")), busy(&of_server("stat")));
    let all = listed(LISTED);
    let server_busy = busy(&of_server("stat")) - before;
    let more = memory::peak_kb(&of_server("status")).saturating_sub(peak);
    table.row(
        "processor time of that",
        format!("{:.2} s", busy(&all) + server_busy),
        format!("{server_busy:.2} s of it the server's, at the same time"),
        "under 2 s each",
    );
    table.row(
        "memory of that shell at its most",
        format!("{} MB", memory::peak_kb(&all) / 1024),
        format!("{} MB for a tenth; the server took {} MB more", memory::peak_kb(&tenth) / 1024, more / 1024),
        "does not grow",
    );
}

/// Seconds on a processor, by the line of `/proc/PID/stat` in a text.
fn busy(text: &str) -> f64 {
    let line = text.lines().rev().find(|line| line.contains(" (mailstead) ")).unwrap_or("");
    let fields = line.rsplit(") ").next().unwrap_or("").split(' ');
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    ticks.iter().sum::<f64>() / TICKS_PER_SECOND
}

/// In what `/proc` counts time.
const TICKS_PER_SECOND: f64 = 100.0;

/// One mailbox by each kind of identity, and filters: many in one shell, so that its start is not measured.
fn finding(server: &TestServer, table: &mut Table) {
    for (what, each, aim) in [
        ("one mailbox by alias", "Get-Mailbox shared77777", "under 1 ms inside the server"),
        ("one mailbox by address", "Get-Mailbox shared77777@contoso.com", "under 1 ms inside the server"),
        ("one mailbox by name", "Get-Mailbox 'Shared Mailbox 77777'", "under 1 ms inside the server"),
        (
            "`-Filter \"Alias -eq 'shared77777'\"`",
            "Get-Mailbox -Filter \"Alias -eq 'shared77777'\"",
            "under 5 ms",
        ),
        (
            "`-Filter \"Name -like 'Shared Mailbox 7777*'\"`",
            "Get-Mailbox -Filter \"Name -like 'Shared Mailbox 7777*'\"",
            "under 5 ms",
        ),
        (
            "what Tab asks for behind `Get-Mailbox 'Shared Mailbox 7`",
            "Get-Mailbox -Filter \"Name -like 'Shared Mailbox 7*'\" -ResultSize 100 -WarningAction SilentlyContinue | \
             Where-Object { $_.Name -like 'Shared Mailbox 7*' } | Select-Object -First 100 -ExpandProperty Name",
            "under 30 ms",
        ),
    ] {
        let many = timed(server, &format!("1..200 | ForEach-Object {{ {each} }} | Out-Null"));
        let none = timed(server, "1..200 | ForEach-Object { $_ } | Out-Null");
        table.row(
            what,
            format!("{:.2} ms", (many - none) / 200.0 * 1e3),
            "per command, the way over the socket included".into(),
            aim,
        );
    }
}

fn timed(server: &TestServer, line: &str) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        server.ps(line);
        start.elapsed().as_secs_f64()
    });
    median(rounds.collect())
}
