//! The queue: messages that cannot go the short way, with a row for each recipient.  SQL stands here alone.
//!
//! - A message's octets are kept once, compressed, without Return-Path, until its last recipient is done.
//! - A row waits in the lane of its destination; each lane is worked on by itself.
//! - A row is worked on by whoever holds its lease. Only a row that came with its message and was never tried and never held is
//!   sure not to lie in its mailbox: of every other one, which is `unsure`, the mailboxes are asked before it is delivered.
//! - Rows that are done stay for a while: they are the queue's part of the trace.

mod held;
mod search;
mod waiting;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use db::{Database, Param, Row as SqlRow, Step, Tx};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};
use tracing::error;

use crate::led::{How, Led};
use crate::report::Kind;
use crate::source::Source;
use crate::{Content, Lane, Notify, Ret, Sender, Status};

pub use held::{Moderated, QuarantinedMessage};
pub(crate) use held::{Passing, Undecided, UndecidedRow};
pub(crate) use search::{Moment, Row, Search, Such, received_from};
pub(crate) use waiting::Waiting;

/// Rows that are put or changed in one transaction.
pub(crate) const SLICE_ROWS: usize = 500;

pub(crate) const STEPS: &[Step] = &[
    Step::Sql(
        "CREATE TABLE message (
        id BYTEA NOT NULL PRIMARY KEY,
        accepted BIGINT NOT NULL,
        sender TEXT,
        envid TEXT,
        ret BIGINT,
        content BIGINT NOT NULL,
        size BIGINT NOT NULL,
        internet_id TEXT NOT NULL,
        body BYTEA);
     CREATE INDEX message_internet_id ON message (internet_id);
     CREATE INDEX message_accepted ON message (accepted);
     CREATE TABLE recipient (
        message BYTEA NOT NULL,
        number BIGINT NOT NULL,
        address TEXT NOT NULL,
        orcpt TEXT,
        notify BIGINT NOT NULL,
        state BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        next_attempt BIGINT NOT NULL,
        lease_owner TEXT,
        lease_until BIGINT NOT NULL,
        unsure BIGINT NOT NULL,
        status TEXT NOT NULL,
        detail TEXT NOT NULL,
        changed BIGINT NOT NULL,
        report BYTEA,
        PRIMARY KEY (message, number));
     CREATE INDEX recipient_due ON recipient (state, next_attempt);",
    ),
    // What waits gets its lane when it is looked at next.
    Step::Sql(
        "ALTER TABLE message ADD COLUMN account BYTEA;
     ALTER TABLE recipient ADD COLUMN lane TEXT NOT NULL DEFAULT '';
     ALTER TABLE recipient ADD COLUMN delayed BIGINT NOT NULL DEFAULT 0;
     DROP INDEX recipient_due;
     CREATE INDEX recipient_due ON recipient (state, lane, next_attempt);",
    ),
    Step::Sql("ALTER TABLE message ADD COLUMN copy BIGINT NOT NULL DEFAULT 0;"),
    Step::Sql(
        "ALTER TABLE recipient ADD COLUMN followed BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE recipient ADD COLUMN reports_to TEXT;",
    ),
    Step::Sql(
        "ALTER TABLE recipient ADD COLUMN approved BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE recipient ADD COLUMN token BYTEA;
     CREATE INDEX recipient_token ON recipient (token) WHERE token IS NOT NULL;",
    ),
    Step::Sql(
        "ALTER TABLE message ADD COLUMN origin BYTEA;
     ALTER TABLE message ADD COLUMN subject TEXT NOT NULL DEFAULT '';
     ALTER TABLE message ADD COLUMN client TEXT NOT NULL DEFAULT '';
     CREATE INDEX message_origin ON message (origin);
     CREATE TABLE suspended (lane TEXT NOT NULL PRIMARY KEY);",
    ),
    // Where is my message: by sender, recipient, subject, what became of it and the report about it, newest first. Names of
    // messages sort by time.
    Step::Sql(
        "DROP INDEX message_accepted;
     CREATE INDEX message_accepted ON message (accepted, subject, client);
     CREATE INDEX message_sender ON message (LOWER(sender), accepted);
     CREATE INDEX recipient_address ON recipient (LOWER(address), message);
     CREATE INDEX recipient_changed ON recipient (state, changed) WHERE state <> 1;
     CREATE INDEX recipient_report ON recipient (report) WHERE report IS NOT NULL;",
    ),
    // A rule's moderators, one a line; and whether rules look at those to whom a row leads.
    Step::Sql(
        "ALTER TABLE recipient ADD COLUMN moderators TEXT;
     ALTER TABLE recipient ADD COLUMN ruled_later BIGINT NOT NULL DEFAULT 0;",
    ),
    // When its wait began, where that is later than the message came.
    Step::Sql("ALTER TABLE recipient ADD COLUMN begun BIGINT NOT NULL DEFAULT 0;"),
    // Where is my message: what made it, where no client brought it; who came to it through whom, and when they led on; when
    // moderators were asked, and what they said when.
    Step::Sql(
        "ALTER TABLE message ADD COLUMN source TEXT NOT NULL DEFAULT '';
     DROP INDEX message_accepted;
     CREATE INDEX message_accepted ON message (accepted, subject, client, source);
     ALTER TABLE recipient ADD COLUMN led_by TEXT;
     ALTER TABLE recipient ADD COLUMN led_as BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE recipient ADD COLUMN led_at BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE recipient ADD COLUMN leads_as BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE recipient ADD COLUMN leads_at BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE recipient ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE recipient ADD COLUMN decided_at BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE recipient ADD COLUMN let_pass BIGINT NOT NULL DEFAULT 0;
     CREATE INDEX recipient_leads ON recipient (leads_at) WHERE leads_at > 0;
     CREATE INDEX recipient_asked ON recipient (asked_at) WHERE asked_at > 0;
     CREATE INDEX recipient_decided ON recipient (decided_at) WHERE decided_at > 0;",
    ),
    // Who led somebody to a message, in lower case: they may have no row of their own there.
    Step::Sql(
        "CREATE TABLE leader (
        address TEXT NOT NULL,
        message BYTEA NOT NULL,
        PRIMARY KEY (address, message));
     CREATE INDEX leader_message ON leader (message);
     INSERT INTO leader (address, message)
       SELECT DISTINCT LOWER(led_by), message FROM recipient WHERE led_by IS NOT NULL AND led_as < 3;",
    ),
    Step::Sql("CREATE INDEX recipient_led ON recipient (led_at) WHERE led_at > 0;"),
    // Those whose copy lay in their mailbox already, under another address. The state comes first, or the engine takes the index
    // of what is due.
    Step::Sql(
        "CREATE INDEX recipient_doubled ON recipient (state, changed)
           WHERE state = 1 AND detail <> '' AND LOWER(detail) <> LOWER(address);",
    ),
];

