//! What the cmdlets of permissions share: on what, about whom, and what is said of it.

use crate::authority::within_scopes;
use crate::rooms::{IDENTITY, Rooms};
use directory::permission::{AccessEntry, Granted, InheritanceType, Shown, Store, Trustee};
use directory::schema::permission::{
    ACCESS_CONTROL_TYPE, DENY as DENIED, INHERITANCE_TYPE as REACH, IS_INHERITED, OWNER as OWNED_BY,
    PERMISSION_OWNER, USER as ABOUT,
};
use directory::schema::recipient::IDENTITY as OF;
use directory::{IdentityKind, Record, kinds};
use gate::{Call, Output};
use object::types::{ObjectId, PropertyType};
use object::value::Text;
use object::{Error, ErrorId, Noun, Object, Parameter, Result, Switch, Value};
use std::sync::Arc;

pub(crate) static USER: Parameter<ObjectId> = Parameter::new(
    "User",
    "The user or group that is meant, by any of its names or by its security identifier, or a name such as NT AUTHORITY\\SELF.",
);
pub(crate) static DENY: Parameter<Switch> =
    Parameter::new("Deny", "Takes the rights instead of giving them; a denial counts more than a gift.");
pub(crate) static INHERITANCE_TYPE: Parameter<InheritanceType> = Parameter::new(
    "InheritanceType",
    "How far it reaches: None, All (the default), Children, Descendents or SelfAndChildren.",
);
pub(crate) static NEW_OWNER: Parameter<ObjectId> =
    Parameter::new("Owner", "The user or group that is to own it.");
pub(crate) static OWNER: Parameter<Switch> =
    Parameter::new("Owner", "Shows who owns it instead of who has which rights.");
pub(crate) static INSTANCE: Parameter<Value> = Parameter::new(
    "Instance",
    "A permission as Get- gives it: what of it is not written out is taken from there.",
);

/// The object that is meant: what `-Identity` names, or what a piped permission stands on.
pub(crate) fn object(rooms: &Rooms, call: &Call, kind: &'static IdentityKind) -> Result<Arc<Record>> {
    let identity = match (call.get(&IDENTITY)?, call.get(&INSTANCE)?) {
        (Some(identity), _) => identity,
        (None, Some(instance)) => identity_of(&instance)?,
        (None, None) => call.need(&IDENTITY)?,
    };
    rooms.directory().resolve(kind, &identity)
}

fn identity_of(instance: &Value) -> Result<ObjectId> {
    let read = (ObjectId::KIND.read)(instance).map_err(|error| error.about(INSTANCE.name()))?;
    ObjectId::of_value(&read).ok_or_else(|| ObjectId::KIND.refuse(instance))
}

/// What a piped permission says of something.
pub(crate) fn of_instance(call: &Call, name: &str) -> Result<Option<Value>> {
    Ok(match call.get(&INSTANCE)? {
        Some(Value::Object(instance)) => instance.get(name).filter(|value| !value.is_null()),
        _ => None,
    })
}

/// Whom it is about: `-User`, or whom a piped permission is about.
pub(crate) fn trustee(rooms: &Rooms, call: &Call) -> Result<Trustee> {
    let written = match (call.get(&USER)?, of_instance(call, ABOUT.name())?) {
        (Some(written), _) => written,
        (None, Some(shown)) => identity_of(&shown)?,
        (None, None) => call.need(&USER)?,
    };
    named(rooms, &written, USER.name())
}

/// Whom a parameter names.
pub(crate) fn named(rooms: &Rooms, written: &ObjectId, parameter: &'static str) -> Result<Trustee> {
    rooms.directory().resolve_trustee(written).map_err(|error| error.about(parameter))
}

/// Whether it is denied: as written, or as a piped permission says.
pub(crate) fn is_denied(call: &Call) -> Result<bool> {
    let given = of_instance(call, DENIED.name())?;
    Ok(call.is(&DENY) || matches!(given, Some(Value::Bool(true))))
}

/// How far it reaches, if that was said.
pub(crate) fn reach(call: &Call) -> Result<Option<InheritanceType>> {
    if let Some(reach) = call.get(&INHERITANCE_TYPE)? {
        return Ok(Some(reach));
    }
    let Some(given) = of_instance(call, REACH.name())? else { return Ok(None) };
    let read = (InheritanceType::KIND.read)(&given)?;
    Ok(InheritanceType::of_value(&read))
}

