//! An object of a noun as its line says it: found and measured when it comes in, read property by property when
//! somebody asks.
//!
//! A pipeline that shows four properties of 100,000 mailboxes reads those four; one that hands them on to
//! another command sends the rest as it came. What stands inside a property is judged when it is read: one
//! that cannot be read stands as the text that came.

use super::read::{Reading, read_as};
use super::{LINE_BYTES_MAX, Nouns, VALUE_NESTING_MAX};
use object::types::kinds;
use object::value::{Text, Unread};
use object::{Noun, Object, Value};
use std::any::Any;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// An object that was told whole. Those that differ from it have the same properties.
pub(super) struct Whole {
    noun: &'static Noun,
    /// The JSON of the object.
    json: Box<str>,
    fields: Vec<Field>,
    nouns: Nouns,
    /// What those that are told by it share, read once.
    shared: OnceLock<Box<[OnceLock<Value>]>>,
}

/// An object: one that was told whole, or how it differs from it.
pub(super) struct Row {
    whole: Arc<Whole>,
    own: Option<Own>,
}

/// The properties in which an object differs from the whole one.
struct Own {
    json: Box<str>,
    /// Which they are, ascending, and where they stand.
    fields: Vec<(u32, Field)>,
}

/// Where a property stands in the JSON. Lines are shorter than 16 MB.
struct Field {
    name: u32,
    name_end: u32,
    value: u32,
    value_end: u32,
}

impl Field {
    fn name(&self) -> Range<usize> {
        self.name as usize..self.name_end as usize
    }
    fn value(&self) -> Range<usize> {
        self.value as usize..self.value_end as usize
    }
}

const TYPE: &[u8] = b"{\"$type\":\"";
/// Most objects have no more properties.
const FIELDS: usize = 48;

/// Reads the object at the head of `rest`, and gives what stands behind it; `None` where it is no object of a
/// noun, or is written in another way than ours.
pub(super) fn read<'a>(rest: &'a [u8], nouns: &Nouns) -> Option<(Arc<Whole>, &'a [u8])> {
    let kind = rest.strip_prefix(TYPE)?;
    let kind = std::str::from_utf8(&kind[..memchr::memchr2(b'"', b'\\', kind)?]).ok()?;
    let noun = nouns(kind)?;
    let mut fields = Vec::with_capacity(FIELDS);
    let mut at = TYPE.len() + kind.len() + 1;
    while rest.get(at)? == &b',' {
        fields.push(field(rest, at + 1)?);
        at = fields.last()?.value().end;
    }
    let json = std::str::from_utf8(&rest[..=at]).ok().filter(|json| json.ends_with('}'))?.into();
    let whole = Whole { noun, json, fields, nouns: nouns.clone(), shared: OnceLock::new() };
    Some((Arc::new(whole), &rest[at + 1..]))
}

/// The property that starts at `at`.
fn field(json: &[u8], at: usize) -> Option<Field> {
    let name = at + 1;
    let name_end = name + memchr::memchr2(b'"', b'\\', json.get(name..).filter(|_| json[at] == b'"')?)?;
    // A name with escapes in it is unusual.
    if json.get(name_end..name_end + 2)? != b"\":" {
        return None;
    }
    let value = name_end + 2;
    let place = |at: usize| u32::try_from(at).ok();
    let value_end = place(value_end(json, value)?)?;
    Some(Field { name: place(name)?, name_end: place(name_end)?, value: place(value)?, value_end })
}

