//! What somebody decides on: messages that wait for moderators, and those that lie with the quarantine mailbox.

use std::cmp::Ordering;

use db::{Flow, Row as SqlRow};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};

use super::{Queue, State, address, guid, sender};
use crate::{Lane, Notify, Sender, Status};

/// So many of the recipients are named about whom one decision of a moderator is.
const MODERATED_NAMED_MAX: usize = 1_000;

/// A message that waits for a moderator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderated {
    /// The token by which it is decided on.
    pub token: Guid,
    /// The message.
    pub id: Guid,
    /// Its sender.
    pub sender: String,
    /// For whom it is.
    pub address: String,
    /// Since when it waits.
    pub since: Time,
    /// Its subject.
    pub subject: String,
}

/// A message that lies with the quarantine mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedMessage {
    /// The report that holds it: by this name it is let go.
    pub report: Guid,
    /// The message.
    pub id: Guid,
    /// Its sender; empty for a report.
    pub sender: String,
    /// For whom it is held.
    pub recipients: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its bytes.
    pub size: u64,
    /// When it came.
    pub received: Time,
    /// Its Message-ID.
    pub internet_id: String,
    /// Why it is held.
    pub why: String,
}

/// What waits under one token, as far as a decision needs it.
pub(crate) struct Undecided {
    pub(crate) sender: Sender,
    /// Who decides; nobody: the recipient's own moderators.
    pub(crate) moderators: Vec<SmtpAddress>,
    /// There is at least one.
    pub(crate) rows: Vec<UndecidedRow>,
}

/// A row that waits for a decision.
pub(crate) struct UndecidedRow {
    pub(crate) message: Guid,
    pub(crate) number: i64,
    pub(crate) address: SmtpAddress,
    /// Whether it was led to already, so that no forward of its owner counts any more.
    pub(crate) followed: bool,
}

/// A row that a moderator lets pass, and where it goes.
pub(crate) struct Passing {
    pub(crate) message: Guid,
    pub(crate) number: i64,
    pub(crate) lane: Lane,
    /// Whether its own moderators need not be asked any more.
    pub(crate) approved: bool,
}

impl Queue {
    /// What waits for moderators, oldest first; no more than `most` decisions.
    pub(crate) fn moderated(&self, most: usize) -> Result<Vec<Moderated>> {
        let sql = "SELECT r.token, r.message, m.sender, r.address, m.accepted, m.subject
                   FROM recipient r JOIN message m ON m.id = r.message
                   WHERE r.state = 0 AND r.lane = $1 AND r.token IS NOT NULL ORDER BY m.accepted, r.token, r.number";
        let (lane, mut found, mut named): (_, Vec<Moderated>, _) = (Lane::moderated(), Vec::new(), 0);
        self.db.read(|tx| {
            (found, named) = (Vec::new(), 0);
            tx.query(sql, &[lane.name().into()], &mut |row| {
                let one = moderated(row)?;
                // Where a rule asks, one decision is about several recipients.
                if let Some(last) = found.last_mut().filter(|last| last.token == one.token) {
                    named += 1;
                    match named.cmp(&(MODERATED_NAMED_MAX + 1)) {
                        Ordering::Less => last.address.push_str(&format!(", {}", one.address)),
                        Ordering::Equal => last.address.push_str(", …"),
                        Ordering::Greater => {}
                    }
                } else if found.len() < most {
                    named = 1;
                    found.push(one);
                } else {
                    return Ok(Flow::Stop);
                }
                Ok(Flow::More)
            })
        })?;
        Ok(found)
    }

    /// What waits for a moderator under a token.
    pub(crate) fn undecided(&self, token: Guid) -> Result<Option<Undecided>> {
        let sql = "SELECT r.message, r.number, r.address, r.moderators, m.sender, m.account, r.followed
                   FROM recipient r JOIN message m ON m.id = r.message
                   WHERE r.token = $1 AND r.state = 0 AND r.lane = $2 ORDER BY r.message, r.number";
        let (bytes, lane) = (token.to_bytes(), Lane::moderated());
        let mut found: Option<Undecided> = None;
        self.db.read(|tx| {
            found = None;
            tx.query(sql, &[(&bytes).into(), lane.name().into()], &mut |row| {
                let one = UndecidedRow {
                    message: guid(row, 0)?,
                    number: row.int(1)?,
                    address: address(row.text(2)?)?,
                    followed: row.bool(6)?,
                };
                if found.is_none() {
                    let (rows, moderators) = (Vec::new(), row.get::<Option<String>>(3)?.unwrap_or_default());
                    let moderators = moderators.lines().map(address).collect::<Result<_>>()?;
                    found = Some(Undecided { sender: sender(row, 4, 5)?, moderators, rows });
                }
                if let Some(found) = &mut found {
                    found.rows.push(one);
                }
                Ok(Flow::More)
            })
        })?;
        Ok(found)
    }

