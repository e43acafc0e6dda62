//! Who calls over HTTPS: an account of the directory, proved by its password. The JSON door asks for each request, the
//! console once a session.

use console::Accounts;
use directory::Record;
use directory::schema::user::{LINKED_ACCOUNT_NAME, PASSWORD_LAST_SET};
use gate::Caller;
use mailbox::{Mailboxes, Protocol};
use net::{Attempt, LogOn, Then};
use object::types::SecureString;
use object::{Author, Error, ErrorId, Result};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::SocketAddr;
use std::sync::Arc;

/// Log-on to the administrators' JSON door, against the accounts of `mailboxes`' directory.
pub fn administrators(mailboxes: Mailboxes) -> LogOn<Caller> {
    let accounts = Administrators(mailboxes.clone());
    Arc::new(move |attempt, then: Then<Caller>| {
        let mailboxes = mailboxes.clone();
        accounts.log_on(
            attempt,
            Box::new(move |proved| then(proved.and_then(|caller| alone(&mailboxes, caller)))),
        );
    })
}

/// A door that asks for the password alone is not for accounts that need more: whoever knew the password could take the
/// second factor away here, or make an account that can.
fn alone(mailboxes: &Mailboxes, caller: Caller) -> Result<Caller> {
    let second = caller.account.map_or(Ok(None), |account| mailboxes.second_factor(account))?;
    if second.is_none() {
        return Ok(caller);
    }
    Err(Error::denied(
        ErrorId::LogonFailed,
        "This account has a second factor, which this door does not ask for: use the console, or an account for programs.",
    ))
}

/// Log-on to the console, and what it stands on.
pub struct Administrators(pub Mailboxes);

impl Accounts for Administrators {
    fn log_on(&self, attempt: Attempt<'_>, then: Then<Caller>) {
        let (mailboxes, from) = (self.0.clone(), attempt.from);
        self.0.prove(attempt.user, attempt.password, Protocol::PowerShell, from.ip(), move |proved| {
            then(proved.map(|proved| caller(&mailboxes, proved.account(), from)));
        });
    }

    /// When the password was set, as long as the account may log on; where an account of another forest logs on, which.
    fn proof(&self, caller: &Caller) -> Option<u64> {
        let account = self.0.directory().get(caller.account?)?;
        if let Some(owner) = account.get(&LINKED_ACCOUNT_NAME) {
            return Some(hashed(&owner));
        }
        let set = account.get(&PASSWORD_LAST_SET).map_or(0, |date| date.ticks);
        (!account.is_account_disabled()).then(|| u64::try_from(set).unwrap_or_default())
    }

    fn second_factor(&self, caller: &Caller) -> Result<Option<SecureString>> {
        caller.account.map_or(Ok(None), |account| self.0.second_factor(account))
    }

    fn set_second_factor(&self, caller: &Caller, key: Option<&SecureString>) -> Result<()> {
        let Some(account) = caller.account else { return Ok(()) };
        let command = if key.is_some() { "Set-SecondFactor" } else { "Clear-SecondFactor" };
        self.0.set_second_factor(&author(caller, command), account, key)
    }
}

/// What is kept of whoever changes their own second factor.
fn author(caller: &Caller, command: &str) -> Author {
    Author { account: caller.account, from: caller.from.clone(), ..Author::new(caller.name.clone(), command) }
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
