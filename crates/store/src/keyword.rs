//! The keywords a folder knows: listed when it is opened, spelt as they were first given.

use db::Tx;
use object::{Error, ErrorId, Result};

use crate::flag::FOLDER_KEYWORDS_MAX;
use crate::folder::FolderId;

/// Makes keywords known to a folder; answers them in the folder's spelling.
pub(crate) fn register(tx: &mut dyn Tx, folder: FolderId, words: &str) -> Result<String> {
    let mut spelt = Vec::new();
    for word in words.split_ascii_whitespace() {
        let folded = word.to_ascii_lowercase();
        let sql = "SELECT name FROM keyword WHERE folder = $1 AND folded = $2";
        let known: Option<String> = tx.one(sql, &[folder.0.into(), (&folded).into()], |row| row.get(0))?;
        spelt.push(match known {
            Some(name) => name,
            None => {
                add(tx, folder, &folded, word)?;
                word.to_owned()
            }
        });
    }
    Ok(spelt.join(" "))
}

fn add(tx: &mut dyn Tx, folder: FolderId, folded: &str, word: &str) -> Result<()> {
    let count = tx.number("SELECT count(*) FROM keyword WHERE folder = $1", &[folder.0.into()])?;
    if count as usize >= FOLDER_KEYWORDS_MAX {
        let message = format!("The folder knows {FOLDER_KEYWORDS_MAX} keywords and takes no more.");
        return Err(Error::limit(ErrorId::TooManyKeywords, message));
    }
    let sql = "INSERT INTO keyword (folder, folded, name) VALUES ($1, $2, $3)";
    tx.execute(sql, &[folder.0.into(), folded.into(), word.into()]).map(drop)
}

pub(crate) fn of_folder(tx: &mut dyn Tx, folder: FolderId) -> Result<Vec<String>> {
    let sql = "SELECT name FROM keyword WHERE folder = $1 ORDER BY folded";
    tx.all(sql, &[folder.0.into()], |row| row.get(0))
}
