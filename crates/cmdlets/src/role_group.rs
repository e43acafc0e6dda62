//! Role groups and their members: who holds which administrators' roles.

use crate::role_reach::{CUSTOM_SCOPE, DATABASE_SCOPE, UNIT_SCOPE, wanted_reach};
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::Subject;
use directory::schema::any_recipient::RECIPIENT;
use directory::schema::group::{DELEGATED_ROLES, GROUP_KIND, GroupKind, MEMBERS, ROLE_GROUP, ROLES};
use directory::schema::recipient::RECIPIENT_TYPE_DETAILS;
use directory::{
    Class, Edit, HeldRole, NewRecipient, Reach, Record, built_in_role, is_built_in_role_group,
    is_organization_management, kinds,
};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId, RecipientTypeDetails};
use object::{Error, ErrorId, Parameter, Result};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] =
    &[&GET, &NEW, &SET, &REMOVE, &ADD_MEMBER, &GET_MEMBER, &REMOVE_MEMBER, &UPDATE_MEMBER];

static WANTED_ROLES: Parameter<ObjectId> = Parameter::new("Roles", "The roles that the members hold.").many();
static MEMBER: Parameter<ObjectId> = Parameter::new("Member", "The user or group.");
static FIRST_MEMBERS: Parameter<ObjectId> = Parameter::new("Members", "The users and groups.").many();

const ROLE_MANAGEMENT: &[&str] = &["Role Management"];

static GROUPS: Subject =
    Subject { make, check, ..Subject::of(&ROLE_GROUP, &kinds::ROLE_GROUP, Class::Group, "role group") };

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists role groups with the roles that their members hold.",
    roles: &["Role Management", "View-Only Configuration"],
    examples: &[Example { about: "Shows what Help Desk may do.", command: "Get-RoleGroup 'Help Desk'" }],
    ..GROUPS.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a role group.",
    notes: "Roles are given by whoever manages the organization. A scope is that of all its roles but those for one's own.",
    reads: &[&WANTED_ROLES, &FIRST_MEMBERS, &CUSTOM_SCOPE, &UNIT_SCOPE, &DATABASE_SCOPE],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Makes a group whose members look after mailboxes.",
        command: "New-RoleGroup 'Berlin Help Desk' -Roles 'View-Only Recipients' -Members ben",
    }],
    ..GROUPS.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the description and the owners of a role group.",
    notes: "Its roles are changed with New- and Remove-ManagementRoleAssignment.",
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Says what a group is for.",
        command: "Set-RoleGroup 'Help Desk' -Description 'The first who are asked.'",
    }],
    ..GROUPS.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a role group that somebody made.",
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Makes a group and removes it.",
        command: "New-RoleGroup Temporary | Remove-RoleGroup -Confirm:$false",
    }],
    ..GROUPS.cmdlet(Verb::Remove)
};

static ADD_MEMBER: Cmdlet<Rooms> = Cmdlet {
    called: Some("RoleGroupMember"),
    synopsis: "Makes a user or group a member of a role group, who then holds its roles.",
    reads: &[&IDENTITY, &MEMBER],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Lets Ben help others.",
        command: "Add-RoleGroupMember 'Help Desk' -Member ben",
    }],
    ..Cmdlet::new(Verb::Add, &ROLE_GROUP, |rooms, call, out| {
        let member = member(rooms, &call.need(&MEMBER)?, MEMBER.name())?;
        change(rooms, call, out, &|list| {
            if list.contains(&member.guid()) {
                let message =
                    format!("The recipient \"{}\" is already a member of the group.", member.name());
                return Err(
                    Error::conflict(ErrorId::MemberAlreadyExistsException, message).about(MEMBER.name())
                );
            }
            list.push(member.guid());
            Ok(())
        })
    })
};

static REMOVE_MEMBER: Cmdlet<Rooms> = Cmdlet {
    called: Some("RoleGroupMember"),
    synopsis: "Takes a member out of a role group.",
    notes: "Organization Management keeps its last member.",
    reads: &[&IDENTITY, &MEMBER],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Makes Ben a member of a new group and takes him out again.",
        command: "New-RoleGroup Temporary -Members ben | Remove-RoleGroupMember -Member ben -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &ROLE_GROUP, |rooms, call, out| {
        let member = member(rooms, &call.need(&MEMBER)?, MEMBER.name())?;
        change(rooms, call, out, &|list| {
            if !list.contains(&member.guid()) {
                let message = format!("The recipient \"{}\" isn't a member of the group.", member.name());
                return Err(Error::not_found(ErrorId::MemberNotFoundException, message).about(MEMBER.name()));
            }
            list.retain(|known| *known != member.guid());
            Ok(())
        })
    })
};

