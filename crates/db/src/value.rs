//! What goes into a statement and what comes out of a row, the same for every engine.

use object::{Error, ErrorId, Result, Time};

/// A parameter of a statement: `$1` is the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Param<'a> {
    /// NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT: must not hold NUL.
    Text(&'a str),
    /// BYTEA.
    Bytes(&'a [u8]),
}

impl Param<'_> {
    /// About what it adds to the transaction, in bytes.
    pub fn len(&self) -> usize {
        match self {
            Param::Text(text) => text.len(),
            Param::Bytes(bytes) => bytes.len(),
            _ => 8,
        }
    }

    /// Whether it holds nothing at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

macro_rules! params {
    ($($from:ty => |$value:ident| $made:expr;)*) => {$(
        impl<'a> From<$from> for Param<'a> {
            fn from($value: $from) -> Param<'a> { $made }
        }
    )*};
}

params! {
    i64 => |value| Param::Int(value);
    i32 => |value| Param::Int(i64::from(value));
    u32 => |value| Param::Int(i64::from(value));
    bool => |value| Param::Int(i64::from(value));
    f64 => |value| Param::Real(value);
    Time => |value| Param::Int(value.0);
    &'a str => |value| Param::Text(value);
    &'a String => |value| Param::Text(value);
    &'a [u8] => |value| Param::Bytes(value);
    &'a Vec<u8> => |value| Param::Bytes(value);
}

impl<'a, const N: usize> From<&'a [u8; N]> for Param<'a> {
    fn from(value: &'a [u8; N]) -> Param<'a> {
        Param::Bytes(value)
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Param<'a> {
        value.map_or(Param::Null, Into::into)
    }
}

/// Whether a query goes on after this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Hand over the next row.
    More,
    /// That was enough.
    Stop,
}

/// One value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT.
    Text(&'a str),
    /// BYTEA.
    Bytes(&'a [u8]),
}

/// What an engine's own row must be able to do.
pub trait Cells {
    /// The value of the column counted from 0.
    fn cell(&self, column: usize) -> Result<Cell<'_>>;
}

/// A row of an answer; columns are counted from 0.
pub struct Row<'a>(pub(crate) &'a dyn Cells);

impl<'a> Row<'a> {
    /// The row of an engine.
    pub fn new(cells: &'a dyn Cells) -> Row<'a> {
        Row(cells)
    }
    /// The value as it is.
    pub fn cell(&self, column: usize) -> Result<Cell<'_>> {
        self.0.cell(column)
    }
    /// A BIGINT.
    pub fn int(&self, column: usize) -> Result<i64> {
        match self.0.cell(column)? {
            Cell::Int(value) => Ok(value),
            other => Err(unexpected(column, "a number", other)),
        }
    }
    /// A DOUBLE PRECISION.
    pub fn real(&self, column: usize) -> Result<f64> {
        match self.0.cell(column)? {
            Cell::Real(value) => Ok(value),
            other => Err(unexpected(column, "a real number", other)),
        }
    }
    /// A BIGINT that is 0 or 1.
    pub fn bool(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }
    /// A TEXT.
    pub fn text(&self, column: usize) -> Result<&str> {
        match self.0.cell(column)? {
            Cell::Text(value) => Ok(value),
            other => Err(unexpected(column, "text", other)),
        }
    }
    /// A BYTEA.
    pub fn bytes(&self, column: usize) -> Result<&[u8]> {
        match self.0.cell(column)? {
            Cell::Bytes(value) => Ok(value),
            other => Err(unexpected(column, "bytes", other)),
        }
    }
    /// An owned value of the type asked for; `Option` where NULL is allowed.
    pub fn get<T: FromCell>(&self, column: usize) -> Result<T> {
        let cell = self.0.cell(column)?;
        T::from_cell(cell).ok_or_else(|| unexpected(column, std::any::type_name::<T>(), cell))
    }
}

/// A type that a cell can become.
pub trait FromCell: Sized {
    /// The value, or nothing when the cell holds another kind.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

macro_rules! cells {
    ($($into:ty: $pattern:pat => $made:expr;)*) => {$(
        impl FromCell for $into {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell { $pattern => $made, _ => None }
            }
        }
    )*};
}

cells! {
    i64: Cell::Int(value) => Some(value);
    u64: Cell::Int(value) => u64::try_from(value).ok();
    u32: Cell::Int(value) => u32::try_from(value).ok();
    bool: Cell::Int(value) => Some(value != 0);
    f64: Cell::Real(value) => Some(value);
    Time: Cell::Int(value) => Some(Time(value));
    String: Cell::Text(value) => Some(value.to_owned());
    Vec<u8>: Cell::Bytes(value) => Some(value.to_vec());
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            other => T::from_cell(other).map(Some),
        }
    }
}

fn unexpected(column: usize, wanted: &str, found: Cell<'_>) -> Error {
    let kind = match found {
        Cell::Null => "NULL",
        Cell::Int(_) => "a number",
        Cell::Real(_) => "a real number",
        Cell::Text(_) => "text",
        Cell::Bytes(_) => "bytes",
    };
    Error::server(
        ErrorId::ColumnUnexpected,
        format!("Column {column} holds {kind} where {wanted} was expected."),
    )
}
