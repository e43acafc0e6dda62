//! Which of several methods of one name is meant, and its arguments as it wants them: PowerShell's rules,
//! which ask for types only. The overloads of a table must therefore be .NET's own, all of them.

use super::rank::{self, Rank};
use super::{Call, Run};
use crate::convert;
use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::text;
use crate::types::{Kind, Type};
use crate::values::{Reference, base};
use object::Value;
use std::cmp::Ordering;
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
    /// Whether it may be left out.
    pub optional: bool,
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
        let (text, optional) = text.split_once(" = ").map_or((text, false), |(text, _)| (text, true));
        let (reference, text) = text.strip_prefix("[ref] ").map_or((false, text), |rest| (true, rest));
        let (rest, text) = match text.strip_prefix("Params ").or_else(|| text.strip_prefix("params ")) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (of, name) = text.rsplit_once(' ').unwrap_or((text, ""));
        Parameter { name, of, rest, reference, optional, read: OnceLock::new() }
    }
    fn wanted(&self) -> &Type {
        self.read.get_or_init(|| Type::parse(self.of).unwrap_or_else(|| Type::Named(self.of.into())))
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
        let required = self.parameters.iter().filter(|p| !p.optional && !p.rest).count();
        let open = self.parameters.last().is_some_and(|last| last.rest);
        count >= required && (open || count <= self.parameters.len())
    }
    /// The type of the first parameter.
    pub(super) fn only_type(&self) -> &Type {
        static NONE: OnceLock<Type> = OnceLock::new();
        self.parameters.first().map_or_else(|| NONE.get_or_init(Type::object), Parameter::wanted)
    }
    /// Whether it takes the same types as another: then it stands before the other's.
    pub(super) fn has_the_parameters_of(&self, other: &Method) -> bool {
        self.parameters.len() == other.parameters.len()
            && self.parameters.iter().zip(&other.parameters).all(|(a, b)| a.of == b.of)
    }
    /// Whether it is a property with an index rather than a method.
    fn is_indexed_property(&self) -> bool {
        matches!(self.name, "Item" | "Chars")
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

/// Chooses, converts, calls. `shown` is the name in errors: a constructor's is `.ctor`.
pub(super) fn run(
    engine: &mut dyn Engine,
    this: &Value,
    of: &Type,
    methods: &[&Method],
    shown: &str,
    arguments: Vec<Value>,
) -> Result<Option<Value>> {
    let count = arguments.len();
    let chosen = choose(methods, of, &arguments, shown)?;
    let method = chosen.method;
    let converted = convert_all(&chosen, of, arguments, shown, engine)?;
    let answer = (method.run)(&mut Call::new(engine, this, converted).named(method.name));
    let answer = answer.map_err(|error| match method.is_indexed_property() {
        true => error.while_getting(shown),
        false => error.while_calling(shown, count),
    })?;
    Ok((method.of != "void").then_some(answer))
}

fn no_overload(name: &str, count: usize) -> Exception {
    let message = format!("Cannot find an overload for \"{name}\" and the argument count: \"{count}\".");
    Exception::method("MethodCountCouldNotFindBest", message)
}

fn ambiguous(name: &str, count: usize) -> Exception {
    let message =
        format!("Multiple ambiguous overloads found for \"{name}\" and the argument count: \"{count}\".");
    Exception::method("MethodCountCouldNotFindBest", message)
}

/// A method with the types its arguments would become.
struct Candidate<'a> {
    method: &'a Method,
    /// One for each argument.
    types: Vec<Type>,
    ranks: Vec<Rank>,
    /// Whether the arguments at the end are gathered into one array.
    expanded: bool,
}

