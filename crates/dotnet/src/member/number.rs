//! Members of numbers, and of `Math`, `Convert` and `BitConverter`.

use super::{Call, Row};
use crate::convert;
use crate::exception::{Exception, Result};
use crate::format;
use crate::parse::{self, Style};
use crate::types::{Kind, Type};
use crate::values::{self, BigInteger};
use base64::Engine as _;
use num_bigint::BigInt;
use num_traits::{Num, Signed, ToPrimitive};
use object::Value;
use object::value::Array;
use rust_decimal::{Decimal, RoundingStrategy};

fn double(number: f64) -> Result<Value> {
    Ok(Value::Double(number))
}
fn string(text: impl Into<String>) -> Result<Value> {
    Ok(Value::from(text.into()))
}

/// The type that a static of a number type is called on.
fn kind(call: &Call<'_>) -> Kind {
    call.this_type().kind()
}

fn limits(kind: Kind) -> (Value, Value) {
    match kind {
        Kind::SByte => (Value::SByte(i8::MIN), Value::SByte(i8::MAX)),
        Kind::Byte => (Value::Byte(0), Value::Byte(u8::MAX)),
        Kind::Int16 => (Value::Int16(i16::MIN), Value::Int16(i16::MAX)),
        Kind::UInt16 => (Value::UInt16(0), Value::UInt16(u16::MAX)),
        Kind::Int32 => (Value::Int32(i32::MIN), Value::Int32(i32::MAX)),
        Kind::UInt32 => (Value::UInt32(0), Value::UInt32(u32::MAX)),
        Kind::Int64 => (Value::Int64(i64::MIN), Value::Int64(i64::MAX)),
        Kind::UInt64 => (Value::UInt64(0), Value::UInt64(u64::MAX)),
        Kind::Single => (Value::Single(f32::MIN), Value::Single(f32::MAX)),
        Kind::Double => (Value::Double(f64::MIN), Value::Double(f64::MAX)),
        _ => (Value::Decimal(Decimal::MIN), Value::Decimal(Decimal::MAX)),
    }
}

fn too_large(kind: Kind) -> Exception {
    let what = match kind {
        Kind::Byte => "an unsigned byte",
        Kind::SByte => "a signed byte",
        Kind::Int16 => "an Int16",
        Kind::UInt16 => "a UInt16",
        Kind::Int32 => "an Int32",
        Kind::UInt32 => "a UInt32",
        Kind::Int64 => "an Int64",
        Kind::UInt64 => "a UInt64",
        Kind::Single => "a Single",
        Kind::Double => "a Double",
        _ => "a Decimal",
    };
    Exception::new("System.OverflowException", format!("Value was either too large or too small for {what}."))
}

/// `[int]::Parse`: styles and culture by the arguments given.
fn read(call: &Call<'_>, styles: Option<i64>, culture_at: usize) -> Result<Value> {
    let (text, of) = (call.text(0), kind(call));
    if call.plain(0).is_null() {
        return Err(Exception::argument_null("s"));
    }
    let locale = call.culture(culture_at)?;
    let bad = || Exception::format(format!("The input string '{text}' was not in a correct format."));
    let whole = !matches!(of, Kind::Single | Kind::Double | Kind::Decimal);
    let style = match styles {
        Some(flags) => Style::of_flags(flags),
        None if whole => Style::INTEGER,
        None if of == Kind::Decimal => Style::NUMBER,
        None => Style::FLOAT,
    };
    if styles.is_some_and(|flags| flags & 512 != 0) {
        let trimmed = text.trim();
        let number = BigInt::from_str_radix(trimmed, 16).map_err(|_| bad())?;
        let number = wrap(number, of);
        return convert::fit(&number, of).ok_or_else(|| too_large(of));
    }
    match of {
        Kind::Double => parse::double(&text, style, locale.culture).map(Value::Double).ok_or_else(bad),
        Kind::Single => {
            parse::double(&text, style, locale.culture).map(|n| Value::Single(n as f32)).ok_or_else(bad)
        }
        Kind::Decimal => {
            if parse::plain_number(&text, style, locale.culture).is_none() {
                return Err(bad());
            }
            parse::decimal(&text, style, locale.culture).map(Value::Decimal).ok_or_else(|| too_large(of))
        }
        _ => {
            let plain = parse::plain_number(&text, style, locale.culture).ok_or_else(bad)?;
            let number = match plain.contains(['.', 'e']) {
                true => parse::decimal_text(&plain)
                    .filter(|n| n.fract().is_zero())
                    .and_then(|n| n.to_i128())
                    .map(BigInt::from),
                false => plain.parse().ok(),
            };
            convert::fit(&number.ok_or_else(bad)?, of).ok_or_else(|| too_large(of))
        }
    }
}

/// Hexadecimal digits fill a signed type with its sign.
fn wrap(number: BigInt, kind: Kind) -> BigInt {
    match kind {
        Kind::Int32 => number.to_u32().map_or(number, |n| BigInt::from(n as i32)),
        Kind::Int64 => number.to_u64().map_or(number, |n| BigInt::from(n as i64)),
        Kind::Int16 => number.to_u16().map_or(number, |n| BigInt::from(n as i16)),
        Kind::SByte => number.to_u8().map_or(number, |n| BigInt::from(n as i8)),
        _ => number,
    }
}

fn try_read(call: &Call<'_>, styles: Option<i64>, culture_at: usize, result_at: usize) -> Result<Value> {
    let found = read(call, styles, culture_at);
    let zero = convert::to(&Value::Int32(0), &call.this_type(), call.engine.locale())?;
    call.set_reference(result_at, found.as_ref().ok().cloned().unwrap_or(zero));
    Ok(Value::Bool(found.is_ok()))
}

fn shown(call: &Call<'_>, pattern: &str, culture_at: usize) -> Result<Value> {
    let locale = call.culture(culture_at)?;
    format::value(call.this(), pattern, &locale).map(Value::from)
}

