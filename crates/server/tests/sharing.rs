//! People work in mailboxes that are not their own: over IMAP and POP3, with the rights they have at that moment.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use testkit::{LineClient, TestServer, message_of};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Ann, Ben, Carla, and the shared mailbox Sales, in which Ann may work.
fn house() -> TestServer {
    let server = TestServer::start(BINARY);
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server.ps("New-Mailbox -Shared -Name sales | Out-Null");
    server.ps("Add-MailboxPermission sales -User ann -AccessRights FullAccess | Out-Null");
    server
}

fn append(imap: &mut LineClient, folder: &str, subject: &str) {
    imap.append(folder, "\\Flagged $work", &message_of(subject, "the text"));
}

fn listed(lines: &[String]) -> Vec<String> {
    let names =
        lines.iter().filter(|line| line.starts_with("* L")).map(|line| line.split(" \"/\" ").last().unwrap());
    names.map(|name| name.trim_matches('"').to_owned()).collect()
}

#[test]
fn a_delegate_works_in_a_shared_mailbox_by_name() {
    let server = house();
    let mut ann = server.imap("ann");
    assert_eq!(
        ann.done("NAMESPACE")[0],
        "* NAMESPACE ((\"\" \"/\")) ((\"Other Users/\" \"/\")) ((\"Shared/\" \"/\"))"
    );
    let all = listed(&ann.done("LIST \"\" *"));
    for name in ["Shared", "Shared/sales", "Shared/sales/INBOX", "Shared/sales/Sent Items"] {
        assert_eq!(all.iter().filter(|listed| *listed == name).count(), 1, "{name} in {all:?}");
    }
    assert_eq!(listed(&ann.done("LIST \"\" Shared/%")), ["Shared/sales"]);
    assert!(listed(&ann.done("LIST \"Shared/\" sales/%")).contains(&"Shared/sales/INBOX".to_owned()));
    assert!(ann.done("LIST \"\" %").contains(&"* LIST (\\HasChildren \\Noselect) \"/\" Shared".to_owned()));
    // Others see nothing of it.
    let mut ben = server.imap("ben");
    assert!(!listed(&ben.done("LIST \"\" *")).iter().any(|name| name.contains("sales")));
    for command in [
        "SELECT Shared/sales/INBOX",
        "STATUS Shared/sales/INBOX (MESSAGES)",
        "SELECT \"Other Users/ann/INBOX\"",
    ] {
        let answer = ben.imap("no", command);
        assert!(answer.last().unwrap().starts_with("no NO [NONEXISTENT]"), "{command}: {answer:?}");
    }

    append(&mut ann, "Shared/sales/INBOX", "first");
    append(&mut ann, "INBOX", "own");
    assert_eq!(
        ann.done("STATUS Shared/sales/INBOX (MESSAGES UNSEEN)")[0],
        "* STATUS Shared/sales/INBOX (MESSAGES 1 UNSEEN 1)"
    );
    ann.done("CREATE Shared/sales/Orders/2026");
    ann.done("RENAME Shared/sales/Orders Shared/sales/Old");
    let renamed = ann.imap("no", "RENAME Shared/sales/Old Mine");
    assert!(renamed.last().unwrap().starts_with("no NO"), "{renamed:?}");
    ann.done("SELECT Shared/sales/INBOX");
    assert!(ann.done("SEARCH SUBJECT first").contains(&"* SEARCH 1".to_owned()));
    ann.done("FETCH 1 BODY[]");
    // Within the mailbox, out of it and into it; what a message was it stays.
    assert!(ann.done("COPY 1 Shared/sales/Old/2026").last().unwrap().contains("COPYUID"));
    assert!(ann.done("COPY 1 INBOX").last().unwrap().contains("COPYUID"));
    ann.done("MOVE 1 \"Deleted Items\"");
    ann.done("SELECT INBOX");
    let copied = ann.done("FETCH 2 (FLAGS ENVELOPE)");
    assert!(
        copied[0].contains("\\Flagged") && copied[0].contains("$work") && copied[0].contains("first"),
        "{copied:?}"
    );
    ann.done("UID MOVE 1 Shared/sales/INBOX");
    let status = ann.done("STATUS Shared/sales/INBOX (MESSAGES)");
    assert_eq!(status[0], "* STATUS Shared/sales/INBOX (MESSAGES 1)");
    assert_eq!(ann.done("STATUS \"Deleted Items\" (MESSAGES)")[0], "* STATUS \"Deleted Items\" (MESSAGES 1)");
    assert_eq!(ann.done("MYRIGHTS Shared/sales/INBOX")[0], "* MYRIGHTS Shared/sales/INBOX lrswipkxteacd");
    // Subscriptions are one's own.
    for folder in ["Archive", "\"Deleted Items\"", "Drafts", "\"Junk Email\"", "Old", "Old/2026"] {
        ann.done(&match folder.strip_prefix('"') {
            Some(folder) => format!("UNSUBSCRIBE \"Shared/sales/{folder}"),
            None => format!("UNSUBSCRIBE Shared/sales/{folder}"),
        });
    }
    assert_eq!(listed(&ann.done("LSUB \"\" Shared/*")), ["Shared/sales/INBOX", "Shared/sales/Sent Items"]);
    let subscribed = ann.done("LIST (SUBSCRIBED) \"\" Shared/* RETURN (CHILDREN)");
    assert_eq!(subscribed[0], "* LIST (\\HasNoChildren \\Subscribed) \"/\" Shared/sales/INBOX");
    assert_eq!(ann.done("GETQUOTAROOT Shared/sales/INBOX")[0], "* QUOTAROOT Shared/sales/INBOX Shared/sales");
    ann.done("DELETE Shared/sales/Old/2026");
    let foreign = ann.imap("no", "CREATE Shared/nobody/x");
    assert!(foreign.last().unwrap().starts_with("no NO [NOPERM]"), "{foreign:?}");
}

