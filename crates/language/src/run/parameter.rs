//! Parameters of functions: their signature for the binder, their types and rules.

use super::code::{Code, Param, ParamUse, Prepared, Rule};
use super::halt::Why;
use super::scope::Scope;
use super::session::Session;
use super::values;
use dotnet::compare::truth;
use dotnet::{Category, Exception, Result, Type};
use gate::bind::{Bound, Reading};
use gate::{Formal, Signature, Use};
use object::types::{SecureString, kinds};
use object::value::Text;
use object::{Error, ErrorId, Object, Value};
use std::sync::Arc;

/// A command that a session knows, for completion and help.
pub enum Known {
    /// A function or script block.
    Function(Arc<Signature>),
    /// A core command.
    Core(&'static super::command::CoreCommand),
    /// A cmdlet that runs elsewhere.
    Remote(Arc<Signature>),
    /// An alias of the command of that name.
    Alias(Text),
}

impl Session {
    /// What is known of the command of that name.
    pub fn known(&mut self, name: &str) -> Option<Known> {
        if let Some(meaning) = self.find_alias(name) {
            return Some(Known::Alias(meaning));
        }
        if let Some(entry) = self.find_function(name) {
            let code = super::prepare::prepared(entry.block.ast(), entry.block.function.as_deref());
            return Some(Known::Function(signature(self, &code, &entry.name)));
        }
        if let Some(core) = self.settings.commands.find(name) {
            return Some(Known::Core(core));
        }
        let remote = self.settings.invoker.as_ref().and_then(|invoker| invoker.signature(name));
        remote.map(Known::Remote)
    }
}

impl Session {
    /// What a function takes.
    pub fn signature_of(&mut self, entry: &super::scope::FunctionEntry) -> Arc<Signature> {
        let code = super::prepare::prepared(entry.block.ast(), entry.block.function.as_deref());
        signature(self, &code, &entry.name)
    }
    /// Whether a function has `[CmdletBinding()]` or acts as if it had, and whether it asks before it changes something.
    pub fn binding_of(&mut self, entry: &super::scope::FunctionEntry) -> (bool, bool, bool) {
        let code = super::prepare::prepared(entry.block.ast(), entry.block.function.as_deref());
        (code.advanced, code.binding.should_process, code.binding.no_positions)
    }
    /// The module whose code a function is.
    pub fn module_of(&self, entry: &super::scope::FunctionEntry) -> Option<Arc<super::scope::Module>> {
        entry.block.home_within(None)
    }
}

/// The signature of a function; made once.
pub(super) fn signature(session: &Session, code: &Arc<Prepared>, name: &Text) -> Arc<Signature> {
    code.signature.get_or_init(|| Arc::new(make_signature(session, code, name))).clone()
}

fn make_signature(session: &Session, code: &Prepared, name: &Text) -> Signature {
    let mut signature = Signature::new(name.clone());
    signature.strict = code.advanced;
    for set in code.params.iter().flat_map(|param| &param.uses).filter_map(|used| used.set.as_ref()) {
        if signature.set_named(set).is_none() && signature.sets.len() < gate::PARAMETER_SETS_MAX {
            signature.sets.push(set.clone());
        }
    }
    if let Some(default) = &code.binding.default_set {
        if signature.set_named(default).is_none() {
            signature.sets.push(default.clone());
        }
        signature.default_set = signature.set_named(default);
    }
    let positions = !code.binding.no_positions && implicit_positions(code);
    let mut next = 0;
    for param in &code.params {
        let mut formal = formal(session, &signature, param);
        if positions && !param.is_switch {
            for used in &mut formal.uses {
                used.position = Some(next);
            }
            next += 1;
        }
        signature.formals.push(formal);
    }
    if code.advanced { signature.with_common(code.binding.should_process) } else { signature }
}

/// Parameters have positions in order of declaration, unless one says its own.
fn implicit_positions(code: &Prepared) -> bool {
    !code
        .params
        .iter()
        .flat_map(|param| &param.uses)
        .any(|used| used.position.is_some() || used.set.is_some())
}

fn formal(session: &Session, signature: &Signature, param: &Param) -> Formal {
    let is_text = |name: &str| ["string", "system.string", "string[]", "system.string[]"].contains(&name);
    let written = param.kind.as_ref().map(|kind| kind.name.to_ascii_lowercase()).unwrap_or_default();
    let kind = if param.is_switch {
        &kinds::SWITCH
    } else if is_text(&written) {
        &kinds::STRING
    } else {
        &kinds::ANY
    };
    let mut formal = Formal::new(param.name.clone(), kind);
    if let Some(written) = &param.kind {
        formal.type_name =
            values::resolve(session, written).map_or_else(|_| written.name.clone(), |kind| kind.name());
        formal.many = written.name.ends_with("[]");
    }
    formal.aliases = param.aliases.clone();
    formal.summary = param.help.clone().unwrap_or_default();
    for rule in param.rules.iter() {
        match rule {
            Rule::AllowNull => formal.allows_null = true,
            Rule::AllowEmptyText => formal.allows_empty_text = true,
            Rule::AllowEmptyList => formal.allows_empty_list = true,
            Rule::Set(words, _) => formal.accepted = words.clone(),
            _ => {}
        }
    }
    if !param.uses.is_empty() {
        formal.uses = param.uses.iter().map(|used| in_set(signature, used)).collect();
    }
    formal
}

fn in_set(signature: &Signature, used: &ParamUse) -> Use {
    Use {
        set: used.set.as_ref().and_then(|set| signature.set_named(set)),
        mandatory: used.mandatory,
        position: used.position,
        by_value: used.by_value,
        by_name: used.by_name,
        remaining: used.remaining,
        ..Use::default()
    }
}

/// A `RuntimeDefinedParameter`, ready to be bound.
#[derive(Clone)]
pub(super) struct Dynamic {
    pub(super) name: Text,
    pub(super) kind: Type,
    pub(super) rules: Arc<Vec<Rule>>,
    pub(super) object: Arc<Object>,
}

impl Dynamic {
    /// Tells the script's own object what was given.
    pub(super) fn given(&self, value: &Value) {
        self.object.set("Value", value.clone());
        self.object.set("IsSet", true);
    }
}

/// How the binder reads the values of a function's parameters.
pub(super) struct FunctionReading<'a> {
    pub(super) session: &'a mut Session,
    pub(super) code: Arc<Prepared>,
    pub(super) name: Text,
    pub(super) presets: Option<Vec<(String, Value)>>,
    /// The function's scope, while its command line is bound: dynamic parameters are worked out in it.
    pub(super) scope: Option<Scope>,
    pub(super) dynamic: Vec<Dynamic>,
}

