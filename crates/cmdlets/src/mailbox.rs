//! The mailbox cmdlets: found, made, enabled, changed, disabled, removed.

use crate::archive::{self, ARCHIVE};
use crate::linked;
use crate::purge::{self, guarded};
use crate::role_group;
use crate::rooms::{IDENTITY, Rooms};
use crate::sharing;
use crate::standard::{Besides, ORGANIZATIONAL_UNIT, Subject, Wanted, edits};
use crate::system::{self, ARBITRATION};
use directory::schema::{mailbox, mailbox::MAILBOX, recipient, user};
use directory::{Class, Edit, Flavour, NewMailbox, PasswordHash, Query, Record, check_new_archive, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{ObjectId, RecipientTypeDetails as Details, SecureString, SmtpAddress};
use object::{Error, ErrorId, Keys, Parameter, Result, Switch, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &ENABLE, &SET, &DISABLE, &REMOVE];

pub(crate) const MAIL_RECIPIENTS: &[&str] = &["Mail Recipients"];

pub(crate) static DATABASE: Parameter<ObjectId> = Parameter::new(
    "Database",
    "The mailbox database; for a new mailbox by default the one that holds the fewest of those that take new ones.",
);

static MAILBOXES: Subject = Subject {
    sorts: &["Name", "DisplayName", "Alias", "Office", "ServerLegacyDN"],
    wanted,
    check: guard,
    words,
    besides,
    after: |rooms, call, before, out| linked::told(rooms, call, before, call.value(&PASSWORD).is_none(), out),
    disable,
    remove,
    ..Subject::of(&MAILBOX, &kinds::MAILBOX, Class::User, "mailbox")
};

static WITH_ARCHIVE: Parameter<Switch> =
    Parameter::new("Archive", "Shows only mailboxes that have an archive.");

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists mailboxes of users, rooms, equipment and shared ones.",
    notes: "Mailboxes of the system are left out unless their switch is given.",
    reads: &[&DATABASE, &WITH_ARCHIVE],
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
    system::check_named(subject, rooms, call)?;
    let query = Query { database, ..system::query(subject, call) };
    let archive = call.is(&WITH_ARCHIVE);
    let means = system::means(call);
    let passes = move |record: &Record| means(record) && (!archive || record.has_archive());
    Ok(Wanted { query, passes: Box::new(passes) })
}

static NAME: Parameter<String> = Parameter::of(&recipient::NAME);
pub(crate) static ALIAS: Parameter<String> = Parameter::of(&recipient::ALIAS);
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
pub(crate) static SHARED: Parameter<Switch> =
    Parameter::new("Shared", "Makes a mailbox in which several people work.");
pub(crate) static ROOM: Parameter<Switch> = Parameter::new("Room", "Makes the mailbox of a room.");
pub(crate) static EQUIPMENT: Parameter<Switch> =
    Parameter::new("Equipment", "Makes the mailbox of a thing that is booked.");
static ENABLE_ROOM_ACCOUNT: Parameter<bool> = Parameter::new(
    "EnableRoomMailboxAccount",
    "Whether the account of the room itself can log on; that needs -RoomMailboxPassword.",
);
static ROOM_PASSWORD: Parameter<SecureString> =
    Parameter::new("RoomMailboxPassword", "The password with which the account of the room logs on.");
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
        &ENABLE_ROOM_ACCOUNT,
        &ROOM_PASSWORD,
    ],
    shares: &[COMMON, FLAVOUR_KEYS, sharing::KEYS, archive::NEW, linked::KEYS, linked::NEW_KEYS],
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
pub(crate) static FLAVOURS: &[(&Parameter<Switch>, Flavour)] = &[
    (&SHARED, Flavour::Shared),
    (&ROOM, Flavour::Room),
    (&EQUIPMENT, Flavour::Equipment),
    (&DISCOVERY, Flavour::Discovery),
    (&ARBITRATION, Flavour::Arbitration),
];
static FLAVOUR_KEYS: Keys = &[&SHARED, &ROOM, &EQUIPMENT, &DISCOVERY, &ARBITRATION];

/// The kind of mailbox that is wanted; the owner of a linked one is looked up in its forest.
pub(crate) fn flavour(rooms: &Rooms, call: &Call) -> Result<Flavour> {
    if linked::is_wanted(call)? {
        return linked::flavour(rooms, call);
    }
    let wanted = FLAVOURS.iter().find(|(switch, _)| call.is(switch));
    Ok(wanted.map_or(Flavour::Regular, |(_, flavour)| flavour.clone()))
}

