//! Mending: whoever died between the directory's commit and the store's left the two apart, and the directory is right.
//!
//! A mailbox that the directory does not have was parted from its user, and is marked so. One that the record of changes never
//! knew either was begun for a commit that did not come: it is taken away, unless there is anything in it.

use crate::Mailboxes;
use crate::life::{description, mark};
use directory::schema::mailbox;
use directory::{Class, Record};
use object::Result;
use object::types::Guid;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Flow, State};

/// What is to be done to one mailbox of the store so that it agrees with the directory.
enum Mend {
    Make(Arc<Record>),
    Reconnect(Arc<Record>),
    Disconnect(Guid),
}

impl Mailboxes {
    /// Brings the mailboxes of a mounted database to what the directory says. Answers how many were mended.
    pub fn mend(&self, database: Guid) -> Result<usize> {
        let work = self.apart(database)?;
        let open = self.0.store.database(database)?;
        for one in &work {
            match one {
                Mend::Make(user) => {
                    let (guid, _) = self.place(user)?;
                    open.create_mailbox(guid, &description(user))?;
                }
                Mend::Reconnect(user) => {
                    let (guid, _) = self.place(user)?;
                    open.reconnect(guid, &description(user))?;
                }
                Mend::Disconnect(guid) => self.part_again(&open, *guid)?,
            }
        }
        Ok(work.len())
    }

    fn part_again(&self, open: &store::Database, guid: Guid) -> Result<()> {
        let last = open.statistics(guid)?;
        // The tombstone that was never written, out of the record of changes.
        match self.0.directory.parted(guid)? {
            None if last.is_pristine() => open.unmake_mailbox(guid),
            known => {
                let tombstone = known.map(|tombstone| tombstone.to_bytes()).unwrap_or_default();
                mark(open, guid, &last.description, &tombstone)
            }
        }
    }

    /// Where directory and store say different things of a database's mailboxes.
    fn apart(&self, database: Guid) -> Result<Vec<Mend>> {
        let mut wanted = self.owners(database);
        let mut work = Vec::new();
        self.0.store.database(database)?.all_statistics(&mut |one| {
            match (wanted.remove(&one.guid), one.state) {
                (Some(_), State::Connected)
                | (None, State::Disabled | State::SoftDeleted | State::Purging) => {}
                (Some(user), _) => work.push(Mend::Reconnect(user)),
                (None, State::Connected) => work.push(Mend::Disconnect(one.guid)),
            }
            Ok(Flow::More)
        })?;
        work.extend(wanted.into_values().map(Mend::Make));
        Ok(work)
    }

    /// The users whose mailboxes a database holds, by mailbox.
    pub(crate) fn owners(&self, database: Guid) -> HashMap<Guid, Arc<Record>> {
        let users = self.0.directory.all(Class::User).into_iter();
        users
            .filter(|user| user.reference(&mailbox::DATABASE) == Some(database))
            .filter_map(|user| Some((user.get(&mailbox::EXCHANGE_GUID)?, user)))
            .collect()
    }
}
