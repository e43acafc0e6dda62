//! Owners are warned by mail that their mailboxes are full: through a running server, with a clock that tests can set.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::time::Duration;
use testkit::{LineClient, Options, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// The log says when a round of warnings is over.
const LOG: &str = "MAILSTEAD_LOG=info,mailstead_server=debug";

/// A client in somebody's inbox.
fn inbox(server: &TestServer, name: &str) -> LineClient {
    let mut imap = server.connect(143);
    imap.be_patient(Duration::from_secs(60));
    imap.line();
    imap.imap("a", &format!("LOGIN {name} \"{}\"", server.password()));
    let selected = imap.imap("b", "SELECT INBOX");
    assert!(selected.last().unwrap().starts_with("b OK"), "{selected:?}");
    imap
}

/// Waits until the inbox has so many messages.
fn wait_for(imap: &mut LineClient, count: usize) {
    imap.say("w IDLE");
    while imap.line() != format!("* {count} EXISTS") {}
    imap.say("DONE");
    while !imap.line().starts_with("w OK") {}
}

/// What the header of a message says, with words of other alphabets as they are encoded.
fn header(imap: &mut LineClient, number: usize) -> String {
    imap.imap("h", &format!("FETCH {number} BODY.PEEK[HEADER]")).join("\n")
}

fn exists(imap: &mut LineClient) -> usize {
    let said = imap.imap("n", "STATUS INBOX (MESSAGES)").join(" ");
    let count = said.split("MESSAGES ").nth(1).unwrap();
    count.split(')').next().unwrap().parse().unwrap()
}

/// Mail of so many kilobytes comes from outside; the last answer.
fn mail(server: &TestServer, to: &str, kilobytes: usize) -> String {
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    smtp.ask("MAIL FROM:<far@far.example>");
    let named = smtp.ask(&format!("RCPT TO:<{to}@contoso.com>"));
    if !named.starts_with("250") {
        return named;
    }
    smtp.ask("DATA");
    smtp.ask(&format!(
        "Subject: large\r\n\r\n{}\r\n.",
        format!("{}\r\n", "x".repeat(62)).repeat(16 * kilobytes)
    ))
}

/// Puts 25 KB into a folder; the answer.
fn append(imap: &mut LineClient, folder: &str) -> String {
    let text = format!("Subject: old\r\n\r\n{}", format!("{}\r\n", "x".repeat(62)).repeat(16 * 25));
    imap.say(&format!("p APPEND \"{folder}\" {{{}}}", text.len()));
    let go = imap.line();
    assert!(go.starts_with('+'), "{go}");
    imap.send(format!("{text}\r\n").as_bytes());
    std::iter::repeat_with(|| imap.line()).find(|line| line.starts_with("p ")).unwrap()
}

fn limit(server: &TestServer, name: &str, warning: &str, send: &str, full: &str) {
    server.ps(&format!(
        "Set-Mailbox {name} -UseDatabaseQuotaDefaults $false -ProhibitSendReceiveQuota {full} -ProhibitSendQuota {send} \
         -IssueWarningQuota {warning}"
    ));
}

#[test]
fn whoever_grows_over_a_quota_is_told_at_once_in_their_language() {
    let under = vec!["env".to_owned(), LOG.to_owned()];
    let mut server = TestServer::start_with(BINARY, Options { under, ..Options::default() });
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server.ps("Set-Mailbox ann -Languages de-DE; Set-Mailbox ben -Languages ja-JP,fr-FR");
    limit(&server, "ann", "40KB", "60KB", "100KB");
    limit(&server, "ben", "40KB", "60KB", "100KB");
    // Nobody is warned who is warned at half of what ends sending, or before.
    limit(&server, "carla", "30KB", "60KB", "100KB");
    let (mut ann, mut ben, mut carla) =
        (inbox(&server, "ann"), inbox(&server, "ben"), inbox(&server, "carla"));
    for name in ["carla", "ann", "ben"] {
        assert!(mail(&server, name, 45).starts_with("250"));
    }
    wait_for(&mut ann, 2);
    let said = header(&mut ann, 2);
    assert!(said.contains("Subject: Ihr Postfach ist fast voll"), "{said}");
    assert!(said.contains("From: Mailsystem <postmaster@contoso.com>"), "{said}");
    assert!(said.contains("Return-Path: <>") && said.contains("Auto-Submitted: auto-generated"), "{said}");
    assert!(said.contains("Content-Language: de") && said.contains("To: <ann@contoso.com>"), "{said}");
    wait_for(&mut ben, 2);
    let said = header(&mut ben, 2);
    assert!(said.contains("Content-Language: fr"), "{said}");
    // More at the same height says nothing; the next quota does, and the last one, in a mailbox that takes nothing else.
    assert!(mail(&server, "ann", 4).starts_with("250"));
    assert!(mail(&server, "ann", 12).starts_with("250"));
    wait_for(&mut ann, 5);
    assert!(
        header(&mut ann, 5).contains("Subject: Ihr Postfach kann nicht mehr senden"),
        "{}",
        header(&mut ann, 5)
    );
    // A quota that is set below what is used tells with the next round, in a mailbox that takes nothing else.
    server.ps("Set-Mailbox ann -ProhibitSendQuota 61KB -ProhibitSendReceiveQuota 61KB");
    assert!(mail(&server, "ann", 1).starts_with("554 5.2.2"), "{}", mail(&server, "ann", 1));
    assert_eq!(exists(&mut carla), 1);
    let told = "(Get-MessageTrackingLog -Recipients ann@contoso.com | where MessageSubject -like 'Ihr Postfach *' | where EventId -eq DELIVER).Count";
    assert_eq!(server.ps(told).trim(), "2");
    drop((ann, ben, carla));
    server.stop();
    server.run();
    server.logged("owners of full mailboxes were told");
    let mut ann = inbox(&server, "ann");
    assert_eq!(exists(&mut ann), 6);
    assert!(header(&mut ann, 6).contains("Subject: Ihr Postfach ist voll"), "{}", header(&mut ann, 6));
    assert_eq!(exists(&mut inbox(&server, "carla")), 1);
}

#[test]
fn whoever_stays_over_a_quota_is_told_once_a_day_at_the_hour_of_the_database() {
    let preload = "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    let at = |moment: &str| {
        let words = ["env", preload, "TZ=Europe/Vienna", "FAKETIME_DONT_FAKE_MONOTONIC=1", LOG];
        let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        words.push(format!("FAKETIME=@{moment}"));
        words
    };
    let mut server =
        TestServer::start_with(BINARY, Options { under: at("2026-11-28 03:00:00"), ..Options::default() });
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    limit(&server, "ann", "40KB", "60KB", "200KB");
    let mut ann = inbox(&server, "ann");
    assert!(mail(&server, "ann", 45).starts_with("250"));
    wait_for(&mut ann, 2);
    // Ben's quota is set below what is used: he is told with the next round.
    assert!(mail(&server, "ben", 45).starts_with("250"));
    limit(&server, "ben", "40KB", "60KB", "200KB");
    for (moment, messages, of_ben) in [
        ("2026-11-28 20:00:00", 2, 2),
        ("2026-11-29 00:50:00", 2, 2),
        ("2026-11-29 01:20:00", 3, 2),
        ("2026-11-29 23:00:00", 3, 2),
        ("2026-11-30 01:00:30", 4, 3),
    ] {
        drop(ann);
        server.stop();
        let words = at(moment);
        server.under(&words.iter().map(String::as_str).collect::<Vec<_>>());
        server.run();
        // The round of the start is over when what is behind it was done.
        server.logged("owners of full mailboxes were told");
        ann = inbox(&server, "ann");
        assert_eq!(
            (exists(&mut ann), exists(&mut inbox(&server, "ben"))),
            (messages, of_ben),
            "{moment}: {}",
            server.log()
        );
    }
    // Another hour: the day after at noon, and not before.
    server.ps("Set-MailboxDatabase 'Mailbox Database' -QuotaNotificationSchedule 'Tue.12:00 PM-Tue.12:30 PM','Wednesday.12:00-Wednesday.13:00'");
    let refused =
        server.shell("Set-MailboxDatabase 'Mailbox Database' -QuotaNotificationSchedule 'Tue.12:00 PM'");
    assert!(refused.err.contains("'Tue.12:00 PM' is not a span of a week."), "{refused:?}");
    for (moment, messages) in [("2026-12-01 02:00:00", 4), ("2026-12-01 12:10:00", 5)] {
        drop(ann);
        server.stop();
        let words = at(moment);
        server.under(&words.iter().map(String::as_str).collect::<Vec<_>>());
        server.run();
        server.logged("owners of full mailboxes were told");
        ann = inbox(&server, "ann");
        assert_eq!(exists(&mut ann), messages, "{moment}: {}", server.log());
    }
}

