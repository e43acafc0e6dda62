//! What every administrative command passes: it is bound, its caller's roles are checked, it asks before it
//! changes something, and it is recorded. It knows nothing of mail and does no I/O.

pub mod bind;
mod common;
mod nearest;
mod signature;

pub use common::{CHANGING, COMMON, is_common};
pub use nearest::nearest;
pub use signature::{ALL_SETS_NAME, Formal, Origin, PARAMETER_SETS_MAX, Sets, Signature, Use};
