//! A cmdlet of ours: one static with what the table of commands cannot know. Copy an existing one to add another.
//!
//! What it takes stands in the table under its name ([`Catalogue`](crate::Catalogue)). The static names the keys that
//! its function reads; a parameter of the table that is neither read, nor a property that the function sets, nor
//! reserved, is refused by name when it is given.

use crate::call::Call;
use crate::output::Output;
use object::{Keys, Noun, Result, Spec};

macro_rules! verbs {
    ($($verb:ident)*) => {
        /// The verbs of cmdlets that are built.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Verb { $(#[allow(missing_docs)] $verb,)* }
        impl Verb {
            /// The word as it is typed.
            pub const fn name(self) -> &'static str {
                match self { $(Verb::$verb => stringify!($verb),)* }
            }
        }
    };
}

verbs! {
    Add Approve Clean Clear Connect Convert Delete Deny Disable Dismount Enable Export Get Import Mount Move New Preview Release Remove Repair Restore Resume Retry
    Search Set Start Stop Suspend Test Undo Unlock Update Write
}

/// An example of the help; every one is run as a test.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it is for, one sentence.
    pub about: &'static str,
    /// What is typed.
    pub command: &'static str,
}

/// Finds a property by its name, any case.
pub type Edits = fn(&str) -> Option<&'static Spec>;

/// What a cmdlet's own function looks like.
pub type Function<R> = fn(&R, &Call, &mut Output<'_>) -> Result<()>;

/// Verbs that are written once for many nouns. The value behind it says what is special about one noun.
pub trait Standard<R>: Sync {
    /// The keys that a verb reads, as far as the table gives the command such parameters.
    fn keys(&self, verb: Verb) -> Keys;
    /// The property that a verb sets where it is given a parameter of that name, any case, if it sets one.
    fn property(&self, verb: Verb, name: &str) -> Option<&'static Spec>;
    /// Does it, for one piped object or once.
    fn run(&self, verb: Verb, rooms: &R, call: &Call, out: &mut Output<'_>) -> Result<()>;
}

/// What a cmdlet does, for one piped object or once.
pub enum Run<R: 'static> {
    /// What its own function does.
    Own(Function<R>),
    /// What its verb does with every noun.
    Standard(&'static dyn Standard<R>),
}

impl<R> Clone for Run<R> {
    fn clone(&self) -> Run<R> {
        *self
    }
}
impl<R> Copy for Run<R> {}

/// A cmdlet over the rooms `R` that it works on.
pub struct Cmdlet<R: 'static> {
    /// The verb.
    pub verb: Verb,
    /// What it is about, and what it gives.
    pub noun: &'static Noun,
    /// The second half of the name where it is not the noun's (`Mount-Database`).
    pub called: Option<&'static str>,
    /// One sentence in the third person.
    pub synopsis: &'static str,
    /// What one should know before using it; may be empty.
    pub notes: &'static str,
    /// The keys that it reads.
    pub reads: Keys,
    /// The keys of functions that it shares with other cmdlets: it reads those that the table gives it.
    pub shares: &'static [Keys],
    /// Where its own function sets the properties that are given: which property a parameter of a name is.
    pub edits: Option<Edits>,
    /// The management roles that hold it.
    pub roles: &'static [&'static str],
    /// At least one.
    pub examples: &'static [Example],
    /// Does it.
    pub run: Run<R>,
}

impl<R> Cmdlet<R> {
    /// A cmdlet with a function of its own, which reads nothing: change the fields that differ.
    pub const fn new(verb: Verb, noun: &'static Noun, function: Function<R>) -> Cmdlet<R> {
        Cmdlet::running(verb, noun, Run::Own(function))
    }

    /// A cmdlet that does what its verb does with every noun.
    pub const fn standard(verb: Verb, noun: &'static Noun, with: &'static dyn Standard<R>) -> Cmdlet<R> {
        Cmdlet::running(verb, noun, Run::Standard(with))
    }

    const fn running(verb: Verb, noun: &'static Noun, run: Run<R>) -> Cmdlet<R> {
        Cmdlet {
            verb,
            noun,
            called: None,
            synopsis: "",
            notes: "",
            reads: &[],
            shares: &[],
            edits: None,
            roles: &[],
            examples: &[],
            run,
        }
    }

    /// The name: `Get-Mailbox`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.verb.name(), self.called.unwrap_or(self.noun.name))
    }

    /// Keys that it reads as far as the table gives it such parameters.
    pub(crate) fn shared_keys(&self) -> Vec<Keys> {
        let standard = match self.run {
            Run::Own(_) => None,
            Run::Standard(with) => Some(with.keys(self.verb)),
        };
        self.shares.iter().copied().chain(standard).collect()
    }
    /// The property that it sets where it is given a parameter of that name, any case, if it sets one.
    pub(crate) fn property(&self, name: &str) -> Option<&'static Spec> {
        match self.run {
            Run::Standard(with) => with.property(self.verb, name),
            Run::Own(_) => self.edits.and_then(|edits| edits(name)),
        }
    }
    pub(crate) fn act(&self, rooms: &R, call: &Call, out: &mut Output<'_>) -> Result<()> {
        match self.run {
            Run::Own(function) => function(rooms, call, out),
            Run::Standard(with) => with.run(self.verb, rooms, call, out),
        }
    }
}
