//! Pieces of which pages are made, for whomever they are.

use crate::answer;
use crate::asset::{HTMX, ICON, SCRIPT, STYLE};
use crate::icon;
use axum::response::Response;
use maud::{DOCTYPE, Markup, html};
use object::Error;

/// htmx does nothing that the content policy would have to allow.
const HTMX_CONFIG: &str = r#"{"allowEval":false,"includeIndicatorStyles":false,"allowScriptTags":false,"historyCacheSize":0,"selfRequestsOnly":true}"#;

/// The head of the document.
pub(crate) fn head(title: &str, site: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="htmx-config" content=(HTMX_CONFIG);
            title { (title) " · " (site) }
            link rel="icon" href=(ICON.place()) type="image/svg+xml";
            link rel="stylesheet" href=(STYLE.place());
            script src=(HTMX.place()) defer {}
            script src=(SCRIPT.place()) defer {}
        }
    }
}

/// A page for anybody.
pub(crate) fn bare(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(title, "Mailstead"))
            body.bare { main #main { (body) } }
        }
    }
}

/// The head of a page: what it is, and what one can do from here.
pub(crate) fn title(title: &str, about: Markup, tasks: Markup) -> Markup {
    html! {
        div.title {
            div { h1 { bdi { (title) } } (about) }
            div.tasks { (tasks) }
        }
    }
}

/// Commands that a page ran or would run, a line each, to be copied.
pub(crate) fn command_text(text: &str) -> Markup {
    html! {
        section.command aria-label="Command" {
            pre tabindex="0" { code { (text) } }
            button.plain type="button" data-copy=(text) aria-label="Copy the command" { (icon::COPY) span { "Copy" } }
        }
    }
}

/// Why something could not be done, and what to do next.
pub(crate) fn trouble(error: &Error) -> Markup {
    html! {
        div.notice.bad role="alert" {
            p { strong { (error.message()) } }
            @if let Some(help) = error.help_line() { p { (help) } }
            @if let Some(parameter) = error.parameter() { p.quiet { "Parameter: " (parameter) } }
        }
    }
}

/// What a command warned of.
pub(crate) fn warnings(warnings: &[String]) -> Markup {
    html! { @for warning in warnings { div.notice.warn role="status" { p { (warning) } } } }
}

/// Why something could not be done, one after the other.
pub(crate) fn troubles<'a>(errors: impl Iterator<Item = &'a Error>) -> Markup {
    html! { @for error in errors { (trouble(error)) } }
}

/// A page that says why there is no page.
pub(crate) fn refusal(error: &Error) -> Response {
    answer::page_with(web::status_of(error), bare("Not possible", trouble(error)))
}
