//! How well an argument fits a parameter: PowerShell's order of conversions, by the two types alone.
//! Whether the value itself can be converted shows only when the chosen method is called.

use crate::convert;
use crate::locale::Locale;
use crate::types::{Kind, Type};
use crate::values::base;
use object::Value;

/// How well a conversion fits; the greater the better. 0 is never given: what cannot be converted has no rank.
pub(super) type Rank = u16;

// The distances do not matter, the order does: it decides which overload is called.
const UNRELATED_ARRAYS: Rank = 0x0F;
const TO_STRING: Rank = 0x1F;
const CUSTOM: Rank = 0x2F;
const CONVERTIBLE: Rank = 0x3F;
const CAST: Rank = 0x4F;
const CONSTRUCTOR: Rank = 0x6F;
const CREATE: Rank = 0x73;
const PARSE: Rank = 0x7F;
const PS_OBJECT: Rank = 0x8F;
const LANGUAGE: Rank = 0x9F;
/// `$null` for a text is an empty one.
const NULL_TO_STRING: Rank = 0xA0;
/// `$null` for a number or character is zero.
pub(super) const NULL_TO_VALUE: Rank = 0xAF;
/// `$null` for any other reference stays what it is.
const NULL_TO_REFERENCE: Rank = 0xBF;
const NUMERIC_EXPLICIT: Rank = 0xCF;
const NUMERIC_FROM_DECIMAL: Rank = 0xDF;
const NUMERIC_STRING: Rank = 0xEF;
/// From here on nothing is lost.
pub(super) const NUMERIC_IMPLICIT: Rank = 0xFF;
const ASSIGNABLE: Rank = 0x10F;
const STRING_TO_CHARS: Rank = 0x11A;
const IDENTITY: Rank = 0x11F;
/// A single value that becomes an array of one is a little worse than the value itself.
const SCALAR_TO_ARRAY: Rank = 0x08;

/// The rank of a value for a type; `None`: there is no way.
pub(super) fn of_value(value: &Value, to: &Type) -> Option<Rank> {
    let inner = base(value);
    let Some(from) = Type::of(inner) else { return of_null(to) };
    of_types(&from, to).or_else(|| of_content(inner, &from, to))
}

fn of_null(to: &Type) -> Option<Rank> {
    if !to.is_value_type() {
        return Some(if to.kind() == Kind::String { NULL_TO_STRING } else { NULL_TO_REFERENCE });
    }
    let takes = to.is_number() || matches!(to.kind(), Kind::Bool | Kind::Char | Kind::Switch);
    takes.then_some(NULL_TO_VALUE)
}

/// The rank of a type for another.
pub(super) fn of_types(from: &Type, to: &Type) -> Option<Rank> {
    if from == to {
        return Some(IDENTITY);
    }
    if let (Type::Generic(known, _), Type::Named(name)) = (from, to)
        && known.name == &**name
    {
        return Some(IDENTITY);
    }
    if to.kind() == Kind::Object || from.is_a(to) {
        return Some(ASSIGNABLE);
    }
    if let (Some(from), Some(to)) = (place(from), place(to)) {
        return Some(numeric(from, to));
    }
    match (from.kind(), to.kind()) {
        (_, Kind::Bool) => Some(LANGUAGE),
        (Kind::String, _) => of_string(to),
        (Kind::Array, Kind::Array) => array_to_array(from, to),
        (_, Kind::Array) => scalar_to_array(from, to),
        (_, Kind::String) => Some(TO_STRING),
        (_, Kind::PSObject) => Some(PS_OBJECT),
        (Kind::ScriptBlock, _) if matches!(to, Type::Named(_)) || to.kind() == Kind::Delegate => {
            Some(LANGUAGE)
        }
        _ => None,
    }
}

fn of_string(to: &Type) -> Option<Rank> {
    use Kind as K;
    if matches!(to, Type::Enum(_)) {
        return Some(LANGUAGE);
    }
    if place(to).is_some() {
        return Some(NUMERIC_STRING);
    }
    match to.kind() {
        K::Array if to.element().is_some_and(|of| of.kind() == K::Char) => Some(STRING_TO_CHARS),
        K::Array => scalar_to_array(&Type::string(), to),
        K::Regex | K::Type | K::Xml => Some(LANGUAGE),
        K::Char | K::DateTime | K::DateTimeOffset | K::TimeSpan | K::Guid => Some(PARSE),
        K::Version | K::SemanticVersion | K::IpAddress | K::BigInteger => Some(PARSE),
        K::Uri | K::MailAddress | K::StringBuilder | K::CultureInfo => Some(CONSTRUCTOR),
        K::PSObject => Some(PS_OBJECT),
        _ => None,
    }
}

