//! Undoing a change: what an entry of the record did is put back, where nothing later was built on it.
//!
//! What counts is the state: each property must still be as the entry left it, or, in a list, the elements that it added
//! must still be there and those that it took away still be gone. So what was changed and changed back is in nobody's way,
//! and undoing is itself an entry that can be undone.

use crate::audit::{
    Action, AdminChange, ENTRY_COLUMNS, ObjectChange, PropertyChange, entry, objects, read_properties,
};
use crate::cache::CONTAINER_DEPTH_MAX;
use crate::public_folder::is_top_of_public_folders;
use crate::record::{Id, Record, decode, encode, spec_of};
use crate::role::{built_in_role, named_roles};
use crate::schema::{mailbox, user};
use crate::user_account::UserAccountFlags;
use crate::{Change, Class, Directory, table};
use db::{Flow, Tx};
use object::types::{Guid, ObjectId, PropertyType};
use object::{Declared, Error, ErrorId, Result, Spec, Value};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What undoing an entry does.
#[derive(Clone, Debug, Default)]
pub struct Undo {
    /// What is put back, a phrase an object: `contoso.com/Users/Ann (Alias, Database)`.
    pub puts_back: Vec<String>,
    /// What cannot come back, and why, a sentence each.
    pub left: Vec<String>,
    /// Mailboxes that are taken from their users: the store's part is the caller's.
    pub parted: Vec<Parted>,
    /// Mailboxes that are given back to their users.
    pub joined: Vec<Joined>,
}

/// A mailbox that an undo takes from its user.
#[derive(Clone, Debug)]
pub struct Parted {
    /// The mailbox and the database that holds it.
    pub place: Place,
    /// The user as it was.
    pub user: Record,
    /// What the directory knew of it, for the store to keep; empty in a mere plan.
    pub tombstone: Vec<u8>,
}

/// A mailbox that an undo gives back to its user.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The mailbox and the database that holds it.
    pub place: Place,
    /// The user.
    pub user: Guid,
}

/// Where the store keeps a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The mailbox.
    pub mailbox: Guid,
    /// Its database.
    pub database: Guid,
    /// Whether it is the archive of its user.
    pub archive: bool,
}

impl Place {
    /// The mailboxes of a user: the primary one and the archive.
    pub fn all_of(user: &Record) -> BTreeSet<Place> {
        let database = user.reference(&mailbox::DATABASE);
        let archives = user.reference(&mailbox::ARCHIVE_DATABASE).or(database);
        let pairs = [(&mailbox::EXCHANGE_GUID, database, false), (&mailbox::ARCHIVE_GUID, archives, true)]
            .into_iter();
        let place = |(guid, database, archive): (_, Option<Guid>, bool)| {
            let mailbox = user.get(guid).filter(|guid: &Guid| *guid != Guid::EMPTY)?;
            Some(Place { mailbox, database: database?, archive })
        };
        pairs.filter_map(place).collect()
    }
}

/// The records that make an undo.
#[derive(Default)]
struct Plan {
    undo: Undo,
    /// Objects that come back.
    revive: Vec<Record>,
    /// Objects that become what they were, each with what it is now.
    save: Vec<(Record, Record)>,
    /// Objects that go again.
    delete: Vec<Record>,
}

/// What of an object is in the way.
struct Obstacle {
    /// The object that a later change touched.
    object: Guid,
    /// The properties of it that count; none means the object as a whole.
    properties: Vec<String>,
    /// A phrase: `Alias of contoso.com/Users/Ann is different by now`.
    what: String,
}

impl Obstacle {
    fn of(one: &ObjectChange, why: &str) -> Obstacle {
        Obstacle { object: one.object, properties: Vec::new(), what: format!("{} {why}", one.shown) }
    }
    fn different(one: &ObjectChange, properties: Vec<String>) -> Obstacle {
        let names: Vec<&str> = properties.iter().map(|name| public(name)).collect();
        let what = format!("{} of {} is different by now", names.join(", "), one.shown);
        Obstacle { object: one.object, properties, what }
    }
}

/// The planned record, or what is in its way.
type Planned<T> = Result<std::result::Result<T, Obstacle>>;

