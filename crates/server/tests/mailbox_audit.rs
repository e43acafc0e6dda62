//! What others do in a mailbox stands in its log, by whichever door they come; and whoever alters a log is told of.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use testkit::{LineClient, TestServer, message_of, sql};

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

fn append(imap: &mut LineClient, folder: &str, subject: &str) {
    imap.append(folder, "", &message_of(subject, "the text"));
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

#[test]
fn every_door_tells_what_others_did() {
    let server = house();
    let mut ann = server.imap("ann");
    ["one", "two", "three"].iter().for_each(|subject| append(&mut ann, "INBOX", subject));
    ann.done("SELECT INBOX");
    ann.done("FETCH 1 BODY[]");
    assert_eq!(log(&server), [""; 0], "the owner's own work is not told of");

    let mut ben = server.imap("ben");
    ben.done("SELECT \"Other Users/ann/INBOX\"");
    ben.done("SELECT \"Other Users/ann/INBOX\"");
    ben.done("FETCH 2 BODY.PEEK[]");
    ben.done("MOVE 2 \"Other Users/ann/Deleted Items\"");
    ben.done("STORE 1 +FLAGS (\\Deleted)");
    ben.done("EXPUNGE");
    append(&mut ben, "Other Users/ann/Drafts", "four");
    let mut by_name = server.imap("CONTOSO\\ben\\ann");
    by_name.done("SELECT \"Junk Email\"");
    let mut pop = server.connect(110);
    pop.line();
    pop.ask("USER CONTOSO\\ben\\ann");
    assert!(pop.ask(&format!("PASS {}", server.password())).starts_with("+OK"));
    pop.ask("DELE 1");
    assert!(pop.ask("QUIT").starts_with("+OK"));
    server.submit("ben", "ann@contoso.com", "carla@contoso.com", "=?utf-8?q?in_Ann=C3=A9=27s_name?=");
    server.submit("carla", "ann@contoso.com", "carla@contoso.com", "for Ann");
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
    ann.done("STORE 1:* +FLAGS (\\Deleted)");
    drop(server.imap("ann"));
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
    let mut ben = server.imap("ben");
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
