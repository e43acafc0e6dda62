//! Circles between the files of a room: a module may use its siblings in one direction only, so that a room reads
//! from its ground up. A folder counts as one module among its siblings; inside of it the same rule holds.

use super::{Fault, fault};
use crate::sources::Source;
use std::collections::{BTreeMap, BTreeSet};

/// How many circles may stay: with each one more a room is harder to read from its ground up.
#[cfg(test)]
const CIRCLES_MAX: usize = 6;

/// Circles that stay, by all files that are part of one, each with its reason: a file more is a new circle.
const EXCUSED: &[(&str, &str)] = &[
    (
        "object: noun property types value",
        "a value has a type, a type reads values, and an object knows its noun",
    ),
    ("imap: door session verb", "a session obeys verbs, and a verb is what it does to a session"),
    (
        "language/run: call command session sink",
        "a session holds commands and sinks that run in it, and each is lent the session by its call",
    ),
    ("pop3: session verb", "a session obeys verbs, and a verb is what it does to a session"),
    ("smtp: session verb", "a session obeys verbs, and a verb is what it does to a session"),
];

/// A module by its path from the root of its crate.
type Module = Vec<String>;

/// What one crate's files say of each other.
#[derive(Default)]
struct Room<'a> {
    files: BTreeMap<Module, &'a Source>,
    /// What names in a module stand for, through its `use`.
    names: BTreeMap<Module, BTreeMap<String, Module>>,
}

/// Every circle that is not excused.
pub(super) fn check(sources: &[Source]) -> Vec<Fault> {
    let mut rooms: BTreeMap<&str, Room<'_>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.in_src) {
        let Some(module) = module_of(&source.path) else { continue };
        let room = rooms.entry(source.room.as_str()).or_default();
        room.names.insert(module.clone(), names(&code(source), &module));
        room.files.insert(module, source);
    }
    let found: Vec<(String, Vec<String>)> =
        rooms.iter().flat_map(|(name, room)| room.circles(name)).collect();
    let mut faults: Vec<Fault> = found.iter().filter(|(place, _)| !excused(place)).map(told).collect();
    let gone = |known: &str| !found.iter().any(|(place, _)| place == known);
    let stale = EXCUSED.iter().filter(|(known, _)| gone(known) && sources.len() > 100);
    faults.extend(stale.map(|(place, _)| {
        fault(*place, "there is no circle any more", "take the line out of xtask/src/tidy/circles.rs")
    }));
    faults
}

fn excused(place: &str) -> bool {
    EXCUSED.iter().any(|(known, _)| *known == place)
}

fn told((place, edges): &(String, Vec<String>)) -> Fault {
    let mend =
        "move what both need below them, hand it in, or join them: siblings use each other in one direction";
    fault(place, format!("modules in a circle: {}", edges.join(", ")), mend)
}

/// The module of `crates/store/src/search/index.rs`: `search`, `index`. None for binaries beside the library.
fn module_of(path: &str) -> Option<Module> {
    let (_, inside) = path.split_once("/src/")?;
    let mut parts: Module = inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    match parts.last()?.as_str() {
        "lib" | "main" if parts.len() == 1 => parts.clear(),
        "mod" => drop(parts.pop()),
        _ if parts[0] == "bin" => return None,
        _ => {}
    }
    Some(parts)
}

