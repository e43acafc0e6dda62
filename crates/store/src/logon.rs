//! Who last logged on and off: remembered at once, written with the next slice of maintenance.
//!
//! A log-on is not worth a sync; a crash may lose the last few minutes of it and nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use db::Tx;
use object::{Result, Time};
use parking_lot::Mutex;

use crate::database::Database;
use crate::mailbox::Mailbox;

/// What is not yet written, by mailbox.
#[derive(Clone, Default)]
pub(crate) struct Logons(Arc<Mutex<HashMap<i64, Seen>>>);

/// When a mailbox was last used, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) logon: Option<Time>,
    pub(crate) logoff: Option<Time>,
    pub(crate) account: Option<String>,
}

impl Logons {
    /// What is remembered beside what the row says.
    pub(crate) fn over(&self, mailbox: i64, row: Seen) -> Seen {
        let seen = self.0.lock().get(&mailbox).cloned().unwrap_or_default();
        Seen {
            logon: seen.logon.or(row.logon),
            logoff: seen.logoff.or(row.logoff),
            account: seen.account.or(row.account),
        }
    }
}

impl Mailbox {
    /// Remembers that this account logged on to the mailbox now.
    pub fn logged_on(&self, account: &str) {
        let now = self.database.now();
        let mut logons = self.database.logons().0.lock();
        let seen = logons.entry(self.id).or_default();
        (seen.logon, seen.account) = (Some(now), Some(account.replace('\0', "")));
    }

    /// Remembers that a session ended now.
    pub fn logged_off(&self) {
        let now = self.database.now();
        self.database.logons().0.lock().entry(self.id).or_default().logoff = Some(now);
    }
}

impl Database {
    /// Writes what is remembered of log-ons.
    pub fn flush_logons(&self) -> Result<()> {
        let pending = std::mem::take(&mut *self.logons().0.lock());
        if pending.is_empty() {
            return Ok(());
        }
        let kept = pending.clone();
        let written =
            self.write_quietly(move |tx| pending.iter().try_for_each(|(id, seen)| write(tx, *id, seen)));
        if written.is_err() {
            let mut logons = self.logons().0.lock();
            for (id, seen) in kept {
                logons.entry(id).or_insert(seen);
            }
        }
        written
    }
}

fn write(tx: &mut dyn Tx, mailbox: i64, seen: &Seen) -> Result<()> {
    let sql =
        "UPDATE mailbox SET last_logon = coalesce($2, last_logon), last_logoff = coalesce($3, last_logoff),
                 last_account = coalesce($4, last_account) WHERE id = $1";
    let params = [mailbox.into(), seen.logon.into(), seen.logoff.into(), seen.account.as_deref().into()];
    tx.execute(sql, &params).map(drop)
}
