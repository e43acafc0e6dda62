//! How text is compared: NFKC, without regard to case, every run of blanks as one blank.
//!
//! Upper case first and lower case then makes one of ß and SS, of σ and ς, of K and the Kelvin sign.

use unicode_normalization::UnicodeNormalization;

/// The text as a search compares it: one text holds another when this is so of both folded.
pub fn fold(text: &str) -> String {
    let mut folded = Folded { out: String::with_capacity(text.len()), blank: false };
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, other) = rest.split_at(plain_length(rest));
        folded.add_plain(plain);
        let (other, behind) = other.split_at(other_length(other));
        let chars = other.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc();
        chars.for_each(|c| folded.add(c));
        rest = behind;
    }
    folded.end()
}

/// How much of a text is ASCII that nothing behind it can change. Most of most letters is, and need not be taken apart: ASCII
/// is joined to no character before it, so a text may be cut before each of it. [UAX #15 9.1]
fn plain_length(text: &str) -> usize {
    match text.bytes().position(|byte| !byte.is_ascii()) {
        Some(other) => other.saturating_sub(1),
        None => text.len(),
    }
}

/// How far a character goes, with all behind it that is not ASCII.
fn other_length(text: &str) -> usize {
    let behind = text.bytes().skip(1).position(|byte| byte.is_ascii());
    behind.map_or(text.len(), |behind| behind + 1)
}

/// Text that is folded piece by piece.
struct Folded {
    out: String,
    /// Whether blanks wait for what comes behind them.
    blank: bool,
}

impl Folded {
    fn add(&mut self, c: char) {
        if c.is_whitespace() {
            self.blank = true;
            return;
        }
        self.part();
        self.out.push(c);
    }

    fn add_plain(&mut self, mut text: &str) {
        let start = self.out.len();
        while !text.is_empty() {
            let word = text.bytes().position(is_blank).unwrap_or(text.len());
            if word > 0 {
                self.part();
                self.out.push_str(&text[..word]);
            }
            text = &text[word..];
            let blanks = text.bytes().position(|byte| !is_blank(byte)).unwrap_or(text.len());
            self.blank |= blanks > 0;
            text = &text[blanks..];
        }
        self.out[start..].make_ascii_lowercase();
    }

    /// One blank for all that came.
    fn part(&mut self) {
        if std::mem::take(&mut self.blank) {
            self.out.push(' ');
        }
    }

    fn end(mut self) -> String {
        self.part();
        self.out
    }
}

/// What is white space of ASCII.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_the_same() {
        for (a, b) in [
            ("Straße", "STRASSE"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ﬁne", "FINE"),
            ("ｶﾞ", "ガ"),
            ("e\u{301}", "É"),
            ("a \r\n\tb", "A b"),
            ("\u{212A}elvin", "kelvin"),
            ("①", "1"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        assert_ne!(fold("a"), fold("ä"));
        assert_eq!(fold(" a  "), " a ");
    }

    /// The same without cutting anything.
    fn slowly(text: &str) -> String {
        let mut folded = Folded { out: String::new(), blank: false };
        let chars = text.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc();
        chars.for_each(|c| folded.add(c));
        folded.end()
    }

    #[test]
    fn a_text_that_is_cut_is_folded_as_the_whole() {
        // Marks, letters that join, ASCII of every kind of place, blanks beyond ASCII.
        let pieces = [
            "e", "\u{301}", "A", " ", "\r\n", "\u{b}", "ß", "\u{1100}", "\u{1161}", "\u{a0}", "Σ", "I",
            "\u{307}", "ﬁ", "日本", "\u{212A}", "\u{3099}", "か", "i", "\u{345}", "\u{0}", "\u{2003}", "z.",
            "\u{323}",
        ];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    for d in ["", "x", "\u{301}", " "] {
                        let text = [a, b, c, d].concat();
                        assert_eq!(fold(&text), slowly(&text), "{text:?}");
                    }
                }
            }
        }
    }
}
