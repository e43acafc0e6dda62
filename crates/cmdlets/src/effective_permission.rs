//! What somebody may do in the end: groups looked into, denials considered.

use crate::rooms::Rooms;
use crate::standard::{LIMIT, Wish};
use directory::permission::Holding;
use directory::schema::permission::{
    DENIED_BY, EFFECTIVE_MAILBOX, EFFECTIVE_PERMISSION, RIGHT, THROUGH, TRUSTEE as HOLDER,
};
use directory::{Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId};
use object::{Object, Parameter, Result, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET];

static MAILBOX: Parameter<ObjectId> =
    Parameter::new("Mailbox", "The mailbox, or other recipient, to which somebody has rights.");
static TRUSTEE: Parameter<ObjectId> = Parameter::new("Trustee", "The user or group that has rights.");

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows who can do what with a mailbox, or what somebody can do with which mailboxes, through groups too.",
    notes: "A line for each way in which somebody has a right. Through names the groups from the one that was given the \
            right to the one in which the trustee is, or says direct; DeniedBy names what takes the right away. The \
            owner's own rights are not listed.",
    reads: &[&MAILBOX, &TRUSTEE],
    shares: &[LIMIT],
    roles: &["Mail Recipients", "View-Only Recipients"],
    examples: &[
        Example {
            about: "Shows who can reach Ann's mailbox.",
            command: "Get-EffectivePermission -Mailbox ann",
        },
        Example { about: "Shows what Ben can reach.", command: "Get-EffectivePermission -Trustee ben" },
    ],
    ..Cmdlet::new(Verb::Get, &EFFECTIVE_PERMISSION, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let trustee = rooms.named(call, &TRUSTEE, &kinds::SECURITY_PRINCIPAL)?;
    let of = |record: &Record| trustee.as_ref().is_none_or(|trustee| trustee.guid() == record.guid());
    let mailbox = rooms.named(call, &MAILBOX, &kinds::RECIPIENT)?;
    let found = match (&mailbox, &trustee) {
        (Some(mailbox), _) => rooms.directory().holders_of(mailbox.guid()),
        (None, Some(trustee)) => rooms.directory().mailboxes_of(trustee.guid()),
        (None, None) => return Err(crate::permission::missing(MAILBOX.name())),
    };
    let wanted = found.into_iter().filter(|one| one.holder.as_deref().is_none_or(of));
    let mut wish = Wish::of(call)?;
    for one in wanted {
        if !wish.takes(out)? {
            break;
        }
        out.object(row(rooms, &one))?;
    }
    Ok(())
}

fn row(rooms: &Rooms, one: &Holding) -> Object {
    let guid = one.holder.as_ref().map_or(Guid::EMPTY, |holder| holder.guid());
    let groups: Vec<&str> = one.through.iter().map(|group| group.name()).collect();
    let through = if groups.is_empty() { "direct".to_owned() } else { groups.join(" > ") };
    Object::of(&EFFECTIVE_PERMISSION)
        .with(EFFECTIVE_MAILBOX.name(), Value::typed(rooms.directory().id(&one.mailbox)))
        .with(HOLDER.name(), Value::typed(ObjectId { guid, ..ObjectId::written(&one.shown) }))
        .with(RIGHT.name(), one.right)
        .with(THROUGH.name(), through)
        .with(DENIED_BY.name(), one.denied_by.clone().map_or(Value::Null, Value::from))
}
