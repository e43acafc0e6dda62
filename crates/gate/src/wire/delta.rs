//! Delta encoding: objects told by what differs from one before. Of 100,000 mailboxes, most of what is said of one
//! was said of the last one, too.
//!
//!     in:  {"invoke":{…,"deltas":true}}              the caller understands this
//!     out: {"object":{…},"base":3}                  an object, remembered under that number
//!          {"delta":3,"with":{"Alias":"ben",…}}      one with the same properties; these have other values
//!
//! Only the socket's own shell asks for it. Over HTTPS, and for whoever does not ask, each object stands whole.

use super::line::{OBJECT, Out};
use super::write::{self, Values};
use super::{LINE_BYTES_MAX, Nouns, malformed, row};
use crate::output::Report;
use object::value::{Text, Typed};
use object::{Noun, Object, Result, Value};
use std::ops::Range;
use std::sync::Arc;

/// How many whole objects both sides remember. Mailboxes differ in which properties they have: each such pattern
/// takes one.
const BASES_MAX: usize = 16;

/// Of objects with so few properties several that differ are remembered: permissions of one mailbox after another say much
/// the same again, each about somebody else.
const FEW_PROPERTIES: usize = 8;
/// An object of few properties is told whole, and remembered, where several differ and take more bytes than that.
const DELTA_BYTES: usize = 256;

const DELTA: &str = "{\"delta\":";
const WITH: &str = ",\"with\":";
const BASE: &str = ",\"base\":";

/// The server's side: writes the lines of one command.
#[derive(Default)]
pub struct Writer {
    deltas: bool,
    bases: Vec<Base>,
    next: usize,
    last: Last,
}

/// What was said last of a value that cannot be changed: who is listed with many rows has the same identity in each.
#[derive(Default)]
struct Last {
    value: Option<Arc<dyn Typed>>,
    json: Vec<u8>,
}

impl Last {
    /// The JSON of a value, where it is the one that was said last.
    fn json(&self, value: &Value) -> Option<&[u8]> {
        let (Some(known), Value::Typed(typed)) = (&self.value, value) else { return None };
        is_one(known, typed).then_some(&self.json)
    }
    fn keep(&mut self, value: &Value, json: &[u8]) {
        if let Value::Typed(typed) = value
            && typed.items().is_none()
        {
            self.value = Some(Arc::clone(typed));
            self.json.clear();
            self.json.extend_from_slice(json);
        }
    }
}

/// An object that was told whole.
struct Base {
    noun: &'static Noun,
    properties: Vec<(Text, Value)>,
    /// The JSON of the values, one behind the other.
    json: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Writer {
    /// A writer for a caller who understands deltas, or does not.
    pub fn new(deltas: bool) -> Writer {
        Writer { deltas, ..Writer::default() }
    }

    /// Adds the line to those that are gathered.
    pub fn append(&mut self, bytes: &mut Vec<u8>, out: &Out) {
        match out {
            Out::Report(Report::Object(Value::Object(object))) if self.deltas => self.object(bytes, object),
            out => out.append_to(bytes),
        }
    }

    fn object(&mut self, bytes: &mut Vec<u8>, object: &Object) {
        let alone = |bytes: &mut Vec<u8>| write::line(bytes, OBJECT, |bytes| values(bytes).object(object, 0));
        let (Some(noun), None) = (object.noun(), object.base()) else { return alone(bytes) };
        let properties = object.properties();
        // The other side measures names only where they have no escapes.
        if properties.iter().any(|(name, _)| !write::is_plain(name)) {
            drop(properties);
            return alone(bytes);
        }
        let Some(at) = self.nearest(noun, &properties) else { return self.whole(bytes, noun, &properties) };
        let start = bytes.len();
        let said = self.bases[at].delta(bytes, at, &properties, &mut self.last);
        let is_long = said > 1 && bytes.len() - start > DELTA_BYTES;
        if is_long && properties.len() <= FEW_PROPERTIES && self.bases.len() < BASES_MAX {
            bytes.truncate(start);
            self.whole(bytes, noun, &properties);
        }
    }

    /// The object that was told whole from which one differs least, of few properties; else the first one that has the
    /// same.
    fn nearest(&self, noun: &'static Noun, properties: &[(Text, Value)]) -> Option<usize> {
        let mut fitting = self.bases.iter().enumerate().filter(|(_, base)| base.fits(noun, properties));
        let nearest = match properties.len() <= FEW_PROPERTIES {
            true => fitting.min_by_key(|(_, base)| base.differences(properties)),
            false => fitting.next(),
        };
        nearest.map(|(at, _)| at)
    }

    fn whole(&mut self, bytes: &mut Vec<u8>, noun: &'static Noun, properties: &[(Text, Value)]) {
        let start = bytes.len();
        let mut places = Vec::new();
        write::line(bytes, OBJECT, |bytes| {
            values(bytes).properties(Some(noun), properties, 0, &mut |place| places.push(place));
            bytes.extend_from_slice(format!("{BASE}{}", self.next).as_bytes());
        });
        let json = bytes[start..].to_vec();
        let places = places.into_iter().map(|place| place.start - start..place.end - start).collect();
        let properties = properties.iter().filter(|(_, value)| !value.is_null()).cloned().collect();
        let base = Base { noun, properties, json, places };
        match self.bases.get_mut(self.next) {
            Some(old) => *old = base,
            None => self.bases.push(base),
        }
        self.next = (self.next + 1) % BASES_MAX;
    }
}

impl Base {
    /// Whether an object has the same properties.
    fn fits(&self, noun: &Noun, properties: &[(Text, Value)]) -> bool {
        let mut names = properties.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name);
        let same =
            |(own, _): &(Text, Value)| names.next().is_some_and(|name| Arc::ptr_eq(own, name) || own == name);
        std::ptr::eq(self.noun, noun) && self.properties.iter().all(same) && names.next().is_none()
    }

