//! Mounting a database: its file is opened, brought to this version, known for what it is, and mended where a crash
//! left something half done.

use std::sync::atomic::Ordering::Relaxed;

use object::types::Guid;
use object::{Error, ErrorId, Result};

use crate::body::Key;
use crate::database::{Database, Opener};
use crate::row::{info, set_info};
use crate::{rerender, schema, search, verify};

impl Database {
    /// Mounts it; mounted already, nothing happens.
    pub(crate) fn mount(&self, opener: &Opener) -> Result<()> {
        self.open(|| {
            let db = opener(self.guid())?;
            db.migrate("store", &schema::STEPS)?;
            let key = identify(&db, self.guid())?;
            verify::mend(&db, self.now())?;
            self.feeds().touch(search::behind(&db)?);
            self.feeds().fill().load(&db)?;
            self.outdated().store(db.write(rerender::outdated)?, Relaxed);
            Ok((db, key))
        })
    }
}

/// A file must be the database it is taken for: a copied or renamed one would give out GUIDs twice.
fn identify(db: &db::Database, guid: Guid) -> Result<Key> {
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).map_err(|error| {
        Error::server(ErrorId::RandomMissing, format!("The system gave no randomness: {error}."))
    })?;
    db.write(move |tx| {
        let found = info(tx, "guid")?;
        if found.as_deref().is_some_and(|found| found != guid.to_bytes()) {
            let message = format!("The file is another mailbox database than {guid}.");
            return Err(Error::conflict(ErrorId::DatabaseMistaken, message)
                .help("See that no file in the databases directory was renamed or copied."));
        }
        match info(tx, "key")? {
            Some(key) => key
                .try_into()
                .map(Key)
                .map_err(|_| Error::server(ErrorId::DatabaseCorrupt, "The body key is damaged.")),
            None => {
                set_info(tx, "guid", &guid.to_bytes())?;
                set_info(tx, "key", &fresh)?;
                Ok(Key(fresh))
            }
        }
    })
}
