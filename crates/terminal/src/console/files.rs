//! The files of this machine as a script may have them.

use super::paths::Paths;
use crate::loader::is_start_script;
use dotnet::host::{FileInfo, Files, UnixFile};
use object::Time;
use std::collections::HashMap;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// One read or write of the disk: a report of 5 MB takes some 80 of them.
const PIECE_BYTES: usize = 64 << 10;

/// What Exchange's start scripts hold here: the cmdlets are loaded already.
const START_SCRIPT: &[u8] = b"# The cmdlets of this server are loaded already.\n";
const START_SCRIPT_INFO: FileInfo = FileInfo {
    folder: false,
    length: START_SCRIPT.len() as u64,
    written: Time(0),
    created: Time(0),
    read_only: true,
    unix: None,
};

/// A drive is there though nothing has been written to it.
const DRIVE_INFO: FileInfo =
    FileInfo { folder: true, length: 0, written: Time(0), created: Time(0), read_only: false, unix: None };

/// Files behind the drives and the ban.
pub(crate) struct DiskFiles(pub(crate) Paths);

impl Files for DiskFiles {
    fn has_drive(&self, name: &str) -> bool {
        self.0.drive_of(&format!("{name}:")).is_some()
    }
    fn info(&self, path: &str) -> io::Result<FileInfo> {
        if self.0.is_root(path) {
            // A drive is there, whatever lies on it.
            self.make_drive(path)?;
        }
        let real = self.0.real(path)?;
        match fs::metadata(&real) {
            Ok(facts) => Ok(file_info(&facts)),
            Err(_) if self.is_start_script(path) => Ok(START_SCRIPT_INFO),
            Err(_) if self.is_drive(path, &real) => Ok(DRIVE_INFO),
            Err(error) => Err(self.named(error, path)),
        }
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + Send>> {
        let real = self.0.real(path)?;
        if !real.exists() && self.is_start_script(path) {
            return Ok(Box::new(START_SCRIPT));
        }
        let file = File::open(&real).map_err(|error| self.named(error, path))?;
        if file.metadata()?.is_dir() {
            return Err(folder(path));
        }
        Ok(Box::new(BufReader::with_capacity(PIECE_BYTES, file)))
    }

    fn create(&self, path: &str, append: bool) -> io::Result<Box<dyn Write + Send>> {
        let real = self.0.real(path)?;
        self.make_drive(path)?;
        if real.is_dir() {
            return Err(folder(path));
        }
        let mut options = OpenOptions::new();
        let options = options.create(true).write(true).append(append).truncate(!append);
        let file = options.open(&real).map_err(|error| self.named(error, path))?;
        Ok(Box::new(BufWriter::with_capacity(PIECE_BYTES, file)))
    }

    fn create_private(&self, path: &str) -> io::Result<()> {
        let real = self.0.real(path)?;
        self.make_drive(path)?;
        let mut options = OpenOptions::new();
        let made = options.write(true).create_new(true).mode(0o600).open(&real);
        made.map(drop).map_err(|error| self.named(error, path))
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let real = self.0.real(path)?;
        if self.is_drive(path, &real) && !real.exists() {
            return Ok(Vec::new());
        }
        let entries = fs::read_dir(&real).map_err(|error| self.named(error, path))?;
        let names: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.file_name())).collect();
        let mut names: Vec<String> = names?.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        Ok(names)
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        let real = self.0.real(path)?;
        fs::create_dir_all(real).map_err(|error| self.named(error, path))
    }

    fn set_written(&self, path: &str, when: Time) -> io::Result<()> {
        let real = self.movable(path)?;
        let moment = UNIX_EPOCH + std::time::Duration::from_micros(u64::try_from(when.0).unwrap_or(0));
        let file = File::open(&real).map_err(|error| self.named(error, path))?;
        file.set_modified(moment).map_err(|error| self.named(error, path))
    }

    fn set_read_only(&self, path: &str, on: bool) -> io::Result<()> {
        let real = self.movable(path)?;
        let facts = fs::metadata(&real).map_err(|error| self.named(error, path))?;
        let mut permissions = facts.permissions();
        // The owner's right alone comes back, not everybody's.
        permissions.set_mode(if on { permissions.mode() & !0o222 } else { permissions.mode() | 0o200 });
        fs::set_permissions(&real, permissions).map_err(|error| self.named(error, path))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let real = self.movable(path)?;
        let facts = fs::symlink_metadata(&real).map_err(|error| self.named(error, path))?;
        let removed = if facts.is_dir() { fs::remove_dir_all(&real) } else { fs::remove_file(&real) };
        removed.map_err(|error| self.named(error, path))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (old, new) = (self.movable(from)?, self.0.real(to)?);
        match fs::rename(&old, &new) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices && old.is_file() => {
                fs::copy(&old, &new)?;
                fs::remove_file(&old)
            }
            done => done.map_err(|error| self.named(error, from)),
        }
    }
}

impl DiskFiles {
    /// The entry of `path`, unless the data directory would go with it.
    fn movable(&self, path: &str) -> io::Result<std::path::PathBuf> {
        let real = self.0.entry(path)?;
        if self.0.holds_data(&real) {
            let says =
                format!("Access to the path '{path}' is denied: the server's data directory lies in it.");
            return Err(io::Error::new(ErrorKind::PermissionDenied, says));
        }
        Ok(real)
    }

    /// Whether a path is one of Exchange's start scripts, which are there for whoever works on a server.
    fn is_start_script(&self, path: &str) -> bool {
        !self.0.is_mounted() && is_start_script(path)
    }

    /// Whether a path is a drive itself.
    fn is_drive(&self, path: &str, real: &Path) -> bool {
        self.0.drive_of(path).is_some_and(|folder| folder == real)
    }

