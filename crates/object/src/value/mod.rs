//! A value: anything that a property holds, a pipeline carries or a script computes.
//!
//! Small values stand in the enum itself; what .NET passes by reference (arrays, dictionaries, objects)
//! is shared behind an `Arc`, so a clone is the same thing and a change through one is seen through all.
//! What a value can *do* beyond reading itself (members, conversions, formats) is the room `dotnet`'s.

mod array;
mod dictionary;
mod object;
mod typed;

pub use array::Array;
pub use dictionary::{Dictionary, Entries, Key, Keys};
pub use object::{Object, Unread};
pub use typed::Typed;

use crate::types::{DateTime, EnumValue, Guid, TimeSpan};
use rust_decimal::Decimal;
use std::fmt;
use std::sync::Arc;

/// Shared text; cloning it copies no characters.
pub type Text = Arc<str>;

/// Anything that a property holds, a pipeline carries or a script computes.
#[derive(Clone, Default)]
pub enum Value {
    /// `$null`.
    #[default]
    Null,
    /// `System.Boolean`.
    Bool(bool),
    /// `System.Char`: one UTF-16 unit.
    Char(u16),
    /// `System.SByte`.
    SByte(i8),
    /// `System.Byte`.
    Byte(u8),
    /// `System.Int16`.
    Int16(i16),
    /// `System.UInt16`.
    UInt16(u16),
    /// `System.Int32`.
    Int32(i32),
    /// `System.UInt32`.
    UInt32(u32),
    /// `System.Int64`.
    Int64(i64),
    /// `System.UInt64`.
    UInt64(u64),
    /// `System.Single`.
    Single(f32),
    /// `System.Double`.
    Double(f64),
    /// `System.Decimal`.
    Decimal(Decimal),
    /// `System.String`.
    String(Text),
    /// `System.DateTime`.
    DateTime(DateTime),
    /// `System.TimeSpan`.
    TimeSpan(TimeSpan),
    /// `System.Guid`.
    Guid(Guid),
    /// A value of an enumeration, with its type.
    Enum(EnumValue),
    /// `System.Object[]` and typed arrays: fixed length, shared.
    Array(Arc<Array>),
    /// `System.Collections.Hashtable` and ordered dictionaries: shared.
    Dictionary(Arc<Dictionary>),
    /// An object with properties: what cmdlets answer and scripts make.
    Object(Arc<Object>),
    /// A value of any other type: sizes, addresses, script blocks, regular expressions, lists …
    Typed(Arc<dyn Typed>),
}

impl Value {
    /// Wraps a value of a type of its own.
    pub fn typed(value: impl Typed) -> Value {
        Value::Typed(Arc::new(value))
    }

    /// An `Object[]` of `items`.
    pub fn array(items: impl IntoIterator<Item = Value>) -> Value {
        Value::Array(Arc::new(Array::new(items.into_iter().collect())))
    }

    /// Whether this is `$null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The text, when this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value as `T`, when it is a [`Typed`] value of exactly that type.
    pub fn downcast<T: Typed>(&self) -> Option<&T> {
        match self {
            Value::Typed(value) => (**value).as_any().downcast_ref::<T>(),
            _ => None,
        }
    }

    /// Any whole number as `i64`; `None` for other kinds and for what does not fit.
    pub fn as_i64(&self) -> Option<i64> {
        Some(match self {
            Value::SByte(n) => i64::from(*n),
            Value::Byte(n) => i64::from(*n),
            Value::Int16(n) => i64::from(*n),
            Value::UInt16(n) => i64::from(*n),
            Value::Int32(n) => i64::from(*n),
            Value::UInt32(n) => i64::from(*n),
            Value::Int64(n) => *n,
            Value::UInt64(n) => i64::try_from(*n).ok()?,
            Value::Enum(value) => value.number,
            _ => return None,
        })
    }

    /// The items of a list, or the value itself as the only one; `$null` has none.
    pub fn items(&self) -> Vec<Value> {
        match self {
            Value::Null => Vec::new(),
            Value::Array(array) => array.to_vec(),
            Value::Typed(value) => value.items().unwrap_or_else(|| vec![self.clone()]),
            other => vec![other.clone()],
        }
    }

    /// The .NET name of the type: `System.Int32`; `$null` has none.
    pub fn type_name(&self) -> Text {
        match self {
            Value::Null => "".into(),
            Value::Array(array) => array.type_name(),
            Value::Dictionary(dictionary) => dictionary.type_name().into(),
            Value::Object(object) => object.type_name(),
            Value::Typed(value) => value.type_name(),
            Value::Enum(value) => value.of.name.into(),
            scalar => scalar.scalar_type_name().into(),
        }
    }

