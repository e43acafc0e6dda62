//! The page of one object: its tabs, its fields, what belongs to it; saving changes what was touched and nothing else.

use crate::Shared;
use crate::answer;
use crate::field::{self, Field};
use crate::form::{self, Form};
use crate::frame;
use crate::layout::{self, Part, PartKind, Sheet, Tab, Task};
use crate::link;
use crate::page;
use crate::part;
use crate::pick::Offered;
use crate::quota;
use crate::run::{Desk, Outcome, Window};
use crate::shown;
use crate::table;
use crate::task;
use crate::ticket::{Answer, Sent};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use gate::{Declaration, Formal, Invocation};
use maud::{Markup, html};
use object::{Error, ErrorId, Fault, Object, Result, Spec, Value};
use std::sync::Arc;

/// Rows of a table on a tab.
const TABLE_ROWS: usize = 200;
/// What every object has, and says nothing of what it does.
const NAMES_AND_TIMES: [&str; 16] = [
    "Identity",
    "Id",
    "Guid",
    "Name",
    "DistinguishedName",
    "ObjectCategory",
    "ObjectClass",
    "WhenChanged",
    "WhenCreated",
    "WhenChangedUTC",
    "WhenCreatedUTC",
    "ExchangeVersion",
    "AdminDisplayName",
    "IsValid",
    "Enabled",
    "OriginatingServer",
];
/// The path of the tab of all that the others do not show.
const REST: &str = "more";

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/admin/{sheet}/{identity}", get(show).post(save))
        .route("/admin/{sheet}/{identity}/command", post(typed))
}

/// One object's page.
struct Page<'a> {
    desk: &'a Desk,
    sheet: &'static Sheet,
    identity: String,
    object: Arc<Object>,
    /// The tab that is open; none: the rest.
    tab: Option<&'static Tab>,
}

/// What could not be saved, and what stood in the form then.
struct Refused<'a> {
    form: &'a Form,
    errors: Vec<Error>,
}

impl<'a> Page<'a> {
    fn new(desk: &'a Desk, place: &str, identity: String, tab: &str) -> Result<Page<'a>> {
        let sheet = layout::sheet(place).ok_or_else(|| {
            Error::not_found(ErrorId::ManagementObjectNotFoundException, "There is no such page.")
        })?;
        let asked = Invocation::new(sheet.get);
        let asked = if sheet.single.is_some() { asked } else { asked.with("Identity", identity.as_str()) };
        let object = desk.one(link::given(desk, asked, sheet.given))?;
        let page = Page { desk, sheet, identity, object, tab: None };
        let may = |known: &&Tab| known.parts.iter().any(|part| page.may(part));
        let named = sheet.tabs.iter().filter(may).find(|known| known.place == tab);
        let tab = if tab == REST { None } else { named.or_else(|| sheet.tabs.iter().find(may)) };
        Ok(Page { tab, ..page })
    }

    /// The tabs of which the person sees something.
    fn tabs(&self) -> impl Iterator<Item = &'static Tab> {
        self.sheet.tabs.iter().filter(|tab| tab.parts.iter().any(|part| self.may(part) && self.shows(part)))
    }

    /// Whether a part's command shows this very object: a role can reach less with one command than with another.
    fn shows(&self, part: &Part) -> bool {
        let is_asked = part.get != self.sheet.get && part.kind == PartKind::Fields;
        !is_asked || self.read(part).map_or_else(|error| !is_beyond(&error), |_| true)
    }

    /// Whether the person may see a part.
    fn may(&self, part: &Part) -> bool {
        self.desk.may_run(&self.question(part))
    }

