//! Room on the disk that is kept for whoever makes room: people who delete go on doing so when the disk is full.
//!
//! Beside `X.db` stands `X.db-reserve`, a file of nothing. When a transaction that makes room finds none, the file is emptied
//! and the transaction is run again. Until the file can be filled, transactions that take room are refused: what is free then
//! belongs to those that make some.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use object::{Error, ErrorId};
use rustix::fs::{FallocateFlags, fallocate};

use super::OWNER_ONLY;
use crate::Holds;
use crate::aside::beside;

/// A deletion puts some ten pages into the log: this is enough for hundreds, and for the log to be copied.
const BODIES_BYTES: u64 = 16 << 20;
/// The pages of records are smaller, and less is deleted.
const RECORDS_BYTES: u64 = 4 << 20;
/// How often it is tried to fill it again.
const FILL_EVERY: Duration = Duration::from_secs(1);

/// The reserve of a database file.
pub(crate) struct Reserve {
    file: File,
    bytes: u64,
    full: bool,
    tried: Option<Instant>,
}

impl Reserve {
    /// The reserve of a database, filled if there is room. None where no such file can be made: then nothing is kept.
    pub(crate) fn beside(database: &Path, holds: Holds) -> Option<Reserve> {
        let bytes = match holds {
            Holds::Bodies => BODIES_BYTES,
            Holds::Records => RECORDS_BYTES,
        };
        Reserve::of(&beside(database, "-reserve"), bytes)
    }

    fn of(path: &Path, bytes: u64) -> Option<Reserve> {
        let mut options = OpenOptions::new();
        let file =
            options.read(true).write(true).create(true).truncate(false).mode(OWNER_ONLY).open(path).ok()?;
        let mut reserve = Reserve { file, bytes, full: false, tried: None };
        reserve.fill();
        Some(reserve)
    }

    /// Whether it is there; tries to fill it where it is not.
    pub(crate) fn fill(&mut self) -> bool {
        if !self.full && self.tried.is_none_or(|tried| tried.elapsed() >= FILL_EVERY) {
            self.tried = Some(Instant::now());
            self.full = match fallocate(&self.file, FallocateFlags::empty(), 0, self.bytes) {
                Ok(()) => true,
                // A file system that cannot set room aside: nobody is refused for the want of it.
                Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => true,
                Err(_) => self.file.set_len(0).is_err(),
            };
        }
        self.full
    }

    /// Gives the room away; false where there is none to give.
    pub(crate) fn spend(&mut self) -> bool {
        self.tried = Some(Instant::now());
        std::mem::take(&mut self.full) && self.file.set_len(0).is_ok()
    }
}

/// What a transaction that takes room hears while there is no reserve.
pub(crate) fn none_left() -> Error {
    Error::busy(ErrorId::DiskFull, "The disk that keeps the database is full.")
        .help("Make room on the disk, or move the data directory to a larger one.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_filled_spent_once_and_filled_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db-reserve");
        let mut reserve = Reserve::of(&path, 1 << 20).unwrap();
        let length = || std::fs::metadata(&path).unwrap().len();
        assert!(reserve.fill() && length() == 1 << 20);
        assert!(reserve.spend() && length() == 0);
        assert!(!reserve.spend(), "there is none any more");
        assert!(!reserve.fill(), "not within the same second");
        reserve.tried = None;
        assert!(reserve.fill() && length() == 1 << 20);
    }
}
