//! Objects as CLIXML.

use super::NAMESPACE;
use dotnet::compare::same_reference;
use dotnet::member::{is_method, own, property_names, type_name_list};
use dotnet::text::GROWN_BYTES_MAX;
use dotnet::{Engine, Exception, Locale, Result, text};
use object::types::{Credential, DateKind, SecureString};
use object::value::{Object, Text};
use object::{Value, types};
use std::collections::HashMap;

/// Elements within elements are written so deep at most, whatever was asked for.
const DEPTH_MAX: usize = 100;
const INDENT: &str = "  ";

/// Writes objects one after the other.
pub(super) struct Writer {
    text: String,
    depth: i64,
    level: usize,
    /// What is being written: one that holds itself ends where it comes again.
    around: Vec<Value>,
    objects: usize,
    /// Lists of type names that were written, by their text.
    types: HashMap<String, usize>,
}

impl Writer {
    pub(super) fn new(depth: i64) -> Writer {
        let text = format!("<Objs Version=\"1.1.0.1\" xmlns=\"{NAMESPACE}\">\n");
        Writer { text, depth, level: 1, around: Vec::new(), objects: 0, types: HashMap::new() }
    }

    /// What was written since this was asked last.
    pub(super) fn text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Closes the document.
    pub(super) fn end(&mut self) {
        self.text.push_str("</Objs>");
    }

    /// Writes an object.
    ///
    /// # Errors
    /// Its text is longer than [`GROWN_BYTES_MAX`].
    pub(super) fn take(&mut self, engine: &mut dyn Engine, value: &Value) -> Result<()> {
        self.value(engine, value, None, self.depth);
        if self.is_full() { Err(Exception::out_of_memory()) } else { Ok(()) }
    }

    fn is_full(&self) -> bool {
        self.text.len() > GROWN_BYTES_MAX
    }

    /// Whether it is not looked into any further.
    fn ends_at(&self, value: &Value) -> bool {
        self.level > DEPTH_MAX || self.is_full() || self.around.iter().any(|one| same_reference(one, value))
    }

    /// A value under a name.
    fn value(&mut self, engine: &mut dyn Engine, value: &Value, name: Option<&str>, depth: i64) {
        match value {
            Value::Null => self.line(&format!("<Nil{} />", named(name))),
            Value::Object(object) if object.base().is_some() && !has_notes(object) => {
                let base = object.base().cloned().unwrap_or_default();
                self.value(engine, &base, name, depth);
            }
            _ => match simple(value, engine.locale()) {
                Some((tag, text)) => self.element(tag, name, &text),
                None if self.ends_at(value) => self.cut_off(engine, value, name),
                None => {
                    self.around.push(value.clone());
                    self.compound(engine, value, name, depth);
                    self.around.pop();
                }
            },
        }
    }

    fn compound(&mut self, engine: &mut dyn Engine, value: &Value, name: Option<&str>, depth: i64) {
        match value {
            Value::Enum(of) => {
                let number = of.number.to_string();
                self.typed(value, name, |writer| {
                    writer.element("ToString", None, &value.to_string());
                    writer.element("I32", None, &number);
                });
            }
            Value::Array(array) => {
                let items = array.to_vec();
                self.typed(value, name, |writer| writer.list(engine, "LST", &items, depth));
            }
            Value::Dictionary(dictionary) => {
                let entries = dictionary.to_vec();
                self.typed(value, name, |writer| writer.entries(engine, &entries, depth));
            }
            Value::Object(object) => match object.base().cloned() {
                Some(base) => self.object(name, |writer| {
                    writer.value(engine, &base, None, depth);
                    writer.notes(engine, value, &added(object), depth);
                }),
                None if object.noun().is_some() => self.with_properties(engine, value, name, depth),
                // A script's own objects are kept whole, however deep.
                None => self.typed(value, name, |writer| {
                    writer.notes(engine, value, &property_names(value), depth);
                }),
            },
            Value::Typed(typed) => match typed.items() {
                Some(items) => self.typed(value, name, |writer| writer.list(engine, "LST", &items, depth)),
                None => self.with_properties(engine, value, name, depth),
            },
            _ => self.cut_off(engine, value, name),
        }
    }

