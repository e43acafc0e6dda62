//! Who calls over HTTPS: an account of the directory, proved by its password.

use gate::Caller;
use mailbox::Mailboxes;
use object::Result;
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

    fn logon(&self, user: &str, password: &str, from: SocketAddr) -> Result<Caller> {
        let account = self.mailboxes.administrator(user, password, from.ip())?;
        let name = self.mailboxes.account_name(&account);
        Ok(Caller {
            name: name.into(),
            account: Some(account.guid()),
            from: from.to_string().into(),
            session: "".into(),
        })
    }
}