#[test]
fn an_archive_and_the_recoverable_items_have_warnings_of_their_own() {
    let under = vec!["env".to_owned(), LOG.to_owned()];
    let mut server = TestServer::start_with(BINARY, Options { under, ..Options::default() });
    server.mailbox("ann");
    server.ps("Enable-Mailbox ann -Archive -ArchiveName 'Old things of Ann' | Out-Null");
    server.ps("Set-Mailbox ann -ArchiveWarningQuota 20KB -ArchiveQuota 40KB -Languages es-ES");
    let mut ann = inbox(&server, "ann");
    let folders = ann.imap("l", "LIST \"\" *").join("\n");
    let folder = folders
        .lines()
        .find(|line| line.contains("Old things") || line.contains("Archive/"))
        .unwrap_or_else(|| panic!("{folders}"));
    let folder = folder.rsplit("\"/\" ").next().unwrap().trim_matches('"').to_owned();
    assert!(append(&mut ann, &folder).starts_with("p OK"), "{folder}");
    wait_for(&mut ann, 1);
    let said = ann.imap("h", "FETCH 1 BODY.PEEK[]").join("\n");
    assert!(said.contains("Content-Language: es"), "{said}");
    assert!(
        said.contains("Subject: =?utf-8?B?U3UgYXJjaGl2byBlc3TDoSBjYXNpIGxsZW5v?="),
        "Su archivo está casi lleno: {said}"
    );

    // What is deleted first goes when there is too much of it, unless single items must stay recoverable.
    server.ps("Set-Mailbox ann -UseDatabaseQuotaDefaults $false -CalendarLoggingQuota 10KB -RecoverableItemsWarningQuota 30KB -RecoverableItemsQuota 60KB");
    let delete = |imap: &mut LineClient| {
        assert!(append(imap, "INBOX").starts_with("p OK"));
        imap.imap("s", "STORE * +FLAGS (\\Deleted)");
        imap.imap("e", "EXPUNGE").pop().unwrap()
    };
    assert!(delete(&mut ann).starts_with("e OK") && delete(&mut ann).starts_with("e OK"));
    let full = delete(&mut ann);
    assert!(full.starts_with("e NO [OVERQUOTA]"), "{full}");
    let deleted =
        |server: &TestServer| server.ps("(Get-MailboxStatistics ann).DeletedItemCount").trim().to_owned();
    assert_eq!(deleted(&server), "2");
    server.ps("Set-Mailbox ann -SingleItemRecoveryEnabled $true");
    drop(ann);
    server.stop();
    server.run();
    server.logged("owners of full mailboxes were told");
    assert!(server.log().contains("RecoverableItemsWarningQuota"), "{}", server.log());
    assert_eq!(deleted(&server), "2");
    server.ps("Set-Mailbox ann -SingleItemRecoveryEnabled $false");
    server.stop();
    server.run();
    server.logged("owners of full mailboxes were told");
    assert_eq!(deleted(&server), "1");
    server.ps("Set-Mailbox ann -RecoverableItemsQuota 90KB");
    let mut ann = inbox(&server, "ann");
    assert!(delete(&mut ann).starts_with("e OK"));
}

