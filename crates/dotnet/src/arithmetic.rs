//! `+ - * / %`, shifts and bits: which type the result has, what overflows into what, and what texts,
//! arrays, dates and hashtables make of it.

use crate::compare;
use crate::convert;
use crate::engine::Locale;
use crate::exception::{Category, Exception, Result};
use crate::parse;
use crate::text;
use crate::types::Type;
use crate::values::DateTimeOffset;
use crate::values::{self, BigInteger, base};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use object::Value;
use object::types::{DateTime, TimeSpan};
use object::value::{Array, Dictionary};
use rust_decimal::Decimal;

/// More elements or characters than this are refused: a script that asks for them is wrong.
const REPEATED_ELEMENTS_MAX: usize = 100_000_000;

/// A text may grow to so many bytes by `+`: more is only made by a loop without an end, and three copies of it would
/// be more than a small server has.
pub const TEXT_BYTES_MAX: usize = 1 << 28;

/// A list may grow to so many elements by `+`, for the same reason.
const SUM_ELEMENTS_MAX: usize = 1 << 25;

/// What asks for more than there may be.
pub fn out_of_memory() -> Exception {
    Exception::new(
        "System.OutOfMemoryException",
        "Insufficient memory to continue the execution of the program.",
    )
}

/// A list as it came out of `+`, unless it is too long.
fn of_length(items: Vec<Value>) -> Result<Value> {
    if items.len() > SUM_ELEMENTS_MAX {
        return Err(out_of_memory());
    }
    Ok(Value::array(items))
}

/// The operators of this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operators'")]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    BitAnd,
    BitOr,
    BitXor,
}

impl Arithmetic {
    /// The name of .NET's method for it.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Arithmetic::Add => "op_Addition",
            Arithmetic::Subtract => "op_Subtraction",
            Arithmetic::Multiply => "op_Multiply",
            Arithmetic::Divide => "op_Division",
            Arithmetic::Remainder => "op_Modulus",
            Arithmetic::ShiftLeft => "op_LeftShift",
            Arithmetic::ShiftRight => "op_RightShift",
            Arithmetic::BitAnd => "op_BitwiseAnd",
            Arithmetic::BitOr => "op_BitwiseOr",
            Arithmetic::BitXor => "op_ExclusiveOr",
        }
    }
    /// `-band`, `-bor`, `-bxor`.
    fn joins_bits(self) -> bool {
        matches!(self, Arithmetic::BitAnd | Arithmetic::BitOr | Arithmetic::BitXor)
    }
    fn is_bits(self) -> bool {
        matches!(
            self,
            Arithmetic::ShiftLeft
                | Arithmetic::ShiftRight
                | Arithmetic::BitAnd
                | Arithmetic::BitOr
                | Arithmetic::BitXor
        )
    }
}

/// Works out `left operator right`.
pub fn apply(operator: Arithmetic, left: &Value, right: &Value, locale: &Locale) -> Result<Value> {
    let (raw_left, raw_right) = (left, right);
    let (left, right) = (base(left), base(right));
    if let (Value::Int32(a), Value::Int32(b)) = (left, right)
        && let Some(result) = fast(operator, *a, *b)
    {
        return Ok(result);
    }
    match left {
        Value::Array(_) | Value::Dictionary(_) | Value::DateTime(_) | Value::TimeSpan(_) => {
            structured(operator, raw_left, raw_right, locale)
        }
        Value::Typed(typed) if typed.items().is_some() || left.downcast::<DateTimeOffset>().is_some() => {
            structured(operator, raw_left, raw_right, locale)
        }
        Value::String(_) if operator.joins_bits() && matches!(right, Value::Enum(_)) => {
            let Value::Enum(of) = right else { return Err(no_method(operator, left)) };
            let left = convert::to(left, &Type::Enum(of.of), locale)?.as_i64().unwrap_or_default();
            bits(operator, &Value::Int32(left as i32), &Value::Int32(of.number as i32))
        }
        Value::String(text) => on_text(operator, text, raw_left, raw_right, locale),
        Value::Char(unit) => on_char(operator, *unit, raw_left, right, locale),
        Value::Null => on_null(operator, raw_right, locale),
        Value::Enum(of) if operator.joins_bits() => {
            let right = match right {
                Value::String(_) => convert::to(right, &Type::Enum(of.of), locale)?,
                _ => right.clone(),
            };
            let Some(number) = number_of(&right) else { return Err(no_method(operator, left)) };
            let joined = bits(operator, &Value::Int64(of.number), &number)?;
            convert_back(joined, of.of)
        }
        Value::Enum(of) if !operator.is_bits() => {
            let result = apply(operator, &Value::Int32(of.number as i32), right, locale)?;
            match result {
                Value::Int32(_) | Value::Int64(_) => convert_back(result, of.of),
                other => {
                    let name = Type::of(&other).unwrap_or_else(Type::object);
                    let message = format!("Unable to cast object of type '{name}' to type '{}'.", of.of.name);
                    Err(Exception::new("System.InvalidCastException", message))
                }
            }
        }
        _ => match number_of(left) {
            Some(left_number) => on_numbers(operator, &left_number, raw_right, left, locale),
            None => Err(no_method(operator, left)),
        },
    }
}

