//! Conversions between values: `[int]'12'`, parameters, arguments of methods, right operands.
//!
//! The order of the attempts and the error ids are PowerShell's: a value of the type stays; each target
//! has its rules; what remains is parsed, constructed from a hashtable, or refused.

use crate::collections::{Collection, Flavour};
use crate::culture;
use crate::exception::{Exception, Result};
use crate::locale::Locale;
use crate::parse::{self, Style};
use crate::text;
use crate::types::{Kind, Type};
use crate::values::{self, base};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use object::types::{DateKind, DateTime, EnumType, EnumValue, Guid, TimeSpan};
use object::value::{Array, Dictionary, Keys};
use object::{Object, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

/// Converts a value to a type, as a cast does.
pub fn to(value: &Value, to: &Type, locale: &Locale) -> Result<Value> {
    match to {
        Type::Array(element, _) => array(value, element, locale),
        Type::Enum(of) => enumeration(value, of, locale),
        Type::Generic(known, _) if known.kind == Kind::Delegate => delegate(base(value), to),
        Type::Generic(known, arguments) => generic(value, known.name, arguments, to, locale),
        Type::Known(known) => known_type(value, known.kind, to, locale),
        Type::Named(name) => named(value, name, to),
        Type::Script(_) => match Type::of(value) {
            None => Ok(Value::Null),
            Some(of) if of.is_a(to) => Ok(value.clone()),
            _ => Err(refuse(value, to)),
        },
    }
}

/// The last word: no way leads from the value to the type.
pub fn refuse(value: &Value, to: &Type) -> Exception {
    let of = Type::of(value).unwrap_or_else(Type::object);
    let shown = match base(value) {
        Value::Array(array) => array.type_name().to_string(),
        Value::Typed(typed) if typed.items().is_some() => typed.text(),
        other => text::to_text(other, &Locale::default()),
    };
    let message = format!("Cannot convert the \"{shown}\" value of type \"{of}\" to type \"{to}\".");
    Exception::cast("ConvertToFinalInvalidCastException", message)
}

fn failed(id: &str, value: &Value, to: &Type, why: &str) -> Exception {
    let shown = match base(value) {
        Value::Array(array) => array.type_name().to_string(),
        Value::DateTime(_) => text::of(value, &Locale::default()),
        other => text::to_text(other, &Locale::default()),
    };
    Exception::cast(id, format!("Cannot convert value \"{shown}\" to type \"{to}\". Error: \"{why}\""))
}

fn null_refused(to: &Type) -> Exception {
    Exception::cast("nullToObjectInvalidCast", format!("Cannot convert null to type \"{to}\"."))
}

fn iconvertible(value: &Value, to: &Type) -> Exception {
    let short = |of: &Type| match of {
        Type::Enum(of) => of.name.to_owned(),
        other => other.short_name().to_string(),
    };
    let from = Type::of(base(value)).map_or_else(|| "null".to_owned(), |of| short(&of));
    let target = match to.kind() {
        Kind::Other | Kind::Guid | Kind::TimeSpan | Kind::Version => format!("'{to}'"),
        _ => format!("'{}'", to.short_name()),
    };
    let from =
        if target.contains("System.") && !from.contains('.') { format!("System.{from}") } else { from };
    failed("InvalidCastIConvertible", value, to, &format!("Invalid cast from '{from}' to {target}."))
}

/// What an empty hashtable makes and a filled one fails to make.
fn object_creation(dictionary: &Dictionary, to: &Type, default: Value) -> Result<Value> {
    let Some((key, _)) = dictionary.to_vec().into_iter().next() else { return Ok(default) };
    let message = format!(
        "Cannot create object of type \"{to}\". The property '{key}' was not found for the '{to}' object. There is no settable property available."
    );
    Err(Exception::cast("ObjectCreationError", message))
}

fn known_type(value: &Value, kind: Kind, to: &Type, locale: &Locale) -> Result<Value> {
    match kind {
        Kind::Object => return Ok(value.clone()),
        Kind::PSObject => return Ok(custom_object(value)),
        Kind::String => return Ok(text::to_text(value, locale).into()),
        Kind::Bool => return Ok(Value::Bool(crate::truth::truth(value))),
        Kind::Void => return Ok(Value::Null),
        Kind::Array => return any_array(value),
        _ => {}
    }
    let inner = base(value);
    let already = Type::of(inner).is_some_and(|of| of.is_a(to));
    if already {
        return Ok(inner.clone());
    }
    match kind {
        Kind::SByte
        | Kind::Byte
        | Kind::Int16
        | Kind::UInt16
        | Kind::Int32
        | Kind::UInt32
        | Kind::Int64
        | Kind::UInt64
        | Kind::BigInteger => whole(inner, kind, to),
        Kind::Single | Kind::Double => real(inner, kind, to),
        Kind::Decimal => decimal(inner, to),
        Kind::Char => character(inner, to),
        Kind::DateTime => date_time(inner, to, locale),
        Kind::DateTimeOffset => date_time_offset(inner, to, locale),
        Kind::TimeSpan => time_span(inner, to),
        Kind::Guid => guid(inner, to),
        Kind::Version | Kind::SemanticVersion => version(inner, to),
        Kind::Switch => switch(inner, to),
        Kind::Hashtable | Kind::Ordered => dictionary(inner, kind, to),
        Kind::Collection => match Flavour::of_name(&to.name()) {
            Some(flavour) => collection(inner, flavour, &[], to, locale),
            None => keyed(inner, to),
        },
        Kind::Delegate => delegate(inner, to),
        Kind::SecureString | Kind::Credential | Kind::ScriptBlock | Kind::Encoding => {
            reference(inner, to, |_| None)
        }
        Kind::Uri => reference(inner, to, |text| Some(Ok(Value::typed(values::Uri::parse(text))))),
        Kind::MailAddress => reference(inner, to, |text| {
            let parsed = values::MailAddress::parse(text).map(Value::typed);
            Some(parsed.map_err(|error| failed("InvalidCastConstructorException", inner, to, error.text())))
        }),
        Kind::IpAddress => ip_address(inner, to),
        Kind::Regex => reference(inner, to, |text| {
            let made = crate::regex::Regex::new(text, 0).map(Value::typed);
            Some(made.map_err(|error| failed("InvalidCastFromStringToRegex", inner, to, error.text())))
        }),
        Kind::Type => reference(inner, to, |text| {
            let found = Type::parse(text.trim()).map(Value::typed);
            Some(found.ok_or_else(|| {
                let message = format!(
                    "Cannot convert the \"{text}\" value of type \"System.String\" to type \"System.Type\"."
                );
                Exception::cast("InvalidCastFromStringToType", message)
            }))
        }),
        Kind::CultureInfo
            if matches!(
                inner,
                Value::Int32(_)
                    | Value::Byte(_)
                    | Value::SByte(_)
                    | Value::Int16(_)
                    | Value::UInt16(_)
                    | Value::Char(_)
                    | Value::Enum(_)
            ) =>
        {
            let number = if let Value::Char(unit) = inner { Some(i64::from(*unit)) } else { inner.as_i64() };
            let number = if let Value::Enum(of) = inner { Some(of.number) } else { number };
            culture_numbered(number.unwrap_or_default(), inner, to)
        }
        Kind::CultureInfo if matches!(inner, Value::Int64(_) | Value::Double(_)) => {
            culture_info(&text::to_text(inner, &Locale::default()), inner, to)
        }
        Kind::CultureInfo => reference(inner, to, |text| Some(culture_info(text, inner, to))),
        Kind::StringBuilder => {
            reference(inner, to, |text| Some(Ok(Value::typed(values::StringBuilder::new(text)))))
        }
        Kind::Xml => xml(inner, to),
        Kind::Size => by_kind(inner, &object::types::kinds::BYTE_QUANTIFIED_SIZE, to),
        _ => other(inner, to),
    }
}

/// A script block as a delegate; nothing stays nothing.
fn delegate(value: &Value, to: &Type) -> Result<Value> {
    if value.is_null() || Type::of(value).is_some_and(|of| of == *to) {
        return Ok(value.clone());
    }
    if value.type_name().ends_with("ScriptBlock") {
        return Ok(Value::typed(values::Delegate { of: to.clone(), block: value.clone() }));
    }
    Err(refuse(value, to))
}

/// The error of a constructor that a cast calls.
pub fn constructor_failed(value: &Value, to: &Type, why: &Exception) -> Exception {
    let why = why.inner_exception().unwrap_or(why);
    failed("InvalidCastConstructorException", value, to, why.text())
}

/// Whole numbers to and from text, numbers and enumerations.
fn whole(value: &Value, kind: Kind, to: &Type) -> Result<Value> {
    let too_large = || {
        let what = match kind {
            Kind::Byte => "an unsigned byte",
            Kind::SByte => "a signed byte",
            Kind::Int16 => "an Int16",
            Kind::UInt16 => "a UInt16",
            Kind::Int32 => "an Int32",
            Kind::UInt32 => "a UInt32",
            Kind::Int64 => "an Int64",
            _ => "a UInt64",
        };
        format!("Value was either too large or too small for {what}.")
    };
    match value {
        Value::Null => Ok(fit(&BigInt::from(0), kind).unwrap_or_default()),
        Value::Bool(b) => Ok(fit(&BigInt::from(u8::from(*b)), kind).unwrap_or_default()),
        Value::Char(unit) => fit(&BigInt::from(*unit), kind)
            .ok_or_else(|| failed("InvalidCastIConvertible", value, to, &too_large())),
        Value::String(given) => {
            let refuse = |why: &str| failed("InvalidCastFromStringToInteger", value, to, why);
            if given.trim().is_empty() {
                return Ok(fit(&BigInt::from(0), kind).unwrap_or_default());
            }
            let incorrect = match kind {
                Kind::BigInteger => "The value could not be parsed.".to_owned(),
                _ => format!("The input string '{given}' was not in a correct format."),
            };
            let number = parse::whole_text(given)
                .or_else(|| parse::literal(given).and_then(|found| rounded(&found, kind)))
                .or_else(|| {
                    // Groups of thousands are taken where nothing else fits; not by the smallest types.
                    let grouped = Style { exponent: false, point: false, ..Style::FLOAT };
                    let plain = parse::plain_number(given, grouped, &culture::INVARIANT);
                    plain.filter(|_| kind_takes_groups(kind)).and_then(|text| text.parse().ok())
                })
                .ok_or_else(|| refuse(&incorrect))?;
            fit(&number, kind).ok_or_else(|| refuse(&too_large()))
        }
        Value::DateTime(_) => Err(iconvertible(value, to)),
        Value::Dictionary(dictionary) if kind == Kind::BigInteger => {
            object_creation(dictionary, to, fit(&BigInt::from(0), kind).unwrap_or_default())
        }
        number => {
            let found = rounded(number, kind);
            match found {
                Some(found) => fit(&found, kind)
                    .ok_or_else(|| failed("InvalidCastIConvertible", value, to, &too_large())),
                None if values::double(number).is_some() => {
                    Err(failed("InvalidCastIConvertible", value, to, &too_large()))
                }
                None => Err(refuse(value, to)),
            }
        }
    }
}

fn kind_takes_groups(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Int32
            | Kind::UInt32
            | Kind::Int64
            | Kind::UInt64
            | Kind::Int16
            | Kind::UInt16
            | Kind::BigInteger
    )
}

