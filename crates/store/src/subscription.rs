//! Subscriptions: a folder is subscribed to or not, and a subscription outlives its folder [RFC 9051 6.3.7].

use db::Tx;
use object::Result;

use crate::folder::{Folder, FolderId, check_path, key};
use crate::mailbox::Mailbox;
use crate::state::State;

/// Between the names of a path; names hold no control characters.
const BETWEEN: &str = "\u{1F}";

impl Mailbox {
    /// Subscribes to a folder, or no longer.
    pub fn subscribe(&self, id: FolderId, subscribed: bool) -> Result<()> {
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            if ledger.folder(tx, id)?.subscribed == subscribed {
                return Ok(());
            }
            let change = ledger.change()?;
            let folder = ledger.folder(tx, id)?;
            (folder.subscribed, folder.change) = (subscribed, change);
            mark(tx, id, subscribed)
        })
    }

    /// Subscribes to a path, whether or not there is such a folder, or no longer.
    pub fn subscribe_path(&self, path: &[&str], subscribed: bool) -> Result<()> {
        check_path(path)?;
        if let Some(folder) = self.find(path)? {
            return self.subscribe(folder.id, subscribed);
        }
        let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            match subscribed {
                true => remember(tx, ledger.numbers.id, &path, false),
                false => forget(tx, ledger.numbers.id, &path).map(drop),
            }
        })
    }

    /// Remembers that a path that would be subscribed to by itself is not wanted, until it is subscribed to.
    pub fn refuse_path(&self, path: &[&str]) -> Result<()> {
        check_path(path)?;
        let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            remember(tx, ledger.numbers.id, &path, true)
        })
    }

    /// The paths that are subscribed to and have no folder.
    pub fn subscriptions_without_folder(&self) -> Result<Vec<Vec<String>>> {
        self.paths(false)
    }

    /// The paths that are not subscribed to, though they would be by themselves.
    pub fn refused_paths(&self) -> Result<Vec<Vec<String>>> {
        self.paths(true)
    }

    fn paths(&self, refused: bool) -> Result<Vec<Vec<String>>> {
        let sql = "SELECT path FROM subscription WHERE mailbox = $1 AND refused = $2 ORDER BY folded";
        self.database.read(|tx| {
            let path = |row: &db::Row<'_>| Ok(row.text(0)?.split(BETWEEN).map(str::to_owned).collect());
            tx.all(sql, &[self.id.into(), refused.into()], path)
        })
    }
}

pub(crate) fn mark(tx: &mut dyn Tx, id: FolderId, subscribed: bool) -> Result<()> {
    let sql = "UPDATE folder SET subscribed = $2 WHERE id = $1";
    tx.execute(sql, &[id.0.into(), subscribed.into()]).map(drop)
}

fn remember(tx: &mut dyn Tx, mailbox: i64, path: &[String], refused: bool) -> Result<()> {
    let path = path.join(BETWEEN);
    let sql = "INSERT INTO subscription (mailbox, folded, path, refused) VALUES ($1, $2, $3, $4)
               ON CONFLICT (mailbox, folded) DO UPDATE SET path = excluded.path, refused = excluded.refused";
    tx.execute(sql, &[mailbox.into(), (&key(&path)).into(), (&path).into(), refused.into()]).map(drop)
}

fn forget(tx: &mut dyn Tx, mailbox: i64, path: &[String]) -> Result<bool> {
    let sql = "DELETE FROM subscription WHERE mailbox = $1 AND folded = $2";
    Ok(tx.execute(sql, &[mailbox.into(), (&key(&path.join(BETWEEN))).into()])? > 0)
}

/// Keeps the subscription of a folder that is about to go.
pub(crate) fn outlive(tx: &mut dyn Tx, mailbox: i64, id: FolderId) -> Result<()> {
    if !Folder::load(tx, mailbox, id)?.subscribed {
        return Ok(());
    }
    let path = path(tx, mailbox, id)?;
    remember(tx, mailbox, &path, false)
}

/// Gives a folder that was just made the subscription that waited for it.
pub(crate) fn revive(tx: &mut dyn Tx, mailbox: i64, id: FolderId) -> Result<()> {
    let waiting = tx.one(
        "SELECT 1 FROM subscription WHERE mailbox = $1 AND refused = 0 LIMIT 1",
        &[mailbox.into()],
        |_| Ok(()),
    )?;
    if waiting.is_none() {
        return Ok(());
    }
    let path = path(tx, mailbox, id)?;
    match forget(tx, mailbox, &path)? {
        true => mark(tx, id, true),
        false => Ok(()),
    }
}

/// The names from the top down to a folder.
fn path(tx: &mut dyn Tx, mailbox: i64, id: FolderId) -> Result<Vec<String>> {
    let (mut names, mut at) = (Vec::new(), Some(id));
    while let Some(id) = at.filter(|_| names.len() <= crate::FOLDER_DEPTH_MAX) {
        let folder = Folder::load(tx, mailbox, id)?;
        names.insert(0, folder.name);
        at = folder.parent;
    }
    Ok(names)
}
