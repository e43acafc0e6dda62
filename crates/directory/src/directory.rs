//! The directory itself: opening it, reading from memory, changing it.

use crate::Class;
use crate::bell::Bell;
use crate::cache::Cache;
use crate::domain::AcceptedDomains;
use crate::path::Path;
use crate::record::Record;
use crate::table::{self, Loaded, State};
use arc_swap::ArcSwap;
use db::{Database, Tx};
use object::types::{Guid, ObjectId, SmtpAddress};
use object::{Author, Clock, Error, ErrorId, Result};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock, Weak};

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
    /// What readers see: everything that is committed.
    now: ArcSwap<Cache>,
    /// What the last change left behind, committed or not: the next one goes on from here if its stamp is still true.
    ahead: Mutex<Arc<Cache>>,
    /// Where stamps come from.
    stamps: AtomicI64,
    /// Held while what readers see is exchanged, so that feeds hear of it in order.
    feeds: Mutex<Vec<Sender<Applied>>>,
    /// Rung when there is a job to do.
    bell: Bell,
    /// Has the last word on what somebody writes.
    guard: OnceLock<WriteGuard>,
}

/// Refuses what an author may not write: asked of each recipient that a change writes by itself, as it was before, or as
/// it was made.
pub type WriteGuard = Box<dyn Fn(&Directory, &Author, &Record) -> Result<()> + Send + Sync>;

/// Looks at the directory without keeping it open: for a thread that follows its feed to the end.
pub struct Look(Weak<Inner>);

impl Look {
    /// The directory, for as long as the answer is kept; nothing once it is closed.
    pub fn directory(&self) -> Option<Directory> {
        Some(Directory { inner: self.0.upgrade()?, moment: None })
    }
    /// The object with that GUID, if it is there; nothing at all once the directory is closed.
    pub fn get(&self, guid: Guid) -> Option<Option<Arc<Record>>> {
        let directory = Directory { inner: self.0.upgrade()?, moment: None };
        Some(directory.get(guid))
    }
}

