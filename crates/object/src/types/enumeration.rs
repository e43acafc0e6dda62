//! Enumerations: a type with names for numbers, and values of it.

use crate::{Error, ErrorId, Result, Value};
use parking_lot::Mutex;
use std::fmt;

/// An enumeration type, declared once as a static.
pub struct EnumType {
    /// The .NET name: `Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails`.
    pub name: &'static str,
    /// Whether several values can be joined (`A, B`).
    pub flags: bool,
    /// Names and numbers in the order of declaration.
    pub values: &'static [(&'static str, i64)],
}

/// A value of an enumeration.
#[derive(Clone, Copy)]
pub struct EnumValue {
    /// Its type.
    pub of: &'static EnumType,
    /// Its number.
    pub number: i64,
}

/// So many different enumerations may scripts declare in one process: each is kept until it ends, since values of
/// an enumeration are copied freely and name their type by its place.
const DECLARED_MAX: usize = 4_096;

static DECLARED: Mutex<Vec<&'static EnumType>> = Mutex::new(Vec::new());

impl EnumType {
    /// The enumeration that a script declares. Whoever declares the same again gets the same type.
    ///
    /// # Errors
    /// `TooManyEnumerations`: [`DECLARED_MAX`] different ones were declared before.
    pub fn declare(name: &str, flags: bool, values: &[(String, i64)]) -> Result<&'static EnumType> {
        let mut declared = DECLARED.lock();
        let same = |known: &&EnumType| {
            let mut pairs = known.values.iter().zip(values);
            known.name == name
                && known.flags == flags
                && known.values.len() == values.len()
                && pairs.all(|(known, new)| known.0 == new.0 && known.1 == new.1)
        };
        if let Some(known) = declared.iter().copied().find(same) {
            return Ok(known);
        }
        if declared.len() >= DECLARED_MAX {
            let sentence = format!("Scripts declared {DECLARED_MAX} different enumerations already.");
            return Err(Error::limit(ErrorId::TooManyEnumerations, sentence));
        }
        let name: &'static str = String::from(name).leak();
        let values: Vec<(&'static str, i64)> =
            values.iter().map(|(name, number)| (&*String::from(name).leak(), *number)).collect();
        let made: &'static EnumType = Box::leak(Box::new(EnumType { name, flags, values: values.leak() }));
        declared.push(made);
        Ok(made)
    }

    /// Reads a name, several joined by commas where the type allows it, or a number.
    pub fn parse(&'static self, text: &str) -> Option<EnumValue> {
        let mut number = 0;
        let mut words = 0;
        for word in text.split(',').map(str::trim) {
            number |= self.number(word)?;
            words += 1;
        }
        (words == 1 || self.flags).then_some(EnumValue { of: self, number })
    }

    fn number(&self, word: &str) -> Option<i64> {
        let named = self.values.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        named.map(|(_, number)| *number).or_else(|| word.parse().ok())
    }

    /// Reads a value: one of this type, a name, or a number.
    pub fn read(&'static self, value: &Value) -> Result<Value> {
        let found = match value {
            Value::Enum(given) if std::ptr::eq(given.of, self) => Some(*given),
            Value::String(text) => self.parse(text),
            other => other.as_i64().map(|number| EnumValue { of: self, number }),
        };
        found.map(Value::Enum).ok_or_else(|| self.refuse(value))
    }

    fn refuse(&self, value: &Value) -> Error {
        let names: Vec<&str> = self.values.iter().map(|(name, _)| *name).collect();
        let short = self.name.rsplit(['.', '+']).next().unwrap_or(self.name);
        Error::caller(ErrorId::InvalidValue, format!("'{value}' is not a valid {short}."))
            .help(format!("Write one of: {}.", names.join(", ")))
    }
}

impl PartialEq for EnumValue {
    fn eq(&self, other: &EnumValue) -> bool {
        std::ptr::eq(self.of, other.of) && self.number == other.number
    }
}
impl Eq for EnumValue {}

impl fmt::Display for EnumValue {
    /// The name; joined names of flags; the bare number where there is no name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, _)) = self.of.values.iter().find(|(_, number)| *number == self.number) {
            return f.write_str(name);
        }
        let set: Vec<&(&str, i64)> =
            self.of.values.iter().filter(|(_, n)| *n != 0 && self.number & n == *n).collect();
        let covered = set.iter().fold(0, |sum, (_, n)| sum | n);
        if !self.of.flags || covered != self.number || set.is_empty() {
            return write!(f, "{}", self.number);
        }
        let names: Vec<&str> = set.iter().map(|(name, _)| *name).collect();
        f.write_str(&names.join(", "))
    }
}
impl fmt::Debug for EnumValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Declares an enumeration: the Rust type, its `EnumType`, its `Kind`, and that properties can have it.
/// It earns its place by keeping each name and number in one line.
#[macro_export]
macro_rules! enumeration {
    ($(#[$doc:meta])* $vis:vis enum $name:ident : $net:literal { $($(#[$item_doc:meta])* $item:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(i64)]
        $vis enum $name { $($(#[$item_doc])* $item = $number,)* }

        impl $name {
            /// The type as the shell sees it.
            pub const TYPE: &'static $crate::types::EnumType = {
                static TYPE: $crate::types::EnumType = $crate::types::EnumType {
                    name: $net, flags: false, values: &[$((stringify!($item), $number),)*],
                };
                &TYPE
            };
            /// All values in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$item,)*];
            /// The value of that number.
            pub fn of_number(number: i64) -> Option<$name> {
                $name::ALL.iter().copied().find(|value| *value as i64 == number)
            }
            /// The name, as Exchange writes it.
            pub fn name(self) -> &'static str {
                match self { $($name::$item => stringify!($item),)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl From<$name> for $crate::Value {
            fn from(value: $name) -> $crate::Value {
                $crate::Value::Enum($crate::types::EnumValue { of: $name::TYPE, number: value as i64 })
            }
        }

        impl $crate::types::PropertyType for $name {
            const KIND: &'static $crate::types::Kind = {
                static KIND: $crate::types::Kind = $crate::types::Kind {
                    name: stringify!($name),
                    read: |value| $name::TYPE.read(value),
                    accepts: concat!("one of:", $(" ", stringify!($item),)*),
                };
                &KIND
            };
            fn of_value(value: &$crate::Value) -> Option<$name> {
                match value {
                    $crate::Value::Enum(given) => $name::of_number(given.number),
                    _ => None,
                }
            }
            fn into_value(self) -> $crate::Value {
                self.into()
            }
        }
    };
}