#[test]
fn what_was_deleted_in_an_archive_goes_by_its_own_quota() {
    let under = vec!["env".to_owned(), LOG.to_owned()];
    let mut server = TestServer::start_with(BINARY, Options { under, ..Options::default() });
    server.mailbox("ann");
    server.ps("Enable-Mailbox ann -Archive -ArchiveName Archive | Out-Null
               Set-MailboxDatabase 'Mailbox Database' -CalendarLoggingQuota 10KB -RecoverableItemsWarningQuota 30KB");
    let mut ann = inbox(&server, "ann");
    let folders = ann.imap("l", "LIST \"\" *").join("\n");
    let archive =
        folders.lines().find(|line| line.contains("Archive/")).unwrap_or_else(|| panic!("{folders}"));
    let archive = archive.rsplit("\"/\" ").next().unwrap().trim_matches('"');
    for folder in ["INBOX", archive] {
        ann.imap("b", &format!("SELECT \"{folder}\""));
        for _ in 0..2 {
            assert!(append(&mut ann, folder).starts_with("p OK"), "{folder}");
        }
        ann.imap("s", "STORE 1:* +FLAGS (\\Deleted)");
        assert!(ann.imap("e", "EXPUNGE").last().unwrap().starts_with("e OK"));
    }
    let deleted = |server: &TestServer| {
        server.ps("(Get-MailboxStatistics ann).DeletedItemCount, (Get-MailboxStatistics ann -Archive).DeletedItemCount -join ' '")
    };
    drop(ann);
    server.stop();
    server.run();
    server.logged("owners of full mailboxes were told");
    assert_eq!(deleted(&server).trim(), "1 2");
}
