//! The doors into a mailbox, and who may enter by which, whatever the password.

use directory::Record;
use directory::schema::{cas, user};
use object::types::RecipientTypeDetails;
use object::{Error, ErrorId, Property, Result};

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
    /// Autodiscover, open to whoever has a mailbox.
    Autodiscover,
    /// The address book over LDAP, open to whoever has a mailbox.
    Ldap,
    /// Administration: the shell and the JSON API.
    PowerShell,
}

impl Protocol {
    /// The door's name in logs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Protocol::Imap => "imap",
            Protocol::Pop3 => "pop3",
            Protocol::Submission => "smtp",
            Protocol::Web => "web",
            Protocol::ActiveSync => "activesync",
            Protocol::Ews => "ews",
            Protocol::Autodiscover => "autodiscover",
            Protocol::Ldap => "ldap",
            Protocol::PowerShell => "https",
        }
    }

    /// The door's name in a mailbox's log, as clients call themselves there.
    pub(crate) fn client(self) -> &'static str {
        match self {
            Protocol::Imap => "IMAP4",
            Protocol::Pop3 => "POP3",
            Protocol::Submission => "SMTP",
            Protocol::Web => "OWA",
            Protocol::ActiveSync => "ActiveSync",
            Protocol::Ews => "WebServices",
            Protocol::Autodiscover => "Autodiscover",
            Protocol::Ldap => "LDAP",
            Protocol::PowerShell => "Management",
        }
    }

    /// The switch of Set-CASMailbox that opens the door.
    pub(crate) fn switch(self) -> Option<&'static Property<bool>> {
        Some(match self {
            Protocol::Imap => &cas::IMAP_ENABLED,
            Protocol::Pop3 => &cas::POP_ENABLED,
            Protocol::Web => &cas::OWA_ENABLED,
            Protocol::ActiveSync => &cas::ACTIVE_SYNC_ENABLED,
            Protocol::Ews => &cas::EWS_ENABLED,
            Protocol::Submission | Protocol::Autodiscover | Protocol::Ldap | Protocol::PowerShell => {
                return None;
            }
        })
    }
}

/// What everybody hears who may not enter; the id alone tells the logs why, so that nobody learns which accounts are
/// there or what is switched off.
pub(crate) fn refused(id: ErrorId) -> Error {
    Error::denied(id, "Logon failure: unknown user name or bad password.")
}

/// Whether a user may enter by a door, whatever the password.
pub(crate) fn may_enter(record: &Record, protocol: Protocol) -> Result<()> {
    // The account of a linked mailbox is always switched off here; the foreign one counts.
    if record.is_account_disabled() && !is_linked(record) {
        return Err(refused(ErrorId::AccountDisabled));
    }
    if protocol == Protocol::PowerShell {
        // An administrator needs no mailbox.
        let may = record.is(&user::REMOTE_POWERSHELL);
        return if may { Ok(()) } else { Err(refused(ErrorId::ProtocolDisabled)) };
    }
    // Nobody is a shared mailbox or a room: people enter those as themselves.
    let own = matches!(
        record.details(),
        RecipientTypeDetails::UserMailbox
            | RecipientTypeDetails::LinkedMailbox
            | RecipientTypeDetails::LinkedRoomMailbox
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

/// Whether the owner of the mailbox is an account of another forest, which alone knows the password.
pub(crate) fn is_linked(record: &Record) -> bool {
    record.details().is_linked()
}
