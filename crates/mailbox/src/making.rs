//! The store's part of a new mailbox, made while the directory's commit is on its way to the disk: two files are synced
//! in the time of one.
//!
//! The directory stays the authority. What is begun here for a commit that never comes is taken away again, here or, after
//! a crash, when the database is mounted next.

use object::types::Guid;
use object::{Error, Result};
use parking_lot::Mutex;
use std::sync::Arc;
use store::{Database, Description, Later};

/// A mailbox of the store that is being made.
#[derive(Clone)]
pub(crate) struct Making {
    database: Database,
    mailbox: Guid,
    begun: Arc<Mutex<Option<Begun>>>,
}

struct Begun {
    description: Description,
    made: Later<i64>,
}

impl Making {
    /// Nothing is made before [`begin`](Making::begin).
    pub(crate) fn new(database: Database, mailbox: Guid) -> Making {
        Making { database, mailbox, begun: Arc::default() }
    }

    /// Begins, once: a directory's transaction that is run again finds it begun.
    pub(crate) fn begin(&self, description: Description) -> Result<()> {
        let mut begun = self.begun.lock();
        if begun.is_some() {
            return Ok(());
        }
        let made = self.database.begin_mailbox(self.mailbox, &description)?;
        *begun = Some(Begun { description, made });
        Ok(())
    }

    /// The directory has it: waits until the store has it, too, as the directory described it in the end.
    pub(crate) fn finish(self, description: &Description) -> Result<()> {
        let Some(begun) = self.begun.lock().take() else {
            return self.database.create_mailbox(self.mailbox, description).map(drop);
        };
        begun.made.wait()?;
        if begun.description == *description {
            return Ok(());
        }
        self.database.describe(self.mailbox, description)
    }

    /// The directory does not have it: nobody shall. Its GUID stays free, since a commit whose answer was an error of the
    /// disk may turn out to stand after all; then the mailbox is made when the database is mounted next.
    pub(crate) fn give_up(self, why: Error) -> Error {
        let Some(begun) = self.begun.lock().take() else { return why };
        let gone = begun.made.wait().and_then(|_| self.database.unmake_mailbox(self.mailbox));
        match gone {
            Ok(()) => why,
            Err(left) => {
                why.while_doing(&format!("making a mailbox in the store, where it may be left ({left})"))
            }
        }
    }
}
