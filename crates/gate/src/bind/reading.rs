//! What the binder asks of its surroundings: how values are read, checked and asked for.

use super::{Bound, refusal};
use crate::signature::{Formal, Signature};
use object::types::{DateKind, DateTime, kinds};
use object::value::Text;
use object::{Result, Value};
use std::sync::Arc;

/// What joins a command because of what was bound so far.
#[derive(Default)]
pub struct Joining {
    /// Parameter sets behind those that the command has itself.
    pub sets: Vec<Text>,
    /// Parameters; the numbers of their sets count the joining ones.
    pub formals: Vec<Formal>,
}

/// How values become values of a parameter. The default is what a declared [`Kind`](object::types::Kind)
/// says; script functions read by their own types and attributes, and can ask a person.
pub trait Reading {
    /// `value` as it is (or as the one element of a list), when it is of the parameter's type already.
    fn as_it_is(&mut self, _at: usize, formal: &Formal, value: &Value) -> Option<Value> {
        as_it_is(formal, value)
    }
    /// `value` converted to the parameter's type; an error says why it cannot be.
    fn read(&mut self, _at: usize, formal: &Formal, value: Value) -> Result<Value> {
        read(formal, value)
    }
    /// Refuses a value of the right type that is not allowed (`[ValidateSet()]` …).
    fn check(&mut self, _at: usize, _formal: &Formal, _value: &Value) -> Result<()> {
        Ok(())
    }
    /// Whether a parameter of any type takes every value as it is, unasked: nothing but what the declaration says is
    /// checked.
    fn takes_whatever(&self) -> bool {
        false
    }
    /// Whether the parameter holds text, so that a mandatory one refuses the empty text.
    fn is_text(&self, _at: usize, formal: &Formal) -> bool {
        std::ptr::eq(formal.kind, &kinds::STRING)
    }
    /// Whether what a declaration presumes stands in for a mandatory parameter that was not given. Exchange itself
    /// presumes nothing, so whoever wants exactly its answers says no.
    fn presumes(&self) -> bool {
        true
    }
    /// Asks for mandatory parameters that were not given. `None`: nobody is there to be asked.
    fn ask(&mut self, _missing: &[&Formal]) -> Result<Option<Vec<Value>>> {
        Ok(None)
    }
    /// Whether `value` is a script block that shall be run for each piped object to give `formal` its value.
    fn waits_for_input(&mut self, _at: usize, _formal: &Formal, _value: &Value) -> bool {
        false
    }
    /// Runs such a script block for a piped object.
    fn run_for(&mut self, block: &Value, _input: &Value) -> Result<Value> {
        Ok(block.clone())
    }
    /// The value of a member of a piped object; `None` when it has none of that name.
    fn member(&mut self, input: &Value, name: &str) -> Option<Value> {
        member(input, name)
    }
    /// Parameters that join the command because of what was bound so far (dynamic parameters).
    fn joining(&mut self, _signature: &Arc<Signature>, _bound: &Bound) -> Result<Joining> {
        Ok(Joining::default())
    }
    /// A default from `$PSDefaultParameterValues` for a parameter that was not given.
    fn preset(&mut self, _formal: &Formal) -> Option<Value> {
        None
    }
}

/// Values are read by the declared kinds.
pub struct Strict;

impl Reading for Strict {}

/// Only switches, booleans, numbers, dates and GUIDs are read; everything else is taken as it is. This is how
/// recorded bindings were made, where no other types existed.
pub struct Plain;

impl Plain {
    fn is_typed(formal: &Formal) -> bool {
        let typed = ["SwitchParameter", "Boolean", "Int32", "Int64", "DateTime", "ExDateTime", "Guid"];
        let name = formal.type_name.rsplit('.').next().unwrap_or_default();
        typed.contains(&name) && !formal.many
    }
}

impl Reading for Plain {
    fn as_it_is(&mut self, _: usize, formal: &Formal, value: &Value) -> Option<Value> {
        if Plain::is_typed(formal) { as_it_is(formal, value) } else { Some(value.clone()) }
    }
    fn read(&mut self, _: usize, formal: &Formal, value: Value) -> Result<Value> {
        if Plain::is_typed(formal) { read(formal, value) } else { Ok(value) }
    }
    fn is_text(&self, _: usize, _: &Formal) -> bool {
        false
    }
    fn presumes(&self) -> bool {
        false
    }
}

/// Whether `value` is of the parameter's kind without conversion.
fn as_it_is(formal: &Formal, value: &Value) -> Option<Value> {
    if formal.many {
        let items = value.items();
        let fits = items.iter().all(|item| is_of_kind(formal, item)) && !value.is_null();
        let list = matches!(value, Value::Array(_)) || value.items().len() != 1;
        return fits.then(|| if list { value.clone() } else { Value::array(items) });
    }
    is_of_kind(formal, value).then(|| value.clone())
}

