//! What the rows of each table look like, asked of a database that was just made.

use object::Result;

use crate::{Cell, Database};

use super::record::{self, Raw};

/// The shape of a table's rows.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) name: String,
    columns: Vec<Column>,
    /// The column that is the row's own number and is not kept with it.
    number: Option<usize>,
    /// Whether its rows are kept in the order of its key, as an index is.
    pub(super) clustered: bool,
}

#[derive(Debug)]
struct Column {
    name: String,
    holds: Holds,
    may_lack: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Int,
    Real,
    Text,
    Bytes,
}

/// A column as the engine tells it.
struct Declared {
    name: String,
    kind: String,
    never_null: bool,
    key: i64,
}

/// The tables of ours; full-text indexes are filled anew and not read.
pub(super) fn shapes(model: &Database) -> Result<Vec<Shape>> {
    model.read(|tx| {
        let tables = tx.all(
            "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'
               AND name <> 'schema_version'
             ORDER BY name",
            &[],
            |row| Ok((row.get::<String>(0)?, row.bool(1)?)),
        )?;
        let mut found = Vec::new();
        for (name, clustered) in tables {
            let sql = "SELECT name, type, \"notnull\", pk FROM pragma_table_info($1) ORDER BY cid";
            let columns = tx.all(sql, &[(&name).into()], |row| {
                Ok(Declared { name: row.get(0)?, kind: row.get(1)?, never_null: row.bool(2)?, key: row.int(3)? })
            })?;
            found.push(Shape::new(name, clustered, columns));
        }
        Ok(found)
    })
}

impl Shape {
    fn new(name: String, clustered: bool, declared: Vec<Declared>) -> Shape {
        // What is declared as INTEGER PRIMARY KEY is the row's number; BIGINT is not.
        let is_number = |one: &Declared| one.kind == "INTEGER" && one.key > 0 && !clustered;
        let number = declared.iter().position(is_number);
        let column = |one: Declared| Column {
            holds: match one.kind.as_str() {
                "TEXT" => Holds::Text,
                "BYTEA" | "BLOB" => Holds::Bytes,
                "DOUBLE PRECISION" => Holds::Real,
                _ => Holds::Int,
            },
            may_lack: !(one.never_null || clustered && one.key > 0),
            name: one.name,
        };
        Shape { name, columns: declared.into_iter().map(column).collect(), number, clustered }
    }

    /// The statement that puts such a row into a table that may have it already.
    pub(super) fn insert(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let places: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
        let (names, places) = (names.join(", "), places.join(", "));
        format!("INSERT INTO {} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING", self.name)
    }

    /// The values of a row, where it has the shape; columns that were added later may be missing at its end.
    pub(super) fn values<'a>(&self, raw: &'a Raw) -> Option<Vec<Cell<'a>>> {
        let mut values = record::values(&raw.bytes)?;
        if values.is_empty() || values.len() > self.columns.len() {
            return None;
        }
        values.resize(self.columns.len(), Cell::Null);
        if let Some(at) = self.number {
            if values[at] != Cell::Null {
                return None;
            }
            values[at] = Cell::Int(raw.rowid);
        }
        let fits = |(column, value): (&Column, &mut Cell<'a>)| column.takes(value);
        self.columns.iter().zip(&mut values).all(fits).then_some(values)
    }
}

impl Column {
    /// Whether the value may stand there. A real number without a fraction is kept as a whole one.
    fn takes(&self, value: &mut Cell<'_>) -> bool {
        match (self.holds, *value) {
            (_, Cell::Null) => self.may_lack,
            (Holds::Real, Cell::Int(whole)) => {
                *value = Cell::Real(whole as f64);
                true
            }
            (Holds::Int, Cell::Int(_))
            | (Holds::Real, Cell::Real(_))
            | (Holds::Text, Cell::Text(_))
            | (Holds::Bytes, Cell::Bytes(_)) => true,
            _ => false,
        }
    }
}
