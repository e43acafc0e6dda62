//! The data directory: made at the first start, and used by one process at a time.

use crate::config::{Config, TEMPLATE};
use object::{Error, ErrorId, Result};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A data directory that this process has to itself until the value is dropped.
#[derive(Debug)]
pub struct DataDirectory {
    folder: PathBuf,
    _lock: File,
}

impl DataDirectory {
    /// Opens the directory, making it (mode 0700) and its configuration when they are not there.
    pub fn open_or_make(folder: &Path) -> Result<DataDirectory> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| failed(folder, e))?;
        close_to_others(folder)?;
        let data = DataDirectory::open(folder)?;
        let config = data.config_file();
        if !config.exists() {
            let mut file = OpenOptions::new();
            let made = file.create_new(true).write(true).mode(0o600).open(&config);
            made.and_then(|mut file| file.write_all(TEMPLATE.as_bytes())).map_err(|e| failed(&config, e))?;
        }
        Ok(data)
    }

    /// Opens a directory that is there; another process that has it is a conflict.
    pub fn open(folder: &Path) -> Result<DataDirectory> {
        let file = folder.join("lock");
        if !folder.is_dir() {
            return Err(Error::not_found(
                ErrorId::DataDirectoryMissing,
                format!("{} is not a directory.", folder.display()),
            )
            .help("Name the data directory with --data, or start a server there first."));
        }
        let mut options = OpenOptions::new();
        let lock = options
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&file)
            .map_err(|e| failed(&file, e))?;
        match lock.try_lock() {
            Ok(()) => Ok(DataDirectory { folder: folder.to_path_buf(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(in_use(folder)),
            Err(TryLockError::Error(error)) => Err(failed(&file, error)),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
    /// `mailstead.toml`.
    pub fn config_file(&self) -> PathBuf {
        self.folder.join("mailstead.toml")
    }
    /// The file that [`config`](DataDirectory::config) reads, if there is one.
    pub fn config_in_force(&self, other: Option<&Path>) -> Option<PathBuf> {
        other.map(Path::to_path_buf).or_else(|| Some(self.config_file()).filter(|file| file.exists()))
    }
    /// The configuration: `other`, else the directory's own, else the defaults.
    pub fn config(&self, other: Option<&Path>) -> Result<Config> {
        match other {
            Some(path) => Config::read(path),
            None if self.config_file().exists() => Config::read(&self.config_file()),
            None => Ok(Config::default()),
        }
    }
    /// The directory's database.
    pub fn directory_file(&self) -> PathBuf {
        self.folder.join("directory.db")
    }
    /// The queue's database.
    pub fn queue_file(&self) -> PathBuf {
        self.folder.join("queue.db")
    }
    /// The folder of the mailbox databases.
    pub fn databases(&self) -> PathBuf {
        self.folder.join("databases")
    }
    /// The key under which secrets lie in the directory: without it the credentials of trusts are lost.
    pub fn secrets_key(&self) -> PathBuf {
        self.folder.join("secrets.key")
    }
    /// The folder of certificates and keys.
    pub fn tls(&self) -> PathBuf {
        self.folder.join("tls")
    }
    /// Where files are made that nobody needs after the process that made them.
    pub fn spool(&self) -> PathBuf {
        self.folder.join("spool")
    }
    /// The local socket of the administrators.
    pub fn socket(&self) -> PathBuf {
        socket_of(&self.folder)
    }
}

/// The administrators' socket of a data directory.
pub fn socket_of(folder: &Path) -> PathBuf {
    folder.join("admin.sock")
}

/// All mail lies here: a directory that others on the machine can enter is closed to them, and that is said. A group
/// may be let in to read, for backups.
fn close_to_others(folder: &Path) -> Result<()> {
    let mode = fs::metadata(folder).map_err(|e| failed(folder, e))?.permissions().mode() & 0o777;
    if mode & !GROUP_MAY_READ == 0 {
        return Ok(());
    }
    let shown = folder.display();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(|error| {
        Error::denied(
            ErrorId::FileAccessDenied,
            format!("{shown} is open to others (mode {mode:04o}): {error}."),
        )
        .help(format!("Its owner can close it: chmod 0700 {shown}"))
    })?;
    tracing::warn!("{shown} was open to others on this machine (mode {mode:04o}); its mode is 0700 now");
    Ok(())
}

/// The loosest mode that a data directory may have.
const GROUP_MAY_READ: u32 = 0o750;

fn in_use(folder: &Path) -> Error {
    Error::conflict(
        ErrorId::DataDirectoryInUse,
        format!("{} is in use by another mailstead.", folder.display()),
    )
    .help("Stop the server that runs there, or choose another directory with --data.")
}

fn failed(path: &Path, error: std::io::Error) -> Error {
    Error::from(error).while_doing(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_has_it_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("data");
        let first = DataDirectory::open_or_make(&folder).unwrap();
        assert_eq!(DataDirectory::open(&folder).unwrap_err().id(), "DataDirectoryInUse");
        assert_eq!(first.config(None).unwrap().server.port_offset, 10_000);
        drop(first);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        drop(DataDirectory::open_or_make(&folder).unwrap());
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(DataDirectory::open(&folder).is_ok());
        assert_eq!(
            DataDirectory::open(place.path().join("no").as_path()).unwrap_err().id(),
            "DataDirectoryMissing"
        );
    }
}
