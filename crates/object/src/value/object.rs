//! An object with named properties: what a cmdlet answers, `[pscustomobject]`, and any other value to
//! which properties were added.

use super::{Text, Value};
use crate::Noun;
use crate::types::names::is_of_directory;
use parking_lot::{
    MappedRwLockReadGuard, MappedRwLockWriteGuard, RwLock, RwLockReadGuard, RwLockUpgradableReadGuard,
    RwLockWriteGuard,
};
use std::any::Any;
use std::fmt;
use std::sync::{Arc, LazyLock};

/// An object with named properties. Names ignore case and keep the order in which they were added.
pub struct Object {
    noun: Option<&'static Noun>,
    base: Option<Value>,
    /// The class of a script that it is an instance of; whoever runs scripts knows what is in it.
    class: Option<Arc<dyn Any + Send + Sync>>,
    /// How a number was written, where its text is that (an argument `1.50`).
    written: Option<Text>,
    /// `None` while it has but the one name that its noun gives it.
    type_names: RwLock<Option<Vec<Text>>>,
    properties: RwLock<Properties>,
}

/// Names and values, in their order.
type Pairs = Vec<(Text, Value)>;

/// Properties as they came from elsewhere: each is read when somebody asks for it, and once. Of 100,000
/// mailboxes that pass through a pipeline most properties are never looked at.
pub trait Unread: Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;
    /// Which one has that name, any case.
    fn find(&self, name: &str) -> Option<usize>;
    /// The name of one.
    fn name(&self, at: usize) -> Text;
    /// Reads one.
    fn read(&self, at: usize) -> Value;
    /// For downcasts: `self`.
    fn as_any(&self) -> &dyn Any;
}

/// What an object holds.
enum Properties {
    Read(Pairs),
    /// As they came, and those that were read so far: whoever asks twice gets the same list twice.
    Unread(Box<dyn Unread>, Vec<(usize, Value)>),
}

impl Properties {
    /// The property `name` as far as it is known; `Err`: it is there and was not read yet.
    fn known(&self, name: &str) -> Result<Option<Value>, usize> {
        match self {
            Properties::Read(pairs) => {
                let found = pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                Ok(found.map(|(_, value)| value.clone()))
            }
            Properties::Unread(source, read) => {
                let Some(at) = source.find(name) else { return Ok(None) };
                let found = read.iter().find(|(known, _)| *known == at);
                found.map(|(_, value)| Some(value.clone())).ok_or(at)
            }
        }
    }

    fn read_one(&mut self, name: &str) -> Option<Value> {
        match (self.known(name), self) {
            (Ok(known), _) => known,
            (Err(at), Properties::Unread(source, read)) => {
                let value = source.read(at);
                read.push((at, value.clone()));
                Some(value)
            }
            (Err(_), Properties::Read(_)) => None,
        }
    }

    /// Reads all that is still unread.
    fn read_all(&mut self) -> &mut Pairs {
        if let Properties::Unread(source, read) = self {
            let one = |at: usize| {
                let known = read.iter().find(|(known, _)| *known == at).map(|(_, value)| value.clone());
                (source.name(at), known.unwrap_or_else(|| source.read(at)))
            };
            *self = Properties::Read((0..source.count()).map(one).collect());
        }
        match self {
            Properties::Read(pairs) => pairs,
            Properties::Unread(..) => unreachable!("all was read"),
        }
    }
}

impl Object {
    /// A `System.Management.Automation.PSCustomObject`.
    pub fn custom() -> Object {
        static NAME: LazyLock<Text> = LazyLock::new(|| "System.Management.Automation.PSCustomObject".into());
        Object::named(NAME.clone())
    }
    /// An object whose first type name is `type_name`.
    pub fn named(type_name: impl Into<Text>) -> Object {
        let type_names = RwLock::new(Some(vec![type_name.into()]));
        let properties = RwLock::new(Properties::Read(Vec::new()));
        Object { noun: None, base: None, class: None, written: None, type_names, properties }
    }
    /// An object of that type name with these properties; no two have the same name.
    pub fn with_properties(type_name: impl Into<Text>, properties: Vec<(Text, Value)>) -> Object {
        Object { properties: RwLock::new(Properties::Read(properties)), ..Object::named(type_name) }
    }
    /// An object of a noun: its declared properties are all there, unset ones read as `$null`.
    pub fn of(noun: &'static Noun) -> Object {
        Object::of_pairs(noun, Vec::new())
    }
    /// An object of a noun with these properties; no two have the same name.
    pub fn of_pairs(noun: &'static Noun, pairs: Vec<(Text, Value)>) -> Object {
        let properties = RwLock::new(Properties::Read(pairs));
        Object {
            noun: Some(noun),
            base: None,
            class: None,
            written: None,
            type_names: RwLock::new(None),
            properties,
        }
    }
    /// An object of a noun whose properties are read when somebody asks for them.
    pub fn unread(noun: &'static Noun, source: Box<dyn Unread>) -> Object {
        let properties = RwLock::new(Properties::Unread(source, Vec::new()));
        Object {
            noun: Some(noun),
            base: None,
            class: None,
            written: None,
            type_names: RwLock::new(None),
            properties,
        }
    }
    /// Another value with properties of its own on top.
    pub fn around(base: Value) -> Object {
        let type_name = base.type_name();
        Object { base: Some(base), ..Object::named(type_name) }
    }
    /// A number together with how it was written.
    pub fn written(number: Value, text: impl Into<Text>) -> Object {
        Object { written: Some(text.into()), ..Object::around(number) }
    }
    /// How a number was written.
    pub fn as_written(&self) -> Option<&Text> {
        self.written.as_ref()
    }
    /// An instance of a script's class: `names` are those of its classes, the most special one first; `base` is
    /// the value of .NET's type that the class derives from, if it derives from one.
    pub fn of_class(class: Arc<dyn Any + Send + Sync>, names: Vec<Text>, base: Option<Value>) -> Object {
        Object { base, class: Some(class), type_names: RwLock::new(Some(names)), ..Object::custom() }
    }

