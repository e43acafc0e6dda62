//! The queue as administrators see it and what they do with it: lanes and messages are listed, held and taken out.

use db::Row as SqlRow;
use object::types::Guid;
use object::{Result, Time};

use super::{Queue, State, drop_body_when_done, guid};
use crate::Lane;
use crate::queued::QueueInfo;

/// A recipient that waits, with its message, as administrators see it.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) id: Guid,
    pub(crate) lane: String,
    pub(crate) sender: String,
    pub(crate) subject: String,
    pub(crate) internet_id: String,
    pub(crate) size: i64,
    pub(crate) client: String,
    pub(crate) accepted: Time,
    pub(crate) address: String,
    pub(crate) attempts: i64,
    pub(crate) suspended: bool,
    pub(crate) detail: String,
    /// When its wait began, where that is later than the message came.
    pub(crate) begun: Time,
}

impl Queue {
    /// The queues in which something waits, and those that are held.
    pub(crate) fn queues(&self) -> Result<Vec<QueueInfo>> {
        let sql = "SELECT lane, COUNT(DISTINCT message), MIN(next_attempt), MAX(attempts), MAX(detail)
                   FROM recipient WHERE state IN (0, 6) GROUP BY lane ORDER BY lane";
        self.db.read(|tx| {
            let mut found = tx.all(sql, &[], |row| {
                Ok(QueueInfo {
                    lane: row.get(0)?,
                    messages: row.int(1)?,
                    suspended: false,
                    failed: row.int(3)? > 0,
                    next_attempt: row.get::<Option<Time>>(2)?,
                    last_error: row.get(4)?,
                })
            })?;
            for lane in tx.all("SELECT lane FROM suspended ORDER BY lane", &[], |row| row.get::<String>(0))? {
                match found.iter_mut().find(|known| known.lane == lane) {
                    Some(known) => known.suspended = true,
                    None => found.push(QueueInfo::empty(lane)),
                }
            }
            Ok(found)
        })
    }

    /// The recipients that wait, oldest first.
    pub(crate) fn waiting_rows(&self, limit: i64) -> Result<Vec<Waiting>> {
        let sql = "SELECT m.id, r.lane, m.sender, m.subject, m.internet_id, m.size, m.client, m.accepted, r.address,
                          r.attempts, r.state, r.detail, r.begun
                   FROM recipient r JOIN message m ON m.id = r.message
                   WHERE r.state IN (0, 6) ORDER BY m.accepted, m.id, r.number LIMIT $1";
        self.db.read(|tx| tx.all(sql, &[limit.into()], waiting))
    }

    /// Holds a lane, or lets it go on: what waits in it waits from then on.
    pub(crate) fn suspend_lane(&self, lane: &str, held: bool, now: Time) -> Result<()> {
        const HOLD: &str = "INSERT INTO suspended (lane) VALUES ($1) ON CONFLICT (lane) DO NOTHING";
        const LET_GO: &str = "DELETE FROM suspended WHERE lane = $1";
        const BEGIN: &str = "UPDATE recipient SET begun = $2, unsure = 1 WHERE lane = $1 AND state = 0";
        let lane = lane.to_owned();
        self.db.write(move |tx| {
            let changed = tx.execute(if held { HOLD } else { LET_GO }, &[(&lane).into()])? > 0;
            if !held && changed {
                tx.execute(BEGIN, &[(&lane).into(), now.into()])?;
            }
            Ok(())
        })
    }

    /// Holds what nobody works on of a message, or lets it go on now.
    pub(crate) fn suspend_message(&self, id: Guid, held: bool, now: Time) -> Result<u64> {
        let (from, to) =
            if held { (State::Waiting, State::Suspended) } else { (State::Suspended, State::Waiting) };
        let sql = "UPDATE recipient SET state = $3, next_attempt = $4, unsure = 1, begun = CASE WHEN $3 = 0 THEN $4 ELSE begun END
                   WHERE message = $1 AND state = $2 AND lease_owner IS NULL";
        let params = move || [from.number(), to.number()];
        self.db.write(move |tx| {
            let [from, to] = params();
            tx.execute(sql, &[(&id.to_bytes()).into(), from.into(), to.into(), now.into()])
        })
    }

    /// Takes what nobody works on of a message out of the queue.
    pub(crate) fn remove_message(&self, id: Guid, told: bool, now: Time) -> Result<u64> {
        const WHY: &str = "removed from the queue by an administrator";
        self.db.write(move |tx| {
            let key = id.to_bytes();
            let changed = if told {
                let sql = "UPDATE recipient SET state = 0, lane = $3, status = '5.0.0', detail = $4, next_attempt = $2
                           WHERE message = $1 AND state IN (0, 6) AND lease_owner IS NULL";
                tx.execute(sql, &[(&key).into(), now.into(), Lane::refused().name().into(), WHY.into()])?
            } else {
                let sql = "UPDATE recipient SET state = 3, status = '5.0.0', detail = $3, changed = $2
                           WHERE message = $1 AND state IN (0, 6) AND lease_owner IS NULL";
                tx.execute(sql, &[(&key).into(), now.into(), WHY.into()])?
            };
            drop_body_when_done(tx, id)?;
            Ok(changed)
        })
    }
}

fn waiting(row: &SqlRow<'_>) -> Result<Waiting> {
    Ok(Waiting {
        id: guid(row, 0)?,
        lane: row.get(1)?,
        sender: row.get::<Option<String>>(2)?.unwrap_or_default(),
        subject: row.get(3)?,
        internet_id: row.get(4)?,
        size: row.int(5)?,
        client: row.get(6)?,
        accepted: row.get(7)?,
        address: row.get(8)?,
        attempts: row.int(9)?,
        suspended: State::of_number(row.int(10)?)? == State::Suspended,
        detail: row.get(11)?,
        begun: row.get(12)?,
    })
}