/// Each lane in which something waits, with the moment at which the first of it is due: two steps along the index a
/// lane, however much waits in each.
const LANES: &str = "WITH RECURSIVE waiting (lane) AS (
       SELECT MIN(lane) FROM recipient WHERE state = 0
       UNION ALL
       SELECT (SELECT MIN(r.lane) FROM recipient r WHERE r.state = 0 AND r.lane > waiting.lane)
       FROM waiting WHERE waiting.lane IS NOT NULL)
     SELECT lane, (SELECT MIN(r.next_attempt) FROM recipient r WHERE r.state = 0 AND r.lane = waiting.lane)
     FROM waiting WHERE lane IS NOT NULL";

/// A worker that has not reported within this time is taken for dead; a delivery takes seconds at most.
const LEASE_MICROS: i64 = 300 * 1_000_000;
/// Level 1: the queue is passed through, not kept.
const ZSTD_LEVEL: i32 = 1;

/// Id, the query that counts what must not be, and what it is.
const INVARIANTS: [(&str, &str, &str); 3] = [
    (
        "QueueContentMissing",
        "SELECT COUNT(*) FROM recipient r JOIN message m ON m.id = r.message WHERE r.state IN (0, 6) AND m.body IS NULL",
        "recipients in the queue wait for a message whose content is gone",
    ),
    (
        "QueueMessageMissing",
        "SELECT COUNT(*) FROM recipient r LEFT JOIN message m ON m.id = r.message WHERE m.id IS NULL",
        "recipients in the queue belong to no message",
    ),
    (
        "QueueRecipientMissing",
        "SELECT COUNT(*) FROM message m WHERE NOT EXISTS (SELECT 1 FROM recipient r WHERE r.message = m.id)",
        "messages in the queue have no recipient",
    ),
];

/// Something in the queue that contradicts itself. None of it can be mended without guessing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for it.
    pub id: &'static str,
    /// What was found.
    pub sentence: String,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// To be delivered, or to be sent on once the house sends.
    Waiting,
    /// In a mailbox.
    Delivered,
    /// Given up; a report to the sender is in the queue.
    Reported,
    /// Given up; nobody wanted a report.
    Dropped,
    /// A group, or somebody who forwards: it went on to others, each with a row.
    Expanded,
    /// Others get it in this recipient's place.
    Redirected,
    /// Waiting, and not to be tried until an administrator says so.
    Suspended,
    /// With the quarantine mailbox.
    Quarantined,
}

impl State {
    const ALL: [State; 8] = [
        State::Waiting,
        State::Delivered,
        State::Reported,
        State::Dropped,
        State::Expanded,
        State::Redirected,
        State::Suspended,
        State::Quarantined,
    ];

    fn number(self) -> i64 {
        State::ALL.iter().position(|state| *state == self).map_or(0, |at| at as i64)
    }
    fn of_number(number: i64) -> Result<State> {
        let known = usize::try_from(number).ok().and_then(|at| State::ALL.get(at)).copied();
        known.ok_or_else(|| {
            Error::server(ErrorId::QueueCorrupt, format!("The queue has a row in state {number}."))
        })
    }
}

/// A message to be put into the queue.
#[derive(Clone, Debug)]
pub(crate) struct NewMessage {
    pub(crate) id: Guid,
    pub(crate) accepted: Time,
    pub(crate) sender: Sender,
    pub(crate) envid: Option<String>,
    pub(crate) ret: Option<Ret>,
    pub(crate) content: Content,
    pub(crate) internet_id: String,
    pub(crate) size: usize,
    /// Whether it is the copy of what was sent, for the Sent Items of its recipients.
    pub(crate) copy: bool,
    /// The message that was accepted, where this one is a part of it or came of it.
    pub(crate) origin: Option<Guid>,
    /// The subject, for whoever looks for the message.
    pub(crate) subject: String,
    /// From where it came: an address, or nothing where it was made here.
    pub(crate) client: String,
    /// What made it; nothing: a client, or what reports failures.
    pub(crate) source: Option<Source>,
    /// As [`compress`] makes it.
    pub(crate) body: Vec<u8>,
    pub(crate) to: Vec<NewRecipient>,
}

/// A recipient of it.
#[derive(Clone, Debug)]
pub(crate) struct NewRecipient {
    pub(crate) address: SmtpAddress,
    pub(crate) orcpt: Option<String>,
    pub(crate) notify: Notify,
    /// Where it leads now.
    pub(crate) lane: Lane,
    /// Whether it was led to already, so that no forward of its owner counts any more.
    pub(crate) followed: bool,
    /// Who hears of failures in the sender's place.
    pub(crate) reports_to: Option<SmtpAddress>,
    /// Why it is not delivered, where that is known already.
    pub(crate) refusal: Option<(Status, String)>,
    /// Under what it waits for a moderator.
    pub(crate) token: Option<Guid>,
    /// Who decides under that token; nobody: its own moderators.
    pub(crate) moderators: Vec<SmtpAddress>,
    /// Whether rules look at those to whom it leads, when it is known who they are.
    pub(crate) ruled_later: bool,
    /// When its wait began, where that is later than the message came.
    pub(crate) begun: Time,
    /// What became of it already, where that is so.
    pub(crate) done: Option<Done>,
    /// Through whom it came, where the sender did not name it.
    pub(crate) led: Option<Led>,
    /// When moderators were asked, where it waits for them.
    pub(crate) asked: Time,
}

/// What became of a recipient before the queue.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) state: State,
    pub(crate) why: String,
    /// A message of its own that came of it.
    pub(crate) report: Option<Guid>,
}

impl NewRecipient {
    /// A recipient of whom nobody is told anything.
    pub(crate) fn new(address: SmtpAddress, lane: Lane) -> NewRecipient {
        let (followed, reports_to, refusal, token, done) = (false, None, None, None, None);
        let (orcpt, notify, moderators, ruled_later) = (None, Notify::NEVER, Vec::new(), false);
        NewRecipient {
            address,
            orcpt,
            notify,
            lane,
            followed,
            reports_to,
            refusal,
            token,
            moderators,
            ruled_later,
            begun: Time(0),
            done,
            led: None,
            asked: Time(0),
        }
    }
}

