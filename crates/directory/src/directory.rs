//! The directory itself: opening it, reading from memory, changing it.

use crate::Class;
use crate::cache::Cache;
use crate::change::Change;
use crate::domain::AcceptedDomains;
use crate::path::Path;
use crate::record::Record;
use crate::table::{self, Loaded};
use db::Database;
use object::types::{Guid, ObjectId, SmtpAddress};
use object::{Author, Clock, Error, ErrorId, Result};
use parking_lot::{Mutex, RwLock};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};

/// What a commit changed, for those who wait on the directory.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The change number up to which the memory is true now.
    pub number: i64,
    /// The objects that were made, changed or deleted.
    pub objects: Vec<Guid>,
}

struct Inner {
    db: Database,
    clock: Arc<dyn Clock>,
    server: String,
    cache: RwLock<Cache>,
    feeds: Mutex<Vec<Sender<Applied>>>,
}

/// Looks at the directory without keeping it open: for a thread that follows its feed to the end.
pub struct Look(Weak<Inner>);

impl Look {
    /// The object with that GUID, if it is there; nothing at all once the directory is closed.
    pub fn get(&self, guid: Guid) -> Option<Option<Arc<Record>>> {
        let directory = Directory(self.0.upgrade()?);
        Some(directory.get(guid))
    }
}

/// The directory. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory at change {}", self.number())
    }
}

impl Directory {
    /// Opens the directory in that database and reads it into memory. `server` is this server's name.
    pub fn open(db: Database, clock: Arc<dyn Clock>, server: &str) -> Result<Directory> {
        db.migrate("directory", table::STEPS)?;
        let server = server.to_uppercase();
        let cache = RwLock::new(Cache::new(&server));
        let inner = Inner { db, clock, server, cache, feeds: Mutex::default() };
        let directory = Directory(Arc::new(inner));
        directory.refresh()?;
        Ok(directory)
    }

    /// Takes in what other nodes changed since; after opening on one node there is nothing to do.
    pub fn refresh(&self) -> Result<()> {
        let known = self.number();
        let (number, changed) = self.0.db.read(move |tx| table::changed_since(tx, known))?;
        if number > known {
            self.take_in(changed, number);
        }
        Ok(())
    }

    /// Puts what a commit changed into memory and tells those who wait.
    pub(crate) fn take_in(&self, changed: Vec<Loaded>, number: i64) {
        let mut cache = self.0.cache.write();
        let guid = |loaded: &Loaded| match loaded {
            Loaded::Live(record) => Some(record.guid()),
            Loaded::Deleted(id) => cache.get(*id).map(|record| record.guid()),
        };
        let objects = changed.iter().filter_map(guid).collect();
        cache.apply(changed, number);
        drop(cache);
        let applied = Applied { number, objects };
        self.0.feeds.lock().retain(|feed| feed.send(applied.clone()).is_ok());
    }

    /// Everything that is changed from now on, commit by commit. The feed ends with the directory.
    pub fn feed(&self) -> Receiver<Applied> {
        let (sender, receiver) = channel();
        self.0.feeds.lock().push(sender);
        receiver
    }

    /// A way to look at the directory that does not keep it open.
    pub fn look(&self) -> Look {
        Look(Arc::downgrade(&self.0))
    }

    /// Changes the directory: all of what `work` does, or nothing; answered when it is synced. `work` may be run again,
    /// so it has no side effects.
    pub fn change<T: Send + 'static>(
        &self,
        author: &Author,
        mut work: impl FnMut(&mut Change<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (directory, by) = (self.clone(), author.clone());
        let (answer, recorded) = self.0.db.write(move |tx| {
            let mut change = Change::begin(&directory, tx, directory.0.clock.now(), &by)?;
            let answer = work(&mut change)?;
            Ok((answer, change.finish()?))
        })?;
        if recorded {
            author.set_recorded();
        }
        Ok(answer)
    }

