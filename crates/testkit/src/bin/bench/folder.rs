//! A folder of 250,000 messages: how long `UID FETCH 1:* (UID FLAGS)` takes and what it costs, and whom its purge delays.
//!
//! A debug build measures with few, to see that it runs.

use crate::memory::resident_kb;
use crate::table::{Table, median};
use mailstead_testkit::{LineClient, Messages, TestServer};
use std::time::Instant;

const MESSAGES: usize = if cfg!(debug_assertions) { 10_000 } else { 250_000 };
/// Messages of one MULTIAPPEND command.
const AT_ONCE: usize = 1_000;
const ROUNDS: usize = 5;

/// Measures and adds rows.
pub(crate) fn run(binary: &str, table: &mut Table) {
    let mut server = TestServer::start(binary);
    server.leave_unverified(); // the filling is not what is tested here
    server.mailbox("ann");
    fill(&server);
    server.stop();
    server.run();
    let mut imap = selected(&server);
    let before = resident_kb(server.pid());
    let mut peak = before;
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        imap.say("f UID FETCH 1:* (UID FLAGS)");
        let mut lines = 0;
        while !imap.line().starts_with("f ") {
            lines += 1;
            if lines % 25_000 == 0 {
                peak = peak.max(resident_kb(server.pid()));
            }
        }
        seconds.push(start.elapsed().as_secs_f64());
        assert_eq!(lines, MESSAGES);
    }
    table.row(
        &format!("`UID FETCH 1:* (UID FLAGS)`, {MESSAGES} messages"),
        format!("{:.2} s", median(seconds)),
        format!("{ROUNDS} rounds"),
        "under 0.5 s",
    );
    let grown = (peak.saturating_sub(before)) / 1024;
    table.row("memory above the idle server meanwhile", format!("{grown} MB"), String::new(), "under 100 MB");
    let start = Instant::now();
    drop(selected(&server));
    table.row(
        "log-on and SELECT of it",
        format!("{:.0} ms", start.elapsed().as_secs_f64() * 1e3),
        String::new(),
        "",
    );
    drop(imap);
    purging(&server, table);
}

/// What somebody else waits for while the mailbox is purged: a flag set (a write) and a SELECT, one after the other.
fn purging(server: &TestServer, table: &mut Table) {
    server.mailbox("ben");
    let mut imap = opened(server, "ben");
    imap.imap("b", "SELECT INBOX");
    imap.send(b"m APPEND INBOX {1+}\r\nx\r\n");
    while !imap.line().starts_with("m OK") {}
    server.ps("Disable-Mailbox ann -Confirm:$false");
    let purge = "Get-MailboxStatistics -Database 'Mailbox Database' -Filter 'DisconnectDate -ne $null' | ForEach-Object { \
                 Remove-StoreMailbox -Database $_.Database -Identity $_.MailboxGuid -MailboxState Disabled -Confirm:$false }";
    let (mut waits, start) = (Vec::new(), Instant::now());
    let seconds = std::thread::scope(|scope| {
        let purged = scope.spawn(|| server.ps(purge));
        while !purged.is_finished() {
            for command in ["STORE 1 +FLAGS (\\Seen)", "STORE 1 -FLAGS (\\Seen)", "SELECT INBOX"] {
                let asked = Instant::now();
                imap.imap("w", command);
                waits.push(asked.elapsed().as_secs_f64() * 1e3);
            }
        }
        start.elapsed().as_secs_f64()
    });
    let slowest = waits.iter().copied().fold(0.0, f64::max);
    table.row(
        "purge of these messages: the longest that another's STORE or SELECT took",
        format!("{slowest:.0} ms"),
        format!(
            "{:.1} ms in the middle, of {}; the purge took {seconds:.1} s",
            median(waits.clone()),
            waits.len()
        ),
        "at most 50 ms more",
    );
}

fn selected(server: &TestServer) -> LineClient {
    let mut imap = opened(server, "ann");
    imap.imap("b", "SELECT INBOX");
    imap
}

fn opened(server: &TestServer, who: &str) -> LineClient {
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN {who} \"{}\"", server.password()));
    imap
}

fn fill(server: &TestServer) {
    let mut imap = selected(server);
    let mut messages = Messages::seeded(250);
    for batch in 0..MESSAGES / AT_ONCE {
        let mut command = format!("c{batch} APPEND INBOX").into_bytes();
        for at in 0..AT_ONCE {
            let flags = if at % 3 == 0 { "" } else { "\\Seen" };
            let message = messages.next_of(400);
            command.extend(format!(" ({flags}) {{{}+}}\r\n", message.len()).as_bytes());
            command.extend(message);
        }
        command.extend(b"\r\n");
        imap.send(&command);
        loop {
            let line = imap.line();
            if line.starts_with(&format!("c{batch} ")) {
                assert!(line.contains(" OK"), "{line}");
                break;
            }
        }
    }
}
