//! Scopes: the variables of a running block, in numbered slots. A name that a scope does not have is
//! looked for in the scopes around it, at run time, as PowerShell does.

use super::code::Rule;
use super::function::FunctionEntry;
use super::module::Module;
use dotnet::Type;
use dotnet::values::Reference;
use object::Value;
use object::value::Text;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// The variables that every block has a slot for, in this order.
pub(super) const FIXED: [&str; 8] =
    ["_", "args", "input", "this", "psboundparameters", "myinvocation", "pscmdlet", "matches"];
/// `$_`
pub(super) const UNDERSCORE: u32 = 0;
/// `$args`
pub(super) const ARGS: u32 = 1;
/// `$input`
pub(super) const INPUT: u32 = 2;
/// `$this`
pub(super) const THIS: u32 = 3;
/// `$PSBoundParameters`
pub(super) const BOUND: u32 = 4;
/// `$MyInvocation`
pub(super) const MY_INVOCATION: u32 = 5;
/// `$PSCmdlet`
pub(super) const PS_CMDLET: u32 = 6;
/// `$Matches`
pub(super) const MATCHES: u32 = 7;

/// The names of a block's slots, in lower case, and as they were first written.
#[derive(Default)]
pub(super) struct Names {
    pub(super) list: Vec<Text>,
    pub(super) written: Vec<Text>,
    pub(super) index: HashMap<Text, u32>,
}

impl Names {
    pub(super) fn fixed() -> Names {
        let mut names = Names::default();
        for name in FIXED {
            names.slot(name);
        }
        names
    }
    /// The slot of `name`, made if need be.
    pub(super) fn slot(&mut self, name: &str) -> u32 {
        let lower = lowered(name);
        if let Some(slot) = self.index.get(&lower) {
            return *slot;
        }
        let slot = self.list.len() as u32;
        self.list.push(lower.clone());
        self.written.push(name.into());
        self.index.insert(lower, slot);
        slot
    }
}

/// A name as it is compared.
pub(super) fn lowered(name: &str) -> Text {
    if name.bytes().any(|b| b.is_ascii_uppercase() || b >= 0x80) {
        name.to_lowercase().into()
    } else {
        name.into()
    }
}

/// A variable's place.
#[derive(Default)]
pub(super) enum Slot {
    /// Not set in this scope.
    #[default]
    Empty,
    /// Set to what a command without output left: `$null`, and nothing when it is piped on.
    Nothing,
    /// A plain value.
    Plain(Value),
    /// A text that `+=` makes longer and longer: it is copied when it is read, not each time it grows.
    Grown(Box<Grown>),
    /// With a type, rules or options.
    Special(Box<Special>),
}

/// A text that grows.
pub(super) struct Grown {
    buffer: String,
    text: OnceLock<Text>,
}

impl Grown {
    pub(super) fn new(text: &str) -> Grown {
        Grown { buffer: text.to_owned(), text: OnceLock::new() }
    }
    pub(super) fn push(&mut self, more: &str) {
        self.text = OnceLock::new();
        self.buffer.push_str(more);
    }
    pub(super) fn len(&self) -> usize {
        self.buffer.len()
    }
    fn value(&self) -> Value {
        Value::String(self.text.get_or_init(|| self.buffer.as_str().into()).clone())
    }
}

/// A variable that is more than a value.
#[derive(Default)]
pub(super) struct Special {
    pub(super) value: Value,
    pub(super) kind: Option<Type>,
    pub(super) rules: Option<Arc<Vec<Rule>>>,
    /// `[ref]`s to it read and write here.
    pub(super) shared: Option<Arc<Reference>>,
    pub(super) options: Options,
    pub(super) description: Option<Text>,
}

/// What `Set-Variable -Option` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// It cannot be changed, but taken away by force.
    pub read_only: bool,
    /// It can never be changed.
    pub constant: bool,
    /// Only its own scope sees it.
    pub private: bool,
    /// Every new scope has it.
    pub all_scope: bool,
}

impl Slot {
    pub(super) fn is_set(&self) -> bool {
        !matches!(self, Slot::Empty)
    }
    /// The value, when it is set.
    pub(super) fn value(&self) -> Option<Value> {
        match self {
            Slot::Empty => None,
            Slot::Nothing => Some(Value::Null),
            Slot::Plain(value) => Some(value.clone()),
            Slot::Grown(grown) => Some(grown.value()),
            Slot::Special(special) => Some(match &special.shared {
                Some(shared) => shared.0.read().clone(),
                None => special.value.clone(),
            }),
        }
    }
    pub(super) fn is_private(&self) -> bool {
        matches!(self, Slot::Special(special) if special.options.private)
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
        let special = super::variable::special(&mut self.slots[slot as usize]);
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