/// What was asked of moderators.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Under what the row waits.
    pub(crate) token: Guid,
    /// A question to each moderator.
    pub(crate) questions: Vec<NewMessage>,
}

/// A message that was claimed, with the recipients that are due.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub(crate) id: Guid,
    /// What was accepted, of which it is a part or the whole.
    pub(crate) root: Guid,
    pub(crate) accepted: Time,
    pub(crate) sender: Sender,
    /// The lane in which these recipients wait.
    pub(crate) lane: Lane,
    pub(crate) envid: Option<String>,
    pub(crate) ret: Option<Ret>,
    pub(crate) octets: Vec<u8>,
    /// Whether it goes to the Sent Items of its recipients.
    pub(crate) copy: bool,
    /// What the sender said of the content.
    pub(crate) content: Content,
    /// From where it came: an address, or nothing where it was made here.
    pub(crate) client: String,
    /// Until when its rows are leased: what is recorded of them is recorded under that lease alone.
    pub(crate) lease: i64,
    pub(crate) to: Vec<Due>,
}

/// A recipient that is due.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) number: i64,
    pub(crate) address: SmtpAddress,
    pub(crate) orcpt: Option<String>,
    pub(crate) notify: Notify,
    pub(crate) attempts: i64,
    pub(crate) unsure: bool,
    /// Whether its time to be told as delayed has passed.
    pub(crate) delayed: bool,
    /// Whether it was led to already, so that no forward of its owner counts any more.
    pub(crate) followed: bool,
    /// Who hears of failures in the sender's place.
    pub(crate) reports_to: Option<SmtpAddress>,
    /// Whether a moderator let it pass.
    pub(crate) approved: bool,
    /// Whether rules look at those to whom it leads.
    pub(crate) ruled_later: bool,
    /// When its wait began, where that is later than the message came: it was let go then.
    pub(crate) begun: Time,
    /// What was known of it when it was last looked at: the code and the words.
    pub(crate) said: (String, String),
}

/// What became of a row.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) number: i64,
    pub(crate) state: State,
    pub(crate) next_attempt: Time,
    pub(crate) status: Option<Status>,
    pub(crate) detail: String,
    pub(crate) report: Option<Guid>,
    /// Attempts that failed, this one included.
    pub(crate) attempts: i64,
    pub(crate) delayed: bool,
    /// Another lane that it goes to.
    pub(crate) lane: Option<Lane>,
    /// Whether it was led to already, so that no forward of its owner counts any more.
    pub(crate) followed: bool,
    /// Under what it waits for a moderator.
    pub(crate) token: Option<Guid>,
    /// What its sender is to be told.
    pub(crate) tells: Option<Kind>,
    /// Whether it is given up because it waited too long.
    pub(crate) expired: bool,
    /// How it led on to others just now, where it did.
    pub(crate) leads: Option<How>,
}

impl Outcome {
    /// An attempt after which nobody is told anything.
    pub(crate) fn of(due: &Due, state: State, next: Time, status: Option<Status>, detail: &str) -> Outcome {
        Outcome {
            number: due.number,
            state,
            next_attempt: next,
            status,
            detail: detail.to_owned(),
            report: None,
            attempts: due.attempts + 1,
            delayed: due.delayed,
            lane: None,
            followed: due.followed,
            token: None,
            tells: None,
            expired: false,
            leads: None,
        }
    }
}

/// A row as the trace shows it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) id: Guid,
    pub(crate) address: String,
    pub(crate) state: State,
    pub(crate) attempts: i64,
    pub(crate) next_attempt: Time,
    pub(crate) status: String,
    pub(crate) detail: String,
    pub(crate) changed: Time,
    pub(crate) report: Option<Guid>,
    pub(crate) lane: String,
}

/// The queue's database.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    db: Database,
    node: String,
}

impl Queue {
    /// Opens the queue for the node called `node`: what it had claimed when it died is free again, but unsure.
    pub(crate) fn open(db: Database, node: &str, now: Time) -> Result<Queue> {
        db.migrate("queue", STEPS)?;
        let node = node.to_owned();
        let owner = node.clone();
        db.write(move |tx| {
            let sql =
                "UPDATE recipient SET lease_owner = NULL, lease_until = 0, unsure = 1, next_attempt = $2
                 WHERE lease_owner = $1";
            tx.execute(sql, &[(&owner).into(), now.into()])
        })?;
        Ok(Queue { db, node })
    }

    /// Keeps messages, all or none: synced when this returns.
    pub(crate) fn put(&self, messages: Vec<NewMessage>) -> Result<()> {
        self.db.write(move |tx| messages.iter().try_for_each(|message| insert(tx, message)))
    }

    /// Adds recipients to a message of the queue that is being worked on, and other messages with them. Whoever has a row of
    /// it, or of another part of the same message, gets no second one; then the other messages are not kept either. Answers
    /// how many were added. A message whose content is gone takes none.
    pub(crate) fn add(
        &self,
        id: Guid,
        accepted: Time,
        to: Vec<NewRecipient>,
        with: Vec<NewMessage>,
    ) -> Result<usize> {
        self.db.write(move |tx| {
            let count = add_rows(tx, id, accepted, &to)?;
            if count > 0 {
                with.iter().try_for_each(|message| insert(tx, message))?;
            }
            Ok(count)
        })
    }

    /// Adds recipients to a message like [`add`](Queue::add), with the parts that rules made of it for others and what came of
    /// them: all or none, and nothing where nobody gets a row. Answers how many rows that were.
    pub(crate) fn put_parts(
        &self,
        id: Guid,
        accepted: Time,
        to: Vec<NewRecipient>,
        parts: Vec<NewMessage>,
    ) -> Result<usize> {
        self.db.write(move |tx| {
            let mut count = add_rows(tx, id, accepted, &to)?;
            for part in parts.iter().filter(|part| part.origin.is_some()) {
                count += extend(tx, part, &part.to)?;
            }
            let beside = parts.iter().filter(|part| part.origin.is_none() && count > 0);
            for message in beside.collect::<Vec<_>>() {
                insert(tx, message)?;
                count += message.to.len();
            }
            Ok(count)
        })
    }

    /// Adds recipients to a part that was put, unless they have a row. Whoever had one may be done by now, and the content
    /// gone: it comes back. Answers how many were added.
    pub(crate) fn add_to_part(&self, part: Arc<NewMessage>, to: Vec<NewRecipient>) -> Result<usize> {
        self.db.write(move |tx| extend(tx, &part, &to))
    }