/// A number as a whole one, halves to even; a big integer is cut.
fn rounded(value: &Value, kind: Kind) -> Option<BigInt> {
    if let Some(whole) = values::big(value) {
        return Some(whole);
    }
    if let Value::Decimal(number) = value {
        let rounded = if kind == Kind::BigInteger {
            number.trunc()
        } else {
            number.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointNearestEven)
        };
        return rounded.to_i128().map(BigInt::from);
    }
    let number = values::double(value).filter(|n| n.is_finite())?;
    let rounded = if kind == Kind::BigInteger { number.trunc() } else { number.round_ties_even() };
    num_traits::FromPrimitive::from_f64(rounded)
}

/// A whole number as a value of a kind; `None` when it does not fit.
pub fn fit(number: &BigInt, kind: Kind) -> Option<Value> {
    Some(match kind {
        Kind::SByte => Value::SByte(number.to_i8()?),
        Kind::Byte => Value::Byte(number.to_u8()?),
        Kind::Int16 => Value::Int16(number.to_i16()?),
        Kind::UInt16 => Value::UInt16(number.to_u16()?),
        Kind::Int32 => Value::Int32(number.to_i32()?),
        Kind::UInt32 => Value::UInt32(number.to_u32()?),
        Kind::Int64 => Value::Int64(number.to_i64()?),
        Kind::UInt64 => Value::UInt64(number.to_u64()?),
        Kind::BigInteger => Value::typed(values::BigInteger(number.clone())),
        _ => return None,
    })
}

