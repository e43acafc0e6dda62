//! A cmdlet as a form, made from its declaration: any of them can be run from here, and most buttons lead here.

use crate::Shared;
use crate::answer;
use crate::bulk;
use crate::field::{self, Field};
use crate::form::{self, Form};
use crate::frame;
use crate::kept;
use crate::layout::{self, Task};
use crate::page;
use crate::part;
use crate::pick;
use crate::run::{Desk, Outcome};
use crate::shown;
use crate::table;
use crate::ticket::{Answer, Sent};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use gate::{Changes, Declaration, Formal, Invocation, Sets, Signature};
use maud::{Markup, html};
use object::{Error, Result};
use std::sync::Arc;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/admin/run/{cmdlet}", get(show).post(act))
        .route("/admin/run/{cmdlet}/command", post(typed))
        .route("/admin/run/{cmdlet}/preview", post(preview))
}

/// A form about a cmdlet, with what is known so far.
pub(crate) struct Sheet<'a> {
    desk: &'a Desk,
    declaration: Arc<Declaration>,
    /// The words that stand for the cmdlet here.
    task: Option<&'static Task>,
    form: Form,
    set: Option<usize>,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(desk: &'a Desk, cmdlet: &str, form: &'a Form) -> Result<Sheet<'a>> {
        let declaration = desk.rooms.gate.declaration(desk.caller(), cmdlet)?;
        if !declaration.built {
            return Err(declaration.not_built());
        }
        let task = layout::task(&declaration.name, form.text("task"));
        let form = filled(&declaration.signature, form.clone());
        let set = chosen_set(&declaration.signature, task, &form);
        Ok(Sheet { desk, declaration, task, form, set })
    }

    fn changes(&self) -> bool {
        self.declaration.changes != Changes::No
    }

    fn title(&self) -> &str {
        self.task.map_or(&self.declaration.name, |task| task.title)
    }

    /// The parameters of the chosen set that a form asks for: what is needed first, then what is asked often, then the rest.
    fn formals(&self) -> (Vec<&Formal>, Vec<&Formal>) {
        let sets = self.set.map_or(Sets::ANY, Sets::one);
        let asked = |formal: &&Formal| field::is_asked(formal) && formal.uses_in(sets).next().is_some();
        let often = |formal: &Formal| {
            let named = self.task.is_some_and(|task| task.asks.iter().any(|name| *name == &*formal.name));
            let given = self.form.get(&format!("p.{}", formal.name));
            named || given.is_some_and(|text| !text.is_empty()) || self.needs(formal)
        };
        let all = self.declaration.signature.formals.iter().filter(asked);
        let (mut first, rest): (Vec<&Formal>, Vec<&Formal>) = all.partition(|formal| often(formal));
        first.sort_by_key(|formal| (!self.needs(formal), self.rank(formal)));
        (first, rest)
    }

    fn rank(&self, formal: &Formal) -> usize {
        let asks = self.task.map_or(&[][..], |task| task.asks);
        asks.iter().position(|name| *name == &*formal.name).unwrap_or(asks.len())
    }

    fn needs(&self, formal: &Formal) -> bool {
        let sets = self.set.map_or(Sets::ANY, Sets::one);
        formal.presumed.is_none() && formal.uses_in(sets).any(|used| used.mandatory)
    }

    /// Whether the person chose the parameter set that bears a switch's name.
    fn is_set_of(&self, formal: &Formal) -> bool {
        let chosen = self.declaration.signature.set_named(self.form.text("set"));
        chosen.is_some() && self.set == chosen && formal.is_called(self.form.text("set"))
    }

    /// Whether the form is about an archive and not about a mailbox.
    fn is_of_archive(&self) -> bool {
        let archive = self.declaration.signature.formal("Archive");
        archive.is_some_and(|formal| self.form.text("p.Archive") == "true" || self.is_set_of(formal))
    }

    fn invocation(&self) -> Invocation {
        let (first, rest) = self.formals();
        let given = first.into_iter().chain(rest);
        given.fold(Invocation::new(self.declaration.name.clone()), |invocation, formal| {
            match self.form.value(formal) {
                Some(value) => invocation.with(formal.name.clone(), value),
                None => invocation,
            }
        })
    }

    fn field<'f>(&'f self, formal: &'f Formal, errors: &'f [Error]) -> Field<'f> {
        let name = format!("p.{}", formal.name);
        let sent: Vec<&str> = self.form.all(&name).collect();
        let control = field::control(formal);
        let value = match &control {
            field::Control::Secret | field::Control::Credential => String::new(),
            // A set that cannot do without a switch, or is called by it, is chosen by it.
            field::Control::Switch if sent.is_empty() && (self.needs(formal) || self.is_set_of(formal)) => {
                "true".to_owned()
            }
            _ => sent.join("\n"),
        };
        let error = errors.iter().find(|error| is_about(error, formal));
        let offered = pick::offered(self.desk, &self.declaration.name, &formal.name, self.is_of_archive());
        Field { formal, control, value, was: None, error, is_needed: self.needs(formal), offered }
    }

    /// The page, with what commands said of the form.
    pub(crate) fn shown(&self, errors: &[Error], answer: Markup) -> Result<Markup> {
        let (first, rest) = self.formals();
        let nowhere = errors.iter().filter(|error| !self.has_field_for(error));
        let place = format!("/admin/run/{}", self.declaration.name);
        let about = self.task.map(|task| task.about).filter(|about| !about.is_empty());
        let (synopsis, notes) = (&*self.declaration.synopsis, &*self.declaration.notes);
        Ok(html! {
            (part::title(self.title(), html! { p.quiet { (about.unwrap_or(synopsis)) } (self.kept()) }, html! {}))
            (part::troubles(nowhere))
            (answer)
            (self.sets())
            form.fields method="post" action=(place) hx-disinherit="*" {
                (form::proof(self.desk)?)
                @for name in ["task", "set", "back"] {
                    input type="hidden" name=(name) value=(self.form.text(name));
                }
                div.grid { @for formal in first { (self.field(formal, errors).shown()) } }
                @if !rest.is_empty() {
                    details open[errors.iter().any(|error| rest.iter().any(|formal| is_about(error, formal)))] {
                        summary { "More settings (" (rest.len()) ")" }
                        div.grid { @for formal in &rest { (self.field(formal, errors).shown()) } }
                    }
                }
                div #preview aria-live="polite" {}
                div.send {
                    button.grave[self.task.is_some_and(|task| task.is_grave)] type="submit" { (self.verb()) }
                    @if self.changes() {
                        button.plain type="submit" formaction=(format!("{place}/preview"))
                            hx-post=(format!("{place}/preview")) hx-target="#preview" { "Say what it would do" }
                    }
                    a.plain href=(self.back()) { "Cancel" }
                }
                div #command hx-post=(format!("{place}/command")) hx-trigger="input from:closest form delay:150ms"
                    hx-include="closest form" { (frame::command(self.desk, &self.invocation())) }
            }
            @if !notes.is_empty() { p.help { (notes) } }
        })
    }

    /// Until when what it takes away can be brought back.
    fn kept(&self) -> Markup {
        let until = kept::after(self.desk, &self.invocation());
        html! { @if let Some(until) = until { (kept::said(self.desk, "The mailbox is kept", until)) } }
    }

    fn verb(&self) -> &str {
        if self.changes() { self.title() } else { "Run" }
    }

    fn back(&self) -> &str {
        answer::safe_place(self.form.text("back"))
    }

    fn has_field_for(&self, error: &Error) -> bool {
        let (first, rest) = self.formals();
        first.iter().chain(&rest).any(|formal| is_about(error, formal))
    }

    /// Links to the other parameter sets, where there are several that fit what is settled.
    fn sets(&self) -> Markup {
        let signature = &self.declaration.signature;
        let fitting: Vec<usize> =
            (0..signature.sets.len()).filter(|at| fits(signature, *at, &self.form)).collect();
        let place = |set: usize| {
            let form = self.form.clone().with("set", signature.set_name(Some(set))).with("token", "");
            format!("/admin/run/{}?{}", self.declaration.name, form.with("ticket", "").question())
        };
        html! {
            @if fitting.len() > 1 {
                nav.tabs aria-label="Ways to run it" {
                    @for at in fitting {
                        a href=(place(at)) aria-current=[(self.set == Some(at)).then_some("true")] {
                            (shown::words(signature.set_name(Some(at))))
                        }
                    }
                }
            }
        }
    }
}

