//! The palette: finds recipients, pages and cmdlets by what one types.

use crate::Shared;
use crate::answer;
use crate::form::Form;
use crate::frame;
use crate::layout;
use crate::link;
use crate::page;
use crate::run::{Desk, Window};
use crate::shown;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use gate::Invocation;
use maud::{Markup, html};
use object::Object;

/// Rows of each kind.
const ROWS: usize = 8;
/// Letters that are looked for; a longer text is cut.
const SEARCH_CHARS_MAX: usize = 100;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/admin/palette", get(show))
}

async fn show(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let form = Form::of_question(&head);
    page::make(rooms, head, move |desk| {
        let search: String = form.text("q").trim().chars().take(SEARCH_CHARS_MAX).collect();
        let found = found(desk, &search);
        if desk.is_piece && form.get("q").is_some() {
            return Ok(answer::page(found));
        }
        let all = html! { (field(&search)) div #found { (found) } };
        Ok(answer::page(if desk.is_piece { all } else { frame::page(desk, "Find", all) }))
    })
    .await
}

fn field(search: &str) -> Markup {
    html! {
        form.palette method="get" action="/admin/palette" role="search" {
            label.hidden for="palette-q" { "Find a recipient, a page or a cmdlet" }
            input #palette-q type="search" name="q" value=(search) placeholder="A recipient, a page or a cmdlet" autocomplete="off"
                spellcheck="false" autofocus hx-get="/admin/palette" hx-target="#found"
                hx-trigger="input changed delay:80ms, search" hx-sync="this:replace" aria-controls="found";
        }
    }
}

/// A row of the palette.
struct Row {
    place: String,
    title: String,
    about: String,
}

fn found(desk: &Desk, search: &str) -> Markup {
    let groups = [
        ("Recipients", recipients(desk, search)),
        ("Pages", pages(desk, search)),
        ("Cmdlets", cmdlets(desk, search)),
    ];
    let nothing = groups.iter().all(|(_, rows)| rows.is_empty());
    html! {
        @for (title, rows) in groups.iter().filter(|(_, rows)| !rows.is_empty()) {
            h2 { (title) }
            ul.results { @for row in rows { li { a href=(row.place) {
                strong { bdi { (row.title) } } " " span.quiet { bdi { (row.about) } }
            } } } }
        }
        @if nothing { p.quiet { "Nothing is called that." } }
    }
}

fn recipients(desk: &Desk, search: &str) -> Vec<Row> {
    let asked = Invocation::new("Get-Recipient").with("Anr", search);
    if search.is_empty() || !desk.may_run(&asked) {
        return Vec::new();
    }
    let outcome = desk.run_within(asked, Window { skip: 0, take: ROWS });
    let row = |object: &std::sync::Arc<Object>| Row {
        place: format!("/admin/{}/{}", sheet(object), link::escaped(&shown::identity(object))),
        title: shown::name(object),
        about: shown::property(object, "PrimarySmtpAddress").to_string(),
    };
    outcome.objects.iter().filter(|object| has_page(desk, object)).map(row).collect()
}

/// Whether the person may see the page of a recipient: who can find somebody may not yet open what is theirs.
fn has_page(desk: &Desk, recipient: &Object) -> bool {
    let Some(sheet) = layout::sheet(sheet(recipient)) else { return false };
    let identity = shown::identity(recipient);
    let asked = link::given(desk, Invocation::new(sheet.get).with("Identity", identity), sheet.given);
    desk.may_run(&asked) && desk.one(asked).is_ok()
}

/// The page of a recipient of that type.
fn sheet(recipient: &Object) -> &'static str {
    match &*shown::property(recipient, "RecipientType").to_string() {
        "DynamicDistributionGroup" => "dynamic-group",
        "MailContact" => "contact",
        "MailUser" => "mail-user",
        kind if kind.ends_with("Group") => "group",
        _ => "mailbox",
    }
}

fn pages(desk: &Desk, search: &str) -> Vec<Row> {
    let lists = layout::lists().filter(|list| link::opens(desk, list));
    let called = lists.filter(|list| contains(list.title, search));
    let row = |list: &layout::List| Row {
        place: format!("/admin/{}", list.place),
        title: list.title.to_owned(),
        about: list.cmdlet.to_owned(),
    };
    called.take(ROWS).map(row).collect()
}

/// The built cmdlets that the person may run, those that begin with the text first.
fn cmdlets(desk: &Desk, search: &str) -> Vec<Row> {
    let book = desk.rooms.gate.book();
    let mut names: Vec<&str> = book.names().filter(|name| contains(name, search)).collect();
    names.sort_unstable();
    names.dedup();
    names.sort_by_key(|name| !begins(name, search));
    // Whoever may run what is asked of those alone that are shown.
    let found = names.into_iter().filter_map(|name| book.find(name)).filter(|found| found.built);
    let permitted = found.filter(|found| desk.may(&found.name, []));
    let row = |declaration: std::sync::Arc<gate::Declaration>| Row {
        place: format!("/admin/run/{}", declaration.name),
        title: declaration.name.to_string(),
        about: declaration.synopsis.to_string(),
    };
    permitted.take(if search.is_empty() { 4 * ROWS } else { 2 * ROWS }).map(row).collect()
}

fn begins(name: &str, search: &str) -> bool {
    name.get(..search.len()).is_some_and(|head| head.eq_ignore_ascii_case(search))
}

fn contains(text: &str, search: &str) -> bool {
    let text = text.to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| text.contains(word))
}
