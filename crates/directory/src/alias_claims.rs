//! Directories of before, in which two recipients could have one alias: each alias is claimed, a second one gets a number.

use crate::Directory;
use crate::schema::recipient;
use crate::table::{self, Claim};
use object::{Author, Result};

/// What the record of changes calls it.
const WORK: &str = "aliases are made unique";

impl Directory {
    /// Claims the aliases that are not claimed yet.
    pub(crate) fn claim_aliases(&self) -> Result<()> {
        let name = recipient::ALIAS.name();
        let unclaimed = self.db().read(move |tx| table::unclaimed(tx, Claim::Alias, name))?;
        if unclaimed.is_empty() {
            return Ok(());
        }
        self.change(&Author::system(WORK), move |change| {
            for (guid, alias) in &unclaimed {
                if !table::claim(change.tx(), *guid, Claim::Alias, &alias.to_lowercase())? {
                    let mut record = change.read(*guid)?;
                    let free = change.numbered_alias(alias.clone())?;
                    record.set(&recipient::ALIAS, free);
                    change.save(record)?;
                }
            }
            Ok(())
        })
    }
}
