//! The verbs that are the same for all nouns: Get, Set, New, Remove, Enable, Disable. A noun's file says what is
//! special about it in one [`Subject`]: what to check before, what to do besides, the words of the prompt.

use crate::authority::within_scopes;
use crate::own::{self, Sight};
use crate::rooms::{IDENTITY, Rooms};
use directory::{Change, Class, Edit, IdentityKind, Query, Record, kinds};
use gate::{Call, Cmdlet, Output, Standard, Verb};
use object::types::{Guid, ObjectId, RecipientTypeDetails, Unlimited};
use object::{Error, ErrorId, Filter, Keys, Noun, Object, Parameter, Result, Spec};
use std::sync::Arc;

pub(crate) static FILTER: Parameter<String> = Parameter::new(
    "Filter",
    "Which objects are wanted, in the filter language: \"Name -like 'a*' -and HiddenFromAddressListsEnabled -eq $true\".",
);
static ANR: Parameter<String> = Parameter::new("Anr", "The beginning of a name, display name or alias.");
pub(crate) static ORGANIZATIONAL_UNIT: Parameter<ObjectId> = Parameter::new(
    "OrganizationalUnit",
    "The organizational unit in which to look, with all below it, or in which the object is made.",
);
pub(crate) static RECIPIENT_TYPE_DETAILS: Parameter<RecipientTypeDetails> =
    Parameter::new("RecipientTypeDetails", "The exact kinds of recipients that are wanted; all by default.")
        .many();
static SORT_BY: Parameter<String> =
    Parameter::new("SortBy", "The property to sort by, ascending; by name by default.");
static RESULT_SIZE: Parameter<Unlimited<i32>> =
    Parameter::new("ResultSize", "How many objects are wanted at most; all by default.");
static NAME: Parameter<String> = Parameter::of(&directory::schema::recipient::NAME);

static GET: Keys =
    &[&IDENTITY, &FILTER, &ANR, &ORGANIZATIONAL_UNIT, &RECIPIENT_TYPE_DETAILS, &SORT_BY, &RESULT_SIZE];
static ONE: Keys = &[&IDENTITY];
static NEW: Keys = &[&NAME];
/// The key of how many objects are wanted.
pub(crate) fn result_size() -> &'static Parameter<Unlimited<i32>> {
    &RESULT_SIZE
}

/// The key of [`limit`].
pub(crate) static LIMIT: Keys = &[&RESULT_SIZE];

/// What a `Get-` looks for besides what all of them can be asked.
pub struct Wanted<'a> {
    /// What the directory is asked.
    pub query: Query,
    /// Has the last word on each object.
    pub passes: Box<dyn Fn(&Record) -> bool + 'a>,
}

impl Wanted<'_> {
    /// All that the query finds.
    pub fn all(query: Query) -> Wanted<'static> {
        Wanted { query, passes: Box::new(|_| true) }
    }
}