static UPDATE_MEMBER: Cmdlet<Rooms> = Cmdlet {
    called: Some("RoleGroupMember"),
    synopsis: "Makes others the members of a role group: those that are named, and nobody else.",
    reads: &[&IDENTITY, &FIRST_MEMBERS],
    roles: ROLE_MANAGEMENT,
    examples: &[Example {
        about: "Makes Ben the only member.",
        command: "Update-RoleGroupMember 'Help Desk' -Members ben -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Update, &ROLE_GROUP, |rooms, call, out| {
        let members = members(rooms, call)?;
        change(rooms, call, out, &|list| {
            *list = members.clone();
            Ok(())
        })
    })
};

static GET_MEMBER: Cmdlet<Rooms> = Cmdlet {
    called: Some("RoleGroupMember"),
    synopsis: "Lists the members of a role group.",
    reads: &[&IDENTITY],
    roles: &["Role Management", "View-Only Configuration"],
    examples: &[Example {
        about: "Shows who manages the organization.",
        command: "Get-RoleGroupMember 'Organization Management'",
    }],
    ..Cmdlet::new(Verb::Get, &RECIPIENT, |rooms, call, out| {
        let group = rooms.one(call, &kinds::ROLE_GROUP)?;
        for member in group.all(&MEMBERS) {
            if let Some(member) = rooms.directory().get(member.guid) {
                out.object(rooms.directory().object(&member, &RECIPIENT))?;
            }
        }
        Ok(())
    })
};

fn member(rooms: &Rooms, written: &ObjectId, parameter: &'static str) -> Result<Arc<Record>> {
    let found = rooms.directory().resolve(&kinds::SECURITY_PRINCIPAL, written);
    found.map_err(|error| error.about(parameter))
}

fn members(rooms: &Rooms, call: &Call) -> Result<Vec<Guid>> {
    let written = call.list(&FIRST_MEMBERS)?.unwrap_or_default();
    written.iter().map(|one| Ok(member(rooms, one, FIRST_MEMBERS.name())?.guid())).collect()
}

/// A reference, as the directory keeps it.
fn reference(guid: Guid) -> ObjectId {
    ObjectId { guid, ..ObjectId::written("") }
}

/// Changes the members of the group that is named, as the list says after `edit`.
fn change(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    edit: &dyn Fn(&mut Vec<Guid>) -> Result<()>,
) -> Result<()> {
    let group = rooms.one(call, &kinds::ROLE_GROUP)?;
    may_change_members(rooms, call, &group)?;
    let before: Vec<Guid> = group.all(&MEMBERS).iter().map(|member| member.guid).collect();
    let mut list = before.clone();
    edit(&mut list)?;
    if list.is_empty() && is_organization_management(&group) {
        let message =
            "Organization Management must have a member: otherwise nobody could manage the organization.";
        return Err(Error::conflict(ErrorId::InvalidChange, message).help("Add somebody else first."));
    }
    let shown = rooms.shown(&group);
    if !out.should(&shown, &format!("Changing the members of role group \"{shown}\"."))? {
        return Ok(());
    }
    let (guid, gone): (Guid, Vec<Guid>) =
        (group.guid(), before.iter().copied().filter(|known| !list.contains(known)).collect());
    let new: Vec<Guid> = list.into_iter().filter(|known| !before.contains(known)).collect();
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        // What others changed meanwhile stays.
        let mut list = record.all(&MEMBERS);
        list.retain(|known| !gone.contains(&known.guid));
        list.extend(
            new.iter()
                .filter(|one| !list.iter().any(|known| known.guid == **one))
                .map(|one| reference(*one))
                .collect::<Vec<_>>(),
        );
        record.set_all(&MEMBERS, list);
        change.save(record)
    })
}

/// Whether the caller may do everything: the machine itself, or a member of Organization Management.
pub(crate) fn manages(rooms: &Rooms, call: &Call) -> bool {
    let caller = call.caller();
    caller.is_system()
        || caller.account.is_some_and(|account| rooms.directory().is_organization_manager(account))
}

/// Whoever gives a role must be able to give every one, or they could give themselves what they lack.
pub(crate) fn may_assign(rooms: &Rooms, call: &Call) -> Result<()> {
    if manages(rooms, call) {
        return Ok(());
    }
    let message = format!("{} can't give roles to others.", call.caller().name);
    Err(Error::denied(ErrorId::AccessDenied, message).help("A member of Organization Management can."))
}

/// Owners of a role group change its members, and nothing else of it; of one in another role group, if they own that, too.
fn may_change_members(rooms: &Rooms, call: &Call, group: &Record) -> Result<()> {
    match call.caller().account {
        Some(account) => rooms.directory().may_change_members(account, group),
        None => may_assign(rooms, call),
    }
}