fn is_of_kind(formal: &Formal, value: &Value) -> bool {
    let kind = formal.kind;
    match value {
        // No text is an identity of a type that is not known here: another parameter at its place may take it unchanged.
        Value::String(_) if formal.type_name.ends_with("IdParameter") => false,
        _ if std::ptr::eq(kind, &kinds::ANY) => true,
        Value::Null => false,
        Value::Bool(_) => std::ptr::eq(kind, &kinds::BOOLEAN),
        Value::String(_) => std::ptr::eq(kind, &kinds::STRING),
        Value::Int32(_) => std::ptr::eq(kind, &kinds::INT32),
        Value::Int64(_) => std::ptr::eq(kind, &kinds::INT64),
        Value::UInt32(_) => std::ptr::eq(kind, &kinds::UINT32),
        Value::Guid(_) => std::ptr::eq(kind, &kinds::GUID),
        Value::DateTime(_) => std::ptr::eq(kind, &kinds::DATE_TIME),
        Value::TimeSpan(_) => std::ptr::eq(kind, &kinds::TIME_SPAN),
        Value::Array(_) | Value::Dictionary(_) => false,
        // A typed value, an enumeration or an object: its kind takes it unchanged or not at all.
        other => (kind.read)(other).is_ok_and(|read| read.type_name() == other.type_name()),
    }
}

/// `value` read by the parameter's kind, each element where it takes a list. `$null` stays `$null`, but not
/// where the kind holds no empty value.
fn read(formal: &Formal, value: Value) -> Result<Value> {
    let refuse = |value: &Value, error: object::Error| refusal::transformation(formal, value, &error);
    if formal.many {
        return read_many(formal, value);
    }
    match value {
        Value::Null if !is_scalar(formal) => Ok(Value::Null),
        Value::Array(array) if array.len() == 1 && !std::ptr::eq(formal.kind, &kinds::ANY) => {
            read(formal, array.get(0).unwrap_or_default())
        }
        // A switch and a boolean take numbers, never words: 'false' would else mean true to many.
        Value::String(_) if is_truth(formal) => Err(refusal::no_boolean(formal, &value)),
        value => (formal.kind.read)(&rounded(formal, &value)).map_err(|error| refuse(&value, error)),
    }
}

/// What PowerShell makes of a number: the nearest whole one where that is wanted, halves become even.
fn rounded(formal: &Formal, value: &Value) -> Value {
    let whole = [&kinds::INT32, &kinds::INT64, &kinds::UINT32];
    match value {
        Value::Double(number) if whole.iter().any(|kind| std::ptr::eq(*kind, formal.kind)) => {
            number.round_ties_even().into()
        }
        // A number is a date's ticks.
        value if std::ptr::eq(formal.kind, &kinds::DATE_TIME) => match value.as_i64() {
            Some(ticks) => DateTime::new(ticks, DateKind::Unspecified).into(),
            None => value.clone(),
        },
        // A switch handed on: `-Force:$Force`.
        Value::Typed(switch) if is_truth(formal) => {
            switch.member("IsPresent").unwrap_or_else(|| value.clone())
        }
        value => value.clone(),
    }
}

/// A list of values, or a dictionary `@{Add=…; Remove=…}` whose lists are read.
fn read_many(formal: &Formal, value: Value) -> Result<Value> {
    let each = |value: Value| -> Result<Value> {
        let one = Formal { many: false, ..formal.clone() };
        let items: Result<Vec<Value>> = value.items().into_iter().map(|item| read(&one, item)).collect();
        items.map(Value::array)
    };
    match value {
        Value::Null => Ok(Value::Null),
        Value::Dictionary(edit) if !std::ptr::eq(formal.kind, &kinds::ANY) => {
            let changed = object::value::Dictionary::new();
            for (word, list) in edit.to_vec() {
                changed.insert(word, each(list)?);
            }
            Ok(changed.into())
        }
        list => each(list),
    }
}

fn is_truth(formal: &Formal) -> bool {
    std::ptr::eq(formal.kind, &kinds::BOOLEAN) || std::ptr::eq(formal.kind, &kinds::SWITCH)
}

fn is_scalar(formal: &Formal) -> bool {
    let scalars = [&kinds::BOOLEAN, &kinds::SWITCH, &kinds::INT32, &kinds::INT64, &kinds::UINT32];
    !formal.allows_null && scalars.iter().any(|kind| std::ptr::eq(*kind, formal.kind))
}

/// The property `name` of an object, of the value under it, or the entry of a value of a type of its own.
fn member(input: &Value, name: &str) -> Option<Value> {
    match input {
        Value::Object(object) => {
            let declared = || object.noun()?.property(name).map(|spec| spec.default_value());
            object.get(name).or_else(|| member(object.base()?, name)).or_else(declared)
        }
        Value::Typed(value) => value.member(name),
        _ => None,
    }
}
