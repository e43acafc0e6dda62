//! By whom a trace is found: rows with the folded address of who sent and of each who got it.

use db::Tx;
use object::Result;

use crate::incoming::{Trace, TraceRecipient};
use crate::trace_row::addresses;

/// Whose address it is.
pub(crate) const SENDER: i64 = 0;
pub(crate) const RECIPIENT: i64 = 1;
/// That a recipient was resolved to another address, whoever that was.
pub(crate) const RESOLVED: i64 = 2;
pub(crate) const ANYBODY: &str = "";
/// How many traces are filled in at once.
const FILLED_AT_ONCE: i64 = 500;

/// Writes that a trace is found by an address.
pub(crate) fn write(tx: &mut dyn Tx, kind: i64, address: &str, at: i64, id: &[u8]) -> Result<()> {
    let sql =
        "INSERT INTO trace_address (kind, address, at, id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    tx.execute(sql, &[kind.into(), (&address.to_lowercase()).into(), at.into(), id.into()]).map(drop)
}

/// Writes by whom a trace is found, from the octets of its row; how many addresses there are.
pub(crate) fn write_all(
    tx: &mut dyn Tx,
    at: i64,
    id: &[u8],
    sender: &[u8],
    recipients: &[u8],
) -> Result<usize> {
    let text = |octets| String::from_utf8_lossy(octets).into_owned();
    write(tx, SENDER, &text(sender), at, id)?;
    let mut count = 1;
    // `1 GUID ADDRESS` a line.
    for end in text(recipients).lines().filter_map(|line| line.splitn(3, ' ').nth(2)) {
        let (address, resolved) = addresses(end);
        for (kind, address) in of_recipient(address, resolved) {
            write(tx, kind, address, at, id)?;
            count += 1;
        }
    }
    Ok(count)
}

/// By what a recipient's trace is found: the address as it was given, the one to which it was resolved, and that it was.
fn of_recipient<'a>(address: &'a str, resolved: Option<&'a str>) -> impl Iterator<Item = (i64, &'a str)> {
    let own = resolved.into_iter().flat_map(|own| [(RECIPIENT, own), (RESOLVED, ANYBODY)]);
    std::iter::once((RECIPIENT, address)).chain(own)
}

/// The addresses by which a trace is found.
pub(crate) fn keys(trace: &Trace) -> impl Iterator<Item = (i64, String)> {
    let of = |one: &TraceRecipient| {
        let keys = of_recipient(&one.address, one.resolved.as_deref());
        keys.map(|(kind, address)| (kind, address.to_lowercase())).collect::<Vec<_>>()
    };
    let recipients = trace.recipients.iter().flat_map(of);
    std::iter::once((SENDER, trace.sender.to_lowercase())).chain(recipients)
}

/// A trace of before: its moment, its name, who sent, and the lines of those who got it.
type Old = (i64, Vec<u8>, Vec<u8>, Vec<u8>);

/// Writes by whom the traces behind a moment are found, some at a time. Answers the moment of the last one; nothing where
/// there are no more.
pub(crate) fn fill(tx: &mut dyn Tx, behind: i64) -> Result<Option<i64>> {
    let sql = "SELECT max(at) FROM (SELECT at FROM trace WHERE at > $1 ORDER BY at LIMIT $2) AS slice";
    let last = tx.one(sql, &[behind.into(), FILLED_AT_ONCE.into()], |row| row.get(0))?;
    let Some(last): Option<i64> = last.flatten() else { return Ok(None) };
    let sql = "SELECT at, id, sender, recipients FROM trace WHERE at > $1 AND at <= $2";
    let found: Vec<Old> = tx.all(sql, &[behind.into(), last.into()], |row| {
        Ok((row.int(0)?, row.bytes(1)?.to_vec(), row.bytes(2)?.to_vec(), row.bytes(3)?.to_vec()))
    })?;
    for (at, id, sender, recipients) in &found {
        write_all(tx, *at, id, sender, recipients)?;
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