/// Whoever lets somebody log on as an account may then do what the account may: refused where that is more than the caller
/// may themselves.
pub(crate) fn may_take_over(rooms: &Rooms, call: &Call, account: &Record) -> Result<()> {
    let own = call.caller().account;
    if manages(rooms, call) || own == Some(account.guid()) {
        return Ok(());
    }
    let (directory, held) =
        (rooms.directory(), own.map(|own| rooms.directory().held_roles(own)).unwrap_or_default());
    let mut more = directory.held_roles(account.guid());
    // Whoever owns a role group makes whom they like its member, and themselves.
    let owned = directory.role_groups().into_iter().filter(|group| directory.is_owner(group, account.guid()));
    let owned: Vec<_> = owned.collect();
    for group in &owned {
        more.extend(group.all(&ROLES).into_iter().map(|role| {
            let Reach { scope, databases } = directory.reach_given(group, &role);
            HeldRole { role, scope, databases }
        }));
    }
    // A role that reaches further is more.
    let covers = |mine: &HeldRole, theirs: &HeldRole| {
        mine.role == theirs.role && mine.covers(Reach { scope: theirs.scope, databases: theirs.databases })
    };
    more.retain(|theirs| !theirs.scope.is_of_people() && !held.iter().any(|mine| covers(mine, theirs)));
    let given = own.map(|own| directory.delegated_roles(own)).unwrap_or_default();
    let mut gives = directory.delegated_roles(account.guid());
    gives.extend(owned.iter().flat_map(|group| group.all(&DELEGATED_ROLES)));
    let gives_more = gives.iter().any(|role| !given.contains(role));
    if more.is_empty() && !gives_more && !directory.is_organization_manager(account.guid()) {
        return Ok(());
    }
    let message = format!("{} has roles that {} lacks.", rooms.shown(account), call.caller().name);
    Err(Error::denied(ErrorId::AccessDenied, message)
        .help("A member of Organization Management can change how this account logs on."))
}

/// The name of a role that there is, as it is written.
pub(crate) fn role_named(rooms: &Rooms, name: &str) -> Result<String> {
    let made = || rooms.directory().made_role(name).map(|role| role.name().to_owned());
    built_in_role(name).map(str::to_owned).or_else(made).ok_or_else(|| {
        let message = format!("The management role '{name}' couldn't be found.");
        Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
            .help("Get-ManagementRole lists the roles.")
    })
}

fn nothing_reaches() -> Error {
    Error::caller(
        ErrorId::ParametersExclude,
        "A scope says how far roles reach, and there is none that reaches others.",
    )
    .help("Add -Roles, or leave the scope out.")
    .about(WANTED_ROLES.name())
}

fn make(_: &Subject, rooms: &Rooms, call: &Call, name: &str, edits: Vec<Edit>) -> Result<Arc<Record>> {
    let roles = call.list(&WANTED_ROLES)?.unwrap_or_default();
    let roles: Vec<String> = roles
        .iter()
        .map(|role| role_named(rooms, &role.shown).map_err(|error| error.about(WANTED_ROLES.name())))
        .collect::<Result<_>>()?;
    let members: Vec<ObjectId> = members(rooms, call)?.into_iter().map(reference).collect();
    may_assign(rooms, call)?;
    let reach = wanted_reach(rooms, call, Reach::EVERYTHING)?;
    let mut reaching = roles.clone();
    reaching.retain(|role| !rooms.directory().is_of_people(role));
    if reach.is_some() && reaching.is_empty() {
        return Err(nothing_reaches());
    }
    let unit = rooms.directory().role_group_unit();
    let new = NewRecipient {
        unit,
        settings: edits,
        ..NewRecipient::named(name, Class::Group, RecipientTypeDetails::None)
    };
    let made = rooms.directory().change(call.author(), move |change| {
        let mut record = change.new_recipient(&new)?;
        record.set(&RECIPIENT_TYPE_DETAILS, RecipientTypeDetails::RoleGroup);
        record.set(&GROUP_KIND, GroupKind::Security);
        record.set_all(&ROLES, roles.clone());
        record.set_all(&MEMBERS, members.clone());
        for role in &reaching {
            change.set_reach(&mut record, role, reach.unwrap_or(Reach::EVERYTHING));
        }
        change.save(record.clone())?;
        Ok(record)
    })?;
    rooms.directory().need(made.guid())
}

fn check(verb: Verb, rooms: &Rooms, call: &Call, group: &Record) -> Result<()> {
    may_assign(rooms, call)?;
    let renames = verb == Verb::Set && call.property(&directory::schema::recipient::NAME).is_some();
    if is_built_in_role_group(group) && (verb == Verb::Remove || renames) {
        let message = format!("The role group '{}' is one of the organization's own.", group.name());
        return Err(
            Error::conflict(ErrorId::InvalidChange, message).help("Take its members or roles away instead.")
        );
    }
    Ok(())
}