    /// The change number up to which the memory is true.
    pub fn number(&self) -> i64 {
        self.0.cache.read().number
    }
    /// The moment now.
    pub fn now(&self) -> object::Time {
        self.0.clock.now()
    }
    /// This server's name.
    pub fn server(&self) -> &str {
        &self.0.server
    }
    /// This server's name with the forest's domain: what Exchange shows as the domain controller.
    pub fn domain_controller(&self) -> String {
        format!("{}.{}", self.0.server, self.forest())
    }
    /// The domain at the root of the forest, or `localdomain` before anything was founded.
    pub fn forest(&self) -> String {
        self.only(Class::Domain).map_or_else(|| "localdomain".to_owned(), |root| root.name().to_owned())
    }
    /// The short domain name in `CONTOSO\ann`: the left label of the default accepted domain in capitals.
    pub fn netbios(&self) -> String {
        let default = self.domains().default_domain().map(|domain| domain.domain.clone());
        let domain = default.unwrap_or_else(|| self.forest());
        domain.split('.').next().unwrap_or_default().to_uppercase()
    }

    pub(crate) fn cache(&self) -> parking_lot::RwLockReadGuard<'_, Cache> {
        self.0.cache.read()
    }
    pub(crate) fn db(&self) -> &Database {
        &self.0.db
    }

    /// The object with that GUID.
    pub fn get(&self, guid: Guid) -> Option<Arc<Record>> {
        self.cache().by_guid(guid).cloned()
    }
    /// The object with that GUID; an error says that it is gone.
    pub fn need(&self, guid: Guid) -> Result<Arc<Record>> {
        self.get(guid).ok_or_else(|| {
            Error::not_found(ErrorId::ObjectGone, format!("The object {guid} is no longer in the directory."))
        })
    }
    /// The user who has a mailbox, found by the mailbox's GUID (primary or archive).
    pub fn by_mailbox(&self, mailbox: Guid) -> Option<Arc<Record>> {
        let cache = self.cache();
        let folded = mailbox.to_string();
        let specs = [&crate::schema::mailbox::EXCHANGE_GUID, &crate::schema::mailbox::ARCHIVE_GUID];
        specs
            .iter()
            .find_map(|spec| cache.by_value(object::Declared::spec(*spec), &folded).into_iter().next())
    }
    /// The recipient with an SMTP address, whatever domain it has.
    pub fn by_smtp(&self, address: &SmtpAddress) -> Option<Arc<Record>> {
        self.cache().by_address(&format!("smtp:{}", address.folded())).cloned()
    }
    /// The recipient with an address of any type, written with its type (`x500:/o=…`).
    pub fn by_proxy(&self, folded: &str) -> Option<Arc<Record>> {
        self.cache().by_address(&folded.to_lowercase()).cloned()
    }
    /// All objects of a class, in the order in which they were made.
    pub fn all(&self, class: Class) -> Vec<Arc<Record>> {
        self.cache().of_class(class)
    }
    /// The only object of a class that exists once: the root, the organisation.
    pub fn only(&self, class: Class) -> Option<Arc<Record>> {
        self.cache().only(class).cloned()
    }
    /// The accepted domains.
    pub fn domains(&self) -> Arc<AcceptedDomains> {
        Arc::clone(self.cache().domains())
    }
    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.cache().len()
    }
    /// Whether there is no object at all: nothing was founded yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The groups in which an object is a member, through other groups too. Circles end.
    pub fn groups_of(&self, guid: Guid) -> Vec<Arc<Record>> {
        let cache = self.cache();
        let (mut found, mut seen) = (Vec::new(), std::collections::HashSet::new());
        let mut waiting = vec![guid];
        while let Some(member) = waiting.pop() {
            for group in cache.groups_of(member) {
                if seen.insert(group.guid()) {
                    waiting.push(group.guid());
                    found.push(group);
                }
            }
        }
        found
    }

    pub(crate) fn path(&self, record: &Record) -> Path {
        self.cache().path(record)
    }
    /// The distinguished name of an object.
    pub fn distinguished_name(&self, record: &Record) -> String {
        self.path(record).distinguished
    }
    /// The path of an object: `contoso.com/Users/Ann`.
    pub fn canonical_name(&self, record: &Record) -> String {
        self.path(record).canonical
    }
    /// A reference to an object, as it is shown: recipients by their path, configuration by its name.
    pub fn id(&self, record: &Record) -> ObjectId {
        crate::view::identity(&self.cache(), record)
    }
}