fn new(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let name = call.need(&NAME)?;
    let wanted = NewMailbox {
        user_principal_name: call.get(&USER_PRINCIPAL_NAME)?,
        sam_account_name: call.get(&SAM_ACCOUNT_NAME)?,
        unit: rooms.named(call, &ORGANIZATIONAL_UNIT, &kinds::ORGANIZATIONAL_UNIT)?.map(|unit| unit.guid()),
        must_change: call.get(&MUST_CHANGE)?.unwrap_or(false),
        account_disabled: call.is(&ACCOUNT_DISABLED),
        archive: archive::wanted(rooms, call)?,
        sharing: sharing::wanted(rooms, call)?,
        ..common(rooms, call, NewMailbox::named(&name, flavour(rooms, call)?))?
    };
    let action = format!("Creating mailbox \"{name}\".");
    let Some(made) = make(rooms, call, out, wanted, &action)? else { return Ok(()) };
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
    let names = [&name, new.sam_account_name.as_deref().unwrap_or_default()];
    new.password = password(rooms, call, &PASSWORD, &names)?;
    new.room_password = room_password(rooms, call, &names)?.flatten();
    rooms.mailboxes.create(call.author(), new).map(Some).map_err(|error| about_given(call, error))
}

/// An error about the addresses, of which only the primary one was given, is about that.
fn about_given(call: &Call, error: Error) -> Error {
    let (all, primary) = (recipient::EMAIL_ADDRESSES.name(), PRIMARY_SMTP_ADDRESS.name());
    let concerns = error.parameter() == Some(all) && call.value(&PRIMARY_SMTP_ADDRESS).is_some();
    if concerns { error.about(primary) } else { error }
}

fn password(
    rooms: &Rooms,
    call: &Call,
    key: &Parameter<SecureString>,
    names: &[&str],
) -> Result<Option<PasswordHash>> {
    let Some(secret) = call.get_or_refuse_null(key)? else { return Ok(None) };
    let names: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    rooms.directory().hash_password(&secret, &names).map(Some).map_err(|error| error.about(key.name()))
}

/// What the account of a room is to be: switched off, or on with a password; nothing where that is not asked for.
fn room_password(rooms: &Rooms, call: &Call, names: &[&str]) -> Result<Option<Option<PasswordHash>>> {
    let hash = password(rooms, call, &ROOM_PASSWORD, names)?;
    match (call.get(&ENABLE_ROOM_ACCOUNT)?, hash) {
        (Some(true), None) => Err(needs("The account of a room", "RoomMailboxPassword")),
        (Some(true), hash) => Ok(Some(hash)),
        (_, Some(_)) => Err(needs("The password of a room", "EnableRoomMailboxAccount")),
        (on, None) => Ok(on.map(|_| None)),
    }
}

fn needs(what: &str, parameter: &'static str) -> Error {
    let message = format!("{what} is not set without -{parameter}.");
    Error::caller(ErrorId::PasswordRequired, message)
        .help(format!("Give -{parameter}, too."))
        .about(parameter)
}

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a user who exists a mailbox, or a mailbox an archive.",
    notes: "With -Archive a mailbox gets a new archive; -ArchiveGuid gives it back the one it had.",
    reads: &[&IDENTITY],
    shares: &[COMMON, FLAVOUR_KEYS, archive::NEW, linked::KEYS, linked::NEW_KEYS],
    edits: Some(|name| Class::User.spec(name)),
    roles: MAIL_RECIPIENTS,
    examples: &[
        Example { about: "Gives the user ben a mailbox.", command: "Enable-Mailbox ben" },
        Example { about: "Gives Ann's mailbox an archive.", command: "Enable-Mailbox ann -Archive" },
    ],
    ..Cmdlet::new(Verb::Enable, &MAILBOX, enable)
};

fn enable(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let user = rooms.one(call, &kinds::USER)?;
    if call.set() == "Archive" {
        return enable_archive(rooms, call, out, &user);
    }
    if linked::is_wanted(call)? {
        role_group::may_take_over(rooms, call, &user)?;
    }
    let wanted = common(rooms, call, NewMailbox::of_user(user.guid(), flavour(rooms, call)?))?;
    let shown = rooms.shown(&user);
    let (wanted, action) =
        (NewMailbox { name: shown.clone(), ..wanted }, format!("Enabling mailbox \"{shown}\"."));
    let made = make(rooms, call, out, wanted, &action)?;
    made.map_or(Ok(()), |made| out.object(rooms.directory().object(&made, &MAILBOX)))
}

