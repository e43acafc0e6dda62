//! The store's part of a mailbox that is made or connected again, done while the directory's commit is on its way to the
//! disk: two files are synced in the time of one.
//!
//! The directory stays the authority. What is begun here for a commit that never comes is taken away again, here or, after
//! a crash, when the database is mounted next.

use object::types::Guid;
use object::{Error, Fault, Result};
use parking_lot::Mutex;
use std::sync::Arc;
use store::{Database, Description, Disconnection, Later};

/// A mailbox of the store that is being made, or connected again.
#[derive(Clone)]
pub(crate) struct Making {
    database: Database,
    mailbox: Guid,
    kind: Kind,
    begun: Arc<Mutex<Option<Begun>>>,
}

#[derive(Clone, Copy)]
enum Kind {
    New,
    Lost,
}

struct Begun {
    description: Description,
    done: Done,
}

/// What is on its way.
enum Done {
    New(Later<i64>),
    Lost(Later<Disconnection>),
}

impl Making {
    /// A mailbox that is not there yet. Nothing is made before [`begin`](Making::begin).
    pub(crate) fn new(database: Database, mailbox: Guid) -> Making {
        Making { database, mailbox, kind: Kind::New, begun: Arc::default() }
    }

    /// A disconnected one, which stays so before [`begin`](Making::begin).
    pub(crate) fn lost(database: Database, mailbox: Guid) -> Making {
        Making { database, mailbox, kind: Kind::Lost, begun: Arc::default() }
    }

    /// Begins, once: a directory's transaction that is run again finds it begun.
    pub(crate) fn begin(&self, description: Description) -> Result<()> {
        let mut begun = self.begun.lock();
        if begun.is_some() {
            return Ok(());
        }
        let done = match self.kind {
            Kind::New => Done::New(self.database.begin_mailbox(self.mailbox, &description)?),
            Kind::Lost => Done::Lost(self.database.begin_reconnect(self.mailbox, &description)?),
        };
        *begun = Some(Begun { description, done });
        Ok(())
    }

    /// The directory has it: waits until the store has it, too, as the directory described it in the end.
    pub(crate) fn finish(self, description: &Description) -> Result<()> {
        let begun = self.begun.lock().take();
        match (begun, self.kind) {
            (None, Kind::New) => self.database.create_mailbox(self.mailbox, description).map(drop),
            (None, Kind::Lost) => self.database.reconnect(self.mailbox, description).map(drop),
            (Some(begun), _) => {
                match begun.done {
                    Done::New(made) => made.wait().map(drop)?,
                    Done::Lost(connected) => connected.wait().map(drop)?,
                }
                if begun.description == *description {
                    return Ok(());
                }
                self.database.describe(self.mailbox, description)
            }
        }
    }

    /// The directory does not have it: nobody shall. Its GUID stays free, since a commit whose answer was an error of the
    /// disk may turn out to stand after all; then the mailbox is made or connected when the database is mounted next.
    pub(crate) fn give_up(self, why: Error) -> Error {
        let Some(begun) = self.begun.lock().take() else { return why };
        let (database, mailbox) = (&self.database, self.mailbox);
        let (done, doing) = match begun.done {
            Done::New(made) => (made.wait().map(|_| None), "making"),
            Done::Lost(connected) => (connected.wait().map(Some), "connecting"),
        };
        let gone = match done {
            Ok(None) => database.unmake_mailbox(mailbox),
            Ok(Some(before)) => database.part_as_before(mailbox, before),
            // Where the store refused there is nothing to take back; where its disk failed it may stand all the same.
            Err(refused) if !matches!(refused.fault(), Fault::Server | Fault::Busy) => return why,
            Err(failed) => Err(failed),
        };
        match gone {
            Ok(()) => why,
            Err(left) => {
                let doing = format!("{doing} a mailbox in the store, where it may be left so ({left})");
                why.while_doing(&doing)
            }
        }
    }
}
