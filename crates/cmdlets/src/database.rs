//! Mailbox databases: listed, made, changed, mounted, dismounted, removed.

use crate::parameters as p;
use crate::rooms::Rooms;
use crate::sets;
use crate::standard::{self, Finding};
use directory::schema::database::{
    DATABASE_SIZE, EDB_FILE_PATH, MAILBOX_DATABASE, MOUNTED, MOUNTED_ON_SERVER,
};
use directory::{Query, Record, kinds};
use gate::{Call, Changes, Cmdlet, Example, Impact, Output, Verb};
use object::{Error, Result, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE, &MOUNT, &DISMOUNT];

const DATABASES: &[&str] = &["Databases"];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists mailbox databases.",
    always: sets::GET_MAILBOX_DATABASE_ALWAYS,
    sets: sets::GET_MAILBOX_DATABASE,
    default_set: Some("Identity"),
    roles: &["View-Only Configuration", "Databases"],
    examples: &[
        Example { about: "Lists all mailbox databases.", command: "Get-MailboxDatabase" },
        Example {
            about: "Shows whether a database is mounted and how large it is.",
            command: "Get-MailboxDatabase 'Mailbox Database' -Status | Format-List Name, Mounted, DatabaseSize",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MAILBOX_DATABASE, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if let Some(server) = call.given(p::SERVER.name()).filter(|value| !value.is_null()) {
        rooms.check_server(&server.to_string(), "Server")?;
    }
    if !call.is(&p::STATUS) {
        let finding = Finding { kind: &kinds::DATABASE, noun: &MAILBOX_DATABASE, sorts: &[] };
        return finding.run(rooms, call, out, Query::of(&kinds::DATABASE), &|_| true);
    }
    rooms.check_controller(call)?;
    let found: Vec<_> = match call.get(&p::IDENTITY)? {
        Some(_) => vec![rooms.one(call, &kinds::DATABASE)?],
        None => rooms.directory().find(&Query::of(&kinds::DATABASE))?.collect(),
    };
    for record in found {
        let object = rooms.directory().object(&record, &MAILBOX_DATABASE);
        for (name, value) in status(rooms, &record) {
            object.set(name, value);
        }
        out.object(object)?;
    }
    Ok(())
}

/// What only the store knows of a database.
fn status(rooms: &Rooms, record: &Record) -> Vec<(&'static str, Value)> {
    let status = rooms.mailboxes.database_status(record.guid());
    let mut known = vec![(MOUNTED.name(), status.mounted.into())];
    if status.mounted {
        known.push((MOUNTED_ON_SERVER.name(), rooms.directory().domain_controller().into()));
    }
    known.extend(status.size.map(|size| (DATABASE_SIZE.name(), Value::typed(size))));
    known.extend(status.path.map(|path| (EDB_FILE_PATH.name(), path.into())));
    known
}

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a mailbox database and mounts it.",
    notes: "Exchange leaves a new database dismounted; here it is ready at once, and Mount-Database on it changes nothing.",
    always: sets::NEW_MAILBOX_DATABASE_ALWAYS,
    sets: sets::NEW_MAILBOX_DATABASE,
    default_set: Some("NonRecovery"),
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: DATABASES,
    examples: &[Example {
        about: "Makes a second database on this server.",
        command: "New-MailboxDatabase -Name MBXDB02 -Server $env:COMPUTERNAME",
    }],
    ..Cmdlet::new(Verb::New, &MAILBOX_DATABASE, new)
};

fn new(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    rooms.check_controller(call)?;
    if let Some(server) = call.given(p::SERVER.name()) {
        rooms.check_server(&server.to_string(), "Server")?;
    }
    let name = call.need(&p::NAME)?;
    let settings = standard::edits(call, &["Name", "Server"])?;
    let server = rooms.directory().server().to_owned();
    if !out.should(&name, &format!("Creating mailbox database \"{name}\" on server \"{server}\"."))? {
        return Ok(());
    }
    let made = rooms.mailboxes.new_database(call.author(), &name, settings)?;
    out.object(rooms.directory().object(&made, &MAILBOX_DATABASE))
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the settings of a mailbox database.",
    always: sets::SET_MAILBOX_DATABASE,
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: DATABASES,
    examples: &[Example {
        about: "Keeps disconnected mailboxes for 60 days.",
        command: "Set-MailboxDatabase 'Mailbox Database' -MailboxRetention 60.00:00:00",
    }],
    ..Cmdlet::new(Verb::Set, &MAILBOX_DATABASE, |rooms, call, out| {
        let record = rooms.one(call, &kinds::DATABASE)?;
        standard::set(rooms, call, out, &record, "mailbox database", standard::edits(call, &[])?)
    })
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a mailbox database in which no mailbox is any more.",
    notes: "The file stays where it was, under another name, and its path is said.",
    always: sets::REMOVE_MAILBOX_DATABASE,
    changes: Changes::Yes { confirm: Impact::High },
    roles: DATABASES,
    examples: &[Example {
        about: "Removes an empty database.",
        command: "Remove-MailboxDatabase MBXDB02 -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MAILBOX_DATABASE, |rooms, call, out| {
        let record = rooms.one(call, &kinds::DATABASE)?;
        if !out.should(record.name(), &format!("Removing mailbox database \"{}\".", record.name()))? {
            return Ok(());
        }
        let left = rooms.mailboxes.remove_database(call.author(), record.guid())?;
        match left {
            Some(file) => out.warning(format!(
                "The specified database has been removed. You must remove the database file located in {} from your \
                 computer manually if it exists.",
                file.display()
            )),
            None => Ok(()),
        }
    })
};

static MOUNT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Opens a mailbox database, so that its mailboxes can be used.",
    called: Some("Database"),
    aliases: &["Mount-MailboxDatabase"],
    always: sets::MOUNT_DATABASE,
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: DATABASES,
    examples: &[Example { about: "Mounts a database.", command: "Mount-Database 'Mailbox Database'" }],
    ..Cmdlet::new(Verb::Mount, &MAILBOX_DATABASE, |rooms, call, out| {
        let record = rooms.one(call, &kinds::DATABASE)?;
        if !out.should(record.name(), &format!("Mounting database \"{}\".", record.name()))? {
            return Ok(());
        }
        rooms.mailboxes.mount(call.author(), record.guid()).map_err(|error| named(error, &record))
    })
};

static DISMOUNT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Closes a mailbox database; its mailboxes cannot be used until it is mounted again.",
    notes: "Mail for its mailboxes waits in the queue.",
    called: Some("Database"),
    aliases: &["Dismount-MailboxDatabase"],
    always: sets::DISMOUNT_DATABASE,
    changes: Changes::Yes { confirm: Impact::High },
    roles: DATABASES,
    examples: &[Example {
        about: "Dismounts a database without asking.",
        command: "Dismount-Database MBXDB02 -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Dismount, &MAILBOX_DATABASE, |rooms, call, out| {
        let record = rooms.one(call, &kinds::DATABASE)?;
        if !out.should(record.name(), &format!("Dismounting database \"{}\".", record.name()))? {
            return Ok(());
        }
        rooms.mailboxes.dismount(call.author(), record.guid()).map_err(|error| named(error, &record))
    })
};

fn named(error: Error, record: &Record) -> Error {
    error.target(record.name().to_owned())
}
