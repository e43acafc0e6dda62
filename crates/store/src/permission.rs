//! Who may do what in a folder, beside its owner: an entry for each trustee, by security identifier, and two that are no
//! accounts. What an entry is worth to whom is worked out above.

use db::Tx;
use object::types::Guid;
use object::{Error, ErrorId, Result, Time};

use crate::audit::{self, About, Operation, Watching};
use crate::database::Database;
use crate::folder::FolderId;
use crate::ledger::Ledger;
use crate::mailbox::Mailbox;
use crate::row::big;
use crate::state::State;

/// The trustee that stands for everybody who has no entry.
pub const DEFAULT_TRUSTEE: &str = "Default";
/// The trustee that stands for those who did not log on.
pub const ANONYMOUS_TRUSTEE: &str = "Anonymous";
/// The top of a mailbox, above its folders: it has entries as folders have.
pub const TOP: FolderId = FolderId(0);
/// How many entries a folder can hold, as Exchange's address books allow.
pub const FOLDER_PERMISSIONS_MAX: usize = 1_000;

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderPermission {
    /// The folder, or [`TOP`].
    pub folder: FolderId,
    /// A security identifier, or [`DEFAULT_TRUSTEE`] or [`ANONYMOUS_TRUSTEE`].
    pub trustee: String,
    /// The rights, bit by bit. [MS-OXCPERM 2.2.7]
    pub rights: u32,
}

impl Mailbox {
    /// The entries of all its folders and its top, as they were made.
    pub fn permissions(&self) -> Result<Vec<FolderPermission>> {
        let sql = "SELECT folder, trustee, rights FROM folder_permission WHERE mailbox = $1 ORDER BY folder, ordinal";
        self.database.read(|tx| {
            tx.all(sql, &[self.id.into()], |row| {
                Ok(FolderPermission {
                    folder: FolderId(row.int(0)?),
                    trustee: row.get(1)?,
                    rights: row.get(2)?,
                })
            })
        })
    }

    /// Changes what a trustee may do in a folder: `change` gets what their entry says, nothing where there is none, and
    /// answers what is to stand there, or refuses. It is asked in the transaction, so of two at once the second sees what the
    /// first did. Answers what stood there and what stands there now. Refused (`TooManyPermissions`) where the folder has
    /// [`FOLDER_PERMISSIONS_MAX`].
    pub fn change_permission(
        &self,
        folder: FolderId,
        trustee: &str,
        change: impl Fn(Option<u32>) -> Result<Option<u32>> + Send + 'static,
    ) -> Result<(Option<u32>, Option<u32>)> {
        let (trustee, watching, now) = (trustee.to_owned(), self.watching.clone(), self.database.now());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            let mailbox = ledger.numbers.id;
            let before = entry(tx, mailbox, folder, &trustee)?;
            let rights = change(before)?;
            write(tx, ledger, (&watching, now), folder, &trustee, rights)?;
            Ok((before, rights))
        })
    }

    /// Gives the entry that a trustee has in a folder, as it is, to another one, who keeps their own where they have one; the
    /// first loses it unless it `stays`. All of it or nothing. Refused (`InvalidChange`) where there is none any more, and where
    /// the folder has no room.
    pub fn pass_permission(&self, folder: FolderId, from: &str, to: &str, stays: bool) -> Result<()> {
        let (from, to, watching, now) =
            (from.to_owned(), to.to_owned(), self.watching.clone(), self.database.now());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            let mailbox = ledger.numbers.id;
            let rights = entry(tx, mailbox, folder, &from)?.ok_or_else(|| {
                Error::conflict(ErrorId::InvalidChange, "The permission is no longer there.")
            })?;
            if !stays {
                write(tx, ledger, (&watching, now), folder, &from, None)?;
            }
            match entry(tx, mailbox, folder, &to)? {
                Some(_) => Ok(()),
                None => write(tx, ledger, (&watching, now), folder, &to, Some(rights)),
            }
        })
    }

    /// Gives rights in a folder to those trustees who have no entry there, in their order, as far as the folder has room for
    /// them. Answers those for whom there was none.
    pub fn add_permissions(&self, folder: FolderId, entries: Vec<(String, u32)>) -> Result<Vec<String>> {
        let (watching, now) = (self.watching.clone(), self.database.now());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            let (mailbox, mut added, mut left) = (ledger.numbers.id, 0, Vec::new());
            let room = FOLDER_PERMISSIONS_MAX.saturating_sub(held(tx, mailbox, folder)?);
            for one in &entries {
                if entry(tx, mailbox, folder, &one.0)?.is_some() {
                    continue;
                }
                if added == room {
                    left.push(one.0.clone());
                    continue;
                }
                let ordinal = next_ordinal(tx, mailbox, folder)?;
                remember(tx, (mailbox, folder), &one.0, one.1, ordinal)?;
                let operation = Operation::AddFolderPermissions;
                audit::record(tx, &watching, mailbox, now, operation, |tx| about(tx, folder, one))?;
                added += 1;
            }
            if added > 0 {
                touch(tx, ledger, folder)?;
            }
            Ok(left)
        })
    }
}

/// Whoever follows the mailbox learns that the folder changed.
fn touch(tx: &mut dyn Tx, ledger: &mut Ledger, folder: FolderId) -> Result<()> {
    let change = ledger.change()?;
    if folder == TOP {
        return Ok(());
    }
    ledger.folder(tx, folder)?.change = change;
    tx.execute("UPDATE folder SET change = $2 WHERE id = $1", &[folder.0.into(), big(change)]).map(drop)
}

fn about(tx: &mut dyn Tx, folder: FolderId, (trustee, rights): &(String, u32)) -> Result<About> {
    Ok(About { folder: audit::path(tx, folder)?, detail: format!("{trustee}: {rights}"), ..About::default() })
}

