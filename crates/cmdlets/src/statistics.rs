//! What is in mailboxes and their folders: sizes, counts, log-ons, and which are disconnected.

use crate::parameters as p;
use crate::rooms::Rooms;
use crate::sets;
use crate::standard;
use ::mailbox::statistics::{FOLDER_PATH, FOLDER_TYPE, MAILBOX_FOLDER_STATISTICS, MAILBOX_STATISTICS};
use ::mailbox::store::Flow;
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::{Error, ErrorId, Filter, Object, Result, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &GET_FOLDERS];

const ROLES: &[&str] = &["View-Only Recipients", "Mail Recipients"];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows size, log-ons and state of mailboxes, disconnected ones included.",
    notes: "-Identity reaches connected mailboxes only; -Database lists all that the database holds.",
    always: sets::GET_MAILBOX_STATISTICS_ALWAYS,
    sets: sets::GET_MAILBOX_STATISTICS,
    default_set: Some("Identity"),
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
    rooms.check_controller(call)?;
    let filter = match call.given(p::FILTER.name()).filter(|value| !value.is_null()) {
        Some(text) => Some(standard::filter(&text.to_string(), &MAILBOX_STATISTICS)?),
        None => None,
    };
    if let Some(database) = rooms.named(call, &p::DATABASE, &kinds::DATABASE)? {
        let wanted = call.given(p::STORE_MAILBOX_IDENTITY.name()).filter(|value| !value.is_null());
        return match wanted {
            Some(wanted) => {
                out.object(rooms.mailboxes.store_statistics(database.guid(), &wanted.to_string())?)
            }
            None => of_database(rooms, &database, filter.as_ref(), out),
        };
    }
    if let Some(server) = call.given(p::SERVER.name()).filter(|value| !value.is_null()) {
        rooms.check_server(&server.to_string(), "Server")?;
        return of_server(rooms, filter.as_ref(), out);
    }
    let record = rooms.one(call, &kinds::MAILBOX_OR_MAIL_USER)?;
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
    rooms.mailboxes.all_statistics(database.guid(), &mut |row: Object| {
        if filter.is_none_or(|filter| filter.matches(&|spec| row.get(spec.name).unwrap_or_default())) {
            out.object(row)?;
        }
        Ok(Flow::More)
    })
}

static GET_FOLDERS: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the folders of a mailbox with the number and size of their items.",
    always: sets::GET_MAILBOX_FOLDER_STATISTICS_ALWAYS,
    sets: sets::GET_MAILBOX_FOLDER_STATISTICS,
    // The set in which the identity is not mandatory; which of the two is taken makes no difference here.
    default_set: Some("AuditLog"),
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
    let record = rooms.one(call, &kinds::MAILBOX)?;
    let folders = rooms.mailboxes.folder_statistics(&record, call.is(&p::INCLUDE_OLDEST_AND_NEWEST_ITEMS))?;
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
    let Some(word) = call.given(p::FOLDER_SCOPE.name()).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let word = word.to_string();
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
            Err(Error::caller(ErrorId::InvalidValue, format!("'{word}' is no folder scope of this mailbox."))
                .help(format!("Write All or one of: {}.", words.join(", ")))
                .about("FolderScope"))
        }
    }
}

/// A scope means the well-known folder and everything below it.
fn is_at_or_below(folder: &Object, top: &str) -> bool {
    let path = folder.get(FOLDER_PATH.name()).as_ref().map(Value::to_string).unwrap_or_default();
    path == top || path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'))
}