fn convert_back(value: Value, of: &'static object::types::EnumType) -> Result<Value> {
    let number = value.as_i64().unwrap_or_default();
    Ok(Value::Enum(object::types::EnumValue { of, number }))
}

/// The commonest case: two ints whose result is one.
fn fast(operator: Arithmetic, a: i32, b: i32) -> Option<Value> {
    match operator {
        Arithmetic::Add => a.checked_add(b).map(Value::Int32),
        Arithmetic::Subtract => a.checked_sub(b).map(Value::Int32),
        Arithmetic::Multiply => a.checked_mul(b).map(Value::Int32),
        _ => None,
    }
}

fn no_method(operator: Arithmetic, value: &Value) -> Exception {
    let of = Type::of(value).unwrap_or_else(Type::object);
    let message = format!(
        "Method invocation failed because [{of}] does not contain a method named '{}'.",
        operator.method()
    );
    Exception::runtime("MethodNotFound", message).target(operator.method())
}

/// A value that counts as a number: bools and enumerations do, text and `$null` are others' matter.
fn number_of(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(b) => Some(Value::Int32(i32::from(*b))),
        Value::Enum(of) => Some(Value::Int32(of.number as i32)),
        Value::Char(unit) => Some(Value::Int32(i32::from(*unit))),
        Value::Null => Some(Value::Int32(0)),
        number if values::double(number).is_some() => Some(number.clone()),
        _ => None,
    }
}

fn on_null(operator: Arithmetic, right: &Value, locale: &Locale) -> Result<Value> {
    let inner = base(right);
    match (operator, inner) {
        (Arithmetic::Add, _) => Ok(right.clone()),
        (Arithmetic::Multiply, _) => Ok(Value::Null),
        (Arithmetic::Subtract | Arithmetic::Divide | Arithmetic::Remainder, _) | (_, _) => {
            if inner.is_null() && !operator.is_bits() {
                return match operator {
                    Arithmetic::Divide | Arithmetic::Remainder => Err(divided_by_zero()),
                    _ => Ok(Value::Null),
                };
            }
            on_numbers(operator, &Value::Int32(0), right, &Value::Null, locale)
        }
    }
}

fn on_text(operator: Arithmetic, given: &str, left: &Value, right: &Value, locale: &Locale) -> Result<Value> {
    match operator {
        Arithmetic::Add => {
            let more = text::to_text(right, locale);
            if given.len() + more.len() > TEXT_BYTES_MAX {
                return Err(out_of_memory());
            }
            Ok(format!("{given}{more}").into())
        }
        Arithmetic::Multiply => {
            let times = convert::to(base(right), &Type::int32(), locale)?.as_i64().unwrap_or(0);
            repeat_text(given, times).map(Value::from)
        }
        _ => {
            if matches!(
                base(right),
                Value::Array(_) | Value::Dictionary(_) | Value::DateTime(_) | Value::TimeSpan(_)
            ) && !matches!(base(right), Value::String(_))
            {
                return on_numbers(operator, &text_number(left, right, locale)?, right, left, locale);
            }
            let number = text_number(left, right, locale)?;
            on_numbers(operator, &number, right, left, locale)
        }
    }
}