    fn scalar_type_name(&self) -> &'static str {
        match self {
            Value::Bool(_) => "System.Boolean",
            Value::Char(_) => "System.Char",
            Value::SByte(_) => "System.SByte",
            Value::Byte(_) => "System.Byte",
            Value::Int16(_) => "System.Int16",
            Value::UInt16(_) => "System.UInt16",
            Value::Int32(_) => "System.Int32",
            Value::UInt32(_) => "System.UInt32",
            Value::Int64(_) => "System.Int64",
            Value::UInt64(_) => "System.UInt64",
            Value::Single(_) => "System.Single",
            Value::Double(_) => "System.Double",
            Value::Decimal(_) => "System.Decimal",
            Value::String(_) => "System.String",
            Value::DateTime(_) => "System.DateTime",
            Value::TimeSpan(_) => "System.TimeSpan",
            Value::Guid(_) => "System.Guid",
            _ => "System.Object",
        }
    }
}

thread_local! {
    /// The arrays and objects whose text is being written, outermost first.
    static BEING_WRITTEN: std::cell::RefCell<Vec<usize>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// Writes what may hold itself: within its own text it is what `itself` says.
fn once(
    place: usize,
    f: &mut fmt::Formatter<'_>,
    itself: impl FnOnce(&mut fmt::Formatter<'_>) -> fmt::Result,
    whole: impl FnOnce(&mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    if BEING_WRITTEN.with_borrow(|written| written.contains(&place)) {
        return itself(f);
    }
    BEING_WRITTEN.with_borrow_mut(|written| written.push(place));
    let written = whole(f);
    BEING_WRITTEN.with_borrow_mut(|written| written.truncate(written.len() - 1));
    written
}

/// The invariant text: what is stored, compared and written where no culture applies. How a console
/// shows a value is `dotnet`'s and `views`' matter.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Bool(value) => f.write_str(if *value { "True" } else { "False" }),
            Value::Char(unit) => write!(f, "{}", String::from_utf16_lossy(&[*unit])),
            Value::SByte(n) => write!(f, "{n}"),
            Value::Byte(n) => write!(f, "{n}"),
            Value::Int16(n) => write!(f, "{n}"),
            Value::UInt16(n) => write!(f, "{n}"),
            Value::Int32(n) => write!(f, "{n}"),
            Value::UInt32(n) => write!(f, "{n}"),
            Value::Int64(n) => write!(f, "{n}"),
            Value::UInt64(n) => write!(f, "{n}"),
            Value::Single(n) => write!(f, "{n}"),
            Value::Double(n) => write!(f, "{n}"),
            Value::Decimal(n) => write!(f, "{n}"),
            Value::String(text) => f.write_str(text),
            Value::DateTime(time) => write!(f, "{time}"),
            Value::TimeSpan(span) => write!(f, "{span}"),
            Value::Guid(guid) => write!(f, "{guid}"),
            Value::Enum(value) => write!(f, "{value}"),
            Value::Array(array) => {
                let itself = |f: &mut fmt::Formatter<'_>| f.write_str(&array.type_name());
                once(Arc::as_ptr(array) as usize, f, itself, |f| {
                    let items = array.to_vec();
                    let mut items = items.iter().enumerate();
                    items.try_for_each(|(at, item)| write!(f, "{}{item}", if at == 0 { "" } else { " " }))
                })
            }
            Value::Dictionary(dictionary) => f.write_str(dictionary.type_name()),
            Value::Object(object) => {
                once(Arc::as_ptr(object) as usize, f, |_| Ok(()), |f| write!(f, "{object}"))
            }
            Value::Typed(value) => f.write_str(&value.text()),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("$null"),
            Value::String(text) => write!(f, "{text:?}"),
            other => write!(f, "[{}] {other}", other.type_name()),
        }
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident;)*) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Value {
                Value::$variant(value.into())
            }
        }
    )*};
}

from! {
    bool => Bool; i32 => Int32; u32 => UInt32; i64 => Int64; u64 => UInt64; f64 => Double; &str => String;
    String => String; Text => String; DateTime => DateTime; TimeSpan => TimeSpan; Guid => Guid;
    EnumValue => Enum; Array => Array; Dictionary => Dictionary; Object => Object;
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Value::array(items)
    }
}
