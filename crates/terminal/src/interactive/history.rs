//! What was typed, kept over sessions in the home folder.
//!
//! Lines that may hold a secret are remembered while the shell runs but never written down.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The file in the home folder.
const FILE: &str = ".mailstead_history";
/// What is kept of it: at twice as much it is cut at the next start.
const ENTRIES_MAX: usize = 5_000;
/// A longer entry is a pasted script, nobody looks for it by arrow keys.
const ENTRY_BYTES_MAX: usize = 16 << 10;
/// Where one of these words stands, a secret may stand beside it.
const SECRETS: [&str; 6] = ["password", "asplaintext", "securestring", "secret", "apikey", "token"];

/// The history file; none where there is no home.
pub(crate) struct HistoryFile {
    path: Option<PathBuf>,
    last: String,
}

impl HistoryFile {
    pub(crate) fn in_home(home: Option<&Path>) -> HistoryFile {
        HistoryFile { path: home.map(|home| home.join(FILE)), last: String::new() }
    }

    /// What is there, oldest first.
    pub(crate) fn entries(&self) -> Vec<String> {
        let Some(path) = &self.path else { return Vec::new() };
        let Ok(file) = File::open(path) else { return Vec::new() };
        let lines = BufReader::new(file).split(b'\n').map_while(io::Result::ok);
        let mut entries: Vec<String> = lines.map(|line| unfolded(&String::from_utf8_lossy(&line))).collect();
        if entries.len() > 2 * ENTRIES_MAX {
            entries.drain(..entries.len() - ENTRIES_MAX);
            // A history that cannot be shortened grows; the next start tries again.
            drop(self.rewrite(&entries));
        }
        entries
    }

    /// Adds an entry, unless it is the last one again or may hold a secret. A home that cannot be written to
    /// costs only the history.
    pub(crate) fn add(&mut self, entry: &str) {
        let again = self.last == entry;
        entry.clone_into(&mut self.last);
        if !again && !is_secret(entry) && entry.len() <= ENTRY_BYTES_MAX {
            drop(self.append(entry));
        }
    }

    fn append(&self, entry: &str) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        // One write for one line: two shells do not mix theirs.
        file.write_all(format!("{}\n", folded(entry)).as_bytes())
    }

    fn rewrite(&self, entries: &[String]) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let beside = path.with_extension("new");
        let mut file =
            OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&beside)?;
        for entry in entries {
            writeln!(file, "{}", folded(entry))?;
        }
        std::fs::rename(beside, path)
    }
}

fn is_secret(entry: &str) -> bool {
    let entry = entry.to_lowercase();
    SECRETS.iter().any(|word| entry.contains(word))
}

/// An entry on one line.
fn folded(entry: &str) -> String {
    entry.replace('\\', r"\\").replace('\n', r"\n")
}

fn unfolded(line: &str) -> String {
    let mut entry = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => entry.push(if chars.next() == Some('n') { '\n' } else { '\\' }),
            c => entry.push(c),
        }
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_as_they_were_typed() {
        let home = tempfile::tempdir().unwrap();
        let mut history = HistoryFile::in_home(Some(home.path()));
        let typed = ["Get-Mailbox ann", "if ($x) {\n  'C:\\new'\n}", r"a\nb", "ü"];
        typed.iter().for_each(|entry| history.add(entry));
        assert_eq!(history.entries(), typed);
    }

    #[test]
    fn secrets_are_not_written_down() {
        let home = tempfile::tempdir().unwrap();
        let mut history = HistoryFile::in_home(Some(home.path()));
        history.add("ConvertTo-SecureString 'x' -AsPlainText -Force");
        history.add("$PassWord = 'x'");
        history.add("Get-Mailbox");
        history.add("Get-Mailbox");
        assert_eq!(history.entries(), ["Get-Mailbox"]);
    }

    #[test]
    fn a_long_history_is_cut_at_the_start() {
        let home = tempfile::tempdir().unwrap();
        let history = HistoryFile::in_home(Some(home.path()));
        let lines: String = (0..2 * ENTRIES_MAX + 1).map(|number| format!("{number}\n")).collect();
        std::fs::write(home.path().join(FILE), lines).unwrap();
        assert_eq!(history.entries().len(), ENTRIES_MAX);
        assert_eq!(history.entries().len(), ENTRIES_MAX);
        assert_eq!(history.entries().last().unwrap(), &(2 * ENTRIES_MAX).to_string());
    }
}
