//! Members of XML documents and their nodes, PowerShell's view of them, and the writers.

use super::answer::{bool, int, null, of_enum, string};
use super::fields::fields;
use super::path::{file_error, resolved};
use super::stream::text_of;
use super::{Call, Fields, Row};
use crate::Enumerator;
use crate::exception::{Exception, Result};
use crate::values::{Encoding, StringBuilder, base};
use crate::xml::{
    self, Attribute, Document, Found, Kind, Layout, Names, Node, Nodes, escape_attribute, escape_text,
};
use object::Value;
use object::value::{Text, Typed};
use parking_lot::{Mutex, RwLock};
use std::any::Any;
use std::sync::Arc;

// --- PowerShell's view ------------------------------------------------------------------------------

/// A node as PowerShell's view gives it: one with nothing but text is its text.
fn seen(node: &Node) -> Value {
    let simple = match node.kind() {
        Kind::Element { .. } => {
            let children = node.children();
            let only_text = matches!(children.as_slice(), [only] if only.kind() == Kind::Text);
            node.attribute_names().is_empty() && (children.is_empty() || only_text)
        }
        _ => true,
    };
    if simple { node.inner_text().into() } else { node.to_value() }
}

/// What a name means in a node: its attributes and the children of that name; one is itself, several are
/// an array.
pub(super) fn view(node: &Node, name: &str) -> Option<Value> {
    if node.document.is_linq() {
        return None;
    }
    let mut found: Vec<Value> = Vec::new();
    for attribute in node.attribute_names() {
        if local(&attribute).eq_ignore_ascii_case(name) {
            found.push(node.attribute(&attribute).unwrap_or_default().into());
        }
    }
    let children = node.children().into_iter().filter(|child| child.local_name().eq_ignore_ascii_case(name));
    found.extend(children.map(|child| seen(&child)));
    match found.len() {
        0 => None,
        1 => found.pop(),
        _ => Some(Value::array(found)),
    }
}

/// The names that the view shows.
pub(super) fn view_names(node: &Node) -> Vec<Text> {
    let mut names: Vec<Text> = Vec::new();
    let attributes = node.attribute_names().into_iter().map(|name| local(&name).to_owned());
    for name in attributes.chain(node.children().iter().map(Node::local_name)) {
        if !names.iter().any(|known| **known == *name) {
            names.push(name.into());
        }
    }
    names
}

fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// `$node.name = 'text'`; `None`: the view has no such name.
pub(super) fn set_view(node: &Node, name: &str, new: &Value) -> Option<Result<()>> {
    if node.document.is_linq() {
        return None;
    }
    let attribute = node.attribute_names().into_iter().find(|known| local(known).eq_ignore_ascii_case(name));
    let children: Vec<Node> =
        node.children().into_iter().filter(|child| child.local_name().eq_ignore_ascii_case(name)).collect();
    let refused = |id: &str, what: &str| {
        let error = Exception::new("System.Management.Automation.SetValueException", what.to_owned()).id(id);
        Some(Err(error.category(crate::Category::NotSpecified)))
    };
    if attribute.is_none() && children.is_empty() {
        return None;
    }
    let only_text = format!(
        "Cannot set \"{name}\" because only strings can be used as values to set XmlNode properties."
    );
    let Value::String(text) = base(new) else { return refused("XmlNodeSetShouldBeAString", &only_text) };
    if children.len() + usize::from(attribute.is_some()) > 1 {
        let what = format!("Cannot set \"{name}\" because it is not a unique property of the node.");
        return refused("XmlNodeSetRestrictionsMoreThanOneNode", &what);
    }
    if let Some(attribute) = attribute {
        node.set_attribute(&attribute, text);
        return Some(Ok(()));
    }
    let child = &children[0];
    let inside = child.children();
    match inside.as_slice() {
        [] => child.set_inner_text(text),
        [only] if only.kind() == Kind::Text => only.set_value(text),
        _ => return refused("XmlNodeSetRestrictionsUnknownNodeType", &only_text),
    }
    Some(Ok(()))
}

// --- nodes ------------------------------------------------------------------------------------------

fn node(call: &Call<'_>) -> Result<Node> {
    call.this_as::<Node>().cloned()
}

fn maybe(node: Option<Node>) -> Result<Value> {
    Ok(node.map_or(Value::Null, |node| node.to_value()))
}

fn argument(call: &Call<'_>, at: usize, name: &str) -> Result<Node> {
    call.plain(at).downcast::<Node>().cloned().ok_or_else(|| Exception::argument_null(name))
}

fn list(nodes: Vec<Value>) -> Result<Value> {
    Ok(Value::typed(Nodes { list: nodes, owner: None }))
}

/// Whether a node may stand in another; the errors are .NET's.
fn check(parent: &Node, child: &Node) -> Result<()> {
    let wrong = |message: &str| Err(Exception::new("System.ArgumentException", message.to_owned()));
    if !parent.document.is(&child.document) {
        return wrong("The node to be inserted is from a different document context.");
    }
    if !parent.kind().is_container() {
        return Err(Exception::invalid_operation("The current node cannot contain other nodes."));
    }
    if child.holds(parent) {
        return wrong("Cannot insert a node or any ancestor of that node as a child of itself.");
    }
    let second = parent.kind() == Kind::Document
        && child.is_element()
        && parent.document.element().is_some_and(|one| !one.is(child));
    if second {
        return Err(Exception::invalid_operation("This document already has a 'DocumentElement' node."));
    }
    Ok(())
}

fn insert(call: &Call<'_>, place: impl FnOnce(&Node) -> Result<usize>) -> Result<Value> {
    let (parent, child) = (node(call)?, argument(call, 0, "newChild")?);
    check(&parent, &child)?;
    check_depth(&parent, &child)?;
    parent.insert(place(&parent)?, &child);
    Ok(call.value(0))
}

