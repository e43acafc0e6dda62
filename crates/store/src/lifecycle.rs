//! The life of a mailbox: made with its folders, disconnected with a tombstone of what the directory knew,
//! reconnected with nothing lost, purged in slices; and its statistics, whichever state it is in.

use std::sync::atomic::Ordering::Relaxed;

use db::{Flow, Row, Tx};
use object::types::Guid;
use object::{Error, ErrorId, Result, Time};

use crate::database::Database;
use crate::folder::{Folder, FolderId, WellKnown};
use crate::item::{self, ItemId};
use crate::ledger::{Ledger, Numbers, Tally, mailbox_missing};
use crate::logon::{Seen, Use};
use crate::mailbox::Mailbox;
use crate::row::{next, next_of};
use crate::schema::TEXT;
use crate::state::{DisconnectReason, State};
use crate::tree::{New, bury_folder, lay};
use crate::{body, property, read_state};

/// The longest name kept in statistics, in bytes; directory names are shorter.
const NAME_BYTES_MAX: usize = 4 << 10;
/// How many items one slice of a purge takes away: fewer than other slices have, since each goes from every index.
const PURGE_ITEMS: u32 = 200;
/// The largest tombstone: addresses, permissions and memberships of the busiest mailbox fit many times.
pub const TOMBSTONE_BYTES_MAX: usize = 16 << 20;

/// What the store keeps of a mailbox's owner, so that statistics can be shown when the directory has forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Description {
    /// The display name.
    pub display_name: String,
    /// The legacyExchangeDN.
    pub legacy_dn: String,
    /// The directory GUID of the owner.
    pub owner: Guid,
    /// What kind of mailbox it is, in the directory's words (`UserMailbox`, `SharedMailbox` …).
    pub kind: String,
    /// Whether it is the archive of its owner.
    pub archive: bool,
}

/// How a mailbox and its owner were parted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Parting {
    /// Whose it was, as the directory showed them.
    pub owner: String,
    /// Who parted them.
    pub by: String,
    /// What the directory knew of it; the room above reads it.
    pub tombstone: Vec<u8>,
}

/// What is known of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Its GUID.
    pub guid: Guid,
    /// Its state.
    pub state: State,
    /// Whose it is or was.
    pub description: Description,
    /// When it was made.
    pub created: Time,
    /// What its folders show.
    pub items: Tally,
    /// Associated items.
    pub associated: Tally,
    /// Recoverable items.
    pub deleted: Tally,
    /// When somebody last logged on.
    pub last_logon: Option<Time>,
    /// When somebody last logged off.
    pub last_logoff: Option<Time>,
    /// Who last logged on.
    pub last_account: Option<String>,
    /// When somebody last read a message in it.
    pub last_read: Option<Use>,
    /// When somebody last sent a message in its name.
    pub last_sent: Option<Use>,
    /// Why it is disconnected, if it is.
    pub disconnect_reason: Option<DisconnectReason>,
    /// When it was disconnected.
    pub disconnect_date: Option<Time>,
    /// Whose it was before it was disconnected, as the directory showed them.
    pub last_owner: Option<String>,
    /// Who disconnected it.
    pub disconnected_by: Option<String>,
}

/// What a mailbox's row says of its being disconnected, and whose it was.
#[derive(Clone, Debug)]
pub struct Disconnection {
    id: i64,
    state: i64,
    at: Option<Time>,
    tombstone: Option<Vec<u8>>,
    last_owner: Option<String>,
    by: Option<String>,
    description: Description,
}

impl Disconnection {
    fn load(tx: &mut dyn Tx, id: i64) -> Result<Disconnection> {
        let sql = "SELECT state, disconnected, tombstone, last_owner, parted_by, archive, kind, display_name, legacy_dn,
                     owner FROM mailbox WHERE id = $1";
        let found = tx.one(sql, &[id.into()], |row| {
            let description = Description {
                archive: row.bool(5)?,
                kind: row.get(6)?,
                display_name: row.get(7)?,
                legacy_dn: row.get(8)?,
                owner: crate::row::guid(row, 9)?,
            };
            Ok(Disconnection {
                id,
                state: row.int(0)?,
                at: row.get(1)?,
                tombstone: row.get(2)?,
                last_owner: row.get(3)?,
                by: row.get(4)?,
                description,
            })
        })?;
        found.ok_or_else(mailbox_missing)
    }

