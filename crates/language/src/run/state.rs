//! `$ExecutionContext`: the session as a script sees it, its variables above all.

use super::halt::Run;
use super::scope::Block;
use super::scope::{Module, ModuleInfo, same_home};
use super::session::{Frame, Session};
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
    Functions,
}

fn state(part: Part, home: Option<Arc<Module>>) -> Value {
    Value::typed(State { part, home })
}

/// `$ExecutionContext`.
pub(super) fn context(home: Option<Arc<Module>>) -> Value {
    state(Part::Context, home)
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
            Part::Functions => "System.Management.Automation.ProviderIntrinsics",
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
            (Part::Context, "invokeprovider") => state(Part::Functions, home()),
            (Part::SessionState, "psvariable") => state(Part::Variables, home()),
            (Part::SessionState, "path") => state(Part::Path, home()),
            (Part::SessionState, "module") => {
                self.home.clone().map_or(Value::Null, |module| Value::typed(ModuleInfo(module)))
            }
            (Part::SessionState, "languagemode") => "FullLanguage".into(),
            _ => return None,
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        match self.part {
            Part::Context => &["InvokeCommand", "InvokeProvider", "SessionState"],
            Part::SessionState => &["InvokeCommand", "LanguageMode", "Module", "Path", "PSVariable"],
            _ => &[],
        }
    }
}

impl Session {
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
            "getcommand" => {
                let known = self.known(first).is_some();
                let command =
                    object::Object::named("System.Management.Automation.CommandInfo").with("Name", first);
                Some(Some(if known { Value::from(command) } else { Value::Null }))
            }
            _ => None,
        })
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
