//! One act on many objects: what would happen to the first of them, then a bulk request that does it to all.
//!
//! Choices come as the body of a form: an address has no room for some thousand of them.

use crate::Shared;
use crate::answer;
use crate::csv::Rows;
use crate::form::{self, Form};
use crate::frame;
use crate::kept;
use crate::layout::{self, List, Task};
use crate::link;
use crate::list::Asked;
use crate::page;
use crate::part;
use crate::run::{Desk, Outcome};
use crate::shown;
use crate::ticket::{Answer, Sent};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use gate::Invocation;
use maud::{Markup, html};
use object::{Error, ErrorId, Result};

/// Objects of one act.
const CHOSEN_MAX: usize = 100_000;
/// Objects of which the preview says what would happen.
const PREVIEWED: usize = 50;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/admin/bulk", get(look).post(sent))
}

/// What was chosen, and what is to be done to it.
struct Chosen {
    list: &'static List,
    act: &'static Task,
    /// The settled parameters of the act for each object.
    each: Vec<Vec<(String, String)>>,
}

impl Chosen {
    fn of(desk: &Desk, form: &Form) -> Result<Chosen> {
        let list = layout::list(form.text("list"));
        let act = list.and_then(|list| list.acts.iter().find(|act| act.cmdlet == form.text("act")));
        let (Some(list), Some(act)) = (list, act) else {
            return Err(Error::not_found(ErrorId::CommandNotFoundException, "There is no such act."));
        };
        let each = match form.text("every") {
            "yes" => found(desk, list, act, form)?,
            _ => form.all("one").chain(form.text("rows").lines()).map(pairs).collect(),
        };
        if each.is_empty() {
            return Err(Error::caller(ErrorId::MissingMandatoryParameter, "Nothing was chosen.")
                .help("Go back and choose some rows first."));
        }
        if each.len() > CHOSEN_MAX {
            let message = format!("More than {CHOSEN_MAX} objects were chosen.");
            return Err(
                Error::limit(ErrorId::RequestTooLarge, message).help("Choose fewer, or write a script.")
            );
        }
        let names =
            |given: &Vec<(String, String)>| given.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        if each.iter().any(|given| names(given) != names(&each[0])) {
            return Err(Error::caller(ErrorId::InvalidValue, "The rows of the form do not fit together.")
                .help("Load the list anew, and choose again."));
        }
        Ok(Chosen { list, act, each })
    }

    fn invocations(&self) -> impl Iterator<Item = Invocation> {
        self.each.iter().map(|given| {
            given.iter().fold(Invocation::new(self.act.cmdlet), |invocation, (name, value)| {
                invocation.with(name.as_str(), value.as_str())
            })
        })
    }

    /// The request that does it to all.
    fn request(&self) -> Invocation {
        let mut rows = Rows::plain(self.each[0].iter().map(|(name, _)| name.as_str()));
        for given in &self.each {
            rows.add(given.iter().map(|(_, value)| value.clone()));
        }
        Invocation::new("New-BulkRequest")
            .with("Cmdlet", self.act.cmdlet)
            .with("CSVData", rows.text().as_str())
    }

