//! Members of text, characters and text builders.

use super::{Call, Row};
use crate::compare;
use crate::exception::{Exception, Result};
use crate::format;
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
        return Err(Exception::out_of_range("startIndex cannot be less than zero.", "startIndex"));
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
            return Err(Exception::out_of_range("Length cannot be less than zero.", "length"));
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
    let mut last = finish(&text[start..]);
    if options & 1 != 0 && parts.len() + 1 == count && !separators.is_empty() {
        // The last part of a counted split loses separators at its start only when it is empty.
        last = last.trim_start_matches(|_: char| false).to_owned();
    }
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
    usize::try_from(count).map_err(|_| Exception::out_of_range("Count cannot be less than zero.", "count"))
}

/// `Split('ab')`: a set of characters in 5.1, one separator in 7.
fn split_text(call: &Call<'_>, count: i64, options: i64) -> Result<Value> {
    if call.engine.locale().profile.split_at_each_char {
        return split_chars(call, 0, count, options);
    }
    split(call.this_text(), &[call.text(0)], counted(count)?, options)
}

fn pad(call: &Call<'_>, left: bool) -> Result<Value> {
    let width = call.int(0);
    if width < 0 {
        return Err(Exception::out_of_range("Non-negative number required.", "totalWidth"));
    }
    let fill = if call.count() > 1 { call.text(1) } else { " ".to_owned() };
    let blanks = fill.repeat((width as usize).saturating_sub(units(call.this_text()).len()));
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

fn index_any(call: &Call<'_>, last: bool) -> Result<Value> {
    let set: Vec<u16> = chars_of_one(call, 0).iter().flat_map(|c| units(&c.to_string())).collect();
    let all = units(call.this_text());
    let found = if last {
        all.iter().rposition(|u| set.contains(u))
    } else {
        all.iter().position(|u| set.contains(u))
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
    if old.is_empty() {
        return Err(Exception::argument("String cannot be of zero length.", "oldValue"));
    }
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
    let at = bounded(call, call.int(0), "startIndex")?;
    let mut all = units(call.this_text());
    all.splice(at..at, units(&call.text(1)));
    string(of_units(&all))
}

fn remove(call: &Call<'_>) -> Result<Value> {
    let all = units(call.this_text());
    let start = call.int(0);
    if start < 0 {
        return Err(Exception::out_of_range("StartIndex cannot be less than zero.", "startIndex"));
    }
    let count = if call.count() > 1 { call.int(1) } else { all.len() as i64 - start };
    let outside =
        || Exception::out_of_range("Index and count must refer to a location within the string.", "count");
    if call.count() == 1 && start as usize > all.len() {
        return Err(Exception::out_of_range("startIndex must be less than length of string.", "startIndex"));
    }
    let end = usize::try_from(start + count)
        .ok()
        .filter(|end| *end <= all.len() && count >= 0)
        .ok_or_else(outside)?;
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

fn join(call: &Call<'_>, items: Vec<Value>) -> Result<Value> {
    let texts: Vec<String> = items.iter().map(|item| text::of(item, call.engine.locale())).collect();
    string(texts.join(&call.text(0)))
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

macro_rules! char_tests {
    ($($signature:literal $two:literal $test:expr;)*) => {
        &[$(
            ($signature, |call| Ok(Value::Bool(($test)(the_char(call))))),
            ($two, |call| Ok(Value::Bool(($test)(the_char(call))))),
        )*]
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

fn new_builder(text: String) -> Result<Value> {
    Ok(Value::typed(StringBuilder(parking_lot::RwLock::new(text))))
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
            ("string ToUpper()", |call| string(upper(call.this_text()))),
            ("string ToUpper(cultureinfo culture)", |call| string(upper(call.this_text()))),
            ("string ToLower()", |call| string(lower(call.this_text()))),
            ("string ToLower(cultureinfo culture)", |call| string(lower(call.this_text()))),
            ("string ToUpperInvariant()", |call| string(upper(call.this_text()))),
            ("string ToLowerInvariant()", |call| string(lower(call.this_text()))),
            ("string Trim()", |call| trim(call, true, true)),
            ("string Trim(Params char[] trimChars)", |call| trim(call, true, true)),
            ("string TrimStart(Params char[] trimChars)", |call| trim(call, true, false)),
            ("string TrimEnd(Params char[] trimChars)", |call| trim(call, false, true)),
            ("string[] Split(string separator, System.StringSplitOptions options)", |call| {
                split_text(call, i64::from(i32::MAX), call.int(1))
            }),
            ("string[] Split(string separator, int count)", |call| split_text(call, call.int(1), 0)),
            ("string[] Split(string separator, int count, System.StringSplitOptions options)", |call| {
                split_text(call, call.int(1), call.int(2))
            }),
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
            ("string[] Split(char[] separator, int count)", |call| split_chars(call, 0, call.int(1), 0)),
            ("string[] Split(char[] separator, System.StringSplitOptions options)", |call| {
                split_chars(call, 0, i64::from(i32::MAX), call.int(1))
            }),
            ("string[] Split(char[] separator, int count, System.StringSplitOptions options)", |call| {
                split_chars(call, 0, call.int(1), call.int(2))
            }),
            ("string[] Split()", |call| split(call.this_text(), &[], usize::MAX, 0)),
            ("string[] Split(string separator)", |call| split_text(call, i64::from(i32::MAX), 0)),
            ("string[] Split(Params char[] separator)", |call| {
                let separators: Vec<String> = chars_of(call, 0).into_iter().map(String::from).collect();
                split(call.this_text(), &separators, usize::MAX, 0)
            }),
            ("string Replace(char oldChar, char newChar)", |call| replace(call, BY_UNIT)),
            ("string Replace(string oldValue, string newValue)", |call| replace(call, BY_UNIT)),
            (
                "string Replace(string oldValue, string newValue, System.StringComparison comparisonType)",
                |call| replace(call, how(call.int(2))),
            ),
            ("bool Contains(string value)", |call| Ok(Value::Bool(call.this_text().contains(&call.text(0))))),
            ("bool Contains(char value)", |call| Ok(Value::Bool(call.this_text().contains(&call.text(0))))),
            ("bool Contains(string value, System.StringComparison comparisonType)", |call| {
                Ok(Value::Bool(position(call.this_text(), &call.text(0), 0, how(call.int(1))) >= 0))
            }),
            ("bool StartsWith(string value)", |call| {
                Ok(Value::Bool(starts(call.this_text(), &call.text(0), BY_CULTURE)))
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
            ("int IndexOf(string value)", |call| {
                int(position(call.this_text(), &call.text(0), 0, BY_CULTURE))
            }),
            ("int IndexOf(char value)", |call| int(position(call.this_text(), &call.text(0), 0, BY_UNIT))),
            ("int IndexOf(string value, int startIndex)", |call| {
                int(position(
                    call.this_text(),
                    &call.text(0),
                    bounded(call, call.int(1), "startIndex")?,
                    BY_CULTURE,
                ))
            }),
            ("int IndexOf(char value, int startIndex)", |call| {
                int(position(
                    call.this_text(),
                    &call.text(0),
                    bounded(call, call.int(1), "startIndex")?,
                    BY_UNIT,
                ))
            }),
            ("int IndexOf(string value, System.StringComparison comparisonType)", |call| {
                int(position(call.this_text(), &call.text(0), 0, how(call.int(1))))
            }),
            ("int LastIndexOf(string value)", |call| {
                int(last_position(call.this_text(), &call.text(0), BY_CULTURE))
            }),
            ("int LastIndexOf(char value)", |call| {
                int(last_position(call.this_text(), &call.text(0), BY_UNIT))
            }),
            ("int LastIndexOf(string value, System.StringComparison comparisonType)", |call| {
                int(last_position(call.this_text(), &call.text(0), how(call.int(1))))
            }),
            ("int IndexOfAny(char[] anyOf)", |call| index_any(call, false)),
            ("int LastIndexOfAny(char[] anyOf)", |call| index_any(call, true)),
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
            ("int CompareTo(string strB)", |call| int(order(call.this_text(), &call.text(0), BY_CULTURE))),
            ("string ToString()", |call| string(call.this_text())),
            ("string ToString(System.IFormatProvider provider)", |call| string(call.this_text())),
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
            ("static string Join(string separator, Params string[] value)", |call| {
                let items = call.rest(1);
                join(call, items)
            }),
            ("static string Join(string separator, Params System.Object[] values)", |call| {
                if call.plain(1).is_null() && call.count() == 2 {
                    return Err(Exception::argument_null("values"));
                }
                let items = call.rest(1);
                join(call, items)
            }),
            ("static string Concat(Params System.Object[] args)", |call| {
                let texts: Vec<String> =
                    call.rest(0).iter().map(|item| text::of(item, call.engine.locale())).collect();
                string(texts.concat())
            }),
            ("static string Format(string format, Params System.Object[] args)", |call| {
                format::composite(&call.text(0), &call.rest(1), call.engine.locale()).map(Value::from)
            }),
            (
                "static string Format(System.IFormatProvider provider, string format, Params System.Object[] args)",
                |call| {
                    let locale = call.culture(0);
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
            ("static string Copy(string str)", |call| string(call.text(0))),
            ("static string new(char[] value)", |call| {
                string(
                    call.items(0).iter().map(|c| text::to_text(c, call.engine.locale())).collect::<String>(),
                )
            }),
            ("static string new(char c, int count)", |call| {
                string(call.text(0).repeat(counted(call.int(1))?))
            }),
            ("static string new(char[] value, int startIndex, int length)", |call| {
                let all: String =
                    call.items(0).iter().map(|c| text::to_text(c, call.engine.locale())).collect();
                substring(&all, call.int(1), Some(call.int(2)))
            }),
        ],
    ),
    ("System.Char", CHAR_TESTS),
    (
        "System.Char",
        &[
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
            ("int Length", |call| int(units(&call.this_as::<StringBuilder>()?.0.read()).len() as i64)),
            ("set int Length", |call| {
                let length = call.int(0).max(0) as usize;
                builder(call, |text| {
                    let mut all = units(text);
                    all.resize(length, 0);
                    *text = of_units(&all);
                })
            }),
            ("int Capacity", |call| int(call.this_as::<StringBuilder>()?.0.read().len().max(16) as i64)),
            ("System.Text.StringBuilder Append(string value)", |call| {
                let added = call.text(0);
                builder(call, |text| text.push_str(&added))
            }),
            ("System.Text.StringBuilder Append(char value, int repeatCount)", |call| {
                let added = call.text(0).repeat(counted(call.int(1))?);
                builder(call, |text| text.push_str(&added))
            }),
            ("System.Text.StringBuilder Append(System.Object value)", |call| {
                let added = text::of(call.plain(0), call.engine.locale());
                builder(call, |text| text.push_str(&added))
            }),
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
                        "Index was out of range. Must be non-negative and less than the size of the collection.",
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
            ("static System.Text.StringBuilder new(int capacity)", |_| new_builder(String::new())),
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
                    Encoding::Utf8 | Encoding::Utf8NoMark => "Unicode (UTF-8)",
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
            ("byte[] GetBytes(string s)", |call| Ok(byte_array(encoding(call)?.bytes(&call.text(0))))),
            ("byte[] GetBytes(char[] chars)", |call| {
                let all: String =
                    call.items(0).iter().map(|c| text::to_text(c, call.engine.locale())).collect();
                Ok(byte_array(encoding(call)?.bytes(&all)))
            }),
            ("string GetString(byte[] bytes)", |call| string(encoding(call)?.text_of(&call.bytes(0)))),
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
];
