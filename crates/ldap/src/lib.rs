//! The address book over LDAP, to be read: whoever has a mailbox looks people up.  [RFC 4511] [RFC 4513] [RFC 4515]
//!
//! A message comes in whole and within limits ([`frame`]), becomes a request ([`message`]), and its filter ([`filter`]) is
//! asked of the entries of the [`Book`]. Nobody changes anything here, and nobody reads before they have said who they
//! are, but for the root entry that tells clients what the server can do. [RFC 4512 5.1]

mod attribute;
mod book;
mod filter;
mod frame;
mod message;
mod name;
mod search;
mod session;

use std::sync::Arc;

use net::{Connection, Door, Refusal, Served};

use tokio::sync::Semaphore;

pub use book::{Book, Entry, Shelf, log_on};

/// So many searches go through the book at once; others wait for their turn.
const SEARCHES_MAX: usize = 4;

/// How the door asks who somebody is.
pub type LogOn = net::LogOn<mailbox::Submitter>;

/// What the door is told.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Whether a password may come in the clear from other machines.
    pub plain_text_logon: bool,
}

/// The door; ports with and without TLS share it.
pub fn door(log_on: LogOn, shelf: Arc<dyn Shelf>, config: Config) -> Arc<dyn Door> {
    let searches = Semaphore::new(SEARCHES_MAX);
    Arc::new(Ldap { log_on, shelf, config, searches })
}

pub(crate) struct Ldap {
    pub(crate) log_on: LogOn,
    pub(crate) shelf: Arc<dyn Shelf>,
    pub(crate) config: Config,
    /// Turns of searches, so that they leave the worker threads to the mail.
    pub(crate) searches: Semaphore,
}

impl Door for Ldap {
    fn name(&self) -> &'static str {
        "ldap"
    }

    /// Octets that no client asked for mean nothing in this protocol: one that is refused finds the connection closed.
    fn refusal(&self, _: Refusal) -> &'static str {
        ""
    }

    fn serve(self: Arc<Self>, connection: Connection) -> Served {
        Box::pin(session::serve(self, connection))
    }
}
