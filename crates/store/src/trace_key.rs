//! By whom a trace is found: rows with the folded address of who sent and of each who got it.

use db::Tx;
use object::Result;

use crate::incoming::Trace;

/// Whose address it is.
pub(crate) const SENDER: i64 = 0;
pub(crate) const RECIPIENT: i64 = 1;
/// How many traces are filled in at once.
const FILLED_AT_ONCE: i64 = 500;

/// Writes that a trace is found by an address.
pub(crate) fn write(tx: &mut dyn Tx, kind: i64, address: &str, at: i64, id: &[u8]) -> Result<()> {
    let sql =
        "INSERT INTO trace_address (kind, address, at, id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    tx.execute(sql, &[kind.into(), (&address.to_lowercase()).into(), at.into(), id.into()]).map(drop)
}

/// Writes by whom a trace is found that stands under the moment `at`.
pub(crate) fn write_all(tx: &mut dyn Tx, trace: &Trace, at: i64) -> Result<()> {
    let id = trace.id.to_bytes();
    keys(trace).try_for_each(|(kind, address)| write(tx, kind, &address, at, &id))
}

/// The addresses by which a trace is found.
pub(crate) fn keys(trace: &Trace) -> impl Iterator<Item = (i64, String)> {
    let recipients = trace.recipients.iter().map(|one| (RECIPIENT, one.address.to_lowercase()));
    std::iter::once((SENDER, trace.sender.to_lowercase())).chain(recipients)
}

/// A trace of before: its moment, its name, who sent, and the lines of those who got it.
type Old = (i64, Vec<u8>, String, String);

/// Writes by whom the traces behind a moment are found, some at a time. Answers the moment of the last one; nothing where
/// there are no more.
pub(crate) fn fill(tx: &mut dyn Tx, behind: i64) -> Result<Option<i64>> {
    let sql = "SELECT max(at) FROM (SELECT at FROM trace WHERE at > $1 ORDER BY at LIMIT $2) AS slice";
    let last = tx.one(sql, &[behind.into(), FILLED_AT_ONCE.into()], |row| row.get(0))?;
    let Some(last): Option<i64> = last.flatten() else { return Ok(None) };
    let sql = "SELECT at, id, sender, recipients FROM trace WHERE at > $1 AND at <= $2";
    let found: Vec<Old> = tx.all(sql, &[behind.into(), last.into()], |row| {
        let text = |at| Ok::<_, object::Error>(String::from_utf8_lossy(row.bytes(at)?).into_owned());
        Ok((row.int(0)?, row.bytes(1)?.to_vec(), text(2)?, text(3)?))
    })?;
    for (at, id, sender, recipients) in &found {
        write(tx, SENDER, sender, *at, id)?;
        // `1 GUID ADDRESS` a line.
        for address in recipients.lines().filter_map(|line| line.splitn(3, ' ').nth(2)) {
            write(tx, RECIPIENT, address, *at, id)?;
        }
    }
    Ok(Some(last))
}

/// Writes by whom all traces are found, where that is missing.
pub(crate) fn fill_all(tx: &mut dyn Tx) -> Result<()> {
    let mut behind = i64::MIN;
    while let Some(last) = fill(tx, behind)? {
        behind = last;
    }
    Ok(())
}