impl Directory {
    /// The entry of the record with that number.
    pub fn admin_change(&self, number: i64) -> Result<AdminChange> {
        let sql = format!("SELECT {ENTRY_COLUMNS} FROM change c WHERE c.id = $1");
        let found = self.db().read(|tx| {
            let Some(mut change) = tx.one(&sql, &[number.into()], entry)? else { return Ok(None) };
            change.objects = objects(tx, change.entry)?;
            Ok(Some(change))
        })?;
        found.ok_or_else(|| {
            let days = self.audit_age_limit().as_secs() / (24 * 3600);
            let message = format!("The record of changes has no entry {number}.");
            Error::not_found(ErrorId::AdminChangeNotFound, message)
                .help(format!("Entries are kept for {days} days; list them with Get-AdminChange."))
                .about("Identity")
        })
    }

    /// What undoing an entry would do. An error (`ChangeNotUndoable`, `ChangeBuiltOn`) says why it cannot be undone.
    pub fn undo_plan(&self, change: &AdminChange) -> Result<Undo> {
        let (directory, change) = (self.clone(), change.clone());
        self.db().read(move |tx| Ok(plan(&directory, tx, &change)?.undo))
    }
}

impl Change<'_> {
    /// Undoes an entry: all of it, or with an error nothing. What it does to mailboxes in stores is the caller's.
    pub fn undo(&mut self, change: &AdminChange) -> Result<Undo> {
        let directory = self.directory().clone();
        let mut plan = plan(&directory, self.tx(), change)?;
        for parted in &mut plan.undo.parted {
            parted.tombstone = self.tombstone(&parted.user)?;
        }
        // What comes back first, since others refer to it; what goes last, when nobody does any more.
        plan.revive.into_iter().try_for_each(|record| self.revive(record))?;
        plan.save.into_iter().try_for_each(|(_, record)| self.save(record))?;
        plan.delete.into_iter().try_for_each(|record| self.take_again(&record))?;
        Ok(plan.undo)
    }

    fn take_again(&mut self, record: &Record) -> Result<()> {
        match record.class() {
            Class::AcceptedDomain => self.remove_domain(record.guid()),
            _ => self.delete(record.guid()),
        }
    }
}

fn plan(directory: &Directory, tx: &mut dyn Tx, change: &AdminChange) -> Result<Plan> {
    refuse_kinds(change)?;
    let mut plan = Plan::default();
    let mut obstacles = Vec::new();
    // What was deleted together comes back together, and may name each other. Where one cannot, none does.
    let deleted = || change.objects.iter().filter(|one| one.action == Action::Deleted);
    let back: BTreeSet<Guid> = deleted().map(|one| one.object).collect();
    for one in deleted() {
        gather(revived(directory, tx, one, &back, &mut plan.undo.left)?, &mut plan.revive, &mut obstacles);
    }
    for one in change.objects.iter().filter(|one| one.action == Action::Changed) {
        let put_back = put_back(directory, one, &back, &mut plan.undo.left)?;
        match put_back {
            // A list that named what was deleted may be gone since; what was deleted comes back without it.
            Err(_) if directory.get(one.object).is_none() && !back.is_empty() => {
                plan.undo.left.push(format!("{} is no longer there.", one.shown));
            }
            other => gather(other, &mut plan.save, &mut obstacles),
        }
    }
    // The top of the public folders comes with the first of them, and stays for the next.
    let goes = |one: &&ObjectChange| is_made(one) && !is_top_of_public_folders(one);
    for one in change.objects.iter().filter(goes) {
        gather(to_delete(directory, tx, change, one)?, &mut plan.delete, &mut obstacles);
    }
    if !obstacles.is_empty() {
        return Err(built_on(tx, change, &obstacles)?);
    }
    plan.revive = containers_first(plan.revive);
    plan.delete = containers_first(plan.delete).into_iter().rev().collect();
    refuse_contradictions(directory, &plan)?;
    describe(&mut plan, change);
    Ok(plan)
}

fn is_made(one: &ObjectChange) -> bool {
    one.action == Action::Created
}

