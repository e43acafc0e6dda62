//! The envelope: who a message is from, whom it is for, and what the sender wants to hear of it.

use std::net::IpAddr;

use mailbox::Sender;
use mailbox::directory::Port;
use object::types::{Guid, SmtpAddress};

/// A message's envelope.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// MAIL FROM, and what was proved of it: whoever failures are told to.
    pub sender: Sender,
    /// RCPT TO, in the order in which they came; no address twice. Two may lead to one mailbox: it gets one copy.
    pub to: Vec<Forward>,
    /// What the sender said of the content.
    pub content: Content,
    /// How much of the message a report returns. [RFC 3461 4.3]
    pub ret: Option<Ret>,
    /// The sender's own name for this sending, as xtext decoded. [RFC 3461 4.4]
    pub envid: Option<String>,
    /// From whom we have it.
    pub client: Client,
    /// Whether the client hears of every recipient on its own (LMTP); else those that fail while others are
    /// taken are told to the sender by mail. [RFC 2033 4.2]
    pub each: bool,
}

impl Envelope {
    /// The port at which it came.
    pub(crate) fn port(&self) -> Port {
        match self.sender.account() {
            Some(_) => Port::People,
            None if self.each => Port::Agents,
            None => Port::Servers,
        }
    }
}

/// What MAIL says of the content. [RFC 6152 2] [RFC 6531 3.4]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// BODY=8BITMIME.
    pub eight_bit: bool,
    /// SMTPUTF8.
    pub utf8: bool,
}

/// How much of a message a report of its failure returns. [RFC 3461 4.3]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ret {
    /// All of it.
    Full,
    /// Its header.
    Headers,
}

/// One RCPT TO.
#[derive(Clone, Debug)]
pub struct Forward {
    /// Whom it leads to.
    pub recipient: Recipient,
    /// The address the sender first wrote, `rfc822;ann@contoso.com`. [RFC 3461 4.2]
    pub orcpt: Option<String>,
    /// When the sender wants a report. [RFC 3461 4.1]
    pub notify: Notify,
}

/// When the sender wants a report of this recipient. [RFC 3461 4.1]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notify {
    /// When it was delivered.
    pub success: bool,
    /// When it cannot be.
    pub failure: bool,
    /// When it takes long.
    pub delay: bool,
}

impl Notify {
    /// No report at all.
    pub const NEVER: Notify = Notify { success: false, failure: false, delay: false };

    /// As the queue keeps it.
    pub(crate) fn to_bits(self) -> i64 {
        i64::from(self.success) | i64::from(self.failure) << 1 | i64::from(self.delay) << 2
    }
    pub(crate) fn of_bits(bits: i64) -> Notify {
        Notify { success: bits & 1 != 0, failure: bits & 2 != 0, delay: bits & 4 != 0 }
    }
}

impl Default for Notify {
    /// What is meant when nothing is said: failures and long delays. [RFC 3461 4.1]
    fn default() -> Notify {
        Notify { success: false, failure: true, delay: true }
    }
}

/// An address and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The address as the sender wrote it.
    pub address: SmtpAddress,
    /// Where it leads now; the queue asks again when it delivers.
    pub place: Place,
}

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A mailbox of this house.
    Mailbox {
        /// Its name that never changes.
        mailbox: Guid,
        /// The database it lies in.
        database: Guid,
    },
    /// An address that others serve.
    Elsewhere(SmtpAddress),
    /// A group, or somebody who forwards: the queue finds those to whom it leads.
    Followed(Guid),
    /// An address that has to be there and that nobody has yet, such as postmaster: mail waits for somebody who does.
    Unclaimed,
}

/// From whom a message came, for its Received field and the trace.
#[derive(Clone, Debug)]
pub struct Client {
    /// What it said in EHLO; printable.
    pub hello: String,
    /// Its address.
    pub address: IpAddr,
    /// `ESMTP`, `ESMTPS`, `UTF8LMTP` … [RFC 3848] [RFC 6531 4.3]
    pub protocol: &'static str,
    /// The TLS cipher suite by its registered name, if there was TLS. [RFC 8314 4.3]
    pub cipher: Option<String>,
    /// The id under which the logs speak of this transaction.
    pub request: String,
}

impl Client {
    /// From where comes what this house makes itself.
    pub(crate) fn of_this_house() -> Client {
        let address = IpAddr::from(std::net::Ipv4Addr::LOCALHOST);
        let (hello, request) = (String::new(), String::new());
        Client { hello, address, protocol: "ESMTP", cipher: None, request }
    }
}
