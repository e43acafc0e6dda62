//! Spam and its lists as people and administrators meet them: safe and blocked domains, the quarantine and what is let go from it.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use testkit::{TestServer, sql};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// A message with a score comes from outside; the last answer.
fn spam(server: &TestServer, from: &str, header: &str, to: &[&str], scl: u8, subject: &str) -> String {
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    smtp.ask(&format!("MAIL FROM:<{from}>"));
    for one in to {
        assert!(smtp.ask(&format!("RCPT TO:<{one}@contoso.com>")).starts_with("250"));
    }
    smtp.ask("DATA");
    smtp.ask(&format!(
        "From: {header}\r\nX-MS-Exchange-Organization-SCL: {scl}\r\nSubject: {subject}\r\n\r\nBuy now, {subject}!\r\n."
    ))
}

/// The subjects in a folder, oldest first.
fn subjects(server: &TestServer, who: &str, folder: &str) -> Vec<String> {
    let mut imap = server.imap(who);
    imap.done(&format!("SELECT \"{folder}\""));
    let said = imap.imap("f", "FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]");
    said.iter().filter_map(|line| line.strip_prefix("Subject: ")).map(str::to_owned).collect()
}

fn wait_for(server: &TestServer, who: &str, folder: &str, subject: &str) {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !subjects(server, who, folder).contains(&subject.to_owned()) {
        assert!(std::time::Instant::now() < until, "{subject} never came to {who}:\n{}", server.log());
    }
}

#[test]
fn safe_and_blocked_domains_are_domains_and_not_what_looks_like_them() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps("Set-ContentFilterConfig -SCLRejectEnabled $true -SCLRejectThreshold 7");
    // What the mailbox does by itself, where the sender filter has not refused it before.
    server.ps("Set-SenderFilterConfig -Enabled $false");
    server.ps("Set-MailboxJunkEmailConfiguration ann -TrustedSendersAndDomains partner.example,'@exact.example' -BlockedSendersAndDomains 'spammer.example','bad@far.example'");
    for (number, (from, header, scl, place)) in [
        ("a@partner.example", "a@partner.example", 9, "INBOX"),
        ("a@mail.partner.example", "a@mail.partner.example", 6, "INBOX"),
        ("a@notpartner.example", "a@notpartner.example", 6, "Junk Email"),
        ("a@partner.example.evil.example", "a@partner.example.evil.example", 9, ""),
        ("bounce-1@mailer.example", "News <news@partner.example>", 8, "INBOX"),
        ("a@exact.example", "a@exact.example", 8, "INBOX"),
        ("a@sub.exact.example", "a@sub.exact.example", 5, "Junk Email"),
        ("b@x.spammer.example", "b@x.spammer.example", 0, "Junk Email"),
        ("b@spammer.example.org", "b@spammer.example.org", 0, "INBOX"),
        ("bounce@far.example", "Bad <bad@far.example>", 0, "Junk Email"),
        ("worse-bad@far.example", "worse-bad@far.example", 0, "INBOX"),
    ]
    .into_iter()
    .enumerate()
    {
        let subject = format!("m{number}");
        let answer = spam(&server, from, header, &["ann"], scl, &subject);
        match place {
            "" => assert!(answer.starts_with("550 5.7.1"), "{from}: {answer}"),
            place => {
                assert!(answer.starts_with("250"), "{from}: {answer}");
                assert!(subjects(&server, "ann", place).contains(&subject), "{from} is not in {place}");
            }
        }
    }
    // Only what is safe is no junk.
    server.ps("Set-MailboxJunkEmailConfiguration ann -TrustedListsOnly $true");
    spam(&server, "x@far.example", "x@far.example", &["ann"], 0, "unsafe");
    spam(&server, "x@partner.example", "x@partner.example", &["ann"], 0, "safe");
    assert!(subjects(&server, "ann", "Junk Email").contains(&"unsafe".to_owned()));
    assert!(subjects(&server, "ann", "INBOX").contains(&"safe".to_owned()));
}

