//! Salvage: what is left in a damaged file, copied into a new one that is whole in itself. The damaged file is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use db::salvage::{beside, clear, put_in_place, undo_unfinished};
use db::{Cell, Found, Holds, Remains, Tx, Wreck};
use object::types::Guid;
use object::{Error, ErrorId, Fault, Result, Time};

use super::{BODIES_SLICE, Finding, TOLD_MAX, places};
use crate::body::{self, Key};
use crate::database::Database;
use crate::folder::{FolderId, WellKnown};
use crate::ledger::{Ledger, Numbers};
use crate::lifecycle;
use crate::schema::{ITEM_BITS, STEPS};
use crate::store::Store;
use crate::tree::{New, lay};
use crate::{Description, State};

/// What is worked out from the rest, and worked out anew.
const NOT_COPIED: [&str; 2] = ["vocabulary", "trace_address"];

/// What was salvaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvaged {
    /// How many mailboxes, folders and messages the new file has.
    pub mailboxes: u64,
    /// Folders.
    pub folders: u64,
    /// Messages and other items, with their bodies.
    pub items: u64,
    /// What was lost, a sentence each.
    pub lost: Vec<String>,
    /// Where the damaged file is kept.
    pub kept: PathBuf,
}

/// Whether an error says that a file is damaged, and not that something else is in the way.
pub fn is_damage(error: &Error) -> bool {
    error.is(ErrorId::NotADatabase) || error.fault() == Fault::Server && !error.is(ErrorId::NoThread)
}

impl Store {
    /// Says what is left in the damaged file of a database that is not mounted: one finding for what is amiss, one for what
    /// is whole. Nothing is written, but that a salvage which was stopped is undone.
    pub fn survey(&self, guid: Guid) -> Result<Vec<Finding>> {
        // A salvage that is at work looks like one that was stopped.
        let turn = self.turn(guid);
        let _turn = turn.lock();
        let file = self.file_there(guid)?;
        undo_unfinished(&file)?;
        let model = db::memory()?;
        model.migrate("store", &STEPS)?;
        let mut survey = Survey::default();
        let wreck = Wreck::open(&file, &model)?;
        let remains = wreck.rows(&belongs, &mut |found| {
            survey.see(found);
            Ok(())
        })?;
        Ok(survey.findings(&remains, &file))
    }

    /// Checks a database that is not mounted. Where its file is damaged the findings say what is left in it.
    pub fn inspect(&self, guid: Guid) -> Result<Vec<Finding>> {
        let checked = self.lend(guid).and_then(|database| {
            let found = database.verify();
            database.dismount()?;
            found
        });
        let damaged = |found: &Vec<Finding>| found.iter().any(|one| one.id == "DatabaseCorrupt");
        match checked {
            Ok(found) if !damaged(&found) => Ok(found),
            Ok(found) => Ok(found.into_iter().chain(self.survey(guid)?).collect()),
            Err(error) if error.is(ErrorId::DatabaseFileMissing) => Ok(vec![nothing_left(&error)]),
            Err(error) if is_damage(&error) => match self.survey(guid) {
                Err(error) if error.is(ErrorId::NotADatabase) => Ok(vec![nothing_left(&error)]),
                other => other,
            },
            Err(error) => Err(error),
        }
    }

    /// Copies what can be read of the damaged file of a database that is not mounted into a new file, and puts that in its
    /// place. The damaged one is kept beside it.
    pub fn salvage(&self, guid: Guid) -> Result<Salvaged> {
        // Mail that came into the old file meanwhile would be gone with it.
        let turn = self.turn(guid);
        let _turn = turn.lock();
        let file = self.file_there(guid)?;
        undo_unfinished(&file)?;
        let new = beside(&file, ".salvaged");
        clear(&new)?;
        let salvaged = salvage_into(&file, &new, guid, self).inspect_err(|_| drop(clear(&new)))?;
        let kept = put_in_place(&file, &new)?;
        Ok(Salvaged { kept, ..salvaged })
    }

    fn file_there(&self, guid: Guid) -> Result<PathBuf> {
        let open = self.database(guid).is_ok_and(|database| database.mounted());
        match self.file(guid).filter(|file| file.exists() && !open) {
            Some(file) => Ok(file),
            None if open => Err(Error::conflict(ErrorId::DatabaseInUse, "The mailbox database is mounted.")),
            None => Err(Error::not_found(ErrorId::DatabaseFileMissing, "The mailbox database has no file.")),
        }
    }
}

