//! Journals: whoever keeps them gets a report of each message, with the message in it as it came, once for each keeper.
//!
//! The report is kept with the message or not at all. It tells who sent it and who gets it, members of groups by the group
//! through which they do. No rule looks at it, and it is journaled nowhere. Where nobody hears that it cannot be delivered it
//! waits for good.

use std::sync::Arc;

use mailbox::directory::schema::transport_config;
use mailbox::directory::{Class, Directory, Record};
use mailbox::{Expansion, Written};
use message::{Fields, date, encode_words, field::header_length, trace};
use object::Result;
use object::types::SmtpAddress;
use tracing::info;

use crate::journal_rule::{Journal, Scope};
use crate::rule::branch::Branch;
use crate::rule::mail::{Mail, Seen, addresses_in, folded_in};
use crate::sole_report::JOURNAL_FIELD;
use crate::{Envelope, Forward, Message, Notify, Place, Recipient, Sender, Transport};

/// So many lines tell of a message; how many recipients more get it than these name is said.
const LINES_MAX: usize = 100_000;

/// Whether a rule wants a report of a message.
fn wants(journal: &Journal, mail: &Mail<'_>, to: &[&Recipient]) -> bool {
    let outside = |one: &&&Recipient| matches!(one.place, Place::Elsewhere(_));
    let known = mail.sender.account().is_some();
    let fits = match journal.scope {
        Scope::Global => true,
        Scope::Internal => known && to.iter().any(|one| !outside(&one)),
        Scope::External => !known || to.iter().any(|one| outside(&one)),
    };
    fits && journal.recipient.as_ref().is_none_or(|wanted| concerns(wanted, mail, to))
}

/// Whether somebody, or a member of a group, sends or gets a message.
fn concerns(wanted: &SmtpAddress, mail: &Mail<'_>, to: &[&Recipient]) -> bool {
    let account = mail.sender.account().and_then(|account| mail.directory.get(account));
    let Some(record) = mail.record(wanted) else {
        return to.iter().any(|one| one.address.folded() == wanted.folded());
    };
    let is_theirs = |other: &Record| {
        other.guid() == record.guid()
            || mail.directory.groups_of(other.guid()).iter().any(|one| one.guid() == record.guid())
    };
    let gets = |one: &&Recipient| {
        mail.record(&one.address).is_some_and(|other| {
            is_theirs(&other)
                || mail.is_member(&one.address, &[record.guid()])
                // What goes to a group goes to its members.
                || other.class() == Class::Group && mail.is_member(wanted, &[other.guid()])
        })
    };
    account.is_some_and(|account| is_theirs(&account)) || to.iter().any(gets)
}

impl Transport {
    /// Whether mail is journaled at all.
    pub(crate) fn journals(&self) -> bool {
        self.said().is_some_and(|said| !said.journals.is_empty())
    }

    fn journals_of(&self) -> Option<(&Directory, Arc<[Journal]>)> {
        Some((self.mailboxes.directory()?, Arc::clone(&self.said()?.journals)))
    }

    /// Puts the reports of a message beside what rules made of it. Whose way ended before delivery does not get it.
    pub(crate) fn journal(&self, original: &[u8], parts: &mut [Branch]) -> Result<()> {
        let to: Vec<Forward> = parts.iter().flat_map(|part| part.envelope.to.clone()).collect();
        let Some(first) = parts.first_mut() else { return Ok(()) };
        let envelope = Envelope { to, ..first.envelope.clone() };
        first.beside.extend(self.journal_reports(&envelope, original)?);
        Ok(())
    }

    /// The reports of a message, one for each keeper.
    pub(crate) fn journal_reports(&self, envelope: &Envelope, original: &[u8]) -> Result<Vec<Branch>> {
        let to: Vec<&Recipient> = envelope.to.iter().map(|to| &to.recipient).collect();
        let Some((directory, journals)) = self.journals_of().filter(|_| !to.is_empty()) else {
            return Ok(Vec::new());
        };
        let (sender, client) = (&envelope.sender, envelope.client.address);
        let seen = Seen::default();
        let mail = Mail::new(original, sender, client, &*self.mailboxes, directory, &seen);
        let mut keepers: Vec<SmtpAddress> = Vec::new();
        for journal in journals.iter().filter(|journal| wants(journal, &mail, &to)) {
            if keepers.iter().all(|known| known.folded() != journal.keeper.folded()) {
                keepers.push(journal.keeper.clone());
            }
        }
        if keepers.is_empty() {
            return Ok(Vec::new());
        }
        let text = self.journal_text(envelope, original);
        keepers.into_iter().map(|keeper| self.journal_report(envelope, original, &text, keeper)).collect()
    }