fn enable_archive(rooms: &Rooms, call: &Call, out: &mut Output<'_>, user: &Record) -> Result<()> {
    let (wanted, mut settings) = (archive::wanted(rooms, call)?.unwrap_or_default(), edits(call)?);
    check_new_archive(rooms.directory(), user)?;
    // What says of a new mailbox how it is made says of one that is there how it becomes.
    settings.extend(call.get(&ALIAS)?.map(|alias| Edit::set(&recipient::ALIAS, alias)));
    settings.extend(call.get(&DISPLAY_NAME)?.map(|name| Edit::set(&recipient::DISPLAY_NAME, name)));
    let primary = call.get(&PRIMARY_SMTP_ADDRESS)?;
    settings.extend(primary.map(|address| Edit::set(&recipient::PRIMARY_SMTP_ADDRESS, address)));
    let shown = rooms.shown(user);
    if !out.should(&shown, &format!("Enabling the archive of mailbox \"{shown}\"."))? {
        return Ok(());
    }
    let made = rooms.mailboxes.enable_archive(call.author(), user.guid(), wanted, settings)?;
    out.object(rooms.directory().object(&made, &MAILBOX))
}

static TYPE: Parameter<String> = Parameter::new(
    "Type",
    "What the mailbox becomes: Regular, which needs a password, or Shared, Room or Equipment, whose account cannot log on.",
);

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the settings of one mailbox.",
    notes: "Setting a quota has no effect while UseDatabaseQuotaDefaults is True, as in Exchange.",
    reads: &[&PASSWORD, &TYPE, &ENABLE_ROOM_ACCOUNT, &ROOM_PASSWORD],
    shares: &[linked::KEYS],
    roles: MAIL_RECIPIENTS,
    examples: &[
        Example { about: "Makes Ann's mailbox a shared one.", command: "Set-Mailbox ann -Type Shared" },
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

/// The kind of mailbox that `-Type` wants.
fn wanted_type(call: &Call) -> Result<Option<Flavour>> {
    let Some(word) = call.get_or_refuse_null(&TYPE)? else { return Ok(None) };
    Ok(Some(match word.to_ascii_lowercase().as_str() {
        "regular" => Flavour::Regular,
        "shared" => Flavour::Shared,
        "room" => Flavour::Room,
        "equipment" => Flavour::Equipment,
        _ => return Err(no_type(&word)),
    }))
}

fn no_type(word: &str) -> Error {
    let online = ["workspace", "desk"].iter().any(|known| word.eq_ignore_ascii_case(known));
    let why = if online { "that is a type of Exchange Online" } else { "that is no type that it can get" };
    let help = match word.to_ascii_lowercase().as_str() {
        "linked" => "Run Set-Mailbox with -LinkedMasterAccount and -LinkedDomainController to link it.",
        _ => "Write Regular, Shared, Room or Equipment.",
    };
    let message = format!("A mailbox cannot be made a {word}: {why}.");
    Error::caller(ErrorId::InvalidValue, message).help(help).about(TYPE.name())
}

/// Another type and new passwords, hashed when it is settled that the mailbox is changed.
fn besides(rooms: &Rooms, call: &Call, record: &Record) -> Result<Option<Besides>> {
    let sam = record.get(&user::SAM_ACCOUNT_NAME).unwrap_or_default();
    let names = [record.name(), &sam];
    let (wanted, hash) = (wanted_type(call)?, password(rooms, call, &PASSWORD, &names)?);
    let room = room_password(rooms, call, &names)?;
    if hash.is_some() || room.is_some() {
        role_group::may_take_over(rooms, call, record)?;
    }
    if let Some(besides) = linked::besides(rooms, call, record, hash.clone())? {
        if wanted.is_some() || room.is_some() {
            let message = "A mailbox is linked or unlinked, or made another type, one after the other.";
            return Err(Error::caller(ErrorId::ParametersExclude, message)
                .help("Run Set-Mailbox once with -LinkedMasterAccount, then once with the rest.")
                .about(TYPE.name()));
        }
        return Ok(Some(besides));
    }
    if wanted.is_none() && hash.is_none() && room.is_none() {
        return Ok(None);
    }
    if hash.is_some() && wanted.as_ref().is_some_and(|wanted| *wanted != Flavour::Regular) {
        let message = "Only a regular mailbox has a password to log on with.";
        return Err(Error::caller(ErrorId::ParametersExclude, message)
            .help("Leave -Password out; a room's own account has -RoomMailboxPassword.")
            .about(PASSWORD.name()));
    }
    let must_change = call.property(&user::RESET_PASSWORD_ON_NEXT_LOGON).unwrap_or(false);
    Ok(Some(Box::new(move |change, guid| {
        let mut record = change.read(guid)?;
        match (&wanted, &hash) {
            (Some(wanted), hash) => change.convert(&mut record, wanted, hash.as_ref())?,
            (None, Some(hash)) => change.put_password(&mut record, hash, must_change),
            (None, None) => {}
        }
        if let Some(hash) = &room {
            change.set_room_account(&mut record, hash.as_ref())?;
        }
        change.save(record)
    })))
}

static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes the mailbox away from a user and keeps both.",
    notes: "The mailbox stays in its database for the time of its MailboxRetention; Connect-Mailbox joins it again. An archive \
            goes with its mailbox; with -Archive it goes alone.",
    reads: &[&ARCHIVE],
    shares: &[GUARD],
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Disables the mailbox of John Evans without asking.",
        command: "Disable-Mailbox 'John Evans' -Confirm:$false",
    }],
    ..MAILBOXES.cmdlet(Verb::Disable)
};

