//! Junk: which messages go to Junk Email in the place of the inbox.
//!
//! Exchange's hidden rule: a message above the threshold, from a blocked sender, or (where only safe lists count) from
//! anybody else; never one from a safe sender.

use crate::{Mailboxes, Sender};
use directory::Record;
use directory::schema::{mailbox, organization};
use message::field::header_length;
use message::{Addresses, Fields};
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
        if !is_on(user) || sender.account().is_some() {
            return false;
        }
        let (trusted, blocked) = (user.all(&mailbox::TRUSTED_SENDERS), user.all(&mailbox::BLOCKED_SENDERS));
        // Whose it is is worth finding out for those alone who have a list.
        let lists = !trusted.is_empty() || !blocked.is_empty();
        let senders = lists.then(|| Senders::of(sender, octets));
        let stand_in = |list: &[String]| senders.as_ref().is_some_and(|senders| senders.stand_in(list));
        if stand_in(&trusted) {
            return false;
        }
        let blocked = stand_in(&blocked);
        let only_safe = sender.address().is_some() && user.is(&mailbox::TRUSTED_LISTS_ONLY);
        let above =
            scl(octets, sender).is_some_and(|scl| self.junk_threshold(user).is_some_and(|most| scl > most));
        blocked || only_safe || above
    }

    /// Whether somebody has blocked whoever sends a message. Whose junk rule is off has nothing done by it.
    pub fn has_blocked(user: &Record, senders: &Senders) -> bool {
        let blocked = user.all(&mailbox::BLOCKED_SENDERS);
        !blocked.is_empty()
            && is_on(user)
            && senders.stand_in(&blocked)
            && !senders.stand_in(&user.all(&mailbox::TRUSTED_SENDERS))
    }

    fn junk_threshold(&self, user: &Record) -> Option<i32> {
        let organization = || self.0.directory.organization().ok()?.get(&organization::SCL_JUNK_THRESHOLD);
        user.get(&mailbox::SCL_JUNK_THRESHOLD).or_else(organization)
    }
}

/// Whether the rule works for a mailbox: what that says stands in the place of the rule's own switch.
fn is_on(user: &Record) -> bool {
    let on = user.get(&mailbox::SCL_JUNK_ENABLED).unwrap_or_else(|| user.is(&mailbox::JUNK_ENABLED));
    on && !user.is(&mailbox::ANTISPAM_BYPASS)
}

/// Whose a message is for the lists of people: who sent it, and whom it names in From, which is what people read.
pub struct Senders(Vec<SmtpAddress>);

impl Senders {
    /// Those of a message.
    pub fn of(sender: &Sender, octets: &[u8]) -> Senders {
        let named = Fields::of(&octets[..header_length(octets)]).filter(|field| field.is("From"));
        let specs = named.flat_map(|field| {
            let parsed = Addresses::parse(&field.value());
            parsed.mailboxes().map(|address| address.spec()).collect::<Vec<_>>()
        });
        let named = specs.filter_map(|spec| SmtpAddress::parse(&spec));
        Senders(sender.address().cloned().into_iter().chain(named).collect())
    }

    /// The one of the envelope, before there is a message.
    pub fn of_envelope(sender: &Sender) -> Senders {
        Senders(sender.address().cloned().into_iter().collect())
    }

    /// Whether one of them stands in a list of addresses and domains.
    pub fn stand_in(&self, list: &[String]) -> bool {
        self.0.iter().any(|address| is_listed(list, address))
    }
}

/// Whether an address, or its domain, stands in a list. `contoso.com` is the domain and all below it, `@contoso.com` that very
/// domain, `*.contoso.com` all below it.
pub(crate) fn is_listed(list: &[String], address: &SmtpAddress) -> bool {
    let domain = address.domain().to_lowercase();
    let below = |above: &str| domain.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'));
    list.iter().map(|one| one.trim().to_lowercase()).any(|one| match one.split_once('@') {
        Some(("", very)) => domain == very,
        Some(_) => one == address.as_str().to_lowercase(),
        None => one.strip_prefix("*.").map_or_else(|| domain == one || below(&one), below),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_means_what_is_below_it_and_nothing_that_looks_like_it() {
        for (entry, address, listed) in [
            ("contoso.com", "ann@contoso.com", true),
            ("Contoso.COM", "ann@mail.contoso.com", true),
            ("contoso.com", "ann@evilcontoso.com", false),
            ("contoso.com", "ann@contoso.com.evil.example", false),
            ("contoso.com", "contoso.com@evil.example", false),
            ("@contoso.com", "ann@contoso.com", true),
            ("@contoso.com", "ann@mail.contoso.com", false),
            ("*.contoso.com", "ann@mail.contoso.com", true),
            ("*.contoso.com", "ann@contoso.com", false),
            ("ann@contoso.com", "Ann@Contoso.com", true),
            ("ann@contoso.com", "joann@contoso.com", false),
            ("com", "ann@contoso.com", true),
            ("", "ann@contoso.com", false),
        ] {
            let address = SmtpAddress::parse(address).unwrap();
            assert_eq!(is_listed(&[entry.to_owned()], &address), listed, "{entry}: {address}");
        }
    }

    #[test]
    fn whom_people_read_counts_as_the_sender() {
        let octets = b"From: News <news@shop.example>\r\nSubject: x\r\n\r\ntext\r\n";
        let bounces = Sender::Anonymous(SmtpAddress::parse("bounce-7@mailer.example").unwrap());
        let senders = Senders::of(&bounces, octets);
        for (entry, listed) in [("shop.example", true), ("mailer.example", true), ("far.example", false)] {
            assert_eq!(senders.stand_in(&[entry.to_owned()]), listed, "{entry}");
        }
    }
}
