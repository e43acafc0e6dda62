//! Running scripts: sessions, scopes, commands, errors, and the evaluator of the prepared form.
//!
//! Where to start: [`Session::run`] takes a parsed script; `prepare.rs` turns its tree into the prepared
//! form (variables are numbered slots); `statement.rs` and `expression.rs` run that; `pipeline.rs` joins
//! commands into a chain through which each object is pushed as soon as it is made.

mod assign;
mod binding;
mod block;
mod call;
mod class;
mod code;
mod command;
mod dynamic;
mod error;
mod expression;
mod filter;
mod function;
mod halt;
mod module;
mod parameter;
mod pipeline;
mod prepare;
mod program;
mod requires;
mod scope;
mod session;
mod sink;
mod state;
mod statement;
mod streams;
mod strict;
mod values;
mod variable;

pub use block::Block;
pub use call::Call;
pub use command::{Answers, Command, CommandTable, CoreCommand, Invoker, NoCommands, Record, Remote};
pub use dotnet::host::Progress;
pub use error::{ErrorRecord, Place, View};
pub use function::{FunctionEntry, Here};
pub use halt::{Halt, Run, Why};
pub use module::{Exports, Import, Module, ModuleInfo};
pub use parameter::Known;
pub use scope::Options;
pub use session::{CALL_DEPTH_MAX, ERRORS_KEPT_MAX, Outcome, OutputWatch, ParameterWatch, Session, Settings};
pub use sink::{Dropped, Sink};
pub use variable::{ScopeAt, Variable, location};