/// What a `Set-` does besides setting properties, in the same transaction and behind it; it may be run again.
pub type Besides = Box<dyn Fn(&mut Change<'_>, Guid) -> Result<()> + Send>;

/// What is done to one object.
pub type Act = fn(&Rooms, &Call, &Record, &mut Output<'_>) -> Result<()>;

/// A noun as the standard verbs see it.
pub struct Subject {
    /// What is shown.
    pub noun: &'static Noun,
    /// Which objects an identity can name.
    pub kind: &'static IdentityKind,
    /// What `New-` makes.
    pub class: Class,
    /// What prompts call it: `accepted domain`.
    pub called: &'static str,
    /// The properties that `-SortBy` takes; nothing means any.
    pub sorts: &'static [&'static str],
    /// `Get-`: what is looked for.
    pub wanted: for<'a> fn(&Subject, &'a Rooms, &Call) -> Result<Wanted<'a>>,
    /// `Get-`: adds what the directory does not know.
    pub complete: fn(&Rooms, &Call, &Record, &Object),
    /// The object that a command is about, where it is not the identity that names it.
    pub one: fn(&Subject, &Rooms, &Call) -> Result<Arc<Record>>,
    /// What is checked before anybody is asked whether to go on.
    pub check: fn(Verb, &Rooms, &Call, &Record) -> Result<()>,
    /// The words of a prompt, where they are not the usual ones.
    pub words: fn(Verb, &Rooms, &Call, &str) -> Option<String>,
    /// `Set-`: what is done besides.
    pub besides: fn(&Rooms, &Call, &Record) -> Result<Option<Besides>>,
    /// `Set-`: what is said when it is done, of what the object was before.
    pub after: fn(&Rooms, &Call, &Record, &mut Output<'_>) -> Result<()>,
    /// `New-`: how it is made.
    pub make: Make,
    /// `Remove-`
    pub remove: Act,
    /// `Enable-`
    pub enable: Act,
    /// `Disable-`
    pub disable: Act,
}

/// Makes an object of a name, with what was given for its properties.
pub type Make = fn(&Subject, &Rooms, &Call, &str, Vec<Edit>) -> Result<Arc<Record>>;

impl Subject {
    /// A noun of which nothing is special: change the fields that differ.
    pub const fn of(
        noun: &'static Noun,
        kind: &'static IdentityKind,
        class: Class,
        called: &'static str,
    ) -> Subject {
        Subject {
            noun,
            kind,
            class,
            called,
            sorts: &[],
            wanted: |subject, _, _| Ok(Wanted::all(Query::of(subject.kind))),
            complete: |_, _, _, _| {},
            one: |subject, rooms, call| own::one(rooms, call, subject.kind),
            check: |_, _, _, _| Ok(()),
            words: |_, _, _, _| None,
            besides: |_, _, _| Ok(None),
            after: |_, _, _, _| Ok(()),
            make: configuration,
            remove: delete,
            enable: nothing,
            disable: nothing,
        }
    }

    /// The cmdlet of a standard verb about this noun: fill in synopsis, roles and examples.
    pub const fn cmdlet(&'static self, verb: Verb) -> Cmdlet<Rooms> {
        Cmdlet::standard(verb, self.noun, self)
    }
}

impl Standard<Rooms> for Subject {
    fn keys(&self, verb: Verb) -> Keys {
        match verb {
            Verb::Get => GET,
            Verb::New => NEW,
            _ => ONE,
        }
    }
    fn property(&self, verb: Verb, name: &str) -> Option<&'static Spec> {
        // What a noun does not show can be set all the same: its objects hold more than one noun shows.
        let found = || self.noun.property(name).or_else(|| self.class.spec(name));
        matches!(verb, Verb::Set | Verb::New).then(found).flatten()
    }
    fn run(&self, verb: Verb, rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
        match verb {
            Verb::Get => self.get(rooms, call, out),
            Verb::New => self.newly(rooms, call, out),
            Verb::Set => self.set(rooms, call, out),
            Verb::Remove => self.act(verb, self.remove, rooms, call, out),
            Verb::Enable => self.act(verb, self.enable, rooms, call, out),
            Verb::Disable => self.act(verb, self.disable, rooms, call, out),
            other => Err(Error::server(
                ErrorId::DeclarationWrong,
                format!("{} is not a verb that all nouns share.", other.name()),
            )),
        }
    }
}

impl Subject {
    fn get(&self, rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
        let wanted = (self.wanted)(self, rooms, call)?;
        let query = self.narrowed(rooms, call, wanted.query)?;
        let limit = limit(call)?;
        let (found, sight) = (self.found(rooms, call, query)?, Sight::of(rooms, call)?);
        let found = found.filter(|record| sight.sees(rooms, record) && (wanted.passes)(record));
        for (shown, record) in found.enumerate() {
            if Some(shown) == limit {
                return out.warning(MORE_RESULTS);
            }
            if out.passes_over() {
                continue;
            }
            let object = rooms.directory().object(&record, self.noun);
            (self.complete)(rooms, call, &record, &object);
            out.object(object)?;
        }
        Ok(())
    }

