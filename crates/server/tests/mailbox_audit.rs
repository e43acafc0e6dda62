//! What others do in a mailbox stands in its log, by whichever door they come; and whoever alters a log is told of.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use base64::Engine as _;
use std::path::Path;
use std::process::Command;
use testkit::{LineClient, TestServer, message_of};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Ben and Carla, and Ann, whose mailbox has a log and in which Ben may work and send.
fn house() -> TestServer {
    let server = TestServer::start(BINARY);
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server.ps("Add-MailboxPermission ann -User ben -AccessRights FullAccess | Out-Null");
    server.ps("Add-RecipientPermission ann -AccessRights SendAs -Trustee ben -Confirm:$false | Out-Null");
    server.ps("Set-Mailbox ann -GrantSendOnBehalfTo carla -AuditEnabled $true");
    server.ps("Set-Mailbox ann -AuditDelegate @{Add='FolderBind','MessageBind','Move','MoveToDeletedItems','SendOnBehalf'}");
    server
}

fn imap(server: &TestServer, user: &str) -> LineClient {
    let mut imap = server.connect(143);
    imap.line();
    let user = user.replace('\\', "\\\\");
    let answer = imap.imap("log", &format!("LOGIN \"{user}\" \"{}\"", server.password()));
    assert!(answer.last().unwrap().starts_with("log OK"), "{answer:?}");
    imap
}

fn ok(imap: &mut LineClient, command: &str) {
    let answer = imap.imap("ok", command);
    assert!(answer.last().unwrap().starts_with("ok OK"), "{command}: {answer:?}");
}

fn append(imap: &mut LineClient, folder: &str, subject: &str) {
    let message = message_of(subject, "the text");
    imap.say(&format!("app APPEND \"{folder}\" {{{}+}}", message.len()));
    imap.send(&message);
    imap.send(b"\r\n");
    let answer = imap.line();
    assert!(answer.starts_with("app OK"), "{answer}");
}

fn send(server: &TestServer, user: &str, from: &str, subject: &str) {
    let mut smtp = server.connect(587);
    smtp.answer();
    smtp.ask("EHLO client.example");
    let claim = base64::prelude::BASE64_STANDARD.encode(format!("\0{user}\0{}", server.password()));
    assert!(smtp.ask(&format!("AUTH PLAIN {claim}")).starts_with("235"));
    assert!(smtp.ask(&format!("MAIL FROM:<{from}>")).starts_with("250"));
    assert!(smtp.ask("RCPT TO:<carla@contoso.com>").starts_with("250"));
    smtp.ask("DATA");
    let sent = smtp.ask(&format!("From: {from}\r\nSubject: {subject}\r\n\r\nhello\r\n."));
    assert!(sent.starts_with("250"), "{sent}");
}

/// The log of Ann's mailbox, the oldest first.
fn log(server: &TestServer) -> Vec<String> {
    let shown = server.ps(
        "Search-MailboxAuditLog ann -ShowDetails | ForEach-Object { \"$($_.LogonUserAccount) $($_.LogonType) \
         $($_.ClientInfoString) $($_.ClientIPAddress) $($_.Operation) [$($_.FolderPathName)] [$($_.DestFolderPathName)] \
         [$($_.SourceItemSubjectsList)]\" }",
    );
    let mut lines: Vec<String> = shown.lines().map(str::to_owned).collect();
    lines.reverse();
    lines
}

/// Changes a row behind the server's back.
fn sql(file: &Path, sql: &str) {
    let program = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
    let done = Command::new("python3").args(["-c", program]).arg(file).arg(sql).status().unwrap();
    assert!(done.success(), "{sql}");
}

