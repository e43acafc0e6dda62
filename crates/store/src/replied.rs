//! Whom a mailbox has answered by itself: everybody once in a period, written with the message that is answered.

use db::Tx;
use object::types::Guid;
use object::{Result, Time};

use crate::database::Database;
use crate::incoming::Answer;

/// So many senders are answered in a period; a flood of made-up ones fills no disk.
const ANSWERED_MAX: i64 = 10_000;

/// Notes that a message is answered, if its sender was not answered in this period before.
pub(crate) fn note(tx: &mut dyn Tx, mailbox: i64, answer: &Answer, now: Time) -> Result<()> {
    let older = "DELETE FROM replied WHERE mailbox = $1 AND period <> $2";
    tx.execute(older, &[mailbox.into(), answer.period.into()])?;
    let count = "SELECT count(*) FROM replied WHERE mailbox = $1";
    if tx.number(count, &[mailbox.into()])? >= ANSWERED_MAX {
        return Ok(());
    }
    let sql = "INSERT INTO replied (mailbox, sender, period, message, at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (mailbox, sender) DO NOTHING";
    let message = answer.message.to_bytes();
    let params =
        [mailbox.into(), (&answer.sender).into(), answer.period.into(), (&message).into(), now.into()];
    tx.execute(sql, &params).map(drop)
}

impl Database {
    /// Whether this very message is the one that is answered: nobody else's, and not a later one of the same sender.
    pub fn answers(&self, mailbox: Guid, answer: &Answer) -> Result<bool> {
        let sql = "SELECT count(*) FROM replied r JOIN mailbox m ON m.id = r.mailbox
                   WHERE m.guid = $1 AND r.sender = $2 AND r.period = $3 AND r.message = $4";
        let (guid, message) = (mailbox.to_bytes(), answer.message.to_bytes());
        let params = [(&guid).into(), (&answer.sender).into(), answer.period.into(), (&message).into()];
        Ok(self.read(|tx| tx.number(sql, &params))? > 0)
    }
}
