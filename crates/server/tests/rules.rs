//! Transport rules through the doors of a running server: every condition of `rules.tsv` with its exception, every action of
//! `rule_actions.tsv`, and moderators who answer. The ledger of rules is compared with both tables.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use base64::Engine as _;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use testkit::{LineClient, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");
/// How long mail may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A line of a table, by its cells.
fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let is_row = |line: &&str| !line.is_empty() && !line.starts_with('#');
    text.lines().filter(is_row).map(|line| line.split('\t').collect())
}

/// A message as the tables write it.
struct Mail<'a> {
    sender: &'a str,
    to: Vec<String>,
    text: String,
}

fn mail<'a>(written: &'a str, case: &str, subject: &str) -> Mail<'a> {
    let cells: Vec<&str> = written.splitn(4, '|').map(str::trim).collect();
    let [sender, to, fields, body] = cells[..] else { panic!("{written}") };
    let to: Vec<String> = to.split(',').map(addressed).collect();
    let address = from(sender);
    let mut text = format!("From: <{address}>\r\nX-Case: {case}\r\nMessage-ID: <{case}@far.example>\r\n");
    for field in fields.split(" ; ").filter(|field| !field.is_empty()) {
        text.push_str(&format!("{field}\r\n"));
    }
    if !fields.contains("Subject:") {
        text.push_str(&format!("Subject: {subject}\r\n"));
    }
    text.push_str(&content(body));
    Mail { sender, to, text }
}

fn addressed(name: &str) -> String {
    if name.contains('@') { name.to_owned() } else { format!("{name}@contoso.com") }
}

fn from(sender: &str) -> String {
    let sender = sender.strip_prefix("try:").unwrap_or(sender);
    addressed(sender.split_once('/').map_or(sender, |(_, address)| address))
}

/// The rest of the header, and the body.
fn content(body: &str) -> String {
    if let Some(size) = body.strip_prefix("size:") {
        return format!("\r\n{}\r\n", of_size(size));
    }
    let Some(file) = body.strip_prefix("file:") else { return format!("\r\n{body}\r\n") };
    let [name, kind, data] = file.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{body}") };
    let data = match (data.strip_prefix("hex:"), data.strip_prefix("size:")) {
        (Some(hex), _) => {
            let octets =
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
            octets.collect::<Vec<u8>>()
        }
        (_, Some(size)) => of_size(size).into_bytes(),
        _ => data.as_bytes().to_vec(),
    };
    let encoded = base64::prelude::BASE64_STANDARD.encode(data);
    let encoded = encoded.as_bytes().chunks(76).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n");
    format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\n\
         See the file.\r\n--part\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{encoded}\r\n--part--\r\n"
    )
}

fn of_size(size: &str) -> String {
    let line = format!("{}\r\n", "x".repeat(78));
    line.repeat(size.parse::<usize>().unwrap() / line.len())
}

/// Sends a message; the last answer.
fn send(server: &TestServer, mail: &Mail<'_>) -> String {
    if let Some((local, address)) = mail.sender.split_once('/') {
        return send_from(server, local, address, mail);
    }
    let mut smtp: LineClient;
    if mail.sender.contains('@') {
        smtp = server.connect(25);
        smtp.answer();
        smtp.ask("EHLO client.example");
    } else {
        smtp = server.submission(mail.sender);
    }
    let commands = std::iter::once(format!("MAIL FROM:<{}>", from(mail.sender)));
    for command in
        commands.chain(mail.to.iter().map(|to| format!("RCPT TO:<{to}>"))).chain(["DATA".to_owned()])
    {
        let answer = smtp.ask(&command);
        assert!(answer.starts_with(['2', '3']), "{command}: {answer}");
    }
    smtp.send(format!("{}.\r\n", mail.text).as_bytes());
    smtp.answer()
}

/// From another address of this machine.
fn send_from(server: &TestServer, local: &str, address: &str, mail: &Mail<'_>) -> String {
    let file = server.folder().join("message");
    std::fs::write(&file, &mail.text).unwrap();
    let mut curl = Command::new("curl");
    curl.args(["-s", "--max-time", "30", "--interface", local, "--mail-from", address]);
    for to in &mail.to {
        curl.args(["--mail-rcpt", to]);
    }
    let done =
        curl.arg("-T").arg(&file).arg(format!("smtp://127.0.0.1:{}", server.port(25))).status().unwrap();
    if done.success() { "250".to_owned() } else { format!("curl {done}") }
}

/// What a mailbox finds, once it finds something: mail may be under way.
fn found(imap: &mut LineClient, search: &str) -> bool {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if finds(imap, search) {
            return true;
        }
        imap.done("NOOP");
    }
    false
}

fn finds(imap: &mut LineClient, search: &str) -> bool {
    let answer = imap.done(&format!("SEARCH {search}"));
    answer.iter().any(|line| line.strip_prefix("* SEARCH").is_some_and(|found| !found.trim().is_empty()))
}

