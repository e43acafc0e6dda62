//! Who has read what, where each holder of a mailbox has a read state of their own.
//!
//! An item's own flag says how it is for whoever has said nothing of it. A holder's row says what that holder made of it; it
//! hangs on the item, so it goes wherever the item goes. A handle that reads for a holder ([`Mailbox::read_for`](crate::Mailbox::read_for)) shows all
//! items as they are for that holder, whichever verb hands them over.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use db::{Param, Tx};
use object::Result;
use object::types::Guid;

use crate::database::Database;
use crate::flag::Flags;
use crate::folder::{Folder, FolderId};
use crate::item::{Item, ItemId};

/// How many items one slice forgets.
const FORGET_ITEMS: i64 = 500;

/// The holder for whom a handle reads, where holders have read states of their own.
pub(crate) type Reader = Option<Guid>;

/// What a holder made of items.
#[derive(Default)]
pub(crate) struct ReadState(HashMap<i64, bool>);

impl ReadState {
    /// What the holder made of the items of a folder within a range of UIDs; nothing where no holder reads.
    pub(crate) fn load(
        tx: &mut dyn Tx,
        reader: Reader,
        folder: FolderId,
        uids: &RangeInclusive<u32>,
    ) -> Result<ReadState> {
        let Some(holder) = reader else { return Ok(ReadState::default()) };
        let sql =
            "SELECT seen.item, seen.seen FROM item JOIN seen ON seen.holder = $4 AND seen.item = item.id
                   WHERE item.folder = $1 AND item.uid >= $2 AND item.uid <= $3";
        let bytes = holder.to_bytes();
        let params = [folder.0.into(), (*uids.start()).into(), (*uids.end()).into(), (&bytes).into()];
        let rows = tx.all(sql, &params, |row| Ok((row.int(0)?, row.bool(1)?)))?;
        Ok(ReadState(rows.into_iter().collect()))
    }

    /// The flags of an item as they are for the holder.
    pub(crate) fn flags(&self, item: &Item) -> Flags {
        match self.0.get(&item.id.0) {
            Some(true) => item.flags.with(Flags::SEEN),
            Some(false) => item.flags.without(Flags::SEEN),
            None => item.flags,
        }
    }

    /// The item as it is for the holder.
    pub(crate) fn of(&self, item: Item) -> Item {
        Item { flags: self.flags(&item), ..item }
    }
}

/// Keeps what a holder made of an item.
pub(crate) fn keep(tx: &mut dyn Tx, holder: Guid, item: ItemId, seen: bool) -> Result<()> {
    let sql = "INSERT INTO seen (holder, item, seen) VALUES ($1, $2, $3)
               ON CONFLICT (holder, item) DO UPDATE SET seen = excluded.seen";
    tx.execute(sql, &[(&holder.to_bytes()).into(), item.0.into(), seen.into()]).map(drop)
}

/// What holders made of an item they made of its copy.
pub(crate) fn copy(tx: &mut dyn Tx, from: ItemId, to: ItemId) -> Result<()> {
    let sql = "INSERT INTO seen (holder, item, seen) SELECT holder, $2, seen FROM seen WHERE item = $1";
    tx.execute(sql, &[from.0.into(), to.0.into()]).map(drop)
}

/// Forgets what was made of an item that is gone.
pub(crate) fn forget(tx: &mut dyn Tx, item: ItemId) -> Result<()> {
    tx.execute("DELETE FROM seen WHERE item = $1", &[item.0.into()]).map(drop)
}

impl Database {
    /// The holders who have read states of their own in mailboxes of the database.
    pub fn readers(&self) -> Result<Vec<Guid>> {
        // A step along the index for each, however much they have read.
        let sql = "WITH RECURSIVE reader (holder) AS (
                     SELECT (SELECT holder FROM seen ORDER BY holder LIMIT 1)
                     UNION ALL
                     SELECT (SELECT s.holder FROM seen s WHERE s.holder > reader.holder ORDER BY s.holder LIMIT 1)
                     FROM reader WHERE reader.holder IS NOT NULL)
                   SELECT holder FROM reader WHERE holder IS NOT NULL";
        self.read(|tx| tx.all(sql, &[], |row| crate::row::guid(row, 0)))
    }

    /// Forgets what a holder who is gone has read, at most a slice; answers how many items that were.
    pub fn forget_reader(&self, holder: Guid) -> Result<u64> {
        let sql = "DELETE FROM seen WHERE holder = $1
                     AND item IN (SELECT item FROM seen WHERE holder = $1 ORDER BY item LIMIT $2)";
        self.write(move |tx| tx.execute(sql, &[(&holder.to_bytes()).into(), FORGET_ITEMS.into()]))
    }
}

/// Folders of a mailbox with as many unread items as there are for the holder.
pub(crate) fn counted(
    tx: &mut dyn Tx,
    mailbox: i64,
    reader: Reader,
    mut folders: Vec<Folder>,
) -> Result<Vec<Folder>> {
    let Some(holder) = reader.filter(|_| !folders.is_empty()) else { return Ok(folders) };
    let bytes = holder.to_bytes();
    let more = match folders.as_slice() {
        // What is in a small folder is not looked for among all that the holder has read.
        [one] => {
            differing(tx, "item CROSS JOIN seen", "item.folder = $2", &[(&bytes).into(), one.id.0.into()])?
        }
        _ => {
            let all = ItemId::all_of(mailbox);
            let params = [(&bytes).into(), (*all.start()).into(), (*all.end()).into()];
            differing(tx, "seen CROSS JOIN item", "seen.item >= $2 AND seen.item <= $3", &params)?
        }
    };
    for folder in &mut folders {
        let more = more.get(&folder.id.0).copied().unwrap_or(0);
        folder.unseen = folder.unseen.saturating_add_signed(more);
    }
    Ok(folders)
}

/// By how much there are more unread items for a holder, folder by folder, in what `within` says; tables are read as they are
/// written in `tables`.
fn differing(tx: &mut dyn Tx, tables: &str, within: &str, params: &[Param<'_>]) -> Result<HashMap<i64, i64>> {
    // A row that says what the item says itself changes nothing.
    let sql = format!(
        "SELECT item.folder, CAST(sum(CASE WHEN seen.seen = 0 THEN 1 ELSE -1 END) AS BIGINT) FROM {tables}
         WHERE seen.holder = $1 AND seen.item = item.id AND {within}
           AND (item.flags & 1) <> seen.seen AND (item.flags & 256) = 0
         GROUP BY item.folder"
    );
    let rows = tx.all(&sql, params, |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok(rows.into_iter().collect())
}
