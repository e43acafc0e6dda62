//! Traces: what became of a message that was delivered straight into mailboxes of this database.

use db::{Flow, Row, Tx};
use object::types::Guid;
use object::{Result, Time};

use crate::database::Database;
use crate::incoming::{Delivered, To, Trace, TraceRecipient};
use crate::row::big;
use crate::trace_key::{self, RECIPIENT, SENDER};

/// Traces whose subject fits that are read at once.
const SUBJECTS_AT_ONCE: usize = 512;

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
            return write_addresses(tx, trace, at);
        }
    }
    Ok(())
}

/// Who sent and who got it, for whoever looks for their mail.
fn write_addresses(tx: &mut dyn Tx, trace: &Trace, at: i64) -> Result<()> {
    let id = trace.id.to_bytes();
    for (kind, address) in keys(trace) {
        trace_key::write(tx, kind, &address, at, &id)?;
    }
    Ok(())
}

/// The addresses by which a trace is found.
fn keys(trace: &Trace) -> impl Iterator<Item = (i64, String)> {
    let recipients = trace.recipients.iter().map(|one| (RECIPIENT, one.address.to_lowercase()));
    std::iter::once((SENDER, trace.sender.to_lowercase())).chain(recipients)
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
    /// A recipient's address, any case.
    pub recipient: Option<String>,
    /// A piece of the subject, any case.
    pub subject: Option<String>,
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

    /// Hands over the traces that are wanted, newest first: found by the recipient, else by the sender, else by the subject.
    /// What else is wanted is for whoever looks to see.
    pub fn traces_where(
        &self,
        wanted: &WantedTraces,
        each: &mut dyn FnMut(Trace) -> Result<Flow>,
    ) -> Result<()> {
        match (&wanted.recipient, &wanted.sender, &wanted.subject) {
            (Some(recipient), _, _) => self.traces_by((RECIPIENT, recipient), wanted, each),
            (None, Some(sender), _) => self.traces_by((SENDER, sender), wanted, each),
            (None, None, Some(subject)) => self.traces_about(&subject.to_lowercase(), wanted, each),
            (None, None, None) => {
                let sql = "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace
                           WHERE at >= $1 AND at <= $2 ORDER BY at DESC, id DESC";
                let params = [wanted.from.into(), wanted.until.into()];
                self.read(|tx| tx.query(sql, &params, &mut |row| each(of_row(row)?)))
            }
        }
    }

    fn traces_by(
        &self,
        (kind, address): (i64, &str),
        wanted: &WantedTraces,
        each: &mut dyn FnMut(Trace) -> Result<Flow>,
    ) -> Result<()> {
        let sql = "SELECT t.at, t.id, t.sender, t.recipients, t.subject, t.size, t.internet_message_id
                   FROM trace_address a JOIN trace t ON t.at = a.at AND t.id = a.id
                   WHERE a.kind = $1 AND a.address = $2 AND a.at >= $3 AND a.at <= $4 ORDER BY a.at DESC, a.id DESC";
        let address = address.to_lowercase();
        let params = [kind.into(), (&address).into(), wanted.from.into(), wanted.until.into()];
        self.read(|tx| tx.query(sql, &params, &mut |row| each(of_row(row)?)))
    }

    /// Reads the subjects alone, from an index, and of the traces only those that fit.
    fn traces_about(
        &self,
        subject: &str,
        wanted: &WantedTraces,
        each: &mut dyn FnMut(Trace) -> Result<Flow>,
    ) -> Result<()> {
        // Ordered as the index is, so that the rows themselves are not read.
        let subjects =
            "SELECT at, id, subject FROM trace WHERE at >= $1 AND at <= $2 ORDER BY at DESC, subject DESC";
        let whole = "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace
                     WHERE at = $1 AND id = $2";
        let mut until = wanted.until.0;
        self.read(|tx| {
            loop {
                let mut found: Vec<(i64, Guid)> = Vec::new();
                tx.query(subjects, &[wanted.from.into(), until.into()], &mut |row| {
                    let at = row.int(0)?;
                    // A moment is read whole, so that the next round begins behind it.
                    if found.len() >= SUBJECTS_AT_ONCE && found.last().is_some_and(|last| last.0 != at) {
                        return Ok(Flow::Stop);
                    }
                    if holds(row.bytes(2)?, subject) {
                        found.push((at, crate::row::guid(row, 1)?));
                    }
                    Ok(Flow::More)
                })?;
                for (at, id) in &found {
                    let trace = tx.one(whole, &[(*at).into(), (&id.to_bytes()).into()], of_row)?;
                    if let Some(trace) = trace
                        && matches!(each(trace)?, Flow::Stop)
                    {
                        return Ok(());
                    }
                }
                match found.last() {
                    Some((last, _)) if found.len() >= SUBJECTS_AT_ONCE => until = last - 1,
                    _ => return Ok(()),
                }
            }
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
            forget_addresses(tx, last)?;
            tx.execute("DELETE FROM trace WHERE at <= $1", &[last.into()])
        })
    }
}

