//! A directory object in memory: typed reading and writing, and its values as text for the database.

use crate::Class;
use crate::access::AccessEntry;
use object::types::{ByteQuantifiedSize, Guid, ObjectId, PropertyType, Unlimited};
use object::value::Text;
use object::{Declared, Error, ErrorId, Property, Result, Spec, Time, Value};
use std::sync::Arc;

/// The number of an object inside the database; never used again, never shown.
pub(crate) type Id = i64;

/// What is held of one property.
#[derive(Clone)]
pub(crate) enum Held {
    One(Value),
    Many(Arc<[Value]>),
}

impl Held {
    /// The values, one or many.
    pub(crate) fn values(&self) -> &[Value] {
        match self {
            Held::One(value) => std::slice::from_ref(value),
            Held::Many(values) => values,
        }
    }
    fn to_value(&self) -> Value {
        match self {
            Held::One(value) => value.clone(),
            Held::Many(values) => Value::array(values.iter().cloned()),
        }
    }
}

/// An object of the directory with its properties. Cheap to share, changed only inside a
/// [`Change`](crate::Change).
#[derive(Clone)]
pub struct Record {
    pub(crate) id: Id,
    pub(crate) guid: Guid,
    pub(crate) class: Class,
    pub(crate) name: Text,
    pub(crate) folded_name: Text,
    pub(crate) parent: Id,
    pub(crate) created: Time,
    pub(crate) changed: Time,
    pub(crate) number: i64,
    pub(crate) values: Vec<(&'static Spec, Held)>,
}

impl Record {
    /// An object with nothing set, which stands in no directory: for tests of what settings mean.
    pub fn blank(class: Class) -> Record {
        Record::new(0, Guid::EMPTY, class, "blank", 0, Time(0))
    }

    pub(crate) fn new(id: Id, guid: Guid, class: Class, name: &str, parent: Id, now: Time) -> Record {
        let (folded_name, number) = (name.to_lowercase().into(), 0);
        let (name, values) = (name.into(), Vec::new());
        Record { id, guid, class, name, folded_name, parent, created: now, changed: now, number, values }
    }

    /// The name that never changes.
    pub fn guid(&self) -> Guid {
        self.guid
    }
    /// What it is.
    pub fn class(&self) -> Class {
        self.class
    }
    /// The name within its container.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// When it was made.
    pub fn created(&self) -> Time {
        self.created
    }
    /// When it was changed last.
    pub fn changed(&self) -> Time {
        self.changed
    }
    /// The directory change number of its last change.
    pub fn change_number(&self) -> i64 {
        self.number
    }

    /// The value of a property, its default when it was never set.
    pub fn get<T: PropertyType>(&self, property: &Property<T>) -> Option<T> {
        T::of_value(&self.value(property.spec()))
    }
    /// The values of a property that holds a list.
    pub fn all<T: PropertyType>(&self, property: &Property<T>) -> Vec<T> {
        self.stored_values(property.spec()).iter().filter_map(T::of_value).collect()
    }
    /// Whether a property with a yes or no is set to yes (or is so by default).
    pub fn is(&self, property: &Property<bool>) -> bool {
        self.get(property).unwrap_or(false)
    }
    /// The value of a property, its default when it was never set. Lists come as arrays.
    pub fn value(&self, spec: &Spec) -> Value {
        match self.held(spec) {
            Some(held) => held.to_value(),
            None if spec.many => Value::array(spec.default_value().items()),
            None => spec.default_value(),
        }
    }
    /// Whether a value of its own is there.
    pub fn has(&self, spec: &Spec) -> bool {
        self.held(spec).is_some()
    }
    /// The values that are stored, one or many, without defaults.
    pub fn stored_values(&self, spec: &Spec) -> &[Value] {
        self.held(spec).map_or(&[], Held::values)
    }
    /// The values of a list, its default where it was never set.
    pub(crate) fn held_values(&self, spec: &Spec) -> Vec<Value> {
        if spec.many { self.value(spec).items() } else { self.stored_values(spec).to_vec() }
    }
    /// All properties that have a value of their own.
    pub fn stored(&self) -> impl Iterator<Item = (&'static Spec, &[Value])> {
        self.values.iter().map(|(spec, held)| (*spec, held.values()))
    }

    pub(crate) fn held(&self, spec: &Spec) -> Option<&Held> {
        self.values.iter().find(|(known, _)| std::ptr::eq(*known, spec)).map(|(_, held)| held)
    }

    /// Sets a property.
    pub fn set<T: PropertyType>(&mut self, property: &'static Property<T>, value: T) {
        self.put(property.spec(), value.into_value());
    }
    /// Sets a property that holds a list; an empty list clears it.
    pub fn set_all<T: PropertyType>(&mut self, property: &'static Property<T>, values: Vec<T>) {
        let values: Vec<Value> = values.into_iter().map(T::into_value).collect();
        self.put(property.spec(), Value::array(values));
    }
    /// Takes a property's own value away, so that its default holds.
    pub fn clear<T: PropertyType>(&mut self, property: &'static Property<T>) {
        self.drop_value(property.spec());
    }
    /// Sets a property to a value of its kind; `$null`, empty text and an empty list clear it.
    pub fn put(&mut self, spec: &'static Spec, value: Value) {
        let held = match (&value, spec.many) {
            (Value::Null, _) => None,
            (Value::String(text), _) if text.is_empty() => None,
            (_, true) => Some(value.items()).filter(|items| !items.is_empty()).map(|i| Held::Many(i.into())),
            (_, false) => Some(Held::One(value)),
        };
        match (held, self.values.iter_mut().find(|(known, _)| std::ptr::eq(*known, spec))) {
            (None, _) => self.drop_value(spec),
            (Some(held), Some(slot)) => slot.1 = held,
            (Some(held), None) => self.values.push((spec, held)),
        }
    }
    /// Gives a property the value that another record has.
    pub(crate) fn copy_value(&mut self, spec: &'static Spec, from: &Record) {
        let value = if from.has(spec) { from.value(spec) } else { Value::Null };
        self.put(spec, value);
    }
    pub(crate) fn drop_value(&mut self, spec: &'static Spec) {
        self.values.retain(|(known, _)| !std::ptr::eq(*known, spec));
    }