fn disable(rooms: &Rooms, call: &Call, record: &Record, _: &mut Output<'_>) -> Result<()> {
    if call.is(&ARCHIVE) {
        return rooms.mailboxes.disable_archive(call.author(), record.guid());
    }
    rooms.mailboxes.disable(call.author(), record.guid())
}

/// What is asked before a mailbox is taken away; `Set-` and others ask as usual.
fn words(verb: Verb, _: &Rooms, call: &Call, shown: &str) -> Option<String> {
    match verb {
        Verb::Disable if call.is(&ARCHIVE) => Some(format!(
            "Disabling the archive for \"{shown}\" will remove the archive for this user and mark it in the database for \
             removal."
        )),
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
static GUARD: Keys = &[
    &ARBITRATION,
    &IGNORE_LEGAL_HOLD,
    &DISABLE_LAST,
    &REMOVE_LAST,
    &system::PUBLIC_FOLDER,
    &system::AUDIT_LOG,
    &system::AUX_AUDIT_LOG,
];

/// The switches that some mailboxes ask for before they are taken away.
fn guard(verb: Verb, rooms: &Rooms, call: &Call, record: &Record) -> Result<()> {
    let last_allowed = match verb {
        Verb::Disable => &DISABLE_LAST,
        Verb::Remove => &REMOVE_LAST,
        _ => return Ok(()),
    };
    let (meant, last_too) = (purge::Meant::of(call, &IGNORE_LEGAL_HOLD), call.is(last_allowed));
    let (details, name) = (record.details(), record.name());
    if let Some((switch, what)) = meant.missing(&details.to_string()) {
        return Err(guarded(name, &format!("is {what}"), switch, ""));
    }
    let last = || Ok::<_, Error>(rooms.directory().arbitration_mailboxes()?.len() <= 1);
    if details == Details::ArbitrationMailbox && !last_too && last()? {
        return Err(guarded(name, "is the last arbitration mailbox", last_allowed.name(), ""));
    }
    if record.is(&mailbox::LITIGATION_HOLD_ENABLED) && !meant.held {
        return Err(guarded(name, "is on litigation hold", IGNORE_LEGAL_HOLD.name(), ""));
    }
    if verb == Verb::Disable && call.is(&ARCHIVE) && !record.has_archive() {
        let message = format!("{name} has no archive.");
        return Err(Error::conflict(ErrorId::ArchiveMissing, message)
            .help("Get-Mailbox -Archive lists the mailboxes that have one.")
            .about(ARCHIVE.name()));
    }
    Ok(())
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
    let meant = purge::Meant::of(call, &IGNORE_LEGAL_HOLD);
    purge::guard(rooms, &lost, &meant)?;
    purge::run(rooms, call, out, &database, &lost)
}

pub(crate) fn needed_database(rooms: &Rooms, call: &Call) -> Result<Arc<Record>> {
    let missing = || {
        Error::caller(ErrorId::MissingMandatoryParameter, "The database is needed.").about(DATABASE.name())
    };
    rooms.named(call, &DATABASE, &kinds::DATABASE)?.ok_or_else(missing)
}
