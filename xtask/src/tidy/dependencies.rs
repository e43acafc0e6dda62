//! Dependencies: what a room declares it uses, what the workspace declares some room declares, and each library
//! has its line of reason in DESIGN.md.

use super::{Fault, fault, quoted, section};
use crate::sources::{Source, read};
use std::collections::BTreeSet;
use std::path::Path;

/// Every dependency that is declared and not used, and every library without a reason.
pub(super) fn check(root: &Path, sources: &[Source]) -> Result<Vec<Fault>, String> {
    let manifest = read(&root.join("Cargo.toml"))?;
    let declared = libraries(&manifest);
    let mut faults = reasons(&read(&root.join("DESIGN.md"))?, &declared);
    let mut used_somewhere = BTreeSet::new();
    for folder in folders(root)? {
        let place = folder.strip_prefix(root).unwrap_or(&folder).to_string_lossy().into_owned();
        let manifest = read(&folder.join("Cargo.toml"))?;
        for (part, whole) in [("dependencies", false), ("dev-dependencies", true)] {
            for name in section(&manifest, part) {
                let own = sources.iter().filter(|source| source.path.starts_with(&format!("{place}/")));
                if !own
                    .into_iter()
                    .any(|source| mentions(if whole { &source.text } else { source.house() }, &name))
                {
                    let mend = "take the line out, or the build pays for it";
                    faults.push(fault(format!("{place}/Cargo.toml"), format!("`{name}` is not used"), mend));
                }
                used_somewhere.insert(name);
            }
        }
    }
    let unused = declared.iter().filter(|name| !used_somewhere.contains(*name));
    faults.extend(unused.map(|name| {
        fault(
            "Cargo.toml",
            format!("no room declares `{name}`"),
            "take the line out of [workspace.dependencies]",
        )
    }));
    Ok(faults)
}

fn folders(root: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let crates = std::fs::read_dir(root.join("crates")).map_err(|error| error.to_string())?;
    let mut folders = vec![root.join("xtask")];
    for entry in crates {
        folders.push(entry.map_err(|error| error.to_string())?.path());
    }
    folders.sort();
    Ok(folders)
}

/// The libraries of the workspace: what is no room.
fn libraries(manifest: &str) -> Vec<String> {
    let lines = manifest.lines().filter(|line| !line.contains("path = "));
    section(&lines.collect::<Vec<_>>().join("\n"), "workspace.dependencies")
}

/// Whether Rust code names a crate: `name::`, `use name`, `extern crate`; derives and macros of it count by name.
fn mentions(text: &str, name: &str) -> bool {
    // `md-5` calls its library `md5`.
    names(text, &name.replace('-', "_")) || names(text, &name.replace('-', ""))
}

fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back().unwrap_or(' ');
        let after = &text[at + name.len()..];
        !(before.is_alphanumeric() || before == '_')
            && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}

/// The table "Dependencies" of DESIGN.md against the libraries.
fn reasons(design: &str, libraries: &[String]) -> Vec<Fault> {
    let table = design.split("| library | reason |").nth(1).unwrap_or("");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let told: BTreeSet<String> = rows
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split(','))
        .map(|name| quoted(name).first().cloned().unwrap_or_else(|| name.trim().to_owned()))
        .collect();
    let mend = "one line of reason in DESIGN.md's table for each library, and none for what is gone";
    let missing = libraries.iter().filter(|name| !told.contains(*name));
    let missing = missing.map(|name| fault("DESIGN.md", format!("`{name}` has no reason"), mend));
    let stale = told.iter().filter(|name| !libraries.contains(name));
    let stale = stale.map(|name| fault("DESIGN.md", format!("`{name}` is no dependency"), mend));
    missing.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_a_path_or_an_import() {
        for (text, named) in [
            ("use serde_json::Value;", true),
            ("serde_json::to_string(x)", true),
            ("use serde_json;", true),
            ("my_serde_json::x", false),
            ("serde_jsonx::x", false),
            ("// nothing", false),
        ] {
            assert_eq!(mentions(text, "serde-json"), named, "{text}");
        }
    }

    #[test]
    fn the_table_and_the_manifest_are_alike() {
        let design = "| library | reason |\n|---|---|\n| a, b | both |\n| old | gone |\n\ntext";
        let faults = reasons(design, &["a".into(), "b".into(), "new".into()]);
        let said: Vec<&str> = faults.iter().map(|fault| fault.what.as_str()).collect();
        assert_eq!(said, ["`new` has no reason", "`old` is no dependency"]);
    }
}
