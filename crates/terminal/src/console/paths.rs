//! Where a script's path lies on this machine: drives are folders, `\` and `/` both part, and the
//! server's data directory is nobody's.
//!
//! The order of rules: a letter and a colon choose a drive's folder; anything else is a Unix path, taken
//! from the current folder of the process when it is relative. Below a drive names ignore case, as they do
//! where such scripts come from; an exact name is preferred. Links are resolved before the ban is applied.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Links followed in one path before it counts as a circle; the kernel's own limit.
const LINKS_MAX: usize = 40;

/// Drives and the ban.
pub(crate) struct Paths {
    drives: BTreeMap<char, PathBuf>,
    banned: Option<PathBuf>,
    /// A folder that scripts see under another name.
    mounted: Option<(PathBuf, PathBuf)>,
}

impl Paths {
    /// `drives` by their letters in capitals; `data` is the server's data directory on this machine.
    pub(crate) fn new(drives: BTreeMap<char, PathBuf>, data: Option<&Path>) -> Paths {
        let drives =
            drives.into_iter().map(|(letter, folder)| (letter.to_ascii_uppercase(), folder)).collect();
        // A data directory that does not exist yet is banned all the same, where its parents lead.
        let banned = data.and_then(|data| resolve(&absolute(data)).ok());
        Paths { drives, banned, mounted: None }
    }

    /// With `folder` under the name `name`, whatever lies there otherwise.
    pub(crate) fn mounting(mut self, name: &str, folder: PathBuf) -> Paths {
        self.mounted = Some((PathBuf::from(name), folder));
        self
    }

    /// The file that `path` means, links resolved; refused where it lies in the data directory.
    pub(crate) fn real(&self, path: &str) -> io::Result<PathBuf> {
        let real = resolve(&self.place(path)?)?;
        self.allow(path, real)
    }

    /// As [`real`](Paths::real), but a link at the end stays a link: to remove or rename it.
    pub(crate) fn entry(&self, path: &str) -> io::Result<PathBuf> {
        let place = self.place(path)?;
        let (Some(parent), Some(name)) = (place.parent(), place.file_name()) else { return self.real(path) };
        let entry = resolve(parent)?.join(name);
        self.allow(path, entry)
    }

    /// Whether a folder stands under another name, as that of a case does.
    pub(crate) fn is_mounted(&self) -> bool {
        self.mounted.is_some()
    }

    /// The folder of the drive that `path` names, if it names one.
    pub(crate) fn drive_of(&self, path: &str) -> Option<&Path> {
        let (letter, _) = drive(path)?;
        self.drives.get(&letter).map(PathBuf::as_path)
    }

    /// Whether `path` is a drive that is there, and nothing below it.
    pub(crate) fn is_root(&self, path: &str) -> bool {
        let rest = drive(path).filter(|(letter, _)| self.drives.contains_key(letter)).map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.chars().all(|c| matches!(c, '/' | '\\')))
    }

    fn allow(&self, path: &str, real: PathBuf) -> io::Result<PathBuf> {
        match &self.banned {
            Some(banned) if real.starts_with(banned) => Err(refused(path)),
            _ => Ok(real),
        }
    }

    /// Whether removing or renaming `real` would take the data directory along.
    pub(crate) fn holds_data(&self, real: &Path) -> bool {
        self.banned.as_ref().is_some_and(|banned| banned.starts_with(real))
    }

    /// `path` on this machine, nothing resolved yet.
    fn place(&self, path: &str) -> io::Result<PathBuf> {
        if path.contains('\0') {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "Illegal characters in path."));
        }
        let Some((letter, rest)) = drive(path) else {
            return Ok(self.behind_mount(absolute(Path::new(&path.replace('\\', "/")))));
        };
        let folder = self.drives.get(&letter).ok_or_else(|| self.no_drive(letter))?;
        Ok(below(folder, rest))
    }

    fn behind_mount(&self, path: PathBuf) -> PathBuf {
        let Some((name, folder)) = &self.mounted else { return path };
        match plain(&path).strip_prefix(name) {
            Ok(rest) => folder.join(rest),
            Err(_) => path,
        }
    }

    fn no_drive(&self, letter: char) -> io::Error {
        let known: Vec<String> = self.drives.keys().map(|letter| format!("{letter}:")).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let says = format!(
            "Cannot find drive. A drive with the name '{letter}' does not exist. Drives here: {known}; \
             [shell] drives in mailstead.toml names others."
        );
        io::Error::new(io::ErrorKind::NotFound, says)
    }
}

/// The letter of the drive and what follows its colon. A current folder on a drive makes `/C:/Temp/x` of `x`.
fn drive(path: &str) -> Option<(char, &str)> {
    let mut chars = path.strip_prefix(['/', '\\']).unwrap_or(path).chars();
    let letter = chars.next().filter(char::is_ascii_alphabetic)?;
    (chars.next() == Some(':')).then(|| (letter.to_ascii_uppercase(), chars.as_str()))
}

