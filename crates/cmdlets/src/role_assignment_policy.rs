//! Role assignment policies: which roles users hold for what is their own.

use crate::role_group::{may_assign, role_named};
use crate::rooms::Rooms;
use crate::standard::{Besides, Subject};
use directory::schema::mailbox;
use directory::schema::policy::{ASSIGNED_ROLES, IS_DEFAULT, ROLE_ASSIGNMENT_POLICY};
use directory::{Change, Class, Edit, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::types::{Guid, ObjectId};
use object::{Error, ErrorId, Parameter, Result};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE];

const ROLES: &[&str] = &["Role Management"];

static GIVEN: Parameter<ObjectId> =
    Parameter::new("Roles", "The roles that users hold for what is their own; none by default.").many();

static POLICIES: Subject = Subject {
    check,
    make,
    besides,
    ..Subject::of(
        &ROLE_ASSIGNMENT_POLICY,
        &kinds::ROLE_ASSIGNMENT_POLICY,
        Class::RoleAssignmentPolicy,
        "role assignment policy",
    )
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the policies that say which roles users hold for what is their own.",
    notes: "Set-Mailbox -RoleAssignmentPolicy puts a mailbox under one; $null takes all such roles from its user.",
    roles: &["Role Management", "View-Only Configuration"],
    examples: &[Example { about: "Lists all policies.", command: "Get-RoleAssignmentPolicy" }],
    ..POLICIES.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a policy that says which roles users hold for what is their own.",
    notes: "Mailboxes that are made from now on are under it where -IsDefault is given; others stay under theirs.",
    reads: &[&GIVEN],
    roles: ROLES,
    examples: &[Example {
        about: "Makes a policy by which users change their telephone numbers and nothing else.",
        command: "New-RoleAssignmentPolicy Numbers -Roles MyMobileInformation,MyPersonalInformation",
    }],
    ..POLICIES.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Renames a role assignment policy, or makes it the one that new mailboxes get.",
    notes: "New- and Remove-ManagementRoleAssignment change its roles.",
    roles: ROLES,
    examples: &[Example {
        about: "Gives new mailboxes a policy with few roles.",
        command: "New-RoleAssignmentPolicy Few -Roles MyBaseOptions | Set-RoleAssignmentPolicy -IsDefault",
    }],
    ..POLICIES.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a role assignment policy under which no mailbox is.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a policy and removes it.",
        command: "New-RoleAssignmentPolicy Temporary | Remove-RoleAssignmentPolicy -Confirm:$false",
    }],
    ..POLICIES.cmdlet(Verb::Remove)
};

fn check(verb: Verb, rooms: &Rooms, call: &Call, policy: &Record) -> Result<()> {
    may_assign(rooms, call)?;
    let is_default = policy.is(&IS_DEFAULT);
    match verb {
        Verb::Set if is_default && call.property(&IS_DEFAULT) == Some(false) => {
            Err(in_force(policy).about(IS_DEFAULT.name()))
        }
        Verb::Remove if is_default => Err(in_force(policy)),
        Verb::Remove => refuse_used(rooms, policy),
        _ => Ok(()),
    }
}

fn in_force(policy: &Record) -> Error {
    let message = format!("The policy {} is the one that new mailboxes get.", policy.name());
    Error::conflict(ErrorId::InvalidChange, message)
        .help("Make another one the default first: Set-RoleAssignmentPolicy NAME -IsDefault.")
}

fn refuse_used(rooms: &Rooms, policy: &Record) -> Result<()> {
    let users = rooms.directory().all(Class::User);
    // Nobody logs on to a mailbox of the system.
    let uses = |user: &&Arc<Record>| {
        user.reference(&mailbox::ROLE_ASSIGNMENT_POLICY) == Some(policy.guid())
            && !mailbox::is_system_mailbox(user.details())
    };
    let Some(user) = users.iter().find(uses) else { return Ok(()) };
    let message = format!("Mailboxes are under the policy {}: {}.", policy.name(), rooms.shown(user));
    Err(Error::conflict(ErrorId::InvalidChange, message)
        .help("Put them under another one with Set-Mailbox -RoleAssignmentPolicy first."))
}

/// The roles that are named, each one of people.
fn given(rooms: &Rooms, call: &Call) -> Result<Vec<String>> {
    let mut roles = Vec::new();
    for wanted in call.list(&GIVEN)?.unwrap_or_default() {
        let role = role_named(rooms, &wanted.shown).map_err(|error| error.about(GIVEN.name()))?;
        if !rooms.directory().is_of_people(&role) {
            return Err(of_administrators(&role, GIVEN.name()));
        }
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    Ok(roles)
}

/// Refuses a role of administrators where one of people is wanted.
pub(crate) fn of_administrators(role: &str, parameter: &'static str) -> Error {
    let message =
        format!("The role '{role}' is for administrators; a policy gives roles for one's own mailbox.");
    Error::conflict(ErrorId::InvalidChange, message).about(parameter)
}

fn make(subject: &Subject, rooms: &Rooms, call: &Call, name: &str, edits: Vec<Edit>) -> Result<Arc<Record>> {
    may_assign(rooms, call)?;
    let (class, name, roles) = (subject.class, name.to_owned(), given(rooms, call)?);
    let is_default = call.property(&IS_DEFAULT) == Some(true);
    let made = rooms.directory().change(call.author(), move |change| {
        let mut made = change.new_configuration(class, &name, &edits)?;
        made.set_all(&ASSIGNED_ROLES, roles.clone());
        let guid = made.guid();
        change.save(made)?;
        if is_default {
            only_default(change, guid)?;
        }
        Ok(guid)
    })?;
    rooms.directory().need(made)
}

fn besides(_: &Rooms, call: &Call, _: &Record) -> Result<Option<Besides>> {
    let is_default = call.property(&IS_DEFAULT) == Some(true);
    Ok(is_default.then(|| -> Besides { Box::new(only_default) }))
}

/// One policy is in force where none is named.
fn only_default(change: &mut Change<'_>, guid: Guid) -> Result<()> {
    for other in change.directory().all(Class::RoleAssignmentPolicy) {
        if other.guid() != guid && other.is(&IS_DEFAULT) {
            let mut other = change.read(other.guid())?;
            other.set(&IS_DEFAULT, false);
            change.save(other)?;
        }
    }
    Ok(())
}
