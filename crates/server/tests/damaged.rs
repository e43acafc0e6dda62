//! A data directory whose files are damaged, and what `verify` and `rebuild` make of it, with the server running and without.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::os::unix::fs::FileExt;
use std::process::Command;
use testkit::{Options, TestServer, sql};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");
const PAGE: u64 = 16 << 10;

fn company() -> TestServer {
    TestServer::start_with(BINARY, Options { demo: true, ..Options::default() })
}

/// How many messages the mailboxes hold.
fn messages(server: &TestServer) -> u64 {
    let line = "Get-MailboxStatistics -Database 'Mailbox Database' | Measure-Object ItemCount -Sum | \
                Select-Object -ExpandProperty Sum";
    server.ps(line).trim().parse().unwrap()
}

/// The number of a page on which rows of a table stand, told by bytes that stand in one of them.
fn page_with(file: &std::path::Path, kind: u8, bytes: &[u8]) -> u64 {
    let all = std::fs::read(file).unwrap();
    let has = |page: &&[u8]| page[0] == kind && page.windows(bytes.len()).any(|part| part == bytes);
    let found = all.chunks(PAGE as usize).skip(1).position(|page| has(&page));
    1 + found.expect("such a page") as u64
}

fn zero(file: &std::path::Path, page: u64) {
    let open = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    open.write_all_at(&[0; PAGE as usize], page * PAGE).unwrap();
}

#[test]
fn verify_and_rebuild_ask_the_server_that_runs() {
    let mut server = company();
    let good = server.verify();
    assert_eq!((good.code, good.out.as_str(), good.err.as_str()), (Some(0), "No faults found.\n", ""));

    server.stop();
    sql(&server.database_file(), "UPDATE folder SET total = total + 7 WHERE kind = 1");
    server.run();
    let found = server.verify();
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.out.contains("database Mailbox Database: FolderCounters: "), "{found:?}");
    assert!(found.out.contains("(mailstead rebuild mends it)"), "{found:?}");
    // The same as objects, for whoever asks in the shell.
    let shown = server.ps(
        "Test-DataDirectory | Select-Object -First 1 | Format-List Place, Fault, Description, IsMendable",
    );
    assert!(shown.contains("FolderCounters") && shown.contains("True"), "{shown}");

    let mended = server.rebuild();
    assert_eq!(mended.code, Some(0), "{mended:?}");
    assert!(
        mended.out.contains("faults before, 0 left") && mended.out.ends_with("No faults found.\n"),
        "{mended:?}"
    );
    let who =
        server.ps("Search-AdminAuditLog -Cmdlets Repair-DataDirectory | Format-List Caller, ObjectModified");
    assert!(who.contains("SYSTEM") && who.contains("Mailbox Database"), "it is recorded: {who}");
}

#[test]
fn a_page_that_is_lost_costs_what_was_on_it_and_nothing_else() {
    let mut server = company();
    let before = messages(&server);
    server.stop();
    let file = server.database_file();
    // What was worked out from bodies stands there with its addresses; it can be worked out again.
    zero(&file, page_with(&file, 13, b"contoso.com"));
    server.run();
    let found = server.verify();
    assert_eq!(found.code, Some(1), "{found:?}");

    let saved = server.rebuild();
    assert_eq!(saved.code, Some(0), "{saved:?}");
    assert!(saved.out.contains("the damaged file is kept as"), "{saved:?}");
    let after = messages(&server);
    assert_eq!(before, after, "{saved:?}");
    assert!(server.ps("Get-MailboxDatabase -Status | Format-List Mounted").contains("True"));
    assert_eq!(server.verify().code, Some(0));
    let mut smtp = server.connect(24);
    smtp.answer();
    for line in ["LHLO x", "MAIL FROM:<>", "RCPT TO:<ann@contoso.com>"] {
        let answer = smtp.ask(line);
        assert!(answer.contains("250"), "{line}: {answer}");
    }
}

#[test]
fn a_file_that_was_cut_is_salvaged_without_a_server() {
    let mut server = company();
    let before = messages(&server);
    server.stop();
    let file = server.database_file();
    let length = std::fs::metadata(&file).unwrap().len();
    std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(length * 3 / 4 + 5).unwrap();

    let found = server.verify();
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.out.contains("DatabaseRemains: Whole in it: "), "{found:?}");
    let saved = server.rebuild();
    assert_eq!(saved.code, Some(0), "{saved:?}");
    assert!(saved.out.contains("beyond the end of the file"), "{saved:?}");
    server.run();
    let after = messages(&server);
    assert!(after <= before, "{before}, {after}");
    assert!(server.ps("Get-MailboxDatabase -Status | Format-List Mounted").contains("True"));
}

