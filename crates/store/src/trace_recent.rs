//! Traces of what came lately: kept in the order in which they came, found by looking at all of them.
//!
//! A trace that can be found by everything it names touches six pages of the database, each of which goes into the log
//! whole. A delivery writes one; some hundred of them are moved at once to where they are found.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use db::Tx;
use object::Result;
use object::types::Guid;

use crate::incoming::Trace;
use crate::trace_key;
use crate::trace_row::{self, WantedTraces, of_row};

/// After so many deliveries what they left is moved.
const MOVED_EVERY: u32 = 250;
/// So many are moved at once; more are only there after a stop.
const MOVED_MAX: i64 = 500;

/// Whose turn it is to move what came lately.
pub(crate) struct Turn(AtomicU32);

impl Turn {
    /// The first delivery moves what was left when the database was open before.
    pub(crate) fn new() -> Turn {
        Turn(AtomicU32::new(0))
    }

    /// Counts a delivery; true where it has to move what is there.
    pub(crate) fn has_come(&self) -> bool {
        self.0.fetch_add(1, Relaxed).is_multiple_of(MOVED_EVERY)
    }
}

/// Writes a trace that came now.
pub(crate) fn write(tx: &mut dyn Tx, trace: &Trace) -> Result<()> {
    let sql = "INSERT INTO trace_recent (at, id, sender, recipients, subject, size, internet_message_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (at, id) DO NOTHING";
    trace_row::insert(tx, sql, trace).map(drop)
}

/// Moves the oldest of them to where they are found.
pub(crate) fn settle(tx: &mut dyn Tx) -> Result<()> {
    let sql = "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace_recent
               ORDER BY at, id LIMIT $1";
    for trace in tx.all(sql, &[MOVED_MAX.into()], of_row)? {
        write_found(tx, &trace)?;
        let sql = "DELETE FROM trace_recent WHERE at = $1 AND id = $2";
        tx.execute(sql, &[trace.at.into(), (&trace.id.to_bytes()).into()])?;
    }
    Ok(())
}

/// Writes a trace so that it is found by everything it names.
fn write_found(tx: &mut dyn Tx, trace: &Trace) -> Result<()> {
    let sql = "INSERT INTO trace (at, id, sender, recipients, subject, size, internet_message_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (at, id) DO NOTHING";
    let at = trace_row::insert(tx, sql, trace)?;
    trace_key::write_all(tx, trace, at)
}

/// Moves all of them.
pub(crate) fn settle_all(tx: &mut dyn Tx) -> Result<()> {
    while tx.number("SELECT count(*) FROM trace_recent", &[])? > 0 {
        settle(tx)?;
    }
    Ok(())
}

/// Those that are wanted, oldest first.
pub(crate) fn wanted(tx: &mut dyn Tx, wanted: &WantedTraces) -> Result<Vec<Trace>> {
    let sql = "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace_recent
               WHERE at >= $1 AND at <= $2 ORDER BY at, id";
    let mut found = tx.all(sql, &[wanted.from.into(), wanted.until.into()], of_row)?;
    found.retain(|trace| wanted.takes(trace));
    Ok(found)
}

/// Those that a message left, oldest first.
pub(crate) fn of_id(tx: &mut dyn Tx, id: Guid) -> Result<Vec<Trace>> {
    let sql = "SELECT at, id, sender, recipients, subject, size, internet_message_id FROM trace_recent
               WHERE id = $1 ORDER BY at";
    tx.all(sql, &[(&id.to_bytes()).into()], of_row)
}