    /// The addresses that have a row of this part of a message.
    pub(crate) fn addresses_of_part(&self, id: Guid) -> Result<Vec<SmtpAddress>> {
        let sql = "SELECT address FROM recipient WHERE message = $1";
        self.db.read(|tx| tx.all(sql, &[(&id.to_bytes()).into()], |row| address(row.text(0)?)))
    }

    /// Whether a message went through the queue.
    pub(crate) fn knows(&self, id: Guid) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM message WHERE id = $1";
        self.db.read(|tx| Ok(tx.number(sql, &[(&id.to_bytes()).into()])? > 0))
    }

    /// The message of which another one is a part, or that one itself.
    pub(crate) fn root(&self, id: Guid) -> Result<Guid> {
        self.db.read(|tx| root(tx, id))
    }

    /// Claims up to `limit` rows of a lane that are due at `now`.
    pub(crate) fn claim(&self, lane: &Lane, now: Time, limit: i64) -> Result<Vec<Claimed>> {
        let (node, wanted) = (self.node.clone(), lane.clone());
        let keys = self.db.write(move |tx| claim(tx, &node, &wanted, now, limit))?;
        let lease = lease(now);
        let load = |(id, numbers): &(Guid, Vec<i64>)| {
            self.db.read(|tx| load(tx, *id, lane, numbers)).map(|message| Claimed { lease, ..message })
        };
        let mut claimed = Vec::with_capacity(keys.len());
        for key in &keys {
            match load(key) {
                Ok(message) => claimed.push(message),
                // It waits until its lease runs out, and `verify` tells of it; the others go on.
                Err(error) => error!(id = %key.0, %error, "a message of the queue cannot be read"),
            }
        }
        Ok(claimed)
    }

    /// The lanes in which something waits, and when the first of it is due. What is being worked on is due when its
    /// lease runs out.
    pub(crate) fn lanes(&self) -> Result<Vec<(Lane, Time)>> {
        self.db.read(|tx| {
            let all = tx.all(LANES, &[], |row| Ok((Lane::of_name(row.text(0)?), row.get(1)?)))?;
            let suspended = tx.all("SELECT lane FROM suspended", &[], |row| row.get::<String>(0))?;
            let works = |(lane, _): &(Lane, Time)| !suspended.iter().any(|one| one == lane.name());
            Ok(all.into_iter().filter(works).collect())
        })
    }

    /// What waits in a lane is due now, unless somebody works on it.
    pub(crate) fn hurry(&self, lane: &Lane, now: Time) -> Result<()> {
        let lane = lane.clone();
        let sql = "UPDATE recipient SET next_attempt = $1
                   WHERE state = 0 AND lane = $2 AND next_attempt > $1 AND lease_owner IS NULL";
        self.db.write(move |tx| tx.execute(sql, &[now.into(), lane.name().into()]).map(drop))
    }

    /// Records what became of claimed rows, and puts the reports about them into the queue, in one commit. False, and nothing
    /// is recorded, where a row is no longer leased to whoever claimed it: somebody else goes on with it, and asks what was
    /// delivered.
    pub(crate) fn finish(
        &self,
        message: &Claimed,
        now: Time,
        outcomes: Vec<Outcome>,
        reports: Vec<NewMessage>,
    ) -> Result<bool> {
        let (id, lease, node) = (message.id, message.lease, self.node.clone());
        self.db.write(move |tx| {
            for outcome in &outcomes {
                if !is_leased(tx, id, outcome.number, &node, lease)? {
                    return Ok(false);
                }
            }
            outcomes.iter().try_for_each(|outcome| record(tx, id, now, outcome))?;
            reports.iter().try_for_each(|report| insert(tx, report))?;
            drop_body_when_done(tx, id)?;
            Ok(true)
        })
    }

    /// Rows that wait, in all.
    pub(crate) fn waiting(&self) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM recipient WHERE state = $1";
        let count = self.db.read(|tx| tx.number(sql, &[State::Waiting.number().into()]))?;
        Ok(count.unsigned_abs())
    }

    /// When the oldest message with a row that waits was accepted.
    pub(crate) fn oldest_waiting(&self) -> Result<Option<Time>> {
        let sql = "SELECT message.accepted FROM message JOIN recipient ON recipient.message = message.id
                   WHERE recipient.state = $1 ORDER BY message.accepted LIMIT 1";
        self.db.read(|tx| tx.one(sql, &[State::Waiting.number().into()], |row| row.int(0).map(Time)))
    }

    /// What waits in a lane: recipients and the bytes of their messages, looking at no more than `most` recipients.
    pub(crate) fn held(&self, lane: &Lane, most: i64) -> Result<(u64, u64)> {
        let sql = "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM (
                     SELECT m.size AS size FROM recipient r JOIN message m ON m.id = r.message
                     WHERE r.state = 0 AND r.lane = $1 LIMIT $2) AS waiting";
        let params = [lane.name().into(), most.into()];
        let found = self.db.read(|tx| tx.one(sql, &params, |row| Ok((row.int(0)?, row.int(1)?))))?;
        Ok(found.map_or((0, 0), |(rows, bytes)| (rows.unsigned_abs(), bytes.unsigned_abs())))
    }

    /// The rows of a message, by its id.
    pub(crate) fn rows(&self, id: Guid) -> Result<Vec<Kept>> {
        let sql =
            "SELECT message, address, state, attempts, next_attempt, status, detail, changed, report, lane
                   FROM recipient WHERE message = $1 ORDER BY number";
        self.db.read(|tx| tx.all(sql, &[(&id.to_bytes()).into()], kept))
    }

    /// The messages that came of the message `id`, itself not among them.
    pub(crate) fn parts(&self, id: Guid) -> Result<Vec<Guid>> {
        let sql = "SELECT id FROM message WHERE origin = $1 AND copy = 0 ORDER BY accepted, id";
        self.db.read(|tx| tx.all(sql, &[(&id.to_bytes()).into()], |row| guid(row, 0)))
    }

    /// The ids of the messages with that Message-ID.
    pub(crate) fn ids(&self, internet_id: &str) -> Result<Vec<Guid>> {
        // All of a message may have become parts of it.
        let sql = "SELECT DISTINCT COALESCE(origin, id) FROM message WHERE internet_id = $1";
        self.db.read(|tx| tx.all(sql, &[internet_id.into()], |row| guid(row, 0)))
    }

    /// Forgets messages accepted before `before` whose recipients are all done; at most `limit` at once. One that is held in
    /// quarantine may still be let go.
    pub(crate) fn forget(&self, before: Time, limit: i64) -> Result<u64> {
        self.db.write(move |tx| {
            let sql =
                "SELECT id FROM message WHERE accepted < $1 AND body IS NULL AND NOT EXISTS (
                           SELECT 1 FROM recipient WHERE message = id AND state = $3) ORDER BY accepted LIMIT $2";
            let held = State::Quarantined.number();
            let old = tx.all(sql, &[before.into(), limit.into(), held.into()], |row| guid(row, 0))?;
            for id in &old {
                tx.execute("DELETE FROM recipient WHERE message = $1", &[(&id.to_bytes()).into()])?;
                tx.execute("DELETE FROM leader WHERE message = $1", &[(&id.to_bytes()).into()])?;
                tx.execute("DELETE FROM message WHERE id = $1", &[(&id.to_bytes()).into()])?;
            }
            Ok(old.len() as u64)
        })
    }

    /// What the engine finds damaged in the file, a sentence each.
    pub(crate) fn damage(&self) -> Result<Vec<String>> {
        self.db.read(|tx| tx.check())
    }

    /// What contradicts itself in the queue.
    pub(crate) fn verify(&self) -> Result<Vec<Finding>> {
        self.db.read(|tx| {
            let mut found: Vec<Finding> = Vec::new();
            for (id, sql, what) in INVARIANTS {
                let count = tx.number(sql, &[])?;
                if count > 0 {
                    found.push(Finding { id, sentence: format!("{count} {what}.") });
                }
            }
            Ok(found)
        })
    }
}

