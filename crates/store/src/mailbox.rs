//! A mailbox: its folders, its items, its feed. The handle is cheap and may be kept for as long as one likes.

use std::fmt;
use std::ops::Range;

use db::Flow;
use message::Rendered;
use object::types::Guid;
use object::{Error, ErrorId, Result};
use tokio::sync::watch;

use crate::body;
use crate::database::{Database, mailbox_missing, next};
use crate::flag::Flags;
use crate::folder::{
    self, FOLDER_DEPTH_MAX, FOLDERS_MAX, Folder, FolderId, WellKnown, check_name, key, missing,
};
use crate::item::{self, Item, ItemId, UidSet};
use crate::keyword;
use crate::ledger::{Ledger, Numbers, Tally, big, ranges};
use crate::lifecycle::State;
use crate::subscription;

/// A handle on a mailbox.
#[derive(Clone)]
pub struct Mailbox {
    pub(crate) database: Database,
    pub(crate) id: i64,
    guid: Guid,
}

/// How full a mailbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    /// What its folders show.
    pub items: Tally,
    /// Associated items.
    pub associated: Tally,
    /// Recoverable items.
    pub deleted: Tally,
}

impl Usage {
    /// What counts against the mailbox quota.
    pub fn size(&self) -> u64 {
        self.items.size + self.associated.size
    }
}

/// What changed in a mailbox since a change number.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Since {
    /// The number to ask with next time.
    pub cursor: u64,
    /// The folders that changed, or in which anything did.
    pub folders: Vec<Folder>,
    /// The folders that are gone.
    pub gone: Vec<FolderId>,
}

/// What changed in a folder since a change number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderChanges {
    /// The folder as it is now; its `change` is the number to ask with next time.
    pub folder: Folder,
    /// Items that are new or changed, by UID.
    pub items: Vec<Item>,
    /// UIDs that are gone.
    pub vanished: UidSet,
}

impl Mailbox {
    pub(crate) fn new(database: Database, id: i64, guid: Guid) -> Mailbox {
        Mailbox { database, id, guid }
    }

    /// Its GUID.
    pub fn guid(&self) -> Guid {
        self.guid
    }

    /// The database it lies in.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Every folder, the hidden ones included, in the order in which they were made.
    pub fn folders(&self) -> Result<Vec<Folder>> {
        self.database.read(|tx| Folder::load_all(tx, self.id))
    }

    /// The folder with that number.
    pub fn folder(&self, id: FolderId) -> Result<Folder> {
        self.database.read(|tx| Folder::load(tx, self.id, id))
    }

    /// One of the well-known folders.
    pub fn known(&self, kind: WellKnown) -> Result<Folder> {
        self.database.read(|tx| Folder::load_known(tx, self.id, kind))
    }

    /// The visible folder at that path, names compared without regard to case.
    pub fn find(&self, path: &[&str]) -> Result<Option<Folder>> {
        self.database.read(|tx| {
            let mut found = None;
            for name in path {
                let parent = found.as_ref().map_or(0, |folder: &Folder| folder.id.0);
                match sister(tx, self.id, parent, name)? {
                    Some(folder) if !folder.hidden => found = Some(folder),
                    _ => return Ok(None),
                }
            }
            Ok(found)
        })
    }