fn choose<'a>(methods: &[&'a Method], of: &Type, arguments: &[Value], shown: &str) -> Result<Candidate<'a>> {
    if let [only] = methods
        && only.parameters.len() == arguments.len()
        && !only.parameters.last().is_some_and(|last| last.rest)
    {
        // Nothing to choose from: whether the arguments convert shows when they are converted.
        let types = only.parameters.iter().map(|parameter| wanted(parameter, of)).collect();
        return Ok(Candidate { method: only, types, ranks: Vec::new(), expanded: false });
    }
    let count = arguments.len();
    let fitting = methods.iter().filter(|method| method.takes(count));
    let mut candidates = fitting.filter_map(|method| candidate(method, of, arguments));
    let Some(mut best) = candidates.next() else { return Err(no_overload(shown, count)) };
    let mut tie = false;
    for other in candidates {
        match compare(&other, &best, arguments) {
            Ordering::Equal => tie = true,
            Ordering::Greater => (best, tie) = (other, false),
            Ordering::Less => {}
        }
    }
    if tie { Err(ambiguous(shown, count)) } else { Ok(best) }
}

fn candidate<'a>(method: &'a Method, of: &Type, arguments: &[Value]) -> Option<Candidate<'a>> {
    let mut made = Candidate { method, types: Vec::new(), ranks: Vec::new(), expanded: false };
    for (at, parameter) in method.parameters.iter().enumerate() {
        let whole = wanted(parameter, of);
        if parameter.rest {
            gather(&mut made, &whole, arguments.get(at..)?, method.parameters.len() == arguments.len())?;
            break;
        }
        let Some(argument) = arguments.get(at) else { break };
        made.ranks.push(rank_of(argument, &whole, parameter.reference)?);
        made.types.push(whole);
    }
    Some(made)
}

/// The arguments of a `params` array: one array, or its elements.
fn gather(made: &mut Candidate<'_>, whole: &Type, left: &[Value], may_be_array: bool) -> Option<()> {
    let element = whole.element().unwrap_or_else(Type::object);
    if may_be_array && let [only] = left {
        let (array, one) = (rank::of_value(only, whole), rank::of_value(only, &element));
        made.expanded = one > array;
        made.ranks.push(one.max(array)?);
        made.types.push(if made.expanded { element } else { whole.clone() });
        return Some(());
    }
    made.expanded = true;
    for argument in left {
        made.ranks.push(rank::of_value(argument, &element)?);
        made.types.push(element.clone());
    }
    Some(())
}

fn rank_of(argument: &Value, to: &Type, reference: bool) -> Option<Rank> {
    match argument.downcast::<Reference>() {
        Some(place) if reference => rank::of_value(&place.0.read(), to).or(Some(rank::NULL_TO_VALUE)),
        // That a place is wanted is said when the method is called.
        None if reference => rank::of_value(argument, to).or(Some(rank::NULL_TO_VALUE)),
        _ => rank::of_value(argument, to),
    }
}

/// Which candidate is better; the arguments in front weigh more.
fn compare(a: &Candidate<'_>, b: &Candidate<'_>, arguments: &[Value]) -> Ordering {
    let better = by_ranks(a, b, arguments);
    let better = if better == 0 { by_generality(a, b) } else { better };
    if better != 0 {
        return better.cmp(&0);
    }
    // All else alike: the one that needs no array, then the one with fewer parameters.
    let gathered = (b.expanded, a.expanded);
    gathered.0.cmp(&gathered.1).then_with(|| {
        let (a, b) = (a.method.parameters.len(), b.method.parameters.len());
        b.cmp(&a)
    })
}

fn by_ranks(a: &Candidate<'_>, b: &Candidate<'_>, arguments: &[Value]) -> i64 {
    let count = arguments.len();
    let mut better = 0;
    let ranked = a.ranks.len().min(b.ranks.len());
    for (at, argument) in arguments.iter().enumerate().take(ranked) {
        let weight = (count - at) as i64;
        let (mut mine, mut theirs) = (a.ranks[at], b.ranks[at]);
        if mine == theirs && rank::are_unrelated_arrays(mine) {
            (mine, theirs) = by_elements(argument, &a.types[at], &b.types[at]);
        }
        better += weight * (mine.cmp(&theirs) as i64);
    }
    better
}

fn by_elements(argument: &Value, a: &Type, b: &Type) -> (Rank, Rank) {
    let Some(from) = Type::of(base(argument)).and_then(|of| of.element()) else { return (0, 0) };
    let rank = |to: &Type| to.element().and_then(|to| rank::of_types(&from, &to)).unwrap_or(0);
    (rank(a), rank(b))
}

