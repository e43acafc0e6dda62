//! People send: swaks, msmtp and Python's smtplib at the ports of submission, and whoever tries to be somebody else.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use base64::Engine as _;
use std::process::{Command, Output};
use testkit::{LineClient, Options, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Ann, Ben and Carla, and Sales, a shared mailbox on whose behalf Ann may send.
fn house() -> TestServer {
    furnished(Options::default())
}

fn furnished(options: Options) -> TestServer {
    let server = TestServer::start_with(BINARY, options);
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server.ps("New-Mailbox -Shared -Name sales | Out-Null");
    server.ps("Set-Mailbox sales -GrantSendOnBehalfTo ann -DisplayName 'Sales Team'");
    server
}

/// A client that has logged on.
fn submitter(server: &TestServer, user: &str) -> LineClient {
    let mut smtp = server.connect(587);
    smtp.answer();
    smtp.ask("EHLO client.example");
    let claim = base64::prelude::BASE64_STANDARD.encode(format!("\0{user}\0{}", server.password()));
    let answer = smtp.ask(&format!("AUTH PLAIN {claim}"));
    assert!(answer.starts_with("235 2.7.0"), "{answer}");
    smtp
}

/// Submits a message as the octets say; the last answer.
fn submit(smtp: &mut LineClient, from: &str, to: &str, message: &str) -> String {
    let answer = smtp.ask(&format!("MAIL FROM:<{from}>"));
    if !answer.starts_with("250") {
        return answer;
    }
    let answer = smtp.ask(&format!("RCPT TO:<{to}>"));
    if !answer.starts_with("250") {
        smtp.ask("RSET");
        return answer;
    }
    smtp.ask("DATA");
    smtp.ask(&format!("{message}\r\n."))
}

/// The last message of somebody's Inbox.
fn last_message(server: &TestServer, user: &str) -> String {
    folder_message(server, user, "INBOX")
}

fn folder_message(server: &TestServer, user: &str, folder: &str) -> String {
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN {user} \"{}\"", server.password()));
    let selected = imap.imap("b", &format!("SELECT \"{folder}\""));
    assert!(selected.last().unwrap().starts_with("b OK"), "{selected:?}");
    imap.imap("c", "FETCH * BODY.PEEK[]").join("\n")
}

fn sh(script: &str) -> Output {
    Command::new("sh").arg("-c").arg(script).output().unwrap()
}

