//! The whole directory in memory, with its indexes; it follows the change number of the database.
//!
//! A mailbox takes about 2 KB here, and in return listing, filtering and finding by any identity never
//! wait for the disk. Writers change it after their commit and in commit order; readers hold its lock only while they
//! gather what they want.

use crate::Class;
use crate::domain::AcceptedDomains;
use crate::path::Path;
use crate::record::{Id, Record, fold};
use crate::schema::{group, recipient};
use crate::table::Loaded;
use object::types::{Guid, ProxyAddress};
use object::value::Text;
use object::{Declared, Spec, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The objects that share a value: nearly always one.
enum Ids {
    One(Id),
    Many(BTreeSet<Id>),
}

impl Ids {
    fn add(&mut self, id: Id) {
        match self {
            Ids::One(only) if *only == id => {}
            Ids::One(only) => *self = Ids::Many(BTreeSet::from([*only, id])),
            Ids::Many(all) => drop(all.insert(id)),
        }
    }
    /// Takes one away; tells whether none is left.
    fn remove(&mut self, id: Id) -> bool {
        match self {
            Ids::One(only) => *only == id,
            Ids::Many(all) => {
                all.remove(&id);
                all.is_empty()
            }
        }
    }
    fn len(&self) -> usize {
        match self {
            Ids::One(_) => 1,
            Ids::Many(all) => all.len(),
        }
    }
    fn to_vec(&self) -> Vec<Id> {
        match self {
            Ids::One(only) => vec![*only],
            Ids::Many(all) => all.iter().copied().collect(),
        }
    }
}

type Index = HashMap<Box<str>, Ids>;

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

/// The directory in memory.
#[derive(Default)]
pub(crate) struct Cache {
    pub(crate) fixed: Fixed,
    /// The change number up to which it is true.
    pub(crate) number: i64,
    records: HashMap<Id, Arc<Record>>,
    by_guid: HashMap<u128, Id>,
    /// By folded name, so that a listing comes in the order of names without sorting.
    names: BTreeSet<(Text, Id)>,
    by_class: BTreeMap<Class, BTreeSet<Id>>,
    addresses: HashMap<Box<str>, Id>,
    indexes: HashMap<usize, Index>,
    paths: HashMap<Id, Arc<Path>>,
    /// The groups in which an object is a member.
    member_of: HashMap<u128, BTreeSet<Id>>,
    domains: Arc<AcceptedDomains>,
}

impl Cache {
    pub(crate) fn new(server: &str) -> Cache {
        Cache { fixed: Fixed { server: server.into(), ..Fixed::default() }, ..Cache::default() }
    }

    /// Takes in what a transaction changed, and the number it was given.
    pub(crate) fn apply(&mut self, changes: Vec<Loaded>, number: i64) {
        let (mut containers, mut domains, mut configuration) = (false, false, false);
        for change in changes {
            let (id, record) = match change {
                Loaded::Live(record) => (record.id, Some(Arc::new(*record))),
                Loaded::Deleted(id) => (id, None),
            };
            let before = self.records.remove(&id);
            for one in before.iter().chain(&record) {
                containers |= one.class.is_container();
                domains |= one.class == Class::AcceptedDomain;
                configuration |= one.class.is_configuration() || one.class == Class::Domain;
            }
            if let Some(before) = before {
                self.remove(&before);
            }
            if let Some(record) = record {
                self.insert(record);
            }
        }
        self.number = self.number.max(number);
        if containers {
            self.rebuild_paths();
        }
        if configuration {
            self.rebuild_fixed();
        }
        if domains {
            let records = self.of_class(Class::AcceptedDomain);
            self.domains = Arc::new(AcceptedDomains::of(records.iter().map(AsRef::as_ref)));
        }
    }

    fn insert(&mut self, record: Arc<Record>) {
        let id = record.id;
        self.by_guid.insert(record.guid.to_u128(), id);
        self.names.insert((Arc::clone(&record.folded_name), id));
        self.by_class.entry(record.class).or_default().insert(id);
        for key in address_keys(&record) {
            self.addresses.insert(key.into(), id);
        }
        for (spec, key) in index_keys(&record) {
            let index = self.indexes.entry(address_of(spec)).or_default();
            index.entry(key.into()).and_modify(|ids| ids.add(id)).or_insert(Ids::One(id));
        }
        for member in members(&record) {
            self.member_of.entry(member).or_default().insert(id);
        }
        self.records.insert(id, record);
    }

    fn remove(&mut self, record: &Record) {
        let id = record.id;
        self.by_guid.remove(&record.guid.to_u128());
        self.names.remove(&(Arc::clone(&record.folded_name), id));
        if let Some(ids) = self.by_class.get_mut(&record.class) {
            ids.remove(&id);
        }
        for key in address_keys(record) {
            self.addresses.remove(key.as_str());
        }
        for (spec, key) in index_keys(record) {
            let Some(index) = self.indexes.get_mut(&address_of(spec)) else { continue };
            if index.get_mut(key.as_str()).is_some_and(|ids| ids.remove(id)) {
                index.remove(key.as_str());
            }
        }
        for member in members(record) {
            if let Some(groups) = self.member_of.get_mut(&member) {
                groups.remove(&id);
            }
        }
    }

    /// The paths of containers, top down; there are few of them.
    fn rebuild_paths(&mut self) {
        self.paths.clear();
        let containers: Vec<Arc<Record>> =
            self.records.values().filter(|record| record.class.is_container()).cloned().collect();
        let mut waiting: Vec<&Arc<Record>> = containers.iter().collect();
        while !waiting.is_empty() {
            let (mut rest, before) = (Vec::new(), waiting.len());
            for record in waiting {
                match self.container_path(record) {
                    Some(path) => drop(self.paths.insert(record.id, Arc::new(path))),
                    None => rest.push(record),
                }
            }
            // A container whose parent is missing has no path; verify reports it.
            if rest.len() == before {
                break;
            }
            waiting = rest;
        }
    }

    /// What the configuration looks like from elsewhere; there are few such objects and they change seldom.
    fn rebuild_fixed(&mut self) {
        let server = Arc::clone(&self.fixed.server);
        let organization = self.only(Class::Organization).map_or("", |organization| organization.name());
        let forest = self.only(Class::Domain).map_or("localdomain", |root| root.name());
        let legacy = format!(
            "/o={organization}/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn={server}"
        );
        let configuration = || self.records.values().filter(|record| record.class.is_configuration());
        let shown = |record: &Arc<Record>| Value::typed(crate::view::identity(self, record));
        let in_force = |record: &&Arc<Record>| record.is(&crate::schema::policy::IS_DEFAULT);
        self.fixed = Fixed {
            server_folded: server.to_lowercase().into(),
            server_legacy_dn: legacy.into(),
            controller: format!("{server}.{forest}").into(),
            version: "0.20 (15.0.0.0)".into(),
            address_policy: self.only(Class::EmailAddressPolicy).map(|policy| policy.guid.to_string().into()),
            shown: configuration().map(|record| (record.id, shown(record))).collect(),
            defaults: configuration().filter(in_force).map(|record| (record.class, shown(record))).collect(),
            server,
        };
    }

    /// An object as others that refer to it show it.
    pub(crate) fn shown(&self, record: &Record) -> Value {
        let ready = self.fixed.shown.get(&record.id).cloned();
        ready.unwrap_or_else(|| Value::typed(crate::view::identity(self, record)))
    }
    /// The policy of a class that is in force where none is named, as it is shown.
    pub(crate) fn default_of(&self, class: Class) -> Value {
        self.fixed.defaults.get(&class).cloned().unwrap_or_default()
    }

    fn container_path(&self, record: &Record) -> Option<Path> {
        match record.class {
            Class::Domain => Some(Path::root(&record.name)),
            Class::Organization => Some(self.paths.get(&record.parent)?.organization(&record.name)),
            class => Some(self.paths.get(&record.parent)?.below(class, &record.name)),
        }
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Arc<Record>> {
        self.records.get(&id)
    }
    pub(crate) fn by_guid(&self, guid: Guid) -> Option<&Arc<Record>> {
        self.records.get(self.by_guid.get(&guid.to_u128())?)
    }
    /// Who has an address, written with its type and in lower case (`smtp:ann@contoso.com`).
    pub(crate) fn by_address(&self, folded: &str) -> Option<&Arc<Record>> {
        self.records.get(self.addresses.get(folded)?)
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
        let ids = self.indexes.get(&address_of(spec)).and_then(|index| index.get(folded)).map(Ids::to_vec);
        ids.unwrap_or_default().iter().filter_map(|id| self.records.get(id)).cloned().collect()
    }
    /// How many have that value of an indexed property, in lower case.
    pub(crate) fn count(&self, spec: &'static Spec, folded: &str) -> usize {
        self.indexes.get(&address_of(spec)).and_then(|index| index.get(folded)).map_or(0, Ids::len)
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
        self.names.range(start..).filter_map(|(name, id)| Some((name, self.records.get(id)?)))
    }
    /// All objects in the order of names.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.names.iter().filter_map(|(_, id)| self.records.get(id))
    }
    pub(crate) fn of_class(&self, class: Class) -> Vec<Arc<Record>> {
        let ids = self.by_class.get(&class).into_iter().flatten();
        ids.filter_map(|id| self.records.get(id)).cloned().collect()
    }
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }
    /// The groups in which an object is a member itself.
    pub(crate) fn groups_of(&self, guid: Guid) -> Vec<Arc<Record>> {
        let ids = self.member_of.get(&guid.to_u128()).into_iter().flatten();
        ids.filter_map(|id| self.records.get(id)).cloned().collect()
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
        self.records.get(self.by_class.get(&class)?.first()?)
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
const CONTAINER_DEPTH_MAX: usize = 64;

fn address_of(spec: &Spec) -> usize {
    std::ptr::from_ref(spec) as usize
}

fn address_keys(record: &Record) -> Vec<String> {
    let mut keys: Vec<String> =
        record.all(&recipient::EMAIL_ADDRESSES).iter().map(ProxyAddress::folded).collect();
    let legacy = record.get(&recipient::LEGACY_EXCHANGE_DN);
    keys.extend(legacy.map(|name| format!("x500:{}", name.to_lowercase())));
    keys
}

fn index_keys(record: &Record) -> impl Iterator<Item = (&'static Spec, String)> {
    let legacy = recipient::LEGACY_EXCHANGE_DN.spec();
    let indexed =
        record.values.iter().filter(move |(spec, _)| Cache::has_index(spec) && !std::ptr::eq(*spec, legacy));
    indexed.flat_map(|(spec, held)| held.values().iter().map(|value| (*spec, fold(value))))
}

fn members(record: &Record) -> Vec<u128> {
    match record.class {
        Class::Group => record.references(&group::MEMBERS).into_iter().map(Guid::to_u128).collect(),
        _ => Vec::new(),
    }
}
