//! Messages that wait for a moderator: listed and decided on by an administrator. Moderators themselves answer by mail.

use crate::rooms::Rooms;
use crate::standard::{LIMIT, Wish, limit};
use ::transport::{Decision, Moderated};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{DateTime, Guid};
use object::{Noun, Object, Parameter, Property, Result};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &APPROVE, &DENY];

static ID: Property<Guid> =
    Property::new("Identity", "What the message is called while it waits.").read_only();
static SENDER: Property<String> = Property::new("Sender", "Who sent it.").read_only();
static RECIPIENT: Property<String> =
    Property::new("Recipient", "The group or other recipient whose moderators decide.").read_only();
static SUBJECT: Property<String> = Property::new("Subject", "Its subject.").read_only();
static RECEIVED: Property<DateTime> = Property::new("Received", "Since when it waits.").read_only();
static MESSAGE: Property<Guid> =
    Property::new("MessageGuid", "The message's own name in the logs.").read_only();

/// A message that waits for a moderator.
static MODERATED_MESSAGE: Noun = Noun {
    name: "ModeratedMessage",
    type_name: "Mailstead.ModeratedMessage",
    summary: "A message that waits for a moderator.",
    properties: &[&ID, &SENDER, &RECIPIENT, &SUBJECT, &RECEIVED, &MESSAGE],
    table: &[&ID, &SENDER, &RECIPIENT, &SUBJECT],
};

static IDENTITY: Parameter<Guid> =
    Parameter::new("Identity", "The message, as Get-ModeratedMessage names it.");
static COMMENT: Parameter<String> = Parameter::new("Comment", "What the sender is told.");

const ROLES: &[&str] = &["Distribution Groups", "Mail Recipients"];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists messages that wait for a moderator.",
    notes: "Moderators get a mail about each and decide by answering it with Approve or Reject. What nobody decides on goes \
            back to its sender after two days.",
    shares: &[LIMIT],
    roles: ROLES,
    examples: &[Example {
        about: "Lists what waits for a moderator.",
        command: "Get-ModeratedMessage | Format-Table",
    }],
    ..Cmdlet::new(Verb::Get, &MODERATED_MESSAGE, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let mut wish = Wish::of(call)?;
    let most = limit(call)?.map_or(usize::MAX, |most| most.saturating_add(1));
    for message in rooms.mail()?.moderated(most)? {
        if !wish.takes(out)? {
            break;
        }
        out.object(object(&message))?;
    }
    Ok(())
}

fn object(message: &Moderated) -> Object {
    Object::of(&MODERATED_MESSAGE)
        .with(ID.name(), message.token)
        .with(SENDER.name(), message.sender.as_str())
        .with(RECIPIENT.name(), message.address.as_str())
        .with(SUBJECT.name(), message.subject.as_str())
        .with(RECEIVED.name(), message.since)
        .with(MESSAGE.name(), message.id)
}

static APPROVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets a message that waits for a moderator be delivered.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Lets everything pass that Ann sent.",
        command: "Get-ModeratedMessage | Where-Object Sender -eq ann@contoso.com | Approve-ModeratedMessage",
    }],
    ..Cmdlet::new(Verb::Approve, &MODERATED_MESSAGE, |rooms, call, out| {
        decide(rooms, call, out, "Approving", Decision::Approve)
    })
};

static DENY: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Refuses a message that waits for a moderator, and tells its sender.",
    reads: &[&IDENTITY, &COMMENT],
    roles: ROLES,
    examples: &[Example {
        about: "Refuses everything that waits and says why.",
        command: "Get-ModeratedMessage | Where-Object Subject -like '*sale*' | Deny-ModeratedMessage -Comment 'Not here.' -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Deny, &MODERATED_MESSAGE, |rooms, call, out| {
        let words = call.get(&COMMENT)?.unwrap_or_default();
        decide(rooms, call, out, "Denying", Decision::Reject(words))
    })
};

fn decide(rooms: &Rooms, call: &Call, out: &mut Output<'_>, doing: &str, decision: Decision) -> Result<()> {
    let token = call.need(&IDENTITY)?;
    if out.should(&token.to_string(), &format!("{doing} message \"{token}\"."))? {
        rooms.mail()?.decide(token, &decision, &call.author().who)?;
    }
    Ok(())
}
