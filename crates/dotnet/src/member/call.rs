//! A call of a member: the value, the arguments (already of the declared types), the engine.

use crate::collections::Collection;
use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::locale::Locale;
use crate::types::Type;
use crate::values::{self, Reference};
use object::Value;
use object::types::{DateTime, TimeSpan};
use object::value::{Dictionary, Typed};
use rust_decimal::Decimal;
use std::sync::Arc;

/// A call of a member.
pub struct Call<'a> {
    /// Whoever runs the script.
    pub engine: &'a mut dyn Engine,
    /// The value the member belongs to; for statics the type.
    pub this: &'a Value,
    /// The arguments.
    pub arguments: Vec<Value>,
    /// The member's name as the table has it: a function that serves many rows asks for it.
    pub name: &'static str,
}

impl<'a> Call<'a> {
    /// A call with arguments that fit.
    pub fn new(engine: &'a mut dyn Engine, this: &'a Value, arguments: Vec<Value>) -> Call<'a> {
        Call { engine, this, arguments, name: "" }
    }
    /// The same call, of the member of that name.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Call<'a> {
        self.name = name;
        self
    }
    /// How the session writes and reads text.
    pub fn locale(&self) -> &Locale {
        self.engine.locale()
    }
    /// The value itself.
    pub fn this(&self) -> &Value {
        values::base(self.this)
    }
    /// The value as text.
    pub fn this_text(&self) -> &str {
        self.this().as_str().unwrap_or_default()
    }
    /// The value as one of our types.
    pub fn this_as<T: Typed>(&self) -> Result<&T> {
        self.this().downcast::<T>().ok_or_else(|| wrong_this(self.this()))
    }
    /// The value as a collection.
    pub fn this_list(&self) -> Result<&Collection> {
        self.this_as::<Collection>()
    }
    /// The value as a dictionary.
    pub fn this_dictionary(&self) -> Result<Arc<Dictionary>> {
        match self.this() {
            Value::Dictionary(dictionary) => Ok(dictionary.clone()),
            other => Err(wrong_this(other)),
        }
    }
    /// The value as a date.
    pub fn this_date(&self) -> Result<DateTime> {
        match self.this() {
            Value::DateTime(date) => Ok(*date),
            other => Err(wrong_this(other)),
        }
    }
    /// The value as a span.
    pub fn this_span(&self) -> Result<TimeSpan> {
        match self.this() {
            Value::TimeSpan(span) => Ok(*span),
            other => Err(wrong_this(other)),
        }
    }
    /// The type that a static member is called on.
    pub fn this_type(&self) -> Type {
        self.this().downcast::<Type>().cloned().unwrap_or_else(Type::object)
    }

    /// How many arguments were given.
    pub fn count(&self) -> usize {
        self.arguments.len()
    }
    /// An argument.
    pub fn value(&self, at: usize) -> Value {
        self.arguments.get(at).cloned().unwrap_or_default()
    }
    /// An argument without what was added to it.
    pub fn plain(&self, at: usize) -> &Value {
        self.arguments.get(at).map_or(&Value::Null, values::base)
    }
    /// An argument as text; a char is its text, `$null` is empty.
    pub fn text(&self, at: usize) -> String {
        match self.plain(at) {
            Value::String(text) => text.to_string(),
            Value::Null => String::new(),
            other => crate::text::to_text(other, self.engine.locale()),
        }
    }
    /// An argument as a whole number.
    pub fn int(&self, at: usize) -> i64 {
        self.plain(at).as_i64().or_else(|| values::double(self.plain(at)).map(|n| n as i64)).unwrap_or(0)
    }
    /// An argument as a double.
    pub fn double(&self, at: usize) -> f64 {
        values::double(self.plain(at)).unwrap_or(0.0)
    }
    /// An argument as a decimal.
    pub fn decimal(&self, at: usize) -> Decimal {
        match self.plain(at) {
            Value::Decimal(n) => *n,
            other => crate::parse::decimal_text(&other.to_string()).unwrap_or_default(),
        }
    }
    /// An argument as a truth value.
    pub fn bool(&self, at: usize) -> bool {
        crate::compare::truth(self.plain(at))
    }
    /// An argument's elements.
    pub fn items(&self, at: usize) -> Vec<Value> {
        crate::index::walk(self.plain(at))
    }
    /// All arguments from `at` on, those of a trailing `params` array one by one.
    pub fn rest(&self, at: usize) -> Vec<Value> {
        match self.arguments.get(at..) {
            Some([one]) => crate::index::elements(one).unwrap_or_else(|| vec![one.clone()]),
            Some(several) => several.to_vec(),
            None => Vec::new(),
        }
    }
    /// Bytes of a `byte[]` argument.
    pub fn bytes(&self, at: usize) -> Vec<u8> {
        self.items(at).iter().filter_map(|byte| byte.as_i64().map(|n| n as u8)).collect()
    }
    /// Writes an `[ref]` argument.
    pub fn set_reference(&self, at: usize, value: Value) {
        if let Some(reference) = self.plain(at).downcast::<Reference>() {
            *reference.0.write() = value;
        }
    }
    /// The culture that an argument names, else the session's.
    pub fn culture(&self, at: usize) -> Result<Locale> {
        let Some(culture) = values::culture_of(self.plain(at)) else { return Ok(self.locale().clone()) };
        let kept = crate::culture::kept(&culture).ok_or_else(|| {
            Exception::new(
                "System.OutOfMemoryException",
                "This session has made as many cultures of its own as it may.",
            )
        })?;
        Ok(self.locale().in_culture(kept))
    }
}

fn wrong_this(value: &Value) -> Exception {
    Exception::new(
        "System.InvalidCastException",
        format!("A value of type '{}' has no such member.", value.type_name()),
    )
}