#[test]
fn every_door_tells_what_others_did() {
    let server = house();
    let mut ann = imap(&server, "ann");
    ["one", "two", "three"].iter().for_each(|subject| append(&mut ann, "INBOX", subject));
    ok(&mut ann, "SELECT INBOX");
    ok(&mut ann, "FETCH 1 BODY[]");
    assert_eq!(log(&server), [""; 0], "the owner's own work is not told of");

    let mut ben = imap(&server, "ben");
    ok(&mut ben, "SELECT \"Other Users/ann/INBOX\"");
    ok(&mut ben, "SELECT \"Other Users/ann/INBOX\"");
    ok(&mut ben, "FETCH 2 BODY.PEEK[]");
    ok(&mut ben, "MOVE 2 \"Other Users/ann/Deleted Items\"");
    ok(&mut ben, "STORE 1 +FLAGS (\\Deleted)");
    ok(&mut ben, "EXPUNGE");
    append(&mut ben, "Other Users/ann/Drafts", "four");
    let mut by_name = imap(&server, "CONTOSO\\ben\\ann");
    ok(&mut by_name, "SELECT \"Junk Email\"");
    let mut pop = server.connect(110);
    pop.line();
    pop.ask("USER CONTOSO\\ben\\ann");
    assert!(pop.ask(&format!("PASS {}", server.password())).starts_with("+OK"));
    pop.ask("DELE 1");
    assert!(pop.ask("QUIT").starts_with("+OK"));
    send(&server, "ben", "ann@contoso.com", "=?utf-8?q?in_Ann=C3=A9=27s_name?=");
    send(&server, "carla", "ann@contoso.com", "for Ann");
    server.ps("Add-MailboxFolderPermission ann:\\Inbox -User carla -AccessRights Reviewer | Out-Null");
    assert_eq!(
        log(&server),
        [
            "CONTOSO\\ben Delegate IMAP4 127.0.0.1 FolderBind [Inbox] [] []",
            "CONTOSO\\ben Delegate IMAP4 127.0.0.1 MessageBind [Inbox] [] [two]",
            "CONTOSO\\ben Delegate IMAP4 127.0.0.1 MoveToDeletedItems [Inbox] [Deleted Items] [two]",
            "CONTOSO\\ben Delegate IMAP4 127.0.0.1 Update [Inbox] [] [one]",
            "CONTOSO\\ben Delegate IMAP4 127.0.0.1 SoftDelete [Inbox] [] [one]",
            "CONTOSO\\ben Delegate IMAP4 127.0.0.1 Create [Drafts] [] [four]",
            "CONTOSO\\ben Delegate IMAP4 127.0.0.1 FolderBind [Junk Email] [] []",
            "CONTOSO\\ben Delegate POP3 127.0.0.1 FolderBind [Inbox] [] []",
            "CONTOSO\\ben Delegate POP3 127.0.0.1 SoftDelete [Inbox] [] [three]",
            "CONTOSO\\ben Delegate SMTP 127.0.0.1 SendAs [] [] [in Anné's name]",
            "CONTOSO\\carla Delegate SMTP 127.0.0.1 SendOnBehalf [] [] [for Ann]",
        ]
    );
    // What an administrator does by a cmdlet is told where that is wanted, and the owner's work where that is.
    server.ps("Set-Mailbox ann -AuditAdmin UpdateFolderPermissions -AuditOwner MailboxLogin,SoftDelete");
    server.ps("Set-MailboxFolderPermission ann:\\Inbox -User carla -AccessRights Editor | Out-Null");
    ok(&mut ann, "STORE 1:* +FLAGS (\\Deleted)");
    drop(imap(&server, "ann"));
    assert_eq!(
        log(&server)[11..],
        [
            "NT AUTHORITY\\SYSTEM Admin Management admin.sock ModifyFolderPermissions [Inbox] [] []",
            "CONTOSO\\ann Owner IMAP4 127.0.0.1 MailboxLogin [] [] []",
        ]
    );
    for (search, count) in [
        ("Search-MailboxAuditLog ann -ShowDetails -LogonTypes Owner", 1),
        ("Search-MailboxAuditLog ann -ShowDetails -LogonTypes Admin,Owner", 2),
        ("Search-MailboxAuditLog -Mailboxes ann,ben -Operations SendAs,SendOnBehalf", 1),
        ("Search-MailboxAuditLog -Mailboxes ben -Operations SendAs", 0),
        ("Search-MailboxAuditLog ann -ShowDetails -Operations SendAs,SendOnBehalf", 2),
        ("Search-MailboxAuditLog -ShowDetails -ResultSize 4", 4),
        ("Search-MailboxAuditLog", 1),
        ("Search-MailboxAuditLog ann -ShowDetails -EndDate 2020-01-01", 0),
        ("Search-MailboxAuditLog ann -ShowDetails -StartDate 2020-01-01", 13),
        ("Search-MailboxAuditLog ben -ShowDetails", 0),
    ] {
        assert_eq!(server.ps(&format!("@({search}).Count")).trim(), count.to_string(), "{search}");
    }
    let wrong = server.shell("Set-Mailbox ann -AuditDelegate Everything");
    assert_ne!(wrong.code, Some(0), "{wrong:?}");
}

#[test]
fn verify_shows_a_line_that_was_altered_or_removed() {
    let mut server = house();
    let mut ben = imap(&server, "ben");
    ["one", "two", "three"].iter().for_each(|subject| append(&mut ben, "Other Users/ann/INBOX", subject));
    drop(ben);
    assert_eq!(server.verify().code, Some(0));
    server.leave_unverified();
    for (file, tampering, says) in [
        (
            "database",
            "UPDATE mailbox_audit SET who = 'CONTOSO\\carla' WHERE number = 2",
            "AuditLogBroken: Entry 2 was altered",
        ),
        ("database", "DELETE FROM mailbox_audit WHERE number = 1", "AuditLogBroken: Entry 1 is missing"),
        ("directory", "UPDATE change SET who = 'CONTOSO\\carla' WHERE id = 5", "AuditRecordBroken: Entry 5"),
        ("directory", "DELETE FROM change WHERE id = (SELECT max(id) - 1 FROM change)", "is missing"),
    ] {
        server.stop();
        let path = match file {
            "database" => server.database_file(),
            _ => server.data().join("directory.db"),
        };
        sql(&path, tampering);
        let found = server.verify();
        assert_eq!(found.code, Some(1), "{found:?}");
        assert!(found.out.contains(says), "{tampering}: {found:?}");
    }
}
