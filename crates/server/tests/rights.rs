//! Each right at each door, in each way in which somebody can have it or lack it: `rights.tsv`, through one server.
//!
//! A mailbox stands for a right and an account for a way, so that nobody has a right by accident. What is expected is
//! Windows' order of evaluation (explicit deny, explicit allow, inherited deny, inherited allow) and that the right to
//! read, the rights to send and automapping are three things. [MS-ADTS 5.1.3.3.3] [RFC 4314 4]

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::collections::{BTreeSet, HashMap};
use std::process::Command;
use testkit::{LineClient, Options, TestServer, message_of};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Right, way, door and outcome, a line each.
const TABLE: &str = include_str!("rights.tsv");

const MAILBOX_RIGHTS: [&str; 6] =
    ["FullAccess", "ReadPermission", "ChangePermission", "ChangeOwner", "DeleteItem", "ExternalAccount"];

/// Tries that are refused are many here, and nobody is to wait for them.
const CONFIG: &str = "[limits]\nlogon_failures = 10000\nlogon_failures_per_address = 10000\nlogon_failures_per_account = 10000\n";

/// A line of the table.
struct Row {
    right: &'static str,
    way: &'static str,
    door: &'static str,
    allowed: bool,
}

impl Row {
    /// Who has the right in that way.
    fn account(&self) -> String {
        account(self.right, self.way)
    }
    /// The alias of the mailbox that it is a right to.
    fn mailbox(&self) -> String {
        mailbox(self.right)
    }
}

fn rows() -> Vec<Row> {
    let read = |line: &'static str| {
        let [right, way, door, outcome] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert!(["allow", "refuse"].contains(&outcome), "{line}");
        Row { right, way, door, allowed: outcome == "allow" }
    };
    TABLE.lines().skip(1).map(read).collect()
}

fn mailbox(right: &str) -> String {
    format!("box-{}", right.to_lowercase())
}

/// What is given above a mailbox reaches others too, so whoever sends by it is somebody of their own.
fn account(right: &str, way: &str) -> String {
    match (right, way) {
        ("SendAs", "above" | "deny-above" | "both-above") => format!("sends-{way}"),
        _ => way.to_owned(),
    }
}

/// Whoever is given the right in that way: the account itself, or a group that it is in.
fn given_to(right: &str, way: &str) -> Option<String> {
    Some(match way {
        "group" => "Givens".to_owned(),
        "nested" => "Outer".to_owned(),
        "deny" if is_role(right) => "Roles".to_owned(),
        "above" | "both-above" | "manager" | "nobody" => return None,
        way => account(right, way),
    })
}

fn is_role(right: &str) -> bool {
    !MAILBOX_RIGHTS.contains(&right) && !["SendAs", "GenericAll", "SendOnBehalf"].contains(&right)
}

/// The command that gives a right to somebody, or denies or takes it.
fn command(doing: &str, right: &str, who: &str) -> String {
    let (of, verb) = (mailbox(right), if doing == "Remove" { "Remove" } else { "Add" });
    let deny = if doing == "Deny" { " -Deny" } else { "" };
    let sure = if doing == "Remove" { " -Confirm:$false" } else { "" };
    match right {
        "SendAs" if doing == "Deny" || doing == "Remove" => {
            format!("{verb}-ADPermission {of} -User {who} -ExtendedRights 'Send As'{deny}{sure}")
        }
        "SendAs" => {
            format!("Add-RecipientPermission {of} -AccessRights SendAs -Trustee {who} -Confirm:$false")
        }
        "GenericAll" => format!("{verb}-ADPermission {of} -User {who} -AccessRights GenericAll{deny}{sure}"),
        // There is no way to deny it; a denial of Send As is none.
        "SendOnBehalf" if doing == "Deny" => {
            format!("Add-ADPermission {of} -User {who} -ExtendedRights 'Send As' -Deny")
        }
        "SendOnBehalf" => format!("Set-Mailbox {of} -GrantSendOnBehalfTo @{{{verb}='{who}'}}"),
        role if is_role(role) && doing == "Remove" => {
            format!("Remove-MailboxFolderPermission {of}:\\Inbox -User {who}{sure}")
        }
        role if is_role(role) => {
            let role = if doing == "Deny" { "None" } else { role };
            format!("Add-MailboxFolderPermission {of}:\\Inbox -User {who} -AccessRights {role}")
        }
        right => format!("{verb}-MailboxPermission {of} -User {who} -AccessRights {right}{deny}{sure}"),
    }
}

/// All commands that make one way of one right.
fn commands(right: &str, way: &str) -> Vec<String> {
    let mut all: Vec<String> =
        given_to(right, way).map(|who| command("Add", right, &who)).into_iter().collect();
    match way {
        "deny" => all.push(command("Deny", right, way)),
        "group-deny" => all.push(command("Deny", right, "Denied")),
        "taken" => all.push(command("Remove", right, way)),
        _ => {}
    }
    all.extend(above(right, way));
    all
}

