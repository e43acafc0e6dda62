//! SQLite: one writer thread with group commit, readers on the caller's thread with connections of their own,
//! write-ahead log, every commit synced.
//!
//! A file belongs to one process: beside `X.db` stands `X.db.lock`, locked for as long as the database is open.
//! (The database file itself is never opened by any other means: closing such a handle would drop SQLite's locks.)

mod error;
mod function;
mod places;
mod queue;
mod reserve;
mod tx;
pub(crate) mod wreck;
mod writer;

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use object::{Error, ErrorId, Result};
use parking_lot::{Condvar, Mutex, MutexGuard};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::nesting::{Nest, nested};
use crate::{Db, Holds, Tx, Wait, Work};
use queue::{Job, Queue};
use reserve::Reserve;
use tx::SqliteTx;
use writer::{Log, Writer, execute, panicked, run_afterwards};

/// Older versions have a bug that can damage a database in write-ahead mode. [SQLite 3.51.3 release notes]
const SQLITE_VERSION_MIN: i32 = 3_051_003;
/// As many reads as can do anything at once on a machine of the size we expect; more would only wait for the disk.
const READERS_MAX: usize = 8;
/// A read waits this long for a connection before it says that the database is busy.
const READER_WAIT_MAX: Duration = Duration::from_secs(30);
/// All statements of a room fit, so that none is ever prepared twice.
const STATEMENTS_MAX: usize = 300;
/// Page caches: what a commit touches again and again, and what a reader walks over.
const WRITER_CACHE_KIB: i64 = 8 * 1024;
const READER_CACHE_KIB: i64 = 2 * 1024;
/// A log this long is copied into the database file: pages that change in every commit are then copied once for many
/// commits.
const CHECKPOINT_BYTES: i64 = 64 << 20;
/// A log longer than this is begun anew even while others read all the time.
const LOG_BYTES_MAX: u64 = 160 << 20;
/// What is left of the log after a transaction that made it larger than usual.
const LOG_BYTES_KEPT: i64 = 128 << 20;
/// The mode of every file: what is in it is nobody else's business on this machine.
const OWNER_ONLY: u32 = 0o600;
/// Marks a file as ours ("Mlst"), so that another program's database is not taken for one.
const APPLICATION_ID: i64 = 0x4D6C_7374;

pub(crate) struct Sqlite {
    jobs: Arc<Queue>,
    writer: Option<JoinHandle<()>>,
    readers: Readers,
    nest: Nest,
    /// Held for as long as the database is open.
    _owned: Option<File>,
}

enum Readers {
    /// A file: connections of their own, made when needed.
    Pool { path: PathBuf, idle: Mutex<Idle>, freed: Condvar },
    /// In memory there is one connection for all.
    Shared(Arc<Mutex<Connection>>),
}

/// What a database that is a file has beside it.
#[derive(Default)]
struct Kept {
    owned: Option<File>,
    log: Option<Log>,
    reserve: Option<Reserve>,
}

struct Idle {
    connections: Vec<Connection>,
    made: usize,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, holds: Holds) -> Result<Sqlite> {
        Sqlite::open_with(path, holds, LOG_BYTES_MAX)
    }

    /// The same with another bound for the log.
    fn open_with(path: &Path, holds: Holds, log_bytes_max: u64) -> Result<Sqlite> {
        let what = format!("opening {}", path.display());
        let owned = own(path)?;
        crate::aside::undo_unfinished(path)?;
        let is_new = !path.exists();
        if is_new {
            // SQLite would make it readable by all; its log takes the mode of the file.
            OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path)?;
        }
        let mut reserve = Reserve::beside(path, holds);
        let connection = match prepare(path, holds) {
            // What is in it can be read and deleted all the same.
            Err(error) if error.is(ErrorId::DiskFull) && reserve.as_mut().is_some_and(Reserve::spend) => {
                prepare(path, holds)
            }
            prepared => prepared,
        };
        let connection = connection.map_err(|error| {
            let error = match error.is(ErrorId::DiskFull) {
                // What is kept for those who delete is gone, too: the index of the log finds no place.
                true => error.help("Make room on the disk and try again; nothing was lost."),
                false => error,
            };
            error.while_doing(&what).target(path.display().to_string())
        })?;
        if is_new {
            sync_directories(path)?;
        }
        let idle = Mutex::new(Idle { connections: Vec::new(), made: 0 });
        let readers = Readers::Pool { path: path.to_owned(), idle, freed: Condvar::new() };
        let log = Log::of(path, log_bytes_max);
        let kept = Kept { owned: Some(owned), log: Some(log), reserve };
        Sqlite::start(Arc::new(Mutex::new(connection)), readers, kept)
    }

    pub(crate) fn memory() -> Result<Sqlite> {
        let connection = Connection::open_in_memory().map_err(error::of)?;
        settle(&connection)?;
        let connection = Arc::new(Mutex::new(connection));
        Sqlite::start(Arc::clone(&connection), Readers::Shared(connection), Kept::default())
    }

    fn start(connection: Arc<Mutex<Connection>>, readers: Readers, kept: Kept) -> Result<Sqlite> {
        let Kept { owned, log, reserve } = kept;
        let (jobs, nest) = (Arc::new(Queue::default()), Nest::new());
        let writer = Writer {
            connection,
            jobs: Arc::clone(&jobs),
            nest,
            last_group: 0,
            log,
            reserve,
            last_commit: Duration::ZERO,
        };
        let writer = std::thread::Builder::new().name("db-writer".into()).spawn(move || writer.serve())?;
        Ok(Sqlite { jobs, writer: Some(writer), readers, nest, _owned: owned })
    }
}

