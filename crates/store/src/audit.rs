//! Who did what in a mailbox: entries written in the transaction of what they tell of, each bound to the one before.
//!
//! Whoever may be recorded works through a handle that knows who they are ([`Mailbox::audited`]), so that every verb
//! records by itself, whichever door it came by. Which operations are wanted is asked anew each time.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use db::chain::{Digest, Link};
use db::{Param, Row, Tx};
use object::types::Guid;
use object::{Result, Time};
use parking_lot::Mutex;

use crate::flag::Flags;
use crate::folder::FolderId;
use crate::item::{Item, ItemId};
use crate::ledger::mailbox_missing;

object::enumeration! {
    /// Something that is done in a mailbox.
    pub enum Operation: "Mailstead.MailboxAuditOperations" {
        /// A folder is opened. Told once a day for each folder and person.
        FolderBind = 1,
        /// A message is read.
        MessageBind = 2,
        /// A message is put there, or a folder is made.
        Create = 3,
        /// Flags or keywords of a message are changed, or a folder is renamed.
        Update = 4,
        /// A message is copied to another folder.
        Copy = 5,
        /// A message is moved to another folder.
        Move = 6,
        /// A message is moved to Deleted Items.
        MoveToDeletedItems = 7,
        /// A message is expunged and can be recovered.
        SoftDelete = 8,
        /// A message is taken out of the recoverable items.
        HardDelete = 9,
        /// A message is sent as the mailbox.
        SendAs = 10,
        /// A message is sent on behalf of the mailbox.
        SendOnBehalf = 11,
        /// Somebody logs on to the mailbox.
        MailboxLogin = 12,
        /// Somebody is given rights in a folder.
        AddFolderPermissions = 13,
        /// Somebody's rights in a folder become others.
        ModifyFolderPermissions = 14,
        /// Somebody's rights in a folder are taken.
        RemoveFolderPermissions = 15,
    }
}

object::enumeration! {
    /// In what capacity somebody works in a mailbox.
    pub enum LogonType: "Microsoft.Exchange.Data.Storage.LogonType" {
        /// It is their own.
        Owner = 0,
        /// Through the administration.
        Admin = 1,
        /// Somebody else who was given rights.
        Delegate = 2,
    }
}

/// Whether an operation is to be recorded now.
pub type Wanted = Arc<dyn Fn(Operation) -> bool + Send + Sync>;

/// Somebody whose work in a mailbox may be recorded.
pub struct Auditor {
    /// The account, `CONTOSO\ann`.
    pub who: String,
    /// The directory's GUID of the account; empty for the machine itself.
    pub account: Guid,
    /// In what capacity.
    pub logon: LogonType,
    /// From where: an address, the local socket; empty where that is not known.
    pub address: String,
    /// The door: `IMAP4`.
    pub client: &'static str,
    /// What is to be recorded now.
    pub wanted: Wanted,
    read: Mutex<HashSet<ItemId>>,
}

impl Auditor {
    /// Somebody who begins to work in a mailbox.
    pub fn new(who: String, account: Guid, logon: LogonType, wanted: Wanted) -> Auditor {
        Auditor { who, account, logon, address: String::new(), client: "", wanted, read: Mutex::default() }
    }
    /// The same, at a door.
    #[must_use]
    pub fn at(self, client: &'static str, address: String) -> Auditor {
        Auditor { client, address, ..self }
    }
    pub(crate) fn wants(&self, operation: Operation) -> bool {
        (self.wanted)(operation)
    }
    /// Whether this reading of a message is the first one of this stay.
    pub(crate) fn reads(&self, item: ItemId) -> bool {
        let mut read = self.read.lock();
        if read.len() >= READ_REMEMBERED_MAX {
            read.clear();
        }
        read.insert(item)
    }

    /// A reading that could not be recorded.
    pub(crate) fn forget_read(&self, item: ItemId) {
        self.read.lock().remove(&item);
    }
}

impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Auditor({}, {})", self.who, self.logon)
    }
}

/// A client reads a message in pieces: so many messages of a stay are remembered, then some may be told of twice.
const READ_REMEMBERED_MAX: usize = 10_000;
/// How many characters of a subject are kept.
const SUBJECT_CHARACTERS_MAX: usize = 255;

/// What an entry is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The path of the folder, its levels parted by slashes.
    pub folder: String,
    /// The path of the folder to which something went, if it went to one.
    pub destination: String,
    /// The mailbox to which it went, where that is another one.
    pub destination_mailbox: Option<Guid>,
    /// What there is to say besides: whose rights became which.
    pub detail: String,
    /// The messages: number in the mailbox, and subject.
    pub items: Vec<(u64, String)>,
}

/// An entry of a mailbox's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, ever growing.
    pub number: i64,
    /// When.
    pub at: Time,
    /// What was done.
    pub operation: Operation,
    /// In what capacity.
    pub logon: LogonType,
    /// The account.
    pub who: String,
    /// Its GUID; empty for the machine itself.
    pub account: Guid,
    /// From where; empty where that is not known.
    pub address: String,
    /// By which door.
    pub client: String,
    /// To what.
    pub about: About,
}

