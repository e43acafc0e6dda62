//! Public functions that nobody calls, and values that are named only to be dropped.

use super::{Fault, fault, words};
use crate::sources::Source;
use std::collections::HashMap;

/// Public functions that stay although nothing in the house calls them, each with its reason.
const EXCUSED: &[(&str, &str)] = &[
    ("burnt", "db: tests of failing disks ask whether the fault came"),
    ("by_proxy", "directory: sharing and submission look an address up by it"),
    ("changes_of", "directory: undo asks for them"),
    ("commands_with", "cmdlets: the tests' toys come in by public means"),
    ("fate_of_internet_id", "transport: Get-MessageTrace -MessageId asks it"),
    ("is_last", "language: a reader that wants one line"),
    ("move_to", "directory: organizational units"),
    ("roles_of", "directory: Get-ManagementRoleAssignment"),
    ("same_ordinal", "dotnet: StringComparison.Ordinal"),
    ("search_changes", "directory: Search-AdminAuditLog"),
    ("set_locale", "language: a session in another culture"),
    ("set_password", "directory: Set-ADAccountPassword"),
    ("set_properties", "store: calendars, contacts and tasks write by it"),
    ("set_view", "language: tests choose the error view"),
    ("shrink_to", "net: a holder of memory gives part of it back"),
    ("traces_between", "mailbox: Get-MessageTrace"),
    ("watch_parameters", "language: check and tests hear what was bound"),
    ("without_fields", "message: what a filter put on is taken off"),
    ("work_once", "transport: tests turn the queue by hand"),
];

/// Files in which a name is thrown away still: their owners take the line out with the last one.
const OWED: &[&str] = &[
    "crates/dotnet/src/convert.rs",
    "crates/dotnet/src/engine.rs",
    "crates/dotnet/src/host.rs",
    "crates/dotnet/src/regex/translate.rs",
    "crates/dotnet/src/types.rs",
    "crates/language/src/run/command.rs",
    "crates/language/src/syntax/count.rs",
    "crates/views/src/cell.rs",
];

/// Every `pub fn` whose name stands nowhere else in what runs, and every `let _ = name;`.
pub(super) fn check(sources: &[Source]) -> Vec<Fault> {
    let houses: Vec<&Source> = sources.iter().filter(|source| source.in_src).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for source in &houses {
        let code = source.house().lines().filter(|line| !line.trim_start().starts_with("//"));
        code.flat_map(words).for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let mut faults = stale(&houses);
    for source in houses {
        for (at, line) in source.house().lines().enumerate() {
            let place = || format!("{}:{}", source.path, at + 1);
            if let Some(name) = public_function(line)
                && counts.get(name).copied().unwrap_or(0) < 2
                && !EXCUSED.iter().any(|(known, _)| *known == name)
                && source.room != "testkit"
            {
                let mend = "delete it, or make it private to the tests that need it";
                faults.push(fault(place(), format!("nobody calls `{name}`"), mend));
            }
            if dropped_name(line) && !OWED.contains(&source.path.as_str()) {
                let mend =
                    "use the value, or do not take it; what is ignored on purpose gets a name that says why";
                faults.push(fault(place(), "a name is thrown away", mend));
            }
        }
    }
    faults
}

/// What needs no excuse any more.
fn stale(houses: &[&Source]) -> Vec<Fault> {
    let drops = |path: &str| {
        houses.iter().any(|source| source.path == path && source.house().lines().any(dropped_name))
    };
    let owed = OWED.iter().filter(|path| !drops(path));
    let mend = "take its line out of xtask/src/tidy/unused.rs";
    owed.map(|path| fault(*path, "no name is thrown away here any more", mend)).collect()
}

fn public_function(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("pub ")?;
    let rest = ["const ", "async ", "unsafe "]
        .iter()
        .fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
    let name = rest.strip_prefix("fn ")?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| *name != "main")
}

/// `let _ = name;`
fn dropped_name(line: &str) -> bool {
    let Some(rest) = line.trim().strip_prefix("let _ = ") else { return false };
    let name = rest.strip_suffix(';').unwrap_or("(");
    name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '&'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_functions_are_told_from_calls() {
        assert!(dropped_name("    let _ = guard;") && dropped_name("let _ = &self.rooms;"));
        assert!(!dropped_name("let _ = call();") && !dropped_name("let _gone = x;"));
        assert_eq!(public_function("    pub const fn name(self) {"), Some("name"));
        assert_eq!(public_function("pub(crate) fn name() {"), None);
        assert_eq!(public_function("pub fn of<T>(x: T) {"), Some("of"));
    }
}
