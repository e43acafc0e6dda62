//! A list of objects: searched as one types, sorted, as long as it is; what can be done to those that are chosen.

use crate::Shared;
use crate::answer;
use crate::csv;
use crate::form::Form;
use crate::frame;
use crate::layout::{self, List, Task};
use crate::link;
use crate::page;
use crate::part;
use crate::run::{Desk, Outcome, Window};
use crate::shown;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use gate::Invocation;
use maud::{Markup, html};
use object::{Error, ErrorId, Object, Result, Value};

/// Rows that are fetched at once; the next ones come when the last one is seen.
const ROWS: usize = 50;
/// What stands in the address for an object of which there is one.
const SINGLE: &str = "organization";
/// Letters of a search; a longer one is cut.
const SEARCH_CHARS_MAX: usize = 200;

pub(crate) fn routes() -> Router<Shared> {
    layout::lists().fold(Router::new(), |router, list| {
        let show = move |State(rooms): State<Shared>, request: Request| async move {
            let (head, _) = request.into_parts();
            let form = Form::of_question(&head);
            page::make(rooms, head, move |desk| match form.text("as") {
                "csv" => saved(desk, list, &form),
                _ => show(desk, list, &form),
            })
            .await
        };
        router.route(&format!("/admin/{}", list.place), get(show))
    })
}

/// What of a list is asked for.
pub(crate) struct Asked<'a> {
    list: &'static List,
    form: &'a Form,
    columns: Vec<&'static str>,
    from: usize,
    /// What the person may do to many at once.
    acts: Vec<&'static Task>,
    /// The page that the rows lead to, where the person may see it.
    sheet: Option<&'static layout::Sheet>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(desk: &Desk, list: &'static List, form: &'a Form) -> Result<Asked<'a>> {
        let from = form.text("from").parse().unwrap_or(0);
        let acts = bulk_acts(list).filter(|act| may_do_to_many(desk, act)).collect();
        let sheet = list.sheet.filter(|sheet| link::opens_one(desk, sheet));
        Ok(Asked { list, form, columns: chosen_columns(desk, list, form)?, from, acts, sheet })
    }

    fn search(&self) -> String {
        self.form.text("q").trim().chars().take(SEARCH_CHARS_MAX).collect()
    }

    /// Whether the last one is to come first.
    fn is_descending(&self) -> bool {
        let is_sorted = self.list.sorted.contains(&self.form.text("sort"));
        if is_sorted { self.form.text("dir") == "down" } else { self.list.is_newest_first }
    }

    /// The rows that are wanted.
    fn rows(&self, desk: &Desk) -> Outcome {
        let window = Window { skip: self.from, take: ROWS };
        if self.is_descending() {
            desk.run_backwards(self.invocation(desk), window)
        } else {
            desk.run_within(self.invocation(desk), window)
        }
    }

    /// The command that answers the list.
    pub(crate) fn invocation(&self, desk: &Desk) -> Invocation {
        let mut invocation = link::given(desk, Invocation::new(self.list.cmdlet), self.list.given);
        let search = self.search();
        if !search.is_empty() && !self.list.searched.is_empty() {
            invocation = invocation.with("Filter", filter(self.list.searched, &search));
        }
        // A list is as long as it is; only so many are fetched at once.
        if desk.takes_unlimited(self.list.cmdlet, "ResultSize") {
            invocation = invocation.with("ResultSize", "Unlimited");
        }
        let sort = self.form.text("sort");
        if self.list.sorted.contains(&sort) { invocation.with("SortBy", sort) } else { invocation }
    }

    /// The address of this list with another value for a field.
    fn place(&self, name: &str, value: &str) -> String {
        self.place_of(&[(name, value)])
    }

    fn place_of(&self, fields: &[(&str, &str)]) -> String {
        let form = fields.iter().fold(self.form.clone(), |form, (name, value)| form.with(name, value));
        format!("/admin/{}?{}", self.list.place, form.question())
    }
}