/// The directory. Cheap to clone; all clones are one. One that is handed out inside a change sees what that change did.
#[derive(Clone)]
pub struct Directory {
    inner: Arc<Inner>,
    /// The moment that it shows; what is committed now where there is none.
    moment: Option<Arc<Cache>>,
}

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
        let empty = Arc::new(Cache::new(&server));
        let inner = Inner {
            db,
            clock,
            server,
            now: ArcSwap::new(Arc::clone(&empty)),
            ahead: Mutex::new(empty),
            stamps: AtomicI64::new(first_stamp()),
            feeds: Mutex::default(),
            bell: Bell::default(),
            guard: OnceLock::new(),
        };
        let directory = Directory { inner: Arc::new(inner), moment: None };
        directory.refresh()?;
        directory.claim_aliases()?;
        directory.forget_photos()?;
        Ok(directory)
    }

    /// Takes in what other nodes changed since. A change of this node takes it in by itself.
    pub fn refresh(&self) -> Result<()> {
        let known = self.inner.now.load_full();
        let from = known.number;
        let (state, changed) = self.inner.db.read(move |tx| table::changed_since(tx, from))?;
        if state.number > from {
            let (view, objects) = followed(&known, state, changed);
            self.publish(Arc::new(view), objects);
        }
        Ok(())
    }

    /// The directory as a transaction finds it, and the objects that other nodes changed since this one looked.
    pub(crate) fn moment(&self, tx: &mut dyn Tx, state: State) -> Result<(Directory, Vec<Guid>)> {
        let ahead = Arc::clone(&self.inner.ahead.lock());
        let now = self.inner.now.load_full();
        let known = [ahead, Arc::clone(&now)].into_iter().find(|known| known.stamp == state.stamp);
        let (view, objects) = match known {
            Some(view) => (view, Vec::new()),
            None => {
                let (state, changed) = table::changed_since(tx, now.number)?;
                let (view, objects) = followed(&now, state, changed);
                (Arc::new(view), objects)
            }
        };
        Ok((Directory { inner: Arc::clone(&self.inner), moment: Some(view) }, objects))
    }

    /// Lets `guard` refuse what somebody may not write. The first one stays.
    pub fn guard_writes(&self, guard: WriteGuard) {
        self.inner.guard.get_or_init(|| guard);
    }

    /// Whether somebody may write an object, as far as that is asked before anything is written.
    pub fn lets_write(&self, author: &Author, record: &Record) -> bool {
        let guard = self.guard().filter(|_| author.account.is_some());
        guard.is_none_or(|guard| guard(self, author, record).is_ok())
    }

    pub(crate) fn guard(&self) -> Option<&WriteGuard> {
        self.inner.guard.get()
    }

    /// The view of a change, to be changed with it. Only a directory that a change was given has one.
    pub(crate) fn view_mut(&mut self) -> &mut Cache {
        let now = &self.inner.now;
        Arc::make_mut(self.moment.get_or_insert_with(|| now.load_full()))
    }

    /// A stamp that no change had.
    pub(crate) fn new_stamp(&self) -> i64 {
        self.inner.stamps.fetch_add(1, Ordering::Relaxed)
    }

    /// The next change goes on from this one, if it is committed or in the same group.
    pub(crate) fn go_ahead(&self) -> Arc<Cache> {
        let view = self.cache();
        *self.inner.ahead.lock() = Arc::clone(&view);
        view
    }

    /// Shows readers what a commit made, and tells those who wait. Called in the order of commits.
    pub(crate) fn publish(&self, view: Arc<Cache>, objects: Vec<Guid>) {
        let mut feeds = self.inner.feeds.lock();
        // What was read while a change was on its way may be older than what that change has shown by now.
        if view.number > self.inner.now.load().number {
            self.inner.now.store(view);
        }
        let applied = Applied { number: self.inner.now.load().number, objects };
        feeds.retain(|feed| feed.send(applied.clone()).is_ok());
    }

    /// Everything that is changed from now on, commit by commit. The feed ends with the directory.
    pub fn feed(&self) -> Receiver<Applied> {
        let (sender, receiver) = channel();
        self.inner.feeds.lock().push(sender);
        receiver
    }

    /// A way to look at the directory that does not keep it open.
    pub fn look(&self) -> Look {
        Look(Arc::downgrade(&self.inner))
    }

    /// The change number up to which the memory is true.
    pub fn number(&self) -> i64 {
        self.cache().number
    }
    /// Since when an object is gone; nothing where it is there or never was.
    pub fn gone_since(&self, guid: Guid) -> Result<Option<object::Time>> {
        self.db().read(|tx| table::buried_at(tx, guid))
    }
    /// The moment now.
    pub fn now(&self) -> object::Time {
        self.inner.clock.now()
    }
    /// This server's name.
    pub fn server(&self) -> &str {
        &self.inner.server
    }
    /// This server's name with the forest's domain: what Exchange shows as the domain controller.
    pub fn domain_controller(&self) -> String {
        format!("{}.{}", self.inner.server, self.forest())
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

    /// The memory as it is now, or at the moment that this handle shows. It never changes: keep it for as long as one
    /// answer takes.
    pub(crate) fn cache(&self) -> Arc<Cache> {
        self.moment.as_ref().map_or_else(|| self.inner.now.load_full(), Arc::clone)
    }
    pub(crate) fn bell(&self) -> &Bell {
        &self.inner.bell
    }
    pub(crate) fn db(&self) -> &Database {
        &self.inner.db
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
    /// The recipient whose legacyExchangeDN that is, whatever its case.
    pub fn by_legacy_dn(&self, legacy_dn: &str) -> Option<Arc<Record>> {
        let spec = object::Declared::spec(&crate::schema::recipient::LEGACY_EXCHANGE_DN);
        let folded = legacy_dn.to_lowercase();
        Some(folded)
            .filter(|text| !text.is_empty())
            .and_then(|text| self.cache().by_value(spec, &text).into_iter().next())
    }
    /// The users whose mailboxes a database keeps under a name: legacyExchangeDN, display name or the name of an archive,
    /// whatever its case.
    pub fn by_store_name(&self, name: &str) -> Vec<Arc<Record>> {
        let (cache, folded) = (self.cache(), name.trim().to_lowercase());
        let shown = object::Declared::spec(&crate::schema::recipient::DISPLAY_NAME);
        let mut found: Vec<_> = self.by_legacy_dn(&folded).into_iter().collect();
        found.extend(cache.by_value(shown, &folded));
        // A user without a display name is shown by the name.
        found.extend(cache.by_name(&folded));
        // Names of archives are in no index; whoever asks this far tells a caller what is wrong.
        let archive = |user: &Arc<Record>| {
            let names = user.all(&crate::schema::mailbox::ARCHIVE_NAME);
            names.iter().any(|name| name.to_lowercase() == folded)
        };
        found.extend(self.all(crate::Class::User).into_iter().filter(archive));
        found
    }
    /// The recipient with an SMTP address, whatever domain it has.
    pub fn by_smtp(&self, address: &SmtpAddress) -> Option<Arc<Record>> {
        self.cache().by_address(&format!("smtp:{}", address.folded())).cloned()
    }
    /// The recipients with an alias; there may be several.
    pub fn by_alias(&self, alias: &str) -> Vec<Arc<Record>> {
        self.cache().by_value(object::Declared::spec(&crate::schema::recipient::ALIAS), &alias.to_lowercase())
    }
    /// The mailboxes that appear in a user's client by themselves (msExchDelegateListBL).
    pub fn mapped_mailboxes(&self, user: Guid) -> Vec<Arc<Record>> {
        let cache = self.cache();
        cache.by_guid(user).map(|user| crate::membership::back_links(&cache, user)).unwrap_or_default()
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

    /// The groups in which an object is a member itself.
    pub fn own_groups_of(&self, guid: Guid) -> Vec<Arc<Record>> {
        self.cache().groups_of(guid)
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
    /// The distinguished name of the domain: `DC=contoso,DC=com`.
    pub fn domain_distinguished_name(&self) -> String {
        Path::root(&self.forest()).distinguished
    }
    /// The path of an object: `contoso.com/Users/Ann`.
    pub fn canonical_name(&self, record: &Record) -> String {
        self.path(record).canonical
    }
    /// A reference to an object, as it is shown: recipients by their path, configuration by its name.
    pub fn id(&self, record: &Record) -> ObjectId {
        self.cache().identity(record)
    }
}

/// What a view becomes by what was changed since; and which objects that were.
fn followed(known: &Cache, state: State, changed: Vec<Loaded>) -> (Cache, Vec<Guid>) {
    let mut view = known.clone();
    let objects = view.apply(changed);
    (view.number, view.stamp) = (state.number, state.stamp);
    (view, objects)
}

/// Two nodes never begin at the same one.
fn first_stamp() -> i64 {
    // Half of the numbers are left to count on.
    (Guid::random().to_u128() >> 66) as i64
}