/// What is said above the mailbox: at its database, for who may open it; at its container, for who may send as it.
fn above(right: &str, way: &str) -> Vec<String> {
    let who = account(right, way);
    let entry = match right {
        "FullAccess" => format!("Add-ADPermission Apart -User {who} -ExtendedRights Receive-As"),
        _ => format!("Add-ADPermission Users -User {who} -ExtendedRights Send-As -InheritanceType All"),
    };
    match way {
        "above" => vec![entry],
        "deny-above" => vec![format!("{entry} -Deny")],
        "both-above" => vec![entry.clone(), format!("{entry} -Deny")],
        _ => Vec::new(),
    }
}

/// The house with everybody in it, and everything given and denied.
fn house(rows: &[Row]) -> TestServer {
    let server = TestServer::start_with(BINARY, Options { config: CONFIG.into(), ..Options::default() });
    let accounts: BTreeSet<String> = rows.iter().map(Row::account).collect();
    let (mut seen, mut script) = (BTreeSet::new(), vec!["$ErrorActionPreference = 'Stop'".to_owned()]);
    script.push(format!("$p = ConvertTo-SecureString '{}' -AsPlainText -Force", server.password()));
    script.extend(
        accounts
            .iter()
            .map(|name| format!("New-Mailbox {name} -UserPrincipalName {name}@contoso.com -Password $p")),
    );
    script.push("New-MailboxDatabase -Name Apart".to_owned());
    for (group, members) in [
        ("Givens", "group"),
        ("Inner", "nested"),
        ("Outer", "Inner"),
        ("Denied", "group-deny"),
        ("Roles", "deny"),
    ] {
        script.push(format!("New-DistributionGroup {group} -Type Security -Members {members}"));
    }
    script.push("Add-RoleGroupMember 'Organization Management' -Member manager".to_owned());
    script.push("Add-RoleGroupMember 'Organization Management' -Member manager-given".to_owned());
    for row in rows.iter().filter(|row| seen.insert((row.right, ""))) {
        let database = if row.right == "FullAccess" { "Apart" } else { "'Mailbox Database'" };
        script.push(format!("New-Mailbox -Shared {} -Database {database}", row.mailbox()));
    }
    for row in rows.iter().filter(|row| seen.insert((row.right, row.way))) {
        script.extend(commands(row.right, row.way));
    }
    let quiet = |line: &String| {
        if line.starts_with('$') { format!("{line}\n") } else { format!("{line} | Out-Null\n") }
    };
    let lines: Vec<String> = script.iter().map(quiet).collect();
    std::fs::write(server.folder().join("house.ps1"), lines.concat()).unwrap();
    server.ps("& ./house.ps1");
    server
}

/// One message for every mailbox, so that there is something to read.
fn deliver(server: &TestServer, rows: &[Row]) {
    let mut smtp = submitter(server, "nobody").unwrap();
    let mailboxes: BTreeSet<String> = rows.iter().map(Row::mailbox).collect();
    assert!(smtp.ask("MAIL FROM:<nobody@contoso.com>").starts_with("250"));
    for mailbox in mailboxes {
        assert!(smtp.ask(&format!("RCPT TO:<{mailbox}@contoso.com>")).starts_with("250"), "{mailbox}");
    }
    smtp.ask("DATA");
    let sent = smtp.ask("From: nobody@contoso.com\r\nSubject: to be read\r\n\r\nhello\r\n.");
    assert!(sent.starts_with("250"), "{sent}");
}

/// A client at the door of submission; none where the log-on is refused.
fn submitter(server: &TestServer, user: &str) -> Option<LineClient> {
    let (smtp, answer) = server.try_submission(user);
    assert!(answer.starts_with("235 2.7.0") || answer.starts_with("535 5.7.8"), "{user}: {answer}");
    answer.starts_with("235").then_some(smtp)
}

/// A client at IMAP's door; none where the log-on is refused.
fn reader(server: &TestServer, user: &str) -> Option<LineClient> {
    let (imap, answer) = server.try_imap(user);
    let is_known = answer.starts_with("log OK") || answer.starts_with("log NO [AUTHENTICATIONFAILED]");
    assert!(is_known, "{user}: {answer}");
    answer.starts_with("log OK").then_some(imap)
}

/// Everybody's open sessions, and what was asked once for all.
struct Doors<'a> {
    server: &'a TestServer,
    imap: HashMap<String, Option<LineClient>>,
    smtp: HashMap<String, Option<LineClient>>,
    /// What Autodiscover said to whom about which mailbox.
    about: HashMap<(String, String), String>,
    /// Mailbox, trustee, right, as both questions of `Get-EffectivePermission` name them where nothing denies it.
    holders: BTreeSet<[String; 3]>,
    reach: BTreeSet<[String; 3]>,
}