    /// The chosen ones as a text with a line for each.
    fn rows(&self) -> String {
        let line = |given: &Vec<(String, String)>| {
            form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish()
        };
        self.each.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn back(&self) -> String {
        format!("/admin/{}", self.list.place)
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// All that the list's search finds.
fn found(desk: &Desk, list: &'static List, act: &Task, form: &Form) -> Result<Vec<Vec<(String, String)>>> {
    let mut all = Vec::new();
    desk.pour(Asked::new(desk, list, form)?.invocation(desk), CHOSEN_MAX + 1, &mut |object| {
        all.push(pairs(&link::question(act, Some(object))));
        Ok(())
    })?;
    Ok(all)
}

/// The preview of a choice that an address names.
async fn look(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let form = Form::of_question(&head);
    page::make(rooms, head, move |desk| preview(desk, &Chosen::of(desk, &form)?, &form, html! {})).await
}

fn preview(desk: &Desk, chosen: &Chosen, form: &Form, said: Markup) -> Result<Response> {
    let outcomes: Vec<(Invocation, Outcome)> = chosen
        .invocations()
        .take(PREVIEWED)
        .map(|invocation| {
            let outcome = desk.run(invocation.clone().with("WhatIf", true));
            (invocation, outcome)
        })
        .collect();
    let body = html! { (said) (asked(desk, chosen, form, &outcomes)?) };
    Ok(answer::page(frame::page(desk, chosen.act.title, body)))
}

fn asked(desk: &Desk, chosen: &Chosen, form: &Form, outcomes: &[(Invocation, Outcome)]) -> Result<Markup> {
    let (title, left) =
        (format!("{} {}", chosen.act.title, chosen.each.len()), chosen.each.len() - outcomes.len());
    let every = form.text("every") == "yes";
    Ok(html! {
        (part::title(&title, html! { p.quiet { (chosen.act.about) } (kept(desk, chosen)) }, html! {}))
        (table(desk, outcomes))
        @if left > 0 { p.quiet { "And " (left) " more; the result says what became of each." } }
        form.fields method="post" action="/admin/bulk" {
            (form::proof(desk)?)
            input type="hidden" name="list" value=(chosen.list.place);
            input type="hidden" name="act" value=(chosen.act.cmdlet);
            input type="hidden" name="do" value="run";
            input type="hidden" name="count" value=(chosen.each.len());
            @if every {
                @for name in ["every", "q", "sort"] { input type="hidden" name=(name) value=(form.text(name)); }
            } @else {
                input type="hidden" name="rows" value=(chosen.rows());
            }
            div.send {
                button.grave[chosen.act.is_grave] type="submit" { (title) }
                a.plain href=(chosen.back()) { "Cancel" }
            }
        }
        (frame::command(desk, &chosen.request()))
    })
}

/// Until when what is taken away can be brought back.
fn kept(desk: &Desk, chosen: &Chosen) -> Markup {
    let until = kept::at_least_after(desk, chosen.act.cmdlet);
    html! { @if let Some(until) = until { (kept::said(desk, "Each mailbox is kept at least", until)) } }
}

/// What would happen to each.
pub(crate) fn table(desk: &Desk, outcomes: &[(Invocation, Outcome)]) -> Markup {
    html! {
        div.scroll { table.list {
            thead { tr { th scope="col" { "Command" } th scope="col" { "What would happen" } } }
            tbody { @for (invocation, outcome) in outcomes { tr {
                td { code { (desk.text(invocation)) } }
                td { (result(outcome)) }
            } } }
        } }
    }
}

fn result(outcome: &Outcome) -> Markup {
    html! {
        @for error in &outcome.errors { p.problem { (error.message()) } }
        @for line in outcome.would.iter().chain(&outcome.warnings) { p { (line) } }
        @if outcome.errors.is_empty() && outcome.would.is_empty() { p { "Nothing would change." } }
    }
}

async fn sent(State(rooms): State<Shared>, request: Request) -> Response {
    match form::take(&rooms, request).await {
        Ok((head, form)) if form.text("do") == "run" => {
            page::make(rooms, head, move |desk| all(desk, &form)).await
        }
        Ok((head, form)) => {
            page::make(rooms, head, move |desk| preview(desk, &Chosen::of(desk, &form)?, &form, html! {}))
                .await
        }
        Err(refused) => page::refused(rooms, refused).await,
    }
}

fn all(desk: &Desk, form: &Form) -> Result<Response> {
    desk.session.once(form.text("ticket"), || requested(desk, form))
}

fn requested(desk: &Desk, form: &Form) -> Result<Sent> {
    let chosen = Chosen::of(desk, form)?;
    // What was looked at is what is done.
    if chosen.each.len().to_string() != form.text("count") {
        let again = preview(desk, &chosen, form, others(form.text("count"), chosen.each.len()))?;
        return Ok(Sent::Shown(again));
    }
    let kept = kept(desk, &chosen);
    let place = page_of(&desk.run(chosen.request()).done()?);
    let said = html! { @if !kept.0.is_empty() { div.notice role="status" { (kept) } } };
    Ok(Sent::Done(Answer { place, said }))
}

/// Says that a search finds others by now.
fn others(before: &str, now: usize) -> Markup {
    html! {
        div.notice.warn role="alert" {
            p { strong { "The search finds " (now) " now, and found " (before) " before." } " Nothing was done. Look again." }
        }
    }
}

/// The page of a bulk request that was made.
pub(crate) fn page_of(outcome: &Outcome) -> String {
    let made = outcome.objects.first().map(|request| shown::identity(request)).unwrap_or_default();
    format!("/admin/job/{}", link::escaped(&made))
}
