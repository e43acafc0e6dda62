//! `Get-Variable`, `Set-Variable`, `New-Variable`, `Remove-Variable`, `Clear-Variable`.

use crate::declare::{declare, declare_changing};
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception, member};
use language::{Call, Command, CoreCommand, ErrorRecord, Options, Run, ScopeAt, Variable};
use object::{Object, Value};

fn missing(name: &str) -> ErrorRecord {
    let message = format!("Cannot find a variable with the name '{name}'.");
    let error =
        Exception::new("System.Management.Automation.ItemNotFoundException", message).id("VariableNotFound");
    ErrorRecord::new(error.category(Category::ObjectNotFound)).with_target(name.into())
}

fn unauthorized(id: &str, name: &str, message: String) -> ErrorRecord {
    let kind = "System.Management.Automation.SessionStateUnauthorizedAccessException";
    ErrorRecord::new(Exception::new(kind, message).id(id).category(Category::WriteError))
        .with_target(name.into())
}

/// Whether a name fits `-Include` and `-Exclude`, where they were given.
fn chosen(call: &Call<'_>, name: &str) -> bool {
    let any = |patterns: Vec<String>| {
        patterns.iter().any(|pattern| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(name)))
    };
    (!call.is_given("Include") || any(call.texts("Include"))) && !any(call.texts("Exclude"))
}

/// The scope that was asked for, if one was.
fn scope(call: &mut Call<'_>) -> Run<Option<ScopeAt>> {
    match call.text("Scope") {
        Some(name) => Ok(Some(call.session().scope_named(&name)?)),
        None => Ok(None),
    }
}

/// The variables that names and patterns mean, each with the scope that has it.
fn named(call: &mut Call<'_>) -> Run<Vec<(String, ScopeAt)>> {
    let asked = scope(call)?;
    let mut wanted = call.texts("Name");
    if wanted.is_empty() {
        wanted.push("*".to_owned());
    }
    let mut found = Vec::new();
    for name in wanted {
        if !has_wildcards(&name) {
            let at = asked.unwrap_or_else(|| call.session().scope_of(&name));
            let there = match asked {
                Some(at) => call.session().variable_in(at, &name).is_some(),
                None => call.session().find_variable(&name).is_some(),
            };
            if !there {
                call.error(missing(&name))?;
            } else if chosen(call, &name) {
                found.push((name, at));
            }
            continue;
        }
        let Ok(pattern) = Wildcard::new(&name) else { continue };
        let names = match asked {
            Some(at) => call.session().names_in(at),
            None => call.session().variable_names(),
        };
        let mut names: Vec<String> = names.iter().map(ToString::to_string).collect();
        names.retain(|name| pattern.matches(name) && chosen(call, name));
        names.sort_by(|a, b| dotnet::compare::collate(a, b, true));
        for name in names {
            let at = asked.unwrap_or_else(|| call.session().scope_of(&name));
            found.push((name, at));
        }
    }
    Ok(found)
}

/// A variable as scripts see it; one that is always there has no scope of its own.
fn shown(call: &mut Call<'_>, name: &str, at: ScopeAt) -> Object {
    let kept = call.session().variable_in(at, name);
    let kept = kept.unwrap_or_else(|| Variable {
        value: call.session().find_variable(name).unwrap_or_default(),
        options: Options::default(),
        description: None,
        rules: 0,
    });
    let words = [
        (kept.options.read_only, "ReadOnly"),
        (kept.options.constant, "Constant"),
        (kept.options.private, "Private"),
    ];
    let words: Vec<&str> = words.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    let options = if words.is_empty() { "None".to_owned() } else { words.join(", ") };
    let rules = (0..kept.rules).map(|_| Value::from("System.Attribute"));
    Object::named("System.Management.Automation.PSVariable")
        .with("Name", name)
        .with("Value", kept.value)
        .with("Description", kept.description.map_or_else(String::new, |text| text.to_string()))
        .with("Options", options)
        .with("Attributes", Value::array(rules))
}

