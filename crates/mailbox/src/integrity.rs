//! What contradicts itself in the house, and what is done about it: directory, databases (mounted or not), and the pairs.

use crate::Mailboxes;
use directory::schema::database;
use directory::{Class, ObjectChange, Record};
use object::{Author, Noun, Object, Property, Result};
use std::sync::Arc;
use store::{Finding, Salvaged, is_damage};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `directory`, `database NAME`, `mailboxes`, `queue`.
    pub place: String,
    /// One word that stays.
    pub id: String,
    /// What is wrong.
    pub sentence: String,
    /// Whether Repair-DataDirectory can mend it.
    pub mendable: bool,
}

impl Fault {
    /// The fault as the noun shows it.
    pub fn object(&self) -> Object {
        Object::of(&DATA_DIRECTORY_FAULT)
            .with("Place", self.place.as_str())
            .with("Fault", self.id.as_str())
            .with("Description", self.sentence.as_str())
            .with("IsMendable", self.mendable)
    }
}

static PLACE: Property<String> =
    Property::new("Place", "Where it is: directory, a database, mailboxes or queue.").read_only();
static FAULT: Property<String> = Property::new("Fault", "One word that stays.").read_only();
static DESCRIPTION: Property<String> = Property::new("Description", "What is wrong.").read_only();
static IS_MENDABLE: Property<bool> =
    Property::new("IsMendable", "Whether Repair-DataDirectory can mend it.").read_only();

/// Something that is not as it should be in the data directory.
pub static DATA_DIRECTORY_FAULT: Noun = Noun {
    name: "DataDirectory",
    type_name: "Mailstead.DataDirectoryFault",
    summary: "Something that is not as it should be in the data directory.",
    properties: &[&PLACE, &FAULT, &DESCRIPTION, &IS_MENDABLE],
    table: &[&PLACE, &FAULT, &DESCRIPTION],
};

/// What became of a database that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many faults it had before; nothing where it could not even be looked at.
    pub before: Option<usize>,
    /// What is left.
    pub left: Vec<Fault>,
    /// What was saved of a damaged file.
    pub salvaged: Option<Salvaged>,
}

/// What directory and store say of a mailbox together.
fn of_pair(one: crate::verify::Finding) -> Fault {
    Fault {
        place: "mailboxes".to_owned(),
        id: one.id.to_owned(),
        sentence: one.sentence,
        mendable: one.mendable,
    }
}

impl Mailboxes {
    /// The faults of the directory and of its file.
    pub fn check_directory(&self) -> Result<Vec<Fault>> {
        let fault = |one: directory::Finding| Fault {
            place: "directory".to_owned(),
            id: one.id.to_owned(),
            sentence: one.sentence,
            mendable: one.mendable,
        };
        let directory = &self.0.directory;
        with_file(DIRECTORY_FILE, directory.damage(), || {
            let rules = self.unreadable_rules().into_iter().map(of_pair);
            Ok(directory.verify()?.into_iter().map(fault).chain(rules).collect())
        })
    }

    /// The faults of a database, mounted or not, and of the pairs of its mailboxes and their owners.
    pub fn check_database(&self, record: &Record) -> Result<Vec<Fault>> {
        let guid = record.guid();
        let mounted = self.0.store.database(guid).ok().filter(store::Database::mounted);
        let Some(open) = mounted else {
            // A file that was never made lacks nothing.
            let made = record.is(&database::FILE_MADE);
            let found = if made { self.0.store.inspect(guid)? } else { Vec::new() };
            return Ok(of_database(record, found));
        };
        let mut faults = of_database(record, open.verify()?);
        match self.verify_database(record) {
            Ok(pairs) => faults.extend(pairs.into_iter().map(of_pair)),
            // The damage was said above.
            Err(error) if is_damage(&error) && !faults.is_empty() => {}
            Err(error) => return Err(error),
        }
        Ok(faults)
    }

