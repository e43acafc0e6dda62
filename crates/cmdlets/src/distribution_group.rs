//! Distribution and security groups with an address, and room lists.

use crate::group_owner;
use crate::mailbox::ALIAS;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{Besides, ORGANIZATIONAL_UNIT, Subject, Wanted};
use directory::schema::group::{DISTRIBUTION_GROUP, GroupKind, MANAGED_BY};
use directory::schema::{recipient, user};
use directory::{Class, Edit, NewRecipient, Query, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId, RecipientTypeDetails as Details, SmtpAddress};
use object::{Error, ErrorId, Keys, Parameter, Result, Switch};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE, &ENABLE, &DISABLE];

const ROLES: &[&str] = &["Distribution Groups", "Security Group Creation and Membership"];

pub(crate) static MANAGER: Parameter<ObjectId> =
    Parameter::new("ManagedBy", "Shows only groups that this user or group owns.");
pub(crate) static DISPLAY_NAME: Parameter<String> = Parameter::of(&recipient::DISPLAY_NAME);
pub(crate) static PRIMARY_SMTP_ADDRESS: Parameter<SmtpAddress> =
    Parameter::of(&recipient::PRIMARY_SMTP_ADDRESS);
static SAM_ACCOUNT_NAME: Parameter<String> = Parameter::of(&user::SAM_ACCOUNT_NAME);
static TYPE: Parameter<GroupKind> = Parameter::new(
    "Type",
    "Whether the group is for mail only (Distribution, the default) or for permissions too (Security).",
);
static ROOM_LIST: Parameter<Switch> =
    Parameter::new("RoomList", "Makes a room list: a group of rooms, from which clients choose.");
static MEMBERS_OF_NEW: Parameter<ObjectId> = Parameter::new("Members", "The first members.").many();
static COPY_OWNER: Parameter<Switch> = Parameter::new("CopyOwnerToMember", "Makes the owners members, too.");

static GROUPS: Subject = Subject {
    sorts: &["Name", "DisplayName", "Alias"],
    wanted: |subject, rooms, call| owned(subject, rooms, call),
    check: |verb, rooms, call, group| match verb {
        Verb::Disable => group_owner::check_owner(rooms, call, group),
        _ => group_owner::check(rooms, call, group),
    },
    besides,
    make,
    disable: |rooms, call, record, _| {
        let guid = record.guid();
        rooms.directory().change(call.author(), move |change| change.disable_recipient(guid)).map(drop)
    },
    ..Subject::of(&DISTRIBUTION_GROUP, &kinds::DISTRIBUTION_GROUP, Class::Group, "distribution group")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists groups that have an address.",
    notes: "Dynamic groups are listed by Get-DynamicDistributionGroup, groups without an address by Get-Group.",
    reads: &[&MANAGER],
    roles: &["View-Only Recipients", "Distribution Groups"],
    examples: &[
        Example { about: "Lists all groups with an address.", command: "Get-DistributionGroup" },
        Example { about: "Lists the groups that Ann owns.", command: "Get-DistributionGroup -ManagedBy ann" },
    ],
    ..GROUPS.cmdlet(Verb::Get)
};

/// What a `Get-` of groups looks for: those of an owner, where one is named.
pub(crate) fn owned<'a>(subject: &Subject, rooms: &'a Rooms, call: &Call) -> Result<Wanted<'a>> {
    let owner = rooms.named(call, &MANAGER, &kinds::SECURITY_PRINCIPAL)?.map(|owner| owner.guid());
    let passes =
        move |record: &Record| owner.is_none_or(|owner| record.references(&MANAGED_BY).contains(&owner));
    Ok(Wanted { query: Query::of(subject.kind), passes: Box::new(passes) })
}

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a group that has an address.",
    notes: "Only senders who logged on can write to a new group; Set-DistributionGroup -RequireSenderAuthenticationEnabled \
            $false lets others write, too. Whoever makes it owns it unless -ManagedBy names others.",
    reads: &[
        &ALIAS,
        &DISPLAY_NAME,
        &PRIMARY_SMTP_ADDRESS,
        &SAM_ACCOUNT_NAME,
        &ORGANIZATIONAL_UNIT,
        &TYPE,
        &ROOM_LIST,
        &MEMBERS_OF_NEW,
        &COPY_OWNER,
    ],
    roles: ROLES,
    examples: &[
        Example {
            about: "Makes a group with two members.",
            command: "New-DistributionGroup Buyers -Members ann,john",
        },
        Example {
            about: "Makes a group that can be given rights.",
            command: "New-DistributionGroup -Name 'Sales Team' -Type Security",
        },
    ],
    ..GROUPS.cmdlet(Verb::New)
};

/// The addressed part of a new recipient as a command gives it.
pub(crate) fn addressed(call: &Call, new: NewRecipient) -> Result<NewRecipient> {
    Ok(NewRecipient {
        alias: call.get(&ALIAS)?,
        display_name: call.get(&DISPLAY_NAME)?,
        primary: call.get(&PRIMARY_SMTP_ADDRESS)?,
        ..new
    })
}