    /// The list in which the object stands, where the person may see it.
    fn list(&self) -> Option<&'static str> {
        let of_kind = self.sheet.list_of(&self.object);
        of_kind.filter(|place| layout::list(place).is_some_and(|list| link::opens(self.desk, list)))
    }

    /// The page, with the list open at the side in which the object stands.
    fn framed(&self, title: &str, body: Markup) -> Response {
        answer::page(frame::page_of(self.desk, title, body, self.list()))
    }

    fn place(&self) -> String {
        format!("/admin/{}/{}", self.sheet.place, link::escaped(&self.identity))
    }

    fn tab_place(&self) -> String {
        format!("{}?tab={}", self.place(), self.tab.map_or(REST, |tab| tab.place))
    }

    fn title(&self) -> String {
        self.sheet.single.map_or_else(|| shown::name(&self.object), str::to_owned)
    }

    fn parts(&self) -> &'static [Part] {
        match self.tab {
            Some(tab) => tab.parts,
            None => self.sheet.rest.as_slice(),
        }
    }

    fn shown(&self, refused: Option<&Refused<'_>>) -> Result<Markup> {
        let name = self.title();
        let kind = self.object.get("RecipientTypeDetails").map(|details| shown::words(&details.to_string()));
        let acts = link::tasks_from(self.desk, self.sheet.acts, Some(&self.object), None, self.list());
        let nowhere =
            refused.iter().flat_map(|refused| &refused.errors).filter(|error| !self.has_field_for(error));
        let place = self.tab_place();
        Ok(html! {
            (part::title(&name, html! { p.quiet { (kind.as_deref().unwrap_or(self.sheet.called)) } }, acts))
            (self.ways())
            (part::troubles(nowhere))
            form.fields method="post" action=(place) hx-disinherit="*" {
                (form::proof(self.desk)?)
                @let parts: Vec<(Markup, bool)> = self.parts().iter().map(|part| self.part(part, refused)).collect();
                div #live data-live=[self.sheet.is_live.then_some("#live")] { @for (markup, _) in &parts { (markup) } }
                @if parts.iter().any(|(_, changes)| *changes) {
                    div.send {
                        button type="submit" { "Save" }
                        a.plain href=(self.tab_place()) { "Start over" }
                    }
                    div #command hx-post=(format!("{}/command?tab={}", self.place(), self.tab.map_or(REST, |tab| tab.place)))
                        hx-trigger="input from:closest form delay:150ms" hx-include="closest form" {}
                }
            }
            (part::command_text(&self.asked()))
        })
    }

    fn ways(&self) -> Markup {
        let open = self.tab.map_or(REST, |tab| tab.place);
        let link = |place: &str, title: &str| {
            html! { a href=(format!("{}?tab={place}", self.place())) aria-current=[(place == open).then_some("page")] { (title) } }
        };
        html! {
            nav.tabs aria-label="Parts of the page" {
                @for tab in self.tabs() { (link(tab.place, tab.title)) }
                @if self.sheet.rest.as_ref().is_some_and(|rest| self.may(rest)) { (link(REST, "More")) }
            }
        }
    }

    /// The commands that the open tab asked.
    fn asked(&self) -> String {
        let mut all: Vec<String> = Vec::new();
        for part in self.parts().iter().filter(|part| self.may(part)) {
            let text = self.desk.text(&self.question(part));
            if !all.contains(&text) {
                all.push(text);
            }
        }
        all.join("\n")
    }

    /// What a part asks.
    fn question(&self, part: &Part) -> Invocation {
        let asked = Invocation::new(part.get);
        let asked =
            if self.sheet.single.is_some() { asked } else { asked.with(part.by, self.name_for(part)) };
        let given = if part.get == self.sheet.get { self.sheet.given } else { part.given };
        link::given(self.desk, asked, given)
    }

    /// How the object is named to a part's cmdlets: as a person would, where the name is not ambiguous.
    fn name_for(&self, part: &Part) -> Value {
        match part.by {
            "ObjectIds" => shown::property(&self.object, "Name").to_string().into(),
            _ => shown::called(&self.object).into(),
        }
    }

    fn read(&self, part: &Part) -> Result<Arc<Object>> {
        if part.get == self.sheet.get {
            return Ok(Arc::clone(&self.object));
        }
        self.desk.one(self.question(part))
    }

    /// A part, and whether anything in it can be changed.
    fn part(&self, part: &Part, refused: Option<&Refused<'_>>) -> (Markup, bool) {
        match part.kind {
            PartKind::Table => (self.table(part), false),
            PartKind::Quota => (self.quota(part), false),
            PartKind::Given => (self.given(part), false),
            PartKind::Fields => self.fields(part, refused),
        }
    }

    /// All that is set and that stands nowhere else on the tab.
    fn given(&self, part: &Part) -> Markup {
        let Some(noun) = self.object.noun() else { return html! {} };
        let elsewhere = |name: &str| self.parts().iter().any(|part| part.fields.contains(&name));
        let of_object = |name: &str| NAMES_AND_TIMES.contains(&name) || elsewhere(name);
        let is_set = |spec: &&Spec| {
            let value = self.object.get(spec.name).map(|value| value.to_string()).unwrap_or_default();
            !value.is_empty() && value != spec.default_value().to_string()
        };
        let specs = noun.properties.iter().map(|declared| declared.spec());
        let set: Vec<&Spec> = specs.filter(|spec| !of_object(spec.name)).filter(is_set).collect();
        html! {
            section.part {
                h2 { (part.title) }
                @if set.is_empty() { p.quiet { "Nothing is set." } }
                div.grid { @for spec in set { (fact(self.desk, &self.object, spec.name)) } }
            }
        }
    }

    fn quota(&self, part: &Part) -> Markup {
        if !self.may(part) {
            return html! {};
        }
        let bar = quota::bar(self.desk, &self.object, self.question(part));
        html! { section.part { h2 { (part.title) } (bar.unwrap_or_else(|error| part::trouble(&error))) } }
    }

    fn table(&self, part: &Part) -> Markup {
        if !self.may(part) {
            return html! {};
        }
        let outcome = self.desk.run_within(self.question(part), Window { skip: 0, take: TABLE_ROWS });
        let is_of_row =
            |task: &&Task| task.given.iter().any(|(_, value)| value.starts_with('^')) || task.is_grave;
        let (each, add): (Vec<_>, Vec<_>) = part.tasks.iter().partition(is_of_row);
        html! {
            section.part {
                (self.head_with(part, add.into_iter()))
                (part::troubles(outcome.errors.iter()))
                @if outcome.objects.is_empty() && outcome.errors.is_empty() { p.quiet { "There is none." } }
                @if !outcome.objects.is_empty() {
                    (table::of(self.desk, part.fields, &outcome.objects, each.first().map_or(&[], |task| std::slice::from_ref(*task)), Some(&self.object)))
                }
                @if outcome.more { p.quiet { "Only the first " (TABLE_ROWS) " are shown." } }
            }
        }
    }

    /// The title of a part of fields, and what can be done about it.
    fn head(&self, part: &Part) -> Markup {
        if part.tasks.is_empty() {
            html! { h2 { (part.title) } }
        } else {
            self.head_with(part, part.tasks.iter())
        }
    }

    fn head_with<'t>(&self, part: &Part, tasks: impl Iterator<Item = &'t Task>) -> Markup {
        html! {
            div.title {
                h2 { (part.title) }
                div.tasks { @for task in tasks { (link::tasks(self.desk, std::slice::from_ref(task), Some(&self.object))) } }
            }
        }
    }

    /// The fields of a part, and whether any of them can be changed.
    fn fields(&self, part: &Part, refused: Option<&Refused<'_>>) -> (Markup, bool) {
        if !self.may(part) {
            return (html! {}, false);
        }
        let object = match self.read(part) {
            Ok(object) => object,
            Err(error) if part.get != self.sheet.get && is_beyond(&error) => {
                let said = html! { p.quiet { (error.message()) @if let Some(help) = error.help_line() { " " (help) } } };
                return (html! { section.part { h2 { (part.title) } (said) } }, false);
            }
            Err(error) => {
                return (html! { section.part { h2 { (part.title) } (part::trouble(&error)) } }, false);
            }
        };
        let set = part.set.and_then(|set| self.desk.known(set));
        let set = set.filter(|set| set.built);
        let names = self.names(part, set.as_deref());
        let formal = |name: &str| set.as_deref().and_then(|set| settable(set, name));
        let changes = names.iter().any(|name| formal(name).is_some());
        let markup = html! {
            section.part {
                (self.head(part))
                div.grid {
                    @for name in &names {
                        @match formal(name) {
                            Some(formal) => (self.field(formal, &object, refused).shown()),
                            None => (fact(self.desk, &object, name)),
                        }
                    }
                }
            }
        };
        (markup, changes)
    }

    /// The properties of a part; of the rest: all that can be set and that no tab names.
    fn names(&self, part: &Part, set: Option<&Declaration>) -> Vec<String> {
        if !part.fields.is_empty() {
            return part.fields.iter().map(|name| (*name).to_owned()).collect();
        }
        let shown = |name: &str| {
            let mut parts = self.sheet.tabs.iter().flat_map(|tab| tab.parts);
            parts.any(|part| part.fields.iter().any(|field| field.eq_ignore_ascii_case(name)))
        };
        let formals = set.map_or(&[][..], |set| &set.signature.formals);
        let settable = formals.iter().filter(|formal| field::is_asked(formal) && formal.property.is_some());
        settable.map(|formal| formal.name.to_string()).filter(|name| !shown(name)).collect()
    }

    fn field<'f>(&self, formal: &'f Formal, object: &Object, refused: Option<&'f Refused<'f>>) -> Field<'f> {
        let name = formal.property.map_or(&*formal.name, |spec| spec.name);
        let value = shown::typed(&shown::property(object, name));
        let key = format!("p.{}", formal.name);
        let sent = refused.filter(|refused| refused.form.get(&key).is_some());
        let standing = match sent {
            Some(refused) => refused.form.all(&key).collect::<Vec<_>>().join("\n"),
            None => value.clone(),
        };
        let error = refused.and_then(|refused| {
            refused.errors.iter().find(|error| error.parameter().is_some_and(|name| formal.is_called(name)))
        });
        Field {
            formal,
            control: field::control(formal),
            value: standing,
            was: Some(value),
            error,
            is_needed: false,
            offered: Offered::default(),
        }
    }

    fn has_field_for(&self, error: &Error) -> bool {
        let sets = self.parts().iter().filter_map(|part| part.set.map(|set| (part, set)));
        sets.into_iter().any(|(part, set)| {
            let set = self.desk.known(set);
            let names = self.names(part, set.as_deref());
            error.parameter().is_some_and(|about| names.iter().any(|name| name.eq_ignore_ascii_case(about)))
        })
    }

    /// The commands that a form stands for: one for each cmdlet that changes something of it.
    fn changes(&self, form: &Form) -> Vec<Invocation> {
        let mut all: Vec<Invocation> = Vec::new();
        for part in self.parts() {
            let Some(set) = part.set else { continue };
            let Some(declaration) = self.desk.known(set) else { continue };
            for name in self.names(part, Some(&declaration)) {
                let Some(formal) = settable(&declaration, &name) else { continue };
                let Some(value) = form.change(formal) else { continue };
                let at = all.iter().position(|known| &*known.cmdlet == set).unwrap_or_else(|| {
                    let change = Invocation::new(set);
                    all.push(match self.sheet.single {
                        Some(_) => change,
                        None => change.with("Identity", shown::called(&self.object)),
                    });
                    all.len() - 1
                });
                all[at].parameters.push((formal.name.clone(), value));
            }
        }
        all
    }

    /// What somebody else changed of the touched fields since the form was made: the field, and what it is now.
    fn changed_meanwhile(&self, form: &Form, changes: &[Invocation]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for part in self.parts().iter().filter(|part| part.set.is_some()) {
            let Ok(object) = self.read(part) else { continue };
            let touched = changes.iter().filter(|change| Some(&*change.cmdlet) == part.set);
            for (name, value) in touched.flat_map(|change| &change.parameters) {
                let Some(was) = form.get(&format!("was.{name}")) else { continue };
                let now = shown::typed(&shown::property(&object, name));
                let listed = matches!(value, Value::Dictionary(_));
                if !listed
                    && now.replace("\r\n", "\n") != was
                    && !found.iter().any(|(known, _)| known == &**name)
                {
                    found.push((name.to_string(), now));
                }
            }
        }
        found
    }
}

