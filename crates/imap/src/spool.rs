//! A file of its own for what a client makes us hold and memory should not: messages that come in, and decoded parts
//! that go out to a slow reader. It has no name any more from the moment it is there, so nothing is left of it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use net::Held;
use object::Result;
use object::types::Guid;

/// The file. It takes part in the disk's budget as long as it is there.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    _held: Held,
}

impl Spool {
    /// Makes the file in that folder, and the folder where it is missing. Blocks.
    pub(crate) fn make(folder: &Path, held: Held) -> Result<Spool> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let path = folder.join(Guid::random().to_string());
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        fs::remove_file(&path)?;
        Ok(Spool { file, _held: held })
    }

    /// Writes octets at a place. Blocks.
    pub(crate) fn write(&self, at: u64, octets: &[u8]) -> Result<()> {
        Ok(self.file.write_all_at(octets, at)?)
    }

    /// Reads a range, which was written before. Blocks.
    pub(crate) fn read(&self, range: &Range<u64>) -> Result<Vec<u8>> {
        let mut octets = vec![0; usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0)];
        self.file.read_exact_at(&mut octets, range.start)?;
        Ok(octets)
    }
}
