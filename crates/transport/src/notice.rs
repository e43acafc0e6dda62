//! What rules tell people by mail: reports of incidents, and notices to recipients. They are reports: nobody answers them, and
//! no rule looks at them.

use std::collections::BTreeMap;

use mailbox::{Language, Phrase};
use message::field::header_length;
use message::{Fields, date, decode::base64_lines, encode_words, trace};
use object::Result;
use object::types::{Guid, SmtpAddress};

use crate::acting::fill;
use crate::rule::Rule;
use crate::rule::action::{Action, Content};
use crate::rule::branch::Branch;
use crate::rule::mail::folded_in;
use crate::{Envelope, Forward, Message, Notify, Recipient, Sender, Transport};

/// Nobody sees who else gets a notice. [RFC 5322 3.4]
const UNDISCLOSED: &str = "undisclosed-recipients:;";

impl Transport {
    /// Tells somebody what a rule found; the message comes with it where that is wanted.
    pub(crate) fn report_incident(
        &self,
        branch: &mut Branch,
        rule: &Rule,
        to: &str,
        content: Content,
        original: bool,
    ) -> Result<()> {
        let (address, place) = self.target(to)?;
        let language = self.mailboxes.language(&address);
        let incident = Incident { branch, rule, content, language };
        let (subject, text) = (incident.subject(), incident.text());
        let id = self.new_id(self.clock.now());
        let about = &[("subject", &*subject)][..];
        let title =
            language.say(Phrase::INCIDENT_SUBJECT, if content.subject { about } else { &[("subject", "")] });
        let mut octets =
            self.notice_header(id, &format!("<{address}>"), title.trim_end_matches([' ', ':']), language)?;
        if original {
            let boundary = format!("incident-{id}");
            octets.extend(trace::field("Content-Type", &format!("multipart/mixed; boundary=\"{boundary}\"")));
            for (kind, part) in [
                ("text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", text.as_bytes()),
                ("message/rfc822\r\nContent-Disposition: attachment", branch.octets()),
            ] {
                octets.extend_from_slice(
                    format!("\r\n--{boundary}\r\nContent-Type: {kind}\r\n\r\n").as_bytes(),
                );
                octets.extend_from_slice(part);
            }
            octets.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        } else {
            octets.extend(trace::field("Content-Type", "text/plain; charset=utf-8"));
            octets.extend(trace::field("Content-Transfer-Encoding", "8bit"));
            octets.extend_from_slice(b"\r\n");
            octets.extend_from_slice(text.as_bytes());
        }
        let to =
            vec![Forward { recipient: Recipient { address, place }, orcpt: None, notify: Notify::NEVER }];
        self.put_beside(branch, id, to, &octets);
        Ok(())
    }

    /// Sends each recipient the notice that a rule wants, a mail for each of their languages.
    pub(crate) fn notify_recipients(&self, branch: &mut Branch, html: &str) -> Result<()> {
        let mut by_language: BTreeMap<&str, (Language, Vec<Forward>)> = BTreeMap::new();
        for to in &branch.envelope.to {
            let language = self.mailboxes.language(&to.recipient.address);
            let told = Forward { orcpt: None, notify: Notify::NEVER, ..to.clone() };
            by_language.entry(language.tag()).or_insert_with(|| (language, Vec::new())).1.push(told);
        }
        let header = String::from_utf8_lossy(&branch.octets()[..header_length(branch.octets())]).into_owned();
        let field = |name: &str| {
            Fields::of(header.as_bytes()).first(name).map(|field| field.text()).unwrap_or_default()
        };
        let text = fill(html, &|name| match name.to_ascii_lowercase().as_str() {
            "headers" => header.trim_end().to_owned(),
            "messagedate" => field("Date"),
            name @ ("from" | "to" | "cc" | "subject") => field(name),
            _ => String::new(),
        });
        let subject = field("Subject");
        for (language, to) in by_language.into_values() {
            let id = self.new_id(self.clock.now());
            let title = language.say(Phrase::NOTICE_SUBJECT, &[("subject", &subject)]);
            let mut octets = self.notice_header(id, UNDISCLOSED, &title, language)?;
            octets.extend(trace::field("Content-Type", "text/html; charset=utf-8"));
            octets.extend(trace::field("Content-Transfer-Encoding", "base64"));
            octets.extend_from_slice(b"\r\n");
            octets.extend(base64_lines(text.as_bytes()));
            self.put_beside(branch, id, to, &octets);
        }
        Ok(())
    }

