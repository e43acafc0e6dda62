//! The mailbox cmdlets: found, made, enabled, changed, disabled, removed, connected again.

use crate::parameters as p;
use crate::rooms::Rooms;
use crate::sets;
use crate::standard::{self, Finding};
use ::mailbox::{Disconnected, NewOwner};
use directory::schema::mailbox::{self, MAILBOX};
use directory::schema::user;
use directory::{Flavour, NewMailbox, PasswordHash, Query, Record, kinds};
use gate::{Call, Changes, Cmdlet, Example, Impact, Output, Verb};
use object::types::RecipientTypeDetails as Details;
use object::{Declared, Error, ErrorId, Parameter, Result, Switch};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &ENABLE, &SET, &DISABLE, &REMOVE, &CONNECT];

const MAIL_RECIPIENTS: &[&str] = &["Mail Recipients"];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists mailboxes of users, rooms, equipment and shared ones.",
    notes: "Mailboxes of the system are left out unless their switch is given.",
    always: sets::GET_MAILBOX_ALWAYS,
    sets: sets::GET_MAILBOX,
    default_set: Some("Identity"),
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
    ..Cmdlet::new(Verb::Get, &MAILBOX, get)
};

/// The switches that ask for mailboxes of the system, and the kinds they stand for.
static SYSTEM: &[(&Parameter<Switch>, &[Details])] = &[
    (&p::ARBITRATION, &[Details::ArbitrationMailbox]),
    (&p::AUDIT_LOG, &[Details::AuditLogMailbox]),
    (&p::AUX_AUDIT_LOG, &[Details::AuxAuditLogMailbox]),
    (&p::MIGRATION, &[Details::ArbitrationMailbox]),
    (&p::MONITORING, &[Details::MonitoringMailbox]),
    (&p::PUBLIC_FOLDER, &[Details::PublicFolderMailbox]),
    (&p::SUPERVISORY_REVIEW_POLICY, &[Details::SupervisoryReviewPolicyMailbox]),
    (&p::GROUP_MAILBOX, &[Details::GroupMailbox]),
];

/// The kinds of system mailboxes that a call asks for; none: it asks for the usual ones.
pub(crate) fn system_kinds(call: &Call) -> Vec<Details> {
    SYSTEM.iter().filter(|(switch, _)| call.is(switch)).flat_map(|(_, kinds)| kinds.iter().copied()).collect()
}

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if let Some(server) = call.given(p::SERVER.name()).filter(|value| !value.is_null()) {
        rooms.check_server(&server.to_string(), "Server")?;
    }
    let system = system_kinds(call);
    let database = rooms.named(call, &p::DATABASE, &kinds::DATABASE)?.map(|database| database.guid());
    let query = Query { system: !system.is_empty(), details: system, database, ..Query::of(&kinds::MAILBOX) };
    let archive = call.is(&p::ARCHIVE);
    let finding = Finding {
        kind: &kinds::MAILBOX,
        noun: &MAILBOX,
        sorts: &["Name", "DisplayName", "Alias", "Office", "ServerLegacyDN"],
    };
    finding.run(rooms, call, out, query, &|record| !archive || record.has(mailbox::ARCHIVE_GUID.spec()))
}

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a user with a mailbox, or a shared, room or equipment mailbox.",
    notes: "Only a mailbox of a person has a password; the account of any other kind cannot log on.",
    always: sets::NEW_MAILBOX_ALWAYS,
    sets: sets::NEW_MAILBOX,
    default_set: Some("User"),
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: &["Mail Recipient Creation"],
    examples: &[
        Example { about: "Makes a shared mailbox.", command: "New-Mailbox -Shared -Name Sales" },
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
    (&p::SHARED, Flavour::Shared),
    (&p::ROOM, Flavour::Room),
    (&p::EQUIPMENT, Flavour::Equipment),
    (&p::DISCOVERY, Flavour::Discovery),
    (&p::ARBITRATION, Flavour::Arbitration),
];

