//! SMTP as operators and strangers meet it, over sockets of a running server.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use std::time::{Duration, Instant};
use testkit::{LineClient, Options, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Greets and names a sender.
fn begin(server: &TestServer) -> LineClient {
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    assert!(smtp.ask("MAIL FROM:<far@far.example>").starts_with("250"));
    smtp
}

fn metrics(server: &TestServer) -> String {
    let url = format!("http://{}/metrics", server.address(9090));
    String::from_utf8(Command::new("curl").args(["-sS", &url]).output().unwrap().stdout).unwrap()
}

/// The number in a line of `/metrics`.
fn metric(page: &str, name: &str) -> f64 {
    let line = page.lines().find(|line| line.starts_with(&format!("{name} "))).expect("the metric is there");
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn sixteen_slow_senders_leave_room_for_everybody() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let line = format!("{}\r\n", "x".repeat(98)).repeat(1000);
    let slow: Vec<LineClient> = (0..16)
        .map(|_| {
            let mut smtp = begin(&server);
            assert!(smtp.ask("RCPT TO:<ann@contoso.com>").starts_with("250"));
            assert!(smtp.ask("DATA").starts_with("354"));
            (0..99).for_each(|_| smtp.send(line.as_bytes()));
            smtp
        })
        .collect();
    let mut small = begin(&server);
    assert!(small.ask("RCPT TO:<ann@contoso.com>").starts_with("250"));
    assert!(small.ask("DATA").starts_with("354"));
    let answer = small.ask("hello\r\n.");
    assert!(answer.starts_with("250 2.6.0"), "{answer}");
    let page = metrics(&server);
    let held = metric(&page, "mailstead_held_bytes{budget=\"receiving\"}");
    assert!(held > 0.0 && held <= 128e6 * 1.05, "{held}");
    let resident = metric(&page, "process_resident_memory_bytes");
    assert!(resident < 300e6, "the server holds {resident} bytes");
    drop(slow);
}

#[test]
fn who_tries_addresses_waits_is_logged_counted_and_sent_away() {
    let config = "[limits]\nunknown_recipients = 3\nunknown_recipients_max = 5\ntarpit_seconds = 1\n";
    let server = TestServer::start_with(BINARY, Options { config: config.into(), ..Options::default() });
    let mut smtp = begin(&server);
    let began = Instant::now();
    for number in 0..5 {
        let answer = smtp.ask(&format!("RCPT TO:<nobody{number}@contoso.com>"));
        assert!(answer.starts_with("550 5.1.1"), "{answer}");
    }
    assert!(began.elapsed() >= Duration::from_secs(2), "the fourth and the fifth wait a second each");
    assert!(smtp.ask("RCPT TO:<nobody6@contoso.com>").starts_with("421 4.7.0"));
    assert_eq!(smtp.try_line(), None);
    let log = server.log();
    let refused = log.lines().filter(|line| line.contains("recipient refused")).collect::<Vec<_>>();
    assert_eq!(refused.len(), 5, "{log}");
    for word in
        ["client=127.0.0.1", "far@far.example", "nobody0@contoso.com", "550 5.1.1", "RecipientUnknown"]
    {
        assert!(refused[0].contains(word), "{word} is not in {}", refused[0]);
    }
    assert!(log.contains("sent away: too many unknown recipients"), "{log}");
    let page = metrics(&server);
    assert_eq!(metric(&page, "mailstead_smtp_recipients_unknown_total"), 5.0, "{page}");
    assert_eq!(metric(&page, "mailstead_smtp_harvesters_stopped_total"), 1.0, "{page}");
}

#[test]
fn a_fresh_server_takes_mail_for_its_postmaster() {
    let server = TestServer::start(BINARY);
    let mut smtp = begin(&server);
    for to in ["postmaster", "Postmaster@contoso.com", "abuse@contoso.com"] {
        let answer = smtp.ask(&format!("RCPT TO:<{to}>"));
        assert!(answer.starts_with("250"), "{to}: {answer}");
    }
}

#[test]
fn a_database_that_is_mounted_again_gets_its_mail_at_once() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps("Dismount-Database 'Mailbox Database' -Confirm:$false");
    let mut smtp = begin(&server);
    assert!(smtp.ask("RCPT TO:<ann@contoso.com>").starts_with("250"));
    assert!(smtp.ask("DATA").starts_with("354"));
    assert!(smtp.ask("Subject: waits\r\n\r\nhello\r\n.").starts_with("250"));
    server.ps("Mount-Database 'Mailbox Database'");
    let mounted = Instant::now();
    while server.ps("(Get-MailboxStatistics ann).ItemCount").trim() != "1" {
        assert!(mounted.elapsed() < Duration::from_secs(10), "the mail still waits");
    }
}

