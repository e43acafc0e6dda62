//! The members of groups: listed, added, taken away, exchanged.

use crate::authority::{for_others, gives, within_work};
use crate::distribution_group::all_named;
use crate::group_owner;
use crate::own::{self, Sight};
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{LIMIT, Wish};
use directory::schema::any_recipient::RECIPIENT;
use directory::schema::group::{DEPART_RESTRICTION, JOIN_RESTRICTION, MANAGED_BY, MemberRestriction};
use directory::{Change, Record, Scope, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId};
use object::{Error, ErrorId, Noun, Parameter, Property, Result};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &ADD, &REMOVE, &UPDATE];

/// The roles of those who look after groups.
const ROLES: &[&str] = &["Distribution Groups", "Security Group Creation and Membership"];

/// What is shown of a member.
static MEMBER_NOUN: Noun = Noun { name: "DistributionGroupMember", ..RECIPIENT };

static MEMBER: Parameter<ObjectId> =
    Parameter::new("Member", "The member: a recipient, a user or another group.");
static MEMBERS: Parameter<ObjectId> =
    Parameter::new("Members", "All members that the group has from now on.").many();

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the members of a group.",
    notes: "A group that is a member is one line; whom mail reaches through it is not looked up.",
    reads: &[&IDENTITY],
    shares: &[LIMIT],
    roles: &["View-Only Recipients", "Distribution Groups"],
    examples: &[Example {
        about: "Lists the members of Staff.",
        command: "Get-DistributionGroupMember Staff",
    }],
    ..Cmdlet::new(Verb::Get, &MEMBER_NOUN, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let group = own::one(rooms, call, &kinds::DISTRIBUTION_GROUP)?;
    let sight = Sight::of(rooms, call)?;
    let mut members = rooms.directory().members(&group);
    members.retain(|member| sight.sees(rooms, member));
    let mut wish = Wish::of(call)?;
    for member in &members {
        if !wish.takes(out)? {
            break;
        }
        out.object(rooms.directory().object(member, &MEMBER_NOUN))?;
    }
    Ok(())
}

static ADD: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Adds a member to a group.",
    notes: "Somebody may add themselves to a group whose MemberJoinRestriction is Open; where it is ApprovalRequired its owners \
            are asked by mail, and an answer that begins with Approve or Reject decides. Whoever holds MyDistributionGroups alone may \
            do this in groups that they own.",
    reads: &[&IDENTITY, &MEMBER],
    shares: &[group_owner::KEYS],
    roles: ROLES,
    examples: &[Example {
        about: "Adds John to Staff.",
        command: "Add-DistributionGroupMember Staff -Member john",
    }],
    ..Cmdlet::new(Verb::Add, &MEMBER_NOUN, add)
};

/// The member that is named; the caller where none is, as in Exchange.
fn member(rooms: &Rooms, call: &Call) -> Result<Arc<Record>> {
    if let Some(written) = call.get(&MEMBER)? {
        // Whom one does not see is not told from whom there is not.
        return own::named(rooms, call, &kinds::GROUP_MEMBER, &written)
            .map_err(|error| error.about(MEMBER.name()));
    }
    let own = call.author().account.and_then(|account| rooms.directory().get(account));
    own.ok_or_else(|| {
        Error::caller(ErrorId::MissingMandatoryParameter, "The member is needed.").about(MEMBER.name())
    })
}

