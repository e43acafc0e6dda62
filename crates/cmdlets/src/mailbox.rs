//! The mailbox cmdlets: found, made, enabled, changed, disabled, removed, connected again.

use crate::restore_settings::{self, RESTORE_SETTINGS};
use crate::rooms::{IDENTITY, Rooms};
use crate::sharing;
use crate::standard::{Besides, ORGANIZATIONAL_UNIT, Subject, Wanted, edits};
use crate::system::{self, ARBITRATION};
use ::mailbox::{Disconnected, NewOwner};
use directory::schema::{mailbox, mailbox::MAILBOX, recipient, user};
use directory::{Class, Flavour, NewMailbox, PasswordHash, Query, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{ObjectId, RecipientTypeDetails as Details, SecureString, SmtpAddress};
use object::{Declared, Error, ErrorId, Keys, Parameter, Result, Switch, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &ENABLE, &SET, &DISABLE, &REMOVE, &CONNECT];

const MAIL_RECIPIENTS: &[&str] = &["Mail Recipients"];

static DATABASE: Parameter<ObjectId> = Parameter::new(
    "Database",
    "The mailbox database; for a new mailbox by default the one that holds the fewest of those that take new ones.",
);

static MAILBOXES: Subject = Subject {
    sorts: &["Name", "DisplayName", "Alias", "Office", "ServerLegacyDN"],
    wanted,
    check: guard,
    words,
    besides: new_password,
    disable: |rooms, call, record, _| rooms.mailboxes.disable(call.author(), record.guid()),
    remove,
    ..Subject::of(&MAILBOX, &kinds::MAILBOX, Class::User, "mailbox")
};

static ARCHIVE: Parameter<Switch> = Parameter::new("Archive", "Shows only mailboxes that have an archive.");

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists mailboxes of users, rooms, equipment and shared ones.",
    notes: "Mailboxes of the system are left out unless their switch is given.",
    reads: &[&DATABASE, &ARCHIVE],
    shares: &[system::KEYS],
    roles: &["View-Only Recipients", "Mail Recipients"],
    examples: &[
        Example { about: "Lists all mailboxes.", command: "Get-Mailbox" },
        Example {
            about: "Lists shared mailboxes by their display name.",
            command: "Get-Mailbox -RecipientTypeDetails SharedMailbox -SortBy DisplayName",
        },
        Example {
            about: "Lists mailboxes with a send quota below 2 GB.",
            command: "Get-Mailbox -Filter \"ProhibitSendQuota -lt '2GB'\"",
        },
    ],
    ..MAILBOXES.cmdlet(Verb::Get)
};

fn wanted<'a>(subject: &Subject, rooms: &'a Rooms, call: &Call) -> Result<Wanted<'a>> {
    let database = rooms.named(call, &DATABASE, &kinds::DATABASE)?.map(|database| database.guid());
    let query = Query { database, ..system::query(subject, call) };
    let archive = call.is(&ARCHIVE);
    let passes = move |record: &Record| !archive || record.has(mailbox::ARCHIVE_GUID.spec());
    Ok(Wanted { query, passes: Box::new(passes) })
}

static NAME: Parameter<String> = Parameter::of(&recipient::NAME);
static ALIAS: Parameter<String> = Parameter::of(&recipient::ALIAS);
static DISPLAY_NAME: Parameter<String> = Parameter::of(&recipient::DISPLAY_NAME);
static PRIMARY_SMTP_ADDRESS: Parameter<SmtpAddress> = Parameter::of(&recipient::PRIMARY_SMTP_ADDRESS);
static USER_PRINCIPAL_NAME: Parameter<String> = Parameter::of(&user::USER_PRINCIPAL_NAME);
static SAM_ACCOUNT_NAME: Parameter<String> = Parameter::of(&user::SAM_ACCOUNT_NAME);
static MUST_CHANGE: Parameter<bool> = Parameter::of(&user::RESET_PASSWORD_ON_NEXT_LOGON);
static PASSWORD: Parameter<SecureString> = Parameter::new(
    "Password",
    "The password: at least 8 characters of three kinds, without the account's names.",
);
static ACCOUNT_DISABLED: Parameter<Switch> =
    Parameter::new("AccountDisabled", "Makes a mailbox whose account cannot log on.");