#[test]
fn whoever_stands_in_for_nobody_is_asked_like_anybody() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps("New-DistributionGroup Team -Members ann | Out-Null");
    let nobody = |server: &TestServer| begin(server).ask("RCPT TO:<nobody@contoso.com>");
    assert!(nobody(&server).starts_with("550 5.1.1"));
    server.ps("Set-AcceptedDomain contoso.com -CatchAllRecipient Team");
    // A new group is closed to strangers, by whichever address they write to it.
    let (team, caught) = (begin(&server).ask("RCPT TO:<team@contoso.com>"), nobody(&server));
    assert!(team.starts_with("550 5.7.1") && caught.starts_with("550 5.7.1"), "{team} {caught}");
    server.ps("Set-DistributionGroup Team -RequireSenderAuthenticationEnabled $false");
    assert!(nobody(&server).starts_with("250"));
    server.ps("Set-AcceptedDomain contoso.com -CatchAllRecipient ann; Set-Mailbox ann -MaxReceiveSize 1KB");
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    smtp.ask("MAIL FROM:<far@far.example> SIZE=20000");
    let large = smtp.ask("RCPT TO:<nobody@contoso.com>");
    assert!(large.starts_with("552 5.2.3"), "{large}");
    assert!(nobody(&server).starts_with("250"));
}

#[test]
fn the_sender_of_a_message_stands_in_it_as_it_was_given() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    assert!(smtp.ask("MAIL FROM:<\"a b\"@remote.example>").starts_with("250"));
    assert!(smtp.ask("RCPT TO:<ann@contoso.com>").starts_with("250"));
    assert!(smtp.ask("DATA").starts_with("354"));
    assert!(smtp.ask("Subject: x\r\n\r\nx\r\n.").starts_with("250"));
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN ann \"{}\"", server.password()));
    imap.imap("b", "SELECT INBOX");
    let fetched = imap.imap("c", "FETCH 1 BODY.PEEK[HEADER.FIELDS (RETURN-PATH)]");
    assert!(fetched.iter().any(|line| line == "Return-Path: <\"a b\"@remote.example>"), "{fetched:?}");
}

#[test]
fn what_does_not_fit_is_refused_with_its_size() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps("Set-Mailbox ann -UseDatabaseQuotaDefaults $false -IssueWarningQuota 100KB -ProhibitSendQuota 100KB -ProhibitSendReceiveQuota 100KB");
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    smtp.ask("MAIL FROM:<far@far.example> SIZE=200000");
    let answer = smtp.ask("RCPT TO:<ann@contoso.com>");
    assert!(answer.contains(" 5.2.2 "), "{answer}");
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN ann \"{}\"", server.password()));
    let text = format!("Subject: x\r\n\r\n{}", "x".repeat(60_000));
    let mut append = |tag: &str, text: &str| {
        imap.say(&format!("{tag} APPEND INBOX {{{}+}}\r\n{text}", text.len()));
        loop {
            let line = imap.line();
            if line.starts_with(tag) {
                return line;
            }
        }
    };
    assert!(append("b", &text).starts_with("b OK"));
    let refused = append("c", &text);
    assert!(refused.starts_with("c NO [OVERQUOTA]"), "{refused}");
    imap.imap("d", "SELECT INBOX");
    let refused = imap.imap("e", "COPY 1 Archive");
    assert!(refused.last().unwrap().starts_with("e NO [OVERQUOTA]"), "{refused:?}");
    let moved = imap.imap("f", "MOVE 1 Archive");
    assert!(moved.last().unwrap().starts_with("f OK"), "{moved:?}");
}