/// `rest` below a drive's folder. `..` stops at the root of the drive; names ignore case.
fn below(folder: &Path, rest: &str) -> PathBuf {
    let root = absolute(folder);
    let mut names: Vec<&str> = Vec::new();
    for name in rest.split(['\\', '/']).filter(|name| !name.is_empty() && *name != ".") {
        match name {
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    names.iter().fold(root, |at, name| at.join(as_it_is_written(&at, name)))
}

/// The name in `folder` that differs from `name` in case only, unless `name` itself is there.
fn as_it_is_written(folder: &Path, name: &str) -> OsString {
    if folder.join(name).symlink_metadata().is_ok() {
        return name.into();
    }
    let same =
        |other: &OsString| other.to_str().is_some_and(|other| other.to_lowercase() == name.to_lowercase());
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<OsString> = entries.map(|entry| entry.file_name()).filter(same).collect();
    found.sort();
    found.into_iter().next().unwrap_or_else(|| name.into())
}

/// `path` from the root; relative ones from the current folder of the process.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// `path` without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::ParentDir => drop(plain.pop()),
            _ => {}
        }
    }
    plain
}

/// `path` with its links followed, also where its end does not exist yet.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut waiting: Vec<OsString> =
        path.components().rev().map(|part| part.as_os_str().to_owned()).collect();
    let mut at = PathBuf::from("/");
    let mut links = 0;
    while let Some(part) = waiting.pop() {
        match Path::new(&part).components().next() {
            Some(Component::RootDir) => at = PathBuf::from("/"),
            Some(Component::ParentDir) => drop(at.pop()),
            Some(Component::Normal(name)) => {
                let next = at.join(name);
                match std::fs::read_link(&next) {
                    Ok(_) if links == LINKS_MAX => return Err(circle(path)),
                    Ok(to) => {
                        links += 1;
                        waiting.extend(to.components().rev().map(|part| part.as_os_str().to_owned()));
                    }
                    Err(_) => at = next,
                }
            }
            _ => {}
        }
    }
    Ok(at)
}

fn circle(path: &Path) -> io::Error {
    io::Error::other(format!("The links of '{}' lead in a circle.", path.display()))
}

fn refused(path: &str) -> io::Error {
    let says = format!(
        "Access to the path '{path}' is denied: it lies in the server's data directory, which only cmdlets \
         change. Use Get-Mailbox and the other cmdlets, or mailstead backup."
    );
    io::Error::new(io::ErrorKind::PermissionDenied, says)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn house() -> (tempfile::TempDir, Paths) {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        for folder in ["c/Temp", "data/databases", "home"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("data/directory.db"), "x").unwrap();
        symlink(root.join("data"), root.join("home/link")).unwrap();
        symlink("../data/directory.db", root.join("home/file")).unwrap();
        symlink("b", root.join("home/a")).unwrap();
        symlink("a", root.join("home/b")).unwrap();
        let drives = BTreeMap::from([('C', root.join("c"))]);
        let paths = Paths::new(drives, Some(&root.join("data")));
        (place, paths)
    }

    #[test]
    fn a_script_path_becomes_a_place_on_this_machine() {
        let (place, paths) = house();
        let root = place.path().canonicalize().unwrap();
        for (written, lies) in [
            (r"C:\Temp\report.csv", "c/Temp/report.csv"),
            (r"c:\temp\Report.csv", "c/Temp/Report.csv"),
            (r"C:/temp/../x.txt", "c/x.txt"),
            (r"C:\..\..\..\etc\passwd", "c/etc/passwd"),
            ("C:", "c"),
            (r"C:\", "c"),
            ("/C:/Temp/x.txt", "c/Temp/x.txt"),
        ] {
            assert_eq!(paths.real(written).unwrap(), root.join(lies), "{written}");
        }
        let unix = format!("{}/home/new.txt", root.display());
        assert_eq!(paths.real(&unix).unwrap(), root.join("home/new.txt"));
        assert_eq!(paths.real(&unix.replace('/', "\\")).unwrap(), root.join("home/new.txt"));
        assert!(paths.real(r"E:\x").unwrap_err().to_string().contains("'E' does not exist. Drives here: C:"));
    }

    #[test]
    fn a_mounted_folder_is_seen_under_its_name() {
        let (place, paths) = house();
        let root = place.path().canonicalize().unwrap();
        let paths = paths.mounting("/case", root.join("home"));
        for (written, lies) in [
            ("/case", "home"),
            ("/case/", "home"),
            ("/case/a.txt", "home/a.txt"),
            ("/nowhere/../case/./b", "home/b"),
        ] {
            assert_eq!(paths.entry(written).unwrap(), root.join(lies), "{written}");
        }
        assert_eq!(paths.real("/cases/x").unwrap(), Path::new("/cases/x"));
    }

    #[test]
    fn the_data_directory_is_out_of_reach_by_any_road() {
        let (place, paths) = house();
        let root = place.path().canonicalize().unwrap();
        let root = root.display();
        for road in [
            format!("{root}/data"),
            format!("{root}/data/directory.db"),
            format!("{root}/home/../data/new.txt"),
            format!("{root}/home/link/directory.db"),
            format!("{root}/home/link/databases/../directory.db"),
            format!("{root}/home/file"),
            format!("{root}//data/./directory.db"),
        ] {
            let error = paths.real(&road).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{road}");
        }
        assert!(paths.real(&format!("{root}/database.txt")).is_ok());
        assert!(paths.entry(&format!("{root}/home/file")).is_ok(), "the link itself may be removed");
        assert!(paths.holds_data(place.path().canonicalize().unwrap().as_path()));
        assert!(paths.real(&format!("{root}/home/a")).unwrap_err().to_string().contains("circle"));
    }
}
