//! Words and patterns of rules, read into one automaton each: its time grows with the text alone, whatever the pattern is.

use object::{Error, ErrorId, Result};
use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind, Repetition};

/// The largest automaton of a condition, so that `(a{1000}){1000}` is refused when the rule is made.
const AUTOMATON_BYTES_MAX: usize = 1 << 20;

/// Looks for any of several words or patterns, in any case.
#[derive(Debug)]
pub(crate) struct Matcher {
    /// What has to be there before `whole` needs to look. What has to stand around words is looked for slowly: at the bounds
    /// of words in a text beyond ASCII the automaton gives up, and what takes its place needs twenty times as long.
    hint: Option<Regex>,
    whole: Regex,
}

impl Matcher {
    /// Whole words: what stands before and behind them is no letter or digit.
    pub(crate) fn words(words: &[String], property: &'static str) -> Result<Matcher> {
        let each = words.iter().map(|word| regex::escape(word.trim())).collect::<Vec<_>>().join("|");
        let whole = format!(r"(?:^|[^\p{{Alphabetic}}\p{{N}}])(?:{each})(?:$|[^\p{{Alphabetic}}\p{{N}}])");
        Ok(Matcher { hint: Some(read(&each, property)?), whole: read(&whole, property)? })
    }

    /// Patterns; each is read by itself first, so that the error names it and none can reach into another.
    pub(crate) fn patterns(patterns: &[String], property: &'static str) -> Result<Matcher> {
        for pattern in patterns {
            read(pattern, property)?;
        }
        let each = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect::<Vec<_>>().join("|");
        let whole = read(&each, property)?;
        Ok(Matcher { hint: hint(&each), whole })
    }

    pub(crate) fn finds(&self, text: &str) -> bool {
        self.hint.as_ref().is_none_or(|hint| hint.is_match(text)) && self.whole.is_match(text)
    }
}

/// What is found wherever a pattern is, without the bounds of words; nothing where the pattern asks for none.
fn hint(pattern: &str) -> Option<Regex> {
    let parsed = ParserBuilder::new().case_insensitive(true).multi_line(true).build().parse(pattern).ok()?;
    let has_bounds = parsed.properties().look_set().contains_word_unicode();
    has_bounds.then(|| automaton(&without_bounds(&parsed).to_string()).ok()).flatten()
}

fn without_bounds(pattern: &Hir) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(without_bounds).collect();
    match pattern.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        HirKind::Capture(group) => without_bounds(&group.sub),
        HirKind::Repetition(repeated) => {
            let sub = Box::new(without_bounds(&repeated.sub));
            Hir::repetition(Repetition { sub, ..repeated.clone() })
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => pattern.clone(),
    }
}

fn automaton(pattern: &str) -> std::result::Result<Regex, regex::Error> {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(true).multi_line(true).size_limit(AUTOMATON_BYTES_MAX).build()
}

fn read(pattern: &str, property: &'static str) -> Result<Regex> {
    automaton(pattern).map_err(|error| {
        let why = match error {
            regex::Error::CompiledTooBig(_) => "grows too large".to_owned(),
            other => format!("cannot be read: {}", other.to_string().lines().last().unwrap_or_default()),
        };
        Error::caller(ErrorId::PatternInvalid, format!("The pattern '{pattern}' {why}."))
            .help("Patterns know . * + ? | ( ) [ ] ^ $ \\d \\s \\w; look-around and references back are not there.")
            .about(property)
    })
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
    fn what_is_looked_for_first_is_there_wherever_the_pattern_is() {
        let texts = [
            "",
            "4111111111111111",
            "a4111111111111111",
            "é 4111111111111111é",
            "Größe 4111111111111111.",
            "é IBAN:",
            "iban",
            "xiban ſ",
            "sé",
            "é S",
            "kK",
            "a\nb",
            "-\u{200b}-",
            "日本 id-7 日",
            "id-7é",
        ];
        let patterns = [
            r"\b\d{16}\b",
            r"\biban\b|\bs\b",
            r"(?:\bk\B)+",
            r"(^|\b)id-\d$?",
            r"\B",
            r"\b{2,3}x?",
            r"(?-i:\bS\b)",
            r"\b(?P<word>[[:alpha:]&&[^i]]+)\b",
            r"\b[^\x00-\x{10FFFF}]",
            r"(?m-u:\b)7|(?s:.)\b-",
        ];
        for pattern in patterns {
            let matcher = Matcher::patterns(&[pattern.to_owned()], "x").expect(pattern);
            assert!(matcher.hint.is_some() || pattern.contains("-u"), "{pattern}");
            for text in texts {
                assert_eq!(matcher.finds(text), matcher.whole.is_match(text), "{pattern} in {text}");
            }
        }
        assert!(Matcher::patterns(&["^a+$".to_owned()], "x").expect("plain").hint.is_none());
        let card = Matcher::patterns(&[r"\b\d{16}\b".to_owned()], "x").expect("a card's number");
        assert!(card.finds("é 4111111111111111é 4111111111111111"));
        assert!(!card.finds("é 4111111111111111é"));
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