/// A document that is put together may be no deeper than one that is read: writing it needs as deep a stack.
fn check_depth(parent: &Node, child: &Node) -> Result<()> {
    use crate::xml::DEPTH_MAX;
    let above = parent.depth() + 1;
    if above + child.height(DEPTH_MAX) > DEPTH_MAX {
        return Err(Exception::new("System.Xml.XmlException", "The document is nested too deeply."));
    }
    Ok(())
}

fn beside(call: &Call<'_>, step: usize) -> Result<Value> {
    let reference = call.plain(1).downcast::<Node>().cloned();
    insert(call, |parent| match reference {
        None => Ok(if step == 1 { 0 } else { parent.children().len() }),
        Some(reference) if reference.parent().is_some_and(|above| above.is(parent)) => {
            Ok(reference.place().unwrap_or(0) + step)
        }
        Some(_) => Err(not_a_child("The reference node is not a child of this node.")),
    })
}

fn not_a_child(message: &str) -> Exception {
    Exception::new("System.ArgumentException", message.to_owned())
}

fn remove_child(call: &mut Call<'_>) -> Result<Value> {
    let (parent, child) = (node(call)?, argument(call, 0, "oldChild")?);
    if !child.parent().is_some_and(|above| above.is(&parent)) {
        return Err(not_a_child("The node to be removed is not a child of this node."));
    }
    child.detach();
    Ok(call.value(0))
}

fn replace_child(call: &mut Call<'_>) -> Result<Value> {
    let (parent, new, old) = (node(call)?, argument(call, 0, "newChild")?, argument(call, 1, "oldChild")?);
    let place = old.place().filter(|_| old.parent().is_some_and(|above| above.is(&parent)));
    let place = place.ok_or_else(|| not_a_child("The reference node is not a child of this node."))?;
    old.detach();
    check(&parent, &new)?;
    check_depth(&parent, &new)?;
    parent.insert(place, &new);
    Ok(call.value(1))
}

fn found(call: &Call<'_>) -> Result<Vec<Value>> {
    let names = call.plain(1).downcast::<Manager>().map(|manager| manager.0.read().clone());
    let found = xml::select(&node(call)?, &call.text(0), names.as_ref())?;
    Ok(found
        .into_iter()
        .map(|one| match one {
            Found::Node(node) => node.to_value(),
            Found::Attribute(attribute) => Value::typed(attribute),
        })
        .collect())
}

fn select_one(call: &mut Call<'_>) -> Result<Value> {
    Ok(found(call)?.into_iter().next().unwrap_or_default())
}

fn set_inner_xml(call: &mut Call<'_>) -> Result<Value> {
    let (node, text) = (node(call)?, call.text(0));
    let fragment = node.document.make(Kind::Fragment, "", "");
    if node.kind() == Kind::Document {
        node.clear();
        xml::parse(&text, &node)?;
        return null();
    }
    xml::parse(&text, &fragment)?;
    check_depth(&node, &fragment)?;
    node.clear();
    node.append(&fragment);
    null()
}

fn by_tag(call: &mut Call<'_>) -> Result<Value> {
    let name = call.text(0);
    let all =
        node(call)?.below().into_iter().filter(|one| one.is_element() && (name == "*" || one.name() == name));
    list(all.map(|one| one.to_value()).collect())
}

const NODE: &[Row] = &[
    ("System.Xml.XmlAttributeCollection Attributes", |call| {
        let node = node(call)?;
        if !node.is_element() {
            return null();
        }
        Ok(Value::typed(Nodes { list: Vec::new(), owner: Some((node, true)) }))
    }),
    ("System.Xml.XmlNodeList ChildNodes", |call| {
        Ok(Value::typed(Nodes { list: Vec::new(), owner: Some((node(call)?, false)) }))
    }),
    ("System.Xml.XmlNode FirstChild", |call| maybe(node(call)?.children().into_iter().next())),
    ("bool HasChildNodes", |call| bool(!node(call)?.children().is_empty())),
    ("string InnerText", |call| string(node(call)?.inner_text())),
    ("set string InnerText", |call| {
        node(call)?.set_inner_text(&call.text(0));
        null()
    }),
    ("string InnerXml", |call| string(xml::inner(&node(call)?))),
    ("set string InnerXml", set_inner_xml),
    ("bool IsReadOnly", |_| bool(false)),
    ("System.Xml.XmlNode LastChild", |call| maybe(node(call)?.children().pop())),
    ("string LocalName", |call| string(node(call)?.local_name())),
    ("string Name", |call| string(node(call)?.name())),
    ("string NamespaceURI", |call| string(node(call)?.namespace())),
    ("System.Xml.XmlNode NextSibling", |call| maybe(node(call)?.neighbour(1))),
    ("System.Xml.XmlNodeType NodeType", |call| {
        of_enum(&crate::enums::XML_NODE_TYPE, node(call)?.kind().number())
    }),
    ("string OuterXml", |call| string(xml::outer(&node(call)?))),
    ("System.Xml.XmlDocument OwnerDocument", |call| {
        let node = node(call)?;
        if node.kind() == Kind::Document { null() } else { Ok(node.document.root().to_value()) }
    }),
    ("System.Xml.XmlNode ParentNode", |call| maybe(node(call)?.parent())),
    ("string Prefix", |call| string(node(call)?.prefix())),
    ("System.Xml.XmlNode PreviousSibling", |call| maybe(node(call)?.neighbour(-1))),
    ("string Value", |call| {
        let node = node(call)?;
        if node.kind().is_container() { null() } else { string(node.value()) }
    }),
    ("set string Value", |call| {
        let node = node(call)?;
        if node.kind().is_container() {
            let message = "Cannot set a value on node type 'Element'.";
            return Err(Exception::invalid_operation(message));
        }
        node.set_value(&call.text(0));
        null()
    }),
    ("System.Xml.XmlNode AppendChild(System.Xml.XmlNode newChild)", |call| {
        insert(call, |parent| Ok(parent.children().len()))
    }),
    ("System.Xml.XmlNode Clone()", |call| {
        let node = node(call)?;
        Ok(node.copy_into(&node.document, true).to_value())
    }),
    ("System.Xml.XmlNode CloneNode(bool deep)", |call| {
        let node = node(call)?;
        Ok(node.copy_into(&node.document, call.bool(0)).to_value())
    }),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        let children = node(call)?.children();
        Ok(Value::typed(Enumerator::new(children.iter().map(Node::to_value).collect())))
    }),
    ("string GetNamespaceOfPrefix(string prefix)", |call| {
        string(node(call)?.namespace_of(&call.text(0)).unwrap_or_default())
    }),
    ("System.Xml.XmlNode InsertAfter(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)", |call| {
        beside(call, 1)
    }),
    ("System.Xml.XmlNode InsertBefore(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)", |call| {
        beside(call, 0)
    }),
    ("void Normalize()", |_| null()),
    ("System.Xml.XmlNode PrependChild(System.Xml.XmlNode newChild)", |call| insert(call, |_| Ok(0))),
    ("void RemoveAll()", |call| {
        let node = node(call)?;
        node.clear();
        for name in node.attribute_names() {
            node.remove_attribute(&name);
        }
        null()
    }),
    ("System.Xml.XmlNode RemoveChild(System.Xml.XmlNode oldChild)", remove_child),
    (
        "System.Xml.XmlNode ReplaceChild(System.Xml.XmlNode newChild, System.Xml.XmlNode oldChild)",
        replace_child,
    ),
    ("System.Xml.XmlNodeList SelectNodes(string xpath)", |call| list(found(call)?)),
    ("System.Xml.XmlNodeList SelectNodes(string xpath, System.Xml.XmlNamespaceManager nsmgr)", |call| {
        list(found(call)?)
    }),
    ("System.Xml.XmlNode SelectSingleNode(string xpath)", select_one),
    ("System.Xml.XmlNode SelectSingleNode(string xpath, System.Xml.XmlNamespaceManager nsmgr)", select_one),
    ("void WriteTo(System.Xml.XmlWriter w)", |call| {
        let node = node(call)?;
        write_node(call, 0, &node)
    }),
];