fn real(value: &Value, kind: Kind, to: &Type) -> Result<Value> {
    let make = |n: f64| if kind == Kind::Single { Value::Single(n as f32) } else { Value::Double(n) };
    match value {
        Value::Null => Ok(make(0.0)),
        Value::Bool(b) => Ok(make(f64::from(u8::from(*b)))),
        Value::Char(unit) => Ok(make(f64::from(*unit))),
        Value::String(given) if given.is_empty() => Ok(make(0.0)),
        Value::String(given) => {
            let found = parse::double(given, Style::FLOAT, &culture::INVARIANT)
                .or_else(|| parse::whole_text(given).and_then(|n| n.to_f64()))
                .or_else(|| parse::literal(given).and_then(|n| values::double(&n)));
            found.map(make).ok_or_else(|| {
                let why = format!("The input string '{given}' was not in a correct format.");
                failed("InvalidCastFromStringToDoubleOrSingle", value, to, &why)
            })
        }
        Value::DateTime(_) => Err(iconvertible(value, to)),
        number => values::double(number).map(make).ok_or_else(|| refuse(value, to)),
    }
}

fn decimal(value: &Value, to: &Type) -> Result<Value> {
    let too_large = || {
        failed("InvalidCastIConvertible", value, to, "Value was either too large or too small for a Decimal.")
    };
    match value {
        Value::Null => Ok(Value::Decimal(Decimal::ZERO)),
        Value::Bool(b) => Ok(Value::Decimal(Decimal::from(u8::from(*b)))),
        Value::Char(_) => Err(iconvertible(value, to)),
        Value::String(given) if given.is_empty() => Ok(Value::Decimal(Decimal::ZERO)),
        Value::String(given) => {
            let found = parse::decimal(given, Style::FLOAT, &culture::INVARIANT)
                .or_else(|| parse::whole_text(given).and_then(|n| parse::decimal_text(&n.to_string())))
                .or_else(|| parse::literal(given).and_then(|n| parse::decimal_text(&n.to_string())));
            // Zeros at the end of a text say nothing; those of a literal do.
            found.map(|number| Value::Decimal(number.normalize())).ok_or_else(|| {
                let why = format!("The input string '{given}' was not in a correct format.");
                failed("InvalidCastFromStringToDecimal", value, to, &why)
            })
        }
        Value::Double(n) => of_double(*n, 15).map(Value::Decimal).ok_or_else(too_large),
        Value::Single(n) => of_double(f64::from(*n), 7).map(Value::Decimal).ok_or_else(too_large),
        Value::DateTime(_) => Err(iconvertible(value, to)),
        Value::Dictionary(dictionary) => object_creation(dictionary, to, Value::Decimal(Decimal::ZERO)),
        Value::Array(array) if array.element().is_some_and(|element| &**element == "System.Int32") => {
            let why = "Decimal constructor requires an array or span of four valid decimal bytes.";
            Err(failed("InvalidCastConstructorException", value, to, why))
        }
        number => match values::big(number) {
            Some(n) => n
                .to_i128()
                .and_then(|n| Decimal::try_from_i128_with_scale(n, 0).ok())
                .map(Value::Decimal)
                .ok_or_else(too_large),
            None => Err(refuse(value, to)),
        },
    }
}

/// A double as a decimal of its first digits, as .NET converts it.
pub fn of_double(number: f64, digits: usize) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    if number == 0.0 {
        return Some(Decimal::ZERO);
    }
    let shown = format!("{:.*e}", digits - 1, number);
    Decimal::from_scientific(&shown).ok().map(|found| found.normalize()).or_else(|| Decimal::from_f64(number))
}

