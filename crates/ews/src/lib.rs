//! What a client asks before it knows anything: where an account's mailbox is, and which others are its user's.
//!
//! Autodiscover as POX, SOAP and JSON, the form for phones, and Thunderbird's autoconfig. [MS-OXDSCLI] [MS-OXWSADISC]
//! Exchange Web Services join in this room. Rules:
//!
//! - What a client sends is read by `request.rs` alone: no entity is expanded, no document type is taken, depth and size
//!   are limited. What is answered is written by `write.rs` alone, which escapes every value.
//! - Only what this server serves is told: no address of a protocol that is not there.
//! - Answers without a log-on tell nothing that depends on whether somebody exists.

mod account;
mod autoconfig;
mod json;
mod mobile;
mod pox;
mod request;
mod routes;
mod served;
mod soap;
mod write;

pub use account::{Account, Accounts, Alternative, AlternativeKind, people};
pub use routes::routes;
pub use served::Served;
