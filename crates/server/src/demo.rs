//! The demo: a small company in an empty data directory, made by the cmdlets everybody uses, and what to
//! try with it.

use crate::house::House;
use gate::{Answer, Caller, Channel, Invocation, Prompt, Report};
use mailbox::store::{Append, Flags, Incoming, Limits, TargetFolder as Folder, WellKnown};
use object::types::SecureString;
use object::{Error, ErrorId, Result, Time, Value};
use std::path::Path;
use std::time::Duration;

/// The company's domain.
pub const DOMAIN: &str = "contoso.com";
/// Messages of the whole company.
const MESSAGES: usize = 300;
/// The seed of their texts: every demo has the same mail.
const SEED: u64 = 20_261_121;

/// People with a mailbox: alias, first and last name, title.
const PEOPLE: [(&str, &str, &str, &str); 6] = [
    ("ann", "Ann", "Berg", "Managing director"),
    ("ben", "Ben", "Okafor", "Sales"),
    ("carla", "Carla", "Ruiz", "Sales"),
    ("dev", "Dev", "Patel", "Workshop"),
    ("erik", "Erik", "Holm", "Workshop"),
    ("fay", "Fay", "Lindt", "Book-keeping"),
];

/// Subjects of the company's mail; `{}` is a number.
const SUBJECTS: [&str; 12] = [
    "Offer {} for the harbour crane",
    "Re: delivery {} is late",
    "Minutes of meeting {}",
    "Invoice {}",
    "Größen und Preise, Liste {}",
    "Spare parts for order {}",
    "Holiday plan {}",
    "Prüfprotokoll {}",
    "Question about order {}",
    "Workshop, week {}",
    "Lunch on day {}?",
    "Ελλάδα: προσφορά {}",
];

const SENTENCES: [&str; 10] = [
    "The drawings are attached to the last mail.",
    "Please have a look before Friday.",
    "The customer asked for two more, painted blue.",
    "I have put the numbers into the table.",
    "Can we move this to next week?",
    "The lorry comes at seven, somebody has to open the gate.",
    "Thank you for the quick answer!",
    "Das Muster ist schön geworden.",
    "The old price holds until the end of the month.",
    "Call me when you are back.",
];

/// Makes the company: people, a shared mailbox, rooms, two disconnected mailboxes, and their mail.
pub fn fill(house: &House, password: &SecureString) -> Result<()> {
    for (alias, first, last, title) in PEOPLE {
        person(house, password, alias, (first, last), title)?;
    }
    run(house, new("Sales", "sales").with("Shared", true))?;
    run(house, new("Harbour Room", "harbour").with("Room", true))?;
    run(house, new("Garden Room", "garden").with("Room", true))?;
    mail(house)?;
    run(house, Invocation::new("Disable-Mailbox").with("Identity", "erik").with("Confirm", false))?;
    run(house, Invocation::new("Remove-Mailbox").with("Identity", "fay").with("Confirm", false))
}

fn new(name: &str, alias: &str) -> Invocation {
    Invocation::new("New-Mailbox").with("Name", name).with("Alias", alias)
}

fn person(
    house: &House,
    password: &SecureString,
    alias: &str,
    name: (&str, &str),
    title: &str,
) -> Result<()> {
    let (first, last) = name;
    let made = new(&format!("{first} {last}"), alias)
        .with("UserPrincipalName", format!("{alias}@{DOMAIN}"))
        .with("FirstName", first)
        .with("LastName", last)
        .with("Password", Value::typed(password.clone()));
    run(house, made)?;
    run(
        house,
        Invocation::new("Set-User").with("Identity", alias).with("Title", title).with("Company", "Contoso"),
    )
}

/// Runs a cmdlet as the machine itself; its first error is ours.
fn run(house: &House, invocation: Invocation) -> Result<()> {
    let mut first = First(None);
    house.gate.invoke(&Caller::system("demo"), invocation, &mut std::iter::empty(), &mut first)?;
    first.0.map_or(Ok(()), Err)
}

struct First(Option<Error>);

impl Channel for First {
    fn say(&mut self, report: Report) -> Result<()> {
        if let (Report::Error(error), None) = (report, &self.0) {
            self.0 = Some(error);
        }
        Ok(())
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        Err(gate::confirmation_required(prompt))
    }
}

/// The mail of the last weeks: most of it read, a little of it flagged.
fn mail(house: &House) -> Result<()> {
    let mut random = Random(SEED);
    let owners = ["ann", "ben", "carla", "dev", "erik", "fay", "sales"];
    let mut piles: Vec<Vec<Append>> = owners.iter().map(|_| Vec::new()).collect();
    for number in 0..MESSAGES {
        let to = random.below(owners.len());
        let hours = (MESSAGES - number) as u64 * 5 + random.below(5) as u64;
        let sent = house.clock.now() - Duration::from_secs(hours * 3600);
        piles[to].push(letter(&mut random, number, owners[to], sent));
    }
    for (owner, pile) in owners.iter().zip(piles) {
        let user = house.mailboxes.directory().resolve_text(&directory::kinds::MAILBOX, owner)?;
        house.mailboxes.mailbox(&user)?.append(Folder::Known(WellKnown::Inbox), pile, Limits::default())?;
    }
    Ok(())
}

