//! Groups, with and without an address.

use crate::group_owner;
use crate::rooms::Rooms;
use crate::standard::Subject;
use directory::schema::group::GROUP;
use directory::{Class, kinds};
use gate::{Cmdlet, Example, Verb};
use object::types::RecipientTypeDetails;
use object::{Error, ErrorId};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET];

static GROUPS: Subject = Subject {
    sorts: &["Name", "DisplayName"],
    check: |_, rooms, call, group| {
        // Who may do everything is known by the name of a role group.
        if group.details() == RecipientTypeDetails::RoleGroup {
            let message = format!("'{}' is a role group.", rooms.shown(group));
            return Err(Error::conflict(ErrorId::InvalidChange, message).help("Run Set-RoleGroup."));
        }
        group_owner::check(rooms, call, group)
    },
    ..Subject::of(&GROUP, &kinds::GROUP, Class::Group, "group")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists groups, with and without an address.",
    roles: &["View-Only Recipients"],
    examples: &[Example { about: "Lists all groups.", command: "Get-Group" }],
    ..GROUPS.cmdlet(Verb::Get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what the directory says of a group.",
    notes: "The settings of its mail are changed by Set-DistributionGroup.",
    shares: &[group_owner::KEYS],
    roles: &["Distribution Groups", "Security Group Creation and Membership"],
    examples: &[Example {
        about: "Notes what a group is for.",
        command: "Set-Group Staff -Notes 'Everybody who works here.'",
    }],
    ..GROUPS.cmdlet(Verb::Set)
};