    /// The header of a mail of ours up to its content type.
    pub(crate) fn notice_header(
        &self,
        id: Guid,
        to: &str,
        subject: &str,
        language: Language,
    ) -> Result<Vec<u8>> {
        let domain = self.mailboxes.default_domain()?;
        let from = encode_words(&language.say(Phrase::REPORT_FROM, &[]));
        let mut out = Vec::with_capacity(1024);
        for (name, value) in [
            ("From", format!("{from} <postmaster@{domain}>")),
            ("To", to.to_owned()),
            ("Subject", encode_words(subject)),
            ("Date", date::write(self.clock.now())),
            ("Message-ID", format!("<{id}@{}>", self.host)),
            ("Auto-Submitted", "auto-generated".to_owned()), // [RFC 3834 5]
            ("Content-Language", language.tag().to_owned()),
            ("MIME-Version", "1.0".to_owned()),
        ] {
            out.extend(trace::field(name, &value));
        }
        Ok(out)
    }

    /// A mail of ours that comes of a message, and is kept with it or not at all.
    pub(crate) fn put_beside(&self, branch: &mut Branch, id: Guid, to: Vec<Forward>, written: &[u8]) {
        let return_path = trace::return_path(None);
        let (begins, octets) = (return_path.len(), [&return_path[..], written].concat());
        let envelope = Envelope { sender: Sender::Report, to, envid: None, ..branch.envelope.clone() };
        let message = Message { id, octets, return_path: begins, trace: begins };
        branch.beside.push(Branch::of(envelope, message));
    }
}

/// What a report of an incident tells.
struct Incident<'a> {
    branch: &'a Branch,
    rule: &'a Rule,
    content: Content,
    language: Language,
}

impl Incident<'_> {
    fn subject(&self) -> String {
        crate::part::subject(self.branch.octets())
    }

    fn text(&self) -> String {
        let octets = self.branch.octets();
        let (to, copied, all) = (folded_in(octets, "to"), folded_in(octets, "cc"), self.recipients());
        let is_to = |one: &SmtpAddress| to.contains(&one.folded());
        let is_copied = |one: &SmtpAddress| copied.contains(&one.folded());
        let with = |fits: &dyn Fn(&SmtpAddress) -> bool| {
            let those = all.iter().filter(|one| fits(one)).map(|one| one.to_string());
            those.collect::<Vec<_>>().join(", ")
        };
        let sender = self.branch.envelope.sender.address().map_or("<>", SmtpAddress::as_str).to_owned();
        let actions = self.rule.actions.iter().map(Action::shown).collect::<Vec<_>>().join("; ");
        let severity = self.rule.severity.clone().unwrap_or_default();
        let message = format!("<{}>", crate::part::internet_id(octets));
        let rows = [
            (true, Phrase::INCIDENT_MESSAGE, message),
            (self.content.sender, Phrase::INCIDENT_SENDER, sender),
            (self.content.recipients, Phrase::INCIDENT_TO, with(&|one| !is_copied(one) && is_to(one))),
            (self.content.cc, Phrase::INCIDENT_CC, with(&is_copied)),
            (self.content.bcc, Phrase::INCIDENT_BCC, with(&|one| !is_copied(one) && !is_to(one))),
            (self.content.subject, Phrase::INCIDENT_ABOUT, self.subject()),
            (self.content.severity, Phrase::INCIDENT_SEVERITY, severity),
            (self.content.rule, Phrase::INCIDENT_RULE, self.rule.name.clone()),
            (self.content.rule, Phrase::INCIDENT_ACTIONS, actions),
        ];
        let mut out = format!("{}\r\n\r\n", self.language.say(Phrase::INCIDENT_TEXT, &[]));
        for (_, label, value) in rows.iter().filter(|(wanted, _, value)| *wanted && !value.is_empty()) {
            let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            out.push_str(&format!("{}: {value}\r\n", self.language.say(*label, &[])));
        }
        out
    }

    fn recipients(&self) -> Vec<SmtpAddress> {
        self.branch.envelope.to.iter().map(|to| to.recipient.address.clone()).collect()
    }
}
