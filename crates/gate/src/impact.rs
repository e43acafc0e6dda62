//! Whether a command changes something, and how much harm it can do.

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
