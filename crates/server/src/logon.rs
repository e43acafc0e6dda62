//! Who calls over HTTPS: an account of the directory, proved by its password. The JSON door asks for each request, the
//! console once a session.

use console::Accounts;
use directory::Record;
use directory::schema::user::{LINKED_ACCOUNT_NAME, PASSWORD_LAST_SET};
use gate::Caller;
use mailbox::{Mailboxes, Protocol};
use net::Then;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
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

impl Accounts for HttpLogon {
    fn logon(&self, user: &str, password: &str, from: SocketAddr, then: Then<Caller>) {
        Logon::logon(self, user, password, from, then);
    }

    /// When the password was set, as long as the account may log on; where an account of another forest logs on, which.
    fn proof(&self, caller: &Caller) -> Option<u64> {
        let account = self.mailboxes.directory().get(caller.account?)?;
        if let Some(owner) = account.get(&LINKED_ACCOUNT_NAME) {
            return Some(hashed(&owner));
        }
        let set = account.get(&PASSWORD_LAST_SET).map_or(0, |date| date.ticks);
        (!account.is_account_disabled()).then(|| u64::try_from(set).unwrap_or_default())
    }
}

fn hashed(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn caller(mailboxes: &Mailboxes, account: &Record, from: SocketAddr) -> Caller {
    Caller {
        name: mailboxes.account_name(account).into(),
        account: Some(account.guid()),
        from: from.to_string().into(),
        session: "".into(),
    }
}
