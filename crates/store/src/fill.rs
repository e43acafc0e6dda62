//! How full each mailbox is, in memory: the question of every RCPT, which must not wait for a disk.
//!
//! It is read when the database is mounted and follows every commit. The transaction that takes an item counts for
//! itself; this only spares a sender the way there.

use std::collections::HashMap;
use std::sync::Arc;

use object::Result;
use object::types::Guid;
use parking_lot::RwLock;

/// The bytes in the visible folders of each mailbox.
#[derive(Clone, Default)]
pub(crate) struct Fill(Arc<RwLock<Fills>>);

#[derive(Default)]
struct Fills {
    bytes: HashMap<Guid, u64>,
    /// What those mailboxes held that have grown since somebody asked last.
    grown: HashMap<Guid, u64>,
}

impl Fill {
    /// Reads it anew.
    pub(crate) fn load(&self, db: &db::Database) -> Result<()> {
        let sql = "SELECT guid, item_size + associated_size FROM mailbox";
        let known =
            db.read(|tx| tx.all(sql, &[], |row| Ok((crate::row::guid(row, 0)?, row.get::<u64>(1)?))))?;
        self.0.write().bytes = known.into_iter().collect();
        Ok(())
    }
    /// Notes what a commit made of it.
    pub(crate) fn note(&self, mailbox: Guid, bytes: u64) {
        let mut fills = self.0.write();
        let before = fills.bytes.insert(mailbox, bytes).unwrap_or(0);
        if bytes > before {
            fills.grown.entry(mailbox).or_insert(before);
        }
    }
    /// Nothing where the mailbox was never heard of.
    pub(crate) fn of(&self, mailbox: Guid) -> Option<u64> {
        self.0.read().bytes.get(&mailbox).copied()
    }
    /// The mailboxes that have grown since this was asked last, with what they held then.
    pub(crate) fn take_grown(&self) -> HashMap<Guid, u64> {
        std::mem::take(&mut self.0.write().grown)
    }
}
