//! Subscriptions: a folder is subscribed to or not, and a subscription outlives its folder [RFC 9051 6.3.7].

use db::Tx;
use object::{Error, ErrorId, Result};

use crate::folder::{Folder, FolderId, check_path, key};
use crate::mailbox::Mailbox;
use crate::state::State;

/// Names of one mailbox that are remembered without a folder of it: subscribed to, or refused.
pub const SUBSCRIPTIONS_MAX: usize = 5_000;

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

    /// Subscribes to a path, whether or not there is such a folder, or no longer. At most [`SUBSCRIPTIONS_MAX`] without a folder.
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
    let folded = key(&path);
    let sql = "SELECT COUNT(*) FROM subscription WHERE mailbox = $1 AND folded <> $2";
    if tx.number(sql, &[mailbox.into(), (&folded).into()])? >= SUBSCRIPTIONS_MAX as i64 {
        let message =
            format!("A mailbox remembers at most {SUBSCRIPTIONS_MAX} names that are not its folders.");
        return Err(Error::limit(ErrorId::TooManySubscriptions, message).help("Unsubscribe from some."));
    }
    let sql = "INSERT INTO subscription (mailbox, folded, path, refused) VALUES ($1, $2, $3, $4)
               ON CONFLICT (mailbox, folded) DO UPDATE SET path = excluded.path, refused = excluded.refused";
    tx.execute(sql, &[mailbox.into(), (&folded).into(), (&path).into(), refused.into()]).map(drop)
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
    match remember(tx, mailbox, &path, false) {
        // A folder can go all the same.
        Err(error) if error.is(ErrorId::TooManySubscriptions) => Ok(()),
        done => done,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_folders_are_remembered_up_to_a_limit() {
        let db = db::memory().unwrap();
        db.migrate("store", &crate::schema::STEPS).unwrap();
        let name = |number: usize| vec![format!("List {number}")];
        db.write(move |tx| {
            (0..SUBSCRIPTIONS_MAX).try_for_each(|number| remember(tx, 7, &name(number), number % 2 == 0))?;
            let error = remember(tx, 7, &name(SUBSCRIPTIONS_MAX), false).unwrap_err();
            assert_eq!(error.id(), "TooManySubscriptions");
            // One that is there can change, and another mailbox has its own.
            remember(tx, 7, &name(0), false)?;
            remember(tx, 8, &name(0), false)?;
            assert!(forget(tx, 7, &name(1))?);
            remember(tx, 7, &name(SUBSCRIPTIONS_MAX), false)
        })
        .unwrap();
    }
}
