//! What rows hold besides text: GUIDs, counters that never go back, facts of the whole file.

use std::ops::RangeInclusive;

use db::Tx;
use object::types::Guid;
use object::{Error, ErrorId, Result};

/// A GUID in a column.
pub(crate) fn guid(row: &db::Row<'_>, column: usize) -> Result<Guid> {
    Guid::of_bytes(row.bytes(column)?)
        .ok_or_else(|| Error::server(ErrorId::DatabaseCorrupt, "A GUID is damaged."))
}

/// Ascending numbers as ranges of neighbours.
pub(crate) fn ranges(sorted: &[u32]) -> Vec<RangeInclusive<u32>> {
    let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
    for &uid in sorted {
        match ranges.last_mut() {
            Some(last) if uid <= *last.end() => {}
            Some(last) if uid - 1 == *last.end() => *last = *last.start()..=uid,
            _ => ranges.push(uid..=uid),
        }
    }
    ranges
}

/// Our counters never come near 2^63, so this loses nothing.
pub(crate) fn big(number: u64) -> db::Param<'static> {
    db::Param::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The next number of a sequence that never goes back.
pub(crate) fn next(tx: &mut dyn Tx, sequence: &str) -> Result<i64> {
    next_of(tx, sequence, 1)
}

/// The first of the next `count` numbers of a sequence.
pub(crate) fn next_of(tx: &mut dyn Tx, sequence: &str, count: usize) -> Result<i64> {
    let count = count as i64;
    // One statement with RETURNING would do, but SQLite makes a table for what that answers: six times as dear.
    let sql = "INSERT INTO counter (name, value) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET value = counter.value + $2";
    tx.execute(sql, &[sequence.into(), count.into()])?;
    let last = tx.number("SELECT value FROM counter WHERE name = $1", &[sequence.into()])?;
    Ok(last - count + 1)
}

pub(crate) fn info(tx: &mut dyn Tx, name: &str) -> Result<Option<Vec<u8>>> {
    tx.one("SELECT value FROM info WHERE name = $1", &[name.into()], |row| row.get(0))
}

pub(crate) fn set_info(tx: &mut dyn Tx, name: &str, value: &[u8]) -> Result<()> {
    let sql = "INSERT INTO info (name, value) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &[name.into(), value.into()]).map(drop)
}