/// What all number types have.
const NUMBER: &[Row] = &[
    ("int CompareTo(System.Object value)", |call| {
        let order = crate::compare::numbers(call.this(), call.plain(0));
        Ok(Value::Int32(order.map_or(1, |order| order as i32)))
    }),
    ("bool Equals(System.Object obj)", |call| {
        let same = call.this().type_name() == call.plain(0).type_name();
        Ok(Value::Bool(
            same && crate::compare::numbers(call.this(), call.plain(0)) == Some(std::cmp::Ordering::Equal),
        ))
    }),
    ("string ToString()", |call| shown(call, "", 9)),
    ("string ToString(string format)", |call| {
        let pattern = call.text(0);
        shown(call, &pattern, 9)
    }),
    ("string ToString(System.IFormatProvider provider)", |call| shown(call, "", 0)),
    ("string ToString(string format, System.IFormatProvider provider)", |call| {
        let pattern = call.text(0);
        shown(call, &pattern, 1)
    }),
    ("static object MaxValue", |call| Ok(limits(kind(call)).1)),
    ("static object MinValue", |call| Ok(limits(kind(call)).0)),
    ("static object Parse(string s)", |call| read(call, None, 9)),
    ("static object Parse(string s, System.Globalization.NumberStyles style)", |call| {
        read(call, Some(call.int(1)), 9)
    }),
    ("static object Parse(string s, System.IFormatProvider provider)", |call| read(call, None, 1)),
    (
        "static object Parse(string s, System.Globalization.NumberStyles style, System.IFormatProvider provider)",
        |call| read(call, Some(call.int(1)), 2),
    ),
    ("static bool TryParse(string s, [ref] object result)", |call| try_read(call, None, 9, 1)),
    ("static bool TryParse(string s, System.IFormatProvider provider, [ref] object result)", |call| {
        try_read(call, None, 1, 2)
    }),
    (
        "static bool TryParse(string s, System.Globalization.NumberStyles style, System.IFormatProvider provider, [ref] object result)",
        |call| try_read(call, Some(call.int(1)), 2, 3),
    ),
];

const REAL: &[Row] = &[
    ("static object NaN", |call| {
        Ok(if kind(call) == Kind::Single { Value::Single(f32::NAN) } else { Value::Double(f64::NAN) })
    }),
    ("static object PositiveInfinity", |call| {
        Ok(if kind(call) == Kind::Single {
            Value::Single(f32::INFINITY)
        } else {
            Value::Double(f64::INFINITY)
        })
    }),
    ("static object NegativeInfinity", |call| {
        Ok(if kind(call) == Kind::Single {
            Value::Single(f32::NEG_INFINITY)
        } else {
            Value::Double(f64::NEG_INFINITY)
        })
    }),
    ("static object Epsilon", |call| {
        Ok(if kind(call) == Kind::Single {
            Value::Single(f32::from_bits(1))
        } else {
            Value::Double(f64::from_bits(1))
        })
    }),
    ("static bool IsNaN(double d)", |call| Ok(Value::Bool(call.double(0).is_nan()))),
    ("static bool IsFinite(double d)", |call| Ok(Value::Bool(call.double(0).is_finite()))),
    ("static bool IsNegative(double d)", |call| Ok(Value::Bool(call.double(0).is_sign_negative()))),
    ("static bool IsPositiveInfinity(double d)", |call| Ok(Value::Bool(call.double(0) == f64::INFINITY))),
    ("static bool IsNegativeInfinity(double d)", |call| Ok(Value::Bool(call.double(0) == f64::NEG_INFINITY))),
    ("static bool IsInfinity(double d)", |call| Ok(Value::Bool(call.double(0).is_infinite()))),
];

fn greater(call: &mut Call<'_>, max: bool) -> Result<Value> {
    let (a, b) = (call.value(0), call.value(1));
    // Not-a-number wins, whichever it is.
    if let Some(none) = [&a, &b].into_iter().find(|n| values::double(n).is_some_and(f64::is_nan)) {
        return Ok(none.clone());
    }
    let first = crate::compare::numbers(&a, &b) == Some(std::cmp::Ordering::Greater);
    Ok(if first == max { a } else { b })
}

fn sign(call: &Call<'_>) -> Result<Value> {
    let number = values::double(call.plain(0)).unwrap_or(0.0);
    if number.is_nan() {
        let message = "Function does not accept floating point Not-a-Number values.";
        return Err(Exception::new("System.ArithmeticException", message));
    }
    Ok(Value::Int32(if number > 0.0 { 1 } else { -i32::from(number < 0.0) }))
}

fn clamp(call: &Call<'_>) -> Result<Value> {
    let (value, min, max) = (call.value(0), call.value(1), call.value(2));
    let less = |a: &Value, b: &Value| crate::compare::numbers(a, b) == Some(std::cmp::Ordering::Less);
    if less(&max, &min) {
        return Err(Exception::new(
            "System.ArgumentException",
            format!("'{min}' cannot be greater than {max}."),
        ));
    }
    Ok(if less(&value, &min) {
        min
    } else if less(&max, &value) {
        max
    } else {
        value
    })
}

fn round(call: &Call<'_>) -> Result<Value> {
    let digits = if call.count() > 1 && !matches!(call.plain(1), Value::Enum(_)) { call.int(1) } else { 0 };
    let mode = call.arguments.iter().find_map(|value| match value {
        Value::Enum(mode) => Some(mode.number),
        _ => None,
    });
    if let Value::Decimal(number) = call.plain(0) {
        let strategy = match mode {
            Some(1) => RoundingStrategy::MidpointAwayFromZero,
            Some(2) => RoundingStrategy::ToZero,
            Some(3) => RoundingStrategy::ToNegativeInfinity,
            Some(4) => RoundingStrategy::ToPositiveInfinity,
            _ => RoundingStrategy::MidpointNearestEven,
        };
        return Ok(Value::Decimal(number.round_dp_with_strategy(digits.clamp(0, 28) as u32, strategy)));
    }
    if !(0..=15).contains(&digits) {
        return Err(Exception::out_of_range(
            "Rounding digits must be between 0 and 15, inclusive.",
            "digits",
        ));
    }
    let scale = 10f64.powi(digits as i32);
    let number = call.double(0);
    if number.abs() >= 1e16 {
        return double(number);
    }
    let scaled = number * scale;
    let rounded = match mode {
        Some(1) => scaled.round(),
        Some(2) => scaled.trunc(),
        Some(3) => scaled.floor(),
        Some(4) => scaled.ceil(),
        _ => scaled.round_ties_even(),
    };
    double(rounded / scale)
}

fn on_number(call: &Call<'_>, real: fn(f64) -> f64, exact: fn(Decimal) -> Decimal) -> Result<Value> {
    match call.plain(0) {
        Value::Decimal(n) => Ok(Value::Decimal(exact(*n))),
        _ => double(real(call.double(0))),
    }
}