impl Db for Sqlite {
    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.nest.check()?;
        self.readers
            .with(&mut |connection| {
                execute(connection, "BEGIN")?;
                let mut tx = SqliteTx::new(connection);
                let outcome = {
                    let _inside = self.nest.enter();
                    catch_unwind(AssertUnwindSafe(|| work(&mut tx)))
                        .unwrap_or_else(|panic| Err(panicked(&*panic)))
                };
                execute(connection, "ROLLBACK")?;
                outcome.map(|()| tx.afterwards)
            })
            .map(run_afterwards)
    }

    fn write_later(&self, work: Work) -> Result<Wait> {
        self.nest.check()?;
        // A hook that waited for a write would wait for itself.
        if self.writer.as_ref().is_some_and(|writer| writer.thread().id() == std::thread::current().id()) {
            return Err(nested());
        }
        let (job, answer) = Job::new(work);
        self.jobs.push(job);
        Ok(Box::new(|| answer.wait()))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // The writer closes last: the last connection tidies up the log.
        if let Readers::Pool { idle, .. } = &self.readers {
            idle.lock().connections.clear();
        }
        self.jobs.close();
        // The last handle may be dropped by a hook on the writer thread, which cannot wait for itself.
        let writer = self.writer.take().filter(|thread| thread.thread().id() != std::thread::current().id());
        if let Some(writer) = writer {
            let _ = writer.join();
        }
    }
}

impl Readers {
    fn with<T>(&self, work: &mut dyn FnMut(&Connection) -> Result<T>) -> Result<T> {
        match self {
            Readers::Shared(connection) => {
                let connection = connection.lock();
                only_reads(&connection, true)?;
                let outcome = work(&connection);
                only_reads(&connection, false)?;
                outcome
            }
            Readers::Pool { path, idle, freed } => {
                let lent = Lent { connection: Some(lend(path, idle, freed)?), idle, freed };
                // One whose transaction could not be ended is not lent again.
                lent.connection.as_ref().map(&mut *work).ok_or_else(writer_gone)?
            }
        }
    }
}

/// A reader's connection on loan; it goes back when dropped, unless a transaction is stuck in it.
struct Lent<'a> {
    connection: Option<Connection>,
    idle: &'a Mutex<Idle>,
    freed: &'a Condvar,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut idle = self.idle.lock();
        match self.connection.take() {
            Some(connection) if connection.is_autocommit() => idle.connections.push(connection),
            _ => idle.made -= 1,
        }
        self.freed.notify_one();
    }
}

fn lend(path: &Path, idle: &Mutex<Idle>, freed: &Condvar) -> Result<Connection> {
    let mut pool = idle.lock();
    loop {
        if let Some(connection) = pool.connections.pop() {
            return Ok(connection);
        }
        if pool.made < READERS_MAX {
            pool.made += 1;
            return MutexGuard::unlocked(&mut pool, || reader(path)).inspect_err(|_| {
                idle.lock().made -= 1;
            });
        }
        if freed.wait_for(&mut pool, READER_WAIT_MAX).timed_out() {
            return Err(Error::busy(ErrorId::DatabaseBusy, "All connections to the database are in use.")
                .help("Try again in a moment."));
        }
    }
}

fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(error::of)?;
    plan_once(&connection)?;
    function::offer(&connection)?;
    set(&connection, "cache_size", -READER_CACHE_KIB)?;
    only_reads(&connection, true)?;
    Ok(connection)
}

/// A statement is prepared once and keeps its plan. Without the guarantee of a stable plan SQLite looks at the values bound
/// while it plans, and so prepares many statements anew whenever other values are bound to them.
fn plan_once(connection: &Connection) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop).map_err(error::of)
}

