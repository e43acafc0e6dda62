//! Taking items over from another mailbox, of this database or another: what a restore does, slice by slice.
//!
//! How far a transfer is stands in the transaction of what it brought, so that whoever dies in between neither loses nor
//! doubles an item. An item of the same bytes that lay in the folder before the transfer is a twin; each twin stands for
//! one item only, so two equal letters stay two.

use std::collections::HashMap;
use std::sync::Arc;

use db::{Flow, Tx};
use object::types::Guid;
use object::{Result, Time};

use crate::arrive::{Lie, Prepared, arrive};
use crate::audit::{self, Operation};
use crate::body;
use crate::database::Database;
use crate::flag::{Flags, check_keywords, join};
use crate::folder::{Folder, FolderId};
use crate::incoming::Limits;
use crate::item::{self, Item, ItemId};
use crate::keyword;
use crate::ledger::Ledger;
use crate::mailbox::Mailbox;
use crate::property::{self, PropertyKey, PropertyValue};
use crate::state::State;

/// What becomes of an item whose twin is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The twin gets the flags, keywords and properties of the item.
    KeepSource,
    /// The twin stays as it is.
    KeepTarget,
    /// As the one of the two that was put into its folder later.
    KeepLatest,
    /// Both are kept.
    KeepAll,
}

/// Which items of a folder have which bytes.
#[derive(Clone, Debug, Default)]
pub struct Bodies(Arc<HashMap<i64, Vec<u32>>>);

impl Bodies {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// How many items before this one have the same bytes.
    pub fn rank(&self, item: &Item) -> usize {
        self.0.get(&item.body).map_or(0, |uids| uids.partition_point(|uid| *uid < item.uid))
    }
    fn at(&self, body: i64, rank: usize) -> Option<u32> {
        self.0.get(&body)?.get(rank).copied()
    }
}

/// An item that is taken over.
#[derive(Clone, Debug)]
pub struct Takeover {
    /// The message.
    pub message: Prepared,
    /// Its flags.
    pub flags: Flags,
    /// Its keywords.
    pub keywords: Vec<String>,
    /// When it arrived.
    pub received: Time,
    /// When it was put into its folder.
    pub saved: Time,
    /// Its properties.
    pub properties: Vec<(PropertyKey, PropertyValue)>,
    /// How many items before it in its folder have the same bytes.
    pub rank: usize,
}

/// What became of an item that was taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was added.
    Added,
    /// Its twin is as it was.
    Kept,
    /// Its twin is now as the item.
    Updated,
}

/// Where a transfer is.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Its GUID.
    pub id: Guid,
    /// How far it is when the items at hand are taken over, in the caller's words.
    pub cursor: String,
    /// What becomes of items whose twins are there.
    pub conflict: Conflict,
    /// The items that lay in the folder before.
    pub twins: Bodies,
}

impl Mailbox {
    /// Items of a folder from a UID on, associated ones too, at most `limit`.
    pub fn page(&self, folder: FolderId, from: u32, limit: usize) -> Result<Vec<Item>> {
        self.database.read(|tx| {
            Folder::load(tx, self.id, folder)?;
            let mut items = Vec::new();
            item::scan(tx, folder, &(from..=u32::MAX), &mut |item| {
                items.push(item);
                Ok(if items.len() < limit { Flow::More } else { Flow::Stop })
            })?;
            Ok(items)
        })
    }

    /// Which items of a folder below a UID have which bytes.
    pub fn bodies(&self, folder: FolderId, below: u32) -> Result<Bodies> {
        let mut bodies: HashMap<i64, Vec<u32>> = HashMap::new();
        self.database.read(|tx| {
            bodies.clear();
            Folder::load(tx, self.id, folder)?;
            let sql = "SELECT uid, body FROM item WHERE folder = $1 AND uid < $2 ORDER BY uid";
            tx.query(sql, &[folder.0.into(), below.into()], &mut |row| {
                bodies.entry(row.int(1)?).or_default().push(row.get(0)?);
                Ok(Flow::More)
            })
        })?;
        Ok(Bodies(Arc::new(bodies)))
    }

    /// How far a transfer into this mailbox is; nothing where it has not begun.
    pub fn transfer_cursor(&self, transfer: Guid) -> Result<Option<String>> {
        let sql = "SELECT cursor FROM transfer WHERE id = $1 AND mailbox = $2";
        self.database
            .read(|tx| tx.one(sql, &[(&transfer.to_bytes()).into(), self.id.into()], |row| row.get(0)))
    }

