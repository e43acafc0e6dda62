//! A person or a script at work: `mailstead shell`.
//!
//! The interpreter runs here, where its user sits; to the server go invocations of cmdlets only, over the
//! place the shell was given. A shell starts without a server: the first command that needs one connects.
//!
//! Start reading at [`run`]; `console/` is the world as a script sees it, `channel/` the ways to a gate,
//! `interactive/` what a person types, `loader/` the lines that load Exchange's cmdlets, `cases/` how answers are compared with recorded ones.

mod cases;
mod channel;
mod check;
mod cmdlets;
mod console;
mod interactive;
mod loader;
mod machine;
mod prospect;
mod settings;
mod shell;
mod trust;

pub use channel::{Connection, LazyBook, Opener, run_one};
pub use console::{Console, Stop};
pub use settings::Settings;
pub use shell::{Task, run};
