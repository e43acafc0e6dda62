//! The store: all mailbox databases, one file each, found by GUID, mounted or dismounted.

use std::collections::HashMap;
use std::fmt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object::types::Guid;
use object::{Clock, Error, ErrorId, Result};
use parking_lot::Mutex;

use crate::database::{Database, Opener};

/// All mailbox databases. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    opener: Opener,
    /// Where the files lie; none in memory.
    directory: Option<PathBuf>,
    clock: Arc<dyn Clock>,
    databases: Mutex<HashMap<Guid, Database>>,
    /// Whose turn it is at a file: it is opened, or another one is put in its place.
    turns: Mutex<HashMap<Guid, Arc<Mutex<()>>>>,
}

impl Store {
    /// The store whose files lie in that directory, which is made when missing. Nothing is mounted yet.
    pub fn open(directory: &Path, clock: Arc<dyn Clock>) -> Result<Store> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(|error| Error::from(error).while_doing(&format!("making {}", directory.display())))?;
        let files = directory.to_owned();
        let opener: Opener = Box::new(move |guid| db::open(&file(&files, guid), db::Holds::Bodies));
        Ok(Store::new(opener, Some(directory.to_owned()), clock))
    }

    /// A store in memory, for tests: a dismounted database keeps what it has until the store is gone.
    pub fn memory(clock: Arc<dyn Clock>) -> Store {
        let kept: Mutex<HashMap<Guid, db::Database>> = Mutex::default();
        Store::with(
            Box::new(move |guid| {
                let mut kept = kept.lock();
                if let Some(known) = kept.get(&guid) {
                    return Ok(known.clone());
                }
                let made = db::memory()?;
                kept.insert(guid, made.clone());
                Ok(made)
            }),
            clock,
        )
    }

    /// A store whose databases come from `opener` (an engine that fails on purpose, say).
    pub fn with(opener: Opener, clock: Arc<dyn Clock>) -> Store {
        Store::new(opener, None, clock)
    }

    fn new(opener: Opener, directory: Option<PathBuf>, clock: Arc<dyn Clock>) -> Store {
        Store(Arc::new(Inner {
            opener,
            directory,
            clock,
            databases: Mutex::default(),
            turns: Mutex::default(),
        }))
    }

    /// Makes the database with that GUID if it is not there, and mounts it. Mounting twice changes nothing.
    pub fn mount(&self, guid: Guid) -> Result<Database> {
        let made = || Database::new(guid, Arc::clone(&self.0.clock));
        // The list is not held while the file is opened, which may take long; the database has a lock of its own.
        let database = self.0.databases.lock().entry(guid).or_insert_with(made).clone();
        let turn = self.turn(guid);
        let _turn = turn.lock();
        database.mount(&self.0.opener)?;
        Ok(database)
    }

    /// Who holds it opens the database's file, or puts another one in its place; nobody does both at once.
    pub(crate) fn turn(&self, guid: Guid) -> Arc<Mutex<()>> {
        Arc::clone(self.0.turns.lock().entry(guid).or_default())
    }

    /// A database that is not mounted, opened for whoever asks and for nobody else.
    pub(crate) fn lend(&self, guid: Guid) -> Result<Database> {
        self.must_hold(guid)?;
        let database = Database::new(guid, self.clock());
        let turn = self.turn(guid);
        let _turn = turn.lock();
        database.mount(&self.0.opener)?;
        Ok(database)
    }

    /// Mounts a database that must be there: one that held mailboxes and whose file is gone is not quietly begun anew.
    pub fn mount_existing(&self, guid: Guid) -> Result<Database> {
        self.must_hold(guid)?;
        self.mount(guid)
    }

    fn must_hold(&self, guid: Guid) -> Result<()> {
        // An empty file would be taken for a new one, and is as much of a loss.
        let holds = |file: &PathBuf| std::fs::metadata(file).is_ok_and(|found| found.len() > 0);
        if let Some(file) = self.file(guid).filter(|file| !holds(file)) {
            let message = format!("The file of the mailbox database is gone or empty: {}.", file.display());
            return Err(Error::not_found(ErrorId::DatabaseFileMissing, message).help(
                "Put it back out of a copy of the data directory, or begin an empty database in its place: \
                 Mount-Database -Force.",
            ));
        }
        Ok(())
    }

    /// Dismounts a database: what is running ends, and from then on everything answers `MdbDismounted`.
    pub fn dismount(&self, guid: Guid) -> Result<()> {
        let database = self.database(guid)?;
        database.dismount()
    }

    /// The database with that GUID, mounted or not.
    pub fn database(&self, guid: Guid) -> Result<Database> {
        let databases = self.0.databases.lock();
        databases.get(&guid).cloned().ok_or_else(|| {
            Error::busy(ErrorId::MdbDismounted, format!("The mailbox database {guid} is not mounted."))
                .help("Run Mount-Database.")
        })
    }

    /// All databases that were ever mounted by this process.
    pub fn databases(&self) -> Vec<Database> {
        self.0.databases.lock().values().cloned().collect()
    }

    /// Dismounts a database and forgets it; its file is kept under another name (`GUID.db.removed`), as Exchange
    /// leaves it to the administrator to delete. Answers where the file is now.
    pub fn remove(&self, guid: Guid) -> Result<Option<PathBuf>> {
        if let Some(database) = self.0.databases.lock().remove(&guid) {
            database.dismount()?;
        }
        let Some(directory) = &self.0.directory else { return Ok(None) };
        let from = file(directory, guid);
        if !from.exists() {
            return Ok(None);
        }
        let to = from.with_extension("db.removed");
        std::fs::rename(&from, &to)?;
        db::clear_beside(&from)?;
        Ok(Some(to))
    }

    /// Dismounts everything: open transactions end, files are closed whole.
    pub fn close(&self) -> Result<()> {
        for database in self.databases() {
            database.dismount()?;
        }
        Ok(())
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    pub(crate) fn now(&self) -> object::Time {
        self.0.clock.now()
    }

    /// Where the file of a database is or would be.
    pub fn file(&self, guid: Guid) -> Option<PathBuf> {
        self.0.directory.as_deref().map(|directory| file(directory, guid))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?})", self.0.directory)
    }
}

fn file(directory: &Path, guid: Guid) -> PathBuf {
    directory.join(format!("{guid}.db"))
}