    /// Lets rows that wait under a token pass; false where none waits any more.
    pub(crate) fn approve(&self, token: Guid, now: Time, rows: Vec<Passing>) -> Result<bool> {
        // Whoever looks at the row just now loses it: a row that waits is only put off.
        let sql = "UPDATE recipient SET approved = $6, lane = $2, next_attempt = $3, changed = $3, begun = $3, decided_at = $3, let_pass = 1, unsure = 1,
                     status = '', detail = '', lease_owner = NULL, lease_until = 0
                   WHERE message = $7 AND number = $5 AND token = $1 AND state = 0 AND lane = $4";
        let moderated = Lane::moderated();
        self.db.write(move |tx| {
            let (bytes, mut passed) = (token.to_bytes(), 0);
            for row in &rows {
                let message = row.message.to_bytes();
                let params = [
                    (&bytes).into(),
                    row.lane.name().into(),
                    now.into(),
                    moderated.name().into(),
                    row.number.into(),
                    i64::from(row.approved).into(),
                    (&message).into(),
                ];
                passed += tx.execute(sql, &params)?;
            }
            Ok(passed > 0)
        })
    }

    /// Refuses what waits under a token; false where nothing waits.
    pub(crate) fn reject(
        &self,
        token: Guid,
        now: Time,
        code: Status,
        detail: &str,
        told: bool,
    ) -> Result<bool> {
        let sql = "UPDATE recipient SET lane = $2, next_attempt = $3, changed = $3, decided_at = $3, let_pass = 0, status = $5, detail = $6,
                     notify = CASE WHEN $7 = 1 THEN notify ELSE $8 END, lease_owner = NULL, lease_until = 0
                   WHERE token = $1 AND state = 0 AND lane = $4";
        let (refused, moderated, detail) = (Lane::refused(), Lane::moderated(), detail.to_owned());
        self.db.write(move |tx| {
            let (bytes, code) = (token.to_bytes(), code.to_string());
            let params = [
                (&bytes).into(),
                refused.name().into(),
                now.into(),
                moderated.name().into(),
                (&code).into(),
                (&detail).into(),
                i64::from(told).into(),
                Notify::NEVER.to_bits().into(),
            ];
            Ok(tx.execute(sql, &params)? > 0)
        })
    }

    /// The messages that lie with the quarantine mailbox and are wanted, newest first; no more than `most`.
    pub(crate) fn quarantined(
        &self,
        wanted: &dyn Fn(&QuarantinedMessage) -> bool,
        most: usize,
    ) -> Result<Vec<QuarantinedMessage>> {
        let sql = "SELECT r.report, m.id, m.sender, m.subject, m.size, m.accepted, m.internet_id, r.detail, r.address
                   FROM recipient r JOIN message m ON m.id = r.message
                   WHERE r.state = $1 AND r.state <> 1 AND r.report IS NOT NULL ORDER BY r.changed DESC, r.report, r.number";
        let (mut held, mut last): (Vec<_>, Option<QuarantinedMessage>) = (Vec::new(), None);
        self.db.read(|tx| {
            (held, last) = (Vec::new(), None);
            tx.query(sql, &[State::Quarantined.number().into()], &mut |row| {
                let one = quarantined(row)?;
                match last.as_mut().filter(|last| last.report == one.report) {
                    Some(last) => last.recipients.extend(one.recipients),
                    None => held.extend(last.replace(one).filter(wanted)),
                }
                Ok(if held.len() < most { Flow::More } else { Flow::Stop })
            })
        })?;
        held.extend(last.filter(|last| held.len() < most && wanted(last)));
        Ok(held)
    }

    /// The message that a report holds.
    pub(crate) fn quarantined_by(&self, report: Guid) -> Result<Option<QuarantinedMessage>> {
        let sql = "SELECT r.report, m.id, m.sender, m.subject, m.size, m.accepted, m.internet_id, r.detail, r.address
                   FROM recipient r JOIN message m ON m.id = r.message
                   WHERE r.report = $1 AND r.state = $2 ORDER BY r.number";
        let (key, state) = (report.to_bytes(), State::Quarantined.number());
        let rows = self.db.read(|tx| tx.all(sql, &[(&key).into(), state.into()], quarantined))?;
        let joined = |mut held: QuarantinedMessage, one: QuarantinedMessage| {
            held.recipients.extend(one.recipients);
            held
        };
        Ok(rows.into_iter().reduce(joined))
    }

    /// Makes recipients of a message wait again that a report holds, each in a lane, with the message's content; false where
    /// one is not held any more, and nothing is changed.
    pub(crate) fn release(
        &self,
        report: Guid,
        to: Vec<(String, Lane)>,
        body: Vec<u8>,
        size: usize,
        now: Time,
    ) -> Result<bool> {
        let row = "UPDATE recipient SET state = 0, lane = $3, next_attempt = $4, changed = $4, begun = $4, attempts = 0, unsure = 1,
                     status = '', detail = '', report = NULL, lease_owner = NULL, lease_until = 0
                   WHERE report = $1 AND address = $2 AND state = $5";
        let content = "UPDATE message SET body = $2, size = $3
                       WHERE id IN (SELECT message FROM recipient WHERE report = $1 AND state = $4)";
        let held = State::Quarantined.number();
        self.db.write(move |tx| {
            let key = report.to_bytes();
            let size = i64::try_from(size).unwrap_or(i64::MAX);
            if tx.execute(content, &[(&key).into(), (&body).into(), size.into(), held.into()])? == 0 {
                return Ok(false);
            }
            for (address, lane) in &to {
                let params = [(&key).into(), address.into(), lane.name().into(), now.into(), held.into()];
                if tx.execute(row, &params)? == 0 {
                    return Err(Error::conflict(
                        ErrorId::QueueCorrupt,
                        "Somebody else let it go at the same moment.",
                    ));
                }
            }
            Ok(true)
        })
    }

