//! The addresses at which clients ask, and in which form they are answered.

use crate::account::{Account, Accounts};
use crate::pox::Refusal;
use crate::served::Served;
use crate::{autoconfig, json, mobile, pox, request, soap};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use object::types::Guid;
use object::{Clock, Error, ErrorId, Fault, Result};
use std::sync::Arc;
use web::{Site, status_of, with_challenge};

/// The directory of all forms, as clients spell it.
const FOLDERS: [&str; 4] = ["autodiscover", "Autodiscover", "AutoDiscover", "AUTODISCOVER"];
/// The file of a form, as clients spell it; its ending comes behind.
const FILES: [&str; 3] = ["autodiscover", "Autodiscover", "AutoDiscover"];
/// The form for desktops.
const OUTLOOK: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

#[derive(Clone)]
struct Rooms {
    accounts: Arc<dyn Accounts>,
    site: Site<Guid>,
    served: Arc<Served>,
    clock: Arc<dyn Clock>,
}

/// The routes of this door. Each request carries its peer's `SocketAddr` as an extension.
pub fn routes(
    accounts: Arc<dyn Accounts>,
    site: Site<Guid>,
    served: Served,
    clock: Arc<dyn Clock>,
) -> Router {
    let mut router = Router::new()
        .route("/mail/config-v1.1.xml", get(configuration))
        .route("/.well-known/autoconfig/mail/config-v1.1.xml", get(configuration));
    for folder in FOLDERS {
        for file in FILES {
            let at = |ending: &str| format!("/{folder}/{file}.{ending}");
            router = router
                .route(&at("xml"), post(plain).get(plain))
                .route(&at("svc"), post(settings))
                .route(&at("json"), get(protocol))
                .route(&format!("{}/v1.0/{{user}}", at("json")), get(protocol_of));
        }
    }
    router.with_state(Rooms { accounts, site, served: Arc::new(served), clock })
}

/// Plain XML. What is wrong with the request is told with status 200, as clients expect; what is wrong with the caller is
/// a status.
async fn plain(State(rooms): State<Rooms>, request: Request) -> Response {
    let now = rooms.clock.now();
    match asked(&rooms, request).await {
        Ok((caller, body)) => xml(told(&rooms, caller, &body).unwrap_or_else(|why| pox::refusal(why, now))),
        Err(error) => refused(&error),
    }
}

fn told(rooms: &Rooms, caller: Guid, body: &[u8]) -> Result<String, Refusal> {
    let request = request::read(body).map_err(|_| Refusal::Invalid)?;
    let about =
        request.first("EMailAddress").or_else(|| request.first("LegacyDN")).ok_or(Refusal::Invalid)?;
    // Phones that name no form want theirs. [MS-ASCMD 2.2.1.1.1]
    let wanted = request.first("AcceptableResponseSchema").unwrap_or(mobile::SCHEMA);
    let account = known(rooms, caller, about).ok_or(Refusal::NotFound)?;
    match wanted {
        OUTLOOK => Ok(pox::answer(&account, &rooms.served)),
        mobile::SCHEMA => Ok(mobile::answer(&account, &rooms.served)),
        _ => Err(Refusal::NotProvided),
    }
}

/// SOAP.
async fn settings(State(rooms): State<Rooms>, request: Request) -> Response {
    let (caller, body) = match asked(&rooms, request).await {
        Ok(asked) => asked,
        Err(error) => return refused(&error),
    };
    let document = match request::read(&body) {
        Ok(document) => document,
        Err(error) => return xml(soap::failed("InvalidRequest", error.message())),
    };
    xml(match soap::asked(&document) {
        Ok(asked) => {
            let found: Vec<_> = asked.users.iter().map(|user| known(&rooms, caller, user)).collect();
            soap::answer(&asked, &found, &rooms.served)
        }
        Err(answer) => answer,
    })
}

/// An account that whoever asks may know of. What the directory cannot say is told as if nobody were there, and logged.
fn known(rooms: &Rooms, caller: Guid, about: &str) -> Option<Account> {
    rooms.accounts.account(caller, about).unwrap_or_else(|error| {
        tracing::warn!(%error, "an account could not be looked up");
        None
    })
}

/// Who asks, and what they sent.
async fn asked(rooms: &Rooms, request: Request) -> Result<(Guid, Vec<u8>)> {
    let (head, body) = request.into_parts();
    let caller = rooms.site.admit_xml(&head).await?;
    let body = rooms.site.body(&head, body).await?;
    // Before a copy is made, which no budget counts.
    request::check_length(&body)?;
    Ok((caller, body.to_vec()))
}

async fn protocol(State(rooms): State<Rooms>, uri: Uri) -> Response {
    where_is(&rooms, &uri)
}

async fn protocol_of(State(rooms): State<Rooms>, Path(_user): Path<String>, uri: Uri) -> Response {
    // The answer is the same for everybody, so that nobody learns who exists.
    where_is(&rooms, &uri)
}

fn where_is(rooms: &Rooms, uri: &Uri) -> Response {
    let (status, text) = json::answer(parameter(uri, "Protocol").as_deref(), &rooms.served);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], text).into_response()
}

async fn configuration(State(rooms): State<Rooms>, headers: HeaderMap, uri: Uri) -> Response {
    let named =
        parameter(&uri, "emailaddress").and_then(|address| Some(address.rsplit_once('@')?.1.to_owned()));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let by_host = host.strip_prefix("autoconfig.").unwrap_or(host);
    let domain = named.unwrap_or_else(|| match rooms.accounts.is_ours(by_host) {
        true => by_host.to_owned(),
        false => rooms.served.domain.clone(),
    });
    match rooms.accounts.is_ours(&domain) {
        true => xml(autoconfig::answer(&domain.to_lowercase(), &rooms.served)),
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A parameter of the query, its name in any case.
fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()?;
    plain_text(found)
}

/// `ann%40contoso.com` is `ann@contoso.com`.
fn plain_text(coded: &str) -> Option<String> {
    let (mut octets, mut rest) = (Vec::with_capacity(coded.len()), coded.as_bytes());
    while let Some((&octet, tail)) = rest.split_first() {
        rest = tail;
        octets.push(match octet {
            b'%' => {
                let (digits, tail) = tail.split_at_checked(2)?;
                rest = tail;
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(octets).ok()
}

fn xml(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], text).into_response()
}

/// What a caller hears who may not ask.
fn refused(error: &Error) -> Response {
    // Which accounts there are, and which are switched off, is nobody's business.
    let unproved = error.fault() == Fault::Denied && !error.is(ErrorId::CrossSiteRequest);
    let status = if unproved { StatusCode::UNAUTHORIZED } else { status_of(error) };
    let text = if status.is_server_error() { "The server failed.".to_owned() } else { error.to_string() };
    with_challenge((status, format!("{text}\n")).into_response())
}
