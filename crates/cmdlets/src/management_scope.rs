//! Management scopes: which recipients, or which mailbox databases, whoever holds a role may change with it.

use crate::role_group::may_assign;
use crate::role_reach::is_of_databases;
use crate::rooms::Rooms;
use crate::standard::{Subject, Wanted};
use directory::schema::filter::RECIPIENT_FILTER;
use directory::schema::role::{DATABASE_FILTER, DATABASES, EXCLUSIVE, MANAGEMENT_SCOPE, RECIPIENT_ROOT};
use directory::{Class, Edit, Query, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::types::ObjectId;
use object::{Declared, Error, ErrorId, Parameter, Result, Switch};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE];

const ROLES: &[&str] = &["Role Management"];

static SHUTS: Parameter<Switch> = Parameter::new(
    "Exclusive",
    "Keeps everybody out of what it finds, from now on, who was not given a role with it.",
);
static LIST: Parameter<ObjectId> =
    Parameter::new("DatabaseList", "The mailbox databases that it means.").many();
static ONLY_EXCLUSIVE: Parameter<bool> =
    Parameter::new("Exclusive", "Only exclusive scopes, or with $false only the others.");
static ORPHAN: Parameter<Switch> = Parameter::new("Orphan", "Only scopes with which no role is given.");

static SCOPES: Subject = Subject {
    complete: |_, _, record, object| object.set("ScopeRestrictionType", kind_of(record)),
    wanted: |subject, rooms, call| {
        let (exclusive, orphan) = (call.get(&ONLY_EXCLUSIVE)?, call.is(&ORPHAN));
        let passes = move |record: &Record| {
            exclusive.is_none_or(|wanted| record.is(&EXCLUSIVE) == wanted)
                && (!orphan || rooms.directory().users_of_scope(record.guid()).is_empty())
        };
        Ok(Wanted { query: Query::of(subject.kind), passes: Box::new(passes) })
    },
    check,
    make,
    ..Subject::of(&MANAGEMENT_SCOPE, &kinds::MANAGEMENT_SCOPE, Class::ManagementScope, "management scope")
};

fn kind_of(scope: &Record) -> &'static str {
    if is_of_databases(scope) { "DatabaseScope" } else { "RecipientScope" }
}

fn check(verb: Verb, rooms: &Rooms, call: &Call, scope: &Record) -> Result<()> {
    may_assign(rooms, call)?;
    if verb == Verb::Remove {
        return refuse_used(rooms, scope);
    }
    let sets =
        |property: &dyn Declared| call.properties().any(|(spec, _)| std::ptr::eq(spec, property.spec()));
    let (of_recipients, of_databases) =
        (sets(&RECIPIENT_FILTER) || sets(&RECIPIENT_ROOT), sets(&DATABASE_FILTER));
    let is_list = scope.has(DATABASES.spec());
    if of_databases && (is_list || !is_of_databases(scope)) || of_recipients && is_of_databases(scope) {
        let what = if is_list { "a list of mailbox databases" } else { kind_of(scope) };
        let message = format!("The scope {} is {what}, and stays one.", scope.name());
        return Err(Error::conflict(ErrorId::InvalidChange, message)
            .help("Make another scope with New-ManagementScope.")
            .about("Identity"));
    }
    Ok(())
}

fn refuse_used(rooms: &Rooms, scope: &Record) -> Result<()> {
    let users = rooms.directory().users_of_scope(scope.guid());
    if users.is_empty() {
        return Ok(());
    }
    let message = format!("Roles of {} reach as far as the scope {} says.", users.join(", "), scope.name());
    Err(Error::conflict(ErrorId::InvalidChange, message)
        .help("Give them another one with Set-ManagementRoleAssignment first.")
        .about("Identity"))
}

fn make(subject: &Subject, rooms: &Rooms, call: &Call, name: &str, edits: Vec<Edit>) -> Result<Arc<Record>> {
    may_assign(rooms, call)?;
    let mut databases = Vec::new();
    for wanted in call.list(&LIST)?.unwrap_or_default() {
        let found = rooms.directory().resolve(&kinds::DATABASE, &wanted);
        databases.push(directory::link_to(found.map_err(|error| error.about(LIST.name()))?.guid()));
    }
    let (class, name, exclusive) = (subject.class, name.to_owned(), call.is(&SHUTS));
    let made = rooms.directory().change(call.author(), move |change| {
        let mut made = change.new_configuration(class, &name, &edits)?;
        if !databases.is_empty() {
            made.set_all(&DATABASES, databases.clone());
        }
        if exclusive {
            made.set(&EXCLUSIVE, true);
        }
        let guid = made.guid();
        change.save(made)?;
        Ok(guid)
    })?;
    rooms.directory().need(made)
}

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists management scopes, which say what may be changed with a role.",
    reads: &[&ONLY_EXCLUSIVE, &ORPHAN],
    roles: &["Role Management", "View-Only Configuration"],
    examples: &[
        Example { about: "Lists all scopes.", command: "Get-ManagementScope" },
        Example {
            about: "Lists those that keep others out.",
            command: "Get-ManagementScope -Exclusive $true",
        },
    ],
    ..SCOPES.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a management scope: a filter for recipients, everywhere or below a container, or some mailbox databases.",
    notes: "It acts where a role is given with it: New-ManagementRoleAssignment -CustomRecipientWriteScope, or \
            -CustomConfigWriteScope for databases, in which mailboxes then are made, too. An exclusive one acts at once: what it \
            finds is changed by nobody any more but whoever is given a role with it (-ExclusiveRecipientWriteScope, \
            -ExclusiveConfigWriteScope), Organization Management included; what people do for themselves goes on, and so does \
            who works at the server itself. An object is looked at as it was before a change; a new one as it was made. Scopes \
            of servers are not built.",
    reads: &[&SHUTS, &LIST],
    roles: ROLES,
    examples: &[
        Example {
            about: "Makes a scope of the people in Berlin.",
            command: "New-ManagementScope Berlin -RecipientRestrictionFilter \"City -eq 'Berlin'\"",
        },
        Example {
            about: "Makes a scope of one database.",
            command: "New-ManagementScope First -DatabaseList 'Mailbox Database'",
        },
        Example {
            about: "Keeps everybody out of the mailboxes of the board.",
            command: "New-ManagementScope Board -RecipientRestrictionFilter \"Department -eq 'Board'\" -Exclusive -Force",
        },
    ],
    ..SCOPES.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what a management scope finds.",
    notes: "It acts at once on all roles that were given with it. Whether it is exclusive stays as it was made.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a scope, and then one of another town.",
        command: "New-ManagementScope Branch -RecipientRestrictionFilter \"City -eq 'Bonn'\" | \
            Set-ManagementScope -RecipientRestrictionFilter \"City -eq 'Köln'\"",
    }],
    ..SCOPES.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a management scope with which no role is given.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a scope and removes it.",
        command: "New-ManagementScope Temporary -RecipientRestrictionFilter \"City -eq 'Bonn'\" | \
            Remove-ManagementScope -Confirm:$false",
    }],
    ..SCOPES.cmdlet(Verb::Remove)
};
