//! Members of text, characters and text builders.

use super::{Call, Row};
use crate::compare;
use crate::exception::{Exception, Result};
use crate::format;
use crate::locale::Locale;
use crate::text;
use crate::types::Type;
use crate::values::{Encoding, StringBuilder};
use object::Value;
use object::value::Array;
use std::cmp::Ordering;
use unicode_normalization::UnicodeNormalization;

/// Text as .NET counts it: in UTF-16 units.
fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn of_units(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

fn string(text: impl Into<String>) -> Result<Value> {
    Ok(Value::from(text.into()))
}

fn strings(parts: impl IntoIterator<Item = String>) -> Value {
    Array::of("System.String", parts.into_iter().map(Value::from).collect()).into()
}

fn int(number: i64) -> Result<Value> {
    Ok(Value::Int32(number as i32))
}

/// The part of a text; the errors are .NET's.
fn substring(text: &str, start: i64, length: Option<i64>) -> Result<Value> {
    let all = units(text);
    if start < 0 {
        return Err(Exception::negative("startIndex", start));
    }
    let start = start as usize;
    if start > all.len() {
        return Err(Exception::out_of_range(
            "startIndex cannot be larger than length of string.",
            "startIndex",
        ));
    }
    let end = match length {
        Some(length) if length < 0 => {
            return Err(Exception::negative("length", length));
        }
        Some(length) => start + length as usize,
        None => all.len(),
    };
    let part = all.get(start..end).ok_or_else(|| {
        Exception::out_of_range("Index and length must refer to a location within the string.", "length")
    })?;
    string(of_units(part))
}

/// How two texts are compared: by `StringComparison`.
#[derive(Clone, Copy)]
enum How {
    Culture { ignore_case: bool },
    Ordinal { ignore_case: bool },
}

fn how(number: i64) -> How {
    match number {
        1 | 3 => How::Culture { ignore_case: true },
        4 => How::Ordinal { ignore_case: false },
        5 => How::Ordinal { ignore_case: true },
        _ => How::Culture { ignore_case: false },
    }
}

const BY_CULTURE: How = How::Culture { ignore_case: false };
const BY_UNIT: How = How::Ordinal { ignore_case: false };

fn folded(text: &str, how: How) -> Vec<u16> {
    match how {
        How::Ordinal { ignore_case: false } | How::Culture { ignore_case: false } => units(text),
        How::Ordinal { ignore_case: true } | How::Culture { ignore_case: true } => text
            .chars()
            .flat_map(|c| single_upper(c).to_string().encode_utf16().collect::<Vec<_>>())
            .collect(),
    }
}

/// The upper case of a character, where it is one.
fn single_upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}
fn single_lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn position(text: &str, part: &str, from: usize, how: How) -> i64 {
    let (text, part) = (folded(text, how), folded(part, how));
    if part.is_empty() {
        return from as i64;
    }
    let found =
        text.get(from..).and_then(|rest| rest.windows(part.len()).position(|window| *window == *part));
    found.map_or(-1, |at| (from + at) as i64)
}

fn last_position(text: &str, part: &str, how: How) -> i64 {
    let (text, part) = (folded(text, how), folded(part, how));
    if part.is_empty() {
        return text.len() as i64;
    }
    text.windows(part.len()).rposition(|window| *window == *part).map_or(-1, |at| at as i64)
}

fn starts(text: &str, part: &str, how: How) -> bool {
    folded(text, how).starts_with(&folded(part, how))
}
fn ends(text: &str, part: &str, how: How) -> bool {
    folded(text, how).ends_with(&folded(part, how))
}

fn same(a: &str, b: &str, how: How) -> bool {
    match how {
        How::Culture { ignore_case } => compare::same_text(a, b, ignore_case),
        How::Ordinal { .. } => folded(a, how) == folded(b, how),
    }
}

