//! Mailbox databases: listed, made, changed, mounted, dismounted, removed.

use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{Act, Subject};
use directory::schema::database::{
    DATABASE_SIZE, EDB_FILE_PATH, FAULTS, MAILBOX_DATABASE, MOUNTED, MOUNTED_ON_SERVER,
};
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::{Error, Object, Parameter, Result, Switch, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE, &MOUNT, &DISMOUNT, &RESUME];

const ROLES: &[&str] = &["Databases"];

static STATUS: Parameter<Switch> = Parameter::new(
    "Status",
    "Shows also whether databases are mounted, where their files are and how large.",
);

static DATABASES: Subject = Subject {
    complete: status,
    words: |verb, rooms, _, name| {
        let server = rooms.directory().server();
        (verb == Verb::New).then(|| format!("Creating mailbox database \"{name}\" on server \"{server}\"."))
    },
    make: |_, rooms, call, name, edits| rooms.mailboxes.new_database(call.author(), name, edits),
    remove,
    ..Subject::of(&MAILBOX_DATABASE, &kinds::DATABASE, Class::MailboxDatabase, "mailbox database")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists mailbox databases.",
    reads: &[&STATUS],
    roles: &["View-Only Configuration", "Databases"],
    examples: &[
        Example { about: "Lists all mailbox databases.", command: "Get-MailboxDatabase" },
        Example {
            about: "Shows whether a database is mounted and how large it is.",
            command: "Get-MailboxDatabase 'Mailbox Database' -Status | Format-List Name, Mounted, DatabaseSize",
        },
    ],
    ..DATABASES.cmdlet(Verb::Get)
};

/// What only the store knows of a database.
fn status(rooms: &Rooms, call: &Call, record: &Record, object: &Object) {
    if !call.is(&STATUS) {
        return;
    }
    let status = rooms.mailboxes.database_status(record.guid());
    object.set(MOUNTED.name(), Value::from(status.mounted));
    if status.mounted {
        object.set(MOUNTED_ON_SERVER.name(), Value::from(rooms.directory().domain_controller()));
    }
    if let Some(size) = status.size {
        object.set(DATABASE_SIZE.name(), Value::typed(size));
    }
    object.set(FAULTS.name(), Value::array(status.faults.into_iter().map(Value::from)));
    if let Some(path) = status.path {
        object.set(EDB_FILE_PATH.name(), Value::from(path));
    }
}

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a mailbox database and mounts it.",
    notes: "Exchange leaves a new database dismounted; here it is ready at once, and Mount-Database on it changes nothing.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a second database on this server.",
        command: "New-MailboxDatabase -Name MBXDB02 -Server $env:COMPUTERNAME",
    }],
    ..DATABASES.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the settings of a mailbox database.",
    roles: ROLES,
    examples: &[Example {
        about: "Keeps disconnected mailboxes for 60 days.",
        command: "Set-MailboxDatabase 'Mailbox Database' -MailboxRetention 60.00:00:00",
    }],
    ..DATABASES.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a mailbox database in which no mailbox is any more.",
    notes: "The file stays where it was, under another name, and its path is said.",
    roles: ROLES,
    examples: &[Example {
        about: "Removes an empty database.",
        command: "Remove-MailboxDatabase MBXDB02 -Confirm:$false",
    }],
    ..DATABASES.cmdlet(Verb::Remove)
};

fn remove(rooms: &Rooms, call: &Call, record: &Record, out: &mut Output<'_>) -> Result<()> {
    match rooms.mailboxes.remove_database(call.author(), record.guid())? {
        Some(file) => out.warning(format!(
            "The specified database has been removed. You must remove the database file located in {} from your \
             computer manually if it exists.",
            file.display()
        )),
        None => Ok(()),
    }
}

/// A database that is opened and closed: prompts call it by one word.
static OPENED: Subject = Subject {
    words: |verb, _, _, name| Some(format!("{}ing database \"{name}\".", verb.name())),
    ..Subject::of(&MAILBOX_DATABASE, &kinds::DATABASE, Class::MailboxDatabase, "database")
};

static FORCE: Parameter<Switch> = Parameter::new(
    "Force",
    "Begins an empty database where the file of this one is gone; all mail that was in it is lost.",
);

static MOUNT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Opens a mailbox database, so that its mailboxes can be used.",
    notes: "A file that is gone is not begun anew unless -Force says so. One that is damaged is mended by mailstead rebuild, \
            or Repair-DataDirectory.",
    called: Some("Database"),
    reads: &[&IDENTITY, &FORCE],
    roles: ROLES,
    examples: &[Example { about: "Mounts a database.", command: "Mount-Database 'Mailbox Database'" }],
    ..Cmdlet::new(Verb::Mount, &MAILBOX_DATABASE, |rooms, call, out| {
        let mount: Act = |rooms, call, record, out| {
            let mounted = match call.is(&FORCE) {
                true => rooms.mailboxes.mount_anew(call.author(), record.guid()),
                false => rooms.mailboxes.mount(call.author(), record.guid()),
            };
            mounted.map_err(|error| named(error, record))?;
            let faults = rooms.mailboxes.database_status(record.guid()).faults;
            faults.into_iter().try_for_each(|fault| out.warning(fault))
        };
        OPENED.act(Verb::Mount, mount, rooms, call, out)
    })
};

static DISMOUNT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Closes a mailbox database; its mailboxes cannot be used until it is mounted again.",
    notes: "Mail for its mailboxes waits in the queue.",
    called: Some("Database"),
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Dismounts a database without asking.",
        command: "Dismount-Database MBXDB02 -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Dismount, &MAILBOX_DATABASE, |rooms, call, out| {
        let dismount: Act = |rooms, call, record, _| {
            rooms.mailboxes.dismount(call.author(), record.guid()).map_err(|error| named(error, record))
        };
        OPENED.act(Verb::Dismount, dismount, rooms, call, out)
    })
};

fn named(error: Error, record: &Record) -> Error {
    error.target(record.name().to_owned())
}

static RESUME: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets retention go by the server's clock again after the clock has jumped.",
    notes: "What is purged is gone, so a clock that moves by more than a day at once is not believed: retention then goes \
            on by the time that the server runs, and its log says so. Look at the clock first.",
    called: Some("Retention"),
    roles: ROLES,
    examples: &[Example { about: "Believes the clock, without asking.", command: "Resume-Retention -Force" }],
    ..Cmdlet::new(Verb::Resume, &MAILBOX_DATABASE, resume_retention)
};

fn resume_retention(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let now = rooms.directory().now().rfc3339();
    let action = format!(
        "Going by the clock, which says {now}: what its retention has ended by then is purged for good."
    );
    if out.should("Retention", &action)? {
        rooms.directory().believe_clock(call.author())?;
    }
    Ok(())
}