    /// Makes the folder at that path, with the parents that are missing. One that is there is a conflict.
    pub fn create_folder(&self, path: &[&str], class: &str) -> Result<Folder> {
        check_path(path)?;
        let (path, class, now) = (owned(path), class.to_owned(), self.database.now());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            let (mut parent, mut made) = (0, None);
            for name in &path {
                match sister(tx, ledger.numbers.id, parent, name)? {
                    Some(folder) if folder.hidden => return Err(reserved(name)),
                    Some(folder) => parent = folder.id.0,
                    None => {
                        let new = New { parent, name, kind: None, class: &class, hidden: false, now };
                        let id = birth(tx, ledger, &new)?;
                        (parent, made) = (id.0, Some(id));
                    }
                }
            }
            let id = made.ok_or_else(|| exists(path.last().map_or("", String::as_str)))?;
            Folder::load(tx, ledger.numbers.id, id)
        })
    }

    /// Gives a folder another path; missing parents are made. Its UIDs, UIDVALIDITY and GUID stay. Well-known
    /// folders keep their place.
    pub fn rename_folder(&self, id: FolderId, path: &[&str]) -> Result<Folder> {
        check_path(path)?;
        let (path, now) = (owned(path), self.database.now());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            let folder = ledger.folder(tx, id)?.clone();
            own_folder(&folder, "renamed")?;
            let Some((name, parents)) = path.split_last() else { return Err(missing()) };
            let mut parent = 0;
            for name in parents {
                parent = match sister(tx, ledger.numbers.id, parent, name)? {
                    Some(folder) if folder.hidden => return Err(reserved(name)),
                    Some(folder) => folder.id.0,
                    None => {
                        let new = New { parent, name, kind: None, class: &folder.class, hidden: false, now };
                        birth(tx, ledger, &new)?.0
                    }
                };
                if parent == id.0 {
                    return Err(Error::conflict(
                        ErrorId::FolderInsideItself,
                        "A folder cannot be moved into itself.",
                    ));
                }
            }
            if sister(tx, ledger.numbers.id, parent, name)?.is_some_and(|other| other.id != id) {
                return Err(exists(name));
            }
            check_depth_below(tx, ledger.numbers.id, id, path.len())?;
            let change = ledger.change()?;
            ledger.folder(tx, id)?.change = change;
            let sql = "UPDATE folder SET parent = $2, name = $3, name_key = $4, change = $5 WHERE id = $1";
            tx.execute(sql, &[id.0.into(), parent.into(), name.into(), (&key(name)).into(), big(change)])?;
            Folder::load(tx, ledger.numbers.id, id)
        })
    }

    /// Deletes a folder without children; its items are expunged.
    pub fn delete_folder(&self, id: FolderId) -> Result<()> {
        let now = self.database.now();
        loop {
            let more = self.database.write_mailbox(self.id, move |tx, ledger| {
                State::connected(&ledger.numbers)?;
                let folder = ledger.folder(tx, id)?.clone();
                own_folder(&folder, "deleted")?;
                let children = tx.number(
                    "SELECT count(*) FROM folder WHERE mailbox = $1 AND parent = $2",
                    &[ledger.numbers.id.into(), id.0.into()],
                )?;
                if children > 0 {
                    return Err(Error::conflict(
                        ErrorId::FolderHasChildren,
                        "The folder has folders below it.",
                    )
                    .help("Delete those first."));
                }
                empty_slice(tx, ledger, id, now)
            })?;
            if !more {
                return Ok(());
            }
        }
    }

    /// The keywords a folder knows.
    pub fn keywords(&self, folder: FolderId) -> Result<Vec<String>> {
        self.database.read(|tx| {
            Folder::load(tx, self.id, folder)?;
            keyword::of_folder(tx, folder)
        })
    }

    /// Hands over the items of a folder, ascending by UID, as one range scan on one snapshot; associated items are
    /// left out. Nothing may be sent to a client from within `each`: gather, then send.
    pub fn items(
        &self,
        folder: FolderId,
        uids: &UidSet,
        each: &mut dyn FnMut(&Item) -> Result<Flow>,
    ) -> Result<Folder> {
        self.database.read(|tx| {
            let facts = Folder::load(tx, self.id, folder)?;
            let mut flow = Flow::More;
            for range in uids.ranges() {
                item::scan(tx, folder, range, &mut |item| {
                    flow = if item.flags.has(Flags::ASSOCIATED) { Flow::More } else { each(&item)? };
                    Ok(flow)
                })?;
                if flow == Flow::Stop {
                    break;
                }
            }
            Ok(facts)
        })
    }

    /// The item with that UID.
    pub fn item(&self, folder: FolderId, uid: u32) -> Result<Item> {
        self.database.read(|tx| {
            Folder::load(tx, self.id, folder)?;
            item::load(tx, folder, uid)
        })
    }

    /// The item with that number, wherever in the mailbox it lies.
    pub fn item_by_number(&self, number: u64) -> Result<Option<Item>> {
        if number >> crate::schema::ITEM_BITS != 0 {
            return Ok(None);
        }
        self.database.read(|tx| item::by_id(tx, ItemId::new(self.id, number)))
    }

    /// Hands over items with what was worked out from their bytes (all but the texts), ascending by UID.
    pub fn rendered(
        &self,
        folder: FolderId,
        uids: &UidSet,
        each: &mut dyn FnMut(&Item, &Rendered) -> Result<Flow>,
    ) -> Result<()> {
        self.database.read(|tx| {
            Folder::load(tx, self.id, folder)?;
            let mut flow = Flow::More;
            for range in uids.ranges() {
                item::scan_rendered(tx, folder, range, &mut |item, rendered| {
                    flow =
                        if item.flags.has(Flags::ASSOCIATED) { Flow::More } else { each(&item, &rendered)? };
                    Ok(flow)
                })?;
                if flow == Flow::Stop {
                    break;
                }
            }
            Ok(())
        })
    }

    /// The bytes of an item within a range, clipped to its size.
    pub fn body(&self, folder: FolderId, uid: u32, range: Range<u64>) -> Result<Vec<u8>> {
        self.database.read(|tx| {
            Folder::load(tx, self.id, folder)?;
            let item = item::load(tx, folder, uid)?;
            body::read(tx, item.body, item.size, range.clone())
        })
    }

    /// All the bytes of an item.
    pub fn whole_body(&self, folder: FolderId, uid: u32) -> Result<Vec<u8>> {
        self.body(folder, uid, 0..u64::MAX)
    }

    /// What changed in a folder after a change number, on one snapshot.
    pub fn changes(&self, folder: FolderId, since: u64) -> Result<FolderChanges> {
        self.database.read(|tx| {
            let facts = Folder::load(tx, self.id, folder)?;
            if facts.change <= since {
                return Ok(FolderChanges { folder: facts, items: Vec::new(), vanished: UidSet::default() });
            }
            let mut items = item::changed(tx, folder, since)?;
            items.retain(|item| !item.flags.has(Flags::ASSOCIATED));
            let sql = "SELECT low, high FROM vanished WHERE folder = $1 AND change > $2";
            let gone = tx.all(sql, &[folder.0.into(), big(since)], |row| {
                Ok(row.get::<u32>(0)?..=row.get::<u32>(1)?)
            })?;
            Ok(FolderChanges { folder: facts, items, vanished: UidSet::of_ranges(gone) })
        })
    }

    /// What changed in the mailbox after a change number, on one snapshot.
    pub fn since(&self, cursor: u64) -> Result<Since> {
        self.database.read(|tx| {
            let numbers = Numbers::by_id(tx, self.id)?.ok_or_else(mailbox_missing)?;
            let sql = format!(
                "SELECT {} FROM folder WHERE mailbox = $1 AND change > $2 ORDER BY id",
                folder::COLUMNS
            );
            let folders = tx.all(&sql, &[self.id.into(), big(cursor)], Folder::of_row)?;
            let sql = "SELECT folder FROM folder_gone WHERE mailbox = $1 AND change > $2 ORDER BY folder";
            let gone = tx.all(sql, &[self.id.into(), big(cursor)], |row| row.int(0).map(FolderId))?;
            Ok(Since { cursor: numbers.change, folders, gone })
        })
    }

    /// Its change number.
    pub fn change(&self) -> Result<u64> {
        self.database.read(|tx| Ok(Numbers::by_id(tx, self.id)?.ok_or_else(mailbox_missing)?.change))
    }

    /// Waits on its change number: bumped after the commit, in commit order; starts at the number as it is now.
    pub fn watch(&self) -> Result<watch::Receiver<u64>> {
        // Listening first, asking second: a commit in between is seen by one or by both.
        let mut receiver = self.database.feeds().listen(self.id);
        self.database.feeds().publish(self.id, self.change()?);
        receiver.borrow_and_update();
        Ok(receiver)
    }

    /// How full it is.
    pub fn usage(&self) -> Result<Usage> {
        self.database.read(|tx| {
            let n = Numbers::by_id(tx, self.id)?.ok_or_else(mailbox_missing)?;
            Ok(Usage { items: n.items, associated: n.associated, deleted: n.deleted })
        })
    }

    /// The UIDs of a folder, ascending: what message sequence numbers are counted from.
    pub fn uids(&self, folder: FolderId) -> Result<(Folder, UidSet)> {
        self.database.read(|tx| {
            let facts = Folder::load(tx, self.id, folder)?;
            let mut uids = Vec::with_capacity(facts.total as usize);
            let sql = "SELECT uid, flags FROM item WHERE folder = $1 ORDER BY uid";
            tx.query(sql, &[folder.0.into()], &mut |row| {
                if !Flags(row.int(1)? as u16).has(Flags::ASSOCIATED) {
                    uids.push(row.get(0)?);
                }
                Ok(Flow::More)
            })?;
            Ok((facts, UidSet::of_ranges(ranges(&uids))))
        })
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox({})", self.guid)
    }
}