fn order(a: &str, b: &str, how: How) -> i64 {
    let order = match how {
        How::Culture { ignore_case } => compare::collate(a, b, ignore_case),
        How::Ordinal { ignore_case: false } => {
            // .NET gives the distance of the first units that differ.
            let (a, b) = (units(a), units(b));
            for (x, y) in a.iter().zip(&b) {
                if x != y {
                    return i64::from(*x) - i64::from(*y);
                }
            }
            return a.len() as i64 - b.len() as i64;
        }
        How::Ordinal { .. } => folded(a, how).cmp(&folded(b, how)),
    };
    match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

fn chars_of(call: &Call<'_>, at: usize) -> Vec<char> {
    call.rest(at)
        .iter()
        .flat_map(|item| text::to_text(item, call.engine.locale()).chars().collect::<Vec<_>>())
        .collect()
}

/// Splits at separators; options 1 drops empty parts, 2 trims them.
fn split(text: &str, separators: &[String], count: usize, options: i64) -> Result<Value> {
    let mut parts: Vec<String> = Vec::new();
    let (mut start, mut at) = (0, 0);
    let blanks = separators.iter().all(String::is_empty);
    let finish = |part: &str| if options & 2 != 0 { part.trim().to_owned() } else { part.to_owned() };
    let keep = |part: &str| options & 1 == 0 || !part.is_empty();
    while at < text.len() {
        let Some(c) = text[at..].chars().next() else { break };
        let found = if blanks {
            c.is_whitespace().then(|| c.len_utf8())
        } else {
            separators
                .iter()
                .filter(|s| !s.is_empty() && text[at..].starts_with(s.as_str()))
                .map(String::len)
                .next()
        };
        match found {
            Some(length) if parts.len() + 1 < count => {
                let part = finish(&text[start..at]);
                if keep(&part) {
                    parts.push(part);
                }
                at += length;
                start = at;
            }
            _ => at += c.len_utf8(),
        }
    }
    let mut rest = &text[start..];
    if options & 1 != 0 && parts.len() + 1 == count {
        // Empty parts in front of the last one of a counted split are dropped, too.
        let strip = |text: &str| separators.iter().find_map(|s| text.strip_prefix(s.as_str()).map(str::len));
        while let Some(left) = strip(rest).filter(|left| *left < rest.len()) {
            rest = &rest[rest.len() - left..];
        }
    }
    let last = finish(rest);
    if keep(&last) {
        parts.push(last);
    }
    if count == 0 {
        parts.clear();
    }
    Ok(strings(parts))
}

fn split_chars(call: &Call<'_>, at: usize, count: i64, options: i64) -> Result<Value> {
    let separators: Vec<String> = chars_of_one(call, at).into_iter().map(String::from).collect();
    split(call.this_text(), &separators, counted(count)?, options)
}

fn chars_of_one(call: &Call<'_>, at: usize) -> Vec<char> {
    match call.plain(at) {
        Value::Array(array) => array
            .to_vec()
            .iter()
            .flat_map(|c| text::to_text(c, call.engine.locale()).chars().collect::<Vec<_>>())
            .collect(),
        other => text::to_text(other, call.engine.locale()).chars().collect(),
    }
}

fn counted(count: i64) -> Result<usize> {
    usize::try_from(count).map_err(|_| Exception::negative("count", count))
}

/// `Split('ab')`: a set of characters in 5.1, one separator in 7.
fn split_text(call: &Call<'_>, count: i64, options: i64) -> Result<Value> {
    if call.engine.locale().profile.split_at_each_char {
        return split_chars(call, 0, count, options);
    }
    split(call.this_text(), &[call.text(0)], counted(count)?, options)
}

/// Longer texts than this are refused, as .NET refuses them.
const TEXT_UNITS_MAX: usize = 0x3FFF_FFDF;
/// What one text may take of memory here; a script that asks for more hears .NET's word for it.
const TEXT_BYTES_MAX: usize = 512 << 20;

/// Whether a text of so many bytes may be made.
pub(super) fn room(bytes: usize) -> Result<()> {
    if bytes > TEXT_BYTES_MAX || bytes > TEXT_UNITS_MAX {
        return Err(Exception::new(
            "System.OutOfMemoryException",
            "Exception of type 'System.OutOfMemoryException' was thrown.",
        ));
    }
    Ok(())
}

fn pad(call: &Call<'_>, left: bool) -> Result<Value> {
    let width = call.int(0);
    if width < 0 {
        return Err(Exception::negative("totalWidth", width));
    }
    let fill = if call.count() > 1 { call.text(1) } else { " ".to_owned() };
    let missing = (width as usize).saturating_sub(units(call.this_text()).len());
    room(missing.saturating_mul(fill.len()).saturating_add(call.this_text().len()))?;
    let blanks = fill.repeat(missing);
    string(if left {
        format!("{blanks}{}", call.this_text())
    } else {
        format!("{}{blanks}", call.this_text())
    })
}

fn trim(call: &Call<'_>, start: bool, end: bool) -> Result<Value> {
    let set = chars_of(call, 0);
    let fits = |c: char| if set.is_empty() { c.is_whitespace() } else { set.contains(&c) };
    let text = call.this_text();
    let text = if start { text.trim_start_matches(fits) } else { text };
    string(if end { text.trim_end_matches(fits) } else { text })
}

/// Where in a text to look: from `startIndex` on, `count` units of it.
fn window(call: &Call<'_>, from_at: usize, count_at: usize) -> Result<(usize, usize)> {
    let length = units(call.this_text()).len();
    if !is_number(call, from_at) {
        return Ok((0, length));
    }
    let from = bounded(call, call.int(from_at), "startIndex")?;
    if !is_number(call, count_at) {
        return Ok((from, length));
    }
    let count = call.int(count_at);
    if count < 0 || from as i64 + count > length as i64 {
        let message =
            "Count must be positive and count must refer to a location within the string/array/collection.";
        return Err(Exception::out_of_range(message, "count"));
    }
    Ok((from, from + count as usize))
}

fn is_number(call: &Call<'_>, at: usize) -> bool {
    call.count() > at && !matches!(call.plain(at), Value::Enum(_))
}

/// The `StringComparison` among the arguments, where one is given.
fn comparison(call: &Call<'_>) -> Option<How> {
    call.arguments.iter().find_map(|argument| match argument {
        Value::Enum(found) => Some(how(found.number)),
        _ => None,
    })
}

/// Texts are found by culture unless a comparison is said, characters by their unit.
fn found_how(call: &Call<'_>) -> How {
    comparison(call).unwrap_or(if matches!(call.plain(0), Value::Char(_)) { BY_UNIT } else { BY_CULTURE })
}

fn index_of(call: &mut Call<'_>) -> Result<Value> {
    let (from, to) = window(call, 1, 2)?;
    let how = found_how(call);
    let part = weighed(&call.text(0), how);
    let text = of_units(&units(call.this_text())[..to]);
    int(position(&text, &part, from, how))
}

/// The window of a search from behind ends at `startIndex` and reaches back.
fn last_index_of(call: &mut Call<'_>) -> Result<Value> {
    let all = units(call.this_text());
    if all.is_empty() {
        return int(if call.text(0).is_empty() { 0 } else { -1 });
    }
    let how = found_how(call);
    let (mut first, mut end) = (0, all.len());
    if is_number(call, 1) {
        let from = call.int(1);
        if from < 0 || from > all.len() as i64 {
            let message = "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";
            return Err(Exception::out_of_range(message, "startIndex"));
        }
        end = (from as usize + 1).min(all.len());
        if is_number(call, 2) {
            first = end.saturating_sub(call.int(2).max(0) as usize);
        }
    }
    let part = weighed(&call.text(0), how);
    let found = last_position(&of_units(&all[first..end]), &part, how);
    int(if found < 0 { -1 } else { found + first as i64 })
}

/// Comparisons by culture do not see what has no weight.
fn weighed(part: &str, how: How) -> String {
    match how {
        How::Culture { .. } if part.contains('\0') => part.replace('\0', ""),
        _ => part.to_owned(),
    }
}

fn index_any(call: &Call<'_>, last: bool) -> Result<Value> {
    let set: Vec<u16> = chars_of_one(call, 0).iter().flat_map(|c| units(&c.to_string())).collect();
    let all = units(call.this_text());
    let found = if last {
        let end = if call.count() > 1 { (call.int(1).max(-1) + 1) as usize } else { all.len() };
        let end = end.min(all.len());
        let first = if call.count() > 2 { end.saturating_sub(call.int(2).max(0) as usize) } else { 0 };
        all[first..end].iter().rposition(|u| set.contains(u)).map(|at| at + first)
    } else {
        let (from, to) = window(call, 1, 2)?;
        all[from..to].iter().position(|u| set.contains(u)).map(|at| at + from)
    };
    int(found.map_or(-1, |at| at as i64))
}

fn bounded(call: &Call<'_>, at: i64, name: &str) -> Result<usize> {
    let length = units(call.this_text()).len();
    usize::try_from(at).ok().filter(|at| *at <= length).ok_or_else(|| {
        let message = "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";
        Exception::out_of_range(message, name)
    })
}

fn replace(call: &Call<'_>, how: How) -> Result<Value> {
    let (old, new) = (call.text(0), call.text(1));
    if call.plain(0).is_null() {
        return Err(Exception::argument_null("oldValue"));
    }
    if old.is_empty() {
        return Err(Exception::argument("The value cannot be an empty string.", "oldValue"));
    }
    // Each match may grow; a text that would not fit is refused before it is made.
    room(call.this_text().len() / old.len() * new.len().max(old.len()))?;
    if matches!(how, How::Ordinal { ignore_case: false }) {
        return string(call.this_text().replace(&old, &new));
    }
    let (all, wanted, folded_all) =
        (units(call.this_text()), folded(&old, how), folded(call.this_text(), how));
    let (mut out, mut at) = (Vec::new(), 0);
    while at < all.len() {
        if folded_all[at..].starts_with(&wanted) {
            out.extend(units(&new));
            at += wanted.len();
        } else {
            out.push(all[at]);
            at += 1;
        }
    }
    string(of_units(&out))
}

fn insert(call: &Call<'_>) -> Result<Value> {
    let at = call.int(0);
    let mut all = units(call.this_text());
    if at < 0 {
        return Err(Exception::negative("startIndex", at));
    }
    if at as usize > all.len() {
        return Err(Exception::greater("startIndex", at, all.len() as i64));
    }
    let at = at as usize;
    all.splice(at..at, units(&call.text(1)));
    string(of_units(&all))
}

fn remove(call: &Call<'_>) -> Result<Value> {
    let all = units(call.this_text());
    let start = call.int(0);
    if start < 0 {
        return Err(Exception::negative("startIndex", start));
    }
    if start as usize > all.len() {
        return Err(Exception::greater("startIndex", start, all.len() as i64));
    }
    let rest = all.len() as i64 - start;
    let count = if call.count() > 1 { call.int(1) } else { rest };
    if count < 0 {
        return Err(Exception::negative("count", count));
    }
    if count > rest {
        return Err(Exception::greater("count", count, rest));
    }
    let end = (start + count) as usize;
    let mut kept = all[..start as usize].to_vec();
    kept.extend(&all[end..]);
    string(of_units(&kept))
}

fn char_at(call: &Call<'_>, at: i64) -> Result<Value> {
    let found = usize::try_from(at).ok().and_then(|at| units(call.this_text()).get(at).copied());
    found.map(Value::Char).ok_or_else(|| {
        Exception::new("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
    })
}

fn join(call: &Call<'_>, items: &[Value]) -> Result<Value> {
    let texts: Vec<String> = items.iter().map(|item| text::of(item, call.engine.locale())).collect();
    let separator = call.text(0);
    room(texts.iter().map(|text| text.len() + separator.len()).sum())?;
    string(texts.join(&separator))
}

fn join_rest(call: &mut Call<'_>) -> Result<Value> {
    if call.plain(1).is_null() && call.count() == 2 {
        return Err(Exception::argument_null("values"));
    }
    let items = call.rest(1);
    join(call, &items)
}

fn join_part(call: &mut Call<'_>) -> Result<Value> {
    let (items, from, count) = (call.items(1), call.int(2), call.int(3));
    if from < 0 || count < 0 || from as usize + count as usize > items.len() {
        let message = "Index and count must refer to a location within the buffer.";
        return Err(Exception::out_of_range(message, "startIndex"));
    }
    join(call, &items[from as usize..(from + count) as usize])
}

fn concat(call: &mut Call<'_>) -> Result<Value> {
    let texts: Vec<String> = call.rest(0).iter().map(|item| text::of(item, call.engine.locale())).collect();
    room(texts.iter().map(String::len).sum())?;
    string(texts.concat())
}

/// The character that a `char` method is asked about: itself, or one of a text.
fn the_char(call: &Call<'_>) -> char {
    let unit = match (call.plain(0), call.count()) {
        (Value::Char(unit), _) => *unit,
        (other, 2) => units(&text::to_text(other, call.engine.locale()))
            .get(call.int(1).max(0) as usize)
            .copied()
            .unwrap_or(0),
        (other, _) => units(&text::to_text(other, call.engine.locale())).first().copied().unwrap_or(0),
    };
    char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}')
}

fn the_char_of(call: &Call<'_>) -> char {
    match call.plain(0) {
        Value::Char(unit) => char::from_u32(u32::from(*unit)).unwrap_or('\u{fffd}'),
        _ => '\u{fffd}',
    }
}

/// The category of a character, by what Rust and the tables here know of it.
fn category(c: char) -> Result<Value> {
    let number = match c {
        '_' | '\u{203f}' | '\u{2040}' => 18,
        '-' | '\u{2010}'..='\u{2015}' => 19,
        '(' | '[' | '{' => 20,
        ')' | ']' | '}' => 21,
        '«' | '‘' | '“' => 22,
        '»' | '’' | '”' => 23,
        '+' | '<' | '=' | '>' | '|' | '~' | '¬' | '±' | '×' | '÷' => 25,
        '$' | '¢' | '£' | '¤' | '¥' | '€' => 26,
        '^' | '`' | '¨' | '¯' | '´' | '¸' => 27,
        '©' | '®' | '°' | '¦' => 28,
        '\u{2028}' => 12,
        '\u{2029}' => 13,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' => 15,
        '\u{e000}'..='\u{f8ff}' => 17,
        c if c.is_control() => 14,
        c if unicode_normalization::char::is_combining_mark(c) => 5,
        c if c.is_uppercase() => 0,
        c if c.is_lowercase() => 1,
        c if c.is_alphabetic() => 4,
        c if is_decimal_digit(c) => 8,
        c if c.is_numeric() => 10,
        c if c.is_whitespace() => 11,
        c if is_punctuation(c) => 24,
        _ => 28,
    };
    super::answer::of_enum(&crate::enums::UNICODE_CATEGORY, number)
}

macro_rules! char_tests {
    ($($signature:literal $two:literal $test:expr;)*) => {
        &[$(
            ($signature, |call| Ok(Value::Bool(($test)(the_char(call))))),
            ($two, |call| Ok(Value::Bool(($test)(the_char(call))))),
        )*]
    };
}

macro_rules! ascii_tests {
    ($($signature:literal $test:expr;)*) => {
        &[$(($signature, |call| Ok(Value::Bool(($test)(the_char(call))))),)*]
    };
}

fn is_punctuation(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_punctuation() && !"$+<=>^`|~".contains(c);
    }
    matches!(c, '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}')
}