/// Of conversions that lose nothing the narrowest target is best, of those that may lose the widest.
fn by_generality(a: &Candidate<'_>, b: &Candidate<'_>) -> i64 {
    let mut better = 0;
    let count = a.ranks.len().min(b.ranks.len());
    for at in 0..count {
        let (mine, theirs) = (a.ranks[at], b.ranks[at]);
        let least = rank::NULL_TO_VALUE;
        let widens = |rank: Rank| rank >= rank::NUMERIC_IMPLICIT;
        if mine < least || theirs < least || widens(mine) != widens(theirs) {
            continue;
        }
        let weight = if widens(mine) { -((count - at) as i64) } else { (count - at) as i64 };
        let there = rank::of_types(&a.types[at], &b.types[at]).unwrap_or(0);
        let back = rank::of_types(&b.types[at], &a.types[at]).unwrap_or(0);
        better += weight * (back.cmp(&there) as i64);
    }
    better
}

/// `T`, `TKey` and `TValue` of a generic type's table are its arguments; so they are inside brackets.
fn generic_argument(name: &str, of: &Type) -> Option<Type> {
    let argument = |name: &str| {
        let at = match name {
            "T" | "TKey" => 0,
            "TValue" => 1,
            _ => return None,
        };
        match of {
            Type::Generic(_, arguments) => arguments.get(at).cloned(),
            _ => Some(Type::object()),
        }
    };
    if let Some(element) = name.strip_suffix("[]") {
        return argument(element).map(Type::array);
    }
    let Some((head, inside)) = name.strip_suffix(']').and_then(|front| front.split_once('[')) else {
        return argument(name);
    };
    let inside: Option<Vec<Type>> = inside.split(',').map(argument).collect();
    let names: Vec<String> = inside?.iter().map(|of| of.name().to_string()).collect();
    Type::parse(&format!("{head}[{}]", names.join(",")))
}

fn wanted(parameter: &Parameter, of: &Type) -> Type {
    generic_argument(parameter.of, of).unwrap_or_else(|| parameter.wanted().clone())
}

fn convert_all(
    chosen: &Candidate<'_>,
    of: &Type,
    arguments: Vec<Value>,
    shown: &str,
    engine: &dyn Engine,
) -> Result<Vec<Value>> {
    let parameters = &chosen.method.parameters;
    let mut converted = Vec::with_capacity(arguments.len());
    for (at, argument) in arguments.into_iter().enumerate() {
        let Some(parameter) = parameters.get(at).or_else(|| parameters.last()) else { break };
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
        let to = chosen.types.get(at).cloned().unwrap_or_else(|| wanted(parameter, of));
        converted.push(convert_one(&argument, &to, parameter, shown, engine)?);
    }
    Ok(converted)
}

fn convert_one(
    argument: &Value,
    to: &Type,
    parameter: &Parameter,
    shown: &str,
    engine: &dyn Engine,
) -> Result<Value> {
    // Types that are known by name only are interfaces and delegates: the member looks for itself.
    if matches!(to, Type::Named(_)) || to.kind() == Kind::Object {
        return Ok(argument.clone());
    }
    if argument.is_null() && !to.is_value_type() && to.kind() != Kind::String {
        return Ok(Value::Null);
    }
    convert::to(argument, to, engine.locale())
        .map_err(|error| cannot_convert(argument, to, parameter.name, shown, engine, error))
}

/// The error of an argument that does not convert.
pub(super) fn cannot_convert(
    argument: &Value,
    to: &Type,
    parameter: &str,
    method: &str,
    engine: &dyn Engine,
    error: Exception,
) -> Exception {
    let message = format!(
        "Cannot convert argument \"{parameter}\", with value: \"{}\", for \"{method}\" to type \"{to}\": \"{}\"",
        text::to_text(argument, engine.locale()),
        error.text()
    );
    Exception::method("MethodArgumentConversionInvalidCastArgument", message).inner(error)
}
