//! Whether recipients could be synchronised with a cloud directory as they are, and putting right what is safe to.

use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{LIMIT, Wish};
use directory::schema::sync::DIRECTORY_SYNC_READINESS;
use directory::{SyncFinding, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::{Object, Parameter, Result, Switch, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&TEST];

static FIX: Parameter<Switch> = Parameter::new(
    "Fix",
    "Puts right what can be without anything being lost: names that are only shown, and target addresses of mailboxes.",
);

static TEST: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows what is in the way of synchronising recipients with a cloud directory, linked mailboxes first.",
    notes: "One object a value that is wrong, with what would do. Nothing is changed without -Fix; -WhatIf with it says what \
            would be. What people log on with and get mail at is never changed by it.",
    reads: &[&IDENTITY, &FIX],
    shares: &[LIMIT],
    roles: &["Mail Recipients"],
    examples: &[
        Example { about: "Shows everything that is in the way.", command: "Test-DirectorySyncReadiness" },
        Example {
            about: "Says what -Fix would put right.",
            command: "Test-DirectorySyncReadiness -Fix -WhatIf",
        },
        Example {
            about: "Lists the linked mailboxes.",
            command: "Test-DirectorySyncReadiness | Where-Object Rule -eq LinkedMailbox",
        },
    ],
    ..Cmdlet::new(Verb::Test, &DIRECTORY_SYNC_READINESS, test)
};

fn test(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let only = match call.get(&IDENTITY)? {
        Some(_) => Some(rooms.one(call, &kinds::ANY)?.guid()),
        None => None,
    };
    let mut wish = Wish::of(call)?;
    for finding in rooms.directory().sync_findings(only)? {
        if !wish.takes(out)? {
            break;
        }
        let fixed = call.is(&FIX) && fix(rooms, call, &finding, out)?;
        out.object(shown(rooms, &finding, fixed))?;
    }
    Ok(())
}

/// Puts one value right, if that is safe and wanted. One that cannot be does not keep the others.
fn fix(rooms: &Rooms, call: &Call, finding: &SyncFinding, out: &mut Output<'_>) -> Result<bool> {
    let Some(edit) = finding.fix.clone() else { return Ok(false) };
    let target = rooms.shown(&finding.record);
    let to = finding.suggested.as_deref().unwrap_or_default();
    let action =
        format!("Setting {} of \"{target}\" from \"{}\" to \"{to}\".", finding.attribute, finding.value);
    if !out.should(&target, &action)? {
        return Ok(false);
    }
    match rooms.directory().set(call.author(), finding.record.guid(), vec![edit]) {
        Ok(changed) => Ok(changed),
        Err(error) => out.error(error.target(target)).map(|()| false),
    }
}

fn shown(rooms: &Rooms, finding: &SyncFinding, fixed: bool) -> Object {
    let record = &finding.record;
    let severity = if finding.rule.is_information() { "Information" } else { "Error" };
    Object::of(&DIRECTORY_SYNC_READINESS)
        .with("Identity", Value::typed(rooms.directory().id(record)))
        .with("RecipientTypeDetails", Value::from(record.details()))
        .with("DistinguishedName", rooms.directory().distinguished_name(record).as_str())
        .with("ObjectClass", record.class().word())
        .with("Attribute", finding.attribute)
        .with("Rule", finding.rule.word())
        .with("Value", finding.value.as_str())
        .with("SuggestedValue", finding.suggested.as_deref().map_or(Value::Null, Value::from))
        .with("Severity", severity)
        .with("Reason", finding.rule.sentence())
        .with("Fixable", finding.fix.is_some())
        .with("Fixed", fixed)
}
