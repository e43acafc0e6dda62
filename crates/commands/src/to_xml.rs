//! `ConvertTo-Xml`: objects as elements with their properties.

use crate::declare::{Lenient as _, declare};
use dotnet::member::{own, property_names, type_name_list};
use dotnet::{Type, convert, text};
use language::{Call, Command, CoreCommand, Run};
use object::Value;

/// `ConvertTo-Xml`.
pub(crate) static CONVERT_TO_XML: CoreCommand = CoreCommand::new(
    "ConvertTo-Xml",
    "ConvertToXmlCommand",
    || {
        declare(
            "ConvertTo-Xml",
            "",
            "InputObject object 0 ! |
             Depth int
             NoTypeInformation switch
             As string",
        )
        .one_of("As", &["Stream", "String", "Document"])
        .at_least("Depth", 1)
    },
    || Box::new(ToXml::default()),
);

/// How deep properties are looked into where nobody says another depth.
const DEPTH: i64 = 1;
/// Lists within lists are written so many levels deeper than was asked for.
const LISTS_BELOW_MAX: i64 = 2;
/// The first line of a document.
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";

#[derive(Default)]
struct ToXml {
    objects: Vec<Element>,
}

/// An element of the document.
#[derive(Default)]
struct Element {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: Option<String>,
    children: Vec<Element>,
}

impl Command for ToXml {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let value = input.or_else(|| call.value("InputObject").cloned()).unwrap_or_default();
        let depth = call.number("Depth").unwrap_or(DEPTH);
        let types = !call.flag("NoTypeInformation");
        let made = element(call, "Object", None, &value, depth, types);
        self.objects.push(made);
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let objects = std::mem::take(&mut self.objects);
        let way = call.text("As").unwrap_or_default().to_ascii_lowercase();
        if way == "stream" {
            call.write(HEAD)?;
            call.write("<Objects>")?;
            for object in objects {
                call.write(object.written(None))?;
            }
            return call.write("</Objects>");
        }
        let root = Element { tag: "Objects", children: objects, ..Element::default() };
        if way == "string" {
            return call.write(format!("{HEAD}\n{}", root.written(Some(0))));
        }
        let whole = Value::from(format!("{HEAD}{}", root.written(None)));
        let document = convert::to(&whole, &Type::named("System.Xml.XmlDocument"), call.session().locale())?;
        call.write(document)
    }
}

fn element(
    call: &mut Call<'_>,
    tag: &'static str,
    name: Option<&str>,
    value: &Value,
    depth: i64,
    types: bool,
) -> Element {
    let mut made = Element { tag, ..Element::default() };
    made.attributes.extend(name.map(|name| ("Name", name.to_owned())));
    if value.is_null() {
        return made;
    }
    if types {
        let of = type_name_list(value).first().map(ToString::to_string).unwrap_or_default();
        made.attributes.push(("Type", of));
    }
    fill(call, &mut made, value, depth, types);
    made
}

fn fill(call: &mut Call<'_>, made: &mut Element, value: &Value, depth: i64, types: bool) {
    let inner = dotnet::values::base(value).clone();
    let is_list = matches!(inner, Value::Dictionary(_)) || dotnet::index::elements(&inner).is_some();
    // Lists cost no level, but one that holds itself has to end.
    if is_list && depth < -LISTS_BELOW_MAX {
        made.text = Some(text::of(&inner, call.session().locale()));
        return;
    }
    if let Value::Dictionary(dictionary) = &inner {
        for (key, held) in dictionary.to_vec() {
            made.children.push(element(call, "Property", Some("Key"), &key, depth - 1, types));
            made.children.push(element(call, "Property", Some("Value"), &held, depth - 1, types));
        }
        return;
    }
    if let Some(items) = dotnet::index::elements(&inner) {
        for item in items {
            made.children.push(element(call, "Property", None, &item, depth - 1, types));
        }
        return;
    }
    let plain = views::text_of(call.session(), value).is_some()
        || matches!(inner, Value::DateTime(_) | Value::TimeSpan(_) | Value::Guid(_));
    let shown = text::of(value, call.session().locale());
    if plain {
        made.text = Some(shown);
        return;
    }
    if depth <= 0 {
        cut_off(call, made, value, shown, types);
        return;
    }
    for name in property_names(value) {
        let held = own(call.session(), value, &name).ok().flatten().unwrap_or_default();
        made.children.push(element(call, "Property", Some(&name), &held, depth - 1, types));
    }
}

/// What lies deeper than was asked for: its text, and its properties by theirs.
fn cut_off(call: &mut Call<'_>, made: &mut Element, value: &Value, shown: String, types: bool) {
    let kind = |of: &str| if types { vec![("Type", of.to_owned())] } else { Vec::new() };
    made.children.push(Element {
        tag: "Property",
        attributes: kind("System.String"),
        text: Some(shown),
        children: Vec::new(),
    });
    let custom = matches!(value, Value::Object(object) if object.base().is_none() && object.noun().is_none());
    for name in property_names(value).into_iter().filter(|_| custom) {
        let held = own(call.session(), value, &name).ok().flatten().unwrap_or_default();
        let mut attributes = vec![("Name", name.to_string())];
        attributes.extend(kind("System.Management.Automation.PSNoteProperty"));
        let text = Some(text::of(&held, call.session().locale()));
        made.children.push(Element { tag: "Property", attributes, text, children: Vec::new() });
    }
}

impl Element {
    /// The element as text; with a level, each on a line of its own.
    fn written(&self, level: Option<usize>) -> String {
        let indent = level.map_or(String::new(), |level| "  ".repeat(level));
        let end = if level.is_some() { "\n" } else { "" };
        let attributes: String = self
            .attributes
            .iter()
            .map(|(name, value)| format!(" {name}=\"{}\"", escaped(value).replace('"', "&quot;")))
            .collect();
        let tag = self.tag;
        if let Some(text) = &self.text {
            return format!("{indent}<{tag}{attributes}>{}</{tag}>", escaped(text));
        }
        if self.children.is_empty() {
            return format!("{indent}<{tag}{attributes} />");
        }
        let inner: String = self
            .children
            .iter()
            .map(|child| format!("{}{end}", child.written(level.map(|level| level + 1))))
            .collect();
        format!("{indent}<{tag}{attributes}>{end}{inner}{indent}</{tag}>")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