    /// Writes a state of the mailbox of this number, and how it was disconnected, where it is.
    fn write(
        &self,
        tx: &mut dyn Tx,
        state: State,
        parted: Option<&Disconnection>,
        whose: &Description,
    ) -> Result<()> {
        let sql = "UPDATE mailbox SET state = $2, disconnected = $3, tombstone = $4, last_owner = $5, parted_by = $6,
                     display_name = $7, legacy_dn = $8, owner = $9, kind = $10, archive = $11 WHERE id = $1";
        let owner = whose.owner.to_bytes();
        let params = [
            self.id.into(),
            (state as i64).into(),
            parted.and_then(|parted| parted.at).into(),
            parted.and_then(|parted| parted.tombstone.as_deref()).into(),
            parted.and_then(|parted| parted.last_owner.as_deref()).into(),
            parted.and_then(|parted| parted.by.as_deref()).into(),
            (&whose.display_name).into(),
            (&whose.legacy_dn).into(),
            (&owner).into(),
            (&whose.kind).into(),
            whose.archive.into(),
        ];
        tx.execute(sql, &params).map(drop)
    }
}

impl Statistics {
    /// Nothing was ever put into it, and nobody ever logged on.
    pub fn is_pristine(&self) -> bool {
        let empty = [self.items, self.associated, self.deleted].iter().all(|tally| tally.count == 0);
        empty && self.last_logon.is_none()
    }
}

fn used(row: &Row<'_>, at: usize) -> Result<Option<Use>> {
    let (when, by): (Option<Time>, Option<String>) = (row.get(at)?, row.get(at + 1)?);
    Ok(when.zip(by).map(|(at, by)| Use { at, by }))
}

const COLUMNS: &str = "id, guid, state, archive, kind, display_name, legacy_dn, owner, created, item_count, item_size, \
     associated_count, associated_size, deleted_count, deleted_size, last_logon, last_logoff, last_account, \
     disconnected, last_owner, parted_by, last_read, last_reader, last_sent, last_sender";

impl Statistics {
    fn of_row(row: &Row<'_>) -> Result<(i64, Statistics)> {
        let tally = |at| Ok::<_, Error>(Tally { count: row.get(at)?, size: row.get(at + 1)? });
        let state = State::of_number(row.int(2)?)?;
        let statistics = Statistics {
            guid: crate::row::guid(row, 1)?,
            state,
            description: Description {
                archive: row.bool(3)?,
                kind: row.get(4)?,
                display_name: row.get(5)?,
                legacy_dn: row.get(6)?,
                owner: crate::row::guid(row, 7)?,
            },
            created: row.get(8)?,
            items: tally(9)?,
            associated: tally(11)?,
            deleted: tally(13)?,
            last_logon: row.get(15)?,
            last_logoff: row.get(16)?,
            last_account: row.get(17)?,
            last_read: used(row, 21)?,
            last_sent: used(row, 23)?,
            disconnect_reason: match state {
                State::Connected => None,
                State::SoftDeleted => Some(DisconnectReason::SoftDeleted),
                State::Disabled | State::Purging => Some(DisconnectReason::Disabled),
            },
            disconnect_date: row.get(18)?,
            last_owner: row.get(19)?,
            disconnected_by: row.get(20)?,
        };
        Ok((row.int(0)?, statistics))
    }
}

/// How far a purge has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Purged {
    /// How many items this slice took away.
    pub items: u64,
    /// Whether there is nothing left to do.
    pub finished: bool,
}

impl Database {
    /// Makes a mailbox with its well-known folders. A GUID that ever was a mailbox here is refused.
    pub fn create_mailbox(&self, guid: Guid, description: &Description) -> Result<Mailbox> {
        let id = self.begin_mailbox(guid, description)?.wait()?;
        Ok(Mailbox::new(self.clone(), id, guid))
    }

    /// Lines up the making of a mailbox, so that something else can be synced at the same time. The mailbox is there when
    /// it was waited for; the answer is its number.
    pub fn begin_mailbox(&self, guid: Guid, description: &Description) -> Result<db::Later<i64>> {
        if guid == Guid::EMPTY {
            return Err(Error::caller(ErrorId::MailboxGuidInvalid, "A mailbox needs a GUID."));
        }
        let (description, now, feeds) = (checked(description)?, self.now(), self.feeds().clone());
        self.write_later(move |tx| {
            never_used(tx, guid)?;
            let id = next(tx, "mailbox")?;
            insert(tx, id, guid, &description, now)?;
            let numbers = Numbers::by_id(tx, id)?.ok_or_else(mailbox_missing)?;
            let mut ledger = Ledger::open(numbers);
            well_known(tx, &mut ledger, description.archive, now)?;
            if let Some(closed) = ledger.close(tx)? {
                feeds.publish_after(tx, id, closed);
            }
            Ok(id)
        })
    }

