//! The books of one mailbox while a transaction changes it: its change number and every counter of it and its
//! folders. All verbs that change items go through here, so there is one place where counting is right or wrong.

use std::collections::BTreeMap;

use db::{Row, Tx};
use object::types::Guid;
use object::{Error, ErrorId, Result};

use crate::flag::Flags;
use crate::folder::{Folder, FolderId, WellKnown};
use crate::item::Item;
use crate::row::{big, ranges};
use crate::schema::ITEM_BITS;

/// Change numbers have 48 bits; a million changes a second would take nine years to use them up.
pub(crate) const CHANGE_MAX: u64 = (1 << 48) - 1;
/// UIDs have 32 bits. [RFC 9051 2.3.1.1]
const UID_MAX: u32 = u32::MAX;

/// A count and the bytes of what is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// How many bytes together.
    pub size: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, size: u64) {
        self.count += 1;
        self.size += size;
    }
    pub(crate) fn remove(&mut self, size: u64) -> Result<()> {
        self.count = self.count.checked_sub(1).ok_or_else(wrong)?;
        self.size = self.size.checked_sub(size).ok_or_else(wrong)?;
        Ok(())
    }
}

/// A counter that would go below zero was wrong before; nothing is built on it.
fn wrong() -> Error {
    Error::server(ErrorId::CounterWrong, "A counter of the mailbox does not fit what it counts.")
        .help("Run mailstead rebuild to count anew.")
}

/// The numbers of a mailbox.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    pub(crate) id: i64,
    pub(crate) guid: Guid,
    pub(crate) state: i64,
    pub(crate) change: u64,
    pub(crate) next_number: u64,
    pub(crate) uid_validity: u32,
    pub(crate) items: Tally,
    pub(crate) associated: Tally,
    pub(crate) deleted: Tally,
}

impl Numbers {
    fn of_row(row: &Row<'_>) -> Result<Numbers> {
        let tally = |at| Ok::<_, Error>(Tally { count: row.get(at)?, size: row.get(at + 1)? });
        Ok(Numbers {
            id: row.int(0)?,
            guid: crate::row::guid(row, 11)?,
            state: row.int(1)?,
            change: row.get(2)?,
            next_number: row.get(3)?,
            uid_validity: row.get(4)?,
            items: tally(5)?,
            associated: tally(7)?,
            deleted: tally(9)?,
        })
    }

    pub(crate) fn by_guid(tx: &mut dyn Tx, guid: Guid) -> Result<Option<Numbers>> {
        let sql = "SELECT id, state, change, next_number, uid_validity, item_count, item_size,
                     associated_count, associated_size, deleted_count, deleted_size, guid FROM mailbox WHERE guid = $1";
        tx.one(sql, &[(&guid.to_bytes()).into()], Numbers::of_row)
    }

    pub(crate) fn by_id(tx: &mut dyn Tx, id: i64) -> Result<Option<Numbers>> {
        let sql = "SELECT id, state, change, next_number, uid_validity, item_count, item_size,
                     associated_count, associated_size, deleted_count, deleted_size, guid FROM mailbox WHERE id = $1";
        tx.one(sql, &[id.into()], Numbers::of_row)
    }
}

/// What the world may know of closed books.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closed {
    pub(crate) mailbox: Guid,
    pub(crate) change: u64,
    pub(crate) used: u64,
}

/// The open books of one mailbox. What is changed is written by [`Ledger::close`] and not before.
pub(crate) struct Ledger {
    pub(crate) numbers: Numbers,
    folders: BTreeMap<FolderId, Folder>,
    vanished: BTreeMap<FolderId, Vec<u32>>,
    moved_on: bool,
    next_number_at_open: u64,
}

impl Ledger {
    pub(crate) fn open(numbers: Numbers) -> Ledger {
        let next_number_at_open = numbers.next_number;
        Ledger {
            numbers,
            folders: BTreeMap::new(),
            vanished: BTreeMap::new(),
            moved_on: false,
            next_number_at_open,
        }
    }

