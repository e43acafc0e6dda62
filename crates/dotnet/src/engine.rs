//! What values need of whoever runs the script: its culture and profile, its host, and script blocks
//! called back. `language` implements it; so does a test.

use crate::exception::{Exception, Result};
use crate::host::Host;
use crate::locale::Locale;
use crate::regex::Match;
use crate::types::ScriptType;
use object::Value;
use object::value::Text;
use std::sync::Arc;

/// Whoever runs the script.
pub trait Engine {
    /// How the session writes and reads text.
    fn locale(&self) -> &Locale;
    /// The way to the world.
    fn host(&self) -> &dyn Host;
    /// Runs a script block: `$_` is `input` where one is given, `$args` or the parameters are `args`;
    /// what it writes comes back. Used for `.ForEach({…})`, `-replace` with a block, script properties.
    fn call(&mut self, block: &Value, input: Option<&Value>, args: &[Value]) -> Result<Vec<Value>>;
    /// The same for a column of a table: what goes wrong in it is not shown.
    fn call_quietly(&mut self, block: &Value, input: &Value) -> Result<Vec<Value>> {
        self.call(block, Some(input), &[])
    }
    /// While on, errors of script properties are kept in `$Error` though nobody sees them, as in a table's cells.
    fn keep_errors(&mut self, _on: bool) {}
    /// What the session's type data adds to a value's type: a member, or a standard one
    /// (`DefaultDisplayPropertySet`).
    fn type_member(&self, _value: &Value, _name: &str) -> Option<Value> {
        None
    }
    /// The names of the properties that the session's type data adds.
    fn type_properties(&self, _value: &Value) -> Vec<Text> {
        Vec::new()
    }
    /// Runs the block of a script property or script method, with `$this`.
    fn call_this(&mut self, block: &Value, this: &Value, args: &[Value]) -> Result<Vec<Value>>;
    /// Makes a script block of its text (`[scriptblock]::Create(…)`, a cast).
    fn block(&mut self, text: &str) -> Result<Value> {
        Err(Exception::runtime("ScriptBlockNotAvailable", format!("No script can be read here: {text}")))
    }
    /// A part of a value that .NET keeps to itself and that scripts reach by reflection; `None`: it has none of that
    /// name.
    fn hidden(&mut self, _value: &Value, _name: &str) -> Option<Value> {
        None
    }
    /// Sets such a part; `false`: it has none of that name that can be set.
    fn set_hidden(&mut self, _value: &Value, _name: &str, _new: &Value) -> bool {
        false
    }
    /// The script block that a node of a syntax tree can be made into.
    fn block_of_tree(&mut self, _tree: &Value) -> Option<Value> {
        None
    }
    /// The current folder, as the script sees it.
    fn location(&self) -> String {
        "/".to_owned()
    }
    /// Keeps `$Matches` of a match that was found.
    fn set_matches(&mut self, _found: Match) {}
    /// Calls a method of a script's class, a static one where `this` is none; `None`: it has no such method, `Some(None)`:
    /// the method gives nothing back.
    fn class_call(
        &mut self,
        _class: &Arc<dyn ScriptType>,
        _this: Option<&Value>,
        _name: &str,
        _arguments: &[Value],
    ) -> Result<Option<Option<Value>>> {
        Ok(None)
    }
    /// What a type as a whole was told for this session, by that name; `$null`: nothing.
    fn kept_state(&self, _name: &'static str) -> Value {
        Value::Null
    }
    /// Keeps what a type as a whole was told.
    fn keep_state(&mut self, name: &'static str, _value: Value) -> Result<()> {
        Err(Exception::runtime("StateNotKept", format!("{name} cannot be set here.")))
    }
    /// Says in which culture numbers and dates are written and read from now on.
    fn set_culture(&mut self, culture: &'static crate::Culture) -> Result<()> {
        Err(Exception::runtime(
            "StateNotKept",
            format!("The culture cannot be set here to {}.", culture.name),
        ))
    }
    /// Runs a command of the session with parameters by name; its errors are exceptions.
    fn run_command(&mut self, name: &str, _parameters: Vec<(&'static str, Value)>) -> Result<Vec<Value>> {
        Err(Exception::runtime("CommandsNotAvailable", format!("{name} cannot be run here.")))
    }
    /// Makes an instance of a script's class.
    fn class_new(&mut self, class: &Arc<dyn ScriptType>, _arguments: Vec<Value>) -> Result<Value> {
        Err(Exception::runtime("ScriptsNotAvailable", format!("No [{}] can be made here.", class.name())))
    }
    /// Sets a declared property of an instance; `false`: its class declares none of that name.
    fn class_set(
        &mut self,
        _class: &Arc<dyn ScriptType>,
        _this: &Value,
        _name: &str,
        _new: &Value,
    ) -> Result<bool> {
        Ok(false)
    }
    /// Reads a static property of a script's class; `None`: it declares none of that name.
    fn class_get(&mut self, _class: &Arc<dyn ScriptType>, _name: &str) -> Result<Option<Value>> {
        Ok(None)
    }
    /// A type that the script itself declared (`class`, `enum`).
    fn script_type(&self, _name: &str) -> Option<crate::Type> {
        None
    }
}

/// An engine without scripts: for values whose work needs no script block, and for tests.
pub struct Plain<'a> {
    locale: Locale,
    host: &'a dyn Host,
}

impl<'a> Plain<'a> {
    /// An engine that has a locale and a host and runs no script.
    pub fn new(locale: Locale, host: &'a dyn Host) -> Plain<'a> {
        Plain { locale, host }
    }
}

impl Engine for Plain<'_> {
    fn locale(&self) -> &Locale {
        &self.locale
    }
    fn host(&self) -> &dyn Host {
        self.host
    }
    fn call(&mut self, _: &Value, _: Option<&Value>, _: &[Value]) -> Result<Vec<Value>> {
        Err(Exception::runtime("ScriptsNotAvailable", "A script block cannot be run here."))
    }
    fn call_this(&mut self, block: &Value, _: &Value, args: &[Value]) -> Result<Vec<Value>> {
        self.call(block, None, args)
    }
}
