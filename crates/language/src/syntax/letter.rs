//! Which characters are blanks, quotes, dashes and parts of names. PowerShell takes typographic quotes
//! and dashes for plain ones, since scripts are pasted from word processors and web pages.

/// A blank inside a line.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{a0}')
        || (!c.is_ascii() && is_space_separator(c))
}

fn is_space_separator(c: char) -> bool {
    matches!(c, '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// The end of a line.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\r' | '\n')
}

/// `'` and its typographic forms.
pub(crate) fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}'..='\u{201b}')
}

/// `"` and its typographic forms.
pub(crate) fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}'..='\u{201e}')
}

/// `-` and its typographic forms.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}'..='\u{2015}')
}

/// The first character of a word.
pub(crate) fn starts_word(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

/// A further character of a word.
pub(crate) fn continues_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// A character of a variable's name.
pub(crate) fn in_variable(c: char) -> bool {
    c == '_' || c == '?' || c.is_alphanumeric()
}

/// What ends any word of argument mode; `None` is the end of the text.
pub(crate) fn ends_word(c: Option<char>) -> bool {
    match c {
        None => true,
        Some(c) => {
            matches!(c, '&' | '(' | ')' | ',' | ';' | '{' | '|' | '}') || is_line_end(c) || is_blank(c)
        }
    }
}

/// What ends a number in expression mode, besides what ends a word.
pub(crate) fn ends_number(c: char, in_ternary: bool) -> bool {
    matches!(c, '!' | '#' | '%' | '*' | '+' | '-' | '.' | '/' | '=' | '[' | ']' | '?')
        || is_dash(c)
        || (in_ternary && c == ':')
}

/// What a backtick and this character stand for; `None`: the character itself.
pub(crate) fn escaped(c: char) -> char {
    match c {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'e' => '\u{1b}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        other => other,
    }
}
