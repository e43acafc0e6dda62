//! A trace as a row: written, read, and looked at to see whether it is wanted.

use db::{Row, Tx, holds};
use object::types::Guid;
use object::{Result, Time};

use crate::incoming::{Trace, TraceRecipient};

/// The columns of a row, in the order in which they are read and written.
pub(crate) const COLUMNS: &str = "at, id, sender, recipients, subject, size, internet_message_id";

/// Where a trace stands.
#[derive(Clone, Copy)]
pub(crate) enum Table {
    /// With what came lately.
    Recent,
    /// Where it is found by what it names.
    Indexed,
}

/// A trace as it stands in its row.
pub(crate) struct Octets {
    pub(crate) at: i64,
    pub(crate) id: Vec<u8>,
    pub(crate) sender: Vec<u8>,
    pub(crate) recipients: Vec<u8>,
    subject: Vec<u8>,
    size: i64,
    internet_message_id: Vec<u8>,
}

impl Octets {
    /// What stands of a trace under the moment `at`.
    pub(crate) fn of(trace: &Trace, at: Time) -> Octets {
        Octets {
            at: at.0,
            id: trace.id.to_bytes().to_vec(),
            sender: trace.sender.clone().into_bytes(),
            recipients: trace.recipients.iter().map(line).collect::<Vec<_>>().join("\n").into_bytes(),
            subject: trace.subject.clone().into_bytes(),
            size: i64::try_from(trace.size).unwrap_or(i64::MAX),
            internet_message_id: trace.internet_message_id.clone().into_bytes(),
        }
    }

    pub(crate) fn of_row(row: &Row<'_>) -> Result<Octets> {
        Ok(Octets {
            at: row.int(0)?,
            id: row.bytes(1)?.to_vec(),
            sender: row.bytes(2)?.to_vec(),
            recipients: row.bytes(3)?.to_vec(),
            subject: row.bytes(4)?.to_vec(),
            size: row.int(5)?,
            internet_message_id: row.bytes(6)?.to_vec(),
        })
    }
}

/// Writes a row.
pub(crate) fn insert(tx: &mut dyn Tx, table: Table, row: &Octets) -> Result<()> {
    let name = match table {
        Table::Recent => "trace_recent",
        Table::Indexed => "trace",
    };
    let sql = format!("INSERT INTO {name} ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)");
    let params = [
        row.at.into(),
        (&row.id).into(),
        (&row.sender).into(),
        (&row.recipients).into(),
        (&row.subject).into(),
        row.size.into(),
        (&row.internet_message_id).into(),
    ];
    tx.execute(&sql, &params).map(drop)
}

/// What stands between an address and the one to which it was resolved.
const RESOLVED: char = '\t';

/// `1 GUID ADDRESS`, and behind a tab the address to which it was resolved; whatever else an address has comes last.
pub(crate) fn line(one: &TraceRecipient) -> String {
    let plain = |text: &str| text.replace(['\n', RESOLVED], " ");
    let resolved = one.resolved.as_deref().map_or(String::new(), |own| format!("{RESOLVED}{}", plain(own)));
    format!("{} {} {}{resolved}", u8::from(one.delivered), one.mailbox, plain(&one.address))
}

/// The address at the end of a line, and the one to which it was resolved.
pub(crate) fn addresses(end: &str) -> (&str, Option<&str>) {
    end.split_once(RESOLVED).map_or((end, None), |(address, own)| (address, Some(own)))
}

fn recipient(line: &str) -> Option<TraceRecipient> {
    let (delivered, rest) = line.split_once(' ')?;
    let (mailbox, end) = rest.split_once(' ')?;
    let (address, resolved) = addresses(end);
    Some(TraceRecipient {
        address: address.to_owned(),
        resolved: resolved.map(str::to_owned),
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
    /// Only those with a recipient who was resolved to another address.
    pub resolved: bool,
}

impl WantedTraces {
    /// Whether a trace is one of them.
    pub(crate) fn takes(&self, trace: &Trace) -> bool {
        let is = |wanted: &String, address: &str| wanted.to_lowercase() == address.to_lowercase();
        let has = |one: &TraceRecipient, wanted: &String| {
            is(wanted, &one.address) || one.resolved.as_ref().is_some_and(|own| is(wanted, own))
        };
        let got = |wanted: &String| trace.recipients.iter().any(|one| has(one, wanted));
        let resolved = || trace.recipients.iter().any(|one| one.resolved.is_some());
        (self.from..=self.until).contains(&trace.at)
            && self.sender.as_ref().is_none_or(|wanted| is(wanted, &trace.sender))
            && self.recipient.as_ref().is_none_or(got)
            && (!self.resolved || resolved())
            && self.subject.as_ref().is_none_or(|text| holds(trace.subject.as_bytes(), &text.to_lowercase()))
    }
}
