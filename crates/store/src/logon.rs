//! Who last logged on and off, read and sent: remembered at once, written with the next slice of maintenance.
//!
//! None of it is worth a sync; a crash may lose the last few minutes of it and nothing else.

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
    pub(crate) read: Option<Use>,
    pub(crate) sent: Option<Use>,
}

/// When a mailbox was of use to somebody, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// When.
    pub at: Time,
    /// The account, `CONTOSO\ann`.
    pub by: String,
}

impl Logons {
    /// What is remembered beside what the row says.
    pub(crate) fn over(&self, mailbox: i64, row: Seen) -> Seen {
        let seen = self.0.lock().get(&mailbox).cloned().unwrap_or_default();
        Seen {
            logon: seen.logon.or(row.logon),
            logoff: seen.logoff.or(row.logoff),
            account: seen.account.or(row.account),
            read: seen.read.or(row.read),
            sent: seen.sent.or(row.sent),
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

    /// Remembers that somebody read in a mailbox.
    pub(crate) fn read(&self, mailbox: i64, account: &str, now: Time) {
        let mut logons = self.0.lock();
        note(&mut logons.entry(mailbox).or_default().read, account, now);
    }

    /// Remembers that somebody sent in the name of a mailbox.
    pub(crate) fn sent(&self, mailbox: i64, account: &str, now: Time) {
        let mut logons = self.0.lock();
        note(&mut logons.entry(mailbox).or_default().sent, account, now);
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

fn note(known: &mut Option<Use>, account: &str, now: Time) {
    match known {
        // A message is read in many pieces.
        Some(known) if known.by == account => known.at = now,
        _ => *known = Some(Use { at: now, by: account.replace('\0', "") }),
    }
}

/// Writes what is remembered of one mailbox.
pub(crate) fn write(tx: &mut dyn Tx, mailbox: i64, seen: &Seen) -> Result<()> {
    let sql =
        "UPDATE mailbox SET last_logon = coalesce($2, last_logon), last_logoff = coalesce($3, last_logoff),
                 last_account = coalesce($4, last_account), last_read = coalesce($5, last_read),
                 last_reader = coalesce($6, last_reader), last_sent = coalesce($7, last_sent),
                 last_sender = coalesce($8, last_sender) WHERE id = $1";
    let at = |used: &Option<Use>| used.as_ref().map(|used| used.at);
    let params = [
        mailbox.into(),
        seen.logon.into(),
        seen.logoff.into(),
        seen.account.as_deref().into(),
        at(&seen.read).into(),
        seen.read.as_ref().map(|used| used.by.as_str()).into(),
        at(&seen.sent).into(),
        seen.sent.as_ref().map(|used| used.by.as_str()).into(),
    ];
    tx.execute(sql, &params).map(drop)
}
