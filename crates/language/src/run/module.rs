//! Modules: variables and functions of their own, of which some are handed to whoever imports them. A closure is a
//! module too, one without a name that holds the variables its block took along.
//!
//! A module's scope lies in the module while nothing of it runs. It is put on the session's stack, right above the
//! global scope, when the first of its functions runs, and taken back when that one ends.

use super::error::ErrorRecord;
use super::function::FunctionStage;
use super::halt::Run;
use super::prepare::prepared;
use super::scope::{
    Block, Exports, FunctionEntry, Module, ModuleInfo, Names, Scope, Slot, lowered, same_home, special,
};
use super::session::{Frame, Session};
use super::sink::Sink;
use crate::syntax::{Source, decode, parse};
use dotnet::values::{Added, Version};
use dotnet::wildcard::Wildcard;
use dotnet::{Category, Exception};
use object::value::{Dictionary, Text, Typed};
use object::{Object, Value};
use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

/// What a manifest may ask for and nothing here does.
const UNREAD: [&str; 5] =
    ["RequiredModules", "RequiredAssemblies", "ScriptsToProcess", "TypesToProcess", "FormatsToProcess"];

/// What whoever imports a module wants of it.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// Stands before the noun of each function.
    pub prefix: String,
    /// Only functions of these patterns.
    pub functions: Option<Vec<String>>,
    /// Only variables of these patterns.
    pub variables: Option<Vec<String>>,
    /// Only aliases of these patterns.
    pub aliases: Option<Vec<String>>,
    /// Into the running scope instead of the whole session.
    pub local: bool,
}

fn fits(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(name)))
}

impl Session {
    // --- the stack -----------------------------------------------------------------------------

    /// The module whose code runs; `None`: the session's own.
    pub fn current_module(&self) -> Option<Arc<Module>> {
        self.scopes[self.frame.scope].module.clone()
    }

    /// Runs `inner` with the innermost scope of a module (or of the session's own code) on the stack.
    pub(super) fn with_home<T>(
        &mut self,
        home: Option<&Arc<Module>>,
        inner: impl FnOnce(&mut Session, usize) -> T,
    ) -> T {
        let known = self.scopes.iter().rposition(|scope| same_home(scope.module.as_ref(), home));
        match (known, home) {
            (None, Some(module)) => self.lodged_module(module, inner),
            _ => inner(self, known.unwrap_or(0)),
        }
    }

    /// Runs `inner` with a module's own scope on the stack, that of no function of it.
    fn with_own_scope<T>(&mut self, module: &Arc<Module>, inner: impl FnOnce(&mut Session, usize) -> T) -> T {
        match self.scopes.iter().position(|scope| same_home(scope.module.as_ref(), Some(module))) {
            Some(known) => inner(self, known),
            None => self.lodged_module(module, inner),
        }
    }

    fn lodged_module<T>(&mut self, module: &Arc<Module>, inner: impl FnOnce(&mut Session, usize) -> T) -> T {
        let kept = module.scope.lock().take();
        let mut scope = kept.unwrap_or_else(|| Scope::new(&Arc::new(Names::fixed()), Some(0)));
        scope.module = Some(module.clone());
        let at = self.scopes.len();
        self.scopes.push(scope);
        let result = inner(self, at);
        self.scopes.truncate(at + 1);
        if let Some(mut scope) = self.scopes.pop() {
            scope.module = None;
            *module.scope.lock() = Some(scope);
        }
        result
    }

    /// Runs code in a module's own scope.
    fn in_module<T>(
        &mut self,
        module: &Arc<Module>,
        block: &Block,
        inner: impl FnOnce(&mut Session) -> Run<T>,
    ) -> Run<T> {
        let code = prepared(&block.ast, block.function.as_deref());
        self.with_home(Some(module), |session, at| {
            let map = Some(session.scopes[at].map(&code.names));
            session.in_frame(Frame { scope: at, map, code: code.clone() }, inner)
        })
    }

    // --- making --------------------------------------------------------------------------------

