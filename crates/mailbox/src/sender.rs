//! Who may write to a mailbox: what Set-Mailbox says of senders.

use crate::Mailboxes;
use directory::Record;
use directory::schema::recipient;
use object::types::{Guid, ObjectId, SmtpAddress};
use object::{Error, ErrorId, Property, Result};

/// A list of people and a list of groups.
type Lists = [&'static Property<ObjectId>; 2];

const ACCEPTED: Lists = [&recipient::ACCEPT_FROM, &recipient::ACCEPT_FROM_GROUPS];
const REJECTED: Lists = [&recipient::REJECT_FROM, &recipient::REJECT_FROM_GROUPS];

impl Mailboxes {
    /// Refuses a message whose sender may not write to `user`. Nobody has proved who they are at the doors for mail from
    /// outside. A report (no sender) is about the user's own mail and passes.
    pub(crate) fn check_sender(&self, user: &Record, sender: &str) -> Result<()> {
        if sender.is_empty() {
            return Ok(());
        }
        if user.is(&recipient::REQUIRE_SENDER_AUTHENTICATION) {
            return Err(Error::denied(ErrorId::SenderNotAuthenticated, "authentication required"));
        }
        let names = |lists: Lists| lists.iter().flat_map(|list| user.references(list)).collect::<Vec<Guid>>();
        let (accepted, rejected) = (names(ACCEPTED), names(REJECTED));
        if accepted.is_empty() && rejected.is_empty() {
            return Ok(());
        }
        let known = self.known_as(sender);
        let among = |list: &[Guid]| known.iter().any(|guid| list.contains(guid));
        if among(&rejected) || !(accepted.is_empty() || among(&accepted)) {
            return Err(Error::denied(ErrorId::SenderNotAuthorized, "not authorized"));
        }
        Ok(())
    }

    /// What lists may call a sender: the recipient who has the address, and the groups they are in.
    fn known_as(&self, sender: &str) -> Vec<Guid> {
        let address = SmtpAddress::parse(sender);
        let Some(record) = address.and_then(|address| self.0.directory.by_smtp(&address)) else {
            return Vec::new();
        };
        let groups = self.0.directory.groups_of(record.guid());
        groups.iter().map(|group| group.guid()).chain([record.guid()]).collect()
    }
}
