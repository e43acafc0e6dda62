//! Connecting a mailbox: what it is and whose it was, who would get it, and the form that does it.

use crate::Shared;
use crate::answer;
use crate::form::Form;
use crate::frame;
use crate::kept;
use crate::page;
use crate::run::Desk;
use crate::shown;
use crate::task::Sheet;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use gate::Invocation;
use maud::{Markup, html};
use object::{Object, Result};

/// What is said of the mailbox before anything is done.
const FACTS: [&str; 10] = [
    "DisplayName",
    "DisconnectDate",
    "DisconnectReason",
    "LastOwner",
    "DisconnectedBy",
    "LastLoggedOnUserAccount",
    "LastLogonTime",
    "ItemCount",
    "TotalItemSize",
    "Database",
];

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/admin/connect", get(show))
}

/// What says what the mailbox is.
fn asked(form: &Form) -> Invocation {
    Invocation::new("Get-MailboxStatistics")
        .with("StoreMailboxIdentity", form.text("Identity"))
        .with("Database", form.text("Database"))
}

/// What says who would get it.
fn tried(form: &Form) -> Invocation {
    Invocation::new("Connect-Mailbox")
        .with("Identity", form.text("Identity"))
        .with("Database", form.text("Database"))
        .with("ValidateOnly", true)
}

async fn show(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let form = Form::of_question(&head).with("back", "/admin/disconnected");
    page::make(rooms, head, move |desk| {
        let facts = html! { (mailbox(desk, &form)?) (fitting(desk, &form)) };
        let sheet = Sheet::new(desk, "Connect-Mailbox", &form)?;
        Ok(answer::page(frame::page(desk, "Connect", sheet.shown(&[], facts)?)))
    })
    .await
}

/// What the mailbox is and whose it was.
fn mailbox(desk: &Desk, form: &Form) -> Result<Markup> {
    let lost = desk.one(asked(form))?;
    Ok(html! {
        section.part {
            h2 { (if form.text("Archive") == "true" { "The archive" } else { "The mailbox" }) }
            div.grid { @for name in FACTS { (fact(desk, &lost, name)) } }
            @if let Some(until) = kept::of_disconnected(desk, &lost) { (kept::said(desk, "It is kept", until)) }
        }
    })
}

fn fact(desk: &Desk, lost: &Object, name: &str) -> Markup {
    let value = shown::property(lost, name);
    let help = lost.noun().and_then(|noun| noun.property(name)).map(|spec| spec.summary);
    html! {
        @if !value.to_string().is_empty() {
            div.field.fact title=[help] { span.label { (shown::words(name)) } span.value { (shown::cell(&value, &desk.zone)) } }
        }
    }
}

/// Who would get it if nobody is named.
fn fitting(desk: &Desk, form: &Form) -> Markup {
    let outcome = desk.run(tried(form));
    let is_archive = form.text("Archive") == "true";
    html! {
        section.part {
            h2 { "Who would get it" }
            @for user in &outcome.objects {
                p { bdi { (shown::name(user)) } @if is_archive {
                    " had this archive and has none now. Leave User empty to give it back."
                } @else {
                    " fits by name and has no mailbox. Leave User empty to take this account."
                } }
            }
            @for error in &outcome.errors {
                p { (error.message()) @if let Some(help) = error.help_line() { " " (help) } }
                p.quiet { "Pick " (if is_archive { "the mailbox" } else { "the account" }) " in the field User." }
            }
        }
    }
}
