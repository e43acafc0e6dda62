//! A damaged file makes way for a new one that holds what can be read of it; the damaged one is kept.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use object::{Error, ErrorId, Result};

pub use crate::aside::{beside, clear, put_in_place, undo_unfinished};
use crate::{Found, Holds, Remains, Step, Tx, Wreck};

/// What a room tells of its file, so that what is left of a damaged one can be saved.
pub struct Plan {
    /// The schema's name and its steps.
    pub schema: &'static str,
    /// Its steps.
    pub steps: &'static [Step],
    /// What the file mostly holds.
    pub holds: Holds,
    /// Whether a row that hangs in no tree is what it seems to be.
    pub belongs: fn(&Found<'_>) -> bool,
    /// Makes whole in itself what was copied; says what was lost, a sentence each. It may be run again.
    pub mend: fn(&mut dyn Tx) -> Result<Vec<String>>,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plan of {}", self.schema)
    }
}

/// What was saved of a damaged file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// What was lost, a sentence each.
    pub lost: Vec<String>,
    /// Where the damaged file is kept.
    pub kept: PathBuf,
}

/// Whether an error says that the file itself is damaged, and not that something stands in the way of reading it.
fn tells_damage(error: &Error) -> bool {
    [ErrorId::NotADatabase, ErrorId::DatabaseCorrupt, ErrorId::InputOutput].into_iter().any(|id| error.is(id))
}

/// Looks at a file that nobody has open: nothing where it is whole or was never made, else what is left in it.
///
/// # Errors
/// `NotADatabase` where nothing is left in it.
pub fn survey(file: &Path, plan: &Plan) -> Result<Option<Remains>> {
    undo_unfinished(file)?;
    match fs::metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::from(error).while_doing(&format!("reading {}", file.display()))),
        Ok(_) if is_whole(file, plan)? => return Ok(None),
        Ok(_) => {}
    }
    let model = crate::memory()?;
    model.migrate(plan.schema, plan.steps)?;
    Wreck::open(file, &model)?.rows(&plan.belongs, &mut |_| Ok(())).map(Some)
}

fn is_whole(file: &Path, plan: &Plan) -> Result<bool> {
    match crate::open(file, plan.holds).and_then(|db| db.read(|tx| tx.check())) {
        Ok(said) => Ok(said.is_empty()),
        Err(error) if tells_damage(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Copies what can be read of a damaged file that nobody has open into a new one, and puts that in its place. A file in
/// which nothing is left is put aside: an empty one stands in its place.
pub fn salvage(file: &Path, plan: &Plan) -> Result<Saved> {
    undo_unfinished(file)?;
    let new = beside(file, ".salvaged");
    clear(&new)?;
    let lost = copy(file, &new, plan).inspect_err(|_| drop(clear(&new)))?;
    Ok(Saved { lost, kept: put_in_place(file, &new)? })
}

fn copy(file: &Path, new: &Path, plan: &Plan) -> Result<Vec<String>> {
    let db = crate::open(new, plan.holds)?;
    db.migrate(plan.schema, plan.steps)?;
    let wreck = match Wreck::open(file, &db) {
        Ok(wreck) => wreck,
        Err(error) if error.is(ErrorId::NotADatabase) => {
            return Ok(vec!["Nothing was left in it.".to_owned()]);
        }
        Err(error) => return Err(error),
    };
    // Rows with which every new file begins would stand in the way of the ones that were changed since.
    let tables: Vec<String> = wreck.tables().map(str::to_owned).collect();
    db.write(move |tx| {
        tables.iter().try_for_each(|table| tx.execute(&format!("DELETE FROM {table}"), &[]).map(drop))
    })?;
    let mut lost = wreck.copy_into(&db, &plan.belongs, &|_| true)?.sentences();
    let mend = plan.mend;
    lost.extend(db.write(move |tx| mend(tx))?);
    Ok(lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Database;
    use crate::aside::kept_as;

    static PLAN: Plan = Plan {
        schema: "pets",
        steps: &[Step::Sql(
            "CREATE TABLE pet (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
             INSERT INTO pet (id, name) VALUES (1, 'nobody');",
        )],
        holds: Holds::Records,
        belongs: |_| true,
        mend: |tx| Ok(vec![format!("{} pets are left.", tx.number("SELECT count(*) FROM pet", &[])?)]),
    };

    fn open(file: &Path) -> Database {
        let db = crate::open(file, Holds::Records).unwrap();
        db.migrate(PLAN.schema, PLAN.steps).unwrap();
        db
    }

    fn name_of_first(file: &Path) -> String {
        open(file)
            .read(|tx| tx.one("SELECT name FROM pet WHERE id = 1", &[], |row| row.get(0)))
            .unwrap()
            .unwrap()
    }

    #[test]
    fn what_was_changed_wins_over_what_a_new_file_begins_with() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pets.db");
        assert_eq!(survey(&file, &PLAN).unwrap(), None, "what was never made lacks nothing");
        open(&file).write(|tx| tx.execute("UPDATE pet SET name = 'Rex' WHERE id = 1", &[])).unwrap();
        assert_eq!(survey(&file, &PLAN).unwrap(), None);
        let length = fs::metadata(&file).unwrap().len();
        fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(length + 5).unwrap();
        let saved = salvage(&file, &PLAN).unwrap();
        assert_eq!(saved.lost.last().map(String::as_str), Some("1 pets are left."));
        assert_eq!(name_of_first(&file), "Rex");
        assert!(saved.kept.exists());

        fs::write(&file, "nothing of a database").unwrap();
        assert!(survey(&file, &PLAN).unwrap_err().is(ErrorId::NotADatabase));
        let saved = salvage(&file, &PLAN).unwrap();
        assert_eq!((saved.lost.len(), saved.kept), (1, kept_as(&file, 2)));
        assert_eq!(name_of_first(&file), "nobody");
    }

    #[test]
    fn a_salvage_that_was_stopped_half_way_gives_the_log_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pets.db");
        let copy = folder.path().join("copy.db");
        {
            let db = open(&file);
            db.write(|tx| tx.execute("UPDATE pet SET name = 'Rex' WHERE id = 1", &[])).unwrap();
            // As a kill leaves them: the change stands in the log alone.
            fs::copy(&file, &copy).unwrap();
            fs::copy(beside(&file, "-wal"), beside(&copy, "-wal")).unwrap();
        }
        assert!(fs::metadata(beside(&copy, "-wal")).unwrap().len() > 0);
        let kept = kept_as(&copy, 1);
        fs::hard_link(&copy, &kept).unwrap();
        fs::rename(beside(&copy, "-wal"), beside(&kept, "-wal")).unwrap();
        assert_eq!(name_of_first(&copy), "Rex", "opening it is enough");
        assert!(!kept.exists() && !beside(&kept, "-wal").exists());
        // One that is kept for good is no half way.
        fs::copy(&copy, &kept).unwrap();
        assert_eq!(name_of_first(&copy), "Rex");
        assert!(kept.exists());
    }
}