    /// A .NET object: its text and its properties.
    fn with_properties(&mut self, engine: &mut dyn Engine, value: &Value, name: Option<&str>, depth: i64) {
        if depth <= 0 {
            return self.cut_off(engine, value, name);
        }
        let shown = text::to_text(value, engine.locale());
        self.typed(value, name, |writer| {
            writer.element("ToString", None, &shown);
            writer.properties(engine, "Props", value, &property_names(value), depth - 1);
        });
    }

    /// What lies deeper than was asked for is its text.
    fn cut_off(&mut self, engine: &mut dyn Engine, value: &Value, name: Option<&str>) {
        let shown = text::to_text(value, engine.locale());
        self.element("S", name, &shown);
    }

    fn notes(&mut self, engine: &mut dyn Engine, value: &Value, names: &[Text], depth: i64) {
        self.properties(engine, "MS", value, names, depth);
    }

    fn properties(&mut self, engine: &mut dyn Engine, tag: &str, value: &Value, names: &[Text], depth: i64) {
        if names.is_empty() {
            return;
        }
        self.open(tag);
        for name in names {
            // A property that cannot be read has no value to keep.
            let held = own(engine, value, name).ok().flatten().unwrap_or_default();
            self.value(engine, &held, Some(name), depth);
        }
        self.close(tag);
    }

    /// Lists cost no level of what was asked for.
    fn list(&mut self, engine: &mut dyn Engine, tag: &str, items: &[Value], depth: i64) {
        self.open(tag);
        items.iter().for_each(|item| self.value(engine, item, None, depth));
        self.close(tag);
    }

    fn entries(&mut self, engine: &mut dyn Engine, entries: &[(Value, Value)], depth: i64) {
        self.open("DCT");
        for (key, held) in entries {
            self.open("En");
            self.value(engine, key, Some("Key"), depth);
            self.value(engine, held, Some("Value"), depth);
            self.close("En");
        }
        self.close("DCT");
    }

    /// An object with its type names.
    fn typed(&mut self, value: &Value, name: Option<&str>, inside: impl FnOnce(&mut Writer)) {
        let names = type_name_list(value);
        self.object(name, |writer| {
            writer.type_names(&names);
            inside(writer);
        });
    }

    fn type_names(&mut self, names: &[Text]) {
        let all: String = names.iter().map(|name| format!("{name}\n")).collect();
        let next = self.types.len();
        if let Some(known) = self.types.get(&all).copied() {
            return self.line(&format!("<TNRef RefId=\"{known}\" />"));
        }
        self.types.insert(all, next);
        self.line(&format!("<TN RefId=\"{next}\">"));
        self.level += 1;
        names.iter().for_each(|name| self.element("T", None, name));
        self.close("TN");
    }

    fn object(&mut self, name: Option<&str>, inside: impl FnOnce(&mut Writer)) {
        self.line(&format!("<Obj{} RefId=\"{}\">", named(name), self.objects));
        self.objects += 1;
        self.level += 1;
        inside(self);
        self.close("Obj");
    }

    fn element(&mut self, tag: &str, name: Option<&str>, text: &str) {
        self.line(&format!("<{tag}{}>{}</{tag}>", named(name), escaped(text)));
    }

    fn open(&mut self, tag: &str) {
        self.line(&format!("<{tag}>"));
        self.level += 1;
    }

    fn close(&mut self, tag: &str) {
        self.level -= 1;
        self.line(&format!("</{tag}>"));
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(&INDENT.repeat(self.level));
        self.text.push_str(text);
        self.text.push('\n');
    }
}

fn named(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" N=\"{}\"", escaped(name).replace('"', "&quot;")))
}

fn has_notes(object: &Object) -> bool {
    !added(object).is_empty()
}

/// The properties that a script added to a value.
fn added(object: &Object) -> Vec<Text> {
    let properties = object.properties();
    properties.iter().filter(|(_, held)| !is_method(held)).map(|(name, _)| name.clone()).collect()
}

/// Markup characters and those that XML cannot hold: these as `_xHHHH_`.
fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '_' if rest.peek() == Some(&'x') => made.push_str("_x005F_"),
            c if c < ' ' || ('\u{7f}'..='\u{9f}').contains(&c) => {
                made.push_str(&format!("_x{:04X}_", c as u32));
            }
            c => made.push(c),
        }
    }
    made
}

