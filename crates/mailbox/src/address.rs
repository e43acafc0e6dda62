//! Where an address leads: the question of every RCPT.

use crate::Mailboxes;
use directory::schema::recipient;
use directory::{Class, Record};
use object::types::{AcceptedDomainType, Guid, SmtpAddress};
use object::{Error, ErrorId, Result};

/// Where mail for an address goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Into a mailbox of this house.
    Mailbox {
        /// The user.
        user: Guid,
        /// The mailbox.
        mailbox: Guid,
        /// The database that holds it.
        database: Guid,
    },
    /// To the outside address of a mail user or contact, or on to another server of a relay domain.
    Elsewhere(SmtpAddress),
    /// To the members of a group.
    Group(Guid),
}

/// What parts a detail from the mailbox: `ann+lists@contoso.com` is Ann's. [RFC 5233 1]
const DETAIL: char = '+';

impl Mailboxes {
    /// Where an address leads. `NotFound`: the domain is ours and nobody has it. `Denied`, `RelayDenied`: not ours.
    pub fn recipient(&self, address: &SmtpAddress) -> Result<Destination> {
        if let Some(record) = self.named(address) {
            return self.destination(&record, address);
        }
        let domains = self.0.directory.domains();
        match domains.find(address.domain()) {
            None => Err(Error::denied(ErrorId::RelayDenied, "Unable to relay")),
            // A relay domain where recipients are looked up refuses unknown ones as an authoritative one does.
            Some(domain) if domain.kind == AcceptedDomainType::Authoritative || domain.recipients_checked => {
                Err(Error::not_found(
                    ErrorId::RecipientUnknown,
                    format!("<{address}>: nobody has this address."),
                ))
            }
            Some(_) => Ok(Destination::Elsewhere(address.clone())),
        }
    }

    /// Who has an address, with or without its detail. Somebody whose very address holds a plus comes first.
    fn named(&self, address: &SmtpAddress) -> Option<std::sync::Arc<Record>> {
        let directory = &self.0.directory;
        directory.by_smtp(address).or_else(|| {
            let (user, _) = address.local().split_once(DETAIL).filter(|(user, _)| !user.is_empty())?;
            directory.by_smtp(&SmtpAddress::parse(&format!("{user}@{}", address.domain()))?)
        })
    }

    fn destination(&self, record: &Record, address: &SmtpAddress) -> Result<Destination> {
        if record.is_mailbox() {
            let (mailbox, database) = self.place(record)?;
            return Ok(Destination::Mailbox { user: record.guid(), mailbox, database });
        }
        if record.class() == Class::Group {
            return Ok(Destination::Group(record.guid()));
        }
        let external = record.get(&recipient::EXTERNAL_EMAIL_ADDRESS).filter(|external| external.is_smtp());
        match external.and_then(|external| SmtpAddress::parse(external.value())) {
            Some(external) => Ok(Destination::Elsewhere(external)),
            None => Err(Error::not_found(
                ErrorId::RecipientUnknown,
                format!("<{address}>: mail cannot be sent there."),
            )),
        }
    }

    /// The domain in which new addresses are made, and that names us in reports.
    pub fn default_domain(&self) -> String {
        let domains = self.0.directory.domains();
        domains.default_domain().map_or_else(|| self.0.directory.forest(), |domain| domain.domain.clone())
    }
}