fn flavour(call: &Call) -> Flavour {
    let wanted = FLAVOURS.iter().find(|(switch, _)| call.is(switch));
    wanted.map_or(Flavour::Regular, |(_, flavour)| flavour.clone())
}

/// Parameters of `New-` and `Enable-Mailbox` that are no plain properties of the new mailbox.
const OWN: &[&str] = &[
    "Name",
    "Alias",
    "DisplayName",
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "SamAccountName",
    "Database",
    "ResetPasswordOnNextLogon",
    "AccountDisabled",
    "OrganizationalUnit",
];

fn new(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    rooms.check_controller(call)?;
    let name = call.need(&p::NAME)?;
    let wanted = NewMailbox {
        user_principal_name: call.get(&p::USER_PRINCIPAL_NAME)?,
        sam_account_name: call.get(&p::SAM_ACCOUNT_NAME)?,
        unit: rooms
            .named(call, &p::ORGANIZATIONAL_UNIT, &kinds::ORGANIZATIONAL_UNIT)?
            .map(|unit| unit.guid()),
        must_change: call.get(&p::RESET_PASSWORD_ON_NEXT_LOGON)?.unwrap_or(false),
        account_disabled: call.is(&p::ACCOUNT_DISABLED),
        ..common(rooms, call, NewMailbox::named(&name, flavour(call)))?
    };
    make(rooms, call, out, wanted, &format!("Creating mailbox \"{name}\"."))
}

/// What `New-` and `Enable-Mailbox` both take.
fn common(rooms: &Rooms, call: &Call, new: NewMailbox) -> Result<NewMailbox> {
    Ok(NewMailbox {
        database: rooms.named(call, &p::DATABASE, &kinds::DATABASE)?.map(|database| database.guid()),
        alias: call.get(&p::ALIAS)?,
        display_name: call.get(&p::DISPLAY_NAME)?,
        primary: call.get(&p::PRIMARY_SMTP_ADDRESS)?,
        settings: standard::edits(call, OWN)?,
        ..new
    })
}

fn make(rooms: &Rooms, call: &Call, out: &mut Output<'_>, mut new: NewMailbox, action: &str) -> Result<()> {
    let name = new.name.clone();
    if !out.should(&name, action)? {
        return Ok(());
    }
    // Hashing takes its time: never before the question, never inside a transaction.
    new.password = password(call, &[&name, new.sam_account_name.as_deref().unwrap_or_default()])?;
    let made = rooms.mailboxes.create(call.author(), new)?;
    out.object(rooms.directory().object(&made, &MAILBOX))
}

fn password(call: &Call, names: &[&str]) -> Result<Option<PasswordHash>> {
    let Some(secret) = call.get(&p::PASSWORD)? else { return Ok(None) };
    let names: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    PasswordHash::of(&secret, &names).map(Some).map_err(|error| error.about("Password"))
}

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a user who exists a mailbox.",
    always: sets::ENABLE_MAILBOX_ALWAYS,
    sets: sets::ENABLE_MAILBOX,
    default_set: Some("User"),
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: MAIL_RECIPIENTS,
    examples: &[Example { about: "Gives the user ben a mailbox.", command: "Enable-Mailbox ben" }],
    ..Cmdlet::new(Verb::Enable, &MAILBOX, enable)
};

fn enable(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let user = rooms.one(call, &kinds::USER)?;
    let wanted = common(rooms, call, NewMailbox::of_user(user.guid(), flavour(call)))?;
    let shown = rooms.shown(&user);
    make(
        rooms,
        call,
        out,
        NewMailbox { name: shown.clone(), ..wanted },
        &format!("Enabling mailbox \"{shown}\"."),
    )
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the settings of one mailbox.",
    notes: "Setting a quota has no effect while UseDatabaseQuotaDefaults is True, as in Exchange.",
    sets: sets::SET_MAILBOX,
    default_set: Some("Identity"),
    changes: Changes::Yes { confirm: Impact::Medium },
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
    ..Cmdlet::new(Verb::Set, &MAILBOX, set)
};

