//! The cmdlets of rights to objects of the directory: above all, who may send as whom.

use crate::authority::within_scopes;
use crate::permission::{
    DENY, INHERITANCE_TYPE, INSTANCE, NEW_OWNER, OWNER, USER, is_denied, listed, missing, named, of_instance,
    owner, raw_entry, reach, row, sentence, set_owner, trustee, untouched,
};
use crate::rooms::{IDENTITY, Rooms};
use directory::permission::{
    AD_RIGHTS, AccessEntry, AdRight, AdRights, Granted, InheritanceType, Shown, Store,
};
use directory::schema::permission::{
    AD_PERMISSION, CHILD_OBJECT_TYPES as CHILDREN, EXTENDED_RIGHTS as EXTENDED,
    INHERITED_OBJECT_TYPE as INHERITED, OBJECT_RIGHTS as RIGHTS, PROPERTIES as NAMED, USER as ABOUT,
};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::value::Text;
use object::{Error, ErrorId, Keys, Object, Parameter, Result, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &ADD, &REMOVE];

static ACCESS_RIGHTS: Parameter<AdRights> = Parameter::new(
    "AccessRights",
    "The rights: ExtendedRight, GenericAll, ReadProperty …; ExtendedRight where extended rights are named.",
)
.many();
static EXTENDED_RIGHTS: Parameter<String> =
    Parameter::new("ExtendedRights", "The extended rights by their names: Send As, Receive As and the like.")
        .many();
static WANTED_RIGHTS: Parameter<String> = Parameter::new(
    "ExtendedRights",
    "Shows only entries that name one of these extended rights: Send As, Receive As and the like.",
)
.many();
static CHILD_OBJECT_TYPES: Parameter<String> = Parameter::new(
    "ChildObjectTypes",
    "The classes of objects that may be made or deleted; only with such rights.",
)
.many();
static INHERITED_OBJECT_TYPE: Parameter<Value> = Parameter::new(
    "InheritedObjectType",
    "The class of objects that alone inherit it: user, group and the like.",
);
static PROPERTIES: Parameter<String> =
    Parameter::new("Properties", "The properties that may be read or written; only with such rights.").many();

static ENTRY: Keys = &[
    &IDENTITY,
    &USER,
    &ACCESS_RIGHTS,
    &EXTENDED_RIGHTS,
    &CHILD_OBJECT_TYPES,
    &INHERITED_OBJECT_TYPE,
    &PROPERTIES,
    &DENY,
    &INHERITANCE_TYPE,
    &INSTANCE,
];

