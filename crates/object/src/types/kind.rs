//! A kind: the name of a value type and how a value of it is read.

use crate::value::Text;
use crate::{Error, ErrorId, Result, Value};

/// The name of a value type and how a value of it is read from another value.
pub struct Kind {
    /// The short name, as help and the wire show it: `ByteQuantifiedSize`.
    pub name: &'static str,
    /// Reads a value: one already of the type stays, text is parsed, anything else is refused.
    pub read: fn(&Value) -> Result<Value>,
    /// What may be written, in words, for help and error lines.
    pub accepts: &'static str,
}

impl Kind {
    /// The .NET name that messages use for it.
    pub fn type_name(&self) -> Text {
        match self.name {
            "SwitchParameter" => "System.Management.Automation.SwitchParameter".into(),
            "PSCredential" => "System.Management.Automation.PSCredential".into(),
            "SecureString" => "System.Security.SecureString".into(),
            name @ ("Object" | "String" | "Boolean" | "Int32" | "UInt32" | "Int64" | "DateTime"
            | "TimeSpan" | "Guid") => format!("System.{name}").into(),
            name => format!("Microsoft.Exchange.Data.{name}").into(),
        }
    }

    /// The error for a value that cannot be read as this kind.
    pub fn refuse(&self, value: &Value) -> Error {
        Error::caller(ErrorId::InvalidValue, format!("'{value}' is not a valid {}.", self.name))
            .help(format!("Write {}.", self.accepts))
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A Rust type that properties and parameters can have.
pub trait PropertyType: Sized + 'static {
    /// How its values are read and called.
    const KIND: &'static Kind;
    /// The Rust value of a value that [`Kind::read`] gave.
    fn of_value(value: &Value) -> Option<Self>;
    /// The value that carries it.
    fn into_value(self) -> Value;
}

/// Anything at all.
pub static ANY: Kind = Kind { name: "Object", read: |value| Ok(value.clone()), accepts: "any value" };

/// Text. Numbers and other scalars become their text.
pub static STRING: Kind = Kind { name: "String", read: read_string, accepts: "text" };

/// True or false.
pub static BOOLEAN: Kind = Kind { name: "Boolean", read: read_bool, accepts: "$true or $false" };

/// A switch: there or not.
pub static SWITCH: Kind =
    Kind { name: "SwitchParameter", read: read_bool, accepts: "nothing, or :$false to take it back" };

/// A whole number of 32 bits.
pub static INT32: Kind =
    Kind { name: "Int32", read: read_int::<i32>, accepts: "a whole number up to 2147483647" };

/// A whole number of 32 bits from 0.
pub static UINT32: Kind =
    Kind { name: "UInt32", read: read_int::<u32>, accepts: "a whole number from 0 to 4294967295" };

/// A whole number of 64 bits.
pub static INT64: Kind = Kind { name: "Int64", read: read_int::<i64>, accepts: "a whole number" };

fn read_string(value: &Value) -> Result<Value> {
    match value {
        Value::String(_) | Value::Null => Ok(value.clone()),
        Value::Array(_) | Value::Dictionary(_) => Err(STRING.refuse(value)),
        other => Ok(other.to_string().into()),
    }
}

fn read_bool(value: &Value) -> Result<Value> {
    match value {
        Value::Bool(_) => Ok(value.clone()),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true.into()),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false.into()),
        other => match other.as_i64() {
            Some(number) => Ok((number != 0).into()),
            None => Err(BOOLEAN.refuse(value)),
        },
    }
}

trait Whole: TryFrom<i64> + Into<Value> + PropertyType {}
impl Whole for i32 {}
impl Whole for u32 {}
impl Whole for i64 {}

fn read_int<T: Whole>(value: &Value) -> Result<Value> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Double(n) if n.fract() == 0.0 && n.abs() < 9e15 => Some(*n as i64),
        other => other.as_i64(),
    };
    let fitting = number.and_then(|n| T::try_from(n).ok());
    fitting.map(Into::into).ok_or_else(|| T::KIND.refuse(value))
}

macro_rules! scalar {
    ($($type:ty, $kind:expr, |$value:ident| $get:expr;)*) => {$(
        impl PropertyType for $type {
            const KIND: &'static Kind = &$kind;
            fn of_value($value: &Value) -> Option<Self> {
                $get
            }
            fn into_value(self) -> Value {
                self.into()
            }
        }
    )*};
}

scalar! {
    String, STRING, |value| value.as_str().map(str::to_owned);
    bool, BOOLEAN, |value| match value { Value::Bool(b) => Some(*b), _ => None };
    i32, INT32, |value| i32::try_from(value.as_i64()?).ok();
    u32, UINT32, |value| u32::try_from(value.as_i64()?).ok();
    i64, INT64, |value| value.as_i64();
    Value, ANY, |value| Some(value.clone());
}