impl Doors<'_> {
    fn of<'a>(server: &'a TestServer, rows: &[Row]) -> Doors<'a> {
        let accounts: BTreeSet<String> = rows.iter().map(Row::account).collect();
        let mailboxes: BTreeSet<String> = rows.iter().map(Row::mailbox).collect();
        let effective = |parameter: &str, of: &BTreeSet<String>| effective(server, parameter, of);
        Doors {
            server,
            imap: HashMap::new(),
            smtp: HashMap::new(),
            about: accounts.iter().flat_map(|who| discover(server, who, &mailboxes)).collect(),
            holders: effective("Mailbox", &mailboxes),
            reach: effective("Trustee", &accounts),
        }
    }

    /// Whether a door lets somebody do what it is there for.
    fn opens(&mut self, row: &Row) -> bool {
        let (who, of) = (row.account(), row.mailbox());
        match row.door {
            "imap-logon" => reader(self.server, &format!("CONTOSO\\{who}\\{of}")).is_some(),
            "pop3-logon" => pop3(self.server, &format!("CONTOSO\\{who}\\{of}")),
            "mail-from" | "header-from" => self.sends(row, &who, &of),
            "autodiscover" => {
                self.said(&who, &of).contains(&format!("<AutoDiscoverSMTPAddress>{of}@contoso.com<"))
            }
            "alternative" => self.said(&who, &who).contains(&format!("<SmtpAddress>{of}@contoso.com<")),
            "holders" => has_only(&self.holders, row),
            "reach" => has_only(&self.reach, row),
            door => self.reads(row, door, &who, &of),
        }
    }

    fn said(&self, who: &str, about: &str) -> &str {
        &self.about[&(who.to_owned(), about.to_owned())]
    }

    fn sends(&mut self, row: &Row, who: &str, of: &str) -> bool {
        let server = self.server;
        let Some(smtp) = self.smtp.entry(who.to_owned()).or_insert_with(|| submitter(server, who)) else {
            return false;
        };
        if row.door == "mail-from" {
            let answer = smtp.ask(&format!("MAIL FROM:<{of}@contoso.com>"));
            smtp.ask("RSET");
            return may_send(&answer);
        }
        assert!(smtp.ask(&format!("MAIL FROM:<{who}@contoso.com>")).starts_with("250"));
        assert!(smtp.ask("RCPT TO:<nobody@contoso.com>").starts_with("250"));
        smtp.ask("DATA");
        may_send(&smtp.ask(&format!("From: {of}@contoso.com\r\nTo: nobody@contoso.com\r\n\r\nhello\r\n.")))
    }

    fn reads(&mut self, row: &Row, door: &str, who: &str, of: &str) -> bool {
        let server = self.server;
        let Some(imap) = self.imap.entry(who.to_owned()).or_insert_with(|| reader(server, who)) else {
            return false;
        };
        let folder = format!("\"Shared/{of}/INBOX\"");
        let select = |imap: &mut LineClient| may(&imap.imap("sel", &format!("SELECT {folder}")));
        match door {
            "imap-list" => {
                let listed = imap.imap("l", &format!("LIST \"\" {folder}"));
                assert!(may(&listed), "{listed:?}");
                listed.iter().any(|line| line.starts_with("* LIST"))
            }
            "imap-read" => {
                select(imap) && {
                    let read = imap.imap("f", "FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]");
                    assert!(read.concat().contains("to be read"), "{} {}: {read:?}", row.right, row.way);
                    may(&read)
                }
            }
            "imap-flag" => select(imap) && may(&imap.imap("s", "STORE 1 +FLAGS (\\Flagged)")),
            "imap-delete" => {
                let deleted = select(imap) && may(&imap.imap("s", "STORE 1 +FLAGS (\\Deleted)"));
                assert!(!deleted || may(&imap.imap("s", "STORE 1 -FLAGS (\\Deleted)")));
                deleted
            }
            "imap-append" => {
                let message = message_of("more", "the text");
                imap.say(&format!("app APPEND {folder} {{{}+}}", message.len()));
                imap.send(&message);
                imap.send(b"\r\n");
                loop {
                    let line = imap.line();
                    if line.starts_with("app ") {
                        return may(&[line]);
                    }
                }
            }
            "imap-create" => may(&imap.imap("c", &format!("CREATE \"Shared/{of}/INBOX/of {who}\""))),
            other => panic!("'{other}' is no door"),
        }
    }
}