fn repeat_text(given: &str, times: i64) -> Result<String> {
    if times < 0 {
        let message = format!(
            "times ('{times}') must be a non-negative value. (Parameter 'times')\nActual value was {times}."
        );
        return Err(Exception::new("System.ArgumentOutOfRangeException", message));
    }
    let length = given.len().saturating_mul(times as usize);
    if length > REPEATED_ELEMENTS_MAX {
        return Err(Exception::new(
            "System.OutOfMemoryException",
            "Array dimensions exceeded supported range.",
        ));
    }
    Ok(given.repeat(times as usize))
}

/// A text as a number: by its own form; the error is that of the other operand's type.
fn text_number(value: &Value, other: &Value, locale: &Locale) -> Result<Value> {
    let Some(given) = value.as_str() else { return Ok(value.clone()) };
    if given.is_empty() {
        return Ok(Value::Int32(0));
    }
    if let Some(found) = parse::literal(given) {
        return Ok(found);
    }
    let target = match base(other) {
        Value::Double(_) | Value::Single(_) => Type::double(),
        Value::Decimal(_) => Type::decimal(),
        Value::Int64(_) => Type::int64(),
        _ => Type::int32(),
    };
    convert::to(value, &target, locale)
}

fn on_char(operator: Arithmetic, unit: u16, left: &Value, right: &Value, locale: &Locale) -> Result<Value> {
    let text = String::from_utf16_lossy(&[unit]);
    match (operator, right) {
        (Arithmetic::Add, _) => Ok(format!("{text}{}", text::to_text(right, locale)).into()),
        (Arithmetic::Multiply, _) => match number_of(right) {
            Some(times) => {
                let _ = times;
                let of = Type::of(right).unwrap_or_else(Type::object);
                let message = format!("The operation '[System.Char] * [{of}]' is not defined.");
                Err(Exception::runtime("NotADefinedOperationForType", message).target(left.clone()))
            }
            None => on_numbers(operator, &Value::Int32(i32::from(unit)), right, left, locale),
        },
        _ => on_numbers(operator, &Value::Int32(i32::from(unit)), right, left, locale),
    }
}

fn on_numbers(
    operator: Arithmetic,
    left: &Value,
    right: &Value,
    shown: &Value,
    locale: &Locale,
) -> Result<Value> {
    let inner = base(right);
    let number = match inner {
        Value::String(_) => text_number(inner, left, locale)?,
        other => match number_of(other) {
            Some(number) => number,
            None => {
                return Err(no_method(
                    operator,
                    if number_of(shown).is_some() || matches!(shown, Value::String(_)) {
                        inner
                    } else {
                        shown
                    },
                ));
            }
        },
    };
    numeric(operator, left, &number)
}

/// Two numbers of any types.
fn numeric(operator: Arithmetic, a: &Value, b: &Value) -> Result<Value> {
    let broken = |value: &Value| matches!(value, Value::Double(_) | Value::Single(_) | Value::Decimal(_));
    if operator.joins_bits() && (broken(a) || broken(b)) {
        return bits(operator, &whole_bits(a, a, b)?, &whole_bits(b, a, b)?);
    }
    if operator.is_bits() {
        return bits(operator, a, b);
    }
    let big = |value: &Value| value.downcast::<BigInteger>().is_some();
    let real = |value: &Value| matches!(value, Value::Double(_) | Value::Single(_));
    if big(a) || big(b) {
        if real(a) || real(b) {
            return doubles(operator, a, b);
        }
        let (Some(a), Some(b)) = (values::big(a), values::big(b)) else { return doubles(operator, a, b) };
        return whole(operator, &a, &b, &[]).map(|found| found.unwrap_or_else(|| Value::Null));
    }
    let is_decimal = |value: &Value| matches!(value, Value::Decimal(_));
    if real(a) || real(b) {
        // A decimal draws a double to its side, as far as the double is one.
        let drawn = |value: &Value| match value {
            Value::Decimal(n) => Some(*n),
            value if is_decimal(a) || is_decimal(b) => convert::of_double(values::double(value)?, 15),
            _ => None,
        };
        return match (drawn(a), drawn(b)) {
            (Some(a), Some(b)) => decimals(operator, &a, &b),
            _ => doubles(operator, a, b),
        };
    }
    if is_decimal(a) || is_decimal(b) {
        return decimals(operator, &decimal_of(a), &decimal_of(b));
    }
    let (Some(x), Some(y)) = (values::big(a), values::big(b)) else { return doubles(operator, a, b) };
    let kinds = whole_kinds(a, b);
    match whole(operator, &x, &y, kinds)? {
        Some(result) => Ok(result),
        None => doubles(operator, a, b),
    }
}

