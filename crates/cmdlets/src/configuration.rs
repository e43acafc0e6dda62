//! The cmdlets of the organization itself: its settings, accepted domains and organizational units.

use crate::parameters as p;
use crate::rooms::Rooms;
use crate::sets;
use crate::standard::{self, Finding, limit};
use directory::schema::domain::{self, ACCEPTED_DOMAIN};
use directory::schema::organization::ORGANIZATION_CONFIG;
use directory::schema::unit::ORGANIZATIONAL_UNIT;
use directory::{Class, Query, Record, kinds};
use gate::{Call, Changes, Cmdlet, Example, Impact, Output, Verb};
use object::{Error, ErrorId, Result};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] =
    &[&GET_DOMAIN, &NEW_DOMAIN, &SET_DOMAIN, &REMOVE_DOMAIN, &GET_ORGANIZATION, &SET_ORGANIZATION, &GET_UNIT];

static GET_DOMAIN: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the domains whose mail this organization takes.",
    always: sets::GET_ACCEPTED_DOMAIN,
    roles: &["View-Only Configuration"],
    examples: &[Example { about: "Lists all accepted domains.", command: "Get-AcceptedDomain" }],
    ..Cmdlet::new(Verb::Get, &ACCEPTED_DOMAIN, |rooms, call, out| {
        let finding = Finding { kind: &kinds::ACCEPTED_DOMAIN, noun: &ACCEPTED_DOMAIN, sorts: &[] };
        finding.run(rooms, call, out, Query::of(&kinds::ACCEPTED_DOMAIN), &|_| true)
    })
};

static NEW_DOMAIN: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a domain whose mail this organization takes.",
    always: sets::NEW_ACCEPTED_DOMAIN,
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: &["Remote and Accepted Domains"],
    examples: &[Example {
        about: "Takes mail for litware.com, too.",
        command: "New-AcceptedDomain -Name Litware -DomainName litware.com",
    }],
    ..Cmdlet::new(Verb::New, &ACCEPTED_DOMAIN, new_domain)
};

fn new_domain(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    rooms.check_controller(call)?;
    let name = call.need(&p::NAME)?;
    let edits = standard::edits(call, &["Name"])?;
    let domain = call.given(p::DOMAIN_NAME.name()).map(ToString::to_string).unwrap_or_default();
    let action = format!("Creating Accepted Domain \"{name}\" with domain name \"{domain}\".");
    if !out.should(&name, &action)? {
        return Ok(());
    }
    let made = rooms.directory().change(call.author(), move |change| {
        change.new_configuration(Class::AcceptedDomain, &name, &edits)
    })?;
    out.object(rooms.object(made.guid(), &ACCEPTED_DOMAIN)?)
}

static SET_DOMAIN: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes how mail for an accepted domain is treated.",
    notes: "Changing the default domain does not change the address policy.",
    always: sets::SET_ACCEPTED_DOMAIN,
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: &["Remote and Accepted Domains"],
    examples: &[Example {
        about: "Makes new addresses in fabrikam.com from now on.",
        command: "Set-AcceptedDomain fabrikam.com -MakeDefault $true",
    }],
    ..Cmdlet::new(Verb::Set, &ACCEPTED_DOMAIN, set_domain)
};

fn set_domain(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.one(call, &kinds::ACCEPTED_DOMAIN)?;
    let make_default = call.get(&p::MAKE_DEFAULT)?;
    check_default(&record, make_default)?;
    let edits = standard::edits(call, &[])?;
    let shown = rooms.shown(&record);
    if !out.should(&shown, &format!("Setting accepted domain \"{shown}\"."))? {
        return Ok(());
    }
    let guid = record.guid();
    let becomes_default = make_default == Some(true) && !record.is(&domain::DEFAULT);
    let changed = rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        let changed = change.edit(&mut record, &edits)?;
        if changed {
            change.save(record)?;
        }
        if becomes_default {
            change.make_default_domain(guid)?;
        }
        Ok(changed || becomes_default)
    })?;
    if changed { Ok(()) } else { out.warning(standard::unchanged(&shown)) }
}

/// There is always a default domain: another one takes its place, none gives it up.
fn check_default(record: &Record, wanted: Option<bool>) -> Result<()> {
    if wanted == Some(false) && record.is(&domain::DEFAULT) {
        return Err(Error::conflict(
            ErrorId::DefaultDomainNeeded,
            "There must be a default accepted domain.",
        )
        .help("Make another one the default: Set-AcceptedDomain … -MakeDefault $true.")
        .about("MakeDefault"));
    }
    Ok(())
}