/// Extended rights by the names under which they are kept and shown, and how else they are written.
static EXTENDED_NAMES: &[(&str, &str)] = &[
    ("Send-As", "Send As"),
    ("Receive-As", "Receive As"),
    ("Send-To", "Send To"),
    ("User-Change-Password", "Change Password"),
    ("User-Force-Change-Password", "Reset Password"),
    ("Allowed-To-Authenticate", "Allowed to Authenticate"),
    ("Personal-Information", "Personal Information"),
    ("ms-Exch-Store-Admin", "Administer information store"),
    ("ms-Exch-Store-Visible", "View information store status"),
    ("ms-Exch-Store-Transport-Access", "Store transport access"),
    ("ms-Exch-Store-Read-Access", "Store read access"),
    ("ms-Exch-Store-Read-Write-Access", "Store read and write access"),
    ("ms-Exch-EPI-Impersonation", "Exchange Web Services Impersonation"),
    ("ms-Exch-EPI-May-Impersonate", "Exchange Web Services May Impersonate"),
    ("ms-Exch-SMTP-Submit", "Submit Messages to Server"),
    ("ms-Exch-SMTP-Accept-Any-Recipient", "Submit Messages to any Recipient"),
    ("ms-Exch-SMTP-Accept-Any-Sender", "Accept any Sender"),
    ("ms-Exch-SMTP-Accept-Authoritative-Domain-Sender", "Accept Authoritative Domain Sender"),
    ("ms-Exch-Bypass-Anti-Spam", "Bypass Anti-Spam"),
    ("ms-Exch-Bypass-Message-Size-Limit", "Bypass Message Size Limit"),
];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows who has which rights to an object: who may send as a mailbox.",
    notes: "The object is named by its name, distinguished name or GUID, not by alias or address.",
    reads: &[&IDENTITY, &USER, &OWNER, &WANTED_RIGHTS],
    roles: &["Active Directory Permissions", "View-Only Recipients"],
    examples: &[
        Example { about: "Shows all rights to Ann.", command: "Get-ADPermission 'Ann Berg'" },
        Example {
            about: "Shows who may send as Ann.",
            command: "Get-ADPermission 'Ann Berg' -ExtendedRights Send-As",
        },
    ],
    ..Cmdlet::new(Verb::Get, &AD_PERMISSION, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = raw_entry(rooms, call)?;
    if call.is(&OWNER) {
        return owner(rooms, Store::Object, &record, out);
    }
    let about = call.get(&USER)?.map(|written| named(rooms, &written, USER.name())).transpose()?;
    let rights = wanted_rights(call)?;
    let identity = Value::typed(rooms.directory().id(&record));
    for one in rooms.directory().entries(Store::Object, &record) {
        let names = |rights: &Vec<Text>| {
            is_extended(&one.entry) && one.entry.object.as_ref().is_some_and(|name| rights.contains(name))
        };
        if about.as_ref().is_none_or(|about| about.sid == one.entry.trustee)
            && rights.as_ref().is_none_or(names)
        {
            out.object(permission(rooms, &identity, &one))?;
        }
    }
    Ok(())
}

/// The extended rights that are asked for, as entries name them.
fn wanted_rights(call: &Call) -> Result<Option<Vec<Text>>> {
    let written = call.list(&WANTED_RIGHTS)?;
    written.map(|names| names.iter().map(|name| extended_name(name)).collect()).transpose()
}

fn is_extended(entry: &AccessEntry) -> bool {
    entry.rights & AdRight::ExtendedRight as i64 != 0
}

fn permission(rooms: &Rooms, identity: &Value, one: &Shown) -> Object {
    let object = row(&AD_PERMISSION, identity, one)
        .with(RIGHTS.name(), Value::array(one.entry.list()))
        .with(ABOUT.name(), rooms.directory().shown_trustee(&one.entry.trustee));
    if let Some(name) = &one.entry.object {
        object.set(kind_of(one.entry.rights).name(), Value::array([name.clone().into()]));
    }
    if let Some(class) = &one.entry.inherited_object {
        object.set(INHERITED.name(), class.clone());
    }
    object
}

/// What the name in an entry names, by its rights.
fn kind_of(rights: i64) -> &'static object::Property<String> {
    if rights & AdRight::ExtendedRight as i64 != 0 {
        &EXTENDED
    } else if rights & (AdRight::CreateChild as i64 | AdRight::DeleteChild as i64) != 0 {
        &CHILDREN
    } else {
        &NAMED
    }
}

static ADD: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives somebody rights to an object, or denies them: lets somebody send as a mailbox.",
    notes: "The object is named by its name, distinguished name or GUID, not by alias or address. Whoever may send as a \
            mailbox cannot read it: that is Add-MailboxPermission. Receive As at a database opens all its mailboxes.",
    reads: &[&NEW_OWNER],
    shares: &[ENTRY],
    roles: &["Active Directory Permissions"],
    examples: &[
        Example {
            about: "Lets Ben send as Ann.",
            command: "Add-ADPermission 'Ann Berg' -User ben -ExtendedRights 'Send As'",
        },
        Example {
            about: "Lets a backup account open every mailbox of a database.",
            command: "Add-ADPermission 'Mailbox Database' -User ben -AccessRights ExtendedRight -ExtendedRights Receive-As",
        },
    ],
    ..Cmdlet::new(Verb::Add, &AD_PERMISSION, add)
};

