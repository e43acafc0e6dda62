//! Traces: what became of a message that was delivered straight into mailboxes of this database.

use db::{Flow, Tx};
use object::types::Guid;
use object::{Result, Time};

use crate::database::Database;
use crate::incoming::{Delivered, To, Trace};
use crate::trace_key::{self, ANYBODY, RECIPIENT, RESOLVED, SENDER};
use crate::trace_recent;
use crate::trace_row::{COLUMNS, WantedTraces, of_row};

/// Traces whose subject fits that are read at once.
const SUBJECTS_AT_ONCE: usize = 512;

/// Writes the trace of a delivery with the truth about each recipient.
pub(crate) fn write(tx: &mut dyn Tx, trace: &Trace, to: &[To], answers: &[Result<Delivered>]) -> Result<()> {
    let got =
        |mailbox: Guid| to.iter().zip(answers).any(|(to, answer)| to.mailbox == mailbox && answer.is_ok());
    let mut trace = trace.clone();
    trace.recipients.iter_mut().for_each(|one| one.delivered = got(one.mailbox));
    trace_recent::write(tx, &trace)
}

impl Database {
    /// What became of the message accepted under that id.
    pub fn trace(&self, id: Guid) -> Result<Option<Trace>> {
        Ok(self.traces_of(id)?.into_iter().next())
    }

    /// All that was delivered here under that id: recipients whose mailbox was busy come in a later delivery.
    pub fn traces_of(&self, id: Guid) -> Result<Vec<Trace>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM trace
                   WHERE id = $1 ORDER BY at"
        );
        self.read(|tx| {
            let mut found = tx.all(&sql, &[(&id.to_bytes()).into()], of_row)?;
            found.extend(trace_recent::of_id(tx, id)?);
            found.sort_by_key(|trace| trace.at);
            Ok(found)
        })
    }

    /// The ids under which messages with that Message-ID were delivered here.
    pub fn trace_ids(&self, internet_message_id: &str) -> Result<Vec<Guid>> {
        let sql = "SELECT id FROM trace WHERE internet_message_id = $1
                   UNION SELECT id FROM trace_recent WHERE internet_message_id = $1";
        self.read(|tx| tx.all(sql, &[internet_message_id.as_bytes().into()], |row| crate::row::guid(row, 0)))
    }

    /// Hands over the traces that are wanted, newest first: found by the recipient, else by the sender, else by the subject.
    /// What else is wanted is for whoever looks to see.
    pub fn traces_where(
        &self,
        wanted: &WantedTraces,
        each: &mut dyn FnMut(Trace) -> Result<Flow>,
    ) -> Result<()> {
        self.read(|tx| {
            let mut turns =
                Turns { recent: trace_recent::wanted(tx, wanted)?, each: &mut *each, stopped: false };
            match (&wanted.recipient, &wanted.sender, &wanted.subject) {
                (Some(recipient), _, _) => traces_by(tx, (RECIPIENT, recipient), wanted, &mut turns),
                (None, Some(sender), _) => traces_by(tx, (SENDER, sender), wanted, &mut turns),
                (None, None, _) if wanted.resolved => traces_by(tx, (RESOLVED, ANYBODY), wanted, &mut turns),
                (None, None, Some(subject)) => traces_about(tx, &subject.to_lowercase(), wanted, &mut turns),
                (None, None, None) => traces_between(tx, wanted, &mut turns),
            }?;
            turns.end()
        })
    }

    /// Forgets the traces before a moment, at most `limit` of them; answers how many.
    pub fn forget_traces(&self, before: Time, limit: u32) -> Result<u64> {
        // Most of the time there is nothing to forget, and nobody needs to wait for a commit.
        let oldest =
            ["SELECT at FROM trace ORDER BY at LIMIT 1", "SELECT at FROM trace_recent ORDER BY at LIMIT 1"];
        let oldest = self.read(|tx| {
            let oldest = oldest.iter().map(|sql| tx.one(sql, &[], |row| row.get::<Time>(0)));
            Ok(oldest.collect::<Result<Vec<_>>>()?.into_iter().flatten().min())
        })?;
        if oldest.is_none_or(|oldest| oldest >= before) {
            return Ok(0);
        }
        self.write_quietly(move |tx| {
            trace_recent::settle(tx)?;
            let sql =
                "SELECT max(at) FROM (SELECT at FROM trace WHERE at < $1 ORDER BY at LIMIT $2) AS oldest";
            let last: Option<i64> = tx.one(sql, &[before.into(), limit.into()], |row| row.get(0))?.flatten();
            let Some(last) = last else { return Ok(0) };
            forget_addresses(tx, last)?;
            tx.execute("DELETE FROM trace WHERE at <= $1", &[last.into()])
        })
    }
}

/// Traces as they are found, each in its turn with those that came lately.
struct Turns<'a> {
    /// Those that came lately, oldest first.
    recent: Vec<Trace>,
    each: &'a mut dyn FnMut(Trace) -> Result<Flow>,
    stopped: bool,
}

