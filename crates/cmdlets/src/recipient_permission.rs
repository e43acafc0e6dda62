//! The cmdlets of the right to send as a recipient, in the short form that Exchange Online has.

use crate::authority::within_scopes;
use crate::permission::{control_type, listed, named, row, sentence, shown, untouched};
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{LIMIT, Wish};
use directory::permission::{AccessEntry, Granted, SEND_AS, Shown, Store};
use directory::schema::permission::{RECIPIENT_PERMISSION, RECIPIENT_RIGHTS, TRUSTEE as ABOUT};
use directory::{Query, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::ObjectId;
use object::{Error, ErrorId, Object, Parameter, Result, Switch, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &ADD, &REMOVE];

static TRUSTEE: Parameter<ObjectId> = Parameter::new(
    "Trustee",
    "The user or group that is meant, by any of its names or by its security identifier.",
);
static ACCESS_RIGHTS: Parameter<String> =
    Parameter::new("AccessRights", "The right; there is one, SendAs.").many();
static DENY: Parameter<Switch> = Parameter::new("Deny", "Takes away a denial instead of a right.");

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows who may send as a recipient.",
    reads: &[&IDENTITY, &TRUSTEE, &ACCESS_RIGHTS],
    shares: &[LIMIT],
    roles: &["Mail Recipients", "View-Only Recipients"],
    examples: &[Example { about: "Shows who may send as Ann.", command: "Get-RecipientPermission ann" }],
    ..Cmdlet::new(Verb::Get, &RECIPIENT_PERMISSION, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    check_rights(call)?;
    let about = match call.get(&TRUSTEE)? {
        Some(written) => Some(named(rooms, &written, TRUSTEE.name())?),
        None => None,
    };
    let records: Vec<Arc<Record>> = match call.get(&IDENTITY)? {
        Some(identity) => vec![rooms.directory().resolve(&kinds::RECIPIENT, &identity)?],
        None => rooms.directory().find(&Query::of(&kinds::RECIPIENT))?.collect(),
    };
    let mut wish = Wish::of(call)?;
    let entries = rooms.directory().entries_of_many(Store::Object);
    for record in records {
        let identity = Value::typed(rooms.directory().id(&record));
        let sending = entries(&record).into_iter().filter(|shown| {
            shown.entry.object.as_deref() == Some(SEND_AS)
                && about.as_ref().is_none_or(|about| about.sid == shown.entry.trustee)
        });
        for one in sending {
            if !wish.takes(out)? {
                return Ok(());
            }
            out.object(permission(rooms, &identity, &one))?;
        }
    }
    Ok(())
}

fn permission(rooms: &Rooms, identity: &Value, one: &Shown) -> Object {
    let about = rooms.directory().trustee(&one.entry.trustee);
    let (name, value) = control_type(&one.entry);
    row(&RECIPIENT_PERMISSION, identity, one)
        .with(ABOUT.name(), shown(rooms, &about))
        .with(RECIPIENT_RIGHTS.name(), Value::array(["SendAs".into()]))
        .with(name, value)
}

/// There is one right.
fn check_rights(call: &Call) -> Result<()> {
    let rights = call.list(&ACCESS_RIGHTS)?.unwrap_or_default();
    match rights.iter().find(|right| !right.eq_ignore_ascii_case("SendAs")) {
        None => Ok(()),
        Some(other) => {
            Err(Error::caller(ErrorId::InvalidValue, format!("'{other}' is not a right to a recipient."))
                .help("Write SendAs.")
                .about(ACCESS_RIGHTS.name()))
        }
    }
}

static ADD: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets somebody send as a recipient.",
    reads: &[&IDENTITY, &TRUSTEE, &ACCESS_RIGHTS],
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Lets Ben send as Ann.",
        command: "Add-RecipientPermission ann -AccessRights SendAs -Trustee ben -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Add, &RECIPIENT_PERMISSION, |rooms, call, out| act(rooms, call, out, true))
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets somebody no longer send as a recipient.",
    reads: &[&IDENTITY, &TRUSTEE, &ACCESS_RIGHTS, &DENY],
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Lets Ben no longer send as Ann.",
        command: "Remove-RecipientPermission ann -AccessRights SendAs -Trustee ben -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &RECIPIENT_PERMISSION, |rooms, call, out| act(rooms, call, out, false))
};

fn act(rooms: &Rooms, call: &Call, out: &mut Output<'_>, give: bool) -> Result<()> {
    check_rights(call)?;
    let record = rooms.one(call, &kinds::RECIPIENT)?;
    within_scopes(rooms.directory(), call.author(), &record)?;
    let about = named(rooms, &call.need(&TRUSTEE)?, TRUSTEE.name())?;
    let deny = !give && call.is(&DENY);
    let entry = AccessEntry { deny, ..crate::ad_permission::extended(&about.sid, SEND_AS) };
    let (shown, doing) = (rooms.shown(&record), if give { "Adding" } else { "Removing" });
    if !out.should(&shown, &sentence(doing, "recipient", &shown, &about.shown, &listed(&entry)))? {
        return Ok(());
    }
    let (guid, wanted) = (record.guid(), entry.clone());
    let done = rooms.directory().change(call.author(), move |change| match give {
        true => change.grant(guid, &wanted),
        false => change.revoke(guid, &wanted, None),
    })?;
    if let Some(warning) = untouched(rooms, (done, give), &entry, &record) {
        out.warning(warning)?;
    }
    if give && done != Granted::Inherited {
        let identity = Value::typed(rooms.directory().id(&record));
        out.object(permission(rooms, &identity, &Shown { entry, inherited: false }))?;
    }
    Ok(())
}
