//! CLIXML as objects.
//!
//! The text may come from anywhere: depth and size have limits, entities other than XML's own are refused.

use super::{NAMESPACE, xml_exception};
use dotnet::{Engine, Exception, Result, Type, convert};
use object::Value;
use object::types::{Credential, SecureString, TimeSpan};
use object::value::{Dictionary, Object, Text};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::HashMap;
use std::sync::Arc;

/// Deeper documents than this are refused; PowerShell writes some levels.
const DEPTH_LEVELS_MAX: usize = 200;
/// The types that come back as themselves, not as what was left of them.
const REHYDRATED: [&str; 3] =
    ["System.Net.Mail.MailAddress", "System.Net.IPAddress", "System.Globalization.CultureInfo"];

/// An element with what is in it.
#[derive(Default)]
struct Element {
    tag: String,
    name: Option<String>,
    reference: Option<String>,
    text: String,
    children: Vec<Element>,
}

/// The objects of a document.
pub(super) fn values(engine: &mut dyn Engine, text: &str) -> Result<Vec<Value>> {
    let root = parse(text)?;
    let mut known = Known::default();
    root.children.iter().map(|child| known.value(engine, child)).collect()
}

fn malformed(error: impl std::fmt::Display) -> Exception {
    xml_exception(error.to_string())
}

fn parse(text: &str) -> Result<Element> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open: Vec<Element> = Vec::new();
    loop {
        let event = reader.read_event().map_err(malformed)?;
        let position = reader.buffer_position();
        let closed = match event {
            Event::Start(start) if open.len() >= DEPTH_LEVELS_MAX => {
                return Err(malformed(format!(
                    "The document is nested more than {DEPTH_LEVELS_MAX} levels deep at '{}'.",
                    start.name().as_ref()
                )));
            }
            Event::Start(start) => {
                open.push(element(&start, open.is_empty(), text, position)?);
                None
            }
            Event::Empty(start) => Some(element(&start, open.is_empty(), text, position)?),
            Event::End(_) => open.pop(),
            Event::Text(part) => {
                if let Some(top) = open.last_mut() {
                    top.text.push_str(&part);
                }
                None
            }
            Event::CData(part) => {
                if let Some(top) = open.last_mut() {
                    top.text.push_str(&part);
                }
                None
            }
            Event::GeneralRef(part) => {
                let name: &str = &part;
                let text = entity(name)
                    .ok_or_else(|| malformed(format!("Reference to undeclared entity '{name}'.")))?;
                if let Some(top) = open.last_mut() {
                    top.text.push(text);
                }
                None
            }
            Event::DocType(_) => return Err(malformed("A document type is not allowed here.")),
            Event::Eof => return Err(malformed("Unexpected end of file has occurred.")),
            _ => None,
        };
        match (closed, open.last_mut()) {
            (Some(closed), Some(parent)) => parent.children.push(closed),
            (Some(root), None) => return Ok(root),
            (None, _) => {}
        }
    }
}

/// The character of one of XML's own entities, or of a number.
fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

fn element(start: &BytesStart<'_>, is_root: bool, text: &str, position: u64) -> Result<Element> {
    let tag = start.local_name().as_ref().to_owned();
    let mut made = Element { tag, ..Element::default() };
    let mut namespace = None;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(malformed)?;
        let value = attribute.value.into_owned();
        match attribute.key.as_ref() {
            "N" => made.name = Some(unescaped(&plain(&value))),
            "RefId" => made.reference = Some(value),
            "xmlns" => namespace = Some(value),
            _ => {}
        }
    }
    if is_root && (made.tag != "Objs" || namespace.as_deref() != Some(NAMESPACE)) {
        let start = text.get(..usize::try_from(position).unwrap_or(0)).unwrap_or(text);
        let line = start.matches('\n').count() + 1;
        let column = start.rfind('<').map_or(1, |at| at + 2 - start[..at].rfind('\n').map_or(0, |n| n + 1));
        return Err(malformed(format!(
            "Element 'Objs' with namespace name '{NAMESPACE}' was not found. Line {line}, position {column}."
        )));
    }
    Ok(made)
}

/// An attribute's text, its entities resolved.
fn plain(text: &str) -> String {
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        made.push_str(before);
        match after.split_once(';').and_then(|(name, after)| Some((entity(name)?, after))) {
            Some((c, after)) => {
                made.push(c);
                rest = after;
            }
            None => {
                made.push('&');
                rest = after;
            }
        }
    }
    made.push_str(rest);
    made
}

