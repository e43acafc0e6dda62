//! Who may do what in a folder is seen and changed over IMAP, and is the same as what the cmdlets show.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use testkit::{LineClient, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Ann, Ben and Carla, a group Team with Carla in it, and Sales, a shared mailbox that Ann may open.
fn house() -> TestServer {
    let server = TestServer::start(BINARY);
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server.ps("New-DistributionGroup Team -Type Security -Members carla | Out-Null");
    server.ps("New-Mailbox -Shared -Name sales | Out-Null");
    server.ps("Add-MailboxPermission sales -User ann -AccessRights FullAccess | Out-Null");
    server
}

/// The untagged lines of a command that must succeed.
fn ok(imap: &mut LineClient, command: &str) -> Vec<String> {
    let mut answer = imap.done(command);
    answer.pop();
    answer
}

fn refused(imap: &mut LineClient, command: &str, why: &str) {
    let answer = imap.imap("no", command);
    let said = answer.last().unwrap();
    assert!(said.starts_with(&format!("no {why}")), "{command}: {said}");
}

fn permissions(server: &TestServer, folder: &str) -> String {
    let shown = server.ps(&format!(
        "Get-MailboxFolderPermission {folder} | ForEach-Object {{ \"$($_.User)=$($_.AccessRights -join ' ')\" }}"
    ));
    shown.lines().collect::<Vec<_>>().join(", ")
}

#[test]
fn an_owner_shares_a_folder_and_sees_whom_with() {
    let server = house();
    let mut ann = server.imap("ann");
    assert!(ok(&mut ann, "CAPABILITY")[0].contains(" ACL RIGHTS=kxte"));
    let own = "\"ann@contoso.com\" \"lrswipkxteacd\"";
    assert_eq!(ok(&mut ann, "GETACL INBOX"), [format!("* ACL INBOX {own}")]);
    assert_eq!(
        ok(&mut ann, "LISTRIGHTS INBOX ben"),
        ["* LISTRIGHTS INBOX \"ben\" \"\" l r sw ip k te xa c d"]
    );
    assert_eq!(ok(&mut ann, "LISTRIGHTS INBOX ann"), ["* LISTRIGHTS INBOX \"ann\" \"lrswipkxteacd\""]);
    ok(&mut ann, "SETACL INBOX ben lr");
    ok(&mut ann, "SETACL INBOX team@contoso.com lrswipted");
    ok(&mut ann, "SETACL INBOX anyone l");
    assert_eq!(
        ok(&mut ann, "GETACL INBOX"),
        [format!(
            "* ACL INBOX {own} \"ben@contoso.com\" \"lr\" \"Team@contoso.com\" \"lrswipted\" \"anyone\" \"l\""
        )]
    );
    assert_eq!(
        permissions(&server, "ann:\\Inbox"),
        "Default=FolderVisible, Anonymous=None, ben=Reviewer, Team=Editor"
    );

    // Ben and Carla are where they were let in, each as far as that goes.
    let (mut ben, mut carla) = (server.imap("ben"), server.imap("CONTOSO\\carla"));
    let folder = "\"Other Users/ann/INBOX\"";
    assert_eq!(ok(&mut ben, &format!("MYRIGHTS {folder}")), [format!("* MYRIGHTS {folder} lr")]);
    assert_eq!(ok(&mut carla, &format!("MYRIGHTS {folder}")), [format!("* MYRIGHTS {folder} lrswipted")]);
    for command in ["GETACL %", "SETACL % ben lra", "DELETEACL % team@contoso.com", "LISTRIGHTS % ben"] {
        refused(&mut ben, &command.replace('%', folder), "NO [NOPERM]");
        refused(&mut carla, &command.replace('%', "\"Other Users/ann/Drafts\""), "NO [NONEXISTENT]");
        refused(&mut carla, &command.replace('%', "\"Other Users/ben/INBOX\""), "NO [NO");
    }

    // What is added and taken changes no more than it says.
    ok(&mut ann, "SETACL INBOX ben +i");
    assert_eq!(ok(&mut ben, &format!("MYRIGHTS {folder}")), [format!("* MYRIGHTS {folder} lrip")]);
    ok(&mut ann, "SETACL INBOX team@contoso.com -swted");
    assert_eq!(ok(&mut carla, &format!("MYRIGHTS {folder}")), [format!("* MYRIGHTS {folder} lrip")]);
    server.ps("Set-MailboxFolderPermission ann:\\Inbox -User ben -AccessRights Author");
    ok(&mut ann, "SETACL INBOX ben lrip");
    assert!(permissions(&server, "ann:\\Inbox").contains("ben=Author"));

    // Whoever may change permissions passes that on, and loses it.
    ok(&mut ann, "SETACL INBOX carla lra");
    assert!(ok(&mut carla, &format!("GETACL {folder}"))[0].ends_with("\"carla@contoso.com\" \"lrxac\""));
    ok(&mut carla, &format!("SETACL {folder} ben \"\""));
    refused(&mut ben, &format!("SELECT {folder}"), "NO [NO");
    ok(&mut carla, &format!("SETACL {folder} carla -a"));
    refused(&mut carla, &format!("GETACL {folder}"), "NO [NOPERM]");
    ok(&mut ann, "DELETEACL INBOX ben");
    ok(&mut ann, "DELETEACL INBOX ben");
    ok(&mut ann, "DELETEACL INBOX anyone");
    assert_eq!(
        permissions(&server, "ann:\\Inbox"),
        "Default=None, Anonymous=None, Team=ReadItems CreateItems FolderVisible, carla=Reviewer"
    );
}

