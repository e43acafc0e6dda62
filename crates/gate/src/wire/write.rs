//! The one writer of values: straight to the bytes of a line, since a list of 100,000 mailboxes is 100,000 lines.

use super::VALUE_NESTING_MAX;
use super::row::Row;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use object::types::{
    ByteQuantifiedSize, Credential, DateKind, DateTime, ObjectId, SecureString, TICKS_PER_SECOND, Unlimited,
    kinds,
};
use object::value::{Array, Dictionary, Text, Typed};
use object::{Noun, Object, Value};
use std::fmt;
use std::io::Write as _;
use std::ops::Range;

/// Who reads what is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reader {
    /// The server: a password that is to be set travels to it.
    Server,
    /// A caller: secrets stay where they are, and their type's name is all that is told.
    Caller,
}

/// A writer of values at the end of `bytes`.
pub(super) struct Values<'a> {
    pub(super) bytes: &'a mut Vec<u8>,
    reader: Reader,
}

impl<'a> Values<'a> {
    pub(super) fn new(bytes: &'a mut Vec<u8>, reader: Reader) -> Values<'a> {
        Values { bytes, reader }
    }

    /// Writes a value that stands `depth` levels deep.
    pub(super) fn value(&mut self, value: &Value, depth: usize) {
        if depth > VALUE_NESTING_MAX {
            return self.text(&value.to_string());
        }
        match value {
            Value::Null => self.plain("null"),
            Value::Bool(value) => self.plain(if *value { "true" } else { "false" }),
            Value::Int32(number) => self.put(number),
            Value::Int64(number) if i32::try_from(*number).is_err() => self.put(number),
            Value::Double(number) if number.is_finite() => self.put(serde_json::Value::from(*number)),
            Value::String(string) => self.text(string),
            Value::Guid(guid) => {
                self.plain("{\"$type\":\"Guid\",\"value\":\"");
                self.put(guid);
                self.plain("\"}");
            }
            Value::Enum(word) => self.typed(short(word.of.name), &word.to_string()),
            Value::DateTime(time) => self.time(*time),
            Value::TimeSpan(span) => self.typed(kinds::TIME_SPAN.name, &span.to_string()),
            Value::Array(array) => self.array(array, depth),
            Value::Dictionary(dictionary) => self.dictionary(dictionary, depth),
            Value::Object(object) => self.object(object, depth),
            Value::Typed(inner) => self.typed_value(value, &**inner, depth),
            other => self.typed(short(&other.type_name()), &other.to_string()),
        }
    }

    fn typed_value(&mut self, value: &Value, inner: &dyn Typed, depth: usize) {
        if let Some(items) = inner.items() {
            self.items(&items, depth);
        } else if let Some(id) = value.downcast::<ObjectId>() {
            self.identity(id);
        } else if let Some(size) = value.downcast::<ByteQuantifiedSize>() {
            self.typed("ByteQuantifiedSize", &size.to_string());
        } else if !self.secret(value) {
            self.typed(&kind_name(value), &inner.text());
        }
    }

    fn identity(&mut self, id: &ObjectId) {
        self.plain("{\"$type\":");
        self.text(kinds::OBJECT_ID.name);
        self.plain(",\"value\":");
        self.text(&id.shown);
        self.plain(",\"name\":");
        self.text(&id.name);
        self.plain(",\"distinguishedName\":");
        self.text(&id.distinguished_name);
        self.plain(",\"guid\":\"");
        self.put(id.guid);
        self.plain("\"}");
    }

    /// Writes a secret whole where the server reads it; a caller is told its type. `false`: it is no secret.
    fn secret(&mut self, value: &Value) -> bool {
        let (secret, credential) = (value.downcast::<SecureString>(), value.downcast::<Credential>());
        match (self.reader, secret, credential) {
            (_, None, None) => return false,
            (Reader::Caller, ..) => self.text(&value.type_name()),
            (Reader::Server, Some(secret), _) => self.typed("SecureString", secret.reveal()),
            (Reader::Server, None, Some(credential)) => {
                self.plain("{\"$type\":\"PSCredential\",\"value\":{\"userName\":");
                self.text(&credential.user_name);
                self.plain(",\"password\":");
                self.text(credential.password.reveal());
                self.plain("}}");
            }
        }
        true
    }

    fn plain(&mut self, json: &str) {
        self.bytes.extend_from_slice(json.as_bytes());
    }

    /// What needs no escapes.
    fn put(&mut self, text: impl fmt::Display) {
        // Writing to memory fails only where memory does.
        drop(write!(self.bytes, "{text}"));
    }

    pub(super) fn text(&mut self, text: &str) {
        if !is_plain(text) {
            // Writing text to memory fails only where memory does.
            return drop(serde_json::to_writer(&mut *self.bytes, text));
        }
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'"');
    }

