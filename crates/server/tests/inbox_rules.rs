//! What inbox rules want and cannot have: nobody's mail is lost by it, and the log says what was left out.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

fn send(server: &TestServer, text: &str) {
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    assert!(smtp.ask("MAIL FROM:<far@far.example>").starts_with("250"));
    assert!(smtp.ask("RCPT TO:<ann@contoso.com>").starts_with("250"));
    assert!(smtp.ask("DATA").starts_with("354"));
    let answer = smtp.ask(&format!("Subject: x\r\n\r\n{text}\r\n."));
    assert!(answer.starts_with("250"), "{answer}");
}

fn items(server: &TestServer, who: &str) -> String {
    server.ps(&format!("(Get-MailboxStatistics {who}).ItemCount")).trim().to_owned()
}

#[test]
fn a_copy_for_which_there_is_no_room_is_left_out_and_logged() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps("Set-Mailbox ann -UseDatabaseQuotaDefaults $false -IssueWarningQuota 100KB -ProhibitSendQuota 100KB -ProhibitSendReceiveQuota 100KB");
    server.ps("New-InboxRule Copies -Mailbox ann -CopyToFolder \\Archive | Out-Null");
    send(&server, "small");
    assert_eq!(items(&server, "ann"), "2");
    assert!(!server.log().contains("copies of inbox rules are left out"));
    send(&server, &format!("{}\r\n", "x".repeat(98)).repeat(600));
    assert_eq!(items(&server, "ann"), "3");
    server.logged("copies of inbox rules are left out");
}

#[test]
fn one_message_is_sent_on_ten_times_at_most() {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    server.ps("1..12 | ForEach-Object { New-InboxRule \"r$_\" -Mailbox ann -ForwardTo ben -StopProcessingRules $false } | Out-Null");
    send(&server, "hello");
    server.logged("rules send on only the first 10 times");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while items(&server, "ben") != "10" {
        assert!(std::time::Instant::now() < until, "{} came", items(&server, "ben"));
    }
    // The queue is empty: no eleventh is under way.
    assert_eq!(server.ps("@(Get-Message).Count").trim(), "0");
    assert_eq!((items(&server, "ann"), items(&server, "ben")), ("1".to_owned(), "10".to_owned()));
}