    /// Takes away a mailbox that was begun for somebody who did not come to be, as if it had never been: its GUID may be used
    /// again. One that holds anything, or to which anybody logged on, is refused.
    pub fn unmake_mailbox(&self, guid: Guid) -> Result<()> {
        let seen = self.statistics(guid)?;
        self.write(move |tx| {
            let sql = format!("SELECT {COLUMNS} FROM mailbox WHERE guid = $1");
            let found = tx.one(&sql, &[(&guid.to_bytes()).into()], Statistics::of_row)?;
            let (id, now) = found.ok_or_else(mailbox_missing)?;
            if now.is_pristine() && seen.is_pristine() {
                return bury(tx, id);
            }
            Err(Error::conflict(ErrorId::MailboxInUse, "The mailbox is in use already."))
        })
    }

    /// Writes anew whose mailbox it is.
    pub fn describe(&self, guid: Guid, description: &Description) -> Result<()> {
        let description = checked(description)?;
        self.write(move |tx| {
            let sql =
                "UPDATE mailbox SET display_name = $2, legacy_dn = $3, owner = $4, kind = $5, archive = $6
                       WHERE guid = $1";
            let (guid, owner) = (guid.to_bytes(), description.owner.to_bytes());
            let params = [
                (&guid).into(),
                (&description.display_name).into(),
                (&description.legacy_dn).into(),
                (&owner).into(),
                (&description.kind).into(),
                description.archive.into(),
            ];
            found(tx.execute(sql, &params)?)
        })
    }

    /// Disconnects a mailbox: it keeps everything, takes no mail, and remembers what the directory knew of it.
    /// Disconnecting one that is disconnected is a conflict.
    pub fn disconnect(&self, guid: Guid, reason: DisconnectReason, parting: &Parting) -> Result<()> {
        if parting.tombstone.len() > TOMBSTONE_BYTES_MAX {
            let message = format!("The tombstone of a mailbox has at most {TOMBSTONE_BYTES_MAX} bytes.");
            return Err(Error::limit(ErrorId::TombstoneTooBig, message));
        }
        check_names([&parting.owner, &parting.by])?;
        let (parting, now) = (parting.clone(), self.now());
        self.write(move |tx| {
            let numbers = Numbers::by_guid(tx, guid)?.ok_or_else(mailbox_missing)?;
            State::connected(&numbers)?;
            let sql =
                "UPDATE mailbox SET state = $2, disconnected = $3, tombstone = $4, last_owner = $5, parted_by = $6
                       WHERE id = $1";
            let [owner, by] =
                [&parting.owner, &parting.by].map(|text| Some(text.as_str()).filter(|text| !text.is_empty()));
            let params = [
                numbers.id.into(),
                (reason.state() as i64).into(),
                now.into(),
                (&parting.tombstone).into(),
                owner.into(),
                by.into(),
            ];
            tx.execute(sql, &params).map(drop)
        })
    }

    /// Connects a disconnected mailbox to a new owner; its tombstone is gone with that.
    pub fn reconnect(&self, guid: Guid, description: &Description) -> Result<Mailbox> {
        let before = self.begin_reconnect(guid, description)?.wait()?;
        Ok(Mailbox::new(self.clone(), before.id, guid))
    }

    /// Lines up [`reconnect`](Database::reconnect), so that something else can be synced at the same time. It is done when it
    /// was waited for; the answer is what [`part_as_before`](Database::part_as_before) takes back.
    pub fn begin_reconnect(&self, guid: Guid, description: &Description) -> Result<db::Later<Disconnection>> {
        let description = checked(description)?;
        self.write_later(move |tx| {
            let numbers = Numbers::by_guid(tx, guid)?.ok_or_else(mailbox_missing)?;
            match State::of_number(numbers.state)? {
                State::Disabled | State::SoftDeleted => {}
                State::Connected => {
                    return Err(Error::conflict(
                        ErrorId::MailboxNotDisconnected,
                        "The mailbox is not disconnected.",
                    ));
                }
                State::Purging => {
                    return Err(Error::conflict(ErrorId::MailboxPurged, "The mailbox is being purged."));
                }
            }
            let before = Disconnection::load(tx, numbers.id)?;
            before.write(tx, State::Connected, None, &description)?;
            Ok(before)
        })
    }