fn add(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = raw_entry(rooms, call)?;
    if let Some(new) = call.get(&NEW_OWNER)? {
        return set_owner(rooms, call, out, (Store::Object, &record), &new);
    }
    within_scopes(rooms.directory(), call.author(), &record)?;
    let about = trustee(rooms, call)?;
    let entries = entries(call, &about.sid)?;
    let shown = rooms.shown(&record);
    if !out.should(&shown, &sentence("Adding", "Active Directory", &shown, &about.shown, &all(&entries)))? {
        return Ok(());
    }
    let (guid, given) = (record.guid(), entries.clone());
    let done: Vec<Granted> = rooms
        .directory()
        .change(call.author(), move |change| given.iter().map(|entry| change.grant(guid, entry)).collect())?;
    let (record, identity) = (rooms.directory().need(guid)?, Value::typed(rooms.directory().id(&record)));
    let held = rooms.directory().entries(Store::Object, &record);
    for (entry, done) in entries.iter().zip(done) {
        if let Some(warning) = untouched(rooms, (done, true), entry, &record) {
            out.warning(warning)?;
        }
        let found = held.iter().find(|shown| !shown.inherited && shown.entry.joins(entry));
        if let Some(found) = found {
            out.object(permission(rooms, &identity, found))?;
        }
    }
    Ok(())
}

fn all(entries: &[AccessEntry]) -> String {
    let each = |entry: &AccessEntry| entry.object.as_ref().map_or_else(|| listed(entry), ToString::to_string);
    entries.iter().map(each).collect::<Vec<_>>().join(", ")
}

/// An entry for one extended right, as these cmdlets make it: it reaches what is below, too.
pub(crate) fn extended(sid: &str, right: &str) -> AccessEntry {
    AccessEntry { inheritance: InheritanceType::All, ..AccessEntry::extended(sid, right) }
}

/// What somebody is given, denied, or loses: an entry for each extended right, property or class that is named, and one
/// for what is not about any.
fn entries(call: &Call, sid: &str) -> Result<Vec<AccessEntry>> {
    let rights = rights(call)?;
    let plain = AccessEntry {
        deny: is_denied(call)?,
        inheritance: reach(call)?.unwrap_or(InheritanceType::All),
        inherited_object: inherited(call)?,
        ..AccessEntry::object(sid, rights)
    };
    let mut entries = Vec::new();
    let mut left = rights;
    for (names, bits) in [
        (extended_names(call)?, AdRight::ExtendedRight as i64),
        (
            list(call, &CHILD_OBJECT_TYPES, CHILDREN.name())?,
            AdRight::CreateChild as i64 | AdRight::DeleteChild as i64,
        ),
        (list(call, &PROPERTIES, NAMED.name())?, of_properties()),
    ] {
        let about = if bits == AdRight::ExtendedRight as i64 { bits } else { rights & bits };
        if !names.is_empty() && about == 0 {
            return Err(not_of_these_rights(bits));
        }
        left &= if names.is_empty() { -1 } else { !bits };
        let named = |name: Text| AccessEntry { rights: about, object: Some(name), ..plain.clone() };
        entries.extend(names.into_iter().map(named));
    }
    if left != 0 {
        entries.push(AccessEntry { rights: left, ..plain });
    }
    if entries.is_empty() { Err(missing(ACCESS_RIGHTS.name())) } else { Ok(entries) }
}

fn of_properties() -> i64 {
    AdRight::ReadProperty as i64 | AdRight::WriteProperty as i64 | AdRight::Validated as i64
}

fn not_of_these_rights(bits: i64) -> Error {
    let (parameter, rights) = if bits == of_properties() {
        (PROPERTIES.name(), "ReadProperty, WriteProperty or Self")
    } else {
        (CHILD_OBJECT_TYPES.name(), "CreateChild or DeleteChild")
    };
    Error::caller(ErrorId::ParametersExclude, format!("{parameter} says something only of {rights}."))
        .help(format!("Add -AccessRights {rights}, or leave -{parameter} out."))
        .about(parameter)
}

