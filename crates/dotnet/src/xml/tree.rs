//! The tree: nodes in one list, each known by its number; handles share it.

use object::Value;
use object::value::{Text, Typed};
use parking_lot::RwLock;
use std::any::Any;
use std::sync::Arc;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are .NET's")]
pub enum Kind {
    Document,
    Fragment,
    /// `short`: it was written, or made, without an end tag.
    Element {
        short: bool,
    },
    Text,
    CData,
    Comment,
    Whitespace,
    Declaration,
    Instruction,
    DocType,
}

impl Kind {
    /// The number of `XmlNodeType`.
    pub fn number(self) -> i64 {
        match self {
            Kind::Element { .. } => 1,
            Kind::Text => 3,
            Kind::CData => 4,
            Kind::Instruction => 7,
            Kind::Comment => 8,
            Kind::Document => 9,
            Kind::DocType => 10,
            Kind::Fragment => 11,
            Kind::Whitespace => 13,
            Kind::Declaration => 17,
        }
    }
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Kind::Document => "System.Xml.XmlDocument",
            Kind::Fragment => "System.Xml.XmlDocumentFragment",
            Kind::Element { .. } => "System.Xml.XmlElement",
            Kind::Text => "System.Xml.XmlText",
            Kind::CData => "System.Xml.XmlCDataSection",
            Kind::Comment => "System.Xml.XmlComment",
            Kind::Whitespace => "System.Xml.XmlWhitespace",
            Kind::Declaration => "System.Xml.XmlDeclaration",
            Kind::Instruction => "System.Xml.XmlProcessingInstruction",
            Kind::DocType => "System.Xml.XmlDocumentType",
        }
    }
    /// Whether it can have children.
    pub fn is_container(self) -> bool {
        matches!(self, Kind::Document | Kind::Fragment | Kind::Element { .. })
    }
}

pub(super) struct Data {
    pub(super) kind: Kind,
    /// The name as written: `d:item`; the target of an instruction.
    pub(super) name: String,
    /// The text of what has no children.
    pub(super) value: String,
    /// A namespace that was said when the element was made, without an `xmlns` of its own.
    pub(super) namespace: Option<String>,
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<usize>,
    pub(super) attributes: Vec<(String, String)>,
}

/// A document: all its nodes, those that were taken out too.
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    nodes: RwLock<Vec<Data>>,
    keeps_whitespace: RwLock<bool>,
    /// Whether its handles are those of `System.Xml.Linq`.
    linq: bool,
}

/// A node of a document.
#[derive(Clone)]
pub struct Node {
    /// Its document.
    pub document: Document,
    pub(super) at: usize,
}

impl Document {
    /// A document without any node but itself.
    pub fn new(linq: bool) -> Document {
        let made =
            Document(Arc::new(Inner { nodes: RwLock::default(), keeps_whitespace: RwLock::default(), linq }));
        made.make(Kind::Document, "#document", "");
        made
    }
    /// The document as a node.
    pub fn root(&self) -> Node {
        Node { document: self.clone(), at: 0 }
    }
    /// A new node that stands nowhere yet.
    pub fn make(&self, kind: Kind, name: &str, value: &str) -> Node {
        let mut nodes = self.0.nodes.write();
        nodes.push(Data {
            kind,
            name: name.to_owned(),
            value: value.to_owned(),
            namespace: None,
            parent: None,
            children: Vec::new(),
            attributes: Vec::new(),
        });
        Node { document: self.clone(), at: nodes.len() - 1 }
    }
    /// Whether both are the same document.
    pub fn is(&self, other: &Document) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
    /// Whether blank text between elements is kept.
    pub fn keeps_whitespace(&self) -> bool {
        *self.0.keeps_whitespace.read()
    }
    /// Says whether it is.
    pub fn keep_whitespace(&self, keep: bool) {
        *self.0.keeps_whitespace.write() = keep;
    }
    /// Whether scripts see it as `System.Xml.Linq`.
    pub fn is_linq(&self) -> bool {
        self.0.linq
    }
    /// The element that holds all others.
    pub fn element(&self) -> Option<Node> {
        self.root().elements().into_iter().next()
    }
}

