//! Linked mailboxes: the parameters by which cmdlets name a foreign account, and the way back to a user mailbox.

use crate::role_group;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::Besides;
use directory::schema::user;
use directory::{Converted, Flavour, PasswordHash, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Progress, Verb};
use object::types::{Credential, ObjectId, SecureString};
use object::{Error, ErrorId, Keys, Noun, Parameter, Result, Switch, Value};

static LINKED_DOMAIN_CONTROLLER: Parameter<String> = Parameter::new(
    "LinkedDomainController",
    "A controller of the trusted domain in which the account is looked up, by its name or the first label of it.",
);
/// The foreign account.
pub(crate) static LINKED_MASTER_ACCOUNT: Parameter<ObjectId> = Parameter::new(
    "LinkedMasterAccount",
    "The account in a trusted forest that owns the mailbox: DOMAIN\\account, UPN, address, name, DN, canonical name, GUID or \
     SID. $null makes a linked mailbox its own user's.",
)
.nullable();
static LINKED_CREDENTIAL: Parameter<Credential> =
    Parameter::new("LinkedCredential", "As whom the trusted forest is asked; by default as the trust says.");

static LINKED_ROOM: Parameter<Switch> = Parameter::new(
    "LinkedRoom",
    "Makes the mailbox that of a room, whose account lives in the trusted forest.",
);

/// The keys of every cmdlet that makes a linked mailbox.
pub(crate) static NEW_KEYS: Keys = &[&LINKED_ROOM];

/// The keys of every cmdlet that links.
pub(crate) static KEYS: Keys = &[&LINKED_DOMAIN_CONTROLLER, &LINKED_MASTER_ACCOUNT, &LINKED_CREDENTIAL];

/// Whether a foreign account was named.
pub(crate) fn is_wanted(call: &Call) -> Result<bool> {
    Ok(call.get(&LINKED_MASTER_ACCOUNT)?.is_some())
}

/// The account that was named, looked up in its forest.
pub(crate) fn flavour(rooms: &Rooms, call: &Call) -> Result<Flavour> {
    let account = call.need(&LINKED_MASTER_ACCOUNT)?;
    let (controller, credential) = (call.get(&LINKED_DOMAIN_CONTROLLER)?, call.get(&LINKED_CREDENTIAL)?);
    let mut found =
        rooms.mailboxes.foreign_account(controller.as_deref(), &account.shown, credential.as_ref())?;
    if let Flavour::Linked { room, .. } = &mut found {
        *room = call.is(&LINKED_ROOM);
    }
    Ok(found)
}

/// What `-LinkedMasterAccount` of a `Set-` does: links, links to another account, or with `$null` makes the mailbox its
/// user's own, with the password that was given or one that is made.
pub(crate) fn besides(
    rooms: &Rooms,
    call: &Call,
    record: &Record,
    password: Option<PasswordHash>,
) -> Result<Option<Besides>> {
    let linking = call.value(&LINKED_MASTER_ACCOUNT).filter(|value| !value.is_null());
    if linking.is_none() {
        let only_for_linking = [
            (call.value(&LINKED_DOMAIN_CONTROLLER).is_some(), LINKED_DOMAIN_CONTROLLER.name()),
            (call.value(&LINKED_CREDENTIAL).is_some(), LINKED_CREDENTIAL.name()),
        ];
        if let Some((_, name)) = only_for_linking.into_iter().find(|(given, _)| *given) {
            let message = format!("-{name} says where a linked account is looked up; none is named.");
            return Err(Error::caller(ErrorId::ParametersExclude, message)
                .help("Add -LinkedMasterAccount and the account, or leave it out.")
                .about(name));
        }
    }
    let Some(value) = call.value(&LINKED_MASTER_ACCOUNT) else { return Ok(None) };
    role_group::may_take_over(rooms, call, record)?;
    if linking.is_some() && password.is_some() {
        let message =
            "A linked mailbox has no password here: its owner logs on with the one of the other forest.";
        return Err(Error::caller(ErrorId::ParametersExclude, message)
            .help("Leave -Password out.")
            .about("Password"));
    }
    if !value.is_null() {
        let flavour = flavour(rooms, call)?;
        return Ok(Some(Box::new(move |change, guid| change.make_linked(guid, &flavour))));
    }
    if !record.details().is_linked() {
        // Whoever runs a list of conversions again passes over what is done.
        return Ok(None);
    }
    let (hash, must_change) = match password {
        Some(hash) => (hash, call.property(&user::RESET_PASSWORD_ON_NEXT_LOGON).unwrap_or(false)),
        None => (PasswordHash::made()?.1, false),
    };
    Ok(Some(Box::new(move |change, guid| change.make_regular(guid, &hash, must_change).map(drop))))
}

/// What is said of a linked mailbox that a `Set-` made its user's own: what to do next, what is another by now, and what
/// Exchange would have taken away.
pub(crate) fn told(
    rooms: &Rooms,
    call: &Call,
    before: &Record,
    password_made: bool,
    out: &mut Output<'_>,
) -> Result<()> {
    let linked = before.details().is_linked();
    if !linked || !call.value(&LINKED_MASTER_ACCOUNT).is_some_and(Value::is_null) {
        return Ok(());
    }
    let (now, shown) = (rooms.directory().need(before.guid())?, rooms.shown(before));
    if password_made {
        out.warning(format!(
            "The account of {shown} can log on again, with a password that was made and that nobody knows. Set one with \
             Set-Mailbox -Password; Convert-LinkedMailbox tells the passwords that it makes."
        ))?;
    }
    if let Some(name) = renamed(before, &now) {
        out.warning(format!("The account of {shown} is called {name} by now, in an accepted domain."))?;
    }
    match rooms.directory().kept_when_unlinked(before.guid()) {
        kept if kept.is_empty() => Ok(()),
        kept => out.warning(format!("Kept, where Exchange would have dropped it: {}.", kept.join(", "))),
    }
}

