//! A command and what it was given, whoever gives it: the shell, a request, a form.

use object::Value;
use object::value::Text;

/// A command and what it was given, as it comes over the wire or from a form: named parameters only.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// The command's name or alias.
    pub cmdlet: Text,
    /// Names (they may be shortened) and values.
    pub parameters: Vec<(Text, Value)>,
    /// Whether objects are piped in.
    pub piped: bool,
}

impl Invocation {
    /// An invocation of `cmdlet` without parameters.
    pub fn new(cmdlet: impl Into<Text>) -> Invocation {
        Invocation { cmdlet: cmdlet.into(), ..Invocation::default() }
    }
    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: impl Into<Text>, value: impl Into<Value>) -> Invocation {
        self.parameters.push((name.into(), value.into()));
        self
    }
    /// Objects will be piped in.
    #[must_use]
    pub fn piped(mut self) -> Invocation {
        self.piped = true;
        self
    }
}
