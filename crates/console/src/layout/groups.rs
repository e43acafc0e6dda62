//! The lists of groups, contacts and mail users.

use super::{List, Part, Sheet, Tab, Task};
use crate::icon;

static SEARCHED: &[&str] = &["DisplayName", "Name", "Alias", "EmailAddresses"];
static SORTED: &[&str] = &["Name", "DisplayName", "Alias"];

static GROUP: Sheet = Sheet {
    place: "group",
    called: "group",
    single: None,
    is_live: false,
    get: "Get-DistributionGroup",
    given: &[],
    acts: &[
        Task {
            given: &[("Identity", "$Guid")],
            about: "Takes the address away. The group and its members stay.",
            is_grave: true,
            ..Task::new("Disable", "Disable-DistributionGroup")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Deletes the group. Its members stay, and lose what they had by it.",
            is_grave: true,
            ..Task::new("Remove", "Remove-DistributionGroup")
        },
    ],
    tabs: &[
        Tab {
            place: "general",
            title: "General",
            parts: &[
                Part::fields(
                    "Name",
                    "Get-DistributionGroup",
                    "Set-DistributionGroup",
                    &["DisplayName", "Name", "Alias", "HiddenFromAddressListsEnabled"],
                ),
                Part::shown(
                    "Group",
                    "Get-DistributionGroup",
                    &["GroupType", "OrganizationalUnit", "WhenChanged"],
                ),
                Part::fields(
                    "Owners",
                    "Get-DistributionGroup",
                    "Set-DistributionGroup",
                    &["ManagedBy", "MemberJoinRestriction", "MemberDepartRestriction"],
                ),
            ],
        },
        Tab {
            place: "members",
            title: "Members",
            parts: &[Part::table(
                "Members",
                "Get-DistributionGroupMember",
                "Identity",
                &["DisplayName", "RecipientType", "PrimarySmtpAddress"],
                &[
                    Task {
                        given: &[("Identity", "$Guid")],
                        asks: &["Member"],
                        about: "Mail to the group goes to the member, too.",
                        ..Task::new("Add a member", "Add-DistributionGroupMember")
                    },
                    Task {
                        given: &[("Identity", "^Guid"), ("Member", "$Guid")],
                        about: "Mail to the group no longer goes to the member.",
                        is_grave: true,
                        ..Task::new("Remove", "Remove-DistributionGroupMember")
                    },
                ],
            )],
        },
        Tab {
            place: "addresses",
            title: "E-mail addresses",
            parts: &[Part::fields(
                "Addresses",
                "Get-DistributionGroup",
                "Set-DistributionGroup",
                &["EmailAddresses", "PrimarySmtpAddress", "EmailAddressPolicyEnabled"],
            )],
        },
        Tab {
            place: "flow",
            title: "Mail flow settings",
            parts: &[
                Part::fields(
                    "Limits",
                    "Get-DistributionGroup",
                    "Set-DistributionGroup",
                    &["MaxSendSize", "MaxReceiveSize"],
                ),
                Part::fields(
                    "Who may send",
                    "Get-DistributionGroup",
                    "Set-DistributionGroup",
                    &[
                        "RequireSenderAuthenticationEnabled",
                        "AcceptMessagesOnlyFromSendersOrMembers",
                        "RejectMessagesFromSendersOrMembers",
                        "GrantSendOnBehalfTo",
                    ],
                ),
                Part::fields(
                    "Moderation",
                    "Get-DistributionGroup",
                    "Set-DistributionGroup",
                    &[
                        "ModerationEnabled",
                        "ModeratedBy",
                        "BypassModerationFromSendersOrMembers",
                        "SendModerationNotifications",
                    ],
                ),
                Part::fields(
                    "Reports",
                    "Get-DistributionGroup",
                    "Set-DistributionGroup",
                    &[
                        "ReportToManagerEnabled",
                        "ReportToOriginatorEnabled",
                        "SendOofMessageToOriginatorEnabled",
                    ],
                ),
            ],
        },
        HISTORY,
    ],
    rest: Some(Part::fields("All other settings", "Get-DistributionGroup", "Set-DistributionGroup", &[])),
};