const ELEMENT: &[Row] = &[
    ("bool HasAttributes", |call| bool(!node(call)?.attribute_names().is_empty())),
    ("bool IsEmpty", |call| bool(matches!(node(call)?.kind(), Kind::Element { short: true }))),
    ("string GetAttribute(string name)", |call| {
        string(node(call)?.attribute(&call.text(0)).unwrap_or_default())
    }),
    ("System.Xml.XmlAttribute GetAttributeNode(string name)", |call| {
        let (node, name) = (node(call)?, call.text(0));
        Ok(node.attribute(&name).map_or(Value::Null, |_| Value::typed(Attribute::of(&node, &name))))
    }),
    ("System.Xml.XmlNodeList GetElementsByTagName(string name)", by_tag),
    ("bool HasAttribute(string name)", |call| bool(node(call)?.attribute(&call.text(0)).is_some())),
    ("void RemoveAllAttributes()", |call| {
        let node = node(call)?;
        for name in node.attribute_names() {
            node.remove_attribute(&name);
        }
        null()
    }),
    ("void RemoveAttribute(string name)", |call| {
        node(call)?.remove_attribute(&call.text(0));
        null()
    }),
    ("void SetAttribute(string name, string value)", |call| {
        node(call)?.set_attribute(&call.text(0), &call.text(1));
        null()
    }),
    ("string SetAttribute(string localName, string namespaceURI, string value)", |call| {
        node(call)?.set_attribute(&call.text(0), &call.text(2));
        Ok(call.value(2))
    }),
    ("System.Xml.XmlAttribute SetAttributeNode(System.Xml.XmlAttribute newAttr)", |call| {
        let node = node(call)?;
        put_attribute(call, &node)
    }),
];

fn put_attribute(call: &Call<'_>, owner: &Node) -> Result<Value> {
    let new = call.plain(0).downcast::<Attribute>().ok_or_else(|| Exception::argument_null("node"))?;
    owner.set_attribute(&new.name, &new.value());
    Ok(Value::typed(Attribute::of(owner, &new.name)))
}

fn made(call: &Call<'_>, kind: Kind, name: &str, value: &str) -> Result<Value> {
    Ok(node(call)?.document.make(kind, name, value).to_value())
}

fn new_element(call: &Call<'_>, name: &str, namespace: &str) -> Result<Value> {
    let valid = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || "_-.:".contains(c));
    if !valid {
        if name.is_empty() {
            let message = "The local name for elements or attributes cannot be null or an empty string.";
            return Err(Exception::new("System.ArgumentException", message));
        }
        let c = name.chars().find(|c| !(c.is_alphanumeric() || "_-.:".contains(*c))).unwrap_or(' ');
        let message = format!(
            "The '{c}' character, hexadecimal value 0x{:02X}, cannot be included in a name.",
            c as u32
        );
        return Err(Exception::new("System.Xml.XmlException", message));
    }
    let element = node(call)?.document.make(Kind::Element { short: true }, name, "");
    if !namespace.is_empty() {
        element.set_namespace(namespace);
    }
    Ok(element.to_value())
}

fn declaration(call: &mut Call<'_>) -> Result<Value> {
    let mut text = format!("version=\"{}\"", call.text(0));
    for (at, word) in [(1, "encoding"), (2, "standalone")] {
        if !call.text(at).is_empty() {
            text.push_str(&format!(" {word}=\"{}\"", call.text(at)));
        }
    }
    made(call, Kind::Declaration, "xml", &text)
}

fn load_text(call: &Call<'_>, text: &str) -> Result<Value> {
    let root = node(call)?;
    root.clear();
    xml::parse(text, &root)?;
    null()
}

fn load(call: &mut Call<'_>) -> Result<Value> {
    let all = if super::bytes::is_stream(call.plain(0)) {
        super::bytes::read_all(call.plain(0))?
    } else {
        let path = resolved(call, 0);
        call.engine.host().files().read(&path).map_err(|error| file_error(&error, &path))?
    };
    let text = text_of(call, &all, 9);
    load_text(call, &text)
}

