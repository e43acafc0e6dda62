//! A size in bytes, read and shown with its unit: `2 GB (2,147,483,648 bytes)`.

use super::kind::{Kind, PropertyType};
use crate::value::{Text, Typed};
use crate::{Error, Result, Value};
use std::any::Any;
use std::cmp::Ordering;
use std::fmt;

const UNITS: [(&str, u64); 5] =
    [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1)];

/// A size in bytes. Units are powers of 1024.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteQuantifiedSize(pub u64);

impl ByteQuantifiedSize {
    /// A size of whole mebibytes.
    pub const fn mb(number: u64) -> ByteQuantifiedSize {
        ByteQuantifiedSize(number << 20)
    }

    /// Reads `2GB`, `1.5 TB`, `300`, or what [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> Option<ByteQuantifiedSize> {
        let text = text.trim();
        if let Some((_, exact)) = text.split_once('(') {
            let digits: String = exact.strip_suffix("bytes)")?.chars().filter(char::is_ascii_digit).collect();
            return digits.parse().ok().map(ByteQuantifiedSize);
        }
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(text.len());
        let (number, unit) = (text[..end].replace(',', ""), text[end..].trim());
        let factor = if unit.is_empty() { 1 } else { unit_factor(unit)? };
        multiply(&number, factor).map(ByteQuantifiedSize)
    }
}

fn unit_factor(unit: &str) -> Option<u64> {
    UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, factor)| *factor)
}

/// `number` (digits with at most one point) times `factor`, exact but for the part below one byte.
fn multiply(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let digits = u32::try_from(fraction.len()).ok().filter(|digits| *digits <= 18)?;
    let fraction: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let bytes = whole.checked_mul(u128::from(factor))? + fraction * u128::from(factor) / 10u128.pow(digits);
    u64::try_from(bytes).ok().filter(|_| !number.is_empty() && number != ".")
}

/// `number` with a comma between groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Four significant digits without trailing zeros: `16.42`, `2`, `1023`.
fn four_digits(number: f64) -> String {
    let decimals = if number >= 1000.0 {
        0
    } else if number >= 100.0 {
        1
    } else if number >= 10.0 {
        2
    } else {
        3
    };
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

impl fmt::Display for ByteQuantifiedSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, factor) = UNITS.iter().find(|(_, factor)| self.0 >= *factor).unwrap_or(&UNITS[4]);
        let shown = four_digits(self.0 as f64 / *factor as f64);
        write!(f, "{shown} {name} ({} bytes)", grouped(self.0))
    }
}

impl Typed for ByteQuantifiedSize {
    fn type_name(&self) -> Text {
        super::names::BYTE_QUANTIFIED_SIZE.into()
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_text(&self) -> bool {
        true
    }
    fn compare(&self, other: &dyn Typed) -> Option<Ordering> {
        other.as_any().downcast_ref::<ByteQuantifiedSize>().map(|other| self.cmp(other))
    }
}

/// How sizes are read.
pub static BYTE_QUANTIFIED_SIZE: Kind =
    Kind { name: "ByteQuantifiedSize", read, accepts: "a number with B, KB, MB, GB or TB" };

pub(super) fn read(value: &Value) -> Result<Value> {
    let refuse = || -> Error { BYTE_QUANTIFIED_SIZE.refuse(value) };
    match value {
        Value::Typed(_) if value.downcast::<ByteQuantifiedSize>().is_some() => Ok(value.clone()),
        Value::String(text) => ByteQuantifiedSize::parse(text).map(Value::typed).ok_or_else(refuse),
        Value::Double(n) if *n >= 0.0 && *n < 1e18 => Ok(Value::typed(ByteQuantifiedSize(*n as u64))),
        other => {
            let bytes = other.as_i64().and_then(|n| u64::try_from(n).ok());
            bytes.map(|n| Value::typed(ByteQuantifiedSize(n))).ok_or_else(refuse)
        }
    }
}

impl PropertyType for ByteQuantifiedSize {
    const KIND: &'static Kind = &BYTE_QUANTIFIED_SIZE;
    fn of_value(value: &Value) -> Option<ByteQuantifiedSize> {
        value.downcast().copied()
    }
    fn into_value(self) -> Value {
        Value::typed(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_shown_as_exchange_does() {
        for (typed, shown) in [
            ("2GB", "2 GB (2,147,483,648 bytes)"),
            ("1.5TB", "1.5 TB (1,649,267,441,664 bytes)"),
            ("17215643", "16.42 MB (17,215,643 bytes)"),
            ("2039480320", "1.899 GB (2,039,480,320 bytes)"),
            ("2469396480", "2.3 GB (2,469,396,480 bytes)"),
            ("0", "0 B (0 bytes)"),
            ("1,024 kb", "1 MB (1,048,576 bytes)"),
            ("16.42 MB (17,215,643 bytes)", "16.42 MB (17,215,643 bytes)"),
        ] {
            assert_eq!(ByteQuantifiedSize::parse(typed).unwrap().to_string(), shown, "{typed}");
        }
        for bad in ["", "GB", "2XB", "-1", "1.2.3MB", ".", "99999999999999TB", "2 GB ("] {
            assert_eq!(ByteQuantifiedSize::parse(bad), None, "{bad}");
        }
    }
}
