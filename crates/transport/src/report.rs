//! The report to a sender about recipients that could not be reached, take long, or have their message.  [RFC 3461 6]
//! [RFC 3462] [RFC 3464]
//!
//! It has three parts: words for a person, fields for a program, and the message or its header.

use mailbox::{Language, Phrase};
use message::field::header_length;
use message::{date, encode_words, trace};
use object::Time;
use object::types::{Guid, SmtpAddress};

use crate::refusal::plain;
use crate::{Ret, Status};

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Those who will not get the message.
    Failed,
    /// Those who have not got it yet.
    Delayed,
    /// Those who have it.
    Delivered,
}

impl Kind {
    pub(crate) const ALL: [Kind; 3] = [Kind::Failed, Kind::Delayed, Kind::Delivered];

    /// The word of a delivery report for it. [RFC 3464 2.3.3]
    pub(crate) fn action(self) -> &'static str {
        match self {
            Kind::Failed => "failed",
            Kind::Delayed => "delayed",
            Kind::Delivered => "delivered",
        }
    }

    fn subject(self) -> Phrase {
        match self {
            Kind::Failed => Phrase::REPORT_FAILED_SUBJECT,
            Kind::Delayed => Phrase::REPORT_DELAYED_SUBJECT,
            Kind::Delivered => Phrase::REPORT_DELIVERED_SUBJECT,
        }
    }

    fn sentence(self) -> Phrase {
        match self {
            Kind::Failed => Phrase::REPORT_FAILED,
            Kind::Delayed => Phrase::REPORT_DELAYED,
            Kind::Delivered => Phrase::REPORT_DELIVERED,
        }
    }
}

/// What is told of one recipient.
pub(crate) struct Told<'a> {
    pub(crate) address: &'a SmtpAddress,
    pub(crate) orcpt: Option<&'a str>,
    pub(crate) status: Status,
    pub(crate) detail: &'a str,
}

/// What a report is made of.
pub(crate) struct Report<'a> {
    pub(crate) id: Guid,
    pub(crate) kind: Kind,
    pub(crate) at: Time,
    /// Our name, and the domain whose postmaster signs.
    pub(crate) host: &'a str,
    pub(crate) domain: &'a str,
    pub(crate) to: &'a SmtpAddress,
    /// The original's subject, as people read it.
    pub(crate) subject: &'a str,
    /// In which language the words for a person are.
    pub(crate) language: Language,
    pub(crate) envid: Option<&'a str>,
    pub(crate) arrived: Time,
    /// Until when it is tried.
    pub(crate) ends: Time,
    pub(crate) ret: Option<Ret>,
    pub(crate) original: &'a [u8],
    pub(crate) told: &'a [Told<'a>],
}

/// Writes it.
pub(crate) fn write(report: &Report<'_>) -> Vec<u8> {
    let boundary = format!("report-{}", report.id);
    let language = report.language;
    let subject = language.say(report.kind.subject(), &[("subject", report.subject)]);
    let from = encode_words(&language.say(Phrase::REPORT_FROM, &[]));
    let mut out = Vec::with_capacity(2048);
    for (name, value) in [
        ("From", format!("{from} <postmaster@{}>", report.domain)),
        ("To", format!("<{}>", report.to)),
        ("Subject", encode_words(subject.trim_end())),
        ("Date", date::write(report.at)),
        ("Message-ID", format!("<{}@{}>", report.id, report.host)),
        ("Auto-Submitted", "auto-replied".to_owned()), // [RFC 3834 5]
        ("MIME-Version", "1.0".to_owned()),
        ("Content-Language", language.tag().to_owned()),
        ("Content-Transfer-Encoding", "8bit".to_owned()),
        ("Content-Type", format!("multipart/report; report-type=delivery-status; boundary=\"{boundary}\"")),
    ] {
        out.extend(trace::field(name, &value));
    }
    for (kind, content) in [
        ("text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", words(report)),
        ("message/delivery-status", fields(report)),
        returned(report),
    ] {
        let head = format!("\r\n--{boundary}\r\nContent-Type: {kind}\r\n\r\n");
        out.extend_from_slice(head.as_bytes());
        out.extend(content);
    }
    out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    out
}

fn words(report: &Report<'_>) -> Vec<u8> {
    let say = |phrase, words: &[(&str, &str)]| report.language.say(phrase, words);
    let mut text = format!("{}\r\n\r\n", say(Phrase::REPORT_HOST, &[("host", report.host)]));
    text.push_str(&format!("{}\r\n\r\n", say(report.kind.sentence(), &[])));
    for told in report.told {
        text.push_str(&match report.kind {
            Kind::Delivered => format!("  {}\r\n", told.address),
            _ => format!("  {}: {} ({})\r\n", told.address, one_line(&plain(told.detail)), told.status),
        });
    }
    let end = match report.kind {
        Kind::Failed => say(Phrase::REPORT_FAILED_END, &[]),
        Kind::Delayed => say(Phrase::REPORT_DELAYED_END, &[("until", &date::write(report.ends))]),
        Kind::Delivered => return text.into_bytes(),
    };
    text.push_str(&format!("\r\n{end}\r\n"));
    text.into_bytes()
}

/// [RFC 3464 2]
fn fields(report: &Report<'_>) -> Vec<u8> {
    let mut out = trace::field("Reporting-MTA", &format!("dns; {}", report.host));
    out.extend(trace::field("Arrival-Date", &date::write(report.arrived)));
    if let Some(envid) = report.envid {
        out.extend(trace::field("Original-Envelope-Id", envid));
    }
    for told in report.told {
        out.extend_from_slice(b"\r\n");
        if let Some(orcpt) = told.orcpt {
            out.extend(trace::field("Original-Recipient", &orcpt.replacen(';', "; ", 1)));
        }
        out.extend(trace::field("Final-Recipient", &format!("rfc822; {}", told.address)));
        out.extend(trace::field("Action", report.kind.action()));
        out.extend(trace::field("Status", &told.status.to_string()));
        if report.kind != Kind::Delivered {
            out.extend(trace::field("Diagnostic-Code", &format!("X-Mailstead; {}", one_line(told.detail))));
        }
        if report.kind == Kind::Delayed {
            out.extend(trace::field("Will-Retry-Until", &date::write(report.ends)));
        }
    }
    out
}

/// The whole message only for a sender who asked for it, and only where it did not arrive. [RFC 3461 4.3]
fn returned(report: &Report<'_>) -> (&'static str, Vec<u8>) {
    match report.ret {
        Some(Ret::Full) if report.kind == Kind::Failed => ("message/rfc822", report.original.to_vec()),
        _ => ("text/rfc822-headers", report.original[..header_length(report.original)].to_vec()),
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
