//! Who may send under which address, and how much: what submission asks, whichever door it comes by.
//!
//! Full Access is no right to send: an address is one's own, or there is Send As or Send on Behalf for it.

use crate::mailboxes::bytes;
use crate::{Mailboxes, Proved};
use directory::Record;
use directory::permission::Right;
use directory::schema::{database, mailbox, recipient};
use object::types::{Guid, SmtpAddress, Unlimited};
use object::{Error, ErrorId, Result};
use store::Limits;
use tokio::sync::watch;

/// Somebody who has logged on to send mail.
#[derive(Debug)]
pub struct Submitter {
    /// The directory's GUID of the account.
    pub account: Guid,
    /// The account, `CONTOSO\ann`, for logs.
    pub name: String,
    /// Becomes true when the account or its password changes: the session ends.
    pub cut_off: watch::Receiver<bool>,
}

/// In what capacity somebody sends under an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// It is one of their own.
    Own,
    /// As somebody else; nothing in the message tells of it.
    SendAs,
    /// On behalf of somebody else: Sender names who did.
    OnBehalf,
}

/// What an account has for sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendingAccount {
    /// Its primary address.
    pub address: SmtpAddress,
    /// The name shown beside it.
    pub display_name: String,
    /// The largest message it sends, where it has a limit of its own: it stands in the place of the organisation's.
    pub message_bytes_max: Option<u64>,
    /// The most recipients of its messages, where it has a limit of its own.
    pub recipients_max: Option<usize>,
}

impl Proved {
    /// Lets them send; their mailbox is not opened.
    pub fn submit(self) -> Result<Submitter> {
        let (mailboxes, record) = (self.mailboxes(), self.account());
        let cut_off = mailboxes.open_session(record, self.protocol())?;
        Ok(Submitter { account: record.guid(), name: mailboxes.account_name(record), cut_off })
    }
}

impl Mailboxes {
    /// In what capacity an account may send under an address now; nothing where it may not.
    pub fn capacity(&self, account: Guid, address: &SmtpAddress) -> Option<Capacity> {
        let named = self.named(address)?;
        if named.guid() == account {
            return Some(Capacity::Own);
        }
        // Where both are there, Send As wins.
        let rights = self.0.directory.rights(account, named.guid());
        match rights.has(Right::SendAs) {
            true => Some(Capacity::SendAs),
            false => rights.has(Right::SendOnBehalf).then_some(Capacity::OnBehalf),
        }
    }

    /// Whether an address leads to somebody of this organisation.
    pub fn is_ours(&self, address: &SmtpAddress) -> bool {
        self.named(address).is_some()
    }

    /// What an account has for sending at this moment.
    pub fn sending_account(&self, account: Guid) -> Result<SendingAccount> {
        let record = self.0.directory.need(account)?;
        let address = directory::primary(&record.all(&recipient::EMAIL_ADDRESSES)).ok_or_else(|| {
            Error::server(
                ErrorId::PrimaryAddressMissing,
                format!("{} has no primary address.", record.name()),
            )
        })?;
        let recipients = record.get(&mailbox::RECIPIENT_LIMITS).and_then(Unlimited::value);
        Ok(SendingAccount {
            address,
            display_name: record.display_name(),
            message_bytes_max: bytes(&record, &recipient::MAX_SEND_SIZE),
            recipients_max: recipients.and_then(|most| usize::try_from(most).ok()),
        })
    }

    /// Refuses an account whose mailbox is at its ProhibitSendQuota. A database that cannot be asked is no refusal.
    pub fn check_sending(&self, account: Guid) -> Result<()> {
        let record = self.0.directory.need(account)?;
        let Ok((guid, place)) = self.place(&record) else { return Ok(()) };
        let limits = Limits { total: self.send_quota(&record, place)?, recoverable: None };
        let asked = self.0.store.database(place).and_then(|open| open.admits(guid, limits, 0));
        match asked {
            Err(error) if error.is(ErrorId::QuotaExceeded) => Err(Error::limit(
                ErrorId::MailboxFull,
                "mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionQuotaExceeded; nothing can be sent until \
                 something is deleted",
            )),
            _ => Ok(()),
        }
    }

    fn send_quota(&self, user: &Record, place: Guid) -> Result<Option<u64>> {
        if !user.is(&mailbox::USE_DATABASE_QUOTAS) {
            return Ok(bytes(user, &mailbox::SEND_QUOTA));
        }
        Ok(bytes(&*self.0.directory.need(place)?, &database::SEND_QUOTA))
    }
}