    fn journal_report(
        &self,
        envelope: &Envelope,
        original: &[u8],
        text: &str,
        keeper: SmtpAddress,
    ) -> Result<Branch> {
        let (id, domain) = (self.new_id(self.clock.now()), self.mailboxes.default_domain()?);
        let organization = self.mailboxes.directory().map(Directory::organization).transpose()?;
        let told = organization.and_then(|record| record.get(&transport_config::JOURNALING_NDR_TO));
        let subject =
            Fields::of(&original[..header_length(original)]).first("Subject").map(|field| field.text());
        let boundary = format!("journal-{id}");
        let return_path = trace::return_path(None);
        let begins = return_path.len();
        let mut octets = return_path;
        for (name, value) in [
            (JOURNAL_FIELD, String::new()),
            ("From", format!("Journal <postmaster@{domain}>")),
            ("To", format!("<{keeper}>")),
            ("Subject", encode_words(&subject.unwrap_or_default())),
            ("Date", date::write(self.clock.now())),
            ("Message-ID", format!("<{id}@{}>", self.host)),
            ("Auto-Submitted", "auto-generated".to_owned()), // [RFC 3834 5]
            ("MIME-Version", "1.0".to_owned()),
            ("Content-Type", format!("multipart/mixed; boundary=\"{boundary}\"")),
        ] {
            octets.extend(trace::field(name, &value));
        }
        for (kind, part) in [
            ("text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", text.as_bytes()),
            ("message/rfc822\r\nContent-Disposition: attachment", original),
        ] {
            octets.extend_from_slice(format!("\r\n--{boundary}\r\nContent-Type: {kind}\r\n\r\n").as_bytes());
            octets.extend_from_slice(part);
        }
        octets.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        info!(%id, %keeper, "journaled");
        let notify = Notify { success: false, failure: told.is_some(), delay: false };
        let place = self.place_of(&keeper).unwrap_or_else(|_| Place::Elsewhere(keeper.clone()));
        let to = vec![Forward { recipient: Recipient { address: keeper, place }, orcpt: None, notify }];
        let envelope = Envelope { sender: Sender::Report, to, envid: None, ret: None, ..envelope.clone() };
        let message = Message { id, octets, return_path: begins, trace: begins };
        Ok(Branch { reports_to: told, ..Branch::of(envelope, message) })
    }

    /// Who sent the message and who gets it, as Exchange's reports tell it, a line each.
    fn journal_text(&self, envelope: &Envelope, original: &[u8]) -> String {
        let field = |name: &str| {
            let header = &original[..header_length(original)];
            Fields::of(header).first(name).map(|field| field.text()).unwrap_or_default()
        };
        let (named, represented) = (addresses_in(original, "sender"), addresses_in(original, "from"));
        let written = envelope.sender.address().cloned();
        let sender = named.first().or(represented.first()).cloned().or(written);
        let sender = sender.map_or_else(|| "<>".to_owned(), |sender| sender.to_string());
        let mut lines = vec![format!("Sender: {sender}")];
        if let (Some(_), Some(from)) = (named.first(), represented.first()) {
            lines.push(format!("On-Behalf-Of: {from}"));
        }
        lines.push(format!("Subject: {}", field("subject")));
        lines.push(format!("Message-Id: {}", field("message-id").trim()));
        let (to, cc) = (folded_in(original, "to"), folded_in(original, "cc"));
        let led = self.led_to(envelope, original.len() as u64);
        for (one, led) in envelope.to.iter().zip(led) {
            let folded = one.recipient.address.folded();
            let label = match () {
                () if to.contains(&folded) => "To",
                () if cc.contains(&folded) => "Cc",
                // Of a stranger's message nobody knows why somebody gets it who is not named in it.
                () if envelope.sender.account().is_some() => "Bcc",
                () => "Recipient",
            };
            self.recipient_lines(&one.recipient.address, label, led, &mut lines);
        }
        let more = lines.len().saturating_sub(LINES_MAX);
        lines.truncate(LINES_MAX);
        lines.extend((more > 0).then(|| format!("Recipients-Not-Named: {more}")));
        let clean =
            |line: String| line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        lines.into_iter().map(|line| clean(line) + "\r\n").collect()
    }

    /// Whom the recipients lead to who lead on. They are followed together, so that everybody is met once at most, however many
    /// groups have them; who is in several is told of with the first.
    fn led_to(&self, envelope: &Envelope, size: u64) -> Vec<Option<Expansion>> {
        let leads = |to: &Forward| matches!(to.recipient.place, Place::Followed(_));
        let written = |to: &Forward| Written { address: to.recipient.address.clone(), approved: true };
        let written: Vec<Written> = envelope.to.iter().filter(|to| leads(to)).map(written).collect();
        let mut led = self.mailboxes.expand(&written, &[], &envelope.sender, size).into_iter();
        let next = |to: &Forward| if leads(to) { led.next().and_then(Result::ok) } else { None };
        envelope.to.iter().map(next).collect()
    }

    fn recipient_lines(
        &self,
        address: &SmtpAddress,
        label: &str,
        led: Option<Expansion>,
        lines: &mut Vec<String>,
    ) {
        let Some(expansion) = led else { return lines.push(format!("{label}: {address}")) };
        let how = if self.is_group_at(address) { "Expanded" } else { "Forwarded" };
        if expansion.own.is_some() || expansion.targets.is_empty() {
            lines.push(format!("{label}: {address}"));
        }
        let held = expansion.held.iter().map(|held| &held.address);
        for target in expansion.targets.iter().map(|target| &target.address).chain(held) {
            lines.push(format!("{label}: {target}, {how}: {address}"));
        }
    }
}
