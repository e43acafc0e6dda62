//! Junk: which messages go to Junk Email in the place of the inbox.
//!
//! Exchange's hidden rule: a message above the threshold, from a blocked sender, or (where only safe lists count) from
//! anybody else; never one from a safe sender.

use crate::{Mailboxes, Sender};
use directory::Record;
use directory::schema::{mailbox, organization};
use message::Fields;
use message::field::header_length;
use object::types::SmtpAddress;

/// The header field of the spam score.
pub const SCL_FIELD: &str = "X-MS-Exchange-Organization-SCL";

/// The spam score that a message bears. -1, which says that nobody need look, is believed of whoever has logged on.
pub fn scl(octets: &[u8], sender: &Sender) -> Option<i32> {
    let value = Fields::of(&octets[..header_length(octets)]).value(SCL_FIELD)?;
    let scl: i32 = std::str::from_utf8(&value).ok()?.trim().parse().ok()?;
    let least = if sender.account().is_some() { -1 } else { 0 };
    (least..=9).contains(&scl).then_some(scl)
}

impl Mailboxes {
    /// Whether a message goes to Junk Email.
    pub(crate) fn is_junk(&self, user: &Record, sender: &Sender, octets: &[u8]) -> bool {
        // What a mailbox says stands in the place of the rule's own switch.
        let on = user.get(&mailbox::SCL_JUNK_ENABLED).unwrap_or_else(|| user.is(&mailbox::JUNK_ENABLED));
        if !on || user.is(&mailbox::ANTISPAM_BYPASS) || sender.account().is_some() {
            return false;
        }
        let address = sender.address();
        if address.is_some_and(|address| is_listed(&user.all(&mailbox::TRUSTED_SENDERS), address)) {
            return false;
        }
        let blocked = address.is_some_and(|address| is_listed(&user.all(&mailbox::BLOCKED_SENDERS), address));
        let only_safe = address.is_some() && user.is(&mailbox::TRUSTED_LISTS_ONLY);
        let above =
            scl(octets, sender).is_some_and(|scl| self.junk_threshold(user).is_some_and(|most| scl > most));
        blocked || only_safe || above
    }

    fn junk_threshold(&self, user: &Record) -> Option<i32> {
        let organization = || self.0.directory.organization().ok()?.get(&organization::SCL_JUNK_THRESHOLD);
        user.get(&mailbox::SCL_JUNK_THRESHOLD).or_else(organization)
    }
}

/// Whether an address, or its domain, stands in a list.
pub(crate) fn is_listed(list: &[String], address: &SmtpAddress) -> bool {
    let domain = |one: &String| one.trim_start_matches('@').eq_ignore_ascii_case(address.domain());
    list.iter().any(|one| one.eq_ignore_ascii_case(address.as_str()) || domain(one))
}