    /// `New-Module`: runs a block in a new module's scope.
    ///
    /// # Errors
    /// What the block threw.
    pub fn new_module(
        &mut self,
        name: Option<&str>,
        block: &Block,
        arguments: Vec<Value>,
        out: &mut dyn Sink,
    ) -> Run<Arc<Module>> {
        let unnamed = || {
            self.modules_made += 1;
            format!("__DynamicModule_{:08x}-0000-4000-8000-000000000000", self.modules_made)
        };
        let name = name.map_or_else(unnamed, str::to_owned);
        let module = Module::new(&name, "");
        self.run_module(&module, block, arguments, out)?;
        Ok(module)
    }

    fn run_module(
        &mut self,
        module: &Arc<Module>,
        block: &Block,
        arguments: Vec<Value>,
        out: &mut dyn Sink,
    ) -> Run {
        self.homes.push(Arc::downgrade(module));
        let block = block.at_home(Some(module.clone()));
        let arguments = super::function::by_place(&block, arguments);
        let path = module.path();
        self.in_module(module, &block, |session| {
            if !path.is_empty() {
                let called = super::function::script_invocation(&path);
                *session.slot_mut(super::scope::MY_INVOCATION) = Slot::Plain(called);
            }
            let mut stage = FunctionStage::dotted(session, &block, arguments, false)?;
            stage.run_alone(session, out)
        })
    }

    /// The module of a file: a script (`.psm1`, `.ps1`) or a manifest (`.psd1`) that names one.
    ///
    /// # Errors
    /// The file is not there or cannot be read, or what it threw.
    pub fn module_of_file(
        &mut self,
        path: &str,
        arguments: Vec<Value>,
        out: &mut dyn Sink,
    ) -> Run<Arc<Module>> {
        if path.to_ascii_lowercase().ends_with(".psd1") {
            return self.module_of_manifest(path, arguments, out);
        }
        let module = Module::new(stem(path), path);
        self.run_module_file(&module, path, arguments, out)?;
        Ok(module)
    }

    fn run_module_file(
        &mut self,
        module: &Arc<Module>,
        path: &str,
        arguments: Vec<Value>,
        out: &mut dyn Sink,
    ) -> Run {
        let block = self.block_of_file(path)?;
        self.run_module(module, &block, arguments, out)
    }

    fn block_of_file(&mut self, path: &str) -> Run<Block> {
        let bytes = self.settings.host.files().read(path)?;
        let source = Source::file(path, decode(&bytes));
        let parsed = parse(&source);
        match parsed.block {
            Some(block) => Ok(Block::new(block)),
            None => Err(super::session::parse_failure(&source, &parsed.errors).into()),
        }
    }

    fn module_of_manifest(
        &mut self,
        path: &str,
        arguments: Vec<Value>,
        out: &mut dyn Sink,
    ) -> Run<Arc<Module>> {
        let block = self.block_of_file(path)?;
        if let Some(why) = crate::syntax::forbidden_in_manifest(&block.ast) {
            return Err(no_manifest(
                path,
                &format!(" Remove the elements that are not permitted: {}", why.message),
            )
            .into());
        }
        let mut written = Vec::new();
        self.call_block(&block.value(), None, &[], &mut written)?;
        let Some(Value::Dictionary(manifest)) = written.pop() else {
            return Err(no_manifest(path, "").into());
        };
        let entry = |name: &str| manifest.get(&name.into()).unwrap_or_default();
        let texts = |name: &str| -> Option<Vec<String>> {
            let value = manifest.get(&name.into())?;
            Some(value.items().iter().map(ToString::to_string).collect())
        };
        self.warn_of_unread(path, &manifest)?;
        let module = Module::new(stem(path), path);
        {
            let mut facts = module.facts.write();
            facts.version = entry("ModuleVersion").to_string().into();
            facts.description = entry("Description").to_string().into();
        }
        let root = [entry("RootModule"), entry("ModuleToProcess")].into_iter().find(|root| !root.is_null());
        let mut files = entry("NestedModules").items();
        files.extend(root);
        for file in files {
            let file = format!("{}/{file}", crate::syntax::folder(path));
            self.run_module_file(&module, &file, arguments.clone(), out)?;
        }
        self.narrow(
            &module,
            texts("FunctionsToExport"),
            texts("VariablesToExport"),
            texts("AliasesToExport"),
        );
        Ok(module)
    }

