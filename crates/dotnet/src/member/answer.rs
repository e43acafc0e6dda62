//! What rows of the tables give back: small ways to make a value of a Rust one.

use crate::exception::Result;
use object::Value;
use object::types::{EnumType, EnumValue};
use object::value::Array;

pub(super) fn int(number: impl TryInto<i32>) -> Result<Value> {
    // .NET's counts are 32 bits wide; what has more is refused long before.
    Ok(Value::Int32(number.try_into().unwrap_or(i32::MAX)))
}
pub(super) fn long(number: i64) -> Result<Value> {
    Ok(Value::Int64(number))
}
pub(super) fn string(text: impl Into<String>) -> Result<Value> {
    Ok(Value::from(text.into()))
}
pub(super) fn bool(value: bool) -> Result<Value> {
    Ok(Value::Bool(value))
}
pub(super) fn null() -> Result<Value> {
    Ok(Value::Null)
}
pub(super) fn strings(texts: impl IntoIterator<Item = String>) -> Value {
    Array::of("System.String", texts.into_iter().map(Value::from).collect()).into()
}
/// Bytes as `byte[]`.
pub fn bytes(bytes: impl AsRef<[u8]>) -> Value {
    Array::of("System.Byte", bytes.as_ref().iter().copied().map(Value::Byte).collect()).into()
}
pub(super) fn chars(units: impl IntoIterator<Item = u16>) -> Value {
    Array::of("System.Char", units.into_iter().map(Value::Char).collect()).into()
}
pub(super) fn of_enum(of: &'static EnumType, number: i64) -> Result<Value> {
    Ok(Value::Enum(EnumValue { of, number }))
}
