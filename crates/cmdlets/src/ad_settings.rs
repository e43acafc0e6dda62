//! Accounts changed as the ActiveDirectory module changes them: `Set-ADUser`, `Unlock-ADAccount`.

use crate::active_directory::{AD_ACCOUNT, AD_USER, PASS_THRU, account, spec_named};
use crate::ad_account::{WRITTEN, attribute, may_run, written_edits};
use crate::authority::within_scopes;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::edits;
use directory::schema::{recipient, user};
use directory::{Edit, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::value::Dictionary;
use object::{Access, Error, ErrorId, Parameter, Result, Spec, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&SET, &UNLOCK];

static ENABLED: Parameter<bool> = Parameter::new("Enabled", "Whether the account can log on.");
static MUST_CHANGE: Parameter<bool> =
    Parameter::new("ChangePasswordAtLogon", "Whether the password must be changed at the next log-on.");
static ADD: Parameter<Value> = Parameter::new(
    "Add",
    "Values to add to attributes, by the attributes' names: @{extensionAttribute1='x'; otherTelephone='1','2'}.",
);
static REMOVE: Parameter<Value> = Parameter::new("Remove", "Values to take out of attributes.");
static REPLACE: Parameter<Value> =
    Parameter::new("Replace", "Values that attributes get in place of theirs.");
static CLEAR: Parameter<String> = Parameter::new("Clear", "Attributes that lose all values.").many();

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what the directory knows of an account.",
    notes: "-Add, -Remove, -Replace and -Clear name attributes as the directory does; -Clear comes first, then -Remove, -Add \
            and -Replace. Whoever switches accounts or makes passwords change needs the role for it.",
    reads: &[&IDENTITY, &ENABLED, &MUST_CHANGE, &ADD, &REMOVE, &REPLACE, &CLEAR, &PASS_THRU],
    shares: &[WRITTEN],
    edits: Some(attribute),
    roles: &["Mail Recipients"],
    examples: &[
        Example { about: "Moves Ben to the sales department.", command: "Set-ADUser ben -Department Sales" },
        Example {
            about: "Sets one attribute and empties another.",
            command: "Set-ADUser ben -Replace @{extensionAttribute1=E42} -Clear telephoneNumber",
        },
    ],
    ..Cmdlet::new(Verb::Set, &AD_USER, set_user)
};

fn set_user(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.one(call, &kinds::USER)?;
    within_scopes(rooms.directory(), call.author(), &record)?;
    let (enabled, must_change) = (call.get(&ENABLED)?, call.get(&MUST_CHANGE)?);
    for (given, name, cmdlet) in [
        (enabled.is_some(), ENABLED.name(), "Enable-ADAccount"),
        (must_change.is_some(), MUST_CHANGE.name(), "Set-ADAccountPassword"),
    ] {
        if given && !may_run(rooms, call, cmdlet) {
            let message = format!("-{name} needs the role that lets you run {cmdlet}.");
            return Err(Error::denied(ErrorId::NoRight, message).about(name));
        }
    }
    let mut wanted = by_attribute(call, &record)?;
    wanted.extend(edits(call)?);
    wanted.extend(written_edits(call)?);
    let name = rooms.directory().distinguished_name(&record);
    let action = format!("Performing the operation \"Set\" on target \"{name}\".");
    if !out.should(&rooms.shown(&record), &action)? {
        return Ok(());
    }
    let guid = record.guid();
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        let mut changed = change.edit(&mut record, &wanted)?;
        if let Some(enabled) = enabled {
            change.switch_account(&mut record, !enabled)?;
            changed = true;
        }
        if let Some(must_change) = must_change {
            record.set(&user::RESET_PASSWORD_ON_NEXT_LOGON, must_change);
            changed = true;
        }
        if changed { change.save(record) } else { Ok(()) }
    })?;
    give_back(rooms, call, &record, out)
}

