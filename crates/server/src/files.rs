//! The two files without which there is no house, directory and queue: what is left in damaged ones, and saving that.

use crate::data::DataDirectory;
use db::salvage::Saved;
use directory::Directory;
use object::{Error, ErrorId, Result};
use std::path::{Path, PathBuf};
use transport::Transport;

/// A file of the house.
struct File {
    place: &'static str,
    path: fn(&DataDirectory) -> PathBuf,
    survey: fn(&Path) -> Result<Option<String>>,
    salvage: fn(&Path) -> Result<Saved>,
    /// Whether the house goes on when nothing is left in it.
    may_begin_anew: bool,
}

static FILES: [File; 2] = [
    File {
        place: "directory",
        path: DataDirectory::directory_file,
        survey: Directory::survey,
        salvage: Directory::salvage,
        may_begin_anew: false,
    },
    File {
        place: "queue",
        path: DataDirectory::queue_file,
        survey: Transport::survey,
        salvage: Transport::salvage,
        may_begin_anew: true,
    },
];

/// What became of a look at a file.
enum Seen {
    Whole,
    Damaged(String),
    Nothing,
}

impl File {
    fn look(&self, data: &DataDirectory) -> Result<Seen> {
        let path = (self.path)(data);
        match (self.survey)(&path) {
            Ok(None) => Ok(Seen::Whole),
            Ok(Some(left)) => Ok(Seen::Damaged(format!("The file {} is damaged. {left}", path.display()))),
            Err(error) if error.is(ErrorId::NotADatabase) => Ok(Seen::Nothing),
            Err(error) => Err(error),
        }
    }

    fn finding(&self, data: &DataDirectory) -> Result<Option<String>> {
        let place = self.place;
        Ok(match self.look(data)? {
            Seen::Whole => None,
            Seen::Damaged(left) => Some(format!("{place}: FileDamaged: {left} (mailstead rebuild mends it)")),
            Seen::Nothing => Some(format!("{place}: FileDamaged: {}", self.nothing_left(data))),
        })
    }

    fn nothing_left(&self, data: &DataDirectory) -> String {
        let path = (self.path)(data);
        if self.may_begin_anew {
            format!("Nothing is left in {}. (mailstead rebuild begins an empty one)", path.display())
        } else {
            format!("Nothing is left in {}. {PUT_IT_BACK}", path.display())
        }
    }

    fn save(&self, data: &DataDirectory) -> Result<Vec<String>> {
        match self.look(data)? {
            Seen::Whole => return Ok(Vec::new()),
            Seen::Nothing if !self.may_begin_anew => {
                let message = format!("Nothing is left in {}.", (self.path)(data).display());
                return Err(Error::conflict(ErrorId::NotADatabase, message).help(PUT_IT_BACK));
            }
            Seen::Damaged(_) | Seen::Nothing => {}
        }
        let (place, saved) = (self.place, (self.salvage)(&(self.path)(data))?);
        let kept = format!("{place}: the damaged file is kept as {}", saved.kept.display());
        Ok(std::iter::once(kept).chain(saved.lost.into_iter().map(|one| format!("{place}: {one}"))).collect())
    }
}

const PUT_IT_BACK: &str = "Put it back out of a copy of the data directory.";

/// What is amiss with the files, a line each. Nothing is said of those that a server has open: it is asked itself.
pub(crate) fn damage(folder: &Path) -> Result<Vec<String>> {
    let Some(data) = ours(folder)? else { return Ok(Vec::new()) };
    let found = FILES.iter().map(|file| file.finding(&data)).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Saves what is left in the damaged ones; says what was done, a line each. Files that a server has open are left alone.
pub(crate) fn salvage(folder: &Path) -> Result<Vec<String>> {
    let Some(data) = ours(folder)? else { return Ok(Vec::new()) };
    Ok(FILES.iter().map(|file| file.save(&data)).collect::<Result<Vec<_>>>()?.concat())
}

/// The data directory, unless a server has it.
fn ours(folder: &Path) -> Result<Option<DataDirectory>> {
    match DataDirectory::open(folder) {
        Ok(data) => Ok(Some(data)),
        Err(error) if error.is(ErrorId::DataDirectoryInUse) => Ok(None),
        Err(error) => Err(error),
    }
}
