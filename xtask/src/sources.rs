//! The Rust files of the house, and what of them runs.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// A Rust file: its path from the root, its room, its text, and the part before its tests.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) room: String,
    pub(crate) in_src: bool,
}

impl Source {
    /// The lines before `#[cfg(test)]`: what runs in the house.
    pub(crate) fn house(&self) -> &str {
        // A module of its own is parted from the house by its name.
        if self.path.ends_with("/tests.rs") {
            return "";
        }
        // A single item may be for tests; a module for them is the end.
        let marks = self.text.match_indices("\n#[cfg(test)]\n");
        let end = marks.map(|(at, mark)| (at, &self.text[at + mark.len()..])).find(|(_, rest)| {
            rest.lines().next().is_some_and(|line| line.split(' ').any(|word| word == "mod"))
        });
        end.map_or(&self.text, |(at, _)| &self.text[..at])
    }
}

/// Every Rust file of the rooms and workshops.
pub(crate) fn sources(root: &Path) -> Result<Vec<Source>, String> {
    let mut found = Vec::new();
    for top in ["crates", "xtask"] {
        collect(&root.join(top), root, &mut found)?;
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn collect(folder: &Path, root: &Path, found: &mut Vec<Source>) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_dir() {
            collect(&path, root, found)?;
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(source(&path, root)?);
        }
    }
    Ok(())
}

fn source(path: &Path, root: &Path) -> Result<Source, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let path = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
    let parts: Vec<&str> = path.split('/').collect();
    let room = if parts[0] == "crates" { parts[1] } else { parts[0] }.to_owned();
    let in_src = parts.contains(&"src");
    Ok(Source { path, text, room, in_src })
}

/// The text of a file, or an error that names it.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}