/// Octets as the queue keeps them.
pub(crate) fn compress(octets: &[u8]) -> Result<Vec<u8>> {
    Ok(zstd::bulk::compress(octets, ZSTD_LEVEL)?)
}

fn insert(tx: &mut dyn Tx, message: &NewMessage) -> Result<()> {
    insert_message(tx, message)?;
    let mut rows = (0..).zip(&message.to);
    rows.try_for_each(|(number, to)| insert_recipient(tx, message.id, message.accepted, number, to, false))?;
    note_leaders(tx, message.id, &mut message.to.iter())?;
    drop_body_when_done(tx, message.id)
}

/// Adds rows to a message of the queue for those who have none.
fn add_rows(tx: &mut dyn Tx, id: Guid, accepted: Time, to: &[NewRecipient]) -> Result<usize> {
    let new = without_row(tx, id, to)?;
    let sql = "SELECT COUNT(*) FROM message WHERE id = $1 AND body IS NOT NULL";
    if !new.is_empty() && tx.number(sql, &[(&id.to_bytes()).into()])? == 0 {
        return Err(gone(id));
    }
    append(tx, id, accepted, &new)?;
    Ok(new.len())
}

/// Adds rows to a part for those who have none; the part itself where it is not there, and its content where that is gone.
fn extend(tx: &mut dyn Tx, part: &NewMessage, to: &[NewRecipient]) -> Result<usize> {
    let new = without_row(tx, part.origin.unwrap_or(part.id), to)?;
    if new.is_empty() {
        return Ok(0);
    }
    let id = part.id.to_bytes();
    if tx.number("SELECT COUNT(*) FROM message WHERE id = $1", &[(&id).into()])? == 0 {
        insert_message(tx, part)?;
    } else {
        let sql = "UPDATE message SET body = $2 WHERE id = $1 AND body IS NULL";
        tx.execute(sql, &[(&id).into(), (&part.body).into()])?;
    }
    append(tx, part.id, part.accepted, &new)?;
    drop_body_when_done(tx, part.id)?;
    Ok(new.len())
}

fn append(tx: &mut dyn Tx, id: Guid, accepted: Time, to: &[&NewRecipient]) -> Result<()> {
    let sql = "SELECT COALESCE(MAX(number), -1) + 1 FROM recipient WHERE message = $1";
    let first = tx.number(sql, &[(&id.to_bytes()).into()])?;
    // Whoever comes to a message later may have it by another address; whoever others lead to was looked for among these.
    let later = |to: &NewRecipient| first > 0 && !to.followed;
    let mut rows = (first..).zip(to);
    rows.try_for_each(|(number, to)| insert_recipient(tx, id, accepted, number, to, later(to)))?;
    note_leaders(tx, id, &mut to.iter().copied())
}

/// Keeps who led others to the message, each once.
fn note_leaders(tx: &mut dyn Tx, id: Guid, to: &mut dyn Iterator<Item = &NewRecipient>) -> Result<()> {
    let mut leaders = BTreeSet::new();
    for (to, led) in to.filter_map(|to| to.led.as_ref().map(|led| (to, led))) {
        leaders.extend(led.by.iter().map(SmtpAddress::folded).filter(|by| *by != to.address.folded()));
    }
    let sql = "INSERT INTO leader (address, message) VALUES (LOWER($1), $2) ON CONFLICT DO NOTHING";
    leaders.iter().try_for_each(|by| tx.execute(sql, &[by.into(), (&id.to_bytes()).into()]).map(drop))
}

fn insert_message(tx: &mut dyn Tx, message: &NewMessage) -> Result<()> {
    let id = message.id.to_bytes();
    let account = message.sender.account().map(Guid::to_bytes);
    let origin = message.origin.map(Guid::to_bytes);
    let ret = message.ret.map(|ret| i64::from(ret == Ret::Full));
    let content = i64::from(message.content.eight_bit) | i64::from(message.content.utf8) << 1;
    tx.execute(
        "INSERT INTO message (id, accepted, sender, envid, ret, content, size, internet_id, body, account, copy,
                              origin, subject, client, source)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        &[
            (&id).into(),
            message.accepted.into(),
            message.sender.address().map(SmtpAddress::as_str).into(),
            message.envid.as_deref().into(),
            ret.into(),
            content.into(),
            (message.size as i64).into(),
            (&message.internet_id).into(),
            (&message.body).into(),
            account.as_ref().into(),
            i64::from(message.copy).into(),
            origin.as_ref().into(),
            (&message.subject).into(),
            (&message.client).into(),
            message.source.map_or("", Source::word).into(),
        ],
    )
    .map(drop)
}