/// The container in which an object is to be made.
pub(crate) fn unit(rooms: &Rooms, call: &Call) -> Result<Option<Guid>> {
    let unit = rooms.named(call, &ORGANIZATIONAL_UNIT, &kinds::ORGANIZATIONAL_UNIT)?;
    Ok(unit.map(|unit| unit.guid()))
}

/// The objects that a list parameter names.
pub(crate) fn all_named(
    rooms: &Rooms,
    call: &Call,
    parameter: &Parameter<ObjectId>,
    kind: &'static directory::IdentityKind,
) -> Result<Vec<Guid>> {
    let named = call.list(parameter)?.unwrap_or_default().into_iter();
    let found = named.map(|id| rooms.directory().resolve(kind, &id).map(|record| record.guid()));
    found.collect::<Result<Vec<Guid>>>().map_err(|error| error.about(parameter.name()))
}

fn make(_: &Subject, rooms: &Rooms, call: &Call, name: &str, edits: Vec<Edit>) -> Result<Arc<Record>> {
    let details = match (call.is(&ROOM_LIST), call.get(&TYPE)?) {
        (true, Some(GroupKind::Security)) => {
            let message = "A room list is a distribution group.";
            return Err(Error::caller(ErrorId::ParametersExclude, message)
                .help("Leave -Type or -RoomList out.")
                .about(TYPE.name()));
        }
        (true, _) => Details::RoomList,
        (_, Some(GroupKind::Security)) => Details::MailUniversalSecurityGroup,
        _ => Details::MailUniversalDistributionGroup,
    };
    let new = NewRecipient {
        sam_account_name: call.get(&SAM_ACCOUNT_NAME)?,
        unit: unit(rooms, call)?,
        settings: group_owner::with_owner(rooms, call, edits),
        ..addressed(call, NewRecipient::named(name, Class::Group, details))?
    };
    let (first, copies) =
        (all_named(rooms, call, &MEMBERS_OF_NEW, &kinds::GROUP_MEMBER)?, call.is(&COPY_OWNER));
    let made = rooms.directory().change(call.author(), move |change| {
        let made = change.new_recipient(&new)?;
        let owners = if copies { made.references(&MANAGED_BY) } else { Vec::new() };
        let members: Vec<Guid> = first.iter().copied().chain(owners).collect();
        if !members.is_empty() {
            change.set_members(made.guid(), &members)?;
        }
        Ok(made.guid())
    })?;
    rooms.directory().need(made)
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the settings of a group that has an address.",
    notes: "-RoomList makes a room list of a group that holds rooms alone.",
    reads: &[&ROOM_LIST],
    shares: &[group_owner::KEYS],
    roles: ROLES,
    examples: &[
        Example {
            about: "Lets only Ann and the members of Buyers write to Staff.",
            command: "Set-DistributionGroup Staff -AcceptMessagesOnlyFromSendersOrMembers ann",
        },
        Example {
            about: "Lets senders from outside write to a group.",
            command: "Set-DistributionGroup Staff -RequireSenderAuthenticationEnabled $false",
        },
    ],
    ..GROUPS.cmdlet(Verb::Set)
};

fn besides(_: &Rooms, call: &Call, _: &Record) -> Result<Option<Besides>> {
    let lists_rooms = call.is(&ROOM_LIST);
    Ok(lists_rooms.then(|| -> Besides { Box::new(|change, guid| change.make_room_list(guid)) }))
}

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Deletes a group; its members stay.",
    shares: &[group_owner::KEYS],
    roles: ROLES,
    examples: &[Example {
        about: "Deletes the group Staff without asking.",
        command: "Remove-DistributionGroup Staff -Confirm:$false",
    }],
    ..GROUPS.cmdlet(Verb::Remove)
};

static ENABLED: Keys = &[&IDENTITY, &ALIAS, &DISPLAY_NAME, &PRIMARY_SMTP_ADDRESS];

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a group that exists an address.",
    reads: ENABLED,
    roles: ROLES,
    examples: &[Example {
        about: "Gives the group Plain an address.",
        command: "Enable-DistributionGroup Plain -Alias plain",
    }],
    ..Cmdlet::new(Verb::Enable, &DISTRIBUTION_GROUP, enable)
};

fn enable(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let group = rooms.one(call, &kinds::GROUP)?;
    let security = group.details() != Details::UniversalDistributionGroup;
    let details = match security {
        true => Details::MailUniversalSecurityGroup,
        false => Details::MailUniversalDistributionGroup,
    };
    let new = addressed(call, NewRecipient::named("", Class::Group, details))?;
    let shown = rooms.shown(&group);
    if !out.should(&shown, &format!("Enabling distribution group \"{shown}\"."))? {
        return Ok(());
    }
    let guid = group.guid();
    rooms.directory().change(call.author(), move |change| change.enable_recipient(guid, &new))?;
    out.object(rooms.object(guid, &DISTRIBUTION_GROUP)?)
}

static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes the address from a group; the group and its members stay.",
    roles: ROLES,
    examples: &[Example {
        about: "Takes the address from the group Staff.",
        command: "Disable-DistributionGroup Staff -Confirm:$false",
    }],
    ..GROUPS.cmdlet(Verb::Disable)
};
