//! What can be saved of the queue's file when it is damaged. A message that is lost is named by those who wait for it.

use std::path::Path;

use db::salvage::{Plan, Saved};
use db::{Cell, Found, Holds, Tx};
use object::Result;

use crate::Transport;
use crate::queue::STEPS;

/// So many lost messages are told one by one.
const TOLD_MAX: usize = 200;

static PLAN: Plan = Plan { schema: "queue", steps: STEPS, holds: Holds::Bodies, belongs, mend: make_whole };

impl Transport {
    /// Looks at the queue's file, which nobody may have open: nothing where it is whole or was never made, else a sentence
    /// that says what is left in it.
    ///
    /// # Errors
    /// `NotADatabase` where nothing is left in it.
    pub fn survey(file: &Path) -> Result<Option<String>> {
        let remains = db::salvage::survey(file, &PLAN)?;
        Ok(remains.map(|left| {
            let (messages, recipients) = (left.count("message"), left.count("recipient"));
            format!(
                "{} Whole in it: {messages} messages for {recipients} recipients.",
                left.sentences().join(" ")
            )
            .trim_start()
            .to_owned()
        }))
    }

    /// Copies what can be read of the queue's damaged file, which nobody may have open, into a new one in its place.
    pub fn salvage(file: &Path) -> Result<Saved> {
        db::salvage::salvage(file, &PLAN)
    }
}

/// Whether a row that hangs in no tree is what it seems to be.
fn belongs(found: &Found<'_>) -> bool {
    match (found.table, found.values) {
        ("message" | "recipient", [Cell::Bytes(id), ..]) => id.len() == 16,
        _ => true,
    }
}

/// What still waits and cannot be delivered any more is said and taken out; what is done leaves only its trace.
fn make_whole(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let sql = "SELECT r.address FROM recipient r LEFT JOIN message m ON m.id = r.message
               WHERE r.state IN (0, 6) AND (m.id IS NULL OR m.body IS NULL) ORDER BY r.address";
    let mut said =
        tx.all(sql, &[], |row| Ok(format!("A message that waited for {} was lost.", row.text(0)?)))?;
    let sql = "SELECT COALESCE(m.sender, ''), m.internet_id FROM message m WHERE m.body IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM recipient r WHERE r.message = m.id) ORDER BY m.accepted";
    said.extend(tx.all(sql, &[], |row| {
        Ok(format!("The recipients of message {} from <{}> were lost.", row.text(1)?, row.text(0)?))
    })?);
    tx.execute(
        "DELETE FROM recipient WHERE message NOT IN (SELECT id FROM message)
           OR state IN (0, 6) AND message IN (SELECT id FROM message WHERE body IS NULL)",
        &[],
    )?;
    tx.execute("DELETE FROM message WHERE id NOT IN (SELECT message FROM recipient)", &[])?;
    let more = said.len().saturating_sub(TOLD_MAX);
    said.truncate(TOLD_MAX);
    said.extend((more > 0).then(|| format!("{more} more messages were lost.")));
    Ok(said)
}
