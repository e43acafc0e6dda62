//! The ledger of faults: every test that it names is there.

use super::{Fault, fault};
use crate::sources::read;
use std::path::Path;

const LEDGER: &str = "docs/ledger/faults.tsv";

/// What is wrong with the ledger.
pub(super) fn check(root: &Path) -> Result<Vec<Fault>, String> {
    let text = read(&root.join(LEDGER))?;
    let rows =
        text.lines().enumerate().filter(|(_, line)| !line.starts_with(['#']) && !line.starts_with("fault\t"));
    let lost = rows.flat_map(|(at, line)| {
        let tests = line.split('\t').nth(1).unwrap_or_default();
        let lost = missing(root, tests).into_iter();
        lost.map(move |what| fault(format!("{LEDGER}:{}", at + 1), what, "name the test as it is called now"))
    });
    Ok(lost.collect())
}

/// Of `room::file test, test (where it ran)` what is not there.
fn missing(root: &Path, tests: &str) -> Vec<String> {
    let named = tests.split(" (").next().unwrap_or_default();
    let (place, names) = named.split_once(' ').unwrap_or((named, ""));
    let Some((room, file)) = place.split_once("::") else { return vec![format!("`{tests}` names no test")] };
    let folder = root.join("crates").join(room);
    let places =
        [folder.join("tests").join(format!("{file}.rs")), folder.join("src").join(format!("{file}.rs"))];
    let Some(text) = places.iter().find_map(|path| read(path).ok()) else {
        return vec![format!("there are no tests {place}")];
    };
    // A written session is a test of its own.
    let is_session =
        |name: &str| name.ends_with(".txt") && folder.join("tests/sessions").join(name).is_file();
    let is_there = |name: &str| is_session(name) || text.contains(&format!("fn {name}("));
    let is_gone = |name: &&str| !is_there(name);
    names.split(", ").filter(is_gone).map(|name| format!("there is no test {name} in {place}")).collect()
}