/// The types that a whole result may have, smallest first.
fn whole_kinds(a: &Value, b: &Value) -> &'static [crate::Kind] {
    use crate::Kind as K;
    let rank = |value: &Value| match value {
        Value::UInt32(_) => 1,
        Value::Int64(_) => 2,
        Value::UInt64(_) => 3,
        _ => 0,
    };
    match (rank(a), rank(b)) {
        (3, _) | (_, 3) => &[K::UInt64],
        (2, _) | (_, 2) => &[K::Int64],
        (1, 1) => &[K::UInt32],
        (1, _) | (_, 1) => &[K::Int64],
        _ => &[K::Int32],
    }
}

fn divided_by_zero() -> Exception {
    let inner = Exception::new("System.DivideByZeroException", "Attempted to divide by zero.");
    Exception::runtime("RuntimeException", "Attempted to divide by zero.")
        .category(Category::NotSpecified)
        .inner(inner)
}

/// `None` asks for a double: the result is no whole number of these types. No types: any size.
fn whole(operator: Arithmetic, a: &BigInt, b: &BigInt, kinds: &[crate::Kind]) -> Result<Option<Value>> {
    let result = match operator {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide | Arithmetic::Remainder if b.is_zero() => return Err(divided_by_zero()),
        Arithmetic::Divide if !kinds.is_empty() && !(a % b).is_zero() => return Ok(None),
        Arithmetic::Divide => a / b,
        _ => a % b,
    };
    if kinds.is_empty() {
        return Ok(Some(Value::typed(BigInteger(result))));
    }
    Ok(kinds.iter().find_map(|kind| convert::fit(&result, *kind)))
}

fn doubles(operator: Arithmetic, a: &Value, b: &Value) -> Result<Value> {
    let (a, b) = (values::double(a).unwrap_or(f64::NAN), values::double(b).unwrap_or(f64::NAN));
    let result = match operator {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
        _ => a % b,
    };
    Ok(Value::Double(result))
}

fn decimal_of(value: &Value) -> Decimal {
    match value {
        Value::Decimal(n) => *n,
        other => values::big(other).and_then(|n| parse::decimal_text(&n.to_string())).unwrap_or_default(),
    }
}

fn decimals(operator: Arithmetic, a: &Decimal, b: &Decimal) -> Result<Value> {
    let result = match operator {
        Arithmetic::Add => a.checked_add(*b),
        Arithmetic::Subtract => a.checked_sub(*b),
        Arithmetic::Multiply => a.checked_mul(*b),
        Arithmetic::Divide | Arithmetic::Remainder if b.is_zero() => return Err(divided_by_zero()),
        Arithmetic::Divide => a.checked_div(*b),
        _ => a.checked_rem(*b),
    };
    result.map(Value::Decimal).ok_or_else(|| {
        let message = "Value was either too large or too small for a Decimal.";
        let inner = Exception::new("System.OverflowException", message);
        Exception::runtime("RuntimeException", message).category(Category::NotSpecified).inner(inner)
    })
}

