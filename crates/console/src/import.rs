//! A CSV that is taken in: which command is run for its rows, a look at all of them, then the bulk request.

use crate::Shared;
use crate::answer;
use crate::bulk;
use crate::field;
use crate::form::{self, Form, Refused};
use crate::frame;
use crate::page;
use crate::part;
use crate::run::Desk;
use crate::ticket::{Answer, Sent};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use gate::{Changes, Invocation};
use maud::{Markup, html};
use object::types::SecureString;
use object::{Error, ErrorId, Result, Value};

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/admin/import", get(show).post(take))
}

async fn show(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let form = Form::of_question(&head);
    page::make(rooms, head, move |desk| shown(desk, &form, &[])).await
}

fn shown(desk: &Desk, form: &Form, errors: &[Error]) -> Result<Response> {
    let of = |name: &str| errors.iter().find(|error| error.parameter() == Some(name));
    let elsewhere = errors.iter().filter(|error| {
        !["Cmdlet", "CSVData", "Password"].iter().any(|name| error.parameter() == Some(name))
    });
    let about = html! { p.quiet { "Runs one command for each row of a CSV. First it is only looked what each row would do." } };
    let body = html! {
        (part::title("Import a CSV", about, html! {}))
        (part::troubles(elsewhere))
        form.fields method="post" action="/admin/import" enctype="multipart/form-data" {
            (form::proof(desk)?)
            section.part { div.grid {
                div.field.wrong[of("Cmdlet").is_some()] {
                    label for="f-cmdlet" { "Command" span.needed title="needed" { " *" } }
                    input #f-cmdlet type="text" name="cmdlet" value=(form.text("cmdlet")) list="cmdlets" required autocomplete="off"
                        spellcheck="false" placeholder="New-Mailbox";
                    datalist #cmdlets { @for name in cmdlets(desk)? { option value=(name) {} } }
                    @if let Some(error) = of("Cmdlet") { (field::problem(error)) }
                    p.help { "The cmdlet that is run for each row. The head of the CSV names its parameters." }
                }
                div.field.wrong[of("CSVData").is_some()] {
                    label for="f-file" { "File" span.needed title="needed" { " *" } }
                    input #f-file type="file" name="file" accept=".csv,text/csv,text/plain" required;
                    @if let Some(error) = of("CSVData") { (field::problem(error)) }
                    p.help { "A CSV in UTF-8 of up to 100,000 rows and " (web::BODY_BYTES_MAX >> 20) " MB. Several values of a list are separated by semicolons." }
                }
                div.field.wrong[of("Password").is_some()] {
                    label for="f-password" { "Password for all rows" }
                    input #f-password type="password" name="password" autocomplete="new-password";
                    @if let Some(error) = of("Password") { (field::problem(error)) }
                    p.help { "Only where accounts are made: passwords cannot stand in the CSV." }
                }
            } }
            div.send {
                button type="submit" name="do" value="look" { "Look what it would do" }
                a.plain href="/admin/jobs" { "Cancel" }
            }
        }
        section.part {
            h2 { "What such a file looks like" }
            pre tabindex="0" { code { "Name,Alias,UserPrincipalName,ResetPasswordOnNextLogon\nAnn Berg,ann,ann@" (desk.rooms.site) ",true\nBen Okafor,ben,ben@" (desk.rooms.site) ",true" } }
        }
    };
    Ok(answer::page(frame::page(desk, "Import a CSV", body)))
}

/// The cmdlets that can be run for rows.
fn cmdlets(desk: &Desk) -> Result<Vec<String>> {
    let book = desk.rooms.gate.book();
    let permitted = desk.rooms.gate.permitted(desk.caller())?;
    let changing = permitted.into_iter().filter(|(_, may)| *may).filter_map(|(name, _)| book.find(name));
    let changing = changing.filter(|found| found.built && found.changes != Changes::No);
    Ok(changing.map(|found| found.name.to_string()).collect())
}

async fn take(State(rooms): State<Shared>, request: Request) -> Response {
    match form::take(&rooms, request).await {
        Ok((head, form)) => page::make(rooms, head, move |desk| taken(desk, &form)).await,
        Err(refused) if is_about_file(&refused.error) => {
            let Refused { head, error, form } = refused;
            page::make(rooms, *head, move |desk| {
                let page = shown(desk, &form, &[error.clone().about("CSVData")])?;
                Ok((web::status_of(&error), page).into_response())
            })
            .await
        }
        Err(refused) => page::refused(rooms, refused).await,
    }
}

/// Whether a form is refused for the file that it brings.
fn is_about_file(error: &Error) -> bool {
    [ErrorId::ContentTypeWrong, ErrorId::RequestTooLarge].iter().any(|id| error.is(*id))
}

fn taken(desk: &Desk, form: &Form) -> Result<Response> {
    desk.session.once(form.text("ticket"), || requested(desk, form))
}

fn requested(desk: &Desk, form: &Form) -> Result<Sent> {
    let outcome = desk.run(asked(form));
    if !outcome.errors.is_empty() {
        return Ok(Sent::Shown(shown(desk, form, &outcome.errors)?));
    }
    Ok(Sent::Done(Answer { place: bulk::page_of(&outcome), said: said() }))
}

fn said() -> Markup {
    html! { div.notice role="status" {
        p { strong { "Nothing is changed yet." } " Here stands what each row would do. When you like it, choose Do it." }
    } }
}

/// The request that looks at all rows.
fn asked(form: &Form) -> Invocation {
    let asked = Invocation::new("New-BulkRequest")
        .with("Cmdlet", form.text("cmdlet").trim())
        .with("CSVData", form.text("file"))
        .with("ValidateOnly", true);
    match form.text("password") {
        "" => asked,
        password => asked.with("Password", Value::typed(SecureString::new(password))),
    }
}
