//! The ledger of attacks: forty of them, each once, and every test that it names is there.

use super::{Fault, fault};
use crate::sources::read;
use std::path::Path;

const LEDGER: &str = "docs/ledger/attacks.tsv";
const ATTACKS: usize = 40;

/// What is wrong with the ledger.
pub(super) fn check(root: &Path) -> Result<Vec<Fault>, String> {
    let text = read(&root.join(LEDGER))?;
    let rows = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    let (mut faults, mut seen) = (Vec::new(), 0);
    for (at, line) in rows {
        seen += 1;
        let place = format!("{LEDGER}:{}", at + 1);
        faults.extend(row(root, line, seen).into_iter().map(|(what, mend)| fault(place.clone(), what, mend)));
    }
    if seen != ATTACKS {
        faults.push(fault(
            LEDGER,
            format!("it has {seen} attacks, not {ATTACKS}"),
            "a row for each, in order",
        ));
    }
    Ok(faults)
}

fn row(root: &Path, line: &str, number: usize) -> Vec<(String, &'static str)> {
    let cells: Vec<&str> = line.split('\t').collect();
    let tests: Vec<&str> = cells.get(3).map(|cell| cell.split(' ').collect()).unwrap_or_default();
    let mut wrong = Vec::new();
    if cells.first().and_then(|cell| cell.parse().ok()) != Some(number) {
        wrong.push((format!("the row should have the number {number}"), "a row for each attack, in order"));
    }
    let state = cells.get(2).copied().unwrap_or_default();
    let open = state.starts_with("no: ");
    if !open && state != "yes" && !state.starts_with("partly: ") {
        wrong.push((format!("`{state}` is no state"), "write yes, partly: what is missing, or no: why"));
    }
    if open != tests.is_empty() {
        wrong.push((
            "a test and `no` exclude each other".to_owned(),
            "name the test, or say why there is none",
        ));
    }
    let missing = tests.into_iter().filter(|test| !is_there(root, test));
    wrong.extend(
        missing.map(|test| (format!("there is no test {test}"), "name the test as it is called now")),
    );
    wrong
}

/// A function of a test's file, or a session that is played.
fn is_there(root: &Path, test: &str) -> bool {
    match test.split_once("::") {
        Some((path, name)) => read(&root.join(path)).is_ok_and(|text| text.contains(&format!("fn {name}("))),
        None => root.join(test).is_file(),
    }
}
