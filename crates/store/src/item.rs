//! Items: one row per message and folder, and sets of UIDs that pick them.

use std::ops::RangeInclusive;

use db::{Flow, Row, Tx};
use message::Rendered;
use object::{Error, ErrorId, Result, Time};

use crate::body;
use crate::flag::Flags;
use crate::folder::FolderId;
use crate::row::{big, ranges};
use crate::schema::ITEM_BITS;

/// An item's number in its database: it stays when the item moves within its mailbox and is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub(crate) i64);

impl ItemId {
    /// The number of the item within its mailbox: with the mailbox's GUID it names the item for ever.
    pub fn number(self) -> u64 {
        self.0 as u64 & ((1 << ITEM_BITS) - 1)
    }
    pub(crate) fn new(mailbox: i64, number: u64) -> ItemId {
        ItemId(mailbox << ITEM_BITS | number as i64)
    }
    /// All ids a mailbox's items can have.
    pub(crate) fn all_of(mailbox: i64) -> RangeInclusive<i64> {
        (mailbox << ITEM_BITS)..=((mailbox + 1) << ITEM_BITS) - 1
    }
}

/// The cheap half of an item: all that flags, dates and sizes need, from one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it lies.
    pub folder: FolderId,
    /// Its UID there.
    pub uid: u32,
    /// Its fixed flags.
    pub flags: Flags,
    /// Its keywords, sorted and parted by blanks.
    pub keywords: String,
    /// The change number of its last change (MODSEQ).
    pub change: u64,
    /// When it arrived in the mailbox (INTERNALDATE).
    pub received: Time,
    /// Its bytes as they came (RFC822.SIZE).
    pub size: u64,
    /// When it was saved into this folder (SAVEDATE).
    pub saved: Time,
    /// Its own number.
    pub id: ItemId,
    /// The number of its content in this mailbox, the same in copies (EMAILID).
    pub email: u64,
    /// The number of its conversation in this mailbox (THREADID).
    pub thread: u64,
    /// Where it lay before it was expunged, for items that can be recovered.
    pub origin: Option<FolderId>,
    pub(crate) body: i64,
}

impl Item {
    fn of_row(row: &Row<'_>) -> Result<Item> {
        Ok(Item {
            folder: FolderId(row.int(0)?),
            uid: row.get(1)?,
            flags: Flags(row.int(2)? as u16),
            keywords: row.get::<Option<String>>(3)?.unwrap_or_default(),
            change: row.get(4)?,
            received: row.get(5)?,
            size: row.get(6)?,
            saved: row.get(7)?,
            id: ItemId(row.int(8)?),
            body: row.int(9)?,
            email: row.get(10)?,
            thread: row.get(11)?,
            origin: row.get::<Option<i64>>(12)?.map(FolderId),
        })
    }

    pub(crate) fn insert(&self, tx: &mut dyn Tx) -> Result<()> {
        let sql =
            "INSERT INTO item (folder, uid, flags, keywords, change, received, size, saved, id, body, email,
                     thread, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        let params = [
            self.folder.0.into(),
            self.uid.into(),
            i64::from(self.flags.0).into(),
            self.kept_keywords().into(),
            big(self.change),
            self.received.into(),
            big(self.size),
            self.saved.into(),
            self.id.0.into(),
            self.body.into(),
            big(self.email),
            big(self.thread),
            self.origin.map(|folder| folder.0).into(),
        ];
        tx.execute(sql, &params).map(drop)
    }

    pub(crate) fn delete(&self, tx: &mut dyn Tx) -> Result<()> {
        let sql = "DELETE FROM item WHERE folder = $1 AND uid = $2";
        tx.execute(sql, &[self.folder.0.into(), self.uid.into()]).map(drop)
    }

    pub(crate) fn update_flags(&self, tx: &mut dyn Tx) -> Result<()> {
        let sql = "UPDATE item SET flags = $3, keywords = $4, change = $5 WHERE folder = $1 AND uid = $2";
        let params = [
            self.folder.0.into(),
            self.uid.into(),
            i64::from(self.flags.0).into(),
            self.kept_keywords().into(),
            big(self.change),
        ];
        tx.execute(sql, &params).map(drop)
    }

    /// No keywords are NULL: a byte less in nearly every row.
    fn kept_keywords(&self) -> Option<&str> {
        (!self.keywords.is_empty()).then_some(self.keywords.as_str())
    }
}

/// Hands over the items of a folder within a range of UIDs, in ascending order.
pub(crate) fn scan(
    tx: &mut dyn Tx,
    folder: FolderId,
    uids: &RangeInclusive<u32>,
    each: &mut dyn FnMut(Item) -> Result<Flow>,
) -> Result<()> {
    let sql =
        "SELECT folder, uid, flags, keywords, change, received, size, saved, id, body, email, thread, origin
               FROM item WHERE folder = $1 AND uid >= $2 AND uid <= $3 ORDER BY uid";
    let params = [folder.0.into(), (*uids.start()).into(), (*uids.end()).into()];
    tx.query(sql, &params, &mut |row| each(Item::of_row(row)?))
}

