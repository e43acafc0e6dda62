//! The ActiveDirectory names that mail administrators' scripts use: accounts as a directory tool shows them.

use crate::ldap_filter;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::FILTER;
use directory::schema::{mailbox, recipient, user};
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId};
use object::{
    Declared, Error, ErrorId, Filter, Keys, Noun, Object, Parameter, Property, Result, Spec, Switch, Value,
};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&ENABLE, &DISABLE];

object::read_only_properties! { pub(crate) static;
    DISTINGUISHED_NAME: String = "DistinguishedName", "The distinguished name.";
    ENABLED: bool = "Enabled", "Whether the account can log on.";
    GIVEN_NAME: String = "GivenName", "The first name.";
    NAME: String = "Name", "The name.";
    OBJECT_CLASS: String = "ObjectClass", "The class of the object.";
    OBJECT_GUID: Guid = "ObjectGUID", "The GUID of the object.";
    SAM_ACCOUNT_NAME: String = "SamAccountName", "The account name.";
    SID: String = "SID", "The security identifier.";
    SURNAME: String = "Surname", "The last name.";
    USER_PRINCIPAL_NAME: String = "UserPrincipalName", "The name to log on with.";
}

/// An account as a directory tool shows it; further attributes are added when they are asked for.
pub static AD_USER: Noun = Noun {
    name: "ADUser",
    type_name: "Microsoft.ActiveDirectory.Management.ADUser",
    summary: "An account as a directory tool shows it.",
    properties: &[
        &DISTINGUISHED_NAME,
        &ENABLED,
        &GIVEN_NAME,
        &NAME,
        &OBJECT_CLASS,
        &OBJECT_GUID,
        &SAM_ACCOUNT_NAME,
        &SID,
        &SURNAME,
        &USER_PRINCIPAL_NAME,
    ],
    table: &[&NAME, &SAM_ACCOUNT_NAME, &ENABLED],
};

/// An account, as the commands that switch it name it.
pub(crate) static AD_ACCOUNT: Noun = Noun {
    name: "ADAccount",
    type_name: "Microsoft.ActiveDirectory.Management.ADAccount",
    summary: "An account that logs on.",
    properties: &[&DISTINGUISHED_NAME, &NAME, &SAM_ACCOUNT_NAME],
    table: &[&NAME],
};

/// The attributes of an account that are shown unasked, and the properties they are.
static USUAL: &[(&Property<String>, &dyn Declared)] = &[
    (&GIVEN_NAME, &user::FIRST_NAME),
    (&SURNAME, &user::LAST_NAME),
    (&SAM_ACCOUNT_NAME, &user::SAM_ACCOUNT_NAME),
    (&SID, &user::SID),
    (&USER_PRINCIPAL_NAME, &user::USER_PRINCIPAL_NAME),
];

/// Names that the module has besides the directory's own attribute names.
static FRIENDLY: &[(&str, &dyn Declared)] = &[
    ("GivenName", &user::FIRST_NAME),
    ("Surname", &user::LAST_NAME),
    ("EmailAddress", &recipient::WINDOWS_EMAIL_ADDRESS),
    ("mail", &recipient::WINDOWS_EMAIL_ADDRESS),
    ("Office", &user::OFFICE),
    ("Country", &user::COUNTRY_CODE),
    ("City", &user::CITY),
    ("State", &user::STATE),
    ("OfficePhone", &user::PHONE),
    ("MobilePhone", &user::MOBILE_PHONE),
    ("Description", &recipient::DESCRIPTION),
    ("HomePage", &user::WEB_PAGE),
    ("POBox", &user::POST_OFFICE_BOX),
    ("Created", &recipient::WHEN_CREATED),
    ("Modified", &recipient::WHEN_CHANGED),
];

pub(crate) static PROPERTIES: Parameter<String> = Parameter::new(
    "Properties",
    "Attributes to show besides the usual ones: proxyAddresses, department …; * for all that are set.",
)
.many();
static SEARCH_BASE: Parameter<String> = Parameter::new(
    "SearchBase",
    "The container below which to look, by its distinguished name; the whole domain by default.",
);
static SEARCH_SCOPE: Parameter<String> = Parameter::new(
    "SearchScope",
    "How deep to look: OneLevel for what stands directly below the container, or Subtree, the default.",
);
static RESULT_SET_SIZE: Parameter<i32> =
    Parameter::new("ResultSetSize", "How many accounts are wanted at most; $null, the default, means all.")
        .nullable();
