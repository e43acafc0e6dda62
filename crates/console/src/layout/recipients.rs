//! The lists of recipients.

use super::groups;
use super::mailbox::{self, MAILBOX};
use super::{List, SERVER, Task};
use crate::icon;

static SEARCHED: &[&str] = &["DisplayName", "Name", "Alias", "EmailAddresses"];
static SORTED: &[&str] = &["Name", "DisplayName", "Alias"];

const MAILBOXES: List = List {
    place: "mailboxes",
    is_live: false,
    title: "Mailboxes",
    icon: icon::PERSON,
    cmdlet: "Get-Mailbox",
    given: &[("RecipientTypeDetails", "UserMailbox")],
    columns: &["DisplayName", "PrimarySmtpAddress", "Database", "WhenMailboxCreated"],
    searched: SEARCHED,
    sorted: SORTED,
    sheet: Some(&MAILBOX),
    tasks: &[],
    acts: mailbox::ACTS,
    empty: "Nobody has a mailbox yet. Make one with New mailbox.",
    is_newest_first: false,
    about: "",
};

static USERS: List = List {
    tasks: &[Task {
        asks: &["Name", "Alias", "UserPrincipalName", "Password", "FirstName", "LastName", "Database"],
        about: "Makes a user account and its mailbox.",
        page: Some("new"),
        ..Task::new("New mailbox", "New-Mailbox")
    }],
    ..MAILBOXES
};

static SHARED: List = List {
    place: "shared",
    title: "Shared",
    icon: icon::PEOPLE,
    given: &[("RecipientTypeDetails", "SharedMailbox")],
    tasks: &[Task {
        given: &[("Shared", "true")],
        asks: &["Name", "Alias", "Database"],
        about: "Makes a mailbox that several people work in. Nobody logs on to it by itself.",
        ..Task::new("New shared mailbox", "New-Mailbox")
    }],
    empty: "There is no shared mailbox. Make one with New shared mailbox.",
    ..MAILBOXES
};

static RESOURCES: List = List {
    place: "resources",
    title: "Rooms and equipment",
    icon: icon::ROOM,
    given: &[("RecipientTypeDetails", "RoomMailbox,EquipmentMailbox")],
    columns: &["DisplayName", "ResourceType", "ResourceCapacity", "PrimarySmtpAddress"],
    tasks: &[
        Task {
            given: &[("Room", "true")],
            asks: &["Name", "Alias", "Database"],
            about: "Makes a mailbox that is booked as a room.",
            ..Task::new("New room", "New-Mailbox")
        },
        Task {
            given: &[("Equipment", "true")],
            asks: &["Name", "Alias", "Database"],
            about: "Makes a mailbox that is booked as a thing.",
            ..Task::new("New equipment", "New-Mailbox")
        },
    ],
    empty: "There is no room and no equipment. Make one with New room.",
    ..MAILBOXES
};

static LINKED: List = List {
    place: "linked",
    title: "Linked",
    icon: icon::LINK,
    given: &[("RecipientTypeDetails", "LinkedMailbox")],
    columns: &["DisplayName", "LinkedMasterAccount", "PrimarySmtpAddress", "Database"],
    tasks: &[Task {
        given: &[("set", "Linked")],
        asks: &["Name", "Alias", "LinkedMasterAccount", "LinkedDomainController", "LinkedCredential"],
        about: "Makes a mailbox for an account of another, trusted forest.",
        ..Task::new("New linked mailbox", "New-Mailbox")
    }],
    empty: "No mailbox belongs to an account of another forest.",
    ..MAILBOXES
};

static ARCHIVES: List = List {
    place: "archives",
    title: "Archives",
    icon: icon::BOX,
    given: &[("Archive", "true")],
    columns: &["DisplayName", "ArchiveName", "ArchiveDatabase", "ArchiveQuota"],
    acts: &[],
    tasks: &[],
    empty: "No mailbox has an archive. Enable archive on a mailbox's page makes one.",
    ..MAILBOXES
};

static DISCONNECTED: List = List {
    place: "disconnected",
    is_live: false,
    title: "Disconnected",
    icon: icon::PLUG,
    cmdlet: "Get-MailboxStatistics",
    given: &[("Server", SERVER), ("Filter", "DisconnectDate -ne $null")],
    columns: &[
        "DisplayName",
        "LastOwner",
        "DisconnectDate",
        "DisconnectReason",
        "TotalItemSize",
        "ItemCount",
        "Database",
    ],
    searched: &[],
    sorted: &[],
    sheet: None,
    tasks: &[],
    acts: &[
        Task {
            given: &[("Identity", "$MailboxGuid"), ("Database", "$Database"), ("RestoreSettings", "true")],
            asks: &["User", "Alias"],
            about: "Joins the mailbox, with all that is in it, to a user who has none.",
            page: Some("connect"),
            when: Some(("IsArchiveMailbox", &["False"])),
            ..Task::new("Connect", "Connect-Mailbox")
        },
        Task {
            given: &[("Identity", "$MailboxGuid"), ("Database", "$Database"), ("Archive", "true")],
            asks: &["User", "AllowLegacyDNMismatch"],
            about: "Makes it the archive of a mailbox that has none, with all that is in it.",
            page: Some("connect"),
            when: Some(("IsArchiveMailbox", &["True"])),
            ..Task::new("Connect archive", "Connect-Mailbox")
        },
    ],
    empty: "No mailbox is disconnected. Disable-Mailbox and Remove-Mailbox leave theirs here until its retention ends.",
    is_newest_first: false,
    about: "",
};

pub(super) static LISTS: &[&List] = &[
    &USERS,
    &SHARED,
    &RESOURCES,
    &LINKED,
    &ARCHIVES,
    &DISCONNECTED,
    &groups::GROUPS,
    &groups::DYNAMIC_GROUPS,
    &groups::CONTACTS,
    &groups::MAIL_USERS,
];
