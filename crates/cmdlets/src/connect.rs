//! `Connect-Mailbox`: a disconnected mailbox is joined to a user who has none, as whatever kind of mailbox is wanted.

use crate::archive::ARCHIVE;
use crate::linked;
use crate::mailbox::{ALIAS, DATABASE, EQUIPMENT, MAIL_RECIPIENTS, ROOM, SHARED, flavour, needed_database};
use crate::purge::named;
use crate::restore_settings::{self, RESTORE_SETTINGS};
use crate::role_group::may_take_over;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::edits;
use ::mailbox::{ArchiveOwner, Disconnected, NewOwner};
use directory::schema::{mailbox::MAILBOX, recipient, user};
use directory::{Class, Edit, Flavour, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId};
use object::{Error, ErrorId, Parameter, Result, Switch, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&CONNECT];

static USER: Parameter<ObjectId> = Parameter::new(
    "User",
    "The user who gets the mailbox; by default the one user without mail whose names are those of the mailbox.",
);
static VALIDATE_ONLY: Parameter<Switch> =
    Parameter::new("ValidateOnly", "Says to whom the mailbox would be connected, and does nothing.");

static ALLOW_MISMATCH: Parameter<Switch> = Parameter::new(
    "AllowLegacyDNMismatch",
    "Connects an archive to another user than the one whose archive it was.",
);

static CONNECT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Joins a disconnected mailbox to a user who has none.",
    notes: "There is no Disconnect-Mailbox: Disable-Mailbox and Remove-Mailbox disconnect. Without -User the one user \
            without mail whose name fits is taken; -ValidateOnly tells who that is. A shared mailbox, and one of a room \
            or a thing, wants an account that cannot log on.",
    reads: &[
        &IDENTITY,
        &DATABASE,
        &USER,
        &VALIDATE_ONLY,
        &ALIAS,
        &SHARED,
        &ROOM,
        &EQUIPMENT,
        &ARCHIVE,
        &ALLOW_MISMATCH,
        &RESTORE_SETTINGS,
    ],
    shares: &[linked::KEYS],
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
            about: "Gives Frank the archive back that was his.",
            command: "Connect-Mailbox 'In-Place Archive -Frank' 'Mailbox Database' -Archive -User frank",
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
    let user = rooms.named(call, &USER, &kinds::USER)?;
    if call.is(&ARCHIVE) || (call.is(&VALIDATE_ONLY) && lost.statistics.description.archive) {
        return connect_archive(rooms, call, out, &lost, user);
    }
    let user = user.map_or_else(|| rooms.mailboxes.candidate(&lost), Ok)?;
    let owner = owner(rooms, call, &user)?;
    // What cannot be is said before anybody is asked, and to whoever only wants to know.
    rooms.mailboxes.check_connect(&lost, &owner).map_err(about_user)?;
    if owner.flavour == Flavour::Regular && user.is_account_disabled() {
        let shown = rooms.shown(&user);
        out.warning(format!(
            "The account of {shown} cannot log on, so nobody will be able to open the mailbox. Run Enable-ADAccount."
        ))?;
    }
    if !call.is(&VALIDATE_ONLY) {
        restore_settings::tell_first(rooms, call, out, &lost, &owner)?;
    }
    if !is_wanted(rooms, call, out, &lost, &user)? {
        return Ok(());
    }
    if call.is(&RESTORE_SETTINGS) {
        return restore_settings::connect(rooms, call, out, &lost, owner).map_err(about_user);
    }
    rooms.mailboxes.connect(call.author(), &lost, owner).map(drop).map_err(about_user)
}

/// `-Archive`: the mailbox becomes the archive beside a mailbox that is there.
fn connect_archive(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    lost: &Disconnected,
    user: Option<Arc<Record>>,
) -> Result<()> {
    if call.is(&RESTORE_SETTINGS) {
        let message = "An archive has no settings to give back: those are its mailbox's.";
        return Err(Error::caller(ErrorId::ParametersExclude, message)
            .help("Leave -RestoreSettings out.")
            .about(RESTORE_SETTINGS.name()));
    }
    let user = user.map_or_else(|| rooms.mailboxes.archive_candidate(lost), Ok)?;
    let mut settings = edits(call)?;
    settings.extend(call.get(&ALIAS)?.map(|alias| Edit::set(&recipient::ALIAS, alias)));
    let allow_mismatch = call.is(&ALLOW_MISMATCH);
    let owner = ArchiveOwner { user: user.guid(), allow_mismatch, names: Vec::new(), settings };
    rooms.mailboxes.check_connect_archive(lost, &owner).map_err(about_user)?;
    if is_wanted(rooms, call, out, lost, &user)? {
        rooms.mailboxes.connect_archive(call.author(), lost, owner).map_err(about_user)?;
    }
    Ok(())
}

/// Whether it is to be done. With `-ValidateOnly` it is only said who would get the mailbox.
fn is_wanted(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    lost: &Disconnected,
    user: &Record,
) -> Result<bool> {
    let (name, shown) = (named(lost), rooms.shown(user));
    if call.is(&VALIDATE_ONLY) {
        out.verbose(format!("Mailbox {name} would be connected to {shown}."))?;
        out.object(rooms.directory().object(user, &user::USER))?;
        return Ok(false);
    }
    let what = if lost.statistics.description.archive { "archive" } else { "mailbox" };
    out.should(&shown, &format!("Connecting {what} {name} to user \"{shown}\"."))
}

/// Who gets the mailbox, and as what.
fn owner(rooms: &Rooms, call: &Call, user: &Record) -> Result<NewOwner> {
    if linked::is_wanted(call)? {
        may_take_over(rooms, call, user)?;
    }
    Ok(NewOwner {
        flavour: flavour(rooms, call)?,
        alias: call.get(&ALIAS)?,
        written: call.get(&USER)?.filter(|id| id.guid == Guid::EMPTY).map(|id| id.shown.to_string()),
        settings: edits(call)?,
        ..NewOwner::of(user.guid())
    })
}

/// The name of a store mailbox: what was written, or of a piped row of statistics its mailbox GUID.
fn store_name(call: &Call, written: &str) -> String {
    let piped = call.input().and_then(|input| match input {
        Value::Object(row) => row.get("MailboxGuid"),
        _ => None,
    });
    piped.map_or_else(|| written.to_owned(), |guid| guid.to_string())
}

/// The recipient that does not fit is the one that gets the mailbox: here the Identity is the mailbox.
fn about_user(error: Error) -> Error {
    const OF_USERS: [ErrorId; 4] = [
        ErrorId::RecipientTypeNotSupported,
        ErrorId::AccountMustBeDisabled,
        ErrorId::NotAMailboxUser,
        ErrorId::ArchiveExists,
    ];
    if OF_USERS.iter().any(|id| error.is(*id)) { error.about(USER.name()) } else { error }
}