#[test]
fn what_is_quarantined_is_listed_and_let_go_or_deleted() {
    let server = TestServer::start(BINARY);
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server.ps("New-Mailbox -Shared -Name quarantine | Out-Null");
    server.ps("Set-ContentFilterConfig -SCLRejectEnabled $false -SCLQuarantineEnabled $true -SCLQuarantineThreshold 6 -QuarantineMailbox quarantine@contoso.com");
    for (subject, to) in [("one", &["ann", "ben"][..]), ("two", &["ann"]), ("three", &["carla"])] {
        assert!(spam(&server, "far@far.example", "Far <far@far.example>", to, 8, subject).starts_with("250"));
    }
    let said = server.ps("Get-QuarantineMessage | sort Subject | foreach { \"$($_.Subject) $($_.RecipientAddress -join ',') $($_.SenderAddress) $($_.Reason)\" }");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines,
        [
            "one ann@contoso.com,ben@contoso.com far@far.example quarantined as spam, SCL 8",
            "three carla@contoso.com far@far.example quarantined as spam, SCL 8",
            "two ann@contoso.com far@far.example quarantined as spam, SCL 8",
        ]
    );
    let count = |words: &str| server.ps(&format!("@(Get-QuarantineMessage {words}).Count")).trim().to_owned();
    assert_eq!(count("-RecipientAddress ANN@contoso.com"), "2");
    assert_eq!(count("-Subject tw"), "1");
    assert_eq!(count("-SenderAddress near@contoso.com"), "0");
    assert_eq!(count("-EndReceivedDate (Get-Date).AddHours(-1)"), "0");
    // The report is in the mailbox before it can be looked at.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while server.ps("(Get-MailboxStatistics quarantine).ItemCount").trim() != "3" {
        assert!(std::time::Instant::now() < until, "{}", server.log());
    }
    let header = server.ps("(Get-QuarantineMessage -Subject one | Get-QuarantineMessageHeader).Header");
    assert!(header.contains("From: Far <far@far.example>") && header.contains("SCL: 8"), "{header}");
    assert_eq!(
        server.ps("(Get-QuarantineMessage -Subject one | Preview-QuarantineMessage).Body").trim(),
        "Buy now, one!"
    );
    let exported = server.ps("$e = Get-QuarantineMessage -Subject two | Export-QuarantineMessage; \
         [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($e.Eml))");
    assert!(exported.contains("Subject: two") && exported.contains("Buy now, two!"), "{exported}");

    // To one of two, then to the other: each once, in the inbox, and their fate is their mailbox.
    server.ps("Get-QuarantineMessage -Subject one | Release-QuarantineMessage -User ben@contoso.com");
    wait_for(&server, "ben", "INBOX", "one");
    assert!(!subjects(&server, "ann", "INBOX").contains(&"one".to_owned()));
    let refused = server
        .shell("Get-QuarantineMessage -Subject one | Release-QuarantineMessage -User ben@contoso.com")
        .err;
    assert!(refused.contains("not held for that recipient"), "{refused}");
    // Nobody gets it where one of those who were named does not wait for it.
    let named = "Get-QuarantineMessage -Subject one | Release-QuarantineMessage -User ann@contoso.com,carla@contoso.com";
    let refused = server.shell(named).err;
    assert!(refused.contains("not held for that recipient: carla@contoso.com"), "{refused}");
    assert_eq!(count("-Subject one"), "1");
    server.ps(
        "$id = (Get-QuarantineMessage -Subject one).Identity; Release-QuarantineMessage $id -ReleaseToAll",
    );
    wait_for(&server, "ann", "INBOX", "one");
    assert_eq!(subjects(&server, "ben", "INBOX"), ["one"]);
    let again = server.shell("Release-QuarantineMessage 00000000-0000-0000-0000-000000000001").err;
    assert!(again.contains("No message is held in quarantine under that identity."), "{again}");
    // Deleted: nobody gets it, and the report is gone.
    server.ps(
        "Get-QuarantineMessage -RecipientAddress ann@contoso.com | Delete-QuarantineMessage -Confirm:$false",
    );
    assert_eq!(server.ps("(Get-QuarantineMessage).Subject -join ','").trim(), "three");
    assert_eq!(server.ps("(Get-MailboxStatistics quarantine).ItemCount").trim(), "2");
    assert!(!subjects(&server, "ann", "INBOX").contains(&"two".to_owned()));
    assert!(server.log().contains("deleted from quarantine"), "{}", server.log());
}