/// A folder that is to be made.
pub(crate) struct New<'a> {
    pub(crate) parent: i64,
    pub(crate) name: &'a str,
    pub(crate) kind: Option<WellKnown>,
    pub(crate) class: &'a str,
    pub(crate) hidden: bool,
    pub(crate) now: object::Time,
}

/// Makes a folder in a mailbox that has room for it.
pub(crate) fn birth(tx: &mut dyn db::Tx, ledger: &mut Ledger, new: &New<'_>) -> Result<FolderId> {
    let mailbox = ledger.numbers.id;
    let count = tx.number("SELECT count(*) FROM folder WHERE mailbox = $1", &[mailbox.into()])?;
    if count as usize >= FOLDERS_MAX {
        return Err(Error::limit(
            ErrorId::TooManyFolders,
            format!("A mailbox has at most {FOLDERS_MAX} folders."),
        ));
    }
    let id = FolderId(next(tx, "folder")?);
    lay(tx, ledger, id, new)?;
    subscription::revive(tx, mailbox, id)?;
    Ok(id)
}

/// Writes the row of a new folder. Its UIDVALIDITY is about the time in seconds, and always above that of every folder
/// before.
pub(crate) fn lay(tx: &mut dyn db::Tx, ledger: &mut Ledger, id: FolderId, new: &New<'_>) -> Result<()> {
    let now = u32::try_from(new.now.unix()).unwrap_or(1);
    let last = ledger.numbers.uid_validity;
    let validity = now.max(last.checked_add(1).ok_or_else(|| {
        Error::limit(ErrorId::UidValidityExhausted, "The mailbox has used up its UIDVALIDITY numbers.")
    })?);
    ledger.numbers.uid_validity = validity;
    let sql = "INSERT INTO folder (id, mailbox, parent, name, name_key, kind, class, hidden, subscribed, guid,
                 created, uid_validity, uid_next, change, total, unseen, size, associated_count, associated_size)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, 1, $12, 0, 0, 0, 0, 0)";
    let (guid, name_key) = (Guid::random().to_bytes(), key(new.name));
    let params = [
        id.0.into(),
        ledger.numbers.id.into(),
        new.parent.into(),
        new.name.into(),
        (&name_key).into(),
        new.kind.map_or(0, |kind| kind as i64).into(),
        new.class.into(),
        new.hidden.into(),
        (&guid).into(),
        new.now.into(),
        validity.into(),
        big(ledger.change()?),
    ];
    tx.execute(sql, &params).map(drop)
}

