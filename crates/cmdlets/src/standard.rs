//! The verbs that are the same for all nouns: find, show, change. A noun's file says what is special.

use crate::parameters as p;
use crate::rooms::Rooms;
use directory::{Edit, IdentityKind, Query, Record, kinds};
use gate::{Call, Output};
use object::types::{RecipientTypeDetails, Unlimited};
use object::{Error, ErrorId, Filter, Noun, Parameter, Result, Spec, Value};
use std::sync::Arc;

/// What a `Get-` cmdlet finds and how it shows it.
pub(crate) struct Finding {
    /// Which objects it can name.
    pub(crate) kind: &'static IdentityKind,
    /// How they are shown.
    pub(crate) noun: &'static Noun,
    /// The properties that `-SortBy` takes; nothing means any.
    pub(crate) sorts: &'static [&'static str],
}

impl Finding {
    /// Finds what was asked for and shows it; `wanted` has the last word on each object.
    pub(crate) fn run(
        &self,
        rooms: &Rooms,
        call: &Call,
        out: &mut Output<'_>,
        query: Query,
        wanted: &dyn Fn(&Record) -> bool,
    ) -> Result<()> {
        rooms.check_controller(call)?;
        let query = self.complete(rooms, call, query)?;
        let found = self.found(rooms, call, query)?;
        let limit = limit(call)?;
        for (shown, record) in found.into_iter().filter(|record| wanted(record)).enumerate() {
            if Some(shown) == limit {
                return out.warning(MORE_RESULTS);
            }
            out.object(rooms.directory().object(&record, self.noun))?;
        }
        Ok(())
    }

    /// Adds what the common finding parameters ask for.
    fn complete(&self, rooms: &Rooms, call: &Call, mut query: Query) -> Result<Query> {
        if let Some(text) = text_of(call, "Filter") {
            query.filter = Some(filter(&text, self.noun)?);
        }
        query.anr = text_of(call, "Anr").or(query.anr);
        if let Some(unit) = rooms.named(call, &p::ORGANIZATIONAL_UNIT, &kinds::ORGANIZATIONAL_UNIT)? {
            query.below = Some(unit.guid());
        }
        if let Some(details) = details(call)? {
            query.details = details;
        }
        if let Some(word) = text_of(call, "SortBy") {
            query.sort = Some(self.sort(&word)?);
        }
        Ok(query)
    }

    /// The objects in order: by identity, by a name with `*`, or all that the query asks for.
    fn found(&self, rooms: &Rooms, call: &Call, query: Query) -> Result<Vec<Arc<Record>>> {
        // `$null` as identity means all, as in Exchange: scripts guard against it.
        let Some(identity) = call.get(&p::IDENTITY)? else {
            return Ok(rooms.directory().find(&query)?.collect());
        };
        if identity.shown.contains('*') && identity.guid == object::types::Guid::EMPTY {
            return Ok(rooms.directory().matching(self.kind, &identity.shown));
        }
        let record = rooms.one(call, self.kind)?;
        let narrowed = query.filter.is_some() || query.below.is_some() || !query.details.is_empty();
        if !narrowed {
            return Ok(vec![record]);
        }
        Ok(rooms.directory().find(&query)?.filter(|found| found.guid() == record.guid()).collect())
    }

    fn sort(&self, word: &str) -> Result<&'static Spec> {
        let allowed = self.sorts.is_empty() || self.sorts.iter().any(|name| name.eq_ignore_ascii_case(word));
        self.noun.property(word).filter(|_| allowed).ok_or_else(|| {
            let message = format!("{} objects can't be sorted by '{word}'.", self.noun.name);
            let error = Error::caller(ErrorId::InvalidSortProperty, message).about("SortBy");
            if self.sorts.is_empty() {
                error
            } else {
                error.help(format!("Sort by {}.", self.sorts.join(", ")))
            }
        })
    }
}

const MORE_RESULTS: &str = "There are more results available than are currently displayed. To view them, \
                            increase the value for the ResultSize parameter.";

/// The text of a parameter that several cmdlets declare in their own way.
fn text_of(call: &Call, name: &str) -> Option<String> {
    call.given(name).filter(|value| !value.is_null()).map(Value::to_string)
}

/// Reads `-Filter` for the properties of a noun.
pub(crate) fn filter(text: &str, noun: &'static Noun) -> Result<Filter> {
    Filter::parse(text, &|word| noun.filter_property(word)).map_err(|error| {
        if !error.is(ErrorId::UnknownFilterProperty) {
            return error;
        }
        let mut names: Vec<&str> = noun
            .properties
            .iter()
            .map(|declared| declared.spec())
            .filter(|spec| spec.filterable)
            .map(|spec| spec.filter_name.unwrap_or(spec.name))
            .collect();
        names.sort_unstable();
        let near = error.target_name().and_then(|word| gate::nearest(word, names.iter().copied()));
        let near = near.map(|near| format!("Did you mean {near}? ")).unwrap_or_default();
        error.help(format!("{near}These properties can be filtered: {}.", names.join(", ")))
    })
}

/// The kinds of recipients asked for; `None` when not asked.
fn details(call: &Call) -> Result<Option<Vec<RecipientTypeDetails>>> {
    let Some(value) = call.given(p::RECIPIENT_TYPE_DETAILS.name()) else { return Ok(None) };
    let read = |item: &Value| {
        use object::types::PropertyType;
        RecipientTypeDetails::of_value(item)
            .ok_or_else(|| RecipientTypeDetails::KIND.refuse(item).about("RecipientTypeDetails"))
    };
    value.items().iter().map(read).collect::<Result<Vec<_>>>().map(Some)
}

/// How many objects are wanted; `None`: all.
pub(crate) fn limit(call: &Call) -> Result<Option<usize>> {
    limit_of(call, &p::RESULT_SIZE)
}

pub(crate) fn limit_of(call: &Call, parameter: &Parameter<Unlimited<i32>>) -> Result<Option<usize>> {
    match call.get(parameter)?.and_then(Unlimited::value) {
        None => Ok(None),
        Some(count) => usize::try_from(count).map(Some).map_err(|_| {
            Error::caller(ErrorId::InvalidValue, format!("{} can't be below 0.", parameter.name()))
                .about(parameter.name())
        }),
    }
}

/// What the given parameters want to become of properties; those in `special` are the cmdlet's own matter.
pub(crate) fn edits(call: &Call, special: &[&str]) -> Result<Vec<Edit>> {
    call.properties()
        .filter(|(spec, _)| !special.iter().any(|name| name.eq_ignore_ascii_case(spec.name)))
        .map(|(spec, value)| Edit::new(spec, value))
        .collect()
}

/// Changes one object as the given parameters say; `thing` is what the prompt calls it.
pub(crate) fn set(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    record: &Record,
    thing: &str,
    edits: Vec<Edit>,
) -> Result<()> {
    let shown = rooms.shown(record);
    if !out.should(&shown, &format!("Setting {thing} \"{shown}\"."))? {
        return Ok(());
    }
    let changed = rooms.directory().set(call.author(), record.guid(), edits)?;
    if !changed {
        out.warning(unchanged(&shown))?;
    }
    Ok(())
}

/// The warning of a `Set-` that changed nothing.
pub(crate) fn unchanged(shown: &str) -> String {
    format!("The command completed successfully but no settings of '{shown}' have been modified.")
}
