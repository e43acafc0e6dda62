//! Anti-spam settings: what is done with a message by its score, its sender, its recipients and where it comes from.
//!
//! Delete, reject and quarantine begin at their threshold; junk begins above its own, and is the mailbox's matter. What a
//! mailbox sets stands in the place of what the server has.

use std::collections::BTreeMap;

use mailbox::directory::Record;
use mailbox::directory::schema::filtering::BlockedSenderAction;
use mailbox::directory::schema::{filtering, mailbox as settings, transport_config};
use mailbox::{Senders, scl};
use object::types::SmtpAddress;
use object::{Error, ErrorId, Property, Result};

use crate::rule::branch::{Branch, End};
use crate::{Envelope, Forward, Place, Sender, Status, Transport, unknown_recipient};

/// What is done with a message for a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Delivered,
    Deleted,
    Rejected,
    Quarantined,
}

/// A switch in three states with its threshold, of a mailbox and of the server.
struct Step {
    verdict: Verdict,
    own: (&'static Property<bool>, &'static Property<i32>),
    server: (&'static Property<bool>, &'static Property<i32>),
}

/// In the order in which they are asked.
static STEPS: [Step; 3] = [
    Step {
        verdict: Verdict::Deleted,
        own: (&settings::SCL_DELETE_ENABLED, &settings::SCL_DELETE_THRESHOLD),
        server: (&filtering::SERVER_SCL_DELETE_ENABLED, &filtering::SERVER_SCL_DELETE_THRESHOLD),
    },
    Step {
        verdict: Verdict::Rejected,
        own: (&settings::SCL_REJECT_ENABLED, &settings::SCL_REJECT_THRESHOLD),
        server: (&filtering::SERVER_SCL_REJECT_ENABLED, &filtering::SERVER_SCL_REJECT_THRESHOLD),
    },
    Step {
        verdict: Verdict::Quarantined,
        own: (&settings::SCL_QUARANTINE_ENABLED, &settings::SCL_QUARANTINE_THRESHOLD),
        server: (&filtering::SERVER_SCL_QUARANTINE_ENABLED, &filtering::SERVER_SCL_QUARANTINE_THRESHOLD),
    },
];

impl Step {
    fn meets(&self, scl: i32, mailbox: Option<&Record>, organization: &Record) -> bool {
        let own = mailbox.and_then(|record| record.get(self.own.0));
        let threshold = mailbox.and_then(|record| record.get(self.own.1));
        let threshold = threshold.or_else(|| organization.get(self.server.1));
        own.unwrap_or_else(|| organization.is(self.server.0))
            && threshold.is_some_and(|threshold| scl >= threshold)
    }
}

fn verdict(scl: i32, mailbox: Option<&Record>, organization: &Record) -> Verdict {
    let bypassed = mailbox.is_some_and(|record| record.is(&settings::ANTISPAM_BYPASS));
    let met = STEPS.iter().find(|step| !bypassed && step.meets(scl, mailbox, organization));
    met.map_or(Verdict::Delivered, |step| step.verdict)
}

impl Transport {
    fn organization(&self) -> Option<std::sync::Arc<Record>> {
        self.said()?.organization.clone()
    }

    /// Refuses what comes from a machine of the block list.
    pub(crate) fn check_client(&self, envelope: &Envelope) -> Result<()> {
        let Some(said) = self.said().filter(|_| envelope.sender.account().is_none()) else { return Ok(()) };
        let (client, now) = (envelope.client.address, self.clock.now());
        if said.blocks(client, now) && !said.allows(client, now) {
            let words = "Sender Denied: the client's address is blocked";
            return Err(Error::denied(ErrorId::SenderBlocked, words));
        }
        Ok(())
    }

    /// Refuses a sender from whom nothing is taken.
    pub(crate) fn check_sender(&self, sender: &Sender) -> Result<()> {
        let organization = self.organization().filter(|record| record.is(&filtering::SENDER_FILTER_ENABLED));
        let Some(organization) = organization else { return Ok(()) };
        let blocked = match sender {
            Sender::Authenticated { .. } => false,
            Sender::Report => organization.is(&filtering::BLANK_SENDER_BLOCKING),
            Sender::Anonymous(address) => is_blocked(&organization, address),
        };
        if blocked { Err(Error::denied(ErrorId::SenderBlocked, "Sender Denied")) } else { Ok(()) }
    }

    /// Refuses a recipient for whom nothing is taken from outside.
    pub(crate) fn check_recipient(&self, address: &SmtpAddress, sender: &Sender) -> Result<()> {
        let organization = self.organization().filter(|_| sender.account().is_none());
        let Some(organization) = organization else { return Ok(()) };
        let filters = organization.is(&filtering::RECIPIENT_FILTER_ENABLED)
            && organization.is(&filtering::BLOCK_LIST_ENABLED);
        let is = |one: &SmtpAddress| one.folded() == address.folded();
        let listed = filters && organization.all(&filtering::BLOCKED_RECIPIENTS).iter().any(is);
        if listed { Err(unknown_recipient()) } else { Ok(()) }
    }