/// A file in which nothing is left, or none at all.
fn nothing_left(error: &Error) -> Finding {
    let help = "Put it back out of a copy of the data directory, or begin an empty database in its place: \
                Mount-Database -Force.";
    let sentence = format!("{} {help}", error.message());
    Finding { id: "DatabaseFileMissing", sentence, mendable: false }
}

fn salvage_into(file: &Path, new: &Path, guid: Guid, store: &Store) -> Result<Salvaged> {
    let db = db::open(new, Holds::Bodies)?;
    db.migrate("store", &STEPS)?;
    let wreck = Wreck::open(file, &db)?;
    let remains = wreck.copy_into(&db, &belongs, &|found| !NOT_COPIED.contains(&found.table))?;
    let clues = Clues::read(&wreck);
    let mut lost = remains.sentences();
    let found = clues.clone();
    let (now, had_key) =
        (store.now(), db.read(|tx| crate::row::info(tx, "key"))?.is_some_and(|key| key.len() == 32));
    lost.extend(db.write(move |tx| {
        forget_damaged_info(tx, guid)?;
        let mut said = mailboxes(tx, &found, now)?;
        said.extend(folders(tx, &found, now)?);
        said.extend(logs(tx)?);
        tx.execute("UPDATE mailbox SET indexed = 0", &[])?;
        crate::trace_key::fill_all(tx)?;
        Ok(said)
    })?);
    let database = Database::new(guid, store.clock());
    let opened = db.clone();
    database.mount(&(Box::new(move |_| Ok(opened.clone())) as crate::Opener))?;
    lost.extend(damaged_bodies(&database, had_key)?);
    lost.extend(missing_items(&database, &clues)?);
    let left = database.rebuild()?.after;
    lost.extend(left.into_iter().map(|finding| finding.sentence));
    let count = |table: &str| db.read(|tx| tx.number(&format!("SELECT count(*) FROM {table}"), &[]));
    let (mailboxes, folders, items) =
        (count("mailbox")? as u64, count("folder")? as u64, count("item")? as u64);
    database.dismount()?;
    Ok(Salvaged { mailboxes, folders, items, lost, kept: PathBuf::new() })
}

/// Whether a row that hangs in no tree is what it seems to be. Rows of other tables may have the same shape.
fn belongs(found: &Found<'_>) -> bool {
    let guid = |cell: &Cell<'_>| matches!(cell, Cell::Bytes(bytes) if bytes.len() == 16);
    match (found.table, found.values) {
        ("info", [Cell::Text(name), Cell::Bytes(value)]) => {
            matches!((*name, value.len()), ("guid", 16) | ("key", 32))
        }
        ("counter", [Cell::Text(name), _]) => matches!(*name, "mailbox" | "folder" | "body"),
        ("chunk", [Cell::Int(id), Cell::Bytes(data)]) => *id > 0 && body::is_surely_chunk(data),
        ("body", [Cell::Int(id), _, Cell::Bytes(hash), Cell::Int(size), Cell::Int(refs)]) => {
            *id > 0 && hash.len() == 32 && *size >= 0 && *refs > 0
        }
        ("item", [Cell::Int(folder), Cell::Int(uid), ..]) => *folder > 0 && *uid > 0,
        ("mailbox", [_, owner, ..]) => guid(owner),
        ("folder", values) => values.get(9).is_some_and(guid),
        ("folder_gone", values) => values.get(3).is_some_and(guid),
        ("mailbox_gone", [gone, _]) => guid(gone),
        ("rendered", _) => true,
        _ => false,
    }
}

/// What is counted of a file that is only looked at.
#[derive(Default)]
struct Survey {
    mailboxes: BTreeSet<i64>,
    folders: BTreeSet<i64>,
    items: Vec<i64>,
    /// The pieces that a body should have.
    bodies: BTreeMap<i64, u64>,
    /// Those that are whole.
    chunks: BTreeMap<i64, u64>,
}

impl Survey {
    fn see(&mut self, found: &Found<'_>) {
        match (found.table, found.values) {
            ("mailbox", [Cell::Int(id), ..]) => drop(self.mailboxes.insert(*id)),
            ("folder", [Cell::Int(id), ..]) => drop(self.folders.insert(*id)),
            ("item", values) => self.items.extend(values.get(9).and_then(number)),
            ("body", [Cell::Int(id), _, _, Cell::Int(size), _]) => {
                self.bodies.insert(*id, body::chunks_of(u64::try_from(*size).unwrap_or(0)));
            }
            ("chunk", [Cell::Int(id), Cell::Bytes(data)]) if body::is_whole(data) => {
                *self.chunks.entry(body::of_chunk(*id)).or_default() += 1;
            }
            _ => {}
        }
    }

