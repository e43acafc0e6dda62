//! The organization's own settings.

use crate::rooms::Rooms;
use crate::standard::Subject;
use directory::schema::organization::ORGANIZATION_CONFIG;
use directory::{Class, kinds};
use gate::{Cmdlet, Example, Verb};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET];

static ORGANIZATION: Subject = Subject {
    one: |_, rooms, _| rooms.directory().organization(),
    ..Subject::of(
        &ORGANIZATION_CONFIG,
        &kinds::ORGANIZATION,
        Class::Organization,
        "organization configuration",
    )
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the organization's settings.",
    roles: &["View-Only Configuration"],
    examples: &[Example { about: "Shows the organization's settings.", command: "Get-OrganizationConfig" }],
    ..ORGANIZATION.cmdlet(Verb::Get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the organization's settings.",
    roles: &["Organization Configuration"],
    examples: &[Example {
        about: "Moves messages with a spam score above 5 to Junk Email.",
        command: "Set-OrganizationConfig -SCLJunkThreshold 5",
    }],
    ..ORGANIZATION.cmdlet(Verb::Set)
};
