//! Log-ons under attack: guessers are slowed down, everybody else is served.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use testkit::{LineClient, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

fn metric(server: &TestServer, name: &str) -> f64 {
    let url = format!("http://{}/metrics", server.address(9090));
    let page = Command::new("curl").args(["-sS", &url]).output().unwrap().stdout;
    let page = String::from_utf8(page).unwrap();
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {page}")).trim().parse().unwrap()
}

/// The server's memory, in MB.
fn resident(server: &TestServer) -> f64 {
    metric(server, "process_resident_memory_bytes ") / 1e6
}

fn imap(server: &TestServer) -> LineClient {
    let mut client = server.connect(143);
    client.line();
    client
}

/// What a log-on says: `OK`, or the response code of NO.
fn log_on(server: &TestServer, user: &str, password: &str) -> String {
    let last = imap(server).imap("a", &format!("LOGIN {user} \"{password}\"")).pop().unwrap();
    let code = last.split(['[', ']']).nth(1).unwrap_or_default();
    if last.starts_with("a OK") { "OK".to_owned() } else { code.to_owned() }
}

/// Wrong log-ons, all at the same time; what each was told.
fn wrong_at_once(server: &TestServer, users: &[String]) -> Vec<String> {
    thread::scope(|scope| {
        let tries: Vec<_> = users
            .iter()
            .enumerate()
            .map(|(number, user)| scope.spawn(move || log_on(server, user, &format!("guess-{number}"))))
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

#[test]
fn guesses_that_come_all_at_once_are_counted_before_they_are_tried() {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    assert_eq!(log_on(&server, "ann", server.password()), "OK");
    let mut ben = imap(&server);
    ben.imap("a", &format!("LOGIN ben \"{}\"", server.password()));

    let said = wrong_at_once(&server, &vec!["ann".to_owned(); 150]);
    assert_eq!(said.iter().filter(|code| *code == "AUTHENTICATIONFAILED").count(), 5, "{said:?}");
    assert_eq!(said.iter().filter(|code| *code == "UNAVAILABLE").count(), 145, "{said:?}");
    assert_eq!(log_on(&server, "ann", server.password()), "OK", "her device is known");
    assert!(ben.imap("b", "SELECT INBOX").last().unwrap().starts_with("b OK"));

    assert!(metric(&server, "mailstead_logons_total{result=\"throttled\"} ") >= 145.0);
    assert!(metric(&server, "mailstead_logons_total{result=\"remembered\"} ") >= 1.0);
    let log = server.log();
    let line = |why: &str| {
        let end = format!("WARN logon: refused peer=127.0.0.1 door=\"imap\" account=\"ann\" why=\"{why}\"");
        log.lines().filter(|line| line.ends_with(&end)).count()
    };
    assert_eq!((line("LogonFailed"), line("TooManyLogonFailures")), (5, 145), "{log}");
}

#[test]
fn a_sprayer_slows_its_address_down_and_nobody_behind_it_is_locked_out() {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    let mut ann = imap(&server);
    ann.imap("a", &format!("LOGIN ann \"{}\"", server.password()));
    let mut slowest = Duration::ZERO;
    thread::scope(|scope| {
        let spray = scope.spawn(|| {
            let names: Vec<String> = (0..90).map(|number| format!("nobody{number}")).collect();
            wrong_at_once(&server, &names)
        });
        while !spray.is_finished() {
            let begun = Instant::now();
            assert!(ann.imap("b", "SELECT INBOX").last().unwrap().starts_with("b OK"));
            slowest = slowest.max(begun.elapsed());
            assert!(resident(&server) < 300.0);
        }
        let said = spray.join().unwrap();
        assert!(said.iter().all(|code| code == "AUTHENTICATIONFAILED"), "{said:?}");
    });
    println!("the slowest SELECT took {slowest:?}");
    // Ben was never here before.
    assert_eq!(log_on(&server, "ben", server.password()), "OK");
    let url = format!("https://{}/api/v1/cmdlets/Get-Mailbox", server.address(443));
    let https = |user: &str| {
        let json = "Content-Type: application/json";
        let words =
            ["-sk", "-o", "/dev/null", "-w", "%{http_code}", "-u", user, "-H", json, "-d", "{}", &url];
        String::from_utf8(Command::new("curl").args(words).output().unwrap().stdout).unwrap()
    };
    assert_eq!(https(&format!("Administrator:{}", server.password())), "200");
    for _ in 0..5 {
        assert_eq!(https("Administrator:guess"), "401");
    }
    assert_eq!(https("Administrator:guess"), "503");
    assert_eq!(https(&format!("Administrator:{}", server.password())), "200");
}

#[test]
fn a_log_on_is_remembered_until_the_account_changes() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    for _ in 0..20 {
        assert_eq!(log_on(&server, "ann", server.password()), "OK");
    }
    assert_eq!(metric(&server, "mailstead_logons_total{result=\"proved\"} "), 1.0);
    let mut pop = server.connect(110);
    pop.line();
    pop.ask("USER ann");
    assert!(pop.ask(&format!("PASS {}", server.password())).starts_with("+OK"));
    assert_eq!(metric(&server, "mailstead_logons_total{result=\"proved\"} "), 1.0);
    server.ps("Set-CASMailbox ann -ImapEnabled $false");
    assert_eq!(log_on(&server, "ann", server.password()), "AUTHENTICATIONFAILED");
    server.ps("Set-CASMailbox ann -ImapEnabled $true");
    server.ps("Set-Mailbox ann -Password (ConvertTo-SecureString 'Herbst-2026' -AsPlainText -Force)");
    assert_eq!(log_on(&server, "ann", server.password()), "AUTHENTICATIONFAILED");
    assert_eq!(log_on(&server, "ann", "Herbst-2026"), "OK");
}