/// A decimal digit of any script whose value Rust knows, or of ASCII.
fn is_decimal_digit(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' | '\u{966}'..='\u{96f}' | '\u{ff10}'..='\u{ff19}')
}

/// The text with all its line ends, of whatever kind, made into one.
fn with_line_ends(text: &str, end: &str) -> Result<String> {
    let ends = text.chars().filter(|c| LINE_ENDS.contains(c)).count();
    room(ends.saturating_mul(end.len()).saturating_add(text.len()))?;
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push_str(end);
            }
            end_of_line if LINE_ENDS.contains(&end_of_line) => out.push_str(end),
            other => out.push(other),
        }
    }
    Ok(out)
}

/// What ends a line; a carriage return and the line feed behind it are one end.
const LINE_ENDS: [char; 6] = ['\r', '\n', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// The tests of ASCII's letters and digits.
const ASCII_TESTS: &[Row] = ascii_tests! {
    "static bool IsAsciiDigit(char c)" |c: char| c.is_ascii_digit();
    "static bool IsAsciiLetter(char c)" |c: char| c.is_ascii_alphabetic();
    "static bool IsAsciiLetterOrDigit(char c)" |c: char| c.is_ascii_alphanumeric();
    "static bool IsAsciiLetterUpper(char c)" |c: char| c.is_ascii_uppercase();
    "static bool IsAsciiLetterLower(char c)" |c: char| c.is_ascii_lowercase();
    "static bool IsAsciiHexDigit(char c)" |c: char| c.is_ascii_hexdigit();
    "static bool IsAsciiHexDigitUpper(char c)" |c: char| c.is_ascii_digit() || matches!(c, 'A'..='F');
    "static bool IsAsciiHexDigitLower(char c)" |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f');
};

const CHAR_TESTS: &[Row] = char_tests! {
    "static bool IsDigit(char c)" "static bool IsDigit(string s, int index)" is_decimal_digit;
    "static bool IsNumber(char c)" "static bool IsNumber(string s, int index)" char::is_numeric;
    "static bool IsLetter(char c)" "static bool IsLetter(string s, int index)" char::is_alphabetic;
    "static bool IsLetterOrDigit(char c)" "static bool IsLetterOrDigit(string s, int index)" char::is_alphanumeric;
    "static bool IsUpper(char c)" "static bool IsUpper(string s, int index)" char::is_uppercase;
    "static bool IsLower(char c)" "static bool IsLower(string s, int index)" char::is_lowercase;
    "static bool IsWhiteSpace(char c)" "static bool IsWhiteSpace(string s, int index)" char::is_whitespace;
    "static bool IsControl(char c)" "static bool IsControl(string s, int index)" char::is_control;
    "static bool IsPunctuation(char c)" "static bool IsPunctuation(string s, int index)" is_punctuation;
    "static bool IsSymbol(char c)" "static bool IsSymbol(string s, int index)" |c: char| "$+<=>^`|~¢£¤¥¦¨©¬®¯°±´¸×÷€".contains(c);
    "static bool IsSeparator(char c)" "static bool IsSeparator(string s, int index)" |c: char| c == ' ' || c == '\u{a0}' || matches!(c, '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{3000}');
    "static bool IsAscii(char c)" "static bool IsAscii(string s, int index)" |c: char| c.is_ascii();
};

fn upper(text: &str) -> String {
    text.chars().map(single_upper).collect()
}
fn lower(text: &str) -> String {
    text.chars().map(single_lower).collect()
}

/// Whether the language has an i without a dot and one with it in both cases.
fn has_dotless_i(locale: &Locale) -> bool {
    matches!(locale.culture.name.split('-').next(), Some("tr" | "az"))
}

fn upper_in(text: &str, locale: &Locale) -> String {
    if !has_dotless_i(locale) {
        return upper(text);
    }
    text.chars().map(|c| if c == 'i' { 'İ' } else { single_upper(c) }).collect()
}

fn lower_in(text: &str, locale: &Locale) -> String {
    if !has_dotless_i(locale) {
        return lower(text);
    }
    let one = |c: char| match c {
        'I' => 'ı',
        'İ' => 'i',
        other => single_lower(other),
    };
    text.chars().map(one).collect()
}

/// Words with a capital; those all in capitals stay.
fn title(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '\'').collect();
        if word.is_empty() {
            let c = rest.chars().next().unwrap_or(' ');
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        if word.chars().all(|c| !c.is_lowercase()) && word.chars().count() > 1 {
            out.push_str(&word);
        } else {
            let mut chars = word.chars();
            out.extend(chars.next().map(single_upper));
            out.push_str(&lower(chars.as_str()));
        }
        rest = &rest[word.len()..];
    }
    out
}