/// A number as the whole one that shifts and bit operators work on.
fn bit_operand(value: &Value) -> Result<Value> {
    Ok(match value {
        Value::SByte(_) | Value::Byte(_) | Value::Int16(_) | Value::UInt16(_) => {
            Value::Int32(value.as_i64().unwrap_or(0) as i32)
        }
        Value::Double(_) | Value::Single(_) | Value::Decimal(_) => {
            let number = values::double(value).unwrap_or(0.0).round_ties_even();
            let whole: Option<BigInt> = num_traits::FromPrimitive::from_f64(number);
            let fitted = whole.as_ref().and_then(|n| {
                convert::fit(n, crate::Kind::Int32)
                    .or_else(|| convert::fit(n, crate::Kind::UInt32))
                    .or_else(|| convert::fit(n, crate::Kind::Int64))
                    .or_else(|| convert::fit(n, crate::Kind::UInt64))
            });
            match fitted {
                Some(found) => found,
                None => {
                    let message = format!(
                        "Cannot convert value \"{value}\" to type \"System.UInt64\". Error: \"Value was either too large or too small for a UInt64.\""
                    );
                    return Err(Exception::cast("InvalidCastIConvertible", message));
                }
            }
        }
        other => other.clone(),
    })
}

fn bits(operator: Arithmetic, a: &Value, b: &Value) -> Result<Value> {
    let a = bit_operand(a)?;
    if matches!(operator, Arithmetic::ShiftLeft | Arithmetic::ShiftRight) {
        let count = convert::to(b, &Type::int32(), &Locale::default())?.as_i64().unwrap_or(0);
        let left = operator == Arithmetic::ShiftLeft;
        return Ok(match a {
            Value::UInt32(n) => Value::UInt32(if left { n << (count & 31) } else { n >> (count & 31) }),
            Value::Int64(n) => Value::Int64(if left { n << (count & 63) } else { n >> (count & 63) }),
            Value::UInt64(n) => Value::UInt64(if left { n << (count & 63) } else { n >> (count & 63) }),
            other => {
                let n = other.as_i64().unwrap_or(0) as i32;
                Value::Int32(if left { n << (count & 31) } else { n >> (count & 31) })
            }
        });
    }
    let b = bit_operand(b)?;
    let join = |x: i128, y: i128| match operator {
        Arithmetic::BitAnd => x & y,
        Arithmetic::BitOr => x | y,
        _ => x ^ y,
    };
    let wide = |value: &Value| values::big(value).and_then(|n| n.to_i128()).unwrap_or(0);
    let result = BigInt::from(join(wide(&a), wide(&b)));
    let kinds = whole_kinds(&a, &b);
    let found = kinds.iter().find_map(|kind| convert::fit(&result, *kind));
    Ok(found.unwrap_or_else(|| {
        Value::Int64(
            result.to_i64().unwrap_or_else(|| if result.is_negative() { i64::MIN } else { i64::MAX }),
        )
    }))
}

/// An operand of `-band` and its like where one of them is no whole number: both are of 64 bits, signed when one is
/// negative.
fn whole_bits(value: &Value, a: &Value, b: &Value) -> Result<Value> {
    let negative = [a, b].into_iter().any(|one| values::double(one).is_some_and(|n| n < 0.0));
    let kind = if negative { crate::Kind::Int64 } else { crate::Kind::UInt64 };
    let rounded = values::double(value).unwrap_or(0.0).round_ties_even();
    let whole = <BigInt as num_traits::FromPrimitive>::from_f64(rounded);
    whole.and_then(|whole| convert::fit(&whole, kind)).ok_or_else(|| {
        let to = if negative { "System.Int64" } else { "System.UInt64" };
        let message = format!(
            "Cannot convert value \"{value}\" to type \"{to}\". Error: \"Arithmetic operation resulted in an overflow.\""
        );
        Exception::cast("InvalidCastIConvertible", message)
    })
}

/// `-bnot`.
pub fn complement(value: &Value, locale: &Locale) -> Result<Value> {
    let inner = base(value);
    let number = match inner {
        Value::String(_) => text_number(inner, &Value::Null, locale)?,
        other => number_of(other).ok_or_else(|| {
            let of = Type::of(other).unwrap_or_else(Type::object);
            let message = format!(
                "Method invocation failed because [{of}] does not contain a method named 'op_OnesComplement'."
            );
            Exception::runtime("MethodNotFound", message).target("op_OnesComplement")
        })?,
    };
    Ok(match bit_operand(&number)? {
        Value::UInt32(n) => Value::UInt32(!n),
        Value::Int64(n) => Value::Int64(!n),
        Value::UInt64(n) => Value::UInt64(!n),
        other => Value::Int32(!(other.as_i64().unwrap_or(0) as i32)),
    })
}

