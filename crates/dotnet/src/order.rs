//! The order of texts by language, of numbers, and of values of one type: what needs no conversion.

use crate::culture::Culture;
use crate::locale::Locale;
use crate::values::{self, base};
use object::Value;
use object::value::Text;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text as it is compared by language: base letters, then accents, then case.
struct Collation {
    letters: Vec<(u8, u32)>,
    accents: Vec<u32>,
    cases: Vec<bool>,
}

/// Stands behind a letter in the place of one that a language has of its own behind it; no text means anything by it.
const BEHIND: char = '\u{f8ff}';

/// The order of kinds of characters: blanks, punctuation, symbols, digits, letters, and what stands behind a letter.
fn group(c: char) -> (u8, u32) {
    if c == BEHIND {
        return (6, 0);
    }
    if c.is_whitespace() {
        return (1, c as u32);
    }
    if let Some(digit) = c.to_digit(10) {
        return (4, digit);
    }
    if c.is_alphanumeric() {
        return (5, c as u32);
    }
    // Punctuation in the order of the Unicode collation table, then symbols.
    const PUNCTUATION: &str = "_-–—,;:!¡?¿./…'‘’\"“”«»()[]{}§¶@*\\&#%‰†‡•";
    const SYMBOLS: &str = "`´¨^¯°©®+±÷×<=>|¦~¤¢$£¥€";
    if let Some(at) = PUNCTUATION.chars().position(|known| known == c) {
        return (2, at as u32);
    }
    match SYMBOLS.chars().position(|known| known == c) {
        Some(at) => (3, at as u32),
        None => (3, 1000 + c as u32),
    }
}

/// Characters that weigh nothing: controls, marks of direction, soft hyphens.
fn weightless(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

impl Collation {
    fn of(text: &str) -> Collation {
        let mut made = Collation { letters: Vec::new(), accents: Vec::new(), cases: Vec::new() };
        for c in text.nfd() {
            if weightless(c) {
                continue;
            }
            if is_combining_mark(c) {
                if let Some(last) = made.accents.last_mut() {
                    *last = last.wrapping_mul(64).wrapping_add(accent(c));
                }
                continue;
            }
            for plain in expanded(c) {
                let lower = plain.to_lowercase().next().unwrap_or(plain);
                made.letters.push(group(lower));
                made.accents.push(if plain == c { 0 } else { 1 });
                made.cases.push(plain.is_uppercase());
            }
        }
        made
    }
}

/// The weight of an accent: the order of the Unicode collation table.
fn accent(c: char) -> u32 {
    const ORDER: [char; 14] = [
        '\u{301}', '\u{300}', '\u{306}', '\u{302}', '\u{30c}', '\u{30a}', '\u{308}', '\u{30b}', '\u{303}',
        '\u{307}', '\u{338}', '\u{327}', '\u{328}', '\u{304}',
    ];
    ORDER.iter().position(|known| *known == c).map_or(20 + c as u32 % 40, |at| at as u32 + 2)
}

/// Letters that sort as two.
fn expanded(c: char) -> Vec<char> {
    match c {
        'ß' => vec!['s', 's'],
        'æ' => vec!['a', 'e'],
        'Æ' => vec!['A', 'E'],
        'œ' => vec!['o', 'e'],
        'Œ' => vec!['O', 'E'],
        'ø' => vec!['o'],
        'Ø' => vec!['O'],
        'ł' => vec!['l'],
        'Ł' => vec!['L'],
        'đ' => vec!['d'],
        'ı' => vec!['i'],
        other => vec![other],
    }
}

/// Text in the order of language: `apple` before `Apple` before `banana`, `é` beside `e`.
pub fn collate(a: &str, b: &str, ignore_case: bool) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        return collate_ascii(a.as_bytes(), b.as_bytes(), ignore_case);
    }
    let (a, b) = (Collation::of(a), Collation::of(b));
    let first = a.letters.cmp(&b.letters).then_with(|| a.accents.cmp(&b.accents));
    if ignore_case { first } else { first.then_with(|| a.cases.cmp(&b.cases)) }
}

