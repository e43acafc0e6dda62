//! Each limit at each level, from `limits.tsv`: what is below is taken and what is above is refused, with the code and the words,
//! through the ports of a running server.
//!
//! A line: level, limit, what is set, what is set behind it to have it as it was, a message that is taken, one that is refused, and
//! the answer to that. A message is `DOOR:SENDER RECIPIENT,RECIPIENT BYTES`, with `+header:BYTES` in its header, or
//! `+hops:NUMBER` of servers that it passed, `+rounds:NUMBER` of times that it came by this one; where `;` parts two settings the first is for the message
//! that is taken and the second for the one that is refused. The quotas of archives and of what was deleted, which no sender meets, are in
//! `quota.rs`.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::time::{Duration, Instant};
use testkit::{LineClient, Options, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

struct Limit<'a> {
    name: String,
    below: &'a str,
    above: &'a str,
    undo: &'a str,
    taken: &'a str,
    refused: &'a str,
    answer: &'a str,
}

fn limits(text: &str) -> impl Iterator<Item = Limit<'_>> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [level, limit, set, undo, taken, refused, answer] = cells[..] else {
            panic!("seven cells: {line}")
        };
        let (below, above) = set.split_once(" ; ").unwrap_or((set, set));
        Limit { name: format!("{limit} of the {level}"), below, above, undo, taken, refused, answer }
    })
}

/// A client at a door, logged on where that is the one of people; the sender's address.
fn client(server: &TestServer, door: &str) -> (LineClient, String) {
    let (door, sender) = door.split_once(':').unwrap();
    if door == "submit" {
        return (server.submission(sender), format!("{sender}@contoso.com"));
    }
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO client.example");
    (smtp, sender.to_owned())
}

/// Sends a message; the first answer that is a refusal, else the last one.
fn send(server: &TestServer, message: &str) -> String {
    let [door, to, bytes] = message.split(' ').collect::<Vec<_>>()[..] else { panic!("{message}") };
    let (mut smtp, from) = client(server, door);
    let is_refused = |answer: &String| answer.starts_with(['4', '5']);
    let recipients = to.split(',').map(|to| match to.contains('@') {
        true => format!("RCPT TO:<{to}>"),
        false => format!("RCPT TO:<{to}@contoso.com>"),
    });
    for command in std::iter::once(format!("MAIL FROM:<{from}>")).chain(recipients).chain(["DATA".to_owned()])
    {
        let answer = smtp.ask(&command);
        if is_refused(&answer) {
            return answer;
        }
    }
    let line = format!("{}\r\n", "x".repeat(70));
    let (bytes, header) = bytes
        .split_once('+')
        .map_or((bytes, String::new()), |(bytes, more)| (bytes, fields(more, &host(server))));
    let lines = bytes.parse::<usize>().unwrap() / line.len();
    let text = line.repeat(lines);
    smtp.send(format!("{header}From: <{from}>\r\nSubject: x\r\n\r\n{text}.\r\n").as_bytes());
    smtp.answer()
}

/// The name of the server, as it greets.
fn host(server: &TestServer) -> String {
    let greeting = server.connect(25).answer();
    greeting.split(' ').nth(1).unwrap().to_owned()
}

/// A part of a header that is so long, or tells of so many servers that the message passed.
fn fields(wanted: &str, host: &str) -> String {
    let (what, count) = wanted.split_once(':').unwrap();
    let count: usize = count.parse().unwrap();
    match what {
        "header" => format!("X-Long: {}\r\n", "x ".repeat(40)).repeat(count / 90),
        "rounds" => format!("Received: by {host}; Sat, 21 Nov 2026 00:00:00 +0000\r\n").repeat(count),
        "hops" => "Received: by other.example; Sat, 21 Nov 2026 00:00:00 +0000\r\n".repeat(count),
        what => panic!("{what}"),
    }
}

/// A setting that is there already is told as a warning.
fn set(server: &TestServer, line: &str) {
    let said = server.shell(line);
    let refused = said.err.lines().any(|line| !line.starts_with("WARNING") && !line.trim().is_empty());
    assert!(!refused, "{line}: {}", said.err);
}

