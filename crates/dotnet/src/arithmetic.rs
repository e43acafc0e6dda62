//! `+ - * / %`, shifts and bits: which type the result has, what overflows into what, and what texts,
//! arrays, dates and hashtables make of it.

use crate::compare;
use crate::convert::{self, number_of_text};
use crate::exception::{Category, Exception, Result};
use crate::locale::Locale;
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

/// A list may grow to so many elements by `+`: more is only made by a loop without an end, and three copies of it
/// would be more than a small server has.
const SUM_ELEMENTS_MAX: usize = 1 << 25;

/// A list as it came out of `+`, unless it is too long.
fn of_length(items: Vec<Value>) -> Result<Value> {
    if items.len() > SUM_ELEMENTS_MAX {
        return Err(Exception::out_of_memory());
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
        Value::String(text) => on_text(operator, text, raw_left, raw_right, locale),
        Value::Char(unit) => on_char(operator, *unit, raw_left, right, locale),
        Value::Null => on_null(operator, raw_right, locale),
        Value::Enum(of) => {
            if matches!(operator, Arithmetic::ShiftLeft | Arithmetic::ShiftRight) {
                return shift_of_enum(operator, left, raw_right, locale);
            }
            let right = &enum_operand(operator, left, right, locale)?;
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
        Value::Bool(_) if operator == Arithmetic::Multiply || is_shift(operator) => {
            // A text counts as its number first, where it is not to be repeated.
            let text = is_shift(operator) && right.as_str().is_some();
            let number = if text { number_of_text(right, left, locale)? } else { right.clone() };
            implicit(operator, left, &number, locale)
        }
        Value::Bool(_) if matches!(right, Value::Decimal(_)) && !operator.is_bits() => Err(no_coercion(left)),
        _ => match number_of(left) {
            Some(left_number) => on_numbers(operator, &left_number, raw_right, left, locale),
            None => {
                if operator.is_bits() && right.as_str().is_some() {
                    number_of_text(right, &Value::Null, locale)?;
                }
                Err(no_method(operator, left))
            }
        },
    }
}

fn is_shift(operator: Arithmetic) -> bool {
    matches!(operator, Arithmetic::ShiftLeft | Arithmetic::ShiftRight)
}

/// What stands right of an enumeration's value, as a number: a text is first read as one of its names.
fn enum_operand(operator: Arithmetic, left: &Value, right: &Value, locale: &Locale) -> Result<Value> {
    match right {
        Value::Decimal(_) if !operator.is_bits() => Err(no_coercion(left)),
        Value::String(_) => {
            let read = number_of_text(right, left, locale)?;
            Ok(number_of(&read).unwrap_or(read))
        }
        other => number_of(other).ok_or_else(|| no_method(operator, left)),
    }
}

/// Enumerations have no shifts, and say so once the other side is known to be a number.
fn shift_of_enum(operator: Arithmetic, left: &Value, right: &Value, locale: &Locale) -> Result<Value> {
    match base(right) {
        text @ Value::String(_) => drop(number_of_text(text, left, locale)?),
        Value::DateTime(_) => {}
        other => drop(convert::to(other, &Type::int32(), locale)?),
    }
    let name = if operator == Arithmetic::ShiftLeft { "LeftShift" } else { "RightShift" };
    let of = Type::of(left).unwrap_or_else(Type::object);
    let message =
        format!("The binary operator {name} is not defined for the types '{of}' and 'System.Int32'.");
    Err(Exception::new("System.InvalidOperationException", message))
}

/// .NET turns everything that counts into a decimal but these.
pub(crate) fn no_coercion(from: &Value) -> Exception {
    let of = Type::of(from).unwrap_or_else(Type::object);
    let message = format!("No coercion operator is defined between types '{of}' and 'System.Decimal'.");
    Exception::new("System.InvalidOperationException", message)
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

/// Whether .NET's reflection calls the value's type primitive: such types have no operators of their own.
fn is_primitive(value: &Value) -> bool {
    !matches!(value, Value::Decimal(_) | Value::Enum(_))
        && (matches!(value, Value::Null | Value::Bool(_) | Value::Char(_))
            || (values::double(value).is_some() && value.downcast::<BigInteger>().is_none()))
}

impl Arithmetic {
    /// The operator as a script writes it.
    fn sign(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::Remainder => "%",
            Arithmetic::ShiftLeft => "-shl",
            Arithmetic::ShiftRight => "-shr",
            Arithmetic::BitAnd => "-band",
            Arithmetic::BitOr => "-bor",
            Arithmetic::BitXor => "-bxor",
        }
    }
}

/// What remains when the operands are no two numbers: the operator that the left one's type declares, or else
/// the right one's, called as any method with both.
fn implicit(operator: Arithmetic, left: &Value, right: &Value, locale: &Locale) -> Result<Value> {
    let (a, b) = (base(left), base(right));
    let owner = match (is_primitive(a), is_primitive(b)) {
        (false, _) => a,
        (true, false) => b,
        (true, true) => {
            let name =
                |value: &Value| Type::of(value).map_or_else(|| "$null".to_owned(), |of| of.to_string());
            let name = |value: &Value| if value.is_null() { "$null".to_owned() } else { name(value) };
            let message =
                format!("The operation '[{}] {} [{}]' is not defined.", name(a), operator.sign(), name(b));
            return Err(Exception::runtime("NotADefinedOperationForType", message).target(left.clone()));
        }
    };
    let as_type = |at: usize, to: &Type| {
        let value = [a, b][at];
        convert::to(value, to, locale).map_err(|error| cannot_take(operator, at, value, to, error, locale))
    };
    match owner {
        Value::Decimal(_) if !operator.is_bits() => {
            let (a, b) = (as_type(0, &Type::decimal())?, as_type(1, &Type::decimal())?);
            decimals(operator, &decimal_of(&a), &decimal_of(&b))
        }
        Value::DateTime(_) if matches!(operator, Arithmetic::Add | Arithmetic::Subtract) => {
            let apart = matches!(b, Value::DateTime(_)) && operator == Arithmetic::Subtract;
            if operator == Arithmetic::Subtract && !apart && !matches!(b, Value::TimeSpan(_)) {
                return Err(no_best(operator, true));
            }
            let Value::DateTime(date) = as_type(0, &Type::date_time())? else {
                return Err(no_method(operator, owner));
            };
            if let (true, Value::DateTime(other)) = (apart, b) {
                return Ok(TimeSpan { ticks: date.ticks - other.ticks }.into());
            }
            let Value::TimeSpan(span) = as_type(1, &Type::time_span())? else {
                return Err(no_method(operator, owner));
            };
            date_sum(operator, date, span)
        }
        Value::TimeSpan(_) => span_operation(operator, a, b, &as_type),
        _ => Err(no_method(operator, owner)),
    }
}

fn cannot_take(
    operator: Arithmetic,
    at: usize,
    value: &Value,
    to: &Type,
    error: Exception,
    locale: &Locale,
) -> Exception {
    let message = format!(
        "Cannot convert argument \"{at}\", with value: \"{}\", for \"{}\" to type \"{to}\": \"{}\"",
        text::to_text(value, locale),
        operator.method(),
        error.text()
    );
    Exception::method("MethodArgumentConversionInvalidCastArgument", message).inner(error)
}

fn no_best(operator: Arithmetic, ambiguous: bool) -> Exception {
    let what = if ambiguous { "Multiple ambiguous overloads found" } else { "Cannot find an overload" };
    let message = format!("{what} for \"{}\" and the argument count: \"2\".", operator.method());
    Exception::method("MethodCountCouldNotFindBest", message)
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
            if given.len() + more.len() > text::GROWN_BYTES_MAX {
                return Err(Exception::out_of_memory());
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
                return on_numbers(operator, &number_of_text(left, right, locale)?, right, left, locale);
            }
            let read = number_of_text(left, right, locale)?;
            let number = number_of(&read).unwrap_or(read);
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
    // .NET's own product of the lengths overflows into a number below nothing.
    let units = given.encode_utf16().count() as i64;
    if (units.wrapping_mul(times) as i32) < 0 {
        let message = "Specified argument was out of the range of valid values. (Parameter 'length')";
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

fn on_char(operator: Arithmetic, unit: u16, left: &Value, right: &Value, locale: &Locale) -> Result<Value> {
    let text = String::from_utf16_lossy(&[unit]);
    match operator {
        Arithmetic::Add => Ok(format!("{text}{}", text::to_text(right, locale)).into()),
        Arithmetic::Multiply => implicit(operator, left, right, locale),
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
        Value::String(_) => {
            let read = number_of_text(inner, left, locale)?;
            number_of(&read).unwrap_or(read)
        }
        other => match number_of(other) {
            Some(number) => number,
            None if is_shift(operator) && !matches!(shown, Value::Char(_)) => {
                convert::to(other, &Type::int32(), locale)?
            }
            None => {
                let is_text = matches!(base(shown), Value::String(_) | Value::Null);
                return implicit(operator, if is_text { left } else { shown }, right, locale);
            }
        },
    };
    numeric(operator, left, &number)
}

/// Two numbers of any types.
fn numeric(operator: Arithmetic, a: &Value, b: &Value) -> Result<Value> {
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
    if matches!(a, Value::Decimal(_)) || matches!(b, Value::Decimal(_)) {
        let whole = |value: &Value| -> Result<Decimal> {
            match value {
                Value::Double(_) | Value::Single(_) => {
                    Ok(decimal_of(&convert::to(value, &Type::decimal(), &Locale::default())?))
                }
                other => Ok(decimal_of(other)),
            }
        };
        return decimals(operator, &whole(a)?, &whole(b)?);
    }
    if real(a) || real(b) {
        return doubles(operator, a, b);
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
    let fraction = |value: &Value| matches!(value, Value::Double(_) | Value::Single(_) | Value::Decimal(_));
    if is_shift(operator) {
        let a = match a {
            fraction_of if fraction(fraction_of) => bit_operand(a).map_err(|error| {
                let of = Type::of(fraction_of).unwrap_or_else(Type::object);
                let message =
                    format!("Cannot convert the \"{a}\" value of type \"{of}\" to type \"System.Int32\".");
                Exception::cast("ConvertToFinalInvalidCastException", message).inner(error)
            })?,
            _ => a.clone(),
        };
        let count = convert::to(b, &Type::int32(), &Locale::default())?.as_i64().unwrap_or(0);
        let left = operator == Arithmetic::ShiftLeft;
        return Ok(match a {
            // The small types keep theirs: what is pushed out is gone.
            Value::Byte(n) => {
                Value::Byte(
                    if left { i32::from(n) << (count & 31) } else { i32::from(n) >> (count & 31) } as u8
                )
            }
            Value::SByte(n) => {
                Value::SByte(
                    if left { i32::from(n) << (count & 31) } else { i32::from(n) >> (count & 31) } as i8
                )
            }
            Value::Int16(n) => {
                Value::Int16(
                    if left { i32::from(n) << (count & 31) } else { i32::from(n) >> (count & 31) } as i16
                )
            }
            Value::UInt16(n) => {
                Value::UInt16(
                    if left { i32::from(n) << (count & 31) } else { i32::from(n) >> (count & 31) } as u16
                )
            }
            Value::UInt32(n) => Value::UInt32(if left { n << (count & 31) } else { n >> (count & 31) }),
            Value::Int64(n) => Value::Int64(if left { n << (count & 63) } else { n >> (count & 63) }),
            Value::UInt64(n) => Value::UInt64(if left { n << (count & 63) } else { n >> (count & 63) }),
            other => {
                let n = other.as_i64().unwrap_or(0) as i32;
                Value::Int32(if left { n << (count & 31) } else { n >> (count & 31) })
            }
        });
    }
    // With a fraction both are 64 bits wide, signed where one is below nothing.
    let wide_result = (fraction(a) || fraction(b)).then(|| {
        let negative = |value: &Value| values::double(value).is_some_and(|n| n < 0.0);
        negative(a) || negative(b)
    });
    let (a, b) = (bit_operand(a)?, bit_operand(b)?);
    let join = |x: i128, y: i128| match operator {
        Arithmetic::BitAnd => x & y,
        Arithmetic::BitOr => x | y,
        _ => x ^ y,
    };
    let wide = |value: &Value| values::big(value).and_then(|n| n.to_i128()).unwrap_or(0);
    let result = BigInt::from(join(wide(&a), wide(&b)));
    if let Some(signed) = wide_result {
        let low = (join(wide(&a), wide(&b)) & i128::from(u64::MAX)) as u64;
        return Ok(if signed { Value::Int64(low as i64) } else { Value::UInt64(low) });
    }
    let kinds = whole_kinds(&a, &b);
    let found = kinds.iter().find_map(|kind| convert::fit(&result, *kind));
    Ok(found.unwrap_or_else(|| {
        Value::Int64(
            result.to_i64().unwrap_or_else(|| if result.is_negative() { i64::MIN } else { i64::MAX }),
        )
    }))
}

/// `-bnot`.
pub fn complement(value: &Value, locale: &Locale) -> Result<Value> {
    let inner = base(value);
    let number = match inner {
        Value::String(_) => number_of_text(inner, &Value::Null, locale)?,
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
            let times = convert::to(base(right), &Type::uint32(), locale)?.as_i64().unwrap_or(0);
            repeat_array(array, times)
        }
        (Value::Typed(list), Arithmetic::Multiply) => {
            let times = convert::to(base(right), &Type::uint32(), locale)?.as_i64().unwrap_or(0);
            repeat_array(&Array::new(list.items().unwrap_or_default()), times)
        }
        (Value::Dictionary(dictionary), Arithmetic::Add) => match base(right) {
            Value::Dictionary(more) => join(dictionary, more),
            Value::Null => Ok(left.clone()),
            _ => Err(Exception::runtime(
                "AddHashTableToNonHashTable",
                "A hash table can only be added to another hash table.",
            )),
        },
        // What a text would have to be for these, it says itself.
        (Value::Array(_) | Value::Dictionary(_), _)
            if operator.is_bits() && base(right).as_str().is_some() =>
        {
            number_of_text(base(right), &Value::Null, locale)?;
            Err(no_method(operator, base(left)))
        }
        (inner @ (Value::DateTime(_) | Value::TimeSpan(_)), _) => {
            if operator.is_bits() && base(right).as_str().is_some() {
                number_of_text(base(right), &Value::Null, locale)?;
            }
            implicit(operator, inner, right, locale)
        }
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

fn date_sum(operator: Arithmetic, date: DateTime, span: TimeSpan) -> Result<Value> {
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

/// The operators of spans; a number is ticks beside a sign, a factor beside `*` and `/`.
fn span_operation(
    operator: Arithmetic,
    a: &Value,
    b: &Value,
    as_type: &dyn Fn(usize, &Type) -> Result<Value>,
) -> Result<Value> {
    let overflow = || {
        Exception::new("System.OverflowException", "TimeSpan overflowed because the duration is too long.")
            .while_calling(operator.method(), 2)
    };
    let span = |at: usize| match as_type(at, &Type::time_span()) {
        Ok(Value::TimeSpan(span)) => Ok(span.ticks),
        Ok(_) => Err(no_method(operator, [a, b][at])),
        Err(error) => Err(error),
    };
    let of_factor = |ticks: f64| {
        if !ticks.is_finite() || ticks.abs() > i64::MAX as f64 {
            return Err(overflow());
        }
        Ok(TimeSpan { ticks: ticks.round_ties_even() as i64 }.into())
    };
    let is_span = |value: &Value| matches!(value, Value::TimeSpan(_));
    // An enumeration's values are whole, and a span of so many ticks is nearer to that than a fraction.
    let counts = |value: &Value| {
        !matches!(value, Value::Enum(_)) && (value.as_str().is_some() || number_of(value).is_some())
    };
    match operator {
        Arithmetic::Add => {
            span(0)?.checked_add(span(1)?).map(|ticks| TimeSpan { ticks }.into()).ok_or_else(overflow)
        }
        Arithmetic::Subtract => {
            span(0)?.checked_sub(span(1)?).map(|ticks| TimeSpan { ticks }.into()).ok_or_else(overflow)
        }
        Arithmetic::Divide if !is_span(a) || is_span(b) || matches!(b, Value::Enum(_)) => {
            Ok(Value::Double(span(0)? as f64 / span(1)? as f64))
        }
        Arithmetic::Multiply | Arithmetic::Divide => {
            let (at, of) = if is_span(a) { (1, b) } else { (0, a) };
            if !counts(of) {
                return Err(no_best(operator, false));
            }
            let factor = values::double(&as_type(at, &Type::double())?).unwrap_or(1.0);
            let ticks = span(1 - at)? as f64;
            of_factor(if operator == Arithmetic::Multiply { ticks * factor } else { ticks / factor })
        }
        _ => Err(no_method(operator, if is_span(a) { a } else { b })),
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