impl Node {
    pub(super) fn read<T>(&self, look: impl FnOnce(&Data) -> T) -> T {
        look(&self.document.0.nodes.read()[self.at])
    }
    fn change<T>(&self, change: impl FnOnce(&mut Data) -> T) -> T {
        change(&mut self.document.0.nodes.write()[self.at])
    }
    fn sibling_node(&self, at: usize) -> Node {
        Node { document: self.document.clone(), at }
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.read(|data| data.kind)
    }
    /// Whether it is an element.
    pub fn is_element(&self) -> bool {
        matches!(self.kind(), Kind::Element { .. })
    }
    /// Its name as .NET gives it: `d:item`, `#text`.
    pub fn name(&self) -> String {
        match self.kind() {
            Kind::Document => "#document".into(),
            Kind::Fragment => "#document-fragment".into(),
            Kind::Text => "#text".into(),
            Kind::CData => "#cdata-section".into(),
            Kind::Comment => "#comment".into(),
            Kind::Whitespace => "#whitespace".into(),
            Kind::Declaration => "xml".into(),
            _ => self.read(|data| data.name.clone()),
        }
    }
    /// Its name without the prefix.
    pub fn local_name(&self) -> String {
        let name = self.name();
        name.split_once(':').map_or(name.clone(), |(_, local)| local.to_owned())
    }
    /// The prefix of its name.
    pub fn prefix(&self) -> String {
        if !self.is_element() {
            return String::new();
        }
        self.name().split_once(':').map_or_else(String::new, |(prefix, _)| prefix.to_owned())
    }
    /// The namespace of its name.
    pub fn namespace(&self) -> String {
        if !self.is_element() {
            return String::new();
        }
        if let Some(said) = self.read(|data| data.namespace.clone()) {
            return said;
        }
        self.namespace_of(&self.prefix()).unwrap_or_default()
    }
    /// Says the namespace of an element that has no `xmlns` for it.
    pub fn set_namespace(&self, namespace: &str) {
        self.change(|data| data.namespace = Some(namespace.to_owned()));
    }
    /// The namespace that a prefix stands for here.
    pub fn namespace_of(&self, prefix: &str) -> Option<String> {
        if prefix == "xml" {
            return Some("http://www.w3.org/XML/1998/namespace".to_owned());
        }
        let wanted = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        let mut at = Some(self.clone());
        while let Some(node) = at {
            if let Some(found) = node.attribute(&wanted) {
                return Some(found);
            }
            let made = node.read(|data| data.namespace.clone()).filter(|_| node.prefix() == prefix);
            if made.is_some() {
                return made;
            }
            at = node.parent();
        }
        None
    }
    /// The text of what has no children.
    pub fn value(&self) -> String {
        self.read(|data| data.value.clone())
    }
    /// Changes that text.
    pub fn set_value(&self, value: &str) {
        self.change(|data| data.value = value.to_owned());
    }
    /// What it stands in.
    pub fn parent(&self) -> Option<Node> {
        self.read(|data| data.parent).map(|at| self.sibling_node(at))
    }
    /// What stands in it.
    pub fn children(&self) -> Vec<Node> {
        let all = self.read(|data| data.children.clone());
        all.into_iter().map(|at| self.sibling_node(at)).collect()
    }
    /// The elements in it.
    pub fn elements(&self) -> Vec<Node> {
        self.children().into_iter().filter(Node::is_element).collect()
    }
    /// Everything below it, in the order of the text.
    pub fn below(&self) -> Vec<Node> {
        let mut found = Vec::new();
        let mut open: Vec<Node> = self.children().into_iter().rev().collect();
        while let Some(node) = open.pop() {
            open.extend(node.children().into_iter().rev());
            found.push(node);
        }
        found
    }
    /// Its place among those beside it.
    pub fn place(&self) -> Option<usize> {
        self.parent()?.read(|data| data.children.iter().position(|at| *at == self.at))
    }
    /// The node so many places behind it.
    pub fn neighbour(&self, step: isize) -> Option<Node> {
        let at = self.place()?.checked_add_signed(step)?;
        self.parent()?.children().into_iter().nth(at)
    }
    /// Whether both are the same node.
    pub fn is(&self, other: &Node) -> bool {
        self.at == other.at && self.document.is(&other.document)
    }
    /// Whether this one is the other or holds it.
    pub fn holds(&self, other: &Node) -> bool {
        let mut at = Some(other.clone());
        while let Some(node) = at {
            if node.is(self) {
                return true;
            }
            at = node.parent();
        }
        false
    }

