//! A value or `Unlimited`: quotas, counts and spans that may have no bound.

use super::kind::{INT32, Kind, PropertyType};
use super::moment::{TIME_SPAN, TimeSpan};
use super::size::{self, ByteQuantifiedSize};
use crate::value::{Text, Typed};
use crate::{Result, Value};
use std::any::Any;
use std::cmp::Ordering;
use std::fmt;

/// A value, or no bound at all. `Unlimited` is greater than every value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unlimited<T> {
    /// A bound.
    Value(T),
    /// No bound.
    Unlimited,
}

impl<T: Copy> Unlimited<T> {
    /// The bound, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Unlimited::Value(value) => Some(value),
            Unlimited::Unlimited => None,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Unlimited<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unlimited::Value(value) => value.fmt(f),
            Unlimited::Unlimited => f.write_str("Unlimited"),
        }
    }
}

/// A type that can be bounded or unlimited: its kinds and its .NET name.
pub trait Bound: PropertyType + Copy + Ord + fmt::Display + Send + Sync {
    /// The kind of `Unlimited<Self>`.
    const UNLIMITED: &'static Kind;
    /// The .NET name of `Unlimited<Self>`.
    const TYPE_NAME: &'static str;
}

impl Bound for ByteQuantifiedSize {
    const UNLIMITED: &'static Kind = &UNLIMITED_SIZE;
    const TYPE_NAME: &'static str =
        "Microsoft.Exchange.Data.Unlimited`1[Microsoft.Exchange.Data.ByteQuantifiedSize]";
}
impl Bound for i32 {
    const UNLIMITED: &'static Kind = &UNLIMITED_INT32;
    const TYPE_NAME: &'static str = "Microsoft.Exchange.Data.Unlimited`1[System.Int32]";
}
impl Bound for TimeSpan {
    const UNLIMITED: &'static Kind = &UNLIMITED_TIME_SPAN;
    const TYPE_NAME: &'static str =
        "Microsoft.Exchange.Data.Unlimited`1[Microsoft.Exchange.Data.EnhancedTimeSpan]";
}

impl<T: Bound> Typed for Unlimited<T> {
    fn type_name(&self) -> Text {
        T::TYPE_NAME.into()
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "isunlimited" => Some((self.value().is_none()).into()),
            "value" => Some(self.value().map_or(Value::Null, T::into_value)),
            _ => None,
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["IsUnlimited", "Value"]
    }
    fn compare(&self, other: &dyn Typed) -> Option<Ordering> {
        other.as_any().downcast_ref::<Unlimited<T>>().map(|other| self.cmp(other))
    }
}

impl<T: Bound> PropertyType for Unlimited<T> {
    const KIND: &'static Kind = T::UNLIMITED;
    fn of_value(value: &Value) -> Option<Unlimited<T>> {
        value.downcast().copied()
    }
    fn into_value(self) -> Value {
        Value::typed(self)
    }
}

/// How quotas are read.
pub static UNLIMITED_SIZE: Kind = Kind {
    name: "UnlimitedSize",
    read: |value| read(value, size::read, &UNLIMITED_SIZE).map(bounded::<ByteQuantifiedSize>),
    accepts: "a number with KB, MB, GB or TB, or Unlimited",
};
/// How counts without a bound are read.
pub static UNLIMITED_INT32: Kind = Kind {
    name: "UnlimitedInt32",
    read: |value| read(value, INT32.read, &UNLIMITED_INT32).map(bounded::<i32>),
    accepts: "a whole number, or Unlimited",
};
/// How spans without a bound are read.
pub static UNLIMITED_TIME_SPAN: Kind = Kind {
    name: "UnlimitedTimeSpan",
    read: |value| read(value, TIME_SPAN.read, &UNLIMITED_TIME_SPAN).map(bounded::<TimeSpan>),
    accepts: "a time span such as 30.00:00:00, or Unlimited",
};

/// The bound inside, `$null` for unlimited.
fn read(value: &Value, inner: fn(&Value) -> Result<Value>, kind: &Kind) -> Result<Value> {
    let inside = match value {
        Value::Typed(typed) => typed.member("IsUnlimited").map(|_| typed.member("Value").unwrap_or_default()),
        Value::String(text) if text.trim().eq_ignore_ascii_case("unlimited") => Some(Value::Null),
        _ => None,
    };
    match inside {
        Some(Value::Null) => Ok(Value::Null),
        Some(bound) => inner(&bound).map_err(|_| kind.refuse(value)),
        None => inner(value).map_err(|_| kind.refuse(value)),
    }
}

fn bounded<T: Bound>(value: Value) -> Value {
    T::of_value(&value).map_or(Unlimited::<T>::Unlimited, Unlimited::Value).into_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_read_and_compared() {
        let read = |text: &str| (UNLIMITED_SIZE.read)(&text.into());
        assert_eq!(read("unlimited").unwrap().to_string(), "Unlimited");
        assert_eq!(read("2GB").unwrap().to_string(), "2 GB (2,147,483,648 bytes)");
        assert_eq!(
            (UNLIMITED_SIZE.read)(&read("2GB").unwrap()).unwrap().to_string(),
            "2 GB (2,147,483,648 bytes)"
        );
        let error = read("2XB").unwrap_err();
        assert_eq!(error.help_line(), Some("Write a number with KB, MB, GB or TB, or Unlimited."));
        assert!(Unlimited::Value(ByteQuantifiedSize::mb(9)) < Unlimited::Unlimited);
    }
}
