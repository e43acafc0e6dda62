//! Objects straight to and from the bytes of a line: a list of 100,000 mailboxes is 100,000 such lines, and
//! a tree of JSON for each would cost more than all the rest.
//!
//! What is written is byte for byte what [`super::encode`] gives; what is read is what [`super::decode`]
//! gives. Anything unusual is left to those two.

use super::{
    Nouns, VALUE_NESTING_MAX, decode_map, decode_text, encode_at, encode_time, kind_name, read_as, short,
};
use object::types::{Credential, ObjectId, SecureString};
use object::value::Typed;
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
        Value::Typed(inner) if inner.items().is_none() => write_typed(bytes, value, &**inner, depth),
        other => json(bytes, &encode_at(other, depth)),
    }
}

fn write_typed(bytes: &mut Vec<u8>, value: &Value, inner: &dyn Typed, depth: usize) {
    if let Some(id) = value.downcast::<ObjectId>() {
        bytes.extend_from_slice(b"{\"$type\":\"ADObjectId\"");
        let guid = id.guid.to_string();
        let fields =
            [("value", &*id.shown), ("name", &*id.name), ("distinguishedName", &*id.distinguished_name)];
        for (name, field) in fields.into_iter().chain([("guid", guid.as_str())]) {
            bytes.push(b',');
            text(bytes, name);
            bytes.push(b':');
            text(bytes, field);
        }
        bytes.push(b'}');
    } else if value.downcast::<SecureString>().is_some() || value.downcast::<Credential>().is_some() {
        json(bytes, &encode_at(value, depth));
    } else {
        typed(bytes, &kind_name(value), &inner.text());
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

/// Reads the value of a line `{"object":…}`; `None`: leave it to [`super::decode`], which also says what is
/// wrong with it.
pub(super) fn read_object_line(bytes: &[u8], nouns: Nouns<'_>) -> Option<Value> {
    let value = bytes.strip_prefix(b"{\"object\":")?;
    let mut reader = serde_json::Deserializer::from_slice(value);
    let read = Seed { nouns, depth: 0 }.deserialize(&mut reader).ok()?;
    // The brace of the line itself is all that may follow.
    let rest = value.get(reader.into_iter::<serde::de::IgnoredAny>().byte_offset()..)?;
    (rest.trim_ascii() == b"}").then_some(read)
}

/// Reads a value.
#[derive(Clone, Copy)]
struct Seed<'a> {
    nouns: Nouns<'a>,
    depth: usize,
}

impl Seed<'_> {
    fn deeper(self) -> Self {
        Seed { depth: self.depth + 1, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        if self.depth > VALUE_NESTING_MAX {
            return Err(D::Error::custom("too deep"));
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, whole: i64) -> Result<Value, E> {
        Ok(i32::try_from(whole).map_or(Value::Int64(whole), Value::Int32))
    }
    fn visit_u64<E: serde::de::Error>(self, whole: u64) -> Result<Value, E> {
        match i64::try_from(whole) {
            Ok(whole) => self.visit_i64(whole),
            Err(_) => Ok(Value::Double(whole as f64)),
        }
    }
    fn visit_f64<E>(self, real: f64) -> Result<Value, E> {
        Ok(real.into())
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.deeper())? {
            items.push(item);
        }
        Ok(items.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let Some(first) = map.next_key::<String>()? else { return Ok(Object::custom().into()) };
        if first != "$type" {
            return self.tree(first, map);
        }
        let kind: &str = map.next_value()?;
        match (self.nouns)(kind) {
            Some(noun) => self.noun_object(noun, map),
            None => text_value(kind, map),
        }
    }
}

impl Seed<'_> {
    /// An object of a noun, its properties read as the noun declares them.
    fn noun_object<'de, A: MapAccess<'de>>(self, noun: &'static Noun, mut map: A) -> Result<Value, A::Error> {
        let mut object = Object::of(noun);
        let mut next = 0;
        // A name with escapes in it is unusual, too.
        while let Some(name) = map.next_key::<&'de str>()? {
            let value = map.next_value_seed(self.deeper())?;
            let value = match spec_from(noun, name, &mut next) {
                Some(spec) => read_as(spec, value),
                None => value,
            };
            object = object.with(name, value);
        }
        Ok(object.into())
    }

    /// An object without a type, by way of a tree.
    fn tree<'de, A: MapAccess<'de>>(self, first: String, mut map: A) -> Result<Value, A::Error> {
        let mut tree = Map::new();
        tree.insert(first, map.next_value()?);
        while let Some((name, value)) = map.next_entry::<String, Json>()? {
            tree.insert(name, value);
        }
        decode_map(&tree, self.nouns, self.depth).map_err(A::Error::custom)
    }
}

/// More fields than a value of any type has.
const FIELDS_MAX: usize = 8;

/// A value that is written as its text. One that is not, or whose text has escapes, is unusual.
fn text_value<'de, A: MapAccess<'de>>(kind: &str, mut map: A) -> Result<Value, A::Error> {
    let (mut fields, mut count) = ([("", ""); FIELDS_MAX], 0);
    while let Some(entry) = map.next_entry::<&'de str, &'de str>()? {
        *fields.get_mut(count).ok_or_else(|| A::Error::custom("too many fields"))? = entry;
        count += 1;
    }
    let field = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    let text = field("value").ok_or_else(|| A::Error::custom("no value"))?;
    decode_text(kind, text, &|name| field(name).unwrap_or_default()).map_err(A::Error::custom)
}