#[test]
fn what_is_below_a_limit_is_taken_and_what_is_above_is_refused() {
    let server = TestServer::start(BINARY);
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server.ps("New-DistributionGroup Team -Members ben,carla | Out-Null");
    server.ps("New-DistributionGroup Writers -Members carla | Out-Null");
    server.ps("Set-DistributionGroup Team -RequireSenderAuthenticationEnabled $false");
    server.ps("New-MailContact -Name Kim -ExternalEmailAddress kim@far.example | Out-Null");
    server.ps("New-MailUser -Name Mona -ExternalEmailAddress mona@far.example | Out-Null
         New-DynamicDistributionGroup Sales -RecipientFilter \"Alias -eq 'ben'\" | Out-Null
         Set-DynamicDistributionGroup Sales -RequireSenderAuthenticationEnabled $false
         New-PublicFolder 'My Public Folder' | Out-Null
         Enable-MailPublicFolder '\\My Public Folder'
         Set-MailPublicFolder '\\My Public Folder' -ForwardingAddress ben");
    let mut wrong = Vec::new();
    for limit in limits(include_str!("limits.tsv")) {
        set(&server, limit.below);
        let taken = send(&server, limit.taken);
        if !taken.starts_with("250 ") {
            wrong.push(format!("{}: {} should be taken: {taken}", limit.name, limit.taken));
        }
        if limit.above != limit.below {
            set(&server, limit.above);
        }
        let refused = send(&server, limit.refused);
        if refused != limit.answer {
            wrong.push(format!("{}: {}: {refused}\n  wanted: {}", limit.name, limit.refused, limit.answer));
        }
        set(&server, limit.undo);
        // As it was, it is taken.
        let again = send(&server, limit.taken);
        if !again.starts_with("250 ") {
            wrong.push(format!("{}: afterwards {} should be taken: {again}", limit.name, limit.taken));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_client_sends_as_many_messages_a_minute_as_its_connector_says() {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    server.ps("Get-ReceiveConnector | where Name -like 'Client*' | Set-ReceiveConnector -MessageRateLimit 2");
    assert!(send(&server, "submit:ann ben 100").starts_with("250 "));
    assert!(send(&server, "submit:ann ben 100").starts_with("250 "));
    let too_fast = "421 4.4.2 Message submission rate for this client has exceeded the configured limit";
    assert_eq!(send(&server, "submit:ann ben 100"), too_fast);
    // The other connector has no limit.
    assert!(send(&server, "smtp:far@far.example ben 100").starts_with("250 "));
    server.ps("Get-ReceiveConnector | Set-ReceiveConnector -MessageRateLimit unlimited");
    assert!(send(&server, "submit:ann ben 100").starts_with("250 "));
}

/// The longest wait for the answer that there is no such recipient, over one connection.
fn longest_wait(server: &TestServer, recipients: usize) -> Duration {
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO client.example");
    assert!(smtp.ask("MAIL FROM:<far@far.example>").starts_with("250"));
    let wait = |number| {
        let asked = Instant::now();
        let answer = smtp.ask(&format!("RCPT TO:<nobody{number}@contoso.com>"));
        assert!(answer.starts_with("550 5.1.1"), "{answer}");
        asked.elapsed()
    };
    (0..recipients).map(wait).max().unwrap()
}

#[test]
fn a_connector_has_what_was_configured_until_it_is_set() {
    let config = "[limits]\nmessage_bytes = 50000000\nunknown_recipients = 1\ntarpit_seconds = 0\n";
    let server = TestServer::start_with(BINARY, Options { config: config.into(), ..Options::default() });
    let shown = || {
        server.ps(
            "Get-ReceiveConnector | where Name -like 'Default Frontend*' | foreach { \"$($_.TarpitInterval) $($_.MaxMessageSize.ToBytes())\" }",
        )
    };
    assert_eq!(shown().trim(), "00:00:00 50000000");
    let at_once = longest_wait(&server, 3);
    server.ps(
        "Get-ReceiveConnector | where Name -like 'Default Frontend*' | Set-ReceiveConnector -TarpitInterval 00:00:02",
    );
    assert_eq!(shown().trim(), "00:00:02 50000000", "what was not set is as it was");
    let waited = longest_wait(&server, 1);
    // The port takes what is configured, and no less than Exchange's takes.
    std::fs::write(server.data().join("mailstead.toml"), config.replace("50000000", "10000000")).unwrap();
    server.signal("HUP");
    server.logged("the configuration was read again");
    assert_eq!(shown().trim(), "00:00:02 37748736");
    assert!(waited >= Duration::from_secs(2) && at_once < Duration::from_secs(2), "{at_once:?}, {waited:?}");
}

/// The most recipients of a message, as a port announces them.
fn announced(server: &TestServer, port: u16, hello: &str) -> String {
    let mut client = server.connect(port);
    client.answer();
    client.say(hello);
    std::iter::repeat_with(|| client.line()).find(|line| line.contains("LIMITS")).unwrap()
}

#[test]
fn each_port_takes_as_many_recipients_as_exchange_s_connector() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let shown = server.ps(
        "Get-ReceiveConnector | sort PermissionGroups | foreach { \"$($_.Name -replace ' \\S+$') $($_.MaxRecipientsPerMessage)\" }",
    );
    assert_eq!(shown.trim(), "Default Frontend 200\nDefault 5000\nClient Frontend 200");
    assert_eq!(announced(&server, 25, "EHLO client.example"), "250-LIMITS RCPTMAX=200");
    assert_eq!(announced(&server, 587, "EHLO client.example"), "250-LIMITS RCPTMAX=200");
    // The organization's limit is the lower one, until it is set above the connector's.
    assert_eq!(announced(&server, 24, "LHLO client.example"), "250-LIMITS RCPTMAX=500");
    server.ps("Set-TransportConfig -MaxRecipientEnvelopeLimit unlimited");
    assert_eq!(announced(&server, 24, "LHLO client.example"), "250-LIMITS RCPTMAX=5000");
    let mut smtp = server.submission("ann");
    assert!(smtp.ask("MAIL FROM:<ann@contoso.com>").starts_with("250"));
    for number in 0..200 {
        assert!(smtp.ask(&format!("RCPT TO:<x{number}@far.example>")).starts_with("250"), "{number}");
    }
    assert_eq!(smtp.ask("RCPT TO:<y@far.example>"), "452 4.5.3 Too many recipients");
}
