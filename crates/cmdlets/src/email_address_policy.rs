//! E-mail address policies: which addresses recipients get.

use crate::address_policy_update;
use crate::rooms::Rooms;
use crate::standard::{Besides, Subject, Wanted};
use directory::schema::policy::{EMAIL_ADDRESS_POLICY, PRIORITY};
use directory::{Change, Class, Edit, Query, Record, check_not_last, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::Guid;
use object::{Error, ErrorId, Parameter, Result, Switch};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE, &UPDATE];

const ROLES: &[&str] = &["E-Mail Address Policies"];

static AT: Parameter<String> = Parameter::of(&PRIORITY);
static SECONDARY_ONLY: Parameter<Switch> =
    Parameter::new("UpdateSecondaryAddressesOnly", "Leaves primary addresses as they are.");

static POLICIES: Subject = Subject {
    wanted: |subject, _, _| {
        Ok(Wanted::all(Query { sort: subject.noun.property(PRIORITY.name()), ..Query::of(subject.kind) }))
    },
    check,
    besides,
    make,
    remove: |rooms, call, record, _| {
        let guid = record.guid();
        rooms.directory().change(call.author(), move |change| change.remove_address_policy(guid))
    },
    ..Subject::of(
        &EMAIL_ADDRESS_POLICY,
        &kinds::EMAIL_ADDRESS_POLICY,
        Class::EmailAddressPolicy,
        "e-mail address policy",
    )
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the policies by which recipients get their addresses.",
    notes: "A recipient is under the first policy whose filter finds it; the default policy is for all others.",
    roles: &["View-Only Configuration", "E-Mail Address Policies"],
    examples: &[Example { about: "Lists all policies.", command: "Get-EmailAddressPolicy" }],
    ..POLICIES.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a policy by which recipients get their addresses.",
    notes: "Forms are made of %m (alias), %g (given name), %s (surname), %i (initials), %d (display name), %2g (the first two \
            letters), %rXY (X becomes Y) and text. It acts on recipients that are made or changed from now on; \
            Update-EmailAddressPolicy applies it to the others. Of two people with the same address the second gets a number.",
    reads: &[&AT],
    roles: ROLES,
    examples: &[
        Example {
            about: "Gives people in Sales addresses of their names.",
            command: "New-EmailAddressPolicy Sales -IncludedRecipients MailboxUsers -ConditionalDepartment Sales \
                      -EnabledPrimarySMTPAddressTemplate 'SMTP:%g.%s@contoso.com'",
        },
        Example {
            about: "Gives rooms and equipment an address in each of two domains.",
            command: "New-EmailAddressPolicy Things -IncludedRecipients Resources -EnabledEmailAddressTemplates \
                      SMTP:%m@contoso.com,smtp:%m@fabrikam.com",
        },
    ],
    ..POLICIES.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes a policy by which recipients get their addresses.",
    notes: "Of the default policy only the forms can be changed. Update-EmailAddressPolicy applies what was changed.",
    reads: &[&AT],
    roles: ROLES,
    examples: &[Example {
        about: "Gives everybody without another policy an address of the first letter and the surname.",
        command: "Set-EmailAddressPolicy 'Default Policy' -EnabledPrimarySMTPAddressTemplate '%1g%s@contoso.com'",
    }],
    ..POLICIES.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a policy; the addresses that it made stay.",
    roles: ROLES,
    examples: &[Example {
        about: "Removes the policy Buyers without asking.",
        command: "Remove-EmailAddressPolicy Buyers -Confirm:$false",
    }],
    ..POLICIES.cmdlet(Verb::Remove)
};

static UPDATE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Applies a policy to all recipients under it.",
    notes: "Addresses that recipients had stay as secondary ones. The work goes on in the server where the command is stopped, and \
            after a restart: RecipientFilterApplied becomes True when all is done. Run again it goes on from where it is.",
    reads: &[&crate::rooms::IDENTITY, &SECONDARY_ONLY],
    roles: ROLES,
    examples: &[Example {
        about: "Applies the default policy.",
        command: "Update-EmailAddressPolicy 'Default Policy'",
    }],
    ..Cmdlet::new(Verb::Update, &EMAIL_ADDRESS_POLICY, update)
};

/// The place in the order that was given.
fn wanted_place(call: &Call) -> Result<Option<u32>> {
    let Some(word) = call.get_or_refuse_null(&AT)? else { return Ok(None) };
    match word.parse() {
        Ok(place) if place > 0 => Ok(Some(place)),
        _ => Err(Error::caller(ErrorId::InvalidValue, format!("'{word}' is not a priority."))
            .help("Write a number from 1 on; 1 is asked first.")
            .about(AT.name())),
    }
}

/// Of the default policy only the forms of addresses change.
fn check(verb: Verb, _: &Rooms, call: &Call, policy: &Record) -> Result<()> {
    let place = wanted_place(call)?;
    match verb {
        Verb::Set => {
            let form = |name: &str| name.ends_with("Templates") || name.ends_with("Template");
            let others = call.properties().any(|(spec, _)| !form(spec.name));
            if others || place.is_some() {
                check_not_last(policy, "filtered, renamed or put elsewhere")
            } else {
                Ok(())
            }
        }
        Verb::Remove => check_not_last(policy, "removed"),
        _ => Ok(()),
    }
}

fn besides(_: &Rooms, call: &Call, _: &Record) -> Result<Option<Besides>> {
    let place = wanted_place(call)?;
    let put =
        move |change: &mut Change<'_>, guid: Guid| place.map_or(Ok(()), |at| change.put_policy_at(guid, at));
    Ok(place.map(|_| -> Besides { Box::new(put) }))
}

fn make(_: &Subject, rooms: &Rooms, call: &Call, name: &str, edits: Vec<Edit>) -> Result<Arc<Record>> {
    let (place, name) = (wanted_place(call)?, name.to_owned());
    let made = rooms
        .directory()
        .change(call.author(), move |change| change.new_address_policy(&name, place, &edits))?;
    rooms.directory().need(made.guid())
}

fn update(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let policy = rooms.one(call, &kinds::EMAIL_ADDRESS_POLICY)?;
    let (shown, secondary_only) = (rooms.shown(&policy), call.is(&SECONDARY_ONLY));
    let activity = format!("Updating e-mail address policy \"{shown}\".");
    if !out.should(&shown, &activity)? {
        return Ok(());
    }
    address_policy_update::apply(rooms.directory(), call.author(), &policy, secondary_only, &activity, out)
}