/// The letters that a language has of its own, small and large, and the letter behind which each stands; of several behind
/// one letter the first is the nearest. [CLDR collation]
fn own_letters(culture: &Culture) -> &'static [(char, char, char)] {
    match culture.name.split('-').next() {
        Some("sv") => &[('å', 'Å', 'z'), ('ä', 'Ä', 'z'), ('ö', 'Ö', 'z')],
        Some("da") => &[('æ', 'Æ', 'z'), ('ø', 'Ø', 'z'), ('å', 'Å', 'z')],
        Some("tr") => &[
            ('ç', 'Ç', 'c'),
            ('ğ', 'Ğ', 'g'),
            ('ı', 'I', 'h'),
            ('i', 'İ', 'i'),
            ('ö', 'Ö', 'o'),
            ('ş', 'Ş', 's'),
            ('ü', 'Ü', 'u'),
        ],
        _ => &[],
    }
}

/// A text with the letters of a language's own written as what puts them in their places for everybody.
fn placed<'a>(own: &[(char, char, char)], text: &'a str) -> Cow<'a, str> {
    let is_own = |c: char| own.iter().any(|(small, large, _)| c == *small || c == *large);
    if own.is_empty() || text.is_ascii() && !text.contains(is_own) {
        return Cow::Borrowed(text);
    }
    let mut made = String::with_capacity(text.len() + 8);
    for c in text.nfc() {
        match own.iter().position(|(small, large, _)| c == *small || c == *large) {
            None => made.push(c),
            Some(at) => place(&mut made, own, at, c),
        }
    }
    Cow::Owned(made)
}

fn place(made: &mut String, own: &[(char, char, char)], at: usize, c: char) {
    let (small, large, before) = own[at];
    let cased = |letter: char| if c == large { letter.to_ascii_uppercase() } else { letter };
    made.push(cased(before));
    if small == before {
        return;
    }
    made.push(BEHIND);
    let nearer = own[..at].iter().filter(|(_, _, other)| *other == before).count();
    made.extend(char::from_digit(nearer as u32, 10));
}

/// Text in the order of one culture's language, where that has letters of its own among the others.
pub fn collate_in(culture: &Culture, a: &str, b: &str, ignore_case: bool) -> Ordering {
    let own = own_letters(culture);
    collate(&placed(own, a), &placed(own, b), ignore_case)
}

/// The letters by which a culture's language orders a text: texts that are the same to [`collate_in`] have the same ones, so
/// that what is the same is found by them.
pub fn letters_in(culture: &Culture, text: &str) -> Vec<u32> {
    let placed = placed(own_letters(culture), text);
    let weight = |(kind, place): (u8, u32)| (u32::from(kind) << 24) + place;
    if placed.is_ascii() {
        let weights = placed.bytes().map(|c| ASCII_WEIGHTS[usize::from(c)]);
        return weights.filter(|weight| *weight != 0).collect();
    }
    Collation::of(&placed).letters.into_iter().map(weight).collect()
}

/// The weights of the characters of ASCII, whatever their case; 0: it weighs nothing.
static ASCII_WEIGHTS: LazyLock<[u32; 128]> = LazyLock::new(|| {
    let weight = |c: char| {
        let (kind, place) = group(c.to_ascii_lowercase());
        if weightless(c) { 0 } else { (u32::from(kind) << 24) + place }
    };
    std::array::from_fn(|at| char::from_u32(at as u32).map_or(0, weight))
});

/// The same for texts of ASCII, which have no accents, without taking them apart.
fn collate_ascii(a: &[u8], b: &[u8], ignore_case: bool) -> Ordering {
    let alike = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[alike..], &b[alike..]);
    let table = &*ASCII_WEIGHTS;
    let weight = |c: &u8| table[usize::from(*c)];
    let weighs = |c: &&u8| weight(c) != 0;
    let order = a.iter().map(weight).filter(|w| *w != 0).cmp(b.iter().map(weight).filter(|w| *w != 0));
    if ignore_case || order != Ordering::Equal {
        return order;
    }
    a.iter()
        .filter(weighs)
        .map(u8::is_ascii_uppercase)
        .cmp(b.iter().filter(weighs).map(u8::is_ascii_uppercase))
}