    /// Adds what all `Get-` cmdlets can be asked.
    fn narrowed(&self, rooms: &Rooms, call: &Call, mut query: Query) -> Result<Query> {
        if let Some(text) = call.get(&FILTER)? {
            query.filter = Some(filter(&text, self.noun)?);
        }
        query.anr = call.get(&ANR)?.or(query.anr);
        if let Some(unit) = rooms.named(call, &ORGANIZATIONAL_UNIT, &kinds::ORGANIZATIONAL_UNIT)? {
            query.below = Some(unit.guid());
        }
        if let Some(details) = call.list(&RECIPIENT_TYPE_DETAILS)? {
            query.details = details;
        }
        if let Some(word) = call.get(&SORT_BY)? {
            query.sort = Some(self.sort(&word)?);
        }
        Ok(query)
    }

    /// The objects in order: by identity, by a name with `*`, or all that the query asks for.
    fn found(
        &self,
        rooms: &Rooms,
        call: &Call,
        query: Query,
    ) -> Result<Box<dyn Iterator<Item = Arc<Record>>>> {
        // `$null` as identity means all, as in Exchange: scripts guard against it.
        let Some(identity) = call.get(&IDENTITY)? else {
            return Ok(Box::new(rooms.directory().find(&query)?));
        };
        if identity.shown.contains('*') && identity.guid == Guid::EMPTY {
            return Ok(Box::new(rooms.directory().matching(self.kind, &identity.shown).into_iter()));
        }
        let record = own::one(rooms, call, self.kind)?;
        let narrowed = query.filter.is_some() || query.below.is_some() || !query.details.is_empty();
        if !narrowed {
            return Ok(Box::new(std::iter::once(record)));
        }
        Ok(Box::new(rooms.directory().find(&query)?.filter(move |found| found.guid() == record.guid())))
    }

    fn sort(&self, word: &str) -> Result<&'static Spec> {
        let allowed = self.sorts.is_empty() || self.sorts.iter().any(|name| name.eq_ignore_ascii_case(word));
        self.noun.property(word).filter(|_| allowed).ok_or_else(|| {
            let message = format!("{} objects can't be sorted by '{word}'.", self.noun.name);
            let error = Error::caller(ErrorId::InvalidSortProperty, message).about(SORT_BY.name());
            if self.sorts.is_empty() {
                error
            } else {
                error.help(format!("Sort by {}.", self.sorts.join(", ")))
            }
        })
    }

    fn newly(&self, rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
        let name = call.need(&NAME)?;
        let edits = edits(call)?;
        if !out.should(&name, &self.sentence(Verb::New, rooms, call, &name))? {
            return Ok(());
        }
        let made = (self.make)(self, rooms, call, &name, edits)?;
        out.object(rooms.object(made.guid(), self.noun)?)
    }

    fn set(&self, rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
        let record = (self.one)(self, rooms, call)?;
        within_scopes(rooms.directory(), call.author(), &record)?;
        (self.check)(Verb::Set, rooms, call, &record)?;
        let (edits, shown) = (edits(call)?, rooms.shown(&record));
        if !out.should(&shown, &self.sentence(Verb::Set, rooms, call, &shown))? {
            return Ok(());
        }
        let besides = (self.besides)(rooms, call, &record)?;
        let guid = record.guid();
        let changed = rooms.directory().change(call.author(), move |change| {
            let mut record = change.read(guid)?;
            let changed = change.edit(&mut record, &edits)?;
            if changed {
                change.save(record)?;
            }
            match &besides {
                Some(besides) => besides(change, guid).map(|()| true),
                None => Ok(changed),
            }
        })?;
        if changed { (self.after)(rooms, call, &record, out) } else { out.warning(unchanged(&shown)) }
    }

    /// Does something to the one object that is named, when that is wanted.
    pub(crate) fn act(
        &self,
        verb: Verb,
        act: Act,
        rooms: &Rooms,
        call: &Call,
        out: &mut Output<'_>,
    ) -> Result<()> {
        let record = (self.one)(self, rooms, call)?;
        within_scopes(rooms.directory(), call.author(), &record)?;
        (self.check)(verb, rooms, call, &record)?;
        let shown = rooms.shown(&record);
        if out.should(&shown, &self.sentence(verb, rooms, call, &shown))? {
            act(rooms, call, &record, out)?;
        }
        Ok(())
    }

    fn sentence(&self, verb: Verb, rooms: &Rooms, call: &Call, shown: &str) -> String {
        let usual = || format!("{} {} \"{shown}\".", doing(verb), self.called);
        (self.words)(verb, rooms, call, shown).unwrap_or_else(usual)
    }
}

