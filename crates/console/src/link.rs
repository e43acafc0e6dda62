//! Links to what one can do, with what is settled about it.

use crate::kind;
use crate::layout::{self, DAY_AGO, List, SERVER, Sheet, Task};
use crate::run::Desk;
use crate::shown;
use gate::Invocation;
use maud::{Markup, html};
use object::{Object, Value};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Adds what is settled to an invocation.
pub(crate) fn given(
    desk: &Desk,
    invocation: Invocation,
    pairs: &[(&'static str, &'static str)],
) -> Invocation {
    let settled = |text: &str| match text {
        SERVER => desk.rooms.server.as_str().into(),
        DAY_AGO => (desk.rooms.clock.now() - DAY).rfc3339().as_str().into(),
        text => value(text),
    };
    pairs.iter().fold(invocation, |invocation, (name, text)| invocation.with(*name, settled(text)))
}

fn value(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text if text.contains(',') => Value::array(text.split(',').map(Value::from)),
        text => text.into(),
    }
}

/// The settled parameters of a task about an object, as the question of an address.
pub(crate) fn question(task: &Task, object: Option<&Object>) -> String {
    question_of(task, object, None)
}

fn question_of(task: &Task, object: Option<&Object>, owner: Option<&Object>) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    let of = |object: &Object, property: &str| shown::typed(&object.get(property).unwrap_or_default());
    for (name, value) in task.given {
        let value = match (value.strip_prefix('$'), object, value.strip_prefix('^'), owner) {
            (Some(property), Some(object), ..) | (None, _, Some(property), Some(object)) => {
                of(object, property)
            }
            _ => (*value).to_owned(),
        };
        text.append_pair(name, &value);
    }
    text.finish()
}

/// Where the form of a task is.
fn place_of(task: &Task, object: Option<&Object>, owner: Option<&Object>) -> String {
    let title: String = form_urlencoded::byte_serialize(task.title.as_bytes()).collect();
    if let Some(list) = task.page.and_then(layout::list) {
        return format!("/admin/{}?", list.place);
    }
    let page = task.page.map_or_else(|| format!("run/{}", task.cmdlet), str::to_owned);
    format!("/admin/{page}?{}&task={title}", question_of(task, object, owner))
}

/// Whether the person may open a list: its command, with all that it is given.
pub(crate) fn opens(desk: &Desk, list: &List) -> bool {
    match list.sheet.filter(|sheet| sheet.single.is_some()) {
        Some(sheet) => opens_one(desk, sheet),
        None => desk.may_run(&given(desk, Invocation::new(list.cmdlet), list.given)),
    }
}

/// Whether the person may open the pages of such objects.
pub(crate) fn opens_one(desk: &Desk, sheet: &Sheet) -> bool {
    let named = sheet.single.is_none().then_some("Identity");
    desk.may(sheet.get, sheet.given.iter().map(|(name, _)| *name).chain(named))
}

/// Whether the person may do it, with all that is settled about it, and see the page that it has.
pub(crate) fn offers(desk: &Desk, task: &Task) -> bool {
    let has_page = match task.page {
        Some("new") => kind::is_offered(desk),
        Some("connect") => {
            desk.may("Get-MailboxStatistics", ["StoreMailboxIdentity", "Database"])
                && desk.may("Connect-Mailbox", ["Identity", "Database", "ValidateOnly"])
        }
        Some("import") => desk.may("New-BulkRequest", ["Cmdlet", "CSVData", "ValidateOnly"]),
        Some(place) => layout::list(place).is_none_or(|list| opens(desk, list)),
        None => true,
    };
    has_page && desk.may_settle(task.cmdlet, task.given.iter().copied(), task.asks.first().copied())
}

/// Links to what one can do.
pub(crate) fn tasks(desk: &Desk, tasks: &[Task], object: Option<&Object>) -> Markup {
    tasks_from(desk, tasks, object, None, None)
}

/// Links to what can be done to an object of a table. What is inherited is taken away where it comes from, and what says
/// that it cannot be undone is not offered to be.
pub(crate) fn tasks_of(desk: &Desk, all: &[Task], object: &Object, owner: Option<&Object>) -> Markup {
    let says = |name: &str, word: bool| matches!(object.get(name), Some(Value::Bool(is)) if is == word);
    if says("IsInherited", true) || says("Undoable", false) {
        return html! {};
    }
    tasks_from(desk, all, Some(object), owner, None)
}

/// The same from a page about the object itself: what takes it away leads to `list` then.
pub(crate) fn tasks_from(
    desk: &Desk,
    tasks: &[Task],
    object: Option<&Object>,
    owner: Option<&Object>,
    list: Option<&str>,
) -> Markup {
    let back = |task: &Task| match list {
        Some(list) if task.is_grave => format!("&back=/admin/{list}"),
        _ => String::new(),
    };
    html! {
        @for task in tasks.iter().filter(|task| fits(task, object) && offers(desk, task)) {
            a.button.grave[task.is_grave].first[object.is_none() && task.cmdlet.starts_with("New-")] href=(format!("{}{}", place_of(task, object, owner), back(task))) { (task.title) }
        }
    }
}

/// Whether the object is as the task wants it; what is not known of it is no hindrance.
fn fits(task: &Task, object: Option<&Object>) -> bool {
    let Some((name, words)) = task.when else { return true };
    let value = object.map(|object| shown::property(object, name).to_string()).unwrap_or_default();
    value.is_empty() || words.iter().any(|word| word.eq_ignore_ascii_case(&value))
}

/// Text as a part of a path.
pub(crate) fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
