//! What a door needs of transport: three questions. A test's fake is three functions.

use std::time::Duration;

use object::Result;
use object::types::{Guid, SmtpAddress};

use crate::{Envelope, Port, Recipient, Sender};

/// The limits of the organisation that doors announce and enforce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of a whole message: what holds for anonymous senders, and between people who have no limits of their own.
    pub message_bytes_max: u64,
    /// What the organisation lets its people send.
    pub send_bytes_max: u64,
    /// What the organisation lets its people get, and what goes outside.
    pub receive_bytes_max: u64,
    /// Of one envelope: Exchange's organisation limit (RFC 5321 asks for 100 at least). [RFC 5321 4.5.3.1.8]
    pub recipients_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            message_bytes_max: 10 << 20,
            send_bytes_max: 10 << 20,
            receive_bytes_max: 10 << 20,
            recipients_max: 500,
        }
    }
}

/// The limits of a receive connector: a port, whoever speaks there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectorLimits {
    /// Of a whole message.
    pub message_bytes_max: u64,
    /// Of a header.
    pub header_bytes_max: usize,
    /// Of one envelope.
    pub recipients_max: usize,
    /// Received fields of a message that is not going round in circles. [RFC 5321 6.3]
    pub hops_max: usize,
    /// How often a message may come by: Exchange gives up after twenty rounds. None: that is not counted.
    pub rounds_max: Option<usize>,
    /// Of one client; none: as many as it likes.
    pub messages_per_minute_max: Option<u32>,
    /// How long the answer waits that a recipient does not exist, once a client has asked for some.
    pub tarpit: Duration,
}

impl ConnectorLimits {
    /// Exchange's of that port.
    pub fn of(port: Port) -> ConnectorLimits {
        ConnectorLimits { recipients_max: port.recipients_max(), ..ConnectorLimits::default() }
    }
}

impl Default for ConnectorLimits {
    /// Exchange's of the port that everybody meets.
    fn default() -> ConnectorLimits {
        ConnectorLimits {
            message_bytes_max: 36 << 20,
            header_bytes_max: 256 << 10,
            recipients_max: Port::Servers.recipients_max(),
            hops_max: 60,
            rounds_max: Some(20),
            messages_per_minute_max: None,
            tarpit: Duration::from_secs(5),
        }
    }
}

/// What became of a message that was taken.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Its name in logs, replies and `fate`.
    pub id: Guid,
    /// One answer per recipient of the envelope, in its order. Ok: safely in a mailbox or the queue, or the
    /// report of its failure is in the queue. Errors are there only if the client hears of each.
    pub outcomes: Vec<Result<()>>,
}

/// Takes mail in. `accept` waits for the disk: doors call it on a worker thread. The others answer out of memory.
pub trait Intake: Send + Sync + 'static {
    /// The limits that hold now.
    fn limits(&self) -> Limits;

    /// The limits of a port: what an administrator has set, and what it was `started` with where nothing was.
    fn connector(&self, _port: Port, started: ConnectorLimits) -> ConnectorLimits {
        started
    }

    /// Where `address` leads, and whether a message from that sender is taken there now; `size` is what MAIL announced
    /// of it, 0 when it did not. An error is the answer to RCPT, so that nobody is sent a report of it.
    fn recipient(&self, address: &SmtpAddress, sender: &Sender, size: u64) -> Result<Recipient>;

    /// The domain that completes `postmaster` without one. [RFC 5321 4.5.1]
    fn default_domain(&self) -> Result<String>;

    /// The octets that go before the message, written before it is read, so that nothing is moved later.
    fn trace_fields(&self, envelope: &Envelope) -> TraceFields;

    /// Takes a message: when this returns, every recipient with `Ok` is synced to disk. `message` begins with
    /// the trace fields. An error means that nothing of it was kept.
    fn accept(&self, envelope: Envelope, message: Message) -> Result<Receipt>;
}

/// Return-Path and Received. [RFC 5321 4.4]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceFields {
    /// The message's name, which the Received field, the reply, the logs and `fate` share.
    pub id: Guid,
    /// Return-Path: only on what lies in a mailbox, so it can be left off.
    pub return_path: Vec<u8>,
    /// Received.
    pub received: Vec<u8>,
}

/// A message with its trace fields in front, in one piece.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Its name.
    pub id: Guid,
    /// All octets.
    pub octets: Vec<u8>,
    /// How many of them are our Return-Path.
    pub return_path: usize,
    /// How many of them are our Return-Path and Received.
    pub trace: usize,
}

impl Message {
    /// A message that has its trace fields and waits for the rest.
    pub fn begin(trace: &TraceFields) -> Message {
        let octets = [&trace.return_path[..], &trace.received].concat();
        Message { id: trace.id, return_path: trace.return_path.len(), trace: octets.len(), octets }
    }
    /// The octets as the client sent them.
    pub fn original(&self) -> &[u8] {
        &self.octets[self.trace..]
    }
}
