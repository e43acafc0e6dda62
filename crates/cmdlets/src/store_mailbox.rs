//! Mailboxes as their database has them, whatever the directory says: purged, and brought to what the directory says.

use crate::mailbox::{DATABASE, needed_database};
use crate::purge;
use crate::rooms::{IDENTITY, Rooms};
use ::mailbox::statistics::MAILBOX_STATISTICS;
use directory::kinds;
use directory::schema::database::MAILBOX_DATABASE;
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::{Error, ErrorId, Parameter, Result};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&REMOVE, &UPDATE, &CLEAN];

const ROLES: &[&str] = &["Databases", "Mail Recipients"];

static MAILBOX_STATE: Parameter<String> = Parameter::new(
    "MailboxState",
    "What the mailbox must be: Disabled by Disable-Mailbox or Remove-Mailbox, or SoftDeleted by a move.",
);

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Purges a disconnected mailbox for good.",
    notes: "It has to be in the state that is named, and not on litigation hold. What is purged cannot be connected or \
            restored any more.",
    called: Some("StoreMailbox"),
    reads: &[&IDENTITY, &DATABASE, &MAILBOX_STATE],
    roles: ROLES,
    examples: &[Example {
        about: "Purges the disconnected mailbox of Carla Diaz without asking.",
        command: "Remove-StoreMailbox -Database 'Mailbox Database' -Identity 'Carla Diaz' -MailboxState Disabled -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MAILBOX_STATISTICS, remove)
};

fn remove(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let database = needed_database(rooms, call)?;
    let identity = call.need(&IDENTITY)?;
    let lost = rooms.mailboxes.disconnected(database.guid(), &identity.shown)?;
    let (wanted, state) = (call.need(&MAILBOX_STATE)?, lost.reason().unwrap_or_default());
    if !wanted.eq_ignore_ascii_case(state) {
        return Err(Error::conflict(
            ErrorId::MailboxStateDiffers,
            format!("The mailbox \"{lost}\" is {state} and not {wanted}."),
        )
        .help(format!("Write -MailboxState {state} if you mean this mailbox."))
        .about(MAILBOX_STATE.name()));
    }
    purge::guard(rooms, &lost, &purge::Meant::default())?;
    purge::run(rooms, call, out, &database, &lost)
}

static UPDATE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Brings what a database says of one mailbox to what the directory says.",
    notes: "Mounting a database does that for all of its mailboxes, and a mailbox that is disabled or removed is marked at \
            once; so there is seldom anything to do.",
    called: Some("StoreMailboxState"),
    reads: &[&IDENTITY, &DATABASE],
    roles: ROLES,
    examples: &[Example {
        about: "Brings the state of the mailbox of Carla Diaz up to date.",
        command: "Update-StoreMailboxState -Database 'Mailbox Database' -Identity 'Carla Diaz' -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Update, &MAILBOX_STATISTICS, update)
};

fn update(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let database = needed_database(rooms, call)?;
    let identity = call.need(&IDENTITY)?;
    let mailbox = rooms.mailboxes.store_mailbox(database.guid(), &identity.shown)?;
    let action = format!("Updating the state of mailbox {mailbox} in database \"{}\".", database.name());
    if !out.should(&mailbox.to_string(), &action)? {
        return Ok(());
    }
    let mended = rooms.mailboxes.update_state(call.author(), database.guid(), mailbox)?;
    let what = if mended { "was brought to" } else { "is" };
    out.verbose(format!("The state of mailbox {mailbox} {what} what the directory says."))
}

static CLEAN: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Marks the mailboxes of a database whose users are gone as disconnected.",
    notes: "Mounting a database does the same, and a mailbox that is disabled or removed is marked at once; so there is \
            seldom anything to do.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Looks through a database.",
        command: "Clean-MailboxDatabase 'Mailbox Database'",
    }],
    ..Cmdlet::new(Verb::Clean, &MAILBOX_DATABASE, clean)
};

fn clean(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let database = rooms.one(call, &kinds::DATABASE)?;
    let name = database.name();
    if !out.should(name, &format!("Cleaning mailbox database \"{name}\"."))? {
        return Ok(());
    }
    let mended = rooms.mailboxes.clean(call.author(), database.guid())?;
    for fault in mended.faults {
        out.error(fault)?;
    }
    out.verbose(format!("{} mailboxes of \"{name}\" were brought to what the directory says.", mended.count))
}
