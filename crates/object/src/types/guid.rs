//! A GUID: the name that never changes and is never used again.

use super::kind::{Kind, PropertyType};
use crate::{Result, Value};
use std::fmt;
use uuid::Uuid;

/// A 128-bit identifier, shown in lower case with dashes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Guid(u128);

impl Guid {
    /// All zero: "no object".
    pub const EMPTY: Guid = Guid(0);

    /// A new random one (version 4). [RFC 9562 5.4]
    pub fn random() -> Guid {
        Guid(Uuid::new_v4().as_u128())
    }
    /// Reads `0123…`, with or without dashes, braces or brackets.
    pub fn parse(text: &str) -> Option<Guid> {
        let text = text.trim();
        let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
        Uuid::try_parse(inner).ok().map(|uuid| Guid(uuid.as_u128()))
    }
    /// The number, big-endian as it is printed.
    pub const fn to_u128(self) -> u128 {
        self.0
    }
    /// The GUID of that number.
    pub const fn of_u128(number: u128) -> Guid {
        Guid(number)
    }
    /// The 16 bytes in the order in which they are printed.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
    /// The GUID of 16 bytes in the order in which they are printed.
    pub fn of_bytes(bytes: &[u8]) -> Option<Guid> {
        bytes.try_into().ok().map(|bytes| Guid(u128::from_be_bytes(bytes)))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Uuid::from_u128(self.0).hyphenated())
    }
}
impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How GUIDs are read.
pub static GUID: Kind =
    Kind { name: "Guid", read, accepts: "a GUID such as 6f1cbb1e-0d7a-4c0e-9d0f-5d1a7a3c2b10" };

fn read(value: &Value) -> Result<Value> {
    match value {
        Value::Guid(_) => Ok(value.clone()),
        Value::String(text) => Guid::parse(text).map(Value::Guid).ok_or_else(|| GUID.refuse(value)),
        other => Err(GUID.refuse(other)),
    }
}

impl PropertyType for Guid {
    const KIND: &'static Kind = &GUID;
    fn of_value(value: &Value) -> Option<Guid> {
        match value {
            Value::Guid(guid) => Some(*guid),
            _ => None,
        }
    }
    fn into_value(self) -> Value {
        Value::Guid(self)
    }
}