/// Whatever stands in another object of the list comes behind it.
fn containers_first(mut records: Vec<Record>) -> Vec<Record> {
    let parents: HashMap<Id, Id> = records.iter().map(|record| (record.id, record.parent)).collect();
    let depth = |record: &Record| {
        let above = std::iter::successors(parents.get(&record.id), |parent| parents.get(parent));
        above.take(CONTAINER_DEPTH_MAX).count()
    };
    records.sort_by_key(depth);
    records
}

fn gather<T>(answer: std::result::Result<T, Obstacle>, list: &mut Vec<T>, obstacles: &mut Vec<Obstacle>) {
    match answer {
        Ok(one) => list.push(one),
        Err(obstacle) => obstacles.push(obstacle),
    }
}

/// What is never undone, whatever the state.
fn refuse_kinds(change: &AdminChange) -> Result<()> {
    let made_or_gone = |one: &&ObjectChange| matches!(one.action, Action::Created | Action::Deleted);
    let fixed = [Class::Domain, Class::Organization, Class::Container, Class::MailboxDatabase];
    let fixed = |one: &&ObjectChange| {
        fixed.iter().any(|class| class.word() == one.class) && !is_top_of_public_folders(one)
    };
    let stored = |one: &&ObjectChange| one.action == Action::Stored;
    let changed = change.objects.iter().any(|one| one.action != Action::Named && !stored(&one));
    let why = if let Some(error) = &change.error {
        format!("was refused: {error}")
    } else if let Some(one) = change.objects.iter().find(stored).filter(|_| change.number == 0) {
        format!("was done to {} in its store, where nothing of it is left", one.shown)
    } else if change.number == 0 || !changed {
        "changed nothing in the directory".to_owned()
    } else if let Some(one) = change.objects.iter().filter(made_or_gone).find(fixed) {
        format!("made or removed {}, which has more than its entry in the directory", one.shown)
    } else if &*change.author.from == "server" {
        "was the server's own work".to_owned()
    } else {
        return Ok(());
    };
    let message = format!("Change {} ({}) {why}.", change.entry, change.author.command);
    Err(Error::conflict(ErrorId::ChangeNotUndoable, message).about("Identity"))
}

/// What an object would be again that was deleted.
fn revived(
    directory: &Directory,
    tx: &mut dyn Tx,
    one: &ObjectChange,
    back: &BTreeSet<Guid>,
    left: &mut Vec<String>,
) -> Planned<Record> {
    if directory.get(one.object).is_some() {
        return Ok(Err(Obstacle::of(one, "is there again")));
    }
    let buried = table::buried(tx, one.object)?;
    let Some(((id, created), class)) = buried.zip(Class::of_word(&one.class)) else {
        return Ok(Err(Obstacle::of(one, "has left nothing that this program knows")));
    };
    let first = |name: &str| {
        let found = one.properties.iter().find(|property| property.name == name && is_place(property));
        found.and_then(|property| property.before.first().cloned()).unwrap_or_default()
    };
    let there = |guid| directory.get(guid).map(|found| found.id);
    let parent = match Guid::parse(&first("Parent")) {
        // Of a role the record has the role above it under that name; all stand in the organization.
        _ if class == Class::ManagementRole => directory.only(Class::Organization).map(|found| found.id),
        // It comes back in the same undo.
        Some(guid) if back.contains(&guid) => table::buried(tx, guid)?.map(|(id, _)| id),
        guid => guid.and_then(there),
    };
    let Some(parent) = parent else {
        return Ok(Err(Obstacle::of(one, "stood in a container that is gone")));
    };
    let mut record = Record::new(id, one.object, class, &first("Name"), parent, created);
    for property in one.properties.iter().chain(&one.secrets).filter(|property| !is_place(property)) {
        let Some(spec) = spec_of(class, &property.name) else { continue };
        let values = standing(directory, one, spec, &property.before, back, left)?;
        record.put(spec, as_value(spec, values));
    }
    without_password(&mut record, left);
    if class == Class::ManagementRole && !directory.is_rooted(&record) {
        return Ok(Err(Obstacle::of(one, "was a part of a role that is gone")));
    }
    Ok(if lost_database(&record, one) { Err(Obstacle::of(one, DATABASE_GONE)) } else { Ok(record) })
}