/// The form with what is settled in its fields, as if it had been filled in.
fn filled(signature: &Signature, form: Form) -> Form {
    let settled: Vec<(String, String)> = form
        .fields()
        .filter_map(|(name, value)| Some((format!("p.{}", signature.formal(name)?.name), value.to_owned())))
        .filter(|(name, _)| form.get(name).is_none())
        .collect();
    settled.into_iter().fold(form, |form, (name, value)| form.with(&name, &value))
}

fn is_about(error: &Error, formal: &Formal) -> bool {
    error.parameter().is_some_and(|name| formal.is_called(name))
}

/// The names that are settled or filled in.
fn settled(form: &Form) -> impl Iterator<Item = &str> {
    let filled = form.fields().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, _)| name.strip_prefix("p.").unwrap_or(name))
}

fn fits(signature: &Signature, set: usize, form: &Form) -> bool {
    can_be_filled(signature, set) && fits_settled(signature, set, form)
}

/// Whether a form can ask for all that a set cannot do without: what is not built has no field.
fn can_be_filled(signature: &Signature, set: usize) -> bool {
    let needs = |formal: &&Formal| formal.uses_in(Sets::one(set)).any(|used| used.mandatory);
    let lacks = |formal: &Formal| !field::is_asked(formal) && formal.presumed.is_none();
    !signature.formals.iter().filter(needs).any(lacks)
}

