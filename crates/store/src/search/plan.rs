//! What to ask the index for a search text.

use db::TextTerm;

use super::tokens::{KEY_CHARS, Run, WORD_CHARS_MAX, first_chars, pairs, runs};

/// More words than this hold a piece: the index is no help with it.
pub(crate) const WORDS_MAX: usize = 20_000;
/// How many words one query of the index names at most.
pub(crate) const QUERY_WORDS_MAX: usize = 256;
/// More conditions than this narrow nothing down any more.
const CONDITIONS_MAX: usize = 8;

/// The conditions that every match meets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Terms that must be there.
    pub(crate) terms: Vec<Vec<TextTerm>>,
    /// Pieces that must be inside of words.
    pub(crate) pieces: Vec<String>,
    /// Whether everything that meets the conditions is a match.
    pub(crate) exact: bool,
}

impl Plan {
    /// The plan for a folded search text.
    pub(crate) fn new(needle: &str) -> Plan {
        let mut plan = Plan::default();
        for (start, run, end) in runs(needle) {
            // What stands beside a run in the search text stands there in every match too, so the run ends there.
            let (begun, ended) = (start > 0, end < needle.len());
            match run {
                Run::Word(word) => plan.word(word, begun, ended),
                Run::Dense(dense) => plan.dense(dense, ended),
            }
        }
        plan.exact = exact(needle);
        plan.terms.truncate(CONDITIONS_MAX);
        plan.pieces.truncate(CONDITIONS_MAX);
        plan
    }

    fn word(&mut self, word: &str, begun: bool, ended: bool) {
        let first = first_chars(word, WORD_CHARS_MAX);
        if begun && (ended || first.len() < word.len()) {
            self.terms.push(vec![TextTerm::Word(first.to_owned())]);
        } else if begun {
            self.terms.push(vec![TextTerm::Prefix(first.to_owned())]);
        } else {
            self.pieces.push(first_chars(word, KEY_CHARS).to_owned());
        }
    }

    fn dense(&mut self, dense: &str, ended: bool) {
        let pairs: Vec<&str> = pairs(dense).collect();
        let Some((last, before)) = pairs.split_last() else { return };
        for pair in before {
            self.terms.push(vec![TextTerm::Word((*pair).to_owned())]);
        }
        // The last character begins a pair with what follows it in the match, or ends the run there too.
        if ended {
            self.terms.push(vec![TextTerm::Word((*last).to_owned())]);
        } else if before.is_empty() {
            self.terms.push(vec![TextTerm::Prefix((*last).to_owned())]);
        }
    }
}

/// A search text that is one run, short enough to lie in one token.
fn exact(needle: &str) -> bool {
    match runs(needle).as_slice() {
        [(0, Run::Word(word), end)] => *end == needle.len() && word.chars().count() <= KEY_CHARS,
        [(0, Run::Dense(dense), end)] => *end == needle.len() && dense.chars().count() <= 2,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_of_search_texts() {
        let long = "x".repeat(40);
        for (needle, terms, pieces, exact) in [
            ("hell", "", "hell", true),
            ("lo wor", "wor*", "lo", false),
            ("a bc d", "bc d*", "a", false),
            (" foo ", "foo", "", false),
            ("手", "手*", "", true),
            ("手机", "手机", "", true),
            ("日本語", "日本 本語", "", false),
            ("日本 x", "日本 本 x*", "", false),
            ("iphone手机", "手机", "iphone", false),
            ("!!", "", "", false),
            (long.as_str(), "", "xxxxxxxxxxxxxxxxx", false),
        ] {
            let plan = Plan::new(needle);
            let shown: Vec<String> = plan
                .terms
                .iter()
                .map(|any| match any.as_slice() {
                    [TextTerm::Word(word)] => word.clone(),
                    [TextTerm::Prefix(word)] => format!("{word}*"),
                    _ => "?".into(),
                })
                .collect();
            assert_eq!(
                (shown.join(" ").as_str(), plan.pieces.join(" ").as_str(), plan.exact),
                (terms, pieces, exact),
                "{needle}"
            );
        }
    }
}
