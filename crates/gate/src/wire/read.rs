//! The one reader of values: whatever JSON tells of one, in whatever order, with whatever escapes.
//!
//! A property that the noun declares is read as its kind says, so that enumerations come back. A type that this
//! side does not know reads as its text: a newer server may send one.

use super::{Nouns, VALUE_NESTING_MAX, VALUES_MAX, malformed};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dotnet::collections::Collection;
use object::types::{Credential, DateKind, DateTime, Guid, ObjectId, SecureString, kind_named, kinds};
use object::value::{Array, Dictionary, Text};
use object::{Error, ErrorId, Noun, Object, Result, Spec, Time, Value};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;

/// Reads a value that stands alone.
#[cfg(test)]
pub(super) fn read_value(json: &[u8], nouns: &Nouns) -> Result<Value> {
    let reading = Reading::new(nouns);
    reading.all(json, reading.value(0))
}

/// What is read of one line, or of one value of a request.
pub(super) struct Reading<'n> {
    nouns: &'n Nouns,
    /// How many values may still come.
    left: Cell<usize>,
    /// Why it ends: JSON's own errors have no room for ours.
    refused: RefCell<Option<Error>>,
}

impl<'n> Reading<'n> {
    pub(super) fn new(nouns: &'n Nouns) -> Reading<'n> {
        Reading { nouns, left: Cell::new(VALUES_MAX), refused: RefCell::default() }
    }

    /// Reads all of `json` by `seed`.
    pub(super) fn all<'de, S: DeserializeSeed<'de>>(&self, json: &'de [u8], seed: S) -> Result<S::Value> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        let read = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
        read.map_err(|error| self.refused.take().unwrap_or_else(|| malformed(&error.to_string())))
    }

    /// Another value begins, with a limit of its own.
    pub(super) fn restart(&self) {
        self.left.set(VALUES_MAX);
    }

    /// A reader of one value that stands `depth` levels deep.
    pub(super) fn value(&self, depth: usize) -> ValueSeed<'_> {
        ValueSeed { reading: self, depth, table: false }
    }

    /// A reader of an invocation's parameters.
    pub(super) fn parameters(&self) -> Named<'_> {
        // A plain object among them is a hashtable.
        Named { each: ValueSeed { table: true, ..self.value(0) } }
    }

    /// Ends the reading with an error of ours.
    pub(super) fn refuse<E: serde::de::Error>(&self, error: Error) -> E {
        let words = E::custom(error.message());
        *self.refused.borrow_mut() = Some(error);
        words
    }
}

/// Reads a value.
#[derive(Clone, Copy)]
pub(super) struct ValueSeed<'r> {
    reading: &'r Reading<'r>,
    depth: usize,
    /// An object without a type is a hashtable.
    table: bool,
}