    /// Takes back a [`reconnect`](Database::reconnect) that was for nobody: everything is as it was, the day on which it was
    /// disconnected, too.
    pub fn part_as_before(&self, guid: Guid, before: Disconnection) -> Result<()> {
        self.write(move |tx| {
            let numbers = Numbers::by_guid(tx, guid)?.ok_or_else(mailbox_missing)?;
            State::connected(&numbers)?;
            before.write(tx, State::of_number(before.state)?, Some(&before), &before.description)
        })
    }

    /// What the directory knew of a disconnected mailbox.
    pub fn tombstone(&self, guid: Guid) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT tombstone FROM mailbox WHERE guid = $1";
        self.read(|tx| tx.one(sql, &[(&guid.to_bytes()).into()], |row| row.get(0)))?
            .ok_or_else(mailbox_missing)
    }

    /// The statistics of one mailbox.
    pub fn statistics(&self, guid: Guid) -> Result<Statistics> {
        let sql = format!("SELECT {COLUMNS} FROM mailbox WHERE guid = $1");
        let found = self.read(|tx| tx.one(&sql, &[(&guid.to_bytes()).into()], Statistics::of_row))?;
        found.map(|(id, statistics)| self.with_logon(id, statistics)).ok_or_else(mailbox_missing)
    }

    /// Hands over the statistics of every mailbox, connected or not, in the order in which they were made.
    pub fn all_statistics(&self, each: &mut dyn FnMut(Statistics) -> Result<Flow>) -> Result<()> {
        self.list(&format!("SELECT {COLUMNS} FROM mailbox ORDER BY id"), each)
    }

    /// Hands over the statistics of the disconnected mailboxes, from an index of their own.
    pub fn disconnected(&self, each: &mut dyn FnMut(Statistics) -> Result<Flow>) -> Result<()> {
        self.list(
            &format!("SELECT {COLUMNS} FROM mailbox WHERE state > 0 ORDER BY state, disconnected"),
            each,
        )
    }

    fn list(&self, sql: &str, each: &mut dyn FnMut(Statistics) -> Result<Flow>) -> Result<()> {
        self.read(|tx| {
            tx.query(sql, &[], &mut |row| {
                let (id, statistics) = Statistics::of_row(row)?;
                each(self.with_logon(id, statistics))
            })
        })
    }

    fn with_logon(&self, id: i64, mut statistics: Statistics) -> Statistics {
        let row = Seen {
            logon: statistics.last_logon,
            logoff: statistics.last_logoff,
            account: statistics.last_account.take(),
            read: statistics.last_read.take(),
            sent: statistics.last_sent.take(),
        };
        let seen = self.logons().over(id, row);
        (statistics.last_logon, statistics.last_logoff) = (seen.logon, seen.logoff);
        statistics.last_account = seen.account;
        (statistics.last_read, statistics.last_sent) = (seen.read, seen.sent);
        statistics
    }

    /// The mailboxes that were disconnected at or before a moment (now less the retention), and those whose purge
    /// was begun and not ended.
    pub fn expired(&self, before: Time) -> Result<Vec<Guid>> {
        let sql =
            "SELECT guid FROM mailbox WHERE state > 0 AND (state = 3 OR disconnected <= $1) ORDER BY id";
        self.read(|tx| tx.all(sql, &[before.into()], |row| crate::row::guid(row, 0)))
    }

    /// The connected mailboxes with items that were expunged at or before a moment (now less the item retention):
    /// [`Mailbox::purge_deletions`] has something to do there.
    pub fn with_expired_deletions(&self, before: Time) -> Result<Vec<Guid>> {
        let sql = "SELECT m.guid FROM mailbox m JOIN folder f ON f.mailbox = m.id AND f.kind = $2
                   WHERE m.state = 0 AND f.total > 0
                     AND (SELECT i.saved FROM item i WHERE i.folder = f.id ORDER BY i.uid LIMIT 1) <= $1";
        let bin = WellKnown::Deletions as i64;
        self.read(|tx| tx.all(sql, &[before.into(), bin.into()], |row| crate::row::guid(row, 0)))
    }

    /// A slice of what can wait: writes log-ons, fills the search index, renders anew what an
    /// older parser rendered. True when there is more to do now; a database
    /// that is busy gets a slice a second, since a search brings the index of its mailbox up to date by itself.
    pub fn maintain_slice(&self) -> Result<bool> {
        self.pace().slice(|| {
            self.flush_logons()?;
            if self.index_slice()? {
                return Ok(true);
            }
            if self.outdated().load(Relaxed) {
                self.outdated().store(self.render_slice()?, Relaxed);
            }
            Ok(self.outdated().load(Relaxed))
        })
    }

    /// Purges a disconnected mailbox: call it until it is finished, with a pause whenever others want the disk. Once
    /// begun it cannot be connected again; after a crash `expired` names it, and calling again goes on.
    pub fn purge_slice(&self, guid: Guid) -> Result<Purged> {
        let now = self.now();
        self.write(move |tx| {
            tx.makes_room();
            let numbers = Numbers::by_guid(tx, guid)?.ok_or_else(mailbox_missing)?;
            match State::of_number(numbers.state)? {
                State::Connected => {
                    return Err(Error::conflict(
                        ErrorId::MailboxNotDisconnected,
                        "The mailbox is not disconnected.",
                    )
                    .help("Run Disable-Mailbox first."));
                }
                State::Purging => {}
                _ => begin_purge(tx, numbers.id)?,
            }
            let items = purge_items(tx, numbers.id)?;
            if items > 0 {
                return Ok(Purged { items, finished: false });
            }
            end_purge(tx, numbers.id, guid, now)?;
            Ok(Purged { items: 0, finished: true })
        })
    }
}

