//! Where code lives: the scope in which a block runs, the module to which it belongs, the functions that both hold.
//! They are one subject, since each holds the others: a scope its module, a module its scope, both functions, and a
//! function its block, which knows its module.
//!
//! A name that a scope does not have is looked for in the scopes around it, at run time, as PowerShell does.

pub(super) use super::names::{
    ARGS, BOUND, INPUT, MATCHES, MY_INVOCATION, Names, PS_CMDLET, THIS, UNDERSCORE, lowered,
};
pub use super::slot::Options;
pub(super) use super::slot::{Grown, Slot, Special, special};
use crate::syntax::ast::{Function, ScriptBlock};
use dotnet::values::Reference;
use object::Value;
use object::value::Text;
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::Arc;

/// A script block: `{ … }` as a value.
#[derive(Clone)]
pub struct Block {
    pub(super) ast: Arc<ScriptBlock>,
    /// Parameters in front of the body, where it was made from a function.
    pub(super) function: Option<Arc<Function>>,
    /// Whose code it is; shared by its copies, since a script can move a block (`SessionStateInternal`).
    home: Arc<RwLock<Home>>,
}

/// Whose code a block is.
#[derive(Clone)]
pub(super) enum Home {
    /// Nobody's yet: that of whoever runs it (`[scriptblock]::Create`, a script file).
    Running,
    /// The session's own.
    Session,
    /// A module's, or the variables it took along (`GetNewClosure`).
    Module(Arc<Module>),
}

impl Home {
    fn of(module: Option<Arc<Module>>) -> Home {
        module.map_or(Home::Session, Home::Module)
    }
}

impl Block {
    pub(super) fn made(ast: Arc<ScriptBlock>, function: Option<Arc<Function>>) -> Block {
        Block { ast, function, home: Arc::new(RwLock::new(Home::Running)) }
    }
    /// The same block as a module's code, or as the session's own.
    #[must_use]
    pub(super) fn at_home(&self, module: Option<Arc<Module>>) -> Block {
        Block { home: Arc::new(RwLock::new(Home::of(module))), ..self.clone() }
    }
    /// Whose code it is.
    pub(super) fn home(&self) -> Home {
        self.home.read().clone()
    }
    /// Makes it, and every copy of it, another's code.
    pub(super) fn move_home(&self, home: Home) {
        *self.home.write() = home;
    }
    /// The module it runs in when `running` is the one whose code runs it.
    pub(super) fn home_within(&self, running: Option<&Arc<Module>>) -> Option<Arc<Module>> {
        match &*self.home.read() {
            Home::Running => running.cloned(),
            Home::Session => None,
            Home::Module(module) => Some(module.clone()),
        }
    }
    /// The same block, of whoever runs it now where it was nobody's.
    #[must_use]
    pub(super) fn settled(&self, running: Option<Arc<Module>>) -> Block {
        match self.home() {
            Home::Running => self.at_home(running),
            _ => self.clone(),
        }
    }
}

/// A function, by its name.
pub struct FunctionEntry {
    /// The name as it was defined.
    pub name: Text,
    /// Its body.
    pub block: Block,
}

/// A module.
pub struct Module {
    pub(super) facts: RwLock<Facts>,
    /// `None` while it is on the stack.
    pub(super) scope: Mutex<Option<Scope>>,
    /// Unless it said so itself, all functions are exported and nothing else.
    pub(super) exports: RwLock<Option<Exports>>,
}

#[derive(Clone, Default)]
pub(super) struct Facts {
    pub(super) name: Text,
    pub(super) path: Text,
    pub(super) version: Text,
    pub(super) description: Text,
    pub(super) on_remove: Value,
}

/// What `Export-ModuleMember` says: patterns.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    /// Functions.
    pub functions: Vec<String>,
    /// Variables.
    pub variables: Vec<String>,
    /// Aliases.
    pub aliases: Vec<String>,
}

impl Module {
    /// A module with an empty scope.
    pub(super) fn new(name: &str, path: &str) -> Arc<Module> {
        let mut scope = Scope::new(&Arc::new(Names::fixed()), Some(0));
        scope.is_script = true;
        let facts = Facts { name: name.into(), path: path.into(), version: "0.0".into(), ..Facts::default() };
        Arc::new(Module {
            facts: RwLock::new(facts),
            scope: Mutex::new(Some(scope)),
            exports: RwLock::new(None),
        })
    }
    /// Its name.
    pub fn name(&self) -> Text {
        self.facts.read().name.clone()
    }
    /// The file it came from; empty for one that a script made.
    pub fn path(&self) -> Text {
        self.facts.read().path.clone()
    }
    /// Forgets everything it holds: functions hold their module, so that they would keep each other for ever.
    pub(super) fn clear(&self) {
        self.scope.lock().take();
    }
}