/// An account whose password the record no longer keeps comes back switched off.
fn without_password(record: &mut Record, left: &mut Vec<String>) {
    let open = record.class() == Class::User && !record.is_account_disabled();
    if open && !record.has(user::PASSWORD_HASH.spec()) {
        let flags = record.get(&user::USER_ACCOUNT_CONTROL);
        let flags = flags.unwrap_or(UserAccountFlags(UserAccountFlags::NORMAL));
        record.set(&user::USER_ACCOUNT_CONTROL, flags.disabled(true));
        left.push(format!(
            "The password of {} is no longer kept, so the account is switched off.",
            record.name()
        ));
    }
}

/// A mailbox without its database cannot come back.
fn lost_database(record: &Record, one: &ObjectChange) -> bool {
    let had =
        one.properties.iter().any(|property| property.name == "Database" && !property.before.is_empty());
    had && !record.has(mailbox::DATABASE.spec())
}

const DATABASE_GONE: &str = "had a mailbox in a database that is gone";

/// Whether it is the name of the object or its container, and not the property by which a role names another one.
fn is_place(property: &PropertyChange) -> bool {
    let mut values = property.before.iter().chain(&property.after);
    property.name == "Name" || property.name == "Parent" && values.all(|text| Guid::parse(text).is_some())
}

/// Values as they were, without references to what is gone since.
fn standing(
    directory: &Directory,
    one: &ObjectChange,
    spec: &'static Spec,
    texts: &[String],
    back: &BTreeSet<Guid>,
    left: &mut Vec<String>,
) -> Result<Vec<Value>> {
    let mut values = Vec::new();
    for text in texts {
        let target = Guid::parse(text).filter(|_| std::ptr::eq(spec.kind, ObjectId::KIND));
        let there =
            |guid: &Guid| directory.get(*guid).is_some() || back.contains(guid) || *guid == one.object;
        match target {
            Some(guid) if !there(&guid) => {
                left.push(format!("{} of {} named something that is gone.", spec.name, one.shown));
            }
            _ => values.push(decode(spec, text)?),
        }
    }
    Ok(values)
}

fn as_value(spec: &Spec, values: Vec<Value>) -> Value {
    if spec.many { Value::array(values) } else { values.into_iter().next().unwrap_or_default() }
}

/// An object as it is, and as it was before the entry.
type Sides = (Record, Record);

fn put_back(
    directory: &Directory,
    one: &ObjectChange,
    back: &BTreeSet<Guid>,
    left: &mut Vec<String>,
) -> Planned<Sides> {
    let Some(now) = directory.get(one.object) else {
        return Ok(Err(Obstacle::of(one, "is no longer there")));
    };
    let mut then = Record::clone(&now);
    let mut different = Vec::new();
    for property in one.properties.iter().chain(&one.secrets) {
        if !put_property_back(directory, one, property, &mut then, back, left)? {
            different.push(property.name.clone());
        }
    }
    Ok(match different.is_empty() {
        true if lost_database(&then, one) => Err(Obstacle::of(one, DATABASE_GONE)),
        true => Ok((Record::clone(&now), then)),
        false => Err(Obstacle::different(one, different)),
    })
}

/// Puts one property back; false where it is no longer as the entry left it.
fn put_property_back(
    directory: &Directory,
    one: &ObjectChange,
    property: &PropertyChange,
    then: &mut Record,
    back: &BTreeSet<Guid>,
    left: &mut Vec<String>,
) -> Result<bool> {
    if is_place(property) {
        return Ok(put_place_back(directory, property, then));
    }
    let Some(spec) = spec_of(then.class(), &property.name) else { return Ok(false) };
    let current: Vec<String> = then.stored_values(spec).iter().map(encode).collect();
    let Some(wanted) = merged(&current, property, spec.many) else { return Ok(false) };
    let values = standing(directory, one, spec, &wanted, back, left)?;
    then.put(spec, as_value(spec, values));
    Ok(true)
}