    /// In how many properties an object differs that has the same ones.
    fn differences(&self, properties: &[(Text, Value)]) -> usize {
        let set = properties.iter().filter(|(_, value)| !value.is_null());
        set.zip(&self.properties).filter(|((_, value), (_, known))| !same(known, value)).count()
    }

    /// Tells an object by what differs; answers how many properties that is.
    fn delta(
        &self,
        bytes: &mut Vec<u8>,
        number: usize,
        properties: &[(Text, Value)],
        last: &mut Last,
    ) -> usize {
        let mut count = 0;
        write::line(bytes, DELTA, |bytes| {
            bytes.extend_from_slice(number.to_string().as_bytes());
            bytes.extend_from_slice(WITH.as_bytes());
            bytes.push(b'{');
            let set = properties.iter().filter(|(_, value)| !value.is_null());
            for ((name, value), (known, place)) in set.zip(self.properties.iter().zip(&self.places)) {
                if same(&known.1, value) {
                    continue;
                }
                let start = bytes.len();
                let said = match last.json(value) {
                    Some(json) => values(bytes).ready(count == 0, name, json),
                    None => {
                        let said = values(bytes).property(count == 0, name, value, 0);
                        last.keep(value, &bytes[said.clone()]);
                        said
                    }
                };
                // What is another value may still read the same: two references to one policy.
                match bytes[said] == self.json[place.clone()] {
                    true => bytes.truncate(start),
                    false => count += 1,
                }
            }
            bytes.push(b'}');
        });
        count
    }
}

/// Objects go to callers.
fn values(bytes: &mut Vec<u8>) -> Values<'_> {
    Values::new(bytes, write::Reader::Caller)
}

/// Whether two values are surely the same; `false` may mean that nobody looked closely.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int32(a), Value::Int32(b)) => a == b,
        (Value::Guid(a), Value::Guid(b)) => a == b,
        (Value::Enum(a), Value::Enum(b)) => std::ptr::eq(a.of, b.of) && a.number == b.number,
        (Value::String(a), Value::String(b)) => Arc::ptr_eq(a, b) || a == b,
        (Value::Typed(a), Value::Typed(b)) => is_one(a, b),
        (Value::Array(a), Value::Array(b)) => {
            let (x, y) = (a.read(), b.read());
            a.element() == b.element() && x.len() == y.len() && x.iter().zip(&*y).all(|(a, b)| same(a, b))
        }
        _ => false,
    }
}

fn is_one(a: &Arc<dyn Typed>, b: &Arc<dyn Typed>) -> bool {
    std::ptr::addr_eq(Arc::as_ptr(a), Arc::as_ptr(b))
}

/// The caller's side: reads the lines of one command.
pub struct Reader {
    nouns: Nouns,
    wholes: [Option<Arc<row::Whole>>; BASES_MAX],
}

impl Reader {
    /// A reader of objects of these nouns.
    pub fn new(nouns: Nouns) -> Reader {
        Reader { nouns, wholes: Default::default() }
    }

