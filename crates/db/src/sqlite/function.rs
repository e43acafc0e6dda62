//! The functions that statements may use beside SQLite's own.

use object::Result;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;

use super::error;

/// Gives them to a connection.
pub(crate) fn offer(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("HOLDS", 2, flags, holds).map_err(error::of)
}

/// `HOLDS(octets, text)`: whether there is such a piece; nothing holds nothing.
fn holds(context: &Context<'_>) -> rusqlite::Result<bool> {
    let (ValueRef::Text(octets) | ValueRef::Blob(octets)) = context.get_raw(0) else { return Ok(false) };
    Ok(crate::piece::holds(octets, context.get_raw(1).as_str()?))
}