/// COPY and MOVE within somebody else's mailbox bring no flag along that one may not set there. [RFC 4314 4]
#[test]
fn flags_that_may_not_be_set_are_not_copied_within_a_foreign_mailbox() {
    let server = house();
    let mut ann = server.imap("ann");
    ann.done("CREATE Letters");
    ann.done("CREATE Box");
    (0..3).for_each(|number| append(&mut ann, "Letters", &format!("letter {number}")));
    ann.done("SELECT Letters");
    ann.done("STORE 1:3 +FLAGS (\\Seen)");
    server.ps("Add-MailboxFolderPermission ann:\\Letters -User ben -AccessRights Editor | Out-Null");
    server.ps("Add-MailboxFolderPermission ann:\\Box -User ben -AccessRights Contributor | Out-Null");
    server.ps("Add-MailboxFolderPermission ann:\\ -User ben -AccessRights FolderVisible | Out-Null");
    let mut ben = server.imap("ben");
    ben.done("SELECT \"Other Users/ann/Letters\"");
    ben.done("COPY 1 \"Other Users/ann/Box\"");
    ben.done("UID COPY 2 \"Other Users/ann/Box\"");
    ben.done("MOVE 3 \"Other Users/ann/Box\"");
    // Where one may set them they come along.
    ben.done("COPY 1 \"Other Users/ann/Letters\"");
    let copied = ben.done("FETCH 3 FLAGS");
    assert!(copied[0].contains("\\Seen") && copied[0].contains("$work"), "{copied:?}");
    ann.done("SELECT Box");
    let found = ann.done("FETCH 1:* FLAGS");
    let bare =
        found.iter().filter(|line| line.starts_with("* ") && line.contains("FLAGS (")).collect::<Vec<_>>();
    assert_eq!(bare.len(), 3, "{found:?}");
    for line in bare {
        assert!(!line.contains("\\Seen") && !line.contains("\\Flagged") && !line.contains("$work"), "{line}");
    }
    // Ann herself brings everything along, within her mailbox as ever.
    ann.done("SELECT Letters");
    ann.done("COPY 1 Drafts");
    ann.done("SELECT Drafts");
    let own = ann.done("FETCH 1 FLAGS");
    assert!(own[0].contains("\\Seen") && own[0].contains("$work"), "{own:?}");
}