/// Like [`scan`], with what was worked out from the bytes of each item, or that it is damaged.
pub(crate) fn scan_rendered(
    tx: &mut dyn Tx,
    folder: FolderId,
    uids: &RangeInclusive<u32>,
    each: &mut dyn FnMut(Item, Result<Rendered>) -> Result<Flow>,
) -> Result<()> {
    let sql = format!(
        "SELECT i.folder, i.uid, i.flags, i.keywords, i.change, i.received, i.size, i.saved, i.id, i.body, i.email,
           i.thread, i.origin, {} FROM item i JOIN rendered r ON r.body = i.body
         WHERE i.folder = $1 AND i.uid >= $2 AND i.uid <= $3 ORDER BY i.uid",
        body::RENDERED
    );
    let params = [folder.0.into(), (*uids.start()).into(), (*uids.end()).into()];
    tx.query(&sql, &params, &mut |row| each(Item::of_row(row)?, body::read_rendered(row, 13)))
}

/// The items of a folder that changed after `since`, by UID.
pub(crate) fn changed(tx: &mut dyn Tx, folder: FolderId, since: u64) -> Result<Vec<Item>> {
    let sql =
        "SELECT folder, uid, flags, keywords, change, received, size, saved, id, body, email, thread, origin
               FROM item WHERE folder = $1 AND change > $2";
    let mut items = tx.all(sql, &[folder.0.into(), big(since)], Item::of_row)?;
    items.sort_unstable_by_key(|item| item.uid);
    Ok(items)
}

pub(crate) fn load(tx: &mut dyn Tx, folder: FolderId, uid: u32) -> Result<Item> {
    let mut found = None;
    scan(tx, folder, &(uid..=uid), &mut |item| {
        found = Some(item);
        Ok(Flow::Stop)
    })?;
    found.ok_or_else(missing)
}

/// The item with that id, wherever it lies.
pub(crate) fn by_id(tx: &mut dyn Tx, id: ItemId) -> Result<Option<Item>> {
    let sql =
        "SELECT folder, uid, flags, keywords, change, received, size, saved, id, body, email, thread, origin
               FROM item WHERE id = $1";
    tx.one(sql, &[id.0.into()], Item::of_row)
}

/// Items by ascending id, from `from` to `to`, at most `limit`.
pub(crate) fn by_ids(tx: &mut dyn Tx, ids: RangeInclusive<i64>, limit: u32) -> Result<Vec<Item>> {
    let sql =
        "SELECT folder, uid, flags, keywords, change, received, size, saved, id, body, email, thread, origin
               FROM item WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3";
    tx.all(sql, &[(*ids.start()).into(), (*ids.end()).into(), limit.into()], Item::of_row)
}

pub(crate) fn missing() -> Error {
    Error::not_found(ErrorId::ItemNotFound, "There is no such item; it may have been expunged.")
}

/// A set of UIDs, kept as ascending ranges that do not touch.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct UidSet(Vec<RangeInclusive<u32>>);

impl UidSet {
    /// Every UID there is.
    pub fn all() -> UidSet {
        UidSet::of_range(1..=u32::MAX)
    }
    /// One range.
    pub fn of_range(range: RangeInclusive<u32>) -> UidSet {
        UidSet::of_ranges([range])
    }
    /// Any ranges in any order, overlapping or not.
    pub fn of_ranges(all: impl IntoIterator<Item = RangeInclusive<u32>>) -> UidSet {
        let mut all: Vec<_> = all.into_iter().filter(|range| !range.is_empty()).collect();
        all.sort_unstable_by_key(|range| *range.start());
        let mut merged: Vec<RangeInclusive<u32>> = Vec::new();
        for range in all {
            match merged.last_mut() {
                Some(last) if *range.start() <= last.end().saturating_add(1) => {
                    *last = *last.start()..=*last.end().max(range.end());
                }
                _ => merged.push(range),
            }
        }
        UidSet(merged)
    }
    /// Any UIDs in any order.
    pub fn of_uids(uids: impl IntoIterator<Item = u32>) -> UidSet {
        let mut uids: Vec<u32> = uids.into_iter().collect();
        uids.sort_unstable();
        UidSet(ranges(&uids))
    }
    /// The ranges, ascending.
    pub fn ranges(&self) -> &[RangeInclusive<u32>] {
        &self.0
    }
    /// Every UID, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().flat_map(Clone::clone)
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// How many UIDs it names.
    pub fn len(&self) -> u64 {
        self.0.iter().map(|range| u64::from(*range.end()) - u64::from(*range.start()) + 1).sum()
    }
    /// Whether it names that UID.
    pub fn contains(&self, uid: u32) -> bool {
        let at = self.0.partition_point(|range| *range.end() < uid);
        self.0.get(at).is_some_and(|range| range.contains(&uid))
    }
}

impl FromIterator<u32> for UidSet {
    fn from_iter<T: IntoIterator<Item = u32>>(uids: T) -> UidSet {
        UidSet::of_uids(uids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_uids() {
        let max = u32::MAX;
        let set = UidSet::of_ranges([5..=7, 1..=2, 3..=3, 7..=9, max..=max]);
        assert_eq!(set.ranges(), [1..=3, 5..=9, max..=max]);
        assert_eq!(set.len(), 9);
        for (uid, within) in [(0, false), (1, true), (4, false), (9, true), (10, false), (max, true)] {
            assert_eq!(set.contains(uid), within, "{uid}");
        }
        assert_eq!(UidSet::of_uids([3, 1, 2, 9, 2]).ranges(), [1..=3, 9..=9]);
        assert_eq!(UidSet::of_uids([3, 1]).iter().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(UidSet::all().len(), u64::from(u32::MAX));
        assert!(UidSet::default().is_empty());
    }

    #[test]
    fn an_id_holds_its_number() {
        let id = ItemId::new(7, 123_456);
        assert_eq!(id.number(), 123_456);
        assert!(ItemId::all_of(7).contains(&id.0) && !ItemId::all_of(8).contains(&id.0));
    }
}