fn put_place_back(directory: &Directory, property: &PropertyChange, then: &mut Record) -> bool {
    let (Some(before), Some(after)) = (property.before.first(), property.after.first()) else { return false };
    if property.name == "Name" {
        let same = then.name() == after;
        then.rename(before);
        return same;
    }
    let id = |text: &String| Guid::parse(text).and_then(|guid| directory.get(guid)).map(|found| found.id);
    let same = id(after) == Some(then.parent);
    match id(before) {
        Some(parent) => then.parent = parent,
        None => return false,
    }
    same
}

/// The values that a property has without what an entry did to it; none where that cannot be told any more.
fn merged(current: &[String], property: &PropertyChange, many: bool) -> Option<Vec<String>> {
    let PropertyChange { before, after, .. } = property;
    if current == after.as_slice() {
        return Some(before.clone());
    }
    if !many {
        return None;
    }
    let set = |list: &'_ [String]| list.iter().cloned().collect::<HashSet<String>>();
    let (was, became, now) = (set(before), set(after), set(current));
    // An address that is there in another case (the primary one of before, say) is there.
    let folded: BTreeSet<String> = current.iter().map(|text| text.to_lowercase()).collect();
    let added: HashSet<&String> = after.iter().filter(|text| !was.contains(*text)).collect();
    let gone: Vec<&String> = before.iter().filter(|text| !became.contains(*text)).collect();
    let other: HashSet<String> = added.iter().map(|text| text.to_ascii_lowercase()).collect();
    let swapped = |text: &&&String| other.contains(&text.to_ascii_lowercase());
    let untouched = added.iter().all(|text| now.contains(*text))
        && gone.iter().filter(|text| !swapped(text)).all(|text| !folded.contains(&text.to_lowercase()));
    untouched.then(|| {
        let kept = current.iter().filter(|text| !added.contains(text));
        kept.chain(gone.iter().copied()).cloned().collect()
    })
}

/// An object that the entry made, if nothing was built on it.
fn to_delete(
    directory: &Directory,
    tx: &mut dyn Tx,
    change: &AdminChange,
    one: &ObjectChange,
) -> Planned<Record> {
    let Some(now) = directory.get(one.object) else {
        return Ok(Err(Obstacle::of(one, "is no longer there")));
    };
    let different = changed_since_made(directory, &now, one);
    if !different.is_empty() {
        return Ok(Err(Obstacle::different(one, different)));
    }
    for (id, attribute) in table::referring(tx, now.id)? {
        let Some(other) = directory.cache().get(id).cloned() else { continue };
        if !change.objects.iter().any(|known| known.object == other.guid()) {
            let what = format!("{} is named by {attribute} of {}", one.shown, directory.id(&other));
            return Ok(Err(Obstacle { object: other.guid(), properties: vec![attribute], what }));
        }
    }
    if now.class() == Class::ManagementRole
        && let Some((needs, property, why)) = directory.why_role_stays(now.name())
        && !change.objects.iter().any(|known| known.object == needs.guid())
    {
        let what = format!("the role '{}' is needed: {why}", now.name());
        return Ok(Err(Obstacle { object: needs.guid(), properties: vec![property.to_owned()], what }));
    }
    if now.class() == Class::ManagementScope {
        let users = directory.users_of_scope(now.guid());
        if !users.is_empty() {
            let what = format!("says how far roles of {} reach", users.join(", "));
            return Ok(Err(Obstacle::of(one, &what)));
        }
    }
    if now.class().is_container() {
        // What was made with it goes with it.
        let with = |guid: &Guid| change.objects.iter().any(|known| known.object == *guid && is_made(known));
        if !table::children(tx, now.id)?.iter().all(with) {
            return Ok(Err(Obstacle::of(one, "holds objects")));
        }
    }
    Ok(Ok(Record::clone(&now)))
}

