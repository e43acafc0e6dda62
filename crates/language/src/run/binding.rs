//! Arguments: worked out from the prepared form, bound to the parameters of simple functions.

use super::code::{ArgCode, ArgKind, Param};
use super::error::ErrorRecord;
use super::halt::Run;
use super::session::Session;
use dotnet::{Category, Exception};
use gate::bind::Argument;
use object::Value;
use object::value::Text;

impl Session {
    /// The arguments of a command, worked out in order.
    pub(super) fn arguments(&mut self, codes: &[ArgCode]) -> Run<Vec<Argument>> {
        let mut arguments = Vec::with_capacity(codes.len());
        for code in codes {
            match &code.kind {
                ArgKind::Value(value) => arguments.push(Argument::Positional(self.eval(value)?)),
                ArgKind::Named(name, value) => {
                    let value = value.as_ref().map(|value| self.eval(value)).transpose()?;
                    let dash = self.frame.code.source.slice(code.span).chars().next().unwrap_or('-');
                    arguments.push(Argument::Named { name: name.clone(), value, splatted: false, dash });
                }
                ArgKind::Splat(variable) => {
                    let value = self.read(variable)?.unwrap_or_default();
                    self.splat(value, &mut arguments);
                }
            }
        }
        Ok(arguments)
    }

    /// `@name`: a dictionary's entries by name, a list's elements by position. Words of `$args` that were
    /// parameters are parameters again.
    fn splat(&mut self, value: Value, arguments: &mut Vec<Argument>) {
        match dotnet::values::base(&value) {
            Value::Dictionary(dictionary) => {
                for (name, value) in dictionary.to_vec() {
                    arguments.push(Argument::splatted(self.to_text(&name), value));
                }
            }
            Value::Null => arguments.push(Argument::Positional(Value::Null)),
            // A text is a list of characters here.
            Value::String(text) => {
                arguments.extend(text.encode_utf16().map(|unit| Argument::Positional(Value::Char(unit))));
            }
            list => arguments.extend(super::values::walk(list.clone()).into_iter().map(splatted)),
        }
    }
}

fn splatted(value: Value) -> Argument {
    match value.downcast::<Dashed>() {
        Some(dashed) => {
            let mut rest = dashed.0.trim_end_matches(':').chars();
            let dash = rest.next().unwrap_or('-');
            Argument::Named { name: rest.as_str().into(), value: None, splatted: false, dash }
        }
        None => Argument::Positional(value),
    }
}

/// A parameter that nobody took, as it stands in `$args`: its text with the dash it was written with, and still
/// known as a parameter.
struct Dashed(Text);

impl object::value::Typed for Dashed {
    fn type_name(&self) -> Text {
        "System.String".into()
    }
    fn text(&self) -> String {
        self.0.to_string()
    }
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// The values of parameters, by their numbers in the order they were given.
type Values = Vec<(usize, Value)>;

/// Binds the arguments of a simple function: names, then positions; what is left over goes into `$args`.
pub(super) fn simple(
    params: &[Param],
    function: &str,
    arguments: Vec<Argument>,
) -> Run<(Values, Vec<Value>)> {
    let mut named = Named::default();
    let mut loose: Vec<Value> = Vec::new();
    // What follows a name that is no parameter's belongs to `$args`, not to a position.
    let mut bindable = usize::MAX;
    let mut list = arguments.into_iter().peekable();
    while let Some(argument) = list.next() {
        let (name, value, splatted, dash) = match argument {
            Argument::Positional(value) => {
                loose.push(value);
                continue;
            }
            Argument::Named { name, value, splatted, dash } => (name, value, splatted, dash),
        };
        let Some(at) = parameter(params, &name, function)? else {
            bindable = bindable.min(loose.len());
            let colon = if value.is_some() { ":" } else { "" };
            loose.push(Value::typed(Dashed(format!("{dash}{name}{colon}").into())));
            loose.extend(value);
            continue;
        };
        let value = match value {
            Some(value) => value,
            None if params[at].is_switch => Value::Bool(true),
            None => match list.next_if(|next| matches!(next, Argument::Positional(_))) {
                Some(Argument::Positional(value)) => value,
                _ => return Err(missing_argument(&params[at], function).into()),
            },
        };
        named.give(at, value, splatted, &params[at].name, function)?;
    }
    let mut values: Values = named.0.into_iter().map(|(at, value, _)| (at, value)).collect();
    let rest = loose.split_off(bindable.min(loose.len()));
    let mut positional = loose.into_iter();
    for (at, param) in params.iter().enumerate() {
        if param.is_switch || values.iter().any(|(given, _)| *given == at) {
            continue;
        }
        match positional.next() {
            Some(value) => values.push((at, value)),
            None => break,
        }
    }
    Ok((values, positional.chain(rest).collect()))
}

/// Parameters given by name, and whether out of a splatted table.
#[derive(Default)]
struct Named(Vec<(usize, Value, bool)>);

impl Named {
    /// One written out beats one out of a table; two written out contradict each other.
    fn give(&mut self, at: usize, value: Value, splatted: bool, name: &str, function: &str) -> Run {
        match self.0.iter_mut().find(|(given, ..)| *given == at) {
            None => self.0.push((at, value, splatted)),
            Some((_, _, false)) if splatted => {}
            Some(known) if known.2 => *known = (at, value, splatted),
            Some(_) => return Err(twice(name, function).into()),
        }
        Ok(())
    }
}

/// The parameter that a name, maybe shortened, means.
fn parameter(params: &[Param], name: &str, function: &str) -> Run<Option<usize>> {
    let called = |param: &Param| {
        param.name.eq_ignore_ascii_case(name)
            || param.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    };
    if let Some(at) = params.iter().position(called) {
        return Ok(Some(at));
    }
    let starts = |text: &str| {
        text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)) && !name.is_empty()
    };
    let mut meant = params
        .iter()
        .enumerate()
        .filter(|(_, param)| starts(&param.name) || param.aliases.iter().any(|alias| starts(alias)));
    match (meant.next(), meant.next()) {
        (Some((at, _)), None) => Ok(Some(at)),
        (Some(first), Some(second)) => {
            let all = [first, second].into_iter().chain(meant);
            let names: Vec<String> = all.map(|(_, param)| format!("-{}", param.name)).collect();
            Err(ambiguous(name, &names.join(" "), function).into())
        }
        _ => Ok(None),
    }
}