fn absolute(call: &Call<'_>) -> Result<Value> {
    Ok(match call.plain(0) {
        Value::Int32(n) => Value::Int32(n.checked_abs().ok_or_else(|| {
            Exception::new(
                "System.OverflowException",
                "Negating the minimum value of a twos complement number is invalid.",
            )
        })?),
        Value::Int64(n) => Value::Int64(n.saturating_abs()),
        Value::Decimal(n) => Value::Decimal(n.abs()),
        Value::SByte(n) => Value::SByte(n.saturating_abs()),
        Value::Int16(n) => Value::Int16(n.saturating_abs()),
        Value::Single(n) => Value::Single(n.abs()),
        _ => Value::Double(call.double(0).abs()),
    })
}

/// The power of two that a number begins with.
fn exponent_of(number: f64) -> i32 {
    match number {
        0.0 => i32::MIN,
        n if !n.is_finite() => i32::MAX,
        n if n.is_subnormal() => exponent_of(n * 2f64.powi(64)) - 64,
        n => (n.to_bits() >> 52 & 0x7FF) as i32 - 1023,
    }
}

/// Of two numbers the one that is further from nought, or the nearer one.
fn by_magnitude(call: &Call<'_>, greater: bool) -> f64 {
    let (x, y) = (call.double(0), call.double(1));
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    match x.abs().total_cmp(&y.abs()) {
        std::cmp::Ordering::Equal => {
            if greater {
                x.max(y)
            } else {
                x.min(y)
            }
        }
        order => {
            if order.is_gt() == greater {
                x
            } else {
                y
            }
        }
    }
}

macro_rules! functions {
    ($($signature:literal $function:expr;)*) => {
        &[$(($signature, |call| double(($function)(call.double(0)))),)*]
    };
}

const FUNCTIONS: &[Row] = functions! {
    "static double Sqrt(double d)" f64::sqrt;
    "static double Cbrt(double d)" f64::cbrt;
    "static double Exp(double d)" f64::exp;
    "static double Log(double d)" f64::ln;
    "static double Log10(double d)" f64::log10;
    "static double Log2(double x)" f64::log2;
    "static double Sin(double a)" f64::sin;
    "static double Cos(double d)" f64::cos;
    "static double Tan(double a)" f64::tan;
    "static double Asin(double d)" f64::asin;
    "static double Acos(double d)" f64::acos;
    "static double Atan(double d)" f64::atan;
    "static double Sinh(double value)" f64::sinh;
    "static double Cosh(double value)" f64::cosh;
    "static double Tanh(double value)" f64::tanh;
};

/// `[convert]::ToInt32('ff', 16)`.
fn from_base(call: &Call<'_>, kind: Kind) -> Result<Value> {
    let (text, base) = (call.text(0), call.int(1));
    if !matches!(base, 2 | 8 | 10 | 16) {
        return Err(Exception::new("System.ArgumentException", "Invalid Base."));
    }
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
    let digits = if base == 16 { digits.trim_start_matches("0x").trim_start_matches("0X") } else { digits };
    if digits.is_empty() {
        return Err(Exception::out_of_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.",
            "startIndex",
        ));
    }
    if !digits.starts_with(|c: char| c.is_digit(base as u32)) {
        return Err(Exception::format("Could not find any recognizable digits."));
    }
    let number = BigInt::from_str_radix(digits, base as u32)
        .map_err(|_| Exception::format("Additional non-parsable characters are at the end of the string."))?;
    let number = if base == 10 { number } else { wrap(number, kind) };
    convert::fit(&if negative { -number } else { number }, kind).ok_or_else(|| too_large(kind))
}

/// `[convert]::ToString(255, 16)`.
fn to_base(call: &Call<'_>) -> Result<Value> {
    let base = call.int(1);
    let number = call.plain(0);
    let bits: u64 = match number {
        Value::Byte(n) => u64::from(*n),
        Value::Int16(n) => u64::from(*n as u16),
        Value::Int32(n) => u64::from(*n as u32),
        other => other.as_i64().unwrap_or(0) as u64,
    };
    string(match base {
        2 => format!("{bits:b}"),
        8 => format!("{bits:o}"),
        10 => number.to_string(),
        16 => format!("{bits:x}"),
        _ => return Err(Exception::new("System.ArgumentException", "Invalid Base.")),
    })
}

/// `[convert]::ToX(value)`: casts, but strings are read plainly and `$null` is zero.
fn convert_to(call: &Call<'_>, of: &str) -> Result<Value> {
    let to = Type::parse(of).unwrap_or_else(Type::object);
    let value = call.plain(0);
    if let (
        Value::String(text),
        Kind::Int16
        | Kind::Int32
        | Kind::Int64
        | Kind::Byte
        | Kind::UInt32
        | Kind::UInt64
        | Kind::UInt16
        | Kind::SByte,
    ) = (value, to.kind())
    {
        let plain = parse::plain_number(text, Style::INTEGER, call.engine.locale().culture);
        let number: Option<BigInt> = plain.and_then(|text| text.parse().ok());
        let number = number.ok_or_else(|| {
            Exception::format(format!("The input string '{text}' was not in a correct format."))
        })?;
        return convert::fit(&number, to.kind()).ok_or_else(|| too_large(to.kind()));
    }
    if let (Value::String(text), Kind::Double | Kind::Single | Kind::Decimal) = (value, to.kind()) {
        let locale = call.culture(1)?;
        let bad = || Exception::format(format!("The input string '{text}' was not in a correct format."));
        return match to.kind() {
            Kind::Decimal => {
                parse::decimal(text, Style::NUMBER, locale.culture).map(Value::Decimal).ok_or_else(bad)
            }
            Kind::Single => parse::double(text, Style::FLOAT, locale.culture)
                .map(|n| Value::Single(n as f32))
                .ok_or_else(bad),
            _ => parse::double(text, Style::FLOAT, locale.culture).map(Value::Double).ok_or_else(bad),
        };
    }
    if let (Value::String(text), Kind::Bool) = (value, to.kind()) {
        return match text.trim().to_ascii_lowercase().as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(Exception::format(format!("String '{text}' was not recognized as a valid Boolean."))),
        };
    }
    if let (Value::String(text), Kind::DateTime) = (value, to.kind()) {
        let locale = call.culture(1)?;
        return parse::date(text, &locale, None).map(Value::DateTime).ok_or_else(|| {
            Exception::format(format!("String '{text}' was not recognized as a valid DateTime."))
        });
    }
    if matches!(value, Value::Array(_) | Value::Dictionary(_) | Value::Object(_))
        && !matches!(to.kind(), Kind::String)
    {
        let of = match value {
            Value::Object(_) => Type::named("System.Management.Automation.PSObject"),
            other => Type::of(other).unwrap_or_else(Type::object),
        };
        return Err(Exception::new(
            "System.InvalidCastException",
            format!("Unable to cast object of type '{of}' to type 'System.IConvertible'."),
        ));
    }
    convert::to(value, &to, call.engine.locale()).map_err(|_| too_large(to.kind()))
}