/// The house's lines without comments.
fn code(source: &Source) -> String {
    let lines = source.house().lines().map(|line| match line.find("//") {
        Some(at) if !line[..at].contains('"') => &line[..at],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Paths that start at `crate` or `super`, as paths from the root, with the name each is known by.
fn paths(text: &str, module: &Module) -> Vec<(String, Module)> {
    let mut found = Vec::new();
    for (at, word) in [("crate::", 0), ("super::", 1)]
        .iter()
        .flat_map(|(word, up)| text.match_indices(word).map(move |(at, word)| (at, (word, *up))))
    {
        let before = text[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || before == '_' || before == '$' || before == ':' {
            continue;
        }
        let mut rest = &text[at + word.0.len()..];
        let mut base: Module = if word.1 == 0 { Vec::new() } else { module.clone() };
        for _ in 0..word.1 {
            base.pop();
        }
        while let Some(above) = rest.strip_prefix("super::") {
            base.pop();
            rest = above;
        }
        tree(rest, base, &mut found);
    }
    found
}

/// Reads one path, or the braces of a `use`; gives what stands behind it.
fn tree<'t>(text: &'t str, base: Module, found: &mut Vec<(String, Module)>) -> &'t str {
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start();
            if let Some(behind) = rest.strip_prefix('}') {
                return behind;
            }
            let before = rest.len();
            rest = tree(rest, base.clone(), found).trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest);
            if rest.len() == before {
                return "";
            }
        }
    }
    let length = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, rest) = text.split_at(length);
    let word = word.trim_start_matches("r#").to_owned();
    let mut path = base;
    if word != "self" {
        path.push(word);
    }
    if let Some(deeper) = rest.strip_prefix("::") {
        return tree(deeper, path, found);
    }
    let (name, rest) = match rest.strip_prefix(" as ") {
        Some(alias) => {
            let length = alias.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(alias.len());
            (alias[..length].to_owned(), &alias[length..])
        }
        None => (path.last().cloned().unwrap_or_default(), rest),
    };
    found.push((name, path));
    rest
}

/// The names that a module's `use` lines bring in: its own modules' too (`pub use row::Row`).
fn names(text: &str, module: &Module) -> BTreeMap<String, Module> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("use ") {
        let line_start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        let head = text[line_start..at].trim();
        if !(head.is_empty() || head.starts_with("pub")) {
            continue;
        }
        let rest = &text[at + 4..];
        let (base, rest) = match () {
            () if rest.starts_with("crate::") => (Vec::new(), &rest[7..]),
            () if rest.starts_with("self::") => (module.clone(), &rest[6..]),
            () if rest.starts_with("super::") => {
                let (mut base, mut rest) = (module.clone(), rest);
                while let Some(above) = rest.strip_prefix("super::") {
                    base.pop();
                    rest = above;
                }
                (base, rest)
            }
            () => (module.clone(), rest),
        };
        tree(rest, base, &mut found);
    }
    found.into_iter().collect()
}

impl Room<'_> {
    /// The file in which that path ends, re-exports followed.
    fn file_of(&self, path: &Module, hops: usize) -> Option<Module> {
        let end = (0..=path.len()).rev().find(|end| self.files.contains_key(&path[..*end]))?;
        let (module, rest) = (path[..end].to_vec(), &path[end..]);
        let Some(name) = rest.first() else { return Some(module) };
        match self.names.get(&module).and_then(|names| names.get(name)) {
            Some(target) if hops < 4 && target != path => {
                let mut target = target.clone();
                target.extend(rest[1..].iter().cloned());
                let starts_here =
                    self.files.keys().any(|known| known.len() == 1 && target.starts_with(known))
                        || self.files.contains_key(&target[..target.len().min(module.len() + 1)]);
                if starts_here { self.file_of(&target, hops + 1).or(Some(module)) } else { Some(module) }
            }
            _ => Some(module),
        }
    }

    fn uses(&self) -> BTreeSet<(Module, Module)> {
        let mut uses = BTreeSet::new();
        for (module, source) in &self.files {
            for (_, path) in paths(&code(source), module) {
                if let Some(target) = self.file_of(&path, 0) {
                    uses.insert((module.clone(), target));
                }
            }
        }
        uses
    }

    /// The circles among the children of each module: a name for it and what makes it.
    fn circles(&self, room: &str) -> Vec<(String, Vec<String>)> {
        let uses = self.uses();
        let mut levels: BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (from, to) in &uses {
            let same = from.iter().zip(to).take_while(|(a, b)| a == b).count();
            if let (Some(a), Some(b)) = (from.get(same), to.get(same)) {
                let level = levels.entry(from[..same].to_vec()).or_default();
                level.entry(a.clone()).or_default().insert(b.clone());
            }
        }
        levels
            .iter()
            .flat_map(|(parent, edges)| {
                let place = std::iter::once(room).chain(parent.iter().map(String::as_str));
                let place = place.collect::<Vec<_>>().join("/");
                components(edges).into_iter().map(move |group| {
                    let inside = |name: &String| group.contains(name);
                    let list = edges.iter().filter(|(from, _)| inside(from));
                    let list = list.flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
                    let list = list.filter(|(_, to)| inside(to)).map(|(from, to)| format!("{from} → {to}"));
                    (
                        format!("{place}: {}", group.iter().cloned().collect::<Vec<_>>().join(" ")),
                        list.collect(),
                    )
                })
            })
            .collect()
    }
}