    /// The folder of a drive is made when first something is written below it.
    fn make_drive(&self, path: &str) -> io::Result<()> {
        match self.0.drive_of(path) {
            Some(folder) if !folder.exists() => fs::create_dir_all(folder),
            _ => Ok(()),
        }
    }

    /// The error in .NET's words, which scripts know, with the path as the script wrote it.
    fn named(&self, error: io::Error, path: &str) -> io::Error {
        let says = match error.kind() {
            ErrorKind::NotFound if self.parent_is_missing(path) => {
                format!("Could not find a part of the path '{path}'.")
            }
            ErrorKind::NotFound => format!("Could not find file '{path}'."),
            ErrorKind::PermissionDenied => format!("Access to the path '{path}' is denied."),
            ErrorKind::StorageFull => "There is not enough space on the disk.".to_owned(),
            _ => format!("{path}: {error}"),
        };
        io::Error::new(error.kind(), says)
    }

    fn parent_is_missing(&self, path: &str) -> bool {
        let parent = self.0.real(path).ok().and_then(|real| real.parent().map(Path::exists));
        parent == Some(false)
    }
}

fn folder(path: &str) -> io::Error {
    // .NET says "denied" where a folder is opened as a file; scripts compare this text.
    io::Error::new(ErrorKind::PermissionDenied, format!("Access to the path '{path}' is denied."))
}

fn file_info(facts: &Metadata) -> FileInfo {
    let written = facts.modified().map_or(Time(0), time);
    FileInfo {
        folder: facts.is_dir(),
        length: if facts.is_dir() { 0 } else { facts.len() },
        written,
        created: facts.created().map_or(written, time),
        read_only: facts.permissions().readonly(),
        unix: Some(UnixFile {
            mode: facts.mode(),
            user: name_of(&USERS, facts.uid()),
            group: name_of(&GROUPS, facts.gid()),
            size: facts.len(),
        }),
    }
}

/// Names by numbers.
type Names = LazyLock<HashMap<u32, String>>;
static USERS: Names = LazyLock::new(|| names_in("/etc/passwd"));
static GROUPS: Names = LazyLock::new(|| names_in("/etc/group"));

/// The names in a file of lines `name:…:number:…`; where it cannot be read, numbers stand for themselves.
fn names_in(file: &str) -> HashMap<u32, String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let pair = |line: &str| {
        let mut parts = line.split(':');
        let name = parts.next()?.to_owned();
        Some((parts.nth(1)?.parse().ok()?, name))
    };
    text.lines().filter_map(pair).collect()
}

fn name_of(names: &Names, number: u32) -> String {
    names.get(&number).cloned().unwrap_or_else(|| number.to_string())
}

fn time(moment: SystemTime) -> Time {
    let micros = |length: std::time::Duration| i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
    match moment.duration_since(UNIX_EPOCH) {
        Ok(after) => Time(micros(after)),
        Err(before) => Time(-micros(before.duration())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn files() -> (tempfile::TempDir, DiskFiles) {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        fs::create_dir(&data).unwrap();
        let drives = BTreeMap::from([('C', place.path().join("mailstead/c"))]);
        let files = DiskFiles(Paths::new(drives, Some(&data)));
        (place, files)
    }

    #[test]
    fn a_file_is_written_read_listed_moved_and_removed() {
        let (_place, files) = files();
        files.write(r"C:\a.txt", b"one\n").unwrap();
        files.create("C:/a.txt", true).unwrap().write_all(b"two\n").unwrap();
        assert_eq!(files.read(r"c:\A.TXT").unwrap(), b"one\ntwo\n");
        assert_eq!(files.info(r"C:\a.txt").unwrap().length, 8);
        files.make_folder(r"C:\deep\er").unwrap();
        files.rename(r"C:\a.txt", r"C:\deep\b.txt").unwrap();
        assert_eq!(files.list(r"C:\deep").unwrap(), ["b.txt", "er"]);
        files.remove(r"C:\deep").unwrap();
        assert_eq!(files.list(r"C:\").unwrap(), [""; 0]);
    }

    #[test]
    fn a_private_file_is_its_owners_and_takes_nobodys_place() {
        let (_place, files) = files();
        files.create_private(r"C:\a.tmp").unwrap();
        let facts = files.info(r"C:\a.tmp").unwrap().unix.unwrap();
        assert_eq!(facts.mode & 0o777, 0o600);
        files.write(r"C:\a.tmp", b"x").unwrap();
        let error = files.create_private(r"C:\a.tmp").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(files.read(r"C:\a.tmp").unwrap(), b"x");
    }

    #[test]
    fn errors_are_dot_nets_with_the_path_as_written() {
        let (place, files) = files();
        assert!(files.info(r"C:\").unwrap().folder, "a drive is there before anything is written to it");
        assert_eq!(files.list("C:").unwrap(), [""; 0]);
        assert!(files.info(r"C:\x").is_err());
        files.write(r"C:\a.txt", b"").unwrap();
        let said = |result: io::Result<Vec<u8>>| result.unwrap_err().to_string();
        assert_eq!(said(files.read(r"C:\none.txt")), r"Could not find file 'C:\none.txt'.");
        assert_eq!(said(files.read(r"C:\no\x.txt")), r"Could not find a part of the path 'C:\no\x.txt'.");
        assert_eq!(said(files.read(r"C:\")), r"Access to the path 'C:\' is denied.");
        let root = place.path().to_str().unwrap();
        let error = files.remove(root).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert!(files.write(&format!("{root}/data/x"), b"").is_err());
        assert!(files.rename(r"C:\a.txt", &format!("{root}/data/x")).is_err());
    }
}