#[test]
fn a_delegate_logs_on_to_the_shared_mailbox_itself_and_it_never_logs_on() {
    let server = house();
    append(&mut server.imap("ann"), "Shared/sales/INBOX", "for all of us");
    for name in ["CONTOSO\\ann\\sales", "ann@contoso.com\\sales"] {
        let mut imap = server.imap(name);
        assert_eq!(imap.done("STATUS INBOX (MESSAGES)")[0], "* STATUS INBOX (MESSAGES 1)", "{name}");
        assert_eq!(imap.done("NAMESPACE")[0], "* NAMESPACE ((\"\" \"/\")) NIL NIL");
        let mut pop = server.connect(110);
        pop.answer();
        pop.ask(&format!("USER {name}"));
        assert_eq!(pop.ask(&format!("PASS {}", server.password())), "+OK 1 messages", "{name}");
        assert!(pop.ask("QUIT").starts_with("+OK"), "{name}");
    }
    for name in
        ["sales", "CONTOSO\\sales", "CONTOSO\\ben\\sales", "CONTOSO\\ann\\ben", "CONTOSO\\ann\\nobody"]
    {
        let mut imap = server.connect(143);
        imap.line();
        let name = name.replace('\\', "\\\\");
        let answer = imap.imap("a", &format!("LOGIN \"{name}\" \"{}\"", server.password()));
        assert!(answer[0].starts_with("a NO [AUTHENTICATIONFAILED]"), "{name}: {answer:?}");
    }
    let shown = server.ps("(Get-MailboxStatistics sales).LastLoggedOnUserAccount");
    assert_eq!(shown.trim(), "CONTOSO\\ann");
    // A protocol that is switched off for the mailbox is closed for its delegates, too.
    server.ps("Set-CASMailbox sales -PopEnabled $false");
    let mut pop = server.connect(110);
    pop.answer();
    pop.ask("USER CONTOSO\\ann\\sales");
    assert!(pop.ask(&format!("PASS {}", server.password())).starts_with("-ERR"));
}

#[test]
fn a_right_that_ends_is_gone_within_a_second() {
    let server = house();
    append(&mut server.imap("ann"), "Shared/sales/INBOX", "secret");
    let (mut waits, mut selected, mut inside) =
        (server.imap("ann"), server.imap("ann"), server.imap("CONTOSO\\ann\\sales"));
    waits.done("SELECT Shared/sales/INBOX");
    waits.say("i IDLE");
    assert!(waits.line().starts_with("+"));
    selected.done("SELECT Shared/sales/INBOX");
    inside.done("SELECT INBOX");
    let mut own = server.imap("ann");
    own.done("SELECT INBOX");
    server.ps("Remove-MailboxPermission sales -User ann -AccessRights FullAccess -Confirm:$false");
    let since = Instant::now();
    for imap in [&mut waits, &mut selected, &mut inside] {
        let told = imap.line();
        assert!(told.starts_with("* BYE"), "{told}");
    }
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    own.done("NOOP");
    let answer = own.imap("no", "SELECT Shared/sales/INBOX");
    assert!(answer.last().unwrap().starts_with("no NO [NONEXISTENT]"), "{answer:?}");
}

#[test]
fn mbsync_mutt_and_imaplib_open_shared_folders() {
    let server = house();
    append(&mut server.imap("ann"), "Shared/sales/INBOX", "To be read by others");
    let (port, password, folder) = (server.port(143), server.password(), server.folder().join("sync"));
    std::fs::create_dir_all(folder.join("mail")).unwrap();
    let place = folder.display();
    let config = format!(
        "IMAPAccount a\nHost 127.0.0.1\nPort {port}\nUser ann@contoso.com\nPass {password}\nTLSType None\nAuthMechs LOGIN\n\n\
         IMAPStore far\nAccount a\n\nMaildirStore near\nPath {place}/mail/\nInbox {place}/mail/INBOX\nSubFolders Verbatim\n\n\
         Channel c\nFar :far:\nNear :near:\nPatterns Shared/sales/INBOX\nCreate Near\nSyncState {place}/\n"
    );
    let config = config.replace("TLSType", tls_word());
    let file = write(&folder.join("mbsyncrc"), &config);
    sh(&format!("mbsync -c {file} -a 2>&1"));
    let found = sh(&format!("grep -rl 'To be read by others' {place}/mail | wc -l"));
    assert_eq!(found.trim(), "1");
    let script = format!(
        "import imaplib\n\
         imap = imaplib.IMAP4('127.0.0.1', {port})\n\
         imap.login('ann', '{password}')\n\
         print(imap.namespace()[1][0].decode())\n\
         imap.select('Shared/sales/INBOX')\n\
         print(imap.search(None, 'ALL')[1][0].decode())\n\
         print(imap.copy('1', 'INBOX')[0])\n"
    );
    let said = Command::new("python3").args(["-c", &script]).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(said.lines().skip(1).collect::<Vec<_>>(), ["1", "OK"], "{said}");
    let rc = format!(
        "set imap_user=\"ann@contoso.com\"\nset imap_pass=\"{password}\"\nset ssl_starttls=no\nset ssl_force_tls=no\nset folder=\"imap://127.0.0.1:{port}/\"\n\
         set spoolfile=\"imap://127.0.0.1:{port}/Shared/sales/INBOX\"\nset header_cache=\"\"\nset confirmcreate=no\nset quit=yes\n"
    );
    let file = write(&server.folder().join("muttrc"), &rc);
    let script = write(
        &server.folder().join("mutt.py"),
        &include_str!("mutt.py")
            .replace("To be read by mutt", "To be read by others")
            .replace("the very text", "the text"),
    );
    let said = sh(&format!("HOME={} python3 {script} {file}", server.folder().display()));
    assert_eq!(said.trim(), "listed and read");
}