    /// Reads a line.
    pub fn read(&mut self, line: &[u8]) -> Result<Out> {
        if let Some(rest) = line.strip_prefix(DELTA.as_bytes()) {
            let short = line.len() <= LINE_BYTES_MAX;
            let object = short.then(|| self.delta(rest)).flatten();
            let object = object.ok_or_else(|| malformed("it differs from nothing that was told before"))?;
            return Ok(Out::Report(Report::Object(object.into())));
        }
        match self.base(line) {
            Some(object) => Ok(Out::Report(Report::Object(object.into()))),
            None => Out::parse(line, &self.nouns),
        }
    }

    fn delta(&self, rest: &[u8]) -> Option<Object> {
        let (number, rest) = number(rest)?;
        let whole = self.wholes.get(number)?.as_ref()?;
        let (object, rest) = row::delta(whole, rest.strip_prefix(WITH.as_bytes())?)?;
        (rest.trim_ascii() == b"}").then_some(object)
    }

    /// An object to remember.
    fn base(&mut self, line: &[u8]) -> Option<Object> {
        let short = line.strip_prefix(OBJECT.as_bytes()).filter(|_| line.len() <= LINE_BYTES_MAX)?;
        let (whole, rest) = row::read(short, &self.nouns)?;
        let (number, rest) = number(rest.strip_prefix(BASE.as_bytes())?)?;
        if rest.trim_ascii() != b"}" {
            return None;
        }
        *self.wholes.get_mut(number)? = Some(Arc::clone(&whole));
        Some(row::object(whole))
    }
}

/// The number at the head of a line's rest.
fn number(rest: &[u8]) -> Option<(usize, &[u8])> {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    Some((number, &rest[digits..]))
}

#[cfg(test)]
mod tests {
    use super::super::write_value;
    use super::*;
    use dotnet::collections::Collection;
    use object::Property;
    use object::types::{ByteQuantifiedSize, Guid, ObjectId, PropertyType as _};

    static NAME: Property<String> = Property::new("Name", "x");
    static SIZE: Property<ByteQuantifiedSize> = Property::new("Size", "x");
    static TAGS: Property<String> = Property::new("Tags", "x").many();
    static TOY: Noun = Noun {
        name: "Toy",
        type_name: "Toys.Toy",
        summary: "A toy.",
        properties: &[&NAME, &SIZE, &TAGS],
        table: &[],
    };

    fn nouns() -> Nouns {
        Arc::new(|name: &str| (name == "Toy").then_some(&TOY))
    }

    /// The lines of objects, and what is read of them.
    fn told(objects: &[Object]) -> (Vec<String>, Vec<Object>) {
        let (mut writer, mut reader) = (Writer::new(true), Reader::new(nouns()));
        let (mut lines, mut read) = (Vec::new(), Vec::new());
        for object in objects {
            let mut bytes = Vec::new();
            writer.object(&mut bytes, object);
            let Out::Report(Report::Object(Value::Object(back))) = reader.read(&bytes).unwrap() else {
                panic!()
            };
            assert_eq!(
                json(&Value::Object(Arc::clone(&back))),
                json(&Object::of_pairs(&TOY, object.properties().clone()).into())
            );
            read.push(Arc::into_inner(back).unwrap());
            lines.push(String::from_utf8(bytes).unwrap());
        }
        (lines, read)
    }

    fn json(value: &Value) -> String {
        let mut bytes = Vec::new();
        write_value(&mut bytes, value);
        String::from_utf8(bytes).unwrap()
    }

    fn toy(name: &str, kilobytes: u64) -> Object {
        let size = ByteQuantifiedSize(kilobytes << 10).into_value();
        Object::of(&TOY).with("Name", name).with("Size", size).with("Tags", Value::array(["a".into()]))
    }

    #[test]
    fn what_was_said_before_is_not_said_again() {
        let (lines, _) = told(&[toy("ball", 1), toy("cube", 1), toy("cube", 2), toy("ball", 1)]);
        assert!(lines[0].starts_with("{\"object\":{\"$type\":\"Toy\",\"Name\":\"ball\",\"Size\":"));
        assert!(lines[0].ends_with(",\"Tags\":[\"a\"]},\"base\":0}\n"));
        let size = r#""Size":{"$type":"ByteQuantifiedSize","value":"2 KB (2,048 bytes)"}"#;
        assert_eq!(lines[1], "{\"delta\":0,\"with\":{\"Name\":\"cube\"}}\n");
        assert_eq!(lines[2], format!("{{\"delta\":0,\"with\":{{\"Name\":\"cube\",{size}}}}}\n"));
        assert_eq!(lines[3], "{\"delta\":0,\"with\":{}}\n");
    }

