//! The members of groups as the ActiveDirectory module lists and changes them: every group, with or without an address.

use crate::active_directory::{
    DISTINGUISHED_NAME, NAME, OBJECT_CLASS, OBJECT_GUID, PASS_THRU, SAM_ACCOUNT_NAME, SID,
};
use crate::ad_group::{AD_GROUP, GROUPS};
use crate::group_owner;
use crate::rooms::{IDENTITY, Rooms};
use directory::schema::group::MEMBERS;
use directory::schema::user;
use directory::{Change, Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId, RecipientTypeDetails};
use object::{Declared, Error, ErrorId, Noun, Object, Parameter, Result, Switch};
use std::collections::HashSet;
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &ADD, &REMOVE];

/// A user or group, as a directory tool shows it.
static AD_PRINCIPAL: Noun = Noun {
    name: "ADPrincipal",
    type_name: "Microsoft.ActiveDirectory.Management.ADPrincipal",
    summary: "A user or group as a directory tool shows it.",
    properties: &[&DISTINGUISHED_NAME, &NAME, &OBJECT_CLASS, &OBJECT_GUID, &SAM_ACCOUNT_NAME, &SID],
    table: &[&NAME, &OBJECT_CLASS, &SAM_ACCOUNT_NAME],
};

static RECURSIVE: Parameter<Switch> =
    Parameter::new("Recursive", "Shows whoever is a member through groups, too, once each, and no groups.");
static LISTED: Parameter<ObjectId> = Parameter::new("Members", "The users and groups that are meant.").many();
static STRICT: Parameter<Switch> = Parameter::new(
    "DisablePermissiveModify",
    "Refuses to add who is a member already, and to take out who is none; without it that is passed over.",
);

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the users and groups that are members of a group.",
    notes: "Contacts, which are not accounts, are shown by Get-DistributionGroupMember.",
    called: Some("ADGroupMember"),
    reads: &[&IDENTITY, &RECURSIVE],
    roles: &["View-Only Recipients"],
    examples: &[Example {
        about: "Lists whoever is in Staff or in a group that is in it.",
        command: "Get-ADGroupMember Staff -Recursive",
    }],
    ..Cmdlet::new(Verb::Get, &AD_PRINCIPAL, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let group = rooms.one(call, &kinds::GROUP)?;
    let members = if call.is(&RECURSIVE) { leaves(rooms, &group) } else { rooms.directory().members(&group) };
    let mut principals = members.iter().filter(|member| is_principal(member));
    principals.try_for_each(|member| out.object(shown(rooms, member)))
}

fn is_principal(record: &Record) -> bool {
    matches!(record.class(), Class::User | Class::Group)
}

/// Who is a member through any number of groups, in the order in which they are met. Groups may stand in a circle.
fn leaves(rooms: &Rooms, group: &Record) -> Vec<Arc<Record>> {
    let (mut met, mut found) = (HashSet::from([group.guid()]), Vec::new());
    let mut waiting = rooms.directory().members(group);
    waiting.reverse();
    while let Some(next) = waiting.pop() {
        if !met.insert(next.guid()) {
            continue;
        }
        if next.class() == Class::Group {
            waiting.extend(rooms.directory().members(&next).into_iter().rev());
        } else {
            found.push(next);
        }
    }
    found
}

fn shown(rooms: &Rooms, record: &Record) -> Object {
    let directory = rooms.directory();
    let of_group = record.class() == Class::Group;
    Object::of(&AD_PRINCIPAL)
        .with(DISTINGUISHED_NAME.name(), directory.distinguished_name(record))
        .with(NAME.name(), record.name())
        .with(OBJECT_CLASS.name(), if of_group { "group" } else { "user" })
        .with(OBJECT_GUID.name(), record.guid())
        .with(SAM_ACCOUNT_NAME.name(), directory.value(record, user::SAM_ACCOUNT_NAME.spec()))
        .with(SID.name(), directory.value(record, user::SID.spec()))
}

const ROLES: &[&str] = &["Distribution Groups", "Security Group Creation and Membership"];

static ADD: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Adds users and groups to a group.",
    notes: "All of them become members, or none. The members of role groups are changed with Add-RoleGroupMember.",
    called: Some("ADGroupMember"),
    reads: &[&IDENTITY, &LISTED, &STRICT, &PASS_THRU],
    roles: ROLES,
    examples: &[Example {
        about: "Adds Ann and John to Staff.",
        command: "Add-ADGroupMember Staff -Members ann,john",
    }],
    ..Cmdlet::new(Verb::Add, &AD_GROUP, |rooms, call, out| {
        let strict = call.is(&STRICT);
        change(rooms, call, out, move |change, group, members| {
            let known = known(change, group)?;
            let new = members.iter().filter(|member| strict || !known.contains(*member)).copied();
            change.add_members(group, &new.collect::<Vec<_>>())
        })
    })
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes users and groups out of a group.",
    notes: "All of them go, or none. The members of role groups are changed with Remove-RoleGroupMember.",
    called: Some("ADGroupMember"),
    reads: &[&IDENTITY, &LISTED, &STRICT, &PASS_THRU],
    roles: ROLES,
    examples: &[Example {
        about: "Takes Ann out of Staff without asking.",
        command: "Remove-ADGroupMember Staff -Members ann -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &AD_GROUP, |rooms, call, out| {
        let strict = call.is(&STRICT);
        change(rooms, call, out, move |change, group, members| {
            let known = known(change, group)?;
            let gone = members.iter().filter(|member| strict || known.contains(*member)).copied();
            change.remove_members(group, &gone.collect::<Vec<_>>())
        })
    })
};

fn known(change: &mut Change<'_>, group: Guid) -> Result<HashSet<Guid>> {
    Ok(change.read(group)?.references(&MEMBERS).into_iter().collect())
}

/// Changes the members of the group that is named, when that is wanted; `work` gets the members that are named, once each.
fn change(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    work: impl Fn(&mut Change<'_>, Guid, &[Guid]) -> Result<()> + Send + 'static,
) -> Result<()> {
    let group = rooms.one(call, &kinds::GROUP)?;
    refuse_role_group(&group)?;
    group_owner::check_owner(rooms, call, &group)?;
    group_owner::check_roles(rooms, call, &group)?;
    let mut members: Vec<Guid> = Vec::new();
    for written in call.list(&LISTED)?.unwrap_or_default() {
        let found = rooms.directory().resolve(&kinds::GROUP_MEMBER, &written);
        let guid = found.map_err(|error| error.about(LISTED.name()))?.guid();
        if !members.contains(&guid) {
            members.push(guid);
        }
    }
    let name = rooms.directory().distinguished_name(&group);
    let action = format!("Performing the operation \"Set\" on target \"{name}\".");
    if !out.should(&rooms.shown(&group), &action)? {
        return Ok(());
    }
    let guid = group.guid();
    rooms.directory().change(call.author(), move |change| work(change, guid, &members))?;
    if call.is(&PASS_THRU) {
        let group = rooms.directory().need(guid)?;
        out.object(GROUPS.shown(rooms, &group, &[])?)?;
    }
    Ok(())
}

/// Who is in a role group holds its roles: that is for whoever gives roles.
fn refuse_role_group(group: &Record) -> Result<()> {
    if group.details() != RecipientTypeDetails::RoleGroup {
        return Ok(());
    }
    let message = format!("{} is a role group: its members hold administrators' roles.", group.name());
    Err(Error::conflict(ErrorId::InvalidChange, message)
        .help("Run Add-RoleGroupMember or Remove-RoleGroupMember.")
        .about(IDENTITY.name()))
}
