//! Where in a command an error of its binding stands: at the argument that was refused.

use super::code::{ArgCode, ArgKind, Code, CommandCode, Pipe};
use super::error::{ErrorRecord, Extent};
use super::find::Found;
use super::halt::{Halt, Why};
use super::parameter;
use super::session::Session;
use crate::syntax::Span;
use gate::Formal;
use object::Value;
use object::value::Text;
use std::sync::Arc;

impl Session {
    pub(super) fn at_command(&self, halt: Halt, span: Span) -> Halt {
        match halt.into_why() {
            Why::Error(record) => record.at(|| self.place(span)).into(),
            other => Halt::new(other),
        }
    }

    /// The place of an error in a command's arguments: the argument that was refused.
    pub(super) fn at_argument(&mut self, halt: Halt, command: &CommandCode) -> Halt {
        let Why::Error(record) = halt.why() else { return halt };
        if record.place().is_some() {
            return halt;
        }
        let span = self.refused_place(&record.clone(), command).unwrap_or(command.span);
        self.at_command(halt, span)
    }

    /// The argument that a command refused itself stands for the whole command.
    pub(super) fn at_refused(&mut self, halt: Halt, pipe: &Pipe) -> Halt {
        let Why::Error(record) = halt.why() else { return halt };
        let here = |place: &Extent| Arc::ptr_eq(&place.source, &self.frame.code.source);
        let Some(place) = record.place().filter(|place| here(place)).cloned() else { return halt };
        let Some(command) = pipe.commands.iter().find(|command| command.span == place.span) else {
            return halt;
        };
        let record = record.clone();
        match self.refused_place(&record, command) {
            Some(span) => record.moved(Extent { span, ..place }).into(),
            None => halt,
        }
    }

    fn refused_place(&mut self, record: &ErrorRecord, command: &CommandCode) -> Option<Span> {
        let quoted = refused_parameter(record)?.to_owned();
        refused_argument(record, &quoted, command).or_else(|| self.refused_position(&quoted, command))
    }

    /// The value that took a parameter's position.
    fn refused_position(&mut self, parameter: &str, command: &CommandCode) -> Option<Span> {
        let Code::Const(Value::String(name)) = &command.name else { return None };
        let signature = match self.resolve_command(name).ok()? {
            Found::Function(entry) => {
                let code = super::prepare::prepared(entry.block.ast(), entry.block.function.as_deref());
                parameter::signature(self, &code, &entry.name)
            }
            Found::Core(core) => core.signature().clone(),
            Found::Remote(signature) => signature,
            Found::Script(_) | Found::Program(_) => return None,
        };
        let named: Vec<&str> = command.arguments.iter().filter_map(named_argument).collect();
        let is_named = |formal: &Formal| {
            let begins = |word: &&str| {
                formal.name.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
            };
            named.iter().any(|word| formal.is_called(word) || begins(word))
        };
        let mut places: Vec<(i32, &Text)> = signature
            .formals
            .iter()
            .filter(|formal| !is_named(formal))
            .filter_map(|formal| {
                let used = formal.uses.iter().find(|used| used.position.is_some() && !used.remaining)?;
                Some((used.position?, &formal.name))
            })
            .collect();
        places.sort_by_key(|(position, _)| *position);
        let at = places.iter().position(|(_, name)| name.eq_ignore_ascii_case(parameter))?;
        loose_values(command).nth(at).map(|argument| argument.span)
    }
}

/// The parameter that an error of binding is about: the name in quotes in its sentence.
fn refused_parameter(record: &ErrorRecord) -> Option<&str> {
    let id = record.id();
    let of_binder = [
        "Parameter",
        "Named",
        "Positional",
        "Ambiguous",
        "MissingArgument",
        "CannotConvertArgument",
        "ScriptBlockArgument",
    ]
    .iter()
    .any(|word| id.starts_with(word));
    if !of_binder || id.starts_with("AmbiguousParameterSet") || id.starts_with("MissingMandatory") {
        return None;
    }
    record.message().split('\'').nth(1)
}

fn named_argument(argument: &ArgCode) -> Option<&str> {
    match &argument.kind {
        ArgKind::Named(name, _) if !name.is_empty() => Some(name),
        _ => None,
    }
}

/// The arguments that stand alone.
fn loose_values(command: &CommandCode) -> impl Iterator<Item = &ArgCode> {
    let loose = |at: &usize| {
        let after_name = *at > 0 && matches!(command.arguments[*at - 1].kind, ArgKind::Named(_, None));
        matches!(command.arguments[*at].kind, ArgKind::Value(_)) && !after_name
    };
    (0..command.arguments.len()).filter(loose).map(|at| &command.arguments[at])
}

/// Which argument a refused parameter was given by.
fn refused_argument(record: &ErrorRecord, quoted: &str, command: &CommandCode) -> Option<Span> {
    let id = record.id();
    let named = |argument: &ArgCode| {
        let name = named_argument(argument);
        name.is_some_and(|name| quoted.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)))
    };
    let of_value = ["ParameterArgument", "CannotConvertArgument", "ScriptBlockArgument"]
        .iter()
        .any(|word| id.starts_with(word));
    let found = match id.starts_with("ParameterAlreadyBound") {
        true => command.arguments.iter().rposition(named),
        false => command.arguments.iter().position(named),
    };
    let Some(at) = found else {
        // Given by position, or out of a splatted table.
        let splat = command.arguments.iter().find(|argument| matches!(argument.kind, ArgKind::Splat(_)));
        let mut values = loose_values(command);
        return match (splat, values.next(), values.next()) {
            (Some(splat), _, _) => Some(splat.span),
            (None, Some(only), None) => Some(only.span),
            _ => None,
        };
    };
    let argument = &command.arguments[at];
    match &argument.kind {
        ArgKind::Named(name, Some(_)) if of_value => {
            // The value behind the colon.
            Some(Span::new(argument.span.start + name.len() as u32 + 2, argument.span.end))
        }
        ArgKind::Named(_, None) if of_value => command.arguments.get(at + 1).map(|next| next.span),
        _ => Some(argument.span),
    }
}
