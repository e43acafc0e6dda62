//! How full mailboxes are, and what their owners were told of it last.

use db::Row;
use object::types::Guid;
use object::{Result, Time};

use crate::database::Database;
use crate::state::State;

/// How full a mailbox is, and what its owner was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fullness {
    /// The mailbox.
    pub mailbox: Guid,
    /// The bytes in its visible folders.
    pub used: u64,
    /// The bytes in its recoverable items.
    pub recoverable: u64,
    /// Which warning its owner was sent last; 0 is none. The room above knows what the numbers mean.
    pub told: i64,
    /// When.
    pub told_at: Option<Time>,
    /// When administrators were last told of its recoverable items.
    pub recoverable_told_at: Option<Time>,
}

const COLUMNS: &str = "guid, item_size + associated_size, deleted_size, told, told_at, recoverable_told_at";

impl Fullness {
    fn of_row(row: &Row<'_>) -> Result<Fullness> {
        Ok(Fullness {
            mailbox: crate::row::guid(row, 0)?,
            used: row.get(1)?,
            recoverable: row.get(2)?,
            told: row.int(3)?,
            told_at: row.get(4)?,
            recoverable_told_at: row.get(5)?,
        })
    }
}

impl Database {
    /// The mailboxes that have grown since this was asked last, with the bytes that they held then.
    pub fn grown(&self) -> Vec<(Guid, u64)> {
        self.feeds().fill().take_grown().into_iter().collect()
    }

    /// How full all its connected mailboxes are.
    pub fn fullness(&self) -> Result<Vec<Fullness>> {
        let sql = format!("SELECT {COLUMNS} FROM mailbox WHERE state = $1");
        self.read(|tx| tx.all(&sql, &[(State::Connected as i64).into()], Fullness::of_row))
    }

    /// How full one mailbox is; nothing where it is gone or has no owner.
    pub fn fullness_of(&self, mailbox: Guid) -> Result<Option<Fullness>> {
        let sql = format!("SELECT {COLUMNS} FROM mailbox WHERE guid = $1 AND state = $2");
        let guid = mailbox.to_bytes();
        self.read(|tx| tx.one(&sql, &[(&guid).into(), (State::Connected as i64).into()], Fullness::of_row))
    }

    /// Notes which warning the owner of a mailbox was sent; 0 where there is no reason for one any more.
    pub fn note_told(&self, mailbox: Guid, told: i64, at: Time) -> Result<()> {
        let guid = mailbox.to_bytes();
        self.write_quietly(move |tx| {
            let sql = "UPDATE mailbox SET told = $2, told_at = $3 WHERE guid = $1";
            tx.execute(sql, &[(&guid).into(), told.into(), at.into()]).map(drop)
        })
    }

    /// Notes that administrators were told of a mailbox's recoverable items.
    pub fn note_recoverable_told(&self, mailbox: Guid, at: Time) -> Result<()> {
        let guid = mailbox.to_bytes();
        self.write_quietly(move |tx| {
            let sql = "UPDATE mailbox SET recoverable_told_at = $2 WHERE guid = $1";
            tx.execute(sql, &[(&guid).into(), at.into()]).map(drop)
        })
    }
}
