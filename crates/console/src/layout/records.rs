//! The lists of what was done, and of what is being done.

use super::{List, Part, Sheet, Tab, Task};
use crate::icon;

/// Puts back what a change was before.
pub(super) static UNDO: Task = Task {
    given: &[("Identity", "$Identity")],
    about: "Puts back what was there before the change, if nothing later built on it. Undoing can be undone, too.",
    is_grave: true,
    ..Task::new("Undo", "Undo-AdminChange")
};

static CHANGES: List = List {
    place: "changes",
    is_live: false,
    title: "Changes",
    icon: icon::CLOCK,
    cmdlet: "Get-AdminChange",
    given: &[],
    columns: &["When", "Who", "Command", "Targets", "ClientIP"],
    searched: &[],
    sorted: &[],
    sheet: None,
    tasks: &[],
    acts: &[Task {
        given: UNDO.given,
        about: UNDO.about,
        is_grave: true,
        ..Task::new("Undo", "Undo-AdminChange")
    }],
    empty: "Nothing has been changed within the time of the record.",
    is_newest_first: false,
    about: "",
};

static AUDIT: List = List {
    place: "audit",
    title: "Audit",
    icon: icon::SHIELD,
    cmdlet: "Search-AdminAuditLog",
    columns: &["RunDate", "Caller", "CmdletName", "ObjectModified", "Succeeded", "ClientIP"],
    acts: &[],
    empty: "Nothing was run within the time of the record.",
    ..CHANGES
};

static RESTORES: List = List {
    place: "restores",
    title: "Restore requests",
    icon: icon::UNDO,
    cmdlet: "Get-MailboxRestoreRequest",
    columns: &["Name", "TargetMailbox", "Status"],
    is_live: true,
    tasks: &[Task {
        asks: &["SourceStoreMailbox", "SourceDatabase", "TargetMailbox", "TargetRootFolder"],
        about: "Copies what is in a disconnected mailbox into one that is in use. It goes on by itself.",
        ..Task::new("New restore request", "New-MailboxRestoreRequest")
    }],
    acts: &[Task {
        given: &[("Identity", "$Identity")],
        about: "Forgets the request. What it copied stays.",
        is_grave: true,
        ..Task::new("Remove", "Remove-MailboxRestoreRequest")
    }],
    empty: "No mailbox is being restored. Begin with New restore request.",
    ..CHANGES
};

static JOB: Sheet = Sheet {
    place: "job",
    called: "bulk request",
    single: None,
    is_live: true,
    get: "Get-BulkRequest",
    given: &[],
    acts: &[
        Task {
            given: &[("From", "$Guid")],
            about: "Runs the same rows, and does now what was only looked at.",
            when: Some(("ValidateOnly", &["True"])),
            page: Some("run/New-BulkRequest"),
            ..Task::new("Do it", "New-BulkRequest")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Holds the request; the row that is being run is finished first.",
            when: Some(("Status", &["Queued", "InProgress"])),
            ..Task::new("Suspend", "Suspend-BulkRequest")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Goes on where it was.",
            when: Some(("Status", &["Suspended", "Failed"])),
            ..Task::new("Resume", "Resume-BulkRequest")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Forgets the request and its results. What it did stays.",
            is_grave: true,
            ..Task::new("Remove", "Remove-BulkRequest")
        },
    ],
    tabs: &[
        Tab {
            place: "state",
            title: "State",
            parts: &[
                Part::shown(
                    "How far it is",
                    "Get-BulkRequest",
                    &[
                        "Status",
                        "PercentComplete",
                        "RowCount",
                        "RowsDone",
                        "RowsFailed",
                        "ValidateOnly",
                        "Cmdlet",
                        "Columns",
                        "Requestor",
                        "WhenCreated",
                        "WhenChanged",
                        "Message",
                    ],
                ),
                Part {
                    given: &[("OnlyFailed", "true")],
                    ..Part::table(
                        "Rows that were refused",
                        "Get-BulkRequestResult",
                        "Identity",
                        &["Row", "Item", "Message"],
                        &[],
                    )
                },
            ],
        },
        Tab {
            place: "rows",
            title: "All rows",
            parts: &[Part::table(
                "What became of each row",
                "Get-BulkRequestResult",
                "Identity",
                &["Row", "Item", "Succeeded", "Message"],
                &[],
            )],
        },
    ],
    rest: None,
};

static JOBS: List = List {
    place: "jobs",
    is_live: true,
    title: "Jobs",
    icon: icon::JOBS,
    cmdlet: "Get-BulkRequest",
    columns: &["Name", "Status", "PercentComplete", "RowsFailed", "Requestor", "WhenCreated"],
    sheet: Some(&JOB),
    tasks: &[Task {
        page: Some("import"),
        about: "Runs a command for each row of a CSV.",
        ..Task::new("Import a CSV", "New-BulkRequest")
    }],
    acts: &[],
    empty: "Nothing was run for many objects yet. Choose several rows of a list, or import a CSV.",
    ..CHANGES
};

pub(super) static LISTS: &[&List] = &[&JOBS, &RESTORES, &CHANGES, &AUDIT];
