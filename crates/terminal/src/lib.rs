//! A person or a script at work: `mailstead shell`.
//!
//! The interpreter runs here, where its user sits; to the server go invocations of cmdlets only, over the
//! place the shell was given. A shell starts without a server: the first command that needs one connects.

mod channel;
mod check;
mod console;
mod interactive;
mod settings;

pub use console::{Console, Stop};
pub use settings::Settings;
