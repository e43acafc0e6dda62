//! A mailbox: its folders, its items, its feed. The handle is cheap and may be kept for as long as one likes.

use std::fmt;
use std::ops::Range;

use db::Flow;
use message::Rendered;
use object::types::Guid;
use object::{ErrorId, Result, Time};
use tokio::sync::watch;

use crate::audit::{Operation, Watching};
use crate::body;
use crate::database::Database;
use crate::flag::Flags;
use crate::folder::{self, Folder, FolderId, WellKnown, sister};
use crate::item::{self, Item, UidSet};
use crate::keyword;
use crate::ledger::{Numbers, Tally, mailbox_missing};
use crate::read_state::{self, ReadState, Reader};
use crate::row::{big, ranges};

/// A handle on a mailbox.
#[derive(Clone)]
pub struct Mailbox {
    pub(crate) database: Database,
    pub(crate) id: i64,
    pub(crate) guid: Guid,
    /// Whoever works through this handle, where that may be recorded.
    pub(crate) watching: Watching,
    /// Whoever reads through this handle, where holders have read states of their own.
    pub(crate) reader: Reader,
}

/// What goes on in a mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// How many items nobody has read.
    pub unread: u64,
    /// What came to it since a moment and is still there.
    pub added: Tally,
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
        Mailbox { database, id, guid, watching: None, reader: None }
    }

    /// Its GUID.
    pub fn guid(&self) -> Guid {
        self.guid
    }

    /// The database it lies in.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The same mailbox as a holder sees it who has a read state of their own.
    #[must_use]
    pub fn read_for(self, holder: Guid) -> Mailbox {
        Mailbox { reader: Some(holder), ..self }
    }

    /// Folders with as many unread items as there are for whoever reads.
    fn counted(&self, tx: &mut dyn db::Tx, folders: Vec<Folder>) -> Result<Vec<Folder>> {
        read_state::counted(tx, self.id, self.reader, folders)
    }

    fn counted_one(&self, tx: &mut dyn db::Tx, folder: Folder) -> Result<Folder> {
        if self.reader.is_none() {
            return Ok(folder);
        }
        let shown = folder.clone();
        Ok(self.counted(tx, vec![folder])?.pop().unwrap_or(shown))
    }

    /// Every folder, the hidden ones included, in the order in which they were made.
    pub fn folders(&self) -> Result<Vec<Folder>> {
        self.database.read(|tx| {
            let folders = Folder::load_all(tx, self.id)?;
            self.counted(tx, folders)
        })
    }

    /// The folder with that number.
    pub fn folder(&self, id: FolderId) -> Result<Folder> {
        self.database.read(|tx| {
            let folder = Folder::load(tx, self.id, id)?;
            self.counted_one(tx, folder)
        })
    }

    /// One of the well-known folders.
    pub fn known(&self, kind: WellKnown) -> Result<Folder> {
        self.database.read(|tx| {
            let folder = Folder::load_known(tx, self.id, kind)?;
            self.counted_one(tx, folder)
        })
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
            found.map(|folder| self.counted_one(tx, folder)).transpose()
        })
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
            let facts = self.counted_one(tx, facts)?;
            let mut flow = Flow::More;
            for range in uids.ranges() {
                let read = ReadState::load(tx, self.reader, folder, range)?;
                item::scan(tx, folder, range, &mut |item| {
                    flow = if item.flags.has(Flags::ASSOCIATED) { Flow::More } else { each(&read.of(item))? };
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
            let read = ReadState::load(tx, self.reader, folder, &(uid..=uid))?;
            Ok(read.of(item::load(tx, folder, uid)?))
        })
    }

    /// Hands over items with what was worked out from their bytes (all but the texts), ascending by UID.
    pub fn rendered(
        &self,
        folder: FolderId,
        uids: &UidSet,
        each: &mut dyn FnMut(&Item, &Rendered) -> Result<Flow>,
    ) -> Result<()> {
        let (mut from, mut made) = (1, None);
        while let Some(damaged) = self.rendered_from(folder, uids, from, each)? {
            // Once: what cannot be made from the bytes either is passed over, and verify tells of both.
            from = if made == Some(damaged.uid) { damaged.uid.saturating_add(1) } else { damaged.uid };
            if made != Some(damaged.uid) {
                self.database.render_bodies(&[(damaged.body, damaged.size)])?;
                made = Some(damaged.uid);
            }
        }
        Ok(())
    }

    /// As [`Mailbox::rendered`], from a UID on; answers the first item whose rendering is damaged.
    fn rendered_from(
        &self,
        folder: FolderId,
        uids: &UidSet,
        from: u32,
        each: &mut dyn FnMut(&Item, &Rendered) -> Result<Flow>,
    ) -> Result<Option<Item>> {
        self.database.read(|tx| {
            Folder::load(tx, self.id, folder)?;
            let (mut flow, mut damaged) = (Flow::More, None);
            for range in uids.ranges().iter().filter(|range| *range.end() >= from) {
                let range = from.max(*range.start())..=*range.end();
                let read = ReadState::load(tx, self.reader, folder, &range)?;
                item::scan_rendered(tx, folder, &range, &mut |item, rendered| {
                    let item = read.of(item);
                    flow = match rendered {
                        _ if item.flags.has(Flags::ASSOCIATED) => Flow::More,
                        Ok(rendered) => each(&item, &rendered)?,
                        Err(error) if error.is(ErrorId::RenderedDamaged) => {
                            damaged = Some(item);
                            Flow::Stop
                        }
                        Err(error) => return Err(error),
                    };
                    Ok(flow)
                })?;
                if flow == Flow::Stop {
                    break;
                }
            }
            Ok(damaged)
        })
    }

    /// The bytes of an item within a range, clipped to its size.
    pub fn body(&self, folder: FolderId, uid: u32, range: Range<u64>) -> Result<Vec<u8>> {
        self.is_read();
        if self.watching.as_ref().is_some_and(|auditor| auditor.wants(Operation::MessageBind)) {
            self.reads(&self.item(folder, uid)?)?;
        }
        self.database.read(|tx| {
            Folder::load(tx, self.id, folder)?;
            let item = item::load(tx, folder, uid)?;
            body::read(tx, item.body, item.size, range.clone())
        })
    }

    /// The bytes within a range of an item that was read before, wherever it lies now. One that is gone for good is missing.
    pub fn body_of(&self, item: &Item, range: Range<u64>) -> Result<Vec<u8>> {
        self.reads(item)?;
        self.is_read();
        self.database.read(|tx| body::read(tx, item.body, item.size, range.clone()))
    }

    /// Whether all the bytes of an item can be read; reads them piece by piece, each on a snapshot of its own.
    pub fn check_body(&self, folder: FolderId, uid: u32) -> Result<()> {
        let item = self.item(folder, uid)?;
        let mut at = 0;
        while at < item.size {
            let next = (at + body::CHUNK_BYTES as u64).min(item.size);
            self.body_of(&item, at..next)?;
            at = next;
        }
        Ok(())
    }

    /// All the bytes of an item.
    pub fn whole_body(&self, folder: FolderId, uid: u32) -> Result<Vec<u8>> {
        self.body(folder, uid, 0..u64::MAX)
    }

    /// What changed in a folder after a change number, on one snapshot.
    pub fn changes(&self, folder: FolderId, since: u64) -> Result<FolderChanges> {
        self.database.read(|tx| {
            let facts = Folder::load(tx, self.id, folder)?;
            let facts = self.counted_one(tx, facts)?;
            if facts.change <= since {
                return Ok(FolderChanges { folder: facts, items: Vec::new(), vanished: UidSet::default() });
            }
            let mut items = item::changed(tx, folder, since)?;
            items.retain(|item| !item.flags.has(Flags::ASSOCIATED));
            if let (Some(first), Some(last)) = (items.first(), items.last()) {
                let read = ReadState::load(tx, self.reader, folder, &(first.uid..=last.uid))?;
                items = items.into_iter().map(|item| read.of(item)).collect();
            }
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
            let folders = self.counted(tx, folders)?;
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

    /// Remembers that this account logged on to the mailbox now.
    pub fn logged_on(&self, account: &str) {
        self.database.logons().on(self.id, account, self.database.now());
    }

    /// Remembers that whoever works in it reads.
    fn is_read(&self) {
        if let Some(auditor) = &self.watching {
            self.database.logons().read(self.id, &auditor.who, self.database.now());
        }
    }

    /// Remembers that this account sends in its name now.
    pub fn sent_by(&self, account: &str) {
        self.database.logons().sent(self.id, account, self.database.now());
    }

    /// What nobody has read in it, and what came to it since a moment and is still there. Looks at every item.
    pub fn activity(&self, since: Time) -> Result<Activity> {
        let unread = "SELECT coalesce(sum(unseen), 0) FROM folder WHERE mailbox = $1 AND hidden = 0";
        let added = "SELECT count(*), coalesce(sum(i.size), 0) FROM folder f JOIN item i ON i.folder = f.id
                     WHERE f.mailbox = $1 AND f.hidden = 0 AND i.saved >= $2";
        self.database.read(|tx| {
            let unread = u64::try_from(tx.number(unread, &[self.id.into()])?).unwrap_or(0);
            let params = [self.id.into(), since.into()];
            let added = tx.one(added, &params, |row| Ok(Tally { count: row.get(0)?, size: row.get(1)? }))?;
            Ok(Activity { unread, added: added.unwrap_or_default() })
        })
    }

    /// Remembers that a session ended now.
    pub fn logged_off(&self) {
        self.database.logons().off(self.id, self.database.now());
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

impl Database {
    /// The mailbox with that GUID, connected or not.
    pub fn mailbox(&self, guid: Guid) -> Result<Mailbox> {
        let numbers = self.read(|tx| Numbers::by_guid(tx, guid))?.ok_or_else(mailbox_missing)?;
        Ok(Mailbox::new(self.clone(), numbers.id, guid))
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox({})", self.guid)
    }
}