const HISTORY: Tab = Tab {
    place: "history",
    title: "History",
    parts: &[Part::table(
        "Who changed what",
        "Get-AdminChange",
        "ObjectIds",
        &["When", "Who", "Command", "Parameters", "ClientIP"],
        &[Task {
            given: &[("Identity", "$Identity")],
            about: "Puts back what was there before the change, if nothing later built on it.",
            is_grave: true,
            ..Task::new("Undo", "Undo-AdminChange")
        }],
    )],
};

pub(super) static GROUPS: List = ALL_GROUPS;

const ALL_GROUPS: List = List {
    place: "groups",
    is_live: false,
    title: "Groups",
    icon: icon::PEOPLE,
    cmdlet: "Get-DistributionGroup",
    given: &[],
    columns: &["DisplayName", "PrimarySmtpAddress", "GroupType", "ManagedBy"],
    searched: SEARCHED,
    sorted: SORTED,
    sheet: Some(&GROUP),
    tasks: &[Task {
        asks: &["Name", "Alias", "Members", "ManagedBy", "Type"],
        about: "Makes a group: mail to it goes to all its members.",
        ..Task::new("New group", "New-DistributionGroup")
    }],
    acts: &[Task {
        given: &[("Identity", "$Guid")],
        about: "Deletes the group. Its members stay, and lose what they had by it.",
        is_grave: true,
        ..Task::new("Remove", "Remove-DistributionGroup")
    }],
    empty: "There is no group. Make one with New group.",
    is_newest_first: false,
    about: "",
};

static DYNAMIC_GROUP: Sheet = Sheet {
    place: "dynamic-group",
    called: "dynamic group",
    single: None,
    is_live: false,
    get: "Get-DynamicDistributionGroup",
    given: &[],
    acts: &[Task {
        given: &[("Identity", "$Guid")],
        about: "Deletes the group.",
        is_grave: true,
        ..Task::new("Remove", "Remove-DynamicDistributionGroup")
    }],
    tabs: &[
        Tab {
            place: "general",
            title: "General",
            parts: &[
                Part::fields(
                    "Name",
                    "Get-DynamicDistributionGroup",
                    "Set-DynamicDistributionGroup",
                    &["DisplayName", "Name", "Alias", "ManagedBy", "HiddenFromAddressListsEnabled"],
                ),
                Part::fields(
                    "Who belongs to it",
                    "Get-DynamicDistributionGroup",
                    "Set-DynamicDistributionGroup",
                    &[
                        "IncludedRecipients",
                        "ConditionalDepartment",
                        "ConditionalCompany",
                        "ConditionalStateOrProvince",
                        "RecipientFilter",
                        "RecipientContainer",
                    ],
                ),
            ],
        },
        HISTORY,
    ],
    rest: Some(Part::fields(
        "All other settings",
        "Get-DynamicDistributionGroup",
        "Set-DynamicDistributionGroup",
        &[],
    )),
};

pub(super) static DYNAMIC_GROUPS: List = List {
    place: "dynamic-groups",
    title: "Dynamic groups",
    cmdlet: "Get-DynamicDistributionGroup",
    columns: &["DisplayName", "PrimarySmtpAddress", "RecipientFilter", "ManagedBy"],
    sheet: Some(&DYNAMIC_GROUP),
    tasks: &[Task {
        asks: &["Name", "Alias", "IncludedRecipients", "ConditionalDepartment", "RecipientFilter"],
        about: "Makes a group whose members are found by what they are.",
        ..Task::new("New dynamic group", "New-DynamicDistributionGroup")
    }],
    acts: &[Task {
        given: &[("Identity", "$Guid")],
        about: "Deletes the group.",
        is_grave: true,
        ..Task::new("Remove", "Remove-DynamicDistributionGroup")
    }],
    empty: "There is no dynamic group. Make one with New dynamic group.",
    ..ALL_GROUPS
};

