//! The tree as text.

use super::tree::{Kind, Node};
use object::value::{Text, Typed};
use std::any::Any;

/// How a document is laid out.
#[derive(Clone, Debug)]
pub struct Layout {
    /// What each level is set in by; `None`: everything in one line.
    pub indent: Option<String>,
    /// What ends a line.
    pub line_end: String,
    /// Whether the declaration is left out.
    pub bare: bool,
}

impl Layout {
    /// Everything in one line.
    pub fn plain() -> Layout {
        Layout { indent: None, line_end: "\n".to_owned(), bare: false }
    }
    /// Two blanks for each level.
    pub fn indented() -> Layout {
        Layout { indent: Some("  ".to_owned()), ..Layout::plain() }
    }
}

// The text of an element of XDocument is its XML; that is why it stands here and not with the tree.
impl Typed for Node {
    fn type_name(&self) -> Text {
        if self.document.is_linq() {
            return match self.kind() {
                Kind::Document => "System.Xml.Linq.XDocument".into(),
                _ => "System.Xml.Linq.XElement".into(),
            };
        }
        self.kind().type_name().into()
    }
    fn text(&self) -> String {
        if self.document.is_linq() {
            return written(self, &Layout::indented());
        }
        self.kind().type_name().to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Text as it stands between tags.
pub fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text as it stands in an attribute.
pub fn escape_attribute(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.replace('\r', "&#xD;").replace('\n', "&#xA;").replace('\t', "&#x9;")
}

/// `OuterXml`.
pub fn outer(node: &Node) -> String {
    let mut out = String::new();
    write(node, &Layout::plain(), 0, &mut out);
    out
}

/// `InnerXml`.
pub fn inner(node: &Node) -> String {
    let mut out = String::new();
    for child in node.children() {
        write(&child, &Layout::plain(), 0, &mut out);
    }
    out
}

/// A node in a layout.
pub fn written(node: &Node, layout: &Layout) -> String {
    let mut out = String::new();
    write(node, layout, 0, &mut out);
    out
}

fn write(node: &Node, layout: &Layout, depth: usize, out: &mut String) {
    match node.kind() {
        Kind::Document | Kind::Fragment => write_all(node, layout, out),
        Kind::Element { short } => write_element(node, short, layout, depth, out),
        Kind::Text => out.push_str(&escape_text(&node.value())),
        Kind::Whitespace => out.push_str(&node.value()),
        Kind::CData => out.push_str(&format!("<![CDATA[{}]]>", node.value())),
        Kind::Comment => out.push_str(&format!("<!--{}-->", node.value())),
        Kind::Declaration => out.push_str(&format!("<?xml {}?>", node.value())),
        Kind::Instruction => out.push_str(&format!("<?{} {}?>", node.name(), node.value())),
        Kind::DocType => out.push_str(&format!("<!DOCTYPE {}>", node.value())),
    }
}

fn write_all(node: &Node, layout: &Layout, out: &mut String) {
    let mut first = true;
    for child in node.children() {
        if layout.bare && child.kind() == Kind::Declaration {
            continue;
        }
        if layout.indent.is_some() && !first {
            out.push_str(&layout.line_end);
        }
        first = false;
        write(&child, layout, 0, out);
    }
}

fn write_element(node: &Node, short: bool, layout: &Layout, depth: usize, out: &mut String) {
    let name = node.name();
    out.push('<');
    out.push_str(&name);
    for attribute in node.attribute_names() {
        let value = node.attribute(&attribute).unwrap_or_default();
        out.push_str(&format!(" {attribute}=\"{}\"", escape_attribute(&value)));
    }
    if let Some(namespace) = undeclared(node) {
        let prefix = node.prefix();
        let word = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        out.push_str(&format!(" {word}=\"{}\"", escape_attribute(&namespace)));
    }
    let children = node.children();
    if children.is_empty() {
        out.push_str(&if short { " />".to_owned() } else { format!("></{name}>") });
        return;
    }
    out.push('>');
    // Text among elements is left as it is: a line break would belong to it.
    let mixed =
        children.iter().any(|child| matches!(child.kind(), Kind::Text | Kind::CData | Kind::Whitespace));
    let indent = layout.indent.as_deref().filter(|_| !mixed);
    let flat = Layout { indent: None, ..layout.clone() };
    for child in &children {
        if let Some(indent) = indent {
            out.push_str(&layout.line_end);
            out.push_str(&indent.repeat(depth + 1));
        }
        write(child, if mixed { &flat } else { layout }, depth + 1, out);
    }
    if let Some(indent) = indent {
        out.push_str(&layout.line_end);
        out.push_str(&indent.repeat(depth));
    }
    out.push_str(&format!("</{name}>"));
}

/// The namespace of an element that nothing around it declares.
fn undeclared(node: &Node) -> Option<String> {
    let said = node.read(|data| data.namespace.clone())?;
    let prefix = node.prefix();
    let own = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
    if node.attribute(&own).is_some() {
        return None;
    }
    let around = node.parent().and_then(|parent| parent.namespace_of(&prefix)).unwrap_or_default();
    (around != said).then_some(said)
}
