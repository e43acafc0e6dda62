//! What the door needs of the house behind it: proof of who somebody is, and their mailbox.

use std::net::IpAddr;
use std::sync::Arc;

use mailbox::{Mailboxes, Protocol, store};
use object::{Error, ErrorId, Result};
use tokio::sync::watch;

/// The one thing a door asks: who is this. A test's fake is one function.
pub trait House: Send + Sync + 'static {
    /// Checks a name and a password that came from `peer`; blocks while it does. `act_as` names somebody
    /// else in whose name the caller wants to act. [RFC 4616 2]
    fn logon(&self, user: &str, password: &str, act_as: Option<&str>, peer: IpAddr) -> Result<Logon>;
}

/// Somebody who has proved who they are.
pub struct Logon {
    /// How they are called in logs and as quota root.
    pub name: String,
    /// Their mailbox.
    pub mailbox: store::Mailbox,
    /// How much it may hold; asked anew for every use, as administrators change it.
    pub limits: Arc<dyn Fn() -> Result<store::Limits> + Send + Sync>,
    /// Becomes true when the account or the protocol is switched off: the session ends.
    pub cut_off: watch::Receiver<bool>,
}

impl House for Mailboxes {
    fn logon(&self, user: &str, password: &str, act_as: Option<&str>, peer: IpAddr) -> Result<Logon> {
        if act_as.is_some_and(|other| !other.eq_ignore_ascii_case(user)) {
            return Err(Error::denied(ErrorId::ActAsRefused, "Nobody reads mail in another one's name."));
        }
        let mailbox::Logon { name, mailbox, limits, cut_off, .. } =
            Mailboxes::logon(self, user, password, Protocol::Imap, peer)?;
        Ok(Logon { name, mailbox, limits, cut_off })
    }
}