fn builder(call: &Call<'_>, change: impl FnOnce(&mut String)) -> Result<Value> {
    change(&mut call.this_as::<StringBuilder>()?.0.write());
    Ok(call.this.clone())
}

/// Puts text behind what a builder has.
pub(super) fn append(builder: &StringBuilder, text: &str) -> Result<()> {
    let mut all = builder.0.write();
    room(all.len() + text.len())?;
    all.push_str(text);
    Ok(())
}

/// The room that .NET's builder would have: sixteen units at first, then twice as much.
fn capacity(builder: &StringBuilder) -> usize {
    let length = builder.0.read().encode_utf16().count();
    let mut room = builder.1.load(std::sync::atomic::Ordering::Relaxed).max(16);
    while room < length {
        room *= 2;
    }
    builder.1.store(room, std::sync::atomic::Ordering::Relaxed);
    room
}

fn counted_as(count: i64, name: &str) -> Result<usize> {
    usize::try_from(count).map_err(|_| Exception::negative(name, count))
}

fn append_one(call: &mut Call<'_>) -> Result<Value> {
    let added: String = match call.plain(0) {
        Value::Array(array) if array.element().is_some_and(|of| &**of == "System.Char") => {
            array.to_vec().iter().map(|item| text::of(item, call.engine.locale())).collect()
        }
        one => text::of(one, call.engine.locale()),
    };
    append(call.this_as::<StringBuilder>()?, &added)?;
    Ok(call.this.clone())
}

fn append_part(call: &mut Call<'_>) -> Result<Value> {
    let all: String = match call.plain(0) {
        Value::String(text) => text.to_string(),
        _ => call.items(0).iter().map(|item| text::of(item, call.engine.locale())).collect(),
    };
    let Value::String(part) = substring(&all, call.int(1), Some(call.int(2)))? else {
        return Ok(Value::Null);
    };
    append(call.this_as::<StringBuilder>()?, &part)?;
    Ok(call.this.clone())
}

fn new_builder(text: String) -> Result<Value> {
    Ok(Value::typed(StringBuilder::new(text)))
}

fn byte_array(bytes: Vec<u8>) -> Value {
    Array::of("System.Byte", bytes.into_iter().map(Value::Byte).collect()).into()
}

fn encoding(call: &Call<'_>) -> Result<Encoding> {
    call.this_as::<Encoding>().copied()
}

fn compare_three(call: &mut Call<'_>) -> Result<Value> {
    let ignore = call.bool(2);
    int(order(&call.text(0), &call.text(1), How::Culture { ignore_case: ignore }))
}