/// The layout in which a document is saved: set in, unless its own blanks are kept.
fn saved(node: &Node) -> String {
    let layout = if node.document.keeps_whitespace() { Layout::plain() } else { Layout::indented() };
    xml::written(node, &layout)
}

fn save(call: &mut Call<'_>) -> Result<Value> {
    let node = node(call)?;
    if call.plain(0).downcast::<XmlWriter>().is_some() {
        return write_node(call, 0, &node);
    }
    let text = saved(&node);
    if super::bytes::is_stream(call.plain(0)) {
        super::bytes::write_to(call.plain(0), text.as_bytes())?;
        return null();
    }
    if call.plain(0).as_str().is_none() {
        let target = call.value(0);
        return super::invoke(call.engine, &target, "Write", vec![text.into()]).map(|_| Value::Null);
    }
    let path = resolved(call, 0);
    let said = node.children().into_iter().find(|one| one.kind() == Kind::Declaration);
    let marked = said.is_some_and(|one| one.value().to_lowercase().contains("encoding=\"utf-8\""));
    let mut all = if marked { Encoding::Utf8.mark().to_vec() } else { Vec::new() };
    all.extend_from_slice(text.as_bytes());
    call.engine.host().files().write(&path, &all).map_err(|error| file_error(&error, &path))?;
    null()
}

const DOCUMENT: &[Row] = &[
    ("System.Xml.XmlElement DocumentElement", |call| maybe(node(call)?.document.element())),
    ("System.Xml.XmlNameTable NameTable", |_| Ok(object::Object::named("System.Xml.XmlNameTable").into())),
    ("bool PreserveWhitespace", |call| bool(node(call)?.document.keeps_whitespace())),
    ("set bool PreserveWhitespace", |call| {
        node(call)?.document.keep_whitespace(call.bool(0));
        null()
    }),
    ("System.Object XmlResolver", |_| null()),
    ("set System.Object XmlResolver", |_| null()),
    ("System.Xml.XmlAttribute CreateAttribute(string name)", |call| {
        Ok(Value::typed(Attribute { owner: None, name: call.text(0), loose: Arc::default() }))
    }),
    ("System.Xml.XmlCDataSection CreateCDataSection(string data)", |call| {
        made(call, Kind::CData, "", &call.text(0))
    }),
    ("System.Xml.XmlComment CreateComment(string data)", |call| made(call, Kind::Comment, "", &call.text(0))),
    ("System.Xml.XmlDocumentFragment CreateDocumentFragment()", |call| made(call, Kind::Fragment, "", "")),
    ("System.Xml.XmlElement CreateElement(string name)", |call| new_element(call, &call.text(0), "")),
    ("System.Xml.XmlElement CreateElement(string qualifiedName, string namespaceURI)", |call| {
        new_element(call, &call.text(0), &call.text(1))
    }),
    ("System.Xml.XmlElement CreateElement(string prefix, string localName, string namespaceURI)", |call| {
        let (prefix, name) = (call.text(0), call.text(1));
        let name = if prefix.is_empty() { name } else { format!("{prefix}:{name}") };
        new_element(call, &name, &call.text(2))
    }),
    ("System.Xml.XmlProcessingInstruction CreateProcessingInstruction(string target, string data)", |call| {
        made(call, Kind::Instruction, &call.text(0), &call.text(1))
    }),
    ("System.Xml.XmlText CreateTextNode(string text)", |call| made(call, Kind::Text, "", &call.text(0))),
    (
        "System.Xml.XmlDeclaration CreateXmlDeclaration(string version, string encoding, string standalone)",
        declaration,
    ),
    ("System.Xml.XmlNodeList GetElementsByTagName(string name)", by_tag),
    ("System.Xml.XmlNode ImportNode(System.Xml.XmlNode node, bool deep)", |call| {
        let other = argument(call, 0, "node")?;
        Ok(other.copy_into(&node(call)?.document, call.bool(1)).to_value())
    }),
    ("void Load(string filename)", load),
    ("void Load(System.IO.Stream inStream)", load),
    ("void Load(System.IO.TextReader txtReader)", |call| {
        let reader = call.value(0);
        let text = super::invoke(call.engine, &reader, "ReadToEnd", Vec::new())?.unwrap_or_default();
        load_text(call, &text.to_string())
    }),
    ("void LoadXml(string xml)", |call| {
        let text = call.text(0);
        load_text(call, &text)
    }),
    ("void Save(string filename)", save),
    ("void Save(System.IO.Stream outStream)", save),
    ("void Save(System.IO.TextWriter writer)", save),
    ("void Save(System.Xml.XmlWriter w)", save),
    ("static System.Xml.XmlDocument new()", |_| Ok(Document::new(false).root().to_value())),
];

fn attribute(call: &Call<'_>) -> Result<Attribute> {
    call.this_as::<Attribute>().cloned()
}

const ATTRIBUTE: &[Row] = &[
    ("string InnerText", |call| string(attribute(call)?.value())),
    ("set string InnerText", |call| {
        attribute(call)?.set_value(&call.text(0));
        null()
    }),
    ("string LocalName", |call| string(attribute(call)?.local_name())),
    ("string Name", |call| string(attribute(call)?.name)),
    ("System.Xml.XmlNodeType NodeType", |_| of_enum(&crate::enums::XML_NODE_TYPE, 2)),
    ("string OuterXml", |call| {
        let one = attribute(call)?;
        string(format!("{}=\"{}\"", one.name, escape_attribute(&one.value())))
    }),
    ("System.Xml.XmlElement OwnerElement", |call| maybe(attribute(call)?.owner)),
    ("bool Specified", |_| bool(true)),
    ("string Value", |call| string(attribute(call)?.value())),
    ("set string Value", |call| {
        attribute(call)?.set_value(&call.text(0));
        null()
    }),
];