static REMOVE_DOMAIN: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Stops taking mail for a domain.",
    notes: "The default domain and domains used by an address policy stay.",
    always: sets::REMOVE_ACCEPTED_DOMAIN,
    changes: Changes::Yes { confirm: Impact::High },
    roles: &["Remote and Accepted Domains"],
    examples: &[Example {
        about: "Takes no mail for fabrikam.com any more.",
        command: "Remove-AcceptedDomain fabrikam.com -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &ACCEPTED_DOMAIN, |rooms, call, out| {
        let record = rooms.one(call, &kinds::ACCEPTED_DOMAIN)?;
        let shown = rooms.shown(&record);
        if !out.should(&shown, &format!("Removing accepted domain \"{shown}\"."))? {
            return Ok(());
        }
        let guid = record.guid();
        rooms.directory().change(call.author(), move |change| change.remove_domain(guid))
    })
};

static GET_ORGANIZATION: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the organization's settings.",
    always: sets::GET_ORGANIZATION_CONFIG,
    roles: &["View-Only Configuration"],
    examples: &[Example { about: "Shows the organization's settings.", command: "Get-OrganizationConfig" }],
    ..Cmdlet::new(Verb::Get, &ORGANIZATION_CONFIG, |rooms, call, out| {
        rooms.check_controller(call)?;
        let organization = rooms.directory().organization()?;
        out.object(rooms.directory().object(&organization, &ORGANIZATION_CONFIG))
    })
};

static SET_ORGANIZATION: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the organization's settings.",
    always: sets::SET_ORGANIZATION_CONFIG_ALWAYS,
    sets: sets::SET_ORGANIZATION_CONFIG,
    default_set: Some("Identity"),
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: &["Organization Configuration"],
    examples: &[Example {
        about: "Moves messages with a spam score above 5 to Junk Email.",
        command: "Set-OrganizationConfig -SCLJunkThreshold 5",
    }],
    ..Cmdlet::new(Verb::Set, &ORGANIZATION_CONFIG, |rooms, call, out| {
        rooms.check_controller(call)?;
        let organization = rooms.directory().organization()?;
        let edits = standard::edits(call, &[])?;
        standard::set(rooms, call, out, &organization, "organization configuration", edits)
    })
};

static GET_UNIT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists organizational units, in which recipients are made.",
    always: sets::GET_ORGANIZATIONAL_UNIT_ALWAYS,
    sets: sets::GET_ORGANIZATIONAL_UNIT,
    default_set: Some("Identity"),
    roles: &["View-Only Recipients"],
    examples: &[
        Example { about: "Lists all organizational units.", command: "Get-OrganizationalUnit" },
        Example {
            about: "Lists containers whose name holds a text.",
            command: "Get-OrganizationalUnit -SearchText user -IncludeContainers",
        },
    ],
    ..Cmdlet::new(Verb::Get, &ORGANIZATIONAL_UNIT, get_unit)
};

fn get_unit(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    rooms.check_controller(call)?;
    let containers = call.is(&p::INCLUDE_CONTAINERS);
    let identity = call.get(&p::IDENTITY)?;
    let only_below = call.is(&p::SINGLE_NODE_ONLY);
    let text = call.get(&p::SEARCH_TEXT)?.map(|text| text.to_lowercase());
    let root = match identity {
        Some(_) => Some(rooms.one(call, &kinds::ORGANIZATIONAL_UNIT)?),
        None => None,
    };
    let base = match (&root, only_below) {
        (Some(root), _) => rooms.directory().canonical_name(root),
        (None, _) => rooms.directory().forest(),
    };
    let limit = limit(call)?.unwrap_or(usize::MAX);
    let mut shown = 0;
    for unit in units(rooms, containers || root.is_some())? {
        let path = rooms.directory().canonical_name(&unit);
        let wanted = match (&root, only_below) {
            (Some(root), false) => unit.guid() == root.guid(),
            (_, true) => path.rsplit_once('/').is_some_and(|(parent, _)| parent == base),
            (None, false) => true,
        };
        let named = text.as_ref().is_none_or(|text| unit.name().to_lowercase().contains(text));
        if wanted && named && shown < limit {
            shown += 1;
            out.object(rooms.directory().object(&unit, &ORGANIZATIONAL_UNIT))?;
        }
    }
    Ok(())
}

/// Organizational units, and plain containers where they are wanted, in the order of names.
fn units(rooms: &Rooms, containers: bool) -> Result<Vec<std::sync::Arc<Record>>> {
    let all = rooms.directory().find(&Query::of(&kinds::ORGANIZATIONAL_UNIT))?;
    Ok(all.filter(|unit| containers || unit.class() == Class::OrganizationalUnit).collect())
}