/// The name to log on with, where it is not the one of before.
fn renamed(before: &Record, now: &Record) -> Option<String> {
    let name = now.get(&user::USER_PRINCIPAL_NAME);
    name.filter(|name| before.get(&user::USER_PRINCIPAL_NAME).as_ref() != Some(name))
}

object::read_only_properties! { static;
    ID: String = "Identity", "The mailbox.";
    RESULT: String = "Result", "Converted, Skipped where it was no linked mailbox any more, or Failed.";
    TYPE: String = "RecipientTypeDetails", "What it is by now.";
    FROM: String = "LinkedMasterAccount", "The foreign account that owned it.";
    NAME: String = "UserPrincipalName", "The name to log on with by now.";
    BEFORE: String = "PreviousUserPrincipalName", "The name to log on with before, where it could not be used.";
    MADE: String = "Password", "The password that was made; nothing where one was given. It is told here and kept nowhere.";
    KEPT: String = "Kept", "What Exchange would have dropped and what stays here.";
    ERROR: String = "Error", "Why it failed.";
}

/// What became of a linked mailbox that was to be converted.
static CONVERSION: Noun = Noun {
    name: "LinkedMailbox",
    type_name: "Mailstead.LinkedMailboxConversion",
    summary: "What became of a linked mailbox that was to be converted.",
    properties: &[&ID, &RESULT, &TYPE, &FROM, &NAME, &BEFORE, &MADE, &KEPT, &ERROR],
    table: &[&ID, &RESULT, &NAME],
};

static PASSWORD: Parameter<SecureString> = Parameter::new(
    "Password",
    "The password of the account, of every account where several are piped; by default one is made for each and told.",
);
static MUST_CHANGE: Parameter<bool> = Parameter::of(&user::RESET_PASSWORD_ON_NEXT_LOGON);

static CONVERT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes linked mailboxes user mailboxes, and gives a row for each: what became of it, its name and its password.",
    notes: "Mail, addresses, quotas and permissions stay. A list that was interrupted is simply piped again: what is done is \
            Skipped. The rows hold passwords in clear, so keep the file that they go to for yourself.",
    reads: &[&IDENTITY, &PASSWORD, &MUST_CHANGE],
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Converts all linked mailboxes and keeps what became of each in a file.",
        command: "Get-Mailbox -RecipientTypeDetails LinkedMailbox | Convert-LinkedMailbox | Export-Csv converted.csv",
    }],
    ..Cmdlet::new(Verb::Convert, &CONVERSION, convert)
};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&CONVERT];

fn convert(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let named = call.need(&IDENTITY)?.shown;
    let record = match rooms.one(call, &kinds::MAILBOX) {
        Ok(record) => record,
        Err(error) => return failed(named.to_string(), error, out),
    };
    let shown = rooms.shown(&record);
    if !record.details().is_linked() {
        return row(&shown, "Skipped", &record, [(NAME.name(), name_of(&record))], out);
    }
    if !out.should(&shown, &format!("Converting linked mailbox \"{shown}\" to a user mailbox."))? {
        return Ok(());
    }
    let activity = "Converting linked mailboxes".to_owned();
    out.progress(Progress { activity, status: shown.clone(), percent: None })?;
    match converted(rooms, call, &record) {
        Ok((done, made)) => {
            let now = rooms.directory().need(record.guid())?;
            let told = [
                (FROM.name(), done.from.into()),
                (NAME.name(), done.user_principal_name.into()),
                (BEFORE.name(), done.previous_principal_name.map_or(Value::Null, Value::from)),
                (MADE.name(), made.map_or(Value::Null, |made| made.reveal().to_owned().into())),
                (KEPT.name(), rooms.directory().kept_when_unlinked(record.guid()).join(", ").into()),
            ];
            row(&shown, "Converted", &now, told, out)
        }
        Err(error) => failed(shown, error, out),
    }
}

fn converted(rooms: &Rooms, call: &Call, record: &Record) -> Result<(Converted, Option<SecureString>)> {
    role_group::may_take_over(rooms, call, record)?;
    let (made, hash) = match call.get(&PASSWORD)? {
        Some(given) => {
            let hash = rooms.directory().hash_password(&given, &[record.name()]);
            (None, hash.map_err(|error| error.about(PASSWORD.name()))?)
        }
        None => PasswordHash::made().map(|(made, hash)| (Some(made), hash))?,
    };
    let (guid, must_change) = (record.guid(), call.get(&MUST_CHANGE)?.unwrap_or(false));
    let change = rooms
        .directory()
        .change(call.author(), move |change| change.make_regular(guid, &hash, must_change))?;
    Ok((change, made))
}

fn name_of(record: &Record) -> Value {
    record.get(&user::USER_PRINCIPAL_NAME).map_or(Value::Null, Value::from)
}

fn row<const N: usize>(
    shown: &str,
    result: &str,
    record: &Record,
    more: [(&'static str, Value); N],
    out: &mut Output<'_>,
) -> Result<()> {
    let head = [
        (ID.name(), shown.into()),
        (RESULT.name(), result.into()),
        (TYPE.name(), record.details().to_string().into()),
    ];
    out.row(&CONVERSION, head.into_iter().chain(more))
}

/// One that fails does not keep the others; the row stands in the file with the others.
fn failed(shown: String, error: Error, out: &mut Output<'_>) -> Result<()> {
    let head = [
        (ID.name(), shown.into()),
        (RESULT.name(), "Failed".into()),
        (ERROR.name(), error.to_string().into()),
    ];
    out.row(&CONVERSION, head)?;
    out.error(error)
}