/// `Get-Variable`.
pub(crate) static GET_VARIABLE: CoreCommand = CoreCommand::new(
    "Get-Variable",
    "GetVariableCommand",
    || {
        declare(
            "Get-Variable",
            "",
            "Name string[] 0 | .\nValueOnly switch\nInclude string[]\nExclude string[]\nScope string",
        )
    },
    || Box::new(GetVariable),
);

struct GetVariable;

impl Command for GetVariable {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for (name, at) in named(call)? {
            let made = shown(call, &name, at);
            match call.flag("ValueOnly") {
                true => call.write(made.get("Value").unwrap_or_default())?,
                false => call.write(Value::from(made))?,
            }
        }
        Ok(())
    }
}

/// `Set-Variable`.
pub(crate) static SET_VARIABLE: CoreCommand = CoreCommand::new(
    "Set-Variable",
    "SetVariableCommand",
    || {
        declare_changing(
            "Set-Variable",
            "",
            "Name string[] 0 ! .
             Value object 1 | .
             Include string[]
             Exclude string[]
             Description string
             Option object
             Force switch
             PassThru switch
             Scope string",
        )
    },
    || Box::new(SetVariable::default()),
);

/// `New-Variable`.
pub(crate) static NEW_VARIABLE: CoreCommand = CoreCommand::new(
    "New-Variable",
    "NewVariableCommand",
    || {
        declare_changing(
            "New-Variable",
            "",
            "Name string[] 0 ! .
             Value object 1 | .
             Description string
             Option object
             Force switch
             PassThru switch
             Scope string",
        )
    },
    || Box::new(NewVariable::default()),
);

#[derive(Default)]
struct SetVariable {
    values: Vec<Value>,
}

#[derive(Default)]
struct NewVariable {
    values: Vec<Value>,
}

impl Command for SetVariable {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        self.values.extend(call.value("Value").cloned());
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let value = member::one(std::mem::take(&mut self.values));
        let asked = scope(call)?;
        for name in call.texts("Name") {
            if !chosen(call, &name) {
                continue;
            }
            let at = match asked {
                Some(at) => at,
                None => call.session().scope_named("Local")?,
            };
            set(call, "Set variable", &name, at, &value)?;
        }
        Ok(())
    }
}

impl Command for NewVariable {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        self.values.extend(call.value("Value").cloned());
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let value = member::one(std::mem::take(&mut self.values));
        let asked = call.text("Scope").unwrap_or_else(|| "Local".to_owned());
        let at = call.session().scope_named(&asked)?;
        for name in call.texts("Name") {
            if call.session().variable_in(at, &name).is_some() && !call.flag("Force") {
                let message = format!("A variable with name '{name}' already exists.");
                let error = Exception::new("System.Management.Automation.SessionStateException", message)
                    .id("VariableAlreadyExists");
                let record = ErrorRecord::new(error.category(Category::ResourceExists));
                call.error(record.with_target(name.as_str().into()))?;
                continue;
            }
            set(call, "New variable", &name, at, &value)?;
        }
        Ok(())
    }
}

/// Sets a variable with all that was said about it; a refusal is reported.
fn set(call: &mut Call<'_>, action: &str, name: &str, at: ScopeAt, value: &Value) -> Run {
    let words = options(call)?;
    let text = dotnet::text::to_text(value, call.session().locale());
    if !call.should(&format!("Name: {name} Value: {text}"), action, false)? {
        return Ok(());
    }
    let force = call.flag("Force");
    if let Err(halt) = call.session().set_variable_in(at, name, value.clone(), force) {
        return match halt.error() {
            Some(record) => call.error(record.clone().with_target(name.into())),
            None => Err(halt),
        };
    }
    let description = call.text("Description").map(Into::into);
    if words.is_some() || description.is_some() {
        call.session().describe_variable(at, name, words, description);
    }
    if call.flag("PassThru") {
        let made = shown(call, name, at);
        call.write(Value::from(made))?;
    }
    Ok(())
}