/// The columns that a list can have: its own, and all that its objects have.
fn all_columns(desk: &Desk, list: &'static List) -> Vec<&'static str> {
    let declaration = desk.known(list.cmdlet);
    let noun = declaration.and_then(|declaration| declaration.noun);
    let declared = noun.into_iter().flat_map(|noun| noun.properties).map(|property| property.spec().name);
    let more = declared.filter(|name| !list.columns.contains(name));
    list.columns.iter().copied().chain(more).collect()
}

/// The columns that were chosen, each once, else the list's own.
fn chosen_columns(desk: &Desk, list: &'static List, form: &Form) -> Result<Vec<&'static str>> {
    let all = all_columns(desk, list);
    let mut chosen = Vec::new();
    for name in form.all("column").filter(|name| !name.is_empty()) {
        let known = all.iter().find(|known| known.eq_ignore_ascii_case(name)).ok_or_else(|| {
            let message = format!("{} has no column '{name}'.", list.title);
            Error::caller(ErrorId::InvalidValue, message).help("Choose them anew under Columns.")
        })?;
        if !chosen.contains(known) {
            chosen.push(*known);
        }
    }
    Ok(if chosen.is_empty() { list.columns.to_vec() } else { chosen })
}

/// A filter that finds each word somewhere.
fn filter(properties: &[&str], search: &str) -> String {
    let one = |word: &str| {
        let word: String = word.chars().filter(|c| *c != '*').collect::<String>().replace('\'', "''");
        let any: Vec<String> =
            properties.iter().map(|property| format!("{property} -like '*{word}*'")).collect();
        format!("({})", any.join(" -or "))
    };
    search.split_whitespace().map(one).collect::<Vec<_>>().join(" -and ")
}

fn show(desk: &Desk, list: &'static List, form: &Form) -> Result<Response> {
    if let Some(sheet) = list.sheet.filter(|sheet| sheet.single.is_some()) {
        return Ok(answer::lead_to(&format!("/admin/{}/{SINGLE}", sheet.place)));
    }
    let asked = Asked::new(desk, list, form)?;
    let outcome = asked.rows(desk);
    if desk.is_piece && asked.from > 0 {
        return Ok(answer::page(rows(desk, &asked, &outcome)));
    }
    let table = table(desk, &asked, &outcome);
    if desk.is_piece {
        return Ok(answer::page(table));
    }
    let body = html! {
        (part::title(list.title, html! { @if !list.about.is_empty() { p.quiet { (list.about) } } }, link::tasks(desk, list.tasks, None)))
        div.tools {
            @if !list.searched.is_empty() && desk.may(list.cmdlet, ["Filter"]) { (search(&asked)) }
            (columns(desk, &asked))
            a.plain href=(asked.place("as", "csv")) download { "Save as CSV" }
        }
        form method="post" action="/admin/bulk" {
            input type="hidden" name="token" value=(desk.session.token);
            input type="hidden" name="list" value=(list.place);
            @if !asked.acts.is_empty() { (bulk(&asked)) }
            div #rows data-live=[list.is_live.then_some("#rows")] { (table) }
        }
    };
    Ok(answer::page(frame::page(desk, list.title, body)))
}

fn search(asked: &Asked<'_>) -> Markup {
    let place = format!("/admin/{}", asked.list.place);
    html! {
        form.search method="get" action=(place) role="search" {
            label.hidden for="q" { "Search " (asked.list.title) }
            input #q type="search" name="q" value=(asked.search()) placeholder=(format!("Search {}", asked.list.title.to_lowercase()))
                maxlength=(SEARCH_CHARS_MAX) autocomplete="off" spellcheck="false" hx-get=(place) hx-target="#rows"
                hx-trigger="input changed delay:120ms, search" hx-push-url="true" hx-sync="this:replace" hx-include="closest form";
            @for (name, value) in asked.form.fields().filter(|(name, _)| ["column", "sort", "dir"].contains(name)) {
                input type="hidden" name=(name) value=(value);
            }
            noscript { button type="submit" { "Search" } }
        }
    }
}

/// The columns that are shown, to be chosen anew.
fn columns(desk: &Desk, asked: &Asked<'_>) -> Markup {
    let all = all_columns(desk, asked.list);
    html! {
        details.columns {
            summary { "Columns" }
            form method="get" action=(format!("/admin/{}", asked.list.place)) {
                @for name in ["q", "sort", "dir"] { @if !asked.form.text(name).is_empty() {
                    input type="hidden" name=(name) value=(asked.form.text(name));
                } }
                div.choices { @for name in &all {
                    label.check { input type="checkbox" name="column" value=(name) checked[asked.columns.contains(name)]; (shown::words(name)) }
                } }
                div.send { button type="submit" { "Show these" } a.plain href=(asked.place("column", "")) { "As before" } }
            }
        }
    }
}

/// Rows of a list that is saved; a longer one is refused, and never cut.
const SAVED_ROWS_MAX: usize = 200_000;

/// The whole list, searched and sorted as it is, with its columns.
fn saved(desk: &Desk, list: &'static List, form: &Form) -> Result<Response> {
    let asked = Asked::new(desk, list, form)?;
    let mut rows = csv::Rows::new(asked.columns.iter().copied());
    let (mut all, mut count) = (Vec::new(), 0);
    desk.pour(asked.invocation(desk), usize::MAX, &mut |object| {
        count += 1;
        if count > SAVED_ROWS_MAX {
            let message = format!("The list has more than {SAVED_ROWS_MAX} rows.");
            return Err(Error::limit(ErrorId::RequestTooLarge, message)
                .help(format!("Search for fewer, or run {} | Export-Csv in the shell.", list.cmdlet)));
        }
        let row = asked.columns.iter().map(|column| shown::typed(&shown::property(object, column)));
        if asked.is_descending() {
            all.push(row.collect::<Vec<_>>())
        } else {
            rows.add(row)
        }
        Ok(())
    })?;
    all.into_iter().rev().for_each(|row| rows.add(row));
    Ok(rows.answer(&format!("{}.csv", list.place)))
}

/// What can be done to many at once: what changes something, and asks nothing of each.
fn bulk_acts(list: &'static List) -> impl Iterator<Item = &'static Task> {
    list.acts.iter().filter(|act| !act.cmdlet.starts_with("Get-") && act.page.is_none())
}

/// Whether the person may do it as one request about many.
fn may_do_to_many(desk: &Desk, act: &Task) -> bool {
    link::offers(desk, act) && desk.may("New-BulkRequest", ["Cmdlet", "CSVData"])
}

/// What can be done to the chosen ones.
fn bulk(asked: &Asked<'_>) -> Markup {
    html! {
        div.bulk data-bulk {
            @for name in ["q", "sort"] { input type="hidden" name=(name) value=(asked.form.text(name)) data-asked=(name); }
            span.quiet data-count { "Nothing is chosen" }
            @for act in &asked.acts {
                button.plain type="submit" name="act" value=(act.cmdlet) data-chosen { (act.title) " …" }
            }
            label.check { input type="checkbox" name="every" value="yes" data-every; "All that are found, also those not shown yet" }
        }
    }
}

fn table(desk: &Desk, asked: &Asked<'_>, outcome: &Outcome) -> Markup {
    let invocation = asked.invocation(desk);
    html! {
        @for error in &outcome.errors { (part::trouble(error)) }
        (part::warnings(&outcome.warnings))
        @if outcome.objects.is_empty() && outcome.errors.is_empty() {
            (nothing(desk, asked))
        } @else if !outcome.objects.is_empty() {
            div.scroll {
                table.list {
                    thead { tr {
                        @if !asked.acts.is_empty() {
                            th.choose { input type="checkbox" data-all aria-label="Choose all that are shown"; }
                        }
                        @let sorts = desk.may(asked.list.cmdlet, ["SortBy"]);
                        @for column in &asked.columns { (head(asked, column, sorts)) }
                        @if !asked.list.acts.is_empty() && asked.list.sheet.is_none() { th { span.hidden { "Actions" } } }
                    } }
                    tbody { (rows(desk, asked, outcome)) }
                }
            }
        }
        (frame::command(desk, &invocation))
    }
}

fn nothing(desk: &Desk, asked: &Asked<'_>) -> Markup {
    let search = asked.search();
    html! {
        div.empty {
            @if search.is_empty() {
                p { (asked.list.empty) }
                div.tasks { (link::tasks(desk, asked.list.tasks, None)) }
            } @else {
                p { "Nothing is called " bdi { "“" (search) "”" } " here." }
                p { a href=(format!("/admin/{}", asked.list.place)) { "Show all" } }
            }
        }
    }
}

fn head(asked: &Asked<'_>, column: &str, sorts: bool) -> Markup {
    let (is_sorted, down) = (asked.form.text("sort") == column, asked.is_descending());
    let order = if down { "descending" } else { "ascending" };
    let next = if is_sorted && !down { "down" } else { "" };
    html! {
        th scope="col" aria-sort=[is_sorted.then_some(order)] {
            @if sorts && asked.list.sorted.contains(&column) {
                a href=(asked.place_of(&[("sort", column), ("dir", next)])) { (shown::words(column)) }
            } @else { (shown::words(column)) }
        }
    }
}

/// The rows from where the list is read on, and what fetches the next ones.
fn rows(desk: &Desk, asked: &Asked<'_>, outcome: &Outcome) -> Markup {
    let next = asked.place("from", &(asked.from + ROWS).to_string());
    html! {
        @for object in &outcome.objects { (row(desk, asked, object)) }
        @if outcome.more {
            tr.more hx-get=(next) hx-trigger="revealed" hx-swap="outerHTML" {
                td colspan=(asked.columns.len() + 2) { a href=(next) { "Show more" } }
            }
        }
    }
}

fn row(desk: &Desk, asked: &Asked<'_>, object: &Object) -> Markup {
    let (list, name) = (asked.list, shown::name(object));
    let sheet = asked
        .sheet
        .map(|sheet| format!("/admin/{}/{}", sheet.place, link::escaped(&shown::identity(object))));
    html! {
        tr {
            @if !asked.acts.is_empty() {
                td.choose { input type="checkbox" name="one" value=(chosen(list, object)) aria-label=(format!("Choose {name}")); }
            }
            @for (at, column) in asked.columns.iter().enumerate() {
                td data-label=(shown::words(column)) {
                    @let value = shown::property(object, column);
                    @match (&sheet, at) {
                        (Some(place), 0) => a href=(place) { (first(desk, &value, &name)) },
                        _ => (shown::cell(&value, &desk.zone)),
                    }
                }
            }
            @if list.sheet.is_none() && !list.acts.is_empty() {
                td.acts { (link::tasks_of(desk, list.acts, object, None)) }
            }
        }
    }
}

/// What leads to the object must not be empty.
fn first(desk: &Desk, value: &Value, name: &str) -> Markup {
    if value.to_string().is_empty() {
        html! { bdi { (name) } }
    } else {
        shown::cell(value, &desk.zone)
    }
}

/// What names a row among the chosen ones: the settled parameters of an act, of this object.
fn chosen(list: &'static List, object: &Object) -> String {
    let given = bulk_acts(list).next().map(|act| link::question(act, Some(object)));
    given.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_looked_for_and_none_is_read_as_a_filter() {
        for (search, expected) in [
            ("ann", "(Name -like '*ann*' -or Alias -like '*ann*')"),
            ("o'neil*", "(Name -like '*o''neil*' -or Alias -like '*o''neil*')"),
            (
                "a  b",
                "(Name -like '*a*' -or Alias -like '*a*') -and (Name -like '*b*' -or Alias -like '*b*')",
            ),
        ] {
            assert_eq!(filter(&["Name", "Alias"], search), expected);
        }
    }
}