/// Whether two homes of blocks are the same: both the session's own, or the same module.
pub(super) fn same_home(left: Option<&Arc<Module>>, right: Option<&Arc<Module>>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => Arc::ptr_eq(left, right),
        _ => false,
    }
}

/// A module as scripts see it.
pub struct ModuleInfo(pub Arc<Module>);

impl ModuleInfo {
    /// The module that a value is.
    pub fn of(value: &Value) -> Option<Arc<Module>> {
        dotnet::values::base(value).downcast::<ModuleInfo>().map(|info| info.0.clone())
    }
    /// Sets what can be set: `OnRemove`, `Description`.
    pub(super) fn set(&self, name: &str, value: Value) -> bool {
        let mut facts = self.0.facts.write();
        match name.to_ascii_lowercase().as_str() {
            "onremove" => facts.on_remove = value,
            "description" => facts.description = value.to_string().into(),
            _ => return false,
        }
        true
    }
}

/// The variables and functions of a running block.
pub(super) struct Scope {
    names: Arc<Names>,
    /// Slots of names that the block itself does not mention.
    more: HashMap<Text, u32>,
    pub(super) slots: Vec<Slot>,
    pub(super) parent: Option<usize>,
    /// The module whose code runs in it; `None`: the session's own.
    pub(super) module: Option<Arc<Module>>,
    /// The scope around is found when it runs: it is code of another module than what made it.
    pub(super) is_foreign: bool,
    pub(super) functions: Option<HashMap<Text, Arc<FunctionEntry>>>,
    /// Aliases by their names in lower case; those of the global scope are the session's.
    pub(super) aliases: Option<HashMap<Text, Text>>,
    /// The scope of a script file, or the global one.
    pub(super) is_script: bool,
    /// Its own strict mode; `None`: that of the scope around.
    pub(super) strict: Option<u8>,
}

impl Scope {
    pub(super) fn new(names: &Arc<Names>, parent: Option<usize>) -> Scope {
        let mut slots = Vec::with_capacity(names.list.len());
        slots.resize_with(names.list.len(), Slot::default);
        Scope {
            names: names.clone(),
            more: HashMap::new(),
            slots,
            parent,
            module: None,
            is_foreign: false,
            functions: None,
            aliases: None,
            is_script: false,
            strict: None,
        }
    }

    /// The same scope below another one.
    pub(super) fn below(mut self, parent: usize) -> Scope {
        self.parent = Some(parent);
        self
    }
    /// The slot of a name in lower case, if the scope has one.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.names.index.get(name).or_else(|| self.more.get(name)).copied()
    }
    /// The slot of a name in lower case, made if need be.
    pub(super) fn slot_of(&mut self, name: &str) -> u32 {
        if let Some(slot) = self.find(name) {
            return slot;
        }
        let slot = self.slots.len() as u32;
        self.slots.push(Slot::Empty);
        self.more.insert(name.into(), slot);
        slot
    }
    /// Where the slots of another block's names are in this scope.
    pub(super) fn map(&mut self, names: &Names) -> Arc<[u32]> {
        names.list.iter().map(|name| self.slot_of(name)).collect()
    }
    /// Whether `names` are this scope's own, so that no map is needed.
    pub(super) fn has_names(&self, names: &Arc<Names>) -> bool {
        Arc::ptr_eq(&self.names, names)
    }
    /// The place of a variable, from now on shared by all who hold it.
    pub(super) fn share(&mut self, name: &str) -> Arc<Reference> {
        let slot = self.slot_of(name);
        let special = special(&mut self.slots[slot as usize]);
        let value = special.value.clone();
        special.shared.get_or_insert_with(|| Arc::new(Reference(RwLock::new(value)))).clone()
    }
    /// All names that are set, in lower case, with their slots.
    pub(super) fn set_names(&self) -> Vec<(Text, u32)> {
        let own = self.names.index.iter().chain(&self.more);
        let set = own.filter(|(_, slot)| self.slots[**slot as usize].is_set());
        set.map(|(name, slot)| (name.clone(), *slot)).collect()
    }
}
