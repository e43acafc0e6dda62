//! How text is compared: NFKC, without regard to case, every run of blanks as one blank.
//!
//! Upper case first and lower case then makes one of ß and SS, of σ and ς, of K and the Kelvin sign.

use unicode_normalization::UnicodeNormalization;

/// The text as a search compares it: one text holds another when this is so of both folded.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return blanks(text.bytes().map(|b| char::from(b.to_ascii_lowercase())), text.len());
    }
    let folded = text.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc();
    blanks(folded, text.len())
}

fn blanks(chars: impl Iterator<Item = char>, capacity: usize) -> String {
    let mut out = String::with_capacity(capacity);
    let mut blank = false;
    for c in chars {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) {
            out.push(' ');
        }
        out.push(c);
    }
    if blank {
        out.push(' ');
    }
    out
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
}