    fn findings(&self, remains: &Remains, file: &Path) -> Vec<Finding> {
        let whole = |body: &&i64| {
            self.bodies.get(body).is_some_and(|count| self.chunks.get(body).unwrap_or(&0) >= count)
        };
        let kept = self.items.iter().filter(whole).count();
        let said = remains.sentences();
        let said = if said.is_empty() { "Its pages can be read.".to_owned() } else { said.join(" ") };
        let finding = |id, sentence| Finding { id, sentence, mendable: true };
        let (items, file) = (self.items.len(), file.display());
        vec![
            finding("DatabaseDamaged", format!("The file {file} is damaged. {said}")),
            finding(
                "DatabaseRemains",
                format!(
                    "Whole in it: {} mailboxes, {} folders and {kept} messages; {} messages have lost their bodies.",
                    self.mailboxes.len(),
                    self.folders.len(),
                    items - kept
                ),
            ),
        ]
    }
}

fn number(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Int(value) => Some(*value),
        _ => None,
    }
}

/// What indexes still tell of rows that are lost.
#[derive(Clone, Default)]
struct Clues {
    /// The GUIDs of mailboxes, by number.
    mailboxes: BTreeMap<i64, Guid>,
    /// Mailbox, parent and folded name of folders, by number.
    names: BTreeMap<i64, (i64, i64, String)>,
    /// The kinds of folders, by number.
    kinds: BTreeMap<i64, i64>,
    /// Folder and UID of items, by number.
    items: BTreeMap<i64, (i64, i64)>,
}

impl Clues {
    fn read(wreck: &Wreck) -> Clues {
        let mut clues = Clues::default();
        wreck.index("mailbox_guid", &mut |values| {
            if let [Cell::Bytes(guid), Cell::Int(id)] = values
                && let Some(guid) = Guid::of_bytes(guid)
            {
                clues.mailboxes.insert(*id, guid);
            }
        });
        wreck.index("folder_name", &mut |values| {
            if let [Cell::Int(mailbox), Cell::Int(parent), Cell::Text(name), Cell::Int(id)] = values {
                clues.names.insert(*id, (*mailbox, *parent, (*name).to_owned()));
            }
        });
        wreck.index("folder_kind", &mut |values| {
            if let [_, Cell::Int(kind), Cell::Int(id)] = values {
                clues.kinds.insert(*id, *kind);
            }
        });
        wreck.index("item_id", &mut |values| {
            if let [Cell::Int(id), Cell::Int(folder), Cell::Int(uid)] = values {
                clues.items.insert(*id, (*folder, *uid));
            }
        });
        clues
    }
}

/// A GUID or key that is not one would keep the new file from being mounted.
fn forget_damaged_info(tx: &mut dyn Tx, guid: Guid) -> Result<()> {
    let known = guid.to_bytes();
    tx.execute("DELETE FROM info WHERE name = 'guid' AND value <> $1", &[(&known).into()])?;
    tx.execute("DELETE FROM info WHERE name = 'key' AND length(value) <> 32", &[]).map(drop)
}

/// A log whose mailbox forgot how far it goes begins anew behind its last line: no number is given twice.
fn logs(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let sql = "SELECT m.id, max(a.number) + 1 FROM mailbox m JOIN mailbox_audit a ON a.mailbox = m.id
               GROUP BY m.id, m.audit_next HAVING max(a.number) >= m.audit_next ORDER BY m.id";
    let short = tx.all(sql, &[], |row| Ok((row.int(0)?, row.int(1)?)))?;
    let sql = "UPDATE mailbox SET audit_next = $2, audit_first = $2, audit_base = NULL, audit_chain = NULL WHERE id = $1";
    short
        .into_iter()
        .map(|(id, next)| {
            tx.execute(sql, &[id.into(), next.into()])?;
            Ok(format!("The log of mailbox {id} hangs together anew from line {next} on."))
        })
        .collect()
}

