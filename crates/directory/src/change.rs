//! A change: everything one command does to the directory, in one transaction, kept with who did it.

use crate::audit::{self, Action, Line, ObjectChange, PropertyChange};
use crate::cache::Cache;
use crate::record::{Id, Record, encode};
use crate::role::check_role;
use crate::schema::mailbox;
use crate::table::{self, Claim, Loaded};
use crate::{Class, Directory};
use db::Tx;
use object::types::Guid;
use object::{Author, Error, ErrorId, Result, Spec, Time};
use std::collections::{BTreeMap, BTreeSet};

/// An object before the change and after it; nothing where there is none.
struct Touched {
    before: Option<Record>,
    after: Option<Record>,
    /// How many were touched before it.
    order: usize,
}

impl Touched {
    /// The databases in which the object has a mailbox or an archive that it did not have there before.
    fn entered(&self) -> Vec<Guid> {
        let places = |record: &Record| {
            let main = record.reference(&mailbox::DATABASE);
            main.into_iter().chain(record.reference(&mailbox::ARCHIVE_DATABASE)).collect::<Vec<_>>()
        };
        let before = self.before.as_ref().map(places).unwrap_or_default();
        let mut after = self.after.as_ref().map(places).unwrap_or_default();
        after.retain(|database| !before.contains(database));
        after
    }
}

/// Changes the directory; what it did becomes true together, or not at all.
pub struct Change<'a> {
    /// The directory as this transaction sees it.
    directory: Directory,
    tx: &'a mut dyn Tx,
    author: &'a Author,
    now: Time,
    number: i64,
    /// Objects with this number and above are made by this change.
    first: Id,
    next: Id,
    touched: BTreeMap<Id, Touched>,
    /// What was read and not written yet, so that it is read once.
    known: BTreeMap<Id, Record>,
    /// Those of them that the author wrote, not those that followed because they named something that is gone.
    authored: BTreeSet<Id>,
    /// What other nodes changed, which readers here have not seen yet.
    others: Vec<Guid>,
    /// What is changed in stores along with it.
    besides: Vec<ObjectChange>,
}

