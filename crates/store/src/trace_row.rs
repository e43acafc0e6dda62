//! A trace as a row: written, read, and looked at to see whether it is wanted.

use db::{Row, Tx};
use object::types::Guid;
use object::{Result, Time};

use crate::incoming::{Trace, TraceRecipient};
use crate::row::big;

/// Writes a trace by a statement that does nothing where its moment is taken. Answers the moment under which it stands: a message
/// may come twice under one id and moment, for recipients that had to wait, and each has its own row.
pub(crate) fn insert(tx: &mut dyn Tx, sql: &str, trace: &Trace) -> Result<i64> {
    let recipients = trace.recipients.iter().map(line).collect::<Vec<_>>().join("\n");
    let id = trace.id.to_bytes();
    let mut at = trace.at.0;
    loop {
        let params = [
            at.into(),
            (&id).into(),
            trace.sender.as_bytes().into(),
            recipients.as_bytes().into(),
            trace.subject.as_bytes().into(),
            big(trace.size),
            trace.internet_message_id.as_bytes().into(),
        ];
        if tx.execute(sql, &params)? > 0 {
            return Ok(at);
        }
        at += 1;
    }
}

/// `1 GUID ADDRESS`; an address has no line end, and whatever else it has comes last.
pub(crate) fn line(one: &TraceRecipient) -> String {
    format!("{} {} {}", u8::from(one.delivered), one.mailbox, one.address.replace('\n', " "))
}

fn recipient(line: &str) -> Option<TraceRecipient> {
    let (delivered, rest) = line.split_once(' ')?;
    let (mailbox, address) = rest.split_once(' ')?;
    Some(TraceRecipient {
        address: address.to_owned(),
        mailbox: Guid::parse(mailbox)?,
        delivered: delivered == "1",
    })
}

pub(crate) fn of_row(row: &Row<'_>) -> Result<Trace> {
    let text = |at| Ok::<_, object::Error>(String::from_utf8_lossy(row.bytes(at)?).into_owned());
    Ok(Trace {
        at: row.get(0)?,
        id: crate::row::guid(row, 1)?,
        sender: text(2)?,
        recipients: text(3)?.lines().filter_map(recipient).collect(),
        subject: text(4)?,
        size: row.get(5)?,
        internet_message_id: text(6)?,
    })
}

/// Which traces are wanted.
#[derive(Clone, Debug)]
pub struct WantedTraces {
    /// The first moment.
    pub from: Time,
    /// The last moment.
    pub until: Time,
    /// The sender, any case.
    pub sender: Option<String>,
    /// A recipient's address, any case.
    pub recipient: Option<String>,
    /// A piece of the subject, any case.
    pub subject: Option<String>,
}

impl WantedTraces {
    /// Whether a trace is one of them.
    pub(crate) fn takes(&self, trace: &Trace) -> bool {
        let is = |wanted: &String, address: &str| wanted.to_lowercase() == address.to_lowercase();
        let got = |wanted: &String| trace.recipients.iter().any(|one| is(wanted, &one.address));
        (self.from..=self.until).contains(&trace.at)
            && self.sender.as_ref().is_none_or(|wanted| is(wanted, &trace.sender))
            && self.recipient.as_ref().is_none_or(got)
            && self.subject.as_ref().is_none_or(|text| holds(trace.subject.as_bytes(), &text.to_lowercase()))
    }
}

/// Whether octets hold a text in any case; `text` in lower case.
pub(crate) fn holds(octets: &[u8], text: &str) -> bool {
    if !octets.is_ascii() {
        return String::from_utf8_lossy(octets).to_lowercase().contains(text);
    }
    let wanted = text.as_bytes();
    let Some(first) = wanted.first() else { return true };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, octets)
        .any(|at| octets.get(at..at + wanted.len()).is_some_and(|piece| piece.eq_ignore_ascii_case(wanted)))
}
