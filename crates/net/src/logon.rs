//! The one question that every door asks: who is this.

use crate::{Then, answered};
use object::Result;
use std::net::SocketAddr;
use std::sync::Arc;

/// How somebody says who they are.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The name, as it was typed.
    pub user: &'a str,
    /// The password.
    pub password: &'a str,
    /// Somebody else whose mailbox they want to open. [RFC 4616 2]
    pub act_as: Option<&'a str>,
    /// Where they call from.
    pub from: SocketAddr,
}

/// Proves who somebody is, and tells what the door keeps of them: on any thread, without blocking whoever asks. A test's
/// fake is one closure.
pub type LogOn<Who> = Arc<dyn Fn(Attempt<'_>, Then<Who>) + Send + Sync>;

/// Opens what somebody may use who has proved who they are; blocks.
pub type Entrance<Opened> = Box<dyn FnOnce() -> Result<Opened> + Send>;

/// Waits for the answer, without a thread that waits.
pub async fn log_on<Who: Send + 'static>(log_on: &LogOn<Who>, attempt: Attempt<'_>) -> Result<Who> {
    answered(|then| log_on(attempt, then)).await
}
