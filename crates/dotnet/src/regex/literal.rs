//! Patterns that are only text: they are looked for as text, which scripts' loops do more than anything else.

use super::IGNORE_CASE;
use memchr::{memchr2, memmem};

/// Longer patterns are left to the engine, whose time does not grow with their length.
const LITERAL_BYTES_MAX: usize = 64;

/// The text that a pattern is.
pub(super) struct Literal {
    text: Box<[u8]>,
    ignores_case: bool,
}

impl Literal {
    /// The text that a pattern of ASCII is under these options; `None`: it says more than text, or is read in another
    /// way than from left to right, letter by letter.
    pub(super) fn of(pattern: &str, options: i64) -> Option<Literal> {
        let plain = |c: u8| c.is_ascii() && !b"\\*+?|{[()^$.".contains(&c);
        let fits = (1..=LITERAL_BYTES_MAX).contains(&pattern.len()) && pattern.bytes().all(plain);
        let known = options & !IGNORE_CASE == 0;
        let ignores_case = options & IGNORE_CASE != 0;
        (fits && known).then(|| Literal { text: pattern.as_bytes().into(), ignores_case })
    }

    /// Whether it can be looked for in this text: beyond ASCII some letters are others' capitals.
    pub(super) fn is_for(&self, subject: &str) -> bool {
        !self.ignores_case || subject.is_ascii()
    }

    /// Where it stands first from a byte on.
    pub(super) fn find(&self, subject: &str, from: usize) -> Option<(usize, usize)> {
        let rest = subject.as_bytes().get(from..)?;
        let at = match self.ignores_case {
            true => self.find_in_any_case(rest),
            false => memmem::find(rest, &self.text),
        };
        at.map(|at| (from + at, from + at + self.text.len()))
    }

    fn find_in_any_case(&self, rest: &[u8]) -> Option<usize> {
        let first = self.text.first()?;
        let (small, large) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
        let last = rest.len().checked_sub(self.text.len())?;
        let mut at = 0;
        while at <= last {
            at += memchr2(small, large, &rest[at..=last])?;
            if rest[at..at + self.text.len()].eq_ignore_ascii_case(&self.text) {
                return Some(at);
            }
            at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::Regex;
    use super::*;

    /// The short way finds what the engine finds.
    #[test]
    fn text_is_found_where_the_engine_finds_it() {
        let patterns = ["a", "@ex", "AbC", "x y", "]}", "-", "kS"];
        let subjects =
            ["", "a", "ann@EXample.com", "xabcABC", "X Y x y", "a]}", "K\u{17f} \u{212a}s", "aab", "é@exé"];
        for pattern in patterns {
            for options in [0, IGNORE_CASE] {
                let literal = Literal::of(pattern, options).expect("it is only text");
                let regex = Regex::new(pattern, options).expect("it is a pattern");
                for subject in subjects {
                    for from in (0..=subject.len()).filter(|at| subject.is_char_boundary(*at)) {
                        let engine = regex.engine().expect("the engine reads it");
                        let found = engine.find_from_pos(subject, from).expect("it ends");
                        let found = found.map(|found| (found.start(), found.end()));
                        if literal.is_for(subject) {
                            assert_eq!(literal.find(subject, from), found, "{pattern} {subject} {from}");
                        }
                    }
                }
            }
        }
        for pattern in ["", "a.b", "a\\b", "^a", "a$", "[a]", "(a)", "a{2}", "é"] {
            assert!(Literal::of(pattern, IGNORE_CASE).is_none(), "{pattern}");
        }
        assert!(Literal::of("a", 64).is_none(), "from right to left");
    }
}
