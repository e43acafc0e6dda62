//! Objects straight to and from the bytes of a line: a list of 100,000 mailboxes is 100,000 such lines, and
//! a tree of JSON for each would cost more than all the rest.
//!
//! What is written is byte for byte what [`super::encode`] gives; what is read is what [`super::decode`]
//! gives. Anything unusual is left to those two.

use super::{Nouns, VALUE_NESTING_MAX, decode_map, decode_spec, encode_at, encode_time, short};
use object::value::Text;
use object::{Noun, Object, Spec, Value};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::fmt;

/// Writes a value.
pub(super) fn write(bytes: &mut Vec<u8>, value: &Value, depth: usize) {
    if depth > VALUE_NESTING_MAX {
        return text(bytes, &value.to_string());
    }
    match value {
        Value::Null => bytes.extend_from_slice(b"null"),
        Value::Bool(true) => bytes.extend_from_slice(b"true"),
        Value::Bool(false) => bytes.extend_from_slice(b"false"),
        Value::Int32(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
        Value::String(string) => text(bytes, string),
        Value::Guid(guid) => typed(bytes, "Guid", &guid.to_string()),
        Value::Enum(word) => typed(bytes, short(word.of.name), &word.to_string()),
        Value::DateTime(time) => json(bytes, &encode_time(*time)),
        Value::Array(array) if array.element().is_none_or(|element| &**element != "System.Byte") => {
            items(bytes, &array.read(), depth);
        }
        Value::Object(object) if object.base().is_none() => write_object(bytes, object, depth),
        other => json(bytes, &encode_at(other, depth)),
    }
}

fn json(bytes: &mut Vec<u8>, json: &Json) {
    bytes.extend_from_slice(json.to_string().as_bytes());
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    // Writing text to memory fails only where memory does.
    drop(serde_json::to_writer(bytes, text));
}

fn typed(bytes: &mut Vec<u8>, kind: &str, value: &str) {
    bytes.extend_from_slice(b"{\"$type\":");
    text(bytes, kind);
    bytes.extend_from_slice(b",\"value\":");
    text(bytes, value);
    bytes.push(b'}');
}

fn items(bytes: &mut Vec<u8>, items: &[Value], depth: usize) {
    bytes.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            bytes.push(b',');
        }
        write(bytes, item, depth + 1);
    }
    bytes.push(b']');
}

fn write_object(bytes: &mut Vec<u8>, object: &Object, depth: usize) {
    let properties = object.properties();
    if twice(&properties) {
        return json(bytes, &encode_at_object(object, depth));
    }
    bytes.push(b'{');
    let mut parted = object.noun().is_some();
    if let Some(noun) = object.noun() {
        bytes.extend_from_slice(b"\"$type\":");
        text(bytes, noun.name);
    }
    for (name, value) in properties.iter().filter(|(_, value)| !value.is_null()) {
        if parted {
            bytes.push(b',');
        }
        parted = true;
        text(bytes, name);
        bytes.push(b':');
        write(bytes, value, depth + 1);
    }
    bytes.push(b'}');
}
