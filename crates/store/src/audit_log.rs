//! The log of a mailbox from outside: whoever is watched, what is told of besides the verbs, reading it, shortening it.

use std::sync::Arc;

use db::{Param, Tx};
use object::types::Guid;
use object::{Result, Time};

use crate::audit::{
    About, AuditEntry, Auditor, COLUMNS, Operation, PAGE_ENTRIES_MAX, fill, items_in, path, write,
};
use crate::database::Database;
use crate::folder::FolderId;
use crate::item::Item;
use crate::mailbox::Mailbox;

/// Opening a folder is told once in this time for each person and folder, as in Exchange.
const BIND_TOLD_EVERY_MICROSECONDS: i64 = 24 * 3_600_000_000;

impl Mailbox {
    /// The same mailbox through the eyes of somebody whose work is recorded.
    #[must_use]
    pub fn audited(self, auditor: Arc<Auditor>) -> Mailbox {
        Mailbox { watching: Some(auditor), ..self }
    }

    /// Records that whoever works through this handle opened a folder, unless that was told within a day.
    pub fn opened(&self, folder: FolderId) -> Result<()> {
        let Some(auditor) = self.watching.as_ref().filter(|auditor| auditor.wants(Operation::FolderBind))
        else {
            return Ok(());
        };
        let (auditor, mailbox, now) = (Arc::clone(auditor), self.id, self.database.now());
        // Only the first one of a day is written: the others wait for nothing but a look.
        if self.database.read(|tx| is_told(tx, mailbox, &auditor, folder, now))? {
            return Ok(());
        }
        self.database.write(move |tx| {
            if is_told(tx, mailbox, &auditor, folder, now)? {
                return Ok(());
            }
            let folder = path(tx, folder)?;
            write(tx, mailbox, now, &auditor, Operation::FolderBind, &About { folder, ..About::default() })
        })
    }

    /// Records something that is done with this mailbox elsewhere: sent in its name, logged on to.
    pub fn note(&self, operation: Operation, about: About) -> Result<()> {
        let Some(auditor) = self.watching.as_ref().filter(|auditor| auditor.wants(operation)) else {
            return Ok(());
        };
        let (auditor, mailbox, now) = (Arc::clone(auditor), self.id, self.database.now());
        self.database.write(move |tx| write(tx, mailbox, now, &auditor, operation, &about))
    }

    /// Records that a message is read, before any of it is handed out.
    pub(crate) fn reads(&self, item: &Item) -> Result<()> {
        let wanted =
            |auditor: &&Arc<Auditor>| auditor.wants(Operation::MessageBind) && auditor.reads(item.id);
        let Some(auditor) = self.watching.as_ref().filter(wanted) else { return Ok(()) };
        let (auditor, mailbox, now, item) = (Arc::clone(auditor), self.id, self.database.now(), item.clone());
        let (watching, id) = (Arc::clone(&auditor), item.id);
        let written = self.database.write(move |tx| {
            let about = items_in(tx, item.folder, std::slice::from_ref(&item))?;
            write(tx, mailbox, now, &auditor, Operation::MessageBind, &about)
        });
        // What was not written is told of at the next try.
        written.inspect_err(|_| watching.forget_read(id))
    }

    /// Records that items went to another mailbox.
    pub(crate) fn went(
        &self,
        operation: Operation,
        folder: FolderId,
        items: &[Item],
        to: &Mailbox,
        place: FolderId,
    ) -> Result<()> {
        let Some(auditor) = self.watching.as_ref().filter(|auditor| auditor.wants(operation)) else {
            return Ok(());
        };
        let destination = to.database.read(|tx| path(tx, place))?;
        let (auditor, mailbox, now) = (Arc::clone(auditor), self.id, self.database.now());
        let (items, other) = (items.to_vec(), to.guid());
        self.database.write(move |tx| {
            let about = About {
                destination: destination.clone(),
                destination_mailbox: Some(other),
                ..items_in(tx, folder, &items)?
            };
            write(tx, mailbox, now, &auditor, operation, &about)
        })
    }

