//! An engine that fails on purpose, over any other: the nth statement, the nth commit, or the answer after it.
//!
//! A room above proves with it that a failure leaves nothing half-done.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use object::{Error, ErrorId, Result};

use crate::{Afterwards, Database, Db, Flow, Param, Row, TextQuery, Tx, Wait, Work};

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// A statement, with the disk failing.
    Statement,
    /// A statement, with the disk full.
    Full,
    /// A commit: the work went well and nothing of it is kept.
    Commit,
    /// The answer: the work is kept, and the caller is told that it failed.
    Answer,
}

/// Sets off the failures of a [`faulty`](self) database; clones control the same one.
#[derive(Clone, Debug, Default)]
pub struct Fuse(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    statement: AtomicI64,
    full: AtomicI64,
    commit: AtomicI64,
    answer: AtomicI64,
}

impl Fuse {
    /// From now on the `nth` of its kind fails, once; 1 is the next.
    pub fn set(&self, failing: Failing, nth: u32) {
        self.count(failing).store(i64::from(nth), SeqCst);
    }

    /// Whether the failure that was set has happened (or none was set).
    pub fn burnt(&self) -> bool {
        [Failing::Statement, Failing::Full, Failing::Commit, Failing::Answer]
            .into_iter()
            .all(|failing| self.count(failing).load(SeqCst) <= 0)
    }

    /// Nothing fails any more.
    pub fn clear(&self) {
        for failing in [Failing::Statement, Failing::Full, Failing::Commit, Failing::Answer] {
            self.count(failing).store(0, SeqCst);
        }
    }

    fn count(&self, failing: Failing) -> &AtomicI64 {
        match failing {
            Failing::Statement => &self.0.statement,
            Failing::Full => &self.0.full,
            Failing::Commit => &self.0.commit,
            Failing::Answer => &self.0.answer,
        }
    }

    /// Counts one down; an error when it was this one's turn.
    fn pass(&self, failing: Failing) -> Result<()> {
        let count = self.count(failing);
        if count.load(SeqCst) <= 0 || count.fetch_sub(1, SeqCst) != 1 {
            return Ok(());
        }
        Err(match failing {
            Failing::Full => Error::busy(ErrorId::DiskFull, "The disk is full (on purpose)."),
            _ => Error::server(ErrorId::InputOutput, "The disk failed (on purpose)."),
        })
    }
}

/// The database over `inner` whose failures `fuse` sets off.
pub fn faulty(inner: Database, fuse: &Fuse) -> Database {
    Database::new(Faulty { inner, fuse: fuse.clone() })
}

struct Faulty {
    inner: Database,
    fuse: Fuse,
}

impl Db for Faulty {
    fn read(&self, work: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        Db::read(&self.inner, &mut |tx| work(&mut FaultyTx { inner: tx, fuse: &self.fuse }))
    }

    fn write_later(&self, mut work: Work) -> Result<Wait> {
        let (fuse, last) = (self.fuse.clone(), self.fuse.clone());
        let wait = Db::write_later(
            &self.inner,
            Box::new(move |tx| {
                work(&mut FaultyTx { inner: tx, fuse: &fuse })?;
                fuse.pass(Failing::Commit)
            }),
        )?;
        Ok(Box::new(move || wait().and_then(|()| last.pass(Failing::Answer))))
    }
}

struct FaultyTx<'a> {
    inner: &'a mut dyn Tx,
    fuse: &'a Fuse,
}

impl FaultyTx<'_> {
    fn pass(&self) -> Result<()> {
        self.fuse.pass(Failing::Statement)?;
        self.fuse.pass(Failing::Full)
    }
}

impl Tx for FaultyTx<'_> {
    fn query(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<Flow>,
    ) -> Result<()> {
        self.pass()?;
        self.inner.query(sql, params, each)
    }
    fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        self.pass()?;
        self.inner.execute(sql, params)
    }
    fn batch(&mut self, sql: &str) -> Result<()> {
        self.pass()?;
        self.inner.batch(sql)
    }
    fn makes_room(&mut self) {
        self.inner.makes_room();
    }
    fn after_commit(&mut self, work: Afterwards) {
        self.inner.after_commit(work);
    }
    fn text_create(&mut self, index: &str, columns: &[&str]) -> Result<()> {
        self.pass()?;
        self.inner.text_create(index, columns)
    }
    fn text_index(&mut self, index: &str, document: i64, columns: &[(&str, &str)]) -> Result<()> {
        self.pass()?;
        self.inner.text_index(index, document, columns)
    }
    fn text_forget(&mut self, index: &str, documents: RangeInclusive<i64>) -> Result<()> {
        self.pass()?;
        self.inner.text_forget(index, documents)
    }
    fn text_tidy(&mut self, index: &str, kilobytes: u32) -> Result<bool> {
        self.pass()?;
        self.inner.text_tidy(index, kilobytes)
    }
    fn text_match(
        &mut self,
        index: &str,
        within: RangeInclusive<i64>,
        query: &TextQuery,
        each: &mut dyn FnMut(i64) -> Result<Flow>,
    ) -> Result<()> {
        self.pass()?;
        self.inner.text_match(index, within, query, each)
    }
    fn text_documents(
        &mut self,
        index: &str,
        within: RangeInclusive<i64>,
        each: &mut dyn FnMut(i64) -> Result<Flow>,
    ) -> Result<()> {
        self.pass()?;
        self.inner.text_documents(index, within, each)
    }
    fn check(&mut self) -> Result<Vec<String>> {
        self.inner.check()
    }
}
