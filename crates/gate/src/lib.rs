//! What every administrative command passes: it is bound, its caller's roles are checked, it asks before it
//! changes something, and it is recorded. It knows nothing of mail and does no I/O.
//!
//! Start reading at [`Cmdlet`] (how a command is declared), then [`Gate::invoke`] (what happens to a call),
//! then [`bind`] (which argument becomes which parameter's value). [`wire`] is the line format of an
//! invocation, both ways.

mod authority;
pub mod bind;
mod call;
mod caller;
mod catalogue;
mod cmdlet;
mod common_parameters;
mod declaration;
mod gate;
mod impact;
mod invocation;
mod join;
mod nearest;
mod output;
mod signature;
mod synopsis;
pub mod wire;

pub use authority::{Authority, Permit};
pub use call::{Call, Edit, edit_of, holds_private_key};
pub use caller::{Caller, Entry, Record};
pub use catalogue::Catalogue;
pub use cmdlet::{Cmdlet, Edits, Example, Function, Run, Standard, Verb};
pub use common_parameters::{CHANGING, COMMON, is_common};
pub use declaration::{Book, Commands, Declaration};
pub use gate::{End, Gate, Remote, Running, Table};
pub use impact::{Changes, Impact};
pub use invocation::Invocation;
pub use nearest::nearest;
pub use output::{
    Answer, Channel, Output, Progress, Prompt, Report, confirmation_required, is_stopped, stopped,
};
pub use signature::{ALL_SETS_NAME, Effect, Formal, Origin, PARAMETER_SETS_MAX, Sets, Signature, Use};