/// What is found by an address goes with its trace.
fn forget_addresses(tx: &mut dyn Tx, last: i64) -> Result<()> {
    let sql =
        "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace WHERE at <= $1";
    let old = tx.all(sql, &[last.into()], of_row)?;
    let sql = "DELETE FROM trace_address WHERE kind = $1 AND address = $2 AND at = $3 AND id = $4";
    for trace in &old {
        for (kind, address) in keys(trace) {
            let id = trace.id.to_bytes();
            tx.execute(sql, &[kind.into(), (&address).into(), trace.at.into(), (&id).into()])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::STEPS;

    /// The steps before the one that made the table of addresses.
    const STEPS_BEFORE: usize = 11;

    fn old(at: i64, sender: &str, to: &[&str]) -> Trace {
        let one = |address: &&str| TraceRecipient {
            address: (*address).to_owned(),
            mailbox: Guid::of_u128(at as u128),
            delivered: true,
        };
        Trace {
            id: Guid::of_u128(7),
            at: Time(at),
            sender: sender.to_owned(),
            recipients: to.iter().map(one).collect(),
            subject: "plans".to_owned(),
            size: 1,
            internet_message_id: "1@contoso.com".to_owned(),
        }
    }

    #[test]
    fn traces_of_a_database_of_before_are_found_by_everybody_in_them() {
        let db = db::memory().unwrap();
        db.migrate("store", &STEPS[..STEPS_BEFORE]).unwrap();
        let many = (0..1_000).map(|number| old(10 + number / 2, "ann@contoso.com", &[]));
        let traces = [
            old(1, "Ann@contoso.com", &["BEN@contoso.com"]),
            old(2, "", &["ben@contoso.com", "Carla@contoso.com", "BEN@contoso.com", "dev@contoso.com"]),
            old(3, "ann@contoso.com", &[]),
            old(4, "ÄRZTE@contoso.com", &["Éva@contoso.com"]),
            old(5, "far@far.example", &["\"a b\\n\"@contoso.com", "ben@contoso.com"]),
        ];
        let traces: Vec<Trace> = traces.into_iter().chain(many).collect();
        let there = traces.clone();
        db.write(move |tx| {
            there.iter().enumerate().try_for_each(|(number, trace)| {
                let lines = trace.recipients.iter().map(|one| line(one, true)).collect::<Vec<_>>().join("\n");
                let sql = "INSERT INTO trace (at, id, sender, recipients, subject, size, internet_message_id)
                           VALUES ($1, $2, $3, $4, $5, 1, $5)";
                let id = Guid::of_u128(number as u128).to_bytes();
                let bytes = [trace.sender.as_bytes(), lines.as_bytes()];
                let params =
                    [trace.at.into(), (&id).into(), bytes[0].into(), bytes[1].into(), (&b"x"[..]).into()];
                tx.execute(sql, &params).map(drop)
            })
        })
        .unwrap();
        db.migrate("store", &STEPS).unwrap();
        let sql = "SELECT at, kind, address FROM trace_address ORDER BY at, kind, address";
        let found = db
            .read(|tx| tx.all(sql, &[], |row| Ok((row.int(0)?, row.int(1)?, row.text(2)?.to_owned()))))
            .unwrap();
        let mut wanted: Vec<_> = traces
            .iter()
            .flat_map(|trace| keys(trace).map(|(kind, address)| (trace.at.0, kind, address)))
            .collect();
        wanted.sort();
        // Two of the many share each moment; of the others one is named twice.
        let mut few: Vec<_> = wanted.iter().filter(|one| one.0 < 10).cloned().collect();
        few.dedup();
        few.extend(wanted.into_iter().filter(|one| one.0 >= 10));
        assert_eq!(found, few);
        // They go with their traces.
        db.write(|tx| forget_addresses(tx, i64::MAX)).unwrap();
        assert_eq!(db.read(|tx| tx.number("SELECT COUNT(*) FROM trace_address", &[])).unwrap(), 0);
    }
}