    /// The change number of this transaction: one for all it does to the mailbox.
    pub(crate) fn change(&mut self) -> Result<u64> {
        if !self.moved_on {
            if self.numbers.change >= CHANGE_MAX {
                return Err(Error::limit(
                    ErrorId::ChangesExhausted,
                    "The mailbox has used up its change numbers.",
                ));
            }
            self.numbers.change += 1;
            self.moved_on = true;
        }
        Ok(self.numbers.change)
    }

    pub(crate) fn folder(&mut self, tx: &mut dyn Tx, id: FolderId) -> Result<&mut Folder> {
        use std::collections::btree_map::Entry;
        Ok(match self.folders.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(space) => space.insert(Folder::load(tx, self.numbers.id, id)?),
        })
    }

    pub(crate) fn known(&mut self, tx: &mut dyn Tx, kind: WellKnown) -> Result<FolderId> {
        if let Some(folder) = self.folders.values().find(|folder| folder.kind == Some(kind)) {
            return Ok(folder.id);
        }
        let folder = Folder::load_known(tx, self.numbers.id, kind)?;
        let id = folder.id;
        self.folders.entry(id).or_insert(folder);
        Ok(id)
    }

    /// A number for a new item (or email) of this mailbox, never given before.
    pub(crate) fn number(&mut self) -> Result<u64> {
        let number = self.numbers.next_number;
        if number >> ITEM_BITS != 0 {
            return Err(Error::limit(ErrorId::ItemsExhausted, "The mailbox has used up its item numbers."));
        }
        self.numbers.next_number += 1;
        Ok(number)
    }

    /// Puts an item into a folder: gives it the next UID there and counts it.
    pub(crate) fn add(&mut self, tx: &mut dyn Tx, to: FolderId, mut item: Item) -> Result<Item> {
        let change = self.change()?;
        let folder = self.folder(tx, to)?;
        if folder.uid_next == UID_MAX {
            return Err(Error::limit(ErrorId::UidsExhausted, "The folder has used up its UIDs.")
                .help("Move its items into a new folder."));
        }
        (item.folder, item.uid, item.change) = (to, folder.uid_next, change);
        folder.uid_next += 1;
        folder.change = change;
        let hidden = folder.hidden;
        match item.flags.has(Flags::ASSOCIATED) {
            true => {
                (folder.associated_count, folder.associated_size) =
                    (folder.associated_count + 1, folder.associated_size + item.size)
            }
            false => {
                (folder.total, folder.size) = (folder.total + 1, folder.size + item.size);
                folder.unseen += u64::from(item.flags.unread());
            }
        }
        self.tally(hidden, item.flags).add(item.size);
        item.insert(tx)?;
        Ok(item)
    }

    /// Takes an item out of its folder and leaves a tombstone; the item's other rows are the caller's.
    pub(crate) fn remove(&mut self, tx: &mut dyn Tx, item: &Item) -> Result<()> {
        let change = self.change()?;
        let folder = self.folder(tx, item.folder)?;
        folder.change = change;
        let hidden = folder.hidden;
        if item.flags.has(Flags::ASSOCIATED) {
            let mut tally = Tally { count: folder.associated_count, size: folder.associated_size };
            tally.remove(item.size)?;
            (folder.associated_count, folder.associated_size) = (tally.count, tally.size);
        } else {
            let mut tally = Tally { count: folder.total, size: folder.size };
            tally.remove(item.size)?;
            (folder.total, folder.size) = (tally.count, tally.size);
            folder.unseen = folder.unseen.checked_sub(u64::from(item.flags.unread())).ok_or_else(wrong)?;
        }
        self.tally(hidden, item.flags).remove(item.size)?;
        item.delete(tx)?;
        self.vanished.entry(item.folder).or_default().push(item.uid);
        Ok(())
    }

    /// Writes changed flags and keywords of an item and counts what became read or unread.
    pub(crate) fn mark(
        &mut self,
        tx: &mut dyn Tx,
        item: &mut Item,
        flags: Flags,
        keywords: String,
    ) -> Result<()> {
        let change = self.change()?;
        let folder = self.folder(tx, item.folder)?;
        folder.change = change;
        let (before, after) = (u64::from(item.flags.unread()), u64::from(flags.unread()));
        folder.unseen = (folder.unseen + after).checked_sub(before).ok_or_else(wrong)?;
        (item.flags, item.keywords, item.change) = (flags, keywords, change);
        item.update_flags(tx)
    }

    fn tally(&mut self, hidden: bool, flags: Flags) -> &mut Tally {
        match (hidden, flags.has(Flags::ASSOCIATED)) {
            (true, _) => &mut self.numbers.deleted,
            (false, true) => &mut self.numbers.associated,
            (false, false) => &mut self.numbers.items,
        }
    }

    /// How many bytes lie in the visible folders: what the quota of the mailbox is about.
    pub(crate) fn used(&self) -> u64 {
        self.numbers.items.size + self.numbers.associated.size
    }

    /// Writes the books. Answers what to publish when anything was changed.
    pub(crate) fn close(mut self, tx: &mut dyn Tx) -> Result<Option<Closed>> {
        if !self.moved_on {
            if self.numbers.next_number != self.next_number_at_open {
                self.write_mailbox(tx)?;
            }
            return Ok(None);
        }
        let change = self.numbers.change;
        for (folder, uids) in std::mem::take(&mut self.vanished) {
            bury(tx, folder, change, uids)?;
        }
        for folder in self.folders.values().filter(|folder| folder.change == change) {
            write_folder(tx, folder)?;
        }
        self.write_mailbox(tx)?;
        Ok(Some(Closed { mailbox: self.numbers.guid, change, used: self.used() }))
    }

    fn write_mailbox(&self, tx: &mut dyn Tx) -> Result<()> {
        let n = &self.numbers;
        let sql = "UPDATE mailbox SET change = $2, next_number = $3, uid_validity = $4, item_count = $5,
                     item_size = $6, associated_count = $7, associated_size = $8, deleted_count = $9,
                     deleted_size = $10 WHERE id = $1";
        let params = [
            n.id.into(),
            big(n.change),
            big(n.next_number),
            n.uid_validity.into(),
            big(n.items.count),
            big(n.items.size),
            big(n.associated.count),
            big(n.associated.size),
            big(n.deleted.count),
            big(n.deleted.size),
        ];
        tx.execute(sql, &params).map(drop)
    }
}

fn write_folder(tx: &mut dyn Tx, folder: &Folder) -> Result<()> {
    let sql = "UPDATE folder SET uid_next = $2, change = $3, total = $4, unseen = $5, size = $6,
                 associated_count = $7, associated_size = $8 WHERE id = $1";
    let params = [
        folder.id.0.into(),
        folder.uid_next.into(),
        big(folder.change),
        big(folder.total),
        big(folder.unseen),
        big(folder.size),
        big(folder.associated_count),
        big(folder.associated_size),
    ];
    tx.execute(sql, &params).map(drop)
}

/// Writes tombstones, neighbours in one row.
fn bury(tx: &mut dyn Tx, folder: FolderId, change: u64, mut uids: Vec<u32>) -> Result<()> {
    uids.sort_unstable();
    for range in ranges(&uids) {
        let sql = "INSERT INTO vanished (folder, change, low, high) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, &[folder.0.into(), big(change), (*range.start()).into(), (*range.end()).into()])?;
    }
    Ok(())
}

pub(crate) fn mailbox_missing() -> Error {
    Error::not_found(ErrorId::MailboxNotFound, "The mailbox database has no such mailbox.")
}