    /// Says which entries of a manifest ask for something that is not done here.
    fn warn_of_unread(&mut self, path: &str, manifest: &Dictionary) -> Run {
        let asks = |name: &&&str| {
            let items = manifest.get(&(**name).into()).unwrap_or_default().items();
            items.iter().any(dotnet::compare::truth)
        };
        let unread: Vec<&str> = UNREAD.iter().filter(asks).copied().collect();
        if unread.is_empty() {
            return Ok(());
        }
        let names = unread.join(", ");
        self.warning(&format!("What the manifest '{path}' says of {names} is not read in this version."))
    }

    /// A manifest exports of what its files export.
    fn narrow(
        &mut self,
        module: &Arc<Module>,
        functions: Option<Vec<String>>,
        variables: Option<Vec<String>>,
        aliases: Option<Vec<String>>,
    ) {
        let before = self.exported(module);
        let names = |found: Vec<Text>, wanted: Option<Vec<String>>| -> Vec<String> {
            let kept = found.into_iter().filter(|name| wanted.as_ref().is_none_or(|list| fits(list, name)));
            kept.map(|name| name.to_string()).collect()
        };
        let found = before.functions.iter().map(|entry| entry.name.clone()).collect();
        *module.exports.write() = Some(Exports {
            functions: names(found, functions),
            variables: names(before.variables, variables),
            aliases: names(before.aliases.into_iter().map(|(name, _)| name).collect(), aliases),
        });
    }

    /// `Export-ModuleMember`, within a module.
    ///
    /// # Errors
    /// No module's code runs.
    pub fn export(&mut self, more: Exports) -> Run {
        let Some(module) = self.current_module() else {
            let message = "The Export-ModuleMember cmdlet can only be called from inside a module.";
            return Err(Exception::runtime("Modules_CanOnlyExecuteExportModuleMemberInsideAModule", message)
                .category(Category::PermissionDenied)
                .into());
        };
        let mut exports = module.exports.write();
        let exports = exports.get_or_insert_default();
        exports.functions.extend(more.functions);
        exports.variables.extend(more.variables);
        exports.aliases.extend(more.aliases);
        Ok(())
    }

    /// `GetNewClosure()`: the variables of the running scope go with the block.
    pub(super) fn closure(&mut self, block: &Block) -> Block {
        let module = Module::new("", "");
        self.homes.push(Arc::downgrade(&module));
        let own = &self.scopes[self.frame.scope];
        if let Some(scope) = &mut *module.scope.lock() {
            for (name, slot) in own.set_names() {
                if let Some(value) = own.slots[slot as usize].value() {
                    let at = scope.slot_of(&name);
                    scope.slots[at as usize] = Slot::Plain(value);
                }
            }
        }
        block.at_home(Some(module))
    }

    // --- importing -----------------------------------------------------------------------------

    /// What a module hands out.
    /// The names of the functions that a module exports.
    pub fn functions_of(&mut self, module: &Arc<Module>) -> Vec<Text> {
        self.exported(module).functions.iter().map(|entry| entry.name.clone()).collect()
    }

    fn exported(&mut self, module: &Arc<Module>) -> Exported {
        let exports = module.exports.read().clone();
        self.with_own_scope(module, |session, at| {
            let scope = &session.scopes[at];
            let wanted = |list: fn(&Exports) -> &Vec<String>, name: &str, unsaid: bool| match &exports {
                Some(exports) => fits(list(exports), name),
                None => unsaid,
            };
            let functions = scope.functions.iter().flat_map(|functions| functions.values());
            let mut functions: Vec<Arc<FunctionEntry>> =
                functions.filter(|entry| wanted(|e| &e.functions, &entry.name, true)).cloned().collect();
            functions.sort_by(|a, b| a.name.cmp(&b.name));
            let names = scope.set_names().into_iter().map(|(name, _)| name);
            let mut variables: Vec<Text> =
                names.filter(|name| wanted(|e| &e.variables, name, false)).collect();
            variables.sort();
            let aliases = scope.aliases.iter().flat_map(|aliases| aliases.iter());
            let mut aliases: Vec<(Text, Text)> = aliases
                .filter(|(name, _)| wanted(|e| &e.aliases, name, true))
                .map(|(name, meaning)| (name.clone(), meaning.clone()))
                .collect();
            aliases.sort();
            Exported { functions, variables, aliases }
        })
    }

