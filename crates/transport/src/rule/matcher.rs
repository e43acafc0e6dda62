//! Words and patterns of rules, read into one automaton each: its time grows with the text alone, whatever the pattern is.

use object::{Error, ErrorId, Result};
use regex::{Regex, RegexBuilder};

/// The largest automaton of a condition, so that `(a{1000}){1000}` is refused when the rule is made.
const AUTOMATON_BYTES_MAX: usize = 1 << 20;

/// Looks for any of several words or patterns, in any case.
#[derive(Debug)]
pub(crate) struct Matcher(Regex);

impl Matcher {
    /// Whole words: what stands before and behind them is no letter or digit.
    pub(crate) fn words(words: &[String], property: &'static str) -> Result<Matcher> {
        let each = words.iter().map(|word| regex::escape(word.trim())).collect::<Vec<_>>().join("|");
        Matcher::read(
            &format!(r"(?:^|[^\p{{Alphabetic}}\p{{N}}])(?:{each})(?:$|[^\p{{Alphabetic}}\p{{N}}])"),
            property,
        )
    }

    /// Patterns; each is read by itself first, so that the error names it and none can reach into another.
    pub(crate) fn patterns(patterns: &[String], property: &'static str) -> Result<Matcher> {
        for pattern in patterns {
            Matcher::read(pattern, property)?;
        }
        let each = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect::<Vec<_>>().join("|");
        Matcher::read(&each, property)
    }

    fn read(pattern: &str, property: &'static str) -> Result<Matcher> {
        let mut builder = RegexBuilder::new(pattern);
        let read = builder.case_insensitive(true).multi_line(true).size_limit(AUTOMATON_BYTES_MAX).build();
        read.map(Matcher).map_err(|error| {
            let why = match error {
                regex::Error::CompiledTooBig(_) => "grows too large".to_owned(),
                other => format!("cannot be read: {}", other.to_string().lines().last().unwrap_or_default()),
            };
            Error::caller(ErrorId::PatternInvalid, format!("The pattern '{pattern}' {why}."))
                .help("Patterns know . * + ? | ( ) [ ] ^ $ \\d \\s \\w; look-around and references back are not there.")
                .about(property)
        })
    }

    pub(crate) fn finds(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_and_patterns_are_not() {
        let words = Matcher::words(&["cat".into(), "c++".into()], "x").expect("words");
        for (text, found) in
            [("a cat.", true), ("CAT", true), ("concat", false), ("c++ rocks", true), ("katze", false)]
        {
            assert_eq!(words.finds(text), found, "{text}");
        }
        let patterns = Matcher::patterns(&["^inv".into(), r"\d{3}-\d{2}".into()], "x").expect("patterns");
        for (text, found) in [("Invoice", true), ("my invoice", false), ("call 123-45", true)] {
            assert_eq!(patterns.finds(text), found, "{text}");
        }
    }

    #[test]
    fn what_explodes_elsewhere_is_linear_or_refused() {
        let evil = Matcher::patterns(&["(a+)+$".into()], "x").expect("linear");
        assert!(!evil.finds(&format!("{}!", "a".repeat(100_000))));
        for refused in ["(a{1000}){1000}", "(", r"(a)\1", "(?=a)", "a)(b"] {
            let error =
                Matcher::patterns(&[refused.to_owned()], "SubjectMatchesPatterns").expect_err(refused);
            assert!(error.is(ErrorId::PatternInvalid), "{error:?}");
        }
    }
}
