//! The tree of a mailbox's folders: making, renaming, deleting.

use db::Flow;
use object::types::Guid;
use object::{Error, ErrorId, Result};

use crate::audit::{self, About, Operation};
use crate::folder::{
    FOLDER_DEPTH_MAX, FOLDERS_MAX, Folder, FolderId, PLACEHOLDER, WellKnown, check_path, key, missing,
    sister, too_deep,
};
use crate::item;
use crate::ledger::Ledger;
use crate::mailbox::Mailbox;
use crate::permission;
use crate::row::{big, next};
use crate::state::State;
use crate::subscription;

impl Mailbox {
    /// Makes the folder at that path, with the parents that are missing. One that is there is a conflict.
    pub fn create_folder(&self, path: &[&str], class: &str) -> Result<Folder> {
        self.make_folder(path, class, None)
    }

    /// [`create_folder`](Mailbox::create_folder), with these permissions in place of those of the folder in which it is
    /// made. Parents that are missing have the usual ones.
    pub fn create_folder_with(
        &self,
        path: &[&str],
        class: &str,
        permissions: Vec<(String, u32)>,
    ) -> Result<Folder> {
        self.make_folder(path, class, Some(permissions))
    }

    fn make_folder(
        &self,
        path: &[&str],
        class: &str,
        permissions: Option<Vec<(String, u32)>>,
    ) -> Result<Folder> {
        check_path(path)?;
        let (path, class, now) = (owned(path), class.to_owned(), self.database.now());
        let watching = self.watching.clone();
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            let (mut parent, mut made) = (0, None);
            for (depth, name) in path.iter().enumerate() {
                match sister(tx, ledger.numbers.id, parent, name)? {
                    Some(folder) if folder.hidden => return Err(reserved(name)),
                    Some(folder) => {
                        if folder.is_placeholder() && depth + 1 == path.len() {
                            fill(tx, ledger, folder.id, &class)?;
                            made = Some(folder.id);
                        }
                        parent = folder.id.0;
                    }
                    None => {
                        let new = New { parent, name, kind: None, class: &class, hidden: false, now };
                        let id = birth(tx, ledger, &new)?;
                        (parent, made) = (id.0, Some(id));
                    }
                }
            }
            let id = made.ok_or_else(|| exists(path.last().map_or("", String::as_str)))?;
            if let Some(permissions) = &permissions {
                permission::replace(tx, ledger.numbers.id, id, permissions)?;
            }
            of_folder(tx, &watching, (ledger.numbers.id, now), Operation::Create, id)?;
            Folder::load(tx, ledger.numbers.id, id)
        })
    }

    /// Gives a folder another path; missing parents are made. Its UIDs, UIDVALIDITY and GUID stay. Well-known
    /// folders keep their place.
    pub fn rename_folder(&self, id: FolderId, path: &[&str]) -> Result<Folder> {
        check_path(path)?;
        let (path, now, watching) = (owned(path), self.database.now(), self.watching.clone());
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
            let destination = path.join("/");
            audit::record(tx, &watching, ledger.numbers.id, now, Operation::Update, |tx| {
                Ok(About { folder: audit::path(tx, id)?, destination, ..About::default() })
            })?;
            let sql = "UPDATE folder SET parent = $2, name = $3, name_key = $4, change = $5 WHERE id = $1";
            tx.execute(sql, &[id.0.into(), parent.into(), name.into(), (&key(name)).into(), big(change)])?;
            Folder::load(tx, ledger.numbers.id, id)
        })
    }

    /// Gives well-known folders other names, all or none: as its owner's language has them. What they are for stays.
    pub fn rename_known(&self, names: &[(WellKnown, String)]) -> Result<()> {
        names.iter().try_for_each(|(_, name)| check_path(&[name]))?;
        let (names, now, watching) = (names.to_vec(), self.database.now(), self.watching.clone());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            let mailbox = ledger.numbers.id;
            let mut renamed = Vec::new();
            for (kind, name) in &names {
                // An archive has not all of them.
                let sql = "SELECT id FROM folder WHERE mailbox = $1 AND kind = $2 AND name <> $3";
                let params = [mailbox.into(), (*kind as i64).into(), name.into()];
                renamed.extend(tx.one(sql, &params, |row| row.int(0))?.map(|id| (FolderId(id), name)));
            }
            // Two of them may exchange their names: first none of them has one that another wants.
            for (id, _) in &renamed {
                let aside = Guid::random().to_string();
                let sql = "UPDATE folder SET name = $2, name_key = $2 WHERE id = $1";
                tx.execute(sql, &[id.0.into(), (&aside).into()])?;
            }
            for (id, name) in renamed {
                let folder = ledger.folder(tx, id)?.clone();
                let parent = folder.parent.map_or(0, |parent| parent.0);
                if sister(tx, mailbox, parent, name)?.is_some_and(|other| other.id != id) {
                    return Err(exists(name));
                }
                let change = ledger.change()?;
                ledger.folder(tx, id)?.change = change;
                let sql = "UPDATE folder SET name = $2, name_key = $3, change = $4 WHERE id = $1";
                tx.execute(sql, &[id.0.into(), name.into(), (&key(name)).into(), big(change)])?;
                of_folder(tx, &watching, (mailbox, now), Operation::Update, id)?;
            }
            Ok(())
        })
    }

    /// Expunges all items of a folder and leaves its name as a placeholder for the folders below it, which stay.
    /// [RFC 3501 6.3.4]
    pub fn hollow_folder(&self, id: FolderId) -> Result<()> {
        let now = self.database.now();
        loop {
            let watching = self.watching.clone();
            let more = self.database.write_mailbox(self.id, move |tx, ledger| {
                tx.makes_room();
                State::connected(&ledger.numbers)?;
                let folder = ledger.folder(tx, id)?.clone();
                own_folder(&folder, "deleted")?;
                if discard_slice(tx, ledger, &watching, id, now)? {
                    return Ok(true);
                }
                of_folder(tx, &watching, (ledger.numbers.id, now), Operation::SoftDelete, id)?;
                fill(tx, ledger, id, PLACEHOLDER).map(|()| false)
            })?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Deletes a folder without children; its items are expunged.
    pub fn delete_folder(&self, id: FolderId) -> Result<()> {
        let now = self.database.now();
        loop {
            let watching = self.watching.clone();
            let more = self.database.write_mailbox(self.id, move |tx, ledger| {
                tx.makes_room();
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
                if discard_slice(tx, ledger, &watching, id, now)? {
                    return Ok(true);
                }
                of_folder(tx, &watching, (ledger.numbers.id, now), Operation::SoftDelete, id)?;
                take_away(tx, ledger, id).map(|()| false)
            })?;
            if !more {
                return Ok(());
            }
        }
    }
}

/// Records what is done with a folder as a whole.
fn of_folder(
    tx: &mut dyn db::Tx,
    watching: &audit::Watching,
    (mailbox, now): (i64, object::Time),
    operation: Operation,
    folder: FolderId,
) -> Result<()> {
    audit::record(tx, watching, mailbox, now, operation, |tx| {
        Ok(About { folder: audit::path(tx, folder)?, detail: "folder".to_owned(), ..About::default() })
    })
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
    permission::inherit(tx, mailbox, new.parent, id)?;
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

/// Takes away a folder that is empty.
fn take_away(tx: &mut dyn db::Tx, ledger: &mut Ledger, id: FolderId) -> Result<()> {
    let (mailbox, change) = (ledger.numbers.id, ledger.change()?);
    let guid = ledger.folder(tx, id)?.guid.to_bytes();
    subscription::outlive(tx, mailbox, id)?;
    bury_folder(tx, id)?;
    let sql = "INSERT INTO folder_gone (mailbox, change, folder, guid) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, &[mailbox.into(), big(change), id.0.into(), (&guid).into()]).map(drop)
}

/// Expunges a slice of a folder; false when there is nothing in it.
fn discard_slice(
    tx: &mut dyn db::Tx,
    ledger: &mut Ledger,
    watching: &audit::Watching,
    id: FolderId,
    now: object::Time,
) -> Result<bool> {
    let mut items = Vec::new();
    item::scan(tx, id, &(1..=u32::MAX), &mut |item| {
        items.push(item);
        Ok(if items.len() < crate::change::SLICE_ITEMS { Flow::More } else { Flow::Stop })
    })?;
    crate::change::expunged(tx, ledger, watching, id, &items, now)?;
    crate::change::discard_all(tx, ledger, &items, now, crate::Limits::default())?;
    Ok(!items.is_empty())
}

/// Makes a folder one that holds `class`, or a placeholder.
fn fill(tx: &mut dyn db::Tx, ledger: &mut Ledger, id: FolderId, class: &str) -> Result<()> {
    let change = ledger.change()?;
    ledger.folder(tx, id)?.change = change;
    tx.execute("UPDATE folder SET class = $2 WHERE id = $1", &[id.0.into(), class.into()]).map(drop)
}

/// Takes away a folder that has no items, with all that hangs on it.
pub(crate) fn bury_folder(tx: &mut dyn db::Tx, id: FolderId) -> Result<()> {
    for sql in [
        "DELETE FROM keyword WHERE folder = $1",
        "DELETE FROM vanished WHERE folder = $1",
        "DELETE FROM folder_permission WHERE folder = $1",
        "DELETE FROM folder WHERE id = $1",
    ] {
        tx.execute(sql, &[id.0.into()])?;
    }
    Ok(())
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|name| (*name).to_owned()).collect()
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
