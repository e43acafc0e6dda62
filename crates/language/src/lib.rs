//! The room `language`: PowerShell's lexer, parser, evaluator, scopes and errors. It knows nothing of
//! mail and reaches the world only through `dotnet`'s `Host`.

mod run;
pub mod syntax;

/// What a command takes, for those who declare commands.
pub use gate::{Formal, Signature, Use};
pub use run::*;
