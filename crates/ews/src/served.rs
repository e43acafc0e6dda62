//! What this server serves, and where: what every answer is made of besides the account.

use object::types::Guid;

/// What this server serves, and where.
#[derive(Clone, Debug)]
pub struct Served {
    /// The name under which clients reach it.
    pub host: String,
    /// The domain that is meant where a client names none.
    pub domain: String,
    /// The port of IMAP over TLS.
    pub imaps: u16,
    /// The port of POP3 over TLS.
    pub pop3s: u16,
    /// The port of submission over TLS.
    pub submissions: u16,
    /// The address of Autodiscover as plain XML.
    pub autodiscover: String,
    /// The address of ActiveSync, where it is served.
    pub active_sync: Option<String>,
    /// The GUID of the organisation, which never changes.
    pub deployment: Guid,
}
