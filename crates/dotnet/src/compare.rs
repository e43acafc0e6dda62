//! Whether values are true, equal, or in which order: PowerShell's rules, by the left operand's type.

use crate::convert;
use crate::engine::Locale;
use crate::exception::{Category, Exception, Result};
use crate::types::Type;
use crate::values::{self, base};
use object::Value;
use object::value::Typed;
use std::cmp::Ordering;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Whether a value counts as true.
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::String(text) => !text.is_empty(),
        Value::Char(unit) => *unit != 0,
        Value::Array(array) => {
            let items = array.read();
            list_truth(&items)
        }
        Value::Object(object) => object.base().is_none_or(truth),
        Value::Typed(typed) => match typed.items() {
            Some(items) => list_truth(&items),
            None => match base(value) {
                Value::Bool(on) => *on,
                _ => values::double(value).is_none_or(|n| n != 0.0),
            },
        },
        Value::DateTime(_) | Value::TimeSpan(_) | Value::Guid(_) | Value::Dictionary(_) => true,
        number => values::double(number).is_none_or(|n| n != 0.0),
    }
}

/// An empty list is false, one element counts for itself, more are true.
fn list_truth(items: &[Value]) -> bool {
    match items {
        [] => false,
        [Value::Array(array)] => !array.is_empty(),
        [one] => truth(one),
        _ => true,
    }
}

/// A text as it is compared by language: base letters, then accents, then case.
struct Collation {
    letters: Vec<(u8, u32)>,
    accents: Vec<u32>,
    cases: Vec<bool>,
}

/// The order of kinds of characters: blanks, punctuation, symbols, digits, letters.
fn group(c: char) -> (u8, u32) {
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
    if a.is_ascii() && b.is_ascii() && a.bytes().chain(b.bytes()).all(|c| c.is_ascii_alphanumeric()) {
        return collate_plain(a, b, ignore_case);
    }
    let (a, b) = (Collation::of(a), Collation::of(b));
    let first = a.letters.cmp(&b.letters).then_with(|| a.accents.cmp(&b.accents));
    if ignore_case { first } else { first.then_with(|| a.cases.cmp(&b.cases)) }
}

/// Text in the order of one culture's language, where that has letters of its own behind the others.
pub fn collate_in(culture: &crate::culture::Culture, a: &str, b: &str, ignore_case: bool) -> Ordering {
    let behind: &[char] = match culture.name.split('-').next() {
        Some("sv") => &['å', 'ä', 'ö'],
        Some("da") => &['æ', 'ø', 'å'],
        _ => return collate(a, b, ignore_case),
    };
    // A letter of its own becomes one that stands behind z for everybody; upper case stays upper case.
    const AFTER_Z: [(char, char); 3] = [('ა', 'Ა'), ('ბ', 'Ბ'), ('გ', 'Გ')];
    let mapped = |text: &str| -> String {
        let text: String = text.nfc().collect();
        let place = |c: char| behind.iter().position(|own| c.to_lowercase().eq([*own]));
        let own = |c: char| place(c).map(|at| if c.is_uppercase() { AFTER_Z[at].1 } else { AFTER_Z[at].0 });
        text.chars().map(|c| own(c).unwrap_or(c)).collect()
    };
    collate(&mapped(a), &mapped(b), ignore_case)
}

/// The same for letters and digits of ASCII, without taking them apart.
fn collate_plain(a: &str, b: &str, ignore_case: bool) -> Ordering {
    let order = a.bytes().map(|c| c.to_ascii_lowercase()).cmp(b.bytes().map(|c| c.to_ascii_lowercase()));
    if ignore_case {
        return order;
    }
    order.then_with(|| {
        a.bytes().map(|c| c.is_ascii_uppercase()).cmp(b.bytes().map(|c| c.is_ascii_uppercase()))
    })
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

/// A text by ordinal, ignoring case: how names, keys and paths compare.
pub fn same_ordinal(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!a.is_ascii() && a.to_lowercase() == b.to_lowercase())
}