fn set(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.one(call, &kinds::MAILBOX)?;
    let edits = standard::edits(call, &[])?;
    if call.given(p::PASSWORD.name()).is_none() {
        return standard::set(rooms, call, out, &record, "mailbox", edits);
    }
    let shown = rooms.shown(&record);
    if !out.should(&shown, &format!("Setting mailbox \"{shown}\"."))? {
        return Ok(());
    }
    let sam = record.get(&user::SAM_ACCOUNT_NAME).unwrap_or_default();
    let hash = password(call, &[record.name(), &sam])?;
    let must_change = call.get(&p::RESET_PASSWORD_ON_NEXT_LOGON)?.unwrap_or(false);
    let guid = record.guid();
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        change.edit(&mut record, &edits)?;
        if let Some(hash) = &hash {
            change.put_password(&mut record, hash, must_change);
        }
        change.save(record)
    })
}

static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes the mailbox away from a user and keeps both.",
    notes: "The mailbox stays in its database for the time of its MailboxRetention; Connect-Mailbox joins it again.",
    always: sets::DISABLE_MAILBOX_ALWAYS,
    sets: sets::DISABLE_MAILBOX,
    default_set: Some("Identity"),
    changes: Changes::Yes { confirm: Impact::High },
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Disables the mailbox of John Evans without asking.",
        command: "Disable-Mailbox 'John Evans' -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Disable, &MAILBOX, disable)
};

fn disable(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.one(call, &kinds::MAILBOX)?;
    guard(rooms, call, &record)?;
    let shown = rooms.shown(&record);
    let action = format!(
        "Disabling mailbox \"{shown}\" will remove the mailbox properties from the Active Directory user object and \
         mark the mailbox in the database for removal."
    );
    if !out.should(&shown, &action)? {
        return Ok(());
    }
    rooms.mailboxes.disable(call.author(), record.guid())
}

