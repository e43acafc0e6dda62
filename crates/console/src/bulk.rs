//! One act on many objects: what would happen to each, then what happened to each.

use crate::Shared;
use crate::answer;
use crate::form::{self, Form};
use crate::frame;
use crate::layout::{self, List, Task};
use crate::page;
use crate::part;
use crate::run::{Desk, Outcome};
use crate::session::Ticket;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use gate::Invocation;
use maud::{Markup, html};
use object::{Error, ErrorId, Result};

/// Objects of one act; more are a script's matter.
const CHOSEN_MAX: usize = 500;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/admin/bulk", get(preview).post(act))
}

/// What was chosen, and what is to be done to it.
struct Chosen {
    list: &'static List,
    act: &'static Task,
    /// The settled parameters of the act for each object.
    each: Vec<Vec<(String, String)>>,
}

impl Chosen {
    fn of(form: &Form) -> Result<Chosen> {
        let list = layout::list(form.text("list"));
        let act = list.and_then(|list| list.acts.iter().find(|act| act.cmdlet == form.text("act")));
        let (Some(list), Some(act)) = (list, act) else {
            return Err(Error::not_found(ErrorId::CommandNotFoundException, "There is no such act."));
        };
        let each: Vec<_> = form
            .all("one")
            .map(|one| form_urlencoded::parse(one.as_bytes()).into_owned().collect())
            .collect();
        if each.is_empty() {
            return Err(Error::caller(ErrorId::MissingMandatoryParameter, "Nothing was chosen.")
                .help("Go back and choose some rows first."));
        }
        if each.len() > CHOSEN_MAX {
            let message = format!("{} objects were chosen; at most {CHOSEN_MAX} can be at once.", each.len());
            return Err(
                Error::limit(ErrorId::RequestTooLarge, message).help("Choose fewer, or write a script.")
            );
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

    fn back(&self) -> String {
        format!("/admin/{}", self.list.place)
    }
}

async fn preview(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let form = Form::of_question(&head);
    page::make(rooms, head, move |desk| {
        let chosen = Chosen::of(&form)?;
        let outcomes: Vec<(Invocation, Outcome)> = chosen
            .invocations()
            .map(|invocation| {
                let outcome = desk.run(invocation.clone().with("WhatIf", true));
                (invocation, outcome)
            })
            .collect();
        Ok(answer::page(frame::page(desk, chosen.act.title, asked(desk, &chosen, &outcomes)?)))
    })
    .await
}

fn asked(desk: &Desk, chosen: &Chosen, outcomes: &[(Invocation, Outcome)]) -> Result<Markup> {
    let title = format!("{} {}", chosen.act.title, chosen.each.len());
    let script: Vec<String> = outcomes.iter().map(|(invocation, _)| desk.text(invocation)).collect();
    Ok(html! {
        (part::title(&title, html! { p.quiet { (chosen.act.about) } }, html! {}))
        (table(desk, outcomes))
        form.fields method="post" action="/admin/bulk" {
            (form::proof(desk)?)
            input type="hidden" name="list" value=(chosen.list.place);
            input type="hidden" name="act" value=(chosen.act.cmdlet);
            @for given in &chosen.each {
                input type="hidden" name="one" value=(form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish());
            }
            div.send {
                button.grave[chosen.act.is_grave] type="submit" { (title) }
                a.plain href=(chosen.back()) { "Cancel" }
            }
        }
        (part::command_text(&script.join("\n")))
    })
}

fn table(desk: &Desk, outcomes: &[(Invocation, Outcome)]) -> Markup {
    html! {
        div.scroll { table.list {
            thead { tr { th scope="col" { "Command" } th scope="col" { "Result" } } }
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
        @if outcome.errors.is_empty() && outcome.would.is_empty() { p { "Done" } }
    }
}

async fn act(State(rooms): State<Shared>, request: Request) -> Response {
    match form::take(&rooms, request).await {
        Ok((head, form)) => page::make(rooms, head, move |desk| all(desk, &form)).await,
        Err(error) => part::refusal(&error),
    }
}

fn all(desk: &Desk, form: &Form) -> Result<Response> {
    let chosen = Chosen::of(form)?;
    let ticket = form.text("ticket");
    if let Ticket::Used(place) = desk.session.claim(ticket) {
        return Ok(answer::lead_to(place.as_deref().unwrap_or("/admin/session")));
    }
    let outcomes: Vec<(Invocation, Outcome)> = chosen
        .invocations()
        .map(|invocation| {
            let invocation = desk.sure(invocation);
            (invocation.clone(), desk.run(invocation))
        })
        .collect();
    let failed = outcomes.iter().filter(|(_, outcome)| !outcome.errors.is_empty()).count();
    desk.session.say(html! {
        div.notice.good[failed == 0].warn[failed > 0] role="status" {
            p { strong { (chosen.act.title) ": " (outcomes.len() - failed) " done" } @if failed > 0 { ", " (failed) " refused" } }
            (table(desk, &outcomes))
        }
    });
    desk.session.led_to(ticket, &chosen.back());
    Ok(answer::lead_to(&chosen.back()))
}