fn only_reads(connection: &Connection, on: bool) -> Result<()> {
    set(connection, "query_only", i64::from(on))
}

/// Takes the file for this process.
fn own(path: &Path) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OWNER_ONLY)
        .open(&name)
        .map_err(|error| Error::from(error).while_doing(&format!("opening {}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::conflict(
            ErrorId::DatabaseInUse,
            format!("The database {} is in use by another process.", path.display()),
        )
        .help("Stop the other mailstead first, or let the shell talk to it.")),
        Err(TryLockError::Error(error)) => Err(Error::from(error)),
    }
}

/// A file that was just made must not be forgotten by its directory in a power cut, nor the directory by its parent.
fn sync_directories(path: &Path) -> Result<()> {
    let here = |at: &Path| if at.as_os_str().is_empty() { PathBuf::from(".") } else { at.to_owned() };
    for directory in path.ancestors().skip(1).take(2) {
        match File::open(here(directory)) {
            Ok(open) => open.sync_all()?,
            // A parent that belongs to others and was there before us.
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Opens or makes the file and settles how it is kept.
fn prepare(path: &Path, holds: Holds) -> Result<Connection> {
    if rusqlite::version_number() < SQLITE_VERSION_MIN {
        let message = format!("SQLite {} can damage databases.", rusqlite::version());
        return Err(Error::server(ErrorId::SqliteTooOld, message)
            .help("Build mailstead with the SQLite it brings along."));
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(error::of)?;
    recognise(&connection)?;
    set(&connection, "page_size", page_bytes(holds))?;
    let mode: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(error::of)?;
    if mode != "wal" {
        return Err(Error::server(ErrorId::WalRefused, "The file system does not allow a write-ahead log.")
            .help("Put the data directory on a local disk."));
    }
    settle(&connection)?;
    if holds == Holds::Records {
        // What was deleted is overwritten: hashes of passwords stand among the records.
        connection.execute_batch("PRAGMA secure_delete = ON").map_err(error::of)?;
    }
    // A file that is there already keeps the pages with which it was made.
    let page_bytes: i64 =
        connection.query_row("PRAGMA page_size", [], |row| row.get(0)).map_err(error::of)?;
    set(&connection, "wal_autocheckpoint", CHECKPOINT_BYTES / page_bytes)?;
    Ok(connection)
}

/// With bodies 16 KB pages were measured 1.3 to 1.5 times faster in batches than 4 KB ones, for 4 % more space. A change
/// of records touches some twenty pages a little each, all of which go into the log whole: there the small page wins.
fn page_bytes(holds: Holds) -> i64 {
    match holds {
        Holds::Bodies => 16 << 10,
        Holds::Records => 4 << 10,
    }
}

/// A file is ours when it carries our mark, or when nothing is in it yet.
fn recognise(connection: &Connection) -> Result<()> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(error::of);
    if number("PRAGMA application_id")? != APPLICATION_ID && number("SELECT count(*) FROM sqlite_master")? > 0
    {
        return Err(Error::conflict(ErrorId::NotADatabase, "The file is a database of another program.")
            .help("Put Mailstead's own file back out of a copy of the data directory."));
    }
    Ok(())
}

/// The settings of the writer's connection, and the one table that every database has.
fn settle(connection: &Connection) -> Result<()> {
    plan_once(connection)?;
    function::offer(connection)?;
    // FULL, not NORMAL: with NORMAL a power cut takes acknowledged mail with it.
    set(connection, "synchronous", 2)?;
    set(connection, "cache_size", -WRITER_CACHE_KIB)?;
    set(connection, "journal_size_limit", LOG_BYTES_KEPT)?;
    // What a savepoint or a statement would have to undo is kept in memory (2), not in a temporary file.
    set(connection, "temp_store", 2)?;
    // Costs next to nothing and tells a damaged page before anything is built on it.
    set(connection, "cell_size_check", 1)?;
    set(connection, "application_id", APPLICATION_ID)?;
    let table =
        "CREATE TABLE IF NOT EXISTS schema_version (schema TEXT PRIMARY KEY, version BIGINT NOT NULL)";
    execute(connection, table)
}

fn set(connection: &Connection, pragma: &str, value: i64) -> Result<()> {
    connection.pragma_update(None, pragma, value).map_err(error::of)
}

fn writer_gone() -> Error {
    Error::server(ErrorId::DatabaseStopped, "The writer of the database has stopped.")
        .help("Restart mailstead; what was acknowledged is safe.")
}

#[cfg(test)]
mod tests;