/// Whoever works through a handle, if that is to be recorded.
pub(crate) type Watching = Option<Arc<Auditor>>;

/// Records what a transaction does. Does nothing where nobody watches, or it is not wanted.
pub(crate) fn record(
    tx: &mut dyn Tx,
    watching: &Watching,
    mailbox: i64,
    now: Time,
    operation: Operation,
    about: impl FnOnce(&mut dyn Tx) -> Result<About>,
) -> Result<()> {
    match watching {
        Some(auditor) if auditor.wants(operation) => {
            let about = about(tx)?;
            write(tx, mailbox, now, auditor, operation, &about)
        }
        _ => Ok(()),
    }
}

/// Items in a folder, as an entry names them.
pub(crate) fn items_in(tx: &mut dyn Tx, folder: FolderId, items: &[Item]) -> Result<About> {
    let named = items.iter().filter(|item| !item.flags.has(Flags::ASSOCIATED));
    let items = named.map(|item| Ok((item.id.number(), subject(tx, item.body)?))).collect::<Result<_>>()?;
    Ok(About { folder: path(tx, folder)?, items, ..About::default() })
}

/// The subject of a body; empty where it cannot be read.
fn subject(tx: &mut dyn Tx, body: i64) -> Result<String> {
    let sql = "SELECT subject FROM rendered WHERE body = $1";
    let bytes: Option<Vec<u8>> = tx.one(sql, &[body.into()], |row| row.get(0))?;
    let text = String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    Ok(printable(&text).chars().take(SUBJECT_CHARACTERS_MAX).collect())
}

/// The path of a folder; empty for the top.
pub(crate) fn path(tx: &mut dyn Tx, folder: FolderId) -> Result<String> {
    let (mut names, mut at) = (Vec::new(), folder.0);
    while at != 0 && names.len() < crate::folder::FOLDER_DEPTH_MAX {
        let sql = "SELECT name, parent FROM folder WHERE id = $1";
        let Some((name, parent)) =
            tx.one(sql, &[at.into()], |row| Ok((row.get::<String>(0)?, row.int(1)?)))?
        else {
            break;
        };
        names.push(name);
        at = parent;
    }
    names.reverse();
    Ok(names.join("/"))
}

fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

pub(crate) fn write(
    tx: &mut dyn Tx,
    mailbox: i64,
    now: Time,
    auditor: &Auditor,
    operation: Operation,
    about: &About,
) -> Result<()> {
    tx.execute("UPDATE mailbox SET audit_next = audit_next + 1 WHERE id = $1", &[mailbox.into()])?;
    let sql = "SELECT audit_next, audit_chain FROM mailbox WHERE id = $1";
    let next = tx.one(sql, &[mailbox.into()], |row| Ok((row.int(0)? - 1, row.get::<Option<Vec<u8>>>(1)?)))?;
    let (number, before) = next.ok_or_else(mailbox_missing)?;
    let entry = AuditEntry {
        number,
        at: now,
        operation,
        logon: auditor.logon,
        who: printable(&auditor.who),
        account: auditor.account,
        address: printable(&auditor.address),
        client: auditor.client.to_owned(),
        about: about.clone(),
    };
    let digest = entry.digest(before.as_deref());
    insert(tx, mailbox, &entry, &digest)?;
    let sql = "UPDATE mailbox SET audit_chain = $2 WHERE id = $1";
    tx.execute(sql, &[mailbox.into(), (&digest).into()]).map(drop)
}

fn insert(tx: &mut dyn Tx, mailbox: i64, entry: &AuditEntry, digest: &Digest) -> Result<()> {
    let sql =
        "INSERT INTO mailbox_audit (mailbox, number, made, operation, logon, who, account, address, client,
                 folder, destination, other, detail, digest)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let about = &entry.about;
    let (account, other) = (entry.account.to_bytes(), about.destination_mailbox.map(Guid::to_bytes));
    let params: [Param<'_>; 14] = [
        mailbox.into(),
        entry.number.into(),
        entry.at.into(),
        (entry.operation as i64).into(),
        (entry.logon as i64).into(),
        (&entry.who).into(),
        (&account).into(),
        (&entry.address).into(),
        (&entry.client).into(),
        (&about.folder).into(),
        (&about.destination).into(),
        other.as_ref().map(|bytes| &bytes[..]).into(),
        (&about.detail).into(),
        digest.into(),
    ];
    tx.execute(sql, &params)?;
    let sql = "INSERT INTO mailbox_audit_item (mailbox, number, ordinal, item, subject) VALUES ($1, $2, $3, $4, $5)";
    for (ordinal, (item, subject)) in about.items.iter().enumerate() {
        let params: [Param<'_>; 5] = [
            mailbox.into(),
            entry.number.into(),
            (ordinal as i64).into(),
            (*item as i64).into(),
            subject.into(),
        ];
        tx.execute(sql, &params)?;
    }
    Ok(())
}

pub(crate) const COLUMNS: &str =
    "number, made, operation, logon, who, account, address, client, folder, destination, other, detail";

