//! A change: everything one command does to the directory, in one transaction, kept with who did it.

use crate::record::{Id, Record, encode};
use crate::table::{self, Claim, Loaded};
use crate::{Class, Directory};
use db::{Flow, Tx};
use object::types::Guid;
use object::{Author, Error, ErrorId, Result, Time};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// An object before the change and after it; nothing where there is none.
struct Touched {
    before: Option<Record>,
    after: Option<Record>,
}

/// Changes the directory; what it did becomes true together, or not at all.
pub struct Change<'a> {
    directory: &'a Directory,
    tx: &'a mut dyn Tx,
    author: &'a Author,
    now: Time,
    number: i64,
    /// Objects with this number and above are made by this change.
    first: Id,
    next: Id,
    touched: BTreeMap<Id, Touched>,
}

impl<'a> Change<'a> {
    pub(crate) fn begin(
        directory: &'a Directory,
        tx: &'a mut dyn Tx,
        now: Time,
        author: &'a Author,
    ) -> Result<Change<'a>> {
        let state =
            tx.one("SELECT change_number, next_object FROM directory_state WHERE id = 1", &[], |row| {
                Ok((row.int(0)?, row.int(1)?))
            })?;
        let (number, next) = state.ok_or_else(|| {
            Error::server(ErrorId::DirectoryStateMissing, "The directory has lost its change number.")
        })?;
        Ok(Change {
            directory,
            tx,
            author,
            now,
            number: number + 1,
            first: next,
            next,
            touched: BTreeMap::new(),
        })
    }

    /// The directory as it stood when the change began, for look-ups of what this change does not touch.
    pub fn directory(&self) -> &Directory {
        self.directory
    }
    /// Who makes the change.
    pub fn author(&self) -> &Author {
        self.author
    }
    /// The moment of the change.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The object as this transaction sees it.
    pub fn read(&mut self, guid: Guid) -> Result<Record> {
        let id = self.id_of(guid)?;
        self.load(id)?.ok_or_else(|| gone(guid))
    }

    fn id_of(&mut self, guid: Guid) -> Result<Id> {
        table::id_of(self.tx, guid)?.ok_or_else(|| gone(guid))
    }

    fn load(&mut self, id: Id) -> Result<Option<Record>> {
        match self.touched.get(&id) {
            Some(touched) => Ok(touched.after.clone()),
            None if id >= self.first => Ok(None),
            None => table::load(self.tx, id),
        }
    }

    /// A new object, not yet saved. `parent` is the GUID of its container.
    pub fn create(&mut self, class: Class, name: &str, parent: Guid) -> Result<Record> {
        self.create_as(class, Guid::random(), name, Some(parent))
    }
    /// A new object with a GUID of its own choosing, at the root where it has no parent.
    pub(crate) fn create_as(
        &mut self,
        class: Class,
        guid: Guid,
        name: &str,
        parent: Option<Guid>,
    ) -> Result<Record> {
        let parent = match parent {
            Some(parent) => self.id_of(parent)?,
            None => 0,
        };
        let id = self.next;
        self.next += 1;
        Ok(Record::new(id, guid, class, name, parent, self.now))
    }

    /// Writes an object. Names, addresses and account names that another object has are refused.
    pub fn save(&mut self, mut record: Record) -> Result<()> {
        (record.changed, record.number) = (self.now, self.number);
        let before = self.load(record.id)?;
        table::save(self.tx, before.as_ref(), &record)?;
        match self.touched.get_mut(&record.id) {
            Some(touched) => touched.after = Some(record),
            None => drop(self.touched.insert(record.id, Touched { before, after: Some(record) })),
        }
        Ok(())
    }

    /// Deletes an object and takes it out of every list that names it. A container must be empty.
    pub fn delete(&mut self, guid: Guid) -> Result<()> {
        let record = self.read(guid)?;
        self.refuse_children(&record)?;
        for (id, attribute) in table::referring(self.tx, record.id)? {
            self.unlink(id, &attribute, guid)?;
        }
        let record = self.read(guid)?;
        table::delete(self.tx, &record, self.number, self.now)?;
        match self.touched.get_mut(&record.id) {
            Some(touched) => touched.after = None,
            None => drop(self.touched.insert(record.id, Touched { before: Some(record), after: None })),
        }
        Ok(())
    }

    fn refuse_children(&mut self, record: &Record) -> Result<()> {
        let sql = "SELECT count(*) FROM directory_object WHERE parent = $1 AND deleted = 0";
        if !record.class.is_container() || self.tx.number(sql, &[record.id.into()])? == 0 {
            return Ok(());
        }
        Err(Error::conflict(ErrorId::ContainerNotEmpty, format!("{} still holds objects.", record.name()))
            .help("Remove or move them first."))
    }

    /// Takes a reference out of the property of another object.
    fn unlink(&mut self, id: Id, attribute: &str, target: Guid) -> Result<()> {
        let Some(mut record) = self.load(id)? else { return Ok(()) };
        let Some(spec) = crate::record::spec_of(record.class, attribute) else { return Ok(()) };
        let kept = record.stored_values(spec).iter().filter(|value| encode(value) != target.to_string());
        let kept: Vec<object::Value> = kept.cloned().collect();
        record.put(spec, object::Value::array(kept).one_of(spec.many));
        self.save(record)
    }

    /// Moves an object to another container.
    pub fn move_to(&mut self, record: &mut Record, parent: Guid) -> Result<()> {
        record.parent = self.id_of(parent)?;
        Ok(())
    }

    /// Who has an address (`smtp:ann@contoso.com`, in lower case) already: the GUID and name of another object.
    pub(crate) fn owner(&mut self, claim: Claim, value: &str) -> Result<Option<(Id, String)>> {
        table::owner(self.tx, claim, value)
    }

    /// The objects that refer to `target` through the property `attribute`, as this transaction sees them.
    pub(crate) fn referring(&mut self, target: &Record, attribute: &str) -> Result<usize> {
        let found = table::referring(self.tx, target.id)?;
        Ok(found.iter().filter(|(_, through)| through == attribute).count())
    }

    /// The objects that refer to `target`, each with the property through which it does.
    pub(crate) fn referrers(&mut self, target: &Record) -> Result<Vec<(Record, String)>> {
        let mut found = Vec::new();
        for (id, attribute) in table::referring(self.tx, target.id)? {
            found.extend(self.load(id)?.map(|record| (record, attribute)));
        }
        Ok(found)
    }

    /// Writes the change's own record and hands what changed to the cache once it is durable.
    pub(crate) fn finish(self) -> Result<()> {
        if self.touched.is_empty() {
            return Ok(());
        }
        let sql = "UPDATE directory_state SET change_number = $1, next_object = $2 WHERE id = 1";
        self.tx.execute(sql, &[self.number.into(), self.next.into()])?;
        let (targets, changes) = described(&self.touched);
        let sql = "INSERT INTO directory_change (number, made, who, command, targets, changes)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let (by, command) = (printable(&self.author.who), printable(&command_line(self.author)));
        let params = [
            self.number.into(),
            self.now.into(),
            (&by).into(),
            (&command).into(),
            (&targets).into(),
            (&changes).into(),
        ];
        self.tx.execute(sql, &params)?;
        let changed = self.touched.into_iter().map(|(id, touched)| match touched.after {
            Some(record) => Loaded::Live(Box::new(record)),
            None => Loaded::Deleted(id),
        });
        let (changed, number, directory) = (changed.collect(), self.number, self.directory.clone());
        self.tx.after_commit(Box::new(move || directory.take_in(changed, number)));
        Ok(())
    }
}

