//! Public functions that nobody calls, and values that are named only to be dropped.

use super::{Fault, fault, words};
use crate::sources::Source;
use std::collections::HashMap;

/// Public functions that only tests of other rooms call, each with what they ask by it.
const EXCUSED: &[(&str, &str)] = &[
    ("burnt", "db: tests of failing disks ask whether the fault came"),
    ("changes_of", "directory: tests of the record of changes ask for one object's, as undo does"),
    ("commands_with", "cmdlets: the tests' toys come in by public means"),
    ("set_properties", "store: tests of verify and of copies write properties, which no protocol writes yet"),
    ("watch_parameters", "commands: a test hears which parameters a command looks up"),
    ("work_once", "transport: tests turn the queue by hand"),
];

/// Every `pub fn` whose name stands nowhere else in what runs, and every `let _ = name;`.
pub(super) fn check(sources: &[Source]) -> Vec<Fault> {
    let houses: Vec<&Source> = sources.iter().filter(|source| source.in_src).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    // This file names the excused ones.
    for source in houses.iter().filter(|source| source.path != "xtask/src/tidy/unused.rs") {
        let code = source.house().lines().filter(|line| !line.trim_start().starts_with("//"));
        code.flat_map(words).for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let mut faults = stale(&counts);
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
            if dropped_name(line) {
                let mend =
                    "use the value, or do not take it; what is ignored on purpose gets a name that says why";
                faults.push(fault(place(), "a name is thrown away", mend));
            }
        }
    }
    faults
}

/// What needs no excuse any more.
fn stale(counts: &HashMap<&str, usize>) -> Vec<Fault> {
    let calls = |name: &str| counts.get(name).copied().unwrap_or(0);
    let mend = "take its line out of xtask/src/tidy/unused.rs";
    let needless = EXCUSED.iter().filter(|(name, _)| calls(name) != 1);
    needless.map(|(name, _)| fault(*name, "it is gone, or somebody calls it", mend)).collect()
}

fn public_function(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("pub ")?;
    let rest = ["const ", "async ", "unsafe "]
        .iter()
        .fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
    let name = rest.strip_prefix("fn ")?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| *name != "main")
}

/// `let _ = name;`, `let _ = (name, other);`
fn dropped_name(line: &str) -> bool {
    let Some(rest) = line.trim().strip_prefix("let _ = ") else { return false };
    let Some(names) = rest.strip_suffix(';') else { return false };
    let names = names.strip_prefix('(').and_then(|list| list.strip_suffix(')')).unwrap_or(names);
    names.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '&' | ',' | ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_functions_are_told_from_calls() {
        assert!(dropped_name("    let _ = guard;") && dropped_name("let _ = &self.rooms;"));
        assert!(dropped_name("let _ = (name, other);"));
        assert!(!dropped_name("let _ = call();") && !dropped_name("let _gone = x;"));
        assert_eq!(public_function("    pub const fn name(self) {"), Some("name"));
        assert_eq!(public_function("pub(crate) fn name() {"), None);
        assert_eq!(public_function("pub fn of<T>(x: T) {"), Some("of"));
    }
}
