//! Quarantine: a message lies with the quarantine mailbox, inside of a report that says whose it is.

use message::field::header_length;
use message::{Fields, date, trace};
use object::Result;
use object::types::SmtpAddress;

use crate::rule::branch::{Branch, End};
use crate::sole_report::QUARANTINE_FIELD;
use crate::{Envelope, Forward, Message, Notify, Recipient, Sender, Transport};

/// Why, as Exchange writes it.
const WORDS: &str = "Content Filter agent quarantined this message";

impl Transport {
    /// Gives the message to the quarantine mailbox in its recipients' place.
    pub(crate) fn quarantine(&self, part: &mut Branch, why: &str) -> Result<()> {
        let mailbox = self.quarantine_mailbox()?;
        let place = self.place_of(&mailbox)?;
        let wrapped = self.wrapped(part, &mailbox, why)?;
        let recipient = Recipient { address: mailbox, place };
        let to = vec![Forward { recipient, orcpt: None, notify: Notify::NEVER }];
        let id = wrapped.id;
        let envelope = Envelope { sender: Sender::Report, to, ..part.envelope.clone() };
        part.end(&End::Quarantined(id), why, None);
        part.beside.push(Branch::of(envelope, wrapped));
        Ok(())
    }

    fn wrapped(&self, part: &Branch, mailbox: &SmtpAddress, why: &str) -> Result<Message> {
        let now = self.clock.now();
        let (id, inner) = (self.new_id(now), part.octets());
        let subject = Fields::of(&inner[..header_length(inner)]).first("Subject").map(|field| field.text());
        let to: Vec<String> = part.envelope.to.iter().map(|to| to.recipient.address.to_string()).collect();
        let sender = part.envelope.sender.address().map(SmtpAddress::to_string).unwrap_or_default();
        let (host, domain) = (&self.host, self.mailboxes.default_domain()?);
        let (boundary, return_path) = (format!("report-{id}"), trace::return_path(None));
        let kind = format!("multipart/report; report-type=delivery-status; boundary=\"{boundary}\"");
        let mut octets = return_path.clone();
        for (name, value) in [
            (QUARANTINE_FIELD, String::new()),
            ("From", format!("Mail Delivery System <postmaster@{domain}>")),
            ("To", format!("<{mailbox}>")),
            ("Subject", message::encode_words(&format!("Undeliverable: {}", subject.unwrap_or_default()))),
            ("Date", date::write(now)),
            ("Message-ID", format!("<{id}@{host}>")),
            ("Auto-Submitted", "auto-replied".to_owned()), // [RFC 3834 5]
            ("MIME-Version", "1.0".to_owned()),
            ("Content-Type", kind),
        ] {
            octets.extend(trace::field(name, &value));
        }
        let words = format!("{WORDS}: {why}.\r\n\r\nFrom: {sender}\r\nTo: {}\r\n", to.join(", "));
        for (kind, content) in [
            ("text/plain; charset=utf-8", words.as_bytes()),
            ("message/delivery-status", &fields(host, &to)),
            ("message/rfc822", inner),
        ] {
            let head = format!("\r\n--{boundary}\r\nContent-Type: {kind}\r\n\r\n");
            octets.extend_from_slice(head.as_bytes());
            octets.extend_from_slice(content);
        }
        octets.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        Ok(Message { id, return_path: return_path.len(), trace: return_path.len(), octets })
    }
}

/// What a program reads of it. [RFC 3464 2]
fn fields(host: &str, to: &[String]) -> Vec<u8> {
    let mut out = trace::field("Reporting-MTA", &format!("dns; {host}"));
    for recipient in to {
        out.extend_from_slice(b"\r\n");
        out.extend(trace::field("Final-Recipient", &format!("rfc822; {recipient}")));
        out.extend(trace::field("Action", "failed"));
        out.extend(trace::field("Status", "5.2.1"));
        out.extend(trace::field("Diagnostic-Code", &format!("X-Mailstead; {WORDS}")));
    }
    out
}
