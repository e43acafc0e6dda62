//! One mailbox database: mounted or not, its mailboxes, and how transactions on it are begun.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use db::Tx;
use object::types::Guid;
use object::{Clock, Error, ErrorId, Result, Time};
use parking_lot::{Mutex, RwLock};

use crate::body::Key;
use crate::feed::Feeds;
use crate::ledger::{Ledger, Numbers, mailbox_missing};
use crate::logon::{self, Logons};
use crate::trace_recent::Turn;

/// Where the files of the databases come from.
pub type Opener = Box<dyn Fn(Guid) -> Result<db::Database> + Send + Sync>;

/// A mailbox database. Cheap to clone; every clone sees a dismount at once.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    guid: Guid,
    clock: Arc<dyn Clock>,
    /// What is open while it is mounted. Transactions hold it for reading, so a dismount waits for them.
    open: RwLock<Option<Open>>,
    feeds: Feeds,
    logons: Logons,
    /// One at a time fills the text index.
    indexing: Mutex<()>,
    /// Whether renderings by an older parser are left.
    outdated: AtomicBool,
    pace: Pace,
    tracing: Turn,
}

struct Open {
    db: db::Database,
    key: Key,
}

impl Database {
    pub(crate) fn new(guid: Guid, clock: Arc<dyn Clock>) -> Database {
        Database(Arc::new(Inner {
            guid,
            clock,
            open: RwLock::new(None),
            feeds: Feeds::default(),
            logons: Logons::default(),
            indexing: Mutex::new(()),
            outdated: AtomicBool::new(false),
            pace: Pace::new(),
            tracing: Turn::new(),
        }))
    }

    /// Its GUID.
    pub fn guid(&self) -> Guid {
        self.0.guid
    }

    /// Whether it is mounted.
    pub fn mounted(&self) -> bool {
        self.0.open.read().is_some()
    }

    /// The time, as the store was given it.
    pub(crate) fn now(&self) -> Time {
        self.0.clock.now()
    }

    pub(crate) fn feeds(&self) -> &Feeds {
        &self.0.feeds
    }

    pub(crate) fn logons(&self) -> &Logons {
        &self.0.logons
    }

    pub(crate) fn indexing(&self) -> &Mutex<()> {
        &self.0.indexing
    }

    pub(crate) fn outdated(&self) -> &AtomicBool {
        &self.0.outdated
    }

    pub(crate) fn pace(&self) -> &Pace {
        &self.0.pace
    }

    /// Whose turn it is to move the traces that came lately.
    pub(crate) fn tracing(&self) -> &Turn {
        &self.0.tracing
    }

    /// Opens it with what `open` makes; nothing, where it is open already.
    pub(crate) fn open(&self, open: impl FnOnce() -> Result<(db::Database, Key)>) -> Result<()> {
        let mut held = self.0.open.write();
        if held.is_none() {
            let (db, key) = open()?;
            *held = Some(Open { db, key });
        }
        Ok(())
    }

    /// Reads anew how full the mailboxes are.
    pub(crate) fn refill(&self) -> Result<()> {
        let open = self.0.open.read();
        self.0.feeds.fill().load(&open.as_ref().ok_or_else(|| self.dismounted())?.db)
    }

    pub(crate) fn dismount(&self) -> Result<()> {
        let flushed = if self.mounted() { self.flush_logons() } else { Ok(()) };
        *self.0.open.write() = None;
        flushed
    }

    pub(crate) fn key(&self) -> Result<Key> {
        self.0.open.read().as_ref().map(|open| open.key).ok_or_else(|| self.dismounted())
    }

    /// Reads a snapshot.
    pub(crate) fn read<T>(&self, work: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let open = self.0.open.read();
        open.as_ref().ok_or_else(|| self.dismounted())?.db.read(work)
    }

    /// Writes, in a commit shared with others.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.pace.wrote();
        self.write_quietly(work)
    }

    /// Lines up a write; whoever needs to know waits.
    pub(crate) fn write_later<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<db::Later<T>> {
        self.0.pace.wrote();
        let open = self.0.open.read();
        open.as_ref().ok_or_else(|| self.dismounted())?.db.write_later(work)
    }

    /// Writes what maintenance writes, which is no sign of business.
    pub(crate) fn write_quietly<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let open = self.0.open.read();
        open.as_ref().ok_or_else(|| self.dismounted())?.db.write(work)
    }

    /// Writes to one mailbox: opens its books, closes them, and publishes the change.
    pub(crate) fn write_mailbox<T: Send + 'static>(
        &self,
        mailbox: i64,
        mut work: impl FnMut(&mut dyn Tx, &mut Ledger) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let feeds = self.0.feeds.clone();
        self.write(move |tx| {
            let numbers = Numbers::by_id(tx, mailbox)?.ok_or_else(mailbox_missing)?;
            let mut ledger = Ledger::open(numbers);
            let answer = work(tx, &mut ledger)?;
            if let Some(closed) = ledger.close(tx)? {
                feeds.publish_after(tx, mailbox, closed);
            }
            Ok(answer)
        })
    }

    fn dismounted(&self) -> Error {
        Error::busy(ErrorId::MdbDismounted, format!("The mailbox database {} is not mounted.", self.0.guid))
            .help("Run Mount-Database.")
    }

    /// Writes what is remembered of log-ons.
    pub fn flush_logons(&self) -> Result<()> {
        let pending = self.logons().take();
        if pending.is_empty() {
            return Ok(());
        }
        let kept = pending.clone();
        let each =
            move |tx: &mut dyn Tx| pending.iter().try_for_each(|(id, seen)| logon::write(tx, *id, seen));
        let written = self.write_quietly(each);
        if written.is_err() {
            self.logons().give_back(kept);
        }
        written
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({})", self.0.guid)
    }
}

/// Whether the database is busy, so that what can wait waits. It measures spans, not the time of day.
pub(crate) struct Pace {
    since: Instant,
    /// Milliseconds of `since` at the last write, and at the last slice of maintenance.
    wrote: AtomicU64,
    worked: AtomicU64,
}

impl Pace {
    /// A write this short ago means that more are coming.
    const BUSY_MILLIS: u64 = 100;
    /// A busy database still gets a slice now and then.
    const SLICE_EVERY_MILLIS: u64 = 1_000;

    fn new() -> Pace {
        Pace { since: Instant::now(), wrote: AtomicU64::new(0), worked: AtomicU64::new(0) }
    }

    fn millis(&self) -> u64 {
        // Starts above the spans that count, so that nothing seems to have happened just now.
        self.since.elapsed().as_millis() as u64 + Self::SLICE_EVERY_MILLIS
    }

    fn wrote(&self) {
        self.wrote.store(self.millis(), Relaxed);
    }

    /// Does a slice of maintenance, unless the database is busy and has had one just now.
    pub(crate) fn slice(&self, work: impl FnOnce() -> Result<bool>) -> Result<bool> {
        let (now, wrote) = (self.millis(), self.wrote.load(Relaxed));
        let busy = now - wrote.min(now) < Self::BUSY_MILLIS;
        if busy && now - self.worked.load(Relaxed).min(now) < Self::SLICE_EVERY_MILLIS {
            return Ok(false);
        }
        let more = work();
        self.worked.store(self.millis(), Relaxed);
        more
    }
}
