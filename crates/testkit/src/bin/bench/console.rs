//! The console with a hundred thousand mailboxes: what the server needs for a page, what goes over the wire, and when a
//! person sees it in the browser.
//!
//! A debug build measures with small numbers, to see that it runs.

use crate::fill;
use crate::table::{Table, median};
use mailstead_testkit::TestServer;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MAILBOXES: usize = if cfg!(debug_assertions) { 5_000 } else { 100_000 };
/// How often each page is asked for; the middle one counts.
const ROUNDS: usize = if cfg!(debug_assertions) { 3 } else { 21 };

/// What pages are to take at the server, and lists whose filter no index serves.
const PAGE_AIM: &str = "under 20 ms";
const SEARCH_AIM: &str = "under 100 ms";

/// Measures and adds rows.
pub(crate) fn run(binary: &str, table: &mut Table) {
    let mut server = TestServer::start(binary);
    server.stop();
    fill::shared_mailboxes(&server.data(), 0..MAILBOXES);
    server.run();
    people(&server);
    let browser = Browser::log_on(&server);
    for (what, place, aim) in pages(&server) {
        let page = browser.page(&place);
        let beside = format!("{:.0} KB, {MAILBOXES} mailboxes; `{place}`", page.bytes / 1024.0);
        table.row(what, format!("{:.1} ms", page.milliseconds), beside, aim);
    }
    in_chromium(binary, &server, table);
}

