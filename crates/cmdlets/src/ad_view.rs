//! Kinds of objects as the ActiveDirectory module looks for them: found by name or filter, shown with their attributes.

use crate::active_directory::{
    DISTINGUISHED_NAME, NAME, OBJECT_CLASS, OBJECT_GUID, PROPERTIES, SAM_ACCOUNT_NAME, SID, Search,
};
use crate::ad_object::{self, class_names};
use crate::rooms::{IDENTITY, Rooms};
use directory::schema::user;
use directory::{IdentityKind, Query, Record};
use gate::{Call, Output};
use object::{Declared, Noun, Object, Result, Spec, Value};
use std::sync::Arc;

/// Words of the module for what the directory calls otherwise.
pub(crate) type Words = &'static [(&'static str, &'static dyn Declared)];

/// A kind of objects as the module shows it.
pub(crate) struct View {
    /// What is shown unasked.
    pub(crate) noun: &'static Noun,
    /// Among which objects an identity is looked for.
    pub(crate) kind: &'static IdentityKind,
    /// Whether an object is of this kind.
    pub(crate) holds: fn(&Record) -> bool,
    /// The module's own words for attributes.
    pub(crate) words: Words,
    /// What the module works out of an object, where that is such a property.
    pub(crate) worked_out: fn(&Record, &'static Spec) -> Option<Value>,
}

/// Properties that every kind has, under the names of the module.
static ALWAYS: Words = &[("SamAccountName", &user::SAM_ACCOUNT_NAME), ("SID", &user::SID)];

/// Properties of the module that are the same in every view.
fn is_always(spec: &Spec) -> bool {
    [DISTINGUISHED_NAME.name(), NAME.name(), OBJECT_GUID.name(), SAM_ACCOUNT_NAME.name(), SID.name()]
        .contains(&spec.name)
}

impl View {
    /// Shows the object that is named, or all that a filter finds.
    pub(crate) fn get(&self, rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
        if call.get(&IDENTITY)?.is_some() {
            let wanted = call.list(&PROPERTIES)?.unwrap_or_default();
            return out.object(self.shown(rooms, &*self.one(rooms, call)?, &wanted)?);
        }
        let named = |word: &str| self.named(word);
        let search = Search::of(rooms, call, &named)?;
        let query = Query { below: search.below, system: true, ..Query::of(self.kind) };
        let found = rooms.directory().find(&query)?;
        let passes = |record: &Record| {
            (self.holds)(record)
                && search.wants(rooms, record, &|record, spec| self.value(rooms, record, spec))
        };
        for record in found.filter(|record| passes(record)).take(search.limit) {
            out.object(self.shown(rooms, &record, &search.wanted)?)?;
        }
        Ok(())
    }

    /// The one object that `-Identity` names.
    pub(crate) fn one(&self, rooms: &Rooms, call: &Call) -> Result<Arc<Record>> {
        let record = rooms.one(call, self.kind)?;
        if (self.holds)(&record) {
            return Ok(record);
        }
        Err(rooms.directory().nothing_named(&call.need(&IDENTITY)?.shown))
    }

    /// The property that a word means.
    fn named(&self, word: &str) -> Option<&'static Spec> {
        let words = self.words.iter().chain(ALWAYS);
        let own = words.filter(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, of)| of.spec()).next();
        let worked_out = || {
            let shown = self.noun.properties.iter().map(|declared| declared.spec());
            let mut own = shown.filter(|spec| !is_always(spec) && spec.name != OBJECT_CLASS.name());
            own.find(|spec| spec.name.eq_ignore_ascii_case(word))
        };
        own.or_else(worked_out).or_else(|| ad_object::spec_named(word))
    }

    fn value(&self, rooms: &Rooms, record: &Record, spec: &'static Spec) -> Value {
        (self.worked_out)(record, spec).unwrap_or_else(|| ad_object::value(rooms, record, spec))
    }

    /// An object with the attributes that are wanted besides the usual ones.
    pub(crate) fn shown(&self, rooms: &Rooms, record: &Record, wanted: &[String]) -> Result<Object> {
        let object = Object::of(self.noun);
        for declared in self.noun.properties {
            let name = declared.spec().name;
            let value = match self.named(name) {
                _ if name == OBJECT_CLASS.name() => own_class(record).into(),
                Some(spec) => self.value(rooms, record, spec),
                None => Value::Null,
            };
            object.set(name, value);
        }
        let named = |word: &str| self.named(word);
        ad_object::add_wanted(rooms, record, &object, wanted, &named, &|spec| {
            self.value(rooms, record, spec)
        })?;
        Ok(object)
    }
}

/// The last of an object's classes, its own.
fn own_class(record: &Record) -> &'static str {
    class_names(record).and_then(<[_]>::last).copied().unwrap_or("top")
}
