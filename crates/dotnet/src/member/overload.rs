//! Which of several methods of one name is meant, and its arguments as it wants them.

use super::{Call, Run};
use crate::convert;
use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::text;
use crate::types::{Kind, Type};
use crate::values::{Reference, base};
use object::Value;
use std::sync::OnceLock;

/// A parameter of a method.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its type as written: `int`, `char[]`.
    pub of: &'static str,
    /// Whether it takes all arguments that are left.
    pub rest: bool,
    /// Whether it is a place to write to.
    pub reference: bool,
    read: OnceLock<Type>,
}

/// One overload of a method.
pub struct Method {
    /// The signature as `Get-Member` shows it.
    pub signature: &'static str,
    /// The name.
    pub name: &'static str,
    /// The type of what it gives back: `void` is nothing.
    pub of: &'static str,
    /// Whether it belongs to the type itself.
    pub is_static: bool,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    run: Run,
}

impl Parameter {
    fn parse(text: &'static str) -> Parameter {
        let text = text.trim();
        let (reference, text) = text.strip_prefix("[ref] ").map_or((false, text), |rest| (true, rest));
        let (rest, text) = match text.strip_prefix("Params ").or_else(|| text.strip_prefix("params ")) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (of, name) = text.rsplit_once(' ').unwrap_or((text, ""));
        Parameter { name, of, rest, reference, read: OnceLock::new() }
    }
    fn wanted(&self) -> &Type {
        self.read.get_or_init(|| Type::parse(self.of).unwrap_or_else(|| Type::Named(self.of.into())))
    }
    /// The type of one element of a `params` array.
    fn element(&self) -> Type {
        self.wanted().element().unwrap_or_else(Type::object)
    }
}

impl Method {
    pub(super) fn parse(signature: &'static str, is_static: bool, run: Run) -> Method {
        let open = signature.find('(').unwrap_or(signature.len());
        let inside = signature.get(open + 1..signature.len() - 1).unwrap_or_default();
        let (of, name) = signature[..open].rsplit_once(' ').unwrap_or(("object", &signature[..open]));
        let parameters = if inside.is_empty() {
            Vec::new()
        } else {
            split(inside).into_iter().map(Parameter::parse).collect()
        };
        Method { signature, name, of, is_static, parameters, run }
    }
    fn takes(&self, count: usize) -> bool {
        match self.parameters.last() {
            Some(last) if last.rest => count + 1 >= self.parameters.len(),
            _ => count == self.parameters.len(),
        }
    }
}

/// Parameters are parted by commas outside brackets.
fn split(inside: &'static str) -> Vec<&'static str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts
}

/// Chooses, converts, calls.
pub(super) fn run(
    engine: &mut dyn Engine,
    this: &Value,
    of: &Type,
    methods: &[&Method],
    arguments: Vec<Value>,
) -> Result<Option<Value>> {
    let name = methods[0].name;
    let count = arguments.len();
    let fitting: Vec<&&Method> = methods.iter().filter(|method| method.takes(count)).collect();
    if fitting.is_empty() {
        return Err(no_overload(name, count));
    }
    let chosen = fitting
        .iter()
        .filter_map(|method| score(method, of, &arguments, engine).map(|score| (score, *method)))
        .min_by_key(|(score, _)| *score);
    let method = match (chosen, fitting.as_slice()) {
        (Some((_, method)), _) => method,
        (None, [only]) => only,
        (None, _) => return Err(no_overload(name, count)),
    };
    let converted = convert_all(method, of, arguments, engine)?;
    let answer = (method.run)(&mut Call::new(engine, this, converted))
        .map_err(|error| error.while_calling(name, count))?;
    Ok((method.of != "void").then_some(answer))
}

fn no_overload(name: &str, count: usize) -> Exception {
    let message = format!("Cannot find an overload for \"{name}\" and the argument count: \"{count}\".");
    Exception::method("MethodCountCouldNotFindBest", message)
}

/// `T` of a generic type's table is its argument.
fn generic_argument(name: &str, of: &Type) -> Option<Type> {
    let Type::Generic(_, arguments) = of else {
        return matches!(name, "T" | "TKey" | "TValue").then(Type::object);
    };
    match name {
        "T" | "TKey" => arguments.first().cloned(),
        "TValue" => arguments.get(1).cloned(),
        _ => None,
    }
}

fn wanted(parameter: &Parameter, of: &Type) -> Type {
    generic_argument(parameter.of, of).unwrap_or_else(|| parameter.wanted().clone())
}

