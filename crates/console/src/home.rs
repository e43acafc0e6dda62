//! The first page: what needs attention, how much there is, and what was done last.

use crate::Shared;
use crate::answer;
use crate::frame;
use crate::icon;
use crate::layout;
use crate::layout::health::{MENDS, Mend};
use crate::link;
use crate::page;
use crate::part;
use crate::run::{Desk, Outcome, Window};
use crate::shown;
use crate::table;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use gate::Invocation;
use maud::{Markup, html};
use object::{Object, Result, Value};
use std::sync::Arc;

/// Changes that the page shows.
const CHANGES: usize = 8;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/admin", get(show))
        .route("/admin/session", get(commands))
        .route("/admin/session.ps1", get(script))
}

async fn show(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    page::make(rooms, head, |desk| Ok(answer::page(frame::page(desk, "Home", home(desk)?)))).await
}

fn home(desk: &Desk) -> Result<Markup> {
    let databases = some(desk, Invocation::new("Get-MailboxDatabase").with("Status", true));
    let health = some(desk, Invocation::new("Get-ServerHealth").with("Identity", desk.rooms.server.as_str()));
    let changes = last_changes(desk);
    Ok(html! {
        div #live data-live="#live" { (part::title(&desk.rooms.site, html! { p.quiet { "Mail for your organization" } }, html! {}))
        @if let Some(health) = &health { (attention(desk, health)) }
        @if let Some(databases) = &databases {
            section.part {
                h2 { "Databases" }
                div.cards { @for database in &databases.objects { (card(desk, database)) } }
            }
        }
        @if let Some(changes) = changes {
            section.part {
                div.title {
                    h2 { "Last changes" }
                    div.tasks { @if layout::list("changes").is_some_and(|list| link::opens(desk, list)) {
                        a.button href="/admin/changes" { "All changes" }
                    } }
                }
                (table::of(desk, &["RunDate", "Caller", "CmdletName", "ObjectModified"], &changes.objects, &[], None))
                @if changes.objects.is_empty() { p.quiet { "Nothing was changed yet." } }
            }
        }
        } @if databases.is_none() && health.is_none() { p { "Your roles hold no cmdlet of this page. Ask an administrator of the organization." } }
    })
}

/// What a command answers, if the person may run it.
fn some(desk: &Desk, invocation: Invocation) -> Option<Outcome> {
    desk.may_run(&invocation).then(|| desk.run(invocation))
}

fn last_changes(desk: &Desk) -> Option<Outcome> {
    let asked =
        Invocation::new("Search-AdminAuditLog").with("ResultSize", i32::try_from(CHANGES).unwrap_or(8));
    desk.may_run(&asked).then(|| desk.run_within(asked, Window { skip: 0, take: CHANGES }))
}

/// What does not work, each with what mends it.
fn attention(desk: &Desk, health: &Outcome) -> Markup {
    let is_well = |monitor: &&Arc<Object>| text_of(monitor, "AlertValue") == "Healthy";
    let (well, wrong): (Vec<_>, Vec<_>) = health.objects.iter().partition(is_well);
    html! {
        section.part {
            h2 { @if wrong.is_empty() { "Health" } @else { "What needs attention" } }
            (part::troubles(health.errors.iter()))
            @for monitor in &wrong {
                div.notice.trouble.bad[text_of(monitor, "AlertValue") == "Unhealthy"].warn[text_of(monitor, "AlertValue") != "Unhealthy"] {
                    p { (text_of(monitor, "Message")) }
                    div.tasks { (mends(desk, monitor)) }
                }
            }
            @if !well.is_empty() {
                ul.well aria-label="What is well" { @for monitor in &well { li { (icon::CHECK) (well_word(&text_of(monitor, "HealthSetName"))) } } }
            }
        }
    }
}

fn text_of(object: &Object, name: &str) -> String {
    shown::property(object, name).to_string()
}

/// Links to what mends a trouble.
fn mends(desk: &Desk, monitor: &Object) -> Markup {
    let (set, alert) = (text_of(monitor, "HealthSetName"), text_of(monitor, "AlertValue"));
    let names_one = !text_of(monitor, "TargetResource").is_empty();
    let fits = |mend: &&Mend| {
        mend.set == set && mend.alert.is_none_or(|of| of == alert) && (names_one || !mend.is_about_one)
    };
    html! { @for mend in MENDS.iter().filter(fits) { (link::tasks(desk, std::slice::from_ref(&mend.task), Some(monitor))) } }
}

/// What all is well with, in words.
fn well_word(set: &str) -> String {
    let known = [
        ("database", "All databases are mounted"),
        ("disk", "The disk has room"),
        ("queue", "No mail is stuck"),
        ("certificate", "The certificate holds"),
        ("job", "No job failed"),
        ("restore", "No restore failed"),
    ];
    let found = known.iter().find(|(known, _)| *known == set);
    found.map_or_else(|| shown::words(set), |(_, words)| (*words).to_owned())
}

fn card(desk: &Desk, database: &Object) -> Markup {
    let sheet = layout::sheet("database").filter(|sheet| link::opens_one(desk, sheet));
    let about = html! {
        strong { bdi { (shown::name(database)) } }
        span.quiet { @if matches!(database.get("Mounted"), Some(Value::Bool(true))) { "Mounted" } @else { "Not mounted" } }
        span { (shown::text(&shown::property(database, "DatabaseSize"))) }
    };
    html! {
        @match sheet {
            Some(sheet) => a.card href=(format!("/admin/{}/{}", sheet.place, link::escaped(&shown::identity(database)))) { (about) },
            None => div.card { (about) },
        }
    }
}

async fn commands(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    page::make(rooms, head, |desk| {
        let ran = desk.session.commands();
        let body = html! {
            (part::title("This session", html! { p.quiet { "What you changed since you logged on, as commands." } }, html! {
                @if !ran.is_empty() { a.button href="/admin/session.ps1" download { "Save as a script" } }
            }))
            @if ran.is_empty() { div.empty { p { "You have changed nothing yet." } } } @else {
                div.scroll { table.list {
                    thead { tr { th scope="col" { "When" } th scope="col" { "Command" } th scope="col" { "Result" } } }
                    tbody { @for command in ran.iter().rev() { tr {
                        td { (desk.zone.shown(command.when)) }
                        td { code { (command.text) } }
                        td { @match &command.error { Some(error) => span.problem { (error) }, None => "Done" } }
                    } } }
                } }
            }
        };
        Ok(answer::page(frame::page(desk, "This session", body)))
    })
    .await
}

/// The session's commands as a script that does the same again; what failed stands in it as a comment.
async fn script(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    page::make(rooms, head, |desk| {
        let lines = desk.session.commands().into_iter().map(|command| match command.error {
            None => format!("{}\n", command.text),
            Some(error) => format!("# {}\n# refused: {}\n", command.text, error.replace(['\r', '\n'], " ")),
        });
        let text: String = lines.collect();
        let headers = [
            (axum::http::header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (axum::http::header::CONTENT_DISPOSITION, "attachment; filename=\"session.ps1\""),
        ];
        Ok(axum::response::IntoResponse::into_response((headers, text)))
    })
    .await
}
