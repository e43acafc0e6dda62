//! Linked mailboxes become user mailboxes and the other way round, in place: mail, addresses, quotas and permissions stay.

use crate::account::PasswordHash;
use crate::change::Change;
use crate::recipient::{Flavour, check_account_state, flags, set_master};
use crate::record::Record;
use crate::schema::{recipient, user};
use crate::table::Claim;
use crate::{Class, Directory, address};
use object::types::{Guid, RecipientTypeDetails};
use object::{Error, ErrorId, Result};

/// What became of a linked mailbox that its own account owns now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The foreign account that owned it: `FABRIKAM\ann`.
    pub from: String,
    /// The name to log on with by now.
    pub user_principal_name: String,
    /// What it was before, where it could not be used.
    pub previous_principal_name: Option<String>,
}

impl Change<'_> {
    /// Makes a foreign account (its identifier and `DOMAIN\name`) the owner of a user's mailbox, or of a linked one instead
    /// of the account that owns it now. The user's own account must be switched off.
    pub fn make_linked(&mut self, user: Guid, to: &Flavour) -> Result<()> {
        let mut record = self.read(user)?;
        let from = record.details();
        let fits = from == RecipientTypeDetails::UserMailbox || from.is_linked();
        if record.class() != Class::User || !fits {
            return Err(Error::conflict(ErrorId::TypeCannotBeConverted, format!("{} is of the type {from}, which cannot become LinkedMailbox.", record.name()))
                .help("Only a user mailbox can be linked; for a shared or resource mailbox run Set-Mailbox -Type Regular first.")
                .about("LinkedMasterAccount"));
        }
        check_account_state(&record, to)?;
        set_master(&mut record, to);
        // A linked room gets another owner and stays a room.
        let becomes = if from.is_linked() { from } else { to.details() };
        record.set(&recipient::RECIPIENT_TYPE_DETAILS, becomes);
        self.save(record)
    }

    /// Makes a linked mailbox its own user's: the account is switched on with this password, and its name to log on with
    /// becomes one of an accepted domain where it was none. A linked room becomes a room whose own account logs on.
    pub fn make_regular(
        &mut self,
        user: Guid,
        password: &PasswordHash,
        must_change: bool,
    ) -> Result<Converted> {
        let mut record = self.read(user)?;
        if !record.details().is_linked() {
            return Err(not_linked(&record));
        }
        let from = record.get(&user::LINKED_ACCOUNT_NAME).unwrap_or_default();
        let room = record.details() == RecipientTypeDetails::LinkedRoomMailbox;
        let becomes =
            if room { RecipientTypeDetails::RoomMailbox } else { RecipientTypeDetails::UserMailbox };
        record.set(&recipient::RECIPIENT_TYPE_DETAILS, becomes);
        set_master(&mut record, &Flavour::Regular);
        record.set(&user::USER_ACCOUNT_CONTROL, flags(&record).disabled(false));
        self.put_password(&mut record, password, must_change);
        let previous = record.get(&user::USER_PRINCIPAL_NAME);
        let name = self.usable_principal_name(&record)?;
        record.set(&user::USER_PRINCIPAL_NAME, name.clone());
        self.save(record)?;
        let previous_principal_name = previous.filter(|previous| *previous != name);
        Ok(Converted { from, user_principal_name: name, previous_principal_name })
    }

    /// A name to log on with that other programs take: of an accepted domain, and readable. What the account has, where it
    /// is such a name; else its primary address; else one made of its alias.
    fn usable_principal_name(&mut self, record: &Record) -> Result<String> {
        let current = record.get(&user::USER_PRINCIPAL_NAME);
        if let Some(name) = current.filter(|name| self.is_usable(name)) {
            return Ok(name);
        }
        let primary = address::primary(&record.all(&recipient::EMAIL_ADDRESSES));
        if let Some(address) = primary.filter(|address| self.is_usable(address.as_str())) {
            let owner = self.owner(Claim::PrincipalName, &address.folded())?;
            if owner.is_none_or(|(id, _)| id == record.id) {
                return Ok(address.as_str().to_owned());
            }
        }
        let alias = record.alias();
        self.free_principal_name(&alias)
    }

    fn is_usable(&self, name: &str) -> bool {
        let Some((local, domain)) = name.rsplit_once('@') else { return false };
        let value = object::Value::from(name);
        Guid::parse(local).is_none()
            && crate::user_account::check_principal_name(&value).is_ok()
            && self.directory().domains().find(domain).is_some()
    }
}

impl Directory {
    /// The rights to a linked mailbox that Exchange would drop with the link and that stay here: `FullAccess CONTOSO\ben`.
    pub fn kept_when_unlinked(&self, mailbox: Guid) -> Vec<String> {
        let of = |holding: &crate::permission::Holding| format!("{:?} {}", holding.right, holding.shown);
        let mut kept: Vec<String> = self.holders_of(mailbox).iter().map(of).collect();
        kept.dedup();
        kept
    }
}

fn not_linked(record: &Record) -> Error {
    let message = format!("{} is a {}, not a LinkedMailbox.", record.name(), record.details());
    Error::conflict(ErrorId::TypeCannotBeConverted, message).about("LinkedMasterAccount")
}
