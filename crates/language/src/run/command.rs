//! What the evaluator asks of those who bring commands: the core commands of the room `commands`, and
//! the cmdlets that run elsewhere.

use super::call::Call;
use super::error::ErrorRecord;
use super::halt::Run;
use gate::{Invocation, Remote, Signature};
use object::Value;
use std::sync::{Arc, OnceLock};

/// A core command while it runs. One is made for each time the command stands in a pipeline.
///
/// Objects are pushed: [`Command::process`] is called for each piped object as soon as it is made, and
/// what the command writes with [`Call::write`] reaches the next command before it returns.
pub trait Command: Send {
    /// Before the first object.
    fn begin(&mut self, _call: &mut Call<'_>) -> Run {
        Ok(())
    }
    /// For each piped object, its pipeline parameters bound; once, with `None`, where nothing is piped in.
    fn process(&mut self, _call: &mut Call<'_>, _input: Option<Value>) -> Run {
        Ok(())
    }
    /// After the last object.
    fn end(&mut self, _call: &mut Call<'_>) -> Run {
        Ok(())
    }
}

/// The declaration of a core command: a static.
pub struct CoreCommand {
    /// Its name: `Where-Object`.
    pub name: &'static str,
    /// The class PowerShell has for it; error ids end in it: `WhereObjectCommand`.
    pub class: &'static str,
    /// What it takes, common parameters included.
    pub declare: fn() -> Signature,
    /// Makes one for a pipeline.
    pub make: fn() -> Box<dyn Command>,
    signature: OnceLock<Arc<Signature>>,
}

impl CoreCommand {
    /// A declaration.
    pub const fn new(
        name: &'static str,
        class: &'static str,
        declare: fn() -> Signature,
        make: fn() -> Box<dyn Command>,
    ) -> CoreCommand {
        CoreCommand { name, class, declare, make, signature: OnceLock::new() }
    }
    /// What it takes; read once.
    pub fn signature(&self) -> &Arc<Signature> {
        self.signature.get_or_init(|| Arc::new((self.declare)()))
    }
}

/// The core commands of a session, and its aliases.
pub trait CommandTable: Send + Sync {
    /// The command of that name, any case.
    fn find(&self, name: &str) -> Option<&'static CoreCommand>;
    /// What an alias stands for.
    fn alias(&self, name: &str) -> Option<&'static str>;
    /// Whether one of [`CommandTable::aliases`] may only be changed by force.
    fn alias_is_read_only(&self, _name: &str) -> bool {
        false
    }
    /// The names of all commands.
    fn names(&self) -> Vec<&'static str>;
    /// All aliases, with what they stand for.
    fn aliases(&self) -> Vec<(&'static str, &'static str)>;
}

/// A session without core commands.
pub struct NoCommands;

impl CommandTable for NoCommands {
    fn find(&self, _: &str) -> Option<&'static CoreCommand> {
        None
    }
    fn alias(&self, _: &str) -> Option<&'static str> {
        None
    }
    fn names(&self) -> Vec<&'static str> {
        Vec::new()
    }
    fn aliases(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
}

/// Knows the cmdlets that run elsewhere, and runs them.
///
/// A pipeline stage that is such a cmdlet is one invocation: piped objects stream into it, and what it
/// answers streams on, also into the next remote stage.
pub trait Invoker: Send {
    /// What the cmdlet of that name (any case) takes; `None`: there is none.
    fn signature(&self, name: &str) -> Option<Arc<Signature>>;
    /// The names of all its cmdlets.
    fn names(&self) -> Vec<String>;
    /// What else is known of the cmdlet: what it is for, examples. For help.
    fn declaration(&self, _name: &str) -> Option<Arc<gate::Declaration>> {
        None
    }
    /// Whether the cmdlets stand for the module of that name, so that a script may require it.
    fn stands_for(&self, _module: &str) -> bool {
        false
    }
    /// The module that a cmdlet is one of.
    fn module_of(&self, _command: &str) -> &'static str {
        ""
    }
    /// The modules that can be imported and whose cmdlets are always there.
    fn modules(&self) -> &'static [&'static str] {
        &[]
    }
    /// Starts an invocation: parameters by their full names, without those common ones that the session
    /// itself sees to (`-OutVariable`, `-ErrorAction` …).
    fn open(&mut self, invocation: Invocation) -> object::Result<Box<dyn Remote>>;
}

impl From<dotnet::Exception> for ErrorRecord {
    fn from(exception: dotnet::Exception) -> ErrorRecord {
        ErrorRecord::new(exception)
    }
}

/// Something that went wrong on the way to an [`ErrorRecord`].
impl From<&object::Error> for ErrorRecord {
    fn from(error: &object::Error) -> ErrorRecord {
        ErrorRecord::from(error.clone())
    }
}
