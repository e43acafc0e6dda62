//! The second factor: set up with an authenticator, asked for behind the password, put away again.

use crate::Shared;
use crate::answer;
use crate::field;
use crate::form::{self, Form};
use crate::frame;
use crate::page;
use crate::part;
use crate::run::Desk;
use crate::session::{self, Session};
use crate::ticket::{Answer, Sent};
use crate::totp;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use gate::Caller;
use maud::{Markup, PreEscaped, html};
use object::types::{Guid, SecureString};
use object::{Error, ErrorId, Result, Time};
use parking_lot::Mutex;
use qrcodegen::{QrCode, QrCodeEcc};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How long one may take to type the code behind the password.
const HALF: Duration = Duration::from_secs(300);
/// Of one account so many at most; the oldest gives way, so that nobody takes everybody's places.
const HALVES_OF_ONE_MAX: usize = 5;
/// People who are between password and code at once.
const HALVES_MAX: usize = 1_000;
/// Wrong codes of an account within [`WRONG_WITHIN`]; then none is looked at until that time is over. Whoever knows the
/// password has 960 tries a day so, at three codes of a million that are right.
const WRONG_MAX: u32 = 10;
const WRONG_WITHIN: Duration = Duration::from_secs(900);

/// Somebody whose password was right and whose code is not there yet.
#[derive(Clone)]
pub(crate) struct Half {
    pub(crate) caller: Caller,
    pub(crate) proof: Option<u64>,
    began: Time,
}

/// What is known of codes: who is to type one, which was the last one, who guesses.
#[derive(Default)]
pub(crate) struct Codes {
    halves: Mutex<HashMap<String, Half>>,
    accounts: Mutex<HashMap<Guid, Account>>,
}

#[derive(Clone, Copy, Default)]
struct Account {
    /// A code logs on once.
    last: i64,
    wrong: u32,
    since: Time,
}

impl Codes {
    /// Keeps somebody whose password was right; the answer names them.
    pub(crate) fn half(&self, caller: Caller, proof: Option<u64>, now: Time) -> Result<String> {
        let name = session::secret()?;
        let mut halves = self.halves.lock();
        halves.retain(|_, half| now <= half.began + HALF);
        let mut own: Vec<(Time, String)> = halves
            .iter()
            .filter(|(_, half)| half.caller.account == caller.account)
            .map(|(name, half)| (half.began, name.clone()))
            .collect();
        if own.len() >= HALVES_OF_ONE_MAX {
            own.sort();
            halves.remove(&own[0].1);
        }
        if halves.len() >= HALVES_MAX {
            return Err(Error::busy(ErrorId::TooManySessions, "Too many people are logging on.")
                .help("Try again in some minutes."));
        }
        halves.insert(name.clone(), Half { caller, proof, began: now });
        Ok(name)
    }

    /// Who that was, as long as it holds.
    pub(crate) fn of(&self, name: &str, now: Time) -> Result<Half> {
        let known = self.halves.lock().get(name).filter(|half| now <= half.began + HALF).cloned();
        known.ok_or_else(|| {
            Error::denied(ErrorId::LogonFailed, "It took too long: the password is needed again.")
        })
    }

    /// Somebody has logged on.
    pub(crate) fn done(&self, name: &str) {
        self.halves.lock().remove(name);
    }

    /// Whether a code of an account is right, and was not used before.
    pub(crate) fn check(&self, account: Guid, key: &SecureString, code: &str, now: Time) -> Result<()> {
        let mut accounts = self.accounts.lock();
        let known = accounts.entry(account).or_default();
        if now > known.since + WRONG_WITHIN {
            (known.wrong, known.since) = (0, now);
        }
        if known.wrong >= WRONG_MAX {
            let message = "There were too many wrong codes for this account.";
            return Err(Error::denied(ErrorId::TooManyLogonFailures, message).help(
                "Wait a quarter of an hour. If that was not you, change the password: somebody knows it.",
            ));
        }
        match totp::step_of(key.reveal(), code, now) {
            Some(step) if step > known.last => {
                // What somebody else guessed still counts: the owner's own code is no reason to forget it.
                known.last = step;
                Ok(())
            }
            found => {
                known.wrong += 1;
                let used = "This code was used before. Wait for the next one.";
                let wrong = "The code is not right.";
                Err(Error::denied(ErrorId::LogonFailed, if found.is_some() { used } else { wrong })
                    .help("Type the six digits that your authenticator shows now, and see that its clock is right.")
                    .about("Code"))
            }
        }
    }
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/admin/second", get(show).post(change))
}

/// The field for a code.
pub(crate) fn code(error: Option<&Error>) -> Markup {
    html! {
        div.field.wrong[error.is_some()] {
            label for="code" { "Code of your authenticator" }
            input #code type="text" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required autofocus
                aria-invalid=[error.map(|_| "true")];
            @if let Some(error) = error { (field::problem(error)) }
        }
    }
}

async fn show(State(rooms): State<Shared>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    page::make(rooms, head, |desk| shown(desk, None)).await
}

fn shown(desk: &Desk, error: Option<&Error>) -> Result<Response> {
    let about = html! { p.quiet { "A code of your telephone, besides the password, when you log on to the console." } };
    let body = html! {
        (part::title("Second factor", about, html! {}))
        @match desk.rooms.accounts.second_factor(desk.caller())? {
            Some(_) => (is_on(desk, error)?),
            None => (is_off(desk, error)?),
        }
    };
    Ok(answer::page(frame::page(desk, "Second factor", body)))
}

