//! The page of a mailbox, in the tabs of Exchange's old console.

use super::records::UNDO;
use super::{Part, Sheet, Tab, Task};

pub(super) static ACTS: &[Task] = &[
    Task {
        given: &[("Identity", "$Guid")],
        about: "Takes the mailbox away from the user. The account stays, and so does the mail: the mailbox waits among \
                the disconnected ones until its retention ends, and Connect brings it back.",
        is_grave: true,
        ..Task::new("Disable", "Disable-Mailbox")
    },
    Task {
        given: &[("Identity", "$Guid")],
        about: "Deletes the account. The mail stays: the mailbox waits among the disconnected ones until its retention \
                ends. With Permanent it is purged at once, and nothing brings it back.",
        asks: &["Permanent"],
        is_grave: true,
        ..Task::new("Remove", "Remove-Mailbox")
    },
];

/// Kinds of mailboxes whose own user logs on or that nobody logs on to, as opposed to another forest's account.
static OF_THIS_FOREST: &[&str] = &["UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox"];
/// Kinds whose account of this forest does not log on, so that one of another forest can own them.
static OF_PEOPLE: &[&str] = &["UserMailbox", "LinkedMailbox", "LinkedRoomMailbox"];
static LINKED: &[&str] = &["LinkedMailbox", "LinkedRoomMailbox"];