fn begin_purge(tx: &mut dyn Tx, mailbox: i64) -> Result<()> {
    let sql = "UPDATE mailbox SET state = $2 WHERE id = $1";
    tx.execute(sql, &[mailbox.into(), (State::Purging as i64).into()]).map(drop)
}

/// A mailbox that is going away needs no tombstones of its items, but its counters stay true to the end.
fn purge_items(tx: &mut dyn Tx, mailbox: i64) -> Result<u64> {
    let items = item::by_ids(tx, ItemId::all_of(mailbox), PURGE_ITEMS)?;
    let numbers = Numbers::by_id(tx, mailbox)?.ok_or_else(mailbox_missing)?;
    let mut ledger = Ledger::open(numbers);
    for one in &items {
        ledger.remove(tx, one)?;
        body::release(tx, one.body)?;
        property::forget(tx, one.id)?;
        read_state::forget(tx, one.id)?;
    }
    if let (Some(first), Some(last)) = (items.first(), items.last()) {
        tx.text_forget(TEXT, first.id.0..=last.id.0)?;
    }
    ledger.close(tx)?;
    Ok(items.len() as u64)
}

fn end_purge(tx: &mut dyn Tx, mailbox: i64, guid: Guid, now: Time) -> Result<()> {
    bury(tx, mailbox)?;
    let sql = "INSERT INTO mailbox_gone (guid, purged) VALUES ($1, $2)";
    tx.execute(sql, &[(&guid.to_bytes()).into(), now.into()]).map(drop)
}

/// Takes away a mailbox without items: its folders, and every row about it.
fn bury(tx: &mut dyn Tx, mailbox: i64) -> Result<()> {
    for folder in Folder::load_all(tx, mailbox)? {
        bury_folder(tx, folder.id)?;
    }
    for sql in [
        "DELETE FROM folder_gone WHERE mailbox = $1",
        "DELETE FROM thread_key WHERE mailbox = $1",
        "DELETE FROM property_name WHERE mailbox = $1",
        "DELETE FROM vocabulary WHERE mailbox = $1",
        "DELETE FROM subscription WHERE mailbox = $1",
        "DELETE FROM folder_permission WHERE mailbox = $1",
        "DELETE FROM replied WHERE mailbox = $1",
        "DELETE FROM transfer WHERE mailbox = $1",
        "DELETE FROM mailbox WHERE id = $1",
    ] {
        tx.execute(sql, &[mailbox.into()])?;
    }
    crate::audit::bury(tx, mailbox)
}

impl Mailbox {
    /// Takes away for good what was expunged at or before a moment (now less the item retention), at most a slice;
    /// answers how many items that were; none means that there is nothing left.
    pub fn purge_deletions(&self, before: Time) -> Result<u64> {
        self.database.write_mailbox(self.id, move |tx, ledger| {
            tx.makes_room();
            let bin = ledger.known(tx, WellKnown::Deletions)?;
            let items = oldest(tx, bin, before)?;
            for one in &items {
                crate::change::erase(tx, ledger, one)?;
            }
            Ok(items.len() as u64)
        })
    }
}

