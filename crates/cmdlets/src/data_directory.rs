//! The data directory as a whole: what contradicts itself in it, and mending that.

use crate::rooms::Rooms;
use ::mailbox::{DATA_DIRECTORY_FAULT, Fault, File, Rebuilt, with_file};
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::ObjectId;
use object::{Error, Parameter, Result};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&TEST, &REPAIR];

static DATABASE: Parameter<ObjectId> =
    Parameter::new("Database", "The one mailbox database that is meant; without it everything is.");

const QUEUE_FILE: File = File { place: "queue", name: "queue.db" };

static TEST: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Checks every invariant of directory, mailbox databases and queue, while the server runs.",
    notes: "Gives an object for each fault, and nothing where all is well. A database that is not mounted is looked at, too: \
            where its file is damaged, it is said what is left in it. mailstead verify prints the same.",
    reads: &[&DATABASE],
    roles: &["Databases", "View-Only Configuration"],
    examples: &[
        Example { about: "Checks everything.", command: "Test-DataDirectory" },
        Example {
            about: "Checks one database.",
            command: "Test-DataDirectory -Database 'Mailbox Database' | Format-List",
        },
    ],
    ..Cmdlet::new(Verb::Test, &DATA_DIRECTORY_FAULT, test)
};

fn test(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let one = rooms.named(call, &DATABASE, &kinds::DATABASE)?;
    if one.is_none() {
        show(rooms.mailboxes.check_directory()?, out)?;
    }
    for database in databases(rooms, one.as_ref()) {
        match rooms.mailboxes.check_database(&database) {
            Ok(faults) => show(faults, out)?,
            Err(error) => out.error(named(error, &database))?,
        }
    }
    let queue = rooms.transport.as_ref().filter(|_| one.is_none());
    queue.map_or(Ok(()), |transport| {
        let fault = |found: transport::Finding| Fault {
            place: "queue".to_owned(),
            id: found.id.to_owned(),
            sentence: found.sentence,
            mendable: false,
        };
        let check = || Ok(transport.verify()?.into_iter().map(fault).collect());
        show(with_file(QUEUE_FILE, transport.damage(), check)?, out)
    })
}

static REPAIR: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes anew in directory and mailbox databases what is derived, and saves what is whole in a damaged file.",
    notes: "Gives an object for each fault that is left. What was mended, and what was lost, is said as warnings. Where a file \
            is damaged, what can be read of it is copied into a new one, the damaged one is kept beside it, and sessions in \
            that database end. mailstead rebuild does the same.",
    reads: &[&DATABASE],
    roles: &["Databases"],
    examples: &[Example {
        about: "Mends one database.",
        command: "Repair-DataDirectory -Database 'Mailbox Database'",
    }],
    ..Cmdlet::new(Verb::Repair, &DATA_DIRECTORY_FAULT, repair)
};

fn repair(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let one = rooms.named(call, &DATABASE, &kinds::DATABASE)?;
    if one.is_none() {
        repair_directory(rooms, out)?;
    }
    for database in databases(rooms, one.as_ref()) {
        if !out.should(database.name(), "Making anew what is derived, and saving what is whole.")? {
            continue;
        }
        match rooms.mailboxes.rebuild_database(call.author(), &database) {
            Ok(rebuilt) => say(&database, rebuilt, out)?,
            Err(error) => out.error(named(error, &database))?,
        }
    }
    Ok(())
}

/// Claims and links only repeat what the objects say.
fn repair_directory(rooms: &Rooms, out: &mut Output<'_>) -> Result<()> {
    let before = rooms.mailboxes.check_directory()?;
    let wanted = before.iter().any(|fault| fault.mendable);
    if !wanted || !out.should("directory", "Making anew what is derived.")? {
        return Ok(());
    }
    rooms.directory().rebuild()?;
    let left = rooms.mailboxes.check_directory()?;
    out.warning(format!("directory: {} faults before, {} left", before.len(), left.len()))?;
    show(left, out)
}

fn say(database: &Record, rebuilt: Rebuilt, out: &mut Output<'_>) -> Result<()> {
    let (name, left) = (database.name(), rebuilt.left.len());
    match rebuilt.before {
        Some(0) if rebuilt.salvaged.is_none() => {}
        Some(before) => out.warning(format!("database {name}: {before} faults before, {left} left"))?,
        None => out.warning(format!("database {name}: its file was damaged, {left} faults are left"))?,
    }
    if let Some(saved) = rebuilt.salvaged {
        out.warning(format!(
            "database {name}: saved {} mailboxes, {} folders and {} messages; the damaged file is kept as {}",
            saved.mailboxes,
            saved.folders,
            saved.items,
            saved.kept.display()
        ))?;
        for lost in saved.lost {
            out.warning(format!("database {name}: {lost}"))?;
        }
    }
    show(rebuilt.left, out)
}

fn databases(rooms: &Rooms, one: Option<&Arc<Record>>) -> Vec<Arc<Record>> {
    one.map_or_else(|| rooms.directory().all(Class::MailboxDatabase), |one| vec![Arc::clone(one)])
}

fn show(faults: Vec<Fault>, out: &mut Output<'_>) -> Result<()> {
    faults.iter().try_for_each(|fault| out.object(fault.object()))
}

fn named(error: Error, record: &Record) -> Error {
    error.target(record.name().to_owned())
}
