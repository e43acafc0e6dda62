//! The narrow waist: all SQL of the house passes two methods, [`Db::read`] and [`Db::write`].
//!
//! Rules for callers:
//!
//! - One SQL text for every engine: `$1` placeholders, BIGINT, TEXT, BYTEA and DOUBLE PRECISION only, times as
//!   microseconds, booleans as 0 and 1, ids made by the program, `INSERT … ON CONFLICT … RETURNING`. What came over
//!   a wire goes to BYTEA (PostgreSQL refuses NUL in TEXT). In migrations `INTEGER PRIMARY KEY` and `WITHOUT ROWID`
//!   are the words an engine may replace. `HOLDS(column, text)` is what every engine brings: whether a column holds a
//!   text, which is in lower case, in any case.
//! - A closure may be run again (a serialization failure, a neighbour in the same commit that ran into a full disk):
//!   it has no side effects but those on the database. What must happen after the commit, and in commit order, is
//!   given to [`Tx::after_commit`].
//! - No transaction inside a transaction of the same database: it is answered with an error.
//! - A positive answer of [`Database::write`] means synced.
//!
//! ```
//! use mailstead_db::{self as db, Step};
//! # fn main() -> object::Result<()> {
//! let db = db::memory()?;
//! db.migrate("demo", &[Step::Sql("CREATE TABLE pet (id BIGINT PRIMARY KEY, name TEXT NOT NULL)")])?;
//! db.write(|tx| tx.execute("INSERT INTO pet (id, name) VALUES ($1, $2)", &[1.into(), "Rex".into()]))?;
//! let name = db.read(|tx| tx.one("SELECT name FROM pet WHERE id = $1", &[1.into()], |row| row.text(0).map(str::to_owned)))?;
//! assert_eq!(name.as_deref(), Some("Rex"));
//! # Ok(()) }
//! ```

mod aside;
pub mod chain;
pub mod faulty;
mod migration;
mod nesting;
mod piece;
pub mod salvage;
mod sqlite;
mod text;
mod value;

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use object::{Error, ErrorId, Result};
use parking_lot::Mutex;

pub use migration::Step;
pub use piece::holds;
pub use sqlite::wreck::{Found, Remains, Wreck};
pub use text::{TextQuery, TextTerm};
pub use value::{Cell, Cells, Flow, FromCell, Param, Row};

/// The work of a write: all of it happens, or none of it. It may be run again.
pub type Work = Box<dyn FnMut(&mut dyn Tx) -> Result<()> + Send>;

/// What is to happen once the transaction is durable.
pub type Afterwards = Box<dyn FnOnce() + Send>;

/// Waits for a transaction that was lined up, and tells what became of it.
pub type Wait = Box<dyn FnOnce() -> Result<()> + Send>;

/// An engine that keeps one database.
pub trait Db: Send + Sync {
    /// Runs `work` on a snapshot that does not move, on the caller's thread.
    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()>;
    /// Lines up `work`, which runs alone: all of it happens and is synced, or none of it. It is done whether or not
    /// anybody waits for it.
    fn write_later(&self, work: Work) -> Result<Wait>;
    /// Lines up `work` and waits for it.
    fn write(&self, work: Work) -> Result<()> {
        self.write_later(work)?()
    }
}

/// A transaction, as the work inside it sees it.
pub trait Tx {
    /// Runs a statement and hands each row to `each` until it says [`Flow::Stop`].
    fn query(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<Flow>,
    ) -> Result<()>;

    /// Runs a statement and tells how many rows it changed.
    fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64>;

    /// Runs several statements without parameters (migrations).
    fn batch(&mut self, sql: &str) -> Result<()>;

    /// Says that what is done here makes room, or lets somebody make it: it may use what is kept for that on a disk that
    /// is full.
    fn makes_room(&mut self);

    /// Registers what is to happen after the commit, in commit order, before the write is answered.
    /// In a read it happens when the read has ended well.
    fn after_commit(&mut self, work: Afterwards);

    /// Makes a full-text index with these columns.
    fn text_create(&mut self, index: &str, columns: &[&str]) -> Result<()>;

    /// Puts the tokens of a document (by column, separated by blanks) into an index that does not have it yet. Tokens consist of ASCII letters and digits and of characters beyond ASCII.
    fn text_index(&mut self, index: &str, document: i64, columns: &[(&str, &str)]) -> Result<()>;

    /// Takes documents out of an index.
    fn text_forget(&mut self, index: &str, documents: RangeInclusive<i64>) -> Result<()>;