/// The sign in front: `-$x`, `+$x`.
pub fn negate(value: &Value, locale: &Locale) -> Result<Value> {
    match base(value) {
        Value::Int32(n) if *n != i32::MIN => Ok(Value::Int32(-n)),
        Value::Double(n) => Ok(Value::Double(-n)),
        Value::Single(n) => Ok(Value::Single(-n)),
        Value::Decimal(n) => Ok(Value::Decimal(-*n)),
        Value::TimeSpan(span) => Ok(TimeSpan { ticks: -span.ticks }.into()),
        other => apply(Arithmetic::Subtract, &Value::Int32(0), other, locale),
    }
}

/// `+$x`: a number as it is, a text as its number.
pub fn plus(value: &Value, locale: &Locale) -> Result<Value> {
    match base(value) {
        Value::Null => Ok(Value::Int32(0)),
        Value::TimeSpan(_) => Ok(value.clone()),
        Value::Byte(_) | Value::SByte(_) | Value::Int16(_) | Value::UInt16(_) => Ok(value.clone()),
        other => apply(Arithmetic::Add, &Value::Int32(0), other, locale),
    }
}

/// Arrays, dictionaries, dates and spans on the left.
fn structured(operator: Arithmetic, left: &Value, right: &Value, locale: &Locale) -> Result<Value> {
    match (base(left), operator) {
        (Value::Array(array), Arithmetic::Add) => {
            let mut items = array.to_vec();
            match base(right) {
                Value::Array(more) => items.extend(more.to_vec()),
                Value::Typed(more) if more.items().is_some() => {
                    items.extend(more.items().unwrap_or_default())
                }
                _ => items.push(right.clone()),
            }
            of_length(items)
        }
        (Value::Typed(list), Arithmetic::Add) => {
            let mut items = list.items().unwrap_or_default();
            match base(right) {
                Value::Array(more) => items.extend(more.to_vec()),
                Value::Typed(more) if more.items().is_some() => {
                    items.extend(more.items().unwrap_or_default())
                }
                _ => items.push(right.clone()),
            }
            of_length(items)
        }
        (Value::Array(array), Arithmetic::Multiply) => {
            let times = convert::to(base(right), &Type::int32(), locale)?.as_i64().unwrap_or(0);
            repeat_array(array, times)
        }
        (Value::Dictionary(dictionary), Arithmetic::Add) => match base(right) {
            Value::Dictionary(more) => join(dictionary, more),
            Value::Null => Ok(left.clone()),
            _ => Err(Exception::runtime(
                "AddHashTableToNonHashTable",
                "A hash table can only be added to another hash table.",
            )),
        },
        (Value::DateTime(date), Arithmetic::Add | Arithmetic::Subtract) => {
            date_sum(operator, *date, right, left, locale)
        }
        (Value::TimeSpan(span), _) => span_sum(operator, *span, right, locale),
        (inner, Arithmetic::Add | Arithmetic::Subtract) => match inner.downcast::<DateTimeOffset>() {
            Some(date) => offset_sum(operator, *date, base(right), inner),
            None => Err(no_method(operator, inner)),
        },
        (inner, _) => Err(no_method(operator, inner)),
    }
}

fn repeat_array(array: &Array, times: i64) -> Result<Value> {
    let items = array.to_vec();
    if times < 0 {
        let message = format!(
            "times ('{times}') must be a non-negative value. (Parameter 'times')\nActual value was {times}."
        );
        return Err(Exception::new("System.ArgumentOutOfRangeException", message));
    }
    if items.len().saturating_mul(times as usize) > REPEATED_ELEMENTS_MAX {
        return Err(Exception::new(
            "System.OutOfMemoryException",
            "Array dimensions exceeded supported range.",
        ));
    }
    let mut made = Vec::with_capacity(items.len() * times as usize);
    // Nothing repeated is nothing, however often.
    for _ in 0..if items.is_empty() { 0 } else { times } {
        made.extend(items.iter().cloned());
    }
    Ok(match array.element() {
        Some(element) => Array::of(element.clone(), made).into(),
        None => Value::array(made),
    })
}