/// mbsync changed the word for TLS with its version 1.5.
fn tls_word() -> &'static str {
    if sh("mbsync --version").contains(" 1.4") { "SSLType" } else { "TLSType" }
}

fn sh(script: &str) -> String {
    let output = Command::new("sh").arg("-c").arg(script).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}\n{out}\n{err}");
    out.into_owned()
}

fn write(path: &Path, text: &str) -> String {
    std::fs::write(path, text).unwrap();
    path.display().to_string()
}

fn report(server: &TestServer, of: &str) -> String {
    let shown = server.ps(&format!(
        "Get-MailboxUsageReport {of} | ForEach-Object {{ \"$($_.DisplayName): read by $($_.LastReadBy), sent by $($_.LastSentBy), \
         held by $($_.Holders -join ' '), sends $($_.Senders -join ' '), $($_.UnreadItemCount) of $($_.ItemCount) unread, \
         $($_.ItemsAddedIn30Days) new\" }}"
    ));
    shown.trim().to_owned()
}

#[test]
fn mailboxes_that_nobody_reads_are_found_and_who_could() {
    let mut server = house();
    server.ps("New-DistributionGroup Team -Type Security -Members carla | Out-Null");
    server.ps("Add-MailboxPermission sales -User Team -AccessRights FullAccess | Out-Null");
    server.ps("Add-RecipientPermission sales -AccessRights SendAs -Trustee ben -Confirm:$false | Out-Null");
    server.ps("Set-Mailbox sales -GrantSendOnBehalfTo ann; New-Mailbox -Shared forgotten | Out-Null");
    let rights = "held by CONTOSO\\ann CONTOSO\\carla, sends CONTOSO\\ann CONTOSO\\ben";
    assert_eq!(
        report(&server, "sales"),
        format!("sales: read by , sent by , {rights}, 0 of 0 unread, 0 new")
    );
    let mut ann = server.imap("ann");
    append(&mut ann, "Shared/sales/INBOX", "first");
    append(&mut ann, "Shared/sales/INBOX", "second");
    ann.done("EXAMINE Shared/sales/INBOX");
    ann.done("FETCH 1:* (FLAGS ENVELOPE)");
    // To look at a list is not to read.
    assert!(report(&server, "sales").starts_with("sales: read by , sent by , "));
    ann.done("SELECT Shared/sales/INBOX");
    ann.done("FETCH 1 BODY[]");
    server.submit("ben", "sales@contoso.com", "carla@contoso.com", "an offer");
    server.submit("ann", "ann@contoso.com", "carla@contoso.com", "an offer");
    let used = format!("sales: read by CONTOSO\\ann, sent by CONTOSO\\ben, {rights}, 1 of 2 unread, 2 new");
    assert_eq!(report(&server, "sales"), used);
    assert!(report(&server, "ann").starts_with("ann: read by , sent by CONTOSO\\ann, held by , sends , "));
    // Carla has a right, and her reading counts; it is known after a restart, too.
    let mut carla = server.imap("CONTOSO\\carla\\sales");
    carla.done("SELECT INBOX");
    carla.done("FETCH 2 BODY.PEEK[TEXT]");
    server.stop();
    server.run();
    assert_eq!(report(&server, "sales"), used.replace("read by CONTOSO\\ann", "read by CONTOSO\\carla"));
    let names = |line: &str| server.ps(&format!("({line}).DisplayName -join ' '")).trim().to_owned();
    assert_eq!(names("Get-MailboxUsageReport"), "forgotten sales");
    // What is cut off is told of, and only what is cut off.
    for (size, cut) in [(1, true), (2, false), (3, false)] {
        let shell =
            server.shell(&format!("(Get-MailboxUsageReport -ResultSize {size}).DisplayName -join ' '"));
        assert_eq!(shell.out.trim(), if cut { "forgotten" } else { "forgotten sales" });
        assert_eq!(shell.err.contains("There are more results available"), cut, "{size}: {shell:?}");
    }
    assert_eq!(names("Get-MailboxUsageReport -UnusedFor 1.00:00:00"), "");
    assert_eq!(names("Get-MailboxUsageReport -RecipientTypeDetails UserMailbox"), "ann ben carla");
    let wrong = server.shell("Get-MailboxUsageReport -UnusedFor -1.00:00:00");
    assert!(wrong.err.contains("can't be below 0"), "{wrong:?}");
}