/// Whether two texts are the same to `-eq` or `-ceq`.
pub fn same_text(a: &str, b: &str, ignore_case: bool) -> bool {
    if a == b {
        return true;
    }
    if a.is_ascii() && b.is_ascii() && !a.bytes().chain(b.bytes()).any(|c| c < 32 || c == 127) {
        return ignore_case && a.eq_ignore_ascii_case(b);
    }
    let letters = |text: &str| -> String {
        let composed: String = text.chars().filter(|c| !weightless(*c)).nfc().collect();
        if ignore_case { composed.chars().flat_map(fold_case).collect() } else { composed }
    };
    letters(a) == letters(b)
}

/// The simple fold: one character for one, as an invariant comparison has it.
fn fold_case(c: char) -> impl Iterator<Item = char> {
    let upper = c.to_uppercase();
    let single = upper.len() == 1 && c != 'ı' && c != 'İ';
    let folded = if single { upper.last().unwrap_or(c) } else { c };
    folded.to_lowercase()
}

/// Whether two values are of one kind.
pub(crate) fn same_kind(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// Whether a value is a number, however large.
pub(crate) fn is_number(value: &Value) -> bool {
    matches!(
        value,
        Value::SByte(_)
            | Value::Byte(_)
            | Value::Int16(_)
            | Value::UInt16(_)
            | Value::Int32(_)
            | Value::UInt32(_)
            | Value::Int64(_)
            | Value::UInt64(_)
            | Value::Single(_)
            | Value::Double(_)
            | Value::Decimal(_)
    ) || value.downcast::<values::BigInteger>().is_some()
}

/// The types that .NET's own operators compare.
pub(crate) fn is_plain_number(value: &Value) -> bool {
    is_number(value) && value.downcast::<values::BigInteger>().is_none()
}

/// Two numbers of any types; `None` when one is not a number.
pub fn numbers(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
        return Some(a.cmp(&b));
    }
    if let (Value::Decimal(a), Value::Decimal(b)) = (a, b) {
        return Some(a.cmp(b));
    }
    if let (Some(a), Some(b)) = (values::big(a), values::big(b)) {
        return Some(a.cmp(&b));
    }
    match (a, b) {
        (Value::Decimal(a), other) if values::big(other).is_some() => {
            Some(a.cmp(&crate::parse::decimal_text(&values::big(other)?.to_string())?))
        }
        (other, Value::Decimal(b)) if values::big(other).is_some() => {
            Some(crate::parse::decimal_text(&values::big(other)?.to_string())?.cmp(b))
        }
        _ => values::double(a)?.partial_cmp(&values::double(b)?),
    }
}

/// The order of two values of one type; `None` where they have none.
pub(crate) fn order_same(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        (Value::TimeSpan(a), Value::TimeSpan(b)) => Some(a.cmp(b)),
        (Value::Guid(a), Value::Guid(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Char(a), Value::Char(b)) => Some(a.cmp(b)),
        (Value::Enum(a), Value::Enum(b)) => Some(a.number.cmp(&b.number)),
        (Value::Typed(a), Value::Typed(b)) => a.compare(&**b),
        (a, b) => numbers(a, b),
    }
}

/// An order over all values, for sorted sets and dictionaries: numbers, then what has an order of its own type by type,
/// then the others by their text.
pub fn total(a: &Value, b: &Value) -> Ordering {
    let (a, b) = (base(a), base(b));
    // Values of several kinds must not be compared by what they convert to: the order would go in a circle.
    rank(a).cmp(&rank(b)).then_with(|| match (a, b) {
        (Value::Null, _) => Ordering::Equal,
        (Value::String(a), Value::String(b)) => collate(a, b, true),
        _ => order_same(a, b).unwrap_or_else(|| {
            let locale = Locale::default();
            collate(&crate::text::to_text(a, &locale), &crate::text::to_text(b, &locale), true)
        }),
    })
}

/// Which kinds stand before which.
fn rank(value: &Value) -> (u8, Text) {
    match value {
        Value::Null => (0, "".into()),
        number if is_number(number) => (1, "".into()),
        Value::String(_) => (2, "".into()),
        other => (3, other.type_name()),
    }
}