/// The verb as prompts write it.
fn doing(verb: Verb) -> String {
    match verb {
        Verb::New => "Creating".to_owned(),
        Verb::Set => "Setting".to_owned(),
        verb => format!("{}ing", verb.name().trim_end_matches('e')),
    }
}

/// Makes a configuration object.
fn configuration(
    subject: &Subject,
    rooms: &Rooms,
    call: &Call,
    name: &str,
    edits: Vec<Edit>,
) -> Result<Arc<Record>> {
    let (class, name) = (subject.class, name.to_owned());
    let made = rooms
        .directory()
        .change(call.author(), move |change| change.new_configuration(class, &name, &edits))?;
    rooms.directory().need(made.guid())
}

fn delete(rooms: &Rooms, call: &Call, record: &Record, _: &mut Output<'_>) -> Result<()> {
    let guid = record.guid();
    rooms.directory().change(call.author(), move |change| change.delete(guid))
}

/// A noun without the verb has no such cmdlet; a cmdlet without its act is a fault of its declaration.
fn nothing(_: &Rooms, call: &Call, _: &Record, _: &mut Output<'_>) -> Result<()> {
    Err(Error::server(ErrorId::DeclarationWrong, format!("{} has nothing to do.", call.command())))
}

pub(crate) const MORE_RESULTS: &str = "There are more results available than are currently displayed. To view them, \
                            increase the value for the ResultSize parameter.";

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

/// How many more objects are wanted.
pub(crate) struct Wish(Option<usize>);

impl Wish {
    /// What `-ResultSize` says.
    pub(crate) fn of(call: &Call) -> Result<Wish> {
        limit(call).map(Wish)
    }
    /// Whether the next object is wanted. Where it is the first too many that is said: ask when there is one.
    pub(crate) fn takes(&mut self, out: &mut Output<'_>) -> Result<bool> {
        match &mut self.0 {
            None => Ok(true),
            Some(0) => out.warning(MORE_RESULTS).map(|()| false),
            Some(left) => {
                *left -= 1;
                Ok(true)
            }
        }
    }
}

/// How many objects are wanted; `None`: all.
pub(crate) fn limit(call: &Call) -> Result<Option<usize>> {
    match call.get(&RESULT_SIZE)?.and_then(Unlimited::value) {
        None => Ok(None),
        Some(count) => usize::try_from(count).map(Some).map_err(|_| {
            Error::caller(ErrorId::InvalidValue, "ResultSize can't be below 0.").about(RESULT_SIZE.name())
        }),
    }
}

/// What the given parameters want to become of properties; those that a cmdlet reads by a key are its own matter.
pub(crate) fn edits(call: &Call) -> Result<Vec<Edit>> {
    call.properties().map(|(spec, value)| Edit::new(spec, value)).collect()
}

/// The warning of a `Set-` that changed nothing.
fn unchanged(shown: &str) -> String {
    format!("The command completed successfully but no settings of '{shown}' have been modified.")
}
