//! Numbered migrations: a schema has a name and a list of steps, and the database remembers how far it is.
//!
//! A step that was released is never changed; a new one is added below it.

use object::{Error, ErrorId, Result};

use crate::{Database, Tx};

/// One step of a schema.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Statements, separated by semicolons.
    Sql(&'static str),
    /// A full-text index with these columns.
    TextIndex(&'static str, &'static [&'static str]),
    /// What takes long, in a transaction for each slice. It is told where the slice before ended (`i64::MIN` at the beginning)
    /// and answers where this one did; nothing where none is left. After a crash it begins anew, so it must do no harm twice.
    Slices(fn(&mut dyn Tx, i64) -> Result<Option<i64>>),
}

pub(crate) fn migrate(db: &Database, schema: &'static str, steps: &'static [Step]) -> Result<()> {
    let known = steps.len() as i64;
    let found = db.read(|tx| version(tx, schema))?;
    if found > known {
        return Err(newer(schema, found, known));
    }
    for at in found..known {
        step(db, &steps[at as usize], schema, at + 1)
            .map_err(|error| error.while_doing(&format!("bringing schema {schema} to version {}", at + 1)))?;
    }
    Ok(())
}

fn step(db: &Database, step: &'static Step, schema: &'static str, version: i64) -> Result<()> {
    if let Step::Slices(slice) = step {
        let mut behind = i64::MIN;
        while let Some(last) = db.write(move |tx| slice(tx, behind))? {
            behind = last;
        }
    }
    db.write(move |tx| {
        apply(tx, step)?;
        record(tx, schema, version)
    })
}

/// The table is made when a database is made, so it can always be asked.
fn version(tx: &mut dyn Tx, schema: &str) -> Result<i64> {
    let found =
        tx.one("SELECT version FROM schema_version WHERE schema = $1", &[schema.into()], |r| r.int(0))?;
    Ok(found.unwrap_or(0))
}

fn apply(tx: &mut dyn Tx, step: &Step) -> Result<()> {
    match step {
        Step::Sql(sql) => tx.batch(sql),
        Step::TextIndex(name, columns) => tx.text_create(name, columns),
        // Done already.
        Step::Slices(_) => Ok(()),
    }
}

fn record(tx: &mut dyn Tx, schema: &str, version: i64) -> Result<()> {
    let sql = "INSERT INTO schema_version (schema, version) VALUES ($1, $2)
               ON CONFLICT (schema) DO UPDATE SET version = excluded.version";
    tx.execute(sql, &[schema.into(), version.into()]).map(drop)
}

fn newer(schema: &str, found: i64, known: i64) -> Error {
    let message =
        format!("The schema '{schema}' has version {found}, and this program knows versions up to {known}.");
    Error::conflict(ErrorId::SchemaNewer, message)
        .help("Start the newer mailstead that wrote it, or put back a copy of the data directory made by this version.")
}

#[cfg(test)]
mod tests {
    use super::*;

    static ONE: [Step; 1] = [Step::Sql("CREATE TABLE a (id BIGINT PRIMARY KEY); CREATE TABLE b (id BIGINT)")];
    static TWO: [Step; 2] = [ONE[0], Step::Sql("INSERT INTO a (id) VALUES (7)")];
    static BROKEN: [Step; 3] =
        [TWO[0], TWO[1], Step::Sql("INSERT INTO b (id) VALUES (1); INSERT INTO nowhere VALUES (1)")];

    #[test]
    fn each_step_runs_once_and_a_newer_schema_is_refused() {
        let db = crate::memory().unwrap();
        db.migrate("test", &ONE).unwrap();
        db.migrate("test", &TWO).unwrap();
        db.migrate("test", &TWO).unwrap();
        assert_eq!(db.read(|tx| tx.number("SELECT count(*) FROM a", &[])).unwrap(), 1);
        let error = db.migrate("test", &ONE).unwrap_err();
        assert_eq!(error.id(), "SchemaNewer");
        assert!(error.help_line().is_some());
        db.migrate("another", &[]).unwrap();
    }

    #[test]
    fn what_takes_long_is_done_in_slices_and_once_more_where_it_was_broken_off() {
        fn slice(tx: &mut dyn Tx, behind: i64) -> Result<Option<i64>> {
            let next = tx.one("SELECT min(id) FROM a WHERE id > $1", &[behind.into()], |row| row.get(0))?;
            let Some(next): Option<i64> = next.flatten() else { return Ok(None) };
            let times = tx.number("SELECT count(*) FROM b WHERE id = 0", &[])?;
            if next == 2 && times == 0 {
                return Err(Error::server(ErrorId::InputOutput, "the power is cut"));
            }
            tx.execute("INSERT INTO c (id) VALUES ($1) ON CONFLICT DO NOTHING", &[next.into()])?;
            Ok(Some(next))
        }
        static SLICED: [Step; 3] = [
            ONE[0],
            Step::Sql("INSERT INTO a (id) VALUES (1), (2), (3); CREATE TABLE c (id BIGINT PRIMARY KEY)"),
            Step::Slices(slice),
        ];
        let db = crate::memory().unwrap();
        assert!(db.migrate("test", &SLICED).unwrap_err().message().contains("version 3"));
        let done = |db: &Database| db.read(|tx| tx.number("SELECT count(*) FROM c", &[])).unwrap();
        assert_eq!(done(&db), 1, "the first slice stands");
        db.write(|tx| tx.execute("INSERT INTO b (id) VALUES (0)", &[]).map(drop)).unwrap();
        db.migrate("test", &SLICED).unwrap();
        assert_eq!((done(&db), db.read(|tx| version(tx, "test")).unwrap()), (3, 3));
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind() {
        let db = crate::memory().unwrap();
        let error = db.migrate("test", &BROKEN).unwrap_err();
        assert!(error.message().contains("version 3"), "{error}");
        assert_eq!(db.read(|tx| tx.number("SELECT count(*) FROM b", &[])).unwrap(), 0);
        assert_eq!(db.read(|tx| version(tx, "test")).unwrap(), 2);
    }
}