/// The people of both tables. Ann is in Paris and Dr., the boss is her manager, Ben is in Sales and in the group of the staff.
fn furnished() -> TestServer {
    let server = TestServer::start(BINARY);
    let password = server.password().to_owned();
    let people = "ann,ben,benno,carla,boss,mod,officer,quarantine";
    server.ps(&format!(
        "$secret = ConvertTo-SecureString '{password}' -AsPlainText -Force
         New-AcceptedDomain fabrikam.com -DomainName fabrikam.com | Out-Null
         foreach ($name in '{people}' -split ',') {{
             New-Mailbox -Name $name -UserPrincipalName \"$name@contoso.com\" -Password $secret | Out-Null }}
         Set-Mailbox ben -EmailAddresses @{{Add='also.ben@contoso.com','ben@fabrikam.com'}}
         Set-User ann -City Paris -Title 'Dr. rer. nat.' -Manager boss -Department Research
         Set-User ben -Department Sales
         Set-User boss -Department sales
         New-DistributionGroup team -Members ann | Out-Null
         New-DistributionGroup outer -Members team | Out-Null
         New-DistributionGroup staff -Members ben | Out-Null
         Set-ContentFilterConfig -QuarantineMailbox quarantine@contoso.com"
    ));
    server
}

/// `-SentTo` is `-ExceptIfSentTo`.
fn excepted(given: &str) -> String {
    let word = |word: &str| match word.strip_prefix('-') {
        Some(name) if name.starts_with(char::is_alphabetic) => format!("-ExceptIf{name}"),
        _ => word.to_owned(),
    };
    given.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_condition_holds_where_it_should_and_its_exception_where_it_does_not() {
    let server = furnished();
    let table = include_str!("rules.tsv");
    let mut script = String::new();
    for (number, row) in lines(table).enumerate() {
        let given = row[1];
        for (name, given) in [("Hit", given.to_owned()), ("Except", excepted(given))] {
            let does = format!("-SetHeaderName X-{name}-{number} -SetHeaderValue yes");
            script.push_str(&format!("New-TransportRule '{name}-{number}' {given} {does} | Out-Null\n"));
        }
    }
    server.ps(&script);
    let mut boxes: BTreeMap<String, LineClient> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut sent = Vec::new();
    for (number, row) in lines(table).enumerate() {
        for (meets, written) in [(true, row[2]), (false, row[3])] {
            let case = format!("case-{number}-{meets}-");
            let mail = mail(written, &case, &case);
            if mail.sender.starts_with("try:") {
                let said = tried(&server, &mail, number);
                let wanted = if meets { "True False" } else { "False True" };
                if said != wanted {
                    faults.push(format!("{} {written}: {said}", row[0]));
                }
                continue;
            }
            let answer = send(&server, &mail);
            assert!(answer.starts_with("250"), "{written}: {answer}");
            sent.push((number, meets, case, mail.to[0].clone(), row[0], written));
        }
    }
    for (number, meets, case, to, name, written) in sent {
        let owner = match to.split_once('@').unwrap().0 {
            "also.ben" => "ben",
            name => name,
        };
        let imap = boxes.entry(owner.to_owned()).or_insert_with(|| {
            let mut imap = server.imap(owner);
            imap.done("SELECT INBOX");
            imap
        });
        assert!(found(imap, &format!("HEADER X-Case {case}")), "{written}: it never came");
        let has = |imap: &mut LineClient, field: &str| {
            finds(imap, &format!("HEADER X-Case {case} HEADER {field}-{number} yes"))
        };
        let seen = (has(imap, "X-Hit"), has(imap, "X-Except"));
        if seen != (meets, !meets) {
            faults.push(format!("{name}: {written}: condition and exception hold: {seen:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether the condition and the exception of a row act, as Test-TransportRule tells.
fn tried(server: &TestServer, mail: &Mail<'_>, number: usize) -> String {
    let text = mail.text.replace("\r\n", "`r`n").replace('"', "`\"");
    let (from, to) = (from(mail.sender), mail.to.join(","));
    let said = server.ps(&format!(
        "$tried = Test-TransportRule -MessageFile \"{text}\" -Sender {from} -Recipients {to}
         'Hit','Except' | ForEach-Object {{ $name = \"$_-{number}\"; ($tried | Where-Object Rule -eq $name).Acts }}"
    ));
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_action_does_what_it_says() {
    let server = furnished();
    let table = include_str!("rule_actions.tsv");
    let mut script = String::new();
    for (number, row) in lines(table).enumerate() {
        script.push_str(&format!(
            "New-TransportRule 'act-{number}' -SubjectContainsWords 'act-{number}' {} | Out-Null\n",
            row[1]
        ));
    }
    script.push_str("New-TransportRule Behind -SetHeaderName X-Behind -SetHeaderValue Behind | Out-Null\n");
    server.ps(&script);
    let mut faults = Vec::new();
    for (number, row) in lines(table).enumerate() {
        let subject = format!("act-{number} end");
        let answer = send(&server, &mail(row[2], &format!("case-{number}-"), &subject));
        if !answer.starts_with(row[3]) {
            faults.push(format!("{} {}: {answer}", row[0], row[1]));
        }
    }
    // First what comes; then what did not come while all of that did.
    let mut boxes: BTreeMap<&str, LineClient> = BTreeMap::new();
    for absent in [false, true] {
        for (number, row) in lines(table).enumerate() {
            for wanted in row[4].split(" ; ") {
                let [who, how, words] = wanted.splitn(3, ' ').chain([""]).take(3).collect::<Vec<_>>()[..]
                else {
                    panic!("{wanted}")
                };
                if who == "log" {
                    server.logged(wanted.strip_prefix("log ").unwrap());
                    continue;
                }
                if (how != "has") != absent {
                    continue;
                }
                let imap = boxes.entry(who).or_insert_with(|| {
                    let mut imap = server.imap(who);
                    imap.done("SELECT INBOX");
                    imap
                });
                imap.done("NOOP");
                let about = format!("TEXT \"act-{number} end\"");
                let met = match how {
                    "has" => found(imap, &format!("{about} TEXT \"{words}\"")),
                    "lacks" => !finds(imap, &format!("{about} TEXT \"{words}\"")),
                    "none" => !finds(
                        imap,
                        &format!("{about} SUBJECT \"act-{number} end\" NOT SUBJECT Undeliverable"),
                    ),
                    how => panic!("{how}"),
                };
                if !met {
                    faults.push(format!("{} {}: {wanted}", row[0], row[1]));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_ledger_has_every_row_and_every_row_is_true() {
    let ledger = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ledger/transport-rules.tsv");
    let ledger = std::fs::read_to_string(ledger).unwrap();
    let names = |table: &'static str| -> BTreeSet<String> {
        lines(table).flat_map(|row| row[0].split(',').map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    let (conditions, actions) = (names(include_str!("rules.tsv")), names(include_str!("rule_actions.tsv")));
    let server = TestServer::start(BINARY);
    for row in lines(&ledger).skip(1) {
        let (name, kind, status) = (row[0], row[1], row[2]);
        let base = name.strip_prefix("ExceptIf").unwrap_or(name);
        let tested = if kind == "action" { actions.contains(base) } else { conditions.contains(base) };
        assert_eq!(status == "yes", tested, "{name}: {status}");
    }
    let refused: Vec<Vec<&str>> = lines(&ledger).skip(1).filter(|row| row[2] != "yes").collect();
    let script: String = refused
        .iter()
        .map(|row| {
            format!("try {{ New-TransportRule x -{} 1 -ErrorAction Stop }} catch {{ \"$_\" }}\n", row[0])
        })
        .collect();
    let said = server.ps(&script);
    for (row, said) in refused.iter().zip(said.lines()) {
        let why = row[2].strip_prefix("no: ").unwrap();
        let wanted = format!("The parameter -{} of New-TransportRule is not there: {why}", row[0]);
        assert!(said.starts_with(&wanted), "{wanted}\n{said}");
    }
    assert_eq!(said.lines().count(), refused.len(), "{said}");
}

/// Somebody answers the question about a message.
fn answer(server: &TestServer, who: &str, subject: &str, words: &str) {
    assert!(answered(server, who, subject, words).starts_with("250"));
}

/// Somebody answers the question about a message; what the server says to that.
fn answered(server: &TestServer, who: &str, subject: &str, words: &str) -> String {
    let mut imap = inbox(server, who);
    let about = format!("SUBJECT \"Approve or reject: {subject}\"");
    assert!(found(&mut imap, &about), "{who} was not asked");
    let asked = imap.done(&format!("SEARCH {about}"))[0].rsplit(' ').next().unwrap().to_owned();
    let header = imap.done(&format!("FETCH {asked} BODY[HEADER.FIELDS (FROM MESSAGE-ID)]")).join("\n");
    let id = header.split(['<', '>']).find(|piece| piece.starts_with("moderate-")).unwrap();
    let asks = header.split(['<', '>']).find(|piece| piece.contains("@contoso.com")).unwrap();
    let text = format!(
        "From: <{who}@contoso.com>\r\nIn-Reply-To: <{id}>\r\nSubject: Re: Approve or reject\r\n\r\n{words}\r\n"
    );
    send(server, &Mail { sender: who, to: vec![asks.to_owned()], text })
}

fn inbox(server: &TestServer, who: &str) -> LineClient {
    let mut imap = server.imap(who);
    imap.done("SELECT INBOX");
    imap
}

#[test]
fn the_moderators_of_a_rule_decide_for_all_whom_it_holds() {
    let server = furnished();
    server
        .ps("New-TransportRule Offers -SubjectContainsWords offer -ModerateMessageByUser mod,boss | Out-Null
         New-TransportRule Mark -FromScope InOrganization -PrependSubject '(us) ' | Out-Null");
    // One question to each of them, for both recipients; the group's own rules come behind.
    let both = mail("carla | ben,staff,benno | | x", "one", "An offer");
    assert!(send(&server, &both).starts_with("250"));
    let waiting = "Get-ModeratedMessage | Format-List Sender, Recipient, Subject | Out-String -Width 200";
    let shown = server.ps(waiting);
    assert!(shown.contains("ben@contoso.com") && shown.contains("benno@contoso.com"), "{shown}");
    assert_eq!(server.ps("(Get-ModeratedMessage | Measure-Object).Count").trim(), "1", "{shown}");
    // Who is no moderator decides nothing; the one who is decides for all.
    answer(&server, "mod", "(us) An offer", "Perhaps later");
    assert_eq!(server.ps("(Get-ModeratedMessage | Measure-Object).Count").trim(), "1");
    // An answer that is refused decides nothing either.
    server.ps("New-TransportRule Never -SubjectOrBodyContainsWords forbidden -RejectMessageReasonText no | Out-Null");
    let refused = answered(&server, "boss", "(us) An offer", "Approve the forbidden");
    assert!(refused.starts_with("550"), "{refused}");
    assert_eq!(server.ps("(Get-ModeratedMessage | Measure-Object).Count").trim(), "1");
    answer(&server, "boss", "(us) An offer", "Approve");
    for who in ["ben", "benno"] {
        assert!(found(&mut inbox(&server, who), "SUBJECT \"(us) An offer\""), "{who}");
    }
    assert_eq!(server.ps("(Get-ModeratedMessage | Measure-Object).Count").trim(), "0");
    let fates = server.ps(
        "Get-MessageFate -MessageId '<one@far.example>' | ForEach-Object { \"$($_.Recipient) $($_.Fate)\" }",
    );
    for fate in ["ben@contoso.com Mailbox", "benno@contoso.com Mailbox", "staff@contoso.com Expanded"] {
        assert!(fates.contains(fate), "{fates}");
    }
    assert_eq!(server.ps("(Get-MessageTrackingLog -MessageId '<one@far.example>' -EventId DELIVER | ForEach-Object Recipients | Measure-Object).Count").trim(), "2", "ben once, though the group has him, too");
    // The next one is refused, with the moderator's words.
    assert!(send(&server, &mail("carla | ben | | x", "two", "Second offer")).starts_with("250"));
    answer(&server, "mod", "(us) Second offer", "Reject too dear");
    let told = "SUBJECT Undeliverable TEXT \"A moderator rejected the message: too dear\"";
    assert!(found(&mut inbox(&server, "carla"), told));
    assert!(!finds(&mut inbox(&server, "ben"), "SUBJECT \"Second offer\""));
    // Moderators need nobody; whoever only writes a moderator's address does.
    assert!(send(&server, &mail("mod | ben | | x", "three", "Third offer")).starts_with("250"));
    assert!(found(&mut inbox(&server, "ben"), "SUBJECT \"Third offer\""));
    assert!(send(&server, &mail("mod@contoso.com | ben | | x", "four", "Fourth offer")).starts_with("250"));
    assert_eq!(server.ps("(Get-ModeratedMessage).Subject").trim(), "Fourth offer");
    server.ps("Get-ModeratedMessage | Deny-ModeratedMessage -Comment 'no' -Confirm:$false");
}

#[test]
fn a_rule_whose_moderators_are_gone_says_so_at_once() {
    let server = furnished();
    server
        .ps("New-TransportRule Offers -SubjectContainsWords offer -ModerateMessageByUser mod,boss | Out-Null
         Remove-Mailbox mod -Confirm:$false");
    // One is there, and is asked.
    let offer = |id: &str| mail("carla | ben | | x", id, "An offer");
    assert!(send(&server, &offer("one")).starts_with("250"));
    answer(&server, "boss", "An offer", "Approve");
    assert!(found(&mut inbox(&server, "ben"), "SUBJECT \"An offer\""));
    // Nobody is, not even who gets the mail for names that nobody has.
    server.ps("Remove-Mailbox boss -Confirm:$false
         Set-AcceptedDomain contoso.com -CatchAllRecipient officer");
    let refused = send(&server, &offer("two"));
    assert_eq!(refused, "550 5.7.1 Nobody is there who could approve the message");
    assert_eq!(server.ps("(Get-ModeratedMessage | Measure-Object).Count").trim(), "0");
    assert_eq!(
        server.ps("(Get-MessageFate -MessageId '<two@far.example>' | Measure-Object).Count").trim(),
        "0"
    );
    assert!(!finds(&mut inbox(&server, "officer"), "ALL"));
}

#[test]
fn a_target_of_a_rule_that_is_gone_takes_the_message_from_nobody() {
    let server = furnished();
    server.ps("New-TransportRule Copies -SubjectContainsWords offer -BlindCopyTo mod,boss -PrependSubject '(x) ' | Out-Null
         New-TransportRule Deputy -SubjectContainsWords urgent -RedirectMessageTo mod,boss | Out-Null
         Remove-Mailbox mod -Confirm:$false");
    assert!(send(&server, &mail("x@far.example | ben | | x", "one", "An offer")).starts_with("250"));
    for who in ["ben", "boss"] {
        assert!(found(&mut inbox(&server, who), "SUBJECT \"(x) An offer\""), "{who}");
    }
    // Who would be redirected to nobody keeps the message.
    assert!(send(&server, &mail("x@far.example | ben | | x", "two", "urgent")).starts_with("250"));
    assert!(found(&mut inbox(&server, "ben"), "SUBJECT urgent"));
    assert!(!finds(&mut inbox(&server, "boss"), "SUBJECT urgent"));
    assert_eq!(server.ps("(Get-MessageFate -MessageId '<two@far.example>' | foreach { \"$($_.Recipient) $($_.Fate)\" }) -join ';'").trim(), "ben@contoso.com Mailbox");
}

#[test]
fn what_was_let_into_a_group_needs_no_moderator_of_its_members_where_the_group_says_so() {
    let server = furnished();
    server.ps("New-DistributionGroup inner -Members ben -ModerationEnabled $true -ModeratedBy boss | Out-Null
         New-DistributionGroup whole -Members inner,carla -ModerationEnabled $true -ModeratedBy mod | Out-Null");
    let approve = "Get-ModeratedMessage | Approve-ModeratedMessage -Confirm:$false";
    let waiting = || server.ps("(Get-ModeratedMessage).Recipient").trim().to_owned();
    assert!(send(&server, &mail("ann | whole | | x", "one", "First")).starts_with("250"));
    server.ps(approve);
    assert!(found(&mut inbox(&server, "carla"), "SUBJECT First"));
    assert_eq!(waiting(), "inner@contoso.com");
    server.ps(approve);
    assert!(found(&mut inbox(&server, "ben"), "SUBJECT First"));
    server.ps("Set-DistributionGroup whole -BypassNestedModerationEnabled $true");
    assert!(send(&server, &mail("ann | whole | | x", "two", "Second")).starts_with("250"));
    assert_eq!(waiting(), "whole@contoso.com");
    server.ps(approve);
    for who in ["ben", "carla"] {
        assert!(found(&mut inbox(&server, who), "SUBJECT Second"), "{who}");
    }
    assert_eq!(waiting(), "");
    // The group inside is moderated as before.
    assert!(send(&server, &mail("ann | inner | | x", "three", "Third")).starts_with("250"));
    assert_eq!(waiting(), "inner@contoso.com");
}

#[test]
fn rules_look_at_the_members_of_groups() {
    let server = furnished();
    server.ps(
        "New-DistributionGroup crew -Members ann,ben,benno,carla,staff -ManagedBy boss | Out-Null
         Set-DistributionGroup crew -RequireSenderAuthenticationEnabled $false
         Set-DistributionGroup staff -RequireSenderAuthenticationEnabled $false
         New-TransportRule Mark -SentTo ben -PrependSubject '(ben) ' | Out-Null
         New-TransportRule Gone -SentTo carla -SubjectContainsWords secret -DeleteMessage $true | Out-Null
         New-TransportRule Group -SentTo crew -SetHeaderName X-Crew -SetHeaderValue yes | Out-Null
         New-TransportRule Deputy -RecipientAddressContainsWords benno -SubjectContainsWords secret -RedirectMessageTo mod | Out-Null
         New-TransportRule Ask -SubjectContainsWords dear -RecipientADAttributeContainsWords City:Paris -ModerateMessageByUser boss | Out-Null
         New-TransportRule No -SubjectContainsWords never -SentToMemberOf staff -RejectMessageReasonText 'Not to the staff' | Out-Null",
    );
    assert!(send(&server, &mail("x@far.example | crew | | x", "one", "a secret")).starts_with("250"));
    assert!(found(&mut inbox(&server, "ben"), "SUBJECT \"(ben) a secret\" HEADER X-Crew yes"));
    let mut ann = inbox(&server, "ann");
    assert!(found(&mut ann, "SUBJECT \"a secret\" HEADER X-Crew yes NOT SUBJECT \"(ben)\""));
    assert!(found(&mut inbox(&server, "mod"), "SUBJECT \"a secret\""));
    for who in ["carla", "benno"] {
        assert!(!finds(&mut inbox(&server, who), "ALL"), "{who}");
    }
    let fates = server.ps(
        "Get-MessageFate -MessageId '<one@far.example>' | ForEach-Object { \"$($_.Recipient) $($_.Fate)\" }",
    );
    let fates: BTreeSet<&str> = fates.lines().collect();
    let wanted = [
        "ann@contoso.com Mailbox",
        "ben@contoso.com Mailbox",
        "benno@contoso.com Redirected",
        "carla@contoso.com GivenUp",
        "crew@contoso.com Expanded",
        "mod@contoso.com Mailbox",
    ];
    assert_eq!(fates, wanted.into_iter().collect(), "each has one fate");
    // A moderator decides about one member alone; a refusal goes to the sender, by mail.
    assert!(send(&server, &mail("carla | crew | | x", "two", "too dear")).starts_with("250"));
    assert!(found(&mut inbox(&server, "benno"), "SUBJECT \"too dear\""));
    assert!(!finds(&mut inbox(&server, "ann"), "SUBJECT \"too dear\""));
    answer(&server, "boss", "too dear", "Approve");
    assert!(found(&mut inbox(&server, "ann"), "SUBJECT \"too dear\""));
    assert!(send(&server, &mail("carla | crew | | x", "three", "now or never")).starts_with("250"));
    assert!(found(&mut inbox(&server, "carla"), "SUBJECT Undeliverable TEXT \"Not to the staff\""));
    assert!(found(&mut inbox(&server, "benno"), "SUBJECT \"now or never\""));
    assert!(!finds(&mut inbox(&server, "ben"), "SUBJECT \"now or never\""));
}

#[test]
fn a_rule_sees_what_those_before_it_did() {
    let server = furnished();
    server.ps(
        "New-TransportRule Before -SubjectContainsWords urgent -SetHeaderName X-Before -SetHeaderValue yes | Out-Null
         New-TransportRule First -SubjectContainsWords plan -PrependSubject 'urgent ' | Out-Null
         New-TransportRule Second -SubjectContainsWords urgent -SetHeaderName X-Seen -SetHeaderValue yes | Out-Null
         New-TransportRule Part -SentTo ben -PrependSubject '(ben) ' | Out-Null
         New-TransportRule Third -HeaderContainsMessageHeader X-Seen -HeaderContainsWords yes -ApplyHtmlDisclaimerText '<p>small print</p>' | Out-Null
         New-TransportRule Fourth -SubjectOrBodyContainsWords print -SetHeaderName X-Print -SetHeaderValue yes | Out-Null
         New-TransportRule Fifth -SubjectMatchesPatterns '^.ben. urgent' -SetHeaderName X-Ben -SetHeaderValue yes | Out-Null",
    );
    assert!(send(&server, &mail("x@far.example | ann,ben | | x", "one", "a plan")).starts_with("250"));
    let seen = "HEADER X-Seen yes HEADER X-Print yes NOT HEADER X-Before yes";
    let ben = format!("SUBJECT \"(ben) urgent a plan\" HEADER X-Ben yes {seen}");
    assert!(found(&mut inbox(&server, "ben"), &ben));
    let ann = format!("SUBJECT \"urgent a plan\" NOT HEADER X-Ben yes {seen}");
    assert!(found(&mut inbox(&server, "ann"), &ann));
}

#[test]
fn a_member_who_cannot_be_reached_takes_the_message_from_nobody_else() {
    let server = furnished();
    server.ps("New-DistributionGroup crew -Members benno,carla | Out-Null
         Set-DistributionGroup crew -RequireSenderAuthenticationEnabled $false
         Set-Mailbox benno -ForwardingSmtpAddress gone@contoso.com
         New-TransportRule Mark -SentTo carla -PrependSubject '(carla) ' | Out-Null");
    assert!(send(&server, &mail("ann | crew | | x", "one", "News")).starts_with("250"));
    assert!(found(&mut inbox(&server, "carla"), "SUBJECT \"(carla) News\""));
    assert!(found(&mut inbox(&server, "ann"), "SUBJECT Undeliverable TEXT gone@contoso.com"));
    let fates = server.ps(
        "Get-MessageFate -MessageId '<one@far.example>' | ForEach-Object { \"$($_.Recipient) $($_.Fate)\" }",
    );
    let fates: BTreeSet<&str> = fates.lines().collect();
    let wanted = ["carla@contoso.com Mailbox", "crew@contoso.com Expanded", "gone@contoso.com GivenUp"];
    assert_eq!(fates, wanted.into_iter().collect());
}

#[test]
fn each_message_is_journaled_once_with_everybody_who_gets_it() {
    let server = furnished();
    server.ps(
        "New-JournalRule -Name All -JournalEmailAddress officer -Enabled $true | Out-Null
         New-JournalRule -Name 'All again' -JournalEmailAddress officer@contoso.com -Scope Global -Enabled $true | Out-Null
         New-JournalRule -Name Sales -JournalEmailAddress mod -Recipient staff@contoso.com -Scope Internal -Enabled $true | Out-Null
         New-JournalRule -Name Outside -JournalEmailAddress boss -Scope External -Enabled $true | Out-Null
         New-JournalRule -Name Off -JournalEmailAddress benno | Out-Null
         New-TransportRule Mark -SubjectContainsWords plan -PrependSubject 'x ' | Out-Null
         New-TransportRule No -SubjectContainsWords never -RejectMessageReasonText no | Out-Null",
    );
    let text = "carla | ann,team,ben | To: <ann@contoso.com> ; Cc: <team@contoso.com> | a needle";
    assert!(send(&server, &mail(text, "one", "A plan")).starts_with("250"));
    let mut officer = inbox(&server, "officer");
    assert!(found(
        &mut officer,
        "HEADER X-MS-Journal-Report \"\" SUBJECT \"A plan\" NOT SUBJECT \"x A plan\""
    ));
    let report = officer.done("FETCH 1 BODY[1]").join("\n");
    for line in [
        "Sender: carla@contoso.com",
        "Subject: A plan",
        "Message-Id: <one@far.example>",
        "To: ann@contoso.com",
        "Cc: ann@contoso.com, Expanded: team@contoso.com",
        "Bcc: ben@contoso.com",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
    let original = officer.done("FETCH 1 BODY[2]").join("\n");
    assert!(original.contains("a needle") && original.contains("Subject: A plan"), "{original}");
    // Ben is of the staff, and nobody outside has to do with it.
    assert!(found(&mut inbox(&server, "mod"), "SUBJECT \"A plan\" TEXT \"Bcc: ben@contoso.com\""));
    // From outside: to others of the journals, the rest unseen.
    assert!(send(&server, &mail("x@far.example | ben | | x", "two", "From far")).starts_with("250"));
    assert!(found(&mut inbox(&server, "boss"), "SUBJECT \"From far\" TEXT \"Recipient: ben@contoso.com\""));
    assert!(found(&mut officer, "SUBJECT \"From far\""));
    // What is refused went nowhere.
    assert!(send(&server, &mail("carla | ben | | x", "three", "never")).starts_with("550"));
    assert!(send(&server, &mail("carla | ann | | x", "four", "The last")).starts_with("250"));
    assert!(found(&mut officer, "SUBJECT \"The last\""));
    assert_eq!(officer.done("SEARCH ALL")[0], "* SEARCH 1 2 3", "each once, and no report of a report");
    for (who, count) in [("mod", "* SEARCH 1"), ("boss", "* SEARCH 1"), ("benno", "* SEARCH")] {
        assert_eq!(inbox(&server, who).done("SEARCH ALL")[0].trim_end(), count, "{who}");
    }
    // Switched, changed, taken away.
    server.ps("Get-JournalRule | Disable-JournalRule -Confirm:$false; Enable-JournalRule Off; Set-JournalRule Off -Recipient carla@contoso.com -JournalEmailAddress boss");
    assert!(send(&server, &mail("ann | ben | | x", "five", "Not hers")).starts_with("250"));
    assert!(send(&server, &mail("ann | carla | | x", "six", "Hers")).starts_with("250"));
    let mut boss = inbox(&server, "boss");
    assert!(found(&mut boss, "SUBJECT Hers NOT SUBJECT \"Not hers\""));
    assert!(!finds(&mut boss, "SUBJECT \"Not hers\""));
    server.ps("Get-JournalRule | Remove-JournalRule -Confirm:$false");
    assert_eq!(server.ps("(Get-JournalRule | Measure-Object).Count").trim(), "0");
}

#[test]
fn a_journal_that_cannot_be_reached_is_told_to_somebody_or_waits() {
    let server = furnished();
    server.ps(
        "New-Mailbox gone -UserPrincipalName gone@contoso.com -Password (ConvertTo-SecureString Pa55word-of-Joe -AsPlainText -Force) | Out-Null
         New-JournalRule -Name All -JournalEmailAddress gone -Enabled $true | Out-Null
         Disable-Mailbox gone -Confirm:$false",
    );
    assert!(send(&server, &mail("carla | ben | | x", "one", "First")).starts_with("250"));
    assert!(found(&mut inbox(&server, "ben"), "SUBJECT First"));
    // Nobody is to hear of it: it waits.
    let waits = "(Get-Message -Filter \"FromAddress -eq ''\" | Where-Object { $_.Recipients -contains 'gone@contoso.com' } | Measure-Object).Count";
    assert_eq!(server.ps(waits).trim(), "1");
    server.ps("Set-TransportConfig -JournalingReportNdrTo boss@contoso.com");
    assert!(server.ps("(Get-TransportConfig).JournalingReportNdrTo").contains("boss@contoso.com"));
    assert!(send(&server, &mail("carla | ben | | x", "two", "Second")).starts_with("250"));
    assert!(found(
        &mut inbox(&server, "boss"),
        "SUBJECT \"Undeliverable: Second\" TEXT \"gone@contoso.com\""
    ));
    assert_eq!(server.ps(waits).trim(), "1", "the first one waits still");
    // It is the house's own mail, whoever hears of it: those take it, too, who take no stranger's.
    server.ps("Set-Mailbox officer -RequireSenderAuthenticationEnabled $true
         New-DistributionGroup keepers -Members officer,gone | Out-Null
         New-JournalRule -Name Keepers -JournalEmailAddress keepers -Enabled $true | Out-Null
         Get-JournalRule All | Remove-JournalRule -Confirm:$false");
    assert!(send(&server, &mail("x@far.example | ben | | x", "three", "Third")).starts_with("250"));
    assert!(found(&mut inbox(&server, "officer"), "SUBJECT Third"));
}

#[test]
fn a_journal_names_who_is_in_several_groups_once() {
    let server = furnished();
    server.ps("New-DistributionGroup crew -Members ann,ben,carla,team,staff | Out-Null
         New-JournalRule -Name All -JournalEmailAddress officer -Enabled $true | Out-Null");
    assert!(send(&server, &mail("boss | team,crew,staff | | x", "one", "To all")).starts_with("250"));
    let mut officer = inbox(&server, "officer");
    assert!(found(&mut officer, "SUBJECT \"To all\""));
    let report = officer.done("FETCH 1 BODY[1]").join("\n");
    let mut lines: Vec<&str> = report.lines().filter(|line| line.starts_with("Bcc: ")).collect();
    lines.sort_unstable();
    let wanted = [
        "Bcc: ann@contoso.com, Expanded: team@contoso.com",
        "Bcc: ben@contoso.com, Expanded: crew@contoso.com",
        "Bcc: carla@contoso.com, Expanded: crew@contoso.com",
        "Bcc: staff@contoso.com",
    ];
    assert_eq!(lines, wanted, "{report}");
}

#[test]
fn rules_go_into_a_file_and_come_back() {
    let server = furnished();
    let file = server.folder().join("rules.xml");
    let file = file.display();
    server.ps(
        "New-TransportRule 'It''s \"one\" ]]> & <two>' -SubjectContainsWords 'a, b','c''d' -From ann -ExceptIfSentToMemberOf staff -PrependSubject '[x] ' | Out-Null
         New-TransportRule Second -AttachmentSizeOver 5MB -RejectMessageReasonText 'no' -Enabled $false -ActivationDate '2026-01-02T03:04:05Z' | Out-Null
         New-TransportRule Third -SCLOver 4 -DeleteMessage $true -StopRuleProcessing $true -Mode Audit | Out-Null",
    );
    let all = "Get-TransportRule | Format-List Name, State, Mode, Priority, From, SubjectContainsWords, ExceptIfSentToMemberOf, PrependSubject, AttachmentSizeOver, ActivationDate, SCLOver, DeleteMessage, StopRuleProcessing";
    let before = server.ps(all);
    server.ps(&format!("[IO.File]::WriteAllBytes('{file}', (Export-TransportRuleCollection).FileData)"));
    server.ps("Get-TransportRule | Remove-TransportRule -Confirm:$false; New-TransportRule Other -PrependSubject y | Out-Null");
    server.ps(&format!(
        "Import-TransportRuleCollection -FileData ([IO.File]::ReadAllBytes('{file}')) -Confirm:$false"
    ));
    assert_eq!(server.ps(all), before);
    // Exchange's own form, in UTF-16; a file that is half wrong changes nothing.
    let exchange = "<?xml version='1.0' encoding='utf-16'?><rules name='TransportVersioned'><rule name='A' id='1' format='cmdlet'><version requiredMinVersion='15.0.3.0'><commandBlock><![CDATA[New-TransportRule 'A' -Comments '\r\n' -Mode Enforce -From 'ann@contoso.com' -ApplyHtmlDisclaimerText '<b>x</b>' -ApplyHtmlDisclaimerLocation 'Append']]></commandBlock></version></rule>{}</rules>";
    for (second, count) in [
        (
            "<rule name='B'><version><commandBlock><![CDATA[New-TransportRule B -From nobody-here -DeleteMessage $true]]></commandBlock></version></rule>",
            "3",
        ),
        (
            "<rule name='B'><version><commandBlock><![CDATA[New-TransportRule B -ApplyClassification x]]></commandBlock></version></rule>",
            "3",
        ),
        ("", "1"),
    ] {
        let text = exchange.replace("{}", second);
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        std::fs::write(server.folder().join("rules.xml"), wide).unwrap();
        let said = server.shell(&format!(
            "Import-TransportRuleCollection -FileData ([IO.File]::ReadAllBytes('{file}')) -Confirm:$false"
        ));
        assert_eq!(
            said.err.contains("The rule 'B' of the file cannot be made"),
            !second.is_empty(),
            "{}",
            said.err
        );
        assert_eq!(server.ps("(Get-TransportRule | Measure-Object).Count").trim(), count);
    }
    server
        .ps("New-JournalRule -Name J -JournalEmailAddress officer -Scope Internal -Enabled $true | Out-Null");
    let journals = "Get-JournalRule | Format-List Name, Enabled, Scope, JournalEmailAddress";
    let before = server.ps(journals);
    server.ps("$kept = (Export-JournalRuleCollection).FileData; Remove-JournalRule J -Confirm:$false; Import-JournalRuleCollection -FileData $kept");
    assert_eq!(server.ps(journals), before);

    // A file makes what New-JournalRule makes, and refuses what it refuses.
    let import = |rule: &str| {
        let block = format!(
            "<rule name='K'><version><commandBlock><![CDATA[{rule}]]></commandBlock></version></rule>"
        );
        std::fs::write(
            server.folder().join("rules.xml"),
            format!("<rules name='JournalingVersioned'>{block}</rules>"),
        )
        .unwrap();
        server
            .shell(&format!(
                "Import-JournalRuleCollection -FileData ([IO.File]::ReadAllBytes('{file}')) -Confirm:$false"
            ))
            .err
    };
    for (rule, why) in [
        (
            "New-JournalRule K -JournalEmailAddress nobody-here -Enabled $true",
            "'nobody-here' couldn't be found",
        ),
        ("New-JournalRule K -JournalEmailAddress nobody-here@contoso.com", "couldn't be found"),
        ("New-JournalRule K -Enabled $true", "JournalEmailAddress is needed"),
        (
            "New-JournalRule K -JournalEmailAddress officer -Scope Internal,External",
            "Scope has one value, and not 2",
        ),
    ] {
        let said = import(rule);
        assert!(
            said.contains("The rule 'K' of the file cannot be made") && said.contains(why),
            "{rule}: {said}"
        );
        assert_eq!(server.ps(journals), before, "{rule}: what was there stays");
    }
    let said = server.shell("Import-JournalRuleCollection -FileData 60,300,62 -Confirm:$false").err;
    assert!(said.contains("300 is not an octet"), "{said}");
    assert_eq!(import("New-JournalRule K -JournalEmailAddress officer"), "");
    let made = server
        .ps("Get-JournalRule | ForEach-Object { \"$($_.Name) $($_.Enabled) $($_.JournalEmailAddress)\" }");
    assert_eq!(made.trim(), "K False officer@contoso.com", "it is off, as a command makes it");
}

#[test]
fn a_policy_is_applied_to_its_end_though_the_server_is_cut() {
    let mut server = TestServer::start(BINARY);
    const PEOPLE: usize = 1_200;
    server.ps(&format!(
        "New-AcceptedDomain fabrikam.com -DomainName fabrikam.com | Out-Null
         foreach ($number in 1..{PEOPLE}) {{ New-DistributionGroup \"g$number\" | Out-Null }}
         Set-EmailAddressPolicy 'Default Policy' -EnabledEmailAddressTemplates 'SMTP:%m@contoso.com','smtp:%m@fabrikam.com'"
    ));
    let applied = "(Get-EmailAddressPolicy 'Default Policy').RecipientFilterApplied";
    assert_eq!(server.ps(applied).trim(), "False");
    let have =
        "(Get-DistributionGroup -Filter \"EmailAddresses -like '*@fabrikam.com'\" | Measure-Object).Count";
    let (binary, data) = (server.binary().to_string(), server.data());
    let mut update = Command::new(binary)
        .args(["shell", "--data"])
        .arg(&data)
        .args(["-c", "Update-EmailAddressPolicy 'Default Policy'"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let some = |server: &TestServer| server.ps(have).trim().parse::<usize>().unwrap();
    while some(&server) == 0 {}
    server.kill();
    update.wait().unwrap();
    server.run();
    let at_start = some(&server);
    assert!(at_start < PEOPLE, "the server was cut behind the end");
    let until = Instant::now() + PATIENCE;
    while server.ps(applied).trim() != "True" {
        assert!(Instant::now() < until, "{} of {PEOPLE}", some(&server));
    }
    assert_eq!(some(&server), PEOPLE, "{at_start} at the start");
    server.ps("Update-EmailAddressPolicy 'Default Policy'");
}