fn fits_settled(signature: &Signature, set: usize, form: &Form) -> bool {
    settled(form)
        .filter_map(|name| signature.formal(name))
        .all(|formal| formal.uses_in(Sets::one(set)).next().is_some())
}

/// What a set needs that neither is settled nor presumed, and that the task does not ask for.
fn still_needed(signature: &Signature, set: usize, task: &Task, form: &Form) -> usize {
    let needs = |formal: &&Formal| formal.uses_in(Sets::one(set)).any(|used| used.mandatory);
    let asked =
        |formal: &Formal| settled(form).chain(task.asks.iter().copied()).any(|name| formal.is_called(name));
    let open = |formal: &&Formal| formal.presumed.is_none() && !asked(formal);
    signature.formals.iter().filter(needs).filter(open).count()
}

/// How many of the parameters that a task asks for a set does not have.
fn lacking(signature: &Signature, set: usize, task: &Task) -> usize {
    let has = |name: &str| {
        signature.formal(name).is_some_and(|formal| formal.uses_in(Sets::one(set)).next().is_some())
    };
    task.asks.iter().filter(|name| !has(name)).count()
}

/// The set that was chosen, else the default one if it fits what is settled, else the one that has what the task asks for
/// and needs the least besides; where there is no task, the first that fits.
fn chosen_set(signature: &Signature, task: Option<&Task>, form: &Form) -> Option<usize> {
    let fitting = || (0..signature.sets.len()).filter(|at| fits(signature, *at, form));
    let named = signature.set_named(form.text("set")).filter(|at| fits(signature, *at, form));
    named.or_else(|| signature.default_set.filter(|at| fits(signature, *at, form))).or_else(|| {
        let rank = |at: &usize| {
            task.map(|task| (lacking(signature, *at, task), still_needed(signature, *at, task, form)))
        };
        fitting().min_by_key(rank)
    })
}

async fn show(State(rooms): State<Shared>, Path(cmdlet): Path<String>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let mut form = Form::of_question(&head);
    if form.get("back").is_none()
        && let Some(from) = came_from(&head.headers)
    {
        form = form.with("back", &from);
    }
    page::make(rooms, head, move |desk| {
        let sheet = Sheet::new(desk, &cmdlet, &form)?;
        Ok(answer::page(frame::page(desk, sheet.title(), sheet.shown(&[], html! {})?)))
    })
    .await
}

/// The page from which one came here, if it is one of ours that is worth going back to.
pub(crate) fn came_from(headers: &axum::http::HeaderMap) -> Option<String> {
    let from = headers.get("referer")?.to_str().ok()?;
    let rest = from.strip_prefix("https://")?;
    let place = &rest[rest.find('/')?..];
    (answer::safe_place(place) == place && !place.starts_with("/admin/run/")).then(|| place.to_owned())
}