/// What `-Clear`, `-Remove`, `-Add` and `-Replace` ask for, in the order in which they count.
fn by_attribute(call: &Call, record: &Record) -> Result<Vec<Edit>> {
    let mut wanted = Vec::new();
    for name in call.list(&CLEAR)?.unwrap_or_default() {
        wanted.push(Edit::new(settable(&name, CLEAR.name())?, &Value::Null)?);
    }
    for (parameter, of) in
        [(&REMOVE, removal as fn(&Record, &'static Spec, &Value) -> Result<Edit>), (&ADD, addition)]
    {
        for (name, value) in pairs(call, parameter)? {
            let edit = of(record, settable(&name, parameter.name())?, &value);
            wanted.push(edit.map_err(|error| error.about(parameter.name()))?);
        }
    }
    for (name, value) in pairs(call, &REPLACE)? {
        wanted.push(Edit::new(settable(&name, REPLACE.name())?, &value)?);
    }
    Ok(wanted)
}

/// The names and values of a hashtable.
fn pairs(call: &Call, parameter: &'static Parameter<Value>) -> Result<Vec<(String, Value)>> {
    match call.get(parameter)? {
        None => Ok(Vec::new()),
        Some(Value::Dictionary(given)) => {
            Ok(given.to_vec().into_iter().map(|(name, value)| (name.to_string(), value)).collect())
        }
        Some(_) => {
            let message = format!("-{} takes names and values of attributes.", parameter.name());
            Err(Error::caller(ErrorId::InvalidValue, message)
                .help("Write @{extensionAttribute1='x'}.")
                .about(parameter.name()))
        }
    }
}

fn addition(record: &Record, spec: &'static Spec, value: &Value) -> Result<Edit> {
    if spec.many {
        return Edit::new(spec, &side("Add", value));
    }
    if record.has(spec) || value.items().len() > 1 {
        let message = format!("{} holds one value, and another was to be added.", called(spec));
        return Err(Error::conflict(ErrorId::InvalidChange, message).help("Write -Replace."));
    }
    Edit::new(spec, value)
}

fn removal(record: &Record, spec: &'static Spec, value: &Value) -> Result<Edit> {
    if spec.many {
        return Edit::new(spec, &side("Remove", value));
    }
    let held = record.value(spec).to_string();
    if !record.has(spec) || !held.eq_ignore_ascii_case(&value.to_string()) {
        let message = format!("{} does not hold '{value}'.", called(spec));
        return Err(Error::conflict(ErrorId::InvalidChange, message).help("Write -Clear to empty it."));
    }
    Edit::new(spec, &Value::Null)
}

fn side(name: &str, value: &Value) -> Value {
    let sides = Dictionary::new();
    sides.insert(name.into(), value.clone());
    Value::Dictionary(Arc::new(sides))
}

fn called(spec: &Spec) -> &'static str {
    spec.attribute.unwrap_or(spec.name)
}

/// The property behind an attribute that can be set here: what is known of people, the organisation's own fifteen, and addresses.
fn settable(name: &str, parameter: &'static str) -> Result<&'static Spec> {
    if let Some(spec) = attribute(name) {
        return Ok(spec);
    }
    let Some(spec) = spec_named(name) else {
        let message = format!("There is no attribute '{name}'.");
        return Err(Error::caller(ErrorId::UnknownAttribute, message)
            .help("Write names of attributes, such as displayName or telephoneNumber.")
            .about(parameter));
    };
    let of_person = user::PERSON.iter().any(|known| std::ptr::eq(known.spec(), spec));
    let own = called(spec).to_ascii_lowercase().starts_with("extensionattribute");
    let addresses = std::ptr::eq(spec, object::Declared::spec(&recipient::EMAIL_ADDRESSES));
    if spec.access == Access::Write && (of_person || own || addresses) {
        return Ok(spec);
    }
    let message = format!("'{name}' is not set by the name of its attribute.");
    Err(Error::caller(ErrorId::PropertyReadOnly, message)
        .help("Write the parameter for it, or use Set-Mailbox or Set-User.")
        .about(parameter))
}

static UNLOCK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes sure that an account is not locked.",
    notes: "Wrong passwords make the address that tried them wait; they never lock an account. So there is nothing to undo, and \
            the account is as it was.",
    reads: &[&IDENTITY, &PASS_THRU],
    roles: &["Mail Recipient Creation"],
    examples: &[Example {
        about: "Makes sure that Ben's account is not locked.",
        command: "Unlock-ADAccount ben",
    }],
    ..Cmdlet::new(Verb::Unlock, &AD_ACCOUNT, |rooms, call, out| {
        let record = rooms.one(call, &kinds::USER)?;
        within_scopes(rooms.directory(), call.author(), &record)?;
        let name = rooms.directory().distinguished_name(&record);
        let action = format!("Performing the operation \"Set\" on target \"{name}\".");
        if out.should(&rooms.shown(&record), &action)? {
            give_back(rooms, call, &record, out)?;
        }
        Ok(())
    })
};

fn give_back(rooms: &Rooms, call: &Call, record: &Record, out: &mut Output<'_>) -> Result<()> {
    if call.is(&PASS_THRU) {
        let now = rooms.directory().need(record.guid())?;
        out.object(account(rooms, &now, &[])?)?;
    }
    Ok(())
}
