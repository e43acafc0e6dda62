//! Tables of objects that stand on a page about something else.

use crate::layout::Task;
use crate::link;
use crate::run::Desk;
use crate::shown;
use maud::{Markup, html};
use object::{Object, Spec};
use std::sync::Arc;

/// A table of objects that stands on another page.
pub(crate) fn of(
    desk: &Desk,
    columns: &[&str],
    objects: &[Arc<Object>],
    acts: &[Task],
    owner: Option<&Object>,
) -> Markup {
    html! {
        div.scroll { table.list {
            thead { tr {
                @for column in columns { th scope="col" { (shown::words(column)) } }
                @if !acts.is_empty() { th { span.hidden { "Actions" } } }
            } }
            tbody { @for object in objects { tr {
                @for column in columns { td data-label=(shown::words(column)) { (shown::cell(&shown::property(object, column), &desk.zone)) } }
                @if !acts.is_empty() { td.acts { (link::tasks_of(desk, acts, object, owner)) } }
            } } }
        } }
    }
}

/// A table of whatever a command answered: the columns that its noun shows, or the first ones there are.
pub(crate) fn answered(desk: &Desk, objects: &[Arc<Object>]) -> Markup {
    let Some(first) = objects.first() else { return html! {} };
    let declared: Vec<&Spec> =
        first.noun().map_or_else(Vec::new, |noun| noun.table.iter().map(|d| d.spec()).collect());
    let owned: Vec<String> = match declared.is_empty() {
        false => declared.iter().map(|spec| spec.name.to_owned()).collect(),
        true => first.properties().iter().take(6).map(|(name, _)| name.to_string()).collect(),
    };
    let columns: Vec<&str> = owned.iter().map(String::as_str).collect();
    of(desk, &columns, objects, &[], None)
}
