//! Widths of text on a screen as PowerShell counts them: East Asian characters and those beyond the first plane
//! take two columns, every other one takes one, combining marks too.

use std::borrow::Cow;

/// What stands for text that was cut off.
pub(crate) const ELLIPSIS: char = '…';

/// Characters that take two columns.
const WIDE: [(char, char); 9] = [
    ('\u{1100}', '\u{115f}'),
    ('\u{2329}', '\u{232a}'),
    ('\u{2e80}', '\u{303e}'),
    ('\u{3040}', '\u{a4cf}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe10}', '\u{fe6f}'),
    ('\u{ff00}', '\u{ff60}'),
    ('\u{ffe0}', '\u{ffe6}'),
];

fn char_width(c: char) -> usize {
    let wide = c.len_utf16() == 2 || WIDE.iter().any(|(first, last)| (*first..=*last).contains(&c));
    if wide { 2 } else { 1 }
}

/// How many columns a text takes.
pub fn measure(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char_width).sum() }
}

/// The head of a text that fits into `width` columns.
fn head(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += char_width(c);
        if used > width {
            return &text[..at];
        }
    }
    text
}

/// The tail of a text that fits into `width` columns.
fn tail(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices().rev() {
        used += char_width(c);
        if used > width {
            return &text[at + c.len_utf8()..];
        }
    }
    text
}

/// A text in at most `width` columns: cut at its end (or its start) with an ellipsis, where there is room for one.
pub fn cut(text: &str, width: usize, at_start: bool) -> Cow<'_, str> {
    if measure(text) <= width {
        return text.into();
    }
    match (width, at_start) {
        (0, _) => "".into(),
        (1, true) => tail(text, 1).into(),
        (1, false) => head(text, 1).into(),
        (_, true) => format!("{ELLIPSIS}{}", tail(text, width - 1)).into(),
        (_, false) => format!("{}{ELLIPSIS}", head(text, width - 1)).into(),
    }
}

/// The head of a text that fits, without a mark that it was cut.
pub(crate) fn cut_plainly(text: &str, width: usize) -> &str {
    if measure(text) <= width { text } else { head(text, width) }
}

/// The first line of a text; an ellipsis says that there were more.
pub(crate) fn first_line(text: &str) -> Cow<'_, str> {
    match text.find(['\n', '\r']) {
        Some(at) => format!("{}{ELLIPSIS}", &text[..at]).into(),
        None => text.into(),
    }
}

/// The lines of a text; a carriage return alone is no line end, and is not shown.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let plain = |line: &'_ str| -> String { line.chars().filter(|c| *c != '\r').collect() };
    text.split('\n')
        .map(move |line| if line.contains('\r') { plain(line).into() } else { Cow::Borrowed(line) })
}

/// A text in lines of at most `width` columns. A word takes the blank behind it along; one that is longer
/// than a line goes on where the words before it end.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for line in self::lines(text) {
        match measure(&line) <= width {
            true => lines.push(line.into_owned()),
            false => wrap_line(&line, width, &mut lines),
        }
    }
    lines
}

fn wrap_line(line: &str, width: usize, lines: &mut Vec<String>) {
    let (mut current, mut left) = (String::new(), width);
    for word in line.split_inclusive([' ', '\t']) {
        let wide = measure(word);
        if wide > width {
            for c in word.chars() {
                push(&mut current, &mut left, c.encode_utf8(&mut [0; 4]), char_width(c), width, lines);
            }
        } else {
            push(&mut current, &mut left, word, wide, width, lines);
        }
    }
    lines.push(current);
}

/// Adds a piece to the line, or begins the next one with it.
fn push(
    current: &mut String,
    left: &mut usize,
    piece: &str,
    wide: usize,
    width: usize,
    lines: &mut Vec<String>,
) {
    if wide > *left {
        lines.push(std::mem::take(current));
        *left = width;
    }
    current.push_str(piece);
    *left = left.saturating_sub(wide);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_and_wrapped_by_columns() {
        for (text, width, at_start, shown) in [
            ("abcdef", 4, false, "abc…"),
            ("abcdef", 4, true, "…def"),
            ("日本語", 5, false, "日本…"),
            ("ab", 2, false, "ab"),
            ("abc", 1, false, "a"),
            ("abc", 1, true, "c"),
        ] {
            assert_eq!(cut(text, width, at_start), shown);
        }
        assert_eq!(wrap("one two three", 8), ["one two ", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("a b", 0).concat(), "a b");
    }
}
