//! Traces of what came lately: kept in the order in which they came, found by looking at all of them.
//!
//! A trace that can be found by everything it names touches six pages of the database, each of which goes into the log
//! whole. A delivery writes one; what some hundred of them left is moved at once to where it is found.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use db::Tx;
use object::Result;
use object::types::Guid;

use crate::incoming::Trace;
use crate::trace_key;
use crate::trace_row::{self, COLUMNS, Table, WantedTraces, of_row};

/// What was left is moved after so many addresses.
const MOVED_EVERY: usize = 500;
/// So many traces, and so many addresses of them, are moved at once: more than come in between, so that nothing gathers.
const MOVED_MAX: i64 = 500;
const ADDRESSES_MAX: usize = 2 * MOVED_EVERY;

/// Whose turn it is to move what came lately.
pub(crate) struct Turn(AtomicUsize);

impl Turn {
    /// The first delivery moves what was left when the database was open before.
    pub(crate) fn new() -> Turn {
        Turn(AtomicUsize::new(MOVED_EVERY - 1))
    }

    /// Counts a delivery with what it leaves; true where it has to move what is there.
    pub(crate) fn has_come(&self, addresses: usize) -> bool {
        let before = self.0.fetch_add(addresses, Relaxed);
        before / MOVED_EVERY != before.wrapping_add(addresses) / MOVED_EVERY
    }
}

/// Writes a trace that came now. A message may come twice under one id and moment, for recipients that had to wait, and each
/// has its own row.
pub(crate) fn write(tx: &mut dyn Tx, trace: &Trace) -> Result<()> {
    let sql = "SELECT 1 FROM trace WHERE at = $1 AND id = $2
               UNION ALL SELECT 1 FROM trace_recent WHERE at = $1 AND id = $2";
    let (mut at, id) = (trace.at, trace.id.to_bytes());
    while tx.one(sql, &[at.into(), (&id).into()], |_| Ok(()))?.is_some() {
        at.0 += 1;
    }
    trace_row::insert(tx, Table::Recent, &trace_row::Octets::of(trace, at))
}

/// Moves the oldest of them to where they are found, whatever is in them.
pub(crate) fn settle(tx: &mut dyn Tx) -> Result<()> {
    let sql = format!(
        "SELECT {COLUMNS} FROM trace_recent
               ORDER BY at, id LIMIT $1"
    );
    let (mut addresses, rows) = (0, tx.all(&sql, &[MOVED_MAX.into()], trace_row::Octets::of_row)?);
    for row in rows {
        addresses += trace_key::write_all(tx, row.at, &row.id, &row.sender, &row.recipients)?;
        trace_row::insert(tx, Table::Indexed, &row)?;
        let sql = "DELETE FROM trace_recent WHERE at = $1 AND id = $2";
        tx.execute(sql, &[row.at.into(), (&row.id).into()])?;
        if addresses >= ADDRESSES_MAX {
            break;
        }
    }
    Ok(())
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
    let sql = format!(
        "SELECT {COLUMNS} FROM trace_recent
               WHERE at >= $1 AND at <= $2 ORDER BY at, id"
    );
    let mut found = tx.all(&sql, &[wanted.from.into(), wanted.until.into()], of_row)?;
    found.retain(|trace| wanted.takes(trace));
    Ok(found)
}

/// Those that a message left, oldest first.
pub(crate) fn of_id(tx: &mut dyn Tx, id: Guid) -> Result<Vec<Trace>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM trace_recent
               WHERE id = $1 ORDER BY at"
    );
    tx.all(&sql, &[(&id.to_bytes()).into()], of_row)
}