fn insert_recipient(
    tx: &mut dyn Tx,
    id: Guid,
    due: Time,
    number: i64,
    to: &NewRecipient,
    unsure: bool,
) -> Result<()> {
    let (status, detail) = match (&to.refusal, &to.done) {
        (Some((status, detail)), _) => (status.to_string(), detail.clone()),
        (None, Some(done)) => (String::new(), done.why.clone()),
        (None, None) => Default::default(),
    };
    let token = to.token.map(Guid::to_bytes);
    let state = to.done.as_ref().map_or(State::Waiting, |done| done.state);
    let report = to.done.as_ref().and_then(|done| done.report).map(Guid::to_bytes);
    let moderators = to.moderators.iter().map(SmtpAddress::as_str).collect::<Vec<_>>().join("\n");
    let moderators = (!moderators.is_empty()).then_some(moderators);
    // Nobody is told that it takes long before it is known whether it is delivered at all.
    let delayed = i64::from(to.token.is_some());
    let led_by =
        to.led.as_ref().map(|led| led.by.iter().map(SmtpAddress::as_str).collect::<Vec<_>>().join("\n"));
    let led_as = to.led.as_ref().map_or(0, |led| led.how.number());
    let led_at = to.led.as_ref().map_or(Time(0), |led| led.at.max(due));
    let leads = (state == State::Redirected).then_some(How::Rule);
    tx.execute(
        "INSERT INTO recipient (message, number, address, orcpt, notify, state, attempts, next_attempt, lease_owner,
                                lease_until, unsure, status, detail, changed, report, lane, delayed, followed, reports_to,
                                token, moderators, ruled_later, begun, led_by, led_as, led_at, leads_as, leads_at, asked_at)
         VALUES ($1, $2, $3, $4, $5, $13, 0, $6, NULL, 0, $25, $8, $9, $6, $14, $7, $17, $10, $11, $12, $15, $16, $18,
                 $19, $20, $21, $22, $23, $24)",
        &[
            (&id.to_bytes()).into(),
            number.into(),
            to.address.as_str().into(),
            to.orcpt.as_deref().into(),
            to.notify.to_bits().into(),
            due.into(),
            to.lane.name().into(),
            (&status).into(),
            (&detail).into(),
            i64::from(to.followed).into(),
            to.reports_to.as_ref().map(SmtpAddress::as_str).into(),
            token.as_ref().into(),
            state.number().into(),
            report.as_ref().into(),
            moderators.as_deref().into(),
            i64::from(to.ruled_later).into(),
            delayed.into(),
            to.begun.into(),
            led_by.as_deref().into(),
            led_as.into(),
            led_at.into(),
            leads.map_or(0, How::number).into(),
            leads.map_or(Time(0), |_| due.max(led_at)).into(),
            to.asked.into(),
            i64::from(unsure).into(),
        ],
    )
    .map(drop)
}

type Keys = Vec<(Guid, Vec<i64>)>;

/// Until when what is claimed at a moment is leased.
fn lease(now: Time) -> i64 {
    now.0 + LEASE_MICROS
}

fn is_leased(tx: &mut dyn Tx, id: Guid, number: i64, node: &str, lease: i64) -> Result<bool> {
    let sql = "SELECT COUNT(*) FROM recipient
               WHERE message = $1 AND number = $2 AND lease_owner = $3 AND lease_until = $4";
    let id = id.to_bytes();
    Ok(tx.number(sql, &[(&id).into(), number.into(), node.into(), lease.into()])? > 0)
}

fn root(tx: &mut dyn Tx, id: Guid) -> Result<Guid> {
    let sql = "SELECT COALESCE(origin, id) FROM message WHERE id = $1";
    let found = tx.one(sql, &[(&id.to_bytes()).into()], |row| guid(row, 0))?;
    Ok(found.unwrap_or(id))
}

/// The addresses that have a row of a message or of another part of it.
fn addresses(tx: &mut dyn Tx, root: Guid) -> Result<HashSet<String>> {
    let sql = "SELECT r.address FROM message m JOIN recipient r ON r.message = m.id
               WHERE m.copy = 0 AND (m.id = $1 OR m.origin = $1)";
    let all = tx.all(sql, &[(&root.to_bytes()).into()], |row| address(row.text(0)?))?;
    Ok(all.iter().map(SmtpAddress::folded).collect())
}

/// Those who have no row of a message nor of another part of it.
fn without_row<'a>(tx: &mut dyn Tx, id: Guid, to: &'a [NewRecipient]) -> Result<Vec<&'a NewRecipient>> {
    let root = root(tx, id)?;
    // Each by the index, so that a message of a great many rows costs no more. The engine folds the letters of ASCII alone.
    let sql = "SELECT COUNT(*) FROM recipient WHERE LOWER(address) = $1
               AND message IN (SELECT id FROM message WHERE copy = 0 AND (id = $2 OR origin = $2))";
    let (mut new, mut had) = (Vec::new(), HashSet::new());
    if to.iter().any(|to| to.address.is_international()) {
        had = addresses(tx, root)?;
    }
    for to in to {
        let folded = to.address.folded();
        let known =
            had.contains(&folded) || tx.number(sql, &[(&folded).into(), (&root.to_bytes()).into()])? > 0;
        if !known {
            had.insert(folded);
            new.push(to);
        }
    }
    Ok(new)
}

/// The rows of a lane that are due, gathered by message, leased to `node`. Until the lease runs out they are not due.
fn claim(tx: &mut dyn Tx, node: &str, lane: &Lane, now: Time, limit: i64) -> Result<Keys> {
    let sql = "SELECT message, number FROM recipient
               WHERE state = 0 AND lane = $3 AND next_attempt <= $1 AND lease_until <= $1
               ORDER BY next_attempt, message, number LIMIT $2";
    let params = [now.into(), limit.into(), lane.name().into()];
    let mut due = tx.all(sql, &params, |row| Ok((guid(row, 0)?, row.int(1)?)))?;
    // A message is worked on as a whole: two of its rows may mean one mailbox. Those that were followed never do.
    if let Some((last, _)) = due.last().copied() {
        let sql = "SELECT message, number FROM recipient WHERE message = $2 AND state = 0 AND lane = $3
                   AND next_attempt <= $1 AND lease_until <= $1 AND followed = 0 ORDER BY number";
        let known: HashSet<i64> =
            due.iter().filter(|(id, _)| *id == last).map(|(_, number)| *number).collect();
        let last = last.to_bytes();
        let params = [now.into(), (&last).into(), lane.name().into()];
        let whole = tx.all(sql, &params, |row| Ok((guid(row, 0)?, row.int(1)?)))?;
        due.extend(whole.into_iter().filter(|(_, number)| !known.contains(number)));
    }
    let mut keys = Keys::new();
    for (id, number) in due {
        // A lease that is still written there ran out without a word.
        let sql = "UPDATE recipient SET unsure = CASE WHEN lease_owner IS NULL THEN unsure ELSE 1 END,
                     lease_owner = $3, lease_until = $4, next_attempt = $4 WHERE message = $1 AND number = $2";
        tx.execute(sql, &[(&id.to_bytes()).into(), number.into(), node.into(), lease(now).into()])?;
        match keys.iter_mut().find(|(known, _)| *known == id) {
            Some((_, numbers)) => numbers.push(number),
            None => keys.push((id, vec![number])),
        }
    }
    Ok(keys)
}