/// Whether a command was done; whoever may not is told so, or that there is nothing.
fn may(answer: &[String]) -> bool {
    let (_, said) = answer.last().unwrap().split_once(' ').unwrap();
    let refused = ["NO [NOPERM]", "NO [NONEXISTENT]", "NO [TRYCREATE]"].iter().any(|no| said.starts_with(no));
    assert!(said.starts_with("OK") || refused, "{answer:?}");
    !refused
}

fn may_send(answer: &str) -> bool {
    let refused =
        answer.starts_with("550 5.7.60 SMTP; Client does not have permissions to send as this sender");
    assert!(answer.starts_with("250") || refused, "{answer}");
    !refused
}

fn pop3(server: &TestServer, user: &str) -> bool {
    let mut pop = server.connect(110);
    pop.answer();
    pop.ask(&format!("USER {user}"));
    let answer = pop.ask(&format!("PASS {}", server.password()));
    assert!(answer.starts_with("+OK") || answer.starts_with("-ERR [AUTH]"), "{user}: {answer}");
    answer.starts_with("+OK")
}

/// What Autodiscover says to somebody about themselves and about each mailbox, over one connection.
fn discover(server: &TestServer, who: &str, mailboxes: &BTreeSet<String>) -> Vec<((String, String), String)> {
    let url = format!("https://localhost:{}/Autodiscover/Autodiscover.xml", server.port(443));
    let (mut curl, own) = (Command::new("curl"), who.to_owned());
    let asked: Vec<&String> = std::iter::once(&own).chain(mailboxes).collect();
    for (at, about) in asked.iter().enumerate() {
        let body = format!(
            "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006\"><Request>\
             <EMailAddress>{about}@contoso.com</EMailAddress><AcceptableResponseSchema>\
             http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\
             </AcceptableResponseSchema></Request></Autodiscover>"
        );
        curl.args(if at == 0 { &["-sS"][..] } else { &["--next", "-sS"] })
            .arg("--cacert")
            .arg(server.certificate());
        curl.args(["-u", &format!("{who}:{}", server.password()), "-H", "Content-Type: text/xml"]);
        curl.args(["-w", "%{http_code}\u{1}", "--data-binary", &body, &url]);
    }
    let output = curl.output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let answers: Vec<&str> = said.trim_end_matches('\u{1}').split('\u{1}').collect();
    assert_eq!(answers.len(), asked.len(), "{who}: {said}");
    let fine = |answer: &&str| answer.ends_with("200") || answer.ends_with("401");
    assert!(answers.iter().all(fine), "{who}: {said}");
    let told = |(about, answer): (&&String, &str)| ((who.to_owned(), (*about).clone()), answer.to_owned());
    asked.iter().zip(answers).map(told).collect()
}

/// What `Get-EffectivePermission` finds that nothing denies: mailbox, trustee, right.
fn effective(server: &TestServer, parameter: &str, of: &BTreeSet<String>) -> BTreeSet<[String; 3]> {
    let names: Vec<String> = of.iter().map(|name| format!("'{name}'")).collect();
    let line = format!(
        "{} | ForEach-Object {{ Get-EffectivePermission -{parameter} $_ }} | Where-Object {{ -not $_.DeniedBy }} | \
         ForEach-Object {{ \"$($_.Mailbox)`t$($_.Trustee)`t$($_.Right)\" }}",
        names.join(",")
    );
    let last = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    let read = |line: &str| {
        let [mailbox, trustee, right] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        [last(mailbox), last(trustee), right.to_owned()]
    };
    server.ps(&line).lines().map(read).collect()
}

/// Whether somebody has the right of a row to its mailbox; any other right would be a fault.
fn has_only(found: &BTreeSet<[String; 3]>, row: &Row) -> bool {
    let (who, of) = (row.account(), row.mailbox());
    let theirs = found.iter().filter(|[mailbox, trustee, _]| *mailbox == of && *trustee == who);
    let rights: Vec<&str> = theirs.map(|[.., right]| right.as_str()).collect();
    // Everything at the object is to send as it, too.
    let meant = if row.right == "GenericAll" { "SendAs" } else { row.right };
    assert!(rights.is_empty() || rights == [meant], "{who} at {of}: {rights:?}");
    !rights.is_empty()
}

#[test]
fn every_right_opens_its_doors_and_no_other() {
    let rows = rows();
    let all: BTreeSet<_> = rows.iter().map(|row| (row.right, row.way, row.door)).collect();
    assert_eq!(all.len(), rows.len(), "a case stands twice");
    let server = house(&rows);
    deliver(&server, &rows);
    server.ps("Disable-ADAccount disabled");
    let mut doors = Doors::of(&server, &rows);
    let mut wrong = Vec::new();
    for row in &rows {
        if doors.opens(row) != row.allowed {
            let is = if row.allowed { "refused" } else { "allowed" };
            wrong.push(format!("{} {} at {} is {is}", row.right, row.way, row.door));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
