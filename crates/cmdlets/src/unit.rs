//! Organizational units, in which recipients are made.

use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{self, Wish};
use directory::schema::unit::ORGANIZATIONAL_UNIT;
use directory::{Class, Query, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::{Parameter, Result, Switch};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET];

static INCLUDE_CONTAINERS: Parameter<Switch> =
    Parameter::new("IncludeContainers", "Shows containers such as Users besides organizational units.");
static SEARCH_TEXT: Parameter<String> =
    Parameter::new("SearchText", "Text that the name of a unit holds, in any case.");
static SINGLE_NODE_ONLY: Parameter<Switch> = Parameter::new(
    "SingleNodeOnly",
    "Shows only the units directly below the one that is named, or below the domain.",
);

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists organizational units, in which recipients are made.",
    reads: &[&IDENTITY, &INCLUDE_CONTAINERS, &SEARCH_TEXT, &SINGLE_NODE_ONLY],
    shares: &[standard::LIMIT],
    roles: &["View-Only Recipients"],
    examples: &[
        Example { about: "Lists all organizational units.", command: "Get-OrganizationalUnit" },
        Example {
            about: "Lists containers whose name holds a text.",
            command: "Get-OrganizationalUnit -SearchText user -IncludeContainers",
        },
    ],
    ..Cmdlet::new(Verb::Get, &ORGANIZATIONAL_UNIT, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let containers = call.is(&INCLUDE_CONTAINERS);
    let identity = call.get(&IDENTITY)?;
    let only_below = call.is(&SINGLE_NODE_ONLY);
    let text = call.get(&SEARCH_TEXT)?.map(|text| text.to_lowercase());
    let root = match identity {
        Some(_) => Some(rooms.one(call, &kinds::ORGANIZATIONAL_UNIT)?),
        None => None,
    };
    let base = match (&root, only_below) {
        (Some(root), _) => rooms.directory().canonical_name(root),
        (None, _) => rooms.directory().forest(),
    };
    let mut wish = Wish::of(call)?;
    for unit in units(rooms, containers || root.is_some())? {
        let path = rooms.directory().canonical_name(&unit);
        let wanted = match (&root, only_below) {
            (Some(root), false) => unit.guid() == root.guid(),
            (_, true) => path.rsplit_once('/').is_some_and(|(parent, _)| parent == base),
            (None, false) => true,
        };
        let named = text.as_ref().is_none_or(|text| unit.name().to_lowercase().contains(text));
        if wanted && named {
            if !wish.takes(out)? {
                break;
            }
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