fn join(a: &Dictionary, b: &Dictionary) -> Result<Value> {
    let made = if a.is_ordered() { Dictionary::ordered() } else { Dictionary::new() };
    for (key, value) in a.to_vec() {
        made.insert(key, value);
    }
    for (key, value) in b.to_vec() {
        if made.get(&key).is_some() {
            let keys = made.to_vec();
            let known = keys
                .iter()
                .map(|(known, _)| known)
                .find(|known| compare::same_text(&known.to_string(), &key.to_string(), true));
            let known = known.unwrap_or(&key);
            let message = format!(
                "Item has already been added. Key in dictionary: '{known}'  Key being added: '{key}'"
            );
            return Err(Exception::new("System.ArgumentException", message));
        }
        made.insert(key, value);
    }
    Ok(made.into())
}

fn date_sum(
    operator: Arithmetic,
    date: DateTime,
    right: &Value,
    left: &Value,
    locale: &Locale,
) -> Result<Value> {
    if let (Value::DateTime(other), Arithmetic::Subtract) = (base(right), operator) {
        return Ok(TimeSpan { ticks: date.ticks - other.ticks }.into());
    }
    let span = match convert::to(base(right), &Type::time_span(), locale) {
        Ok(Value::TimeSpan(span)) => span,
        _ => {
            let of = Type::of(right).unwrap_or_else(Type::object);
            let _ = (left, of);
            let id = if operator == Arithmetic::Subtract {
                "MethodCountCouldNotFindBest"
            } else {
                "MethodArgumentConversionInvalidCastArgument"
            };
            let message = format!(
                "Cannot find an overload for \"{}\" and the argument count: \"2\".",
                operator.method()
            );
            return Err(Exception::method(id, message));
        }
    };
    let ticks = if operator == Arithmetic::Add {
        date.ticks.checked_add(span.ticks)
    } else {
        date.ticks.checked_sub(span.ticks)
    };
    match ticks.filter(|ticks| (0..=3_155_378_975_999_999_999).contains(ticks)) {
        Some(ticks) => Ok(Value::DateTime(DateTime::new(ticks, date.kind))),
        None => {
            let message =
                "The added or subtracted value results in an un-representable DateTime. (Parameter 't')";
            Err(Exception::new("System.ArgumentOutOfRangeException", message)
                .while_calling(operator.method(), 2))
        }
    }
}

/// A date with its zone, later or earlier; two of them are apart by a span.
fn offset_sum(operator: Arithmetic, date: DateTimeOffset, right: &Value, left: &Value) -> Result<Value> {
    if let (Some(other), Arithmetic::Subtract) = (right.downcast::<DateTimeOffset>(), operator) {
        return Ok(TimeSpan { ticks: date.utc_ticks() - other.utc_ticks() }.into());
    }
    let Value::TimeSpan(span) = right else { return Err(no_method(operator, left)) };
    let ticks = if operator == Arithmetic::Add { span.ticks } else { -span.ticks };
    let local = DateTime::new(date.local.ticks.saturating_add(ticks), date.local.kind);
    Ok(Value::typed(DateTimeOffset { local, ..date }))
}

fn span_sum(operator: Arithmetic, span: TimeSpan, right: &Value, locale: &Locale) -> Result<Value> {
    let overflow = || {
        Exception::new("System.OverflowException", "TimeSpan overflowed because the duration is too long.")
            .while_calling(operator.method(), 2)
    };
    let argument = |error: Exception, name: &str| {
        let message = format!(
            "Cannot convert argument \"{name}\", with value: \"{}\", for \"{}\" to type \"{}\": \"{}\"",
            text::to_text(right, locale),
            operator.method(),
            if name == "t2" { "System.TimeSpan" } else { "System.Double" },
            error.text()
        );
        Exception::method("MethodArgumentConversionInvalidCastArgument", message).inner(error)
    };
    match operator {
        Arithmetic::Add | Arithmetic::Subtract => {
            let other = convert::to(base(right), &Type::time_span(), locale)
                .map_err(|error| argument(error, "t2"))?;
            let Value::TimeSpan(other) = other else { return Err(no_method(operator, right)) };
            let ticks = if operator == Arithmetic::Add {
                span.ticks.checked_add(other.ticks)
            } else {
                span.ticks.checked_sub(other.ticks)
            };
            ticks.map(|ticks| TimeSpan { ticks }.into()).ok_or_else(overflow)
        }
        Arithmetic::Divide if matches!(base(right), Value::TimeSpan(_)) => {
            let Value::TimeSpan(other) = base(right) else { return Err(no_method(operator, right)) };
            Ok(Value::Double(span.ticks as f64 / other.ticks as f64))
        }
        Arithmetic::Multiply | Arithmetic::Divide => {
            let factor = convert::to(base(right), &Type::double(), locale)
                .map_err(|error| argument(error, "factor"))?;
            let factor = values::double(&factor).unwrap_or(1.0);
            let ticks = if operator == Arithmetic::Multiply {
                span.ticks as f64 * factor
            } else {
                span.ticks as f64 / factor
            };
            if !ticks.is_finite() || ticks.abs() > i64::MAX as f64 {
                return Err(overflow());
            }
            Ok(TimeSpan { ticks: ticks.round_ties_even() as i64 }.into())
        }
        _ => Err(no_method(operator, &Value::TimeSpan(span))),
    }
}

