//! A cmdlet of ours, declared as one static. Copy an existing one to add another; the binder, completion,
//! help, role entries, the API's description and the ledger read nothing but this.

use crate::call::Call;
use crate::output::Output;
use crate::signature::Signature;
use object::{Noun, Result, Set, Taken};

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
    Add Clean Clear Connect Disable Dismount Enable Export Get Import Mount Move New Remove Restore Resume
    Search Set Start Stop Suspend Test Undo Update
}

/// How much harm a command can do; `$ConfirmPreference` is `High`, so only that asks unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Easily taken back.
    Low,
    /// Taken back with some work.
    Medium,
    /// It asks before it acts, unless `-Confirm:$false`.
    High,
}

/// Whether a command changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// It only reads.
    No,
    /// It does: it takes `-WhatIf` and `-Confirm`, and is recorded.
    Yes {
        /// How much harm it can do.
        confirm: Impact,
    },
}

/// An example of the help; every one is run as a test.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it is for, one sentence.
    pub about: &'static str,
    /// What is typed.
    pub command: &'static str,
}

/// A cmdlet over the rooms `R` that it works on.
pub struct Cmdlet<R: 'static> {
    /// The verb.
    pub verb: Verb,
    /// What it is about, and what it gives.
    pub noun: &'static Noun,
    /// The second half of the name where it is not the noun's (`Mount-Database`).
    pub called: Option<&'static str>,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// One sentence in the third person.
    pub synopsis: &'static str,
    /// What one should know before using it; may be empty.
    pub notes: &'static str,
    /// The parameters that all sets take.
    pub always: &'static [&'static dyn Taken],
    /// The parameter sets; empty where there is only one.
    pub sets: &'static [Set],
    /// The set that is taken when several are possible; the first where none is named.
    pub default_set: Option<&'static str>,
    /// Whether it changes something.
    pub changes: Changes,
    /// The management roles that hold it.
    pub roles: &'static [&'static str],
    /// At least one.
    pub examples: &'static [Example],
    /// Does it, for one piped object or once.
    pub run: fn(&R, &Call, &mut Output<'_>) -> Result<()>,
}

impl<R> Cmdlet<R> {
    /// A cmdlet that only reads and takes nothing: change the fields that differ.
    pub const fn new(
        verb: Verb,
        noun: &'static Noun,
        run: fn(&R, &Call, &mut Output<'_>) -> Result<()>,
    ) -> Cmdlet<R> {
        Cmdlet {
            verb,
            noun,
            called: None,
            aliases: &[],
            synopsis: "",
            notes: "",
            always: &[],
            sets: &[],
            default_set: None,
            changes: Changes::No,
            roles: &[],
            examples: &[],
            run,
        }
    }

    /// The name: `Get-Mailbox`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.verb.name(), self.called.unwrap_or(self.noun.name))
    }

    /// What it takes, with the parameters that every command has.
    pub fn signature(&self) -> Signature {
        Signature::of(&self.name(), self.always, self.sets, self.default_set)
            .with_common(self.changes != Changes::No)
    }
}