fn sister(tx: &mut dyn db::Tx, mailbox: i64, parent: i64, name: &str) -> Result<Option<Folder>> {
    let sql = format!(
        "SELECT {} FROM folder WHERE mailbox = $1 AND parent = $2 AND name_key = $3",
        folder::COLUMNS
    );
    tx.one(&sql, &[mailbox.into(), parent.into(), (&key(name)).into()], Folder::of_row)
}

/// Expunges a slice of a folder that is being deleted, and the folder itself when it is empty. True: call again.
fn empty_slice(tx: &mut dyn db::Tx, ledger: &mut Ledger, id: FolderId, now: object::Time) -> Result<bool> {
    let mut items = Vec::new();
    item::scan(tx, id, &(1..=u32::MAX), &mut |item| {
        items.push(item);
        Ok(if items.len() < crate::change::SLICE_ITEMS { Flow::More } else { Flow::Stop })
    })?;
    if !items.is_empty() {
        crate::change::discard_all(tx, ledger, &items, now, crate::Limits::default())?;
        return Ok(true);
    }
    let (mailbox, change) = (ledger.numbers.id, ledger.change()?);
    let guid = ledger.folder(tx, id)?.guid.to_bytes();
    subscription::outlive(tx, mailbox, id)?;
    bury_folder(tx, id)?;
    let sql = "INSERT INTO folder_gone (mailbox, change, folder, guid) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, &[mailbox.into(), big(change), id.0.into(), (&guid).into()])?;
    Ok(false)
}