/// Refuses whoever may not change the members of a group: somebody may join and leave as far as the group lets them; else it
/// is for those who look after groups, and for the owner.
fn may(
    rooms: &Rooms,
    call: &Call,
    group: &Record,
    one: Option<(&Record, &'static Property<MemberRestriction>)>,
) -> Result<()> {
    let Some(account) = call.author().account else { return group_owner::check(rooms, call, group) };
    let oneself = one.filter(|(member, _)| member.guid() == account);
    let how = oneself.and_then(|(_, restriction)| group.get(restriction));
    if how == Some(MemberRestriction::Open) {
        return Ok(());
    }
    let directory = rooms.directory();
    let owns = gives(directory, call.author(), &|scope| scope == Scope::Owned);
    if owns && directory.is_owner(group, account) {
        return Ok(());
    }
    if for_others(directory, call.author()) {
        within_work(directory, call.author(), group)?;
        return group_owner::check(rooms, call, group);
    }
    Err(not_yours(rooms, group, how))
}

fn not_yours(rooms: &Rooms, group: &Record, how: Option<MemberRestriction>) -> Error {
    let owners = group.references(&MANAGED_BY).into_iter().filter_map(|guid| rooms.directory().get(guid));
    let owners: Vec<String> = owners.map(|owner| owner.name().to_owned()).collect();
    let shown = rooms.shown(group);
    let message = match how {
        Some(_) => format!("{shown} is closed: its owners say who is a member."),
        None => format!("You can change your own membership of {shown} only."),
    };
    let error = Error::denied(ErrorId::GroupManagerRequired, message).target(shown);
    if owners.is_empty() { error } else { error.help(format!("Write to an owner: {}.", owners.join(", "))) }
}

fn add(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (group, member) = (own::one(rooms, call, &kinds::DISTRIBUTION_GROUP)?, member(rooms, call)?);
    group_owner::check_roles(rooms, call, &group)?;
    let allowed = may(rooms, call, &group, Some((&member, &JOIN_RESTRICTION)));
    let oneself = call.author().account == Some(member.guid());
    if allowed.is_err()
        && oneself
        && group.get(&JOIN_RESTRICTION) == Some(MemberRestriction::ApprovalRequired)
    {
        return ask_owners(rooms, call, out, &group, &member);
    }
    allowed?;
    let (shown, who) = (rooms.shown(&group), rooms.shown(&member));
    let action = format!("Adding distribution group member \"{who}\" to group \"{shown}\".");
    let guid = member.guid();
    act(rooms, call, out, &group, &action, move |change, group| change.add_members(group, &[guid]))
}

/// Asks the owners by mail, where somebody wants to join a group that lets nobody in without them.
fn ask_owners(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    group: &Record,
    member: &Record,
) -> Result<()> {
    let shown = rooms.shown(group);
    if !out.should(&shown, &format!("Asking the owners of \"{shown}\" to become a member."))? {
        return Ok(());
    }
    rooms.mail()?.ask_to_join(call.author(), group, member)?;
    out.warning(format!(
        "The owners of {shown} were asked by mail; you are a member when one of them approves."
    ))
}

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes a member out of a group.",
    notes: "Somebody may take themselves out of a group whose MemberDepartRestriction is Open, as it is by default.",
    reads: &[&IDENTITY, &MEMBER],
    shares: &[group_owner::KEYS],
    roles: ROLES,
    examples: &[Example {
        about: "Takes Ann out of Staff without asking.",
        command: "Remove-DistributionGroupMember Staff -Member ann -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MEMBER_NOUN, remove)
};

fn remove(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (group, member) = (own::one(rooms, call, &kinds::DISTRIBUTION_GROUP)?, member(rooms, call)?);
    group_owner::check_roles(rooms, call, &group)?;
    may(rooms, call, &group, Some((&member, &DEPART_RESTRICTION)))?;
    let (shown, who) = (rooms.shown(&group), rooms.shown(&member));
    let action = format!("Removing distribution group member \"{who}\" from distribution group \"{shown}\".");
    let guid = member.guid();
    act(rooms, call, out, &group, &action, move |change, group| change.remove_members(group, &[guid]))
}

static UPDATE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a list of recipients the members of a group.",
    notes: "Who is not in the list is a member no longer.",
    reads: &[&IDENTITY, &MEMBERS],
    shares: &[group_owner::KEYS],
    roles: ROLES,
    examples: &[Example {
        about: "Makes Ann and John all members of Staff.",
        command: "Update-DistributionGroupMember Staff -Members ann,john -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Update, &MEMBER_NOUN, update)
};

fn update(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let group = own::one(rooms, call, &kinds::DISTRIBUTION_GROUP)?;
    group_owner::check_roles(rooms, call, &group)?;
    may(rooms, call, &group, None)?;
    let wanted = all_named(rooms, call, &MEMBERS, &kinds::GROUP_MEMBER)?;
    let shown = rooms.shown(&group);
    let action = format!("Updating the members of the distribution group \"{shown}\".");
    act(rooms, call, out, &group, &action, move |change, group| change.set_members(group, &wanted))
}

/// Changes the members of a group, when that is wanted.
fn act(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    group: &Record,
    action: &str,
    mut work: impl FnMut(&mut Change<'_>, Guid) -> Result<()> + Send + 'static,
) -> Result<()> {
    if !out.should(&rooms.shown(group), action)? {
        return Ok(());
    }
    let guid = group.guid();
    rooms.directory().change(call.author(), move |change| work(change, guid))
}
