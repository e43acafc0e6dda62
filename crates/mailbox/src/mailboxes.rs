//! The pair of directory and store, and what holds for a mailbox at this moment.

use crate::faults::Faults;
use crate::figures::Counts;
use crate::guard::{Guard, LogonLimits};
use crate::lock::Locks;
use crate::proving::Proving;
use crate::remembered::Remembered;
use crate::sessions::Sessions;
use directory::schema::{database, mailbox};
use directory::{Directory, Record};
use forest::{Forest, SecretKey};
use object::types::{ByteQuantifiedSize, Guid, Unlimited};
use object::{Error, ErrorId, Property, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Limits, Store};

/// All mailboxes: directory and store together. Cheap to clone.
#[derive(Clone)]
pub struct Mailboxes(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) directory: Directory,
    pub(crate) store: Store,
    pub(crate) forest: Forest,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) guard: Guard,
    pub(crate) remembered: Remembered,
    pub(crate) proving: Proving,
    /// Log-ons that a foreign directory decides, a queue for each trust: none waits for another's slow controllers.
    pub(crate) asking: Mutex<HashMap<Guid, Arc<Proving>>>,
    pub(crate) secrets: SecretKey,
    pub(crate) logons: Counts,
    pub(crate) locks: Locks,
    pub(crate) mounted: Mutex<Vec<Mounted>>,
    pub(crate) faults: Faults,
}

/// Who is told of each database that is mounted.
type Mounted = Box<dyn Fn(Guid) + Send + Sync>;

impl Mailboxes {
    /// Pairs a directory with a store. Nothing is mounted yet: see [`mount_all`](Mailboxes::mount_all).
    pub fn new(directory: Directory, store: Store) -> Result<Mailboxes> {
        Mailboxes::with_limits(directory, store, LogonLimits::default())
    }

    /// Other limits for log-ons from now on; what was counted stays.
    pub fn set_logon_limits(&self, limits: LogonLimits) {
        self.0.guard.set_limits(limits);
    }

    /// The same, with limits for log-ons.
    pub fn with_limits(directory: Directory, store: Store, limits: LogonLimits) -> Result<Mailboxes> {
        Mailboxes::with_secrets(directory, store, limits, SecretKey::random()?)
    }

    /// The same, with the key under which secrets of trusts lie in the directory.
    pub fn with_secrets(
        directory: Directory,
        store: Store,
        limits: LogonLimits,
        secrets: SecretKey,
    ) -> Result<Mailboxes> {
        let (sessions, forest) = (Arc::new(Sessions::default()), Forest::new());
        sessions.follow(&directory)?;
        let inner = Inner {
            directory,
            store,
            forest,
            sessions,
            guard: Guard::new(limits),
            remembered: Remembered::new()?,
            proving: Proving::new(),
            asking: Mutex::default(),
            secrets,
            logons: Counts::default(),
            locks: Locks::default(),
            mounted: Mutex::default(),
            faults: Faults::default(),
        };
        Ok(Mailboxes(Arc::new(inner)))
    }

    /// Who people are, and what is set.
    pub fn directory(&self) -> &Directory {
        &self.0.directory
    }
    /// The mailbox databases.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The store mailbox of a user.
    pub fn mailbox(&self, user: &Record) -> Result<store::Mailbox> {
        let (guid, database) = self.place(user)?;
        self.open(database)?.mailbox(guid)
    }

    /// The GUID of a user's mailbox and of the database that holds it.
    pub(crate) fn place(&self, user: &Record) -> Result<(Guid, Guid)> {
        let guid = user.get(&mailbox::EXCHANGE_GUID).filter(|guid| *guid != Guid::EMPTY);
        match guid.zip(user.reference(&mailbox::DATABASE)) {
            Some(place) => Ok(place),
            None => {
                Err(Error::not_found(ErrorId::MailboxMissing, format!("{} has no mailbox.", user.name()))
                    .help("Give the user one with Enable-Mailbox."))
            }
        }
    }

    /// How much a mailbox may hold at this moment: its own quotas, or its database's where it says so.
    pub fn limits(&self, mailbox: Guid) -> Result<Limits> {
        let user = self.0.directory.by_mailbox(mailbox);
        let user = user.ok_or_else(|| {
            Error::not_found(ErrorId::MailboxMissing, "The mailbox no longer has an owner.")
        })?;
        if user.get(&mailbox::ARCHIVE_GUID) == Some(mailbox) {
            return Ok(archive_limits(&user));
        }
        self.limits_of(&user)
    }

    /// How much the mailbox of a user may hold at this moment.
    pub fn limits_of(&self, user: &Record) -> Result<Limits> {
        if !user.is(&mailbox::USE_DATABASE_QUOTAS) {
            return Ok(Limits {
                total: bytes(user, &mailbox::SEND_RECEIVE_QUOTA),
                recoverable: bytes(user, &mailbox::RECOVERABLE_ITEMS_QUOTA),
            });
        }
        let (_, guid) = self.place(user)?;
        let record = self.0.directory.need(guid)?;
        Ok(Limits {
            total: bytes(&record, &database::SEND_RECEIVE_QUOTA),
            recoverable: bytes(&record, &database::RECOVERABLE_ITEMS_QUOTA),
        })
    }
}

/// How much the archive of a user may hold.
pub(crate) fn archive_limits(user: &Record) -> Limits {
    Limits {
        total: bytes(user, &mailbox::ARCHIVE_QUOTA),
        recoverable: bytes(user, &mailbox::RECOVERABLE_ITEMS_QUOTA),
    }
}

/// A quota in bytes; nothing where it is unlimited.
pub(crate) fn bytes(record: &Record, quota: &Property<Unlimited<ByteQuantifiedSize>>) -> Option<u64> {
    record.get(quota).and_then(Unlimited::value).map(|size| size.0)
}

impl std::fmt::Debug for Mailboxes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mailboxes({:?}, {:?})", self.0.directory, self.0.store)
    }
}