/// Sorts, and keeps what is equal in its order. Values of several types may have an order that goes in a circle (9 < '95',
/// '95' < 100 as text, 100 > 9): the library's sort ends the program when it meets one, this one only gives some order.
pub fn sort_by<T>(items: &mut Vec<T>, order: &mut dyn FnMut(&T, &T) -> Ordering) {
    if items.len() <= INSERTED_MAX {
        return insert_each(items, order);
    }
    let mut right = items.split_off(items.len() / 2);
    sort_by(items, order);
    sort_by(&mut right, order);
    let mut merged = Vec::with_capacity(items.len() + right.len());
    let (mut left, mut right) = (std::mem::take(items).into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        merged.extend(if order(b, a).is_lt() { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    *items = merged;
}

/// Lists up to this length are sorted by insertion, as .NET does: of an order that goes in a circle it gives the same.
const INSERTED_MAX: usize = 16;

fn insert_each<T>(items: &mut [T], order: &mut dyn FnMut(&T, &T) -> Ordering) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && order(&items[at], &items[at - 1]).is_lt() {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short way for ASCII says what the long way says.
    #[test]
    fn texts_of_ascii_stand_in_the_order_of_all_texts() {
        let long = |a: &str, b: &str, ignore_case: bool| {
            let (a, b) = (Collation::of(a), Collation::of(b));
            let first = a.letters.cmp(&b.letters).then_with(|| a.accents.cmp(&b.accents));
            if ignore_case { first } else { first.then_with(|| a.cases.cmp(&b.cases)) }
        };
        let mut texts: Vec<String> = (0..128u8).map(|c| format!("a{}B", char::from(c))).collect();
        texts.extend(
            ["", "co-op", "coop", "Co-op", "a\u{1}b", "ab", "aB", "\u{7f}", "User 10", "user 9"]
                .map(String::from),
        );
        for a in &texts {
            for b in &texts {
                for ignore_case in [true, false] {
                    assert_eq!(
                        collate(a, b, ignore_case),
                        long(a, b, ignore_case),
                        "{a:?} {b:?} {ignore_case}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_language_has_its_letters_in_its_own_places() {
        for (culture, texts) in [
            ("en-US", "a å ä b o ö z"),
            ("sv-SE", "a b o z å ä Ä ö а"),
            ("da-DK", "a b o z æ ø Ø å"),
            ("tr-TR", "c ç d g ğ h hz ı I i İ ia j o ö p s ş t u ü v"),
            ("de-DE", "a ä b o ö s ß t"),
        ] {
            let culture = crate::culture::named(culture).unwrap();
            let texts: Vec<&str> = texts.split(' ').collect();
            let mut sorted: Vec<&str> = texts.iter().rev().copied().collect();
            sorted.sort_by(|a, b| collate_in(culture, a, b, false));
            assert_eq!(sorted, texts, "{}", culture.name);
            for a in &texts {
                for b in &texts {
                    if collate_in(culture, a, b, true).is_eq() {
                        assert_eq!(letters_in(culture, a), letters_in(culture, b), "{a} {b}");
                    }
                }
            }
        }
        let turkish = crate::culture::named("tr-TR").unwrap();
        assert!(collate_in(turkish, "FILE", "file", true).is_lt());
        assert!(collate_in(turkish, "FİLE", "file", true).is_eq());
    }

    #[test]
    fn sorting_is_stable_and_survives_an_order_that_is_none() {
        let mut pairs: Vec<(i32, usize)> = (0..500).map(|at| ((at * 7919 % 13) as i32, at)).collect();
        let mut wanted = pairs.clone();
        wanted.sort_by_key(|(key, _)| *key);
        sort_by(&mut pairs, &mut |a, b| a.0.cmp(&b.0));
        assert_eq!(pairs, wanted);
        // Stone, paper, scissors.
        let mut circle: Vec<usize> = (0..500).map(|at| at * 7919 % 3).collect();
        sort_by(&mut circle, &mut |a, b| if (a + 1) % 3 == *b { Ordering::Less } else { a.cmp(b) });
        assert_eq!(circle.len(), 500);
    }
}