    /// Adds a property while the object is being made.
    #[must_use]
    pub fn with(mut self, name: impl Into<Text>, value: impl Into<Value>) -> Object {
        self.properties.get_mut().read_all().push((name.into(), value.into()));
        self
    }

    /// The noun it belongs to, when it came from a cmdlet of ours.
    pub fn noun(&self) -> Option<&'static Noun> {
        self.noun
    }
    /// The value underneath, when properties were added to another value.
    pub fn base(&self) -> Option<&Value> {
        self.base.as_ref()
    }
    /// The class of a script that it is an instance of.
    pub fn class(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.class.as_ref()
    }
    /// The first type name.
    pub fn type_name(&self) -> Text {
        match &*self.type_names.read() {
            Some(names) => names.first().cloned().unwrap_or_else(|| "System.Object".into()),
            None => self.own_name().into(),
        }
    }
    /// The one name of an object whose names nobody touched.
    fn own_name(&self) -> &'static str {
        self.noun.map_or("System.Object", |noun| noun.type_name)
    }
    /// Whether it stands for a value of the one type it names, and is no custom object of a script.
    pub fn is_of_named_type(&self) -> bool {
        let custom = |name: &str| name.starts_with("Selected.") || name.ends_with(".PSCustomObject");
        match &*self.type_names.read() {
            Some(names) => matches!(names.as_slice(), [one] if !custom(one)),
            None => !custom(self.own_name()),
        }
    }
    /// All type names, the most special one first.
    pub fn type_names(&self) -> MappedRwLockReadGuard<'_, Vec<Text>> {
        if self.type_names.read().is_none() {
            drop(self.type_names_mut());
        }
        RwLockReadGuard::map(self.type_names.read(), |names| match names {
            Some(names) => names,
            None => const { &Vec::new() },
        })
    }
    /// All type names, to be changed (`$x.PSTypeNames.Insert(0, …)`).
    pub fn type_names_mut(&self) -> MappedRwLockWriteGuard<'_, Vec<Text>> {
        RwLockWriteGuard::map(self.type_names.write(), |names| {
            names.get_or_insert_with(|| vec![self.own_name().into()])
        })
    }

    /// The property `name`; `None` when it is not set here.
    pub fn get(&self, name: &str) -> Option<Value> {
        let known = self.properties.read().known(name);
        known.unwrap_or_else(|_| self.properties.write().read_one(name))
    }
    /// Sets the property `name`, adding it at the end when it is new.
    pub fn set(&self, name: &str, value: impl Into<Value>) {
        let (value, mut properties) = (value.into(), self.properties.write());
        let pairs = properties.read_all();
        match pairs.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some(slot) => slot.1 = value,
            None => pairs.push((name.into(), value)),
        }
    }
    /// Takes the property `name` away.
    pub fn remove(&self, name: &str) {
        self.properties.write().read_all().retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }
    /// The properties that are set, in their order. Do not call back into scripts while holding it.
    pub fn properties(&self) -> MappedRwLockReadGuard<'_, Vec<(Text, Value)>> {
        let properties = self.properties.upgradable_read();
        let properties = match &*properties {
            Properties::Read(_) => RwLockUpgradableReadGuard::downgrade(properties),
            Properties::Unread(..) => {
                let mut properties = RwLockUpgradableReadGuard::upgrade(properties);
                properties.read_all();
                RwLockWriteGuard::downgrade(properties)
            }
        };
        RwLockReadGuard::map(properties, |properties| match properties {
            Properties::Read(pairs) => pairs,
            Properties::Unread(..) => const { &Vec::new() },
        })
    }
    /// Shows the properties as they came, with those that were read (and may have been changed since);
    /// `None` when nothing is unread.
    pub fn as_it_came<T>(&self, work: impl FnOnce(&dyn Unread, &[(usize, Value)]) -> T) -> Option<T> {
        match &*self.properties.read() {
            Properties::Unread(source, read) => Some(work(&**source, read)),
            Properties::Read(_) => None,
        }
    }
}

/// The properties that say which object of a noun it is, the first one that is set first: objects of Exchange's directory by
/// their names, those of a directory tool by their distinguished names, others by their identities.
fn telling(noun: &Noun) -> &'static [&'static str] {
    if is_of_directory(noun.type_name) {
        &["Name", "Identity"]
    } else if noun.property("Identity").is_none() {
        &["DistinguishedName", "Name", "Identity"]
    } else {
        &["Identity", "Name"]
    }
}

impl fmt::Display for Object {
    /// As PowerShell turns an object into a string: the value underneath, an object of a noun by its name or identity, a
    /// custom object as `@{a=1; b=2}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.written {
            return f.write_str(text);
        }
        if let Some(base) = &self.base {
            return write!(f, "{base}");
        }
        if self.class.is_some() {
            return f.write_str(&self.type_name());
        }
        if let Some(noun) = self.noun {
            let shown = telling(noun).iter().find_map(|name| self.get(name));
            return shown.map_or(Ok(()), |value| write!(f, "{value}"));
        }
        let pairs: Vec<String> =
            self.properties().iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(f, "@{{{}}}", pairs.join("; "))
    }
}
