//! Logging on and off, and where one is logged on.

use crate::Shared;
use crate::answer;
use crate::form::{self, Form};
use crate::frame;
use crate::page;
use crate::part;
use crate::second;
use crate::session::{self, Session};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use object::{Error, ErrorId, Fault, Result};
use std::net::SocketAddr;
use std::sync::Arc;

/// How much of a browser's name for itself is kept.
const BROWSER_CHARS_MAX: usize = 200;
/// Bytes of a form that is kept over a log-on; a longer one has to be filled again.
const KEPT_BYTES_MAX: usize = 256 << 10;

/// The pages for people who are not logged on.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/admin/logon", get(show).post(logon)).route("/admin/logon/code", post(coded))
}

/// The pages for people who are.
pub(crate) fn pages() -> Router<Shared> {
    Router::new()
        .route("/admin/logoff", post(logoff))
        .route("/admin/sessions", get(sessions))
        .route("/admin/sessions/end", post(end))
}

async fn show(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let form = Form::of_question(&head);
    if rooms.session(&head.headers, true).is_some() {
        return answer::lead_to(answer::safe_place(form.text("next")));
    }
    answer::page(card(&rooms, form.text("next"), "", "", None))
}

/// The form of the log-on. `kept` is a form that was sent when the session had ended.
fn card(rooms: &Shared, next: &str, user: &str, kept: &str, error: Option<&Error>) -> Markup {
    part::bare(
        "Log on",
        html! {
            form.card.logon method="post" action="/admin/logon" {
                h1 { (rooms.site) }
                p.quiet { @if kept.is_empty() { "Log on to administer mail." } @else {
                    "Your session had ended. Log on, and what you filled in is still there."
                } }
                @if let Some(error) = error { (part::trouble(error)) }
                input type="hidden" name="next" value=(answer::safe_place(next));
                input type="hidden" name="kept" value=(kept);
                div.field { label for="user" { "User name" }
                    input #user type="text" name="user" value=(user) autocomplete="username" autocapitalize="none"
                        spellcheck="false" required autofocus[user.is_empty()]; }
                div.field { label for="password" { "Password" }
                    input #password type="password" name="password" autocomplete="current-password" required
                        autofocus[!user.is_empty()]; }
                button type="submit" { "Log on" }
            }
        },
    )
}

async fn logon(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let form = match form::take_any(&rooms, &head, body).await {
        Ok(form) => form,
        Err(error) => return part::refusal(&error),
    };
    match begun(&rooms, &head.headers, head.extensions.get::<SocketAddr>().copied(), &form).await {
        Ok(Begun::Session(session)) => welcome(&session, &form),
        Ok(Begun::Half(half)) => answer::page(second_card(&rooms, &form, &half, None)),
        Err(error) => {
            let page = card(&rooms, form.text("next"), form.text("user"), form.text("kept"), Some(&error));
            let status = if error.fault() == Fault::Denied {
                StatusCode::UNAUTHORIZED
            } else {
                web::status_of(&error)
            };
            answer::page_with(status, page)
        }
    }
}

async fn begun(rooms: &Shared, headers: &HeaderMap, from: Option<SocketAddr>, form: &Form) -> Result<Begun> {
    let from =
        from.ok_or_else(|| Error::server(ErrorId::PeerUnknown, "The address of the client is not known."))?;
    let (user, password) = (form.text("user").trim(), form.text("password"));
    let attempt = net::Attempt { user, password, act_as: None, from };
    let caller = net::answered(|then| rooms.accounts.log_on(attempt, then)).await?;
    let proof = rooms.accounts.proof(&caller);
    if rooms.accounts.second_factor(&caller)?.is_some() {
        return Ok(Begun::Half(rooms.codes.half(caller, proof, rooms.clock.now())?));
    }
    Ok(Begun::Session(rooms.sessions.begin(caller, proof, &browser(headers))?))
}

/// What a right password begins.
enum Begun {
    /// The session.
    Session(Arc<Session>),
    /// The question for the code; the name under which it is asked.
    Half(String),
}

/// The browser, as it calls itself.
fn browser(headers: &HeaderMap) -> String {
    let name = headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
    name.chars().take(BROWSER_CHARS_MAX).collect()
}

/// The form for the code behind the password.
fn second_card(rooms: &Shared, form: &Form, half: &str, error: Option<&Error>) -> Markup {
    part::bare(
        "Log on",
        html! {
            form.card.logon method="post" action="/admin/logon/code" {
                h1 { (rooms.site) }
                p.quiet { "The password is right. Your second factor is needed, too." }
                input type="hidden" name="half" value=(half);
                input type="hidden" name="next" value=(answer::safe_place(form.text("next")));
                input type="hidden" name="user" value=(form.text("user"));
                input type="hidden" name="kept" value=(form.text("kept"));
                (second::code(error))
                button type="submit" { "Log on" }
                p.quiet { "Without your telephone, another administrator can take the second factor away." }
            }
        },
    )
}

