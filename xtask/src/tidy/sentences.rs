//! Sentences for users are plain English: "'x' is not a domain", never "'x' is no domain".

use super::{Fault, fault};
use crate::sources::Source;

/// What the words of a text stand behind that names something.
const NAMED: [&str; 3] = ["' is no ", "} is no ", "\\\" is no "];
/// What may follow: "is no longer there".
const FINE: &str = "longer";
/// Words that mean something in this project alone.
const PRIVATE: &str = "in this house";

/// The sentences of a file that want other words.
pub(super) fn check(source: &Source) -> Vec<Fault> {
    let lines = source.house().lines().enumerate().filter(|_| source.in_src && source.room != "xtask");
    let said = lines.filter(|(_, line)| line.contains('"') && !line.trim_start().starts_with("//"));
    let wrong = said.filter(|(_, line)| line.contains(PRIVATE) || NAMED.iter().any(|is| denies(line, is)));
    let mend = "write \"is not a …\", and words that every reader knows";
    wrong
        .map(|(at, _)| fault(format!("{}:{}", source.path, at + 1), "a sentence in odd words", mend))
        .collect()
}

fn denies(line: &str, is: &str) -> bool {
    line.match_indices(is).any(|(at, _)| !line[at + is.len()..].starts_with(FINE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_is_told_from_what_is_no_longer() {
        assert!(denies("format!(\"'{word}' is no priority.\")", NAMED[0]));
        assert!(denies("format!(\"{word} is no place\")", NAMED[1]));
        assert!(!denies("format!(\"{name} is no longer there\")", NAMED[1]));
    }
}
