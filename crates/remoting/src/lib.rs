//! Invocations from outside: the administrators' local socket, and JSON over HTTPS.
//!
//! Both speak the one line format of `gate::wire` and end at `gate::Gate`; no rule stands here. PowerShell
//! remoting joins at the same place later.

mod conversation;
mod http;
mod socket;

pub use http::routes;
pub use socket::{AdminSocket, CONNECTIONS_MAX};
