//! The life of mailboxes by random commands over a running server: whatever is commanded, nothing is lost. The long form,
//! with more commands and looks after each step, is `machine.rs` of the room `cmdlets`.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::collections::BTreeMap;
use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");
const NAMES: [&str; 3] = ["ann", "ben", "carla"];

/// Numbers that are the same in each run. [Knuth, MMIX]
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// How many items each mailbox of the server holds, connected or not, by its GUID.
fn items(server: &TestServer) -> BTreeMap<String, u64> {
    let line = "Get-MailboxDatabase | Get-MailboxStatistics | ForEach-Object { \"$($_.MailboxGuid) $($_.ItemCount)\" }";
    let lines = server.ps(line);
    let pair = |line: &str| {
        let (guid, count) = line.trim().split_once(' ')?;
        Some((guid.to_owned(), count.parse().ok()?))
    };
    lines.lines().filter_map(pair).collect()
}

#[test]
fn whatever_is_commanded_no_mailbox_loses_an_item() {
    let server = TestServer::start(BINARY);
    server.ps("New-MailboxDatabase -Name MBXDB02 | Out-Null");
    NAMES.iter().for_each(|name| server.mailbox(name));
    let mut numbers = Numbers(2026);
    for name in NAMES {
        let mut smtp = server.connect(25);
        smtp.line();
        for said in
            ["HELO far.example", "MAIL FROM:<far@far.example>", &format!("RCPT TO:<{name}@contoso.com>")]
        {
            smtp.say(said);
            smtp.line();
        }
        smtp.say("DATA");
        smtp.line();
        smtp.say("Subject: one\r\n\r\nHello\r\n.");
        assert!(smtp.line().starts_with("250"));
    }
    let mut known = items(&server);
    assert_eq!(known.values().sum::<u64>(), 3);
    let lost = "Get-MailboxDatabase | Get-MailboxStatistics | where {$_.DisconnectReason -ne $null} | select -First 1";
    for step in 0..24 {
        let name = NAMES[numbers.below(NAMES.len())];
        let command = match numbers.below(6) {
            0 => format!("Disable-Mailbox {name} -Confirm:$false"),
            1 => format!("Remove-Mailbox {name} -Confirm:$false"),
            2 => format!("Enable-Mailbox {name}"),
            3 => format!(
                "{lost} | ForEach-Object {{ Connect-Mailbox $_.MailboxGuid $_.Database -User {name} -RestoreSettings }}"
            ),
            4 => format!(
                "{lost} | ForEach-Object {{ New-MailboxRestoreRequest -SourceDatabase $_.Database -SourceStoreMailbox \
                 $_.MailboxGuid -TargetMailbox {name} -AllowLegacyDNMismatch }}"
            ),
            _ => format!(
                "Get-AdminChange -ResultSize {} | Undo-AdminChange -Confirm:$false",
                1 + numbers.below(3)
            ),
        };
        // What is refused is refused: only what is lost counts.
        server.shell(&format!("$ErrorActionPreference = 'SilentlyContinue'; {command} | Out-Null"));
        let now = items(&server);
        for (guid, count) in &known {
            let after = now.get(guid).unwrap_or_else(|| panic!("step {step}: {command}\nlost {guid}"));
            assert!(after >= count, "step {step}: {command}\n{guid} had {count} items and has {after}");
        }
        known = now;
    }
    let done = server.ps(
        "@(Get-AdminChange -Cmdlets Disable-Mailbox,Remove-Mailbox,Enable-Mailbox,Connect-Mailbox,Undo-AdminChange).Count",
    );
    assert!(done.trim().parse::<usize>().unwrap() >= 6, "only {done} of the commands were done");
}