/// `-eq` and `-ceq` of two single values.
pub fn equal(left: &Value, right: &Value, ignore_case: bool, locale: &Locale) -> bool {
    let (left, right) = (base(left), base(right));
    match (left, right) {
        (Value::Null, other) | (other, Value::Null) => other.is_null(),
        (Value::String(a), Value::String(b)) => same_text(a, b, ignore_case),
        (Value::Int32(a), Value::Int32(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Char(a), Value::Char(b)) => {
            let text = |unit: u16| String::from_utf16_lossy(&[unit]);
            a == b || (ignore_case && same_text(&text(*a), &text(*b), true))
        }
        (Value::Char(unit), Value::String(b)) => {
            same_text(&String::from_utf16_lossy(&[*unit]), b, ignore_case)
        }
        (Value::String(a), other) => {
            let text = convert::to(other, &Type::string(), locale);
            text.is_ok_and(|text| text.as_str().is_some_and(|b| same_text(a, b, ignore_case)))
        }
        (a, b) if is_number(a) && is_number(b) => numbers(a, b) == Some(Ordering::Equal),
        // A text is the number that it reads as, with its fraction.
        (a, Value::String(_)) if is_plain_number(a) => convert::number_of_text(right, a, locale)
            .is_ok_and(|read| numbers(a, &read) == Some(Ordering::Equal)),
        (Value::DateTime(a), Value::DateTime(b)) => a.ticks == b.ticks,
        (Value::TimeSpan(a), Value::TimeSpan(b)) => a == b,
        (Value::Guid(a), Value::Guid(b)) => a == b,
        (Value::Enum(a), Value::Enum(b)) if std::ptr::eq(a.of, b.of) => a.number == b.number,
        (Value::Array(a), Value::Array(b)) => Arc::ptr_eq(a, b),
        (Value::Dictionary(a), Value::Dictionary(b)) => Arc::ptr_eq(a, b),
        (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b) || same_identity(a, b),
        (Value::Typed(a), Value::Typed(b)) if a.type_name() == b.type_name() => same_typed(&**a, &**b, a, b),
        (Value::Dictionary(_) | Value::Object(_) | Value::Array(_), _) => false,
        // A field of an Exchange object is equal to its text, on this side as on the other.
        (a, Value::String(b)) if values::field_text(a).is_some_and(|a| same_text(&a, b, ignore_case)) => true,
        (a, b) => converted_equal(a, b, locale),
    }
}

fn same_typed(a: &dyn Typed, b: &dyn Typed, left: &Arc<dyn Typed>, right: &Arc<dyn Typed>) -> bool {
    if Arc::ptr_eq(left, right) {
        return true;
    }
    a.items().is_none() && a.compare(b) == Some(Ordering::Equal)
}

/// Two cmdlet answers about the same thing.
fn same_identity(a: &object::Object, b: &object::Object) -> bool {
    let guid =
        |object: &object::Object| object.noun().and(object.get("Guid").or_else(|| object.get("Identity")));
    matches!((guid(a), guid(b)), (Some(a), Some(b)) if a.to_string() == b.to_string())
}

fn converted_equal(left: &Value, right: &Value, locale: &Locale) -> bool {
    let Some(of) = Type::of(left) else { return false };
    match convert::to(right, &of, locale) {
        Ok(Value::Null) => false,
        Ok(converted) if same_kind(left, &converted) => match (left, &converted) {
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Char(a), Value::Char(b)) => a == b,
            _ => order_same(left, &converted) == Some(Ordering::Equal),
        },
        _ => false,
    }
}