    /// `Import-Module`: puts what a module exports where the caller sees it.
    pub fn import(&mut self, module: &Arc<Module>, import: &Import) {
        let exported = self.exported(module);
        let target = match self.current_module() {
            _ if import.local => self.frame.scope,
            Some(home) => self
                .scopes
                .iter()
                .rposition(|scope| scope.is_script && same_home(scope.module.as_ref(), Some(&home)))
                .unwrap_or(0),
            None => 0,
        };
        let wanted =
            |list: &Option<Vec<String>>, name: &str| list.as_ref().is_none_or(|list| fits(list, name));
        for entry in exported.functions.iter().filter(|entry| wanted(&import.functions, &entry.name)) {
            let name = prefixed(&entry.name, &import.prefix);
            let entry = Arc::new(FunctionEntry { name: name.clone(), block: entry.block.clone() });
            self.scopes[target].functions.get_or_insert_default().insert(lowered(&name), entry);
        }
        for name in exported.variables.iter().filter(|name| wanted(&import.variables, name)) {
            let shared = self.with_own_scope(module, |session, at| session.scopes[at].share(name));
            let slot = self.scopes[target].slot_of(name);
            special(&mut self.scopes[target].slots[slot as usize]).shared = Some(shared);
        }
        for (name, meaning) in exported.aliases.iter().filter(|(name, _)| wanted(&import.aliases, name)) {
            self.put_alias(target, name, meaning);
        }
        let name = module.name();
        self.modules.retain(|known| !known.name().eq_ignore_ascii_case(&name));
        self.modules.push(module.clone());
    }

    /// The imported modules whose names fit a pattern.
    pub fn modules(&self, pattern: &str) -> Vec<Arc<Module>> {
        self.modules.iter().filter(|module| fits(&[pattern.to_owned()], &module.name())).cloned().collect()
    }

    /// `Remove-Module`: takes away what it brought.
    ///
    /// # Errors
    /// What its `OnRemove` block threw.
    pub fn remove_module(&mut self, module: &Arc<Module>) -> Run {
        let last = module.facts.read().on_remove.clone();
        if Block::of(&last).is_some() {
            self.call_block(&last, None, &[], &mut super::sink::Dropped)?;
        }
        for scope in &mut self.scopes {
            if let Some(functions) = &mut scope.functions
                && !scope.module.as_ref().is_some_and(|own| Arc::ptr_eq(own, module))
            {
                functions.retain(|_, entry| !same_home(entry.block.home_within(None).as_ref(), Some(module)));
            }
        }
        for (name, meaning) in self.exported(module).aliases {
            let brought = |aliases: &mut HashMap<Text, Text>| {
                if aliases.get(&name).is_some_and(|known| *known == meaning) {
                    aliases.remove(&name);
                }
            };
            brought(&mut self.aliases);
            self.scopes.iter_mut().filter_map(|scope| scope.aliases.as_mut()).for_each(brought);
        }
        self.modules.retain(|known| !Arc::ptr_eq(known, module));
        Ok(())
    }