fn character(value: &Value, to: &Type) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Char(0)),
        Value::String(given) => {
            let mut units = given.encode_utf16();
            match (units.next(), units.next()) {
                (Some(unit), None) => Ok(Value::Char(unit)),
                _ => Err(failed(
                    "InvalidCastParseTargetInvocation",
                    value,
                    to,
                    "String must be exactly one character long.",
                )),
            }
        }
        Value::Bool(_) | Value::Double(_) | Value::Single(_) | Value::Decimal(_) | Value::DateTime(_) => {
            Err(iconvertible(value, to))
        }
        number => match values::big(number) {
            Some(n) => n.to_u16().map(Value::Char).ok_or_else(|| {
                failed(
                    "InvalidCastIConvertible",
                    value,
                    to,
                    "Value was either too large or too small for a character.",
                )
            }),
            None => Err(refuse(value, to)),
        },
    }
}

/// A text beside a number: by its own form, else as the other one's type has it, with that type's error.
pub fn number_of_text(value: &Value, other: &Value, locale: &Locale) -> Result<Value> {
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
        Value::Enum(_) => Type::of(base(other)).unwrap_or_else(Type::int32),
        _ => Type::int32(),
    };
    to(value, &target, locale)
}

fn date_time(value: &Value, to: &Type, locale: &Locale) -> Result<Value> {
    let invariant = locale.invariant();
    let read = |given: &str| {
        parse::date(given, &invariant, None).map(Value::DateTime).ok_or_else(|| {
            let why = parse::date_error(given, invariant.culture);
            failed("InvalidCastParseTargetInvocationWithFormatProvider", value, to, &why)
        })
    };
    match value {
        Value::Null => Err(null_refused(to)),
        Value::String(given) => read(given),
        Value::Double(_) | Value::Single(_) | Value::Decimal(_) => read(&text::to_text(value, locale)),
        Value::Bool(_) => Err(iconvertible(value, to)),
        Value::Enum(of) => date_time(&Value::Int64(of.number), to, locale),
        Value::Char(unit) => Ok(Value::DateTime(DateTime::new(i64::from(*unit), DateKind::Unspecified))),
        Value::Dictionary(dictionary) => {
            object_creation(dictionary, to, Value::DateTime(DateTime::new(0, DateKind::Unspecified)))
        }
        Value::Object(_) => {
            Err(failed("InvalidCastConstructorException", value, to, refuse(value, &Type::int64()).text()))
        }
        Value::Typed(_) if value.downcast::<values::DateTimeOffset>().is_some() => {
            let offset = value.downcast::<values::DateTimeOffset>().copied();
            Ok(offset.map_or(Value::Null, |offset| Value::DateTime(offset.local)))
        }
        number => match number.as_i64() {
            Some(ticks) if (0..=3_155_378_975_999_999_999).contains(&ticks) => {
                Ok(Value::DateTime(DateTime::new(ticks, DateKind::Unspecified)))
            }
            Some(_) => {
                let why = "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks. (Parameter 'ticks')";
                Err(failed("InvalidCastConstructorException", value, to, why))
            }
            None => Err(refuse(value, to)),
        },
    }
}

fn date_time_offset(value: &Value, to: &Type, locale: &Locale) -> Result<Value> {
    if let Value::String(given) = value
        && let Some(read) = parse::date_zoned(given, &locale.invariant(), None)
    {
        return Ok(Value::typed(offset_of(read, locale)));
    }
    let date = date_time(value, to, locale)?;
    let Value::DateTime(date) = date else { return Err(refuse(value, to)) };
    let offset = crate::patterns::date::offset_minutes(date, &locale.zone);
    let local = DateTime::new(date.ticks, DateKind::Unspecified);
    Ok(Value::typed(values::DateTimeOffset { local, offset }))
}

/// What was read with its zone; without one it is local time.
pub fn offset_of(read: parse::Zoned, locale: &Locale) -> values::DateTimeOffset {
    let local = DateTime::new(read.ticks, DateKind::Unspecified);
    let offset = read.zone.unwrap_or_else(|| crate::patterns::date::offset_minutes(local, &locale.zone));
    values::DateTimeOffset { local, offset }
}

fn time_span(value: &Value, to: &Type) -> Result<Value> {
    let read = |given: &str| {
        parse::span(given).map(Value::TimeSpan).ok_or_else(|| {
            let why = parse::span_error(given);
            failed("InvalidCastParseTargetInvocationWithFormatProvider", value, to, why.text())
        })
    };
    match value {
        Value::Null => Err(null_refused(to)),
        Value::String(given) => read(given),
        Value::Double(_) | Value::Single(_) | Value::Decimal(_) => {
            read(&text::to_text(value, &Locale::default()))
        }
        Value::Bool(_) | Value::DateTime(_) => Err(iconvertible(value, to)),
        Value::Char(unit) => Ok(Value::TimeSpan(TimeSpan { ticks: i64::from(*unit) })),
        Value::Dictionary(dictionary) => {
            object_creation(dictionary, to, Value::TimeSpan(TimeSpan::default()))
        }
        number => match number.as_i64() {
            Some(ticks) => Ok(Value::TimeSpan(TimeSpan { ticks })),
            None => Err(refuse(value, to)),
        },
    }
}

fn guid(value: &Value, to: &Type) -> Result<Value> {
    let bad = || {
        failed("InvalidCastParseTargetInvocationWithFormatProvider", value, to, "Unrecognized Guid format.")
    };
    match value {
        Value::Null => Err(null_refused(to)),
        Value::String(given) => Guid::parse(given).map(Value::Guid).ok_or_else(bad),
        Value::Bool(_) | Value::Char(_) | Value::DateTime(_) | Value::Enum(_) => Err(iconvertible(value, to)),
        Value::Dictionary(dictionary) => object_creation(dictionary, to, Value::Guid(Guid::EMPTY)),
        Value::Array(array) if array.element().is_some_and(|element| &**element == "System.Byte") => {
            let bytes: Vec<u8> =
                array.to_vec().iter().filter_map(|b| b.as_i64().and_then(|n| u8::try_from(n).ok())).collect();
            guid_of_bytes(&bytes).map(Value::Guid).ok_or_else(bad)
        }
        number if values::double(number).is_some() => Err(bad()),
        _ => Err(refuse(value, to)),
    }
}

