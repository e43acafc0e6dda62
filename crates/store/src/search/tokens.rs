//! Which tokens of a text go into the index, so that every substring can be found again.
//!
//! Folded text is parted into maximal runs of *word* characters (letters, digits, marks) and of *dense* ones, those
//! of scripts written without blanks. Which kind a character is does not depend on its neighbours; so where a search
//! text holds a whole run, the text found holds that very run.
//!
//! - A word run is one token. A very long one (a hash, a line of base64) becomes overlapping windows: every piece
//!   of [`KEY_CHARS`] characters lies whole in one of them.
//! - A dense run becomes its pairs, and its last character alone; so every character in it begins a token.

use unicode_normalization::char::is_combining_mark;

/// The longest token, in characters.
pub(crate) const WORD_CHARS_MAX: usize = 32;
/// How far one window lies behind the last.
const STEP: usize = WORD_CHARS_MAX / 2;
/// A piece of a run of at most this length always lies whole in one token.
pub(crate) const KEY_CHARS: usize = WORD_CHARS_MAX - STEP + 1;
/// A column with more tokens is no letter; it is marked with [`OVERFLOW`] and looked through when searched.
const TOKENS_MAX: usize = 50_000;
/// A private character, which no token made of text can hold.
pub(crate) const OVERFLOW: &str = "\u{F8FF}";

/// A run of one kind of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run<'a> {
    Word(&'a str),
    Dense(&'a str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Dense,
    Between,
}

fn kind(c: char) -> Kind {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() { Kind::Word } else { Kind::Between };
    }
    match c {
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Myanmar
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{3040}'..='\u{30FF}' // Hiragana, Katakana
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' // Han
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}' => Kind::Dense,
        _ if c.is_alphanumeric() || is_combining_mark(c) => Kind::Word,
        _ => Kind::Between,
    }
}

/// The runs of a folded text with where each begins and ends.
pub(crate) fn runs(text: &str) -> Vec<(usize, Run<'_>, usize)> {
    let mut runs = Vec::new();
    let (mut start, mut now) = (0, Kind::Between);
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        let next = if at == text.len() { Kind::Between } else { kind(c) };
        if next != now {
            match now {
                Kind::Word => runs.push((start, Run::Word(&text[start..at]), at)),
                Kind::Dense => runs.push((start, Run::Dense(&text[start..at]), at)),
                Kind::Between => {}
            }
            (start, now) = (at, next);
        }
    }
    runs
}

/// The tokens of a folded text, sorted, each once.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for (_, run, _) in runs(text) {
        match run {
            Run::Word(word) => windows(word, &mut tokens),
            Run::Dense(dense) => tokens.extend(pairs(dense)),
        }
    }
    tokens.sort_unstable();
    tokens.dedup();
    if tokens.len() > TOKENS_MAX { vec![OVERFLOW] } else { tokens }
}

fn windows<'a>(word: &'a str, tokens: &mut Vec<&'a str>) {
    if word.len() <= WORD_CHARS_MAX {
        tokens.push(word);
        return;
    }
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let chars = starts.len() - 1;
    for first in (0..chars).step_by(STEP) {
        let last = (first + WORD_CHARS_MAX).min(chars);
        tokens.push(&word[starts[first]..starts[last]]);
        if last == chars {
            break;
        }
    }
}

/// Every two neighbours of a dense run, and its last character.
pub(crate) fn pairs(dense: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = dense.char_indices().map(|(at, _)| at).collect();
    (0..starts.len()).map(move |at| &dense[starts[at]..starts.get(at + 2).copied().unwrap_or(dense.len())])
}

/// The first characters of a run, at most so many.
pub(crate) fn first_chars(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        tokens(text).join(" ")
    }

    #[test]
    fn tokens_of_texts() {
        for (text, tokens) in [
            ("hello, world: hello", "hello world"),
            ("don't a.b@c.de", "a b c de don t"),
            ("iphone手机", "iphone 手机 机"),
            ("日本語", "日本 本語 語"),
            ("नमस्ते", "नमस्ते"),
            ("한국어 mail", "mail 한국어"),
            ("-- !!", ""),
            ("", ""),
        ] {
            assert_eq!(shown(text), tokens, "{text}");
        }
    }

    #[test]
    fn every_piece_of_a_long_run_lies_in_one_token() {
        for length in [31, 32, 33, 48, 49, 64, 100] {
            let run: String = (0..length).map(|n| char::from_u32(0x100 + n).unwrap()).collect();
            let tokens = tokens(&run);
            assert!(tokens.iter().all(|token| token.chars().count() <= WORD_CHARS_MAX));
            let chars: Vec<char> = run.chars().collect();
            for piece in chars.windows(KEY_CHARS) {
                let piece: String = piece.iter().collect();
                assert!(tokens.iter().any(|token| token.contains(&piece)), "{length}");
            }
            assert!(tokens.contains(&first_chars(&run, WORD_CHARS_MAX)));
        }
    }

    #[test]
    fn too_many_tokens_are_marked() {
        let text: String = (0..60_000).map(|n| format!("{n:x} ")).collect();
        assert_eq!(shown(&text), OVERFLOW);
    }
}
