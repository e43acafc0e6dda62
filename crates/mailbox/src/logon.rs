//! Logging on: who is this, may they enter by this door, and which mailbox is theirs.

use crate::Mailboxes;
use directory::schema::{cas, user};
use directory::{Record, Verdict};
use object::types::{Guid, RecipientTypeDetails, SmtpAddress};
use object::{Error, ErrorId, Property, Result};
use std::net::IpAddr;
use std::sync::Arc;
use store::Limits;
use tokio::sync::watch;

/// A door into a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// IMAP.
    Imap,
    /// POP3.
    Pop3,
    /// Submission of mail; open to whoever has a mailbox.
    Submission,
    /// The web mail.
    Web,
    /// Exchange ActiveSync.
    ActiveSync,
    /// Exchange Web Services.
    Ews,
}

impl Protocol {
    /// The switch of Set-CASMailbox that opens the door.
    fn switch(self) -> Option<&'static Property<bool>> {
        Some(match self {
            Protocol::Imap => &cas::IMAP_ENABLED,
            Protocol::Pop3 => &cas::POP_ENABLED,
            Protocol::Web => &cas::OWA_ENABLED,
            Protocol::ActiveSync => &cas::ACTIVE_SYNC_ENABLED,
            Protocol::Ews => &cas::EWS_ENABLED,
            Protocol::Submission => return None,
        })
    }
}

/// Somebody who has proved who they are.
#[derive(Clone)]
pub struct Logon {
    /// The directory's GUID of the user.
    pub user: Guid,
    /// The account, `CONTOSO\ann`: what logs and statistics show.
    pub name: String,
    /// The primary address.
    pub address: SmtpAddress,
    /// Their mailbox.
    pub mailbox: store::Mailbox,
    /// How much it may hold; asked anew for every use, as administrators change it.
    pub limits: Arc<dyn Fn() -> Result<Limits> + Send + Sync>,
    /// Becomes true when the account or the protocol is switched off, the password or the mailbox changes: the session ends.
    pub cut_off: watch::Receiver<bool>,
}

impl std::fmt::Debug for Logon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logon of {}", self.name)
    }
}

/// What everybody hears who may not enter; the id alone tells the logs why, so that nobody learns which accounts are
/// there or what is switched off.
fn refused(id: ErrorId) -> Error {
    Error::denied(id, "Logon failure: unknown user name or bad password.")
}

/// Whether a user may enter by a door, whatever the password.
pub(crate) fn may_enter(record: &Record, protocol: Protocol) -> Result<()> {
    if record.is_account_disabled() {
        return Err(refused(ErrorId::AccountDisabled));
    }
    // Nobody is a shared mailbox or a room: people enter those as themselves.
    let own = matches!(
        record.details(),
        RecipientTypeDetails::UserMailbox
            | RecipientTypeDetails::LinkedMailbox
            | RecipientTypeDetails::RoomMailbox
    );
    if !own {
        return Err(refused(if record.is_mailbox() {
            ErrorId::MailboxWithoutLogon
        } else {
            ErrorId::NoMailbox
        }));
    }
    match protocol.switch() {
        Some(switch) if !record.is(switch) => Err(refused(ErrorId::ProtocolDisabled)),
        _ => Ok(()),
    }
}

impl Mailboxes {
    /// Checks a name (mail address, user principal name, `DOMAIN\account`, alias or account name) and a password that came
    /// from `peer`. Takes some 20 ms whoever is named; blocks while it does.
    pub fn logon(&self, name: &str, password: &str, protocol: Protocol, peer: IpAddr) -> Result<Logon> {
        let now = self.0.directory.now();
        let account = self.0.directory.account(name);
        // One person has many names; failures are counted for the person.
        let counted = account.as_ref().map_or_else(|| name.to_owned(), |record| record.guid().to_string());
        self.0.guard.admit(peer, &counted, now)?;
        let proved = self.prove(account.as_deref(), password);
        match proved.and_then(|record| may_enter(record, protocol).map(|()| record)) {
            Ok(record) => {
                self.0.guard.succeeded(peer, &counted);
                self.enter(record, protocol)
            }
            Err(error) => {
                if error.fault() == object::Fault::Denied {
                    self.0.guard.failed(peer, &counted, now);
                }
                Err(error)
            }
        }
    }

    /// Checks the password: here, or with the forest in which the account of a linked mailbox lives.
    fn prove<'a>(&self, account: Option<&'a Record>, password: &str) -> Result<&'a Record> {
        if let Some(record) = account.filter(|record| record.details() == RecipientTypeDetails::LinkedMailbox)
        {
            let name = record.get(&user::LINKED_ACCOUNT_NAME).unwrap_or_default();
            self.0.forest.check_password(&name, password)?;
            return Ok(record);
        }
        let verdict = self.0.directory.check_password(account, password);
        match (account, verdict) {
            (Some(record), Verdict::Right) => Ok(record),
            (_, Verdict::Disabled) => Err(refused(ErrorId::AccountDisabled)),
            (_, Verdict::MustChange) => Err(refused(ErrorId::PasswordMustChange)),
            _ => Err(refused(ErrorId::LogonFailed)),
        }
    }

    fn enter(&self, record: &Record, protocol: Protocol) -> Result<Logon> {
        // The session is noted before the record is looked at again, so that no change in between is missed.
        let cut_off = self.0.sessions.open(record, protocol);
        self.0.sessions.review(record.guid(), self.0.directory.get(record.guid()).as_deref());
        if *cut_off.borrow() {
            return Err(refused(ErrorId::LogonFailed));
        }
        let mailbox = self.mailbox(record)?;
        let name = self.account_name(record);
        mailbox.logged_on(&name);
        let (mailboxes, guid) = (self.clone(), mailbox.guid());
        let limits = Arc::new(move || mailboxes.limits(guid));
        let address = directory::primary(&record.all(&directory::schema::recipient::EMAIL_ADDRESSES));
        let address = address.ok_or_else(|| {
            Error::server(
                ErrorId::PrimaryAddressMissing,
                format!("{} has no primary address.", record.name()),
            )
        })?;
        Ok(Logon { user: record.guid(), name, address, mailbox, limits, cut_off })
    }

    /// `CONTOSO\ann`: the account of a user.
    pub fn account_name(&self, record: &Record) -> String {
        let sam = record.get(&user::SAM_ACCOUNT_NAME).unwrap_or_else(|| record.name().to_owned());
        format!("{}\\{sam}", self.0.directory.netbios())
    }

    /// Checks an administrator's name and password (Basic over TLS of the JSON API). The account needs no mailbox.
    pub fn administrator(&self, name: &str, password: &str, peer: IpAddr) -> Result<Arc<Record>> {
        let now = self.0.directory.now();
        let account = self.0.directory.account(name);
        let counted = account.as_ref().map_or_else(|| name.to_owned(), |record| record.guid().to_string());
        self.0.guard.admit(peer, &counted, now)?;
        let verdict = self.0.directory.check_password(account.as_deref(), password);
        match (account, verdict) {
            (Some(record), Verdict::Right) if record.is(&user::REMOTE_POWERSHELL) => {
                self.0.guard.succeeded(peer, &counted);
                Ok(record)
            }
            _ => {
                self.0.guard.failed(peer, &counted, now);
                Err(refused(ErrorId::LogonFailed))
            }
        }
    }

    /// How many sessions are open.
    pub fn sessions(&self) -> usize {
        self.0.sessions.count()
    }
}
