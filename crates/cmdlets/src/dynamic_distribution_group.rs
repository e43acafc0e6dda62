//! Dynamic distribution groups, whose members are whom their filter finds.

use crate::distribution_group::{DISPLAY_NAME, MANAGER, PRIMARY_SMTP_ADDRESS, addressed, owned, unit};
use crate::group_owner;
use crate::mailbox::ALIAS;
use crate::rooms::Rooms;
use crate::standard::{ORGANIZATIONAL_UNIT, Subject};
use directory::schema::group::DYNAMIC_DISTRIBUTION_GROUP;
use directory::{Class, Edit, NewRecipient, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::Result;
use object::types::RecipientTypeDetails as Details;
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE];

const ROLES: &[&str] = &["Distribution Groups"];

static GROUPS: Subject = Subject {
    sorts: &["Name", "DisplayName", "Alias"],
    wanted: |subject, rooms, call| owned(subject, rooms, call),
    make,
    ..Subject::of(
        &DYNAMIC_DISTRIBUTION_GROUP,
        &kinds::DYNAMIC_GROUP,
        Class::Group,
        "dynamic distribution group",
    )
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists dynamic distribution groups.",
    notes: "Get-Recipient -RecipientPreviewFilter shows whom the filter of a group finds.",
    reads: &[&MANAGER],
    roles: &["View-Only Recipients", "Distribution Groups"],
    examples: &[Example {
        about: "Lists all dynamic distribution groups.",
        command: "Get-DynamicDistributionGroup",
    }],
    ..GROUPS.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a group whose members are whom a filter finds.",
    notes: "The filter is written with -RecipientFilter, or made of -IncludedRecipients and conditions: of each condition one \
            of its values must hold, and all conditions.",
    reads: &[&ALIAS, &DISPLAY_NAME, &PRIMARY_SMTP_ADDRESS, &ORGANIZATIONAL_UNIT],
    roles: ROLES,
    examples: &[
        Example {
            about: "Makes a group of all people in Sales.",
            command: "New-DynamicDistributionGroup 'All Sales' -IncludedRecipients MailboxUsers -ConditionalDepartment Sales",
        },
        Example {
            about: "Makes a group by a filter.",
            command: "New-DynamicDistributionGroup Berlin -RecipientFilter \"City -eq 'Berlin'\"",
        },
    ],
    ..GROUPS.cmdlet(Verb::New)
};

fn make(_: &Subject, rooms: &Rooms, call: &Call, name: &str, edits: Vec<Edit>) -> Result<Arc<Record>> {
    let new = NewRecipient {
        unit: unit(rooms, call)?,
        settings: group_owner::with_owner(rooms, call, edits),
        ..addressed(call, NewRecipient::named(name, Class::Group, Details::DynamicDistributionGroup))?
    };
    let made = rooms.directory().change(call.author(), move |change| change.new_recipient(&new))?;
    rooms.directory().need(made.guid())
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes a dynamic distribution group.",
    notes: "What is given of a filter by conditions is put beside what the group has; -RecipientFilter takes the place of it all.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes Everybody a group of rooms and equipment.",
        command: "Set-DynamicDistributionGroup Everybody -IncludedRecipients Resources",
    }],
    ..GROUPS.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Deletes a dynamic distribution group.",
    roles: ROLES,
    examples: &[Example {
        about: "Deletes the group Everybody without asking.",
        command: "Remove-DynamicDistributionGroup Everybody -Confirm:$false",
    }],
    ..GROUPS.cmdlet(Verb::Remove)
};