fn messages(imap: &mut LineClient, folder: &str) -> String {
    let status = imap.done(&format!("STATUS \"{folder}\" (MESSAGES)"));
    status[0].split("MESSAGES ").last().unwrap().trim_end_matches(')').to_owned()
}

/// What somebody finds unread in a folder: by FLAGS, SEARCH and STATUS, which say the same.
fn unread(imap: &mut LineClient, folder: &str) -> Vec<String> {
    imap.done(&format!("SELECT \"{folder}\""));
    let mut found = Vec::new();
    for line in imap.done("FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])") {
        match line.trim_end() {
            line if line.starts_with("* ") && line.contains("FETCH") && !line.contains("\\Seen") => {
                found.push(String::new())
            }
            line if line.starts_with("* ") && line.contains("FETCH") => found.push("read".to_owned()),
            line if line.starts_with("Subject: ") => {
                let subject = line.trim_start_matches("Subject: ").to_owned();
                let last = found.pop().unwrap_or_default();
                if last.is_empty() {
                    found.push(subject);
                }
            }
            _ => {}
        }
    }
    let numbers = imap.done("SEARCH UNSEEN")[0].trim_start_matches("* SEARCH").split_whitespace().count();
    assert_eq!(numbers, found.len(), "{folder}: {found:?}");
    imap.done("UNSELECT");
    let status = imap.done(&format!("STATUS \"{folder}\" (UNSEEN)"))[0].clone();
    assert!(status.contains(&format!("UNSEEN {})", found.len())), "{folder}: {found:?} {status}");
    found
}

