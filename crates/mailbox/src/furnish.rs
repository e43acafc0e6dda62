//! The mailboxes of the system: every house has them, one whose directory is older than they are, too.

use crate::Mailboxes;
use object::{Author, Result};

/// What the record of changes calls it.
const FIRST_START: &str = "first start";

impl Mailboxes {
    /// Makes the system's mailboxes that are not there, each in the database that the balancer chooses. Answers those by
    /// name; one that cannot be made does not keep the others, and is tried again at the next start.
    pub fn furnish(&self) -> Vec<(String, Result<()>)> {
        let missing = self.0.directory.missing_system_mailboxes().into_iter();
        let author = Author::system(FIRST_START);
        missing.map(|new| (new.name.clone(), self.create(&author, new).map(drop))).collect()
    }
}