impl<'a> Change<'a> {
    pub(crate) fn begin(
        directory: &Directory,
        tx: &'a mut dyn Tx,
        now: Time,
        author: &'a Author,
    ) -> Result<Change<'a>> {
        let state = table::state(tx)?;
        let (number, next) = (state.number + 1, state.next_object);
        let (directory, others) = directory.moment(tx, state)?;
        let (touched, known, authored) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let (first, besides) = (next, Vec::new());
        Ok(Change {
            directory,
            tx,
            author,
            now,
            number,
            first,
            next,
            touched,
            known,
            authored,
            others,
            besides,
        })
    }

    /// The directory as this transaction sees it, with all that this change did so far.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }
    /// Who makes the change.
    pub fn author(&self) -> &Author {
        self.author
    }
    /// The transaction.
    pub(crate) fn tx(&mut self) -> &mut dyn Tx {
        self.tx
    }
    /// The moment of the change.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Says in the entry of this change what is changed in stores along with it.
    pub fn also(&mut self, besides: impl IntoIterator<Item = ObjectChange>) {
        self.besides.extend(besides);
    }

    /// The object as this transaction sees it.
    pub fn read(&mut self, guid: Guid) -> Result<Record> {
        // The memory that a change has is that of its transaction, so the rows say nothing else.
        let seen = self.directory.cache().by_guid(guid).cloned();
        let Some(seen) = seen else {
            let id = self.id_of(guid)?;
            return self.load(id)?.ok_or_else(|| gone(guid));
        };
        self.known.entry(seen.id).or_insert_with(|| (*seen).clone());
        self.load(seen.id)?.ok_or_else(|| gone(guid))
    }

    fn id_of(&mut self, guid: Guid) -> Result<Id> {
        table::id_of(self.tx, guid)?.ok_or_else(|| gone(guid))
    }

    /// The object of that number as this transaction sees it; nothing where there is none.
    pub(crate) fn load(&mut self, id: Id) -> Result<Option<Record>> {
        match (self.touched.get(&id), self.known.get(&id)) {
            (Some(touched), _) => Ok(touched.after.clone()),
            (None, Some(known)) => Ok(Some(known.clone())),
            (None, None) if id >= self.first => Ok(None),
            (None, None) => {
                let found = table::load(self.tx, id)?;
                self.known.extend(found.clone().map(|record| (id, record)));
                Ok(found)
            }
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

    /// Writes an object. Names, addresses and account names that another object has are refused, and members that hold
    /// roles through the group where the author can't give them.
    pub fn save(&mut self, record: Record) -> Result<()> {
        self.check_members(&record)?;
        self.authored.insert(record.id);
        self.save_after(record)
    }

    /// Writes an object that only follows what the author did to another one.
    fn save_after(&mut self, mut record: Record) -> Result<()> {
        (record.changed, record.number) = (self.now, self.number);
        let before = self.load(record.id)?;
        table::save(self.tx, before.as_ref(), &record)?;
        self.directory.view_mut().apply(vec![Loaded::Live(Box::new(record.clone()))]);
        match self.touched.get_mut(&record.id) {
            Some(touched) => touched.after = Some(record),
            None => self.touch(record.id, before, Some(record)),
        }
        Ok(())
    }

    /// Brings an object back that was deleted, with the values of `record`.
    pub(crate) fn revive(&mut self, mut record: Record) -> Result<()> {
        self.check_members(&record)?;
        (record.changed, record.number) = (self.now, self.number);
        table::revive(self.tx, &record)?;
        self.authored.insert(record.id);
        self.directory.view_mut().apply(vec![Loaded::Live(Box::new(record.clone()))]);
        self.touch(record.id, None, Some(record));
        Ok(())
    }

    fn touch(&mut self, id: Id, before: Option<Record>, after: Option<Record>) {
        let order = self.touched.len();
        self.touched.insert(id, Touched { before, after, order });
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
        self.authored.insert(record.id);
        self.directory.view_mut().apply(vec![Loaded::Deleted(record.id)]);
        match self.touched.get_mut(&record.id) {
            Some(touched) => touched.after = None,
            None => self.touch(record.id, Some(record), None),
        }
        Ok(())
    }

    fn refuse_children(&mut self, record: &Record) -> Result<()> {
        if !record.class.is_container() || !table::has_children(self.tx, record.id)? {
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
        self.save_after(record)
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

    /// Refuses what somebody wrote of recipients and databases that no role of theirs reaches, and mailboxes that they put
    /// into databases which none reaches.
    fn check_scopes(&self) -> Result<()> {
        let Some(guard) = self.directory.guard().filter(|_| self.author.account.is_some()) else {
            return Ok(());
        };
        for touched in self.authored.iter().filter_map(|id| self.touched.get(id)) {
            let record = touched.before.as_ref().or(touched.after.as_ref());
            let record =
                record.filter(|one| one.class().is_recipient() || one.class() == Class::MailboxDatabase);
            if let Some(record) = record {
                guard(&self.directory, self.author, record)?;
            }
            for database in touched.entered().into_iter().filter_map(|guid| self.directory.get(guid)) {
                guard(&self.directory, self.author, &database)?;
            }
        }
        Ok(())
    }

    /// Writes the change's own entry of the record and hands what changed to the memory once it is durable. Tells whether
    /// there was anything to write.
    pub(crate) fn finish(mut self) -> Result<bool> {
        if self.touched.is_empty() {
            return Ok(false);
        }
        self.check_scopes()?;
        for touched in self.touched.values() {
            check_role(&self.directory, [touched.before.as_ref(), touched.after.as_ref()])?;
        }
        let stamp = self.directory.new_stamp();
        let sql = "UPDATE directory_state SET change_number = $1, next_object = $2, stamp = $3 WHERE id = 1";
        self.tx.execute(sql, &[self.number.into(), self.next.into(), stamp.into()])?;
        let mut changes = described(&self.directory.cache(), &self.touched);
        for one in std::mem::take(&mut self.besides) {
            changes.push((table::any_id_of(self.tx, one.object)?.unwrap_or(0), one));
        }
        let lines: Vec<Line<'_>> = changes.iter().map(|(id, change)| Line { id: *id, change }).collect();
        audit::write(self.tx, self.number, self.now, self.author, None, &lines)?;
        let view = self.directory.view_mut();
        (view.number, view.stamp) = (self.number, stamp);
        let (directory, view) = (self.directory.clone(), self.directory.go_ahead());
        let mut objects = self.others;
        objects.extend(changes.iter().map(|(_, change)| change.object));
        self.tx.after_commit(Box::new(move || directory.publish(view, objects)));
        Ok(true)
    }
}

impl Directory {
    /// Changes the directory: all of what `work` does, or nothing; answered when it is synced. `work` may be run again,
    /// so it has no side effects.
    pub fn change<T: Send + 'static>(
        &self,
        author: &Author,
        mut work: impl FnMut(&mut Change<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (directory, by) = (self.clone(), author.clone());
        let (answer, recorded) = self.db().write(move |tx| {
            let mut change = Change::begin(&directory, tx, directory.now(), &by)?;
            let answer = work(&mut change)?;
            Ok((answer, change.finish()?))
        })?;
        if recorded {
            author.set_recorded();
        }
        Ok(answer)
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

/// What became of each object, what the command was about first: what was made or deleted, then in the order in which
/// they were saved.
fn described(cache: &Cache, touched: &BTreeMap<Id, Touched>) -> Vec<(Id, ObjectChange)> {
    let mut all: Vec<(usize, Id, ObjectChange)> =
        touched.iter().map(|(id, one)| (one.order, *id, change_of(cache, touched, one))).collect();
    all.sort_by_key(|(order, _, change)| (change.action == Action::Changed, *order));
    all.into_iter().map(|(_, id, change)| (id, change)).collect()
}

/// What became of an object, with all that was touched.
fn change_of(cache: &Cache, all: &BTreeMap<Id, Touched>, touched: &Touched) -> ObjectChange {
    let sides = [touched.before.as_ref(), touched.after.as_ref()];
    let record = touched.after.as_ref().or(touched.before.as_ref());
    // The container may have gone with what stood in it.
    let container = |id: Id| {
        let gone = || all.get(&id).and_then(|touched| touched.before.as_ref()).map(Record::guid);
        cache.get(id).map(|container| container.guid()).or_else(gone)
    };
    let (properties, secrets) = difference(&container, sides);
    ObjectChange {
        object: record.map_or(Guid::EMPTY, Record::guid),
        class: record.map_or("", |record| record.class().word()).to_owned(),
        shown: record.map(|record| cache.identity(record).to_string()).unwrap_or_default(),
        action: match sides {
            [None, _] => Action::Created,
            [_, None] => Action::Deleted,
            _ => Action::Changed,
        },
        properties,
        secrets,
    }
}

/// Longer lists are recorded by what came and what went.
const WHOLE_LIST_MAX: usize = 100;

/// What of a list is not in another one.
fn without(list: &[String], other: &[String]) -> Vec<String> {
    let other: std::collections::HashSet<&String> = other.iter().collect();
    list.iter().filter(|text| !other.contains(text)).cloned().collect()
}

/// The values before and after, of what differs: properties, and apart from them secrets.
fn difference(
    container: &dyn Fn(Id) -> Option<Guid>,
    sides: [Option<&Record>; 2],
) -> (Vec<PropertyChange>, Vec<PropertyChange>) {
    let mut specs: Vec<&'static Spec> =
        sides.into_iter().flatten().flat_map(|record| record.values.iter().map(|(spec, _)| *spec)).collect();
    specs.sort_by_key(|spec| spec.name);
    specs.dedup_by(|a, b| std::ptr::eq(*a, *b));
    let texts = |record: Option<&Record>, spec: &Spec| -> Vec<String> {
        record.map_or(&[][..], |record| record.stored_values(spec)).iter().map(encode).collect()
    };
    let (mut properties, mut secrets) = (place(container, sides), Vec::new());
    for spec in specs {
        let held = sides.map(|record| record.map_or(&[][..], |record| record.stored_values(spec)));
        if held[0].len() == held[1].len() && held[0].iter().zip(held[1]).all(|(a, b)| table::equal(a, b)) {
            continue;
        }
        let [mut before, mut after] = sides.map(|record| texts(record, spec));
        if before.len().min(after.len()) > WHOLE_LIST_MAX {
            // Of a long list that changes a little, what differs is enough: undoing asks for no more.
            let differ = (without(&before, &after), without(&after, &before));
            // Another order alone is a change of the whole list.
            if !differ.0.is_empty() || !differ.1.is_empty() {
                (before, after) = differ;
            }
        }
        if before != after {
            let list = if table::is_secret(spec) { &mut secrets } else { &mut properties };
            list.push(PropertyChange { name: spec.name.to_owned(), before, after });
        }
    }
    (properties, secrets)
}

/// The name of an object and the GUID of its container, where they differ.
fn place(container: &dyn Fn(Id) -> Option<Guid>, sides: [Option<&Record>; 2]) -> Vec<PropertyChange> {
    let name = |record: &Record| record.name().to_owned();
    let parent =
        |record: &Record| container(record.parent).as_ref().map(ToString::to_string).unwrap_or_default();
    let one = |title: &str, text: &dyn Fn(&Record) -> String| {
        let [before, after] = sides.map(|record| record.map(text).into_iter().collect::<Vec<_>>());
        (before != after).then(|| PropertyChange { name: title.to_owned(), before, after })
    };
    [one("Name", &name), one("Parent", &parent)].into_iter().flatten().collect()
}
