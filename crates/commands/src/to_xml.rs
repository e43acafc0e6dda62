//! `ConvertTo-Xml`: objects as elements with their properties.

use crate::declare::{Lenient as _, declare};
use dotnet::compare::same_reference;
use dotnet::member::{own, property_names, type_name_list};
use dotnet::{Type, convert, text};
use language::{Call, Command, CoreCommand, Run};
use object::Value;
use object::value::Text;

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
/// What lies within so many others is not looked into, whatever was asked for.
const LEVELS_MAX: usize = 50;
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
        let mut making = Making { types, around: Vec::new() };
        self.objects.push(making.element(call, "Object", None, &value, depth)?);
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

/// How the elements of one object are made.
struct Making {
    /// Whether types are named.
    types: bool,
    /// What is being written: one that holds itself ends where it comes again.
    around: Vec<Value>,
}

impl Making {
    fn element(
        &mut self,
        call: &mut Call<'_>,
        tag: &'static str,
        name: Option<&str>,
        value: &Value,
        depth: i64,
    ) -> Run<Element> {
        let mut made = Element { tag, ..Element::default() };
        made.attributes.extend(name.map(|name| ("Name", name.to_owned())));
        if value.is_null() {
            return Ok(made);
        }
        if self.types {
            let of = type_name_list(value).first().map(ToString::to_string).unwrap_or_default();
            made.attributes.push(("Type", of));
        }
        call.look()?;
        let inner = dotnet::values::base(value).clone();
        let ends =
            self.around.len() == LEVELS_MAX || self.around.iter().any(|one| same_reference(one, &inner));
        self.around.push(inner);
        self.fill(call, &mut made, value, depth, ends)?;
        self.around.pop();
        Ok(made)
    }

    fn fill(
        &mut self,
        call: &mut Call<'_>,
        made: &mut Element,
        value: &Value,
        depth: i64,
        ends: bool,
    ) -> Run {
        let inner = dotnet::values::base(value).clone();
        // Lists cost no level of what was asked for.
        let mut parts: Vec<(Option<Text>, Value, i64)> = Vec::new();
        if let Value::Dictionary(dictionary) = &inner {
            for (key, held) in dictionary.to_vec() {
                parts.push((Some("Key".into()), key, depth));
                parts.push((Some("Value".into()), held, depth));
            }
        } else if let Some(items) = dotnet::index::elements(&inner) {
            parts.extend(items.into_iter().map(|item| (None, item, depth)));
        } else {
            let plain = views::text_of(call.session(), value).is_some()
                || matches!(inner, Value::DateTime(_) | Value::TimeSpan(_) | Value::Guid(_));
            let shown = text::of(value, call.session().locale());
            if plain {
                made.text = Some(shown);
                return Ok(());
            }
            if depth <= 0 || ends {
                self.cut_off(call, made, value, shown);
                return Ok(());
            }
            for name in property_names(value) {
                let held = own(call.session(), value, &name).ok().flatten().unwrap_or_default();
                parts.push((Some(name), held, depth - 1));
            }
        }
        if ends {
            made.text = Some(text::of(&inner, call.session().locale()));
            return Ok(());
        }
        for (name, held, depth) in parts {
            made.children.push(self.element(call, "Property", name.as_deref(), &held, depth)?);
        }
        Ok(())
    }

    /// What lies deeper than was asked for: its text, and its properties by theirs.
    fn cut_off(&self, call: &mut Call<'_>, made: &mut Element, value: &Value, shown: String) {
        let kind = |of: &str| if self.types { vec![("Type", of.to_owned())] } else { Vec::new() };
        made.children.push(Element {
            tag: "Property",
            attributes: kind("System.String"),
            text: Some(shown),
            children: Vec::new(),
        });
        let custom =
            matches!(value, Value::Object(object) if object.base().is_none() && object.noun().is_none());
        for name in property_names(value).into_iter().filter(|_| custom) {
            let held = own(call.session(), value, &name).ok().flatten().unwrap_or_default();
            let mut attributes = vec![("Name", name.to_string())];
            attributes.extend(kind("System.Management.Automation.PSNoteProperty"));
            let text = Some(text::of(&held, call.session().locale()));
            made.children.push(Element { tag: "Property", attributes, text, children: Vec::new() });
        }
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