    /// Refuses a sender whom the recipient has blocked, where that is what is done with them.
    pub(crate) fn check_blocked(&self, address: &SmtpAddress, sender: &Sender) -> Result<()> {
        if self.does_with_blocked(BlockedSenderAction::Reject) && self.has_blocked(address, sender) {
            return Err(Error::denied(ErrorId::SenderBlocked, "Sender Denied"));
        }
        Ok(())
    }

    fn does_with_blocked(&self, action: BlockedSenderAction) -> bool {
        let organization = self.organization().filter(|record| record.is(&filtering::SENDER_FILTER_ENABLED));
        organization.and_then(|record| record.get(&filtering::BLOCKED_SENDER_ACTION)) == Some(action)
    }

    /// Whether the owner of a mailbox has blocked whoever sends; nobody blocks people of the house.
    fn has_blocked(&self, address: &SmtpAddress, sender: &Sender) -> bool {
        let anonymous = sender.account().is_none() && sender.address().is_some();
        let owner = if anonymous { self.mailboxes.named(address) } else { None };
        let senders = || Senders::of_envelope(sender);
        owner.is_some_and(|owner| owner.is_mailbox() && mailbox::Mailboxes::has_blocked(&owner, &senders()))
    }

    /// Takes a message from those who have blocked its sender, where that is what is done; the sender hears nothing of it.
    pub(crate) fn delete_blocked(&self, parts: &mut Vec<Branch>) {
        if !self.does_with_blocked(BlockedSenderAction::Delete) {
            return;
        }
        for at in 0..parts.len() {
            let sender = &parts[at].envelope.sender;
            let blocked = |to: &&Forward| self.has_blocked(&to.recipient.address, sender);
            let blocked = parts[at].envelope.to.iter().filter(blocked);
            let blocked: Vec<SmtpAddress> = blocked.map(|to| to.recipient.address.clone()).collect();
            if !blocked.is_empty() {
                let target = self.part_for(&blocked, at, parts);
                parts[target].end(&End::Deleted, "deleted: the recipient has blocked the sender", None);
            }
        }
    }

    /// Where an address leads. Where recipients are not looked up when they are named, one that nobody has is found out
    /// behind the rules, which may have sent its mail elsewhere.
    pub(crate) fn admitted(&self, address: &SmtpAddress, sender: &Sender, size: u64) -> Result<Place> {
        let admitted = self.mailboxes.admit(address, sender, size);
        let unknown = admitted.as_ref().is_err_and(|error| error.is(ErrorId::RecipientUnknown));
        if unknown && !self.validates() { Ok(Place::Elsewhere(address.clone())) } else { admitted }
    }

    fn validates(&self) -> bool {
        self.organization().is_none_or(|organization| {
            organization.is(&filtering::RECIPIENT_FILTER_ENABLED)
                && organization.is(&transport_config::RECIPIENT_VALIDATION)
        })
    }

    /// Does with a message what its score says, recipient by recipient.
    pub(crate) fn filter_spam(&self, parts: &mut Vec<Branch>) {
        let organization = self.organization().filter(|one| one.is(&filtering::CONTENT_FILTER_ENABLED));
        let Some(organization) = organization else { return };
        for at in 0..parts.len() {
            if !parts[at].ruled_later {
                self.filter_part(at, parts, &organization);
            }
        }
    }

    fn filter_part(&self, at: usize, parts: &mut Vec<Branch>, organization: &Record) {
        let (octets, sender) = (parts[at].octets(), &parts[at].envelope.sender);
        let Some(scl) = scl(octets, sender) else { return };
        // Whoever logged on is one of ours.
        if sender.account().is_some() || self.is_trusted(&parts[at], organization) {
            return;
        }
        for (verdict, addresses) in self.verdicts(scl, &parts[at], organization) {
            let target = self.part_for(&addresses, at, parts);
            self.judge(verdict, scl, &mut parts[target], organization);
        }
    }

    /// The part of a message for some of its recipients alone: it is parted where there are others.
    fn part_for(&self, addresses: &[SmtpAddress], at: usize, parts: &mut Vec<Branch>) -> usize {
        let all = &parts[at].envelope.to;
        let numbers: Vec<usize> =
            (0..all.len()).filter(|number| addresses.contains(&all[*number].recipient.address)).collect();
        if numbers.len() == all.len() {
            return at;
        }
        let part = parts[at].split(&numbers, self.new_id(self.clock.now()));
        parts.push(part);
        parts.len() - 1
    }