fn same_kind(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

fn is_number(value: &Value) -> bool {
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
fn is_plain_number(value: &Value) -> bool {
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
fn order_same(a: &Value, b: &Value) -> Option<Ordering> {
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

/// `-lt`, `-gt` and their like: the order of two single values, by the left one's type.
pub fn compare(left: &Value, right: &Value, ignore_case: bool, locale: &Locale) -> Result<Ordering> {
    let (left, right) = (base(left), base(right));
    match (left, right) {
        (Value::String(a), Value::String(b)) => return Ok(collate(a, b, ignore_case)),
        (Value::Null, Value::Null) => return Ok(Ordering::Equal),
        (Value::Null, other) => return Ok(sign_of(other).reverse()),
        (other, Value::Null) => return Ok(sign_of(other)),
        (Value::String(a), other) => {
            let text = crate::text::to_text(other, locale);
            return Ok(collate(a, &text, ignore_case));
        }
        (a, b) if is_number(a) && is_number(b) => return Ok(numbers(a, b).unwrap_or(Ordering::Less)),
        (a, Value::String(_)) if is_plain_number(a) => {
            let read = convert::number_of_text(right, a, locale)?;
            return Ok(numbers(a, &read).unwrap_or(Ordering::Less));
        }
        (Value::Enum(_), Value::Decimal(_)) => {
            let of = Type::of(left).unwrap_or_else(Type::object);
            let message =
                format!("No coercion operator is defined between types '{of}' and 'System.Decimal'.");
            return Err(Exception::new("System.InvalidOperationException", message));
        }
        (Value::Enum(of), other) if other.as_str().is_some() || is_number(other) => {
            let read = convert::number_of_text(other, left, locale)?;
            let read = if let Value::Enum(named) = &read { Value::Int64(named.number) } else { read };
            return Ok(numbers(&Value::Int64(of.number), &read).unwrap_or(Ordering::Less));
        }
        _ => {}
    }
    let fail = |error: Exception| {
        let shown = |value: &Value| crate::text::to_text(value, locale);
        let message = format!(
            "Could not compare \"{}\" to \"{}\". Error: \"{}\"",
            shown(left),
            shown(right),
            error.text()
        );
        Exception::runtime("ComparisonFailure", message).inner(error)
    };
    let of = Type::of(left).unwrap_or_else(Type::object);
    if matches!(left, Value::Enum(_)) || has_order(left) {
        // A text that is no number is told of as such.
        let no_number = is_number(left) && matches!(right, Value::String(_));
        let right_value =
            convert::to(right, &of, locale).map_err(|error| if no_number { error } else { fail(error) })?;
        return order_same(left, &right_value)
            .ok_or_else(|| fail(Exception::argument("Object must be of type.", "obj")));
    }
    if same_reference(left, right) {
        return Ok(Ordering::Equal);
    }
    if matches!(left, Value::Object(_)) {
        let shown = |value: &Value| crate::text::to_text(value, locale);
        let message = format!(
            "Cannot compare \"{}\" to \"{}\" because the objects are not the same type or the object \"{}\" does not implement \"IComparable\".",
            shown(left),
            shown(right),
            shown(left)
        );
        return Err(Exception::new("System.Management.Automation.ExtendedTypeSystemException", message)
            .id("PSObjectCompareTo")
            .category(Category::NotSpecified));
    }
    let message =
        format!("Cannot compare \"{}\" because it is not IComparable.", crate::text::to_text(left, locale));
    Err(Exception::new("System.Management.Automation.RuntimeException", message)
        .id("NotIcomparable")
        .category(Category::InvalidOperation))
}

fn same_reference(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => Arc::ptr_eq(a, b),
        (Value::Dictionary(a), Value::Dictionary(b)) => Arc::ptr_eq(a, b),
        (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b),
        (Value::Typed(a), Value::Typed(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// Against `$null` everything is greater but negative numbers.
fn sign_of(value: &Value) -> Ordering {
    match values::double(value) {
        Some(n) if n < 0.0 => Ordering::Less,
        _ => Ordering::Greater,
    }
}

/// Whether values of this type have an order.
fn has_order(value: &Value) -> bool {
    match value {
        Value::Array(_) | Value::Dictionary(_) | Value::Object(_) | Value::Null => false,
        Value::Typed(typed) => {
            let name = typed.type_name();
            let ordered = [
                "System.Version",
                "System.Numerics.BigInteger",
                "System.DateTimeOffset",
                "System.Management.Automation.SemanticVersion",
            ];
            ordered.contains(&&*name) || name.starts_with("Microsoft.Exchange.Data.")
        }
        _ => true,
    }
}

/// An order over all values, for sorting and sorted sets: by type's rules where they have some, else by text.
pub fn total(a: &Value, b: &Value) -> Ordering {
    ordered(a, b, true, &Locale::default())
}

/// The order that `Sort-Object` gives values of mixed types.
pub fn ordered(a: &Value, b: &Value, ignore_case: bool, locale: &Locale) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        _ => {}
    }
    compare(a, b, ignore_case, locale).unwrap_or_else(|_| {
        collate(&crate::text::to_text(a, locale), &crate::text::to_text(b, locale), ignore_case)
    })
}