/// `-Option ReadOnly,AllScope`.
fn options(call: &mut Call<'_>) -> Run<Option<Options>> {
    if !call.is_given("Option") {
        return Ok(None);
    }
    let mut made = Options::default();
    let given = call.texts("Option");
    for word in given.iter().flat_map(|text| text.split(',')).map(str::trim) {
        match word.to_ascii_lowercase().as_str() {
            "none" | "unspecified" => {}
            "readonly" => made.read_only = true,
            "constant" => made.constant = true,
            "private" => made.private = true,
            // Nobody may believe that other scopes share it.
            "allscope" => {
                let message = "-Option AllScope is not supported in this version: use -Scope Global.";
                return Err(Exception::runtime("NotSupported", message)
                    .category(Category::NotImplemented)
                    .into());
            }
            _ => {
                let message = format!(
                    "Cannot bind parameter 'Option'. Cannot convert value \"{word}\" to type \"System.Management.Automation.ScopedItemOptions\". The possible values are: None, ReadOnly, Constant, Private."
                );
                let error = Exception::new("System.Management.Automation.ParameterBindingException", message);
                return Err(error
                    .id("CannotConvertArgumentNoMessage")
                    .category(Category::InvalidArgument)
                    .into());
            }
        }
    }
    Ok(Some(made))
}

/// `Remove-Variable`.
pub(crate) static REMOVE_VARIABLE: CoreCommand = CoreCommand::new(
    "Remove-Variable",
    "RemoveVariableCommand",
    || {
        declare_changing(
            "Remove-Variable",
            "",
            "Name string[] 0 ! | .\nInclude string[]\nExclude string[]\nForce switch\nScope string",
        )
    },
    || Box::new(RemoveVariable),
);

struct RemoveVariable;

impl Command for RemoveVariable {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for (name, at) in named(call)? {
            if !stays(call, at, &name)? && call.should(&format!("Name: {name}"), "Remove variable", false)? {
                call.session().remove_variable_in(at, &name);
            }
        }
        Ok(())
    }
}

/// Whether a variable may not be taken away, or not without force; that is then reported.
pub(crate) fn stays(call: &mut Call<'_>, at: ScopeAt, name: &str) -> Run<bool> {
    let options = call.session().variable_in(at, name).map(|found| found.options).unwrap_or_default();
    let stays = options.constant || (options.read_only && !call.flag("Force"));
    if stays {
        let message = format!(
            "Cannot remove variable {name} because it is constant or read-only. If the variable is read-only, try the operation again specifying the Force option."
        );
        call.error(unauthorized("VariableNotRemovable", name, message))?;
    }
    Ok(stays)
}

/// `Clear-Variable`.
pub(crate) static CLEAR_VARIABLE: CoreCommand = CoreCommand::new(
    "Clear-Variable",
    "ClearVariableCommand",
    || {
        declare_changing(
            "Clear-Variable",
            "",
            "Name string[] 0 ! | .\nInclude string[]\nExclude string[]\nForce switch\nPassThru switch\nScope string",
        )
    },
    || Box::new(ClearVariable),
);

struct ClearVariable;

impl Command for ClearVariable {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for (name, at) in named(call)? {
            if !call.should(&format!("Name: {name}"), "Clear variable", false)? {
                continue;
            }
            let force = call.flag("Force");
            if let Err(halt) = call.session().set_variable_in(at, &name, Value::Null, force) {
                match halt.error() {
                    Some(record) => call.error(record.clone().with_target(name.as_str().into()))?,
                    None => return Err(halt),
                }
                continue;
            }
            if call.flag("PassThru") {
                let made = shown(call, &name, at);
                call.write(Value::from(made))?;
            }
        }
        Ok(())
    }
}
