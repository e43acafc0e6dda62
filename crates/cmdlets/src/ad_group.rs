//! Groups and organizational units as the ActiveDirectory module finds them, and the groups somebody is in.

use crate::active_directory::{
    DISTINGUISHED_NAME, NAME, OBJECT_CLASS, OBJECT_GUID, SAM_ACCOUNT_NAME, SID, Search,
};
use crate::ad_view::View;
use crate::rooms::Rooms;
use directory::schema::group::{self, GROUP_KIND, GroupKind};
use directory::schema::{recipient, unit};
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::RecipientTypeDetails;
use object::{Noun, Property, Result, Spec, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET_GROUP, &GET_UNIT, &GET_MEMBERSHIP];

static GROUP_CATEGORY: Property<String> =
    Property::new("GroupCategory", "Security, where rights can be given to the group, or Distribution.")
        .read_only();
static GROUP_SCOPE: Property<String> =
    Property::new("GroupScope", "Whom the group can hold: Universal, anybody.").read_only();

/// A group, as a directory tool shows it.
pub(crate) static AD_GROUP: Noun = Noun {
    name: "ADGroup",
    type_name: "Microsoft.ActiveDirectory.Management.ADGroup",
    summary: "A group as a directory tool shows it.",
    properties: &[
        &DISTINGUISHED_NAME,
        &GROUP_CATEGORY,
        &GROUP_SCOPE,
        &NAME,
        &OBJECT_CLASS,
        &OBJECT_GUID,
        &SAM_ACCOUNT_NAME,
        &SID,
    ],
    table: &[&NAME, &GROUP_CATEGORY, &SAM_ACCOUNT_NAME],
};

/// An organizational unit, as a directory tool shows it.
static AD_UNIT: Noun = Noun {
    name: "ADOrganizationalUnit",
    type_name: "Microsoft.ActiveDirectory.Management.ADOrganizationalUnit",
    summary: "An organizational unit as a directory tool shows it.",
    properties: &[&DISTINGUISHED_NAME, &NAME, &OBJECT_CLASS, &OBJECT_GUID],
    table: &[&NAME, &DISTINGUISHED_NAME],
};

/// Groups with members of their own.
pub(crate) static GROUPS: View = View {
    noun: &AD_GROUP,
    kind: &kinds::GROUP,
    holds: |record| record.details() != RecipientTypeDetails::DynamicDistributionGroup,
    words: &[
        ("Members", &group::MEMBERS),
        ("ManagedBy", &group::MANAGED_BY),
        ("Description", &recipient::DESCRIPTION),
        ("EmailAddress", &recipient::WINDOWS_EMAIL_ADDRESS),
        ("Created", &recipient::WHEN_CREATED),
        ("Modified", &recipient::WHEN_CHANGED),
    ],
    worked_out: of_group,
};

static UNITS: View = View {
    noun: &AD_UNIT,
    kind: &kinds::ORGANIZATIONAL_UNIT,
    holds: |record| record.class() == Class::OrganizationalUnit,
    words: &[
        ("Description", &unit::DESCRIPTION),
        ("CanonicalName", &unit::CANONICAL_NAME),
        ("Created", &recipient::WHEN_CREATED),
        ("Modified", &recipient::WHEN_CHANGED),
    ],
    worked_out: |_, _| None,
};

fn of_group(record: &Record, spec: &'static Spec) -> Option<Value> {
    let security = record.get(&GROUP_KIND) == Some(GroupKind::Security);
    match spec.name {
        name if name == GROUP_CATEGORY.name() => {
            Some(if security { "Security" } else { "Distribution" }.into())
        }
        name if name == GROUP_SCOPE.name() => Some("Universal".into()),
        _ => None,
    }
}

static GET_GROUP: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists groups, with and without an address, with the attributes of the directory.",
    notes: "-Properties takes attribute names (member, mail, managedBy) and * for all that are set. Groups whose members a \
            filter finds are shown by Get-DynamicDistributionGroup.",
    reads: Search::READS,
    roles: &["View-Only Recipients"],
    examples: &[
        Example { about: "Shows a group with its members.", command: "Get-ADGroup Staff -Properties member" },
        Example {
            about: "Lists the groups to which rights can be given.",
            command: "Get-ADGroup -Filter \"GroupCategory -eq 'Security'\"",
        },
    ],
    ..Cmdlet::new(Verb::Get, &AD_GROUP, |rooms, call, out| GROUPS.get(rooms, call, out))
};

static GET_UNIT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists organizational units with the attributes of the directory.",
    notes: "Containers such as Users are no organizational units; Get-OrganizationalUnit -IncludeContainers shows both.",
    reads: Search::READS,
    roles: &["View-Only Recipients"],
    examples: &[Example {
        about: "Lists all organizational units by their distinguished names.",
        command: "Get-ADOrganizationalUnit -Filter * | Format-Table Name,DistinguishedName",
    }],
    ..Cmdlet::new(Verb::Get, &AD_UNIT, |rooms, call, out| UNITS.get(rooms, call, out))
};

static GET_MEMBERSHIP: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the groups that a user or group is a member of.",
    notes: "Groups of groups are not followed, and there is no primary group, such as Domain Users, that everybody is in.",
    called: Some("ADPrincipalGroupMembership"),
    reads: &[&crate::rooms::IDENTITY],
    roles: &["View-Only Recipients"],
    examples: &[Example {
        about: "Lists the names of Ann's groups.",
        command: "Get-ADPrincipalGroupMembership ann | Format-Table Name",
    }],
    ..Cmdlet::new(Verb::Get, &AD_GROUP, get_membership)
};

fn get_membership(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.one(call, &kinds::SECURITY_PRINCIPAL)?;
    let groups = rooms.directory().own_groups_of(record.guid());
    let mut groups = groups.iter().filter(|group| (GROUPS.holds)(group));
    groups.try_for_each(|group| out.object(GROUPS.shown(rooms, group, &[])?))
}