/// Whether a command does not show an object that another one shows.
fn is_beyond(error: &Error) -> bool {
    matches!(error.fault(), Fault::NotFound | Fault::Denied)
}

/// The parameter that changes a property, if the person may use it and it is built.
fn settable<'d>(set: &'d Declaration, name: &str) -> Option<&'d Formal> {
    set.signature.formals.iter().find(|formal| formal.is_called(name) && field::is_asked(formal))
}

/// A property that is only shown.
fn fact(desk: &Desk, object: &Object, name: &str) -> Markup {
    let help = object.noun().and_then(|noun| noun.property(name)).map(|spec| spec.summary);
    html! {
        div.field.fact title=[help] {
            span.label { (shown::words(name)) }
            span.value {
                @let value = shown::property(object, name);
                @if value.to_string().is_empty() { span.quiet { "–" } } @else { (shown::cell(&value, &desk.zone)) }
            }
        }
    }
}

type Where = Path<(String, String)>;

async fn show(State(rooms): State<Shared>, Path((sheet, identity)): Where, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let tab = tab_of(&head);
    page::make(rooms, head, move |desk| {
        let page = match Page::new(desk, &sheet, identity, &tab) {
            Ok(page) => page,
            Err(error) => return gone(desk, &sheet, error),
        };
        Ok(page.framed(&page.title(), page.shown(None)?))
    })
    .await
}