/// Where holders have read states of their own, what one has read is unread for the others until they read it.
#[test]
fn holders_read_each_for_themselves_where_the_mailbox_says_so() {
    let server = house();
    server.ps("Add-MailboxPermission sales -User ben -AccessRights FullAccess | Out-Null; Add-MailboxFolderPermission sales:\\Inbox -User carla -AccessRights Editor | Out-Null");
    let folder = "Shared/sales/INBOX";
    let (mut ann, mut ben) = (server.imap("ann"), server.imap("ben"));
    ["one", "two", "three"].iter().for_each(|subject| ann.append(folder, "", &message_of(subject, "text")));
    assert_eq!(server.ps("(Get-Mailbox sales).SharedReadState").trim(), "True");
    ann.done(&format!("SELECT {folder}"));
    ann.done("FETCH 1 BODY[]");
    assert_eq!(unread(&mut ben, folder), ["two", "three"], "what one has read is read for all");

    server.ps("Set-Mailbox sales -SharedReadState $false");
    let (mut ann, mut ben, mut carla) = (server.imap("ann"), server.imap("ben"), server.imap("carla"));
    ben.done(&format!("SELECT {folder}"));
    ann.done(&format!("SELECT {folder}"));
    ann.done("FETCH 2 BODY[]");
    assert_eq!(unread(&mut ann, folder), ["three"]);
    assert_eq!(unread(&mut ben, folder), ["two", "three"], "ann has read it, ben has not");
    assert_eq!(unread(&mut carla, folder), ["two", "three"]);
    ben.done(&format!("SELECT {folder}"));
    assert!(!ben.done("FETCH 2 FLAGS").concat().contains("\\Seen"));
    // Other flags are everybody's; what was read before can be unread for one.
    ben.done("STORE 1 -FLAGS (\\Seen)");
    let flags = ben.done("STORE 3 FLAGS (\\Flagged \\Seen)").concat();
    assert!(flags.contains("\\Seen") && flags.contains("\\Flagged"), "{flags}");
    assert_eq!(unread(&mut ben, folder), ["one", "two"]);
    assert_eq!(unread(&mut ann, folder), ["three"]);
    ann.done(&format!("SELECT {folder}"));
    assert!(ann.done("FETCH 3 FLAGS").concat().contains("\\Flagged"));
    // What moves and what is copied keeps its readers; new mail is new for all.
    server.imap("ann").append(folder, "", &message_of("four", "text"));
    ben.done(&format!("SELECT {folder}"));
    ben.done("COPY 2 Shared/sales/Archive");
    ben.done("MOVE 2 Shared/sales/Drafts");
    for place in ["Shared/sales/Archive", "Shared/sales/Drafts"] {
        assert_eq!(unread(&mut ann, place), Vec::<String>::new(), "{place}: she has read it");
        assert_eq!(unread(&mut ben, place), ["two"], "{place}");
    }
    assert_eq!(unread(&mut ann, folder), ["three", "four"]);
    // A session that is open hears of what others mark, and what it hears is its own.
    ann.done(&format!("SELECT {folder}"));
    ben.done(&format!("SELECT {folder}"));
    ben.done("STORE 1:* +FLAGS (\\Seen $seen-by-ben)");
    let heard = ann.done("NOOP").concat() + &ann.done("FETCH 1:* FLAGS").concat();
    assert!(heard.contains("$seen-by-ben"), "{heard}");
    assert_eq!(unread(&mut ann, folder), ["three", "four"]);
    // What is gone leaves nothing behind (the house is verified when it closes), and a restart forgets nothing.
    ben.done(&format!("SELECT {folder}"));
    ben.done("STORE 1 +FLAGS (\\Deleted)");
    ben.done("EXPUNGE");
    assert_eq!(unread(&mut ann, folder), ["three", "four"]);
    let mut delegate = server.imap("CONTOSO\\ann\\sales");
    assert_eq!(unread(&mut delegate, "INBOX"), ["three", "four"], "by whichever log-on");
    server.ps("Set-Mailbox sales -SharedReadState $true");
    let mut ben = server.imap("ben");
    assert_eq!(unread(&mut ben, folder), ["three", "four"], "what nobody read for all");
}

