//! The second factor of an account: the key of its authenticator, sealed in the directory.

use crate::Mailboxes;
use directory::schema::user::SECOND_FACTOR;
use object::types::{Guid, SecureString};
use object::{Author, Result};

impl Mailboxes {
    /// The key that an account's authenticator shares with us, in base 32; none where it has none. An error
    /// (`SecretUnreadable`): it was sealed with the key of another data directory.
    pub fn second_factor(&self, account: Guid) -> Result<Option<SecureString>> {
        let sealed = self.directory().get(account).and_then(|record| record.get(&SECOND_FACTOR));
        sealed.map(|sealed| self.unseal(&owner(account), &sealed)).transpose()
    }

    /// Gives an account a second factor, or takes it away.
    pub fn set_second_factor(
        &self,
        author: &Author,
        account: Guid,
        key: Option<&SecureString>,
    ) -> Result<()> {
        let sealed = key.map(|key| self.seal(&owner(account), key)).transpose()?;
        self.directory().change(author, move |change| {
            let mut record = change.read(account)?;
            match &sealed {
                Some(sealed) => record.set(&SECOND_FACTOR, sealed.clone()),
                None => record.clear(&SECOND_FACTOR),
            }
            change.save(record)
        })
    }
}

/// What the sealed key is bound to: one that is copied to another account does not open there.
fn owner(account: Guid) -> String {
    format!("second factor of {account}")
}
