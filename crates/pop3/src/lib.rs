//! POP3 as a server.  [RFC 1939] [RFC 2449] [RFC 2595 4] [RFC 5034] [RFC 6856]
//!
//! A verb is a file in `verb/`; what an error means to the client is said in `reply.rs` alone. The maildrop is
//! the Inbox as it was at log-on: nothing that happens to it elsewhere moves the numbers. One session at a time
//! has a maildrop, and what it deletes is deleted at QUIT in one transaction or not at all. What a client makes us hold is
//! taken from its account's share; before log-on that is a line of at most 1 KB, which nobody counts.

mod dots;
mod house;
mod reply;
mod session;
mod verb;

use std::collections::HashSet;
use std::sync::Arc;

use net::{Connection, Door, Refusal, Served};
use object::types::Guid;
use parking_lot::Mutex;

pub use house::{Entrance, Entry, LogOn, Logon, Maildrop, log_on};

/// What the door is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// The host name in the greeting.
    pub name: String,
    /// Whether a password may come in the clear from other machines.
    pub plain_text_logon: bool,
    /// Memory for what clients make us hold; an account has one share of it over all doors.
    pub memory: net::Memory,
}

impl Config {
    /// With a memory of its own, and passwords inside TLS alone.
    pub fn new(name: impl Into<String>) -> Config {
        let memory = net::Clients::new(net::Budget::new("server", 256 << 20)).door("pop3");
        Config { name: name.into(), plain_text_logon: false, memory }
    }
}

/// The door; ports with and without TLS share it, and with it the locks on maildrops.
pub fn door(log_on: LogOn, config: Config) -> Arc<dyn Door> {
    Arc::new(Pop3 { log_on, config, locked: Arc::default() })
}

struct Pop3 {
    log_on: LogOn,
    config: Config,
    locked: Arc<Mutex<HashSet<Guid>>>,
}

impl Pop3 {
    /// The only session of a maildrop; `None` while another one has it. [RFC 1939 4]
    fn lock(&self, mailbox: Guid) -> Option<Lock> {
        let free = self.locked.lock().insert(mailbox);
        free.then(|| Lock { mailbox, locked: Arc::clone(&self.locked) })
    }
}

/// The exclusive hold on a maildrop, until it is dropped.
struct Lock {
    mailbox: Guid,
    locked: Arc<Mutex<HashSet<Guid>>>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.locked.lock().remove(&self.mailbox);
    }
}

impl Door for Pop3 {
    fn name(&self) -> &'static str {
        "pop3"
    }

    fn refusal(&self, _why: Refusal) -> &'static str {
        "-ERR [SYS/TEMP] Too many connections, try again later"
    }

    fn serve(self: Arc<Self>, connection: Connection) -> Served {
        Box::pin(session::serve(self, connection))
    }
}