/// .NET keeps the first three parts of a GUID little-endian.
pub fn guid_of_bytes(bytes: &[u8]) -> Option<Guid> {
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let ordered: Option<Vec<u8>> = order.iter().map(|at| bytes.get(*at).copied()).collect();
    ordered.filter(|_| bytes.len() == 16).and_then(|bytes| Guid::of_bytes(&bytes))
}

fn version(value: &Value, to: &Type) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Bool(_) | Value::Char(_) | Value::DateTime(_) | Value::Enum(_) => Err(iconvertible(value, to)),
        Value::Dictionary(dictionary) => {
            let zero = values::Version { major: 0, minor: 0, build: -1, revision: -1 };
            object_creation(dictionary, to, Value::typed(zero))
        }
        Value::Object(_) => {
            Err(failed("InvalidCastConstructorException", value, to, refuse(value, &Type::string()).text()))
        }
        Value::String(_) => parse_version(value, to),
        number if values::double(number).is_some() => parse_version(number, to),
        _ => Err(refuse(value, to)),
    }
}

fn parse_version(value: &Value, to: &Type) -> Result<Value> {
    let given = text::to_text(value, &Locale::default());
    let parsed = values::Version::parse(&given).map(Value::typed);
    parsed.map_err(|error| failed("InvalidCastParseTargetInvocation", value, to, error.text()))
}

fn switch(value: &Value, to: &Type) -> Result<Value> {
    match value {
        Value::Bool(on) => Ok(values::switch(*on)),
        Value::Null => Ok(values::switch(false)),
        Value::Char(_) | Value::DateTime(_) | Value::Enum(_) => Err(iconvertible(value, to)),
        Value::Dictionary(dictionary) => object_creation(dictionary, to, values::switch(false)),
        _ => Err(refuse(value, to)),
    }
}

fn dictionary(value: &Value, kind: Kind, to: &Type) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Dictionary(given) => {
            let made = if kind == Kind::Ordered { Dictionary::ordered() } else { Dictionary::new() };
            for (key, item) in given.to_vec() {
                made.insert(key, item);
            }
            Ok(made.into())
        }
        Value::Bool(_) | Value::DateTime(_) | Value::Char(_) => Err(iconvertible(value, to)),
        Value::Enum(_) => Ok(Dictionary::new().into()),
        Value::Object(_) => {
            Err(failed("InvalidCastConstructorException", value, to, refuse(value, to).text()))
        }
        _ => Err(refuse(value, to)),
    }
}

/// Special dictionaries of a hashtable.
fn keyed(value: &Value, to: &Type) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Dictionary(given) => {
            let made = Dictionary::named(to.name(), Keys::Exact);
            for (key, item) in given.to_vec() {
                made.insert(key, item);
            }
            Ok(made.into())
        }
        _ => Err(refuse(value, to)),
    }
}

/// Types that are made of one text: numbers count as their text, the other simple values do not convert.
fn reference(value: &Value, to: &Type, make: impl Fn(&str) -> Option<Result<Value>>) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Bool(_) | Value::Char(_) | Value::DateTime(_) | Value::Enum(_) => Err(iconvertible(value, to)),
        Value::String(given) => make(given).unwrap_or_else(|| Err(refuse(value, to))),
        number if values::double(number).is_some() => {
            let given = text::to_text(number, &Locale::default());
            make(&given).unwrap_or_else(|| Err(refuse(value, to)))
        }
        _ => Err(refuse(value, to)),
    }
}

fn ip_address(value: &Value, to: &Type) -> Result<Value> {
    let bad =
        || failed("InvalidCastParseTargetInvocation", value, to, "An invalid IP address was specified.");
    let number = match value {
        Value::Char(unit) => Some(i64::from(*unit)),
        Value::Enum(_) => None,
        other => other.as_i64(),
    };
    if let Some(number) = number {
        let Ok(bits) = u32::try_from(number) else {
            let why = "Specified argument was out of the range of valid values. (Parameter 'newAddress')";
            return Err(failed("InvalidCastConstructorException", value, to, why));
        };
        let address = std::net::Ipv4Addr::from(bits.swap_bytes());
        return Ok(Value::typed(values::IpAddress(address.into(), 0)));
    }
    reference(value, to, |given| Some(parse_ip(given).map(Value::typed).ok_or_else(bad)))
}

/// An address as .NET reads it: the last of fewer than four parts fills what is left.
pub fn parse_ip(text: &str) -> Option<values::IpAddress> {
    if text.contains(':') {
        let plain = text.trim_start_matches('[').trim_end_matches(']');
        let (plain, scope) = plain.split_once('%').unwrap_or((plain, "0"));
        let address: std::net::Ipv6Addr = plain.parse().ok()?;
        return Some(values::IpAddress(address.into(), scope.parse().ok()?));
    }
    let parts: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
    let parts = parts.filter(|parts| (1..=4).contains(&parts.len()))?;
    let (last, head) = parts.split_last()?;
    let mut bits = u64::from(*last);
    if bits >= 1 << (8 * (5 - parts.len())) {
        return None;
    }
    for (at, part) in head.iter().enumerate() {
        if *part > 255 {
            return None;
        }
        bits |= u64::from(*part) << (24 - 8 * at);
    }
    u32::try_from(bits).ok().map(|bits| values::IpAddress(std::net::Ipv4Addr::from(bits).into(), 0))
}

