//! Trusts as the directory keeps them: found by their names, given a credential, refused to go while they are needed.

use crate::change::Change;
use crate::record::Record;
use crate::schema::trust as schema;
use crate::schema::user;
use crate::{Class, Directory};
use object::types::Guid;
use object::{Declared, Error, ErrorId, Result};
use std::sync::Arc;

impl Directory {
    /// The trust that an account name (`FABRIKAM\ann`) belongs to.
    pub fn trust_of(&self, account: &str) -> Option<Arc<Record>> {
        let (netbios, _) = account.split_once('\\')?;
        let found = self.cache().by_value(schema::NETBIOS_NAME.spec(), &netbios.to_lowercase());
        found.into_iter().find(|record| record.class() == Class::Trust)
    }

    /// The user of the linked mailbox that a foreign account owns, by `FABRIKAM\ann` or `ann@fabrikam.test`.
    pub(crate) fn linked_account(&self, name: &str) -> Option<Arc<Record>> {
        let name = match name.rsplit_once('@') {
            Some((local, domain)) => {
                format!("{}\\{local}", self.trust_named(domain)?.get(&schema::NETBIOS_NAME)?)
            }
            None => name.to_owned(),
        };
        let mut found = self.cache().by_value(user::LINKED_ACCOUNT_NAME.spec(), &name.to_lowercase());
        (found.len() == 1).then(|| found.remove(0))
    }

    fn trust_named(&self, domain: &str) -> Option<Arc<Record>> {
        let found = self.cache().by_name(&domain.to_lowercase());
        found.into_iter().find(|record| record.class() == Class::Trust)
    }

    /// How many linked mailboxes belong to accounts of a trust.
    pub fn linked_through(&self, trust: &Record) -> usize {
        let head = format!("{}\\", trust.get(&schema::NETBIOS_NAME).unwrap_or_default()).to_lowercase();
        let of = |record: &Arc<Record>| {
            record.details().is_linked()
                && record
                    .get(&user::LINKED_ACCOUNT_NAME)
                    .is_some_and(|name| name.to_lowercase().starts_with(&head))
        };
        self.all(Class::User).iter().filter(|record| of(record)).count()
    }
}

impl Change<'_> {
    /// Gives a trust the credential to ask with (user name and sealed password), or takes it away.
    pub fn put_credential(&mut self, trust: Guid, credential: Option<(&str, &str)>) -> Result<()> {
        let mut record = self.read(trust)?;
        match credential {
            Some((name, sealed)) => {
                record.set(&schema::CREDENTIAL_USER_NAME, name.to_owned());
                record.set(&schema::CREDENTIAL_SECRET, sealed.to_owned());
            }
            None => {
                record.clear(&schema::CREDENTIAL_USER_NAME);
                record.clear(&schema::CREDENTIAL_SECRET);
            }
        }
        self.save(record)
    }

    /// Removes a trust; one that mailboxes are linked through stays unless that is meant.
    pub fn remove_trust(&mut self, trust: Guid, even_in_use: bool) -> Result<()> {
        let record = self.read(trust)?;
        let linked = self.directory().linked_through(&record);
        if linked > 0 && !even_in_use {
            let message = format!("{linked} linked mailboxes belong to accounts of {}.", record.name());
            return Err(Error::conflict(ErrorId::TrustInUse, message)
                .help("Convert them first (Set-User … -LinkedMasterAccount $null), or add -Force: nobody can log on to them then.")
                .about("Identity"));
        }
        self.delete(trust)
    }
}