/// `_x000A_` is the character of that number.
fn unescaped(text: &str) -> String {
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let number = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match number.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                units.extend(rest[..at].encode_utf16());
                units.push(unit);
                rest = &rest[at + 7..];
            }
            None => {
                units.extend(rest[..at + 2].encode_utf16());
                rest = &rest[at + 2..];
            }
        }
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units)
}

/// What was read already, for references to it.
#[derive(Default)]
struct Known {
    objects: HashMap<String, Value>,
    types: HashMap<String, Vec<String>>,
}

impl Known {
    fn value(&mut self, engine: &mut dyn Engine, element: &Element) -> Result<Value> {
        match element.tag.as_str() {
            "Obj" => self.object(engine, element),
            "Ref" => {
                let known = element.reference.as_ref().and_then(|number| self.objects.get(number));
                Ok(known.cloned().unwrap_or_default())
            }
            _ => simple(engine, element),
        }
    }

    fn object(&mut self, engine: &mut dyn Engine, element: &Element) -> Result<Value> {
        let (mut names, mut shown, mut inner) = (Vec::new(), None, None);
        let mut properties: Vec<(Text, Value)> = Vec::new();
        for child in &element.children {
            match child.tag.as_str() {
                "TN" => {
                    names = child.children.iter().map(|name| name.text.clone()).collect();
                    self.types.insert(child.reference.clone().unwrap_or_default(), names.clone());
                }
                "TNRef" => {
                    let known = child.reference.as_ref().and_then(|number| self.types.get(number));
                    names = known.cloned().unwrap_or_default();
                }
                "ToString" => shown = Some(unescaped(&child.text)),
                "Props" | "MS" => {
                    for property in &child.children {
                        let name = property.name.clone().unwrap_or_default();
                        properties.push((name.into(), self.value(engine, property)?));
                    }
                }
                "LST" | "IE" | "QUE" | "STK" => inner = Some(self.list(engine, child, &names)?),
                "DCT" => inner = Some(self.dictionary(engine, child)?),
                _ => inner = Some(self.value(engine, child)?),
            }
        }
        let made = made(engine, names, shown, inner, properties)?;
        if let Some(number) = &element.reference {
            self.objects.insert(number.clone(), made.clone());
        }
        Ok(made)
    }

    fn list(&mut self, engine: &mut dyn Engine, element: &Element, names: &[String]) -> Result<Value> {
        let items: Result<Vec<Value>> =
            element.children.iter().map(|child| self.value(engine, child)).collect();
        let items = items?;
        // Arrays and lists alike come back as array lists, but what was an array can be indexed the same.
        let is_array = names.first().is_some_and(|name| name.ends_with("[]"));
        if is_array {
            return Ok(Value::array(items));
        }
        Ok(Value::typed(dotnet::collections::Collection::array_list(items)))
    }

    fn dictionary(&mut self, engine: &mut dyn Engine, element: &Element) -> Result<Value> {
        let dictionary = Dictionary::new();
        for entry in &element.children {
            let mut parts = [Value::Null, Value::Null];
            for part in &entry.children {
                let at = usize::from(part.name.as_deref() != Some("Key"));
                parts[at] = self.value(engine, part)?;
            }
            let [key, held] = parts;
            dictionary.insert(key, held);
        }
        Ok(Value::Dictionary(Arc::new(dictionary)))
    }
}

/// The object of its parts.
fn made(
    engine: &mut dyn Engine,
    names: Vec<String>,
    shown: Option<String>,
    inner: Option<Value>,
    properties: Vec<(Text, Value)>,
) -> Result<Value> {
    let first = names.first().cloned().unwrap_or_default();
    if let Some(inner) = inner {
        if properties.is_empty() {
            return Ok(inner);
        }
        let around =
            properties.into_iter().fold(Object::around(inner), |made, (name, held)| made.with(name, held));
        return Ok(around.into());
    }
    if first == "System.Management.Automation.PSCredential"
        && let Some(credential) = credential(&properties)
    {
        return Ok(credential);
    }
    if REHYDRATED.contains(&first.as_str())
        && let Some(shown) = &shown
        && let Ok(real) = convert::to(&Value::from(shown.as_str()), &Type::named(&first), engine.locale())
    {
        return Ok(real);
    }
    let made = properties.into_iter().fold(Object::custom(), |made, (name, held)| made.with(name, held));
    if let Some(shown) = shown {
        let block = engine.block(&format!("'{}'", shown.replace('\'', "''")))?;
        made.set("ToString", Value::typed(dotnet::values::Added::Method(block)));
    }
    *made.type_names_mut() = names.iter().map(|name| Text::from(format!("Deserialized.{name}"))).collect();
    Ok(made.into())
}

