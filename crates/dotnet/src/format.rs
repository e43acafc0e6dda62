//! Values in patterns: `{0,10:N2}` of `-f`, `[string]::Format` and `.ToString("N2")`.

use crate::exception::{Exception, Result};
use crate::locale::Locale;
pub use crate::patterns::{date, number};
use crate::text;
use object::Value;
use object::types::{EnumValue, Guid};

/// Wider columns than this are a mistake or an attack; .NET's own bound is a million.
const WIDTH_COLUMNS_MAX: usize = 1_000_000;

/// A value in a pattern, as `.ToString(pattern)` gives it; a value without patterns of its own is text.
pub fn value(value: &Value, pattern: &str, locale: &Locale) -> Result<String> {
    match value {
        Value::DateTime(date) => date::format(*date, pattern, locale),
        Value::TimeSpan(span) => date::format_span(*span, pattern, locale),
        Value::Guid(guid) => format_guid(*guid, pattern),
        Value::Enum(of) => format_enum(*of, pattern),
        Value::Object(object) => match object.base() {
            Some(base) => self::value(base, pattern, locale),
            None => Ok(text::of(value, locale)),
        },
        number if number::is_number(number) => number::format(number, pattern, locale),
        other => match other.downcast::<crate::values::BigInteger>() {
            Some(big) => big.format(pattern, locale),
            None => match other.downcast::<crate::values::DateTimeOffset>() {
                Some(date) => date.format(pattern, locale),
                None => Ok(text::of(other, locale)),
            },
        },
    }
}

/// A GUID in one of its five patterns.
pub fn format_guid(guid: Guid, pattern: &str) -> Result<String> {
    let plain = guid.to_string();
    let digits = plain.replace('-', "");
    Ok(match pattern {
        "" | "D" | "d" => plain,
        "N" | "n" => digits,
        "B" | "b" => format!("{{{plain}}}"),
        "P" | "p" => format!("({plain})"),
        "X" | "x" => {
            let bytes: Vec<String> =
                (16..32).step_by(2).map(|at| format!("0x{}", &digits[at..at + 2])).collect();
            format!(
                "{{0x{},0x{},0x{},{{{}}}}}",
                &digits[..8],
                &digits[8..12],
                &digits[12..16],
                bytes.join(",")
            )
        }
        _ => {
            let message = "Format string can be only \"D\", \"d\", \"N\", \"n\", \"P\", \"p\", \"B\", \"b\", \"X\" or \"x\".";
            return Err(Exception::format(message));
        }
    })
}

/// An enumeration's value in one of its patterns.
pub fn format_enum(value: EnumValue, pattern: &str) -> Result<String> {
    Ok(match pattern {
        "" | "G" | "g" | "F" | "f" => value.to_string(),
        "D" | "d" => value.number.to_string(),
        "X" | "x" => format!("{:08X}", value.number as i32),
        _ => {
            let message =
                "Format string can be only \"G\", \"g\", \"X\", \"x\", \"F\", \"f\", \"D\" or \"d\".";
            return Err(Exception::format(message));
        }
    })
}

/// `-f`: the error of a bad pattern is PowerShell's `FormatError`.
pub fn operator(pattern: &Value, arguments: &Value, locale: &Locale) -> Result<Value> {
    let pattern = text::to_text(pattern, locale);
    let arguments = match arguments {
        Value::Array(array) => array.to_vec(),
        Value::Typed(typed) if typed.items().is_some() => typed.items().unwrap_or_default(),
        Value::Object(object) => match object.base() {
            Some(Value::Array(array)) => array.to_vec(),
            _ => vec![arguments.clone()],
        },
        other => vec![other.clone()],
    };
    let formatted = composite(&pattern, &arguments, locale);
    formatted.map(Value::from).map_err(|error| {
        let message = format!("Error formatting a string: {}.", error.text());
        Exception::runtime("FormatError", message)
            .category(crate::Category::InvalidOperation)
            .target(pattern.as_str())
            .inner(error)
    })
}

/// A text with `{index,width:pattern}` in it.
pub fn composite(pattern: &str, arguments: &[Value], locale: &Locale) -> Result<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut out = String::with_capacity(pattern.len());
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '{' if chars.get(at + 1) == Some(&'{') => {
                out.push('{');
                at += 2;
            }
            '}' if chars.get(at + 1) == Some(&'}') => {
                out.push('}');
                at += 2;
            }
            '}' if at + 1 == chars.len() => {
                return Err(unexpected(chars.len(), "Format item ends prematurely."));
            }
            '}' => {
                return Err(unexpected(
                    at + 1,
                    "Unexpected closing brace without a corresponding opening brace.",
                ));
            }
            '{' => at = item(&chars, at, arguments, locale, &mut out)?,
            c => {
                out.push(c);
                at += 1;
            }
        }
    }
    Ok(out)
}

fn unexpected(offset: usize, what: &str) -> Exception {
    Exception::format(format!(
        "Input string was not in a correct format. Failure to parse near offset {offset}. {what}"
    ))
}

/// One `{…}`; gives the place behind it.
fn item(
    chars: &[char],
    start: usize,
    arguments: &[Value],
    locale: &Locale,
    out: &mut String,
) -> Result<usize> {
    let unclosed = || unexpected(chars.len(), "Format item ends prematurely.");
    let mut at = start + 1;
    let digits: String = chars[at.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).collect();
    if digits.is_empty() {
        return Err(if at >= chars.len() {
            unclosed()
        } else {
            unexpected(at + 1, "Expected an ASCII digit.")
        });
    }
    at += digits.len();
    let skip = |mut at: usize| {
        while chars.get(at) == Some(&' ') {
            at += 1;
        }
        at
    };
    at = skip(at);
    let mut width: i64 = 0;
    if chars.get(at) == Some(&',') {
        at = skip(at + 1);
        let left = chars.get(at) == Some(&'-');
        at += usize::from(left);
        let number: String = chars[at.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).collect();
        if number.is_empty() {
            return Err(unexpected(at + 1, "Expected an ASCII digit."));
        }
        at = skip(at + number.len());
        width = number.parse::<i64>().unwrap_or(i64::MAX).min(WIDTH_COLUMNS_MAX as i64);
        width = if left { -width } else { width };
    }
    let mut pattern = String::new();
    if chars.get(at) == Some(&':') {
        at += 1;
        while let Some(c) = chars.get(at).filter(|c| **c != '}') {
            if *c == '{' {
                return Err(unexpected(at + 1, "Unexpected opening brace."));
            }
            pattern.push(*c);
            at += 1;
        }
    }
    match chars.get(at) {
        Some('}') => {}
        Some(_) => return Err(unexpected(at + 1, "Expected a closing brace.")),
        None => return Err(unclosed()),
    }
    let found = digits.parse::<usize>().ok().and_then(|index| arguments.get(index)).ok_or_else(|| {
        Exception::format("Index (zero based) must be greater than or equal to zero and less than the size of the argument list.")
    })?;
    push_aligned(out, &value(found, &pattern, locale)?, width);
    Ok(at + 1)
}

fn push_aligned(out: &mut String, text: &str, width: i64) {
    let blanks = " ".repeat((width.unsigned_abs() as usize).saturating_sub(text.encode_utf16().count()));
    if width < 0 {
        out.push_str(text);
        out.push_str(&blanks);
    } else {
        out.push_str(&blanks);
        out.push_str(text);
    }
}