static SHARED: Parameter<Switch> = Parameter::new("Shared", "Makes a mailbox in which several people work.");
static ROOM: Parameter<Switch> = Parameter::new("Room", "Makes the mailbox of a room.");
static EQUIPMENT: Parameter<Switch> =
    Parameter::new("Equipment", "Makes the mailbox of a thing that is booked.");
static DISCOVERY: Parameter<Switch> =
    Parameter::new("Discovery", "Makes a mailbox that takes what was found by searches.");

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a user with a mailbox, or a shared, room or equipment mailbox.",
    notes: "Only a mailbox of a person has a password; the account of any other kind cannot log on.",
    reads: &[
        &NAME,
        &USER_PRINCIPAL_NAME,
        &SAM_ACCOUNT_NAME,
        &ORGANIZATIONAL_UNIT,
        &MUST_CHANGE,
        &ACCOUNT_DISABLED,
        &PASSWORD,
    ],
    shares: &[COMMON, FLAVOUR_KEYS, sharing::KEYS],
    edits: Some(|name| Class::User.spec(name)),
    roles: &["Mail Recipient Creation"],
    examples: &[
        Example { about: "Makes a shared mailbox.", command: "New-Mailbox -Shared -Name Sales" },
        Example {
            about: "Makes a shared mailbox in which two people work, with what they send from it in its Sent Items.",
            command: "New-Mailbox -Shared -Name Support -FullAccess ann,john -SendAs ann,john -SentCopies",
        },
        Example {
            about: "Makes a user with a mailbox.",
            command: "New-Mailbox 'John Evans' -UserPrincipalName john@contoso.com -Password (ConvertTo-SecureString \
                      'Pa55word-of-John' -AsPlainText -Force)",
        },
    ],
    ..Cmdlet::new(Verb::New, &MAILBOX, new)
};

/// The switches of `New-` and `Enable-Mailbox` and the kind of mailbox each stands for.
static FLAVOURS: &[(&Parameter<Switch>, Flavour)] = &[
    (&SHARED, Flavour::Shared),
    (&ROOM, Flavour::Room),
    (&EQUIPMENT, Flavour::Equipment),
    (&DISCOVERY, Flavour::Discovery),
    (&ARBITRATION, Flavour::Arbitration),
];
static FLAVOUR_KEYS: Keys = &[&SHARED, &ROOM, &EQUIPMENT, &DISCOVERY, &ARBITRATION];

fn flavour(call: &Call) -> Flavour {
    let wanted = FLAVOURS.iter().find(|(switch, _)| call.is(switch));
    wanted.map_or(Flavour::Regular, |(_, flavour)| flavour.clone())
}

fn new(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let name = call.need(&NAME)?;
    let wanted = NewMailbox {
        user_principal_name: call.get(&USER_PRINCIPAL_NAME)?,
        sam_account_name: call.get(&SAM_ACCOUNT_NAME)?,
        unit: rooms.named(call, &ORGANIZATIONAL_UNIT, &kinds::ORGANIZATIONAL_UNIT)?.map(|unit| unit.guid()),
        must_change: call.get(&MUST_CHANGE)?.unwrap_or(false),
        account_disabled: call.is(&ACCOUNT_DISABLED),
        ..common(rooms, call, NewMailbox::named(&name, flavour(call)))?
    };
    let action = format!("Creating mailbox \"{name}\".");
    let sharing = sharing::wanted(rooms, call)?;
    let Some(made) = make(rooms, call, out, wanted, &action)? else { return Ok(()) };
    sharing::share(rooms, call, &made, sharing)?;
    out.object(rooms.object(made.guid(), &MAILBOX)?)
}

static COMMON: Keys = &[&DATABASE, &ALIAS, &DISPLAY_NAME, &PRIMARY_SMTP_ADDRESS];

/// What `New-` and `Enable-Mailbox` both take.
fn common(rooms: &Rooms, call: &Call, new: NewMailbox) -> Result<NewMailbox> {
    Ok(NewMailbox {
        database: rooms.named(call, &DATABASE, &kinds::DATABASE)?.map(|database| database.guid()),
        alias: call.get(&ALIAS)?,
        display_name: call.get(&DISPLAY_NAME)?,
        primary: call.get(&PRIMARY_SMTP_ADDRESS)?,
        settings: edits(call)?,
        ..new
    })
}