    /// Makes anew what is derived in a database. Where its file is damaged, what can be read of it is copied into a new one
    /// and the damaged one is kept; sessions in it end. A database that was mounted, or is to be, is mounted afterwards.
    pub fn rebuild_database(&self, author: &Author, record: &Arc<Record>) -> Result<Rebuilt> {
        let guid = record.guid();
        let was = self.0.store.database(guid).is_ok_and(|open| open.mounted());
        let done = match if was { Ok(()) } else { self.open_file(guid) } {
            Ok(()) => self.0.store.database(guid)?.rebuild().map(|done| (done.before.len(), done.after)),
            Err(error) => Err(error),
        };
        let rebuilt = match done {
            Ok((before, left)) if !left.iter().any(is_corrupt) => {
                // What directory and store say differently is mended by mounting.
                self.open_file(guid)?;
                Rebuilt { before: Some(before), left: of_database(record, left), salvaged: None }
            }
            Ok((before, _)) => self.salvage_database(record, Some(before))?,
            Err(error) if is_damage(&error) => self.salvage_database(record, None)?,
            Err(error) => return Err(error),
        };
        if !was && !record.is(&database::MOUNT_AT_STARTUP) {
            self.0.store.dismount(guid)?;
        }
        let about = ObjectChange::stored(guid, Class::MailboxDatabase.word(), record.name(), Vec::new());
        self.0.directory.note_done(author, vec![about])?;
        Ok(rebuilt)
    }

    fn salvage_database(&self, record: &Record, before: Option<usize>) -> Result<Rebuilt> {
        let guid = record.guid();
        self.0.sessions.end_of_database(guid);
        if self.0.store.database(guid).is_ok_and(|open| open.mounted()) {
            self.0.store.dismount(guid)?;
        }
        let salvaged = self.0.store.salvage(guid)?;
        self.open_file(guid)?;
        let left = of_database(record, self.0.store.database(guid)?.verify()?);
        Ok(Rebuilt { before, left, salvaged: Some(salvaged) })
    }
}

/// A file that a running server cannot do without, so that nobody saves what is left in it while it runs.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// What it is in faults.
    pub place: &'static str,
    /// Its name in the data directory.
    pub name: &'static str,
}

/// The directory's.
const DIRECTORY_FILE: File = File { place: "directory", name: "directory.db" };

/// What is amiss with a file by the engine's word, and what `check` finds in it. What cannot be read for the damage that was
/// told is no fault of its own.
pub fn with_file(
    file: File,
    damage: Result<Vec<String>>,
    check: impl FnOnce() -> Result<Vec<Fault>>,
) -> Result<Vec<Fault>> {
    let mut faults: Vec<Fault> = match damage {
        Ok(sentences) => sentences.iter().map(|sentence| damaged(file, sentence)).collect(),
        Err(error) if is_damage(&error) => vec![damaged(file, error.message())],
        Err(error) => return Err(error),
    };
    match check() {
        Ok(found) => faults.extend(found),
        Err(error) if is_damage(&error) && faults.is_empty() => faults.push(damaged(file, error.message())),
        Err(error) if is_damage(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(faults)
}

fn damaged(File { place, name }: File, sentence: &str) -> Fault {
    let sentence = sentence.trim_end_matches('.');
    Fault {
        place: place.to_owned(),
        id: "FileDamaged".to_owned(),
        sentence: format!(
            "The file {name} is damaged: {sentence}. Stop the server, then run mailstead rebuild: it saves what is whole."
        ),
        mendable: false,
    }
}

fn is_corrupt(finding: &Finding) -> bool {
    finding.id == "DatabaseCorrupt"
}

fn of_database(record: &Record, found: Vec<Finding>) -> Vec<Fault> {
    let fault = |one: Finding| Fault {
        place: format!("database {}", record.name()),
        id: one.id.to_owned(),
        sentence: one.sentence,
        mendable: one.mendable,
    };
    found.into_iter().map(fault).collect()
}