    /// The function that `Module\Function` names.
    pub(super) fn module_function(&mut self, module: &str, name: &str) -> Option<Arc<FunctionEntry>> {
        let module = self.modules.iter().find(|known| known.name().eq_ignore_ascii_case(module))?.clone();
        self.exported(&module).functions.into_iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The function of that name that a module's own code sees.
    pub(super) fn function_within(&mut self, module: &Arc<Module>, name: &str) -> Option<Arc<FunctionEntry>> {
        self.with_own_scope(module, |session, at| {
            let frame = Frame { scope: at, map: None, code: session.frame.code.clone() };
            let before = std::mem::replace(&mut session.frame, frame);
            let found = session.find_function(name);
            session.frame = before;
            found
        })
    }

    /// `New-Module -AsCustomObject`: functions are methods of it, exported variables its properties.
    pub fn module_as_object(&mut self, module: &Arc<Module>) -> Value {
        let exported = self.exported(module);
        let object = Object::custom();
        for name in exported.variables {
            let place = self.with_own_scope(module, |session, at| session.scopes[at].share(&name));
            let name = self.written_name(module, &name);
            object.set(&name, Value::typed(Added::Shared(place)));
        }
        for entry in exported.functions {
            object.set(&entry.name, Value::typed(Added::Method(entry.block.clone().value())));
        }
        Value::from(object)
    }

    /// A variable's name as the module that exports it writes it.
    fn written_name(&self, module: &Module, name: &Text) -> Text {
        let exports = module.exports.read();
        let written = exports.iter().flat_map(|exports| &exports.variables);
        let found = written.into_iter().find(|written| written.eq_ignore_ascii_case(name));
        found.map_or_else(|| name.clone(), |written| written.as_str().into())
    }

    // --- as a value ----------------------------------------------------------------------------

    /// The methods of a module as a value; `None`: it has none of that name.
    pub(super) fn module_method(
        &mut self,
        module: &Arc<Module>,
        name: &str,
        arguments: &[Value],
    ) -> Run<Option<Option<Value>>> {
        let block = arguments.first().and_then(Block::of).cloned();
        Ok(match (name.to_ascii_lowercase().as_str(), block) {
            ("newboundscriptblock", Some(block)) => Some(Some(block.at_home(Some(module.clone())).value())),
            ("invoke", Some(block)) => {
                let block = block.at_home(Some(module.clone()));
                let mut out = Vec::new();
                self.call_block(&block.value(), None, &arguments[1..], &mut out)?;
                Some(super::values::gathered(out))
            }
            ("ascustomobject", None) => Some(Some(self.module_as_object(module))),
            _ => None,
        })
    }

    /// What a module exports, as its members show it.
    pub(super) fn module_member(&mut self, module: &Arc<Module>, name: &str) -> Option<Value> {
        let table = |names: Vec<Text>| {
            let table = Dictionary::named(
                "System.Collections.Generic.Dictionary`2[System.String,System.Object]",
                object::value::Keys::IgnoreCase,
            );
            names.into_iter().for_each(|name| table.insert(Value::String(name.clone()), Value::String(name)));
            Value::from(table)
        };
        let exported = |session: &mut Session| session.exported(module);
        let functions =
            |found: Exported| found.functions.iter().map(|entry| entry.name.clone()).collect::<Vec<Text>>();
        Some(match name.to_ascii_lowercase().as_str() {
            "exportedfunctions" | "exportedcommands" => table(functions(exported(self))),
            "exportedvariables" => table(exported(self).variables),
            "exportedaliases" => table(exported(self).aliases.into_iter().map(|(name, _)| name).collect()),
            "sessionstate" => super::state::session_state(Some(module.clone())),
            _ => return None,
        })
    }
}

/// What a module hands out.
struct Exported {
    functions: Vec<Arc<FunctionEntry>>,
    variables: Vec<Text>,
    /// Names in lower case, and what they stand for.
    aliases: Vec<(Text, Text)>,
}

/// `Get-Item` with the prefix `My` is `Get-MyItem`.
fn prefixed(name: &Text, prefix: &str) -> Text {
    match name.split_once('-') {
        _ if prefix.is_empty() => name.clone(),
        Some((verb, noun)) => format!("{verb}-{prefix}{noun}").into(),
        None => format!("{prefix}{name}").into(),
    }
}

/// A file's name without folder and ending.
fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

fn no_manifest(path: &str, why: &str) -> ErrorRecord {
    let message = format!(
        "The module manifest '{path}' could not be processed because it is not a valid PowerShell module manifest file.{why}"
    );
    let exception = Exception::new("System.IO.InvalidDataException", message)
        .id("Modules_InvalidManifest")
        .category(Category::ResourceUnavailable)
        .target(path);
    ErrorRecord::new(exception)
}

impl Typed for ModuleInfo {
    fn type_name(&self) -> Text {
        "System.Management.Automation.PSModuleInfo".into()
    }
    fn text(&self) -> String {
        self.0.name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        let facts = self.0.facts.read();
        Some(match name.to_ascii_lowercase().as_str() {
            "name" => Value::String(facts.name.clone()),
            "path" => Value::String(facts.path.clone()),
            "modulebase" => crate::syntax::folder(&facts.path).into(),
            "version" => Version::parse(&facts.version).map_or(Value::Null, Value::typed),
            "description" => Value::String(facts.description.clone()),
            "moduletype" => if facts.path.ends_with(".psd1") { "Manifest" } else { "Script" }.into(),
            "onremove" => facts.on_remove.clone(),
            _ => return None,
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Name", "Path", "Description", "ModuleBase", "Version", "ModuleType", "OnRemove"]
    }
}