fn is_on(desk: &Desk, error: Option<&Error>) -> Result<Markup> {
    Ok(html! {
        div.notice.good { p { strong { "It is set up." } " Whoever logs on to the console as you needs your password and your authenticator; the shell and mail programs go on with the password." } }
        form.fields method="post" action="/admin/second" {
            (form::proof(desk)?)
            section.part {
                h2 { "Put it away" }
                div.grid { (code(error)) }
                button.grave type="submit" name="do" value="off" { "Put it away" }
            }
        }
        p.quiet { "If the telephone is lost, another administrator runs Clear-SecondFactor." }
    })
}

fn is_off(desk: &Desk, error: Option<&Error>) -> Result<Markup> {
    let key = desk.session.factor(totp::fresh_key)?;
    let place = address(&desk.rooms.site, &desk.caller().name, &key);
    let grouped: Vec<&str> =
        key.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
    Ok(html! {
        form.fields method="post" action="/admin/second" {
            (form::proof(desk)?)
            section.part.factor {
                div { (picture(&place)?) }
                div {
                    h2 { "Set it up" }
                    ol {
                        li { "Read the picture with an authenticator, such as Aegis, FreeOTP or that of your password store." }
                        li { "Or type this key: " code { (grouped.join(" ")) } " " a.button href=(place) { "Open it here" } }
                        li { "Type the code that it shows." }
                    }
                    (code(error))
                    button type="submit" name="do" value="on" { "Set it up" }
                }
            }
        }
    })
}

/// What authenticators read: whose key it is, and the key.
fn address(site: &str, name: &str, key: &str) -> String {
    let escaped =
        |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!("otpauth://totp/{0}:{1}?secret={key}&issuer={0}", escaped(site), escaped(name))
}

/// A text as a picture for cameras; dark on light in every theme, since some cameras read nothing else.
fn picture(text: &str) -> Result<Markup> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|error| Error::server(ErrorId::TextTooLong, error.to_string()))?;
    let edge = code.size() + 8;
    let mut dark = String::new();
    for (x, y) in (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))) {
        if code.get_module(x, y) {
            dark.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
        }
    }
    Ok(html! {
        svg.qr viewBox=(format!("0 0 {edge} {edge}")) width="220" height="220" role="img" aria-label="The key as a picture" {
            (PreEscaped(format!("<rect width=\"{edge}\" height=\"{edge}\"/><path d=\"{dark}\"/>")))
        }
    })
}

async fn change(State(rooms): State<Shared>, request: Request) -> Response {
    match form::take(&rooms, request).await {
        Ok((head, form)) => page::make(rooms, head, move |desk| changed(desk, &form)).await,
        Err(refused) => page::refused(rooms, refused).await,
    }
}

fn changed(desk: &Desk, form: &Form) -> Result<Response> {
    desk.session.once(form.text("ticket"), || {
        let turned = if form.text("do") == "off" { turn_off(desk, form) } else { turn_on(desk, form) };
        match turned {
            Ok(sentence) => {
                let said = html! { div.notice.good role="status" { p { strong { (sentence) } } } };
                Ok(Sent::Done(Answer { place: "/admin/second".to_owned(), said }))
            }
            Err(error) => shown(desk, Some(&error)).map(Sent::Shown),
        }
    })
}

fn checked(desk: &Desk, key: &SecureString, form: &Form) -> Result<()> {
    let account = desk.caller().account.ok_or_else(|| {
        Error::denied(ErrorId::NotAnAccount, "Only an account of the directory has a second factor.")
    })?;
    desk.rooms.codes.check(account, key, form.text("code"), desk.rooms.clock.now())
}

fn turn_on(desk: &Desk, form: &Form) -> Result<&'static str> {
    if desk.rooms.accounts.second_factor(desk.caller())?.is_some() {
        desk.session.forget_factor();
        let message = "A second factor is set up already.";
        return Err(Error::conflict(ErrorId::InvalidChange, message)
            .help("Put that one away first.")
            .about("Code"));
    }
    let key = SecureString::new(desk.session.factor(totp::fresh_key)?);
    checked(desk, &key, form)?;
    desk.rooms.accounts.set_second_factor(desk.caller(), Some(&key))?;
    desk.session.forget_factor();
    // Those who logged on with the password alone do it again, with both.
    let here = &desk.session.number;
    desk.rooms.sessions.end(desk.caller(), |session| session.number != *here);
    Ok("The second factor is set up.")
}

fn turn_off(desk: &Desk, form: &Form) -> Result<&'static str> {
    if let Some(key) = desk.rooms.accounts.second_factor(desk.caller())? {
        checked(desk, &key, form)?;
    }
    desk.rooms.accounts.set_second_factor(desk.caller(), None)?;
    Ok("The second factor is put away.")
}

/// What the key is asked with at the log-on.
pub(crate) fn prove(rooms: &Shared, name: &str, code: &str) -> Result<Half> {
    let now = rooms.clock.now();
    let half = rooms.codes.of(name, now)?;
    let key = rooms.accounts.second_factor(&half.caller)?;
    if let (Some(account), Some(key)) = (half.caller.account, key) {
        rooms.codes.check(account, &key, code, now)?;
    }
    // The password may have changed meanwhile, or the account be switched off.
    if half.proof.is_none() || rooms.accounts.proof(&half.caller) != half.proof {
        rooms.codes.done(name);
        return Err(Error::denied(ErrorId::LogonFailed, "The password is needed again."));
    }
    rooms.codes.done(name);
    Ok(half)
}

/// A session begins when both were right.
pub(crate) fn begin(rooms: &Shared, half: Half, browser: &str) -> Result<Arc<Session>> {
    rooms.sessions.begin(half.caller, half.proof, browser)
}
