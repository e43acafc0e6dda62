//! Whether a value counts as true.

use crate::values::{self, base};
use object::Value;

/// Whether a value counts as true.
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::String(text) => !text.is_empty(),
        Value::Char(unit) => *unit != 0,
        Value::Array(array) => {
            let items = array.read();
            list_truth(&items)
        }
        Value::Object(object) => object.base().is_none_or(truth),
        Value::Typed(typed) => match typed.items() {
            Some(items) => list_truth(&items),
            None => match base(value) {
                Value::Bool(on) => *on,
                _ => values::double(value).is_none_or(|n| n != 0.0),
            },
        },
        Value::DateTime(_) | Value::TimeSpan(_) | Value::Guid(_) | Value::Dictionary(_) => true,
        number => values::double(number).is_none_or(|n| n != 0.0),
    }
}

/// An empty list is false, one element counts for itself, more are true.
fn list_truth(items: &[Value]) -> bool {
    match items {
        [] => false,
        [Value::Array(array)] => !array.is_empty(),
        [one] => truth(one),
        _ => true,
    }
}