fn load(tx: &mut dyn Tx, id: Guid, lane: &Lane, numbers: &[i64]) -> Result<Claimed> {
    let sql = "SELECT accepted, sender, envid, ret, size, body, account, copy, content, client,
                 COALESCE(origin, id) FROM message WHERE id = $1";
    let found = tx.one(sql, &[(&id.to_bytes()).into()], |row| message(id, lane, row))?;
    let mut claimed = found.ok_or_else(|| gone(id))?;
    for number in numbers {
        let sql = "SELECT number, address, orcpt, notify, attempts, unsure, delayed, followed, reports_to, status, detail,
                     approved, ruled_later, begun FROM recipient WHERE message = $1 AND number = $2";
        let due = tx.one(sql, &[(&id.to_bytes()).into(), (*number).into()], due)?;
        claimed.to.push(due.ok_or_else(|| gone(id))?);
    }
    Ok(claimed)
}

fn message(id: Guid, lane: &Lane, row: &SqlRow<'_>) -> Result<Claimed> {
    let sender = sender(row, 1, 6)?;
    let ret = row.get::<Option<i64>>(3)?.map(|full| if full == 1 { Ret::Full } else { Ret::Headers });
    let size = usize::try_from(row.int(4)?).map_err(|_| gone(id))?;
    Ok(Claimed {
        id,
        root: guid(row, 10)?,
        accepted: row.get(0)?,
        sender,
        lane: lane.clone(),
        envid: row.get(2)?,
        ret,
        octets: zstd::bulk::decompress(row.bytes(5)?, size)?,
        copy: row.int(7)? != 0,
        content: Content { eight_bit: row.int(8)? & 1 != 0, utf8: row.int(8)? & 2 != 0 },
        client: row.get(9)?,
        lease: 0,
        to: Vec::new(),
    })
}

/// Who sent a message, from the columns of the address and the account.
fn sender(row: &SqlRow<'_>, by: usize, account: usize) -> Result<Sender> {
    let address = row.get::<Option<String>>(by)?.map(|sender| address(&sender)).transpose()?;
    let account = row.get::<Option<Vec<u8>>>(account)?.as_deref().and_then(Guid::of_bytes);
    Ok(match (address, account) {
        (address, Some(account)) => Sender::Authenticated { account, address },
        (address, _) => Sender::of_reverse_path(address),
    })
}

fn due(row: &SqlRow<'_>) -> Result<Due> {
    Ok(Due {
        number: row.int(0)?,
        address: address(row.text(1)?)?,
        orcpt: row.get(2)?,
        notify: Notify::of_bits(row.int(3)?),
        attempts: row.int(4)?,
        unsure: row.bool(5)?,
        delayed: row.bool(6)?,
        followed: row.bool(7)?,
        reports_to: row.get::<Option<String>>(8)?.map(|to| address(&to)).transpose()?,
        said: (row.get(9)?, row.get(10)?),
        approved: row.bool(11)?,
        ruled_later: row.bool(12)?,
        begun: row.get(13)?,
    })
}

fn kept(row: &SqlRow<'_>) -> Result<Kept> {
    Ok(Kept {
        id: guid(row, 0)?,
        address: row.get(1)?,
        state: State::of_number(row.int(2)?)?,
        attempts: row.int(3)?,
        next_attempt: row.get(4)?,
        status: row.get(5)?,
        detail: row.get(6)?,
        changed: row.get(7)?,
        report: row.get::<Option<Vec<u8>>>(8)?.as_deref().and_then(Guid::of_bytes),
        lane: row.get(9)?,
    })
}

fn record(tx: &mut dyn Tx, id: Guid, now: Time, outcome: &Outcome) -> Result<()> {
    let status = outcome.status.map(|status| status.to_string()).unwrap_or_default();
    let report = outcome.report.map(Guid::to_bytes);
    let report: Param<'_> = report.as_ref().into();
    let token = outcome.token.map(Guid::to_bytes);
    let lane: Param<'_> = outcome.lane.as_ref().map(Lane::name).into();
    // A disk that failed may have kept what it did, and another row may have brought the mailbox its copy meanwhile: whatever is
    // tried again is unsure.
    let sql = "UPDATE recipient SET state = $3, attempts = $9, next_attempt = $4, lease_owner = NULL,
                 lease_until = 0, unsure = 1, status = $5, detail = $6, changed = $7, report = $8,
                 delayed = $10, lane = COALESCE($11, lane), followed = $12, token = COALESCE($13, token),
                 leads_as = CASE WHEN $14 = 0 THEN leads_as ELSE $14 END,
                 leads_at = CASE WHEN $14 = 0 THEN leads_at ELSE $7 END,
                 asked_at = CASE WHEN $13 IS NULL THEN asked_at ELSE $7 END
               WHERE message = $1 AND number = $2";
    let id = id.to_bytes();
    let params = [
        (&id).into(),
        outcome.number.into(),
        outcome.state.number().into(),
        outcome.next_attempt.into(),
        (&status).into(),
        (&outcome.detail).into(),
        now.into(),
        report,
        outcome.attempts.into(),
        i64::from(outcome.delayed).into(),
        lane,
        i64::from(outcome.followed).into(),
        token.as_ref().into(),
        outcome.leads.map_or(0, How::number).into(),
    ];
    tx.execute(sql, &params).map(drop)
}

fn drop_body_when_done(tx: &mut dyn Tx, id: Guid) -> Result<()> {
    let sql = "UPDATE message SET body = NULL WHERE id = $1
               AND NOT EXISTS (SELECT 1 FROM recipient WHERE message = $1 AND state IN (0, 6))";
    tx.execute(sql, &[(&id.to_bytes()).into()]).map(drop)
}

fn guid(row: &SqlRow<'_>, column: usize) -> Result<Guid> {
    Guid::of_bytes(row.bytes(column)?)
        .ok_or_else(|| Error::server(ErrorId::QueueCorrupt, "The queue has an id that is not valid."))
}

fn address(text: &str) -> Result<SmtpAddress> {
    let corrupt = || {
        Error::server(ErrorId::QueueCorrupt, format!("The queue has an address that is not valid: {text:?}."))
    };
    SmtpAddress::parse(text).ok_or_else(corrupt)
}