fn change_type(call: &mut Call<'_>) -> Result<Value> {
    let of = call.plain(1).downcast::<Type>().cloned().unwrap_or_else(Type::object);
    convert_to(call, &of.name())
}

fn base64_of(call: &Call<'_>) -> Result<Value> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(call.bytes(0));
    if call.int(1) & 1 == 0 {
        return string(encoded);
    }
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    string(lines.join("\r\n"))
}

/// A part of the bytes at `at`: where it starts and how long it is are arguments, too.
fn byte_part(call: &Call<'_>, at: usize, from_at: usize) -> Result<Vec<u8>> {
    let (all, from) = (call.bytes(at), call.int(from_at));
    let length = if call.count() > from_at + 1 { call.int(from_at + 1) } else { all.len() as i64 - from };
    for (name, number) in [("offset", from), ("length", length)] {
        if number < 0 {
            let message = "Value must be positive.";
            return Err(Exception::out_of_range(message, name));
        }
    }
    let part = all.get(from as usize..(from + length) as usize).map(<[u8]>::to_vec);
    part.ok_or_else(|| {
        let message = "Offset and length must refer to a position in the string.";
        Exception::out_of_range(message, "offset")
    })
}

fn byte_array(bytes: &[u8]) -> Value {
    Array::of("System.Byte", bytes.iter().copied().map(Value::Byte).collect()).into()
}

fn divided(call: &Call<'_>, by: fn(BigInt, BigInt) -> BigInt) -> Result<Value> {
    if big(call, 1).sign() == num_bigint::Sign::NoSign {
        return Err(Exception::new("System.DivideByZeroException", "Attempted to divide by zero."));
    }
    of_big(by(big(call, 0), big(call, 1)))
}

fn dashed(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect::<Vec<_>>().join("-")
}

fn bytes_of(value: &Value) -> Vec<u8> {
    match value {
        Value::Bool(b) => vec![u8::from(*b)],
        Value::Char(unit) => unit.to_le_bytes().to_vec(),
        Value::Int16(n) => n.to_le_bytes().to_vec(),
        Value::UInt16(n) => n.to_le_bytes().to_vec(),
        Value::UInt32(n) => n.to_le_bytes().to_vec(),
        Value::Int64(n) => n.to_le_bytes().to_vec(),
        Value::UInt64(n) => n.to_le_bytes().to_vec(),
        Value::Single(n) => n.to_le_bytes().to_vec(),
        Value::Double(n) => n.to_le_bytes().to_vec(),
        other => (other.as_i64().unwrap_or(0) as i32).to_le_bytes().to_vec(),
    }
}

fn chunk<const N: usize>(call: &Call<'_>) -> Result<[u8; N]> {
    let from = call.int(1).max(0) as usize;
    let bytes = call.bytes(0);
    let part = bytes.get(from..from + N).and_then(|part| part.try_into().ok());
    part.ok_or_else(|| Exception::argument("The array starting from the specified index is not long enough to read a value of the specified type.", "value"))
}

fn big(call: &Call<'_>, at: usize) -> BigInt {
    values::big(call.plain(at)).unwrap_or_default()
}
/// The most bits a big integer may have: .NET stops at 2^31, and nobody waits for as much.
const BIG_BITS_MAX: u64 = 64 << 20;

fn power(number: &BigInt, exponent: u32) -> Result<Value> {
    if number.bits().saturating_mul(u64::from(exponent)) > BIG_BITS_MAX && number.bits() > 1 {
        let message = "BigInteger would require more bits than this session allows.";
        return Err(Exception::new("System.OverflowException", message));
    }
    of_big(number.pow(exponent))
}

