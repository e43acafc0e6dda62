//! The folder of a case: empty at its start but for the case's files, and `/case` in every path.

use super::case::content;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// What scripts call it.
pub(super) const NAME: &str = "/case";
/// Folders below each other that are looked at for files made; a script can make more.
const DEPTH_MAX: usize = 64;

/// A folder that many cases use one after the other.
pub(super) struct Folder {
    real: PathBuf,
    /// Whether it is ours to take away.
    made: bool,
}

impl Folder {
    /// An empty folder: `/case` itself where there is one, so that programs see the same name; else one
    /// among the temporary ones.
    pub(super) fn open() -> io::Result<Folder> {
        let own = Path::new(NAME);
        if own.is_dir() {
            if std::fs::read_dir(own)?.next().is_some() {
                return Err(io::Error::other(format!("{NAME} must be empty: cases are run in it.")));
            }
            return Ok(Folder { real: own.to_owned(), made: false });
        }
        let real = std::env::temp_dir().join(format!("mailstead-case-{}", std::process::id()));
        std::fs::create_dir_all(&real)?;
        Ok(Folder { real: std::fs::canonicalize(real)?, made: true })
    }

    /// Where it lies on this machine.
    pub(super) fn real(&self) -> &Path {
        &self.real
    }

    /// Empties it and lays `files` into it.
    pub(super) fn lay(&self, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        self.clear()?;
        for (name, bytes) in files {
            let path = self.real.join(name.trim_start_matches('/'));
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(path, bytes)?;
        }
        Ok(())
    }

    fn clear(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.real)? {
            let entry = entry?;
            let folder = entry.file_type()?.is_dir();
            if folder { std::fs::remove_dir_all(entry.path()) } else { std::fs::remove_file(entry.path()) }?;
        }
        Ok(())
    }

    /// The files that are not as they were laid: name and content.
    pub(super) fn changed(&self, laid: &[(String, Vec<u8>)]) -> io::Result<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        self.gather(&self.real, DEPTH_MAX, &mut found)?;
        let same = |name: &str, bytes: &[u8]| laid.iter().any(|(known, old)| known == name && old == bytes);
        found.retain(|name, bytes| !same(name, bytes));
        Ok(found.into_iter().map(|(name, bytes)| (name, content(&bytes))).collect())
    }

    fn gather(&self, at: &Path, depth: usize, found: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        for entry in std::fs::read_dir(at)? {
            let entry = entry?;
            let (kind, path) = (entry.file_type()?, entry.path());
            if kind.is_dir() && depth > 0 {
                self.gather(&path, depth - 1, found)?;
            } else if kind.is_file() {
                let name = path.strip_prefix(&self.real).unwrap_or(&path).display().to_string();
                found.insert(name, std::fs::read(&path)?);
            }
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies among the temporary files, where the machine tidies up.
        let gone = if self.made { std::fs::remove_dir_all(&self.real) } else { self.clear() };
        drop(gone);
    }
}