#[test]
fn a_quarantine_mailbox_that_takes_nothing_loses_nothing() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps("New-Mailbox -Shared -Name quarantine | Out-Null
        Set-Mailbox quarantine -UseDatabaseQuotaDefaults $false -IssueWarningQuota 1KB -ProhibitSendQuota 1KB -ProhibitSendReceiveQuota 1KB
        Set-ContentFilterConfig -SCLRejectEnabled $false -SCLQuarantineEnabled $true -SCLQuarantineThreshold 6 -QuarantineMailbox quarantine@contoso.com");
    let far = "far@far.example";
    assert!(spam(&server, far, far, &["ann"], 8, &format!("one {}", "x".repeat(900))).starts_with("250"));
    let wait_until = |line: &str, wanted: &str| {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while server.ps(line).trim() != wanted {
            assert!(
                std::time::Instant::now() < until,
                "{}\n{}",
                server.ps("Get-Message | Format-List"),
                server.log()
            );
        }
    };
    wait_until("(Get-Message).Status", "Retry");
    server.ps(
        "Set-Mailbox quarantine -IssueWarningQuota 1MB -ProhibitSendQuota 1MB -ProhibitSendReceiveQuota 1MB
               Get-Queue | Retry-Queue -Confirm:$false",
    );
    wait_until("(Get-MailboxStatistics quarantine).ItemCount", "1");
    server.ps("Get-QuarantineMessage | Release-QuarantineMessage");
    wait_until("(Get-MailboxStatistics ann).ItemCount", "1");
}

/// What a newer server wrote, or what is damaged, is no reason to lose it.
#[test]
fn an_inbox_rule_that_cannot_be_read_is_kept_and_named() {
    let mut server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps(
        "New-InboxRule Sales -Mailbox ann -SubjectContainsWords sale -MoveToFolder ann:\\Archive | Out-Null",
    );
    server.ps("New-InboxRule Other -Mailbox ann -SubjectContainsWords other -MarkAsRead $true | Out-Null");
    server.stop();
    let file = server.data().join("directory.db");
    sql(
        &file,
        "UPDATE directory_attribute SET value = replace(value, 'enabled', 'switched') WHERE value LIKE '%Other%' AND value LIKE '%enabled%'",
    );
    server.run();
    let said = server.shell("Get-InboxRule -Mailbox ann | foreach Name");
    assert!(said.err.contains("WARNING: ") && said.err.contains("can't be read"), "{said:?}");
    server.ps("Set-InboxRule Sales -Mailbox ann -SubjectContainsWords sale,offer 3>$null");
    let said = server.shell("Get-InboxRule -Mailbox ann");
    assert!(format!("{}{}", said.out, said.err).contains("switched"), "{said:?}");
    let verified = server.verify();
    assert!(verified.out.contains("InboxRuleUnreadable"), "{verified:?}");
    server.leave_unverified();
}

/// Messages without a Message-ID are not all one message.
#[test]
fn an_empty_message_id_names_nothing() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    spam(&server, "far@far.example", "far@far.example", &["ann"], 0, "nameless");
    for (line, refusal) in [
        ("Get-MessageFate ''", "because it is an empty string"),
        ("Get-MessageFate '<>'", "names no message"),
        ("Get-MessageTrackingLog -MessageId ' '", "names no message"),
    ] {
        let said = server.shell(line);
        assert!(said.err.contains(refusal), "{line}: {said:?}");
        assert!(!said.out.contains("ann@contoso.com"), "{line}: {said:?}");
    }
    let id = "(Get-MessageTrackingLog -MessageSubject nameless | select -First 1).InternalMessageId";
    assert_eq!(server.ps(&format!("(Get-MessageFate ({id})).Recipient")).trim(), "ann@contoso.com");
}

/// A message from outside: the first refusal, or the last answer. It bears a score where one is given.
fn offer(server: &TestServer, from: &str, to: &str, scl: Option<u8>, subject: &str) -> String {
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    let score = scl.map_or(String::new(), |scl| format!("X-MS-Exchange-Organization-SCL: {scl}\r\n"));
    let message = format!("{score}From: Far <far@far.example>\r\nSubject: {subject}\r\n\r\nBuy now!\r\n.");
    let commands =
        [format!("MAIL FROM:<{from}>"), format!("RCPT TO:<{to}@contoso.com>"), "DATA".into(), message];
    let mut answer = String::new();
    for command in commands {
        answer = smtp.ask(&command);
        if answer.starts_with(['4', '5']) {
            return answer;
        }
    }
    answer
}

