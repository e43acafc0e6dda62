//! What can be read of a damaged file, copied into a database that was just made.

use std::collections::BTreeMap;

use object::Result;

use crate::{Cell, Database, Param};

use super::{Found, Remains, Wreck};

/// So many rows are written in one transaction, or so many bytes.
const ROWS_AT_ONCE: usize = 2_000;
const BYTES_AT_ONCE: usize = 8 << 20;

/// A value that outlives the page it stood on.
enum Owned {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Owned {
    fn of(cell: &Cell<'_>) -> Owned {
        match *cell {
            Cell::Null => Owned::Null,
            Cell::Int(value) => Owned::Int(value),
            Cell::Real(value) => Owned::Real(value),
            Cell::Text(value) => Owned::Text(value.to_owned()),
            Cell::Bytes(value) => Owned::Bytes(value.to_vec()),
        }
    }
    fn param(&self) -> Param<'_> {
        match self {
            Owned::Null => Param::Null,
            Owned::Int(value) => Param::Int(*value),
            Owned::Real(value) => Param::Real(*value),
            Owned::Text(value) => Param::Text(value),
            Owned::Bytes(value) => Param::Bytes(value),
        }
    }
}

/// Rows that wait to be written, each with its statement.
#[derive(Default)]
struct Waiting {
    rows: Vec<(String, Vec<Owned>)>,
    bytes: usize,
}

impl Waiting {
    fn write(&mut self, into: &Database) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        into.write(move |tx| {
            for (sql, row) in &rows {
                let params: Vec<Param<'_>> = row.iter().map(Owned::param).collect();
                tx.execute(sql, &params)?;
            }
            Ok(())
        })
    }
}

impl Wreck {
    /// Copies the rows that can be read and are `wanted` into a database that has the same tables. Of two rows with the same
    /// key the one whose page hangs in its tree wins. `belongs` is as in [`Wreck::rows`].
    pub fn copy_into(
        &self,
        into: &Database,
        belongs: &dyn Fn(&Found<'_>) -> bool,
        wanted: &dyn Fn(&Found<'_>) -> bool,
    ) -> Result<Remains> {
        let statements: BTreeMap<&str, String> =
            self.shapes.iter().map(|shape| (shape.name.as_str(), shape.insert())).collect();
        let mut waiting = Waiting::default();
        let remains = self.rows(belongs, &mut |found| {
            let Some(sql) = statements.get(found.table).filter(|_| wanted(found)) else { return Ok(()) };
            let row: Vec<Owned> = found.values.iter().map(Owned::of).collect();
            waiting.bytes += row.iter().map(|value| value.param().len()).sum::<usize>();
            waiting.rows.push((sql.clone(), row));
            if waiting.rows.len() >= ROWS_AT_ONCE || waiting.bytes >= BYTES_AT_ONCE {
                waiting.write(into)?;
            }
            Ok(())
        })?;
        waiting.write(into)?;
        Ok(remains)
    }
}
