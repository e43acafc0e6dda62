//! Whether values are equal, or in which order: PowerShell's rules, by the left operand's type.

use crate::convert;
use crate::exception::{Category, Exception, Result};
use crate::locale::Locale;
pub use crate::order::{collate, collate_in, letters_in, numbers, same_text, sort_by, total};
use crate::order::{is_number, is_plain_number, order_same, same_kind};
pub use crate::truth::truth;
use crate::types::Type;
use crate::values::{self, base};
use object::Value;
use object::types::names::is_of_server;
use object::value::Typed;
use std::cmp::Ordering;
use std::sync::Arc;

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

/// `-lt`, `-gt` and their like: the order of two single values, by the left one's type.
pub fn compare(left: &Value, right: &Value, ignore_case: bool, locale: &Locale) -> Result<Ordering> {
    let (left, right) = (base(left), base(right));
    match (left, right) {
        (Value::String(a), Value::String(b)) => return Ok(collate(a, b, ignore_case)),
        (Value::Int32(a), Value::Int32(b)) => return Ok(a.cmp(b)),
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
        return Err(without_order(&shown(left), &shown(right)));
    }
    let message =
        format!("Cannot compare \"{}\" because it is not IComparable.", crate::text::to_text(left, locale));
    Err(Exception::new("System.Management.Automation.RuntimeException", message)
        .id("NotIcomparable")
        .category(Category::InvalidOperation))
}

/// The error of two objects of which neither is the greater one, by their texts.
pub(crate) fn without_order(left: &str, right: &str) -> Exception {
    let message = format!(
        "Cannot compare \"{left}\" to \"{right}\" because the objects are not the same type or the object \"{left}\" does not implement \"IComparable\"."
    );
    Exception::new("System.Management.Automation.ExtendedTypeSystemException", message)
        .id("PSObjectCompareTo")
        .category(Category::NotSpecified)
}

/// Whether both are one and the same object.
pub fn same_reference(a: &Value, b: &Value) -> bool {
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
            ordered.contains(&&*name) || is_of_server(&name)
        }
        _ => true,
    }
}

/// The order that `Sort-Object` gives values of mixed types; texts stand in the order of the culture's language.
pub fn ordered(a: &Value, b: &Value, ignore_case: bool, locale: &Locale) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        _ => {}
    }
    let by_text = |a: &str, b: &str| collate_in(locale.culture, a, b, ignore_case);
    match (base(a), base(b)) {
        (Value::String(a), Value::String(b)) => by_text(a, b),
        (Value::String(a), b) => by_text(a, &crate::text::to_text(b, locale)),
        (a, b) => compare(a, b, ignore_case, locale)
            .unwrap_or_else(|_| by_text(&crate::text::to_text(a, locale), &crate::text::to_text(b, locale))),
    }
}