/// The code behind the password.
async fn coded(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let form = match form::take_any(&rooms, &head, body).await {
        Ok(form) => form,
        Err(error) => return part::refusal(&error),
    };
    let half = second::prove(&rooms, form.text("half"), form.text("code"));
    match half.and_then(|half| second::begin(&rooms, half, &browser(&head.headers))) {
        Ok(session) => welcome(&session, &form),
        // What is about the code is asked again; anything else begins anew.
        Err(error) if error.parameter() == Some("Code") || error.is(ErrorId::TooManyLogonFailures) => {
            let page = second_card(&rooms, &form, form.text("half"), Some(&error));
            answer::page_with(StatusCode::UNAUTHORIZED, page)
        }
        Err(error) => {
            let page = card(&rooms, form.text("next"), form.text("user"), form.text("kept"), Some(&error));
            answer::page_with(StatusCode::UNAUTHORIZED, page)
        }
    }
}

/// Leads to where one wanted to go; a form that was kept is offered again.
fn welcome(session: &Session, form: &Form) -> Response {
    let kept = form.text("kept");
    let next = answer::safe_place(form.text("next"));
    let mut response =
        if kept.is_empty() { answer::lead_to(next) } else { answer::page(again(session, next, kept)) };
    response.headers_mut().insert(header::SET_COOKIE, session::set_cookie(session));
    response
}

fn again(session: &Session, next: &str, kept: &str) -> Markup {
    let fields = Form::parse(kept.as_bytes());
    part::bare(
        "Go on",
        html! {
            form.card.logon method="post" action=(next) {
                h1 { "You are logged on again" }
                p { "What you filled in was not sent yet." }
                @for (name, value) in fields.fields().filter(|(name, _)| *name != "token") {
                    input type="hidden" name=(name) value=(value);
                }
                input type="hidden" name="token" value=(session.token);
                div.send { button type="submit" autofocus { "Send it now" } a.plain href=(next) { "Leave it" } }
            }
        },
    )
}

/// A form that comes when its session has ended is kept over the log-on: nothing that was filled in is lost.
pub(crate) async fn keep_form(rooms: Shared, request: Request) -> Response {
    let place = request.uri().path_and_query().map_or("/admin", |place| place.as_str()).to_owned();
    let (head, body) = request.into_parts();
    let form = match form::take_any(&rooms, &head, body).await {
        Ok(form) => form,
        Err(error) => return part::refusal(&error),
    };
    // What only shows something (a preview) is not worth sending again.
    let kept = if answer::is_piece(&head.headers) { String::new() } else { form.question_without_secrets() };
    let kept = if kept.len() > KEPT_BYTES_MAX { String::new() } else { kept };
    answer::page_with(StatusCode::UNAUTHORIZED, card(&rooms, &place, "", &kept, None))
}

async fn logoff(State(rooms): State<Shared>, request: Request) -> Response {
    match form::take(&rooms, request).await {
        Ok((head, _)) => {
            if let Some(session) = head.extensions.get::<Arc<Session>>() {
                rooms.sessions.end(&session.caller, |other| other.number == session.number);
            }
            let mut response = answer::lead_to("/admin/logon");
            response.headers_mut().insert(header::SET_COOKIE, session::clear_cookie());
            response
        }
        Err(refused) => page::refused(rooms, refused).await,
    }
}

async fn sessions(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    page::make(rooms, head, |desk| {
        let all = desk.rooms.sessions.of_same(desk.caller());
        let body = html! {
            (part::title("Your log-ons", html! {}, html! {
                a.button href="/admin/second" { "Second factor" }
                form method="post" action="/admin/sessions/end" {
                    input type="hidden" name="token" value=(desk.session.token);
                    button.button.grave type="submit" name="which" value="others" { "Log off everywhere else" }
                }
            }))
            div.scroll { table.list {
                thead { tr { th scope="col" { "Browser" } th scope="col" { "From" } th scope="col" { "Since" } th scope="col" { "Last used" } } }
                tbody { @for session in &all { tr {
                    td { bdi { (session.browser) } @if session.number == desk.session.number { " " strong { "(this one)" } } }
                    td { (session.caller.from) }
                    td { (desk.zone.shown(session.began)) }
                    td { (desk.zone.shown(session.used())) }
                } } }
            } }
        };
        Ok(answer::page(frame::page(desk, "Your log-ons", body)))
    })
    .await
}

async fn end(State(rooms): State<Shared>, request: Request) -> Response {
    match form::take(&rooms, request).await {
        Ok((head, _)) => {
            if let Some(session) = head.extensions.get::<Arc<Session>>() {
                rooms.sessions.end(&session.caller, |other| other.number != session.number);
            }
            answer::lead_to("/admin/sessions")
        }
        Err(refused) => page::refused(rooms, refused).await,
    }
}
