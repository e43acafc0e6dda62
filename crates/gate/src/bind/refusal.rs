//! The errors of the binder: PowerShell's ids and sentences, and what to do next.

use crate::signature::{Formal, Sets, Signature};
use object::{Error, ErrorId, Result, Value};

pub(super) fn no_such_name(signature: &Signature, name: &str) -> Error {
    let message = format!("A parameter cannot be found that matches parameter name '{name}'.");
    let error = Error::caller(ErrorId::NamedParameterNotFound, message).about(name.to_owned());
    let names = signature.formals.iter().map(|formal| &*formal.name);
    match crate::nearest(name, names) {
        Some(near) => error.help(format!("Did you mean -{near}?")),
        None => error,
    }
}

pub(super) fn no_position_for(value: &Value) -> Error {
    let shown = if value.is_null() { "$null".to_owned() } else { value.to_string() };
    let message = format!("A positional parameter cannot be found that accepts argument '{shown}'.");
    Error::caller(ErrorId::PositionalParameterNotFound, message)
        .help("Name the parameter that it belongs to.")
}

pub(super) fn ambiguous_name(signature: &Signature, name: &str, several: &[usize]) -> Error {
    let matches: String = several.iter().map(|at| format!(" -{}", signature.formals[*at].name)).collect();
    let message = format!(
        "Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches \
         include:{matches}."
    );
    Error::caller(ErrorId::AmbiguousParameter, message).about(name.to_owned()).help("Write more of the name.")
}

pub(super) fn ambiguous_position(signature: &Signature) -> Error {
    let message = format!(
        "Cannot bind positional parameters because no names were given and {} has several at one position.",
        signature.command
    );
    Error::caller(ErrorId::AmbiguousPositionalParameterNoName, message)
}

pub(super) fn ambiguous_set(signature: &Signature, sets: Sets) -> Error {
    let message = "Parameter set cannot be resolved using the specified named parameters. One or more \
                   parameters issued cannot be used together or an insufficient number of parameters were \
                   provided.";
    let error = Error::caller(ErrorId::AmbiguousParameterSet, message);
    if signature.sets.is_empty() {
        return error;
    }
    let fitting = |at: &usize| sets.is_none() || Sets::one(*at).meets(sets);
    let names: Vec<&str> = (0..signature.sets.len()).filter(fitting).map(|at| &*signature.sets[at]).collect();
    error.help(format!("The parameter sets are: {}. Give the parameters of one.", names.join(", ")))
}

pub(super) fn already_bound(formal: &Formal) -> Error {
    let name = &formal.name;
    let message = format!(
        "Cannot bind parameter because parameter '{name}' is specified more than once. To provide multiple \
         values to parameters that can accept multiple values, use the array syntax. For example, \
         \"-parameter value1,value2,value3\"."
    );
    Error::caller(ErrorId::ParameterAlreadyBound, message).about(name.to_string())
}

pub(super) fn missing_argument(formal: &Formal) -> Error {
    let list = if formal.many && !formal.type_name.ends_with("[]") { "[]" } else { "" };
    let message = format!(
        "Missing an argument for parameter '{}'. Specify a parameter of type '{}{list}' and try again.",
        formal.name, formal.type_name
    );
    Error::caller(ErrorId::MissingArgument, message).about(formal.name.to_string())
}

pub(super) fn missing_mandatory(signature: &Signature, missing: &[usize]) -> Error {
    let names: Vec<&str> = missing.iter().map(|at| &*signature.formals[*at].name).collect();
    let message = format!(
        "Cannot process command because of one or more missing mandatory parameters: {}.",
        names.join(" ")
    );
    let first = names.first().map_or("", |name| name).to_owned();
    Error::caller(ErrorId::MissingMandatoryParameter, message).about(first)
}

pub(super) fn block_without_input(formal: &Formal) -> Error {
    let message = format!(
        "Cannot evaluate parameter '{}' because its argument is specified as a script block and there is no \
         input. A script block cannot be evaluated without input.",
        formal.name
    );
    Error::caller(ErrorId::ScriptBlockArgumentNoInput, message).about(formal.name.to_string())
}

pub(super) fn input_not_bound(input: &Value) -> Error {
    let message = "The input object cannot be bound to any parameters for the command either because the \
                   command does not take pipeline input or the input and its properties do not match any of \
                   the parameters that take pipeline input.";
    Error::caller(ErrorId::InputObjectNotBound, message).target(input.to_string())
}

pub(super) fn input_misses(signature: &Signature, missing: &[usize], input: &Value) -> Error {
    let names: Vec<&str> = missing.iter().map(|at| &*signature.formals[*at].name).collect();
    let message = format!(
        "The input object cannot be bound because it did not contain the information required to bind all \
         mandatory parameters:  {}",
        names.join(" ")
    );
    Error::caller(ErrorId::InputObjectMissingMandatory, message).target(input.to_string())
}

/// A value that is not of the parameter's type. The type's own sentence and help line say what it wants.
pub(super) fn transformation(formal: &Formal, value: &Value, cause: &Error) -> Error {
    let shown = if formal.is_secret() { String::new() } else { format!(" \"{value}\"") };
    let message = format!(
        "Cannot process argument transformation on parameter '{}'. Cannot convert value{shown} to type \
         \"{}\". {}",
        formal.name,
        formal.type_name,
        cause.message()
    );
    let error =
        Error::caller(ErrorId::ParameterArgumentTransformationError, message).about(formal.name.to_string());
    match cause.help_line() {
        Some(help) => error.help(help),
        None => error,
    }
}

pub(super) fn no_boolean(formal: &Formal, value: &Value) -> Error {
    let message = format!(
        "Cannot process argument transformation on parameter '{}'. Cannot convert value \"{}\" to type \
         \"{}\". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.",
        formal.name,
        value.type_name(),
        formal.type_name
    );
    Error::caller(ErrorId::ParameterArgumentTransformationError, message).about(formal.name.to_string())
}

/// A mandatory parameter takes no `$null`, no empty text and no empty list, unless it says so.
pub(super) fn null_or_empty(formal: &Formal, value: &Value, is_text: bool) -> Result<()> {
    let refuse = |id: ErrorId, what: &str| {
        let message = format!("Cannot bind argument to parameter '{}' because it is {what}.", formal.name);
        Err(Error::caller(id, message).about(formal.name.to_string()))
    };
    match value {
        Value::Null if !formal.allows_null => {
            refuse(ErrorId::ParameterArgumentValidationErrorNullNotAllowed, "null")
        }
        Value::String(text) if text.is_empty() && !formal.allows_empty_text && is_text => {
            refuse(ErrorId::ParameterArgumentValidationErrorEmptyStringNotAllowed, "an empty string")
        }
        Value::Array(list) if formal.many => {
            if list.is_empty() && !formal.allows_empty_list {
                return refuse(
                    ErrorId::ParameterArgumentValidationErrorEmptyArrayNotAllowed,
                    "an empty array",
                );
            }
            list.to_vec().iter().try_for_each(|item| match item {
                Value::Array(_) => Ok(()),
                item => null_or_empty(formal, item, is_text),
            })
        }
        _ => Ok(()),
    }
}