/// Takes away a folder that has no items, with all that hangs on it.
pub(crate) fn bury_folder(tx: &mut dyn db::Tx, id: FolderId) -> Result<()> {
    for sql in [
        "DELETE FROM keyword WHERE folder = $1",
        "DELETE FROM vanished WHERE folder = $1",
        "DELETE FROM folder WHERE id = $1",
    ] {
        tx.execute(sql, &[id.0.into()])?;
    }
    Ok(())
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|name| (*name).to_owned()).collect()
}

pub(crate) fn check_path(path: &[&str]) -> Result<()> {
    if path.is_empty() {
        return Err(Error::caller(ErrorId::FolderNameInvalid, "The folder name is empty."));
    }
    if path.len() > FOLDER_DEPTH_MAX {
        return Err(too_deep());
    }
    path.iter().try_for_each(|name| check_name(name))
}

/// A folder that is moved takes its children along, and they must not come to lie too deep either.
fn check_depth_below(tx: &mut dyn db::Tx, mailbox: i64, id: FolderId, depth: usize) -> Result<()> {
    let mut level = vec![id.0];
    for _ in depth..=FOLDER_DEPTH_MAX {
        let mut below = Vec::new();
        for parent in level {
            let sql = "SELECT id FROM folder WHERE mailbox = $1 AND parent = $2";
            below.extend(tx.all(sql, &[mailbox.into(), parent.into()], |row| row.int(0))?);
        }
        if below.is_empty() {
            return Ok(());
        }
        level = below;
    }
    Err(too_deep())
}

fn too_deep() -> Error {
    Error::limit(ErrorId::FolderTooDeep, format!("Folders lie at most {FOLDER_DEPTH_MAX} deep."))
}

fn exists(name: &str) -> Error {
    Error::conflict(ErrorId::FolderExists, format!("There already is a folder '{name}'."))
}

fn reserved(name: &str) -> Error {
    Error::conflict(ErrorId::FolderReserved, format!("The name '{name}' belongs to the server."))
}

/// Well-known folders keep their names and places: clients and rules rely on them.
fn own_folder(folder: &Folder, what: &str) -> Result<()> {
    if folder.kind.is_some() || folder.hidden {
        let message = format!("The folder '{}' cannot be {what}: every mailbox has it.", folder.name);
        return Err(Error::conflict(ErrorId::FolderReserved, message));
    }
    Ok(())
}
