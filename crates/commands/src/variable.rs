//! `Get-Variable`, `Set-Variable`, `New-Variable`, `Remove-Variable`, `Clear-Variable`.

use crate::declare::{declare, declare_changing};
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception, member};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

fn missing(name: &str) -> ErrorRecord {
    let message = format!("Cannot find a variable with the name '{name}'.");
    let error =
        Exception::new("System.Management.Automation.ItemNotFoundException", message).id("VariableNotFound");
    ErrorRecord::new(error.category(Category::ObjectNotFound)).with_target(name.into())
}

/// The variables that names and patterns mean.
fn named(call: &mut Call<'_>) -> Run<Vec<String>> {
    let mut wanted = call.texts("Name");
    if wanted.is_empty() {
        wanted.push("*".to_owned());
    }
    let mut found = Vec::new();
    for name in wanted {
        if !has_wildcards(&name) {
            match call.session().find_variable(&name) {
                Some(_) => found.push(name),
                None => call.error(missing(&name))?,
            }
            continue;
        }
        let Ok(pattern) = Wildcard::new(&name) else { continue };
        let mut names: Vec<String> = call
            .session()
            .variable_names()
            .iter()
            .map(ToString::to_string)
            .filter(|name| pattern.matches(name))
            .collect();
        names.sort_by(|a, b| dotnet::compare::collate(a, b, true));
        found.extend(names);
    }
    Ok(found)
}

/// `Get-Variable`.
pub(crate) static GET_VARIABLE: CoreCommand = CoreCommand::new(
    "Get-Variable",
    "GetVariableCommand",
    || {
        declare(
            "Get-Variable",
            "",
            "Name string[] 0 | .\nValueOnly switch\nInclude string[]\nExclude string[]",
        )
    },
    || Box::new(GetVariable),
);

struct GetVariable;

impl Command for GetVariable {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for name in named(call)? {
            let value = call.session().find_variable(&name).unwrap_or_default();
            if call.flag("ValueOnly") {
                call.write(value)?;
                continue;
            }
            call.write(Value::from(variable(&name, value)))?;
        }
        Ok(())
    }
}

fn variable(name: &str, value: Value) -> Object {
    Object::named("System.Management.Automation.PSVariable")
        .with("Name", name)
        .with("Value", value)
        .with("Description", "")
        .with("Options", "None")
}

const SETTING: &str = "Value object 1 | .
     Include string[]
     Exclude string[]
     Description string
     Option object
     Force switch
     Visibility object
     PassThru switch
     Scope string";

/// `Set-Variable`.
pub(crate) static SET_VARIABLE: CoreCommand = CoreCommand::new(
    "Set-Variable",
    "SetVariableCommand",
    || declare_changing("Set-Variable", "", &format!("Name string[] 0 ! .\n{SETTING}")),
    || Box::new(SetVariable { values: Vec::new(), create: false }),
);

/// `New-Variable`.
pub(crate) static NEW_VARIABLE: CoreCommand = CoreCommand::new(
    "New-Variable",
    "NewVariableCommand",
    || declare_changing("New-Variable", "", &format!("Name string[] 0 ! .\n{SETTING}")),
    || Box::new(SetVariable { values: Vec::new(), create: true }),
);

struct SetVariable {
    values: Vec<Value>,
    create: bool,
}

impl Command for SetVariable {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        self.values.extend(call.value("Value").cloned());
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let value = member::one(std::mem::take(&mut self.values));
        for name in call.texts("Name") {
            let there = call.session().find_variable(&name).is_some();
            if self.create && there && !call.flag("Force") {
                let message = format!("A variable with name '{name}' already exists.");
                let error = Exception::new("System.Management.Automation.SessionStateException", message)
                    .id("VariableAlreadyExists");
                call.error(
                    ErrorRecord::new(error.category(Category::ResourceExists))
                        .with_target(name.as_str().into()),
                )?;
                continue;
            }
            let scoped = match call.text("Scope") {
                Some(scope) if !matches!(scope.to_ascii_lowercase().as_str(), "local" | "0" | "1") => {
                    format!("{scope}:{name}")
                }
                _ => name.clone(),
            };
            call.session().set_variable(&scoped, value.clone())?;
            if call.flag("PassThru") {
                call.write(Value::from(variable(&name, value.clone())))?;
            }
        }
        Ok(())
    }
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
        for name in named(call)? {
            call.session().remove_variable(&name);
        }
        Ok(())
    }
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
        for name in named(call)? {
            call.session().set_variable(&name, Value::Null)?;
        }
        Ok(())
    }
}