/// The cultures without a country that .NET numbers from 1 on.
const NEUTRAL: [&str; 32] = [
    "ar", "bg", "ca", "zh-Hans", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hu", "is", "it",
    "ja", "ko", "nl", "no", "pl", "pt", "rm", "ro", "ru", "hr", "sk", "sq", "sv", "th", "tr", "ur",
];

/// The culture of a number, as [cultureinfo]'s constructor takes one.
fn culture_numbered(number: i64, value: &Value, to: &Type) -> Result<Value> {
    if let Some(known) = culture::ALL.iter().copied().find(|c| i64::from(c.lcid) == number && number != 127) {
        return Ok(own_culture(*known));
    }
    let name = match number {
        0x62 => Some("fy"),
        _ => usize::try_from(number - 1).ok().and_then(|at| NEUTRAL.get(at).copied()),
    };
    match name {
        Some(name) => culture_info(name, value, to),
        None => {
            let why = format!(
                "Culture is not supported. (Parameter 'culture')\n{number} (0x{number:04x}) is an invalid culture identifier."
            );
            Err(failed("InvalidCastConstructorException", value, to, &why))
        }
    }
}

fn own_culture(culture: culture::Culture) -> Value {
    Value::typed(values::OwnCulture(std::sync::Arc::new(parking_lot::RwLock::new(culture))))
}

/// A culture by name. Any name of the right form is one: nobody's culture writes as the invariant one does.
fn culture_info(name: &str, value: &Value, to: &Type) -> Result<Value> {
    if let Some(known) = culture::named(name) {
        return Ok(own_culture(*known));
    }
    let mut parts = name.split('-');
    let has_form = parts.next().is_some_and(|language| (2..=11).contains(&language.len()))
        && parts.all(|part| !part.is_empty() && part.len() <= 8)
        && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    let spelled = match name.split_once('-') {
        Some((language, rest)) if rest.len() == 2 => {
            format!("{}-{}", language.to_ascii_lowercase(), rest.to_ascii_uppercase())
        }
        Some((language, rest)) => format!("{}-{rest}", language.to_ascii_lowercase()),
        None => name.to_ascii_lowercase(),
    };
    let kept = if has_form { culture::kept_text(&spelled) } else { None };
    let Some(name) = kept else {
        let why =
            format!("Culture is not supported. (Parameter 'name')\n{name} is an invalid culture identifier.");
        return Err(failed("InvalidCastConstructorException", value, to, &why));
    };
    Ok(own_culture(culture::Culture { name, lcid: 4096, ..culture::INVARIANT }))
}

fn xml(value: &Value, to: &Type) -> Result<Value> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    // Lines of a file are one document.
    let given = match crate::elements::elements(value) {
        Some(lines) => {
            let lines: Vec<String> =
                lines.iter().map(|line| text::to_text(line, &Locale::default())).collect();
            lines.join("\n")
        }
        None if matches!(value, Value::String(_)) => text::to_text(value, &Locale::default()),
        None => {
            let why = "The specified node cannot be inserted as the valid child of this node, because the specified node is the wrong type.";
            return Err(failed("InvalidCastToXmlDocument", value, to, why));
        }
    };
    let document = crate::xml::Document::new(false);
    if given.is_empty() {
        return Ok(document.root().to_value());
    }
    let read = crate::xml::parse(&given, &document.root());
    read.map_err(|error| failed("InvalidCastToXmlDocument", value, to, error.text()))?;
    Ok(document.root().to_value())
}

/// `[pscustomobject]@{…}` makes an object; anything else passes.
fn custom_object(value: &Value) -> Value {
    let Value::Dictionary(dictionary) = value else { return value.clone() };
    let made = Object::custom();
    for (key, item) in dictionary.to_vec() {
        let name = text::to_text(&key, &Locale::default());
        if name.eq_ignore_ascii_case("PSTypeName") {
            made.type_names_mut().insert(0, text::to_text(&item, &Locale::default()).into());
        } else {
            made.set(&name, item);
        }
    }
    made.into()
}

fn any_array(value: &Value) -> Result<Value> {
    Ok(match base(value) {
        Value::Null => Value::Null,
        Value::Array(_) => base(value).clone(),
        Value::Typed(typed) if typed.items().is_some() => Value::array(typed.items().unwrap_or_default()),
        _ => Value::array([value.clone()]),
    })
}

fn array(value: &Value, element: &Type, locale: &Locale) -> Result<Value> {
    let make = |items: Vec<Value>| -> Value {
        match element.kind() {
            Kind::Object => Value::array(items),
            _ => Array::of(element.name(), items).into(),
        }
    };
    let items = match base(value) {
        Value::Null => return Ok(Value::Null),
        Value::Array(array) if *array.type_name() == *format!("{element}[]") => {
            return Ok(base(value).clone());
        }
        Value::Array(array) => array.to_vec(),
        Value::Typed(typed) if typed.items().is_some() => typed.items().unwrap_or_default(),
        Value::String(given) if element.kind() == Kind::Char => {
            return Ok(make(given.encode_utf16().map(Value::Char).collect()));
        }
        scalar => return scalar_array(scalar, element, locale).map(make),
    };
    let converted: Result<Vec<Value>> = items.iter().map(|item| to(item, element, locale)).collect();
    Ok(make(converted?))
}

fn scalar_array(value: &Value, element: &Type, locale: &Locale) -> Result<Vec<Value>> {
    to(value, element, locale).map(|item| vec![item]).map_err(|error| {
        let of = element.clone().array();
        match value {
            Value::Bool(_) | Value::DateTime(_) | Value::Enum(_) => error,
            Value::Dictionary(_)
            | Value::Object(_)
            | Value::Typed(_)
            | Value::TimeSpan(_)
            | Value::Guid(_) => refuse(value, &of),
            _ => failed("InvalidCastExceptionScalarToArray", value, &of, error.text()),
        }
    })
}