/// A form that was sent, taken in, about the cmdlet of its address.
async fn sent(
    rooms: Shared,
    cmdlet: String,
    request: Request,
    work: impl FnOnce(&Sheet<'_>) -> Result<Response> + Send + 'static,
) -> Response {
    match form::take(&rooms, request).await {
        Ok((head, form)) => {
            page::make(rooms, head, move |desk| work(&Sheet::new(desk, &cmdlet, &form)?)).await
        }
        Err(refused) => page::refused(rooms, refused).await,
    }
}

/// The command that the form stands for by now.
async fn typed(State(rooms): State<Shared>, Path(cmdlet): Path<String>, request: Request) -> Response {
    sent(rooms, cmdlet, request, |sheet| Ok(answer::page(frame::command(sheet.desk, &sheet.invocation()))))
        .await
}

/// What the command would do.
async fn preview(State(rooms): State<Shared>, Path(cmdlet): Path<String>, request: Request) -> Response {
    sent(rooms, cmdlet, request, |sheet| {
        let outcome = sheet.desk.run(sheet.invocation().with("WhatIf", true));
        let said = would(&outcome);
        if sheet.desk.is_piece {
            return Ok(answer::page(said));
        }
        Ok(answer::page(frame::page(sheet.desk, sheet.title(), sheet.shown(&outcome.errors, said)?)))
    })
    .await
}

fn would(outcome: &Outcome) -> Markup {
    html! {
        (part::troubles(outcome.errors.iter()))
        (part::warnings(&outcome.warnings))
        @if outcome.errors.is_empty() {
            div.notice {
                @for line in &outcome.would { p { (line) } }
                @if outcome.would.is_empty() { p { "It would change nothing." } }
            }
        }
    }
}

/// Runs the command.
async fn act(State(rooms): State<Shared>, Path(cmdlet): Path<String>, request: Request) -> Response {
    sent(rooms, cmdlet, request, |sheet| if sheet.changes() { change(sheet) } else { ask(sheet) }).await
}

/// A command that changes nothing: its answer stands on the page.
fn ask(sheet: &Sheet<'_>) -> Result<Response> {
    let outcome = sheet.desk.run(sheet.invocation());
    let found = html! {
        (part::warnings(&outcome.warnings))
        @if outcome.errors.is_empty() { section.answer { h2 { "Answer" } (answered(sheet.desk, &outcome)) } }
    };
    Ok(answer::page(frame::page(sheet.desk, sheet.title(), sheet.shown(&outcome.errors, found)?)))
}

fn answered(desk: &Desk, outcome: &Outcome) -> Markup {
    html! {
        @if outcome.objects.is_empty() { p.quiet { "It answered nothing." } }
        (cut(outcome))
        (table::answered(desk, &outcome.objects))
    }
}

/// Says that there was more than a page shows.
fn cut(outcome: &Outcome) -> Markup {
    html! { @if outcome.more { p.quiet { "Only the first " (outcome.objects.len()) " are shown." } } }
}

/// A command that changes something: it runs once, and the page one came from says what was done.
fn change(sheet: &Sheet<'_>) -> Result<Response> {
    sheet.desk.session.once(sheet.form.text("ticket"), || changed(sheet))
}

fn changed(sheet: &Sheet<'_>) -> Result<Sent> {
    let desk = sheet.desk;
    let invocation = desk.sure(sheet.invocation());
    let kept = sheet.kept();
    let outcome = desk.run(invocation.clone());
    if !outcome.errors.is_empty() {
        let warnings = part::warnings(&outcome.warnings);
        let page = frame::page(desk, sheet.title(), sheet.shown(&outcome.errors, warnings)?);
        return Ok(Sent::Shown(answer::page(page)));
    }
    let place = match &*sheet.declaration.name {
        "New-BulkRequest" => bulk::page_of(&outcome),
        _ => sheet.back().to_owned(),
    };
    let done = done_and(desk, sheet.title(), &desk.text(&invocation), &outcome, kept);
    Ok(Sent::Done(Answer { place, said: done }))
}

/// What a page says of a command that ran.
pub(crate) fn done(desk: &Desk, title: &str, text: &str, outcome: &Outcome) -> Markup {
    done_and(desk, title, text, outcome, html! {})
}

/// The same, with what follows from it.
fn done_and(desk: &Desk, title: &str, text: &str, outcome: &Outcome, follows: Markup) -> Markup {
    html! {
        div.notice.good role="status" {
            p { strong { "Done: " (title) } }
            (follows)
            @if !outcome.objects.is_empty() { (table::answered(desk, &outcome.objects)) }
            (cut(outcome))
            (part::command_text(text))
        }
        (part::warnings(&outcome.warnings))
    }
}
