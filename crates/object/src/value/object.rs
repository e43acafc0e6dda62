//! An object with named properties: what a cmdlet answers, `[pscustomobject]`, and any other value to
//! which properties were added.

use super::{Text, Value};
use crate::Noun;
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::fmt;

/// An object with named properties. Names ignore case and keep the order in which they were added.
pub struct Object {
    noun: Option<&'static Noun>,
    base: Option<Value>,
    type_names: RwLock<Vec<Text>>,
    properties: RwLock<Vec<(Text, Value)>>,
}

impl Object {
    /// A `System.Management.Automation.PSCustomObject`.
    pub fn custom() -> Object {
        Object::named("System.Management.Automation.PSCustomObject")
    }
    /// An object whose first type name is `type_name`.
    pub fn named(type_name: impl Into<Text>) -> Object {
        let type_names = RwLock::new(vec![type_name.into()]);
        Object { noun: None, base: None, type_names, properties: RwLock::default() }
    }
    /// An object of a noun: its declared properties are all there, unset ones read as `$null`.
    pub fn of(noun: &'static Noun) -> Object {
        Object { noun: Some(noun), ..Object::named(noun.type_name) }
    }
    /// Another value with properties of its own on top.
    pub fn around(base: Value) -> Object {
        let type_name = base.type_name();
        Object { base: Some(base), ..Object::named(type_name) }
    }

    /// Adds a property while the object is being made.
    #[must_use]
    pub fn with(self, name: impl Into<Text>, value: impl Into<Value>) -> Object {
        self.properties.write().push((name.into(), value.into()));
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
    /// The first type name.
    pub fn type_name(&self) -> Text {
        self.type_names.read().first().cloned().unwrap_or_else(|| "System.Object".into())
    }
    /// Whether it stands for a value of the one type it names, and is no custom object of a script.
    pub fn is_of_named_type(&self) -> bool {
        let names = self.type_names.read();
        let custom = |name: &str| name.starts_with("Selected.") || name.ends_with(".PSCustomObject");
        matches!(names.as_slice(), [one] if !custom(one))
    }
    /// All type names, the most special one first.
    pub fn type_names(&self) -> RwLockReadGuard<'_, Vec<Text>> {
        self.type_names.read()
    }
    /// All type names, to be changed (`$x.PSTypeNames.Insert(0, …)`).
    pub fn type_names_mut(&self) -> RwLockWriteGuard<'_, Vec<Text>> {
        self.type_names.write()
    }

    /// The property `name`; `None` when it is not set here.
    pub fn get(&self, name: &str) -> Option<Value> {
        let properties = self.properties.read();
        properties.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    }
    /// Sets the property `name`, adding it at the end when it is new.
    pub fn set(&self, name: &str, value: impl Into<Value>) {
        let (value, mut properties) = (value.into(), self.properties.write());
        match properties.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some(slot) => slot.1 = value,
            None => properties.push((name.into(), value)),
        }
    }
    /// Takes the property `name` away.
    pub fn remove(&self, name: &str) {
        self.properties.write().retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }
    /// The properties that are set, in their order. Do not call back into scripts while holding it.
    pub fn properties(&self) -> RwLockReadGuard<'_, Vec<(Text, Value)>> {
        self.properties.read()
    }
}

impl fmt::Display for Object {
    /// As PowerShell turns an object into a string: the value underneath, an object of ours by its
    /// identity, a custom object as `@{a=1; b=2}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(base) = &self.base {
            return write!(f, "{base}");
        }
        if self.noun.is_some() {
            let shown = self.get("Identity").or_else(|| self.get("Name"));
            return shown.map_or(Ok(()), |value| write!(f, "{value}"));
        }
        let pairs: Vec<String> =
            self.properties().iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(f, "@{{{}}}", pairs.join("; "))
    }
}