    /// Ends the wait of those who came into quarantine before `before`, at most `limit` at once; tells how many. Their messages are
    /// forgotten with all others then.
    pub(crate) fn end_quarantine(&self, before: Time, now: Time, limit: i64) -> Result<u64> {
        const OLD: &str =
            "SELECT message, number FROM recipient WHERE state = $1 AND state <> 1 AND changed < $2
                           ORDER BY changed LIMIT $3";
        const END: &str = "UPDATE recipient SET state = $3, status = '5.7.1', detail = $5, changed = $4
                           WHERE message = $1 AND number = $2";
        let (dropped, held) = (State::Dropped.number(), State::Quarantined.number());
        let old = [held.into(), before.into(), limit.into()];
        if self.db.read(|tx| tx.all(OLD, &old, |row| row.int(1)))?.is_empty() {
            return Ok(0);
        }
        self.db.write(move |tx| {
            let old = [held.into(), before.into(), limit.into()];
            let old = tx.all(OLD, &old, |row| Ok((guid(row, 0)?, row.int(1)?)))?;
            for (message, number) in &old {
                let message = message.to_bytes();
                let why = "It was in quarantine for too long.";
                let params = [(&message).into(), (*number).into(), dropped.into(), now.into(), why.into()];
                tx.execute(END, &params)?;
            }
            Ok(old.len() as u64)
        })
    }

    /// Ends the wait of all for whom a report holds a message; false where it holds none.
    pub(crate) fn give_up_quarantined(&self, report: Guid, now: Time) -> Result<bool> {
        let sql = "UPDATE recipient SET state = $3, status = '5.7.1', detail = $4, changed = $2
                   WHERE report = $1 AND state = $5";
        let (dropped, held) = (State::Dropped.number(), State::Quarantined.number());
        self.db.write(move |tx| {
            let key = report.to_bytes();
            let params =
                [(&key).into(), now.into(), dropped.into(), "Deleted from quarantine.".into(), held.into()];
            Ok(tx.execute(sql, &params)? > 0)
        })
    }
}

fn moderated(row: &SqlRow<'_>) -> Result<Moderated> {
    Ok(Moderated {
        token: guid(row, 0)?,
        id: guid(row, 1)?,
        sender: row.get::<Option<String>>(2)?.unwrap_or_default(),
        address: row.get(3)?,
        since: row.get(4)?,
        subject: row.get(5)?,
    })
}

fn quarantined(row: &SqlRow<'_>) -> Result<QuarantinedMessage> {
    Ok(QuarantinedMessage {
        report: guid(row, 0)?,
        id: guid(row, 1)?,
        sender: row.get::<Option<String>>(2)?.unwrap_or_default(),
        subject: row.get(3)?,
        size: row.get(4)?,
        received: row.get(5)?,
        internet_id: row.get(6)?,
        why: row.get(7)?,
        recipients: vec![row.get(8)?],
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;
    use crate::queue::tests::{NOON, message, queue, to};
    use crate::queue::{NewMessage, NewRecipient};

    #[test]
    fn decisions_are_counted_and_not_those_whom_they_are_about() {
        let queue = queue();
        let waits = |name: &str, token| NewRecipient {
            token: Some(Guid::of_u128(token)),
            lane: Lane::moderated(),
            ..to(name)
        };
        let names: Vec<String> = (0..MODERATED_NAMED_MAX + 5).map(|number| format!("n{number}")).collect();
        let many = names.iter().map(|name| waits(name, 7)).collect();
        let two = vec![waits("ann", 9), waits("ben", 8), waits("carla", 9)];
        let with = |id, to| NewMessage { to, ..message(id, None, &[]) };
        let later = Time(NOON.0 + 1);
        queue.put(vec![with(1, many), NewMessage { accepted: later, ..with(2, two) }]).unwrap();
        let found = queue.moderated(10).unwrap();
        let shown = |at: usize| (found[at].token.to_u128(), found[at].address.as_str());
        assert_eq!((found.len(), shown(1)), (3, (8, "ben@contoso.com")));
        assert_eq!(shown(2), (9, "ann@contoso.com, carla@contoso.com"));
        assert_eq!(found[0].address.matches('@').count(), MODERATED_NAMED_MAX);
        assert!(found[0].address.ends_with("@contoso.com, …"));
        assert_eq!(queue.moderated(2).unwrap(), found[..2]);
    }
}