    /// A page of its log, the newest first, of the entries before number `below`; an empty page is the end.
    pub fn audit_entries(&self, below: Option<i64>) -> Result<Vec<AuditEntry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM mailbox_audit WHERE mailbox = $1 AND number < $2 ORDER BY number DESC LIMIT $3"
        );
        self.database.read(|tx| {
            let params: [Param<'_>; 3] =
                [self.id.into(), below.unwrap_or(i64::MAX).into(), PAGE_ENTRIES_MAX.into()];
            let mut found = tx.all(&sql, &params, AuditEntry::of_row)?;
            fill(tx, self.id, &mut found)?;
            Ok(found)
        })
    }

    /// Takes away the oldest entries of its log, at most a slice of those made before a moment. Answers how many.
    /// What a clock made that ran ahead of `now` goes with its elders.
    pub fn forget_audit(&self, before: Time, now: Time) -> Result<u64> {
        let mailbox = self.id;
        self.database.write_quietly(move |tx| {
            let sql = "SELECT number, made FROM mailbox_audit WHERE mailbox = $1 ORDER BY number LIMIT $2";
            let oldest = tx.all(sql, &[mailbox.into(), PAGE_ENTRIES_MAX.into()], |row| {
                Ok((row.int(0)?, row.get::<Time>(1)?))
            })?;
            // The log hangs together: only the oldest go, one behind the other.
            let gone = oldest.iter().take_while(|(_, made)| *made < before || *made > now);
            let Some((last, _)) = gone.filter(|(_, made)| *made < before).last() else {
                return Ok(0);
            };
            let sql = "UPDATE mailbox SET audit_first = $2, audit_base =
                         (SELECT digest FROM mailbox_audit WHERE mailbox = $1 AND number = $3) WHERE id = $1";
            tx.execute(sql, &[mailbox.into(), (last + 1).into(), (*last).into()])?;
            let key = [mailbox.into(), (*last).into()];
            tx.execute("DELETE FROM mailbox_audit_item WHERE mailbox = $1 AND number <= $2", &key)?;
            tx.execute("DELETE FROM mailbox_audit WHERE mailbox = $1 AND number <= $2", &key)
        })
    }
}

/// Whether it was told within a day that somebody opened a folder.
fn is_told(tx: &mut dyn Tx, mailbox: i64, auditor: &Auditor, folder: FolderId, now: Time) -> Result<bool> {
    let (folder, account) = (path(tx, folder)?, auditor.account.to_bytes());
    let sql = "SELECT max(made) FROM mailbox_audit
               WHERE mailbox = $1 AND account = $2 AND operation = $3 AND folder = $4 AND client = $5";
    let params: [Param<'_>; 5] = [
        mailbox.into(),
        (&account).into(),
        (Operation::FolderBind as i64).into(),
        (&folder).into(),
        auditor.client.into(),
    ];
    let last: Option<i64> = tx.one(sql, &params, |row| row.get(0))?.flatten();
    Ok(last.is_some_and(|last| (0..BIND_TOLD_EVERY_MICROSECONDS).contains(&(now.0 - last))))
}

impl Database {
    /// The mailboxes that have a log, with the moment of its oldest entry.
    pub fn audited_mailboxes(&self) -> Result<Vec<(Guid, Time)>> {
        // The oldest one is the one with the lowest number: that is found without looking at the others.
        let sql = "SELECT m.guid, (SELECT a.made FROM mailbox_audit a WHERE a.mailbox = m.id ORDER BY a.number LIMIT 1)
                   FROM mailbox m WHERE m.state = 0 AND m.audit_next > m.audit_first";
        let found = self.read(|tx| {
            tx.all(sql, &[], |row| Ok((crate::row::guid(row, 0)?, row.get::<Option<Time>>(1)?)))
        })?;
        Ok(found.into_iter().filter_map(|(guid, oldest)| oldest.map(|oldest| (guid, oldest))).collect())
    }
}