/// Makes the mailbox, if that is wanted.
fn make(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    mut new: NewMailbox,
    action: &str,
) -> Result<Option<Arc<Record>>> {
    let name = new.name.clone();
    if !out.should(&name, action)? {
        return Ok(None);
    }
    // Hashing takes its time: never before the question, never inside a transaction.
    new.password = password(call, &[&name, new.sam_account_name.as_deref().unwrap_or_default()])?;
    rooms.mailboxes.create(call.author(), new).map(Some)
}

fn password(call: &Call, names: &[&str]) -> Result<Option<PasswordHash>> {
    let Some(secret) = call.get(&PASSWORD)? else { return Ok(None) };
    let names: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    PasswordHash::of(&secret, &names).map(Some).map_err(|error| error.about(PASSWORD.name()))
}

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a user who exists a mailbox.",
    reads: &[&IDENTITY],
    shares: &[COMMON, FLAVOUR_KEYS],
    edits: Some(|name| Class::User.spec(name)),
    roles: MAIL_RECIPIENTS,
    examples: &[Example { about: "Gives the user ben a mailbox.", command: "Enable-Mailbox ben" }],
    ..Cmdlet::new(Verb::Enable, &MAILBOX, enable)
};

fn enable(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let user = rooms.one(call, &kinds::USER)?;
    let wanted = common(rooms, call, NewMailbox::of_user(user.guid(), flavour(call)))?;
    let shown = rooms.shown(&user);
    let (wanted, action) =
        (NewMailbox { name: shown.clone(), ..wanted }, format!("Enabling mailbox \"{shown}\"."));
    let made = make(rooms, call, out, wanted, &action)?;
    made.map_or(Ok(()), |made| out.object(rooms.directory().object(&made, &MAILBOX)))
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the settings of one mailbox.",
    notes: "Setting a quota has no effect while UseDatabaseQuotaDefaults is True, as in Exchange.",
    reads: &[&PASSWORD],
    roles: MAIL_RECIPIENTS,
    examples: &[
        Example {
            about: "Gives Ann a send quota of 2 GB of her own.",
            command: "Set-Mailbox ann -UseDatabaseQuotaDefaults $false -ProhibitSendQuota 2GB",
        },
        Example {
            about: "Adds an address.",
            command: "Set-Mailbox ann -EmailAddresses @{Add='ann.berg@contoso.com'}",
        },
    ],
    ..MAILBOXES.cmdlet(Verb::Set)
};

/// The new password, hashed when it is settled that the mailbox is changed.
fn new_password(_: &Rooms, call: &Call, record: &Record) -> Result<Option<Besides>> {
    let sam = record.get(&user::SAM_ACCOUNT_NAME).unwrap_or_default();
    let Some(hash) = password(call, &[record.name(), &sam])? else { return Ok(None) };
    let must_change = call.property(&user::RESET_PASSWORD_ON_NEXT_LOGON).unwrap_or(false);
    Ok(Some(Box::new(move |change, guid| {
        let mut record = change.read(guid)?;
        change.put_password(&mut record, &hash, must_change);
        change.save(record)
    })))
}

static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes the mailbox away from a user and keeps both.",
    notes: "The mailbox stays in its database for the time of its MailboxRetention; Connect-Mailbox joins it again.",
    shares: &[GUARD],
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Disables the mailbox of John Evans without asking.",
        command: "Disable-Mailbox 'John Evans' -Confirm:$false",
    }],
    ..MAILBOXES.cmdlet(Verb::Disable)
};

/// What is asked before a mailbox is taken away; `Set-` and others ask as usual.
fn words(verb: Verb, _: &Rooms, call: &Call, shown: &str) -> Option<String> {
    match verb {
        Verb::Disable => Some(format!(
            "Disabling mailbox \"{shown}\" will remove the mailbox properties from the Active Directory user object \
             and mark the mailbox in the database for removal."
        )),
        Verb::Remove => Some(format!(
            "Removing the mailbox \"{shown}\" will remove the Active Directory user object {} database{}.",
            if is_permanent(call) {
                "and purge the mailbox and the archive (if present) from the"
            } else {
                "and mark the mailbox and the archive (if present) in the"
            },
            if is_permanent(call) { "" } else { " for removal" },
        )),
        _ => None,
    }
}

