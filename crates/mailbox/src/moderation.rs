//! Who decides whether a message reaches somebody: the moderators of groups and other recipients.

use crate::{Mailboxes, Sender};
use directory::Record;
use directory::schema::{group, recipient};
use object::types::{Guid, ModerationNotification, RecipientTypeDetails, SmtpAddress};
use object::{Error, ErrorId, Result};
use std::collections::HashSet;

/// Who decides on a message for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderation {
    /// Those who are asked; one of them decides.
    pub moderators: Vec<SmtpAddress>,
    /// The arbitration mailbox that asks, and that takes their answers.
    pub arbitration: SmtpAddress,
}

/// How many moderators are asked about one message.
const MODERATORS_ASKED_MAX: usize = 100;

impl Mailboxes {
    /// Who decides on a message for somebody, where it needs that: it is moderated, and the sender is neither moderator nor
    /// owner nor among those whom it lets pass. Reports pass.
    pub(crate) fn moderation(&self, record: &Record, sender: &Sender) -> Result<Option<Moderation>> {
        if !record.is(&recipient::MODERATION_ENABLED) || *sender == Sender::Report {
            return Ok(None);
        }
        let deciders = self.deciders(record);
        let passes = record.references(&recipient::BYPASS_MODERATION_FROM).into_iter();
        let owners = record.references(&group::MANAGED_BY).into_iter();
        let free: HashSet<Guid> = deciders.iter().copied().chain(passes).chain(owners).collect();
        // An address alone proves nothing: whoever has not logged on could write anybody's.
        let proved = sender.account().is_some();
        if proved && self.known_as(sender).iter().any(|guid| free.contains(guid)) {
            return Ok(None);
        }
        let directory = self.directory();
        let address = |guid: &Guid| {
            let moderator = directory.get(*guid)?;
            directory::primary(&moderator.all(&recipient::EMAIL_ADDRESSES))
        };
        let moderators: Vec<SmtpAddress> = deciders
            .iter()
            .filter_map(address)
            .filter(|one| self.is_reached(one))
            .take(MODERATORS_ASKED_MAX)
            .collect();
        let arbitration = self.arbitration_of(record)?;
        match (moderators.is_empty(), arbitration) {
            (false, Some(arbitration)) => Ok(Some(Moderation { moderators, arbitration })),
            _ => Err(nobody_decides()),
        }
    }

    /// Who decides on who becomes a member of a group: its owners who can be written to. Errors: there is nobody.
    pub fn membership_approval(&self, group: &Record) -> Result<Moderation> {
        let owners =
            group.references(&group::MANAGED_BY).into_iter().filter_map(|guid| self.directory().get(guid));
        let addresses =
            owners.filter_map(|owner| directory::primary(&owner.all(&recipient::EMAIL_ADDRESSES)));
        let moderators: Vec<SmtpAddress> = addresses.take(MODERATORS_ASKED_MAX).collect();
        match (moderators.is_empty(), self.arbitration_of(group)?) {
            (false, Some(arbitration)) => Ok(Moderation { moderators, arbitration }),
            _ => {
                let message = format!("No owner of {} can be written to.", group.name());
                Err(Error::denied(ErrorId::ModeratorMissing, message))
            }
        }
    }

    /// Who decides on a message where a rule names the moderators: those of them whom mail reaches. Nobody is asked where the
    /// sender, who has logged on, is one of them; an error where nobody could be.
    pub fn moderation_by(&self, moderators: &[SmtpAddress], sender: &Sender) -> Result<Option<Moderation>> {
        if sender.account().is_some_and(|account| self.is_among(account, moderators)) {
            return Ok(None);
        }
        let arbitration = self.directory().arbitration_mailboxes()?.into_iter();
        let mut arbitration =
            arbitration.filter_map(|one| directory::primary(&one.all(&recipient::EMAIL_ADDRESSES)));
        // Somebody who is gone would never answer: the message would wait in vain for as long as messages wait.
        let reached = moderators.iter().filter(|address| self.is_reached(address));
        let moderators: Vec<SmtpAddress> = reached.take(MODERATORS_ASKED_MAX).cloned().collect();
        match (moderators.is_empty(), arbitration.next()) {
            (false, Some(arbitration)) => Ok(Some(Moderation { moderators, arbitration })),
            _ => Err(nobody_decides()),
        }
    }

    /// Whether mail for a moderator reaches that very one: whoever catches a domain's mail does not decide for who is gone.
    fn is_reached(&self, address: &SmtpAddress) -> bool {
        let domains = self.directory().domains();
        match self.named(address) {
            Some(_) => self.recipient(address).is_ok(),
            None => domains.find(address.domain()).is_none_or(|domain| !domain.knows_its_recipients()),
        }
    }

    /// Whether an account is one of those addresses, or a member of a group that is.
    pub fn is_among(&self, account: Guid, addresses: &[SmtpAddress]) -> bool {
        let known: HashSet<Guid> =
            addresses.iter().filter_map(|address| self.addressee(address)).map(|one| one.guid()).collect();
        let groups = self.directory().groups_of(account);
        known.contains(&account) || groups.iter().any(|group| known.contains(&group.guid()))
    }

    /// The moderators of somebody: those who are named, else the owners.
    fn deciders(&self, record: &Record) -> Vec<Guid> {
        let named = record.references(&recipient::MODERATED_BY);
        if named.is_empty() { record.references(&group::MANAGED_BY) } else { named }
    }

    /// The address of the arbitration mailbox that is somebody's, or else the organisation's first.
    fn arbitration_of(&self, record: &Record) -> Result<Option<SmtpAddress>> {
        let directory = self.directory();
        let own = record.reference(&recipient::ARBITRATION_MAILBOX).and_then(|guid| directory.get(guid));
        let own = own.into_iter().chain(directory.arbitration_mailboxes()?);
        let mut addresses = own.filter_map(|one| directory::primary(&one.all(&recipient::EMAIL_ADDRESSES)));
        Ok(addresses.next())
    }

    /// Whether an account decides on messages for the one who has an address.
    pub fn moderates(&self, account: Guid, address: &SmtpAddress) -> bool {
        let Some(record) = self.addressee(address) else { return false };
        let deciders = self.deciders(&record);
        let groups = self.directory().groups_of(account);
        deciders.contains(&account) || groups.iter().any(|group| deciders.contains(&group.guid()))
    }

    /// Whether an address is an arbitration mailbox's, to which moderators answer.
    pub fn takes_decisions(&self, address: &SmtpAddress) -> bool {
        self.named(address).is_some_and(|record| record.details() == RecipientTypeDetails::ArbitrationMailbox)
    }

    /// Whether a sender hears that a moderator rejected a message for the one who has an address.
    pub fn hears_of_rejection(&self, address: &SmtpAddress, sender: &Sender) -> bool {
        let told =
            self.addressee(address).and_then(|record| record.get(&recipient::MODERATION_NOTIFICATIONS));
        match told.unwrap_or(ModerationNotification::Always) {
            ModerationNotification::Always => true,
            ModerationNotification::Internal => !self.people_of(sender).is_empty(),
            ModerationNotification::Never => false,
        }
    }
}

fn nobody_decides() -> Error {
    Error::denied(ErrorId::ModeratorMissing, "Nobody is there who could approve the message")
}