fn gone(id: Guid) -> Error {
    Error::server(ErrorId::QueueCorrupt, format!("Message {id} in the queue is incomplete."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
pub(crate) mod tests {
    use super::*;

    pub(crate) const NOON: Time = Time(1_000_000_000_000);

    pub(crate) fn queue() -> Queue {
        Queue::open(db::memory().unwrap(), "node", NOON).unwrap()
    }

    pub(crate) fn lane() -> Lane {
        Lane::of_database(Guid::of_u128(1))
    }

    pub(crate) fn to(name: &str) -> NewRecipient {
        NewRecipient::new(SmtpAddress::parse(&format!("{name}@contoso.com")).unwrap(), lane())
    }

    pub(crate) fn message(id: u128, origin: Option<u128>, names: &[&str]) -> NewMessage {
        NewMessage {
            id: Guid::of_u128(id),
            accepted: NOON,
            sender: Sender::Report,
            envid: None,
            ret: None,
            content: Content::default(),
            internet_id: format!("{id}@contoso.com"),
            size: 4,
            copy: false,
            origin: origin.map(Guid::of_u128),
            subject: String::new(),
            client: String::new(),
            source: None,
            body: compress(b"text").unwrap(),
            to: names.iter().map(|name| to(name)).collect(),
        }
    }

    /// Works on what is due: who got what.
    fn work(queue: &Queue) -> Vec<String> {
        let mut got = Vec::new();
        for claimed in queue.claim(&lane(), NOON, 500).unwrap() {
            let text = String::from_utf8(claimed.octets.clone()).unwrap();
            got.extend(claimed.to.iter().map(|due| format!("{}: {text}", due.address.local())));
            let done = |due| Outcome::of(due, State::Delivered, NOON, None, "");
            let outcomes = claimed.to.iter().map(done).collect();
            assert!(queue.finish(&claimed, NOON, outcomes, Vec::new()).unwrap());
        }
        assert_eq!(queue.verify().unwrap(), []);
        got.sort();
        got
    }

    #[test]
    fn a_part_whose_first_recipients_are_done_reaches_the_others_too() {
        let queue = queue();
        queue.put(vec![message(1, None, &["crew"])]).unwrap();
        let (whole, part) = (Guid::of_u128(1), message(2, Some(1), &["ann"]));
        let beside = message(3, None, &["boss"]);
        let put = |part: &NewMessage| {
            queue.put_parts(whole, NOON, vec![to("carla")], vec![part.clone(), beside.clone()])
        };
        assert_eq!(put(&part).unwrap(), 3);
        // Whoever gets a message that came of another one is told nothing by it.
        assert_eq!(work(&queue), ["ann: text", "boss: text", "carla: text", "crew: text"]);
        let rest = Arc::new(NewMessage { to: Vec::new(), ..part });
        let added = queue.add_to_part(Arc::clone(&rest), vec![to("ANN"), to("carla"), to("ben")]).unwrap();
        assert_eq!((added, work(&queue)), (1, vec!["ben: text".to_owned()]));
        // Whoever begins anew with a part of another name gives nobody a second one.
        let (again, late) = (message(4, Some(1), &["ann", "ben"]), message(5, Some(1), &["Ben", "mod"]));
        assert_eq!(queue.put_parts(whole, NOON, vec![to("carla")], vec![again, beside.clone()]).unwrap(), 0);
        assert_eq!(queue.put_parts(whole, NOON, Vec::new(), vec![late]).unwrap(), 1);
        assert_eq!(work(&queue), ["mod: text"]);
    }

    /// Another address of somebody who has the message may come to it behind theirs.
    #[test]
    fn of_who_comes_to_a_message_later_the_mailboxes_are_asked() {
        let queue = queue();
        queue.put(vec![message(1, None, &["ann", "crew"])]).unwrap();
        let member = NewRecipient { followed: true, ..to("ben") };
        assert_eq!(queue.add(Guid::of_u128(1), NOON, vec![to("ann.b"), member], Vec::new()).unwrap(), 2);
        let part = message(2, Some(1), &["dora"]);
        queue.put_parts(Guid::of_u128(1), NOON, Vec::new(), vec![part.clone()]).unwrap();
        let rest = Arc::new(NewMessage { to: Vec::new(), ..part });
        queue.add_to_part(rest, vec![to("eve")]).unwrap();
        let mut unsure: Vec<String> = Vec::new();
        for claimed in queue.claim(&lane(), NOON, 500).unwrap() {
            let asked = claimed.to.iter().filter(|due| due.unsure);
            unsure.extend(asked.map(|due| due.address.local().to_owned()));
        }
        assert_eq!(unsure, ["ann.b", "eve"]);
    }

    #[test]
    fn a_message_whose_content_is_gone_takes_nobody_any_more() {
        let queue = queue();
        queue.put(vec![message(1, None, &["ann"])]).unwrap();
        assert_eq!(work(&queue), ["ann: text"]);
        let (id, questions) = (Guid::of_u128(1), vec![message(2, None, &["boss"])]);
        assert_eq!(queue.add(id, NOON, vec![to("ann")], questions.clone()).unwrap(), 0);
        let refused = queue.add(id, NOON, vec![to("ben")], questions).unwrap_err();
        assert!(refused.is(ErrorId::QueueCorrupt), "{refused}");
        assert_eq!(work(&queue), [""; 0]);
    }

    #[test]
    fn a_message_that_cannot_be_read_holds_up_nobody_else() {
        let queue = queue();
        queue.put((1..=3).map(|id| message(id, None, &["ann"])).collect()).unwrap();
        let sql = "UPDATE message SET body = $2 WHERE id = $1";
        let spoil = |id: u128, body: Option<&[u8]>| {
            let (id, body) = (Guid::of_u128(id).to_bytes(), body.map(<[u8]>::to_vec));
            queue.db.write(move |tx| tx.execute(sql, &[(&id).into(), body.as_deref().into()])).unwrap();
        };
        spoil(1, Some(b"no archive"));
        spoil(2, None);
        let claimed = queue.claim(&lane(), NOON, 500).unwrap();
        assert_eq!(claimed.iter().map(|one| one.id).collect::<Vec<_>>(), [Guid::of_u128(3)]);
        // They are looked at again, and told of.
        let later = Time(NOON.0 + LEASE_MICROS);
        assert_eq!(queue.claim(&lane(), later, 500).unwrap().len(), 1);
        let found = queue.verify().unwrap();
        assert!(found.iter().any(|one| one.id == "QueueContentMissing"), "{found:?}");
    }
}