fn letter(random: &mut Random, number: usize, to: &str, sent: Time) -> Append {
    let (from, first, last, _) = PEOPLE[random.below(PEOPLE.len())];
    let subject = SUBJECTS[random.below(SUBJECTS.len())].replace("{}", &(number + 1).to_string());
    let lines: Vec<&str> =
        (0..2 + random.below(6)).map(|_| SENTENCES[random.below(SENTENCES.len())]).collect();
    let text = format!(
        "From: {first} {last} <{from}@{DOMAIN}>\r\nTo: {to}@{DOMAIN}\r\nSubject: {}\r\nDate: {}\r\n\
         Message-ID: <demo-{number}@{DOMAIN}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\nHello,\r\n\r\n{}\r\n\r\n{first}\r\n",
        message::encode_words(&subject),
        message::date::write(sent),
        lines.join("\r\n"),
    );
    let flags = match random.below(10) {
        0 | 1 => Flags::NONE,
        2 => Flags::SEEN | Flags::FLAGGED,
        _ => Flags::SEEN,
    };
    Append { message: Incoming::new(text.into_bytes()), flags, keywords: Vec::new(), received: Some(sent) }
}

/// xorshift64: the same choices everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }
}

/// Where the demo is to be tried.
pub struct Installation<'a> {
    /// The data directory.
    pub data: &'a Path,
    /// The offset of the ports.
    pub offset: u16,
}

/// Where the console is: the first line of a demo.
pub fn console(offset: u16) -> String {
    format!("The console, in a browser: https://localhost:{}/admin (log on as Administrator)", 443 + offset)
}

/// What to try: a line that says why, then one that runs as it stands.
pub fn what_to_try(place: &Installation<'_>, password: Option<&SecureString>) -> Result<Vec<String>> {
    let program = std::env::current_exe()?;
    let (program, data) = (quoted(&program)?, quoted(&std::fs::canonicalize(place.data)?)?);
    let shell = |command: &str| format!("    {program} shell --data {data} -c {}", single(command));
    let port = |standard: u16| standard + place.offset;
    let mut lines = vec![
        "Try, in another terminal:".to_owned(),
        "  Everybody who has a mailbox:".to_owned(),
        shell("Get-Mailbox"),
        "  How full the mailboxes are, the fullest first:".to_owned(),
        shell(
            "Get-Mailbox | Get-MailboxStatistics | Sort-Object ItemCount -Descending | Format-Table DisplayName, ItemCount, TotalItemSize",
        ),
        "  Two mailboxes are disconnected:".to_owned(),
        shell(
            "Get-MailboxStatistics -Database \"Mailbox Database\" | where {$_.DisconnectReason -ne $null} | ft DisplayName,DisconnectReason,DisconnectDate",
        ),
        "  To whom would Erik's be connected?".to_owned(),
        shell("Connect-Mailbox -Database \"Mailbox Database\" -Identity \"Erik Holm\" -ValidateOnly"),
        "  What would happen, and nothing does:".to_owned(),
        shell("Disable-Mailbox ben -WhatIf"),
        "  A quota for everybody in sales:".to_owned(),
        shell(
            "Get-User -Filter \"Title -eq 'Sales'\" | Set-Mailbox -ProhibitSendQuota 2GB -UseDatabaseQuotaDefaults $false; Get-Mailbox ben | fl Name,ProhibitSendQuota",
        ),
        "  Mail goes in …".to_owned(),
        format!(
            "    printf 'From: you@far.example\\r\\nSubject: Hello Ann\\r\\n\\r\\nIt works.\\r\\n' | curl -sS smtp://127.0.0.1:{}/far.example --mail-from you@far.example --mail-rcpt ann@{DOMAIN} -T -",
            port(25)
        ),
    ];
    if let Some(password) = password {
        let secret = password.reveal();
        lines.push(format!("  … and is read (everybody's password is {secret}):"));
        lines.push(format!(
            "    curl -sS -u {} 'imap://127.0.0.1:{}/INBOX;MAILINDEX=*'",
            single(&format!("ann@{DOMAIN}:{secret}")),
            port(143)
        ));
        lines.push("  The same cmdlets over HTTPS:".to_owned());
        lines.push(format!(
            "    curl -sSk -u {} --json '{{\"parameters\":{{\"Identity\":\"ann\"}}}}' https://127.0.0.1:{}/api/v1/cmdlets/Get-Mailbox",
            single(&format!("Administrator:{secret}")),
            port(443)
        ));
    }
    lines.push("  How the server is:".to_owned());
    lines.push(format!("    curl -sS http://127.0.0.1:{}/healthz", port(9090)));
    lines.push("  Or type for yourself (exit to leave):".to_owned());
    lines.push(format!("    {program} shell --data {data}"));
    Ok(lines)
}

fn quoted(path: &Path) -> Result<String> {
    let text = path
        .to_str()
        .ok_or_else(|| Error::caller(ErrorId::PathNotText, format!("{} is not text.", path.display())))?;
    Ok(single(text))
}

/// Text as a POSIX shell takes it as one word.
fn single(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(single("/a/b-c"), "/a/b-c");
        assert_eq!(single("a b"), "'a b'");
        assert_eq!(single("it's $x"), "'it'\\''s $x'");
    }
}