impl Turns<'_> {
    /// Hands over those that came lately and are newer than one that was found, and then that.
    fn take(&mut self, found: Trace) -> Result<Flow> {
        while let Some(newer) = self.recent.pop_if(|recent| recent.at > found.at) {
            if self.hand_over(newer)? == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        self.hand_over(found)
    }

    fn hand_over(&mut self, trace: Trace) -> Result<Flow> {
        let flow = (self.each)(trace)?;
        self.stopped = flow == Flow::Stop;
        Ok(flow)
    }

    /// Hands over what is left.
    fn end(mut self) -> Result<()> {
        while !self.stopped
            && let Some(trace) = self.recent.pop()
        {
            self.hand_over(trace)?;
        }
        Ok(())
    }
}

fn traces_between(tx: &mut dyn Tx, wanted: &WantedTraces, turns: &mut Turns<'_>) -> Result<()> {
    let sql = format!(
        "SELECT {COLUMNS} FROM trace
               WHERE at >= $1 AND at <= $2 ORDER BY at DESC, id DESC"
    );
    let params = [wanted.from.into(), wanted.until.into()];
    tx.query(&sql, &params, &mut |row| turns.take(of_row(row)?))
}

fn traces_by(
    tx: &mut dyn Tx,
    (kind, address): (i64, &str),
    wanted: &WantedTraces,
    turns: &mut Turns<'_>,
) -> Result<()> {
    let sql = "SELECT t.at, t.id, t.sender, t.recipients, t.subject, t.size, t.internet_message_id
               FROM trace_address a JOIN trace t ON t.at = a.at AND t.id = a.id
               WHERE a.kind = $1 AND a.address = $2 AND a.at >= $3 AND a.at <= $4 ORDER BY a.at DESC, a.id DESC";
    let address = address.to_lowercase();
    let params = [kind.into(), (&address).into(), wanted.from.into(), wanted.until.into()];
    tx.query(sql, &params, &mut |row| turns.take(of_row(row)?))
}

/// Reads the subjects alone, from an index, and of the traces only those that fit.
fn traces_about(tx: &mut dyn Tx, subject: &str, wanted: &WantedTraces, turns: &mut Turns<'_>) -> Result<()> {
    let whole = format!(
        "SELECT {COLUMNS} FROM trace
                 WHERE at = $1 AND id = $2"
    );
    let mut until = wanted.until.0;
    loop {
        let found = about(tx, subject, wanted.from, until)?;
        for (at, id) in &found {
            let trace = tx.one(&whole, &[(*at).into(), (&id.to_bytes()).into()], of_row)?;
            if let Some(trace) = trace
                && turns.take(trace)? == Flow::Stop
            {
                return Ok(());
            }
        }
        match found.last() {
            Some((last, _)) if found.len() >= SUBJECTS_AT_ONCE => until = last - 1,
            _ => return Ok(()),
        }
    }
}

/// The newest traces whose subject holds a text; the last moment of them is there whole.
fn about(tx: &mut dyn Tx, subject: &str, from: Time, until: i64) -> Result<Vec<(i64, Guid)>> {
    // Ordered as the index is, so that the rows themselves are not read.
    let sql = "SELECT at, id FROM trace WHERE at >= $1 AND at <= $2 AND HOLDS(subject, $3)
               ORDER BY at DESC, subject DESC";
    let mut found: Vec<(i64, Guid)> = Vec::new();
    tx.query(sql, &[from.into(), until.into(), subject.into()], &mut |row| {
        let at = row.int(0)?;
        if found.len() >= SUBJECTS_AT_ONCE && found.last().is_some_and(|last| last.0 != at) {
            return Ok(Flow::Stop);
        }
        found.push((at, crate::row::guid(row, 1)?));
        Ok(Flow::More)
    })?;
    Ok(found)
}

/// What is found by an address goes with its trace.
fn forget_addresses(tx: &mut dyn Tx, last: i64) -> Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM trace WHERE at <= $1");
    let old = tx.all(&sql, &[last.into()], of_row)?;
    let sql = "DELETE FROM trace_address WHERE kind = $1 AND address = $2 AND at = $3 AND id = $4";
    for trace in &old {
        for (kind, address) in trace_key::keys(trace) {
            let id = trace.id.to_bytes();
            tx.execute(sql, &[kind.into(), (&address).into(), trace.at.into(), (&id).into()])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incoming::TraceRecipient;
    use crate::schema::STEPS;
    use crate::trace_row;

    /// The steps before the one that made the table of addresses.
    const STEPS_BEFORE: usize = 11;

    fn old(at: i64, sender: &str, to: &[&str]) -> Trace {
        let one = |address: &&str| TraceRecipient {
            address: (*address).to_owned(),
            resolved: None,
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
                let lines = trace.recipients.iter().map(trace_row::line).collect::<Vec<_>>().join("\n");
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
            .flat_map(|trace| trace_key::keys(trace).map(|(kind, address)| (trace.at.0, kind, address)))
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