pub(crate) static PASS_THRU: Parameter<Switch> = Parameter::new("PassThru", "Gives the account back.");

pub(crate) static LDAP_FILTER: Parameter<String> =
    Parameter::new("LDAPFilter", "Which objects are wanted, as LDAP asks: (&(objectClass=user)(mail=a*)).");

/// Finds the property that an attribute's name means.
pub(crate) type Named<'a> = &'a dyn Fn(&str) -> Option<&'static Spec>;

/// What a look-up of the ActiveDirectory module asks for.
pub(crate) struct Search {
    /// The attributes that are wanted besides the usual ones.
    pub(crate) wanted: Vec<String>,
    /// The container below which to look.
    pub(crate) below: Option<Guid>,
    /// How many are wanted at most.
    pub(crate) limit: usize,
    filter: Option<Filter>,
    /// The path of the container directly in which they stand, where only such are wanted.
    parent: Option<String>,
}

impl Search {
    /// The parameters that say it.
    pub(crate) const READS: Keys =
        &[&IDENTITY, &FILTER, &LDAP_FILTER, &PROPERTIES, &SEARCH_BASE, &SEARCH_SCOPE, &RESULT_SET_SIZE];

    pub(crate) fn of(rooms: &Rooms, call: &Call, named: Named<'_>) -> Result<Search> {
        let directory = rooms.directory();
        let below = match call.get(&SEARCH_BASE)? {
            Some(base) => below(rooms, &base)?,
            None => None,
        };
        let path = |unit: &Arc<Record>| directory.canonical_name(unit);
        let parent = below.as_ref().map_or_else(|| directory.forest(), path);
        let filter = match call.get(&LDAP_FILTER)? {
            Some(text) => Some(Filter::parse(&ldap_filter::translated(&text)?, named)?),
            None => asked_for(call)?.map(|text| Filter::parse(&text, named)).transpose()?,
        };
        let limit = call.get(&RESULT_SET_SIZE)?.map(result_set_size).transpose()?;
        Ok(Search {
            wanted: call.list(&PROPERTIES)?.unwrap_or_default(),
            below: below.map(|unit| unit.guid()),
            limit: limit.unwrap_or(usize::MAX),
            filter,
            parent: is_one_level(call)?.then_some(parent),
        })
    }