/// Where the value that starts at `at` ends.
fn value_end(json: &[u8], mut at: usize) -> Option<usize> {
    match json.get(at)? {
        b'"' => return string_end(json, at),
        b'{' | b'[' => {}
        _ => {
            let length = json[at..].iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b'"'))?;
            return (length > 0).then_some(at + length);
        }
    }
    let mut depth = 0;
    loop {
        match json.get(at)? {
            b'"' => {
                at = string_end(json, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        match depth {
            0 => return Some(at),
            VALUE_NESTING_MAX => return None,
            _ => {}
        }
    }
}

/// Where the string that starts with the quote at `at` ends.
fn string_end(json: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', json.get(at..)?)?;
        match json[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// The object that was told whole.
pub(super) fn object(whole: Arc<Whole>) -> Object {
    Object::unread(whole.noun, Box::new(Row { whole, own: None }))
}

/// The object that differs from `whole` by the properties in the object at the head of `rest`; and what stands
/// behind it.
pub(super) fn delta<'a>(whole: &Arc<Whole>, rest: &'a [u8]) -> Option<(Object, &'a [u8])> {
    let mut fields = Vec::with_capacity(FIELDS / 2);
    let (mut at, mut next) = (0, 0);
    let opens = |at: usize| if at == 0 { b'{' } else { b',' };
    while rest.get(at)? == &opens(at) && rest.get(at + 1)? == &b'"' {
        let found = field(rest, at + 1)?;
        let name = std::str::from_utf8(&rest[found.name()]).ok()?;
        // They come in the order of the whole one.
        let number = next + whole.fields[next..].iter().position(|field| whole.name_of(field) == name)?;
        (at, next) = (found.value().end, number + 1);
        fields.push((u32::try_from(number).ok()?, found));
    }
    let end = if at == 0 { 1 } else { at };
    let json = std::str::from_utf8(rest.get(..=end)?).ok().filter(|json| json.ends_with('}'))?.into();
    let row = Row { whole: Arc::clone(whole), own: Some(Own { json, fields }) };
    Some((Object::unread(whole.noun, Box::new(row)), &rest[end + 1..]))
}

impl Whole {
    fn name_of(&self, field: &Field) -> &str {
        &self.json[field.name()]
    }

    /// Reads the JSON of a property.
    fn value(&self, name: &str, json: &str) -> Value {
        let spec = self.noun.property(name);
        if let Some(text) = plain(json) {
            return match spec {
                Some(spec) if !std::ptr::eq(spec.kind, &kinds::STRING) => read_as(spec, text.into()),
                _ => text.into(),
            };
        }
        let reading = Reading::new(&self.nouns);
        match (reading.all(json.as_bytes(), reading.value(1)), spec) {
            (Ok(value), Some(spec)) => read_as(spec, value),
            (Ok(value), None) => value,
            (Err(_), _) => json.into(),
        }
    }

    fn read(&self, at: usize) -> Value {
        let field = &self.fields[at];
        self.value(self.name_of(field), &self.json[field.value()])
    }

    /// The value that an object told by it has from it. What can be changed in place is each object's own.
    fn read_for_another(&self, at: usize) -> Value {
        let shared = self.shared.get_or_init(|| self.fields.iter().map(|_| OnceLock::new()).collect());
        if let Some(value) = shared[at].get() {
            return value.clone();
        }
        let value = self.read(at);
        let changes = match &value {
            Value::Array(_) | Value::Dictionary(_) | Value::Object(_) => true,
            Value::Typed(typed) => typed.items().is_some(),
            _ => false,
        };
        if changes { value } else { shared[at].get_or_init(|| value).clone() }
    }
}

/// The text of a JSON string without escapes.
fn plain(json: &str) -> Option<&str> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    memchr::memchr(b'\\', text.as_bytes()).is_none().then_some(text)
}

/// The object of a line `{"object":…}` or `{"input":…}`, by its `head`; `None` where it holds anything else, or an
/// object that is written in another way than ours.
pub(super) fn read_line(bytes: &[u8], head: &str, nouns: &Nouns) -> Option<Value> {
    let value = bytes.strip_prefix(head.as_bytes()).filter(|_| bytes.len() <= LINE_BYTES_MAX)?;
    let (whole, rest) = read(value, nouns)?;
    // The brace of the line itself is all that may follow.
    (rest.trim_ascii() == b"}").then(|| object(whole).into())
}

impl Row {
    /// What it is.
    pub(super) fn noun(&self) -> &'static Noun {
        self.whole.noun
    }

    /// Its properties: number, name, JSON.
    pub(super) fn fields(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        let fields = self.whole.fields.iter().enumerate();
        fields.map(|(at, field)| (at, self.whole.name_of(field), self.json(at)))
    }

    /// The JSON of a property in which it differs from the whole one.
    fn own(&self, at: usize) -> Option<&str> {
        let own = self.own.as_ref()?;
        let found = own.fields.binary_search_by_key(&at, |(number, _)| *number as usize).ok()?;
        Some(&own.json[own.fields[found].1.value()])
    }

    fn json(&self, at: usize) -> &str {
        self.own(at).unwrap_or_else(|| &self.whole.json[self.whole.fields[at].value()])
    }
}

impl Unread for Row {
    fn count(&self) -> usize {
        self.whole.fields.len()
    }
    fn find(&self, name: &str) -> Option<usize> {
        let json = self.whole.json.as_bytes();
        let named = |field: &Field| {
            let place = field.name();
            place.len() == name.len() && json[place].eq_ignore_ascii_case(name.as_bytes())
        };
        self.whole.fields.iter().position(named)
    }
    fn name(&self, at: usize) -> Text {
        self.whole.name_of(&self.whole.fields[at]).into()
    }
    fn read(&self, at: usize) -> Value {
        match (self.own(at), &self.own) {
            (Some(json), _) => self.whole.value(self.whole.name_of(&self.whole.fields[at]), json),
            (None, Some(_)) => self.whole.read_for_another(at),
            (None, None) => self.whole.read(at),
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