fn generic(value: &Value, name: &str, arguments: &[Type], target: &Type, locale: &Locale) -> Result<Value> {
    let inner = base(value);
    if name == "System.Nullable`1" {
        let of = arguments.first().cloned().unwrap_or_else(Type::object);
        return if inner.is_null() { Ok(Value::Null) } else { to(value, &of, locale) };
    }
    if Type::of(inner).is_some_and(|of| of.is_a(target)) {
        return Ok(inner.clone());
    }
    if let Some(flavour) = Flavour::of_name(name) {
        return collection(inner, flavour, arguments, target, locale);
    }
    if name == object::types::names::UNLIMITED {
        return unlimited(inner, arguments, target);
    }
    if matches!(inner, Value::Null) && !target.is_value_type() {
        return Ok(Value::Null);
    }
    let sequence = ["IEnumerable`1", "IList`1", "ICollection`1"];
    if sequence.iter().any(|one| name.ends_with(one)) && crate::elements::elements(inner).is_some() {
        return array(value, &arguments.first().cloned().unwrap_or_else(Type::object), locale);
    }
    if name == "System.Collections.Generic.LinkedList`1" && crate::elements::elements(inner).is_some() {
        let element = arguments.first().cloned();
        let items = crate::elements::walk(inner);
        let items: Result<Vec<Value>> = match &element {
            Some(of) => items.iter().map(|item| to(item, of, locale)).collect(),
            None => Ok(items),
        };
        return Ok(Value::typed(crate::linked::Linked::new(element, items?)));
    }
    if let (Value::Dictionary(given), [key, item]) = (inner, arguments) {
        let made = Dictionary::named(target.name(), Keys::Exact);
        for (k, v) in given.to_vec() {
            made.insert(to(&k, key, locale)?, to(&v, item, locale)?);
        }
        return Ok(made.into());
    }
    Err(refuse(value, target))
}

fn collection(
    value: &Value,
    flavour: Flavour,
    arguments: &[Type],
    target: &Type,
    locale: &Locale,
) -> Result<Value> {
    let items = match value {
        Value::Null => return Ok(Value::Null),
        Value::Array(array) => array.to_vec(),
        Value::Typed(typed) if typed.items().is_some() => typed.items().unwrap_or_default(),
        Value::Dictionary(dictionary) if flavour == Flavour::ArrayList => {
            crate::elements::entries(dictionary)
        }
        Value::Bool(_) | Value::DateTime(_) | Value::Char(_) if flavour == Flavour::ArrayList => {
            return Err(iconvertible(value, target));
        }
        Value::Enum(_) => Vec::new(),
        Value::Object(_) if flavour == Flavour::ArrayList => {
            return Err(failed(
                "InvalidCastConstructorException",
                value,
                target,
                refuse(value, target).text(),
            ));
        }
        scalar if flavour != Flavour::ArrayList => vec![scalar.clone()],
        _ => return Err(refuse(value, target)),
    };
    let items: Result<Vec<Value>> = match flavour.element(arguments) {
        Some(element) => items.iter().map(|item| to(item, &element, locale)).collect(),
        None => Ok(items),
    };
    Ok(Value::typed(Collection::new(flavour, arguments.to_vec(), items?)))
}

fn unlimited(value: &Value, arguments: &[Type], target: &Type) -> Result<Value> {
    let kind = match arguments.first().map(Type::name).as_deref() {
        Some("System.Int32") => &object::types::kinds::UNLIMITED_INT32,
        Some("System.TimeSpan") => &object::types::kinds::UNLIMITED_TIME_SPAN,
        _ => &object::types::kinds::UNLIMITED_SIZE,
    };
    by_kind(value, kind, target)
}

/// A type that the house itself reads.
fn by_kind(value: &Value, kind: &object::types::Kind, to: &Type) -> Result<Value> {
    (kind.read)(value).map_err(|error| failed("InvalidCastParseTargetInvocation", value, to, error.message()))
}

fn enumeration(value: &Value, of: &'static EnumType, locale: &Locale) -> Result<Value> {
    let to = Type::Enum(of);
    match base(value) {
        Value::Enum(given) if std::ptr::eq(given.of, of) => Ok(base(value).clone()),
        Value::Enum(given) => numbered(given.number, of, value),
        Value::Null => {
            let names: Vec<&str> = of.values.iter().map(|(name, _)| *name).collect();
            let message = format!(
                "Cannot convert null to type \"{to}\" due to enumeration values that are not valid. Specify one of the following enumeration values and try again. The possible enumeration values are \"{}\".",
                names.join(",")
            );
            Err(Exception::cast("nullToEnumInvalidCast", message))
        }
        Value::String(given) => enumeration_text(given, of, value),
        Value::Bool(_) | Value::Char(_) | Value::DateTime(_) => Err(iconvertible(value, &to)),
        Value::Dictionary(dictionary) => {
            object_creation(dictionary, &to, Value::Enum(EnumValue { of, number: 0 }))
        }
        Value::Decimal(_) | Value::Double(_) | Value::Single(_) => {
            enumeration_text(&text::to_text(value, locale), of, value)
        }
        Value::Array(_) => enumeration_items(&base(value).items(), of, value, locale),
        Value::Typed(typed) if typed.items().is_some() => {
            enumeration_items(&typed.items().unwrap_or_default(), of, value, locale)
        }
        number => match number.as_i64() {
            Some(number) => numbered(number, of, value),
            None => Err(refuse(value, &to)),
        },
    }
}