fn of_big(number: BigInt) -> Result<Value> {
    Ok(Value::typed(BigInteger(number)))
}

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.SByte", NUMBER),
    ("System.Byte", NUMBER),
    ("System.Int16", NUMBER),
    ("System.UInt16", NUMBER),
    ("System.Int32", NUMBER),
    ("System.UInt32", NUMBER),
    ("System.Int64", NUMBER),
    ("System.UInt64", NUMBER),
    ("System.Single", NUMBER),
    ("System.Double", NUMBER),
    ("System.Decimal", NUMBER),
    ("System.Single", REAL),
    ("System.Double", REAL),
    (
        "System.Decimal",
        &[
            ("static decimal Zero", |_| Ok(Value::Decimal(Decimal::ZERO))),
            ("static decimal One", |_| Ok(Value::Decimal(Decimal::ONE))),
            ("static decimal MinusOne", |_| Ok(Value::Decimal(-Decimal::ONE))),
            ("static decimal Round(decimal d)", |call| round(call)),
            ("static decimal Round(decimal d, int decimals)", |call| round(call)),
            ("static decimal Round(decimal d, System.MidpointRounding mode)", |call| round(call)),
            ("static decimal Round(decimal d, int decimals, System.MidpointRounding mode)", |call| {
                round(call)
            }),
            ("static decimal Truncate(decimal d)", |call| Ok(Value::Decimal(call.decimal(0).trunc()))),
            ("static decimal Floor(decimal d)", |call| Ok(Value::Decimal(call.decimal(0).floor()))),
            ("static decimal Ceiling(decimal d)", |call| Ok(Value::Decimal(call.decimal(0).ceil()))),
            ("static decimal Add(decimal d1, decimal d2)", |call| {
                call.decimal(0)
                    .checked_add(call.decimal(1))
                    .map(Value::Decimal)
                    .ok_or_else(|| too_large(Kind::Decimal))
            }),
            ("static decimal Subtract(decimal d1, decimal d2)", |call| {
                call.decimal(0)
                    .checked_sub(call.decimal(1))
                    .map(Value::Decimal)
                    .ok_or_else(|| too_large(Kind::Decimal))
            }),
            ("static decimal Multiply(decimal d1, decimal d2)", |call| {
                call.decimal(0)
                    .checked_mul(call.decimal(1))
                    .map(Value::Decimal)
                    .ok_or_else(|| too_large(Kind::Decimal))
            }),
            ("static decimal Remainder(decimal d1, decimal d2)", |call| {
                call.decimal(0).checked_rem(call.decimal(1)).map(Value::Decimal).ok_or_else(|| {
                    Exception::new("System.DivideByZeroException", "Attempted to divide by zero.")
                })
            }),
            ("static double ToDouble(decimal d)", |call| double(call.double(0))),
            ("static decimal Divide(decimal d1, decimal d2)", |call| {
                call.decimal(0).checked_div(call.decimal(1)).map(Value::Decimal).ok_or_else(|| {
                    Exception::new("System.DivideByZeroException", "Attempted to divide by zero.")
                })
            }),
            ("static decimal Negate(decimal d)", |call| Ok(Value::Decimal(-call.decimal(0)))),
            ("static int ToInt32(decimal d)", |call| {
                call.decimal(0).trunc().to_i32().map(Value::Int32).ok_or_else(|| too_large(Kind::Int32))
            }),
        ],
    ),
    (
        "System.Boolean",
        &[
            ("static string TrueString", |_| string("True")),
            ("static string FalseString", |_| string("False")),
            ("static bool Parse(string value)", |call| convert_to(call, "bool")),
            ("static bool TryParse(string value, [ref] bool result)", |call| {
                let found = convert_to(call, "bool");
                call.set_reference(1, found.as_ref().ok().cloned().unwrap_or(Value::Bool(false)));
                Ok(Value::Bool(found.is_ok()))
            }),
            ("int CompareTo(bool value)", |call| {
                Ok(Value::Int32(i32::from(crate::compare::truth(call.this())) - i32::from(call.bool(0))))
            }),
        ],
    ),
    ("System.Math", FUNCTIONS),
    (
        "System.Math",
        &[
            ("static double PI", |_| double(std::f64::consts::PI)),
            ("static double E", |_| double(std::f64::consts::E)),
            ("static double Tau", |_| double(std::f64::consts::TAU)),
            ("static double Round(double a)", |call| round(call)),
            ("static double Round(double value, int digits)", |call| round(call)),
            ("static double Round(double value, System.MidpointRounding mode)", |call| round(call)),
            ("static double Round(double value, int digits, System.MidpointRounding mode)", |call| {
                round(call)
            }),
            ("static decimal Round(decimal d)", |call| round(call)),
            ("static decimal Round(decimal d, int decimals)", |call| round(call)),
            ("static decimal Round(decimal d, System.MidpointRounding mode)", |call| round(call)),
            ("static decimal Round(decimal d, int decimals, System.MidpointRounding mode)", |call| {
                round(call)
            }),
            ("static double Floor(double d)", |call| on_number(call, f64::floor, |n| n.floor())),
            ("static decimal Floor(decimal d)", |call| on_number(call, f64::floor, |n| n.floor())),
            ("static double Ceiling(double a)", |call| on_number(call, f64::ceil, |n| n.ceil())),
            ("static decimal Ceiling(decimal d)", |call| on_number(call, f64::ceil, |n| n.ceil())),
            ("static double Truncate(double d)", |call| on_number(call, f64::trunc, |n| n.trunc())),
            ("static decimal Truncate(decimal d)", |call| on_number(call, f64::trunc, |n| n.trunc())),
            ("static decimal Abs(decimal value)", |call| absolute(call)),
            ("static double Abs(double value)", |call| absolute(call)),
            ("static int16 Abs(int16 value)", |call| absolute(call)),
            ("static int Abs(int value)", |call| absolute(call)),
            ("static long Abs(long value)", |call| absolute(call)),
            ("static sbyte Abs(sbyte value)", |call| absolute(call)),
            ("static float Abs(float value)", |call| absolute(call)),
            ("static byte Max(byte val1, byte val2)", |call| greater(call, true)),
            ("static decimal Max(decimal val1, decimal val2)", |call| greater(call, true)),
            ("static double Max(double val1, double val2)", |call| greater(call, true)),
            ("static int16 Max(int16 val1, int16 val2)", |call| greater(call, true)),
            ("static int Max(int val1, int val2)", |call| greater(call, true)),
            ("static long Max(long val1, long val2)", |call| greater(call, true)),
            ("static sbyte Max(sbyte val1, sbyte val2)", |call| greater(call, true)),
            ("static float Max(float val1, float val2)", |call| greater(call, true)),
            ("static uint16 Max(uint16 val1, uint16 val2)", |call| greater(call, true)),
            ("static uint Max(uint val1, uint val2)", |call| greater(call, true)),
            ("static ulong Max(ulong val1, ulong val2)", |call| greater(call, true)),
            ("static byte Min(byte val1, byte val2)", |call| greater(call, false)),
            ("static decimal Min(decimal val1, decimal val2)", |call| greater(call, false)),
            ("static double Min(double val1, double val2)", |call| greater(call, false)),
            ("static int16 Min(int16 val1, int16 val2)", |call| greater(call, false)),
            ("static int Min(int val1, int val2)", |call| greater(call, false)),
            ("static long Min(long val1, long val2)", |call| greater(call, false)),
            ("static sbyte Min(sbyte val1, sbyte val2)", |call| greater(call, false)),
            ("static float Min(float val1, float val2)", |call| greater(call, false)),
            ("static uint16 Min(uint16 val1, uint16 val2)", |call| greater(call, false)),
            ("static uint Min(uint val1, uint val2)", |call| greater(call, false)),
            ("static ulong Min(ulong val1, ulong val2)", |call| greater(call, false)),
            ("static double CopySign(double x, double y)", |call| {
                double(call.double(0).copysign(call.double(1)))
            }),
            ("static double FusedMultiplyAdd(double x, double y, double z)", |call| {
                double(call.double(0).mul_add(call.double(1), call.double(2)))
            }),
            ("static double BitIncrement(double x)", |call| double(call.double(0).next_up())),
            ("static double BitDecrement(double x)", |call| double(call.double(0).next_down())),
            ("static int ILogB(double x)", |call| Ok(Value::Int32(exponent_of(call.double(0))))),
            ("static double ScaleB(double x, int n)", |call| {
                double(call.double(0) * 2f64.powi(call.int(1).clamp(-2200, 2200) as i32))
            }),
            ("static double MaxMagnitude(double x, double y)", |call| double(by_magnitude(call, true))),
            ("static double MinMagnitude(double x, double y)", |call| double(by_magnitude(call, false))),
            ("static double Pow(double x, double y)", |call| double(call.double(0).powf(call.double(1)))),
            ("static double Log(double a, double newBase)", |call| {
                double(call.double(0).ln() / call.double(1).ln())
            }),
            ("static double Atan2(double y, double x)", |call| double(call.double(0).atan2(call.double(1)))),
            ("static double IEEERemainder(double x, double y)", |call| {
                let (x, y) = (call.double(0), call.double(1));
                double(x - y * (x / y).round_ties_even())
            }),
            ("static int Sign(decimal value)", |call| sign(call)),
            ("static int Sign(double value)", |call| sign(call)),
            ("static int Sign(int16 value)", |call| sign(call)),
            ("static int Sign(int value)", |call| sign(call)),
            ("static int Sign(long value)", |call| sign(call)),
            ("static int Sign(sbyte value)", |call| sign(call)),
            ("static int Sign(float value)", |call| sign(call)),
            ("static System.ValueTuple[long,long] DivRem(long left, long right)", |call| {
                let (a, b) = (call.int(0), call.int(1));
                if b == 0 {
                    return Err(Exception::new(
                        "System.DivideByZeroException",
                        "Attempted to divide by zero.",
                    ));
                }
                super::tuple::pair_of(Value::Int64(a.wrapping_div(b)), Value::Int64(a.wrapping_rem(b)))
            }),
            ("static long DivRem(long a, long b, [ref] long result)", |call| {
                let (a, b) = (call.int(0), call.int(1));
                if b == 0 {
                    return Err(Exception::new(
                        "System.DivideByZeroException",
                        "Attempted to divide by zero.",
                    ));
                }
                call.set_reference(2, Value::Int64(a.wrapping_rem(b)));
                Ok(Value::Int64(a.wrapping_div(b)))
            }),
            ("static int DivRem(int a, int b, [ref] int result)", |call| {
                let (a, b) = (call.int(0), call.int(1));
                if b == 0 {
                    return Err(Exception::new(
                        "System.DivideByZeroException",
                        "Attempted to divide by zero.",
                    ));
                }
                call.set_reference(2, Value::Int32((a % b) as i32));
                Ok(Value::Int32((a / b) as i32))
            }),
            ("static long BigMul(int a, int b)", |call| Ok(Value::Int64(call.int(0) * call.int(1)))),
            ("static byte Clamp(byte value, byte min, byte max)", |call| clamp(call)),
            ("static decimal Clamp(decimal value, decimal min, decimal max)", |call| clamp(call)),
            ("static double Clamp(double value, double min, double max)", |call| clamp(call)),
            ("static int16 Clamp(int16 value, int16 min, int16 max)", |call| clamp(call)),
            ("static int Clamp(int value, int min, int max)", |call| clamp(call)),
            ("static long Clamp(long value, long min, long max)", |call| clamp(call)),
            ("static sbyte Clamp(sbyte value, sbyte min, sbyte max)", |call| clamp(call)),
            ("static float Clamp(float value, float min, float max)", |call| clamp(call)),
            ("static uint16 Clamp(uint16 value, uint16 min, uint16 max)", |call| clamp(call)),
            ("static uint Clamp(uint value, uint min, uint max)", |call| clamp(call)),
            ("static ulong Clamp(ulong value, ulong min, ulong max)", |call| clamp(call)),
        ],
    ),
    (
        "System.Convert",
        &[
            ("static int ToInt32(System.Object value)", |call| convert_to(call, "int")),
            ("static int ToInt32(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "int")
            }),
            ("static int ToInt32(string value)", |call| convert_to(call, "int")),
            ("static int ToInt32(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "int")
            }),
            ("static int ToInt32(string value, int fromBase)", |call| from_base(call, Kind::Int32)),
            ("static long ToInt64(System.Object value)", |call| convert_to(call, "long")),
            ("static long ToInt64(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "long")
            }),
            ("static long ToInt64(string value)", |call| convert_to(call, "long")),
            ("static long ToInt64(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "long")
            }),
            ("static long ToInt64(string value, int fromBase)", |call| from_base(call, Kind::Int64)),
            ("static short ToInt16(System.Object value)", |call| convert_to(call, "int16")),
            ("static int16 ToInt16(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "int16")
            }),
            ("static int16 ToInt16(string value)", |call| convert_to(call, "int16")),
            ("static int16 ToInt16(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "int16")
            }),
            ("static short ToInt16(string value, int fromBase)", |call| from_base(call, Kind::Int16)),
            ("static byte ToByte(System.Object value)", |call| convert_to(call, "byte")),
            ("static byte ToByte(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "byte")
            }),
            ("static byte ToByte(string value)", |call| convert_to(call, "byte")),
            ("static byte ToByte(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "byte")
            }),
            ("static byte ToByte(string value, int fromBase)", |call| from_base(call, Kind::Byte)),
            ("static uint ToUInt32(System.Object value)", |call| convert_to(call, "uint32")),
            ("static uint32 ToUInt32(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "uint32")
            }),
            ("static uint32 ToUInt32(string value)", |call| convert_to(call, "uint32")),
            ("static uint32 ToUInt32(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "uint32")
            }),
            ("static uint ToUInt32(string value, int fromBase)", |call| from_base(call, Kind::UInt32)),
            ("static ulong ToUInt64(System.Object value)", |call| convert_to(call, "uint64")),
            ("static uint64 ToUInt64(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "uint64")
            }),
            ("static uint64 ToUInt64(string value)", |call| convert_to(call, "uint64")),
            ("static uint64 ToUInt64(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "uint64")
            }),
            ("static ulong ToUInt64(string value, int fromBase)", |call| from_base(call, Kind::UInt64)),
            ("static ushort ToUInt16(System.Object value)", |call| convert_to(call, "uint16")),
            ("static uint16 ToUInt16(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "uint16")
            }),
            ("static uint16 ToUInt16(string value)", |call| convert_to(call, "uint16")),
            ("static uint16 ToUInt16(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "uint16")
            }),
            ("static sbyte ToSByte(System.Object value)", |call| convert_to(call, "sbyte")),
            ("static sbyte ToSByte(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "sbyte")
            }),
            ("static sbyte ToSByte(string value)", |call| convert_to(call, "sbyte")),
            ("static sbyte ToSByte(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "sbyte")
            }),
            ("static double ToDouble(System.Object value)", |call| convert_to(call, "double")),
            ("static double ToDouble(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "double")
            }),
            ("static double ToDouble(string value)", |call| convert_to(call, "double")),
            ("static double ToDouble(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "double")
            }),
            ("static float ToSingle(System.Object value)", |call| convert_to(call, "float")),
            ("static float ToSingle(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "float")
            }),
            ("static float ToSingle(string value)", |call| convert_to(call, "float")),
            ("static float ToSingle(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "float")
            }),
            ("static decimal ToDecimal(System.Object value)", |call| convert_to(call, "decimal")),
            ("static decimal ToDecimal(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "decimal")
            }),
            ("static decimal ToDecimal(string value)", |call| convert_to(call, "decimal")),
            ("static decimal ToDecimal(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "decimal")
            }),
            ("static bool ToBoolean(System.Object value)", |call| convert_to(call, "bool")),
            ("static bool ToBoolean(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "bool")
            }),
            ("static bool ToBoolean(string value)", |call| convert_to(call, "bool")),
            ("static bool ToBoolean(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "bool")
            }),
            ("static char ToChar(object value)", |call| match call.plain(0) {
                Value::String(text) if text.encode_utf16().count() != 1 => {
                    Err(Exception::format("String must be exactly one character long."))
                }
                _ => convert_to(call, "char"),
            }),
            ("static datetime ToDateTime(System.Object value)", |call| convert_to(call, "datetime")),
            ("static datetime ToDateTime(System.Object value, System.IFormatProvider provider)", |call| {
                convert_to(call, "datetime")
            }),
            ("static datetime ToDateTime(string value)", |call| convert_to(call, "datetime")),
            ("static datetime ToDateTime(string value, System.IFormatProvider provider)", |call| {
                convert_to(call, "datetime")
            }),
            ("static string ToString(object value)", |call| {
                Ok(crate::text::of(call.plain(0), call.engine.locale()).into())
            }),
            ("static string ToString(long value, int toBase)", |call| to_base(call)),
            ("static string ToString(int value, int toBase)", |call| to_base(call)),
            ("static string ToString(int16 value, int toBase)", |call| to_base(call)),
            ("static string ToString(byte value, int toBase)", |call| to_base(call)),
            ("static string ToString(object value, System.IFormatProvider provider)", |call| {
                let locale = call.culture(1)?;
                Ok(crate::text::of(call.plain(0), &locale).into())
            }),
            ("static string ToBase64String(byte[] inArray)", |call| base64_of(call)),
            ("static string ToBase64String(byte[] inArray, int offset, int length)", |call| {
                let part = byte_part(call, 0, 1)?;
                string(base64::engine::general_purpose::STANDARD.encode(part))
            }),
            (
                "static string ToBase64String(byte[] inArray, System.Base64FormattingOptions options)",
                |call| base64_of(call),
            ),
            ("static byte[] FromBase64String(string s)", |call| {
                let text: String = call.text(0).chars().filter(|c| !c.is_whitespace()).collect();
                let bytes = base64::engine::general_purpose::STANDARD.decode(text);
                bytes.map(|bytes| byte_array(&bytes)).map_err(|_| Exception::format("The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters."))
            }),
            ("static string ToHexString(byte[] inArray)", |call| {
                string(call.bytes(0).iter().map(|b| format!("{b:02X}")).collect::<String>())
            }),
            ("static string ToHexStringLower(byte[] inArray)", |call| {
                string(call.bytes(0).iter().map(|b| format!("{b:02x}")).collect::<String>())
            }),
            ("static byte[] FromHexString(string s)", |call| {
                let text = call.text(0);
                let digits: Vec<char> = text.chars().collect();
                let bytes: Option<Vec<u8>> = digits
                    .chunks(2)
                    .map(|pair| {
                        u8::from_str_radix(&pair.iter().collect::<String>(), 16)
                            .ok()
                            .filter(|_| pair.len() == 2)
                    })
                    .collect();
                bytes.map(|bytes| byte_array(&bytes)).ok_or_else(|| {
                    Exception::format(
                        "The input is not a valid hex string as it contains a non-hex character.",
                    )
                })
            }),
            ("static System.Object ChangeType(System.Object value, type conversionType)", change_type),
            (
                "static System.Object ChangeType(System.Object value, type conversionType, System.IFormatProvider provider)",
                |call| {
                    call.arguments.swap(1, 2);
                    let of = call.plain(2).downcast::<Type>().cloned().unwrap_or_else(Type::object);
                    convert_to(call, &of.name())
                },
            ),
            ("static System.Object ChangeType(System.Object value, System.TypeCode typeCode)", |call| {
                let name = format!("System.{}", call.plain(1));
                convert_to(call, &name)
            }),
            ("static bool IsDBNull(object value)", |_| Ok(Value::Bool(false))),
        ],
    ),
    (
        "System.BitConverter",
        &[
            ("static bool IsLittleEndian", |_| Ok(Value::Bool(true))),
            ("static byte[] GetBytes(bool value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static byte[] GetBytes(char value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static byte[] GetBytes(int16 value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static byte[] GetBytes(int value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static byte[] GetBytes(long value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static byte[] GetBytes(uint16 value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static byte[] GetBytes(uint value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static byte[] GetBytes(ulong value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static byte[] GetBytes(float value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static byte[] GetBytes(double value)", |call| Ok(byte_array(&bytes_of(call.plain(0))))),
            ("static long DoubleToInt64Bits(double value)", |call| {
                Ok(Value::Int64(call.double(0).to_bits() as i64))
            }),
            ("static double Int64BitsToDouble(long value)", |call| {
                double(f64::from_bits(call.int(0) as u64))
            }),
            ("static int SingleToInt32Bits(float value)", |call| {
                Ok(Value::Int32((call.double(0) as f32).to_bits() as i32))
            }),
            ("static float Int32BitsToSingle(int value)", |call| {
                Ok(Value::Single(f32::from_bits(call.int(0) as u32)))
            }),
            ("static char ToChar(byte[] value, int startIndex)", |call| {
                Ok(Value::Char(u16::from_le_bytes(chunk(call)?)))
            }),
            ("static string ToString(byte[] value, int startIndex)", |call| {
                string(dashed(&byte_part(call, 0, 1)?))
            }),
            ("static string ToString(byte[] value, int startIndex, int length)", |call| {
                string(dashed(&byte_part(call, 0, 1)?))
            }),
            ("static string ToString(byte[] value)", |call| string(dashed(&call.bytes(0)))),
            ("static int ToInt32(byte[] value, int startIndex)", |call| {
                Ok(Value::Int32(i32::from_le_bytes(chunk(call)?)))
            }),
            ("static uint ToUInt32(byte[] value, int startIndex)", |call| {
                Ok(Value::UInt32(u32::from_le_bytes(chunk(call)?)))
            }),
            ("static int16 ToInt16(byte[] value, int startIndex)", |call| {
                Ok(Value::Int16(i16::from_le_bytes(chunk(call)?)))
            }),
            ("static uint16 ToUInt16(byte[] value, int startIndex)", |call| {
                Ok(Value::UInt16(u16::from_le_bytes(chunk(call)?)))
            }),
            ("static long ToInt64(byte[] value, int startIndex)", |call| {
                Ok(Value::Int64(i64::from_le_bytes(chunk(call)?)))
            }),
            ("static uint64 ToUInt64(byte[] value, int startIndex)", |call| {
                Ok(Value::UInt64(u64::from_le_bytes(chunk(call)?)))
            }),
            ("static double ToDouble(byte[] value, int startIndex)", |call| {
                double(f64::from_le_bytes(chunk(call)?))
            }),
            ("static float ToSingle(byte[] value, int startIndex)", |call| {
                Ok(Value::Single(f32::from_le_bytes(chunk(call)?)))
            }),
            ("static bool ToBoolean(byte[] value, int startIndex)", |call| {
                Ok(Value::Bool(chunk::<1>(call)?[0] != 0))
            }),
        ],
    ),
    (
        "System.Numerics.BigInteger",
        &[
            ("static bigint Zero", |_| of_big(BigInt::from(0))),
            ("static bigint One", |_| of_big(BigInt::from(1))),
            ("static bigint Parse(string value)", |call| {
                call.text(0)
                    .trim()
                    .parse::<BigInt>()
                    .map_err(|_| Exception::format("The value could not be parsed."))
                    .and_then(of_big)
            }),
            ("static bigint Pow(bigint value, int exponent)", |call| {
                let exponent = call.int(1);
                let Ok(exponent) = u32::try_from(exponent) else {
                    return Err(Exception::negative("exponent", exponent));
                };
                power(&big(call, 0), exponent)
            }),
            ("static bigint Abs(bigint value)", |call| of_big(big(call, 0).abs())),
            ("static bigint Add(bigint left, bigint right)", |call| of_big(big(call, 0) + big(call, 1))),
            ("static bigint Multiply(bigint left, bigint right)", |call| of_big(big(call, 0) * big(call, 1))),
            ("static bigint MinusOne", |_| of_big(BigInt::from(-1))),
            ("static bigint Subtract(bigint left, bigint right)", |call| of_big(big(call, 0) - big(call, 1))),
            ("static bigint Divide(bigint dividend, bigint divisor)", |call| divided(call, |a, b| a / b)),
            ("static bigint Remainder(bigint dividend, bigint divisor)", |call| divided(call, |a, b| a % b)),
            ("static bool IsPow2(bigint value)", |call| {
                let number = big(call, 0);
                let one = number.sign() == num_bigint::Sign::Plus
                    && number.trailing_zeros().is_some_and(|zeros| zeros + 1 == number.bits());
                Ok(Value::Bool(one))
            }),
            ("static bigint Negate(bigint value)", |call| of_big(-big(call, 0))),
            ("static bigint ModPow(bigint value, bigint exponent, bigint modulus)", |call| {
                if big(call, 2).sign() == num_bigint::Sign::NoSign {
                    return Err(Exception::new(
                        "System.DivideByZeroException",
                        "Attempted to divide by zero.",
                    ));
                }
                if big(call, 1).is_negative() {
                    return Err(Exception::negative("exponent", -1));
                }
                of_big(big(call, 0).modpow(&big(call, 1), &big(call, 2)))
            }),
            ("static bigint GreatestCommonDivisor(bigint left, bigint right)", |call| {
                let (mut a, mut b) = (big(call, 0).abs(), big(call, 1).abs());
                while b.sign() != num_bigint::Sign::NoSign {
                    (a, b) = (b.clone(), a % b);
                }
                of_big(a)
            }),
            ("static int Compare(bigint left, bigint right)", |call| {
                Ok(Value::Int32(big(call, 0).cmp(&big(call, 1)) as i32))
            }),
            ("static double Log10(bigint value)", |call| double(call.double(0).log10())),
            ("static double Log(bigint value)", |call| double(call.double(0).ln())),
            ("static bigint Min(bigint left, bigint right)", |call| of_big(big(call, 0).min(big(call, 1)))),
            ("static bool TryParse(string value, [ref] bigint result)", |call| {
                let found = call.text(0).trim().parse::<BigInt>();
                let there = found.is_ok();
                call.set_reference(1, Value::typed(BigInteger(found.unwrap_or_default())));
                Ok(Value::Bool(there))
            }),
            ("static bigint new(long value)", |call| of_big(big(call, 0))),
            ("bool IsZero", |call| {
                Ok(Value::Bool(call.this_as::<BigInteger>()?.0.sign() == num_bigint::Sign::NoSign))
            }),
            ("bool IsOne", |call| Ok(Value::Bool(call.this_as::<BigInteger>()?.0 == BigInt::from(1)))),
            ("int CompareTo(System.Object obj)", |call| {
                Ok(Value::Int32(call.this_as::<BigInteger>()?.0.cmp(&big(call, 0)) as i32))
            }),
            ("byte[] ToByteArray()", |call| {
                Ok(byte_array(&call.this_as::<BigInteger>()?.0.to_signed_bytes_le()))
            }),
            ("static bigint Max(bigint left, bigint right)", |call| of_big(big(call, 0).max(big(call, 1)))),
            ("string ToString()", |call| string(call.this_as::<BigInteger>()?.0.to_string())),
            ("string ToString(string format)", |call| {
                let pattern = call.text(0);
                call.this_as::<BigInteger>()?.format(&pattern, call.engine.locale()).map(Value::from)
            }),
            ("bool IsEven", |call| Ok(Value::Bool(!call.this_as::<BigInteger>()?.0.bit(0)))),
            ("int Sign", |call| {
                Ok(Value::Int32(call.this_as::<BigInteger>()?.0.signum().to_i32().unwrap_or(0)))
            }),
        ],
    ),
];