/// How far the arguments are from the parameters; `None` when they cannot be converted.
fn score(method: &Method, of: &Type, arguments: &[Value], engine: &dyn Engine) -> Option<u32> {
    let mut sum = 0;
    for (at, argument) in arguments.iter().enumerate() {
        let parameter = method.parameters.get(at).or_else(|| method.parameters.last())?;
        if parameter.reference {
            argument.downcast::<Reference>()?;
            continue;
        }
        let whole = wanted(parameter, of);
        if parameter.rest {
            let spread = distance(argument, &parameter.element(), engine);
            let as_array = if arguments.len() == method.parameters.len() {
                distance(argument, &whole, engine)
            } else {
                None
            };
            sum += match (as_array, spread) {
                (Some(a), Some(b)) => a.min(b + 3),
                (a, b) => a.or(b.map(|b| b + 3))?,
            };
        } else {
            sum += distance(argument, &whole, engine)?;
        }
    }
    Some(sum * 4 + u32::from(method.parameters.last().is_some_and(|last| last.rest)))
}

/// How far a value is from a type: 0 is the same, more is a conversion of growing loss.
fn distance(value: &Value, to: &Type, engine: &dyn Engine) -> Option<u32> {
    let inner = base(value);
    let Some(of) = Type::of(inner) else {
        return if to.is_value_type() { None } else { Some(if to.kind() == Kind::String { 1 } else { 2 }) };
    };
    if of == *to {
        return Some(0);
    }
    if to.kind() == Kind::Object {
        return Some(20);
    }
    if of.is_a(to) {
        return Some(2);
    }
    if let (Some(from), Some(into)) = (rank(&of), rank(to)) {
        return Some(if into > from { 3 + into - from } else { 40 + from - into })
            .filter(|_| convert::to(inner, to, engine.locale()).is_ok());
    }
    convert::to(inner, to, engine.locale()).ok()?;
    Some(match (inner, to.kind()) {
        (Value::String(_), Kind::Char) => 6,
        (Value::Char(_), Kind::String) => 6,
        (Value::String(_), Kind::Other) => 8,
        (Value::String(_), _) => 15,
        (_, Kind::String) => 25,
        (_, Kind::Bool) => 35,
        (_, Kind::Array) => 12,
        _ => 14,
    })
}

/// Numbers in the order in which they widen.
fn rank(of: &Type) -> Option<u32> {
    use Kind as K;
    let order = [
        K::SByte,
        K::Byte,
        K::Int16,
        K::UInt16,
        K::Int32,
        K::UInt32,
        K::Int64,
        K::UInt64,
        K::Single,
        K::Double,
        K::Decimal,
    ];
    let kind = of.kind();
    // A long widens to a decimal before it becomes a double that loses digits.
    order.iter().position(|known| *known == kind).map(|at| at as u32)
}

fn convert_all(method: &Method, of: &Type, arguments: Vec<Value>, engine: &dyn Engine) -> Result<Vec<Value>> {
    let count = arguments.len();
    let mut converted = Vec::with_capacity(count);
    for (at, argument) in arguments.into_iter().enumerate() {
        let Some(parameter) = method.parameters.get(at).or_else(|| method.parameters.last()) else { break };
        if parameter.reference {
            if argument.downcast::<Reference>().is_none() {
                let message = format!(
                    "Argument: '{}' should be a System.Management.Automation.PSReference. Use [ref].",
                    at + 1
                );
                return Err(Exception::method("NonRefArgumentToRefParameterMsg", message));
            }
            converted.push(argument);
            continue;
        }
        let whole = wanted(parameter, of);
        let to = match parameter.rest {
            true if count == method.parameters.len() && crate::index::elements(&argument).is_some() => whole,
            true => parameter.element(),
            false => whole,
        };
        converted.push(convert_one(&argument, &to, parameter, method, engine)?);
    }
    Ok(converted)
}

fn convert_one(
    argument: &Value,
    to: &Type,
    parameter: &Parameter,
    method: &Method,
    engine: &dyn Engine,
) -> Result<Value> {
    // Types that are known by name only are interfaces and delegates: the member looks for itself.
    if matches!(to, Type::Named(_)) || to.kind() == Kind::Object {
        return Ok(argument.clone());
    }
    if argument.is_null() && !to.is_value_type() && to.kind() != Kind::String {
        return Ok(Value::Null);
    }
    if let Type::Known(known) = to
        && known.base.is_empty()
    {
        return Ok(argument.clone());
    }
    convert::to(argument, to, engine.locale()).map_err(|error| {
        let message = format!(
            "Cannot convert argument \"{}\", with value: \"{}\", for \"{}\" to type \"{to}\": \"{}\"",
            parameter.name,
            text::to_text(argument, engine.locale()),
            method.name,
            error.text()
        );
        Exception::method("MethodArgumentConversionInvalidCastArgument", message).inner(error)
    })
}
