//! Objects of .NET that are little more than a handful of properties which scripts read and set.

use super::{Call, Run};
use crate::exception::Result;
use object::Value;
use object::value::{Text, Typed};
use parking_lot::RwLock;
use std::any::Any;

/// An object whose state is its properties.
pub struct Fields {
    name: &'static str,
    held: RwLock<Vec<(&'static str, Value)>>,
}

impl Fields {
    /// An object of a type with what its properties hold at first.
    pub fn new(name: &'static str, held: Vec<(&'static str, Value)>) -> Fields {
        Fields { name, held: RwLock::new(held) }
    }
    /// What a property holds; `$null` where nothing was set.
    pub fn get(&self, name: &str) -> Value {
        self.held
            .read()
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(Value::Null, |(_, value)| value.clone())
    }
    /// Sets a property.
    pub fn set(&self, name: &'static str, value: Value) {
        let mut held = self.held.write();
        match held.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => held.push((name, value)),
        }
    }
}

impl Typed for Fields {
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

/// The row that reads a property of such an object.
pub(super) const READ: Run =
    |call: &mut Call<'_>| -> Result<Value> { Ok(call.this_as::<Fields>()?.get(call.name)) };

/// The row that sets one.
pub(super) const WRITE: Run = |call: &mut Call<'_>| -> Result<Value> {
    let new = call.value(0);
    call.this_as::<Fields>()?.set(call.name, new);
    Ok(Value::Null)
};

/// Rows for properties that are read and set: `"string Subject"`.
macro_rules! fields {
    ($($signature:literal)*) => {
        &[$(
            ($signature, crate::member::fields::READ),
            (concat!("set ", $signature), crate::member::fields::WRITE),
        )*]
    };
}
pub(super) use fields;
