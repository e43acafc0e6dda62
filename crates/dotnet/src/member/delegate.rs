//! Delegates: script blocks as `Func`, `Action`, `Predicate`, `Comparison`, `Converter`.

use super::{Call, Row, overload};
use crate::convert;
use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::types::Type;
use crate::values::Delegate;
use object::Value;

fn generics(this: &Delegate) -> &[Type] {
    match &this.of {
        Type::Generic(_, arguments) => arguments,
        _ => &[],
    }
}

fn is(this: &Delegate, name: &str) -> bool {
    this.of.name().starts_with(&format!("System.{name}"))
}

/// Whether it makes a text of a match of a regular expression.
fn is_evaluator(this: &Delegate) -> bool {
    &*this.of.name() == "System.Text.RegularExpressions.MatchEvaluator"
}

/// The types of its parameters.
fn parameters(this: &Delegate) -> Vec<Type> {
    let all = generics(this);
    match all.split_last() {
        Some((_, front)) if is(this, "Func") || is(this, "Converter") => front.to_vec(),
        Some((of, _)) if is(this, "Comparison") => vec![of.clone(), of.clone()],
        None if is_evaluator(this) => vec![crate::types::known("System.Text.RegularExpressions.Match")],
        _ => all.to_vec(),
    }
}

/// The type of its answer; `None` answers nothing.
fn answer_type(this: &Delegate) -> Option<Type> {
    if is(this, "Func") || is(this, "Converter") {
        return generics(this).last().cloned();
    }
    if is(this, "Predicate") {
        return Some(Type::boolean());
    }
    if is_evaluator(this) {
        return Some(Type::string());
    }
    is(this, "Comparison").then(Type::int32)
}

/// .NET's name of a parameter, for errors.
fn parameter_name(this: &Delegate, at: usize, count: usize) -> String {
    match at {
        _ if is(this, "Comparison") => ["x", "y"][at.min(1)].to_owned(),
        _ if is(this, "Converter") => "input".to_owned(),
        _ if is_evaluator(this) => "match".to_owned(),
        _ if count > 1 => format!("arg{}", at + 1),
        _ if is(this, "Func") => "arg".to_owned(),
        _ => "obj".to_owned(),
    }
}

/// Calls a delegate as `.Invoke(…)` does.
pub(super) fn invoke(
    engine: &mut dyn Engine,
    this: &Delegate,
    arguments: Vec<Value>,
) -> Result<Option<Value>> {
    let wanted = parameters(this);
    if wanted.len() != arguments.len() {
        let count = arguments.len();
        let message = format!("Cannot find an overload for \"Invoke\" and the argument count: \"{count}\".");
        return Err(Exception::method("MethodCountCouldNotFindBest", message));
    }
    let mut given = Vec::with_capacity(wanted.len());
    for (at, (argument, to)) in arguments.iter().zip(&wanted).enumerate() {
        let name = parameter_name(this, at, wanted.len());
        let converted = convert::to(argument, to, engine.locale());
        given.push(
            converted
                .map_err(|error| overload::cannot_convert(argument, to, &name, "Invoke", engine, error))?,
        );
    }
    let count = given.len();
    let answer =
        engine.call(&this.block, None, &given).map_err(|error| error.while_calling("Invoke", count))?;
    match answer_type(this) {
        Some(of) => convert::to(&super::one(answer), &of, engine.locale()).map(Some),
        None => Ok(None),
    }
}

/// The script block to call: of a delegate the one inside it.
pub(super) fn block(call: &Call<'_>, at: usize) -> Value {
    match call.plain(at).downcast::<Delegate>() {
        Some(delegate) => delegate.block.clone(),
        None => call.value(at),
    }
}

/// What a block answers to one argument, `$_` and `$args[0]` alike.
pub(super) fn answer(call: &mut Call<'_>, block: &Value, item: &Value) -> Result<Value> {
    Ok(super::one(call.engine.call(block, Some(item), std::slice::from_ref(item))?))
}

pub(super) static TABLES: &[(&str, &[Row])] =
    &[("System.Delegate", &[("System.Object Target", |call| Ok(call.this_as::<Delegate>()?.block.clone()))])];