/// What pages show besides the many: somebody with rights, a group, mailboxes without a user, and changes of one object each,
/// as cmdlets make them: the many are made some hundred to a change.
fn people(server: &TestServer) {
    server.mailbox("ann");
    server.ps("Add-MailboxPermission shared7 -User ann -AccessRights FullAccess | Out-Null
         New-DistributionGroup Readers -Members ann | Out-Null
         1..20 | ForEach-Object { Disable-Mailbox \"shared$_\" -Confirm:$false }
         21..120 | ForEach-Object { Set-Mailbox \"shared$_\" -CustomAttribute1 $_ }");
}

/// The pages, each with what it is and what it is to take.
fn pages(server: &TestServer) -> Vec<(&'static str, String, &'static str)> {
    let guid = server.ps("(Get-Mailbox shared4321).Guid.ToString()").trim().to_owned();
    let mailbox = |tab: &str| format!("/admin/mailbox/{guid}?tab={tab}");
    let last = MAILBOXES - 1;
    let rows = [
        ("home", "/admin".to_owned(), PAGE_AIM),
        ("list, first page", "/admin/shared".to_owned(), PAGE_AIM),
        ("list, far down", format!("/admin/shared?from={}", MAILBOXES / 2), SEARCH_AIM),
        ("list, sorted", "/admin/shared?sort=Alias".to_owned(), SEARCH_AIM),
        ("list, sorted backwards", "/admin/shared?sort=Alias&dir=down".to_owned(), SEARCH_AIM),
        ("search for one of all", format!("/admin/shared?q=mailbox+{last}"), SEARCH_AIM),
        ("search for nothing there is", "/admin/shared?q=nowhere+at+all".to_owned(), SEARCH_AIM),
        ("list of the few that log on", "/admin/mailboxes".to_owned(), PAGE_AIM),
        ("disconnected mailboxes", "/admin/disconnected".to_owned(), PAGE_AIM),
        ("groups", "/admin/groups".to_owned(), PAGE_AIM),
        ("a mailbox, General", mailbox("general"), PAGE_AIM),
        ("a mailbox, Mailbox settings", mailbox("settings"), PAGE_AIM),
        ("a mailbox, Delegation", mailbox("delegation"), PAGE_AIM),
        ("a mailbox, Sync readiness", mailbox("readiness"), PAGE_AIM),
        ("a mailbox, History", mailbox("history"), PAGE_AIM),
        ("the form of New-Mailbox", "/admin/run/New-Mailbox?Shared=true".to_owned(), PAGE_AIM),
        ("the form of Connect-Mailbox", connect(server), PAGE_AIM),
        ("palette, empty", "/admin/palette".to_owned(), PAGE_AIM),
        ("palette, one of all", format!("/admin/palette?q=shared{last}"), PAGE_AIM),
        ("palette, nothing there is", "/admin/palette?q=nowhere".to_owned(), PAGE_AIM),
        ("audit log", "/admin/changes".to_owned(), PAGE_AIM),
        ("queues", "/admin/queues".to_owned(), PAGE_AIM),
    ];
    rows.into()
}

fn connect(server: &TestServer) -> String {
    let lost = "(Get-MailboxStatistics -Database 'Mailbox Database' -Filter 'DisconnectDate -ne $null' | Select-Object -First 1).MailboxGuid.ToString()";
    format!("/admin/connect?Identity={}&Database=Mailbox+Database", server.ps(lost).trim())
}

/// Somebody who is logged on, without a script: `curl` speaks TLS for us and says when the answer began.
struct Browser {
    site: String,
    jar: PathBuf,
}

/// What a page took.
struct Page {
    /// From the request to the first octet of the answer.
    milliseconds: f64,
    bytes: f64,
}

impl Browser {
    fn log_on(server: &TestServer) -> Browser {
        let browser = Browser {
            site: format!("https://localhost:{}", server.port(443)),
            jar: server.folder().join("cookies"),
        };
        let mut curl = browser.curl();
        curl.args(["--cookie-jar"])
            .arg(&browser.jar)
            .args(["--header", &format!("Origin: {}", browser.site)]);
        curl.args(["--data-urlencode", "user=Administrator"]);
        curl.args(["--data-urlencode", &format!("password={}", server.password())]);
        let status = curl.args(["--write-out", "%{http_code}", "--output", "/dev/null"]);
        let answer = status.arg(format!("{}/admin/logon", browser.site)).output().expect("curl can be run");
        assert_eq!(String::from_utf8_lossy(&answer.stdout), "303", "the log-on");
        browser
    }

    fn curl(&self) -> Command {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--insecure", "--compressed"]);
        curl
    }

    /// Asks for a page again and again, over one connection.
    fn page(&self, place: &str) -> Page {
        let asked = format!("url = \"{}{place}\"\noutput = \"/dev/null\"\n", self.site).repeat(ROUNDS + 1);
        let said = "%{http_code} %{time_pretransfer} %{time_starttransfer} %{size_download}\n";
        let mut curl = self.curl();
        curl.arg("--cookie").arg(&self.jar).args(["--write-out", said, "--config", "-"]);
        let mut child = curl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("curl can be run");
        let mut stdin = child.stdin.take().expect("standard input is piped");
        stdin.write_all(asked.as_bytes()).expect("curl reads what it is asked");
        drop(stdin);
        let output = child.wait_with_output().expect("curl ends");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // The first one opens the connection.
        let rounds: Vec<Vec<f64>> = text.lines().skip(1).map(numbers).collect();
        assert_eq!(rounds.len(), ROUNDS, "{place}: {text}");
        assert!(rounds.iter().all(|round| round[0] == 200.0), "{place}: {text}");
        Page {
            milliseconds: median(rounds.iter().map(|round| (round[2] - round[1]) * 1e3).collect()),
            bytes: rounds[0][3],
        }
    }
}

fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace().map(|word| word.parse().expect("curl says numbers")).collect()
}

/// What a person sees, in Chromium: the session `speed` of the browser tests.
fn in_chromium(binary: &str, server: &TestServer, table: &mut Table) {
    let target = Path::new(binary).ancestors().nth(2).expect("the binary lies in the target folder");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/tests/browser/console.mjs");
    let modules = target.join("browser");
    if !modules.exists() {
        eprintln!("  no browser: `cargo xtask test` installs what it needs");
        return;
    }
    let output = Command::new("node")
        .arg(program)
        .arg("speed")
        .env("SITE", format!("https://localhost:{}", server.port(443)))
        .env("PASSWORD", server.password())
        .env("MODULES", modules)
        .output();
    let output = output.expect("node can be run");
    assert!(output.status.success(), "the browser: {}", String::from_utf8_lossy(&output.stderr));
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        if let [what, figure, beside, aim] = cells.as_slice() {
            table.row(what, (*figure).to_owned(), (*beside).to_owned(), aim);
        }
    }
}