#[test]
fn each_path_ends_in_a_command_that_works() {
    let mut server = company();
    server.stop();
    let file = server.database_file();
    for bytes in [&b"this is not a database, whatever its name says"[..], b""] {
        std::fs::write(&file, bytes).unwrap();
        server.run();
        let refused = server.shell("Mount-Database 'Mailbox Database'");
        assert_eq!(refused.code, Some(1), "{refused:?}");
        let found = server.verify();
        assert_eq!(found.code, Some(1), "{found:?}");
        assert!(found.out.contains("Mount-Database -Force"), "{found:?}");
        let url = format!("http://{}/healthz", server.address(9090));
        let page = Command::new("curl").args(["-sS", &url]).output().unwrap().stdout;
        assert!(String::from_utf8_lossy(&page).contains("is not mounted"), "{page:?}");
        server.stop();
    }
    std::fs::remove_file(&file).unwrap();
    server.run();
    server.ps("Mount-Database 'Mailbox Database' -Force");
    assert_eq!(messages(&server), 0, "an empty one stands in its place");
    assert_eq!(server.verify().code, Some(0));
}

/// Zeroes the page on which the tree of a table or index begins.
fn zero_root(file: &std::path::Path, name: &str) {
    let program = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); print(c.execute('PRAGMA page_size').fetchone()[0], \
                   c.execute('SELECT rootpage FROM sqlite_master WHERE name = ?', (sys.argv[2],)).fetchone()[0])";
    let told = Command::new("python3").args(["-c", program]).arg(file).arg(name).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let numbers: Vec<u64> = told.split_whitespace().map(|word| word.parse().unwrap()).collect();
    let open = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    open.write_all_at(&vec![0; numbers[0] as usize], (numbers[1] - 1) * numbers[0]).unwrap();
}

#[test]
fn a_damaged_directory_is_salvaged_and_people_go_on() {
    let mut server = company();
    server.ps("1..40 | ForEach-Object { New-Mailbox -Shared -Name \"Room $_\" -Alias \"room$_\" }");
    let (before, objects) = (messages(&server), server.ps("(Get-Recipient).Count"));
    server.stop();
    let file = server.data().join("directory.db");
    zero_root(&file, "directory_object");
    zero_root(&file, "directory_claim");

    let found = server.verify();
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(
        found.out.contains("directory: FileDamaged: ") && found.out.contains("Whole in it: "),
        "{found:?}"
    );
    let saved = server.rebuild();
    assert_eq!(saved.code, Some(0), "{saved:?}");
    assert!(
        saved.out.contains("directory.db.damaged-1") && saved.out.contains("cannot be read"),
        "{saved:?}"
    );
    server.run();
    assert_eq!((messages(&server), server.ps("(Get-Recipient).Count")), (before, objects));
    server.ps("New-Mailbox -Shared -Name Later -Alias later");
    let twice =
        server.shell("New-Mailbox -Shared -Name Ann2 -Alias ann2 -PrimarySmtpAddress ann@contoso.com");
    assert_eq!(twice.code, Some(1), "claims stand as before: {twice:?}");

    // Claims that say something else are made anew beside a running server, too.
    server.stop();
    sql(&file, "DELETE FROM directory_claim WHERE value LIKE '%later%'");
    server.run();
    assert!(server.verify().out.contains("directory: ClaimWrong: "));
    let mended = server.rebuild();
    assert_eq!(mended.code, Some(0), "{mended:?}");
    assert!(mended.out.contains("directory: ") && mended.out.ends_with("No faults found.\n"), "{mended:?}");
}

#[test]
fn a_directory_of_which_nothing_is_left_is_put_back_from_a_copy() {
    let mut server = company();
    server.stop();
    let (file, copy) = (server.data().join("directory.db"), server.folder().join("copy.db"));
    std::fs::copy(&file, &copy).unwrap();
    std::fs::write(&file, "this is not a database").unwrap();
    let found = server.verify();
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.out.contains("Put it back out of a copy of the data directory."), "{found:?}");
    let saved = server.rebuild();
    assert_eq!(saved.code, Some(2), "{saved:?}");
    assert!(saved.err.contains("Put it back out of a copy"), "{saved:?}");

    // An empty one is no reason to found another organization over the mailboxes.
    std::fs::write(&file, "").unwrap();
    let found = server.verify();
    assert_eq!(found.code, Some(2), "{found:?}");
    assert!(found.err.contains("is empty, and there are mailbox databases"), "{found:?}");
    std::fs::copy(&copy, &file).unwrap();
    server.run();
    assert_eq!(server.verify().code, Some(0));
}

