//! The lists of what was done.

use super::List;
use crate::icon;

static CHANGES: List = List {
    place: "changes",
    title: "Changes",
    icon: icon::CLOCK,
    cmdlet: "Search-AdminAuditLog",
    given: &[],
    columns: &["RunDate", "Caller", "CmdletName", "ObjectModified", "Succeeded", "ClientIP"],
    searched: &[],
    sorted: &[],
    sheet: None,
    tasks: &[],
    acts: &[],
    empty: "Nothing has been changed within the time of the record.",
};

pub(super) static LISTS: &[&List] = &[&CHANGES];