/// More elements than this are refused: .NET's arrays end there too.
const RANGE_ELEMENTS_MAX: i64 = 100_000_000;

/// `1..5`, `'a'..'e'`.
pub fn range(left: &Value, right: &Value) -> Result<Value> {
    if let (Some(a), Some(b)) = (single_char(left), single_char(right)) {
        let step: i32 = if a <= b { 1 } else { -1 };
        let count = (i32::from(b) - i32::from(a)).abs() + 1;
        return Ok(Value::array((0..count).map(|at| Value::Char((i32::from(a) + at * step) as u16))));
    }
    let (a, b) = (range_end(left)?, range_end(right)?);
    let count = (i64::from(b) - i64::from(a)).abs() + 1;
    if count > RANGE_ELEMENTS_MAX {
        return Err(Exception::new(
            "System.OutOfMemoryException",
            "Array dimensions exceeded supported range.",
        ));
    }
    let step = if a <= b { 1 } else { -1 };
    Ok(Value::array((0..count).map(|at| Value::Int32((i64::from(a) + at * step) as i32))))
}

/// A text of one character that is no digit, or a char.
fn single_char(value: &Value) -> Option<u16> {
    match base(value) {
        Value::Char(unit) => Some(*unit),
        Value::String(text) => {
            let mut units = text.encode_utf16();
            let first = units.next().filter(|unit| !(48..58).contains(unit));
            first.filter(|_| units.next().is_none())
        }
        _ => None,
    }
}

/// One end of a range, as `Convert.ToInt32` reads it.
pub fn range_end(value: &Value) -> Result<i32> {
    let inner = base(value);
    let too_large = || {
        Exception::cast(
            "InvalidCastIConvertible",
            format!(
                "Cannot convert value \"{inner}\" to type \"System.Int32\". Error: \"Value was either too large or too small for an Int32.\""
            ),
        )
    };
    match inner {
        Value::Null => Ok(0),
        Value::Bool(b) => Ok(i32::from(*b)),
        Value::Char(unit) => Ok(i32::from(*unit)),
        Value::String(given) => {
            let plain = parse::whole_text(given)
                .filter(|_| !given.trim().starts_with(['0', '#', '&']) || given.trim() == "0");
            let number = plain.ok_or_else(|| {
                Exception::format(format!("The input string '{given}' was not in a correct format."))
            })?;
            number.to_i32().ok_or_else(too_large)
        }
        Value::DateTime(_) => {
            let message = "Invalid cast from 'DateTime' to 'Int32'.";
            Err(Exception::new("System.InvalidCastException", message))
        }
        other => match values::double(other) {
            Some(n)
                if n.round_ties_even().abs() <= 2_147_483_648.0 && n.round_ties_even() < 2_147_483_648.0 =>
            {
                Ok(n.round_ties_even() as i32)
            }
            Some(_) => Err(too_large()),
            None => {
                let of = Type::of(other).unwrap_or_else(Type::object);
                let message = format!("Unable to cast object of type '{of}' to type 'System.IConvertible'.");
                Err(Exception::new("System.InvalidCastException", message))
            }
        },
    }
}