/// The properties of an object that are not as they were when it was made.
fn changed_since_made(directory: &Directory, now: &Record, one: &ObjectChange) -> Vec<String> {
    let mut names: BTreeSet<String> = now.stored().map(|(spec, _)| spec.name.to_owned()).collect();
    let properties = one.properties.iter().chain(&one.secrets).filter(|property| !is_place(property));
    names.extend(properties.map(|property| property.name.clone()));
    // Hashes leave the record before the rest of it.
    if one.secrets.is_empty() {
        names.remove(user::PASSWORD_HASH.spec().name);
        names.remove(user::SECOND_FACTOR.spec().name);
    }
    let was = |name: &str| {
        let mut all = one.properties.iter().chain(&one.secrets);
        let found = all.find(|property| property.name == name && !is_place(property));
        found.map_or(&[][..], |property| &property.after)
    };
    let is = |name: &str| -> Vec<String> {
        spec_of(now.class(), name)
            .map(|spec| now.stored_values(spec).iter().map(encode).collect())
            .unwrap_or_default()
    };
    let container = directory.cache().get(now.parent).map(|at| at.guid().to_string());
    let stands = |property: &PropertyChange| match property.name.as_str() {
        "Name" => property.after == [now.name()],
        _ => property.after.first() == container.as_ref(),
    };
    let moved = one.properties.iter().filter(|property| is_place(property) && !stands(property));
    let moved: Vec<String> = moved.map(|property| property.name.clone()).collect();
    names.into_iter().filter(|name| is(name) != was(name)).chain(moved).collect()
}

/// What the plan would make of an account or a mailbox must hold together.
fn refuse_contradictions(directory: &Directory, plan: &Plan) -> Result<()> {
    refuse_lost_roles(directory, plan)?;
    let changed = plan.save.iter().map(|(now, then)| (crate::verify::faults_of(now), then));
    let all = plan.revive.iter().map(|then| (Vec::new(), then)).chain(changed);
    for (known, then) in all {
        crate::edit::check_quotas(then)?;
        let faults = crate::verify::faults_of(then);
        if let Some(fault) = faults.into_iter().find(|fault| !known.iter().any(|known| known.id == fault.id))
        {
            return Err(Error::conflict(ErrorId::ChangeBuiltOn, fault.sentence)
                .help("Something else was changed since that does not go together with how it was.")
                .about("Identity"));
        }
    }
    Ok(())
}

/// Roles are named, not referred to: a name that comes back must not give what another role of that name is made of later.
fn refuse_lost_roles(directory: &Directory, plan: &Plan) -> Result<()> {
    let changed = plan.save.iter().map(|(now, then)| (named_roles(now), then));
    for (known, then) in plan.revive.iter().map(|then| (Vec::new(), then)).chain(changed) {
        let there = |role: &String| {
            built_in_role(role).is_some()
                || directory.made_role(role).is_some()
                || plan.revive.iter().any(|one| one.class() == Class::ManagementRole && one.name() == role)
        };
        if let Some(lost) = named_roles(then).iter().find(|role| !known.contains(role) && !there(role)) {
            let message = format!("{} held the role '{lost}', which is gone.", then.name());
            return Err(Error::conflict(ErrorId::ChangeBuiltOn, message)
                .help("Undo first what removed the role.")
                .about("Identity"));
        }
    }
    Ok(())
}

/// Says what the plan does, and which mailboxes change hands.
fn describe(plan: &mut Plan, change: &AdminChange) {
    let shown = |guid: Guid| {
        let found = change.objects.iter().find(|one| one.object == guid);
        found.map(|one| one.shown.clone()).unwrap_or_default()
    };
    let names = |guid: Guid| {
        let found = change.objects.iter().find(|one| one.object == guid);
        let names = found.into_iter().flat_map(|one| one.properties.iter().chain(&one.secrets));
        names.map(|property| public(&property.name)).collect::<Vec<_>>().join(", ")
    };
    let undo = &mut plan.undo;
    for record in &plan.revive {
        undo.puts_back.push(format!("{} with {}", shown(record.guid()), names(record.guid())));
        let user = record.guid();
        undo.joined.extend(Place::all_of(record).into_iter().map(|place| Joined { place, user }));
    }
    for (now, then) in &plan.save {
        undo.puts_back.push(format!("{} of {}", names(then.guid()), shown(then.guid())));
        let (had, has) = (Place::all_of(now), Place::all_of(then));
        undo.parted.extend(had.difference(&has).map(|place| parted(*place, now)));
        let user = then.guid();
        undo.joined.extend(has.difference(&had).map(|place| Joined { place: *place, user }));
    }
    for record in &plan.delete {
        undo.puts_back.push(format!("{} is removed", shown(record.guid())));
        undo.parted.extend(Place::all_of(record).into_iter().map(|place| parted(place, record)));
    }
}