impl FunctionReading<'_> {
    fn param(&self, formal: &Formal) -> Option<usize> {
        self.code.params.iter().position(|param| param.name.eq_ignore_ascii_case(&formal.name))
    }
}

impl Reading for FunctionReading<'_> {
    fn as_it_is(&mut self, _: usize, formal: &Formal, value: &Value) -> Option<Value> {
        let Some(at) = self.param(formal) else {
            let dynamic = self.dynamic.iter().any(|one| one.name.eq_ignore_ascii_case(&formal.name));
            return (!dynamic).then(|| value.clone());
        };
        let code = self.code.clone();
        let Some(written) = &code.params[at].kind else { return Some(value.clone()) };
        let kind = values::resolve(self.session, written).ok()?;
        dotnet::convert::is(value, &kind).then(|| value.clone())
    }
    fn read(&mut self, _: usize, formal: &Formal, value: Value) -> object::Result<Value> {
        let Some(at) = self.param(formal) else {
            return self.dynamic_value(&formal.name, &value).unwrap_or(Ok(value)).map_err(bound_error);
        };
        let code = self.code.clone();
        let param = &code.params[at];
        let is_text = matches!(&param.kind, Some(kind) if kind.name.eq_ignore_ascii_case("string"));
        if is_text && dotnet::index::elements(&value).is_some() {
            // A simple function would join the list; an advanced one refuses it.
            let message = format!(
                "Cannot process argument transformation on parameter '{}'. Cannot convert value to type System.String.",
                param.name
            );
            return Err(bound_error(transformation(message, &self.name)));
        }
        typed(self.session, param, value, &self.name).map_err(bound_error)
    }
    fn check(&mut self, _: usize, formal: &Formal, value: &Value) -> object::Result<()> {
        let Some(at) = self.param(formal) else {
            return self.dynamic_check(&formal.name, value).map_err(bound_error);
        };
        let code = self.code.clone();
        let param = &code.params[at];
        check_param(self.session, param, value, &self.name).map_err(bound_error)
    }
    fn joining(&mut self, signature: &Arc<Signature>, bound: &Bound) -> object::Result<gate::bind::Joining> {
        self.dynamic_parameters(signature, bound).map_err(|halt| bound_error(values::exception(halt)))
    }
    fn ask(&mut self, missing: &[&Formal]) -> object::Result<Option<Vec<Value>>> {
        ask(self.session, &self.name, missing)
    }
    fn waits_for_input(&mut self, _: usize, formal: &Formal, value: &Value) -> bool {
        super::scope::Block::of(value).is_some() && takes_no_block(formal)
    }
    fn run_for(&mut self, block: &Value, input: &Value) -> object::Result<Value> {
        run_for(self.session, block, input)
    }
    fn member(&mut self, input: &Value, name: &str) -> Option<Value> {
        member(self.session, input, name)
    }
    fn preset(&mut self, formal: &Formal) -> Option<Value> {
        preset(self.session, &self.name, &mut self.presets, formal)
    }
}