    fn typed(&mut self, kind: &str, value: &str) {
        self.plain("{\"$type\":");
        self.text(kind);
        self.plain(",\"value\":");
        self.text(value);
        self.bytes.push(b'}');
    }

    fn array(&mut self, array: &Array, depth: usize) {
        let items = array.read();
        if array.element().is_none_or(|element| &**element != "System.Byte") {
            return self.items(&items, depth);
        }
        let bytes: Vec<u8> = items.iter().filter_map(|item| u8::try_from(item.as_i64()?).ok()).collect();
        self.typed("Byte[]", &BASE64_STANDARD.encode(bytes));
    }

    fn items(&mut self, items: &[Value], depth: usize) {
        self.bytes.push(b'[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.bytes.push(b',');
            }
            self.value(item, depth + 1);
        }
        self.bytes.push(b']');
    }

    /// A table's entries stand two levels below it, in the JSON as here.
    fn dictionary(&mut self, dictionary: &Dictionary, depth: usize) {
        self.plain("{\"$type\":\"Hashtable\",\"value\":");
        let entries = dictionary.read();
        let entries = entries.iter().map(|(key, value)| (key.to_string(), value));
        self.named(entries, depth + 1);
        self.bytes.push(b'}');
    }

    /// A JSON object of names and values.
    pub(super) fn named<'v, N: AsRef<str>>(
        &mut self,
        entries: impl Iterator<Item = (N, &'v Value)>,
        depth: usize,
    ) {
        self.bytes.push(b'{');
        let mut first = true;
        for (name, value) in entries {
            self.property(first, name.as_ref(), value, depth);
            first = false;
        }
        self.bytes.push(b'}');
    }

    /// A moment, with as many decimals as are needed. [RFC 3339 5.6]
    fn time(&mut self, time: DateTime) {
        let ((year, month, day), (hour, minute, second)) = (time.to_time().date(), time.to_time().clock());
        self.plain("{\"$type\":\"DateTime\",\"value\":\"");
        let year = u32::try_from(year).unwrap_or_default();
        self.bytes.extend([year / 1000, year / 100, year / 10, year].map(digit));
        for (mark, number) in [(b'-', month), (b'-', day), (b'T', hour), (b':', minute), (b':', second)] {
            self.bytes.extend_from_slice(&[mark, digit(number / 10), digit(number)]);
        }
        self.fraction(time.ticks.rem_euclid(TICKS_PER_SECOND));
        self.plain("Z\"");
        if time.kind != DateKind::Utc {
            self.put(format_args!(",\"kind\":\"{:?}\"", time.kind));
        }
        self.bytes.push(b'}');
    }

    fn fraction(&mut self, ticks: i64) {
        if ticks != 0 {
            let digits = format!("{ticks:07}");
            self.bytes.push(b'.');
            self.plain(digits.trim_end_matches('0'));
        }
    }

    pub(super) fn object(&mut self, object: &Object, depth: usize) {
        if let Some(base) = object.base() {
            return self.value(base, depth + 1);
        }
        // As it came, but for the properties that were read, which may have been changed since.
        let came = object.as_it_came(|source, read| match source.as_any().downcast_ref::<Row>() {
            Some(row) => {
                self.row(row, read, depth);
                true
            }
            None => false,
        });
        if came != Some(true) {
            self.properties(object.noun(), &object.properties(), depth, &mut |_| {});
        }
    }

    fn row(&mut self, row: &Row, read: &[(usize, Value)], depth: usize) {
        self.plain("{\"$type\":");
        self.text(row.noun().name);
        for (at, name, json) in row.fields() {
            let read = read.iter().find(|(known, _)| *known == at).map(|(_, value)| value);
            if json == "null" || read.is_some_and(Value::is_null) {
                continue;
            }
            if let Some(value) = read {
                self.property(false, name, value, depth);
                continue;
            }
            self.bytes.push(b',');
            self.text(name);
            self.bytes.push(b':');
            self.plain(json);
        }
        self.bytes.push(b'}');
    }

    /// Writes an object of these properties; `placed` hears where each value stands.
    pub(super) fn properties(
        &mut self,
        noun: Option<&'static Noun>,
        properties: &[(Text, Value)],
        depth: usize,
        placed: &mut dyn FnMut(Range<usize>),
    ) {
        self.bytes.push(b'{');
        let mut first = true;
        if let Some(noun) = noun {
            self.plain("\"$type\":");
            self.text(noun.name);
            first = false;
        }
        for (name, value) in properties.iter().filter(|(_, value)| !value.is_null()) {
            placed(self.property(first, name, value, depth));
            first = false;
        }
        self.bytes.push(b'}');
    }

    /// Writes a name and a value; tells where the value stands.
    pub(super) fn property(&mut self, first: bool, name: &str, value: &Value, depth: usize) -> Range<usize> {
        let start = self.name(first, name);
        self.value(value, depth + 1);
        start..self.bytes.len()
    }

    /// [`property`](Values::property) of a value whose JSON is known.
    pub(super) fn ready(&mut self, first: bool, name: &str, json: &[u8]) -> Range<usize> {
        let start = self.name(first, name);
        self.bytes.extend_from_slice(json);
        start..self.bytes.len()
    }

    /// Writes a name; tells where the value is to stand.
    fn name(&mut self, first: bool, name: &str) -> usize {
        if !first {
            self.bytes.push(b',');
        }
        self.text(name);
        self.bytes.push(b':');
        self.bytes.len()
    }
}

