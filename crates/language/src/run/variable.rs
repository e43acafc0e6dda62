//! Reading and setting variables: slots first, then the scopes around, then what is always there.

use super::code::{ScopeName, Var};
use super::halt::Run;
use super::scope::{Options, Slot, Special, lowered, special};
use super::session::{Session, list_value};
use super::values;
use dotnet::Exception;
use object::Value;
use object::value::Text;

impl Session {
    // --- slots ---------------------------------------------------------------------------------

    #[inline]
    pub(super) fn slot(&self, slot: u32) -> &Slot {
        let at = match &self.frame.map {
            None => slot,
            Some(map) => map[slot as usize],
        };
        &self.scopes[self.frame.scope].slots[at as usize]
    }
    #[inline]
    pub(super) fn slot_mut(&mut self, slot: u32) -> &mut Slot {
        let at = match &self.frame.map {
            None => slot,
            Some(map) => map[slot as usize],
        };
        &mut self.scopes[self.frame.scope].slots[at as usize]
    }

    /// The value of a variable; `None` when it is not set anywhere.
    pub(super) fn read(&self, variable: &Var) -> Run<Option<Value>> {
        match variable {
            Var::Slot(slot) => match self.slot(*slot) {
                Slot::Plain(value) => Ok(Some(value.clone())),
                Slot::Empty => Ok(self.find_around(&self.frame.code.names.list[*slot as usize])),
                other => Ok(other.value()),
            },
            Var::Status => Ok(Some(self.status.into())),
            Var::Constant(name) => Ok(self.automatic(&lowered(name))),
            Var::Scoped(scope, name) => Ok(self.read_scoped(*scope, name)),
            Var::Drive(drive, name) => self.read_drive(drive, name),
        }
    }

