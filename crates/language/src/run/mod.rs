//! Running scripts: sessions, scopes, commands, errors, and the evaluator of the prepared form.
//!
//! Where to start: [`Session::run`] takes a parsed script; `prepare.rs` turns its tree into the prepared
//! form (variables are numbered slots); `statement.rs` and `expression.rs` run that; `pipeline.rs` joins
//! commands into a chain through which each object is pushed as soon as it is made.
//!
//! The files lie in layers; each uses those above it in this list, none those below:
//!
//! 1. what a script is and what goes wrong in it: `names`, `code`, `prepare`, `error`, `halt`;
//! 2. what it holds while it runs: `slot`, `scope` (with modules, blocks and functions), `declared`, `route`;
//! 3. the session and what it lends to commands: `session`, `sink`, `call`, `command`. These four are a knot by nature:
//!    whatever runs needs the session, and the session holds what runs;
//! 4. what the session does, a file each subject: `values` (its way to `dotnet`), `state`, `variable`, `streams`,
//!    `strict`, `block`, `tree` (the syntax tree as values), `class`, `binding`, `parameter`, `dynamic`, `apart`;
//! 5. stages, of which a pipeline is made: `stage`, `function`, `script`, `core`, `program`, `remote` with `filter`;
//!    `module` runs files as functions;
//! 6. pipelines: `link` (what stands around a stage), `redirect`, `common_parameters`, `find` (which command a name
//!    means), `refused` (where an error of an argument stands), `pipeline`;
//! 7. the evaluator: `expression`, `assign`, `statement`, `requires`; `help` reads what comments say of it.
//!
//! Methods of `Session` stand in the file of their subject, so a method may well call one of a layer further down: a
//! function that runs statements, for example. Types and functions only point up the list.

mod apart;
mod assign;
mod binding;
mod block;
mod call;
mod class;
mod code;
mod command;
mod common_parameters;
mod core;
mod declared;
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
mod names;
mod parameter;
mod pipeline;
mod prepare;
mod program;
mod redirect;
mod refused;
mod remote;
mod requires;
mod route;
mod scope;
mod script;
mod session;
mod sink;
mod slot;
mod stage;
mod state;
mod statement;
mod streams;
mod strict;
mod tree;
mod type_data;
mod values;
mod variable;

pub use call::{Call, StackFrame};
pub use command::{Command, CommandTable, CoreCommand, Invoker, NoCommands};
pub use dotnet::host::Progress;
pub use error::{CategoryWords, ErrorRecord, Extent, View};
pub use find::is_bare_noun;
pub use halt::{Halt, Run, Why};
pub use help::CommentHelp;
pub use module::Import;
pub use parameter::Known;
pub use scope::Block;
pub use scope::{Exports, FunctionEntry, Module, ModuleInfo, Options};
pub use session::{
    CALL_DEPTH_MAX, ERRORS_KEPT_MAX, Here, Outcome, OutputWatch, ParameterWatch, Session, Settings,
};
pub use sink::{Dropped, Sink};
pub use type_data::TypeData;
pub use variable::{ScopeAt, Variable, location};
