//! `$ExecutionContext`: the session as a script sees it, its variables above all.

use super::halt::Run;
use super::scope::{Block, Home, Module, ModuleInfo, same_home};
use super::session::{Frame, Session};
use gate::bind::Argument;
use object::Value;
use object::value::{Text, Typed};
use std::any::Any;
use std::sync::Arc;

/// A part of the session: what it is, and in which module it looks.
pub(super) struct State {
    part: Part,
    home: Option<Arc<Module>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Context,
    SessionState,
    Variables,
    Commands,
    Path,
    Provider,
    Items,
    /// What the session state keeps to itself; reached by reflection alone.
    Internal,
}

fn state(part: Part, home: Option<Arc<Module>>) -> Value {
    Value::typed(State { part, home })
}

/// `$ExecutionContext`.
pub(super) fn context(home: Option<Arc<Module>>) -> Value {
    state(Part::Context, home)
}
/// Its `InvokeCommand`.
pub(super) fn commands(home: Option<Arc<Module>>) -> Value {
    state(Part::Commands, home)
}
/// Its `InvokeProvider`.
pub(super) fn provider(home: Option<Arc<Module>>) -> Value {
    state(Part::Provider, home)
}
/// `SessionState` of a module, or of the session itself.
pub(super) fn session_state(home: Option<Arc<Module>>) -> Value {
    state(Part::SessionState, home)
}

