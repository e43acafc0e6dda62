//! Who last logged on and off: remembered at once, written with the next slice of maintenance.
//!
//! A log-on is not worth a sync; a crash may lose the last few minutes of it and nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use db::Tx;
use object::{Result, Time};
use parking_lot::Mutex;

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

    pub(crate) fn on(&self, mailbox: i64, account: &str, now: Time) {
        let mut logons = self.0.lock();
        let seen = logons.entry(mailbox).or_default();
        (seen.logon, seen.account) = (Some(now), Some(account.replace('\0', "")));
    }

    pub(crate) fn off(&self, mailbox: i64, now: Time) {
        self.0.lock().entry(mailbox).or_default().logoff = Some(now);
    }

    /// What is to be written; the memory is empty then.
    pub(crate) fn take(&self) -> HashMap<i64, Seen> {
        std::mem::take(&mut *self.0.lock())
    }

    /// What could not be written, unless something newer was remembered meanwhile.
    pub(crate) fn give_back(&self, kept: HashMap<i64, Seen>) {
        let mut logons = self.0.lock();
        for (id, seen) in kept {
            logons.entry(id).or_insert(seen);
        }
    }
}

/// Writes what is remembered of one mailbox.
pub(crate) fn write(tx: &mut dyn Tx, mailbox: i64, seen: &Seen) -> Result<()> {
    let sql =
        "UPDATE mailbox SET last_logon = coalesce($2, last_logon), last_logoff = coalesce($3, last_logoff),
                 last_account = coalesce($4, last_account) WHERE id = $1";
    let params = [mailbox.into(), seen.logon.into(), seen.logoff.into(), seen.account.as_deref().into()];
    tx.execute(sql, &params).map(drop)
}