    /// Takes it out of what it stands in.
    pub fn detach(&self) {
        if let (Some(parent), Some(place)) = (self.parent(), self.place()) {
            parent.change(|data| data.children.remove(place));
        }
        self.change(|data| data.parent = None);
    }
    /// Puts a node, or all of a fragment, at a place; both must be of one document.
    pub fn insert(&self, place: usize, node: &Node) {
        let all = if node.kind() == Kind::Fragment { node.children() } else { vec![node.clone()] };
        let mut place = place;
        for one in all {
            // A node that moves forward among its own siblings leaves a gap before it.
            if one.parent().is_some_and(|parent| parent.is(self))
                && one.place().is_some_and(|old| old < place)
            {
                place -= 1;
            }
            one.detach();
            self.change(|data| data.children.insert(place.min(data.children.len()), one.at));
            one.change(|data| data.parent = Some(self.at));
            place += 1;
        }
        self.change(|data| {
            if let Kind::Element { short } = &mut data.kind {
                *short = false;
            }
        });
    }
    /// How many nodes stand above it.
    pub fn depth(&self) -> usize {
        std::iter::successors(self.parent(), Node::parent).count()
    }
    /// How many levels it holds, its own counted; no more than `most` are looked at.
    pub fn height(&self, most: usize) -> usize {
        let (mut level, mut height) = (vec![self.clone()], 0);
        while !level.is_empty() && height <= most {
            height += 1;
            level = level.iter().flat_map(Node::children).collect();
        }
        height
    }
    /// Puts a node behind all others.
    pub fn append(&self, node: &Node) {
        self.insert(self.read(|data| data.children.len()), node);
    }
    /// Takes out everything in it.
    pub fn clear(&self) {
        for child in self.children() {
            child.detach();
        }
    }
    /// A copy that stands nowhere, in a document.
    pub fn copy_into(&self, document: &Document, deep: bool) -> Node {
        let (kind, name, value) = self.read(|data| (data.kind, data.name.clone(), data.value.clone()));
        let made = document.make(kind, &name, &value);
        let (attributes, namespace) = self.read(|data| (data.attributes.clone(), data.namespace.clone()));
        made.change(|data| (data.attributes, data.namespace) = (attributes, namespace));
        if deep {
            for child in self.children() {
                made.append(&child.copy_into(document, true));
            }
            made.change(|data| data.kind = kind);
        }
        made
    }

    /// An attribute's text.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.read(|data| {
            data.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        })
    }
    /// The names of its attributes.
    pub fn attribute_names(&self) -> Vec<String> {
        self.read(|data| data.attributes.iter().map(|(name, _)| name.clone()).collect())
    }
    /// Gives an attribute a text.
    pub fn set_attribute(&self, name: &str, value: &str) {
        self.change(|data| match data.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value.to_owned(),
            None => data.attributes.push((name.to_owned(), value.to_owned())),
        });
    }
    /// Takes an attribute away; whether it was there.
    pub fn remove_attribute(&self, name: &str) -> bool {
        self.change(|data| {
            let before = data.attributes.len();
            data.attributes.retain(|(known, _)| known != name);
            data.attributes.len() != before
        })
    }

    /// All text in it.
    pub fn inner_text(&self) -> String {
        if !self.kind().is_container() {
            return self.value();
        }
        let texts = self
            .below()
            .into_iter()
            .filter(|node| matches!(node.kind(), Kind::Text | Kind::CData | Kind::Whitespace));
        texts.map(|node| node.value()).collect()
    }
    /// Replaces what is in it by text.
    pub fn set_inner_text(&self, text: &str) {
        if !self.kind().is_container() {
            return self.set_value(text);
        }
        self.clear();
        if !text.is_empty() {
            self.append(&self.document.make(Kind::Text, "", text));
        }
    }

    /// The node as a value for scripts.
    pub fn to_value(&self) -> Value {
        Value::typed(self.clone())
    }
}