fn text(output: &Output) -> String {
    [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat()
}

#[test]
fn swaks_sends_with_starttls_and_with_tls_from_the_first_octet() {
    let server = house();
    let password = server.password();
    for (port, how) in [(587, "-tls"), (465, "--tls-on-connect"), (587, "-tls --auth LOGIN")] {
        let how = if how.contains("--auth") { how.to_owned() } else { format!("{how} --auth PLAIN") };
        let done = sh(&format!(
            "swaks --server 127.0.0.1:{} {how} --auth-user ann@contoso.com --auth-password '{password}' \
             --from ann@contoso.com --to ben@contoso.com --header 'Subject: by {port}' --header 'Bcc: carla@contoso.com'",
            server.port(port)
        ));
        assert!(done.status.success(), "{}", text(&done));
        let mail = last_message(&server, "ben");
        assert!(mail.contains(&format!("Subject: by {port}")) && !mail.contains("carla"), "{mail}");
        assert!(mail.contains("with ESMTPSA id "), "{mail}");
    }
    let refused = sh(&format!(
        "swaks --server 127.0.0.1:{} -tls --auth PLAIN --auth-user ann --auth-password '{password}' \
         --from ben@contoso.com --to carla@contoso.com",
        server.port(587)
    ));
    let said = text(&refused);
    assert!(
        said.contains("550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        "{said}"
    );
    let wrong = sh(&format!(
        "swaks --server 127.0.0.1:{} -tls --auth PLAIN --auth-user ann --auth-password wrong --to ben@contoso.com",
        server.port(587)
    ));
    assert!(text(&wrong).contains("535 5.7.8"), "{}", text(&wrong));
}

#[test]
fn msmtp_and_smtplib_send_and_what_the_client_left_out_is_added() {
    let server = house();
    let (password, port, ca) = (server.password(), server.port(587), server.certificate());
    let message = "From: Ann <ann@contoso.com>\\nTo: ben@contoso.com\\nSubject: by msmtp\\n\\nhello\\n";
    let sent = sh(&format!(
        "printf '{message}' | msmtp --host=127.0.0.1 --port={port} --tls=on --tls-starttls=on --tls-trust-file={} \
         --auth=plain --user=ann@contoso.com --passwordeval='echo {password}' --from=ann@contoso.com \
         --add-missing-date-header=off ben@contoso.com",
        ca.display()
    ));
    assert!(sent.status.success(), "{}", text(&sent));
    let mail = last_message(&server, "ben");
    for field in ["Subject: by msmtp", "\nDate: ", "\nMessage-ID: <", "\nFrom: Ann <ann@contoso.com>"] {
        assert!(mail.contains(field), "{field} is not in {mail}");
    }
    let script = format!(
        "import smtplib, ssl\n\
         smtp = smtplib.SMTP_SSL('127.0.0.1', {}, context=ssl._create_unverified_context())\n\
         smtp.login('ann', '{password}')\n\
         refused = smtp.sendmail('ann@contoso.com', ['ben@contoso.com', 'nobody@contoso.com'], 'Subject: by Python\\r\\n\\r\\nhello')\n\
         smtp.sendmail('ann@contoso.com', ['x@far.example'], 'Subject: waits\\r\\n\\r\\nhello')\n\
         print(refused)\n",
        server.port(465)
    );
    let said = Command::new("python3").args(["-c", &script]).output().unwrap();
    assert!(text(&said).contains("{'nobody@contoso.com': (550, b'5.1.1 User unknown')}"), "{}", text(&said));
    // Mail that leaves the house waits in the queue.
    let mail = last_message(&server, "ben");
    assert!(
        mail.contains("From: \"ann\" <ann@contoso.com>") && mail.contains("Subject: by Python"),
        "{mail}"
    );
}

#[test]
fn on_behalf_of_somebody_the_sender_is_named_and_nobody_else_may() {
    let server = house();
    let mut ann = submitter(&server, "ann");
    let message =
        "From: Sales <sales@contoso.com>\r\nSender: somebody@contoso.com\r\nTo: ben@contoso.com\r\n\r\nhello";
    assert!(submit(&mut ann, "sales@contoso.com", "ben@contoso.com", message).starts_with("550 5.7.60"));
    let message = message.replace("Sender: somebody@contoso.com\r\n", "");
    let answer = submit(&mut ann, "sales@contoso.com", "ben@contoso.com", &message);
    assert!(answer.starts_with("250 2.6.0"), "{answer}");
    let mail = last_message(&server, "ben");
    assert!(mail.contains("From: Sales <sales@contoso.com>"), "{mail}");
    assert!(mail.contains("Sender: \"ann\" <ann@contoso.com>"), "{mail}");
    assert!(mail.contains("Return-Path: <sales@contoso.com>"), "{mail}");
    let mut ben = submitter(&server, "ben");
    assert!(submit(&mut ben, "sales@contoso.com", "ann@contoso.com", &message).starts_with("550 5.7.60"));
    assert!(submit(&mut ben, "ben@contoso.com", "ann@contoso.com", &message).starts_with("550 5.7.60"));
    // The right ends with the list.
    server.ps("Set-Mailbox sales -GrantSendOnBehalfTo $null");
    assert!(submit(&mut ann, "sales@contoso.com", "ben@contoso.com", &message).starts_with("550 5.7.60"));
    // A shared mailbox itself never logs on.
    let mut smtp = server.connect(587);
    smtp.answer();
    smtp.ask("EHLO x");
    let claim = base64::prelude::BASE64_STANDARD.encode(format!("\0sales\0{}", server.password()));
    assert!(smtp.ask(&format!("AUTH PLAIN {claim}")).starts_with("535"));
}

/// Each header is one that some program reads as Ben's.
#[test]
fn no_header_makes_ann_somebody_else() {
    let server = house();
    server.ps("Set-Mailbox ann -EmailAddresses @{Add='smtp:ann.berg@contoso.com'}");
    let mut ann = submitter(&server, "ann");
    for (header, fine) in [
        ("From: ann@contoso.com", true),
        ("From: Ann Berg <ann.berg@contoso.com>", true),
        ("From: \"ann@contoso.com\" <ann.berg@contoso.com>", true),
        ("From: ann@contoso.com (Ann)", true),
        ("From: =?utf-8?q?J=C3=B6rg?= <ann@contoso.com>", true),
        ("From: ann@contoso.com, ann.berg@contoso.com", true),
        ("From: ann@contoso.com\r\nSender: ann.berg@contoso.com", true),
        ("from :ann@contoso.com", true),
        ("From: ben@contoso.com", false),
        ("From: BEN@CONTOSO.COM", false),
        ("From: someone@far.example", false),
        ("From: ann@contoso.com\r\nFrom: ben@contoso.com", false),
        ("From: ann@contoso.com\r\nFrom: ann@contoso.com", false),
        ("From: ann@contoso.com\r\nFROM : ben@contoso.com", false),
        ("From: ann@contoso.com\r\nSender: ben@contoso.com", false),
        ("From: ann@contoso.com\r\nSender: ann@contoso.com, ben@contoso.com", false),
        ("From: ann@contoso.com, ben@contoso.com", false),
        ("From: Friends: ann@contoso.com;", false),
        ("From: Friends: ann@contoso.com, ben@contoso.com;", false),
        ("From: undisclosed:;", false),
        ("From:", false),
        ("From: <>", false),
        ("From: <@ben@contoso.com:ann@contoso.com>", false),
        ("From: ben@contoso.com <ann@contoso.com>", false),
        ("From: x@far.example <ann@contoso.com>", false),
        ("From: ben @contoso.com <ann@contoso.com>", false),
        ("From: ben@ contoso.com <ann@contoso.com>", false),
        ("From: ben @ contoso.com <ann@contoso.com>", false),
        ("Resent-From: ann@contoso.com\r\nFrom: ann@contoso.com", true),
        ("Resent-From: ben@contoso.com\r\nFrom: ann@contoso.com", false),
        ("Resent-Sender: ben@contoso.com\r\nFrom: ann@contoso.com", false),
        ("Resent-From: ann@contoso.com\r\nFrom: ann@contoso.com\r\nResent-From: ben@contoso.com", false),
        ("From: \"ben@contoso.com\" <ann@contoso.com>", false),
        ("From: =?utf-8?q?ben=40contoso=2Ecom?= <ann@contoso.com>", false),
        ("From: =?utf-8?b?YmVuQGNvbnRvc28uY29t?= <ann@contoso.com>", false),
        ("From: ann@contoso.com (ben@contoso.com)", false),
        ("From: =?utf-8?q?ben?=@contoso.com", false),
        ("From: =?utf-8?q?ben=40contoso.com?=", false),
        ("From: аnn@contoso.com", false),
        ("From: ann@соntoso.com", false),
        ("From: ann\u{ff20}contoso.com", false),
        ("From: ann@contoso.com\r\n ,ben@contoso.com", false),
        ("From: ann@con\r\n toso.com", false),
        ("From: <ann@contoso.com> <ben@contoso.com>", false),
        ("From: (ann@contoso.com) ben@contoso.com", false),
        ("From: \"ann <ann@contoso.com>\" ben@contoso.com", false),
        ("From: ann@contoso.com (", false),
        ("From: \"ann@contoso.com", false),
        ("X: y\r\nnonsense\r\nFrom: ann@contoso.com", false),
        ("Subject: x\r\n \r\nFrom: ann@contoso.com\r\nFrom\t: ben@contoso.com", false),
    ] {
        let message = format!("{header}\r\nTo: carla@contoso.com\r\n\r\nhello");
        let answer = submit(&mut ann, "ann@contoso.com", "carla@contoso.com", &message);
        assert_eq!(answer.starts_with("250 2.6.0"), fine, "{header:?}: {answer}");
        assert!(
            fine || answer.starts_with("550 5.7.60") || answer.starts_with("550 5.6.0"),
            "{header:?}: {answer}"
        );
    }
    let nul =
        submit(&mut ann, "ann@contoso.com", "carla@contoso.com", "From: ann@contoso.com\0ben\r\n\r\nhello");
    assert!(nul.starts_with("550 5.6.0"), "{nul}");
    // So many fields that nobody looks at the last one.
    let many =
        format!("From: ann@contoso.com\r\n{}From: ben@contoso.com\r\n\r\nhello", "A: b\r\n".repeat(11_000));
    assert!(submit(&mut ann, "ann@contoso.com", "carla@contoso.com", &many).starts_with("550 5.6.0"));
    for from in ["ben@contoso.com", "someone@far.example", "аnn@contoso.com"] {
        let answer = ann.ask(&format!("MAIL FROM:<{from}> SMTPUTF8"));
        assert!(answer.starts_with("550 5.7.60"), "{from}: {answer}");
    }
}

#[test]
fn a_sender_keeps_to_the_limits_of_their_mailbox() {
    let server = house();
    let mut ann = submitter(&server, "ann");
    let message = |bytes: usize| {
        format!("From: ann@contoso.com\r\n\r\n{}", ("y".repeat(76) + "\r\n").repeat(bytes / 78))
    };
    server.ps("Set-Mailbox ann -MaxSendSize 20KB -RecipientLimits 2");
    let refused = submit(&mut ann, "ann@contoso.com", "ben@contoso.com", &message(30_000));
    assert!(refused.starts_with("552 5."), "{refused}");
    assert!(
        submit(&mut ann, "ann@contoso.com", "ben@contoso.com", &message(10_000)).starts_with("250 2.6.0")
    );
    assert!(ann.ask("MAIL FROM:<ann@contoso.com> SIZE=30000").starts_with("552"));
    assert!(ann.ask("MAIL FROM:<ann@contoso.com> SIZE=10000").starts_with("250"));
    for (to, code) in [("ben", "250"), ("carla", "250"), ("sales", "550 5.5.3"), ("BEN", "550 5.5.3")] {
        let answer = ann.ask(&format!("RCPT TO:<{to}@contoso.com>"));
        assert!(answer.starts_with(code), "{to}: {answer}");
    }
    ann.ask("RSET");
    // A limit of one's own stands in the place of the organisation's (10 MB) on one's own side, within the house.
    server.ps("Set-Mailbox ann -MaxSendSize 20MB -RecipientLimits Unlimited");
    // What is announced keeps no client from what its person may send: it is the connector's (36 MB).
    ann.say("EHLO client.example");
    let mut said = std::iter::repeat_with(|| ann.line()).take_while(|line| line.starts_with("250-"));
    assert!(said.any(|line| line.contains("SIZE 37748736")));
    said.for_each(drop);
    let large = message(12 << 20);
    assert!(submit(&mut ann, "ann@contoso.com", "ben@contoso.com", &large).starts_with("552 5.3.4"));
    server.ps("Set-Mailbox ben -MaxReceiveSize 20MB");
    assert!(submit(&mut ann, "ann@contoso.com", "ben@contoso.com", &large).starts_with("250 2.6.0"));
    assert!(submit(&mut ann, "ann@contoso.com", "x@far.example", &large).starts_with("552 5.3.4"));
    server
        .ps("Set-Mailbox ann -UseDatabaseQuotaDefaults $false -ProhibitSendQuota 1KB -IssueWarningQuota 1KB");
    let mut ben = submitter(&server, "ben");
    assert!(
        submit(&mut ben, "ben@contoso.com", "ann@contoso.com", &message(5_000).replace("ann@", "ben@"))
            .starts_with("250")
    );
    let full = ann.ask("MAIL FROM:<ann@contoso.com>");
    assert!(full.starts_with("554 5.2.2 mailbox full"), "{full}");
}

#[test]
fn a_log_on_that_is_withdrawn_ends_the_session_and_where_people_are_can_be_hidden() {
    let config = "[transport]\nhide_client_address = true\n";
    let server = furnished(Options { config: config.into(), ..Options::default() });
    let (mut ann, mut ben) = (submitter(&server, "ann"), submitter(&server, "ben"));
    let sent = submit(&mut ben, "ben@contoso.com", "carla@contoso.com", "Subject: hidden\r\n\r\nhello");
    assert!(sent.starts_with("250"), "{sent}");
    let mail = last_message(&server, "carla");
    assert!(mail.contains("Received: from localhost\n") && !mail.contains("client.example"), "{mail}");
    ann.ask("MAIL FROM:<ann@contoso.com>");
    server.ps("Disable-ADAccount ann");
    assert!(ann.line().starts_with("421 4.7.0"), "she was told");
    assert_eq!(ann.try_line(), None);
    assert!(ben.ask("NOOP").starts_with("250"));
}

/// How many messages are in somebody's folder.
fn count(server: &TestServer, user: &str, folder: &str) -> String {
    let mut imap = server.connect(143);
    imap.line();
    let user = user.replace('\\', "\\\\");
    let answer = imap.imap("a", &format!("LOGIN \"{user}\" \"{}\"", server.password()));
    assert!(answer.last().unwrap().starts_with("a OK"), "{answer:?}");
    let answer = imap.imap("b", &format!("STATUS \"{folder}\" (MESSAGES UNSEEN)"));
    answer[0].rsplit_once(" (").unwrap().1.trim_end_matches(')').to_owned()
}

fn save(server: &TestServer, user: &str, folder: &str, message: &str) {
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN {user} \"{}\"", server.password()));
    imap.say(&format!("b APPEND \"{folder}\" (\\Seen) {{{}+}}", message.len()));
    imap.send(message.as_bytes());
    imap.send(b"\r\n");
    let answer = imap.line();
    assert!(answer.starts_with("b OK"), "{answer}");
}