#[test]
fn the_anti_spam_settings_of_the_organization_act_on_mail_that_meets_them() {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    // The organization's threshold: what is above it is junk, and what is at it is not.
    for threshold in [5, 3] {
        server.ps(&format!("Set-OrganizationConfig -SCLJunkThreshold {threshold}"));
        for (scl, folder) in [(threshold, "INBOX"), (threshold + 1, "Junk Email")] {
            let subject = format!("score {scl} at {threshold}");
            assert!(offer(&server, "far@far.example", "ann", Some(scl), &subject).starts_with("250"));
            wait_for(&server, "ann", folder, &subject);
        }
    }
    // A mailbox that is passed over: neither refused nor junk; its neighbour's is refused.
    server.ps("Set-Mailbox ben -AntispamBypassEnabled $true");
    assert!(offer(&server, "far@far.example", "ben", Some(9), "passed over").starts_with("250"));
    wait_for(&server, "ben", "INBOX", "passed over");
    assert!(offer(&server, "far@far.example", "ann", Some(9), "refused").starts_with("550 5.7.1"));
    server.ps("Set-Mailbox ben -AntispamBypassEnabled $false");
    assert!(offer(&server, "far@far.example", "ben", Some(9), "refused").starts_with("550 5.7.1"));
    // Nobody as the sender.
    assert!(offer(&server, "", "ann", None, "a report").starts_with("250"));
    server.ps("Set-SenderFilterConfig -BlankSenderBlockingEnabled $true");
    assert_eq!(offer(&server, "", "ann", None, "another"), "554 5.1.0 Sender Denied");
    assert!(offer(&server, "far@far.example", "ann", None, "from somebody").starts_with("250"));
    server.ps("Set-SenderFilterConfig -BlankSenderBlockingEnabled $false");
    assert!(offer(&server, "", "ann", None, "a report again").starts_with("250"));
    // Recipients for whom nothing is taken from outside; people of the house write to them.
    server.ps("Set-RecipientFilterConfig -BlockListEnabled $true -BlockedRecipients ben@contoso.com");
    assert_eq!(offer(&server, "far@far.example", "ben", None, "blocked"), "550 5.1.1 User unknown");
    assert!(offer(&server, "far@far.example", "ann", None, "not blocked").starts_with("250"));
    let mut ann = server.submission("ann");
    for command in ["MAIL FROM:<ann@contoso.com>", "RCPT TO:<ben@contoso.com>"] {
        assert!(ann.ask(command).starts_with("250"), "{command}");
    }
    server.ps("Set-RecipientFilterConfig -BlockedRecipients $null");
    assert!(offer(&server, "far@far.example", "ben", None, "let through").starts_with("250"));
}

#[test]
fn the_lists_of_machines_act_on_mail_from_them() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let refused = |scl| offer(&server, "far@far.example", "ann", scl, "an offer").starts_with('5');
    assert!(!refused(None) && refused(Some(9)));
    // A network with this machine in it, then another one.
    server.ps("Add-IPBlockListEntry -IPRange 127.0.0.0/8 | Out-Null");
    assert!(refused(None));
    // Whoever is allowed is neither blocked nor filtered, until the entry is over or removed.
    server.ps("Add-IPAllowListEntry -IPAddress 127.0.0.1 -ExpirationTime (Get-Date).AddHours(1) | Out-Null");
    assert!(!refused(None) && !refused(Some(9)));
    server.ps("Get-IPAllowListEntry | Remove-IPAllowListEntry -Confirm:$false");
    assert!(refused(None));
    server.ps("Get-IPBlockListEntry | Remove-IPBlockListEntry -Confirm:$false
        Add-IPBlockListEntry -IPRange 192.0.2.1-192.0.2.9 | Out-Null
        Add-IPAllowListEntry -IPRange 192.0.2.0/24 | Out-Null");
    assert!(!refused(None) && refused(Some(9)));
}

