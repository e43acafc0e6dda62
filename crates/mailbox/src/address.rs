//! Where an address leads: the question of every RCPT.

use crate::{Mailboxes, Sender};
use directory::schema::recipient;
use directory::{AcceptedDomain, Class, Record};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Fault, Result};
use std::sync::Arc;

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
    /// On to others: to a group's members, or to whom somebody forwards. [`Mailboxes::expand`] finds them.
    Followed(Guid),
    /// To nobody yet, though the address has to be there: postmaster and abuse.
    Unclaimed,
}

/// The names that every domain of ours answers to, whoever was given them: the first is where complaints about mail
/// go, the second about whoever sends it. Mail for one goes to whoever has it in this domain or in the default one, then
/// to the Administrator's mailbox. [RFC 5321 4.5.1] [RFC 2142 4]
pub(crate) const ROLES: [&str; 2] = ["postmaster", "abuse"];

/// What parts a detail from the mailbox: `ann+lists@contoso.com` is Ann's. [RFC 5233 1]
const DETAIL: char = '+';

impl Mailboxes {
    /// Where an address leads. `NotFound`: the domain is ours and nobody has it. `Denied`, `RelayDenied`: not ours.
    pub fn recipient(&self, address: &SmtpAddress) -> Result<Destination> {
        self.lead(self.addressee(address).as_deref(), address)
    }

    fn lead(&self, addressee: Option<&Record>, address: &SmtpAddress) -> Result<Destination> {
        if let Some(record) = addressee {
            return self.destination(record, address);
        }
        match self.0.directory.domains().find(address.domain()) {
            None => Err(Error::denied(ErrorId::RelayDenied, "Unable to relay")),
            Some(domain) if !domain.knows_its_recipients() => Ok(Destination::Elsewhere(address.clone())),
            Some(_) if is_role(address) => Ok(Destination::Unclaimed),
            Some(_) => Err(nobody_has(address)),
        }
    }

    /// Who gets the mail for an address: whoever has it, or stands in for nobody who does.
    pub(crate) fn addressee(&self, address: &SmtpAddress) -> Option<Arc<Record>> {
        self.named(address).or_else(|| {
            let domains = self.0.directory.domains();
            let domain = domains.find(address.domain()).filter(|domain| domain.knows_its_recipients())?;
            if is_role(address) { self.role_holder(address) } else { self.catcher(domain) }
        })
    }

    /// Whom a domain names for mail to addresses that nobody has.
    fn catcher(&self, domain: &AcceptedDomain) -> Option<Arc<Record>> {
        let catches = domain.catch_all.and_then(|recipient| self.0.directory.get(recipient));
        catches.filter(|record| record.is_mail_enabled())
    }

    /// Where an address leads, and whether a message of `size` bytes (as far as that is known) from that sender is taken
    /// there now, so that a refusal is an answer and not a report to whoever was named as the sender. It waits for nothing.
    ///
    /// What a sender may name as a recipient at all, and what a recipient wants of senders and messages, belongs here.
    pub fn admit(&self, address: &SmtpAddress, sender: &Sender, size: u64) -> Result<Destination> {
        let record = self.addressee(address);
        let destination = match self.lead(record.as_deref(), address) {
            Err(error) if error.is(ErrorId::RelayDenied) && sender.account().is_some() => {
                return Ok(Destination::Elsewhere(address.clone()));
            }
            found => found?,
        };
        let Some(record) = record else { return Ok(destination) };
        self.check_message(&record, sender, size)?;
        self.check_report(&record, sender)?;
        // A contact's outside address is no way for strangers to send mail through this server.
        let ours = || self.0.directory.domains().find(address.domain()).is_some();
        if sender.account().is_none() && !record.is_mailbox() && !ours() {
            return Err(Error::denied(ErrorId::RelayDenied, "Unable to relay"));
        }
        if let Destination::Mailbox { mailbox, database, .. } = destination {
            let open = self.0.store.database(database);
            let taken = open.and_then(|open| open.admits(mailbox, self.limits_of(&record)?, size));
            // A database that is dismounted is no reason to refuse: the queue waits for it.
            return match taken {
                Err(error) if !matches!(error.fault(), Fault::Busy | Fault::Server) => Err(error),
                _ => Ok(destination),
            };
        }
        Ok(destination)
    }

    /// The recipient who has an address, with or without its detail.
    pub fn recipient_of(&self, address: &SmtpAddress) -> Option<Arc<Record>> {
        self.named(address)
    }

    /// Who has an address, with or without its detail. Somebody whose very address holds a plus comes first.
    pub(crate) fn named(&self, address: &SmtpAddress) -> Option<Arc<Record>> {
        let directory = &self.0.directory;
        directory.by_smtp(address).or_else(|| {
            let (user, _) = address.local().split_once(DETAIL).filter(|(user, _)| !user.is_empty())?;
            directory.by_smtp(&SmtpAddress::parse(&format!("{user}@{}", address.domain()))?)
        })
    }

    /// Who gets mail for a role that nobody was given in its own domain.
    fn role_holder(&self, address: &SmtpAddress) -> Option<Arc<Record>> {
        let directory = &self.0.directory;
        let (default, domain) = (self.default_domain(), address.domain());
        let named = [
            format!("{}@{default}", address.local()),
            format!("{}@{domain}", ROLES[0]),
            format!("{}@{default}", ROLES[0]),
        ];
        let named = named.iter().find_map(|name| directory.by_smtp(&SmtpAddress::parse(name)?));
        let administrator = || directory.administrator().filter(|account| account.is_mailbox());
        named.or_else(administrator)
    }

    fn destination(&self, record: &Record, address: &SmtpAddress) -> Result<Destination> {
        if self.is_followed(record) {
            return Ok(Destination::Followed(record.guid()));
        }
        self.lands(record, address)
    }

    /// Where a copy for somebody lands, whatever they forward.
    pub(crate) fn lands(&self, record: &Record, address: &SmtpAddress) -> Result<Destination> {
        if record.is_mailbox() {
            let (mailbox, database) = self.place(record)?;
            return Ok(Destination::Mailbox { user: record.guid(), mailbox, database });
        }
        let external = record.get(&recipient::EXTERNAL_EMAIL_ADDRESS).filter(|external| external.is_smtp());
        match external.and_then(|external| SmtpAddress::parse(external.value())) {
            Some(external) => Ok(Destination::Elsewhere(external)),
            None if record.class() == Class::PublicFolder => Err(Error::denied(
                ErrorId::FolderKeepsNothing,
                "This public folder keeps no messages and forwards them to nobody",
            )),
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

fn is_role(address: &SmtpAddress) -> bool {
    ROLES.iter().any(|role| address.local().eq_ignore_ascii_case(role))
}

fn nobody_has(address: &SmtpAddress) -> Error {
    Error::not_found(
        ErrorId::RecipientUnknown,
        format!("<{address}>: there is no recipient with this address."),
    )
}