/// The element of a value that is text alone, and that text.
fn simple(value: &Value, locale: &Locale) -> Option<(&'static str, String)> {
    let plain = || text::to_text(value, &locale.invariant());
    Some(match value {
        Value::String(text) => ("S", text.to_string()),
        Value::Char(unit) => ("C", unit.to_string()),
        Value::Bool(on) => ("B", on.to_string()),
        Value::SByte(_) => ("SB", plain()),
        Value::Byte(_) => ("By", plain()),
        Value::Int16(_) => ("I16", plain()),
        Value::UInt16(_) => ("U16", plain()),
        Value::Int32(_) => ("I32", plain()),
        Value::UInt32(_) => ("U32", plain()),
        Value::Int64(_) => ("I64", plain()),
        Value::UInt64(_) => ("U64", plain()),
        Value::Single(number) => ("Sg", real(f64::from(*number), value, locale)),
        Value::Double(number) => ("Db", real(*number, value, locale)),
        Value::Decimal(_) => ("D", plain()),
        Value::DateTime(date) => ("DT", date_text(*date, locale)?),
        Value::TimeSpan(span) => ("TS", span_text(span.ticks)),
        Value::Guid(_) => ("G", plain()),
        Value::Typed(typed) => typed_text(value, &typed.type_name())?,
        _ => return None,
    })
}

fn typed_text(value: &Value, type_name: &str) -> Option<(&'static str, String)> {
    if let Some(secret) = value.downcast::<SecureString>() {
        return Some(("SS", crate::secure_string::hexadecimal(secret)));
    }
    if value.downcast::<Credential>().is_some() {
        return None;
    }
    let text = || value.to_string();
    Some(match type_name {
        "System.Version" => ("Version", text()),
        "System.Uri" => ("URI", text()),
        "System.Xml.XmlDocument" => {
            ("XD", value.downcast::<dotnet::xml::Node>().map(dotnet::xml::outer).unwrap_or_default())
        }
        "System.Management.Automation.ScriptBlock" => ("SBK", text()),
        _ => return None,
    })
}

fn real(number: f64, value: &Value, locale: &Locale) -> String {
    match number {
        n if n.is_nan() => "NaN".to_owned(),
        n if n.is_infinite() => if n > 0.0 { "INF" } else { "-INF" }.to_owned(),
        _ => text::of(value, &locale.invariant()),
    }
}

fn date_text(date: types::DateTime, locale: &Locale) -> Option<String> {
    let zone = if date.kind == DateKind::Unspecified { "" } else { "K" };
    let fraction = if date.ticks % 10_000_000 == 0 { "" } else { ".FFFFFFF" };
    let pattern = format!("yyyy-MM-ddTHH:mm:ss{fraction}{zone}");
    dotnet::format::date::format(date, &pattern, &locale.invariant()).ok()
}

/// A span as XML Schema writes it: `P1DT2H3M4.5S`.
fn span_text(ticks: i64) -> String {
    if ticks == 0 {
        return "PT0S".to_owned();
    }
    let all = ticks.unsigned_abs();
    let (seconds, fraction) = (all / 10_000_000, all % 10_000_000);
    let (days, hours, minutes, seconds) =
        (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let part = |number: u64, unit: char| if number == 0 { String::new() } else { format!("{number}{unit}") };
    let fraction = format!("{fraction:07}").trim_end_matches('0').to_owned();
    let seconds = match (seconds, fraction.is_empty()) {
        (seconds, true) => part(seconds, 'S'),
        (seconds, false) => format!("{seconds}.{fraction}S"),
    };
    let time = format!("{}{}{seconds}", part(hours, 'H'), part(minutes, 'M'));
    let time = if time.is_empty() { time } else { format!("T{time}") };
    format!("{}P{}{time}", if ticks < 0 { "-" } else { "" }, part(days, 'D'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_as_xml_schema_does() {
        for (ticks, written) in [
            (937_845_000_000_i64, "P1DT2H3M4.5S"),
            (0, "PT0S"),
            (-864_000_000_000, "-P1D"),
            (600_000_000, "PT1M"),
            (1, "PT0.0000001S"),
        ] {
            assert_eq!(span_text(ticks), written);
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_escaped() {
        assert_eq!(escaped("a<b>&\n_x"), "a&lt;b&gt;&amp;_x000A__x005F_x");
    }
}