static CONTACT: Sheet = Sheet {
    place: "contact",
    called: "contact",
    single: None,
    is_live: false,
    get: "Get-MailContact",
    given: &[],
    acts: &[
        Task {
            given: &[("Identity", "$Guid")],
            about: "Takes the addresses away. The contact stays.",
            is_grave: true,
            ..Task::new("Disable", "Disable-MailContact")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Deletes the contact.",
            is_grave: true,
            ..Task::new("Remove", "Remove-MailContact")
        },
    ],
    tabs: &[
        Tab {
            place: "general",
            title: "General",
            parts: &[
                Part::fields(
                    "Name",
                    "Get-MailContact",
                    "Set-MailContact",
                    &["DisplayName", "Name", "Alias", "HiddenFromAddressListsEnabled"],
                ),
                Part::fields(
                    "Addresses",
                    "Get-MailContact",
                    "Set-MailContact",
                    &["ExternalEmailAddress", "EmailAddresses", "EmailAddressPolicyEnabled"],
                ),
                Part::fields(
                    "Person",
                    "Get-Contact",
                    "Set-Contact",
                    &[
                        "FirstName",
                        "LastName",
                        "Title",
                        "Department",
                        "Company",
                        "Office",
                        "Phone",
                        "MobilePhone",
                    ],
                ),
            ],
        },
        HISTORY,
    ],
    rest: Some(Part::fields("All other settings", "Get-MailContact", "Set-MailContact", &[])),
};

pub(super) static CONTACTS: List = List {
    place: "contacts",
    title: "Contacts",
    icon: icon::BOOK,
    cmdlet: "Get-MailContact",
    columns: &["DisplayName", "ExternalEmailAddress", "PrimarySmtpAddress"],
    sheet: Some(&CONTACT),
    tasks: &[Task {
        asks: &["Name", "ExternalEmailAddress", "Alias", "FirstName", "LastName"],
        about: "Puts somebody elsewhere into the address lists.",
        ..Task::new("New contact", "New-MailContact")
    }],
    acts: &[Task {
        given: &[("Identity", "$Guid")],
        about: "Deletes the contact.",
        is_grave: true,
        ..Task::new("Remove", "Remove-MailContact")
    }],
    empty: "There is no contact. Make one with New contact.",
    ..ALL_GROUPS
};

static MAIL_USER: Sheet = Sheet {
    place: "mail-user",
    called: "mail user",
    single: None,
    is_live: false,
    get: "Get-MailUser",
    given: &[],
    acts: &[
        Task {
            given: &[("Identity", "$Guid")],
            about: "Takes the addresses away. The account stays.",
            is_grave: true,
            ..Task::new("Disable", "Disable-MailUser")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Deletes the account.",
            is_grave: true,
            ..Task::new("Remove", "Remove-MailUser")
        },
    ],
    tabs: &[
        Tab {
            place: "general",
            title: "General",
            parts: &[
                Part::fields(
                    "Name",
                    "Get-MailUser",
                    "Set-MailUser",
                    &["DisplayName", "Name", "Alias", "HiddenFromAddressListsEnabled"],
                ),
                Part::fields(
                    "Addresses",
                    "Get-MailUser",
                    "Set-MailUser",
                    &["ExternalEmailAddress", "EmailAddresses", "EmailAddressPolicyEnabled"],
                ),
            ],
        },
        HISTORY,
    ],
    rest: Some(Part::fields("All other settings", "Get-MailUser", "Set-MailUser", &[])),
};

pub(super) static MAIL_USERS: List = List {
    place: "mail-users",
    title: "Mail users",
    icon: icon::PERSON,
    cmdlet: "Get-MailUser",
    columns: &["DisplayName", "ExternalEmailAddress", "UserPrincipalName"],
    sheet: Some(&MAIL_USER),
    tasks: &[Task {
        asks: &["Name", "ExternalEmailAddress", "UserPrincipalName", "Password"],
        about: "Makes an account whose mail is elsewhere.",
        ..Task::new("New mail user", "New-MailUser")
    }],
    acts: &[Task {
        given: &[("Identity", "$Guid")],
        about: "Deletes the account.",
        is_grave: true,
        ..Task::new("Remove", "Remove-MailUser")
    }],
    empty: "There is no account whose mail is elsewhere.",
    ..ALL_GROUPS
};
