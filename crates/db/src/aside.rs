//! A damaged file is put aside and a new one takes its place; a stop in between is undone.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use object::{Error, ErrorId, Result};

/// So many files of one name are kept; whoever has more than that has another trouble.
const KEPT_MAX: u32 = 1_000;

/// The name of a file beside another one.
pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Takes away a new file that did not come to its end, with all that is beside it.
pub fn clear(new: &Path) -> Result<()> {
    ["", "-wal", "-shm", "-reserve", ".lock"].iter().try_for_each(|suffix| remove(&beside(new, suffix)))
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::from(error).while_doing(&format!("removing {}", file.display())))
        }
        _ => Ok(()),
    }
}

pub(crate) fn kept_as(file: &Path, n: u32) -> PathBuf {
    beside(file, &format!(".damaged-{n}"))
}

/// The damaged file gets another name, with its log; then the new one takes its place. Until that last step the damaged
/// file keeps its own name, too, so that [`undo_unfinished`] can tell a stop in between: never a new file under an old log.
/// Answers where the damaged one is kept.
pub fn put_in_place(file: &Path, new: &Path) -> Result<PathBuf> {
    if fs::metadata(beside(new, "-wal")).is_ok_and(|log| log.len() > 0) {
        let message = format!("{} could not be written whole: its log is still there.", new.display());
        return Err(Error::server(ErrorId::DatabaseCannotOpen, message)
            .help("Nothing was changed. Look for room on the disk."));
    }
    let free = (1..=KEPT_MAX).map(|n| kept_as(file, n)).find(|path| !path.exists());
    let kept = free.ok_or_else(|| {
        let message = format!("{KEPT_MAX} damaged files of {} are kept already.", file.display());
        Error::conflict(ErrorId::DatabaseCannotOpen, message).help("Move them elsewhere.")
    })?;
    fs::hard_link(file, &kept)?;
    let log = beside(file, "-wal");
    if log.exists() {
        fs::rename(&log, beside(&kept, "-wal"))?;
    }
    remove(&beside(file, "-shm"))?;
    // The log is away before the new file comes, whatever order the disk would like better.
    sync_folder(file)?;
    fs::rename(new, file)?;
    remove(&beside(new, "-reserve"))?;
    remove(&beside(new, ".lock"))?;
    sync_folder(file)?;
    Ok(kept)
}

/// Gives a file its log back where a salvage was stopped after it had taken that away and before the new file was in place.
pub fn undo_unfinished(file: &Path) -> Result<()> {
    // Only in between has the file two names.
    let Ok(one) = fs::metadata(file).map(|found| (found.dev(), found.ino(), found.nlink())) else {
        return Ok(());
    };
    if one.2 < 2 {
        return Ok(());
    }
    let same =
        |kept: &PathBuf| fs::metadata(kept).is_ok_and(|found| (found.dev(), found.ino()) == (one.0, one.1));
    let Some(kept) = (1..=KEPT_MAX).map(|n| kept_as(file, n)).find(same) else { return Ok(()) };
    let log = beside(&kept, "-wal");
    if log.exists() {
        fs::rename(&log, beside(file, "-wal"))?;
    }
    remove(&kept)?;
    sync_folder(file)
}

fn sync_folder(file: &Path) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?)
}
