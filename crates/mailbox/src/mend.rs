//! Mending: whoever died between the directory's commit and the store's left the two apart, and the directory is right.
//!
//! A mailbox that the directory does not have was parted from its user, and is marked so. One that the record of changes never
//! knew either was begun for a commit that did not come: it is taken away, unless there is anything in it.

use crate::Mailboxes;
use crate::place::{Place, mark, parting};
use directory::{Class, ObjectChange, Record};
use object::types::Guid;
use object::{Author, Error, Fault, Result};
use std::collections::HashMap;
use std::sync::Arc;
use store::{Flow, State};

/// What became of the mailboxes about which directory and store said different things.
#[derive(Debug, Default)]
pub struct Mended {
    /// How many were mended.
    pub count: usize,
    /// What could not be mended, and why; each names its mailbox.
    pub faults: Vec<Error>,
}

impl Mailboxes {
    /// Brings the mailboxes of a mounted database to what the directory says. One that cannot be mended does not keep the
    /// others: the answer lists the faults.
    pub fn mend(&self, database: Guid) -> Result<Mended> {
        let suspects = self.apart(database)?;
        let open = self.open(database)?;
        let mut mended = Mended::default();
        for mailbox in suspects {
            match self.mend_one(&open, database, mailbox) {
                Ok(done) => mended.count += usize::from(done),
                Err(error) => mended.faults.push(error.target(mailbox.to_string())),
            }
        }
        Ok(mended)
    }

    /// Whether there was anything to mend: it is looked at again under the lock, since what is being made or connected at
    /// this moment is not apart, only not finished.
    fn mend_one(&self, open: &store::Database, database: Guid, guid: Guid) -> Result<bool> {
        let _held = self.0.locks.hold(guid);
        let owner = self.0.directory.by_mailbox(guid).and_then(|user| {
            let here = |place: &Place| place.mailbox == guid && place.database == database;
            Place::all_of(&user).into_iter().find(here).map(|place| place.description(&user))
        });
        let state = match open.statistics(guid) {
            Ok(found) => Some(found.state),
            Err(error) if error.fault() == Fault::NotFound => None,
            Err(error) => return Err(error),
        };
        match (owner, state) {
            (Some(owned), None) => open.create_mailbox(guid, &owned).map(drop)?,
            (Some(owned), Some(State::Disabled | State::SoftDeleted | State::Purging)) => {
                open.reconnect(guid, &owned).map(drop)?;
            }
            (None, Some(State::Connected)) => self.part_again(open, guid)?,
            (Some(_), Some(State::Connected)) | (None, _) => return Ok(false),
        }
        Ok(true)
    }

    fn part_again(&self, open: &store::Database, guid: Guid) -> Result<()> {
        let last = open.statistics(guid)?;
        // The tombstone that was never written, out of the record of changes.
        match self.0.directory.parted(guid)? {
            None if last.is_pristine() => open.unmake_mailbox(guid),
            known => {
                let tombstone = known.map(|known| known.to_bytes()).unwrap_or_default();
                mark(open, guid, &last.description, &parting(tombstone)?)
            }
        }
    }

    /// The mailboxes of a database of which directory and store seem to say different things.
    fn apart(&self, database: Guid) -> Result<Vec<Guid>> {
        let mut wanted = self.owners(database);
        let mut suspects = Vec::new();
        self.open(database)?.all_statistics(&mut |one| {
            if wanted.remove(&one.guid).is_some() != (one.state == State::Connected) {
                suspects.push(one.guid);
            }
            Ok(Flow::More)
        })?;
        suspects.extend(wanted.into_keys());
        Ok(suspects)
    }

    /// The users whose mailboxes and archives a database holds, by mailbox.
    pub(crate) fn owners(&self, database: Guid) -> HashMap<Guid, Arc<Record>> {
        let users = self.0.directory.all(Class::User).into_iter();
        let places = |user: Arc<Record>| {
            let here = Place::all_of(&user).into_iter().filter(move |place| place.database == database);
            here.map(move |place| (place.mailbox, Arc::clone(&user)))
        };
        users.flat_map(places).collect()
    }

    /// Brings one mailbox of a database to what the directory says. Tells whether anything was different.
    pub fn update_state(&self, author: &Author, database: Guid, mailbox: Guid) -> Result<bool> {
        let open = self.open(database)?;
        let mended = self.mend_one(&open, database, mailbox)?;
        let shown = mailbox.to_string();
        let about = match mended {
            true => ObjectChange::stored(mailbox, "mailbox", &shown, Vec::new()),
            false => ObjectChange::named(mailbox, "mailbox", &shown),
        };
        self.0.directory.note_done(author, vec![about])?;
        Ok(mended)
    }

    /// [`mend`](Mailboxes::mend), which an administrator asked for.
    pub fn clean(&self, author: &Author, database: Guid) -> Result<Mended> {
        let record = self.0.directory.need(database)?;
        let mended = self.mend(database)?;
        let (class, name) = (record.class().word(), record.name());
        let about = match mended.count {
            0 => ObjectChange::named(database, class, name),
            _ => ObjectChange::stored(database, class, name, Vec::new()),
        };
        self.0.directory.note_done(author, vec![about])?;
        Ok(mended)
    }
}
