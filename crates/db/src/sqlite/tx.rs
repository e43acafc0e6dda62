//! A transaction on an SQLite connection: statements are prepared once, and each parameter `$n` is bound where SQLite
//! counts it.

use std::ops::RangeInclusive;

use object::{Error, ErrorId, Result};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};

use super::error;
use super::places::Places;
use crate::{Afterwards, Cell, Cells, Flow, Param, Row, TextQuery, Tx};

/// FTS5 writes pages of about 4 KB.
const FTS5_PAGE_KIB: u32 = 4;
/// Only when nobody tidied up for long does a write merge everything at once, or a search would open too many pieces.
const SEGMENTS_MAX: u32 = 500;

pub(crate) struct SqliteTx<'c> {
    connection: &'c Connection,
    /// About how much was handed over, to bound a group of transactions.
    pub(crate) bytes: usize,
    /// What was registered for after the commit.
    pub(crate) afterwards: Vec<Afterwards>,
    /// Whether it makes room.
    pub(crate) makes_room: bool,
}

impl<'c> SqliteTx<'c> {
    pub(crate) fn new(connection: &'c Connection) -> SqliteTx<'c> {
        SqliteTx { connection, bytes: 0, afterwards: Vec::new(), makes_room: false }
    }

    fn prepare(&mut self, sql: &str, params: &[Param<'_>]) -> Result<CachedStatement<'c>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(error::of)?;
        let places = Places::of(sql).filter(|places| places.count() == params.len());
        let places = places.filter(|places| places.count() == statement.parameter_count());
        let places = places.ok_or_else(|| parameters(sql))?;
        for (at, param) in params.iter().enumerate() {
            statement.raw_bind_parameter(places.of_parameter(at), Bound(param)).map_err(error::of)?;
            self.bytes += param.len();
        }
        Ok(statement)
    }
}

fn parameters(sql: &str) -> Error {
    Error::server(ErrorId::SqlParameters, format!("The parameters do not fit the statement: {sql}"))
}

impl Tx for SqliteTx<'_> {
    fn query(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<Flow>,
    ) -> Result<()> {
        let mut statement = self.prepare(sql, params)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(error::of)? {
            if each(&Row(row))? == Flow::Stop {
                break;
            }
        }
        Ok(())
    }

    fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        let mut statement = self.prepare(sql, params)?;
        Ok(statement.raw_execute().map_err(error::of)? as u64)
    }

    fn makes_room(&mut self) {
        self.makes_room = true;
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).map_err(error::of)
    }

    fn after_commit(&mut self, work: Afterwards) {
        self.afterwards.push(work);
    }

    fn text_create(&mut self, index: &str, columns: &[&str]) -> Result<()> {
        // `detail=column` is what queries by column need; positions would double the size for nothing. Merging is
        // left to `text_tidy`: by itself FTS5 would merge hundreds of pages after deleting some documents.
        self.batch(&format!(
            "CREATE VIRTUAL TABLE {index} USING fts5({}, content='', contentless_delete=1, detail=column, \
               tokenize='ascii');
             INSERT INTO {index} ({index}, rank) VALUES ('automerge', 0);
             INSERT INTO {index} ({index}, rank) VALUES ('crisismerge', {SEGMENTS_MAX});",
            columns.join(", ")
        ))
    }

    fn text_tidy(&mut self, index: &str, kilobytes: u32) -> Result<bool> {
        let before = self.connection.total_changes();
        let pages = (kilobytes / FTS5_PAGE_KIB).max(1);
        self.execute(&format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', $1)"), &[pages.into()])?;
        // One change is the command itself. [FTS5 6.8]
        Ok(self.connection.total_changes() - before > 1)
    }

    fn text_index(&mut self, index: &str, document: i64, columns: &[(&str, &str)]) -> Result<()> {
        let (mut names, mut places) = (String::from("rowid"), String::from("$1"));
        for (at, (name, _)) in columns.iter().enumerate() {
            names.extend([", ", name]);
            places.push_str(&format!(", ${}", at + 2));
        }
        let sql = format!("INSERT INTO {index} ({names}) VALUES ({places})");
        let params: Vec<Param<'_>> = std::iter::once(document.into())
            .chain(columns.iter().map(|(_, text)| Param::Text(text)))
            .collect();
        self.execute(&sql, &params).map(drop)
    }

    fn text_forget(&mut self, index: &str, documents: RangeInclusive<i64>) -> Result<()> {
        let sql = format!("DELETE FROM {index} WHERE rowid >= $1 AND rowid <= $2");
        self.execute(&sql, &[(*documents.start()).into(), (*documents.end()).into()]).map(drop)
    }

    fn text_match(
        &mut self,
        index: &str,
        within: RangeInclusive<i64>,
        query: &TextQuery,
        each: &mut dyn FnMut(i64) -> Result<Flow>,
    ) -> Result<()> {
        let Some(text) = query.fts5() else { return Ok(()) };
        let sql = format!(
            "SELECT rowid FROM {index} WHERE {index} MATCH $3 AND rowid >= $1 AND rowid <= $2 ORDER BY rowid"
        );
        let params = [(*within.start()).into(), (*within.end()).into(), Param::Text(&text)];
        self.query(&sql, &params, &mut |row| each(row.int(0)?))
    }

    fn text_documents(
        &mut self,
        index: &str,
        within: RangeInclusive<i64>,
        each: &mut dyn FnMut(i64) -> Result<Flow>,
    ) -> Result<()> {
        let sql = format!("SELECT rowid FROM {index} WHERE rowid >= $1 AND rowid <= $2 ORDER BY rowid");
        let params = [(*within.start()).into(), (*within.end()).into()];
        self.query(&sql, &params, &mut |row| each(row.int(0)?))
    }

    fn check(&mut self) -> Result<Vec<String>> {
        // FTS5 keeps in the connection what it last read of an index and looks whether that is still so only when a cursor is
        // opened: without one the check would take what others have written since for damage.
        let tx = self as &mut dyn Tx;
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'";
        for index in tx.all(sql, &[], |row| row.get::<String>(0))? {
            tx.one(&format!("SELECT rowid FROM {index} LIMIT 1"), &[], |_| Ok(()))?;
        }
        let found = (self as &mut dyn Tx)
            .all("PRAGMA integrity_check(100)", &[], |row| Ok(row.text(0)?.to_owned()))?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }
}

/// Lends a parameter to SQLite without a copy on our side.
struct Bound<'a>(&'a Param<'a>);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self.0 {
            Param::Null => ValueRef::Null,
            Param::Int(value) => ValueRef::Integer(value),
            Param::Real(value) => ValueRef::Real(value),
            Param::Text(value) => ValueRef::Text(value.as_bytes()),
            Param::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

impl Cells for rusqlite::Row<'_> {
    fn cell(&self, column: usize) -> Result<Cell<'_>> {
        Ok(match self.get_ref(column).map_err(error::of)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(value) => Cell::Int(value),
            ValueRef::Real(value) => Cell::Real(value),
            ValueRef::Blob(value) => Cell::Bytes(value),
            ValueRef::Text(value) => Cell::Text(std::str::from_utf8(value).map_err(|_| {
                Error::server(ErrorId::DatabaseCorrupt, "A text in the database is not UTF-8.")
            })?),
        })
    }
}
