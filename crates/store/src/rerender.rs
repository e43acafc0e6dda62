//! Renderings by an older parser are made anew behind everything else, in slices; until then they are served as they
//! are. How far that has come is kept in the database, so a restart goes on where it stopped.

use db::Tx;
use object::{ErrorId, Result};

use crate::body;
use crate::database::Database;
use crate::row::{info, set_info};

/// How many bodies one slice renders: some 10 ms.
const SLICE_BODIES: i64 = 25;
/// Which parser all renderings are by.
const BY: &str = "rendered_by";
/// Up to which body they are by the parser of now.
const UP_TO: &str = "rendered_up_to";

/// Whether there are renderings by another parser than ours. A new database has none.
pub(crate) fn outdated(tx: &mut dyn Tx) -> Result<bool> {
    match number(tx, BY)? {
        Some(version) => Ok(version != message::PARSER_VERSION),
        None => put(tx, BY, message::PARSER_VERSION).map(|()| false),
    }
}

impl Database {
    /// Renders a slice anew. False when all are by the parser of now.
    pub(crate) fn render_slice(&self) -> Result<bool> {
        let version = message::PARSER_VERSION;
        let (from, bodies) = self.read(|tx| {
            let from = number(tx, UP_TO)?.unwrap_or(0);
            let sql = "SELECT b.id, b.size FROM body b WHERE b.id > $1 ORDER BY b.id LIMIT $2";
            let bodies = tx
                .all(sql, &[from.into(), SLICE_BODIES.into()], |row| Ok((row.int(0)?, row.get::<u64>(1)?)))?;
            Ok((from, bodies))
        })?;
        let Some((last, _)) = bodies.last().copied() else {
            return self
                .write_quietly(move |tx| put(tx, UP_TO, 0).and_then(|()| put(tx, BY, version)))
                .map(|()| false);
        };
        self.render_bodies(&bodies)?;
        self.write_quietly(move |tx| match number(tx, UP_TO)?.unwrap_or(0) == from {
            true => put(tx, UP_TO, last),
            false => Ok(()),
        })?;
        Ok(true)
    }

    /// Renders these bodies anew, each in a transaction of its own.
    pub(crate) fn render_bodies(&self, bodies: &[(i64, u64)]) -> Result<()> {
        for &(id, size) in bodies {
            let raw = match self.read(|tx| body::read(tx, id, size, 0..u64::MAX)) {
                Ok(raw) => raw,
                // Verify tells of it; or the last item that had it is gone meanwhile.
                Err(error) if error.is(ErrorId::BodyDamaged) => continue,
                Err(error) => return Err(error),
            };
            let rendered = message::render(&raw);
            self.write_quietly(move |tx| {
                match tx.one("SELECT 1 FROM body WHERE id = $1", &[id.into()], |_| Ok(()))? {
                    Some(()) => {
                        tx.execute("DELETE FROM rendered WHERE body = $1", &[id.into()])?;
                        body::write_rendered(tx, id, &rendered)
                    }
                    None => Ok(()),
                }
            })?;
        }
        Ok(())
    }
}

fn number(tx: &mut dyn Tx, name: &str) -> Result<Option<i64>> {
    let value = info(tx, name)?;
    Ok(value.and_then(|bytes| bytes.try_into().ok()).map(i64::from_be_bytes))
}

fn put(tx: &mut dyn Tx, name: &str, value: i64) -> Result<()> {
    set_info(tx, name, &value.to_be_bytes())
}
