//! Running scripts: sessions, scopes, commands, errors, and the evaluator of the prepared form.
//!
//! Where to start: [`Session::run`] takes a parsed script; `prepare.rs` turns its tree into the prepared
//! form (variables are numbered slots); `statement.rs` and `expression.rs` run that; `pipeline.rs` joins
//! commands into a chain through which each object is pushed as soon as it is made.
//!
//! The files lie in layers; each may use those below it, and its own layer:
//!
//! 1. what a script is and what goes wrong in it: `code`, `prepare`, `scope`, `block`, `halt`, `error`;
//! 2. the session and what it lends to commands: `session`, `variable`, `streams`, `sink`, `command`, `call`, `strict`,
//!    `values` (its way to `dotnet`), `state`;
//! 3. what scripts make: `class`, `module`, `dynamic`, `parameter`, `binding`;
//! 4. stages, of which a pipeline is made: `stage`, `function`, `script`, `core`, `program`, `remote` with `filter`;
//! 5. pipelines: `link` (what stands around a stage), `redirect`, `common_parameters`, `find` (which command a name
//!    means), `refused` (where an error of an argument stands), `pipeline`;
//! 6. the evaluator: `expression`, `assign`, `statement`, `requires`; `help` reads what comments say of it.
//!
//! The session is a knot by nature: whatever runs needs it, and it holds what runs. So methods of `Session` stand in
//! the file of their subject and call upwards through it; types and functions only point down.

mod assign;
mod binding;
mod block;
mod call;
mod class;
mod code;
mod command;
mod common_parameters;
mod core;
mod dynamic;
mod error;
mod expression;
mod filter;
mod find;
mod function;
mod halt;
mod help;
mod link;
mod module;
mod parameter;
mod pipeline;
mod prepare;
mod program;
mod redirect;
mod refused;
mod remote;
mod requires;
mod scope;
mod script;
mod session;
mod sink;
mod stage;
mod state;
mod statement;
mod streams;
mod strict;
mod type_data;
mod values;
mod variable;

pub use block::Block;
pub use call::Call;
pub use command::{Command, CommandTable, CoreCommand, Invoker, NoCommands};
pub use dotnet::host::Progress;
pub use error::{ErrorRecord, Place, View};
pub use function::{FunctionEntry, Here};
pub use halt::{Halt, Run, Why};
pub use help::CommentHelp;
pub use module::{Exports, Import, Module, ModuleInfo};
pub use parameter::Known;
pub use scope::Options;
pub use session::{CALL_DEPTH_MAX, ERRORS_KEPT_MAX, Outcome, OutputWatch, ParameterWatch, Session, Settings};
pub use sink::{Dropped, Sink};
pub use type_data::TypeData;
pub use variable::{ScopeAt, Variable, location};
