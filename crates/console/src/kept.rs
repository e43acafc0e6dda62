//! Until when a mailbox that is taken away can be brought back: for the time that its database keeps it.

use crate::layout;
use crate::link;
use crate::run::Desk;
use crate::shown;
use gate::Invocation;
use maud::{Markup, html};
use object::{Object, Time, Value};
use std::sync::Arc;
use std::time::Duration;

/// The commands that leave a mailbox among the disconnected ones.
const LEAVING: [&str; 2] = ["Disable-Mailbox", "Remove-Mailbox"];

/// Until when the mailbox is kept that a command would take away now; nothing where it takes none away or purges it, or
/// where the person may not read how long its database keeps it.
pub(crate) fn after(desk: &Desk, command: &Invocation) -> Option<Time> {
    let given = |name: &str| {
        let mut given = command.parameters.iter();
        given.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let is_on = |name: &str| matches!(given(name), Some(Value::Bool(true)));
    if !leaves(&command.cmdlet) || is_on("Permanent") {
        return None;
    }
    let asked = Invocation::new("Get-Mailbox").with("Identity", given("Identity")?.clone());
    let mailbox = found(desk, asked)?;
    let database = if is_on("Archive") { "ArchiveDatabase" } else { "Database" };
    from(desk, desk.rooms.clock.now(), &mailbox, database)
}

/// Until when at least mailboxes are kept, whichever databases they lie in, that a command would take away now.
pub(crate) fn at_least_after(desk: &Desk, cmdlet: &str) -> Option<Time> {
    let asked = Invocation::new("Get-MailboxDatabase");
    if !leaves(cmdlet) || !desk.may_run(&asked) {
        return None;
    }
    let databases = desk.run(asked).done().ok()?.objects;
    Some(desk.rooms.clock.now() + databases.iter().filter_map(|database| retention(database)).min()?)
}

/// Until when a disconnected mailbox is kept.
pub(crate) fn of_disconnected(desk: &Desk, lost: &Object) -> Option<Time> {
    let Some(Value::DateTime(since)) = lost.get("DisconnectDate") else { return None };
    from(desk, since.to_time(), lost, "Database")
}

fn leaves(cmdlet: &str) -> bool {
    LEAVING.iter().any(|known| known.eq_ignore_ascii_case(cmdlet))
}

/// A moment and the time that a mailbox's database keeps what is disconnected.
fn from(desk: &Desk, since: Time, mailbox: &Object, database: &str) -> Option<Time> {
    let name = shown::property(mailbox, database).to_string();
    let asked = Invocation::new("Get-MailboxDatabase").with("Identity", name);
    let database = found(desk, asked)?;
    Some(since + retention(&database)?)
}

fn found(desk: &Desk, asked: Invocation) -> Option<Arc<Object>> {
    // What the command itself will say of a mailbox that is not there is not said twice.
    desk.may_run(&asked).then(|| desk.one(asked).ok())?
}

fn retention(database: &Object) -> Option<Duration> {
    match shown::property(database, "MailboxRetention") {
        Value::TimeSpan(kept) => Some(kept.to_duration()),
        _ => None,
    }
}

/// `The mailbox is kept until 2026-12-30 17:05`, and what brings it back.
pub(crate) fn said(desk: &Desk, what: &str, until: Time) -> Markup {
    let has_list = layout::list("disconnected").is_some_and(|list| link::opens(desk, list));
    html! {
        p.kept {
            (what) " until " time datetime=(until.rfc3339()) { (desk.zone.shown(until)) } "; until then "
            @if has_list { a href="/admin/disconnected" { "Connect" } } @else { "Connect" } " brings it back."
        }
    }
}
