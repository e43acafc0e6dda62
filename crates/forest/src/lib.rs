//! Trusted foreign directories: where the account of a linked mailbox is found and its password checked.
//!
//! Start with [`Forest`]. Rules of the room:
//!
//! - A [`Trust`] is a plain value (controllers, certificate authority, credential) that the caller hands in; nothing of it
//!   is kept here but which controllers did not answer a moment ago.
//! - Calls block, and have an end: every step to a controller has a time limit, and so has all of it. What awaits the
//!   network runs on a thread of the room; no caller needs a runtime, and one that has one may call from a worker thread.
//! - Passwords travel over verified TLS alone (LDAPS or StartTLS). What comes from people is escaped or encoded before it
//!   stands in a filter. Referrals are not followed: they name servers that nobody has trusted.
//! - The refusals are told apart (wrong password, disabled, expired, locked …). A controller that cannot be asked is none of
//!   them: it is an error (`Busy`), so that it is never counted as a wrong password.

mod account;
mod examine;
mod forest;
mod kept;
mod key;
mod link;
mod name;
mod refusal;
mod sid;
mod step;
mod trust;

pub use account::{FOUND_MAX, ForeignAccount};
pub use examine::Finding;
pub use forest::{Forest, Proof};
pub use key::SecretKey;
pub use refusal::Refusal;
pub use sid::Sid;
pub use step::Step;
pub use trust::{AUTHORITY_BYTES_MAX, CONTROLLERS_MAX, Controller, Trust, base_dn_of, check_authority};