    /// Takes items over into a folder, all of them or none, and notes how far the transfer is. Answers what became of
    /// each, in the order given.
    pub fn take_over(
        &self,
        transfer: &Transfer,
        to: FolderId,
        items: Vec<Takeover>,
        limits: Limits,
    ) -> Result<Vec<Taken>> {
        items.iter().try_for_each(|one| check_keywords(&one.keywords))?;
        let (now, transfer, watching) = (self.database.now(), transfer.clone(), self.watching.clone());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            let first = ledger.folder(tx, to)?.uid_next;
            let taken = items.iter().map(|one| take_one(tx, ledger, &transfer, to, one, now, limits));
            let taken = taken.collect::<Result<Vec<_>>>()?;
            note(tx, ledger.numbers.id, &transfer)?;
            if taken.contains(&Taken::Added) {
                audit::record(tx, &watching, ledger.numbers.id, now, Operation::Create, |tx| {
                    let mut made = Vec::new();
                    item::scan(tx, to, &(first..=u32::MAX), &mut |item| {
                        made.push(item);
                        Ok(Flow::More)
                    })?;
                    audit::items_in(tx, to, &made)
                })?;
            }
            Ok(taken)
        })
    }
}

impl Database {
    /// The transfers into mailboxes of this database, however far they are.
    pub fn transfers(&self) -> Result<Vec<Guid>> {
        self.read(|tx| tx.all("SELECT id FROM transfer", &[], |row| crate::row::guid(row, 0)))
    }

    /// Forgets how far transfers are: for those that nobody goes on with.
    pub fn forget_transfers(&self, transfers: Vec<Guid>) -> Result<()> {
        self.write(move |tx| {
            let forget = |one: &Guid| {
                tx.execute("DELETE FROM transfer WHERE id = $1", &[(&one.to_bytes()).into()]).map(drop)
            };
            transfers.iter().try_for_each(forget)
        })
    }
}

fn note(tx: &mut dyn Tx, mailbox: i64, transfer: &Transfer) -> Result<()> {
    let sql = "INSERT INTO transfer (id, mailbox, cursor) VALUES ($1, $2, $3)
               ON CONFLICT (id) DO UPDATE SET mailbox = excluded.mailbox, cursor = excluded.cursor";
    let id = transfer.id.to_bytes();
    tx.execute(sql, &[(&id).into(), mailbox.into(), (&transfer.cursor).into()]).map(drop)
}

fn take_one(
    tx: &mut dyn Tx,
    ledger: &mut Ledger,
    transfer: &Transfer,
    to: FolderId,
    one: &Takeover,
    now: Time,
    limits: Limits,
) -> Result<Taken> {
    let packed = &one.message.ready().packed;
    let spot = body::place(tx, packed)?;
    if let Some(twin) = twin(tx, transfer, to, spot, one.rank)? {
        let keeps = match transfer.conflict {
            Conflict::KeepTarget => true,
            Conflict::KeepLatest => twin.saved >= one.saved,
            Conflict::KeepSource | Conflict::KeepAll => false,
        };
        return if keeps { Ok(Taken::Kept) } else { update(tx, ledger, twin, one) };
    }
    let lie = Lie { flags: one.flags, keywords: &one.keywords, received: one.received, now, body: spot.0 };
    let delivered = arrive(tx, ledger, to, one.message.ready(), &lie, limits)?;
    body::keep(tx, packed, spot, 1)?;
    bring_properties(tx, ledger.numbers.id, ItemId::new(ledger.numbers.id, delivered.email), one)?;
    Ok(Taken::Added)
}

/// The item of the same bytes that lay in the folder before and stands for this one.
fn twin(
    tx: &mut dyn Tx,
    transfer: &Transfer,
    to: FolderId,
    (body, known): (i64, bool),
    rank: usize,
) -> Result<Option<Item>> {
    if !known || transfer.conflict == Conflict::KeepAll {
        return Ok(None);
    }
    let Some(uid) = transfer.twins.at(body, rank) else { return Ok(None) };
    let mut found = None;
    item::scan(tx, to, &(uid..=uid), &mut |item| {
        found = Some(item).filter(|item| item.body == body);
        Ok(Flow::Stop)
    })?;
    Ok(found)
}

fn update(tx: &mut dyn Tx, ledger: &mut Ledger, mut twin: Item, one: &Takeover) -> Result<Taken> {
    let keywords = join(one.keywords.iter().map(String::as_str).collect())?;
    let hidden = ledger.folder(tx, twin.folder)?.hidden;
    let keywords = if hidden { keywords } else { keyword::register(tx, twin.folder, &keywords)? };
    property::forget(tx, twin.id)?;
    bring_properties(tx, ledger.numbers.id, twin.id, one)?;
    if (one.flags, &keywords) == (twin.flags, &twin.keywords) && one.properties.is_empty() {
        return Ok(Taken::Kept);
    }
    // What kind of item it is stays: only what a user marks is taken over.
    let flags = twin.flags.without(Flags::CHANGEABLE).with(one.flags.and(Flags::CHANGEABLE));
    ledger.mark(tx, &mut twin, flags, keywords)?;
    Ok(Taken::Updated)
}

fn bring_properties(tx: &mut dyn Tx, mailbox: i64, item: ItemId, one: &Takeover) -> Result<()> {
    one.properties.iter().try_for_each(|(key, value)| property::set(tx, mailbox, item, key, Some(value)))
}
