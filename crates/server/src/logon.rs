//! Who calls over HTTPS: an account of the directory, proved by its password.

use directory::Record;
use gate::Caller;
use mailbox::{Mailboxes, Protocol};
use net::Then;
use std::net::SocketAddr;
use web::Logon;

/// Log-on to the administrators' JSON door.
pub struct HttpLogon {
    mailboxes: Mailboxes,
}

impl HttpLogon {
    /// Log-on against the accounts of `mailboxes`' directory.
    pub fn new(mailboxes: Mailboxes) -> HttpLogon {
        HttpLogon { mailboxes }
    }
}

impl Logon for HttpLogon {
    type Who = Caller;

    fn logon(&self, user: &str, password: &str, from: SocketAddr, then: Then<Caller>) {
        let mailboxes = self.mailboxes.clone();
        self.mailboxes.prove(user, password, Protocol::PowerShell, from.ip(), move |proved| {
            then(proved.map(|proved| caller(&mailboxes, proved.account(), from)));
        });
    }
}

fn caller(mailboxes: &Mailboxes, account: &Record, from: SocketAddr) -> Caller {
    Caller {
        name: mailboxes.account_name(account).into(),
        account: Some(account.guid()),
        from: from.to_string().into(),
        session: "".into(),
    }
}