pub(super) static MAILBOX: Sheet = Sheet {
    place: "mailbox",
    called: "mailbox",
    single: None,
    is_live: false,
    get: "Get-Mailbox",
    given: &[],
    acts: &[
        Task {
            given: &[("Identity", "$Guid")],
            asks: &["Type", "Password"],
            about: "Makes another kind of mailbox of it. Mail, addresses and rights stay.",
            when: Some(("RecipientTypeDetails", OF_THIS_FOREST)),
            ..Task::new("Convert", "Set-Mailbox")
        },
        Task {
            given: &[("Identity", "$Guid")],
            asks: &["Password", "ResetPasswordOnNextLogon"],
            about: "Makes it a mailbox of its own account, which logs on with a password of this server from then on. Mail, \
                    addresses and rights stay. Without a password one is made, and told once.",
            when: Some(("RecipientTypeDetails", LINKED)),
            ..Task::new("Convert to a user mailbox", "Convert-LinkedMailbox")
        },
        Task {
            given: &[("Identity", "$Guid")],
            asks: &["LinkedMasterAccount", "LinkedDomainController", "LinkedCredential"],
            about: "Lets an account of another, trusted forest own the mailbox. Mail, addresses and rights stay. Its own \
                    account is switched off first: Disable-ADAccount.",
            when: Some(("RecipientTypeDetails", OF_PEOPLE)),
            ..Task::new("Link", "Set-Mailbox")
        },
        Task {
            given: ACTS[0].given,
            about: ACTS[0].about,
            is_grave: true,
            ..Task::new("Disable", "Disable-Mailbox")
        },
        Task {
            given: ACTS[1].given,
            about: ACTS[1].about,
            asks: ACTS[1].asks,
            is_grave: true,
            ..Task::new("Remove", "Remove-Mailbox")
        },
    ],
    tabs: &[
        Tab {
            place: "general",
            title: "General",
            parts: &[
                Part::fields(
                    "Name",
                    "Get-Mailbox",
                    "Set-Mailbox",
                    &["DisplayName", "Name", "Alias", "HiddenFromAddressListsEnabled"],
                ),
                Part::shown(
                    "Mailbox",
                    "Get-Mailbox",
                    &[
                        "RecipientTypeDetails",
                        "Database",
                        "WhenMailboxCreated",
                        "OrganizationalUnit",
                        "WhenChanged",
                    ],
                ),
                Part::shown(
                    "Use",
                    "Get-MailboxStatistics",
                    &["ItemCount", "TotalItemSize", "LastLogonTime", "LastLoggedOnUserAccount"],
                ),
            ],
        },
        Tab {
            place: "addresses",
            title: "E-mail addresses",
            parts: &[Part::fields(
                "Addresses",
                "Get-Mailbox",
                "Set-Mailbox",
                &["EmailAddresses", "PrimarySmtpAddress", "EmailAddressPolicyEnabled"],
            )],
        },
        Tab {
            place: "features",
            title: "Mailbox features",
            parts: &[
                Part::fields(
                    "Protocols",
                    "Get-CASMailbox",
                    "Set-CASMailbox",
                    &[
                        "ImapEnabled",
                        "PopEnabled",
                        "ActiveSyncEnabled",
                        "OWAEnabled",
                        "EwsEnabled",
                        "MAPIEnabled",
                        "ECPEnabled",
                    ],
                ),
                Part::table(
                    "Second factor at the console",
                    "Get-SecondFactor",
                    "Identity",
                    &["Kind", "UserPrincipalName"],
                    &[Task {
                        given: &[("Identity", "$Guid")],
                        about: "Lets the password alone log on, until its owner sets up another one.",
                        is_grave: true,
                        ..Task::new("Take away", "Clear-SecondFactor")
                    }],
                ),
            ],
        },
        Tab {
            place: "settings",
            title: "Mailbox settings",
            parts: &[
                Part::quota("Used", "Get-MailboxStatistics"),
                Part::fields(
                    "Storage quotas",
                    "Get-Mailbox",
                    "Set-Mailbox",
                    &[
                        "UseDatabaseQuotaDefaults",
                        "IssueWarningQuota",
                        "ProhibitSendQuota",
                        "ProhibitSendReceiveQuota",
                        "RecoverableItemsWarningQuota",
                        "RecoverableItemsQuota",
                    ],
                ),
                Part::fields(
                    "Deleted items",
                    "Get-Mailbox",
                    "Set-Mailbox",
                    &["UseDatabaseRetentionDefaults", "RetainDeletedItemsFor", "SingleItemRecoveryEnabled"],
                ),
                Part::fields(
                    "Holds",
                    "Get-Mailbox",
                    "Set-Mailbox",
                    &[
                        "LitigationHoldEnabled",
                        "LitigationHoldDuration",
                        "RetentionHoldEnabled",
                        "RetentionComment",
                    ],
                ),
                Part::fields("Languages", "Get-Mailbox", "Set-Mailbox", &["Languages"]),
            ],
        },
        Tab {
            place: "flow",
            title: "Mail flow settings",
            parts: &[
                Part::fields(
                    "Limits",
                    "Get-Mailbox",
                    "Set-Mailbox",
                    &["MaxSendSize", "MaxReceiveSize", "RecipientLimits"],
                ),
                Part::fields(
                    "Forwarding",
                    "Get-Mailbox",
                    "Set-Mailbox",
                    &["ForwardingAddress", "ForwardingSmtpAddress", "DeliverToMailboxAndForward"],
                ),
                Part::fields(
                    "Who may send",
                    "Get-Mailbox",
                    "Set-Mailbox",
                    &[
                        "RequireSenderAuthenticationEnabled",
                        "AcceptMessagesOnlyFromSendersOrMembers",
                        "RejectMessagesFromSendersOrMembers",
                    ],
                ),
            ],
        },
        Tab {
            place: "delegation",
            title: "Delegation",
            parts: &[
                Part::table(
                    "Full access and other rights to the mailbox",
                    "Get-MailboxPermission",
                    "Identity",
                    &["User", "AccessRights", "IsInherited", "Deny"],
                    &[
                        Task {
                            given: &[("Identity", "$Guid")],
                            asks: &["User", "AccessRights", "AutoMapping", "Deny", "InheritanceType"],
                            about: "Lets somebody open this mailbox. Full access does not include sending as it.",
                            ..Task::new("Add", "Add-MailboxPermission")
                        },
                        Task {
                            given: &[
                                ("Identity", "$Identity"),
                                ("User", "$User"),
                                ("AccessRights", "$AccessRights"),
                            ],
                            about: "Takes the right away. It ends in open sessions, too.",
                            is_grave: true,
                            ..Task::new("Remove", "Remove-MailboxPermission")
                        },
                    ],
                ),
                Part::table(
                    "Send as",
                    "Get-RecipientPermission",
                    "Identity",
                    &["Trustee", "AccessRights", "IsInherited"],
                    &[
                        Task {
                            given: &[("Identity", "$Guid"), ("AccessRights", "SendAs")],
                            asks: &["Trustee"],
                            about: "Lets somebody send mail that comes from this mailbox.",
                            ..Task::new("Add", "Add-RecipientPermission")
                        },
                        Task {
                            given: &[
                                ("Identity", "$Identity"),
                                ("Trustee", "$Trustee"),
                                ("AccessRights", "SendAs"),
                            ],
                            about: "Takes the right away.",
                            is_grave: true,
                            ..Task::new("Remove", "Remove-RecipientPermission")
                        },
                    ],
                ),
                Part::table(
                    "Who may do what, and by which way",
                    "Get-EffectivePermission",
                    "Mailbox",
                    &["Trustee", "Right", "Through", "DeniedBy"],
                    &[],
                ),
                Part::fields(
                    "Send on behalf",
                    "Get-Mailbox",
                    "Set-Mailbox",
                    &[
                        "GrantSendOnBehalfTo",
                        "MessageCopyForSentAsEnabled",
                        "MessageCopyForSendOnBehalfEnabled",
                    ],
                ),
            ],
        },
        Tab {
            place: "address",
            title: "Address and phone",
            parts: &[
                Part::fields(
                    "Address",
                    "Get-User",
                    "Set-User",
                    &[
                        "StreetAddress",
                        "City",
                        "StateOrProvince",
                        "PostalCode",
                        "CountryOrRegion",
                        "PostOfficeBox",
                    ],
                ),
                Part::fields(
                    "Phone",
                    "Get-User",
                    "Set-User",
                    &[
                        "Phone",
                        "OtherTelephone",
                        "HomePhone",
                        "MobilePhone",
                        "Pager",
                        "Fax",
                        "WebPage",
                        "Notes",
                    ],
                ),
            ],
        },
        Tab {
            place: "organization",
            title: "Organization",
            parts: &[Part::fields(
                "Place",
                "Get-User",
                "Set-User",
                &["FirstName", "Initials", "LastName", "Title", "Department", "Company", "Office", "Manager"],
            )],
        },
        Tab {
            place: "options",
            title: "Options",
            parts: &[
                Part::fields(
                    "Language and formats",
                    "Get-MailboxRegionalConfiguration",
                    "Set-MailboxRegionalConfiguration",
                    &["Language", "DateFormat", "TimeFormat", "TimeZone"],
                ),
                Part::fields(
                    "Automatic replies",
                    "Get-MailboxAutoReplyConfiguration",
                    "Set-MailboxAutoReplyConfiguration",
                    &[
                        "AutoReplyState",
                        "StartTime",
                        "EndTime",
                        "InternalMessage",
                        "ExternalMessage",
                        "ExternalAudience",
                    ],
                ),
                Part::table(
                    "Inbox rules",
                    "Get-InboxRule",
                    "Mailbox",
                    &["Priority", "Name", "Enabled", "Description", "InError"],
                    &[
                        Task {
                            given: &[("Mailbox", "$Guid")],
                            asks: &["Name", "From", "SubjectContainsWords", "MoveToFolder", "ForwardTo"],
                            about: "Says what becomes of mail that reaches this mailbox.",
                            ..Task::new("Add", "New-InboxRule")
                        },
                        Task {
                            given: &[("Mailbox", "^Guid"), ("Identity", "$RuleIdentity")],
                            about: "Takes the rule away.",
                            is_grave: true,
                            ..Task::new("Remove", "Remove-InboxRule")
                        },
                    ],
                ),
            ],
        },
        Tab {
            place: "spam",
            title: "Anti-spam",
            parts: &[Part::fields(
                "Spam",
                "Get-Mailbox",
                "Set-Mailbox",
                &[
                    "AntispamBypassEnabled",
                    "SCLDeleteEnabled",
                    "SCLDeleteThreshold",
                    "SCLRejectEnabled",
                    "SCLRejectThreshold",
                    "SCLQuarantineEnabled",
                    "SCLQuarantineThreshold",
                    "SCLJunkEnabled",
                    "SCLJunkThreshold",
                ],
            )],
        },
        Tab {
            place: "archive",
            title: "Archive",
            parts: &[Part {
                tasks: &[
                    Task {
                        given: &[("Identity", "$Guid"), ("Archive", "true")],
                        asks: &["ArchiveName", "ArchiveDatabase"],
                        about: "Gives the mailbox an archive beside it, for what is old.",
                        when: Some(("ArchiveState", &["None"])),
                        ..Task::new("Enable archive", "Enable-Mailbox")
                    },
                    Task {
                        given: &[("Identity", "$Guid"), ("Archive", "true")],
                        about: "Takes the archive away from the mailbox, which stays. What is in the archive is kept: it waits \
                                among the disconnected ones until its retention ends, and Connect archive brings it back.",
                        is_grave: true,
                        when: Some(("ArchiveState", &["Local"])),
                        ..Task::new("Disable archive", "Disable-Mailbox")
                    },
                ],
                ..Part::fields(
                    "Archive",
                    "Get-Mailbox",
                    "Set-Mailbox",
                    &[
                        "ArchiveState",
                        "ArchiveName",
                        "ArchiveDatabase",
                        "ArchiveQuota",
                        "ArchiveWarningQuota",
                    ],
                )
            }],
        },
        Tab {
            place: "folders",
            title: "Folders",
            parts: &[Part::table(
                "Folders",
                "Get-MailboxFolderStatistics",
                "Identity",
                &["FolderPath", "ItemsInFolder", "FolderSize", "NewestItemReceivedDate"],
                &[],
            )],
        },
        Tab {
            place: "member",
            title: "Member of",
            parts: &[Part {
                given: &[("Properties", "MemberOf")],
                ..Part::shown("Groups", "Get-ADUser", &["MemberOf"])
            }],
        },
        Tab {
            place: "readiness",
            title: "Sync readiness",
            parts: &[Part::table(
                "What is in the way of a synchronisation",
                "Test-DirectorySyncReadiness",
                "Identity",
                &["Attribute", "Rule", "Value", "SuggestedValue"],
                &[],
            )],
        },
        Tab {
            place: "history",
            title: "History",
            parts: &[Part::table(
                "Who changed what",
                "Get-AdminChange",
                "ObjectIds",
                &["When", "Who", "Command", "Parameters", "ClientIP"],
                &[Task {
                    given: UNDO.given,
                    about: UNDO.about,
                    is_grave: true,
                    ..Task::new("Undo", "Undo-AdminChange")
                }],
            )],
        },
    ],
    rest: Some(Part::fields("All other settings", "Get-Mailbox", "Set-Mailbox", &[])),
};