    /// Whether a record is wanted; `value` gives its properties as the filter has them.
    pub(crate) fn wants(
        &self,
        rooms: &Rooms,
        record: &Record,
        value: &dyn Fn(&Record, &'static Spec) -> Value,
    ) -> bool {
        let level = self.parent.as_ref().is_none_or(|parent| {
            let path = rooms.directory().canonical_name(record);
            path.rsplit_once('/').is_some_and(|(above, _)| above == parent)
        });
        level && self.filter.as_ref().is_none_or(|filter| filter.matches(&|spec| value(record, spec)))
    }
}

/// How many objects are wanted: the module takes no fewer than one.
fn result_set_size(count: i32) -> Result<usize> {
    usize::try_from(count).ok().filter(|count| *count > 0).ok_or_else(|| {
        Error::caller(ErrorId::InvalidValue, "ResultSetSize can't be below 1.")
            .help("Write $null for all.")
            .about(RESULT_SET_SIZE.name())
    })
}

/// The container that a search begins at; none where it is the domain itself.
fn below(rooms: &Rooms, base: &str) -> Result<Option<Arc<Record>>> {
    if base.trim().eq_ignore_ascii_case(&rooms.directory().domain_distinguished_name()) {
        return Ok(None);
    }
    let found = rooms.directory().resolve_text(&kinds::ORGANIZATIONAL_UNIT, base);
    found.map(Some).map_err(|error| error.about(SEARCH_BASE.name()))
}

/// `Base` and `OneLevel` are told apart from `Subtree`, the default.
fn is_one_level(call: &Call) -> Result<bool> {
    let Some(scope) = call.get(&SEARCH_SCOPE)? else { return Ok(false) };
    match scope.to_ascii_lowercase().as_str() {
        "subtree" | "2" => Ok(false),
        "onelevel" | "1" => Ok(true),
        other => {
            Err(Error::caller(ErrorId::InvalidValue, format!("'{other}' is not a search scope of users."))
                .help("Write OneLevel or Subtree.")
                .about(SEARCH_SCOPE.name()))
        }
    }
}

/// The filter as the module's cmdlets take it; none where `*` asks for everything.
pub(crate) fn asked_for(call: &Call) -> Result<Option<String>> {
    let text = call.get(&FILTER)?.unwrap_or_default();
    let inner = text.trim().trim_start_matches('{').trim_end_matches('}').trim();
    Ok((inner != "*").then_some(text))
}

/// Names the attribute that was probably meant.
pub(crate) fn with_nearest(error: Error) -> Error {
    let word = error.target_name().filter(|_| error.is(ErrorId::UnknownFilterProperty)).map(str::to_owned);
    let usual = AD_USER.properties.iter().map(|declared| declared.spec().name);
    let known = usual.chain(FRIENDLY.iter().map(|(name, _)| *name));
    match word.and_then(|word| gate::nearest(&word, known)) {
        Some(near) => error.help(format!("Did you mean {near}?")),
        None => error,
    }
}

/// The property that an attribute name means here.
pub(crate) fn spec_named(word: &str) -> Option<&'static Spec> {
    let own = AD_USER.properties.iter().map(|declared| declared.spec());
    let friendly =
        FRIENDLY.iter().filter(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, of)| of.spec());
    let usual = USUAL.iter().filter(|(of, _)| of.name().eq_ignore_ascii_case(word)).map(|(_, of)| of.spec());
    friendly
        .chain(usual)
        .chain(own.filter(|spec| spec.name.eq_ignore_ascii_case(word)))
        .next()
        .or_else(|| seen_as(word, &[&user::USER, &mailbox::MAILBOX], &[Class::User]))
}