trait OneOf {
    fn one_of(self, many: bool) -> object::Value;
}
impl OneOf for object::Value {
    /// The list itself, or for a property with one value that value or `$null`.
    fn one_of(self, many: bool) -> object::Value {
        if many { self } else { self.items().into_iter().next().unwrap_or_default() }
    }
}

fn gone(guid: Guid) -> Error {
    Error::not_found(ErrorId::ObjectGone, format!("The object {guid} is no longer in the directory."))
        .help("Someone removed it meanwhile; look it up again.")
}

/// The command as it could be typed.
fn command_line(author: &Author) -> String {
    let mut line = author.command.to_string();
    for (name, value) in author.parameters.iter() {
        line.push_str(&format!(" -{name} '{}'", value.replace('\'', "''")));
    }
    line
}

/// Text that every engine takes: without NUL.
fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The names of what was touched, and what changed in each, as JSON.
fn described(touched: &BTreeMap<Id, Touched>) -> (String, String) {
    let (mut names, mut changes) = (Vec::new(), Vec::new());
    for touched in touched.values() {
        let Some(record) = touched.after.as_ref().or(touched.before.as_ref()) else { continue };
        names.push(record.name().to_owned());
        let action = match (&touched.before, &touched.after) {
            (None, _) => "created",
            (_, None) => "deleted",
            _ => "changed",
        };
        changes.push(json!({
            "guid": record.guid().to_string(), "class": record.class().word(), "name": record.name(),
            "action": action, "set": difference(touched.before.as_ref(), touched.after.as_ref()),
        }));
    }
    (names.join("\n"), Json::Array(changes).to_string())
}

