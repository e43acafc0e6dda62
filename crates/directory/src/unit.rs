//! Organisational units and configuration objects: databases, accepted domains, policies.

use crate::change::Change;
use crate::edit::Edit;
use crate::record::Record;
use crate::schema::mailbox::{self, is_system_mailbox};
use crate::schema::{domain, policy, recipient};
use crate::{Class, Directory};
use object::types::Guid;
use object::{Author, Error, ErrorId, Result};
use std::sync::Arc;

impl Change<'_> {
    /// Makes an organisational unit below another container.
    pub fn new_unit(&mut self, name: &str, parent: Guid) -> Result<Record> {
        crate::schema::check::object_name(&name.into()).map_err(|error| error.about("Name"))?;
        if !self.read(parent)?.class().is_container() {
            return Err(
                Error::caller(ErrorId::NotAContainer, "Nothing can be made below that object.").about("Path")
            );
        }
        let record = self.create(Class::OrganizationalUnit, name, parent)?;
        self.save(record.clone())?;
        Ok(record)
    }

    /// Makes a configuration object below the organisation.
    pub fn new_configuration(&mut self, class: Class, name: &str, settings: &[Edit]) -> Result<Record> {
        crate::schema::check::object_name(&name.into()).map_err(|error| error.about("Name"))?;
        let organization = self.directory().only(Class::Organization).ok_or_else(not_founded)?;
        let mut record = self.create(class, name, organization.guid())?;
        self.edit(&mut record, settings)?;
        self.save(record.clone())?;
        Ok(record)
    }

    /// Makes a mailbox database with its legacyExchangeDN; the store's part is the caller's.
    pub fn new_database(&mut self, name: &str, settings: &[Edit]) -> Result<Record> {
        let mut record = self.new_configuration(Class::MailboxDatabase, name, settings)?;
        let organization = self.directory().only(Class::Organization).ok_or_else(not_founded)?;
        record.set(
            &recipient::LEGACY_EXCHANGE_DN,
            format!(
                "/o={}/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn={}/cn=Microsoft \
                 Private MDB/cn={name}",
                organization.name(),
                self.directory().server()
            ),
        );
        self.save(record.clone())?;
        Ok(record)
    }

    /// Removes a database in which no mailbox is any more.
    pub fn remove_database(&mut self, guid: Guid) -> Result<()> {
        let record = self.read(guid)?;
        let used = self.referring(&record, "Database")? + self.referring(&record, "ArchiveDatabase")?;
        if used > 0 {
            let (name, mailboxes) = (record.name(), if used == 1 { "mailbox" } else { "mailboxes" });
            let message = format!("The mailbox database \"{name}\" is associated with {used} {mailboxes}.");
            return Err(Error::conflict(ErrorId::AssociatedUserMailboxExistException, message)
                .help(format!("Move or disable them first; {}", self.listing(&record)))
                .about("Identity"));
        }
        self.delete(guid)
    }

    /// How the mailboxes of a database are listed.
    fn listing(&self, database: &Record) -> String {
        let here = |user: &Arc<Record>| user.reference(&mailbox::DATABASE) == Some(database.guid());
        let users = self.directory().all(Class::User);
        let some_of_the_system = users.iter().any(|user| here(user) && is_system_mailbox(user.details()));
        let more = if some_of_the_system { ", with -Arbitration those of the system" } else { "" };
        format!("Get-Mailbox -Database \"{}\" lists them{more}.", database.name())
    }

    /// Makes an accepted domain the one in which new addresses are made.
    pub fn make_default_domain(&mut self, guid: Guid) -> Result<()> {
        for other in self.directory().all(Class::AcceptedDomain) {
            if other.is(&domain::DEFAULT) && other.guid() != guid {
                let mut record = self.read(other.guid())?;
                record.clear(&domain::DEFAULT);
                self.save(record)?;
            }
        }
        let mut record = self.read(guid)?;
        record.set(&domain::DEFAULT, true);
        self.save(record)
    }

    /// Removes an accepted domain that is neither the default one nor used by the address policy.
    pub fn remove_domain(&mut self, guid: Guid) -> Result<()> {
        let record = self.read(guid)?;
        let name = record.get(&domain::DOMAIN_NAME).unwrap_or_default();
        if record.is(&domain::DEFAULT) {
            return Err(Error::conflict(
                ErrorId::DefaultDomainNeeded,
                format!("{name} is the default accepted domain."),
            )
            .help("Make another one the default first: Set-AcceptedDomain … -MakeDefault $true.")
            .about("Identity"));
        }
        let suffix = format!("@{}", name.to_lowercase());
        let policies = self.directory().all(Class::EmailAddressPolicy);
        let uses = |policy: &&Arc<Record>| {
            policy.all(&policy::TEMPLATES).iter().any(|template| template.to_lowercase().ends_with(&suffix))
        };
        if let Some(policy) = policies.iter().find(uses) {
            let message = format!("{name} is used by the e-mail address policy {}.", policy.name());
            return Err(Error::conflict(ErrorId::DomainUsedByPolicy, message)
                .help("Take the domain out of the policy first.")
                .about("Identity"));
        }
        self.delete(guid)
    }
}

pub(crate) fn not_founded() -> Error {
    Error::server(ErrorId::OrganizationMissing, "The directory has no organization.")
}

impl Directory {
    /// Applies edits to an object in a change of their own. Tells whether anything is different now.
    pub fn set(&self, author: &Author, guid: Guid, edits: Vec<Edit>) -> Result<bool> {
        self.change(author, move |change| {
            let mut record = change.read(guid)?;
            let changed = change.edit(&mut record, &edits)?;
            if changed {
                change.save(record)?;
            }
            Ok(changed)
        })
    }

    /// The organisation's settings.
    pub fn organization(&self) -> Result<Arc<Record>> {
        self.only(Class::Organization).ok_or_else(not_founded)
    }

    /// The GUIDs of all objects of a class, oldest first.
    pub fn guids(&self, class: Class) -> Vec<Guid> {
        self.all(class).iter().map(|record| record.guid()).collect()
    }
}
