//! The names of a block's variables, which are numbered slots while it runs.

use object::value::Text;
use std::collections::HashMap;

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
