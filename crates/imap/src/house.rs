//! What the door needs of the house behind it: proof of who somebody is, and their mailbox.

use std::net::IpAddr;
use std::sync::Arc;

use mailbox::{Mailboxes, Protocol, Proved, store};
use object::{Error, ErrorId, Result};
use tokio::sync::watch;

/// The one thing a door asks: who is this. A test's fake is one function.
pub trait House: Send + Sync + 'static {
    /// Checks a name and a password that came from `peer`, and calls `then` with the outcome, on any thread; does not
    /// block. `act_as` names somebody else in whose name the caller wants to act. [RFC 4616 2]
    fn logon(&self, user: &str, password: &str, act_as: Option<&str>, peer: IpAddr, then: Then);
}

/// Told once how a log-on ended.
pub type Then = net::Then<Entrance>;
/// Opens the mailbox of somebody who has proved who they are; blocks.
pub type Entrance = Box<dyn FnOnce() -> Result<Logon> + Send>;

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
    fn logon(&self, user: &str, password: &str, act_as: Option<&str>, peer: IpAddr, then: Then) {
        if act_as.is_some_and(|other| !other.eq_ignore_ascii_case(user)) {
            return then(Err(Error::denied(ErrorId::ActAsRefused, "You may not log on as another user.")));
        }
        self.prove(user, password, Protocol::Imap, peer, |proved| {
            then(proved.map(|proved| Box::new(move || enter(proved)) as Entrance))
        });
    }
}

fn enter(proved: Proved) -> Result<Logon> {
    let mailbox::Logon { name, mailbox, limits, cut_off, .. } = proved.enter()?;
    Ok(Logon { name, mailbox, limits, cut_off })
}