#[test]
fn what_delegates_delete_goes_where_the_mailbox_says() {
    let server = house();
    server.ps("Add-MailboxPermission sales -User ben -AccessRights FullAccess | Out-Null");
    assert_eq!(server.ps("(Get-Mailbox sales).DelegateWastebasketStyle").trim(), "Delegate");
    let (mut ann, mut ben) = (server.imap("ann"), server.imap("ben"));
    (0..5).for_each(|number| append(&mut ann, "Shared/sales/INBOX", &format!("message {number}")));
    ann.done("SELECT Shared/sales/INBOX");
    assert!(ann.done("MOVE 1 \"Deleted Items\"").concat().contains("COPYUID"));
    assert_eq!(messages(&mut ann, "Deleted Items"), "1");

    server.ps("Set-Mailbox sales -DelegateWastebasketStyle Owner");
    // By MOVE, and by what clients do that have no MOVE; sessions that were open before know of it.
    let moved = ann.done("MOVE 1 \"Deleted Items\"");
    assert!(!moved.concat().contains("COPYUID") && moved.concat().contains("EXPUNGE"), "{moved:?}");
    ben.done("SELECT Shared/sales/INBOX");
    ben.done("UID COPY 3 \"Deleted Items\"");
    ben.done("UID STORE 3 +FLAGS (\\Deleted)");
    ben.done("EXPUNGE");
    assert_eq!(
        (messages(&mut ann, "Deleted Items"), messages(&mut ben, "Deleted Items")),
        ("1".into(), "0".into())
    );
    assert_eq!(messages(&mut ann, "Shared/sales/Deleted Items"), "2");
    assert_eq!(messages(&mut ann, "Shared/sales/INBOX"), "2");
    // What is moved elsewhere goes there, and what was deleted there before is taken out of it.
    ann.done("MOVE 1 INBOX");
    assert_eq!(messages(&mut ann, "INBOX"), "1");
    ann.done("SELECT \"Shared/sales/Deleted Items\"");
    ann.done("MOVE 1 \"Deleted Items\"");
    assert_eq!(messages(&mut ann, "Deleted Items"), "2");
    // Whoever may not put anything there cannot delete in this way.
    server.ps("Remove-MailboxPermission sales -User ben -AccessRights FullAccess -Confirm:$false");
    server.ps("Add-MailboxFolderPermission sales:\\Inbox -User ben -AccessRights Editor | Out-Null");
    let mut ben = server.imap("ben");
    ben.done("SELECT Shared/sales/INBOX");
    let refused = ben.imap("no", "MOVE 1 \"Deleted Items\"");
    assert!(refused.last().unwrap().starts_with("no NO [NOPERM]"), "{refused:?}");
    server
        .ps("Add-MailboxFolderPermission 'sales:\\Deleted Items' -User ben -AccessRights Author | Out-Null");
    ben.done("MOVE 1 \"Deleted Items\"");
    assert_eq!(messages(&mut ann, "Shared/sales/Deleted Items"), "2");
}

#[test]
fn a_shared_mailbox_with_all_its_rights_is_one_change() {
    let server = house();
    server
        .ps("New-Mailbox -Shared -Name Support -FullAccess ann,ben -SendAs ann,carla -SentCopies | Out-Null");
    assert_eq!(server.ps("(Get-AdminChange -ObjectIds Support | Measure-Object).Count").trim(), "1");
    let rights =
        "Get-EffectivePermission -Mailbox Support | ForEach-Object { \"$($_.Trustee) $($_.Right)\" }";
    assert_eq!(
        server.ps(rights).lines().collect::<Vec<_>>(),
        [
            "CONTOSO\\ann FullAccess",
            "CONTOSO\\ann SendAs",
            "CONTOSO\\ben FullAccess",
            "CONTOSO\\carla SendAs"
        ]
    );
    let settings = "(Get-Mailbox Support).MessageCopyForSentAsEnabled, (Get-Mailbox Support).MessageCopyForSendOnBehalfEnabled";
    assert_eq!(server.ps(settings).lines().collect::<Vec<_>>(), ["True", "True"]);
    let mapped = "(Get-ADUser Support -Properties msExchDelegateListLink).msExchDelegateListLink.Count";
    assert_eq!(server.ps(mapped).trim(), "2");
    // Unmapped, the right stays; undone, nothing of it is left.
    server.ps("Set-MailboxPermission Support -User ben -AutoMapping $false");
    assert_eq!(server.ps(mapped).trim(), "1");
    assert!(server.ps(rights).contains("CONTOSO\\ben FullAccess"));
    assert!(listed(&server.imap("ben").done("LIST \"\" *")).contains(&"Shared/Support/INBOX".to_owned()));
    server.ps("Set-MailboxPermission Support -User ben -AutoMapping $true");
    // Somebody whom there is not: nothing is made.
    let wrong = server.shell("New-Mailbox -Shared -Name Other -FullAccess ann,nobody");
    assert!(wrong.code != Some(0) && server.shell("Get-Mailbox Other").code != Some(0), "{wrong:?}");
    // A group is mapped only where that is said, and a member alone is not taken out of it.
    server.ps("New-DistributionGroup Team -Type Security -Members carla | Out-Null");
    server.ps(
        "Add-MailboxPermission Support -User Team -AccessRights FullAccess -AutoMapping $true | Out-Null",
    );
    let told = server.shell("Set-MailboxPermission Support -User carla -AutoMapping $false");
    assert!(told.out.contains("through a group") || told.err.contains("through a group"), "{told:?}");
}