/// The groups of names that reach each other.
fn components(edges: &BTreeMap<String, BTreeSet<String>>) -> Vec<BTreeSet<String>> {
    let reach = |from: &String| {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![from]);
        while let Some(next) = waiting.pop() {
            for to in edges.get(next).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    waiting.push(to);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = edges.keys().map(|name| (name, reach(name))).collect();
    let mut groups: Vec<BTreeSet<String>> = Vec::new();
    for (name, far) in &reached {
        if !far.contains(*name) || groups.iter().any(|group| group.contains(*name)) {
            continue;
        }
        let back = |other: &&String| reached.get(other).is_some_and(|far| far.contains(*name));
        let group: BTreeSet<String> = far.iter().filter(back).cloned().collect();
        if group.len() > 1 {
            groups.push(group);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let source = |(path, text): &(&str, &str)| Source {
            path: format!("crates/toy/src/{path}.rs"),
            text: (*text).to_owned(),
            room: "toy".to_owned(),
            in_src: true,
        };
        let sources: Vec<Source> = files.iter().map(source).collect();
        check(&sources).into_iter().map(|fault| fault.place).collect()
    }

    #[test]
    fn few_circles_stay_and_each_says_why() {
        assert!(EXCUSED.len() <= CIRCLES_MAX);
        assert!(EXCUSED.iter().all(|(_, why)| why.split(' ').count() > 4));
    }

    #[test]
    fn siblings_that_use_each_other_are_found() {
        let none: [&str; 0] = [];
        assert_eq!(found(&[("lib", "mod a;\nmod b;"), ("a", "use crate::b::B;"), ("b", "")]), none);
        let circle = [("lib", ""), ("a", "use crate::b::B;"), ("b", "fn f() { crate::a::A }")];
        assert_eq!(found(&circle), ["toy: a b"]);
        // Through what the parent re-exports, braces and folders.
        let circle = [
            ("lib", "mod a;\nmod b;\npub use a::{A, deep::D};\npub use b::B;"),
            ("a/mod", ""),
            ("a/deep", "use crate::{\n    B,\n    x::Y};"),
            ("b", "use crate::D;"),
        ];
        assert_eq!(found(&circle), ["toy: a b"]);
        let inside =
            [("lib", ""), ("a/mod", ""), ("a/b", "use super::c::C;"), ("a/c", "use super::b::B as D;")];
        assert_eq!(found(&inside), ["toy/a: b c"]);
        // A parent and its child are one module; tests and comments do not count.
        let parent = [("lib", ""), ("a", "use self::b::B;\nmod b;"), ("a/b", "use super::A;")];
        assert_eq!(found(&parent), none);
        let comment = [
            ("lib", ""),
            ("a", "use crate::b;"),
            ("b", "// crate::a\n#[cfg(test)]\nmod tests {\nuse crate::a; }"),
        ];
        assert_eq!(found(&comment), none);
    }
}
