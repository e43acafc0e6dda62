//! The life of many mailboxes: connected from a list, converted from linked ones, looked through, beside single synced
//! commits on the same disk.

use crate::administration::synced_commits;
use crate::fill;
use crate::table::Table;
use mailstead_testkit::{Entry, Slapd, TestServer};
use std::time::Instant;

const MANY: usize = 10_000;
const LISTED: usize = 100_000;
/// How many of those that are listed are disconnected.
const DISCONNECTED: usize = 1_000;

/// Measures and adds rows.
pub(crate) fn run(binary: &str, table: &mut Table) {
    let mut server = TestServer::start(binary);
    server.stop();
    fill::shared_mailboxes(&server.data(), 0..MANY);
    server.run();
    connecting(&server, table);
    server.stop();
    fill::shared_mailboxes(&server.data(), MANY..LISTED);
    server.run();
    looking(&server, table);
    drop(server);
    converting(&TestServer::start(binary), table);
}

/// The seconds of a line, and the single synced commits (a tenth of `MANY` before and behind) that it is compared with.
fn beside_commits(server: &TestServer, what: &str, line: &str, aim: &str, table: &mut Table) {
    let before = synced_commits(&server.data(), MANY / 10);
    let seconds = timed(server, line);
    let commits = (before + synced_commits(&server.data(), MANY / 10)) * 5.0;
    let ratio = seconds / commits;
    let beside = format!("{ratio:.2} × as many single synced commits ({commits:.1} s)");
    table.row(what, format!("{seconds:.1} s"), beside, aim);
}

fn timed(server: &TestServer, line: &str) -> f64 {
    let start = Instant::now();
    server.ps(line);
    start.elapsed().as_secs_f64()
}

const LOST: &str = "Get-MailboxStatistics -Database 'Mailbox Database' -Filter 'DisconnectDate -ne $null'";

fn connecting(server: &TestServer, table: &mut Table) {
    server.ps("Get-Mailbox -RecipientTypeDetails SharedMailbox -ResultSize Unlimited | Disable-Mailbox -Confirm:$false");
    let file = server.folder().join("lost.csv");
    server.ps(&format!(
        "{LOST} | Select-Object @{{n='Identity';e={{$_.MailboxGuid}}}}, Database | Export-Csv '{}' -NoTypeInformation",
        file.display()
    ));
    let line = format!("Import-Csv '{}' | Connect-Mailbox -Shared", file.display());
    beside_commits(server, "10,000 `Connect-Mailbox` from a CSV", &line, "at most 3 ×", table);
    let connected = server.ps("@(Get-Mailbox -RecipientTypeDetails SharedMailbox).Count");
    assert_eq!(connected.trim(), MANY.to_string());
}

fn converting(server: &TestServer, table: &mut Table) {
    let people: Vec<Entry> =
        (0..MANY).map(|number| Entry::of(&format!("user{number}"), 10_000 + number as u32)).collect();
    let slapd = Slapd::start(&people);
    server.ps(&format!(
        "New-ADTrust litware.test -DomainController ldaps://ldap.litware.test:{} -Address 127.0.0.1 -CertificateAuthority \
         '{}' | Out-Null",
        slapd.ports().1,
        slapd.authority().display()
    ));
    server.ps(&format!(
        "0..{} | ForEach-Object {{ New-Mailbox \"user$_\" -LinkedDomainController ldap.litware.test -LinkedMasterAccount \
         \"LITWARE\\user$_\" }} | Out-Null",
        MANY - 1
    ));
    let file = server.folder().join("converted.csv");
    let line = format!(
        "Get-Mailbox -RecipientTypeDetails LinkedMailbox | Convert-LinkedMailbox | Export-Csv '{}' -NoTypeInformation",
        file.display()
    );
    beside_commits(server, "10,000 linked mailboxes converted", &line, "at most 5 ×", table);
    let left = server.ps("@(Get-Mailbox -RecipientTypeDetails LinkedMailbox).Count");
    assert_eq!(left.trim(), "0");
}

/// Lists of a database with 100,000 mailboxes; the start of a shell is not counted.
fn looking(server: &TestServer, table: &mut Table) {
    server.ps(&format!(
        "Get-Mailbox -RecipientTypeDetails SharedMailbox -ResultSize {DISCONNECTED} -WarningAction SilentlyContinue | Disable-Mailbox -Confirm:$false"
    ));
    let nothing = timed(server, "1 | Out-Null");
    for (what, line, aim) in [
        ("the disconnected ones of 100,000 mailboxes", LOST, "under 0.3 s"),
        ("`Test-DirectorySyncReadiness` of 100,000", "Test-DirectorySyncReadiness", "under 5 s"),
    ] {
        let seconds = timed(server, &format!("{line} | Out-Null")) - nothing;
        table.row(what, format!("{seconds:.2} s"), "one round, through the shell".into(), aim);
    }
}