pub(super) static TABLES: &[(&str, &[Row])] = &[
    (
        "System.String",
        &[
            ("int Length", |call| int(units(call.this_text()).len() as i64)),
            ("char Chars(int index)", |call| char_at(call, call.int(0))),
            ("char get_Chars(int index)", |call| char_at(call, call.int(0))),
            ("static string Empty", |_| string("")),
            ("string Substring(int startIndex)", |call| substring(call.this_text(), call.int(0), None)),
            ("string Substring(int startIndex, int length)", |call| {
                substring(call.this_text(), call.int(0), Some(call.int(1)))
            }),
            ("string ToUpper()", |call| string(upper_in(call.this_text(), call.engine.locale()))),
            ("string ToUpper(cultureinfo culture)", |call| {
                string(upper_in(call.this_text(), &call.culture(0)?))
            }),
            ("string ToLower()", |call| string(lower_in(call.this_text(), call.engine.locale()))),
            ("string ToLower(cultureinfo culture)", |call| {
                string(lower_in(call.this_text(), &call.culture(0)?))
            }),
            ("string ToUpperInvariant()", |call| string(upper(call.this_text()))),
            ("string ToLowerInvariant()", |call| string(lower(call.this_text()))),
            ("string Trim()", |call| trim(call, true, true)),
            ("string Trim(Params char[] trimChars)", |call| trim(call, true, true)),
            ("string TrimStart(Params char[] trimChars)", |call| trim(call, true, false)),
            ("string TrimEnd(Params char[] trimChars)", |call| trim(call, false, true)),
            ("string[] Split(Params char[] separator)", |call| {
                let separators: Vec<String> = chars_of(call, 0).into_iter().map(String::from).collect();
                split(call.this_text(), &separators, usize::MAX, 0)
            }),
            (
                "string[] Split(char separator, System.StringSplitOptions options = System.StringSplitOptions.None)",
                |call| split_chars(call, 0, i64::from(i32::MAX), call.int(1)),
            ),
            (
                "string[] Split(char separator, int count, System.StringSplitOptions options = System.StringSplitOptions.None)",
                |call| split_chars(call, 0, call.int(1), call.int(2)),
            ),
            ("string[] Split(char[] separator, int count)", |call| split_chars(call, 0, call.int(1), 0)),
            ("string[] Split(char[] separator, System.StringSplitOptions options)", |call| {
                split_chars(call, 0, i64::from(i32::MAX), call.int(1))
            }),
            ("string[] Split(char[] separator, int count, System.StringSplitOptions options)", |call| {
                split_chars(call, 0, call.int(1), call.int(2))
            }),
            (
                "string[] Split(string separator, System.StringSplitOptions options = System.StringSplitOptions.None)",
                |call| split_text(call, i64::from(i32::MAX), call.int(1)),
            ),
            (
                "string[] Split(string separator, int count, System.StringSplitOptions options = System.StringSplitOptions.None)",
                |call| split_text(call, call.int(1), call.int(2)),
            ),
            ("string[] Split(string[] separator, System.StringSplitOptions options)", |call| {
                let separators: Vec<String> =
                    call.items(0).iter().map(|s| text::to_text(s, call.engine.locale())).collect();
                split(call.this_text(), &separators, usize::MAX, call.int(1))
            }),
            ("string[] Split(string[] separator, int count, System.StringSplitOptions options)", |call| {
                let separators: Vec<String> =
                    call.items(0).iter().map(|s| text::to_text(s, call.engine.locale())).collect();
                split(call.this_text(), &separators, counted(call.int(1))?, call.int(2))
            }),
            ("string Replace(char oldChar, char newChar)", |call| replace(call, BY_UNIT)),
            ("string Replace(string oldValue, string newValue)", |call| replace(call, BY_UNIT)),
            (
                "string Replace(string oldValue, string newValue, System.StringComparison comparisonType)",
                |call| replace(call, how(call.int(2))),
            ),
            ("bool Contains(string value)", |call| Ok(Value::Bool(call.this_text().contains(&call.text(0))))),
            ("bool Contains(char value)", |call| Ok(Value::Bool(call.this_text().contains(&call.text(0))))),
            ("bool Contains(char value, System.StringComparison comparisonType)", |call| {
                Ok(Value::Bool(position(call.this_text(), &call.text(0), 0, how(call.int(1))) >= 0))
            }),
            ("bool Contains(string value, System.StringComparison comparisonType)", |call| {
                Ok(Value::Bool(position(call.this_text(), &call.text(0), 0, how(call.int(1))) >= 0))
            }),
            ("bool StartsWith(string value)", |call| {
                Ok(Value::Bool(starts(call.this_text(), &weighed(&call.text(0), BY_CULTURE), BY_CULTURE)))
            }),
            ("bool StartsWith(char value)", |call| {
                Ok(Value::Bool(starts(call.this_text(), &call.text(0), BY_UNIT)))
            }),
            ("bool StartsWith(string value, System.StringComparison comparisonType)", |call| {
                Ok(Value::Bool(starts(call.this_text(), &call.text(0), how(call.int(1)))))
            }),
            ("bool StartsWith(string value, bool ignoreCase, cultureinfo culture)", |call| {
                Ok(Value::Bool(starts(
                    call.this_text(),
                    &call.text(0),
                    How::Culture { ignore_case: call.bool(1) },
                )))
            }),
            ("bool EndsWith(string value)", |call| {
                Ok(Value::Bool(ends(call.this_text(), &call.text(0), BY_CULTURE)))
            }),
            ("bool EndsWith(char value)", |call| {
                Ok(Value::Bool(ends(call.this_text(), &call.text(0), BY_UNIT)))
            }),
            ("bool EndsWith(string value, System.StringComparison comparisonType)", |call| {
                Ok(Value::Bool(ends(call.this_text(), &call.text(0), how(call.int(1)))))
            }),
            ("bool EndsWith(string value, bool ignoreCase, cultureinfo culture)", |call| {
                Ok(Value::Bool(ends(
                    call.this_text(),
                    &call.text(0),
                    How::Culture { ignore_case: call.bool(1) },
                )))
            }),
            ("int IndexOf(char value)", index_of),
            ("int IndexOf(char value, int startIndex)", index_of),
            ("int IndexOf(char value, System.StringComparison comparisonType)", index_of),
            ("int IndexOf(char value, int startIndex, int count)", index_of),
            ("int IndexOf(string value)", index_of),
            ("int IndexOf(string value, int startIndex)", index_of),
            ("int IndexOf(string value, int startIndex, int count)", index_of),
            ("int IndexOf(string value, System.StringComparison comparisonType)", index_of),
            ("int IndexOf(string value, int startIndex, System.StringComparison comparisonType)", index_of),
            (
                "int IndexOf(string value, int startIndex, int count, System.StringComparison comparisonType)",
                index_of,
            ),
            ("int LastIndexOf(char value)", last_index_of),
            ("int LastIndexOf(char value, int startIndex)", last_index_of),
            ("int LastIndexOf(char value, int startIndex, int count)", last_index_of),
            ("int LastIndexOf(string value)", last_index_of),
            ("int LastIndexOf(string value, int startIndex)", last_index_of),
            ("int LastIndexOf(string value, int startIndex, int count)", last_index_of),
            ("int LastIndexOf(string value, System.StringComparison comparisonType)", last_index_of),
            (
                "int LastIndexOf(string value, int startIndex, System.StringComparison comparisonType)",
                last_index_of,
            ),
            (
                "int LastIndexOf(string value, int startIndex, int count, System.StringComparison comparisonType)",
                last_index_of,
            ),
            ("int IndexOfAny(char[] anyOf)", |call| index_any(call, false)),
            ("int IndexOfAny(char[] anyOf, int startIndex)", |call| index_any(call, false)),
            ("int IndexOfAny(char[] anyOf, int startIndex, int count)", |call| index_any(call, false)),
            ("int LastIndexOfAny(char[] anyOf)", |call| index_any(call, true)),
            ("int LastIndexOfAny(char[] anyOf, int startIndex)", |call| index_any(call, true)),
            ("int LastIndexOfAny(char[] anyOf, int startIndex, int count)", |call| index_any(call, true)),
            ("string Insert(int startIndex, string value)", |call| insert(call)),
            ("string Remove(int startIndex)", |call| remove(call)),
            ("string Remove(int startIndex, int count)", |call| remove(call)),
            ("string PadLeft(int totalWidth)", |call| pad(call, true)),
            ("string PadLeft(int totalWidth, char paddingChar)", |call| pad(call, true)),
            ("string PadRight(int totalWidth)", |call| pad(call, false)),
            ("string PadRight(int totalWidth, char paddingChar)", |call| pad(call, false)),
            ("char[] ToCharArray()", |call| {
                Ok(Array::of("System.Char", units(call.this_text()).into_iter().map(Value::Char).collect())
                    .into())
            }),
            ("char[] ToCharArray(int startIndex, int length)", |call| {
                let Value::String(part) = substring(call.this_text(), call.int(0), Some(call.int(1)))? else {
                    return Ok(Value::Null);
                };
                Ok(Array::of("System.Char", units(&part).into_iter().map(Value::Char).collect()).into())
            }),
            ("bool Equals(System.Object obj)", |call| {
                Ok(Value::Bool(call.plain(0).as_str() == Some(call.this_text())))
            }),
            ("bool Equals(string value, System.StringComparison comparisonType)", |call| {
                Ok(Value::Bool(same(call.this_text(), &call.text(0), how(call.int(1)))))
            }),
            ("int CompareTo(System.Object value)", |call| match call.plain(0) {
                Value::Null => int(1),
                Value::String(other) => int(order(call.this_text(), other, BY_CULTURE)),
                _ => Err(Exception::new("System.ArgumentException", "Object must be of type String.")),
            }),
            ("int CompareTo(string strB)", |call| int(order(call.this_text(), &call.text(0), BY_CULTURE))),
            ("string ToString()", |call| string(call.this_text())),
            ("string ToString(System.IFormatProvider provider)", |call| string(call.this_text())),
            ("string ReplaceLineEndings()", |call| string(with_line_ends(call.this_text(), "\n")?)),
            ("string ReplaceLineEndings(string replacementText)", |call| {
                string(with_line_ends(call.this_text(), &call.text(0))?)
            }),
            ("static string Intern(string str)", |call| string(call.text(0))),
            ("string Normalize()", |call| string(call.this_text().nfc().collect::<String>())),
            ("string Normalize(System.Text.NormalizationForm normalizationForm)", |call| {
                string(match call.int(0) {
                    2 => call.this_text().nfd().collect::<String>(),
                    5 => call.this_text().nfkc().collect(),
                    6 => call.this_text().nfkd().collect(),
                    _ => call.this_text().nfc().collect(),
                })
            }),
            ("bool IsNormalized()", |call| Ok(Value::Bool(unicode_normalization::is_nfc(call.this_text())))),
            ("System.Object Clone()", |call| Ok(call.this().clone())),
            ("type GetType()", |_| Ok(Value::typed(Type::string()))),
            ("System.TypeCode GetTypeCode()", |_| {
                Ok(Value::Enum(object::types::EnumValue { of: &crate::enums::TYPE_CODE, number: 18 }))
            }),
            ("System.CharEnumerator GetEnumerator()", |call| {
                Ok(Array::of("System.Char", units(call.this_text()).into_iter().map(Value::Char).collect())
                    .into())
            }),
            ("static bool IsNullOrEmpty(string value)", |call| Ok(Value::Bool(call.text(0).is_empty()))),
            ("static bool IsNullOrWhiteSpace(string value)", |call| {
                Ok(Value::Bool(call.text(0).trim().is_empty()))
            }),
            ("static string Join(char separator, Params string[] value)", join_rest),
            ("static string Join(char separator, Params System.Object[] values)", join_rest),
            ("static string Join(char separator, string[] value, int startIndex, int count)", join_part),
            (
                "static string Join(string separator, System.Collections.Generic.IEnumerable[string] values)",
                join_rest,
            ),
            ("static string Join(string separator, Params string[] value)", join_rest),
            ("static string Join(string separator, Params System.Object[] values)", join_rest),
            ("static string Join(string separator, string[] value, int startIndex, int count)", join_part),
            ("static string Concat(System.Object arg0)", concat),
            ("static string Concat(System.Object arg0, System.Object arg1)", concat),
            ("static string Concat(System.Object arg0, System.Object arg1, System.Object arg2)", concat),
            ("static string Concat(string str0, string str1)", concat),
            ("static string Concat(string str0, string str1, string str2)", concat),
            ("static string Concat(string str0, string str1, string str2, string str3)", concat),
            ("static string Concat(Params string[] values)", concat),
            ("static string Concat(Params System.Object[] args)", concat),
            ("static string Format(string format, Params System.Object[] args)", |call| {
                format::composite(&call.text(0), &call.rest(1), call.engine.locale()).map(Value::from)
            }),
            (
                "static string Format(System.IFormatProvider provider, string format, Params System.Object[] args)",
                |call| {
                    let locale = call.culture(0)?;
                    format::composite(&call.text(1), &call.rest(2), &locale).map(Value::from)
                },
            ),
            ("static int Compare(string strA, string strB)", |call| {
                int(order(&call.text(0), &call.text(1), BY_CULTURE))
            }),
            ("static int Compare(string strA, string strB, bool ignoreCase)", compare_three),
            (
                "static int Compare(string strA, string strB, System.StringComparison comparisonType)",
                |call| int(order(&call.text(0), &call.text(1), how(call.int(2)))),
            ),
            ("static int CompareOrdinal(string strA, string strB)", |call| {
                int(order(&call.text(0), &call.text(1), BY_UNIT))
            }),
            ("static bool Equals(string a, string b)", |call| Ok(Value::Bool(call.text(0) == call.text(1)))),
            ("static bool Equals(string a, string b, System.StringComparison comparisonType)", |call| {
                Ok(Value::Bool(same(&call.text(0), &call.text(1), how(call.int(2)))))
            }),
            (
                "static int Compare(string strA, string strB, cultureinfo culture, System.Globalization.CompareOptions options)",
                |call| {
                    let (culture, ignore) = (call.culture(2)?.culture, call.int(3) & 0x1000_0001 != 0);
                    int(compare::collate_in(culture, &call.text(0), &call.text(1), ignore) as i64)
                },
            ),
            ("static int Compare(string strA, string strB, bool ignoreCase, cultureinfo culture)", |call| {
                let culture = call.culture(3)?.culture;
                int(compare::collate_in(culture, &call.text(0), &call.text(1), call.bool(2)) as i64)
            }),
            ("static int Compare(string strA, int indexA, string strB, int indexB, int length)", |call| {
                let part = |text: String, from: i64| {
                    let all = units(&text);
                    let from = (from.max(0) as usize).min(all.len());
                    let end = (from + call.int(4).max(0) as usize).min(all.len());
                    of_units(&all[from..end])
                };
                let (a, b) = (part(call.text(0), call.int(1)), part(call.text(2), call.int(3)));
                int(order(&a, &b, BY_CULTURE))
            }),
            ("static string Copy(string str)", |call| string(call.text(0))),
            ("static string new(char[] value)", |call| {
                string(
                    call.items(0).iter().map(|c| text::to_text(c, call.engine.locale())).collect::<String>(),
                )
            }),
            ("static string new(char c, int count)", |call| {
                let count = counted(call.int(1))?;
                room(count.saturating_mul(call.text(0).len()))?;
                string(call.text(0).repeat(count))
            }),
            ("static string new(char[] value, int startIndex, int length)", |call| {
                let all: String =
                    call.items(0).iter().map(|c| text::to_text(c, call.engine.locale())).collect();
                substring(&all, call.int(1), Some(call.int(2)))
            }),
        ],
    ),
    ("System.Char", ASCII_TESTS),
    ("System.Char", CHAR_TESTS),
    (
        "System.Char",
        &[
            ("static char ToUpper(char c, cultureinfo culture)", |call| {
                let upper = upper_in(&the_char_of(call).to_string(), &call.culture(1)?);
                Ok(Value::Char(units(&upper)[0]))
            }),
            ("static char ToLower(char c, cultureinfo culture)", |call| {
                let lower = lower_in(&the_char_of(call).to_string(), &call.culture(1)?);
                Ok(Value::Char(units(&lower)[0]))
            }),
            ("static char ToUpper(char c)", |call| {
                Ok(Value::Char(units(&single_upper(the_char(call)).to_string())[0]))
            }),
            ("static char ToLower(char c)", |call| {
                Ok(Value::Char(units(&single_lower(the_char(call)).to_string())[0]))
            }),
            ("static char ToUpperInvariant(char c)", |call| {
                Ok(Value::Char(units(&single_upper(the_char(call)).to_string())[0]))
            }),
            ("static char ToLowerInvariant(char c)", |call| {
                Ok(Value::Char(units(&single_lower(the_char(call)).to_string())[0]))
            }),
            ("static System.Globalization.UnicodeCategory GetUnicodeCategory(char c)", |call| {
                category(the_char(call))
            }),
            ("static System.Globalization.UnicodeCategory GetUnicodeCategory(string s, int index)", |call| {
                category(the_char(call))
            }),
            ("static bool IsSurrogate(char c)", |call| {
                Ok(Value::Bool(matches!(call.plain(0), Value::Char(0xD800..=0xDFFF))))
            }),
            ("static bool IsHighSurrogate(char c)", |call| {
                Ok(Value::Bool(matches!(call.plain(0), Value::Char(0xD800..=0xDBFF))))
            }),
            ("static bool IsLowSurrogate(char c)", |call| {
                Ok(Value::Bool(matches!(call.plain(0), Value::Char(0xDC00..=0xDFFF))))
            }),
            ("static bool TryParse(string s, [ref] char result)", |call| {
                let all = units(&call.text(0));
                call.set_reference(1, Value::Char(if all.len() == 1 { all[0] } else { 0 }));
                Ok(Value::Bool(all.len() == 1))
            }),
            ("static string ToString(char c)", |call| string(call.text(0))),
            ("int CompareTo(System.Object value)", |call| match (call.this(), call.plain(0)) {
                (Value::Char(a), Value::Char(b)) => int(i64::from(*a) - i64::from(*b)),
                (_, Value::Null) => int(1),
                _ => Err(Exception::new("System.ArgumentException", "Object must be of type Char.")),
            }),
            ("bool Equals(System.Object obj)", |call| {
                Ok(Value::Bool(
                    matches!((call.this(), call.plain(0)), (Value::Char(a), Value::Char(b)) if a == b),
                ))
            }),
            ("string ToString()", |call| string(call.this().to_string())),
            ("static double GetNumericValue(char c)", |call| {
                Ok(Value::Double(the_char(call).to_digit(10).map_or(-1.0, f64::from)))
            }),
            ("static string ConvertFromUtf32(int utf32)", |call| {
                let c = u32::try_from(call.int(0)).ok().and_then(char::from_u32);
                c.map(|c| Value::from(c.to_string())).ok_or_else(|| Exception::out_of_range("A valid UTF32 value is between 0x000000 and 0x10ffff, inclusive, and should not include surrogate codepoint values (0x00d800 ~ 0x00dfff).", "utf32"))
            }),
            ("static int ConvertToUtf32(string s, int index)", |call| {
                let part =
                    of_units(units(&call.text(0)).get(call.int(1).max(0) as usize..).unwrap_or_default());
                int(part.chars().next().map_or(0, |c| i64::from(c as u32)))
            }),
            ("static char Parse(string s)", |call| {
                crate::convert::to(call.plain(0), &Type::character(), call.engine.locale())
            }),
            ("static char MaxValue", |_| Ok(Value::Char(u16::MAX))),
            ("static char MinValue", |_| Ok(Value::Char(0))),
        ],
    ),
    (
        "System.Text.StringBuilder",
        &[
            ("int Capacity", |call| int(capacity(call.this_as::<StringBuilder>()?) as i64)),
            ("set int Capacity", |call| {
                let wanted = call.int(0);
                if wanted < units(&call.this_as::<StringBuilder>()?.0.read()).len() as i64 {
                    return Err(Exception::out_of_range("capacity was less than the current size.", "value"));
                }
                call.this_as::<StringBuilder>()?
                    .1
                    .store(wanted as usize, std::sync::atomic::Ordering::Relaxed);
                Ok(Value::Null)
            }),
            ("int MaxCapacity", |_| int(i64::from(i32::MAX))),
            ("int Length", |call| int(units(&call.this_as::<StringBuilder>()?.0.read()).len() as i64)),
            ("set int Length", |call| {
                let length = counted_as(call.int(0), "value")?;
                room(length)?;
                builder(call, |text| {
                    let mut all = units(text);
                    all.resize(length, 0);
                    *text = of_units(&all);
                })
            }),
            ("System.Text.StringBuilder Append(char value, int repeatCount)", |call| {
                let (one, count) = (call.text(0), counted_as(call.int(1), "repeatCount")?);
                room(one.len().saturating_mul(count))?;
                builder(call, |text| text.push_str(&one.repeat(count)))
            }),
            ("System.Text.StringBuilder Append(char[] value, int startIndex, int charCount)", append_part),
            ("System.Text.StringBuilder Append(string value, int startIndex, int count)", append_part),
            ("System.Text.StringBuilder Append(string value)", append_one),
            ("System.Text.StringBuilder Append(bool value)", append_one),
            ("System.Text.StringBuilder Append(char value)", append_one),
            ("System.Text.StringBuilder Append(sbyte value)", append_one),
            ("System.Text.StringBuilder Append(byte value)", append_one),
            ("System.Text.StringBuilder Append(int16 value)", append_one),
            ("System.Text.StringBuilder Append(int value)", append_one),
            ("System.Text.StringBuilder Append(long value)", append_one),
            ("System.Text.StringBuilder Append(float value)", append_one),
            ("System.Text.StringBuilder Append(double value)", append_one),
            ("System.Text.StringBuilder Append(decimal value)", append_one),
            ("System.Text.StringBuilder Append(uint16 value)", append_one),
            ("System.Text.StringBuilder Append(uint value)", append_one),
            ("System.Text.StringBuilder Append(ulong value)", append_one),
            ("System.Text.StringBuilder Append(System.Object value)", append_one),
            ("System.Text.StringBuilder Append(char[] value)", append_one),
            ("System.Text.StringBuilder AppendLine()", |call| builder(call, |text| text.push('\n'))),
            ("System.Text.StringBuilder AppendLine(string value)", |call| {
                let added = call.text(0);
                builder(call, |text| {
                    text.push_str(&added);
                    text.push('\n');
                })
            }),
            ("System.Text.StringBuilder AppendFormat(string format, Params System.Object[] args)", |call| {
                let added = format::composite(&call.text(0), &call.rest(1), call.engine.locale())?;
                builder(call, |text| text.push_str(&added))
            }),
            (
                "System.Text.StringBuilder AppendJoin(string separator, Params System.Object[] values)",
                |call| {
                    let texts: Vec<String> =
                        call.rest(1).iter().map(|item| text::of(item, call.engine.locale())).collect();
                    let added = texts.join(&call.text(0));
                    builder(call, |text| text.push_str(&added))
                },
            ),
            ("System.Text.StringBuilder Insert(int index, string value)", |call| {
                let (at, added) = (call.int(0).max(0) as usize, units(&call.text(1)));
                builder(call, |text| {
                    let mut all = units(text);
                    let at = at.min(all.len());
                    all.splice(at..at, added);
                    *text = of_units(&all);
                })
            }),
            ("System.Text.StringBuilder Remove(int startIndex, int length)", |call| {
                let (start, length) = (call.int(0).max(0) as usize, call.int(1).max(0) as usize);
                let total = units(&call.this_as::<StringBuilder>()?.0.read()).len();
                if start + length > total {
                    return Err(Exception::out_of_range(
                        "Index was out of range. Must be non-negative and less than or equal to the size of the collection.",
                        "length",
                    ));
                }
                builder(call, |text| {
                    let mut all = units(text);
                    all.drain(start..start + length);
                    *text = of_units(&all);
                })
            }),
            ("System.Text.StringBuilder Replace(string oldValue, string newValue)", |call| {
                let (old, new) = (call.text(0), call.text(1));
                builder(call, |text| *text = text.replace(&old, &new))
            }),
            ("System.Text.StringBuilder Clear()", |call| builder(call, String::clear)),
            ("string ToString()", |call| string(call.this_as::<StringBuilder>()?.0.read().clone())),
            ("string ToString(int startIndex, int length)", |call| {
                substring(&call.this_as::<StringBuilder>()?.0.read().clone(), call.int(0), Some(call.int(1)))
            }),
            ("char Chars(int index)", |call| {
                let all = units(&call.this_as::<StringBuilder>()?.0.read());
                all.get(call.int(0).max(0) as usize).map(|u| Value::Char(*u)).ok_or_else(|| {
                    Exception::new(
                        "System.IndexOutOfRangeException",
                        "Index was outside the bounds of the array.",
                    )
                })
            }),
            ("bool Equals(System.Text.StringBuilder sb)", |call| {
                let other = call.plain(0).downcast::<StringBuilder>();
                let mine = call.this_as::<StringBuilder>()?;
                Ok(Value::Bool(other.is_some_and(|other| *other.0.read() == *mine.0.read())))
            }),
            ("int EnsureCapacity(int capacity)", |call| {
                let builder = call.this_as::<StringBuilder>()?;
                let wanted = counted_as(call.int(0), "capacity")?.max(capacity(builder));
                builder.1.store(wanted, std::sync::atomic::Ordering::Relaxed);
                int(wanted as i64)
            }),
            ("System.Text.StringBuilder Replace(char oldChar, char newChar)", |call| {
                let (old, new) = (call.text(0), call.text(1));
                builder(call, |text| *text = text.replace(&old, &new))
            }),
            ("System.Text.StringBuilder Insert(int index, System.Object value)", |call| {
                let (at, added) = (call.int(0), units(&text::of(call.plain(1), call.engine.locale())));
                let length = units(&call.this_as::<StringBuilder>()?.0.read()).len();
                let at = usize::try_from(at).ok().filter(|at| *at <= length).ok_or_else(|| {
                    Exception::out_of_range(
                        "Index was out of range. Must be non-negative and less than or equal to the size of the collection.",
                        "index",
                    )
                })?;
                builder(call, |text| {
                    let mut all = units(text);
                    all.splice(at..at, added);
                    *text = of_units(&all);
                })
            }),
            ("char get_Chars(int index)", |call| {
                let all = units(&call.this_as::<StringBuilder>()?.0.read());
                all.get(call.int(0).max(0) as usize).map(|u| Value::Char(*u)).ok_or_else(|| {
                    Exception::new(
                        "System.IndexOutOfRangeException",
                        "Index was outside the bounds of the array.",
                    )
                })
            }),
            ("static System.Text.StringBuilder new()", |_| new_builder(String::new())),
            ("static System.Text.StringBuilder new(int capacity)", |call| {
                let made = StringBuilder::new(String::new());
                made.1.store(counted_as(call.int(0), "capacity")?, std::sync::atomic::Ordering::Relaxed);
                Ok(Value::typed(made))
            }),
            ("static System.Text.StringBuilder new(string value, int capacity)", |call| {
                new_builder(call.text(0))
            }),
            ("static System.Text.StringBuilder new(string value)", |call| new_builder(call.text(0))),
        ],
    ),
    (
        "System.Text.Encoding",
        &[
            ("static System.Text.Encoding UTF8", |_| Ok(Value::typed(Encoding::Utf8))),
            ("static System.Text.Encoding Unicode", |_| Ok(Value::typed(Encoding::Utf16))),
            ("static System.Text.Encoding BigEndianUnicode", |_| Ok(Value::typed(Encoding::Utf16Big))),
            ("static System.Text.Encoding UTF32", |_| Ok(Value::typed(Encoding::Utf32))),
            ("static System.Text.Encoding ASCII", |_| Ok(Value::typed(Encoding::Ascii))),
            ("static System.Text.Encoding Latin1", |_| Ok(Value::typed(Encoding::Latin1))),
            ("static System.Text.Encoding Default", |_| Ok(Value::typed(Encoding::Utf8NoMark))),
            ("static System.Text.Encoding GetEncoding(string name)", |call| {
                let name = call.text(0);
                Encoding::named(&name).map(Value::typed).ok_or_else(|| Exception::argument(format!("'{name}' is not a supported encoding name. For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method."), "name"))
            }),
            ("static System.Text.Encoding GetEncoding(int codepage)", |call| {
                let page = call.int(0);
                Encoding::named(&page.to_string()).map(Value::typed).ok_or_else(|| {
                    Exception::new(
                        "System.NotSupportedException",
                        format!("No data is available for encoding {page}."),
                    )
                })
            }),
            ("string EncodingName", |call| {
                string(match encoding(call)? {
                    Encoding::Utf8 | Encoding::Utf8NoMark | Encoding::Utf8Strict => "Unicode (UTF-8)",
                    Encoding::Utf16 => "Unicode",
                    Encoding::Utf16Big => "Unicode (Big-Endian)",
                    Encoding::Utf32 => "Unicode (UTF-32)",
                    Encoding::Ascii => "US-ASCII",
                    Encoding::Latin1 => "Western European (ISO)",
                    Encoding::Windows1252 => "Western European (Windows)",
                    Encoding::Utf7 => "Unicode (UTF-7)",
                })
            }),
            ("string WebName", |call| string(encoding(call)?.web_name())),
            ("string BodyName", |call| string(encoding(call)?.web_name())),
            ("string HeaderName", |call| string(encoding(call)?.web_name())),
            ("int CodePage", |call| int(i64::from(encoding(call)?.code_page()))),
            ("bool IsSingleByte", |call| {
                let one = [Encoding::Ascii, Encoding::Latin1, Encoding::Windows1252];
                Ok(Value::Bool(one.contains(&encoding(call)?)))
            }),
            ("bool IsReadOnly", |_| Ok(Value::Bool(true))),
            ("byte[] GetBytes(char[] chars)", |call| {
                if call.plain(0).is_null() {
                    return Err(Exception::argument_null("chars"));
                }
                let all: String =
                    call.items(0).iter().map(|c| text::to_text(c, call.engine.locale())).collect();
                Ok(byte_array(encoding(call)?.bytes(&all)))
            }),
            ("byte[] GetBytes(string s)", |call| Ok(byte_array(encoding(call)?.bytes(&call.text(0))))),
            ("string GetString(byte[] bytes)", |call| {
                if call.plain(0).is_null() {
                    return Err(Exception::argument_null("bytes"));
                }
                let (encoding, all) = (encoding(call)?, call.bytes(0));
                if let (Encoding::Utf8Strict, Err(error)) = (encoding, std::str::from_utf8(&all)) {
                    let at = error.valid_up_to();
                    let length = error.error_len().unwrap_or(all.len() - at);
                    let shown: String = all[at..at + length].iter().map(|b| format!("[{b:02X}]")).collect();
                    let message = format!(
                        "Unable to translate bytes {shown} at index {at} from specified code page to Unicode."
                    );
                    return Err(Exception::new("System.Text.DecoderFallbackException", message));
                }
                string(encoding.text_of(&all))
            }),
            ("int GetCharCount(byte[] bytes)", |call| {
                int(units(&encoding(call)?.text_of(&call.bytes(0))).len() as i64)
            }),
            ("int GetMaxByteCount(int charCount)", |call| {
                int(match encoding(call)? {
                    Encoding::Ascii | Encoding::Latin1 | Encoding::Windows1252 => call.int(0) + 1,
                    Encoding::Utf16 | Encoding::Utf16Big => (call.int(0) + 1) * 2,
                    Encoding::Utf32 => (call.int(0) + 1) * 4,
                    _ => (call.int(0) + 1) * 3,
                })
            }),
            ("System.Object Clone()", |call| Ok(call.this().clone())),
            (
                "static byte[] Convert(System.Text.Encoding srcEncoding, System.Text.Encoding dstEncoding, byte[] bytes)",
                |call| {
                    let of = |at: usize| call.plain(at).downcast::<Encoding>().copied();
                    let from = of(0).ok_or_else(|| Exception::argument_null("srcEncoding"))?;
                    let to = of(1).ok_or_else(|| Exception::argument_null("dstEncoding"))?;
                    Ok(byte_array(to.bytes(&from.text_of(&call.bytes(2)))))
                },
            ),
            ("static System.Text.Encoding UTF7", |_| Ok(Value::typed(Encoding::Utf7))),
            ("string GetString(byte[] bytes, int index, int count)", |call| {
                let (bytes, from, count) =
                    (call.bytes(0), call.int(1).max(0) as usize, call.int(2).max(0) as usize);
                let part = bytes.get(from..from + count).ok_or_else(|| {
                    Exception::out_of_range(
                        "Index and count must refer to a location within the buffer.",
                        "bytes",
                    )
                })?;
                string(encoding(call)?.text_of(part))
            }),
            ("char[] GetChars(byte[] bytes)", |call| {
                Ok(Array::of(
                    "System.Char",
                    units(&encoding(call)?.text_of(&call.bytes(0))).into_iter().map(Value::Char).collect(),
                )
                .into())
            }),
            ("int GetByteCount(string s)", |call| int(encoding(call)?.bytes(&call.text(0)).len() as i64)),
            ("byte[] GetPreamble()", |call| Ok(byte_array(encoding(call)?.mark().to_vec()))),
        ],
    ),
    (
        "System.Text.UTF8Encoding",
        &[
            ("static System.Text.Encoding new()", |_| Ok(Value::typed(Encoding::Utf8NoMark))),
            ("static System.Text.Encoding new(bool encoderShouldEmitUTF8Identifier)", |call| {
                Ok(Value::typed(if call.bool(0) { Encoding::Utf8 } else { Encoding::Utf8NoMark }))
            }),
            (
                "static System.Text.Encoding new(bool encoderShouldEmitUTF8Identifier, bool throwOnInvalidBytes)",
                |call| {
                    Ok(Value::typed(match (call.bool(0), call.bool(1)) {
                        (_, true) => Encoding::Utf8Strict,
                        (true, false) => Encoding::Utf8,
                        (false, false) => Encoding::Utf8NoMark,
                    }))
                },
            ),
        ],
    ),
    (
        "System.Globalization.TextInfo",
        &[
            ("string ToTitleCase(string str)", |call| string(title(&call.text(0)))),
            ("string ToUpper(string str)", |call| string(upper(&call.text(0)))),
            ("string ToLower(string str)", |call| string(lower(&call.text(0)))),
        ],
    ),
    (
        "System.Text.UnicodeEncoding",
        &[
            ("static System.Text.Encoding new()", |_| Ok(Value::typed(Encoding::Utf16))),
            ("static System.Text.Encoding new(bool bigEndian, bool byteOrderMark)", |call| {
                Ok(Value::typed(if call.bool(0) { Encoding::Utf16Big } else { Encoding::Utf16 }))
            }),
        ],
    ),
    (
        "System.Text.ASCIIEncoding",
        &[("static System.Text.Encoding new()", |_| Ok(Value::typed(Encoding::Ascii)))],
    ),
    (
        "System.Text.UTF32Encoding",
        &[("static System.Text.Encoding new()", |_| Ok(Value::typed(Encoding::Utf32)))],
    ),
    (
        "System.Globalization.CharUnicodeInfo",
        &[
            ("static System.Globalization.UnicodeCategory GetUnicodeCategory(char ch)", |call| {
                category(the_char(call))
            }),
            ("static System.Globalization.UnicodeCategory GetUnicodeCategory(string s, int index)", |call| {
                category(the_char(call))
            }),
            ("static double GetNumericValue(char ch)", |call| {
                Ok(Value::Double(the_char(call).to_digit(10).map_or(-1.0, f64::from)))
            }),
        ],
    ),
];