fn parted(place: Place, user: &Record) -> Parted {
    Parted { place, user: user.clone(), tombstone: Vec::new() }
}

/// How many later changes an error names.
const BLAMED_MAX: usize = 3;

/// The refusal that says what later built on an entry.
fn built_on(tx: &mut dyn Tx, change: &AdminChange, obstacles: &[Obstacle]) -> Result<Error> {
    let Some(first) = obstacles.first() else {
        return Ok(Error::server(ErrorId::ChangeNotUndoable, "Nothing is in the way."));
    };
    let (entry, command, what) = (change.entry, &change.author.command, &first.what);
    let message = format!("Change {entry} ({command}) can't be undone: {what}.");
    let error = Error::conflict(ErrorId::ChangeBuiltOn, message).about("Identity");
    let later = later(tx, change, first)?;
    if later.is_empty() {
        return Ok(error);
    }
    Ok(error.help(format!("Undo first what came later: {}.", later.join("; "))))
}

/// A property as people know it.
fn public(name: &str) -> &str {
    if name == "PasswordHash" { "Password" } else { name }
}

/// The later entries that touched what is in the way, the newest first: in this order they can be undone.
fn later(tx: &mut dyn Tx, change: &AdminChange, obstacle: &Obstacle) -> Result<Vec<String>> {
    let Some(id) = table::any_id_of(tx, obstacle.object)? else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT {ENTRY_COLUMNS}, o.action, o.properties, o.secrets FROM change_object o JOIN change c ON c.id = o.change
         WHERE o.object = $1 AND o.change > $2 ORDER BY o.change DESC"
    );
    let mut found = Vec::new();
    tx.query(&sql, &[id.into(), change.entry.into()], &mut |row| {
        let later = entry(row)?;
        let properties = read_properties(row.text(11)?)?;
        let secrets: Option<String> = row.get(12)?;
        let secrets = secrets.map(|text| read_properties(&text)).transpose()?.unwrap_or_default();
        let touched = |name: &String| properties.iter().chain(&secrets).any(|one| one.name == *name);
        let whole = matches!(Action::of_word(row.text(10)?), Action::Created | Action::Deleted);
        if later.error.is_none() && (whole || obstacle.properties.iter().any(touched)) {
            let author = &later.author;
            found.push(format!("change {} ({} by {})", later.entry, author.command, author.who));
        }
        Ok(if found.len() < BLAMED_MAX { Flow::More } else { Flow::Stop })
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_keeps_what_others_did_to_it() {
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for (before, after, current, then) in [
            ("a b", "a", "a", Some("a b")),
            ("a b", "a", "a c", Some("a c b")),
            ("a", "a b", "a b c", Some("a c")),
            ("a", "a b", "a c", None),
            ("a b", "a", "a b", None),
            ("SMTP:a smtp:b", "smtp:a SMTP:b", "smtp:a SMTP:b smtp:c", Some("smtp:c SMTP:a smtp:b")),
            ("SMTP:a smtp:b", "smtp:a SMTP:b", "smtp:a smtp:b SMTP:c", None),
            ("smtp:a smtp:b", "smtp:a", "smtp:a SMTP:b", None),
        ] {
            let property =
                PropertyChange { name: "List".to_owned(), before: list(before), after: list(after) };
            let then = then.map(list);
            assert_eq!(merged(&list(current), &property, true), then, "{before} -> {after}, now {current}");
        }
        let one = PropertyChange { name: "One".to_owned(), before: list("1"), after: list("2") };
        assert_eq!(merged(&list("2"), &one, false), Some(list("1")));
        assert_eq!(merged(&list("3"), &one, false), None);
    }
}