/// Whoever it is about, as a permission shows it: found again by its GUID, or by its security identifier.
pub(crate) fn shown(rooms: &Rooms, trustee: &Trustee) -> Value {
    rooms.directory().shown_trustee(&trustee.sid)
}

/// The words of an entry that all permissions have.
pub(crate) fn row(noun: &'static Noun, identity: &Value, shown: &Shown) -> Object {
    Object::of(noun)
        .with(OF.name(), identity.clone())
        .with(DENIED.name(), shown.entry.deny)
        .with(REACH.name(), shown.entry.inheritance)
        .with(IS_INHERITED.name(), shown.inherited)
}

/// `Allow` or `Deny`.
pub(crate) fn control_type(entry: &AccessEntry) -> (&'static str, Value) {
    (ACCESS_CONTROL_TYPE.name(), if entry.deny { "Deny" } else { "Allow" }.into())
}

/// Shows who owns a mailbox or object.
pub(crate) fn owner(rooms: &Rooms, store: Store, record: &Record, out: &mut Output<'_>) -> Result<()> {
    let owner = rooms.directory().trustee(&rooms.directory().owner_of(store, record));
    let identity = rooms.directory().id(record);
    out.object(
        Object::of(&PERMISSION_OWNER)
            .with(OF.name(), Value::typed(identity))
            .with(OWNED_BY.name(), shown(rooms, &owner)),
    )
}

/// Makes somebody the owner, when that is wanted.
pub(crate) fn set_owner(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    (store, record): (Store, &Record),
    written: &ObjectId,
) -> Result<()> {
    let new = named(rooms, written, NEW_OWNER.name())?;
    within_scopes(rooms.directory(), call.author(), record)?;
    let shown = rooms.shown(record);
    if !out.should(&shown, &format!("Setting the owner of \"{shown}\" to \"{}\".", new.shown))? {
        return Ok(());
    }
    let guid = record.guid();
    rooms.directory().change(call.author(), move |change| change.set_owner(store, guid, &new.sid))?;
    owner(rooms, store, &*rooms.directory().need(guid)?, out)
}

/// The sentence of a prompt about one trustee's rights.
pub(crate) fn sentence(doing: &str, what: &str, shown: &str, user: &str, rights: &str) -> String {
    format!("{doing} {what} permission \"{shown}\" for user \"{user}\" with access rights \"'{rights}'\".")
}

/// Rights as sentences list them.
pub(crate) fn listed(entry: &AccessEntry) -> String {
    let words: Vec<String> = entry.list().iter().map(ToString::to_string).collect();
    words.join(", ")
}

/// What is said where there was nothing to do.
pub(crate) fn untouched(
    rooms: &Rooms,
    done: (Granted, bool),
    entry: &AccessEntry,
    record: &Record,
) -> Option<String> {
    let name = rooms.directory().distinguished_name(record);
    let user: Text = rooms.directory().trustee(&entry.trustee).shown;
    match done {
        (Granted::Done, _) => None,
        (Granted::Already, true) => Some(format!(
            "The appropriate access control entry is already present on the object \"{name}\" for account \"{user}\"."
        )),
        (Granted::Already, false) => Some(format!(
            "Can't remove the access control entry on the object \"{name}\" for account \"{user}\" because the ACE \
             doesn't exist on the object."
        )),
        (Granted::Inherited, _) => Some(format!(
            "An inherited access control entry has been specified: [Rights: {}, ControlType: {}] and was ignored on \
             object \"{name}\".",
            listed(entry),
            if entry.deny { "Deny" } else { "Allow" },
        )),
    }
}

/// What a command about rights cannot do without.
pub(crate) fn missing(parameter: &'static str) -> Error {
    Error::caller(ErrorId::MissingMandatoryParameter, format!("The parameter {parameter} is needed here."))
        .help(format!("Add -{parameter} and its value."))
        .about(parameter)
}

/// The object of an AD permission, which is named by its name, path or GUID. An error tells whoever wrote an alias or an
/// address what to write.
pub(crate) fn raw_entry(rooms: &Rooms, call: &Call) -> Result<Arc<Record>> {
    object(rooms, call, &kinds::RAW_ENTRY).map_err(|error| {
        let written = call.get(&IDENTITY).ok().flatten();
        let meant = written.and_then(|written| rooms.directory().resolve(&kinds::ANY, &written).ok());
        match meant {
            Some(record) if error.is(ErrorId::ManagementObjectNotFoundException) => error.help(format!(
                "Rights to objects are found by name, distinguished name or GUID, not by alias or address: write -Identity \"{}\".",
                record.name()
            )),
            _ => error,
        }
    })
}