#[test]
fn send_as_leaves_no_trace_of_the_delegate_and_wins_over_on_behalf() {
    let server = house();
    server.ps("Add-RecipientPermission sales -Trustee ann -AccessRights SendAs -Confirm:$false | Out-Null");
    server.ps("Add-ADPermission carla -User ben -ExtendedRights 'Send As' | Out-Null");
    // Full Access alone is no right to send.
    server.ps("Add-MailboxPermission carla -User ann -AccessRights FullAccess | Out-Null");
    let (mut ann, mut ben) = (submitter(&server, "ann"), submitter(&server, "ben"));
    let message = "From: Sales <sales@contoso.com>\r\nSender: ann@contoso.com\r\n\r\nhello";
    assert!(submit(&mut ann, "sales@contoso.com", "ben@contoso.com", message).starts_with("250"));
    let mail = last_message(&server, "ben");
    assert!(!mail.contains("Sender:") && !mail.contains("ann"), "{mail}");
    let message = "From: carla@contoso.com\r\n\r\nhello";
    assert!(submit(&mut ann, "carla@contoso.com", "ben@contoso.com", message).starts_with("550 5.7.60"));
    assert!(submit(&mut ben, "carla@contoso.com", "ann@contoso.com", message).starts_with("250"));
    server.ps("Remove-ADPermission carla -User ben -ExtendedRights 'Send As' -Confirm:$false");
    assert!(submit(&mut ben, "carla@contoso.com", "ann@contoso.com", message).starts_with("550 5.7.60"));
}