/// What changes by itself may be gone by itself: its list says so.
fn gone(desk: &Desk, place: &str, error: Error) -> Result<Response> {
    let sheet = layout::sheet(place).filter(|sheet| sheet.is_live && error.fault() == Fault::NotFound);
    let Some((sheet, list)) = sheet.and_then(|sheet| Some((sheet, sheet.list()?))) else { return Err(error) };
    desk.session
        .say(html! { div.notice role="status" { p { "The " (sheet.called) " is not there any more." } } });
    Ok(answer::lead_to(&format!("/admin/{list}")))
}

fn tab_of(head: &Parts) -> String {
    Form::of_question(head).text("tab").to_owned()
}

/// The commands that the form stands for by now.
async fn typed(State(rooms): State<Shared>, Path((sheet, identity)): Where, request: Request) -> Response {
    sent(rooms, sheet, identity, request, |page, form| {
        let all: Vec<String> = page.changes(form).iter().map(|change| page.desk.text(change)).collect();
        Ok(answer::page(if all.is_empty() {
            html! {}
        } else {
            part::command_text(&all.join("\n"))
        }))
    })
    .await
}

async fn save(State(rooms): State<Shared>, Path((sheet, identity)): Where, request: Request) -> Response {
    sent(rooms, sheet, identity, request, saved).await
}