    /// The reference that a property holds.
    pub fn reference(&self, property: &Property<ObjectId>) -> Option<Guid> {
        self.get(property).map(|id| id.guid)
    }
    /// The references that a property holds.
    pub fn references(&self, property: &Property<ObjectId>) -> Vec<Guid> {
        self.all(property).into_iter().map(|id| id.guid).collect()
    }
    /// Renames it; the name must have been checked.
    pub(crate) fn rename(&mut self, name: &str) {
        self.name = name.into();
        self.folded_name = name.to_lowercase().into();
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} ({})", self.class, self.name, self.guid)
    }
}

/// A reference by GUID alone, as records keep it; the name is looked up when it is shown.
pub fn link(guid: Guid) -> ObjectId {
    ObjectId { guid, ..ObjectId::written("") }
}

/// The text of a value as the database keeps it: exact, and independent of how it is shown.
pub(crate) fn encode(value: &Value) -> String {
    if let Value::DateTime(date) = value {
        return date.to_time().rfc3339();
    }
    if let Some(id) = value.downcast::<ObjectId>() {
        return id.guid.to_string();
    }
    let size = value.downcast::<ByteQuantifiedSize>().copied();
    let bounded = value.downcast::<Unlimited<ByteQuantifiedSize>>().and_then(|bound| bound.value());
    match size.or(bounded) {
        Some(ByteQuantifiedSize(bytes)) => bytes.to_string(),
        None => value.to_string(),
    }
}

/// The value of a text that [`encode`] made.
pub(crate) fn decode(spec: &Spec, text: &str) -> Result<Value> {
    if std::ptr::eq(spec.kind, <ObjectId as PropertyType>::KIND) {
        return match Guid::parse(text) {
            Some(guid) => Ok(Value::typed(link(guid))),
            None => Err(damaged(spec, text)),
        };
    }
    (spec.kind.read)(&text.into()).map_err(|_| damaged(spec, text))
}

fn damaged(spec: &Spec, text: &str) -> Error {
    let message =
        format!("The directory holds '{text}' as {}, which is not a valid {}.", spec.name, spec.kind.name);
    Error::server(ErrorId::AttributeDamaged, message)
}

/// The form in which a value is compared and indexed: encoded, without case.
pub(crate) fn fold(value: &Value) -> String {
    match value.downcast::<AccessEntry>() {
        // A permission is found by whoever it is about.
        Some(entry) => entry.trustee.to_lowercase(),
        None => encode(value).to_lowercase(),
    }
}

/// The property `name` of a class, any case; the database's rows are read through it.
pub(crate) fn spec_of(class: Class, name: &str) -> Option<&'static Spec> {
    class.spec(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::mailbox;
    use object::types::ProxyAddress;

    #[test]
    fn values_survive_the_database() {
        let quota = Unlimited::Value(ByteQuantifiedSize(2_039_480_321)).into_value();
        let when = Value::from(Time(1_700_000_000_123_456));
        for (spec, value) in [
            (mailbox::SEND_QUOTA.spec(), quota),
            (mailbox::SEND_QUOTA.spec(), Unlimited::<ByteQuantifiedSize>::Unlimited.into_value()),
            (mailbox::WHEN_MAILBOX_CREATED.spec(), when),
            (mailbox::DATABASE.spec(), Value::typed(link(Guid::random()))),
            (mailbox::USE_DATABASE_QUOTAS.spec(), false.into()),
        ] {
            let text = encode(&value);
            assert_eq!(encode(&decode(spec, &text).unwrap()), text, "{}", spec.name);
        }
        assert_eq!(decode(mailbox::SEND_QUOTA.spec(), "much").unwrap_err().id(), "AttributeDamaged");
    }

    #[test]
    fn a_property_that_was_never_set_reads_as_its_default() {
        let mut record = Record::new(1, Guid::random(), Class::User, "Ann", 0, Time(0));
        assert_eq!(record.get(&mailbox::SEND_QUOTA), Some(Unlimited::Unlimited));
        record.set(&mailbox::SEND_QUOTA, Unlimited::Value(ByteQuantifiedSize::mb(5)));
        assert_eq!(record.get(&mailbox::SEND_QUOTA), Some(Unlimited::Value(ByteQuantifiedSize::mb(5))));
        record.clear(&mailbox::SEND_QUOTA);
        assert!(!record.has(mailbox::SEND_QUOTA.spec()));
        record.set_all(&crate::schema::recipient::EMAIL_ADDRESSES, vec![ProxyAddress::parse("a@b").unwrap()]);
        assert_eq!(record.all(&crate::schema::recipient::EMAIL_ADDRESSES).len(), 1);
    }
}
