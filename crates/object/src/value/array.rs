//! An array: a fixed number of elements, shared by all who hold it.

use super::{Text, Value};
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// `System.Object[]`, or an array of one element type.
pub struct Array {
    element: Option<Text>,
    /// The length of each dimension, where there are several; the elements lie row by row.
    shape: Vec<usize>,
    items: RwLock<Vec<Value>>,
}

impl Array {
    /// An `Object[]`.
    pub fn new(items: Vec<Value>) -> Array {
        Array { element: None, shape: Vec::new(), items: RwLock::new(items) }
    }
    /// An array of one element type, by its .NET name (`System.Int32`).
    pub fn of(element: impl Into<Text>, items: Vec<Value>) -> Array {
        Array { element: Some(element.into()), shape: Vec::new(), items: RwLock::new(items) }
    }
    /// An array of several dimensions (`[int[,]]`), its elements row by row.
    pub fn shaped(element: Option<Text>, shape: Vec<usize>, items: Vec<Value>) -> Array {
        Array { element, shape, items: RwLock::new(items) }
    }
    /// The length of each dimension; empty where there is one.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }
    /// The .NET name of the element type; `None` is `System.Object`.
    pub fn element(&self) -> Option<&Text> {
        self.element.as_ref()
    }
    /// The .NET name of the array type.
    pub fn type_name(&self) -> Text {
        let commas = ",".repeat(self.shape.len().saturating_sub(1));
        match &self.element {
            None if commas.is_empty() => "System.Object[]".into(),
            None => format!("System.Object[{commas}]").into(),
            Some(element) => format!("{element}[{commas}]").into(),
        }
    }
    /// The number of elements.
    pub fn len(&self) -> usize {
        self.items.read().len()
    }
    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The element at `at`.
    pub fn get(&self, at: usize) -> Option<Value> {
        self.items.read().get(at).cloned()
    }
    /// A copy of all elements.
    pub fn to_vec(&self) -> Vec<Value> {
        self.items.read().clone()
    }
    /// The elements, held for reading. Do not call back into scripts while holding it.
    pub fn read(&self) -> RwLockReadGuard<'_, Vec<Value>> {
        self.items.read()
    }
    /// The elements, held for writing. Do not call back into scripts while holding it.
    pub fn write(&self) -> RwLockWriteGuard<'_, Vec<Value>> {
        self.items.write()
    }
}