#[test]
fn what_is_sent_in_its_name_lies_in_the_shared_mailbox_once() {
    let server = house();
    server.ps("Add-MailboxPermission sales -User ann -AccessRights FullAccess | Out-Null");
    let message = |number: u32| {
        format!(
            "From: Sales <sales@contoso.com>\r\nTo: ben@contoso.com\r\nMessage-ID: <{number}@x>\r\n\r\nhello {number}"
        )
    };
    let sent = |user: &str| count(&server, user, "Sent Items");
    let mut ann = submitter(&server, "ann");
    let send = |ann: &mut LineClient, to: &str, message: &str| {
        let answer = submit(ann, "sales@contoso.com", to, message);
        assert!(answer.starts_with("250"), "{answer}");
    };
    send(&mut ann, "ben@contoso.com", &message(1));
    assert_eq!(sent("CONTOSO\\ann\\sales"), "MESSAGES 0 UNSEEN 0", "nobody asked for it");
    server.ps("Set-Mailbox sales -MessageCopyForSendOnBehalfEnabled $true");
    send(&mut ann, "ben@contoso.com", &message(2));
    assert_eq!(sent("CONTOSO\\ann\\sales"), "MESSAGES 1 UNSEEN 0");
    // A client that saves its own has one, too, whichever comes first, and one with another text is another one.
    save(&server, "ann", "Shared/sales/Sent Items", &format!("Bcc: carla@contoso.com\r\n{}\r\n", message(2)));
    assert_eq!(sent("CONTOSO\\ann\\sales"), "MESSAGES 1 UNSEEN 0");
    assert!(
        folder_message(&server, "ann", "Shared/sales/Sent Items").contains("Bcc: carla"),
        "the client's stays"
    );
    save(&server, "ann", "Shared/sales/Sent Items", &message(3));
    send(&mut ann, "ben@contoso.com", &message(3));
    assert_eq!(sent("CONTOSO\\ann\\sales"), "MESSAGES 2 UNSEEN 0");
    save(&server, "ann", "Shared/sales/Sent Items", &message(3).replace("hello", "bye"));
    assert_eq!(sent("CONTOSO\\ann\\sales"), "MESSAGES 3 UNSEEN 0");
    // Mail that leaves the house waits in the queue; its copy does not.
    send(&mut ann, "x@far.example", &message(4));
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while sent("CONTOSO\\ann\\sales") != "MESSAGES 4 UNSEEN 0" {
        assert!(std::time::Instant::now() < until, "{}", server.log());
    }
    assert_eq!(sent("ann"), "MESSAGES 0 UNSEEN 0", "one's own copy is the client's business");
}

