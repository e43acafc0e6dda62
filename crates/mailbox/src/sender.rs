//! Who sends a message, and whether a recipient takes one from them: what Set-Mailbox says of senders and sizes.

use crate::Mailboxes;
use crate::mailboxes::bytes;
use directory::schema::recipient;
use directory::{Class, Record};
use object::types::{Guid, ObjectId, RecipientTypeDetails, SmtpAddress};
use object::{Error, ErrorId, Property, Result};

/// Who sends a message, and what was proved of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Nobody who could be answered: the message is itself a report (`<>`). [RFC 5321 4.5.5]
    Report,
    /// Somebody who proved nothing, under the address they gave.
    Anonymous(SmtpAddress),
    /// Somebody who logged on.
    Authenticated {
        /// The directory object of the account.
        account: Guid,
        /// The address they send under, which they may use; none is `<>`, as a notice that was read has it. [RFC 8098 3]
        address: Option<SmtpAddress>,
    },
}

impl Sender {
    /// Whoever gave that reverse path and proved nothing; none is `<>`.
    pub fn of_reverse_path(address: Option<SmtpAddress>) -> Sender {
        address.map_or(Sender::Report, Sender::Anonymous)
    }
    /// The address that hears of failures.
    pub fn address(&self) -> Option<&SmtpAddress> {
        match self {
            Sender::Report => None,
            Sender::Anonymous(address) => Some(address),
            Sender::Authenticated { address, .. } => address.as_ref(),
        }
    }
    /// The account that logged on.
    pub fn account(&self) -> Option<Guid> {
        match self {
            Sender::Authenticated { account, .. } => Some(*account),
            Sender::Report | Sender::Anonymous(_) => None,
        }
    }
}

/// A list of people and a list of groups.
type Lists = [&'static Property<ObjectId>; 2];

const ACCEPTED: Lists = [&recipient::ACCEPT_FROM, &recipient::ACCEPT_FROM_GROUPS];
const REJECTED: Lists = [&recipient::REJECT_FROM, &recipient::REJECT_FROM_GROUPS];

impl Mailboxes {
    /// Refuses a message of `size` bytes that `user` does not take from that sender.
    pub(crate) fn check_message(&self, user: &Record, sender: &Sender, size: u64) -> Result<()> {
        self.check_sender(user, sender)?;
        // "Message too large for this recipient", 5.2.3.
        if bytes(user, &recipient::MAX_RECEIVE_SIZE).is_some_and(|limit| size > limit) {
            let sentence = format!("The message is too large for {}.", user.name());
            return Err(Error::limit(ErrorId::RecipientSizeLimit, sentence));
        }
        Ok(())
    }

    /// The largest message that whoever has an address takes, where they have a limit of their own.
    pub fn receive_limit(&self, address: &SmtpAddress) -> Option<u64> {
        bytes(&*self.named(address)?, &recipient::MAX_RECEIVE_SIZE)
    }

    /// Refuses what comes as a report from outside to a group that does not take everybody's mail: a group sends nothing of
    /// which there could be a report, and anybody can write `<>`.
    pub(crate) fn check_report(&self, group: &Record, sender: &Sender) -> Result<()> {
        let lists = ACCEPTED.iter().chain(&REJECTED).any(|list| !group.references(list).is_empty());
        let closed = lists
            || group.is(&recipient::REQUIRE_SENDER_AUTHENTICATION)
            || group.is(&recipient::MODERATION_ENABLED);
        if *sender == Sender::Report && group.class() == Class::Group && closed {
            return Err(Error::denied(ErrorId::SenderNotAuthenticated, "authentication required"));
        }
        Ok(())
    }

    /// Refuses a message whose sender may not write to `user`. A report is about the user's own mail and passes.
    fn check_sender(&self, user: &Record, sender: &Sender) -> Result<()> {
        if *sender == Sender::Report {
            return Ok(());
        }
        if user.is(&recipient::REQUIRE_SENDER_AUTHENTICATION) && sender.account().is_none() {
            return Err(Error::denied(ErrorId::SenderNotAuthenticated, "authentication required"));
        }
        let names = |lists: Lists| lists.iter().flat_map(|list| user.references(list)).collect::<Vec<Guid>>();
        let (accepted, rejected) = (names(ACCEPTED), names(REJECTED));
        if accepted.is_empty() && rejected.is_empty() {
            return Ok(());
        }
        let known = self.known_as(sender);
        let among = |list: &[Guid]| known.iter().any(|guid| list.contains(guid)) || self.finds(list, sender);
        if among(&rejected) || !(accepted.is_empty() || among(&accepted)) {
            return Err(Error::denied(ErrorId::SenderNotAuthorized, "not authorized"));
        }
        Ok(())
    }

    /// Whether a sender is one of those whom a dynamic group of a list finds.
    fn finds(&self, list: &[Guid], sender: &Sender) -> bool {
        let directory = &self.0.directory;
        let groups = list.iter().filter_map(|guid| directory.get(*guid));
        let mut dynamic =
            groups.filter(|group| group.details() == RecipientTypeDetails::DynamicDistributionGroup);
        dynamic.any(|group| {
            let people = self.people_of(sender).into_iter().filter_map(|guid| directory.get(guid));
            people.into_iter().any(|person| directory.is_in_audience(&group, &person).unwrap_or(false))
        })
    }

    /// Who a sender is: the recipient who has the address, and who logged on.
    pub(crate) fn people_of(&self, sender: &Sender) -> Vec<Guid> {
        let named = sender.address().and_then(|address| self.0.directory.by_smtp(address));
        named.map(|record| record.guid()).into_iter().chain(sender.account()).collect()
    }

    /// What lists may call a sender: the recipient who has the address, who logged on, and the groups they are in.
    pub(crate) fn known_as(&self, sender: &Sender) -> Vec<Guid> {
        let directory = &self.0.directory;
        let with_groups = |guid: Guid| {
            let groups = directory.groups_of(guid).into_iter().map(|group| group.guid());
            groups.chain([guid]).collect::<Vec<_>>()
        };
        self.people_of(sender).into_iter().flat_map(with_groups).collect()
    }
}