/// Mailboxes whose row is lost and of which something is left. They are disconnected: whoever owns one in the directory is
/// connected to it again when the database is mounted.
fn mailboxes(tx: &mut dyn Tx, clues: &Clues, now: Time) -> Result<Vec<String>> {
    let sql = "SELECT mailbox FROM folder UNION SELECT id >> 40 FROM item";
    let mut named: BTreeSet<i64> = tx.all(sql, &[], |row| row.int(0))?.into_iter().collect();
    named.extend(clues.mailboxes.keys());
    let mut said = Vec::new();
    for id in named.into_iter().filter(|id| *id > 0) {
        if Numbers::by_id(tx, id)?.is_some() {
            continue;
        }
        let guid = clues.mailboxes.get(&id).copied().unwrap_or_else(Guid::random);
        let display_name = format!("Salvaged mailbox {id}");
        said.push(format!(
            "What is known of the mailbox {guid} was lost; it is \"{display_name}\" until it is connected."
        ));
        let description = Description { display_name, ..Description::default() };
        lifecycle::insert(tx, id, guid, &description, now)?;
        let sql = "UPDATE mailbox SET state = $2, disconnected = $3 WHERE id = $1";
        tx.execute(sql, &[id.into(), (State::Disabled as i64).into(), now.into()])?;
    }
    Ok(said)
}

/// Folders whose row is lost and of which something is left, under the name that an index still knows.
fn folders(tx: &mut dyn Tx, clues: &Clues, now: Time) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT folder, id >> 40 FROM item WHERE folder NOT IN (SELECT id FROM folder)";
    let mut lost: BTreeMap<i64, i64> =
        tx.all(sql, &[], |row| Ok((row.int(0)?, row.int(1)?)))?.into_iter().collect();
    lost.extend(clues.names.iter().map(|(id, (mailbox, ..))| (*id, *mailbox)));
    let mut said = Vec::new();
    for (id, mailbox) in lost {
        let there = tx.number("SELECT count(*) FROM folder WHERE id = $1", &[id.into()])? > 0;
        let Some(numbers) = Numbers::by_id(tx, mailbox)?.filter(|_| !there) else { continue };
        let known = clues.kinds.get(&id).and_then(|kind| WellKnown::of_number(*kind));
        let (parent, name) = match clues.names.get(&id) {
            Some((_, parent, name)) => (*parent, known.map_or(name.clone(), |kind| kind.name().to_owned())),
            None => (0, format!("Salvaged ({id})")),
        };
        if taken(tx, mailbox, parent, &name, known)? {
            continue;
        }
        said.push(format!("What is known of the folder '{name}' was lost; clients read it anew."));
        let class = known.map_or("IPF.Note", WellKnown::class);
        let hidden = known.is_some_and(WellKnown::hidden);
        let mut ledger = Ledger::open(numbers);
        lay(tx, &mut ledger, FolderId(id), &New { parent, name: &name, kind: known, class, hidden, now })?;
        ledger.close(tx)?;
    }
    Ok(said)
}

/// Whether the mailbox has such a folder by now; then its items come into the inbox.
fn taken(tx: &mut dyn Tx, mailbox: i64, parent: i64, name: &str, kind: Option<WellKnown>) -> Result<bool> {
    let sql = "SELECT count(*) FROM folder WHERE mailbox = $1 AND (parent = $2 AND name_key = $3 OR kind > 0 AND kind = $4)";
    let (key, kind) = (crate::folder::key(name), kind.map_or(0, |kind| kind as i64));
    Ok(tx.number(sql, &[mailbox.into(), parent.into(), (&key).into(), kind.into()])? > 0)
}

/// Takes out the items whose bodies cannot be read, or not as they were written. Where the key of the hashes is lost, what
/// the pieces' own checksums say is believed and the bodies are hashed with the new key.
fn damaged_bodies(database: &Database, had_key: bool) -> Result<Vec<String>> {
    let (key, mut from, mut lost) = (database.key()?, 0, Lost::default());
    loop {
        let sql = "SELECT id, size, hash FROM body WHERE id > $1 ORDER BY id LIMIT $2";
        let slice = database.read(|tx| {
            let bodies = tx.all(sql, &[from.into(), BODIES_SLICE.into()], |row| {
                Ok((row.int(0)?, row.get::<u64>(1)?, row.get::<Vec<u8>>(2)?))
            })?;
            Ok(bodies.into_iter().map(|body| (body.0, judged(tx, &key, &body, had_key))).collect::<Vec<_>>())
        })?;
        let Some((last, _)) = slice.last() else { break };
        from = *last;
        lost.add(database.write(move |tx| {
            let mut said = Vec::new();
            for (id, judged) in &slice {
                match judged {
                    Judged::Whole => {}
                    Judged::Rehashed(hash) => body::set_hash(tx, *id, hash)?,
                    Judged::Damaged => said.extend(without_items(tx, *id)?),
                }
            }
            Ok(said)
        })?);
    }
    let sql = "SELECT DISTINCT i.body, i.size FROM item i LEFT JOIN body b ON b.id = i.body
               WHERE b.id IS NULL OR b.size <> i.size ORDER BY i.body";
    let gone = database.read(|tx| tx.all(sql, &[], |row| Ok((row.int(0)?, row.get::<u64>(1)?))))?;
    for slice in gone.chunks(BODIES_SLICE as usize) {
        let slice = slice.to_vec();
        lost.add(database.write(move |tx| {
            let mut said = Vec::new();
            for (body, size) in &slice {
                if !body::come_back(tx, &key, *body, *size)? {
                    said.extend(without_items(tx, *body)?);
                }
            }
            Ok(said)
        })?);
    }
    Ok(lost.sentences("A message has lost its body"))
}