fn owner(call: &Call<'_>) -> Result<Node> {
    call.this_as::<Nodes>()?.of_attributes().cloned().ok_or_else(|| Exception::argument_null("node"))
}

fn item_at(call: &mut Call<'_>) -> Result<Value> {
    let items = call.this_as::<Nodes>()?.items().unwrap_or_default();
    Ok(usize::try_from(call.int(0)).ok().and_then(|at| items.get(at).cloned()).unwrap_or_default())
}

const LIST: &[Row] = &[
    ("int Count", |call| int(call.this_as::<Nodes>()?.items().map_or(0, |items| items.len()))),
    ("System.Xml.XmlNode Item(int index)", item_at),
    ("System.Xml.XmlNode ItemOf(int i)", item_at),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(call.this_as::<Nodes>()?.items().unwrap_or_default())))
    }),
];

const ATTRIBUTES: &[Row] = &[
    ("System.Xml.XmlAttribute Append(System.Xml.XmlAttribute node)", |call| {
        let owner = owner(call)?;
        put_attribute(call, &owner)
    }),
    ("System.Xml.XmlNode GetNamedItem(string name)", |call| {
        let (owner, name) = (owner(call)?, call.text(0));
        Ok(owner.attribute(&name).map_or(Value::Null, |_| Value::typed(Attribute::of(&owner, &name))))
    }),
    ("System.Xml.XmlAttribute Remove(System.Xml.XmlAttribute node)", |call| {
        let name = call.plain(0).downcast::<Attribute>().map(|one| one.name.clone()).unwrap_or_default();
        owner(call)?.remove_attribute(&name);
        Ok(call.value(0))
    }),
    ("void RemoveAll()", |call| {
        let owner = owner(call)?;
        for name in owner.attribute_names() {
            owner.remove_attribute(&name);
        }
        null()
    }),
    ("System.Xml.XmlNode RemoveNamedItem(string name)", |call| {
        owner(call)?.remove_attribute(&call.text(0));
        null()
    }),
    ("System.Xml.XmlNode SetNamedItem(System.Xml.XmlNode node)", |call| {
        let owner = owner(call)?;
        put_attribute(call, &owner)
    }),
];

/// `XmlNamespaceManager`: prefixes and the namespaces they stand for.
struct Manager(RwLock<Names>);

