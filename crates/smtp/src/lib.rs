//! SMTP and LMTP as a server.  [RFC 5321] [RFC 2033]
//!
//! A verb is a file in `verb/`; what an error means to the client is said in `reply.rs` alone. The door knows
//! of the house only [`transport::Intake`]. A line ends with CRLF and with nothing else, and so does a message
//! with CRLF.CRLF: everything that another server could read differently is refused.

mod body;
mod chunk;
mod dots;
mod path;
mod reply;
mod session;
mod verb;

use std::sync::Arc;

use net::{Connection, Door, Refusal, Served};
use tokio::sync::Semaphore;
use transport::Intake;

/// What a port speaks. Submission will be a third kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Mail from other servers, port 25.
    Smtp,
    /// Mail from a local transfer agent that hears of every recipient, port 24. [RFC 2033]
    Lmtp,
}

/// What the door is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// The host name in the greeting.
    pub name: String,
    /// The largest message of this port; the organisation's limit holds where it is lower.
    pub message_bytes_max: u64,
    /// All messages being received may take this much memory together. Past it clients hear `452 4.3.1`.
    pub memory_bytes_max: usize,
}

impl Config {
    /// Exchange's limit of a receive connector, and memory for some hundred usual messages at once.
    pub fn new(name: impl Into<String>) -> Config {
        Config { name: name.into(), message_bytes_max: 36 << 20, memory_bytes_max: 256 << 20 }
    }
}

/// The door for `service`.
pub fn door(intake: Arc<dyn Intake>, service: Service, config: Config) -> Arc<dyn Door> {
    let memory = Arc::new(Semaphore::new(config.memory_bytes_max / body::PERMIT_BYTES));
    Arc::new(Smtp { intake, service, config, memory })
}

struct Smtp {
    intake: Arc<dyn Intake>,
    service: Service,
    config: Config,
    memory: Arc<Semaphore>,
}

impl Door for Smtp {
    fn name(&self) -> &'static str {
        match self.service {
            Service::Smtp => "smtp",
            Service::Lmtp => "lmtp",
        }
    }

    fn refusal(&self, why: Refusal) -> &'static str {
        match why {
            Refusal::TooMany => "421 4.3.2 Too many connections, try again later",
            Refusal::TooManyFromAddress => "421 4.7.0 Too many connections from your address",
        }
    }

    fn serve(self: Arc<Self>, connection: Connection) -> Served {
        Box::pin(session::serve(self, connection))
    }
}
