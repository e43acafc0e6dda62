//! `LinkedList[T]`: values in a row, each in a node that stays the same when others come and go.

use crate::types::Type;
use object::Value;
use object::value::{Text, Typed};
use parking_lot::RwLock;
use std::any::Any;
use std::sync::Arc;

/// A linked list, shared by all who hold it or one of its nodes.
#[derive(Clone)]
pub struct Linked(Arc<Inner>);

struct Inner {
    element: Option<Type>,
    nodes: RwLock<Nodes>,
}

#[derive(Default)]
struct Nodes {
    row: Vec<(u64, Value)>,
    last_number: u64,
}

impl Linked {
    /// A list with its element type.
    pub fn new(element: Option<Type>, items: Vec<Value>) -> Linked {
        let made = Linked(Arc::new(Inner { element, nodes: RwLock::default() }));
        for item in items {
            made.insert(made.len(), item);
        }
        made
    }
    /// The type of its elements.
    pub fn element(&self) -> Option<&Type> {
        self.0.element.as_ref()
    }
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.nodes.read().row.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The values.
    pub fn values(&self) -> Vec<Value> {
        self.0.nodes.read().row.iter().map(|(_, value)| value.clone()).collect()
    }
    /// Puts a value at a place and gives its node.
    pub fn insert(&self, at: usize, value: Value) -> Node {
        let mut nodes = self.0.nodes.write();
        nodes.last_number += 1;
        let number = nodes.last_number;
        nodes.row.insert(at, (number, value));
        Node { list: self.clone(), number }
    }
    /// The node at a place.
    pub fn node(&self, at: usize) -> Option<Node> {
        let number = self.0.nodes.read().row.get(at)?.0;
        Some(Node { list: self.clone(), number })
    }
    /// Takes the value at a place out.
    pub fn take(&self, at: usize) -> Option<Value> {
        let mut nodes = self.0.nodes.write();
        (at < nodes.row.len()).then(|| nodes.row.remove(at).1)
    }
    /// Takes all values out.
    pub fn clear(&self) {
        self.0.nodes.write().row.clear();
    }
    /// Whether both are the same list.
    pub fn is(&self, other: &Linked) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Typed for Linked {
    fn type_name(&self) -> Text {
        named("System.Collections.Generic.LinkedList`1", self.element())
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn items(&self) -> Option<Vec<Value>> {
        Some(self.values())
    }
}

fn named(name: &str, element: Option<&Type>) -> Text {
    match element {
        Some(of) => format!("{name}[{}]", of.name()).into(),
        None => name.into(),
    }
}

/// A node: its list and the number it got when it came.
#[derive(Clone)]
pub struct Node {
    /// The list it belongs to.
    pub list: Linked,
    number: u64,
}

impl Node {
    /// Where it stands; `None` once it was taken out.
    pub fn place(&self) -> Option<usize> {
        self.list.0.nodes.read().row.iter().position(|(number, _)| *number == self.number)
    }
    /// Its value.
    pub fn value(&self) -> Value {
        let nodes = self.list.0.nodes.read();
        let found = nodes.row.iter().find(|(number, _)| *number == self.number);
        found.map_or(Value::Null, |(_, value)| value.clone())
    }
    /// Gives it another value.
    pub fn set(&self, value: Value) {
        let mut nodes = self.list.0.nodes.write();
        if let Some(row) = nodes.row.iter_mut().find(|(number, _)| *number == self.number) {
            row.1 = value;
        }
    }
}

impl Typed for Node {
    fn type_name(&self) -> Text {
        named("System.Collections.Generic.LinkedListNode`1", self.list.element())
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
