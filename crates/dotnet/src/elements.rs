//! What a list or dictionary consists of: what a pipeline and `foreach` walk.

use crate::order;
use crate::values::{Entry, base};
use object::Value;
use object::value::{Dictionary, Text};

/// What a pipeline or `foreach` walks: the elements of a list, nothing of `$null`, else the value itself.
pub fn walk(value: &Value) -> Vec<Value> {
    elements(value).unwrap_or_else(|| if value.is_null() { Vec::new() } else { vec![value.clone()] })
}

/// The elements, when the value is a list (dictionaries and texts are none).
pub fn elements(value: &Value) -> Option<Vec<Value>> {
    match base(value) {
        Value::Array(array) => Some(array.to_vec()),
        Value::Typed(typed) => typed.items(),
        _ => None,
    }
}

/// Keys and values in the order in which the type walks them.
pub fn rows(dictionary: &Dictionary) -> Vec<(Value, Value)> {
    let mut rows = dictionary.to_vec();
    if dictionary.type_name().contains(".Sorted") {
        order::sort_by(&mut rows, &mut |a, b| order::total(&a.0, &b.0));
    }
    rows
}

/// A key as the dictionary keeps it: a `StringDictionary` has lower case only.
pub fn stored_key(dictionary: &Dictionary, key: Value) -> Value {
    match &key {
        Value::String(text) if dictionary.type_name().ends_with(".StringDictionary") => {
            text.to_lowercase().into()
        }
        _ => key,
    }
}

/// The entries of a dictionary, as its enumerator gives them.
pub fn entries(dictionary: &Dictionary) -> Vec<Value> {
    let name = dictionary.type_name();
    let pair: Option<Text> = name
        .split_once("Dictionary`2")
        .or_else(|| name.split_once("SortedList`2"))
        .map(|(_, arguments)| format!("System.Collections.Generic.KeyValuePair`2{arguments}").into());
    rows(dictionary)
        .into_iter()
        .map(|(key, value)| Value::typed(Entry { key, value, pair: pair.clone() }))
        .collect()
}
