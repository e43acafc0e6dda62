//! The whole directory in memory, with its indexes, as it is at one moment.
//!
//! A mailbox takes about 2 KB here, and in return listing, filtering and finding by any identity never wait for the
//! disk. Its copies share what they have in common: readers keep the moment they have, a change makes the next one
//! beside it, and neither waits for the other.

use crate::Class;
use crate::access::UsualEntries;
use crate::domain::AcceptedDomains;
use crate::path::Path;
use crate::record::{Id, Record, fold};
use crate::schema::{group, recipient};
use crate::table::Loaded;
use crate::tree::Tree;
use object::types::{Guid, ObjectId, ProxyAddress};
use object::value::Text;
use object::{Declared, Spec, Value};
use parking_lot::RwLock;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hasher;
use std::sync::{Arc, OnceLock};

/// A text in an index, found by its hash: numbers that stand side by side are compared faster than texts elsewhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// The property, by the place of its declaration; 0 for addresses.
    of: usize,
    hash: u64,
    text: Text,
}

impl Key {
    fn new(of: usize, text: &str) -> Key {
        Key { of, hash: hash(text), text: text.into() }
    }
    /// How a key stands to that of a text, without making one.
    fn order(of: usize, text: &str) -> impl Fn(&Key) -> Ordering {
        let hash = hash(text);
        move |known| (known.of, known.hash, &*known.text).cmp(&(of, hash, text))
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// An object before and after a change.
type Sides = (Option<Arc<Record>>, Option<Arc<Record>>);

/// The objects that share a value: nearly always one.
#[derive(Clone)]
enum Sharing {
    One(Arc<Record>),
    Many(Tree<Id, Arc<Record>>),
}

impl Sharing {
    /// Adds an object, or what became of it.
    fn add(&mut self, record: Arc<Record>) {
        match self {
            Sharing::One(only) if only.id == record.id => *only = record,
            Sharing::One(only) => {
                let mut all = Tree::default();
                all.insert(only.id, Arc::clone(only));
                all.insert(record.id, record);
                *self = Sharing::Many(all);
            }
            Sharing::Many(all) => drop(all.insert(record.id, record)),
        }
    }
    /// Takes one away; tells whether none is left.
    fn remove(&mut self, id: Id) -> bool {
        match self {
            Sharing::One(only) => only.id == id,
            Sharing::Many(all) => {
                all.remove(&id);
                all.len() == 0
            }
        }
    }
    fn len(&self) -> usize {
        match self {
            Sharing::One(_) => 1,
            Sharing::Many(all) => all.len(),
        }
    }
    fn to_vec(&self) -> Vec<Arc<Record>> {
        match self {
            Sharing::One(only) => vec![Arc::clone(only)],
            Sharing::Many(all) => all.iter().map(|(_, record)| Arc::clone(record)).collect(),
        }
    }
}

/// What is the same for all objects, made ready once: listings show it for each of them.
#[derive(Default)]
pub(crate) struct Fixed {
    pub(crate) server: Text,
    pub(crate) server_folded: Text,
    pub(crate) server_legacy_dn: Text,
    pub(crate) controller: Text,
    pub(crate) version: Text,
    /// The GUID of the policy that makes addresses.
    pub(crate) address_policy: Option<Text>,
    /// Configuration objects as they are shown where others refer to them.
    shown: HashMap<Id, Value>,
    /// The policies in force where none is named.
    defaults: HashMap<Class, Value>,
}

/// What is worked out of one moment when somebody first asks for it: permissions of many mailboxes say the same.
#[derive(Default)]
pub(crate) struct Worked {
    /// What all mailboxes and all objects inherit.
    pub(crate) usual: OnceLock<Arc<UsualEntries>>,
    /// Trustees as permissions show them, by their security identifiers.
    pub(crate) trustees: RwLock<HashMap<Text, Value>>,
}

/// The directory in memory, as it is at one moment. A copy costs nothing.
#[derive(Clone, Default)]
pub(crate) struct Cache {
    pub(crate) fixed: Arc<Fixed>,
    /// Of this moment alone: a change begins with nothing.
    pub(crate) worked: Arc<Worked>,
    /// The change number up to which it is true.
    pub(crate) number: i64,
    /// The stamp of the change that made it so.
    pub(crate) stamp: i64,
    records: Tree<Id, Arc<Record>>,
    by_guid: Tree<u128, Arc<Record>>,
    /// By folded name, so that a listing comes in the order of names without sorting.
    names: Tree<(Text, Id), Arc<Record>>,
    classes: Tree<(Class, Id), Arc<Record>>,
    addresses: Tree<Key, Arc<Record>>,
    indexes: Tree<Key, Sharing>,
    paths: Tree<Id, Arc<Path>>,
    /// Whether a container has no path, since what it stands in is missing.
    pathless: bool,
    /// The groups in which an object is a member, in the order in which they were made.
    member_of: Tree<u128, Arc<[Id]>>,
    domains: Arc<AcceptedDomains>,
}

impl Cache {
    pub(crate) fn new(server: &str) -> Cache {
        let fixed = Fixed { server: server.into(), ..Fixed::default() };
        Cache { fixed: Arc::new(fixed), ..Cache::default() }
    }

    /// Takes in what became of objects. Answers their GUIDs.
    pub(crate) fn apply(&mut self, changes: Vec<Loaded>) -> Vec<Guid> {
        let (mut containers, mut domains, mut configuration) = (Vec::new(), false, false);
        let mut touched = Vec::with_capacity(changes.len());
        self.worked = Arc::default();
        for change in changes {
            let (id, after) = match change {
                Loaded::Live(record) => (record.id, Some(Arc::new(*record))),
                Loaded::Deleted(id) => (id, None),
            };
            let before = self.records.get(&id).cloned();
            for one in before.iter().chain(&after) {
                domains |= one.class == Class::AcceptedDomain;
                configuration |= one.class.is_configuration() || one.class == Class::Domain;
            }
            touched.extend(after.as_ref().or(before.as_ref()).map(|record| record.guid));
            if before.iter().chain(&after).any(|one| one.class.is_container()) {
                containers.push((before.clone(), after.clone()));
            }
            self.replace(before, after);
        }
        self.lead_to(containers);
        if configuration {
            self.rebuild_fixed();
        }
        if domains {
            let records = self.of_class(Class::AcceptedDomain);
            self.domains = Arc::new(AcceptedDomains::of(records.iter().map(AsRef::as_ref)));
        }
        touched
    }

    fn replace(&mut self, before: Option<Arc<Record>>, after: Option<Arc<Record>>) {
        let new = after.as_deref().map(Keys::of).unwrap_or_default();
        if let Some(before) = &before {
            self.forget(before, after.as_deref(), &new);
        }
        let Some(after) = after else { return };
        let known = before.as_deref().map(members).unwrap_or_default();
        for member in members(&after).difference(&known) {
            let groups = self.member_of.get(member).map_or(&[][..], |groups| groups);
            let mut groups: Vec<Id> = groups.iter().copied().filter(|id| *id != after.id).collect();
            groups.insert(groups.partition_point(|id| *id < after.id), after.id);
            self.member_of.insert(*member, groups.into());
        }
        self.by_guid.insert(after.guid.to_u128(), Arc::clone(&after));
        self.names.insert((Arc::clone(&after.folded_name), after.id), Arc::clone(&after));
        self.classes.insert((after.class, after.id), Arc::clone(&after));
        for key in new.addresses {
            self.addresses.insert(key, Arc::clone(&after));
        }
        for key in new.indexes {
            match self.indexes.get_mut(&key) {
                Some(shared) => shared.add(Arc::clone(&after)),
                None => drop(self.indexes.insert(key, Sharing::One(Arc::clone(&after)))),
            }
        }
        self.records.insert(after.id, after);
    }

    /// Takes away what led to an object and leads to it no longer.
    fn forget(&mut self, before: &Record, after: Option<&Record>, new: &Keys) {
        let (id, old) = (before.id, Keys::of(before));
        // Another object may have taken the address over meanwhile; its entry stays.
        for key in old.addresses.iter().filter(|key| !new.addresses.contains(key)) {
            if self.addresses.get(key).is_some_and(|known| known.id == id) {
                self.addresses.remove(key);
            }
        }
        for key in old.indexes.iter().filter(|key| !new.indexes.contains(key)) {
            if self.indexes.get_mut(key).is_some_and(|shared| shared.remove(id)) {
                self.indexes.remove(key);
            }
        }
        let kept = after.map(members).unwrap_or_default();
        for member in members(before).difference(&kept) {
            let Some(groups) = self.member_of.get(member) else { continue };
            let left: Arc<[Id]> = groups.iter().copied().filter(|group| *group != id).collect();
            if left.is_empty() {
                self.member_of.remove(member);
            } else {
                self.member_of.insert(*member, left);
            }
        }
        if after.is_none_or(|after| after.folded_name != before.folded_name) {
            self.names.remove(&(Arc::clone(&before.folded_name), id));
        }
        if after.is_none() {
            self.by_guid.remove(&before.guid.to_u128());
            self.classes.remove(&(before.class, id));
            self.records.remove(&id);
        }
    }

    /// Keeps the paths of containers true: of those that came and went alone, of all where one stands elsewhere now.
    fn lead_to(&mut self, containers: Vec<Sides>) {
        let (mut came, mut anew) = (Vec::new(), false);
        for (before, after) in containers {
            match (before, after) {
                // What is below it stands elsewhere, too.
                (Some(before), Some(after)) => {
                    anew |= before.parent != after.parent || before.name != after.name;
                }
                (Some(before), None) => drop(self.paths.remove(&before.id)),
                (None, after) => came.extend(after),
            }
        }
        // What came may be what others without a path stand in.
        if anew || self.pathless && !came.is_empty() {
            let classes = Class::all().into_iter().filter(|class| class.is_container());
            came = classes.flat_map(|class| self.of_class(class)).collect();
            self.paths = Tree::default();
        }
        if !came.is_empty() {
            self.pathless = self.find_paths(came);
        }
    }

    /// Finds the paths of containers, top down; tells whether some have none.
    fn find_paths(&mut self, containers: Vec<Arc<Record>>) -> bool {
        let mut waiting = containers;
        while !waiting.is_empty() {
            let (mut rest, before) = (Vec::new(), waiting.len());
            for record in waiting {
                match container_path(&self.paths, &record) {
                    Some(path) => drop(self.paths.insert(record.id, Arc::new(path))),
                    None => rest.push(record),
                }
            }
            // A container whose parent is missing has no path; verify reports it.
            if rest.len() == before {
                return true;
            }
            waiting = rest;
        }
        false
    }

    /// What the configuration looks like from elsewhere; there are few such objects and they change seldom.
    fn rebuild_fixed(&mut self) {
        let server = Arc::clone(&self.fixed.server);
        let organization = self.only(Class::Organization).map_or("", |organization| organization.name());
        let forest = self.only(Class::Domain).map_or("localdomain", |root| root.name());
        let legacy = format!(
            "/o={organization}/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn={server}"
        );
        let classes = Class::all().into_iter().filter(|class| class.is_configuration());
        let configuration: Vec<Arc<Record>> = classes.flat_map(|class| self.of_class(class)).collect();
        let configuration = || configuration.iter();
        let shown = |record: &Arc<Record>| Value::typed(self.identity(record));
        let in_force = |record: &&Arc<Record>| record.is(&crate::schema::policy::IS_DEFAULT);
        self.fixed = Arc::new(Fixed {
            server_folded: server.to_lowercase().into(),
            server_legacy_dn: legacy.into(),
            controller: format!("{server}.{forest}").into(),
            version: "0.20 (15.0.0.0)".into(),
            address_policy: self.only(Class::EmailAddressPolicy).map(|policy| policy.guid.to_string().into()),
            shown: configuration().map(|record| (record.id, shown(record))).collect(),
            defaults: configuration().filter(in_force).map(|record| (record.class, shown(record))).collect(),
            server,
        });
    }

    /// A reference to an object as it is shown: recipients by their path, configuration by its name.
    pub(crate) fn identity(&self, record: &Record) -> ObjectId {
        let path = self.path(record);
        let shown: Text =
            if record.class.is_configuration() { record.name.clone() } else { path.canonical.into() };
        ObjectId {
            guid: record.guid,
            name: record.name.clone(),
            distinguished_name: path.distinguished.into(),
            shown,
        }
    }

    /// An object as others that refer to it show it.
    pub(crate) fn shown(&self, record: &Record) -> Value {
        let ready = self.fixed.shown.get(&record.id).cloned();
        ready.unwrap_or_else(|| Value::typed(self.identity(record)))
    }
    /// The policy of a class that is in force where none is named, as it is shown.
    pub(crate) fn default_of(&self, class: Class) -> Value {
        self.fixed.defaults.get(&class).cloned().unwrap_or_default()
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Arc<Record>> {
        self.records.get(&id)
    }
    pub(crate) fn by_guid(&self, guid: Guid) -> Option<&Arc<Record>> {
        self.by_guid.get(&guid.to_u128())
    }
    /// Who has an address, written with its type and in lower case (`smtp:ann@contoso.com`).
    pub(crate) fn by_address(&self, folded: &str) -> Option<&Arc<Record>> {
        self.addresses.get_by(Key::order(ADDRESSES, folded))
    }
    /// All whose indexed property has that value, in lower case.
    pub(crate) fn by_value(&self, spec: &'static Spec, folded: &str) -> Vec<Arc<Record>> {
        if std::ptr::eq(spec, recipient::LEGACY_EXCHANGE_DN.spec()) {
            let found = self.by_address(&format!("x500:{folded}"));
            let own = |record: &&Arc<Record>| {
                record.get(&recipient::LEGACY_EXCHANGE_DN).is_some_and(|name| name.to_lowercase() == folded)
            };
            return found.filter(own).cloned().into_iter().collect();
        }
        self.sharing(spec, folded).map(Sharing::to_vec).unwrap_or_default()
    }
    /// How many have that value of an indexed property, in lower case.
    pub(crate) fn count(&self, spec: &'static Spec, folded: &str) -> usize {
        self.sharing(spec, folded).map_or(0, Sharing::len)
    }
    fn sharing(&self, spec: &'static Spec, folded: &str) -> Option<&Sharing> {
        self.indexes.get_by(Key::order(place_of(spec), folded))
    }
    /// Whether [`by_value`](Cache::by_value) knows that property.
    pub(crate) fn has_index(spec: &Spec) -> bool {
        spec.indexed && !std::ptr::eq(spec, recipient::EMAIL_ADDRESSES.spec())
    }
    /// All of that name, in any container.
    pub(crate) fn by_name(&self, folded: &str) -> Vec<Arc<Record>> {
        self.names_from(folded)
            .take_while(|(name, _)| &***name == folded)
            .map(|(_, r)| Arc::clone(r))
            .collect()
    }
    /// All whose names come at or behind `folded`, in the order of names.
    pub(crate) fn names_from(&self, folded: &str) -> impl Iterator<Item = (&Text, &Arc<Record>)> {
        let start = (Text::from(folded), Id::MIN);
        self.names.from(&start).map(|((name, _), record)| (name, record))
    }
    /// All objects in the order of names.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.names.iter().map(|(_, record)| record)
    }
    /// All objects in the order of names behind a name and number; all where none is given.
    pub(crate) fn in_order_after(&self, after: Option<&(Text, Id)>) -> impl Iterator<Item = &Arc<Record>> {
        let entries = match after {
            Some((name, id)) => self.names.from(&(Arc::clone(name), id.saturating_add(1))),
            None => self.names.iter(),
        };
        entries.map(|(_, record)| record)
    }
    pub(crate) fn of_class(&self, class: Class) -> Vec<Arc<Record>> {
        self.in_class(class).cloned().collect()
    }
    /// All objects of a class.
    pub(crate) fn in_class(&self, class: Class) -> impl Iterator<Item = &Arc<Record>> {
        let from = self.classes.from(&(class, Id::MIN));
        from.take_while(move |((of, _), _)| *of == class).map(|(_, record)| record)
    }
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }
    /// The groups in which an object is a member itself.
    pub(crate) fn groups_of(&self, guid: Guid) -> Vec<Arc<Record>> {
        let ids = self.member_of.get(&guid.to_u128()).map_or(&[][..], |groups| groups);
        ids.iter().filter_map(|id| self.records.get(id)).cloned().collect()
    }
    pub(crate) fn domains(&self) -> &Arc<AcceptedDomains> {
        &self.domains
    }

    /// Where an object stands.
    pub(crate) fn path(&self, record: &Record) -> Path {
        if let Some(path) = self.paths.get(&record.id) {
            return Path::clone(path);
        }
        match self.paths.get(&record.parent) {
            Some(parent) => parent.below(record.class, &record.name),
            None => Path { distinguished: String::new(), canonical: record.name.to_string() },
        }
    }
    /// Where the container of an object stands.
    pub(crate) fn parent_path(&self, record: &Record) -> Option<&Arc<Path>> {
        self.paths.get(&record.parent)
    }
    /// The only object of a class that exists once.
    pub(crate) fn only(&self, class: Class) -> Option<&Arc<Record>> {
        self.in_class(class).next()
    }
    /// Whether an object stands anywhere below a container.
    pub(crate) fn is_below(&self, record: &Record, container: Id) -> bool {
        let mut parent = record.parent;
        for _ in 0..CONTAINER_DEPTH_MAX {
            if parent == container {
                return true;
            }
            match self.records.get(&parent) {
                Some(record) => parent = record.parent,
                None => return false,
            }
        }
        false
    }
}

/// How deep containers can be nested; a circle of parents ends here.
pub(crate) const CONTAINER_DEPTH_MAX: usize = 64;

fn container_path(paths: &Tree<Id, Arc<Path>>, record: &Record) -> Option<Path> {
    match record.class {
        Class::Domain => Some(Path::root(&record.name)),
        Class::Organization => Some(paths.get(&record.parent)?.organization(&record.name)),
        class => Some(paths.get(&record.parent)?.below(class, &record.name)),
    }
}

/// Stands for addresses where a key names a property.
const ADDRESSES: usize = 0;

fn place_of(spec: &Spec) -> usize {
    std::ptr::from_ref(spec) as usize
}

/// What leads to an object.
#[derive(Default)]
struct Keys {
    addresses: Vec<Key>,
    indexes: Vec<Key>,
}

impl Keys {
    fn of(record: &Record) -> Keys {
        let list = record.stored_values(recipient::EMAIL_ADDRESSES.spec()).iter();
        let folded = list.filter_map(|value| value.downcast::<ProxyAddress>()).map(ProxyAddress::folded);
        let mut addresses: Vec<Key> = folded.map(|text| Key::new(ADDRESSES, &text)).collect();
        let legacy = record.get(&recipient::LEGACY_EXCHANGE_DN);
        addresses.extend(legacy.map(|name| Key::new(ADDRESSES, &format!("x500:{}", name.to_lowercase()))));
        let legacy = recipient::LEGACY_EXCHANGE_DN.spec();
        let indexed =
            record.values.iter().filter(|(spec, _)| Cache::has_index(spec) && !std::ptr::eq(*spec, legacy));
        let keys = indexed.flat_map(|(spec, held)| {
            held.values().iter().map(|value| Key::new(place_of(spec), &fold(value)))
        });
        Keys { addresses, indexes: keys.collect() }
    }
}

fn members(record: &Record) -> BTreeSet<u128> {
    match record.class {
        Class::Group => record.references(&group::MEMBERS).into_iter().map(Guid::to_u128).collect(),
        _ => BTreeSet::new(),
    }
}
