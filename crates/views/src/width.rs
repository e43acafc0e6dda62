//! Widths of text on a screen: East Asian characters take two columns, combining marks none.

use unicode_width::UnicodeWidthChar;

/// What stands for text that was cut off.
pub(crate) const ELLIPSIS: char = '…';

fn char_width(c: char) -> usize {
    match c {
        '\t' => 1,
        _ => c.width().unwrap_or(0),
    }
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

/// A text in at most `width` columns: cut at its end (or its start) with an ellipsis.
pub fn cut(text: &str, width: usize, at_start: bool) -> String {
    if measure(text) <= width {
        return text.to_owned();
    }
    match (width, at_start) {
        (0, _) => String::new(),
        (_, true) => format!("{ELLIPSIS}{}", tail(text, width - 1)),
        (_, false) => format!("{}{ELLIPSIS}", head(text, width - 1)),
    }
}

/// A text in lines of at most `width` columns, broken at blanks where there are any.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for line in text.replace("\r\n", "\n").split('\n') {
        wrap_line(line, width, &mut lines);
    }
    lines
}

fn wrap_line(line: &str, width: usize, lines: &mut Vec<String>) {
    let mut rest = line;
    while measure(rest) > width {
        let first = head(rest, width);
        // A blank right behind the last column ends the line as well.
        let end = if rest[first.len()..].starts_with(' ') { Some(first.len()) } else { first.rfind([' ', '-']).map(|at| if first.as_bytes()[at] == b'-' { at + 1 } else { at }) };
        let end = end.filter(|end| *end > 0);
        match end {
            Some(end) => {
                lines.push(rest[..end].to_owned());
                rest = rest[end..].strip_prefix(' ').unwrap_or(&rest[end..]);
            }
            None => {
                let first = if first.is_empty() { &rest[..rest.chars().next().map_or(0, char::len_utf8)] } else { first };
                lines.push(first.to_owned());
                rest = &rest[first.len()..];
            }
        }
    }
    lines.push(rest.to_owned());
}