fn enumeration_items(
    items: &[Value],
    of: &'static EnumType,
    value: &Value,
    locale: &Locale,
) -> Result<Value> {
    if !items.is_empty() && items.iter().all(|item| item.as_i64().is_some()) {
        let number = items.iter().filter_map(Value::as_i64).fold(0, |sum, n| sum | n);
        return numbered(number, of, value);
    }
    let joined: Vec<String> = items.iter().map(|item| text::to_text(item, locale)).collect();
    enumeration_text(&joined.join(","), of, value)
}

fn numbered(number: i64, of: &'static EnumType, value: &Value) -> Result<Value> {
    let all = of.values.iter().fold(0, |sum, (_, n)| sum | n);
    let known = of.values.iter().any(|(_, n)| *n == number) || (of.flags && number & !all == 0);
    if known {
        return Ok(Value::Enum(EnumValue { of, number }));
    }
    let names: Vec<&str> = of.values.iter().map(|(name, _)| *name).collect();
    let message = format!(
        "Cannot convert value \"{}\" to type \"{}\" due to enumeration values that are not valid. Specify one of the following enumeration values and try again. The possible enumeration values are \"{}\".",
        text::to_text(value, &Locale::default()),
        of.name,
        names.join(",")
    );
    Err(Exception::cast("UndefinedIntegerToEnum", message))
}

fn enumeration_text(given: &str, of: &'static EnumType, value: &Value) -> Result<Value> {
    let to = Type::Enum(of);
    if let Ok(number) = given.trim().parse::<i64>() {
        if i32::try_from(number).is_err() {
            let why = "Value was either too large or too small for an Int32.";
            return Err(failed("CaseSensitiveEnumParseThrewAnException", value, &to, why));
        }
        return numbered(number, of, value).map_err(|error| error.id("EnumParseUndefined"));
    }
    let mut number = 0;
    for word in given.split(',') {
        number |= enumeration_word(word.trim(), of)
            .map_err(|why| failed("SubstringDisambiguationEnumParseThrewAnException", value, &to, &why))?;
    }
    Ok(Value::Enum(EnumValue { of, number }))
}

/// A name, or the beginning of exactly one.
fn enumeration_word(word: &str, of: &EnumType) -> Result<i64, String> {
    let exact = of.values.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    if let Some((_, number)) = exact {
        return Ok(*number);
    }
    let starts = |name: &str| {
        !word.is_empty() && name.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    let fitting: Vec<&(&str, i64)> = of.values.iter().filter(|(name, _)| starts(name)).collect();
    let list = |values: &[(&str, i64)]| values.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    match fitting.as_slice() {
        [(_, number)] => Ok(*number),
        [] => Err(format!(
            "Unable to match the identifier name {word} to a valid enumerator name. Specify one of the following enumerator names and try again:\n{}",
            list(of.values)
        )),
        many => {
            let names: Vec<&str> = many.iter().map(|(name, _)| *name).collect();
            Err(format!(
                "The identifier name {word} cannot be processed because it is either too similar or identical to the following enumerator names: {}. Use a more specific identifier name.",
                names.join(", ")
            ))
        }
    }
}

/// Types without rules of their own: a value of the type, or nothing.
fn other(value: &Value, to: &Type) -> Result<Value> {
    match value {
        Value::Null if !to.is_value_type() => Ok(Value::Null),
        Value::Null => Err(null_refused(to)),
        Value::Bool(_) | Value::Char(_) | Value::DateTime(_) | Value::Enum(_) => Err(iconvertible(value, to)),
        _ if to.name().ends_with("Exception") => exception(value, to),
        _ => Err(refuse(value, to)),
    }
}

/// `[System.Exception]'text'`.
fn exception(value: &Value, to: &Type) -> Result<Value> {
    match value {
        Value::String(message) => {
            let category = crate::Category::NotSpecified;
            Ok(Value::typed(crate::exception::Thrown(
                Exception::new(to.name().to_string(), message.to_string()).category(category),
            )))
        }
        _ => Err(refuse(value, to)),
    }
}

/// A type of another room: values of it pass, nothing else does.
fn named(value: &Value, name: &str, to: &Type) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Object(object) if object.type_names().iter().any(|known| known.eq_ignore_ascii_case(name)) => {
            Ok(value.clone())
        }
        other if other.type_name().eq_ignore_ascii_case(name) => Ok(value.clone()),
        _ => Err(refuse(value, to)),
    }
}

/// Whether a value is of a type (`-is`).
pub fn is(value: &Value, to: &Type) -> bool {
    let custom = |name: &str| {
        matches!(
            name,
            "System.Management.Automation.PSObject" | "System.Management.Automation.PSCustomObject"
        )
    };
    if let Type::Generic(known, arguments) = to
        && known.name == "System.Nullable`1"
    {
        return arguments.first().is_some_and(|of| is(value, of));
    }
    match value {
        Value::Null => false,
        Value::Object(object) if object.class().is_some() => {
            Type::of(value).is_some_and(|of| of.is_a(to)) || object.base().is_some_and(|base| is(base, to))
        }
        Value::Object(object) if custom(&to.name()) => {
            object.base().is_none() || &*to.name() == "System.Management.Automation.PSObject"
        }
        Value::Object(object) => {
            let wanted = to.name();
            object.base().map_or_else(
                || {
                    object.type_names().iter().any(|name| name.eq_ignore_ascii_case(&wanted))
                        || &*wanted == "System.Object"
                        || (object.is_of_named_type() && Type::named(&object.type_name()).is_a(to))
                },
                |base| is(base, to),
            )
        }
        other => Type::of(other).is_some_and(|of| of.is_a(to)),
    }
}