/// Whether a script block cannot itself be the value of a parameter.
pub(super) fn takes_no_block(formal: &Formal) -> bool {
    let name = &*formal.type_name;
    !name.eq_ignore_ascii_case("System.Management.Automation.ScriptBlock")
        && !name.eq_ignore_ascii_case("System.Object")
}

/// The value that a script block gives a parameter for a piped object.
pub(super) fn run_for(session: &mut Session, block: &Value, input: &Value) -> object::Result<Value> {
    let mut out = Vec::new();
    match session.block_here(block, Some(input), &mut out) {
        Ok(()) => Ok(values::gathered(out).unwrap_or_default()),
        Err(halt) => Err(match halt.into_why() {
            Why::Error(record) => {
                Error::caller(ErrorId::ScriptBlockArgumentInvocationFailed, record.message().to_owned())
            }
            other => Error::caller(ErrorId::ScriptBlockArgumentInvocationFailed, format!("{other:?}")),
        }),
    }
}

/// A property of a piped object, if it has one of that name.
pub(super) fn member(session: &mut Session, input: &Value, name: &str) -> Option<Value> {
    dotnet::member::own(session, input, name).ok().flatten()
}

/// What `$PSDefaultParameterValues` says of a command: patterns `Command:Parameter`, which may have
/// wildcards. A script block is asked for the value.
pub(super) fn presets(session: &mut Session, command: &str) -> Vec<(String, Value)> {
    let table = session.find_variable("psdefaultparametervalues");
    let Some(Value::Dictionary(table)) = table.as_ref().map(dotnet::values::base) else { return Vec::new() };
    if table.get(&"Disabled".into()).is_some_and(|off| truth(&off)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (key, value) in table.to_vec() {
        let key = key.to_string();
        let Some((pattern, parameter)) = key.rsplit_once(':') else { continue };
        let pattern = dotnet::wildcard::Wildcard::new(pattern.trim());
        if !pattern.is_ok_and(|pattern| pattern.matches(command)) {
            continue;
        }
        let value = match super::scope::Block::of(&value) {
            Some(_) => {
                let mut out = Vec::new();
                match session.call_block(&value, None, &[], &mut out) {
                    Ok(()) => values::gathered(out).unwrap_or_default(),
                    Err(_) => continue,
                }
            }
            None => value,
        };
        found.push((parameter.trim().to_owned(), value));
    }
    found
}

/// The preset of a parameter, read once for each command.
pub(super) fn preset(
    session: &mut Session,
    command: &str,
    known: &mut Option<Vec<(String, Value)>>,
    formal: &Formal,
) -> Option<Value> {
    let known = known.get_or_insert_with(|| presets(session, command));
    let fits = |name: &str| {
        dotnet::wildcard::Wildcard::new(name).is_ok_and(|pattern| pattern.matches(&formal.name))
            || formal.is_called(name)
    };
    known.iter().find(|(name, _)| fits(name)).map(|(_, value)| value.clone())
}

/// Asks a person for mandatory parameters.
pub(super) fn ask(
    session: &mut Session,
    command: &str,
    missing: &[&Formal],
) -> object::Result<Option<Vec<Value>>> {
    let caption = format!("cmdlet {command} at command pipeline position 1");
    let fields: Vec<dotnet::host::Field> = missing
        .iter()
        .map(|formal| dotnet::host::Field {
            name: formal.name.to_string(),
            secret: formal.is_secret(),
            many: formal.many,
        })
        .collect();
    let answers = session.host().prompt(&caption, "Supply values for the following parameters:", &fields);
    match answers {
        Ok(answers) => {
            Ok(Some(missing.iter().zip(answers).map(|(formal, answer)| answered(formal, answer)).collect()))
        }
        Err(_) => Ok(None),
    }
}

/// What was typed for a parameter: a secret stays one, a list has an element a line.
fn answered(formal: &Formal, answer: String) -> Value {
    if formal.is_secret() {
        return Value::typed(SecureString::new(answer));
    }
    match formal.many {
        true if answer.contains('\n') => Value::array(answer.lines().map(Value::from)),
        _ => answer.into(),
    }
}

/// A value where text is wanted: objects whose text a script makes are that text.
pub(super) fn spoken(session: &mut Session, value: Value) -> object::Result<Value> {
    if !dotnet::member::speaks(&value) {
        return Ok(value);
    }
    dotnet::member::spoken(session, &value).map_err(bound_error)
}

/// The type that a core command's parameter converts its argument to, where its kind says nothing of it.
pub(super) fn converted_type(formal: &Formal) -> Option<dotnet::Type> {
    if formal.many {
        return None;
    }
    match &*formal.type_name {
        "System.DateTime" | "System.Double" | "System.Int32" | "System.Int64" => {
            Some(dotnet::Type::named(&formal.type_name))
        }
        "System.ConsoleColor" => Some(dotnet::Type::Enum(&dotnet::enums::CONSOLE_COLOR)),
        _ => None,
    }
}

/// An argument as a parameter's type; dates are read in the session's culture.
pub(super) fn convert_argument(
    session: &mut Session,
    formal: &Formal,
    value: &Value,
    of: &dotnet::Type,
) -> object::Result<Value> {
    if let (Value::String(text), "System.DateTime") = (value, &*of.name())
        && let Some(date) = dotnet::parse::date(text, session.locale(), Some(session.host().now()))
    {
        return Ok(Value::DateTime(date));
    }
    dotnet::convert::to(value, of, session.locale()).map_err(|error| {
        let message = format!("Cannot bind parameter '{}'. {}", formal.name, error.text());
        Error::foreign(object::Fault::Caller, "CannotConvertArgumentNoMessage".to_owned(), message)
    })
}

/// What was refused for its kind, in .NET's words.
pub(super) fn not_converted(session: &Session, formal: &Formal, value: &Value, error: Error) -> Error {
    if !error.id().starts_with("ParameterArgumentTransformation") {
        return error;
    }
    let message = format!(
        "Cannot bind parameter '{}'. Cannot convert the \"{}\" value of type \"{}\" to type \"{}\".",
        formal.name,
        session.to_text(value),
        value.type_name(),
        formal.type_name
    );
    Error::foreign(object::Fault::Caller, "CannotConvertArgumentNoMessage".to_owned(), message)
}

/// Refuses a value that a core command's declaration does not allow.
pub(super) fn check_declared(formal: &Formal, value: &Value) -> object::Result<()> {
    let why = value.items().iter().find_map(|item| not_allowed(formal, item));
    let Some(why) = why else { return Ok(()) };
    let message = format!(
        "Cannot validate argument on parameter '{}'. {why} and then try the command again.",
        formal.name
    );
    Err(Error::foreign(object::Fault::Caller, "ParameterArgumentValidationError".to_owned(), message))
}

fn not_allowed(formal: &Formal, item: &Value) -> Option<String> {
    let number = item.as_i64().or_else(|| dotnet::values::double(item).map(|number| number as i64));
    if let (Some(least), Some(number)) = (formal.least, number)
        && number < least
    {
        return Some(format!(
            "The {number} argument is less than the minimum allowed range of {least}. Supply an argument that is greater than or equal to {least}"
        ));
    }
    if let (Some(most), Some(number)) = (formal.most, number)
        && number > most
    {
        return Some(format!(
            "The {number} argument is greater than the maximum allowed range of {most}. Supply an argument that is less than or equal to {most}"
        ));
    }
    let text = item.to_string();
    let known =
        formal.accepted.is_empty() || formal.accepted.iter().any(|word| word.eq_ignore_ascii_case(&text));
    (!known && !item.is_null()).then(|| {
        let words = formal.accepted.iter().map(|word| &**word).collect::<Vec<_>>().join(",");
        format!(
            "The argument \"{text}\" does not belong to the set \"{words}\" specified by the ValidateSet attribute. Supply an argument that is in the set"
        )
    })
}

/// An exception on its way through the binder, which knows only errors.
pub(super) fn bound_error(exception: Exception) -> Error {
    let mut error =
        Error::foreign(object::Fault::Caller, exception.error_id().to_owned(), exception.text().to_owned());
    if let Some(target) = exception.target_value() {
        error = error.target(target.to_string());
    }
    error
}

/// A value for a parameter of a simple function: converted and checked.
pub(super) fn accept(session: &mut Session, param: &Param, value: Value, command: &str) -> Result<Value> {
    let value = typed(session, param, value, command)?;
    check_param(session, param, &value, command)?;
    Ok(value)
}

fn typed(session: &mut Session, param: &Param, value: Value, command: &str) -> Result<Value> {
    let Some(written) = &param.kind else { return Ok(value) };
    let kind = values::resolve(session, written)?;
    // A number for a text is what was written: `-Version 1.10`.
    if let (Value::Object(object), dotnet::Kind::String) = (&value, kind.kind())
        && let Some(text) = object.as_written()
    {
        return Ok(Value::String(text.clone()));
    }
    // A cast takes words and numbers for a boolean, a parameter only booleans and numbers.
    if &*kind.name() == "System.Management.Automation.ScriptBlock" && matches!(value, Value::String(_)) {
        let message = format!(
            "Cannot process argument transformation on parameter '{}'. Cannot convert the \"{value}\" value of type \"System.String\" to type \"System.Management.Automation.ScriptBlock\".",
            param.name
        );
        return Err(transformation(message, command));
    }
    if param.is_switch && matches!(value, Value::String(_)) {
        let message = format!(
            "Cannot process argument transformation on parameter '{}'. Cannot convert value \"System.String\" to type \"System.Management.Automation.SwitchParameter\". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.",
            param.name
        );
        return Err(transformation(message, command));
    }
    if &*kind.name() == "System.Management.Automation.PSReference" {
        if value.downcast::<dotnet::values::Reference>().is_some() {
            return Ok(value);
        }
        let message = format!(
            "Cannot process argument transformation on parameter '{}'. Reference type is expected in argument.",
            param.name
        );
        return Err(transformation(message, command));
    }
    if &*kind.name() == "System.Boolean" && matches!(value, Value::String(_)) {
        let message = format!(
            "Cannot process argument transformation on parameter '{}'. Cannot convert value \"System.String\" to type \"System.Boolean\". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.",
            param.name
        );
        return Err(transformation(message, command));
    }
    values::convert(session, &value, &kind).map_err(|error| {
        let mut why = error.text().to_owned();
        if param.uses.iter().any(|used| used.remaining) {
            // All that was left over came as one list.
            why = format!("Cannot convert value \"System.Collections.Generic.List`1[System.Object]\" to type \"{kind}\". Error: \"{why}\"");
        }
        let message = format!("Cannot process argument transformation on parameter '{}'. {why}", param.name);
        transformation(message, command).inner(error)
    })
}

pub(super) fn transformation(message: String, command: &str) -> Exception {
    Exception::new("System.Management.Automation.ParameterBindingArgumentTransformationException", message)
        .id(format!("ParameterArgumentTransformationError,{command}"))
        .category(Category::InvalidData)
}

/// What an unbound parameter holds: a number 0, a text '', a switch off.
pub(super) fn empty(session: &mut Session, param: &Param) -> Result<Value> {
    let Some(written) = &param.kind else { return Ok(Value::Null) };
    let kind = values::resolve(session, written)?;
    if param.is_switch {
        return values::convert(session, &Value::Bool(false), &kind);
    }
    // A char has no empty value of its own.
    let has_empty = kind.is_value_type() && kind.kind() != dotnet::Kind::Char;
    if has_empty || &*kind.name() == "System.String" {
        return Ok(values::convert(session, &Value::Null, &kind).unwrap_or_default());
    }
    Ok(Value::Null)
}

fn check_param(session: &mut Session, param: &Param, value: &Value, command: &str) -> Result<()> {
    session.check_rules(&param.rules, value).map_err(|error| validation(error, &param.name, command))
}

/// What becomes of a rule's error when the value is a parameter's.
pub(super) fn validation(error: Exception, parameter: &str, command: &str) -> Exception {
    let message = format!("Cannot validate argument on parameter '{parameter}'. {}", error.text());
    Exception::new("System.Management.Automation.ParameterBindingValidationException", message)
        .id(format!("ParameterArgumentValidationError,{command}"))
        .category(Category::InvalidData)
        .inner(error)
}

impl Session {
    /// Whether a value satisfies rules; the error says which it does not.
    pub(super) fn check_rules(&mut self, rules: &[Rule], value: &Value) -> Result<()> {
        rules.iter().try_for_each(|rule| self.check_rule(rule, value))
    }

    fn check_rule(&mut self, rule: &Rule, value: &Value) -> Result<()> {
        match rule {
            Rule::NotNull if value.is_null() => Err(invalid(
                "ArgumentIsNull",
                "The argument is null. Provide a valid value for the argument, and then try running the command again.",
            )),
            Rule::NotNullOrEmpty => not_empty(value, false),
            Rule::NotWhiteSpace => not_empty(value, true),
            Rule::Count(least, most) => self.check_count(least, most, value),
            Rule::NotNull | Rule::AllowNull | Rule::AllowEmptyText | Rule::AllowEmptyList => Ok(()),
            rule => value.items().iter().try_for_each(|item| self.check_item(rule, item)),
        }
    }

    fn number(&mut self, code: &Code) -> Result<Value> {
        self.eval(code).map_err(|halt| match halt.into_why() {
            Why::Error(record) => record.exception().clone(),
            other => Exception::runtime("ValidationFailure", format!("{other:?}")),
        })
    }

    fn check_count(&mut self, least: &Code, most: &Code, value: &Value) -> Result<()> {
        let (least, most) = (self.number(least)?.as_i64(), self.number(most)?.as_i64());
        let count = value.items().len() as i64;
        if least.is_some_and(|least| count < least) || most.is_some_and(|most| count > most) {
            let message = format!(
                "The parameter requires at least {} value(s) and no more than {} value(s) - {count} value(s) were provided.",
                least.unwrap_or(0),
                most.unwrap_or(0)
            );
            return Err(invalid("ValidateCountFailure", &message));
        }
        Ok(())
    }

    fn check_item(&mut self, rule: &Rule, item: &Value) -> Result<()> {
        let text = self.to_text(item);
        match rule {
            Rule::Set(words, ignore_case) => {
                let fits = words.iter().any(|word| match ignore_case {
                    true => dotnet::compare::same_text(word, &text, true),
                    false => **word == *text,
                });
                if fits {
                    return Ok(());
                }
                let list = words.join(",");
                Err(invalid(
                    "ValidateSetFailure",
                    &format!(
                        "The argument \"{text}\" does not belong to the set \"{list}\" specified by the ValidateSet attribute. Supply an argument that is in the set and then try the command again."
                    ),
                ))
            }
            Rule::Range(least, most) => self.check_range(least, most, item),
            Rule::RangeKind(kind) => check_range_kind(kind, item),
            Rule::Length(least, most) => {
                let (least, most) = (self.number(least)?.as_i64(), self.number(most)?.as_i64());
                let length = text.encode_utf16().count() as i64;
                if let Some(least) = least.filter(|least| length < *least) {
                    let message = format!(
                        "The character length ({length}) of the argument is too short. Specify an argument with a length that is greater than or equal to \"{least}\", and then try the command again."
                    );
                    return Err(invalid("ValidateLengthMinLengthFailure", &message));
                }
                if let Some(most) = most.filter(|most| length > *most) {
                    let message = format!(
                        "The character length of the {length} argument is too long. Shorten the character length of the argument so it is fewer than or equal to \"{most}\" characters, and then try the command again."
                    );
                    return Err(invalid("ValidateLengthMaxLengthFailure", &message));
                }
                Ok(())
            }
            Rule::Pattern(pattern, ignore_case) => {
                use crate::syntax::token::{Case, Operator};
                let case = if *ignore_case { Case::Ignore } else { Case::Keep };
                let (text_value, pattern_value) =
                    (Value::from(text.as_str()), Value::String(pattern.clone()));
                if truth(&values::binary(self, Operator::Match(case), &text_value, &pattern_value)?) {
                    return Ok(());
                }
                Err(invalid(
                    "ValidatePatternFailure",
                    &format!(
                        "The argument \"{text}\" does not match the \"{pattern}\" pattern. Supply an argument that matches \"{pattern}\" and try the command again."
                    ),
                ))
            }
            Rule::Script(block) => {
                let block = self.number(block)?;
                let mut out = Vec::new();
                self.guards += 1;
                let result = self.call_block(&block, Some(item), std::slice::from_ref(item), &mut out);
                self.guards -= 1;
                if let Err(halt) = result {
                    return Err(match halt.into_why() {
                        Why::Error(record) => {
                            self.remember(&record);
                            record.exception().clone()
                        }
                        other => Exception::runtime("ValidateScriptFailure", format!("{other:?}")),
                    });
                }
                if values::gathered(out).is_some_and(|value| truth(&value)) {
                    return Ok(());
                }
                let script = self.to_text(&block);
                Err(invalid(
                    "ValidateScriptFailure",
                    &format!(
                        "The \"{script}\" validation script for the argument with value \"{text}\" did not return a result of True. Determine why the validation script failed, and then try the command again."
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    fn check_range(&mut self, least: &Code, most: &Code, item: &Value) -> Result<()> {
        let (least, most) = (self.number(least)?, self.number(most)?);
        let below = dotnet::compare::compare(item, &least, true, self.locale())?.is_lt();
        let above = dotnet::compare::compare(item, &most, true, self.locale())?.is_gt();
        if below {
            return Err(invalid(
                "ValidateRangeTooSmall",
                &format!(
                    "The {item} argument is less than the minimum allowed range of {least}. Supply an argument that is greater than or equal to {least} and then try the command again."
                ),
            ));
        }
        if above {
            return Err(invalid(
                "ValidateRangeTooBig",
                &format!(
                    "The {item} argument is greater than the maximum allowed range of {most}. Supply an argument that is less than or equal to {most} and then try the command again."
                ),
            ));
        }
        Ok(())
    }
}

fn check_range_kind(kind: &str, item: &Value) -> Result<()> {
    let number = dotnet::values::double(dotnet::values::base(item)).unwrap_or(0.0);
    let fits = match kind.to_ascii_lowercase().as_str() {
        "positive" => number > 0.0,
        "nonnegative" => number >= 0.0,
        "negative" => number < 0.0,
        "nonpositive" => number <= 0.0,
        _ => true,
    };
    if fits {
        return Ok(());
    }
    Err(invalid(
        "ValidateRangeFailure",
        &format!("The {item} argument is not {}.", kind.to_ascii_lowercase()),
    ))
}

fn not_empty(value: &Value, blanks: bool) -> Result<()> {
    let empty_text = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() || (blanks && text.trim().is_empty()),
        _ => false,
    };
    let items = dotnet::index::elements(value);
    let empty = match &items {
        None => empty_text(value),
        Some(items) => items.is_empty() || items.iter().any(empty_text),
    };
    if !empty {
        return Ok(());
    }
    Err(invalid(
        "ArgumentIsEmpty",
        "The argument is null or empty. Provide an argument that is not null or empty, and then try the command again.",
    ))
}

fn invalid(id: &str, message: &str) -> Exception {
    Exception::new("System.Management.Automation.ValidationMetadataException", message)
        .id(id)
        .category(Category::MetadataError)
}
