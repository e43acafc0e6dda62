//! The parameters that every command takes, and those of every command that changes something.

use crate::signature::{Formal, Origin, Signature};
use object::types::{Kind, kinds};

/// The common parameters, their aliases and kinds, in PowerShell's order.
pub const COMMON: [(&str, &str, &Kind); 12] = [
    ("Verbose", "vb", &kinds::SWITCH),
    ("Debug", "db", &kinds::SWITCH),
    ("ErrorAction", "ea", &kinds::ANY),
    ("WarningAction", "wa", &kinds::ANY),
    ("InformationAction", "infa", &kinds::ANY),
    ("ProgressAction", "proga", &kinds::ANY),
    ("ErrorVariable", "ev", &kinds::STRING),
    ("WarningVariable", "wv", &kinds::STRING),
    ("InformationVariable", "iv", &kinds::STRING),
    ("OutVariable", "ov", &kinds::STRING),
    ("OutBuffer", "ob", &kinds::INT32),
    ("PipelineVariable", "pv", &kinds::STRING),
];

/// What every command that changes something takes besides.
pub const CHANGING: [(&str, &str, &Kind); 2] =
    [("WhatIf", "wi", &kinds::SWITCH), ("Confirm", "cf", &kinds::SWITCH)];

impl Signature {
    /// Adds the common parameters, and `-WhatIf` and `-Confirm` where the command `changes` something.
    #[must_use]
    pub fn with_common(mut self, changes: bool) -> Signature {
        let changing = CHANGING.iter().filter(|_| changes);
        for (name, alias, kind) in COMMON.iter().chain(changing) {
            if self.formals.iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
                continue;
            }
            let aliases = vec![(*alias).into()];
            self.formals.push(Formal { aliases, origin: Origin::Common, ..Formal::new(*name, kind) });
        }
        self
    }
}

/// Whether `name` is a common parameter that the caller's side sees to and the command never meets.
pub fn is_common(name: &str) -> bool {
    COMMON.iter().any(|(known, _, _)| known.eq_ignore_ascii_case(name))
}
