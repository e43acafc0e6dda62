//! The text of values: what `"$x"` and `[string]` give (the same everywhere), and what `.ToString()` and
//! `-f` give (by culture).

use crate::locale::Locale;
use crate::patterns::{date, number};
use crate::values::{DateTimeOffset, is_method};
use object::Value;
use object::value::Object;

/// A text may grow to so many bytes by `+` and `-replace`: more is only made by a loop without an end, and three copies
/// of it would be more than a small server has.
pub const GROWN_BYTES_MAX: usize = 1 << 28;

/// What `[string]$x` and `"$x"` give: culture plays no part; arrays are joined with `$OFS`.
pub fn to_text(value: &Value, locale: &Locale) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Null => String::new(),
        Value::Array(array) => joined(&array.to_vec(), locale),
        Value::Object(object) => match object.base() {
            Some(base) => to_text(base, locale),
            None => object_text(object, locale, element),
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
/// What it holds is said by `part`.
fn object_text(object: &Object, locale: &Locale, part: fn(&Value, &Locale) -> String) -> String {
    if object.noun().is_some() || object.class().is_some() {
        return object.to_string();
    }
    if let Some(text) = named_text(object) {
        return text;
    }
    let pairs: Vec<String> = object
        .properties()
        .iter()
        .filter(|(_, value)| !is_method(value))
        .map(|(name, value)| format!("{name}={}", nested(value, locale, part)))
        .collect();
    format!("@{{{}}}", pairs.join("; "))
}

/// The text of an object that stands for a value of one of .NET's types: what its class says of it, else the type.
fn named_text(object: &Object) -> Option<String> {
    let name = object.type_name();
    if !object.is_of_named_type() || !name.starts_with("System.") || name.contains('#') {
        return None;
    }
    let telling = match name.rsplit('.').next().unwrap_or_default() {
        "ErrorDetails" => "Message",
        "PSModuleInfo" | "PSDriveInfo" | "ProviderInfo" | "RegionInfo" => "Name",
        "TimeZoneInfo" => "DisplayName",
        "OperatingSystem" => "VersionString",
        "VariablePath" => "UserPath",
        _ => return Some(name.to_string()),
    };
    Some(object.get(telling).map_or_else(|| name.to_string(), |held| held.to_string()))
}

fn nested(value: &Value, locale: &Locale, part: fn(&Value, &Locale) -> String) -> String {
    match value {
        // Properties that a script works out are not asked while text is made. [PowerShell 7.6]
        Value::Typed(_) if crate::values::is_computed(value) && !locale.profile.reports_5_1 => {
            "System.Management.Automation.PSScriptProperty".to_owned()
        }
        Value::Object(object)
            if object.base().is_none() && object.noun().is_none() && named_text(object).is_none() =>
        {
            String::new()
        }
        other => part(other, locale),
    }
}

/// A value that stands alone, in the invariant culture.
fn scalar(value: &Value) -> String {
    number::cast_text(value).unwrap_or_else(|| value.to_string())
}

/// What `.ToString()` gives: numbers and dates by culture, a list only its type.
pub fn of(value: &Value, locale: &Locale) -> String {
    match value {
        Value::DateTime(of) => date::format(*of, "", locale).unwrap_or_default(),
        Value::Single(_)
        | Value::Double(_)
        | Value::Decimal(_)
        | Value::SByte(_)
        | Value::Int16(_)
        | Value::Int32(_)
        | Value::Int64(_) => number::format(value, "", locale).unwrap_or_default(),
        Value::Array(array) => array.type_name().to_string(),
        Value::Typed(typed) => match typed.as_any().downcast_ref::<DateTimeOffset>() {
            Some(date) => date.format("", locale).unwrap_or_default(),
            None => typed.text(),
        },
        Value::Object(object) => match object.base() {
            Some(base) => of(base, locale),
            None => object_text(object, locale, of),
        },
        other => other.to_string(),
    }
}
