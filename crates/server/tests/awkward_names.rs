//! Objects with awkward names go through pipes, over the local socket and over HTTPS, and stay what they are.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Names with what JSON, distinguished names, addresses and PowerShell treat in a way of their own.
const NAMES: [&str; 8] = [
    "Doe, Jane",
    r#"Jane "JD" Doe"#,
    r"Doe\Jane",
    "Doe/Jane + Co",
    "Doe; <Jane> = #1",
    "O'Doe `Jane` $x",
    "D\u{f6}e {Jane} [1]",
    "Doe\u{2028}Jane \u{1F600}",
];

/// Every pipe from one cmdlet to another, with one mailbox whose name is `$name`.
const SCRIPT: &str = r#"
$ErrorActionPreference = 'Stop'
New-MailboxDatabase -Name "DB $name" | Out-Null
Mount-Database "DB $name"
Get-MailboxDatabase "DB $name" | Set-MailboxDatabase -IssueWarningQuota 1GB
$box = New-Mailbox -Shared -Name $name -Alias "box$n" -Database "DB $name"
if ($box.Name -cne $name) { "name: $($box.Name)" }
$box = Get-Mailbox "box$n"
if ((Get-MailboxStatistics $box.Identity).DisplayName -cne $name) { 'statistics by identity' }
if (($box | Get-MailboxStatistics).DisplayName -cne $name) { 'statistics by pipe' }
if (($box | Get-User).Name -cne $name) { 'user' }
if (($box | Get-CASMailbox).Name -cne $name) { 'cas' }
if ($box.Database.Name -cne "DB $name") { "database: $($box.Database)" }
if ((Get-MailboxDatabase $box.Database).Name -cne "DB $name") { 'database by reference' }
Set-User ben -Manager $box.Identity
$ben = Get-User ben
if ($ben.Manager.GetType().Name -ne 'ADObjectId') { "manager: $($ben.Manager)" }
if ((Get-Mailbox $ben.Manager).Name -cne $name) { 'manager by reference' }
Set-Mailbox ben -GrantSendOnBehalfTo @{Add=$box.Identity}
$may = (Get-Mailbox ben).GrantSendOnBehalfTo
if ($may.Count -ne $n) { "granted: $($may.Count)" }
if ((Get-Mailbox $may[$n - 1]).Name -cne $name) { 'granted by reference' }
Set-Mailbox "box$n" -EmailAddresses @{Add="smtp:`"a, b$n`"@contoso.com","X400:C=CH;A= ;P=c;S=d$n"}
$addresses = (Get-Mailbox "box$n").EmailAddresses
if ($addresses.Count -lt 3) { "addresses: $($addresses.Count) $addresses" }
$addresses.Remove("X400:C=CH;A= ;P=c;S=d$n") | Out-Null
Set-Mailbox "box$n" -EmailAddresses $addresses
if ((Get-Mailbox "box$n").EmailAddresses -match 'X400') { 'address not removed' }
Get-Mailbox "box$n" | Set-Mailbox -Office "in $name"
if ((Get-Mailbox "box$n").Office -cne "in $name") { 'office' }
Get-Mailbox "box$n" | Disable-Mailbox -Confirm:$false
Get-User "$name" | ForEach-Object { if ($_.RecipientType -ne 'User') { "still $($_.RecipientType)" } }
"done $n"
"#;

fn script() -> String {
    let mut script = String::new();
    for (at, name) in NAMES.iter().enumerate() {
        let name = name.replace('\'', "''");
        script += &format!("$n = {}\n$name = '{name}'\n{SCRIPT}", at + 1);
    }
    script
}

fn plays_on(words: &[&str], server: &TestServer) {
    server.mailbox("ben");
    let file = server.folder().join("awkward.ps1");
    std::fs::write(&file, script()).unwrap();
    let words: Vec<&str> = words.iter().copied().chain([file.to_str().unwrap()]).collect();
    let shell = Command::new(BINARY).arg("shell").args(words).env("HOME", server.folder()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let done: String = (1..=NAMES.len()).map(|n| format!("done {n}\n")).collect();
    assert_eq!((text(&shell.stdout), text(&shell.stderr)), (done, String::new()));
}

#[test]
fn awkward_names_pass_over_the_socket() {
    let server = TestServer::start(BINARY);
    plays_on(&["--data", server.data().to_str().unwrap()], &server);
}

#[test]
fn awkward_names_pass_over_https() {
    let server = TestServer::start(BINARY);
    let (url, ca) = (format!("https://localhost:{}", server.port(443)), server.certificate());
    let password = server.folder().join("password");
    std::fs::write(&password, server.password()).unwrap();
    let (ca, password) = (ca.to_str().unwrap(), password.to_str().unwrap());
    plays_on(
        &["--server", &url, "--user", "Administrator", "--password-file", password, "--ca", ca],
        &server,
    );
}
