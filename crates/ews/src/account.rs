//! What is told of an account, and where that comes from.

use mailbox::directory::Record;
use mailbox::directory::schema::{cas, mailbox as property, recipient};
use mailbox::{Mailboxes, Protocol};
use net::LogOn;
use object::types::{Guid, SmtpAddress};
use object::{Declared, Result};
use std::sync::Arc;

/// Everything that is told of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name that people see.
    pub display_name: String,
    /// The primary address.
    pub address: String,
    /// Its X.500 name.
    pub legacy_dn: String,
    /// The GUID of the mailbox.
    pub mailbox: Guid,
    /// Other mailboxes that belong into the client of whoever asks; none where they ask about somebody else.
    pub alternatives: Vec<Alternative>,
    /// Whether IMAP is open to it.
    pub imap: bool,
    /// Whether POP3 is open to it.
    pub pop3: bool,
    /// Whether ActiveSync is open to it.
    pub active_sync: bool,
}

/// A mailbox besides one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// Why it is there.
    pub kind: AlternativeKind,
    /// The name that people see.
    pub display_name: String,
    /// Its address.
    pub address: String,
}

/// Why a mailbox belongs into somebody's client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlternativeKind {
    /// They may open it, and it is mapped.
    Delegate,
    /// It is their archive.
    Archive,
}

impl AlternativeKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            AlternativeKind::Delegate => "Delegate",
            AlternativeKind::Archive => "Archive",
        }
    }
}

/// The people who may ask: whoever has a mailbox, proved by their password.
pub fn people(mailboxes: Mailboxes) -> LogOn<Guid> {
    Arc::new(move |attempt, then| {
        mailboxes.prove(
            attempt.user,
            attempt.password,
            Protocol::Autodiscover,
            attempt.from.ip(),
            |proved| {
                then(proved.map(|proved| proved.account().guid()));
            },
        );
    })
}

/// Who has which account. All functions answer out of memory.
pub trait Accounts: Send + Sync + 'static {
    /// The account of that address or X.500 name, if whoever asks may know of it: their own, or one they may open.
    fn account(&self, asks: Guid, about: &str) -> Result<Option<Account>>;
    /// Whether mail for that domain is ours.
    fn is_ours(&self, domain: &str) -> bool;
}

impl Accounts for Mailboxes {
    fn account(&self, asks: Guid, about: &str) -> Result<Option<Account>> {
        let directory = self.directory();
        let Some(own) = directory.get(asks) else { return Ok(None) };
        let is_named = |record: &Record| {
            record.get(&recipient::LEGACY_EXCHANGE_DN).is_some_and(|dn| dn.eq_ignore_ascii_case(about))
        };
        let found = match SmtpAddress::parse(about.trim()) {
            Some(address) => self.recipient_of(&address),
            None if is_named(&own) => Some(Arc::clone(&own)),
            None => directory.mapped_mailboxes(asks).into_iter().find(|record| is_named(record)),
        };
        let Some(found) = found.filter(|found| found.is_mailbox()) else { return Ok(None) };
        if found.guid() == asks {
            return Ok(Some(of(self, &found, Some(&own))));
        }
        Ok(self.may_open(asks, found.guid()).then(|| of(self, &found, None)))
    }

    fn is_ours(&self, domain: &str) -> bool {
        self.directory().domains().find(domain).is_some()
    }
}

fn of(mailboxes: &Mailboxes, record: &Record, asks: Option<&Record>) -> Account {
    Account {
        display_name: display_name(record),
        address: address(record),
        legacy_dn: record.get(&recipient::LEGACY_EXCHANGE_DN).unwrap_or_default(),
        mailbox: record.get(&property::EXCHANGE_GUID).unwrap_or_default(),
        alternatives: asks.map(|asks| alternatives(mailboxes, asks)).unwrap_or_default(),
        imap: record.is(&cas::IMAP_ENABLED),
        pop3: record.is(&cas::POP_ENABLED),
        active_sync: record.is(&cas::ACTIVE_SYNC_ENABLED),
    }
}

/// The mailboxes that are mapped, and the archive.
fn alternatives(mailboxes: &Mailboxes, asks: &Record) -> Vec<Alternative> {
    let mapped = mailboxes.directory().mapped_mailboxes(asks.guid()).into_iter();
    // A link outlives a denial; whoever is denied has nothing to open.
    let mapped = mapped.filter(|record| !mailboxes.is_shut_out(asks.guid(), record.guid()));
    let delegate = |record: Arc<Record>| Alternative {
        kind: AlternativeKind::Delegate,
        display_name: display_name(&record),
        address: address(&record),
    };
    let mut found: Vec<Alternative> = mapped.filter(|record| record.is_mailbox()).map(delegate).collect();
    found.sort_by(|a, b| a.address.cmp(&b.address));
    let archive = asks.has(property::ARCHIVE_GUID.spec())
        && asks.get(&property::ARCHIVE_GUID).is_some_and(|guid| guid != Guid::EMPTY);
    found.extend(archive.then(|| {
        Alternative {
            kind: AlternativeKind::Archive,
            display_name: asks
                .all(&property::ARCHIVE_NAME)
                .into_iter()
                .next()
                .unwrap_or_else(|| format!("Online Archive - {}", display_name(asks))),
            address: address(asks),
        }
    }));
    found
}

fn display_name(record: &Record) -> String {
    record.get(&recipient::DISPLAY_NAME).unwrap_or_else(|| record.name().to_owned())
}

fn address(record: &Record) -> String {
    let primary = mailbox::directory::primary(&record.all(&recipient::EMAIL_ADDRESSES));
    primary.map_or_else(String::new, |address| address.to_string())
}