/// The property that a word means: by the name of its attribute what is held or shown, by its own what nouns show. What is
/// held and has neither stays hidden: it can neither be asked for nor filtered by.
pub(crate) fn seen_as(word: &str, nouns: &[&'static Noun], classes: &[Class]) -> Option<&'static Spec> {
    let shown = || nouns.iter().flat_map(|noun| noun.properties).map(|declared| declared.spec());
    let held = || classes.iter().flat_map(|class| class.properties().iter().copied().flatten());
    let called = |spec: &&'static Spec| spec.attribute.is_some_and(|name| name.eq_ignore_ascii_case(word));
    let by_attribute = shown().chain(held().map(|declared| declared.spec())).find(called);
    by_attribute.or_else(|| shown().find(|spec| spec.name.eq_ignore_ascii_case(word)))
}

/// The value of a property as this view has it: the usual ones are worked out, others are the directory's.
pub(crate) fn value(rooms: &Rooms, record: &Record, spec: &'static Spec) -> Value {
    match spec.name {
        name if name == ENABLED.name() => (!record.is_account_disabled()).into(),
        name if name == OBJECT_GUID.name() => record.guid().into(),
        name if name == OBJECT_CLASS.name() => "user".into(),
        name if name == NAME.name() => record.name().into(),
        name if name == DISTINGUISHED_NAME.name() => rooms.directory().distinguished_name(record).into(),
        _ => rooms.directory().value(record, spec),
    }
}

/// A value as the directory holds it: references as distinguished names, flags and kinds as numbers.
pub(crate) fn distinguished(value: Value) -> Value {
    match &value {
        Value::Enum(word) => Value::from(word.number),
        Value::Array(list) => Value::array(list.to_vec().into_iter().map(distinguished)),
        value => match value.downcast::<ObjectId>() {
            Some(id) => Value::String(id.distinguished_name.clone()),
            None => value.clone(),
        },
    }
}

pub(crate) fn account(rooms: &Rooms, record: &Record, wanted: &[String]) -> Result<Object> {
    let directory = rooms.directory();
    let object = Object::of(&AD_USER)
        .with(DISTINGUISHED_NAME.name(), directory.distinguished_name(record))
        .with(ENABLED.name(), !record.is_account_disabled())
        .with(NAME.name(), record.name())
        .with(OBJECT_CLASS.name(), "user")
        .with(OBJECT_GUID.name(), record.guid());
    for (name, property) in USUAL {
        object.set(name.name(), directory.value(record, property.spec()));
    }
    for name in wanted {
        if name == "*" {
            add_all(rooms, record, &object);
        } else {
            add(rooms, record, &object, name)?;
        }
    }
    Ok(object)
}

/// Adds one attribute under the name by which it was asked for.
fn add(rooms: &Rooms, record: &Record, object: &Object, name: &str) -> Result<()> {
    let spec = spec_named(name).ok_or_else(|| {
        Error::caller(ErrorId::UnknownAttribute, format!("One or more properties are invalid: {name}."))
            .help("Write names of attributes, such as displayName or proxyAddresses, or *.")
            .about(PROPERTIES.name())
    })?;
    object.set(name, distinguished(value(rooms, record, spec)));
    Ok(())
}

/// Adds every attribute that is set.
fn add_all(rooms: &Rooms, record: &Record, object: &Object) {
    use directory::schema::{mailbox::MAILBOX, user::USER};
    let beside: [&dyn Declared; 3] =
        [&recipient::RECIPIENT_DISPLAY_TYPE, &user::COUNTRY_CODE, &user::COUNTRY_NUMBER];
    for declared in USER.properties.iter().chain(MAILBOX.properties).chain(&beside) {
        let spec = declared.spec();
        let Some(name) = spec.attribute else { continue };
        let value = distinguished(rooms.directory().value(record, spec));
        let unset = value.items().is_empty() || matches!(&value, Value::Guid(guid) if *guid == Guid::EMPTY);
        // That somebody is a user without mail is what the attribute's absence says.
        let mailless =
            std::ptr::eq(spec, recipient::RECIPIENT_TYPE_DETAILS.spec()) && !record.is_mail_enabled();
        if !unset && !mailless && object.get(name).is_none() {
            object.set(name, value);
        }
    }
}

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets an account log on again.",
    reads: &[&IDENTITY, &PASS_THRU],
    roles: &["Mail Recipient Creation"],
    examples: &[Example { about: "Lets Ben log on again.", command: "Enable-ADAccount ben" }],
    ..Cmdlet::new(Verb::Enable, &AD_ACCOUNT, |rooms, call, out| switch(rooms, call, out, false))
};

static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Keeps an account from logging on.",
    notes: "Sessions of the account that are open end at once; its mailbox goes on taking mail.",
    reads: &[&IDENTITY, &PASS_THRU],
    roles: &["Mail Recipient Creation"],
    examples: &[Example { about: "Keeps Ben from logging on.", command: "Disable-ADAccount ben" }],
    ..Cmdlet::new(Verb::Disable, &AD_ACCOUNT, |rooms, call, out| switch(rooms, call, out, true))
};

fn switch(rooms: &Rooms, call: &Call, out: &mut Output<'_>, off: bool) -> Result<()> {
    let record = rooms.one(call, &kinds::USER)?;
    let name = rooms.directory().distinguished_name(&record);
    let action = format!("Performing the operation \"Set\" on target \"{name}\".");
    if !out.should(&rooms.shown(&record), &action)? {
        return Ok(());
    }
    rooms.directory().set_account_disabled(call.author(), record.guid(), off)?;
    if call.is(&PASS_THRU) {
        let record = rooms.directory().need(record.guid())?;
        out.object(account(rooms, &record, &[])?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_set_has_one_object_at_least() {
        for (count, wanted) in
            [(1, Some(1)), (i32::MAX, Some(2_147_483_647)), (0, None), (-1, None), (i32::MIN, None)]
        {
            assert_eq!(result_set_size(count).ok(), wanted, "{count}");
        }
    }
}