impl Typed for State {
    fn type_name(&self) -> Text {
        match self.part {
            Part::Context => "System.Management.Automation.EngineIntrinsics",
            Part::SessionState => "System.Management.Automation.SessionState",
            Part::Variables => "System.Management.Automation.PSVariableIntrinsics",
            Part::Commands => "System.Management.Automation.CommandInvocationIntrinsics",
            Part::Path => "System.Management.Automation.PathIntrinsics",
            Part::Provider => "System.Management.Automation.ProviderIntrinsics",
            Part::Items => "System.Management.Automation.ItemCmdletProviderIntrinsics",
            Part::Internal => "System.Management.Automation.SessionStateInternal",
        }
        .into()
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        let home = || self.home.clone();
        Some(match (self.part, name.to_ascii_lowercase().as_str()) {
            (Part::Context, "sessionstate") => state(Part::SessionState, home()),
            (Part::Context | Part::SessionState, "invokecommand") => state(Part::Commands, home()),
            (Part::Context | Part::SessionState, "invokeprovider") => state(Part::Provider, home()),
            (Part::Provider, "item") => state(Part::Items, home()),
            (Part::SessionState, "psvariable") => state(Part::Variables, home()),
            (Part::SessionState, "path") => state(Part::Path, home()),
            (Part::SessionState, "module") => self.module(),
            (Part::SessionState, "languagemode") => "FullLanguage".into(),
            _ => return None,
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        match self.part {
            Part::Context => &["InvokeCommand", "InvokeProvider", "SessionState"],
            Part::SessionState => {
                &["InvokeCommand", "InvokeProvider", "LanguageMode", "Module", "Path", "PSVariable"]
            }
            Part::Provider => &["Item"],
            _ => &[],
        }
    }
}

/// What reflection finds of session states and script blocks: whose code they are.
fn hidden(value: &Value, name: &str) -> Option<Value> {
    let value = dotnet::values::base(value);
    if let Some(block) = Block::of(value) {
        return name.eq_ignore_ascii_case("SessionStateInternal").then(|| match block.home() {
            Home::Running => Value::Null,
            Home::Session => state(Part::Internal, None),
            Home::Module(module) => state(Part::Internal, Some(module)),
        });
    }
    let found = value.downcast::<State>()?;
    match (found.part, name.to_ascii_lowercase().as_str()) {
        (Part::SessionState, "internal") => Some(state(Part::Internal, found.home.clone())),
        (Part::Internal, "module") => Some(found.module()),
        _ => None,
    }
}

/// Moves a script block into another session state, by reflection.
fn set_hidden(value: &Value, name: &str, new: &Value) -> bool {
    let (Some(block), true) = (Block::of(value), name.eq_ignore_ascii_case("SessionStateInternal")) else {
        return false;
    };
    match dotnet::values::base(new).downcast::<State>() {
        Some(to) => block.move_home(to.home.clone().map_or(Home::Session, Home::Module)),
        None => block.move_home(Home::Running),
    }
    true
}

impl State {
    fn module(&self) -> Value {
        self.home.clone().map_or(Value::Null, |module| Value::typed(ModuleInfo(module)))
    }
}

impl Session {
    /// What reflection finds of a value that .NET keeps to itself.
    pub(super) fn hidden_part(&self, value: &Value, name: &str) -> Option<Value> {
        hidden(value, name)
    }
    /// Sets such a part.
    pub(super) fn set_hidden_part(&self, value: &Value, name: &str, new: &Value) -> bool {
        set_hidden(value, name, new)
    }

    /// The methods of `$ExecutionContext` and its parts; `None`: it has none of that name.
    pub(super) fn state_method(
        &mut self,
        value: &Value,
        name: &str,
        arguments: &[Value],
    ) -> Run<Option<Option<Value>>> {
        let Some(state) = value.downcast::<State>() else { return Ok(None) };
        let (part, home) = (state.part, state.home.clone());
        let text = |at: usize| arguments.get(at).map(|value| self.to_text(value)).unwrap_or_default();
        let (first, name) = (text(0), name.to_ascii_lowercase());
        match (part, name.as_str()) {
            (Part::Variables, "get") => {
                self.state_variable(home.as_ref(), &first).map(|found| Some(Some(found)))
            }
            (Part::Variables, "getvalue") => {
                let found = self.at_home(home.as_ref(), |session| Ok(session.find_variable(&first)))?;
                Ok(Some(Some(found.or_else(|| arguments.get(1).cloned()).unwrap_or_default())))
            }
            (Part::Variables, "set") => {
                let (name, value) = match arguments {
                    [one] => {
                        (one_name(one), super::parameter::member(self, one, "Value").unwrap_or_default())
                    }
                    _ => (first, arguments.get(1).cloned().unwrap_or_default()),
                };
                self.at_home(home.as_ref(), |session| session.set_variable(&name, value))?;
                Ok(Some(None))
            }
            (Part::Variables, "remove") => {
                self.at_home(home.as_ref(), |session| Ok(session.remove_variable(&first)))?;
                Ok(Some(None))
            }
            (Part::Commands, _) => self.command_method(&name, &first, arguments),
            (Part::Items, _) => self.at_home(home.as_ref(), |session| session.item_method(&name, arguments)),
            (Part::Path, "currentfilesystemlocation" | "currentlocation") => {
                Ok(Some(Some(self.settings.location.as_str().into())))
            }
            (Part::Path, "getunresolvedproviderpathfrompspath" | "getresolvedpspathfrompspath") => {
                Ok(Some(Some(self.full_path(&first).into())))
            }
            (Part::Path, "combine") => {
                Ok(Some(Some(format!("{}/{}", first.trim_end_matches('/'), text_of(arguments, 1)).into())))
            }
            _ => Ok(None),
        }
    }

    fn command_method(&mut self, name: &str, first: &str, arguments: &[Value]) -> Run<Option<Option<Value>>> {
        Ok(match name {
            "expandstring" => Some(Some(self.expanded(first)?.into())),
            "newscriptblock" => Some(Some(self.parse_block(first)?.value())),
            "invokescript" => {
                let block = match arguments.iter().find_map(Block::of) {
                    Some(block) => block.clone(),
                    None => self.parse_block(first)?,
                };
                let mut out = Vec::new();
                self.call_block(&block.value(), None, &[], &mut out)?;
                Some(Some(Value::typed(dotnet::collections::Collection::of_objects(out))))
            }
            "getcommand" | "getcmdlet" | "getcommands" => {
                let kinds = match name {
                    "getcmdlet" => "Cmdlet".into(),
                    _ => arguments.get(1).cloned().unwrap_or_else(|| "All".into()),
                };
                let found = self.own_command(
                    "Get-Command",
                    vec![
                        Argument::named("Name", first),
                        Argument::named("CommandType", kinds),
                        Argument::named("ErrorAction", "Ignore"),
                    ],
                )?;
                Some(Some(match name {
                    "getcommands" => Value::array(found),
                    _ => found.into_iter().next().unwrap_or_default(),
                }))
            }
            _ => None,
        })
    }

    /// `$ExecutionContext.InvokeProvider.Item`: what the commands for items do, as methods.
    fn item_method(&mut self, name: &str, arguments: &[Value]) -> Run<Option<Option<Value>>> {
        // The command, its parameters in the order of the method's arguments, and what the method always says.
        let (command, names, always): (_, &[&str], &[(&str, bool)]) = match name {
            "get" => ("Get-Item", &["Path"], &[("Force", true)]),
            "set" => ("Set-Item", &["LiteralPath", "Value"], &[("Force", true)]),
            "exists" => ("Test-Path", &["Path"], &[]),
            "remove" => ("Remove-Item", &["Path", "Recurse"], &[("Force", true)]),
            "clear" => ("Clear-Content", &["Path"], &[("Force", true)]),
            "copy" => ("Copy-Item", &["Path", "Destination", "Recurse"], &[]),
            "move" => ("Move-Item", &["Path", "Destination"], &[]),
            "rename" => ("Rename-Item", &["Path", "NewName"], &[]),
            "new" => ("New-Item", &["Path", "Name", "ItemType", "Value"], &[]),
            "iscontainer" => ("Test-Path", &["Path"], &[]),
            _ => return Ok(None),
        };
        let mut given: Vec<Argument> =
            names.iter().zip(arguments).map(|(name, value)| Argument::named(*name, value.clone())).collect();
        given.extend(always.iter().map(|(name, on)| Argument::named(*name, *on)));
        if name == "iscontainer" {
            given.push(Argument::named("PathType", "Container"));
        }
        let found = self.own_command(command, given)?;
        Ok(Some(match name {
            "set" | "remove" | "copy" | "move" | "rename" => None,
            "exists" | "iscontainer" => found.into_iter().next(),
            _ => Some(Value::typed(dotnet::collections::Collection::of_objects(found))),
        }))
    }

    /// Text with the values of its variables and subexpressions in it, as within double quotes.
    ///
    /// # Errors
    /// It cannot be read, or what a subexpression threw.
    pub fn expanded(&mut self, text: &str) -> Run<String> {
        // Quotes within are no ends of the text.
        let written = format!("\"{}\"", text.replace('"', "\"\""));
        let block = self.parse_block(&written)?;
        let mut out = Vec::new();
        self.block_here(&block.value(), None, &mut out)?;
        Ok(super::values::gathered(out).map(|value| self.to_text(&value)).unwrap_or_default())
    }

    fn at_home<T>(
        &mut self,
        home: Option<&Arc<Module>>,
        inner: impl FnOnce(&mut Session) -> Run<T>,
    ) -> Run<T> {
        if same_home(self.current_module().as_ref(), home) {
            return inner(self);
        }
        let code = self.frame.code.clone();
        self.with_home(home, |session, scope| {
            let map = Some(session.scopes[scope].map(&code.names));
            session.in_frame(Frame { scope, map, code: code.clone() }, inner)
        })
    }

    /// `PSVariable.Get(name)`: the variable as an object; `$null` where there is none.
    fn state_variable(&mut self, home: Option<&Arc<Module>>, name: &str) -> Run<Value> {
        let found = self.at_home(home, |session| Ok(session.find_variable(name)))?;
        Ok(found.map_or(Value::Null, |value| {
            let variable = object::Object::named("System.Management.Automation.PSVariable");
            Value::from(variable.with("Name", name).with("Value", value))
        }))
    }
}

fn text_of(arguments: &[Value], at: usize) -> String {
    arguments.get(at).map(ToString::to_string).unwrap_or_default()
}

fn one_name(variable: &Value) -> String {
    match variable {
        Value::Object(object) => object.get("Name").unwrap_or_default().to_string(),
        other => other.to_string(),
    }
}