/// `{"Alias": [["ann"], ["anna"]]}`: the values before and after, of what differs.
fn difference(before: Option<&Record>, after: Option<&Record>) -> Json {
    let mut set = Map::new();
    let records = [before, after];
    let specs = records.into_iter().flatten().flat_map(|record| record.values.iter().map(|(spec, _)| *spec));
    for spec in specs.collect::<Vec<_>>() {
        // A deleted object keeps its secret in the change, so that undoing brings the account back whole.
        let hidden = table::is_secret(spec) && after.is_some();
        let texts = |record: Option<&Record>| -> Vec<String> {
            let values = record.map_or(&[][..], |record| record.stored_values(spec));
            values.iter().map(|value| if hidden { "•".to_owned() } else { encode(value) }).collect()
        };
        let raw = |record: Option<&Record>| -> Vec<String> {
            record.map_or(&[][..], |record| record.stored_values(spec)).iter().map(encode).collect()
        };
        if raw(before) != raw(after) {
            set.insert(spec.name.to_owned(), json!([texts(before), texts(after)]));
        }
    }
    let places = records.map(|record| record.map(|record| (record.name.clone(), record.parent)));
    if places[0] != places[1] {
        let shown = places.map(|place| place.map(|(name, parent)| json!([*name, parent])));
        set.insert("Name".to_owned(), json!(shown));
    }
    Json::Object(set)
}

/// A change that was made: one entry of the administrators' log.
#[derive(Clone, Debug)]
pub struct AdminChange {
    /// The directory change number.
    pub number: i64,
    /// When it was made.
    pub at: Time,
    /// Who made it.
    pub by: String,
    /// The command.
    pub command: String,
    /// The names of the objects it touched.
    pub targets: Vec<String>,
    /// What changed, as JSON: a list of `{guid, class, name, action, set}`.
    pub changes: String,
}

/// The most entries that one look into the log answers.
const CHANGES_MAX: i64 = 10_000;

/// The changes after `number`, oldest first, at most 10,000 at a time.
pub(crate) fn since(tx: &mut dyn Tx, number: i64) -> Result<Vec<AdminChange>> {
    let sql = "SELECT number, made, who, command, targets, changes FROM directory_change WHERE number > $1
               ORDER BY number LIMIT $2";
    let mut found = Vec::new();
    tx.query(sql, &[number.into(), CHANGES_MAX.into()], &mut |row| {
        found.push(AdminChange {
            number: row.int(0)?,
            at: Time(row.int(1)?),
            by: row.get(2)?,
            command: row.get(3)?,
            targets: row.text(4)?.split('\n').map(str::to_owned).collect(),
            changes: row.get(5)?,
        });
        Ok(Flow::More)
    })?;
    Ok(found)
}