    #[test]
    fn objects_with_other_properties_are_told_whole() {
        let bare = |name: &str| Object::of(&TOY).with("Name", name).with("Size", Value::Null);
        let long = (0..40).map(|number| toy("x", 1).with(format!("P{number}"), 1));
        let mut objects = vec![toy("ball", 1), bare("cube"), toy("ball", 3), bare("disk"), Object::of(&TOY)];
        objects.extend(long);
        objects.push(toy("ball", 4));
        let (lines, _) = told(&objects);
        assert_eq!(lines[3], "{\"delta\":1,\"with\":{\"Name\":\"disk\"}}\n");
        assert_eq!(lines[4], "{\"object\":{\"$type\":\"Toy\"},\"base\":2}\n");
        assert!(lines.last().unwrap().ends_with("},\"base\":11}\n"), "the first ones are forgotten");
    }

    /// Rows about somebody else each, of one thing after another: of the second one only what it is is said.
    #[test]
    fn small_objects_are_told_by_the_one_that_is_nearest() {
        let people: Vec<Value> = (0..5).map(|number| identity(number, &"p".repeat(80))).collect();
        let rows = |of: u128| {
            let owner = identity(100 + of, &"thing".repeat(20));
            let rights =
                |at: usize| Value::array(["FullAccess".repeat(8), format!("right {at}")].map(Value::from));
            let row = |(at, who): (usize, &Value)| {
                Object::of(&TOY)
                    .with("Owner", owner.clone())
                    .with("Who", who.clone())
                    .with("Rights", rights(at))
            };
            people.iter().enumerate().map(row).collect::<Vec<_>>()
        };
        let objects: Vec<Object> = (0..3).flat_map(rows).collect();
        let (lines, _) = told(&objects);
        let whole = |line: &String| line.starts_with("{\"object\"");
        assert!(lines[..5].iter().all(whole) && !lines[5..].iter().any(whole), "{lines:#?}");
        for (at, line) in lines[5..].iter().enumerate() {
            assert!(line.starts_with(&format!("{{\"delta\":{},\"with\":{{\"Owner\":", at % 5)), "{line}");
            assert!(!line.contains("Who") && !line.contains("Rights"), "{line}");
        }
    }

    fn identity(guid: u128, name: &str) -> Value {
        Value::typed(ObjectId { guid: Guid::of_u128(guid), ..ObjectId::written(name) })
    }

    #[test]
    fn what_can_be_changed_in_place_is_each_objects_own() {
        let (_, read) = told(&[toy("ball", 1), toy("cube", 1), toy("disk", 1)]);
        let tags = |at: usize| read[at].get("Tags").unwrap();
        tags(1).downcast::<Collection>().unwrap().add("b".into());
        let counts: Vec<usize> = (0..3).map(|at| tags(at).items().len()).collect();
        assert_eq!(counts, [1, 2, 1]);
    }

    #[test]
    fn two_references_to_one_thing_are_the_same() {
        let id = |guid| Value::typed(ObjectId { guid: Guid::of_u128(guid), ..ObjectId::written("db") });
        let mailbox = |guid| Object::of(&TOY).with("Database", id(guid));
        let (lines, _) = told(&[mailbox(1), mailbox(1), mailbox(2)]);
        assert_eq!(lines[1], "{\"delta\":0,\"with\":{}}\n");
        assert!(lines[2].contains("Database"));
    }

    #[test]
    fn a_line_that_differs_from_nothing_is_refused() {
        let mut reader = Reader::new(nouns());
        let base = b"{\"object\":{\"$type\":\"Toy\",\"Name\":\"ball\"},\"base\":1}\n";
        assert!(reader.read(base).is_ok());
        for line in [
            "{\"delta\":0,\"with\":{}}",
            "{\"delta\":99,\"with\":{}}",
            "{\"delta\":1,\"with\":{\"Size\":1}}",
            "{\"delta\":1,\"with\":{\"Name\":\"x\"}",
            "{\"delta\":1,\"with\":{\"Name\":\"x\"}}}",
            "{\"delta\":1,\"with\":",
            "{\"delta\":1}",
            "{\"delta\":",
        ] {
            assert_eq!(reader.read(line.as_bytes()).unwrap_err().id(), "MalformedLine", "{line}");
        }
        let like = b"{\"delta\":1,\"with\":{\"Name\":\"\\\"x}\"}}\n";
        let Ok(Out::Report(Report::Object(read))) = reader.read(like) else { panic!() };
        assert_eq!(read.to_string(), "\"x}");
    }
}