/// Waits until somebody's Inbox holds so many messages, and answers the last one.
fn arrived(server: &TestServer, user: &str, count: u32) -> String {
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN {user} \"{}\"", server.password()));
    let there = format!("* {count} EXISTS");
    let selected = imap.imap("b", "SELECT INBOX");
    if !selected.contains(&there) {
        imap.say("c IDLE");
        while imap.line() != there {}
    }
    last_message(server, user)
}

/// The moderator's answer to the question that a mail asks.
fn answer_to(question: &str, words: &str) -> (String, String) {
    let field = |name: &str| {
        let line = question.lines().find(|line| line.starts_with(name)).unwrap();
        let (_, inside) = line.split_once('<').unwrap();
        inside.split('>').next().unwrap().to_owned()
    };
    let (asked, id) = (field("From: Approvals"), field("Message-ID: "));
    let answer =
        format!("Subject: Re: Approve or reject\r\nIn-Reply-To: <{id}>\r\n\r\n{words}\r\n\r\n> you asked");
    (asked, answer)
}

#[test]
fn a_moderator_answers_by_mail_and_nobody_else_can() {
    let server = house();
    server
        .ps("New-DistributionGroup News -Members carla -ModeratedBy ben -ModerationEnabled $true | Out-Null");
    server.ps("New-DistributionGroup All -Members News,ann | Out-Null");
    let (mut ann, mut ben) = (submitter(&server, "ann"), submitter(&server, "ben"));
    let first = submit(&mut ann, "ann@contoso.com", "news@contoso.com", "Subject: One\r\n\r\nhello");
    assert!(first.starts_with("250"), "{first}");
    let question = arrived(&server, "ben", 1);
    assert!(question.contains("Subject: Approve or reject: One"), "{question}");
    let (to, approve) = answer_to(&question, "Approve");
    // Ann may not decide on her own message: her answer is a letter like any other.
    assert!(submit(&mut ann, "ann@contoso.com", &to, &approve).starts_with("250"));
    assert_eq!(server.ps("(Get-ModeratedMessage).Subject").trim(), "One");
    assert!(submit(&mut ben, "ben@contoso.com", &to, &approve).starts_with("250"));
    assert!(arrived(&server, "carla", 1).contains("Subject: One"));
    // A second decision comes too late and changes nothing.
    let (_, reject) = answer_to(&question, "Reject: too late");
    assert!(submit(&mut ben, "ben@contoso.com", &to, &reject).starts_with("250"));

    // A moderated group inside of another one waits alone; the sender hears the moderator's words.
    assert!(
        submit(&mut ann, "ann@contoso.com", "all@contoso.com", "Subject: Two\r\n\r\nhello")
            .starts_with("250")
    );
    assert!(arrived(&server, "ann", 1).contains("Subject: Two"));
    let (to, reject) = answer_to(&arrived(&server, "ben", 2), "Reject: not like this");
    assert!(submit(&mut ben, "ben@contoso.com", &to, &reject).starts_with("250"));
    let report = arrived(&server, "ann", 2);
    assert!(report.contains("A moderator rejected the message: not like this"), "{report}");
    assert!(report.contains("Status: 5.7.1"), "{report}");

    // Whoever moderates, and whom the group lets pass, waits for nobody.
    assert!(
        submit(&mut ben, "ben@contoso.com", "news@contoso.com", "Subject: Three\r\n\r\nhello")
            .starts_with("250")
    );
    assert!(arrived(&server, "carla", 2).contains("Subject: Three"));
    server.ps("Set-DistributionGroup News -BypassModerationFromSendersOrMembers ann");
    assert!(
        submit(&mut ann, "ann@contoso.com", "news@contoso.com", "Subject: Four\r\n\r\nhello")
            .starts_with("250")
    );
    assert!(arrived(&server, "carla", 3).contains("Subject: Four"));
}