/// Whether a text needs no escapes.
pub(super) fn is_plain(text: &str) -> bool {
    // No early end, so that the compiler looks at many bytes at once.
    let escapes = |any: bool, byte: &u8| any | (*byte < b' ') | (*byte == b'"') | (*byte == b'\\');
    !text.as_bytes().iter().fold(false, escapes)
}

fn digit(number: u32) -> u8 {
    b'0' + (number % 10) as u8
}

/// The last part of a .NET name.
fn short(name: &str) -> &str {
    name.rsplit(['.', '+']).next().unwrap_or(name)
}

/// The kind that reads the text of `value` back; for types that have none, the .NET name.
fn kind_name(value: &Value) -> String {
    if value.downcast::<Unlimited<ByteQuantifiedSize>>().is_some() {
        return "UnlimitedSize".to_owned();
    }
    if value.downcast::<Unlimited<i32>>().is_some() {
        return "UnlimitedInt32".to_owned();
    }
    let name = value.type_name();
    if name.contains("EnhancedTimeSpan") { "UnlimitedTimeSpan".to_owned() } else { short(&name).to_owned() }
}

/// Adds the JSON of a value that goes to the server.
pub fn write_value(bytes: &mut Vec<u8>, value: &Value) {
    Values::new(bytes, Reader::Server).value(value, 0);
}

/// Adds the JSON of an invocation's parameters, name by name.
pub fn write_parameters(bytes: &mut Vec<u8>, parameters: &[(Text, Value)]) {
    let named = parameters.iter().map(|(name, value)| (&**name, value));
    Values::new(bytes, Reader::Server).named(named, 0);
}

/// A line with what stands between its head and its last brace.
pub(super) fn line(bytes: &mut Vec<u8>, head: &str, body: impl FnOnce(&mut Vec<u8>)) {
    bytes.extend_from_slice(head.as_bytes());
    body(bytes);
    bytes.extend_from_slice(b"}\n");
}