impl Database {
    /// The mailboxes in which one of these trustees has an entry in any folder.
    pub fn mailboxes_shared_with(&self, trustees: &[String]) -> Result<Vec<Guid>> {
        let sql = "SELECT DISTINCT m.guid FROM folder_permission p JOIN mailbox m ON m.id = p.mailbox
                   WHERE p.trustee = $1 AND m.state = 0";
        self.read(|tx| {
            let mut found: Vec<Guid> = Vec::new();
            for trustee in trustees {
                let of_one = tx.all(sql, &[trustee.into()], |row| crate::row::guid(row, 0))?;
                found.extend(of_one.into_iter().filter(|guid| !found.contains(guid)).collect::<Vec<_>>());
            }
            Ok(found)
        })
    }
}

/// What an entry says.
fn entry(tx: &mut dyn Tx, mailbox: i64, folder: FolderId, trustee: &str) -> Result<Option<u32>> {
    let key = [mailbox.into(), folder.0.into(), trustee.into()];
    let sql = "SELECT rights FROM folder_permission WHERE mailbox = $1 AND folder = $2 AND trustee = $3";
    tx.one(sql, &key, |row| row.get(0))
}

/// Lets an entry say these rights, or takes it away, and records that.
fn write(
    tx: &mut dyn Tx,
    ledger: &mut Ledger,
    (watching, now): (&Watching, Time),
    folder: FolderId,
    trustee: &str,
    rights: Option<u32>,
) -> Result<()> {
    let mailbox = ledger.numbers.id;
    let before = entry(tx, mailbox, folder, trustee)?;
    if rights == before {
        return Ok(());
    }
    touch(tx, ledger, folder)?;
    let ordinal = forget(tx, mailbox, folder, trustee)?;
    if let Some(rights) = rights {
        let ordinal = ordinal.map_or_else(|| next_ordinal(tx, mailbox, folder), Ok)?;
        remember(tx, (mailbox, folder), trustee, rights, ordinal)?;
    }
    let operation = match (before, rights) {
        (None, _) => Operation::AddFolderPermissions,
        (Some(_), Some(_)) => Operation::ModifyFolderPermissions,
        (Some(_), None) => Operation::RemoveFolderPermissions,
    };
    let entry = (trustee.to_owned(), rights.unwrap_or(0));
    audit::record(tx, watching, mailbox, now, operation, |tx| about(tx, folder, &entry))
}

/// Takes an entry away; answers its place among the others.
fn forget(tx: &mut dyn Tx, mailbox: i64, folder: FolderId, trustee: &str) -> Result<Option<i64>> {
    let key = [mailbox.into(), folder.0.into(), trustee.into()];
    let sql =
        "DELETE FROM folder_permission WHERE mailbox = $1 AND folder = $2 AND trustee = $3 RETURNING ordinal";
    tx.one(sql, &key, |row| row.int(0))
}

/// How many entries a folder has.
fn held(tx: &mut dyn Tx, mailbox: i64, folder: FolderId) -> Result<usize> {
    let sql = "SELECT count(*) FROM folder_permission WHERE mailbox = $1 AND folder = $2";
    Ok(tx.number(sql, &[mailbox.into(), folder.0.into()])? as usize)
}

fn next_ordinal(tx: &mut dyn Tx, mailbox: i64, folder: FolderId) -> Result<i64> {
    if held(tx, mailbox, folder)? >= FOLDER_PERMISSIONS_MAX {
        let message = format!("A folder has at most {FOLDER_PERMISSIONS_MAX} permissions.");
        return Err(Error::limit(ErrorId::TooManyPermissions, message)
            .help("Give the right to a group, and make the users its members."));
    }
    let key = [mailbox.into(), folder.0.into()];
    let sql =
        "SELECT coalesce(max(ordinal), 0) + 1 FROM folder_permission WHERE mailbox = $1 AND folder = $2";
    tx.number(sql, &key)
}

fn remember(
    tx: &mut dyn Tx,
    (mailbox, folder): (i64, FolderId),
    trustee: &str,
    rights: u32,
    ordinal: i64,
) -> Result<()> {
    let sql = "INSERT INTO folder_permission (mailbox, folder, trustee, rights, ordinal) VALUES ($1, $2, $3, $4, $5)";
    let params = [mailbox.into(), folder.0.into(), trustee.into(), i64::from(rights).into(), ordinal.into()];
    tx.execute(sql, &params).map(drop)
}

/// A new folder has the entries of the one in which it is made, as in Exchange.
pub(crate) fn inherit(tx: &mut dyn Tx, mailbox: i64, parent: i64, folder: FolderId) -> Result<()> {
    let sql = "INSERT INTO folder_permission (mailbox, folder, trustee, rights, ordinal)
               SELECT mailbox, $3, trustee, rights, ordinal FROM folder_permission WHERE mailbox = $1 AND folder = $2";
    tx.execute(sql, &[mailbox.into(), parent.into(), folder.0.into()]).map(drop)
}

/// Gives a new folder these entries in place of those it inherited.
pub(crate) fn replace(
    tx: &mut dyn Tx,
    mailbox: i64,
    folder: FolderId,
    entries: &[(String, u32)],
) -> Result<()> {
    let sql = "DELETE FROM folder_permission WHERE mailbox = $1 AND folder = $2";
    tx.execute(sql, &[mailbox.into(), folder.0.into()])?;
    for (trustee, rights) in entries {
        let ordinal = next_ordinal(tx, mailbox, folder)?;
        remember(tx, (mailbox, folder), trustee, *rights, ordinal)?;
    }
    Ok(())
}