#[test]
fn whoever_catches_all_gets_a_copy_of_what_people_get_and_what_nobody_has() {
    let server = TestServer::start(BINARY);
    ["ann", "catchall"].iter().for_each(|name| server.mailbox(name));
    server.ps("New-TransportRule 'Catch all' -AnyOfRecipientAddressContainsWords contoso.com -BlindCopyTo catchall@contoso.com | Out-Null");
    assert!(offer(&server, "far@far.example", "ann", None, "for ann").starts_with("250"));
    for who in ["ann", "catchall"] {
        wait_for(&server, who, "INBOX", "for ann");
    }
    // Names that nobody has come as far as the rule when they are not asked for before.
    assert!(offer(&server, "far@far.example", "nobody", None, "for nobody").starts_with("550 5.1.1"));
    server.ps("Set-RecipientFilterConfig -RecipientValidationEnabled $false
        Set-TransportRule 'Catch all' -BlindCopyTo $null -RedirectMessageTo catchall@contoso.com -ExceptIfAnyOfRecipientAddressContainsWords ann@contoso.com");
    assert!(offer(&server, "far@far.example", "nobody", None, "for nobody").starts_with("250"));
    wait_for(&server, "catchall", "INBOX", "for nobody");
    assert!(offer(&server, "far@far.example", "ann", None, "for ann alone").starts_with("250"));
    wait_for(&server, "ann", "INBOX", "for ann alone");
    assert!(!subjects(&server, "catchall", "INBOX").contains(&"for ann alone".to_owned()));
}

#[test]
fn what_a_recipient_has_blocked_is_refused_or_deleted_as_the_organization_says() {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    server.ps("Set-MailboxJunkEmailConfiguration ann -BlockedSendersAndDomains far.example -TrustedSendersAndDomains good@far.example");
    let action = || server.ps("(Get-SenderFilterConfig).RecipientBlockedSenderAction").trim().to_owned();
    assert_eq!(action(), "Reject");
    assert_eq!(offer(&server, "bad@far.example", "ann", None, "refused"), "554 5.1.0 Sender Denied");
    assert!(offer(&server, "bad@far.example", "ben", None, "of another's list").starts_with("250"));
    assert!(offer(&server, "good@far.example", "ann", None, "safe").starts_with("250"));
    assert!(offer(&server, "", "ann", None, "a report").starts_with("250"));
    server.ps("Set-SenderFilterConfig -RecipientBlockedSenderAction Delete");
    assert_eq!(action(), "Delete");
    // Whom nobody blocked gets the message; of the other the log and the fate know.
    let answer = spam(&server, "bad@far.example", "bad@far.example", &["ann", "ben"], 0, "dropped");
    assert!(answer.starts_with("250"), "{answer}");
    wait_for(&server, "ben", "INBOX", "dropped");
    let log = server.ps("Get-MessageTrackingLog -MessageSubject dropped -EventId DROP | foreach { \"$($_.Source) $($_.Recipients) $($_.RecipientStatus)\" }");
    assert_eq!(log.trim(), "AGENT ann@contoso.com deleted: the recipient has blocked the sender");
    assert!(offer(&server, "bad@far.example", "ann", None, "dropped alone").starts_with("250"));
    for folder in ["INBOX", "Junk Email"] {
        assert!(!subjects(&server, "ann", folder).iter().any(|one| one.starts_with("dropped")), "{folder}");
    }
    let refused = server.shell("Set-SenderFilterConfig -RecipientBlockedSenderAction Bounce").err;
    assert!(refused.contains("Delete") && refused.contains("Reject"), "{refused}");
    // Whose junk rule is off has nothing done by their list, and without the filter it is the mailbox's matter.
    server.ps("Set-MailboxJunkEmailConfiguration ann -Enabled $false");
    assert!(offer(&server, "bad@far.example", "ann", None, "rule is off").starts_with("250"));
    wait_for(&server, "ann", "INBOX", "rule is off");
    server.ps("Set-MailboxJunkEmailConfiguration ann -Enabled $true; Set-SenderFilterConfig -Enabled $false");
    assert!(offer(&server, "bad@far.example", "ann", None, "junk").starts_with("250"));
    wait_for(&server, "ann", "Junk Email", "junk");
}