impl Typed for Manager {
    fn type_name(&self) -> Text {
        "System.Xml.XmlNamespaceManager".into()
    }
    fn text(&self) -> String {
        "System.Xml.XmlNamespaceManager".to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn known(call: &Call<'_>, prefix: &str) -> Result<Option<String>> {
    let names = call.this_as::<Manager>()?.0.read();
    Ok(names.iter().rev().find(|(known, _)| known == prefix).map(|(_, namespace)| namespace.clone()))
}

const MANAGER: &[Row] = &[
    ("void AddNamespace(string prefix, string uri)", |call| {
        let pair = (call.text(0), call.text(1));
        call.this_as::<Manager>()?.0.write().push(pair);
        null()
    }),
    ("bool HasNamespace(string prefix)", |call| bool(known(call, &call.text(0))?.is_some())),
    ("string LookupNamespace(string prefix)", |call| {
        Ok(known(call, &call.text(0))?.map_or(Value::Null, Value::from))
    }),
    ("void RemoveNamespace(string prefix, string uri)", |call| {
        let prefix = call.text(0);
        call.this_as::<Manager>()?.0.write().retain(|(known, _)| *known != prefix);
        null()
    }),
    ("static System.Xml.XmlNamespaceManager new(System.Xml.XmlNameTable nameTable)", |_| {
        Ok(Value::typed(Manager(RwLock::default())))
    }),
];

// --- writing ----------------------------------------------------------------------------------------

/// `XmlWriter` and `XmlTextWriter`: what was written so far, and where it goes.
struct XmlWriter {
    name: &'static str,
    target: Value,
    state: Mutex<Writing>,
}

struct Writing {
    layout: Layout,
    out: String,
    /// The open elements, and whether anything but attributes is in each.
    open: Vec<(String, Inside)>,
    /// Whether the last start tag still takes attributes.
    tag: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Nothing,
    Elements,
    Text,
}

impl Typed for XmlWriter {
    fn type_name(&self) -> Text {
        self.name.into()
    }
    fn text(&self) -> String {
        self.name.to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Writing {
    fn close_tag(&mut self) {
        if std::mem::take(&mut self.tag) {
            self.out.push('>');
        }
    }
    /// A line of its own for what comes, where lines are asked for.
    fn line(&mut self) {
        let beside_text = self.open.last().is_some_and(|(_, inside)| *inside == Inside::Text);
        if let Some(indent) = self.layout.indent.clone()
            && !beside_text
            && !self.out.is_empty()
        {
            self.out.push_str(&self.layout.line_end.clone());
            self.out.push_str(&indent.repeat(self.open.len()));
        }
    }
    fn inside(&mut self, what: Inside) {
        if let Some((_, inside)) = self.open.last_mut()
            && *inside != Inside::Text
        {
            *inside = what;
        }
    }
    fn start(&mut self, name: &str) {
        self.close_tag();
        self.line();
        self.inside(Inside::Elements);
        self.out.push_str(&format!("<{name}"));
        self.open.push((name.to_owned(), Inside::Nothing));
        self.tag = true;
    }
    fn end(&mut self, full: bool) -> Result<()> {
        let Some((name, inside)) = self.open.pop() else {
            return Err(Exception::invalid_operation("There was no XML start tag open."));
        };
        if self.tag && !full {
            self.tag = false;
            self.out.push_str(" />");
            return Ok(());
        }
        self.close_tag();
        if inside == Inside::Elements {
            self.line();
        }
        self.out.push_str(&format!("</{name}>"));
        Ok(())
    }
    fn text(&mut self, text: &str) {
        self.close_tag();
        self.inside(Inside::Text);
        self.out.push_str(text);
    }
    fn beside(&mut self, text: &str) {
        self.close_tag();
        self.line();
        self.inside(Inside::Elements);
        self.out.push_str(text);
    }
}

fn writing(call: &Call<'_>, write: impl FnOnce(&mut Writing) -> Result<()>) -> Result<Value> {
    write(&mut call.this_as::<XmlWriter>()?.state.lock())?;
    null()
}

/// A node into the writer that is an argument.
fn write_node(call: &Call<'_>, at: usize, node: &Node) -> Result<Value> {
    let writer = call.plain(at).downcast::<XmlWriter>().ok_or_else(|| Exception::argument_null("w"))?;
    let mut state = writer.state.lock();
    let text = xml::written(node, &state.layout);
    state.beside(&text);
    drop(state);
    null()
}

/// Brings what was written to its target.
fn flush(call: &mut Call<'_>) -> Result<Value> {
    let writer = call.this_as::<XmlWriter>()?;
    let text = std::mem::take(&mut writer.state.lock().out);
    let target = writer.target.clone();
    if text.is_empty() {
        return null();
    }
    if let Some(builder) = target.downcast::<StringBuilder>() {
        super::string::append(builder, &text)?;
    } else if super::bytes::is_stream(&target) {
        super::bytes::write_to(&target, text.as_bytes())?;
    } else {
        super::invoke(call.engine, &target, "Write", vec![text.into()])?;
    }
    null()
}

fn close(call: &mut Call<'_>) -> Result<Value> {
    writing(call, |state| {
        while !state.open.is_empty() {
            state.end(false)?;
        }
        Ok(())
    })?;
    flush(call)?;
    let target = call.this_as::<XmlWriter>()?.target.clone();
    let file = &*target.type_name() == "System.IO.StreamWriter";
    if file {
        super::invoke(call.engine, &target, "Close", Vec::new())?;
    }
    null()
}

fn name_of(call: &Call<'_>) -> String {
    match call.count() {
        3 if !call.text(0).is_empty() => format!("{}:{}", call.text(0), call.text(1)),
        3 => call.text(1),
        _ => call.text(0),
    }
}

const WRITER: &[Row] = &[
    ("void Close()", close),
    ("void Dispose()", close),
    ("void Flush()", flush),
    ("void WriteAttributeString(string localName, string value)", |call| {
        let (name, value) = (call.text(0), escape_attribute(&call.text(1)));
        writing(call, |state| {
            if !state.tag {
                return Err(Exception::invalid_operation(
                    "Token StartAttribute in state Content would result in an invalid XML document.",
                ));
            }
            state.out.push_str(&format!(" {name}=\"{value}\""));
            Ok(())
        })
    }),
    ("void WriteCData(string text)", |call| {
        let text = format!("<![CDATA[{}]]>", call.text(0));
        writing(call, |state| {
            state.text(&text);
            Ok(())
        })
    }),
    ("void WriteComment(string text)", |call| {
        let text = format!("<!--{}-->", call.text(0));
        writing(call, |state| {
            state.beside(&text);
            Ok(())
        })
    }),
    ("void WriteElementString(string localName, string value)", |call| {
        let (name, value) = (call.text(0), escape_text(&call.text(1)));
        writing(call, |state| {
            state.start(&name);
            if !value.is_empty() {
                state.text(&value);
            }
            state.end(false)
        })
    }),
    ("void WriteEndDocument()", |call| {
        writing(call, |state| {
            while !state.open.is_empty() {
                state.end(false)?;
            }
            Ok(())
        })
    }),
    ("void WriteEndElement()", |call| writing(call, |state| state.end(false))),
    ("void WriteFullEndElement()", |call| writing(call, |state| state.end(true))),
    ("void WriteProcessingInstruction(string name, string text)", |call| {
        let text = format!("<?{} {}?>", call.text(0), call.text(1));
        writing(call, |state| {
            state.beside(&text);
            Ok(())
        })
    }),
    ("void WriteRaw(string data)", |call| {
        let text = call.text(0);
        writing(call, |state| {
            state.text(&text);
            Ok(())
        })
    }),
    ("void WriteStartDocument()", |call| {
        writing(call, |state| {
            if !state.layout.bare {
                state.beside("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
            }
            Ok(())
        })
    }),
    ("void WriteStartElement(string localName)", |call| {
        let name = name_of(call);
        writing(call, |state| {
            state.start(&name);
            Ok(())
        })
    }),
    ("void WriteStartElement(string prefix, string localName, string ns)", |call| {
        let (name, prefix, namespace) = (name_of(call), call.text(0), escape_attribute(&call.text(2)));
        writing(call, |state| {
            state.start(&name);
            if !prefix.is_empty() && !namespace.is_empty() {
                state.out.push_str(&format!(" xmlns:{prefix}=\"{namespace}\""));
            }
            Ok(())
        })
    }),
    ("void WriteString(string text)", |call| {
        let text = escape_text(&call.text(0));
        writing(call, |state| {
            state.text(&text);
            Ok(())
        })
    }),
    ("static System.Xml.XmlWriter Create(string outputFileName)", |call| create(call)),
    (
        "static System.Xml.XmlWriter Create(string outputFileName, System.Xml.XmlWriterSettings settings)",
        |call| create(call),
    ),
    ("static System.Xml.XmlWriter Create(System.Text.StringBuilder output)", |call| create(call)),
    (
        "static System.Xml.XmlWriter Create(System.Text.StringBuilder output, System.Xml.XmlWriterSettings settings)",
        |call| create(call),
    ),
    ("static System.Xml.XmlWriter Create(System.IO.TextWriter output)", |call| create(call)),
    (
        "static System.Xml.XmlWriter Create(System.IO.TextWriter output, System.Xml.XmlWriterSettings settings)",
        |call| create(call),
    ),
    ("static System.Xml.XmlWriter Create(System.IO.Stream output)", |call| create(call)),
    (
        "static System.Xml.XmlWriter Create(System.IO.Stream output, System.Xml.XmlWriterSettings settings)",
        |call| create(call),
    ),
];

fn writer(call: &Call<'_>, name: &'static str, layout: Layout) -> Result<Value> {
    let target = match call.plain(0) {
        Value::String(_) => super::stream::create_text(call, false, 1)?,
        _ => call.value(0),
    };
    let state = Writing { layout, out: String::new(), open: Vec::new(), tag: false };
    Ok(Value::typed(XmlWriter { name, target, state: Mutex::new(state) }))
}

fn create(call: &Call<'_>) -> Result<Value> {
    let mut layout = Layout::plain();
    if let Some(settings) = call.plain(1).downcast::<Fields>() {
        let is = |name: &str| crate::compare::truth(&settings.get(name));
        layout.bare = is("OmitXmlDeclaration");
        layout.line_end = settings.get("NewLineChars").to_string();
        layout.indent = is("Indent").then(|| settings.get("IndentChars").to_string());
    }
    writer(call, "System.Xml.XmlWriter", layout)
}

const SETTINGS: &[Row] = fields!(
    "bool Indent" "string IndentChars" "string NewLineChars" "bool OmitXmlDeclaration"
    "System.Text.Encoding Encoding" "bool NewLineOnAttributes" "bool CheckCharacters" "bool CloseOutput"
    "System.Object ConformanceLevel"
);

fn text_layout(call: &Call<'_>, change: impl FnOnce(&mut Layout)) -> Result<Value> {
    change(&mut call.this_as::<XmlWriter>()?.state.lock().layout);
    null()
}

const TEXT_WRITER: &[Row] = &[
    ("System.Xml.Formatting Formatting", |call| {
        let set_in = call.this_as::<XmlWriter>()?.state.lock().layout.indent.is_some();
        of_enum(&crate::enums::XML_FORMATTING, i64::from(set_in))
    }),
    ("set System.Xml.Formatting Formatting", |call| {
        let set_in = call.int(0) == 1;
        text_layout(call, |layout| layout.indent = set_in.then(|| "  ".to_owned()))
    }),
    ("int Indentation", |call| {
        int(call.this_as::<XmlWriter>()?.state.lock().layout.indent.as_ref().map_or(2, String::len))
    }),
    ("set int Indentation", |call| {
        let width = call.int(0).clamp(0, 100) as usize;
        text_layout(call, |layout| layout.indent = Some(" ".repeat(width)))
    }),
    ("char IndentChar", |_| Ok(Value::Char(32))),
    ("set char IndentChar", |call| {
        let one = call.text(0);
        text_layout(call, |layout| {
            layout.indent =
                Some(one.repeat(layout.indent.as_ref().map_or(2, |indent| indent.chars().count())));
        })
    }),
    ("static System.Xml.XmlTextWriter new(System.IO.TextWriter w)", |call| {
        writer(call, "System.Xml.XmlTextWriter", Layout::plain())
    }),
    ("static System.Xml.XmlTextWriter new(string filename, System.Text.Encoding encoding)", |call| {
        writer(call, "System.Xml.XmlTextWriter", Layout::plain())
    }),
];

// --- System.Xml.Linq --------------------------------------------------------------------------------

fn linq(call: &Call<'_>, text: &str) -> Result<Node> {
    let document = Document::new(true);
    xml::parse(text, &document.root())?;
    Ok(match &*call.this_type().name() {
        "System.Xml.Linq.XDocument" => document.root(),
        _ => document.element().ok_or_else(|| Exception::argument_null("element"))?,
    })
}

fn linq_load(call: &Call<'_>) -> Result<Value> {
    let path = resolved(call, 0);
    let all = call.engine.host().files().read(&path).map_err(|error| file_error(&error, &path))?;
    linq(call, &text_of(call, &all, 9)).map(|node| node.to_value())
}

/// Content put into an element: other elements, attributes, and text.
fn add_content(node: &Node, content: &[Value]) {
    for one in content {
        if let Some(child) = one.downcast::<Node>() {
            node.append(&child.copy_into(&node.document, true));
        } else if let Some(attribute) = one.downcast::<Attribute>() {
            node.set_attribute(&attribute.name, &attribute.value());
        } else if let Some(items) = crate::index::elements(one) {
            add_content(node, &items);
        } else if !one.is_null() {
            node.append(&node.document.make(
                Kind::Text,
                "",
                &crate::text::to_text(one, &crate::Locale::default()),
            ));
        }
    }
}

fn new_linq(call: &mut Call<'_>) -> Result<Value> {
    let document = Document::new(true);
    let made = match &*call.this_type().name() {
        "System.Xml.Linq.XDocument" => document.root(),
        _ => {
            let made = document.make(Kind::Element { short: true }, &call.text(0), "");
            document.root().append(&made);
            made
        }
    };
    let skip = usize::from(made.is_element());
    add_content(&made, &call.rest(skip));
    Ok(made.to_value())
}

fn linq_named(call: &Call<'_>, all: Vec<Node>) -> Result<Value> {
    let name = call.text(0);
    let fitting =
        all.into_iter().filter(|one| one.is_element() && (call.count() == 0 || one.local_name() == name));
    Ok(Value::array(fitting.map(|one| one.to_value())))
}

fn linq_attribute(call: &mut Call<'_>) -> Result<Value> {
    let (node, name) = (node(call)?, call.text(0));
    Ok(node.attribute(&name).map_or(Value::Null, |_| Value::typed(Attribute::of(&node, &name))))
}

const LINQ_NODE: &[Row] = &[
    ("string Value", |call| string(node(call)?.inner_text())),
    ("set string Value", |call| {
        node(call)?.set_inner_text(&call.text(0));
        null()
    }),
    ("System.Xml.Linq.XElement Parent", |call| maybe(node(call)?.parent().filter(Node::is_element))),
    ("void Add(Params System.Object[] content)", |call| {
        let content = call.rest(0);
        add_content(&node(call)?, &content);
        null()
    }),
    ("System.Object Descendants()", |call| linq_named(call, node(call)?.below())),
    ("System.Object Descendants(string name)", |call| linq_named(call, node(call)?.below())),
    ("System.Xml.Linq.XElement Element(string name)", |call| {
        let name = call.text(0);
        maybe(node(call)?.elements().into_iter().find(|one| one.local_name() == name))
    }),
    ("System.Object Elements()", |call| linq_named(call, node(call)?.children())),
    ("System.Object Elements(string name)", |call| linq_named(call, node(call)?.children())),
    ("void Remove()", |call| {
        node(call)?.detach();
        null()
    }),
    ("void Save(string fileName)", |call| {
        let path = resolved(call, 0);
        let node = node(call)?;
        let declared = node.children().iter().any(|one| one.kind() == Kind::Declaration);
        let head = if declared { "" } else { "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" };
        let text = format!("{head}{}", xml::written(&node, &Layout::indented()));
        let all = [Encoding::Utf8.mark(), text.as_bytes()].concat();
        call.engine.host().files().write(&path, &all).map_err(|error| file_error(&error, &path))?;
        null()
    }),
    ("string ToString()", |call| string(node(call)?.text())),
    ("string ToString(System.Xml.Linq.SaveOptions options)", |call| {
        let flat = call.int(0) & 1 != 0;
        let layout = if flat { Layout::plain() } else { Layout::indented() };
        string(xml::written(&node(call)?, &layout))
    }),
];

const LINQ_ELEMENT: &[Row] = &[
    ("System.Xml.Linq.XName Name", |call| {
        let node = node(call)?;
        Ok(object::Object::named("System.Xml.Linq.XName")
            .with("LocalName", node.local_name())
            .with("NamespaceName", node.namespace())
            .into())
    }),
    ("bool HasAttributes", |call| bool(!node(call)?.attribute_names().is_empty())),
    ("bool HasElements", |call| bool(!node(call)?.elements().is_empty())),
    ("bool IsEmpty", |call| bool(node(call)?.children().is_empty())),
    ("System.Xml.Linq.XAttribute Attribute(string name)", linq_attribute),
    ("System.Object Attributes()", |call| {
        let node = node(call)?;
        Ok(Value::array(node.attribute_names().iter().map(|name| Value::typed(Attribute::of(&node, name)))))
    }),
    ("void SetAttributeValue(string name, System.Object value)", |call| {
        let (node, name) = (node(call)?, call.text(0));
        if call.plain(1).is_null() {
            node.remove_attribute(&name);
        } else {
            node.set_attribute(&name, &call.text(1));
        }
        null()
    }),
    ("void SetElementValue(string name, System.Object value)", |call| {
        let (node, name) = (node(call)?, call.text(0));
        let known = node.elements().into_iter().find(|one| one.local_name() == name);
        let one = known.unwrap_or_else(|| {
            let made = node.document.make(Kind::Element { short: true }, &name, "");
            node.append(&made);
            made
        });
        if call.plain(1).is_null() {
            one.detach();
        } else {
            one.set_inner_text(&call.text(1));
        }
        null()
    }),
    ("static System.Xml.Linq.XElement Parse(string text)", |call| {
        linq(call, &call.text(0)).map(|node| node.to_value())
    }),
    ("static System.Xml.Linq.XElement Load(string uri)", |call| linq_load(call)),
    ("static System.Xml.Linq.XElement new(string name, Params System.Object[] content)", new_linq),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Xml.XmlNode", NODE),
    ("System.Xml.XmlElement", ELEMENT),
    ("System.Xml.XmlDocument", DOCUMENT),
    ("System.Xml.XmlAttribute", ATTRIBUTE),
    ("System.Xml.XmlNodeList", LIST),
    ("System.Xml.XmlAttributeCollection", LIST),
    ("System.Xml.XmlAttributeCollection", ATTRIBUTES),
    ("System.Xml.XmlNamespaceManager", MANAGER),
    ("System.Xml.XmlWriter", WRITER),
    ("System.Xml.XmlTextWriter", TEXT_WRITER),
    ("System.Xml.XmlWriterSettings", SETTINGS),
    (
        "System.Xml.XmlWriterSettings",
        &[("static object new()", |_| {
            Ok(Value::typed(Fields::new(
                "System.Xml.XmlWriterSettings",
                vec![
                    ("Indent", false.into()),
                    ("IndentChars", "  ".into()),
                    ("NewLineChars", "\n".into()),
                    ("OmitXmlDeclaration", false.into()),
                    ("Encoding", Value::typed(Encoding::Utf8)),
                    ("NewLineOnAttributes", false.into()),
                    ("CheckCharacters", true.into()),
                    ("CloseOutput", false.into()),
                ],
            )))
        })],
    ),
    ("System.Xml.Linq.XNode", LINQ_NODE),
    ("System.Xml.Linq.XElement", LINQ_ELEMENT),
    (
        "System.Xml.Linq.XDocument",
        &[
            ("System.Xml.Linq.XElement Root", |call| maybe(node(call)?.document.element())),
            ("static System.Xml.Linq.XDocument Parse(string text)", |call| {
                linq(call, &call.text(0)).map(|node| node.to_value())
            }),
            ("static System.Xml.Linq.XDocument Load(string uri)", |call| linq_load(call)),
            ("static System.Xml.Linq.XDocument new(Params System.Object[] content)", new_linq),
        ],
    ),
    (
        "System.Xml.Linq.XAttribute",
        &[
            ("System.Xml.Linq.XName Name", |call| {
                let name = attribute(call)?.local_name().to_owned();
                Ok(object::Object::named("System.Xml.Linq.XName").with("LocalName", name).into())
            }),
            ("string Value", |call| string(attribute(call)?.value())),
            ("set string Value", |call| {
                attribute(call)?.set_value(&call.text(0));
                null()
            }),
            ("static System.Xml.Linq.XAttribute new(string name, System.Object value)", |call| {
                let loose = Arc::new(RwLock::new(call.text(1)));
                Ok(Value::typed(Attribute { owner: None, name: call.text(0), loose }))
            }),
        ],
    ),
];
