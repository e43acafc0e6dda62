//! The lists of what was done, and of what is being done.

use super::{List, Task};
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

pub(super) static LISTS: &[&List] = &[&CHANGES, &AUDIT, &RESTORES];