impl ValueSeed<'_> {
    fn deeper(self) -> Self {
        ValueSeed { depth: self.depth + 1, table: false, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<Value, D::Error> {
        if self.depth > VALUE_NESTING_MAX {
            let message = format!("A value is nested deeper than {VALUE_NESTING_MAX} levels.");
            return Err(self.reading.refuse(Error::limit(ErrorId::ValueTooDeep, message)));
        }
        let Some(left) = self.reading.left.get().checked_sub(1) else {
            let message = format!("A value consists of more than {VALUES_MAX} values.");
            return Err(self.reading.refuse(Error::limit(ErrorId::ValueTooBig, message)));
        };
        self.reading.left.set(left);
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, whole: i64) -> std::result::Result<Value, E> {
        Ok(i32::try_from(whole).map_or(Value::Int64(whole), Value::Int32))
    }
    fn visit_u64<E: serde::de::Error>(self, whole: u64) -> std::result::Result<Value, E> {
        match i64::try_from(whole) {
            Ok(whole) => self.visit_i64(whole),
            Err(_) => Ok(Value::Double(whole as f64)),
        }
    }
    fn visit_f64<E>(self, real: f64) -> std::result::Result<Value, E> {
        Ok(real.into())
    }
    fn visit_str<E>(self, text: &str) -> std::result::Result<Value, E> {
        Ok(text.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.deeper())? {
            items.push(item);
        }
        Ok(items.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Value, A::Error> {
        let Some(first) = map.next_key::<Name>()? else { return Ok(self.untyped(Fields::default())) };
        if first.0 != "$type" {
            return self.out_of_order(first, map);
        }
        match map.next_value_seed(self.deeper())? {
            Value::String(kind) => self.of_kind(&kind, map),
            other => {
                let fields = Fields(vec![(first.0, other)]);
                Ok(self.untyped(self.rest(fields, map)?))
            }
        }
    }
}

impl ValueSeed<'_> {
    /// A value whose type came first, as we write it.
    fn of_kind<'de, A: MapAccess<'de>>(self, kind: &str, mut map: A) -> std::result::Result<Value, A::Error> {
        if let Some(noun) = (self.reading.nouns)(kind) {
            return self.of_noun(noun, map);
        }
        let mut fields = Fields::default();
        while let Some(name) = map.next_key::<Name>()? {
            let value = match kind == "Hashtable" && name.0 == "value" {
                // Whatever its entries are called: they are no fields of a value.
                true => Value::from(map.next_value_seed(Table { each: self.deeper().deeper() })?),
                false => map.next_value_seed(self.deeper())?,
            };
            fields.0.push((name.0, value));
        }
        typed(kind, fields).map_err(|error| self.reading.refuse(error))
    }

    /// An object of a noun, its properties read as the noun declares them.
    fn of_noun<'de, A: MapAccess<'de>>(
        self,
        noun: &'static Noun,
        mut map: A,
    ) -> std::result::Result<Value, A::Error> {
        let (mut pairs, mut next) = (Vec::new(), 0);
        while let Some(name) = map.next_key::<Name>()? {
            let value = map.next_value_seed(self.deeper())?;
            let value = match spec_from(noun, &name.0, &mut next) {
                Some(spec) => read_as(spec, value),
                None => value,
            };
            pairs.push((Text::from(name.0), value));
        }
        Ok(object_of(Object::of(noun), pairs))
    }

    /// What has no type, or tells it later: whoever writes JSON by hand, or sorts it, may do so.
    fn out_of_order<'de, A: MapAccess<'de>>(
        self,
        first: Name<'de>,
        mut map: A,
    ) -> std::result::Result<Value, A::Error> {
        let value = map.next_value_seed(self.deeper())?;
        let mut fields = self.rest(Fields(vec![(first.0, value)]), map)?;
        let Some(Value::String(kind)) = fields.get("$type").cloned() else { return Ok(self.untyped(fields)) };
        fields.0.retain(|(name, _)| name != "$type");
        let Some(noun) = (self.reading.nouns)(&kind) else {
            return typed(&kind, fields).map_err(|error| self.reading.refuse(error));
        };
        let read = |(name, value): (Cow<'de, str>, Value)| match noun.property(&name) {
            Some(spec) => (Text::from(name), read_as(spec, value)),
            None => (Text::from(name), value),
        };
        Ok(object_of(Object::of(noun), fields.0.into_iter().map(read).collect()))
    }

    fn rest<'de, A: MapAccess<'de>>(
        self,
        mut fields: Fields<'de>,
        mut map: A,
    ) -> std::result::Result<Fields<'de>, A::Error> {
        while let Some(name) = map.next_key::<Name>()? {
            fields.0.push((name.0, map.next_value_seed(self.deeper())?));
        }
        Ok(fields)
    }

    fn untyped(self, fields: Fields<'_>) -> Value {
        match self.table {
            true => fields
                .0
                .into_iter()
                .map(|(name, value)| (Value::from(&*name), value))
                .collect::<Dictionary>()
                .into(),
            false => fields.object(),
        }
    }
}

fn object_of(object: Object, pairs: Vec<(Text, Value)>) -> Value {
    pairs.into_iter().fold(object, |object, (name, value)| object.with(name, value)).into()
}

/// A name, without a copy where its JSON has no escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> std::result::Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> std::result::Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> std::result::Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        reader.deserialize_str(Text)
    }
}

/// What stands beside a type's name.
#[derive(Default)]
struct Fields<'de>(Vec<(Cow<'de, str>, Value)>);

impl Fields<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
    fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }
    fn object(self) -> Value {
        object_of(Object::custom(), self.0.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

/// Names and values as a table.
struct Table<'r> {
    each: ValueSeed<'r>,
}

impl<'de> DeserializeSeed<'de> for Table<'_> {
    type Value = Dictionary;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<Dictionary, D::Error> {
        let named = Named { each: self.each }.deserialize(reader)?;
        Ok(named.into_iter().map(|(name, value)| (Value::String(name), value)).collect())
    }
}

/// Names and values in their order.
pub(super) struct Named<'r> {
    each: ValueSeed<'r>,
}

impl<'de> DeserializeSeed<'de> for Named<'_> {
    type Value = Vec<(Text, Value)>;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Named<'_> {
    type Value = Vec<(Text, Value)>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of names and values")
    }
    fn visit_unit<E>(self) -> std::result::Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(name) = map.next_key::<Name>()? {
            pairs.push((Text::from(name.0), map.next_value_seed(self.each)?));
        }
        Ok(pairs)
    }
}

/// A value of a type that is no noun.
fn typed(kind: &str, mut fields: Fields<'_>) -> Result<Value> {
    let Some(value) = fields.get("value") else {
        fields.0.insert(0, (Cow::Borrowed("$type"), kind.into()));
        return Ok(fields.object());
    };
    match (kind, value) {
        ("Hashtable", Value::Dictionary(_)) => Ok(value.clone()),
        ("Hashtable", Value::Object(entries)) => {
            let pairs = entries.properties();
            Ok(pairs
                .iter()
                .map(|(name, value)| (Value::String(name.clone()), value.clone()))
                .collect::<Dictionary>()
                .into())
        }
        ("PSCredential", value) => {
            credential(value).ok_or_else(|| malformed("a credential has a user name and a password"))
        }
        (kind, Value::String(text)) => of_text(kind, text, &fields),
        // What JSON has itself may stand without quotes.
        (kind, Value::Bool(_) | Value::Int32(_) | Value::Int64(_) | Value::Double(_)) => {
            of_text(kind, &value.to_string(), &fields)
        }
        (kind, _) if kind_named(kind).is_some() => {
            Err(malformed(&format!("the value of a {kind} is written as text")))
        }
        _ => Ok(value.clone()),
    }
}

