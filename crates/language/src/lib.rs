//! The room `language`: PowerShell's lexer, parser, evaluator, scopes and errors. It knows nothing of
//! mail and reaches the world only through `dotnet`'s `Host`.
//!
//! `syntax/` turns text into a tree of the same node classes as PowerShell's; `run/` turns the tree into
//! its prepared form and runs it in a [`Session`]. Commands come in from outside: core commands through
//! [`CommandTable`] and [`Command`], cmdlets that run elsewhere through [`Invoker`] and [`Remote`].
//! Differences between PowerShell's versions are fields of `dotnet::Profile`; no version test stands here.

mod run;
pub mod syntax;

pub use gate::{Formal, Signature, Use};
pub use run::*;
