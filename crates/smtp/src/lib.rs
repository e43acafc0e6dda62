//! SMTP, LMTP and submission as a server.  [RFC 5321] [RFC 2033] [RFC 6409]
//!
//! A verb is a file in `verb/`; what an error means to the client is said in `reply.rs` alone. The door knows
//! of the house only [`transport::Intake`], and [`transport::Submission`] where people log on. A line ends with CRLF and with nothing else, and so does a message
//! with CRLF.CRLF: everything that another server could read differently is refused.

mod allowed;
mod body;
mod chunk;
mod counts;
mod dots;
mod harvest;
mod pace;
mod path;
mod rate;
mod receiving;
mod reply;
mod session;
mod verb;

use std::sync::Arc;

use net::{Connection, Door, Refusal, Served};
use transport::{Intake, Port, Submission};

pub use allowed::{Allowed, UnknownRecipients};
pub use counts::{Counted, Counts};
use harvest::Harvest;
use rate::Rate;
pub use receiving::Receiving;

/// What a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Mail from other servers, port 25.
    Smtp,
    /// Mail from a local transfer agent that hears of every recipient, port 24. [RFC 2033]
    Lmtp,
    /// Mail from people who log on, ports 587 and 465. [RFC 6409] [RFC 8314 3.3]
    Submission,
}

impl Service {
    /// Whose limits hold there.
    pub(crate) fn port(self) -> Port {
        match self {
            Service::Smtp => Port::Servers,
            Service::Lmtp => Port::Agents,
            Service::Submission => Port::People,
        }
    }
}

/// What the door is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// The host name in the greeting.
    pub name: String,
    /// The memory of all messages that are being received; doors share one. Past it clients hear `452 4.3.1`.
    pub receiving: Arc<Receiving>,
    /// What may be changed while the door is open; doors share one.
    pub allowed: Arc<Allowed>,
    /// What is counted; doors share one.
    pub counts: Arc<Counts>,
    /// Whether a password may come in the clear from other machines.
    pub plain_text_logon: bool,
}

impl Config {
    /// Exchange's limit of a receive connector, and a budget of its own.
    pub fn new(name: impl Into<String>) -> Config {
        Config {
            name: name.into(),
            receiving: Arc::default(),
            allowed: Arc::default(),
            counts: Arc::default(),
            plain_text_logon: false,
        }
    }
}

/// The door for mail from other servers, by SMTP or LMTP.
pub fn door(intake: Arc<dyn Intake>, service: Service, config: Config) -> Arc<dyn Door> {
    let harvest = Harvest::new(Arc::clone(&config.allowed));
    Arc::new(Smtp { intake, submission: None, service, config, harvest, rate: Rate::default() })
}

/// The door for mail from people; ports with STARTTLS and with TLS from the first octet share it.
pub fn submission(intake: Arc<dyn Intake>, submission: Arc<dyn Submission>, config: Config) -> Arc<dyn Door> {
    let harvest = Harvest::new(Arc::clone(&config.allowed));
    Arc::new(Smtp {
        intake,
        submission: Some(submission),
        service: Service::Submission,
        config,
        harvest,
        rate: Rate::default(),
    })
}

struct Smtp {
    intake: Arc<dyn Intake>,
    submission: Option<Arc<dyn Submission>>,
    service: Service,
    config: Config,
    harvest: Harvest,
    rate: Rate,
}

impl Door for Smtp {
    fn name(&self) -> &'static str {
        match self.service {
            Service::Smtp => "smtp",
            Service::Lmtp => "lmtp",
            Service::Submission => "submission",
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