/// A value of which the text is known, and perhaps more in other fields.
fn of_text(kind: &str, text: &str, fields: &Fields<'_>) -> Result<Value> {
    let read = match kind {
        "DateTime" => time(text, fields.text("kind")),
        "Byte[]" => BASE64_STANDARD
            .decode(text)
            .ok()
            .map(|bytes| Array::of("System.Byte", bytes.into_iter().map(Value::Byte).collect()).into()),
        "SecureString" => Some(Value::typed(SecureString::new(text))),
        kind if kind == kinds::OBJECT_ID.name => Some(Value::typed(ObjectId {
            guid: Guid::parse(fields.text("guid")).unwrap_or(Guid::EMPTY),
            name: fields.text("name").into(),
            distinguished_name: fields.text("distinguishedName").into(),
            shown: text.into(),
        })),
        "Char" => Some(Value::Char(text.encode_utf16().next().unwrap_or(0))),
        kind => {
            number(kind, text).or_else(|| kind_named(kind).and_then(|kind| (kind.read)(&text.into()).ok()))
        }
    };
    match read {
        Some(value) => Ok(value),
        None if kind_named(kind).is_none() => Ok(text.into()),
        None => Err(malformed(&format!("'{text}' is not a {kind}"))),
    }
}

fn time(text: &str, kind: &str) -> Option<Value> {
    let (whole, fraction) = match text.trim_end_matches('Z').split_once('.') {
        Some((whole, digits)) if digits.len() <= 7 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            (whole, format!("{digits:0<7}").parse::<i64>().ok()?)
        }
        Some(_) => return None,
        None => (text.trim_end_matches('Z'), 0),
    };
    let zone = if text.ends_with('Z') || text.contains('.') { "Z" } else { "" };
    let second = DateTime::utc(Time::parse_rfc3339(&format!("{whole}{zone}"))?);
    let kind = match kind {
        "Local" => DateKind::Local,
        "Unspecified" => DateKind::Unspecified,
        _ => DateKind::Utc,
    };
    Some(DateTime::new(second.ticks + fraction, kind).into())
}

fn number(kind: &str, text: &str) -> Option<Value> {
    Some(match kind {
        "SByte" => Value::SByte(text.parse().ok()?),
        "Byte" => Value::Byte(text.parse().ok()?),
        "Int16" => Value::Int16(text.parse().ok()?),
        "UInt16" => Value::UInt16(text.parse().ok()?),
        "UInt32" => Value::UInt32(text.parse().ok()?),
        "Int64" => Value::Int64(text.parse().ok()?),
        "UInt64" => Value::UInt64(text.parse().ok()?),
        "Single" => Value::Single(text.parse().ok()?),
        "Double" => Value::Double(text.parse().ok()?),
        "Decimal" => Value::Decimal(text.parse().ok()?),
        _ => return None,
    })
}

fn credential(value: &Value) -> Option<Value> {
    let Value::Object(object) = value else { return None };
    let password = SecureString::new(object.get("password")?.as_str()?);
    Some(Value::typed(Credential { user_name: object.get("userName")?.as_str()?.into(), password }))
}

/// The value as the property's kind reads it; one that it cannot read stays as it came.
pub(super) fn read_as(spec: &Spec, value: Value) -> Value {
    let read = match &value {
        // Text is text: nothing to read.
        Value::String(_) if std::ptr::eq(spec.kind, &kinds::STRING) => None,
        Value::Array(_) => {
            let each: Result<Vec<Value>> = value.items().iter().map(spec.kind.read).collect();
            each.ok().map(|each| if spec.many { growing(each) } else { Value::array(each) })
        }
        value => (spec.kind.read)(value).ok(),
    };
    read.unwrap_or(value)
}

/// A list that can be added to and taken from: `$mailbox.EmailAddresses.Add('smtp:ann@contoso.com')`.
fn growing(items: Vec<Value>) -> Value {
    Value::typed(Collection::array_list(items))
}

/// The same object with its many-valued properties as lists that can be added to, as it arrives over a wire.
pub fn with_growing_lists(value: Value) -> Value {
    if let Value::Object(object) = &value
        && let Some(noun) = object.noun()
    {
        for spec in noun.properties.iter().map(|declared| declared.spec()).filter(|spec| spec.many) {
            if let Some(Value::Array(list)) = object.get(spec.name) {
                object.set(spec.name, growing(list.to_vec()));
            }
        }
    }
    value
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