fn binding_error(id: &str, message: String, function: &str) -> ErrorRecord {
    let exception = Exception::new("System.Management.Automation.ParameterBindingException", message)
        .id(format!("{id},{function}"))
        .category(Category::InvalidArgument);
    ErrorRecord::new(exception).with_activity(function)
}

fn twice(name: &str, function: &str) -> ErrorRecord {
    let message = format!(
        "Cannot bind parameter because parameter '{name}' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\"."
    );
    binding_error("ParameterAlreadyBound", message, function)
}

fn missing_argument(param: &Param, function: &str) -> ErrorRecord {
    let kind = param.kind.as_ref().and_then(|kind| dotnet::Type::parse(&kind.name));
    let kind = kind.map_or("System.Object".into(), |kind| kind.name());
    let message = format!(
        "Missing an argument for parameter '{}'. Specify a parameter of type '{kind}' and try again.",
        param.name
    );
    binding_error("MissingArgument", message, function)
}

fn ambiguous(name: &str, all: &str, function: &str) -> ErrorRecord {
    let message = format!(
        "Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include: {all}."
    );
    binding_error("AmbiguousParameter", message, function)
}

/// The record of what the binder refused.
pub(super) fn refused(error: object::Error) -> ErrorRecord {
    let id = error.id().to_owned();
    let transformation = id.starts_with("ParameterArgumentTransformation");
    let validation = id.starts_with("ParameterArgumentValidation");
    let (kind, category) = if id.starts_with("ScriptBlockArgument") {
        ("ParameterBindingException", Category::MetadataError)
    } else if transformation {
        ("ParameterBindingArgumentTransformationException", Category::InvalidData)
    } else if validation {
        ("ParameterBindingValidationException", Category::InvalidData)
    } else {
        ("ParameterBindingException", Category::InvalidArgument)
    };
    let mut exception = Exception::new(format!("System.Management.Automation.{kind}"), error.message())
        .id(id)
        .category(category);
    if let Some(target) = error.target_name() {
        exception = exception.target(target);
    }
    let record = ErrorRecord::new(exception);
    match error.help_line() {
        Some(help) => record.with_help(help),
        None => record,
    }
}

/// The words of a command line as arguments: `-Name` and `-Name:value` are parameters.
pub(super) fn words(words: &[String]) -> Vec<Argument> {
    let is_name = |word: &str| {
        word.strip_prefix('-').and_then(|rest| rest.chars().next()).is_some_and(char::is_alphabetic)
    };
    words
        .iter()
        .map(|word| match word.strip_prefix('-').filter(|_| is_name(word)) {
            Some(name) => match name.split_once(':') {
                Some((name, value)) => Argument::named(name, literal(value)),
                None => Argument::name(name),
            },
            None => Argument::value(word.as_str()),
        })
        .collect()
}

/// `-Switch:$false` on a command line.
fn literal(value: &str) -> Value {
    match value.to_ascii_lowercase().as_str() {
        "$true" => true.into(),
        "$false" => false.into(),
        "$null" => Value::Null,
        _ => value.into(),
    }
}
