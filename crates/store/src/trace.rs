//! Traces: what became of a message that was delivered straight into mailboxes of this database.

use db::{Flow, Row, Tx};
use object::types::Guid;
use object::{Result, Time};

use crate::database::Database;
use crate::incoming::{Delivered, To, Trace, TraceRecipient};
use crate::row::big;

/// Writes the trace of a delivery with the truth about each recipient.
pub(crate) fn write(tx: &mut dyn Tx, trace: &Trace, to: &[To], answers: &[Result<Delivered>]) -> Result<()> {
    let got =
        |mailbox: Guid| to.iter().zip(answers).any(|(to, answer)| to.mailbox == mailbox && answer.is_ok());
    let recipients =
        trace.recipients.iter().map(|one| line(one, got(one.mailbox))).collect::<Vec<_>>().join("\n");
    let sql = "INSERT INTO trace (at, id, sender, recipients, subject, size, internet_message_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (at, id) DO NOTHING";
    let id = trace.id.to_bytes();
    // A message may come twice under one id and moment, for recipients that had to wait; each has its own row.
    for at in trace.at.0.. {
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
            break;
        }
    }
    Ok(())
}

/// `1 GUID ADDRESS`; an address has no line end, and whatever else it has comes last.
fn line(one: &TraceRecipient, delivered: bool) -> String {
    format!("{} {} {}", u8::from(delivered), one.mailbox, one.address.replace('\n', " "))
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

fn of_row(row: &Row<'_>) -> Result<Trace> {
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
    /// A piece of a recipient's address, any case.
    pub recipient: Option<String>,
    /// A piece of the subject, any case.
    pub subject: Option<String>,
}

/// Whether octets are a text in any case; `text` in lower case.
fn is_same(octets: &[u8], text: &str) -> bool {
    match octets.is_ascii() {
        true => octets.eq_ignore_ascii_case(text.as_bytes()),
        false => String::from_utf8_lossy(octets).to_lowercase() == text,
    }
}

/// Whether octets hold a text in any case; `text` in lower case.
fn holds(octets: &[u8], text: &str) -> bool {
    if !octets.is_ascii() {
        return String::from_utf8_lossy(octets).to_lowercase().contains(text);
    }
    let wanted = text.as_bytes();
    let Some(first) = wanted.first() else { return true };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, octets)
        .any(|at| octets.get(at..at + wanted.len()).is_some_and(|piece| piece.eq_ignore_ascii_case(wanted)))
}

impl Database {
    /// What became of the message accepted under that id.
    pub fn trace(&self, id: Guid) -> Result<Option<Trace>> {
        let sql =
            "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace WHERE id = $1";
        self.read(|tx| tx.one(sql, &[(&id.to_bytes()).into()], of_row))
    }

    /// All that was delivered here under that id: recipients whose mailbox was busy come in a later delivery.
    pub fn traces_of(&self, id: Guid) -> Result<Vec<Trace>> {
        let sql = "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace
                   WHERE id = $1 ORDER BY at";
        self.read(|tx| tx.all(sql, &[(&id.to_bytes()).into()], of_row))
    }

    /// The ids under which messages with that Message-ID were delivered here.
    pub fn trace_ids(&self, internet_message_id: &str) -> Result<Vec<Guid>> {
        let sql = "SELECT DISTINCT id FROM trace WHERE internet_message_id = $1";
        self.read(|tx| tx.all(sql, &[internet_message_id.as_bytes().into()], |row| crate::row::guid(row, 0)))
    }

    /// Hands over the traces of a time, oldest first.
    pub fn traces(&self, from: Time, to: Time, each: &mut dyn FnMut(Trace) -> Result<Flow>) -> Result<()> {
        let sql = "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace
                   WHERE at >= $1 AND at <= $2 ORDER BY at, id";
        self.read(|tx| tx.query(sql, &[from.into(), to.into()], &mut |row| each(of_row(row)?)))
    }

    /// Hands over the traces that are wanted, oldest first.
    pub fn traces_where(
        &self,
        wanted: &WantedTraces,
        each: &mut dyn FnMut(Trace) -> Result<Flow>,
    ) -> Result<()> {
        let sql = "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace
                   WHERE at >= $1 AND at <= $2 ORDER BY at, id";
        // What does not fit is told from its octets: a text is made only of what does.
        let sender = wanted.sender.as_ref().map(|text| text.to_lowercase());
        let recipient = wanted.recipient.as_ref().map(|text| text.to_lowercase());
        let subject = wanted.subject.as_ref().map(|text| text.to_lowercase());
        self.read(|tx| {
            tx.query(sql, &[wanted.from.into(), wanted.until.into()], &mut |row| {
                let fits = sender.as_ref().is_none_or(|text| is_same(row.bytes(2).unwrap_or_default(), text))
                    && recipient.as_ref().is_none_or(|text| holds(row.bytes(3).unwrap_or_default(), text))
                    && subject.as_ref().is_none_or(|text| holds(row.bytes(4).unwrap_or_default(), text));
                if fits { each(of_row(row)?) } else { Ok(Flow::More) }
            })
        })
    }

    /// Forgets the traces before a moment, at most `limit` of them; answers how many.
    pub fn forget_traces(&self, before: Time, limit: u32) -> Result<u64> {
        // Most of the time there is nothing to forget, and nobody needs to wait for a commit.
        let oldest = "SELECT at FROM trace ORDER BY at LIMIT 1";
        let oldest: Option<Time> = self.read(|tx| tx.one(oldest, &[], |row| row.get(0)))?;
        if oldest.is_none_or(|oldest| oldest >= before) {
            return Ok(0);
        }
        self.write_quietly(move |tx| {
            let sql =
                "SELECT max(at) FROM (SELECT at FROM trace WHERE at < $1 ORDER BY at LIMIT $2) AS oldest";
            let last: Option<i64> = tx.one(sql, &[before.into(), limit.into()], |row| row.get(0))?.flatten();
            let Some(last) = last else { return Ok(0) };
            tx.execute("DELETE FROM trace WHERE at <= $1", &[last.into()])
        })
    }
}
