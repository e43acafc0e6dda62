//! `NameValueCollection`: names that ignore case, each with one or more texts; and `BitArray`.

use object::Value;
use object::value::{Text, Typed};
use parking_lot::RwLock;
use std::any::Any;

/// `System.Collections.Specialized.NameValueCollection`.
#[derive(Default)]
pub struct NameValues(pub RwLock<Vec<(Text, Vec<Text>)>>);

impl NameValues {
    /// Where a name stands.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.0.read().iter().position(|(known, _)| known.eq_ignore_ascii_case(name))
    }
    /// The texts of the name at a place.
    pub fn texts(&self, at: usize) -> Option<Vec<Text>> {
        self.0.read().get(at).map(|(_, texts)| texts.clone())
    }
    /// The texts of a place as one, with commas between them.
    pub fn joined(&self, at: usize) -> Value {
        self.texts(at).map_or(Value::Null, |texts| texts.join(",").into())
    }
    /// Adds a text under a name.
    pub fn add(&self, name: &str, text: Text) {
        match self.place(name) {
            Some(at) => self.0.write()[at].1.push(text),
            None => self.0.write().push((name.into(), vec![text])),
        }
    }
    /// All names with their texts, a pair for each text.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let held = self.0.read();
        let pairs = held.iter().flat_map(|(name, texts)| texts.iter().map(move |text| (name, text)));
        pairs.map(|(name, text)| (name.to_string(), text.to_string())).collect()
    }
    /// Gives a name exactly one text.
    pub fn set(&self, name: &str, text: Text) {
        match self.place(name) {
            Some(at) => self.0.write()[at].1 = vec![text],
            None => self.0.write().push((name.into(), vec![text])),
        }
    }
}

impl Typed for NameValues {
    fn type_name(&self) -> Text {
        "System.Collections.Specialized.NameValueCollection".into()
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    /// A walk gives the names.
    fn items(&self) -> Option<Vec<Value>> {
        Some(self.0.read().iter().map(|(name, _)| name.clone().into()).collect())
    }
}

/// `System.Collections.BitArray`.
pub struct Bits(pub RwLock<Vec<bool>>);

impl Typed for Bits {
    fn type_name(&self) -> Text {
        "System.Collections.BitArray".into()
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn items(&self) -> Option<Vec<Value>> {
        Some(self.0.read().iter().map(|bit| Value::Bool(*bit)).collect())
    }
}
