//! `Select-Xml`: what a path finds in documents.

use crate::declare::declare;
use crate::path;
use dotnet::xml::{Document, Found, Names, Node, parse, select};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use object::value::{Text, Typed};
use std::any::Any;

/// `Select-Xml`.
pub(crate) static SELECT_XML: CoreCommand = CoreCommand::new(
    "Select-Xml",
    "SelectXmlCommand",
    || {
        declare(
            "Select-Xml",
            "Xml Path LiteralPath Content",
            "XPath string 0 !
             Xml object[] @Xml 1 ! | . =Node
             Path string[] @Path 1 ! .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Content string[] @Content ! |
             Namespace hashtable",
        )
    },
    || Box::new(SelectXml),
);

/// Where a document came from that lies in no file.
const INPUT: &str = "InputStream";

/// What was found, in which document, by which path.
struct Hit {
    node: Value,
    text: String,
    path: String,
    pattern: String,
}

impl Typed for Hit {
    fn type_name(&self) -> Text {
        "Microsoft.PowerShell.Commands.SelectXmlInfo".into()
    }
    fn text(&self) -> String {
        match self.path == INPUT {
            true => self.text.clone(),
            false => format!("{}:{}", self.path, self.text),
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "node" => self.node.clone(),
            "path" => self.path.as_str().into(),
            "pattern" => self.pattern.as_str().into(),
            _ => return None,
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Node", "Path", "Pattern"]
    }
}

struct SelectXml;

impl Command for SelectXml {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let names = names(call);
        for item in call.value("Xml").map(Value::items).unwrap_or_default() {
            let base = dotnet::values::base(&item);
            match (base.downcast::<Node>().cloned(), base.as_str().map(str::to_owned)) {
                (Some(node), _) => find(call, &node, INPUT, names.as_ref())?,
                (None, Some(text)) => in_text(call, &text, INPUT, names.as_ref())?,
                (None, None) => {
                    let message = format!(
                        "Cannot bind parameter 'Xml'. Cannot convert value of type \"{}\" to type \"System.Xml.XmlNode\".",
                        item.type_name()
                    );
                    let error = Exception::argument(message, "Xml").id("CannotConvertArgumentNoMessage");
                    call.error(error.category(Category::InvalidArgument))?;
                }
            }
        }
        for text in call.texts("Content") {
            in_text(call, &text, INPUT, names.as_ref())?;
        }
        if !call.is_given("Path") && !call.is_given("LiteralPath") {
            return Ok(());
        }
        for full in path::given(call)? {
            match call.host().files().read(&full) {
                Ok(bytes) => {
                    let text = language::syntax::decode(&bytes);
                    in_text(call, &text, &full, names.as_ref())?;
                }
                Err(error) => {
                    let error = crate::encoding::not_opened(call, &error, &full).id("ProcessingFile");
                    call.error(error.category(Category::NotSpecified))?;
                }
            }
        }
        Ok(())
    }
}

/// Prefixes and namespaces as the script said.
fn names(call: &mut Call<'_>) -> Option<Names> {
    let Some(Value::Dictionary(given)) = call.value("Namespace").map(dotnet::values::base) else {
        return None;
    };
    let given = given.to_vec();
    Some(given.iter().map(|(prefix, space)| (prefix.to_string(), space.to_string())).collect())
}

fn in_text(call: &mut Call<'_>, text: &str, place: &str, names: Option<&Names>) -> Run {
    let root = Document::new(false).root();
    match parse(text, &root) {
        Ok(()) => find(call, &root, place, names),
        Err(error) => {
            let message = match place {
                INPUT => format!(
                    "Cannot convert value \"{text}\" to type \"System.Xml.XmlDocument\". Error: \"{}\"",
                    error.text()
                ),
                file => format!("The file '{file}' can not be read as XML: {}", error.text()),
            };
            let error = Exception::argument(message, "Content").id("ProcessingFile");
            call.error(ErrorRecord::new(error.category(Category::InvalidOperation)))
        }
    }
}

fn find(call: &mut Call<'_>, from: &Node, place: &str, names: Option<&Names>) -> Run {
    let pattern = call.text("XPath").unwrap_or_default();
    for found in select(from, &pattern, names)? {
        let (node, text) = match found {
            Found::Node(node) => {
                let text = node.inner_text();
                (node.to_value(), text)
            }
            Found::Attribute(attribute) => {
                let text = attribute.value();
                (Value::typed(attribute), text)
            }
        };
        let text = text.trim().to_owned();
        call.write(Value::typed(Hit { node, text, path: place.to_owned(), pattern: pattern.clone() }))?;
    }
    Ok(())
}
