//! What is said of a command line: which set binds with what, or which error; nothing runs.
//!
//! The commands that were recorded were functions: without declared positions they have them by order, and a
//! missing mandatory parameter is an error, since nobody is asked.

use gate::bind::{Argument, Binder, Plain};
use gate::{Book, Signature};
use language::Session;
use language::syntax::ast::{Command, CommandElement, Element, Expr, ExprKind, StatementKind};
use language::syntax::{Source, Span, parse};
use object::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The error that ends a pipeline; the others are about one piped object.
const MISSING: &str = "MissingMandatoryParameter";

/// Binds `line`: one line for each piped object.
pub(super) fn of_line(session: &mut Session, book: &Book, line: &str) -> String {
    bound(session, book, line).unwrap_or_else(|error| error)
}

fn refused(name: &str, error: &object::Error) -> String {
    format!("!{},{name} | {}", error.id(), error.message())
}

fn bound(session: &mut Session, book: &Book, line: &str) -> Result<String, String> {
    let source = Source::typed(line);
    let parsed = parse(&source);
    let block = parsed.block.ok_or_else(|| {
        let first = parsed.errors.first();
        first.map_or_else(String::new, |error| format!("!{} | {}", error.id, error.message))
    })?;
    let statement = block.blocks.first().and_then(|block| block.body.statements.first());
    let Some(StatementKind::Pipeline(pipeline)) = statement.map(|statement| &statement.kind) else {
        return Err("!NotACommand | The line is not a command.".to_owned());
    };
    let Some((Element::Command(command), before)) = pipeline.elements.split_last() else {
        return Err("!NotACommand | The line does not end in a command.".to_owned());
    };
    let inputs = match (before.first(), before.last()) {
        (Some(first), Some(last)) => {
            let span = span_of(first).to(span_of(last));
            Some(values(session, source.slice(span)))
        }
        _ => None,
    };
    bind(session, book, &source, command, inputs)
}

fn span_of(element: &Element) -> Span {
    match element {
        Element::Command(command) => command.span,
        Element::Expression(expression) => expression.span,
    }
}

/// What `text` writes.
fn values(session: &mut Session, text: &str) -> Vec<Value> {
    let mut values = Vec::new();
    if let Some(block) = parse(&Source::typed(text)).block {
        session.run_into(&block, &mut values);
    }
    values
}

fn bind(
    session: &mut Session,
    book: &Book,
    source: &Source,
    command: &Command,
    inputs: Option<Vec<Value>>,
) -> Result<String, String> {
    let name = match command.elements.first() {
        Some(CommandElement::Argument(Expr { kind: ExprKind::Text(name, _), .. })) => &**name,
        _ => "",
    };
    let declaration =
        book.find(name).ok_or_else(|| format!("!CommandNotFoundException | {name} is not known."))?;
    let arguments = arguments(session, source, command);
    let signature: Signature = (*declaration.signature).clone().with_positions_by_order();
    let started = Binder::start(Arc::new(signature), arguments, inputs.is_some(), &mut Plain);
    let mut binder = started.map_err(|error| refused(name, &error))?;
    let Some(inputs) = inputs else { return Ok(shown(&binder)) };
    let mut lines: Vec<String> = Vec::new();
    for input in inputs {
        match binder.take(&input, &mut Plain) {
            Ok(()) => lines.push(shown(&binder)),
            Err(error) => {
                lines.push(refused(name, &error));
                // What is missing is missing for all of them: the pipeline ends.
                if error.id() == MISSING {
                    break;
                }
            }
        }
    }
    Ok(lines.join("\n"))
}

fn arguments(session: &mut Session, source: &Source, command: &Command) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for element in command.elements.iter().skip(1) {
        arguments.push(match element {
            CommandElement::Parameter(parameter) => Argument::Named {
                name: (&*parameter.name).into(),
                value: parameter.argument.as_ref().map(|value| value_of(session, source, value)),
                splatted: false,
                dash: '-',
            },
            CommandElement::Argument(expression) => {
                Argument::Positional(value_of(session, source, expression))
            }
        });
    }
    arguments
}

/// An argument's value: a word is itself, everything else is evaluated.
fn value_of(session: &mut Session, source: &Source, expression: &Expr) -> Value {
    if let ExprKind::Text(text, _) = &expression.kind {
        return Value::from(&**text);
    }
    let mut found = values(session, source.slice(expression.span));
    match found.len() {
        1 => found.remove(0),
        0 => Value::Null,
        _ => Value::array(found),
    }
}

fn shown(binder: &Binder) -> String {
    let signature = binder.signature();
    let bound = binder.bound();
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for at in &bound.order {
        let text = bound.values[*at].as_ref().map(text_of).unwrap_or_default();
        let name = &*signature.formals[*at].name;
        values.insert(name.to_ascii_lowercase(), format!("{name}={text}"));
    }
    let pairs: Vec<String> = values.into_values().collect();
    format!("set={} bound={}", signature.set_name(bound.set), pairs.join(","))
}

fn text_of(value: &Value) -> String {
    let Value::Object(object) = value else { return value.to_string() };
    let properties = object.properties();
    let pairs: Vec<String> = properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("@{{{}}}", pairs.join("; "))
}