    /// Whether a variable holds what a command without output left.
    pub(super) fn is_nothing(&self, variable: &Var) -> bool {
        match variable {
            Var::Slot(slot) => match self.slot(*slot) {
                Slot::Nothing => true,
                Slot::Empty => {
                    let name = &self.frame.code.names.list[*slot as usize];
                    self.holder_around(name).is_some_and(|(scope, slot)| {
                        matches!(self.scopes[scope].slots[slot as usize], Slot::Nothing)
                    })
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The scope around the running one that has `name`, and its slot there.
    fn holder_around(&self, name: &str) -> Option<(usize, u32)> {
        self.holder(self.scopes[self.frame.scope].parent, name)
    }

    /// The first scope from `start` outwards that has `name` (in lower case).
    fn holder(&self, start: Option<usize>, name: &str) -> Option<(usize, u32)> {
        let mut at = start;
        while let Some(index) = at {
            let scope = &self.scopes[index];
            if let Some(slot) = scope.find(name) {
                let found = &scope.slots[slot as usize];
                if found.is_set() && (!found.is_private() || index == self.frame.scope) {
                    return Some((index, slot));
                }
            }
            at = scope.parent;
        }
        None
    }

    /// A variable of the scopes around, of what closures took along, or one that is always there.
    fn find_around(&self, name: &str) -> Option<Value> {
        let mut at = Some(self.frame.scope);
        let mut own = true;
        while let Some(index) = at {
            let scope = &self.scopes[index];
            if !own && let Some(slot) = scope.find(name) {
                let found = &scope.slots[slot as usize];
                if !found.is_private()
                    && let Some(value) = found.value()
                {
                    return Some(value);
                }
            }
            own = false;
            at = scope.parent;
        }
        self.automatic(name)
    }

    /// A variable by name, from the running scope outwards.
    pub fn find_variable(&self, name: &str) -> Option<Value> {
        let name = lowered(name);
        let own = self.scopes[self.frame.scope].find(&name);
        match own.and_then(|slot| self.scopes[self.frame.scope].slots[slot as usize].value()) {
            Some(value) => Some(value),
            None => self.find_around(&name),
        }
    }

    /// Sets a variable in the running scope.
    pub fn set_variable(&mut self, name: &str, value: Value) -> Run {
        let slot = self.scopes[self.frame.scope].slot_of(&lowered(name));
        self.set_in(self.frame.scope, slot, name, value)
    }

    /// Sets a variable in the global scope.
    pub fn set_global(&mut self, name: &str, value: Value) {
        let slot = self.scopes[0].slot_of(&lowered(name));
        self.scopes[0].slots[slot as usize] = Slot::Plain(value);
    }

    /// The scope that `-Scope` names from the running one: `Local`, `Script`, `Global`, or how many scopes
    /// further out.
    pub fn scope_named(&self, name: &str) -> dotnet::Result<ScopeAt> {
        let mut at = self.frame.scope;
        match name.trim().to_ascii_lowercase().as_str() {
            "global" => at = 0,
            "script" => at = self.script_scope(),
            "local" | "private" | "" => {}
            number => {
                let levels: usize = number.parse().map_err(|_| no_scope(name))?;
                for _ in 0..levels {
                    at = self.scopes[at].parent.ok_or_else(|| too_far(levels))?;
                }
            }
        }
        Ok(ScopeAt(at))
    }

    /// The scope that has a variable, from the running one outwards; the running one where none has it.
    pub fn scope_of(&self, name: &str) -> ScopeAt {
        ScopeAt(self.holder(Some(self.frame.scope), &lowered(name)).map_or(self.frame.scope, |(at, _)| at))
    }

    /// A variable of exactly that scope; `None` when it is not set there.
    pub fn variable_in(&self, scope: ScopeAt, name: &str) -> Option<Variable> {
        let slot = self.scopes[scope.0].find(&lowered(name))?;
        let place = &self.scopes[scope.0].slots[slot as usize];
        let value = place.value()?;
        Some(match place {
            Slot::Special(special) => Variable {
                value,
                options: special.options,
                description: special.description.clone(),
                rules: special.rules.as_ref().map_or(0, |rules| rules.len())
                    + usize::from(special.kind.is_some()),
            },
            _ => Variable { value, options: Options::default(), description: None, rules: 0 },
        })
    }

    /// The names of the variables that are set in exactly that scope, in lower case.
    pub fn names_in(&self, scope: ScopeAt) -> Vec<Text> {
        let mut names: Vec<Text> =
            self.scopes[scope.0].set_names().into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// Sets a variable of exactly that scope. `force` overwrites one that is read-only, never a constant.
    pub fn set_variable_in(&mut self, scope: ScopeAt, name: &str, value: Value, force: bool) -> Run {
        let slot = self.scopes[scope.0].slot_of(&lowered(name));
        if let Slot::Special(special) = &mut self.scopes[scope.0].slots[slot as usize]
            && force
        {
            let read_only = std::mem::take(&mut special.options.read_only);
            let result = self.set_in(scope.0, slot, name, value);
            super::slot::special(&mut self.scopes[scope.0].slots[slot as usize]).options.read_only =
                read_only;
            return result;
        }
        self.set_in(scope.0, slot, name, value)
    }

    /// Says what a variable of that scope may be used for, and what it is.
    pub fn describe_variable(
        &mut self,
        scope: ScopeAt,
        name: &str,
        options: Option<Options>,
        description: Option<Text>,
    ) {
        let slot = self.scopes[scope.0].slot_of(&lowered(name));
        let special = special(&mut self.scopes[scope.0].slots[slot as usize]);
        special.options = options.unwrap_or(special.options);
        special.description = description.or(special.description.take());
    }

    /// Takes a variable away from exactly that scope, whatever its options.
    pub fn remove_variable_in(&mut self, scope: ScopeAt, name: &str) {
        if let Some(slot) = self.scopes[scope.0].find(&lowered(name)) {
            self.scopes[scope.0].slots[slot as usize] = Slot::Empty;
        }
    }

    /// Takes a variable away from the innermost scope that has it.
    pub fn remove_variable(&mut self, name: &str) -> bool {
        let name = lowered(name);
        match self.holder(Some(self.frame.scope), &name) {
            Some((scope, slot)) => {
                self.scopes[scope].slots[slot as usize] = Slot::Empty;
                true
            }
            None => false,
        }
    }

    /// The names of all variables that can be seen, in lower case.
    pub fn variable_names(&self) -> Vec<Text> {
        let mut names = Vec::new();
        let mut at = Some(self.frame.scope);
        while let Some(index) = at {
            let scope = &self.scopes[index];
            names.extend(scope.set_names().into_iter().map(|(name, _)| name));
            at = scope.parent;
        }
        names.sort();
        names.dedup();
        names
    }

    fn script_scope(&self) -> usize {
        let mut at = self.frame.scope;
        while !self.scopes[at].is_script {
            match self.scopes[at].parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        at
    }

    fn read_scoped(&self, scope: ScopeName, name: &str) -> Option<Value> {
        let name = lowered(name);
        let index = match scope {
            ScopeName::Global => 0,
            ScopeName::Script => self.script_scope(),
            ScopeName::Local | ScopeName::Private => self.frame.scope,
            ScopeName::Using => return self.used(&name).ok().flatten(),
        };
        let own = self.scopes[index].find(&name);
        let value = own.and_then(|slot| self.scopes[index].slots[slot as usize].value());
        value.or_else(|| self.automatic(&name))
    }

    fn read_drive(&self, drive: &str, name: &str) -> Run<Option<Value>> {
        match drive {
            "env" => Ok(self.settings.host.variable(name).map(Value::from)),
            "function" => Ok(self.find_function(name).map(|entry| entry.block.clone().value())),
            "alias" => Ok(self.find_alias(name).map(Value::String)),
            _ => {
                let message = format!("Cannot find drive. A drive with the name '{drive}' does not exist.");
                Err(Exception::new("System.Management.Automation.DriveNotFoundException", message)
                    .id("DriveNotFound")
                    .category(dotnet::Category::ObjectNotFound)
                    .target(drive)
                    .into())
            }
        }
    }

    // --- setting -------------------------------------------------------------------------------

    /// Sets a variable; `None` is what a command without output leaves.
    pub(super) fn assign_variable(&mut self, variable: &Var, value: Option<Value>) -> Run {
        match variable {
            Var::Slot(slot) => match (self.slot_mut(*slot), value) {
                (Slot::Special(_), value) => {
                    let name = self.frame.code.names.written[*slot as usize].clone();
                    let at = match &self.frame.map {
                        None => *slot,
                        Some(map) => map[*slot as usize],
                    };
                    self.set_in(self.frame.scope, at, &name, value.unwrap_or_default())
                }
                (place, Some(value)) => {
                    *place = Slot::Plain(value);
                    Ok(())
                }
                (place, None) => {
                    *place = Slot::Nothing;
                    Ok(())
                }
            },
            Var::Status => Err(read_only("?").into()),
            Var::Constant(name) => Err(read_only(name).into()),
            Var::Scoped(scope, name) => {
                let index = match scope {
                    ScopeName::Global => 0,
                    ScopeName::Script => self.script_scope(),
                    _ => self.frame.scope,
                };
                let slot = self.scopes[index].slot_of(&lowered(name));
                let nothing = value.is_none();
                self.set_in(index, slot, name, value.unwrap_or_default())?;
                let place = &mut self.scopes[index].slots[slot as usize];
                if nothing && matches!(place, Slot::Plain(_)) {
                    *place = Slot::Nothing;
                }
                if *scope == ScopeName::Private {
                    special(place).options.private = true;
                }
                Ok(())
            }
            Var::Drive(drive, name) => self.assign_drive(drive, name, value.unwrap_or_default()),
        }
    }

    fn assign_drive(&mut self, drive: &str, name: &str, value: Value) -> Run {
        match drive {
            "env" => {
                let text = dotnet::text::to_text(&value, self.locale());
                let text = (!value.is_null() && !text.is_empty()).then_some(text);
                self.settings.host.set_variable(name, text.as_deref());
                Ok(())
            }
            "function" => self.define_block(name, &value),
            "alias" => {
                let meaning = dotnet::text::to_text(&value, self.locale());
                self.set_alias(name, &meaning);
                Ok(())
            }
            _ => self.read_drive(drive, name).map(|_| ()),
        }
    }

    /// Sets a slot of a scope, with its type and rules.
    pub(super) fn set_in(&mut self, scope: usize, slot: u32, name: &str, value: Value) -> Run {
        let place = &mut self.scopes[scope].slots[slot as usize];
        let Slot::Special(special) = place else {
            *place = Slot::Plain(value);
            return Ok(());
        };
        if special.options.constant || special.options.read_only {
            return Err(read_only(name).into());
        }
        let (kind, rules) = (special.kind.clone(), special.rules.clone());
        let value = match &kind {
            Some(kind) => {
                let dynamic = self.scopes[scope].is_script;
                values::convert(self, &value, kind)
                    .map_err(|error| if dynamic { values::not_transformed(error) } else { error })?
            }
            None => value,
        };
        if let Some(rules) = rules {
            self.check_rules(&rules, &value).map_err(|error| refused(error, name, &value))?;
        }
        if let Slot::Special(special) = &mut self.scopes[scope].slots[slot as usize] {
            match &special.shared {
                Some(shared) => *shared.0.write() = value,
                None => special.value = value,
            }
        }
        Ok(())
    }

    /// The slot of a target variable in the running scope, made special.
    pub(super) fn special_of(&mut self, variable: &Var) -> Option<&mut Special> {
        let (scope, slot) = match variable {
            Var::Slot(slot) => {
                let at = self.frame.map.as_ref().map_or(*slot, |map| map[*slot as usize]);
                (self.frame.scope, at)
            }
            Var::Scoped(scope, name) => {
                let index = match scope {
                    ScopeName::Global => 0,
                    ScopeName::Script => self.script_scope(),
                    _ => self.frame.scope,
                };
                (index, self.scopes[index].slot_of(&lowered(name)))
            }
            Var::Status | Var::Constant(_) | Var::Drive(..) => return None,
        };
        Some(special(&mut self.scopes[scope].slots[slot as usize]))
    }

    // --- what is always there ------------------------------------------------------------------

    fn automatic(&self, name: &str) -> Option<Value> {
        Some(match name {
            "true" => true.into(),
            "false" => false.into(),
            "null" => Value::Null,
            "error" => list_value(&self.errors),
            "pwd" => self.location_value(),
            "pscommandpath" => (&**self.frame.code.source.name()?).into(),
            "psscriptroot" => crate::syntax::folder(self.frame.code.source.name()?).into(),
            "psculture" => self.settings.locale.culture.name.into(),
            "psuiculture" => "en-US".into(),
            "executioncontext" => super::state::context(self.current_module()),
            _ => return None,
        })
    }

    fn location_value(&self) -> Value {
        location(self.location())
    }

    pub(super) fn set_automatic_variables(&mut self) {
        for (name, value) in [
            ("ErrorActionPreference", "Continue"),
            ("WarningPreference", "Continue"),
            ("VerbosePreference", "SilentlyContinue"),
            ("DebugPreference", "SilentlyContinue"),
            ("InformationPreference", "SilentlyContinue"),
            ("ProgressPreference", "Continue"),
            ("ConfirmPreference", "High"),
            ("ErrorView", "NormalView"),
            ("OutputEncoding", "utf-8"),
            ("ShellId", "Microsoft.PowerShell"),
        ] {
            self.set_global(name, value.into());
        }
        for name in ACTION_PREFERENCES {
            self.keep_type(name, dotnet::Type::Enum(&dotnet::enums::ACTION_PREFERENCE));
        }
        self.keep_type("ConfirmPreference", dotnet::Type::Enum(&dotnet::enums::CONFIRM_IMPACT));
        self.set_global("WhatIfPreference", false.into());
        self.set_global("FormatEnumerationLimit", 4.into());
        self.set_global("MaximumHistoryCount", 4096.into());
        self.set_global("PSDefaultParameterValues", Value::from(object::value::Dictionary::new()));
        self.set_global("PSEmailServer", "".into());
        self.set_global("PID", 1.into());
        let home = self.settings.host.variable("HOME").unwrap_or_else(|| "/".to_owned());
        self.set_global("HOME", home.into());
        self.set_global("PSVersionTable", self.version_table());
        let core = !self.settings.locale.profile.reports_5_1;
        self.set_global("PSEdition", if core { "Core" } else { "Desktop" }.into());
        if core {
            for (name, value) in
                [("IsWindows", false), ("IsLinux", true), ("IsMacOS", false), ("IsCoreCLR", true)]
            {
                self.set_global(name, value.into());
            }
        }
        let host = object::Object::named("System.Management.Automation.Internal.Host.InternalHost");
        self.set_global(
            "Host",
            Value::from(host.with("Name", "ConsoleHost").with("Version", self.version())),
        );
    }

    /// A global variable that takes values of one type only.
    fn keep_type(&mut self, name: &str, kind: dotnet::Type) {
        let slot = self.scopes[0].slot_of(&lowered(name));
        let special = special(&mut self.scopes[0].slots[slot as usize]);
        special.value = dotnet::convert::to(&special.value, &kind, &self.settings.locale).unwrap_or_default();
        special.kind = Some(kind);
    }

    fn version(&self) -> Value {
        let text = if self.settings.locale.profile.reports_5_1 { "5.1.22621.1" } else { "7.6.5" };
        dotnet::values::Version::parse(text).map_or_else(|_| text.into(), Value::typed)
    }

    fn version_table(&self) -> Value {
        let core = !self.settings.locale.profile.reports_5_1;
        let table = object::value::Dictionary::new();
        table.insert("PSVersion".into(), self.version());
        table.insert("PSEdition".into(), if core { "Core" } else { "Desktop" }.into());
        table.insert("Platform".into(), "Unix".into());
        table.insert("GitCommitId".into(), "Mailstead".into());
        Value::from(table)
    }
}

/// The variables that say what becomes of errors and lines.
const ACTION_PREFERENCES: [&str; 6] = [
    "ErrorActionPreference",
    "WarningPreference",
    "VerbosePreference",
    "DebugPreference",
    "InformationPreference",
    "ProgressPreference",
];

/// `PathInfo`: a folder as `$PWD` and the commands for paths give it; its text is the path.
pub fn location(path: &str) -> Value {
    Value::typed(PathInfo(path.into()))
}

struct PathInfo(Text);

impl object::value::Typed for PathInfo {
    fn type_name(&self) -> Text {
        "System.Management.Automation.PathInfo".into()
    }
    fn text(&self) -> String {
        self.0.to_string()
    }
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "path" | "providerpath" => Value::String(self.0.clone()),
            "provider" => "Microsoft.PowerShell.Core\\FileSystem".into(),
            "drive" => Value::Null,
            _ => return None,
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Drive", "Provider", "ProviderPath", "Path"]
    }
}

/// A scope of a session, as [`Session::scope_named`] found it: good until the running command ends.
#[derive(Clone, Copy, Debug)]
pub struct ScopeAt(usize);

impl ScopeAt {
    pub(super) fn number(self) -> usize {
        self.0
    }
}

/// A variable as its scope keeps it.
pub struct Variable {
    /// Its value.
    pub value: Value,
    /// What may be done with it.
    pub options: Options,
    /// What it is, in words.
    pub description: Option<Text>,
    /// How many types and rules it has to satisfy.
    pub rules: usize,
}

fn no_scope(name: &str) -> Exception {
    let message = format!(
        "Cannot process argument because the value of argument \"scope\" is not valid: '{name}'. Use Local, Script, Global or a number."
    );
    Exception::new("System.Management.Automation.PSArgumentException", message)
        .id("Argument")
        .category(dotnet::Category::InvalidArgument)
}

fn too_far(levels: usize) -> Exception {
    let message = format!("The scope number '{levels}' exceeds the number of active scopes.");
    Exception::new("System.Management.Automation.PSArgumentOutOfRangeException", message)
        .id("ArgumentOutOfRange")
        .category(dotnet::Category::InvalidArgument)
}

fn read_only(name: &str) -> Exception {
    let message = format!("Cannot overwrite variable {name} because it is read-only or constant.");
    Exception::new("System.Management.Automation.SessionStateUnauthorizedAccessException", message)
        .id("VariableNotWritable")
        .category(dotnet::Category::WriteError)
        .target(name)
}

fn refused(error: Exception, name: &str, value: &Value) -> Exception {
    let message = format!(
        "The variable cannot be validated because the value {value} is not a valid value for the {name} variable."
    );
    Exception::new("System.Management.Automation.ValidationMetadataException", message)
        .id("ValidateSetFailure")
        .category(dotnet::Category::MetadataError)
        .inner(error)
}