fn array_to_array(from: &Type, to: &Type) -> Option<Rank> {
    if &*to.name() == "System.Array" {
        return Some(ASSIGNABLE);
    }
    // Arrays of references are arrays of what their elements derive from, too.
    match (from.element(), to.element()) {
        (Some(from), Some(to)) if !from.is_value_type() && from.is_a(&to) => Some(ASSIGNABLE),
        _ => Some(UNRELATED_ARRAYS),
    }
}

fn scalar_to_array(from: &Type, to: &Type) -> Option<Rank> {
    let element = to.element().unwrap_or_else(Type::object);
    of_types(from, &element).map(|rank| rank & !SCALAR_TO_ARRAY)
}

/// Ranks that depend on more than the names: lists, hashtables, numbers that become something else.
fn of_content(value: &Value, from: &Type, to: &Type) -> Option<Rank> {
    match value {
        Value::Dictionary(_) if matches!(to.kind(), Kind::Hashtable | Kind::Ordered | Kind::Collection) => {
            Some(CONSTRUCTOR)
        }
        Value::Dictionary(_) if matches!(to, Type::Known(known) if super::has_empty_constructor(known.name)) => {
            Some(CREATE)
        }
        Value::Array(_) | Value::Typed(_) if crate::index::elements(value).is_some() => list_rank(value, to),
        _ if matches!(to, Type::Named(_)) => Some(CUSTOM),
        _ if matches!(to, Type::Enum(_)) && from.is_number() => Some(LANGUAGE),
        _ if from.is_number() && to.kind() == Kind::BigInteger => Some(CAST),
        _ if from.is_number() && matches!(to.kind(), Kind::DateTime | Kind::TimeSpan) => Some(CONSTRUCTOR),
        Value::Enum(_) | Value::Char(_) | Value::Bool(_) if to.is_number() => Some(CONVERTIBLE),
        _ if from.is_number() && to.kind() == Kind::Char => Some(CONVERTIBLE),
        _ if to.kind() == Kind::Array => None,
        _ => convert::to(value, to, &Locale::default()).is_ok().then_some(CUSTOM),
    }
}

fn list_rank(value: &Value, to: &Type) -> Option<Rank> {
    match to.kind() {
        Kind::Array => Some(UNRELATED_ARRAYS),
        Kind::Collection => Some(CONSTRUCTOR),
        _ => convert::to(value, to, &Locale::default()).is_ok().then_some(CUSTOM),
    }
}

/// What widens to what without loss, by the bits that are needed.
fn numeric(from: usize, to: usize) -> Rank {
    const WIDENS: [&[usize]; 11] = [
        &[2, 4, 6, 8, 9, 10],          // sbyte
        &[2, 3, 4, 5, 6, 7, 8, 9, 10], // byte
        &[4, 6, 8, 9, 10],             // short
        &[4, 5, 6, 7, 8, 9, 10],       // ushort
        &[6, 8, 9, 10],                // int
        &[6, 7, 8, 9, 10],             // uint
        &[8, 9, 10],                   // long
        &[8, 9, 10],                   // ulong
        &[9],                          // float
        &[],                           // double
        &[],                           // decimal
    ];
    const DECIMAL: usize = 10;
    match from {
        _ if WIDENS[from].contains(&to) => NUMERIC_IMPLICIT,
        DECIMAL if to == 8 || to == 9 => NUMERIC_FROM_DECIMAL,
        _ => NUMERIC_EXPLICIT,
    }
}

/// The place of a number type in the table of widenings.
fn place(of: &Type) -> Option<usize> {
    use Kind as K;
    let order = [
        K::SByte,
        K::Byte,
        K::Int16,
        K::UInt16,
        K::Int32,
        K::UInt32,
        K::Int64,
        K::UInt64,
        K::Single,
        K::Double,
        K::Decimal,
    ];
    let kind = of.kind();
    order.iter().position(|known| *known == kind)
}

/// Whether two arguments are arrays that only their elements tell apart.
pub(super) fn are_unrelated_arrays(rank: Rank) -> bool {
    rank == UNRELATED_ARRAYS
}