enum Judged {
    Whole,
    Rehashed([u8; 32]),
    Damaged,
}

fn judged(tx: &mut dyn Tx, key: &Key, (id, size, hash): &(i64, u64, Vec<u8>), had_key: bool) -> Judged {
    match body::read(tx, *id, *size, 0..u64::MAX) {
        Ok(bytes) if !had_key => Judged::Rehashed(key.hash(&bytes)),
        Ok(bytes) if key.hash(&bytes)[..] == hash[..] => Judged::Whole,
        _ => Judged::Damaged,
    }
}

/// Takes out the items that have a body; answers where they lay.
fn without_items(tx: &mut dyn Tx, body: i64) -> Result<Vec<String>> {
    let found = tx.all("SELECT folder, uid FROM item WHERE body = $1", &[body.into()], |row| {
        Ok((row.int(0)?, row.int(1)?))
    })?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let said = places(tx, body)?;
    for (folder, uid) in found {
        tx.execute("DELETE FROM item WHERE folder = $1 AND uid = $2", &[folder.into(), uid.into()])?;
        bury(tx, folder, uid)?;
    }
    Ok(vec![said])
}

/// Clients hear that an item is gone.
fn bury(tx: &mut dyn Tx, folder: i64, uid: i64) -> Result<()> {
    let sql = "UPDATE mailbox SET change = change + 1 WHERE id = (SELECT mailbox FROM folder WHERE id = $1) RETURNING change";
    let Some(change) = tx.one(sql, &[folder.into()], |row| row.int(0))? else { return Ok(()) };
    tx.execute("UPDATE folder SET change = $2 WHERE id = $1", &[folder.into(), change.into()])?;
    let sql =
        "INSERT INTO vanished (folder, change, low, high) VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, &[folder.into(), change.into(), uid.into()]).map(drop)
}

/// Items of which only the index knows: what they were is lost.
fn missing_items(database: &Database, clues: &Clues) -> Result<Vec<String>> {
    let clues: Vec<(i64, i64, i64)> =
        clues.items.iter().map(|(id, (folder, uid))| (*id, *folder, *uid)).collect();
    let mut lost = Lost::default();
    for slice in clues.chunks(BODIES_SLICE as usize) {
        let slice = slice.to_vec();
        lost.add(database.write(move |tx| {
            let mut said = Vec::new();
            for (id, folder, uid) in &slice {
                let sql = "SELECT m.guid, f.name FROM folder f JOIN mailbox m ON m.id = f.mailbox
                           WHERE f.id = $2 AND m.id = $3 AND NOT EXISTS (SELECT 1 FROM item i WHERE i.id = $1)
                             AND NOT EXISTS (SELECT 1 FROM vanished v WHERE v.folder = f.id AND v.low <= $4 AND v.high >= $4)";
                let mailbox = id >> ITEM_BITS;
                let place = tx.one(sql, &[(*id).into(), (*folder).into(), mailbox.into(), (*uid).into()], |row| {
                    Ok((crate::row::guid(row, 0)?, row.get::<String>(1)?))
                })?;
                if let Some((mailbox, name)) = place {
                    said.push(format!("mailbox {mailbox}, folder '{name}', UID {uid}"));
                    bury(tx, *folder, *uid)?;
                }
            }
            Ok(said)
        })?);
    }
    Ok(lost.sentences("A message was lost"))
}

/// Places of what was lost, told one by one up to a limit.
#[derive(Default)]
struct Lost {
    places: Vec<String>,
    more: usize,
}

impl Lost {
    fn add(&mut self, places: Vec<String>) {
        let room = TOLD_MAX - self.places.len();
        self.more += places.len().saturating_sub(room);
        self.places.extend(places.into_iter().take(room));
    }
    fn sentences(self, what: &str) -> Vec<String> {
        let more = (self.more > 0).then(|| format!("{what}, {} more times.", self.more));
        self.places.into_iter().map(|place| format!("{what}: {place}.")).chain(more).collect()
    }
}