/// An attribute: its element and its name.
#[derive(Clone)]
pub struct Attribute {
    /// The element it stands at.
    pub owner: Option<Node>,
    /// Its name as written.
    pub name: String,
    /// Its text while it stands at no element.
    pub loose: Arc<RwLock<String>>,
}

impl Attribute {
    /// An attribute of an element.
    pub fn of(owner: &Node, name: &str) -> Attribute {
        Attribute { owner: Some(owner.clone()), name: name.to_owned(), loose: Arc::default() }
    }
    /// Its text.
    pub fn value(&self) -> String {
        match &self.owner {
            Some(owner) => owner.attribute(&self.name).unwrap_or_default(),
            None => self.loose.read().clone(),
        }
    }
    /// Changes its text.
    pub fn set_value(&self, value: &str) {
        match &self.owner {
            Some(owner) => owner.set_attribute(&self.name, value),
            None => *self.loose.write() = value.to_owned(),
        }
    }
    /// Its name without the prefix.
    pub fn local_name(&self) -> &str {
        self.name.split_once(':').map_or(&self.name, |(_, local)| local)
    }
}

impl Typed for Attribute {
    fn type_name(&self) -> Text {
        match self.owner.as_ref().is_some_and(|owner| owner.document.is_linq()) {
            true => "System.Xml.Linq.XAttribute".into(),
            false => "System.Xml.XmlAttribute".into(),
        }
    }
    fn text(&self) -> String {
        match &self.owner {
            Some(owner) if owner.document.is_linq() => format!("{}=\"{}\"", self.name, self.value()),
            _ => "System.Xml.XmlAttribute".to_owned(),
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `XmlNodeList`, and `XmlAttributeCollection` where `owner` is its element.
pub struct Nodes {
    /// What is in it; of a live list it is asked anew each time.
    pub list: Vec<Value>,
    /// The node whose children, or the element whose attributes, are listed as they are now.
    pub owner: Option<(Node, bool)>,
}

impl Nodes {
    fn now(&self) -> Vec<Value> {
        match &self.owner {
            Some((owner, true)) => {
                owner.attribute_names().iter().map(|name| Value::typed(Attribute::of(owner, name))).collect()
            }
            Some((owner, false)) => owner.children().iter().map(Node::to_value).collect(),
            None => self.list.clone(),
        }
    }
    /// Whether it lists attributes.
    pub fn of_attributes(&self) -> Option<&Node> {
        self.owner.as_ref().filter(|(_, attributes)| *attributes).map(|(owner, _)| owner)
    }
}

impl Typed for Nodes {
    fn type_name(&self) -> Text {
        match self.of_attributes() {
            Some(_) => "System.Xml.XmlAttributeCollection".into(),
            None => "System.Xml.XmlNodeList".into(),
        }
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn items(&self) -> Option<Vec<Value>> {
        Some(self.now())
    }
    fn member(&self, name: &str) -> Option<Value> {
        // `$attributes['name']` reaches here by way of the indexer, which asks for `[name]`.
        let inside = name.strip_prefix('[')?.strip_suffix(']')?;
        let owner = self.of_attributes()?;
        let there = owner.attribute(inside).map(|_| Value::typed(Attribute::of(owner, inside)));
        Some(there.unwrap_or_default())
    }
}