impl Mailbox {
    /// Takes away for good what was expunged first, at most a slice, until the recoverable items hold less than `limit` bytes;
    /// answers how many items that were; none means that there is nothing to do.
    pub fn purge_deletions_above(&self, limit: u64) -> Result<u64> {
        self.database.write_mailbox(self.id, move |tx, ledger| {
            tx.makes_room();
            let bin = ledger.known(tx, WellKnown::Deletions)?;
            if ledger.numbers.deleted.size < limit {
                return Ok(0);
            }
            let mut count = 0;
            for one in oldest(tx, bin, Time(i64::MAX))? {
                if ledger.numbers.deleted.size < limit {
                    break;
                }
                crate::change::erase(tx, ledger, &one)?;
                count += 1;
            }
            Ok(count)
        })
    }
}

/// The oldest items of a bin. Items come into it in the order of their UIDs, so the scan ends at the first young one.
fn oldest(tx: &mut dyn Tx, bin: FolderId, before: Time) -> Result<Vec<item::Item>> {
    let mut items = Vec::new();
    item::scan(tx, bin, &(1..=u32::MAX), &mut |one| {
        if one.saved > before || items.len() >= PURGE_ITEMS as usize {
            return Ok(Flow::Stop);
        }
        items.push(one);
        Ok(Flow::More)
    })?;
    Ok(items)
}

/// PostgreSQL takes no NUL in text, and nobody's name is that long.
fn checked(description: &Description) -> Result<Description> {
    let d = description;
    check_names([&d.display_name, &d.legacy_dn, &d.kind])?;
    Ok(d.clone())
}

fn check_names<const N: usize>(names: [&String; N]) -> Result<()> {
    if names.iter().any(|name| name.contains('\0') || name.len() > NAME_BYTES_MAX) {
        let message = "A name of the mailbox is too long or holds NUL.";
        return Err(Error::caller(ErrorId::MailboxNameInvalid, message));
    }
    Ok(())
}

fn never_used(tx: &mut dyn Tx, guid: Guid) -> Result<()> {
    let bytes = guid.to_bytes();
    let alive = tx.one("SELECT id FROM mailbox WHERE guid = $1", &[(&bytes).into()], |row| row.int(0))?;
    let gone =
        tx.one("SELECT purged FROM mailbox_gone WHERE guid = $1", &[(&bytes).into()], |row| row.int(0))?;
    if alive.is_some() || gone.is_some() {
        let message = format!("The GUID {guid} is or was a mailbox of this database.");
        return Err(Error::conflict(ErrorId::MailboxGuidTaken, message)
            .help("GUIDs are never used again; take a new one."));
    }
    Ok(())
}

/// Writes the row of a new mailbox.
pub(crate) fn insert(
    tx: &mut dyn Tx,
    id: i64,
    guid: Guid,
    description: &Description,
    now: Time,
) -> Result<()> {
    let sql = "INSERT INTO mailbox (id, guid, state, archive, kind, display_name, legacy_dn, owner, created, change,
                 next_number, uid_validity, indexed, item_count, item_size, associated_count, associated_size,
                 deleted_count, deleted_size)
               VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)";
    let (guid, owner) = (guid.to_bytes(), description.owner.to_bytes());
    let params = [
        id.into(),
        (&guid).into(),
        description.archive.into(),
        (&description.kind).into(),
        (&description.display_name).into(),
        (&description.legacy_dn).into(),
        (&owner).into(),
        now.into(),
    ];
    tx.execute(sql, &params).map(drop)
}

fn well_known(tx: &mut dyn Tx, ledger: &mut Ledger, archive: bool, now: Time) -> Result<()> {
    let mut made: Vec<(WellKnown, FolderId)> = Vec::new();
    let first = next_of(tx, "folder", WellKnown::of_mailbox(archive).count())?;
    for (id, kind) in (first..).map(FolderId).zip(WellKnown::of_mailbox(archive)) {
        let below = kind.below().and_then(|below| made.iter().find(|(known, _)| *known == below));
        let parent = below.map_or(0, |(_, id)| id.0);
        let (name, class, hidden) = (kind.name(), kind.class(), kind.hidden());
        lay(tx, ledger, id, &New { parent, name, kind: Some(kind), class, hidden, now })?;
        // Clients show what is subscribed to, and make a Trash of their own where they see none.
        if kind.shown_to_mail_clients() {
            crate::subscription::mark(tx, id, true)?;
        }
        made.push((kind, id));
    }
    Ok(())
}

fn found(rows: u64) -> Result<()> {
    if rows == 0 { Err(mailbox_missing()) } else { Ok(()) }
}
