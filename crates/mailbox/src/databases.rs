//! Mailbox databases: made, mounted, dismounted, removed.

use crate::Mailboxes;
use crate::faults::Round;
use crate::mend::Mended;
use directory::schema::database;
use directory::{Class, Edit, ObjectChange, Record};
use object::types::{ByteQuantifiedSize, Guid};
use object::{Author, Error, ErrorId, Result};
use std::sync::Arc;

/// How a database is at this moment, for `Get-MailboxDatabase -Status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseStatus {
    /// Whether it is mounted.
    pub mounted: bool,
    /// The size of its file and of its log; nothing in memory or where there is no file.
    pub size: Option<ByteQuantifiedSize>,
    /// Where its file is.
    pub path: Option<String>,
    /// What could not be mended or kept when that was tried last, a sentence each; nothing where all is well.
    pub faults: Vec<String>,
}

impl Mailboxes {
    /// Mounts every database that is to be mounted at the start, and mends it. One that fails does not keep the others
    /// from their mail: the answers say which.
    pub fn mount_all(&self) -> Vec<(Arc<Record>, Result<()>)> {
        let databases = self.0.directory.all(Class::MailboxDatabase).into_iter();
        let wanted = databases.filter(|record| record.is(&database::MOUNT_AT_STARTUP));
        wanted.map(|record| (Arc::clone(&record), self.open_file(record.guid()))).collect()
    }

    /// The databases that are to be mounted and are not: their mail waits.
    pub fn not_mounted(&self) -> Vec<Arc<Record>> {
        let mounted = |record: &Arc<Record>| {
            self.0.store.database(record.guid()).is_ok_and(|database| database.mounted())
        };
        let databases = self.0.directory.all(Class::MailboxDatabase).into_iter();
        databases.filter(|record| record.is(&database::MOUNT_AT_STARTUP) && !mounted(record)).collect()
    }

    /// The databases of which something could not be mended or kept when that was tried last.
    pub fn faulty_databases(&self) -> Vec<Arc<Record>> {
        let databases = self.0.directory.all(Class::MailboxDatabase).into_iter();
        databases.filter(|record| !self.0.faults.of(record.guid()).is_empty()).collect()
    }

    /// Mounts a database, which the record of changes keeps. Mounting twice changes nothing.
    pub fn mount(&self, author: &Author, guid: Guid) -> Result<()> {
        self.open_file(guid)?;
        self.note_database(author, guid)
    }

    /// Mounts a database even where its file is gone: an empty one is begun in its place, and its mailboxes are empty. One
    /// whose file is there is mounted as ever.
    pub fn mount_anew(&self, author: &Author, guid: Guid) -> Result<()> {
        match self.open_file(guid) {
            Err(error) if error.is(ErrorId::DatabaseFileMissing) => {
                self.note_file(guid, false)?;
                self.open_file(guid)?;
            }
            other => other?,
        }
        self.note_database(author, guid)
    }

    /// An effect in the store that the directory does not see.
    fn note_database(&self, author: &Author, guid: Guid) -> Result<()> {
        let name =
            self.0.directory.get(guid).map_or_else(|| guid.to_string(), |found| found.name().to_owned());
        let database = ObjectChange::stored(guid, Class::MailboxDatabase.word(), &name, Vec::new());
        self.0.directory.note_done(author, vec![database])
    }

    /// Mounts a database, making its file where there is none, and mends what a crash left apart.
    pub(crate) fn open_file(&self, guid: Guid) -> Result<()> {
        let record = self.0.directory.need(guid)?;
        if record.class() != Class::MailboxDatabase {
            return Err(Error::caller(
                ErrorId::NotADatabase,
                format!("{} is not a mailbox database.", record.name()),
            ));
        }
        if record.is(&database::FILE_MADE) {
            // A file that is gone now is a loss: an empty one in its place would bounce everybody's mail.
            self.0.store.mount_existing(guid)?;
        } else {
            self.0.store.mount(guid)?;
            self.note_file(guid, true)?;
        }
        // It is mounted: what cannot be mended must not keep the others from their mail.
        let mut mended = self.mend(guid).unwrap_or_else(|error| Mended { count: 0, faults: vec![error] });
        mended.faults.extend(self.open(guid).and_then(|open| self.forget_transfers(&open)).err());
        for error in &mended.faults {
            let of = error.target_name().unwrap_or_default();
            tracing::error!(database = record.name(), of, %error, "a mailbox could not be mended");
        }
        self.0.faults.note(guid, Round::Mending, &mended.faults);
        self.0.mounted.lock().iter().for_each(|tell| tell(guid));
        Ok(())
    }

    /// `tell` is called with each database that is mounted from now on: what waited for it need not wait any longer.
    /// It must not wait for anything itself.
    pub fn when_mounted(&self, tell: impl Fn(Guid) + Send + Sync + 'static) {
        self.0.mounted.lock().push(Box::new(tell));
    }

    /// Remembers whether the file of a database was made.
    fn note_file(&self, guid: Guid, made: bool) -> Result<()> {
        self.0.directory.change(&Author::system("Mount-Database"), move |change| {
            let mut record = change.read(guid)?;
            record.set(&database::FILE_MADE, made);
            change.save(record)
        })
    }

    /// Dismounts a database: open sessions in its mailboxes end, and mail for them waits.
    pub fn dismount(&self, author: &Author, guid: Guid) -> Result<()> {
        self.0.sessions.end_of_database(guid);
        match self.0.store.dismount(guid) {
            // Never mounted by this process: it is dismounted already.
            Err(error) if error.is(ErrorId::MdbDismounted) => {}
            other => other?,
        }
        self.note_database(author, guid)
    }

    /// Makes a database, in the directory and its file, and mounts it. Answers it.
    pub fn new_database(&self, author: &Author, name: &str, settings: Vec<Edit>) -> Result<Arc<Record>> {
        let name = name.to_owned();
        let made = self.0.directory.change(author, move |change| change.new_database(&name, &settings))?;
        self.open_file(made.guid())?;
        self.0.directory.need(made.guid())
    }

    /// Removes a database in which no mailbox is any more. Its file is kept beside, for the administrator to delete;
    /// answers where.
    pub fn remove_database(&self, author: &Author, guid: Guid) -> Result<Option<std::path::PathBuf>> {
        self.0.directory.change(author, move |change| change.remove_database(guid))?;
        self.0.sessions.end_of_database(guid);
        self.0.store.remove(guid)
    }

    /// How a database is at this moment.
    pub fn database_status(&self, guid: Guid) -> DatabaseStatus {
        let path = self.0.store.file(guid);
        // What lies in the log is not in the file yet, and takes as much of the disk.
        let bytes = |path: &std::path::Path| std::fs::metadata(path).map(|file| file.len()).ok();
        let log = |path: &std::path::Path| bytes(&path.with_extension("db-wal")).unwrap_or(0);
        let size = path.as_ref().and_then(|path| Some(bytes(path)? + log(path)));
        DatabaseStatus {
            mounted: self.0.store.database(guid).is_ok_and(|open| open.mounted()),
            size: size.map(ByteQuantifiedSize),
            path: path.map(|path| path.display().to_string()),
            faults: self.0.faults.of(guid),
        }
    }

    /// Ends all sessions and dismounts everything: open transactions end, files are closed whole.
    pub fn close(&self) -> Result<()> {
        for guid in self.0.directory.guids(Class::MailboxDatabase) {
            self.0.sessions.end_of_database(guid);
        }
        self.0.store.close()
    }
}