/// The property `name`. Objects list their properties in the noun's order, so the search goes on where the
/// last one was found.
fn spec_from(noun: &'static Noun, name: &str, next: &mut usize) -> Option<&'static Spec> {
    let count = noun.properties.len();
    let places = (*next..count).chain(0..(*next).min(count));
    let found = places.map(|at| (at, noun.properties[at].spec())).find(|(_, spec)| spec.name == name);
    match found {
        Some((at, spec)) => {
            *next = at + 1;
            Some(spec)
        }
        None => noun.property(name),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Out, decode, encode};
    use super::*;
    use crate::output::Report;
    use object::types::{DateKind, DateTime, Guid, ObjectId, SecureString, kind_named};
    use object::value::{Array, Dictionary};
    use object::{Property, Result as Done};

    static NAME: Property<String> = Property::new("Name", "x");
    static SIZE: Property<object::types::ByteQuantifiedSize> = Property::new("Size", "x");
    static COUNT: Property<i32> = Property::new("Count", "x");
    static TAGS: Property<String> = Property::new("Tags", "x").many();
    static TOY: Noun = Noun {
        name: "Toy",
        type_name: "Toys.Toy",
        summary: "A toy.",
        properties: &[&NAME, &SIZE, &COUNT, &TAGS],
        table: &[],
        standard: &[],
    };

    fn nouns(name: &str) -> Option<&'static Noun> {
        (name == "Toy").then_some(&TOY)
    }

    fn values() -> Vec<Value> {
        let read = |kind: &str, text: &str| (kind_named(kind).unwrap().read)(&text.into()).unwrap();
        let table: Dictionary = [("Add".into(), Value::array(["a".into()]))].into_iter().collect();
        let id = ObjectId {
            guid: Guid::of_u128(7),
            name: "ann".into(),
            distinguished_name: "CN=ann".into(),
            shown: "contoso.com/ann".into(),
        };
        let size = read("ByteQuantifiedSize", "2GB");
        vec![
            Value::Null,
            true.into(),
            7.into(),
            Value::Int64(1 << 40),
            Value::Int64(3),
            Value::Double(2.0),
            Value::Double(f64::INFINITY),
            Value::UInt64(u64::MAX),
            "quoted \" \u{1F600} \n \u{7}".into(),
            Guid::of_u128(5).into(),
            DateTime::new(638_000_000_000_000_001, DateKind::Utc).into(),
            Value::typed(id.clone()),
            read("UnlimitedSize", "unlimited"),
            read("UnlimitedSize", "1GB"),
            read("UnlimitedInt32", "5"),
            read("UnlimitedTimeSpan", "30.00:00:00"),
            read("SmtpAddress", "ann@contoso.com"),
            Value::typed(SecureString::new("p")),
            size.clone(),
            table.into(),
            Value::array([1.into(), Value::Null, Value::array(["x".into()])]),
            Array::of("System.Byte", vec![Value::Byte(1), Value::Byte(2)]).into(),
            Object::custom().into(),
            Object::custom().with("a", 1).with("b", Value::Null).into(),
            Object::of(&TOY).into(),
            Object::of(&TOY)
                .with("Count", 3)
                .with("Name", "ball")
                .with("Size", size)
                .with("Tags", Value::array(["a".into(), "b".into()]))
                .with("Maker", Value::typed(id))
                .with("Inner", Object::of(&TOY).with("Name", "in"))
                .into(),
        ]
    }

    #[test]
    fn what_is_written_and_read_is_what_the_trees_say() {
        for value in values() {
            let line = Out::Report(Report::Object(value.clone())).line();
            let tree = format!("{{\"object\":{}}}\n", encode(&value));
            assert_eq!(String::from_utf8(line.clone()).unwrap(), tree);
            // A table is unusual; so is a text with escapes in a value of a type.
            let quick = match read_object_line(&line, &nouns) {
                Some(quick) => quick,
                None => {
                    assert!(matches!(value, Value::Dictionary(_)), "{value:?}");
                    continue;
                }
            };
            let json: Json = serde_json::from_slice(&line).unwrap();
            let slow = decode(&json["object"], &nouns).unwrap();
            assert_eq!(format!("{quick:?}"), format!("{slow:?}"));
            assert_eq!((encode(&quick), quick.type_name()), (encode(&slow), slow.type_name()));
        }
    }

    #[test]
    fn what_is_wrong_is_left_to_the_trees() {
        let deep = format!("{{\"object\":{}1{}}}", "[".repeat(100), "]".repeat(100));
        for line in
            ["{\"object\":1", "{\"object\":1}}", "{\"object\":1,\"end\":2}", "{\"object\":}", deep.as_str()]
        {
            assert!(read_object_line(line.as_bytes(), &nouns).is_none(), "{line}");
        }
        let refused: Done<Out> = Out::parse(deep.as_bytes(), &nouns);
        assert_eq!(refused.unwrap_err().id(), "ValueTooDeep");
    }
}