fn rights(call: &Call) -> Result<i64> {
    let given = match call.list(&ACCESS_RIGHTS)? {
        Some(rights) => rights,
        None => rights_of_instance(call)?,
    };
    Ok(given.iter().fold(0, |all, one| all | one.0))
}

/// The rights of a piped permission. They count by their words: those of a mailbox say nothing here.
fn rights_of_instance(call: &Call) -> Result<Vec<AdRights>> {
    let given = of_instance(call, RIGHTS.name())?.unwrap_or_default();
    let read = |item: &Value| AD_RIGHTS.parse(&item.to_string()).map(|right| AdRights(right.number));
    Ok(given.items().iter().filter_map(read).collect())
}

/// Names as they were written, or as a piped permission has them.
fn list(call: &Call, parameter: &Parameter<String>, property: &str) -> Result<Vec<Text>> {
    if let Some(names) = call.list(parameter)? {
        return Ok(names.into_iter().map(Text::from).collect());
    }
    let given = of_instance(call, property)?.unwrap_or_default();
    Ok(given.items().iter().map(|name| name.to_string().into()).collect())
}

fn inherited(call: &Call) -> Result<Option<Text>> {
    if let Some(class) = call.get(&INHERITED_OBJECT_TYPE)? {
        return word(&class.to_string(), INHERITED_OBJECT_TYPE.name()).map(Some);
    }
    Ok(of_instance(call, INHERITED.name())?.map(|class| class.to_string().into()))
}

/// A name of the schema: one word.
fn word(name: &str, parameter: &'static str) -> Result<Text> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !name.is_empty() && name.chars().all(fits) {
        return Ok(name.into());
    }
    Err(Error::caller(ErrorId::InvalidValue, format!("'{name}' is not a name of the directory's schema."))
        .help("Write a name such as user, group or displayName.")
        .about(parameter))
}

fn extended_names(call: &Call) -> Result<Vec<Text>> {
    let names = list(call, &EXTENDED_RIGHTS, EXTENDED.name())?;
    names.iter().map(|name| extended_name(name)).collect()
}

fn extended_name(written: &str) -> Result<Text> {
    let fits = |(kept, other): &&(&str, &str)| {
        kept.eq_ignore_ascii_case(written.trim()) || other.eq_ignore_ascii_case(written.trim())
    };
    EXTENDED_NAMES.iter().find(fits).map(|(kept, _)| Text::from(*kept)).ok_or_else(|| {
        let known: Vec<&str> = EXTENDED_NAMES.iter().map(|(kept, _)| *kept).collect();
        Error::caller(ErrorId::InvalidValue, format!("The extended right '{written}' couldn't be found."))
            .help(format!("These are known: {}.", known.join(", ")))
            .about(EXTENDED_RIGHTS.name())
    })
}

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes rights to an object away that somebody was given, or a denial.",
    notes: "A denial is taken away with -Deny. What comes from above is taken away there.",
    shares: &[ENTRY],
    roles: &["Active Directory Permissions"],
    examples: &[Example {
        about: "Lets Ben no longer send as Ann.",
        command: "Remove-ADPermission 'Ann Berg' -User ben -ExtendedRights 'Send As' -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &AD_PERMISSION, remove)
};

fn remove(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = raw_entry(rooms, call)?;
    within_scopes(rooms.directory(), call.author(), &record)?;
    let about = trustee(rooms, call)?;
    let entries = entries(call, &about.sid)?;
    let shown = rooms.shown(&record);
    if !out.should(&shown, &sentence("Removing", "Active Directory", &shown, &about.shown, &all(&entries)))? {
        return Ok(());
    }
    let (guid, gone, reach) = (record.guid(), entries.clone(), reach(call)?);
    let done: Vec<Granted> = rooms.directory().change(call.author(), move |change| {
        gone.iter().map(|entry| change.revoke(guid, entry, reach)).collect()
    })?;
    for (entry, done) in entries.iter().zip(done) {
        if let Some(warning) = untouched(rooms, (done, false), entry, &record) {
            out.warning(warning)?;
        }
    }
    Ok(())
}