    /// Tidies up an index a little: engines whose index grows by pieces merge some of them here, about so many
    /// kilobytes, and nowhere else, so that no other transaction takes long. True when there is more to do.
    fn text_tidy(&mut self, index: &str, kilobytes: u32) -> Result<bool>;

    /// Hands over the documents within a range that match, in ascending order.
    fn text_match(
        &mut self,
        index: &str,
        within: RangeInclusive<i64>,
        query: &TextQuery,
        each: &mut dyn FnMut(i64) -> Result<Flow>,
    ) -> Result<()>;

    /// Hands over all documents of an index within a range, in ascending order.
    fn text_documents(
        &mut self,
        index: &str,
        within: RangeInclusive<i64>,
        each: &mut dyn FnMut(i64) -> Result<Flow>,
    ) -> Result<()>;

    /// The engine's own check of its files: one sentence per fault found.
    fn check(&mut self) -> Result<Vec<String>>;
}

impl dyn Tx + '_ {
    /// The first row, made into a value by `map`.
    pub fn one<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut found = None;
        self.query(sql, params, &mut |row| {
            found = Some(map(row)?);
            Ok(Flow::Stop)
        })?;
        Ok(found)
    }

    /// Every row, made into values by `map`.
    pub fn all<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.query(sql, params, &mut |row| {
            found.push(map(row)?);
            Ok(Flow::More)
        })?;
        Ok(found)
    }

    /// The one number that an aggregate or a `RETURNING` gives; no row is an error of ours.
    pub fn number(&mut self, sql: &str, params: &[Param<'_>]) -> Result<i64> {
        self.one(sql, params, |row| row.int(0))?
            .ok_or_else(|| Error::server(ErrorId::RowMissing, format!("A statement gave no row: {sql}")))
    }
}

/// A database that is open: cheap to clone, closed when the last clone is gone.
#[derive(Clone)]
pub struct Database(Arc<dyn Db>);

impl Database {
    /// A handle on any engine.
    pub fn new(engine: impl Db + 'static) -> Database {
        Database(Arc::new(engine))
    }

    /// Runs `work` on a snapshot that does not move, and gives back what it answered.
    pub fn read<T>(&self, mut work: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let mut answer = None;
        self.0.read(&mut |tx| {
            answer = Some(work(tx)?);
            Ok(())
        })?;
        answer.ok_or_else(not_run)
    }

    /// Runs `work` alone, together with others in one commit; answers when it is synced.
    pub fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_later(work)?.wait()
    }

    /// Lines up `work` as [`write`](Database::write) does, and leaves the waiting for later: two databases can so be
    /// synced at the same time.
    pub fn write_later<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> Result<Later<T>> {
        let slot = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&slot);
        let wait = self.0.write_later(Box::new(move |tx| {
            *filled.lock() = Some(work(tx)?);
            Ok(())
        }))?;
        Ok(Later { wait, slot })
    }

    /// Brings the tables of `schema` up to the last of `steps`; a database that is further is refused.
    pub fn migrate(&self, schema: &'static str, steps: &'static [Step]) -> Result<()> {
        migration::migrate(self, schema, steps)
    }
}

impl Db for Database {
    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.0.read(work)
    }
    fn write_later(&self, work: Work) -> Result<Wait> {
        self.0.write_later(work)
    }
}

/// A transaction that is lined up.
pub struct Later<T> {
    wait: Wait,
    slot: Arc<Mutex<Option<T>>>,
}

impl<T> Later<T> {
    /// What the transaction answered, once it is synced.
    pub fn wait(self) -> Result<T> {
        (self.wait)()?;
        self.slot.lock().take().ok_or_else(not_run)
    }
}

impl<T> std::fmt::Debug for Later<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Later")
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

/// What a database mostly holds; a new file is laid out for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Small rows in many indexes, changed a few at a time.
    Records,
    /// Rows of many kilobytes, written in groups.
    Bodies,
}

/// Opens (or makes) the SQLite database in that file, which from now on belongs to this process alone.
pub fn open(path: &Path, holds: Holds) -> Result<Database> {
    Ok(Database::new(sqlite::Sqlite::open(path, holds)?))
}

/// Takes away what stands beside a database that is not open and is of no use to anybody any more.
pub fn clear_beside(path: &Path) -> Result<()> {
    match std::fs::remove_file(aside::beside(path, "-reserve")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// A database in memory that ends with its last handle: for tests of the rooms above.
pub fn memory() -> Result<Database> {
    Ok(Database::new(sqlite::Sqlite::memory()?))
}

fn not_run() -> Error {
    Error::server(ErrorId::TransactionNotRun, "The engine answered without having run the transaction.")
}