#[test]
fn what_cannot_be_said_of_a_folder_is_refused_in_words() {
    let server = house();
    let mut ann = server.imap("ann");
    for (command, why) in [
        ("SETACL INBOX ben lrz", "BAD"),
        ("SETACL INBOX ben LR", "BAD"),
        ("SETACL INBOX ben \"l r\"", "BAD"),
        ("SETACL INBOX ben +-l", "BAD"),
        ("SETACL INBOX ben", "BAD"),
        ("SETACL INBOX \"\" lr", "BAD"),
        ("SETACL INBOX ben lr more", "BAD"),
        ("GETACL", "BAD"),
        ("GETACL INBOX ben", "BAD"),
        ("DELETEACL INBOX", "BAD"),
        ("LISTRIGHTS INBOX", "BAD"),
        ("SETACL INBOX -ben lr", "NO [CANNOT]"),
        ("SETACL INBOX nobody lr", "NO [NONEXISTENT]"),
        ("SETACL INBOX ann lr", "NO [CANNOT]"),
        ("DELETEACL INBOX ann@contoso.com", "NO [CANNOT]"),
        ("SETACL INBOX ben x", "NO [CANNOT]"),
        ("SETACL INBOX ben lrc", "NO [CANNOT]"),
        ("GETACL Nowhere", "NO [NONEXISTENT]"),
        ("SETACL Shared/ben/INBOX ben lr", "NO [NO"),
        ("GETACL \"Online Archive/INBOX\"", "NO [NO"),
    ] {
        refused(&mut ann, command, why);
    }
    let long = "a".repeat(1_025);
    refused(&mut ann, &format!("SETACL INBOX {long} lr"), "BAD");
    assert_eq!(permissions(&server, "ann:\\Inbox"), "Default=None, Anonymous=None");
    // Whoever has Full Access may say it for the owner, by either name of the folder.
    ok(&mut ann, "SETACL Shared/sales/INBOX ben lr");
    let mut inside = server.imap("CONTOSO\\ann\\sales");
    ok(&mut inside, "SETACL \"Sent Items\" ben lr");
    let listed = ok(&mut inside, "GETACL INBOX");
    assert_eq!(listed, ["* ACL INBOX \"sales@contoso.com\" \"lrswipkxteacd\" \"ben@contoso.com\" \"lr\""]);
    // An entry outlives the account, and goes by the identifier that is shown then.
    server.ps("Remove-Mailbox ben -Confirm:$false");
    let listed = ok(&mut inside, "GETACL INBOX");
    let sid = listed[0].split('"').find(|word| word.starts_with("S-1-5-21-")).unwrap().to_owned();
    ok(&mut inside, &format!("DELETEACL INBOX {sid}"));
    assert!(!ok(&mut inside, "GETACL INBOX")[0].contains("S-1-5"));
}