static IGNORE_LEGAL_HOLD: Parameter<Switch> =
    Parameter::new("IgnoreLegalHold", "Takes the mailbox away although it is on litigation hold.");
static DISABLE_LAST: Parameter<Switch> = Parameter::new(
    "DisableLastArbitrationMailboxAllowed",
    "Takes the last arbitration mailbox away, without which approvals and the like stop.",
);
static REMOVE_LAST: Parameter<Switch> = Parameter::new(
    "RemoveLastArbitrationMailboxAllowed",
    "Removes the last arbitration mailbox, without which approvals and the like stop.",
);
static GUARD: Keys = &[&ARBITRATION, &IGNORE_LEGAL_HOLD, &DISABLE_LAST, &REMOVE_LAST];

/// The switches that some mailboxes ask for before they are taken away.
fn guard(verb: Verb, rooms: &Rooms, call: &Call, record: &Record) -> Result<()> {
    let last_allowed = match verb {
        Verb::Disable => &DISABLE_LAST,
        Verb::Remove => &REMOVE_LAST,
        _ => return Ok(()),
    };
    let (meant, held_too) = (call.is(&ARBITRATION), call.is(&IGNORE_LEGAL_HOLD));
    let last_too = call.is(last_allowed);
    let arbitration = record.details() == Details::ArbitrationMailbox;
    if arbitration && !meant {
        return Err(guarded(record, "is an arbitration mailbox", ARBITRATION.name()));
    }
    if arbitration && !last_too && arbitration_mailboxes(rooms)? <= 1 {
        return Err(guarded(record, "is the last arbitration mailbox", last_allowed.name()));
    }
    if record.is(&mailbox::LITIGATION_HOLD_ENABLED) && !held_too {
        return Err(guarded(record, "is on litigation hold", IGNORE_LEGAL_HOLD.name()));
    }
    Ok(())
}

fn guarded(record: &Record, what: &str, switch: &str) -> Error {
    Error::conflict(ErrorId::MailboxGuarded, format!("The mailbox {} {what}.", record.name()))
        .help(format!("Add -{switch} if you mean it."))
        .about(switch.to_owned())
}

fn arbitration_mailboxes(rooms: &Rooms) -> Result<usize> {
    let query =
        Query { system: true, details: vec![Details::ArbitrationMailbox], ..Query::of(&kinds::MAILBOX) };
    Ok(rooms.directory().find(&query)?.len())
}

static PERMANENT: Parameter<bool> = Parameter::new(
    "Permanent",
    "Whether the mailbox is purged at once and cannot be connected again; no by default.",
);
static STORE_MAILBOX_IDENTITY: Parameter<ObjectId> =
    Parameter::new("StoreMailboxIdentity", "The mailbox in the database, by GUID, display name or LegacyDN.");

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Deletes a user and disconnects the mailbox, or purges a disconnected mailbox.",
    notes: "With -Permanent $true the mailbox is purged at once and cannot be connected again.",
    reads: &[&IDENTITY, &PERMANENT, &DATABASE, &STORE_MAILBOX_IDENTITY],
    shares: &[GUARD],
    roles: &["Mail Recipient Creation"],
    examples: &[Example {
        about: "Deletes the user John Evans; the mailbox stays disconnected in its database.",
        command: "Remove-Mailbox 'John Evans' -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MAILBOX, |rooms, call, out| match call.get(&STORE_MAILBOX_IDENTITY)? {
        Some(identity) => purge(rooms, call, out, &identity.shown),
        None => MAILBOXES.act(Verb::Remove, MAILBOXES.remove, rooms, call, out),
    })
};

fn is_permanent(call: &Call) -> bool {
    matches!(call.value(&PERMANENT), Some(Value::Bool(true)))
}

fn remove(rooms: &Rooms, call: &Call, record: &Record, _: &mut Output<'_>) -> Result<()> {
    rooms.mailboxes.remove(call.author(), record.guid(), is_permanent(call))
}