impl AuditEntry {
    pub(crate) fn of_row(row: &Row<'_>) -> Result<AuditEntry> {
        let damaged = || {
            object::Error::server(object::ErrorId::DatabaseCorrupt, "An entry of an audit log is damaged.")
        };
        let other: Option<Vec<u8>> = row.get(10)?;
        Ok(AuditEntry {
            number: row.int(0)?,
            at: row.get(1)?,
            operation: Operation::of_number(row.int(2)?).ok_or_else(damaged)?,
            logon: LogonType::of_number(row.int(3)?).ok_or_else(damaged)?,
            who: row.get(4)?,
            account: crate::row::guid(row, 5)?,
            address: row.get(6)?,
            client: row.get(7)?,
            about: About {
                folder: row.get(8)?,
                destination: row.get(9)?,
                destination_mailbox: other.and_then(|bytes| Guid::of_bytes(&bytes)),
                detail: row.get(11)?,
                items: Vec::new(),
            },
        })
    }

    fn digest(&self, before: Option<&[u8]>) -> Digest {
        let mut link = Link::after(before);
        let about = &self.about;
        link.number(self.number).number(self.at.0).number(self.operation as i64).number(self.logon as i64);
        link.field(&self.account.to_bytes());
        let other = about.destination_mailbox.map(|guid| guid.to_string());
        for text in [&self.who, &self.address, &self.client, &about.folder, &about.destination, &about.detail]
        {
            link.field(text.as_bytes());
        }
        link.option(other.as_deref());
        for (item, subject) in &about.items {
            link.number(*item as i64).field(subject.as_bytes());
        }
        link.digest()
    }
}

pub(crate) fn fill(tx: &mut dyn Tx, mailbox: i64, entries: &mut [AuditEntry]) -> Result<()> {
    let sql =
        "SELECT item, subject FROM mailbox_audit_item WHERE mailbox = $1 AND number = $2 ORDER BY ordinal";
    for entry in entries {
        entry.about.items =
            tx.all(sql, &[mailbox.into(), entry.number.into()], |row| Ok((row.int(0)? as u64, row.get(1)?)))?;
    }
    Ok(())
}

/// How many entries one look answers at most.
pub(crate) const PAGE_ENTRIES_MAX: i64 = 500;

/// Takes away the log of a mailbox that goes away.
pub(crate) fn bury(tx: &mut dyn Tx, mailbox: i64) -> Result<()> {
    tx.execute("DELETE FROM mailbox_audit_item WHERE mailbox = $1", &[mailbox.into()])?;
    tx.execute("DELETE FROM mailbox_audit WHERE mailbox = $1", &[mailbox.into()]).map(drop)
}

/// Where logs are not whole: the first thing that was altered or is missing, for each.
pub(crate) fn check(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let sql = "SELECT id, audit_first, audit_base, audit_next, audit_chain FROM mailbox ORDER BY id";
    let logs = tx.all(sql, &[], |row| {
        let log = Log {
            mailbox: row.int(0)?,
            first: row.int(1)?,
            base: row.get(2)?,
            next: row.int(3)?,
            last: row.get(4)?,
        };
        Ok(log)
    })?;
    let mut faults = Vec::new();
    for log in logs {
        faults.extend(log.fault(tx)?);
    }
    Ok(faults)
}

/// What a mailbox says of its log.
struct Log {
    mailbox: i64,
    first: i64,
    base: Option<Vec<u8>>,
    next: i64,
    last: Option<Vec<u8>>,
}

impl Log {
    /// The first thing that is wrong with it.
    fn fault(&self, tx: &mut dyn Tx) -> Result<Option<String>> {
        let of = |what: String| Ok(Some(format!("{what} of the audit log of mailbox {}.", self.mailbox)));
        let (mut expected, mut before) = (self.first, self.base.clone());
        let sql = format!(
            "SELECT {COLUMNS}, digest FROM mailbox_audit WHERE mailbox = $1 AND number >= $2 ORDER BY number LIMIT $3"
        );
        loop {
            let params: [Param<'_>; 3] = [self.mailbox.into(), expected.into(), PAGE_ENTRIES_MAX.into()];
            let page =
                tx.all(&sql, &params, |row| Ok((AuditEntry::of_row(row)?, row.get::<Vec<u8>>(12)?)))?;
            if page.is_empty() {
                break;
            }
            for (mut entry, digest) in page {
                if entry.number != expected {
                    return of(format!("Entry {expected} is missing"));
                }
                fill(tx, self.mailbox, std::slice::from_mut(&mut entry))?;
                if entry.digest(before.as_deref()) != digest.as_slice() {
                    return of(format!("Entry {expected} was altered"));
                }
                (expected, before) = (expected + 1, Some(digest));
            }
        }
        match expected == self.next && (before == self.last || self.last.is_none() && expected == self.first)
        {
            true => Ok(None),
            false if expected < self.next => of(format!("Entry {expected} is missing")),
            false => {
                of(format!("The last entry ({})", expected - 1) + " is not the one that was written last")
            }
        }
    }
}