#[test]
fn pythons_imaplib_shares_a_folder_and_the_record_says_who_did() {
    let server = house();
    let script = format!(
        "import imaplib\n\
         imap = imaplib.IMAP4('127.0.0.1', {})\n\
         imap.login('ann', '{}')\n\
         imap.create('Lists')\n\
         imap.create('Lists/Orders')\n\
         print(imap.setacl('Lists/Orders', 'ben', 'lrswi')[0])\n\
         print(imap.getacl('Lists/Orders')[1][0].decode())\n\
         print(imap.myrights('Lists/Orders')[1][0].decode())\n\
         print(imap.setacl('Lists/Orders', 'ben', '-sw')[0], imap.deleteacl('Lists/Orders', 'carla')[0])\n\
         print(imap.deleteacl('Lists/Orders', 'ben')[0])\n\
         print(imap.getacl('Lists/Orders')[1][0].decode())\n",
        server.port(143),
        server.password()
    );
    let output = Command::new("python3").args(["-c", &script]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "OK",
            "Lists/Orders \"ann@contoso.com\" \"lrswipkxteacd\" \"ben@contoso.com\" \"lrswip\"",
            "Lists/Orders lrswipkxteacd",
            "OK OK",
            "OK",
            "Lists/Orders \"ann@contoso.com\" \"lrswipkxteacd\"",
        ],
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found = server.ps(
        "Search-AdminAuditLog -Cmdlets Add-MailboxFolderPermission,Set-MailboxFolderPermission,Remove-MailboxFolderPermission | \
         Sort-Object RunDate | ForEach-Object { \"$($_.Caller) $($_.CmdletName) $($_.ObjectModified) $(($_.CmdletParameters | \
         ForEach-Object { \"$($_.Name)=$($_.Value)\" }) -join ' ')\" }",
    );
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 3, "{found}");
    for (line, (cmdlet, rights)) in lines.iter().zip([
        (
            "Add-MailboxFolderPermission",
            "AccessRights=ReadItems, CreateItems, EditOwnedItems, EditAllItems, FolderVisible",
        ),
        ("Set-MailboxFolderPermission", "AccessRights=ReadItems, CreateItems, FolderVisible"),
        ("Remove-MailboxFolderPermission", "User=ben@contoso.com"),
    ]) {
        assert!(line.starts_with(&format!("CONTOSO\\ann {cmdlet} ")) && line.ends_with(rights), "{line}");
        assert!(line.contains("Identity=ann:\\Lists\\Orders User=ben@contoso.com"), "{line}");
    }
}

/// An undo finds the folder by what it is: in the archive, too, under another name, and beside one that took the old name.
#[test]
fn what_was_given_is_undone_where_the_folder_is_by_then() {
    let server = house();
    server.ps("Enable-Mailbox ann -Archive | Out-Null");
    let mut ann = server.imap("ann");
    let undo = |which: &str| {
        server.shell(&format!(
            "Get-AdminChange -Cmdlets {which} -ResultSize 1 | Undo-AdminChange -Confirm:$false"
        ))
    };
    for space in ["", "Online Archive/"] {
        let (lists, old) = (format!("\"{space}Lists\""), format!("\"{space}Old\""));
        let nobody = |name: &str| [format!("* ACL {} \"ann@contoso.com\" \"lrswipkxteacd\"", shown(name))];
        let ben = |name: &str| format!("{} \"ben@contoso.com\" \"lr\"", nobody(name)[0]);
        ok(&mut ann, &format!("CREATE {lists}"));
        ok(&mut ann, &format!("SETACL {lists} ben lr"));
        ok(&mut ann, &format!("RENAME {lists} {old}"));
        ok(&mut ann, &format!("CREATE {lists}"));
        ok(&mut ann, &format!("SETACL {lists} ben lr"));
        ok(&mut ann, &format!("SETACL {lists} ben lrs"));
        // The last one that added an entry was of the new folder, which says something else by now.
        let refused = undo("Add-MailboxFolderPermission");
        assert!(format!("{refused:?}").contains("has other permissions by now"), "{space}: {refused:?}");
        assert_eq!(undo("Set-MailboxFolderPermission").code, Some(0));
        assert_eq!(ok(&mut ann, &format!("GETACL {lists}")), [ben(&lists)]);
        assert_eq!(undo("Add-MailboxFolderPermission").code, Some(0));
        assert_eq!(ok(&mut ann, &format!("GETACL {lists}")), nobody(&lists));
        assert_eq!(ok(&mut ann, &format!("GETACL {old}")), [ben(&old)]);
        let shell = server.shell(
            "Get-AdminChange -Cmdlets Add-MailboxFolderPermission -ResultSize 2 | Select-Object -Last 1 | Undo-AdminChange -Confirm:$false",
        );
        assert_eq!(shell.code, Some(0), "{space}: {shell:?}");
        assert_eq!(ok(&mut ann, &format!("GETACL {old}")), nobody(&old));
        // What is gone is told, and nothing else is written in its place.
        ok(&mut ann, &format!("SETACL {old} ben lr"));
        ok(&mut ann, &format!("DELETE {old}"));
        ok(&mut ann, &format!("RENAME {lists} {old}"));
        let gone = undo("Add-MailboxFolderPermission");
        assert!(format!("{gone:?}").contains("is no longer there"), "{space}: {gone:?}");
        assert_eq!(ok(&mut ann, &format!("GETACL {old}")), nobody(&old));
        ok(&mut ann, &format!("DELETE {old}"));
    }
}

/// A name as the server writes it: in quotes where it holds a blank.
fn shown(name: &str) -> String {
    if name.contains(' ') { name.to_owned() } else { name.replace('"', "") }
}