async fn sent(
    rooms: Shared,
    sheet: String,
    identity: String,
    request: Request,
    work: impl FnOnce(&Page<'_>, &Form) -> Result<Response> + Send + 'static,
) -> Response {
    match form::take(&rooms, request).await {
        Ok((head, form)) => {
            let tab = tab_of(&head);
            page::make(rooms, head, move |desk| work(&Page::new(desk, &sheet, identity, &tab)?, &form)).await
        }
        Err(refused) => page::refused(rooms, refused).await,
    }
}

fn saved(page: &Page<'_>, form: &Form) -> Result<Response> {
    page.desk.session.once(form.text("ticket"), || changed(page, form))
}

fn changed(page: &Page<'_>, form: &Form) -> Result<Sent> {
    let desk = page.desk;
    let changes = page.changes(form);
    let meanwhile = page.changed_meanwhile(form, &changes);
    if !meanwhile.is_empty() && form.text("anyway").is_empty() {
        let asked = page.framed("Changed meanwhile", second(page, form, &meanwhile)?);
        return Ok(Sent::Shown(asked));
    }
    let outcomes: Vec<(Invocation, Outcome)> =
        changes.into_iter().map(|change| (change.clone(), desk.run(change))).collect();
    let errors: Vec<Error> = outcomes.iter().flat_map(|(_, outcome)| outcome.errors.clone()).collect();
    if errors.is_empty() {
        return Ok(Sent::Done(Answer { place: page.tab_place(), said: said(page, &outcomes) }));
    }
    // What of it was saved is what the page compares with from now on.
    let fresh =
        Page::new(desk, page.sheet.place, page.identity.clone(), page.tab.map_or(REST, |tab| tab.place))?;
    let body = fresh.shown(Some(&Refused { form, errors }))?;
    Ok(Sent::Shown(fresh.framed(&fresh.title(), body)))
}

fn said(page: &Page<'_>, outcomes: &[(Invocation, Outcome)]) -> Markup {
    if outcomes.is_empty() {
        return html! { div.notice role="status" { p { "Nothing was changed." } } };
    }
    let title = format!("{} saved", page.title());
    html! { @for (change, outcome) in outcomes { (task::done(page.desk, &title, &page.desk.text(change), outcome)) } }
}

/// Tells the second of two people what the first one changed.
fn second(page: &Page<'_>, form: &Form, meanwhile: &[(String, String)]) -> Result<Markup> {
    Ok(html! {
        (part::title(&page.title(), html! {}, html! {}))
        div.notice.warn role="alert" {
            p { strong { "Somebody changed this while you were at it." } }
            ul { @for (name, now) in meanwhile { li { (shown::words(name)) " is now " bdi { "“" (now) "”" } "." } } }
        }
        form.fields method="post" action=(page.tab_place()) {
            (form::proof(page.desk)?)
            input type="hidden" name="anyway" value="yes";
            @for (name, value) in form.fields().filter(|(name, _)| name.starts_with("p.") || name.starts_with("was.")) {
                input type="hidden" name=(name) value=(value);
            }
            div.send {
                button type="submit" { "Save mine anyway" }
                a.plain href=(page.tab_place()) { "Show what it is now" }
            }
        }
    })
}