/// `Remove-Mailbox -Database D -StoreMailboxIdentity G`: a disconnected mailbox is purged at once.
fn purge(rooms: &Rooms, call: &Call, out: &mut Output<'_>, identity: &str) -> Result<()> {
    let database = needed_database(rooms, call)?;
    let lost = rooms.mailboxes.disconnected(database.guid(), identity)?;
    let name = named(&lost);
    let action = format!("Removing mailbox {name} from database \"{}\".", database.name());
    if !out.should(&name, &action)? {
        return Ok(());
    }
    rooms.mailboxes.purge(call.author(), database.guid(), lost.mailbox())
}

fn needed_database(rooms: &Rooms, call: &Call) -> Result<Arc<Record>> {
    let missing = || {
        Error::caller(ErrorId::MissingMandatoryParameter, "The database is needed.").about(DATABASE.name())
    };
    rooms.named(call, &DATABASE, &kinds::DATABASE)?.ok_or_else(missing)
}

fn named(lost: &Disconnected) -> String {
    format!("\"{}\" ({})", lost.statistics.description.display_name, lost.mailbox())
}

static USER: Parameter<ObjectId> = Parameter::new(
    "User",
    "The user who gets the mailbox; by default the one user without mail whose names are those of the mailbox.",
);
static VALIDATE_ONLY: Parameter<Switch> =
    Parameter::new("ValidateOnly", "Says to whom the mailbox would be connected, and does nothing.");

static CONNECT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Joins a disconnected mailbox to a user who has none.",
    notes: "There is no Disconnect-Mailbox: Disable-Mailbox and Remove-Mailbox disconnect. Without -User the one user \
            without mail whose name fits is taken; -ValidateOnly tells who that is.",
    reads: &[&IDENTITY, &DATABASE, &USER, &VALIDATE_ONLY, &ALIAS, &RESTORE_SETTINGS],
    edits: Some(|name| Class::User.spec(name)),
    roles: MAIL_RECIPIENTS,
    examples: &[
        Example {
            about: "Gives Carla's old mailbox to Ben.",
            command: "Connect-Mailbox 'Carla Diaz' 'Mailbox Database' -User ben",
        },
        Example {
            about: "Gives Dana's old mailbox back with all that it had.",
            command: "Connect-Mailbox 'Dana Fox' 'Mailbox Database' -RestoreSettings",
        },
        Example {
            about: "Says who would get the disconnected mailbox of Dana Fox.",
            command: "Connect-Mailbox 'Dana Fox' 'Mailbox Database' -ValidateOnly",
        },
    ],
    ..Cmdlet::new(Verb::Connect, &MAILBOX, connect)
};

fn connect(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let database = needed_database(rooms, call)?;
    // A store mailbox is never named as a directory object is: its own names count.
    let identity = call.need(&IDENTITY)?;
    let lost = rooms.mailboxes.disconnected(database.guid(), &store_name(call, &identity.shown))?;
    let user = match rooms.named(call, &USER, &kinds::USER)? {
        Some(user) => user,
        None => rooms.mailboxes.candidate(&lost)?,
    };
    let (name, shown) = (named(&lost), rooms.shown(&user));
    if call.is(&VALIDATE_ONLY) {
        out.verbose(format!("Mailbox {name} would be connected to {shown}."))?;
        return out.object(rooms.directory().object(&user, &user::USER));
    }
    let (alias, settings) = (call.get(&ALIAS)?, edits(call)?);
    let owner = NewOwner { alias, settings, ..NewOwner::of(user.guid()) };
    restore_settings::tell_first(rooms, call, out, &lost, &owner)?;
    if !out.should(&shown, &format!("Connecting mailbox {name} to user \"{shown}\"."))? {
        return Ok(());
    }
    if call.is(&RESTORE_SETTINGS) {
        return restore_settings::connect(rooms, call, out, &lost, owner);
    }
    rooms.mailboxes.connect(call.author(), &lost, owner).map(drop)
}

/// The name of a store mailbox: what was written, or of a piped row of statistics its mailbox GUID.
fn store_name(call: &Call, written: &str) -> String {
    let piped = call.input().and_then(|input| match input {
        Value::Object(row) => row.get("MailboxGuid"),
        _ => None,
    });
    piped.map_or_else(|| written.to_owned(), |guid| guid.to_string())
}