fn credential(properties: &[(Text, Value)]) -> Option<Value> {
    let named = |name: &str| properties.iter().find(|(known, _)| &**known == name).map(|(_, held)| held);
    let password = named("Password")?.downcast::<SecureString>()?.clone();
    Some(Value::typed(Credential { user_name: named("UserName")?.to_string().into(), password }))
}

fn simple(engine: &mut dyn Engine, element: &Element) -> Result<Value> {
    let text = unescaped(&element.text);
    let read = |engine: &mut dyn Engine, name: &str| -> Result<Value> {
        let kind = Type::named(name);
        convert::to(&Value::from(text.as_str()), &kind, &engine.locale().invariant())
    };
    match element.tag.as_str() {
        "S" | "SBK" => Ok(text.into()),
        "Nil" => Ok(Value::Null),
        "C" => text.parse().map(Value::Char).map_err(malformed),
        "B" => Ok(Value::Bool(text == "true")),
        "SB" => read(engine, "System.SByte"),
        "By" => read(engine, "System.Byte"),
        "I16" => read(engine, "System.Int16"),
        "U16" => read(engine, "System.UInt16"),
        "I32" => read(engine, "System.Int32"),
        "U32" => read(engine, "System.UInt32"),
        "I64" => read(engine, "System.Int64"),
        "U64" => read(engine, "System.UInt64"),
        "D" => read(engine, "System.Decimal"),
        "Sg" => Ok(Value::Single(real(&text)? as f32)),
        "Db" => real(&text).map(Value::Double),
        "DT" => read(engine, "System.DateTime"),
        "TS" => span(&text)
            .map(|ticks| Value::TimeSpan(TimeSpan { ticks }))
            .ok_or_else(|| malformed(format!("The string '{text}' is not a valid TimeSpan value."))),
        "G" => read(engine, "System.Guid"),
        "URI" => read(engine, "System.Uri"),
        "Version" => read(engine, "System.Version"),
        "XD" => read(engine, "System.Xml.XmlDocument"),
        "SS" => crate::secure_string::of_hexadecimal(&text)
            .map(|secret| Value::typed(SecureString::new(secret)))
            .ok_or_else(|| malformed("A secure string is not valid.")),
        other => Err(malformed(format!("'{other}' is not an element of CLIXML that is known."))),
    }
}

fn real(text: &str) -> Result<f64> {
    match text {
        "INF" => Ok(f64::INFINITY),
        "-INF" => Ok(f64::NEG_INFINITY),
        "NaN" => Ok(f64::NAN),
        other => other.parse().map_err(malformed),
    }
}

/// The ticks of a span as XML Schema writes it.
fn span(text: &str) -> Option<i64> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (days, time) = rest.strip_prefix('P')?.split_once('T').unwrap_or((rest.strip_prefix('P')?, ""));
    let mut ticks: i64 = 0;
    for (part, units) in [(days, [('D', 86_400_i64)].as_slice()), (time, &[('H', 3600), ('M', 60), ('S', 1)])]
    {
        let mut number = String::new();
        for c in part.chars() {
            if c.is_ascii_digit() || c == '.' {
                number.push(c);
                continue;
            }
            let (_, seconds) = units.iter().find(|(unit, _)| *unit == c)?;
            ticks = ticks.checked_add(parts_of(&number)?.checked_mul(*seconds)?)?;
            number.clear();
        }
    }
    Some(if negative { -ticks } else { ticks })
}

/// `4.5` in ticks of a second.
fn parts_of(number: &str) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<7}").get(..7)?.parse().ok()?;
    whole.checked_mul(10_000_000)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_escapes_are_read_back() {
        for (written, ticks) in [
            ("P1DT2H3M4.5S", 937_845_000_000),
            ("PT0S", 0),
            ("-P1D", -864_000_000_000),
            ("PT1M", 600_000_000),
        ] {
            assert_eq!(span(written), Some(ticks), "{written}");
        }
        assert_eq!(span("1 day"), None);
        assert_eq!(unescaped("a_x000A_b_x005F_x_xZZ"), "a\nb_x_xZZ");
        assert_eq!(plain("a &lt;b&gt; &#65; &none"), "a <b> A &none");
    }

    #[test]
    fn bad_documents_are_refused() {
        for text in ["", "<a/>", "<Objs xmlns='x'/>", "<Objs", &"<Obj>".repeat(500), "<!DOCTYPE a><a/>"] {
            assert!(parse(text).is_err(), "{text:.20}");
        }
    }
}
