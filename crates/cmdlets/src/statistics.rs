//! What is in mailboxes and their folders: sizes, counts, log-ons, and which are disconnected.

use crate::own;
use crate::rooms::{IDENTITY, Rooms, names_server};
use crate::standard::{self, FILTER};
use ::mailbox::statistics::{
    DISCONNECT_DATE, DISCONNECT_REASON, FOLDER_PATH, FOLDER_TYPE, MAILBOX_FOLDER_STATISTICS,
    MAILBOX_STATISTICS, Which,
};
use ::mailbox::store::Flow;
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::filter::Test;
use object::types::ObjectId;
use object::{Declared, Error, ErrorId, Filter, Object, Parameter, Result, Switch, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &GET_FOLDERS];

const ROLES: &[&str] = &["View-Only Recipients", "Mail Recipients"];

static DATABASE: Parameter<ObjectId> = Parameter::new(
    "Database",
    "The mailbox database whose mailboxes are wanted, disconnected ones included.",
);
static STORE_MAILBOX_IDENTITY: Parameter<ObjectId> = Parameter::new(
    "StoreMailboxIdentity",
    "One mailbox of the database, connected or not, by GUID, display name or LegacyDN.",
);

static OF_ARCHIVE: Parameter<Switch> =
    Parameter::new("Archive", "Means the archive of the mailbox instead of the mailbox.");

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows size, log-ons and state of mailboxes, disconnected ones included.",
    notes: "-Identity reaches connected mailboxes only; -Database lists all that the database holds.",
    reads: &[&IDENTITY, &DATABASE, &STORE_MAILBOX_IDENTITY, &FILTER, &OF_ARCHIVE],
    roles: ROLES,
    examples: &[
        Example { about: "Shows the size of Ann's mailbox.", command: "Get-MailboxStatistics ann" },
        Example {
            about: "Lists disconnected mailboxes.",
            command: "Get-MailboxStatistics -Database 'Mailbox Database' | Where-Object {$_.DisconnectReason -ne $null}",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MAILBOX_STATISTICS, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let filter = match call.get(&FILTER)? {
        Some(text) => Some(standard::filter(&text, &MAILBOX_STATISTICS)?),
        None => None,
    };
    if let Some(database) = rooms.named(call, &DATABASE, &kinds::DATABASE)? {
        return match call.get(&STORE_MAILBOX_IDENTITY)? {
            Some(wanted) => out.object(rooms.mailboxes.store_statistics(database.guid(), &wanted.shown)?),
            None => of_database(rooms, &database, filter.as_ref(), out),
        };
    }
    if names_server(call)? {
        return of_server(rooms, filter.as_ref(), out);
    }
    let record = own::one(rooms, call, &kinds::MAILBOX_OR_MAIL_USER)?;
    if call.is(&OF_ARCHIVE) {
        return out.object(rooms.mailboxes.archive_statistics(&record)?);
    }
    out.object(rooms.mailboxes.statistics(&record)?)
}

fn of_server(rooms: &Rooms, filter: Option<&Filter>, out: &mut Output<'_>) -> Result<()> {
    for database in rooms.directory().all(Class::MailboxDatabase) {
        match of_database(rooms, &database, filter, out) {
            Err(error) if gate::is_stopped(&error) => return Err(error),
            // One database that is not mounted hides nothing of the others.
            Err(error) => out.error(error.target(database.name().to_owned()))?,
            Ok(()) => {}
        }
    }
    Ok(())
}

fn of_database(
    rooms: &Rooms,
    database: &Arc<Record>,
    filter: Option<&Filter>,
    out: &mut Output<'_>,
) -> Result<()> {
    let which = match filter.is_some_and(wants_disconnected) {
        true => Which::Disconnected,
        false => Which::All,
    };
    rooms.mailboxes.all_statistics(database.guid(), which, &mut |row: Object| {
        if filter.is_none_or(|filter| filter.matches(&|spec| row.get(spec.name).unwrap_or_default())) {
            out.object(row)?;
        }
        Ok(Flow::More)
    })
}

/// Whether a filter can only be passed by mailboxes that are disconnected: those have an index of their own.
fn wants_disconnected(filter: &Filter) -> bool {
    let theirs = [DISCONNECT_DATE.spec(), DISCONNECT_REASON.spec()];
    let only = |test: &&Test| {
        theirs.iter().any(|spec| std::ptr::eq(*spec, test.property)) && !test.matches(&Value::Null)
    };
    filter.required().iter().any(only)
}

static FOLDER_SCOPE: Parameter<String> = Parameter::new(
    "FolderScope",
    "The well-known folder that is wanted, with all below it: Inbox, SentItems …; All by default.",
);
static OLDEST_AND_NEWEST: Parameter<Switch> = Parameter::new(
    "IncludeOldestAndNewestItems",
    "Shows also when the oldest and the newest item of each folder arrived.",
);

static GET_FOLDERS: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the folders of a mailbox with the number and size of their items.",
    reads: &[&IDENTITY, &FOLDER_SCOPE, &OLDEST_AND_NEWEST, &OF_ARCHIVE],
    roles: ROLES,
    examples: &[
        Example { about: "Shows all folders of Ann.", command: "Get-MailboxFolderStatistics ann" },
        Example {
            about: "Shows how old Ann's oldest mail in the inbox is.",
            command: "Get-MailboxFolderStatistics ann -FolderScope Inbox -IncludeOldestAndNewestItems",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MAILBOX_FOLDER_STATISTICS, get_folders)
};

fn get_folders(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = own::one(rooms, call, &kinds::MAILBOX)?;
    let open = match call.is(&OF_ARCHIVE) {
        true => rooms.mailboxes.archive_mailbox(&record)?,
        false => rooms.mailboxes.mailbox(&record)?,
    };
    let folders = rooms.mailboxes.folder_statistics(&record, &open, call.is(&OLDEST_AND_NEWEST))?;
    let scope = scope(call, &folders)?;
    for folder in folders {
        if scope.as_ref().is_none_or(|top| is_at_or_below(&folder, top)) {
            out.object(folder)?;
        }
    }
    Ok(())
}

/// The paths of the well-known folder that `-FolderScope` means; `None`: all folders.
fn scope(call: &Call, folders: &[Object]) -> Result<Option<String>> {
    let Some(word) = call.get(&FOLDER_SCOPE)? else { return Ok(None) };
    if word.eq_ignore_ascii_case("All") {
        return Ok(None);
    }
    let text =
        |folder: &Object, name: &str| folder.get(name).as_ref().map(Value::to_string).unwrap_or_default();
    let kind = |folder: &&Object| text(folder, FOLDER_TYPE.name()).eq_ignore_ascii_case(&word);
    match folders.iter().find(kind) {
        Some(folder) => Ok(Some(text(folder, FOLDER_PATH.name()))),
        None => {
            let mut words: Vec<String> =
                folders.iter().map(|folder| text(folder, FOLDER_TYPE.name())).collect();
            words.sort_unstable();
            words.dedup();
            Err(Error::caller(
                ErrorId::InvalidValue,
                format!("'{word}' is not a folder scope of this mailbox."),
            )
            .help(format!("Write All or one of: {}.", words.join(", ")))
            .about(FOLDER_SCOPE.name()))
        }
    }
}

/// A scope means the well-known folder and everything below it.
fn is_at_or_below(folder: &Object, top: &str) -> bool {
    let path = folder.get(FOLDER_PATH.name()).as_ref().map(Value::to_string).unwrap_or_default();
    path == top || path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'))
}