/// The switches that some mailboxes ask for before they are taken away.
fn guard(rooms: &Rooms, call: &Call, record: &Record) -> Result<()> {
    let arbitration = record.details() == Details::ArbitrationMailbox;
    if arbitration && !call.is(&p::ARBITRATION) {
        return Err(guarded(record, "is an arbitration mailbox", "Arbitration"));
    }
    let last = arbitration && arbitration_mailboxes(rooms)? <= 1;
    let allowed = call.is(&p::DISABLE_LAST_ARBITRATION_MAILBOX_ALLOWED)
        || call.is(&p::REMOVE_LAST_ARBITRATION_MAILBOX_ALLOWED);
    if last && !allowed {
        let switch = if call.command() == "Remove-Mailbox" {
            p::REMOVE_LAST_ARBITRATION_MAILBOX_ALLOWED.name()
        } else {
            p::DISABLE_LAST_ARBITRATION_MAILBOX_ALLOWED.name()
        };
        return Err(guarded(record, "is the last arbitration mailbox", switch));
    }
    if record.is(&mailbox::LITIGATION_HOLD_ENABLED) && !call.is(&p::IGNORE_LEGAL_HOLD) {
        return Err(guarded(record, "is on litigation hold", "IgnoreLegalHold"));
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

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Deletes a user and disconnects the mailbox, or purges a disconnected mailbox.",
    notes: "With -Permanent $true the mailbox is purged at once and cannot be connected again.",
    always: sets::REMOVE_MAILBOX_ALWAYS,
    sets: sets::REMOVE_MAILBOX,
    default_set: Some("Identity"),
    changes: Changes::Yes { confirm: Impact::High },
    roles: &["Mail Recipient Creation"],
    examples: &[Example {
        about: "Deletes the user John Evans; the mailbox stays disconnected in its database.",
        command: "Remove-Mailbox 'John Evans' -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MAILBOX, remove)
};

fn remove(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if call.given(p::STORE_MAILBOX_IDENTITY.name()).is_some() {
        return purge(rooms, call, out);
    }
    let record = rooms.one(call, &kinds::MAILBOX)?;
    guard(rooms, call, &record)?;
    let permanent = call.get(&p::PERMANENT)?.unwrap_or(false);
    let shown = rooms.shown(&record);
    let fate = if permanent {
        "and purge the mailbox and the archive (if present) from the database"
    } else {
        "and mark the mailbox and the archive (if present) in the database for removal"
    };
    let action =
        format!("Removing the mailbox \"{shown}\" will remove the Active Directory user object {fate}.");
    if !out.should(&shown, &action)? {
        return Ok(());
    }
    rooms.mailboxes.remove(call.author(), record.guid(), permanent)
}

/// `Remove-Mailbox -Database D -StoreMailboxIdentity G`: a disconnected mailbox is purged at once.
fn purge(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    rooms.check_controller(call)?;
    let database = needed_database(rooms, call)?;
    let identity = call.given(p::STORE_MAILBOX_IDENTITY.name()).map(ToString::to_string).unwrap_or_default();
    let lost = rooms.mailboxes.disconnected(database.guid(), &identity)?;
    let name = named(&lost);
    let action = format!("Removing mailbox {name} from database \"{}\".", database.name());
    if !out.should(&name, &action)? {
        return Ok(());
    }
    rooms.mailboxes.purge(call.author(), database.guid(), lost.mailbox())
}

fn needed_database(rooms: &Rooms, call: &Call) -> Result<std::sync::Arc<Record>> {
    let missing =
        || Error::caller(ErrorId::MissingMandatoryParameter, "The database is needed.").about("Database");
    rooms.named(call, &p::DATABASE, &kinds::DATABASE)?.ok_or_else(missing)
}

fn named(lost: &Disconnected) -> String {
    format!("\"{}\" ({})", lost.statistics.description.display_name, lost.mailbox())
}

static CONNECT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Joins a disconnected mailbox to a user who has none.",
    notes: "There is no Disconnect-Mailbox: Disable-Mailbox and Remove-Mailbox disconnect. Without -User the one user \
            without mail whose name fits is taken; -ValidateOnly tells who that is.",
    always: sets::CONNECT_MAILBOX_ALWAYS,
    sets: sets::CONNECT_MAILBOX,
    default_set: Some("User"),
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: MAIL_RECIPIENTS,
    examples: &[
        Example {
            about: "Gives Carla's old mailbox to Ben.",
            command: "Connect-Mailbox 'Carla Diaz' 'Mailbox Database' -User ben",
        },
        Example {
            about: "Says who would get the disconnected mailbox of Dana Fox.",
            command: "Connect-Mailbox 'Dana Fox' 'Mailbox Database' -ValidateOnly",
        },
    ],
    ..Cmdlet::new(Verb::Connect, &MAILBOX, connect)
};

fn connect(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    rooms.check_controller(call)?;
    let database = needed_database(rooms, call)?;
    // A store mailbox is never named as a directory object is: its own names count.
    let identity = call.need(&p::IDENTITY)?;
    let lost = rooms.mailboxes.disconnected(database.guid(), &store_name(call, &identity.shown))?;
    let user = match rooms.named(call, &p::USER, &kinds::USER)? {
        Some(user) => user,
        None => rooms.mailboxes.candidate(&lost)?,
    };
    let (name, shown) = (named(&lost), rooms.shown(&user));
    if call.is(&p::VALIDATE_ONLY) {
        out.verbose(format!("Mailbox {name} would be connected to {shown}."))?;
        return out.object(rooms.directory().object(&user, &user::USER));
    }
    if !out.should(&shown, &format!("Connecting mailbox {name} to user \"{shown}\"."))? {
        return Ok(());
    }
    let (alias, settings) = (call.get(&p::ALIAS)?, standard::edits(call, OWN)?);
    let owner = NewOwner { alias, settings, ..NewOwner::of(user.guid()) };
    rooms.mailboxes.connect(call.author(), &lost, owner).map(drop)
}

/// The name of a store mailbox: what was written, or of a piped row of statistics its mailbox GUID.
fn store_name(call: &Call, written: &str) -> String {
    let piped = call.input().and_then(|input| match input {
        object::Value::Object(row) => row.get("MailboxGuid"),
        _ => None,
    });
    piped.map_or_else(|| written.to_owned(), |guid| guid.to_string())
}