    /// Whose copies are not simply delivered.
    fn verdicts(
        &self,
        scl: i32,
        part: &Branch,
        organization: &Record,
    ) -> BTreeMap<Verdict, Vec<SmtpAddress>> {
        let bypassed = organization.all(&filtering::BYPASSED_RECIPIENTS);
        let senders = Senders::of(&part.envelope.sender, part.octets());
        let mut found: BTreeMap<Verdict, Vec<SmtpAddress>> = BTreeMap::new();
        for to in &part.envelope.to {
            let address = &to.recipient.address;
            let record = self.mailboxes.named(address);
            let trusted = record
                .as_deref()
                .is_some_and(|record| senders.stand_in(&record.all(&settings::TRUSTED_SENDERS)));
            if !trusted && bypassed.iter().all(|one| one.folded() != address.folded()) {
                // What comes through a group is judged by the server's thresholds alone.
                let own = record.as_deref().filter(|_| part.via.is_none());
                let verdict = verdict(scl, own, organization);
                found.entry(verdict).or_default().push(address.clone());
            }
        }
        found.remove(&Verdict::Delivered);
        found
    }

    fn judge(&self, verdict: Verdict, scl: i32, part: &mut Branch, organization: &Record) {
        match verdict {
            Verdict::Delivered => {}
            Verdict::Deleted => part.end(&End::Deleted, &format!("deleted as spam, SCL {scl}"), None),
            Verdict::Rejected => {
                let words = organization.get(&filtering::REJECTION_RESPONSE).unwrap_or_default();
                part.end(&End::Rejected(Status(5, 7, 1)), &words, None);
            }
            Verdict::Quarantined => {
                // Where nobody was named to keep it, it is delivered: nothing is lost by a setting that is half made.
                if let Err(error) = self.quarantine(part, &format!("quarantined as spam, SCL {scl}")) {
                    tracing::warn!(id = %part.message.id, %error, "spam cannot be quarantined and is delivered");
                }
            }
        }
    }

    fn is_trusted(&self, part: &Branch, organization: &Record) -> bool {
        if self.said().is_some_and(|said| said.allows(part.envelope.client.address, self.clock.now())) {
            return true;
        }
        let Some(sender) = part.envelope.sender.address() else { return false };
        let domains = organization.all(&filtering::BYPASSED_SENDER_DOMAINS);
        organization.all(&filtering::BYPASSED_SENDERS).iter().any(|one| one.folded() == sender.folded())
            || domains.iter().any(|domain| domain.eq_ignore_ascii_case(sender.domain()))
    }

    /// The mailbox that keeps what is quarantined.
    pub(crate) fn quarantine_mailbox(&self) -> Result<SmtpAddress> {
        let mailbox =
            self.organization().and_then(|organization| organization.get(&filtering::QUARANTINE_MAILBOX));
        mailbox.ok_or_else(|| {
            Error::not_found(ErrorId::RuleFailed, "There is no quarantine mailbox.")
                .help("Name one: Set-ContentFilterConfig -QuarantineMailbox quarantine@contoso.com.")
        })
    }
}

fn is_blocked(organization: &Record, address: &SmtpAddress) -> bool {
    let domain = address.domain().to_lowercase();
    let is = |one: &String| one.trim_start_matches("*.").eq_ignore_ascii_case(&domain);
    let below = |one: &String| domain.ends_with(&format!(".{}", one.trim_start_matches("*.").to_lowercase()));
    let whole = organization.all(&filtering::BLOCKED_DOMAINS_AND_BELOW);
    organization.all(&filtering::BLOCKED_SENDERS).iter().any(|one| one.folded() == address.folded())
        || organization.all(&filtering::BLOCKED_DOMAINS).iter().any(is)
        || whole.iter().any(|one| is(one) || below(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mailbox::directory::Class;

    #[test]
    fn thresholds_begin_where_they_are_and_a_mailbox_overrides_the_server() {
        let organization = Record::blank(Class::Organization);
        // The server refuses from 7 on; delete and quarantine are off.
        for (scl, found) in [(6, Verdict::Delivered), (7, Verdict::Rejected), (9, Verdict::Rejected)] {
            assert_eq!(verdict(scl, None, &organization), found, "{scl}");
        }
        let mut mailbox = Record::blank(Class::User);
        mailbox.set(&settings::SCL_REJECT_ENABLED, false);
        assert_eq!(verdict(9, Some(&mailbox), &organization), Verdict::Delivered);
        mailbox.set(&settings::SCL_QUARANTINE_ENABLED, true);
        mailbox.set(&settings::SCL_QUARANTINE_THRESHOLD, 5);
        mailbox.set(&settings::SCL_DELETE_ENABLED, true);
        for (scl, found) in [
            (4, Verdict::Delivered),
            (5, Verdict::Quarantined),
            (8, Verdict::Quarantined),
            (9, Verdict::Deleted),
        ] {
            assert_eq!(verdict(scl, Some(&mailbox), &organization), found, "{scl}");
        }
        mailbox.set(&settings::ANTISPAM_BYPASS, true);
        assert_eq!(verdict(9, Some(&mailbox), &organization), Verdict::Delivered);
    }
}
