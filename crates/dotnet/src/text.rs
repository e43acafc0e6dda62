//! The text of values: what `"$x"` and `[string]` give (the same everywhere), and what `.ToString()` and
//! `-f` give (by culture).

use crate::engine::Locale;
use crate::format;
use object::Value;
use object::value::Object;

/// What `[string]$x` and `"$x"` give: culture plays no part; arrays are joined with `$OFS`.
pub fn to_text(value: &Value, locale: &Locale) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Null => String::new(),
        Value::Array(array) => joined(&array.to_vec(), locale),
        Value::Object(object) => match object.base() {
            Some(base) => to_text(base, locale),
            None => object_text(object, locale),
        },
        Value::Typed(typed) => match typed.items() {
            Some(items) => joined(&items, locale),
            None => typed.text(),
        },
        other => scalar(other),
    }
}

fn joined(items: &[Value], locale: &Locale) -> String {
    let texts: Vec<String> = items.iter().map(|item| element(item, locale)).collect();
    texts.join(&locale.separator)
}

/// An element of an array: a list within a list is only named.
pub(crate) fn element(value: &Value, locale: &Locale) -> String {
    match value {
        Value::Array(array) => array.type_name().to_string(),
        Value::Typed(typed) if typed.items().is_some() => typed.text(),
        other => to_text(other, locale),
    }
}

/// `@{a=1; b=2}`; an object of ours is its identity.
fn object_text(object: &Object, locale: &Locale) -> String {
    if object.noun().is_some() || object.class().is_some() {
        return object.to_string();
    }
    let pairs: Vec<String> = object
        .properties()
        .iter()
        .filter(|(_, value)| !crate::member::is_method(value))
        .map(|(name, value)| format!("{name}={}", nested(value, locale)))
        .collect();
    format!("@{{{}}}", pairs.join("; "))
}

fn nested(value: &Value, locale: &Locale) -> String {
    match value {
        Value::Object(object) if object.base().is_none() && object.noun().is_none() => String::new(),
        other => element(other, locale),
    }
}

/// A value that stands alone, in the invariant culture.
fn scalar(value: &Value) -> String {
    format::number::cast_text(value).unwrap_or_else(|| value.to_string())
}

/// What `.ToString()` gives: numbers and dates by culture, a list only its type.
pub fn of(value: &Value, locale: &Locale) -> String {
    match value {
        Value::DateTime(_) | Value::Single(_) | Value::Double(_) | Value::Decimal(_) => {
            format::value(value, "", locale).unwrap_or_default()
        }
        Value::SByte(_) | Value::Int16(_) | Value::Int32(_) | Value::Int64(_) => {
            format::value(value, "", locale).unwrap_or_default()
        }
        Value::Array(array) => array.type_name().to_string(),
        Value::Typed(typed) => match typed.as_any().downcast_ref::<crate::values::DateTimeOffset>() {
            Some(date) => date.format("", locale).unwrap_or_default(),
            None => typed.text(),
        },
        Value::Object(object) => match object.base() {
            Some(base) => of(base, locale),
            None => object_text(object, locale),
        },
        other => other.to_string(),
    }
}
