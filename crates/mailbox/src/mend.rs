//! Mending: whoever died between the directory's commit and the store's left the two apart, and the directory is right.
//!
//! A mailbox that the directory does not have was parted from its user, and is marked so. One that the directory's log never
//! knew either was begun for a commit that did not come: it is taken away, unless there is anything in it.

use crate::Mailboxes;
use crate::life::{description, mark};
use directory::schema::mailbox;
use directory::{AdminChange, Class, Record};
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
        match self.remembered(guid)? {
            None if last.is_pristine() => open.unmake_mailbox(guid),
            tombstone => mark(open, guid, &last.description, &tombstone.unwrap_or_default()),
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

    /// What the directory knew of a mailbox when it was parted from its user, out of the administrators' log: the
    /// tombstone that was never written. None: it never knew the mailbox.
    fn remembered(&self, guid: Guid) -> Result<Option<Vec<u8>>> {
        let (text, mut last) = (guid.to_string(), None::<AdminChange>);
        let mut from = 0;
        loop {
            let changes = self.0.directory.changes_since(from)?;
            let Some(end) = changes.last().map(|change| change.number) else { break };
            last = changes.into_iter().rfind(|change| change.changes.contains(&text)).or(last);
            from = end;
        }
        Ok(last.map(|change| change.changes.into_bytes()))
    }
}
