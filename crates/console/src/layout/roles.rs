//! The lists of who may do what: role groups, roles and their assignments.

use super::{List, Part, Sheet, Tab, Task};
use crate::icon;

static ROLE_GROUP: Sheet = Sheet {
    place: "role-group",
    called: "role group",
    single: None,
    is_live: false,
    get: "Get-RoleGroup",
    given: &[],
    acts: &[Task {
        given: &[("Identity", "$Guid")],
        about: "Its members lose what they may do by it, at their next click.",
        is_grave: true,
        ..Task::new("Remove", "Remove-RoleGroup")
    }],
    tabs: &[Tab {
        place: "general",
        title: "General",
        parts: &[
            Part::fields(
                "Role group",
                "Get-RoleGroup",
                "Set-RoleGroup",
                &["Name", "DisplayName", "Description", "ManagedBy", "Roles"],
            ),
            Part::table(
                "Members",
                "Get-RoleGroupMember",
                "Identity",
                &["Name", "RecipientType"],
                &[
                    Task {
                        given: &[("Identity", "$Guid")],
                        asks: &["Member"],
                        about: "Lets somebody do what the group's roles hold.",
                        ..Task::new("Add a member", "Add-RoleGroupMember")
                    },
                    Task {
                        given: &[("Identity", "^Guid"), ("Member", "$Guid")],
                        about: "Takes the group's rights away, at their next click.",
                        is_grave: true,
                        ..Task::new("Remove", "Remove-RoleGroupMember")
                    },
                ],
            ),
            Part::table(
                "What the group may do",
                "Get-ManagementRoleAssignment",
                "RoleAssignee",
                &["Role", "RecipientWriteScope", "CustomRecipientWriteScope", "Enabled"],
                &[Task {
                    given: &[("Identity", "$Guid")],
                    about: "The group no longer holds the role.",
                    is_grave: true,
                    ..Task::new("Remove", "Remove-ManagementRoleAssignment")
                }],
            ),
        ],
    }],
    rest: Some(Part::fields("All other settings", "Get-RoleGroup", "Set-RoleGroup", &[])),
};

static ROLE_GROUPS: List = BASE;

const BASE: List = List {
    place: "role-groups",
    is_live: false,
    title: "Role groups",
    icon: icon::KEY,
    cmdlet: "Get-RoleGroup",
    given: &[],
    columns: &["Name", "Description", "Members"],
    searched: &[],
    sorted: &[],
    sheet: Some(&ROLE_GROUP),
    tasks: &[Task {
        asks: &["Name", "Description", "Roles", "Members", "CustomRecipientWriteScope"],
        about: "Lets several people do what some roles hold.",
        ..Task::new("New role group", "New-RoleGroup")
    }],
    acts: &[],
    empty: "There is no role group.",
    is_newest_first: false,
    about: "",
};

static ROLES: List = List {
    place: "roles",
    title: "Roles",
    icon: icon::SHIELD,
    cmdlet: "Get-ManagementRole",
    columns: &["Name", "RoleType", "Parent"],
    sheet: None,
    tasks: &[Task {
        asks: &["Name", "Parent"],
        about: "Makes a role that holds part of what another one does.",
        ..Task::new("New role", "New-ManagementRole")
    }],
    empty: "There is no role.",
    ..BASE
};

pub(super) static LISTS: &[&List] = &[&ROLE_GROUPS, &ROLES];
