//! Objects straight to and from the bytes of a line: a list of 100,000 mailboxes is 100,000 such lines, and
//! a tree of JSON for each would cost more than all the rest.
//!
//! What is written is byte for byte what [`super::encode`] gives; what is read is what [`super::decode`]
//! gives. Anything unusual is left to those two. An object of a noun is read as far as somebody asks for
//! its properties: see [`row`](mod@row).

mod row;

pub(super) use row::{Whole, like, object as told_whole, read as whole};

use super::{Nouns, VALUE_NESTING_MAX, decode_map, decode_text, encode_at, kind_name, read_as, short};
use object::types::{
    Credential, DateKind, DateTime, ObjectId, ProxyAddress, SecureString, SmtpAddress, TICKS_PER_SECOND,
};
use object::value::{Text, Typed};
use object::{Noun, Object, Spec, Value};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::fmt;
use std::io::Write as _;
use std::ops::Range;

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
        Value::Guid(guid) => {
            bytes.extend_from_slice(b"{\"$type\":\"Guid\",\"value\":\"");
            put(bytes, guid);
            bytes.extend_from_slice(b"\"}");
        }
        Value::Enum(word) => typed(bytes, short(word.of.name), &word.to_string()),
        Value::DateTime(time) => write_time(bytes, *time),
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
        bytes.extend_from_slice(b",\"value\":");
        text(bytes, &id.shown);
        bytes.extend_from_slice(b",\"name\":");
        text(bytes, &id.name);
        bytes.extend_from_slice(b",\"distinguishedName\":");
        text(bytes, &id.distinguished_name);
        bytes.extend_from_slice(b",\"guid\":\"");
        put(bytes, id.guid);
        bytes.extend_from_slice(b"\"}");
    } else if let Some(address) = value.downcast::<SmtpAddress>() {
        typed(bytes, "SmtpAddress", address.as_str());
    } else if value.downcast::<ProxyAddress>().is_some() {
        typed(bytes, "ProxyAddress", &inner.text());
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
    // No early end, so that the compiler looks at many bytes at once.
    let escapes = |any: bool, byte: &u8| any | (*byte < b' ') | (*byte == b'"') | (*byte == b'\\');
    if text.as_bytes().iter().fold(false, escapes) {
        // Writing text to memory fails only where memory does.
        return drop(serde_json::to_writer(bytes, text));
    }
    bytes.push(b'"');
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(b'"');
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

/// A moment, with as many decimals as are needed. [RFC 3339 5.6]
fn write_time(bytes: &mut Vec<u8>, time: DateTime) {
    let ((year, month, day), (hour, minute, second)) = (time.to_time().date(), time.to_time().clock());
    bytes.extend_from_slice(b"{\"$type\":\"DateTime\",\"value\":\"");
    let year = u32::try_from(year).unwrap_or_default();
    bytes.extend([year / 1000, year / 100, year / 10, year].map(digit));
    for (mark, number) in [(b'-', month), (b'-', day), (b'T', hour), (b':', minute), (b':', second)] {
        bytes.extend_from_slice(&[mark, digit(number / 10), digit(number)]);
    }
    let fraction = time.ticks.rem_euclid(TICKS_PER_SECOND);
    if fraction != 0 {
        bytes.push(b'.');
        let mut unit = TICKS_PER_SECOND;
        while unit > 1 {
            unit /= 10;
            bytes.push(b'0' + (fraction / unit % 10) as u8);
        }
        bytes.truncate(bytes.iter().rposition(|byte| *byte != b'0').map_or(0, |last| last + 1));
    }
    bytes.extend_from_slice(b"Z\"");
    if time.kind != DateKind::Utc {
        put(bytes, format_args!(",\"kind\":\"{:?}\"", time.kind));
    }
    bytes.push(b'}');
}

fn digit(number: u32) -> u8 {
    b'0' + (number % 10) as u8
}

/// Text that needs no escapes.
fn put(bytes: &mut Vec<u8>, text: impl fmt::Display) {
    // Writing to memory fails only where memory does.
    drop(write!(bytes, "{text}"));
}

/// A line with what stands between its head and its last brace.
pub(super) fn line(bytes: &mut Vec<u8>, head: &str, body: impl FnOnce(&mut Vec<u8>)) {
    bytes.extend_from_slice(head.as_bytes());
    body(bytes);
    bytes.extend_from_slice(b"}\n");
}

/// Writes an object that is not around another value.
pub(super) fn write_object(bytes: &mut Vec<u8>, object: &Object, depth: usize) {
    if !row::write(bytes, object, depth) {
        write_properties(bytes, object.noun(), &object.properties(), depth, &mut |_| {});
    }
}

/// Writes an object of these properties; `placed` hears where each value stands.
pub(super) fn write_properties(
    bytes: &mut Vec<u8>,
    noun: Option<&'static Noun>,
    properties: &[(Text, Value)],
    depth: usize,
    placed: &mut dyn FnMut(Range<usize>),
) {
    bytes.push(b'{');
    let mut first = true;
    if let Some(noun) = noun {
        bytes.extend_from_slice(b"\"$type\":");
        text(bytes, noun.name);
        first = false;
    }
    for (name, value) in properties.iter().filter(|(_, value)| !value.is_null()) {
        placed(write_property(bytes, first, name, value, depth));
        first = false;
    }
    bytes.push(b'}');
}

/// Writes a name and a value; tells where the value stands.
pub(super) fn write_property(
    bytes: &mut Vec<u8>,
    first: bool,
    name: &str,
    value: &Value,
    depth: usize,
) -> Range<usize> {
    if !first {
        bytes.push(b',');
    }
    text(bytes, name);
    bytes.push(b':');
    let start = bytes.len();
    write(bytes, value, depth + 1);
    start..bytes.len()
}

/// Reads the value of a line `{"object":…}` or `{"input":…}`, by its `head` up to the value; `None`: leave it
/// to [`super::decode`], which also says what is wrong with it.
pub(super) fn read_line(bytes: &[u8], head: &str, nouns: &Nouns) -> Option<Value> {
    let value = bytes.strip_prefix(head.as_bytes())?;
    if let Some((whole, rest)) = row::read(value, nouns)
        && rest.trim_ascii() == b"}"
    {
        return Some(row::object(whole).into());
    }
    let mut reader = serde_json::Deserializer::from_slice(value);
    let read = Seed { nouns, depth: 0 }.deserialize(&mut reader).ok()?;
    // The brace of the line itself is all that may follow.
    let rest = value.get(reader.into_iter::<serde::de::IgnoredAny>().byte_offset()..)?;
    (rest.trim_ascii() == b"}").then_some(read)
}

/// Reads a value.
#[derive(Clone, Copy)]
struct Seed<'a> {
    nouns: &'a Nouns,
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
    use dotnet::collections::Collection;
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

    fn nouns() -> Nouns {
        std::sync::Arc::new(|name: &str| (name == "Toy").then_some(&TOY))
    }

    const HEAD: &str = "{\"object\":";

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
            read("ProxyAddress", "smtp:ann@contoso.com"),
            DateTime::new(0, DateKind::Local).into(),
            DateTime::new(638_000_000_001_200_000, DateKind::Unspecified).into(),
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
            let quick = match read_line(&line, HEAD, &nouns()) {
                Some(quick) => quick,
                None => {
                    assert!(matches!(value, Value::Dictionary(_)), "{value:?}");
                    continue;
                }
            };
            let json: Json = serde_json::from_slice(&line).unwrap();
            let slow = decode(&json["object"], &nouns()).unwrap();
            assert_eq!(format!("{quick:?}"), format!("{slow:?}"));
            assert_eq!((encode(&quick), quick.type_name()), (encode(&slow), slow.type_name()));
        }
    }

    /// A toy as it comes over the wire.
    fn toy(properties: &str) -> Value {
        let line = format!("{{\"object\":{{\"$type\":\"Toy\"{properties}}}}}\n");
        read_line(line.as_bytes(), HEAD, &nouns()).unwrap()
    }

    #[test]
    fn an_object_is_sent_on_as_it_came_with_what_was_changed() {
        let came = toy(
            r#","Name":"ball","Size":{"$type":"ByteQuantifiedSize","value":"1 KB (1,024 bytes)"},"Tags":["a","b"],"Extra":null"#,
        );
        let Value::Object(object) = &came else { panic!() };
        let sent = |value: &Value| {
            let mut bytes = Vec::new();
            write(&mut bytes, value, 0);
            String::from_utf8(bytes).unwrap()
        };
        let as_it_came = sent(&came);
        assert_eq!(as_it_came, encode(&toy(r#","Name":"ball","Size":{"$type":"ByteQuantifiedSize","value":"1 KB (1,024 bytes)"},"Tags":["a","b"]"#)).to_string());
        // A list that was asked for twice is one list: what is put into it is seen, here and on the other side.
        let tags = object.get("tags").unwrap();
        tags.downcast::<Collection>().unwrap().write()[0] = "c".into();
        assert_eq!(object.get("Tags").unwrap().items()[0].to_string(), "c");
        assert!(object.as_it_came(|_, read| read.len()) == Some(1));
        assert_eq!(sent(&came), as_it_came.replace("\"a\"", "\"c\""));
        object.set("Name", "cube");
        object.remove("Size");
        assert_eq!(sent(&came), r#"{"$type":"Toy","Name":"cube","Tags":["c","b"]}"#);
        assert_eq!(sent(&came), encode(&came).to_string());
    }

    #[test]
    fn what_cannot_be_read_stands_as_it_came() {
        for (json, shown) in [
            (r#","Name":"a\u0041\n""#, "aA\n"),
            (r#","Name":[1,}"#, "[1,}"),
            (r#","Name":12x"#, "12x"),
            (r#","Name":{"$type":"Guid","value":"zz"}"#, r#"{"$type":"Guid","value":"zz"}"#),
        ] {
            let Value::Object(object) = toy(json) else { panic!() };
            assert_eq!(object.get("Name").unwrap().to_string(), shown);
            assert_eq!(object.properties()[0].1.to_string(), shown);
        }
    }

    #[test]
    fn what_is_wrong_is_left_to_the_trees() {
        let deep = format!("{{\"object\":{}1{}}}", "[".repeat(100), "]".repeat(100));
        for line in
            ["{\"object\":1", "{\"object\":1}}", "{\"object\":1,\"end\":2}", "{\"object\":}", deep.as_str()]
        {
            assert!(read_line(line.as_bytes(), HEAD, &nouns()).is_none(), "{line}");
        }
        let refused: Done<Out> = Out::parse(deep.as_bytes(), &nouns());
        assert_eq!(refused.unwrap_err().id(), "ValueTooDeep");
    }
}