#[test]
fn a_group_tells_its_owner_or_nobody_what_could_not_be_delivered() {
    let server = house();
    server.ps("New-DistributionGroup Team -Members carla -ManagedBy ben | Out-Null");
    server.ps("Set-DistributionGroup Team -ReportToOriginatorEnabled $false -ReportToManagerEnabled $true");
    server.ps("Set-Mailbox carla -RejectMessagesFrom ann");
    let mut ann = submitter(&server, "ann");
    assert!(
        submit(&mut ann, "ann@contoso.com", "team@contoso.com", "Subject: Owner\r\n\r\nhello")
            .starts_with("250")
    );
    let report = arrived(&server, "ben", 1);
    assert!(report.contains("Undeliverable: Owner") && report.contains("carla@contoso.com"), "{report}");
    server.ps("Set-DistributionGroup Team -ReportToOriginatorEnabled $true");
    assert!(
        submit(&mut ann, "ann@contoso.com", "team@contoso.com", "Subject: Sender\r\n\r\nhello")
            .starts_with("250")
    );
    assert!(arrived(&server, "ann", 1).contains("Undeliverable: Sender"));
    // Who may write to the group, and how much, is asked when its address is named.
    server.ps("Set-DistributionGroup Team -AcceptMessagesOnlyFromSendersOrMembers ben -MaxReceiveSize 2KB");
    let refused = submit(&mut ann, "ann@contoso.com", "team@contoso.com", "Subject: No\r\n\r\nhello");
    assert!(refused.starts_with("550 5.7.1"), "{refused}");
}