#[test]
fn a_damaged_queue_is_salvaged_and_what_was_lost_is_named() {
    let mut server = company();
    server.stop();
    let file = server.data().join("queue.db");
    sql(
        &file,
        "INSERT INTO recipient (message, number, address, notify, state, attempts, next_attempt, lease_until, unsure,
             status, detail, changed)
         VALUES (x'00112233445566778899aabbccddeeff', 0, 'bob@remote.example', 0, 0, 0, 0, 0, 0, '', '', 0)",
    );
    zero_root(&file, "recipient_due");
    let found = server.verify();
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.out.contains("queue: FileDamaged: "), "{found:?}");
    let saved = server.rebuild();
    assert_eq!(saved.code, Some(0), "{saved:?}");
    assert!(saved.out.contains("queue: A message that waited for bob@remote.example was lost."), "{saved:?}");

    // Nothing at all is left: an empty one is begun.
    std::fs::write(&file, "this is not a database").unwrap();
    let found = server.verify();
    assert_eq!(found.code, Some(1), "{found:?}");
    let saved = server.rebuild();
    assert_eq!(saved.code, Some(0), "{saved:?}");
    assert!(
        saved.out.contains("queue.db.damaged-2") && saved.out.contains("Nothing was left in it."),
        "{saved:?}"
    );
    server.run();
    assert!(server.ps("Get-MailboxDatabase -Status | Format-List Mounted").contains("True"));
}

/// Cuts the end of a file off.
fn cut(file: &std::path::Path, eighths: u64) {
    let length = std::fs::metadata(file).unwrap().len();
    std::fs::OpenOptions::new().write(true).open(file).unwrap().set_len(length * eighths / 8 + 5).unwrap();
}

/// Beside a running server nobody takes its directory or queue away from under it: the finding says what to do first.
#[test]
fn verify_beside_a_running_server_says_to_stop_it_first() {
    let mut server = company();
    server.stop();
    for (file, index) in [("directory.db", "job_result"), ("queue.db", "recipient_due")] {
        let file = server.data().join(file);
        let copy = file.with_extension("copy");
        std::fs::copy(&file, &copy).unwrap();
        zero_root(&file, index);
        server.run();
        let found = server.verify();
        assert_eq!(found.code, Some(1), "{found:?}");
        assert!(found.out.contains("FileDamaged: "), "{found:?}");
        assert!(found.out.contains("Stop the server, then run mailstead rebuild"), "{found:?}");
        server.stop();
        let saved = server.rebuild();
        assert_eq!(saved.code, Some(0), "{saved:?}");
        std::fs::rename(&copy, &file).unwrap();
    }
    server.run();
    assert_eq!(server.verify().code, Some(0));
}

#[test]
fn a_directory_that_was_cut_is_salvaged() {
    let mut server = company();
    server.ps("1..200 | ForEach-Object { New-Mailbox -Shared -Name \"Room $_\" -Alias \"room$_\" }");
    let before: usize = server.ps("@(Get-Recipient -ResultSize Unlimited).Count").trim().parse().unwrap();
    server.stop();
    let file = server.data().join("directory.db");
    cut(&file, 7);
    let found = server.verify();
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.out.contains("directory: FileDamaged: "), "{found:?}");
    let saved = server.rebuild();
    assert_ne!(saved.code, Some(2), "{saved:?}");
    assert!(saved.out.contains("directory.db.damaged-1"), "{saved:?}");
    server.run();
    let after: usize = server.ps("@(Get-Recipient -ResultSize Unlimited).Count").trim().parse().unwrap();
    println!("{after} of {before} recipients are left: {}", saved.out);
    assert!(after > before / 2 && after <= before, "{after} of {before}");
    server.ps("New-Mailbox -Shared -Name Later -Alias later | Out-Null");
    // What went with the end of the file (objects that others name, links of the record of changes) is told for what it is.
    let again = server.rebuild();
    assert!(again.code != Some(2) && !again.out.contains("FileDamaged"), "{again:?}");
    let left = server.verify();
    println!("{left:?}");
    assert!(left.code != Some(2) && !left.out.contains("FileDamaged"), "{left:?}");
    server.leave_unverified();
}

#[test]
fn a_queue_with_mail_that_was_cut_is_salvaged_and_every_message_is_delivered_or_named() {
    let mut server = company();
    let before = messages(&server);
    server.ps("Dismount-Database 'Mailbox Database' -Confirm:$false");
    let sent = 24;
    for number in 0..sent {
        let mut smtp = server.connect(25);
        smtp.answer();
        for line in ["EHLO far.example", "MAIL FROM:<far@far.example>", "RCPT TO:<ann@contoso.com>", "DATA"] {
            smtp.ask(line);
        }
        let mut state = number + 1_u64;
        let text: String = (0..600)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                format!("{state:x}\r\n")
            })
            .collect();
        assert!(smtp.ask(&format!("Subject: {number}\r\n\r\n{text}.")).starts_with("250"));
    }
    server.stop();
    let file = server.data().join("queue.db");
    cut(&file, 6);
    let found = server.verify();
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.out.contains("queue: FileDamaged: "), "{found:?}");
    let saved = server.rebuild();
    assert_eq!(saved.code, Some(0), "{saved:?}");
    let lost = saved.out.matches("queue: A message that waited for ann@contoso.com was lost.").count() as u64;
    assert!(lost > 0 && lost < sent, "{saved:?}");
    server.run();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while messages(&server) < before + sent - lost {
        assert!(
            std::time::Instant::now() < until,
            "{} of {sent}, {lost} are named",
            messages(&server) - before
        );
    }
    assert_eq!(messages(&server), before + sent - lost);
}
