//! Who calls over HTTP, and whether the request may be looked at: one place for every door. [RFC 7617 2]

use crate::body::{Bodies, Taken};
use crate::origin;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use net::{Attempt, LogOn};
use object::{Error, ErrorId, Fault, Result};
use std::net::SocketAddr;
use std::sync::Arc;

/// The site whose doors these are: who may log on, and how much all requests may hold together.
pub struct Site<Who> {
    log_on: LogOn<Who>,
    bodies: Bodies,
}

impl<Who> Clone for Site<Who> {
    fn clone(&self) -> Site<Who> {
        Site { log_on: Arc::clone(&self.log_on), bodies: self.bodies.clone() }
    }
}

impl<Who: Send + 'static> Site<Who> {
    /// A site where `log_on` says who is known; doors that share `bodies` share its limit.
    pub fn new(log_on: LogOn<Who>, bodies: Bodies) -> Site<Who> {
        Site { log_on, bodies }
    }

    /// Who sends this request, if it comes from where it may. Nothing of its body is read.
    pub async fn admit(&self, head: &Parts) -> Result<Who> {
        let wrong = Error::caller(ErrorId::ContentTypeWrong, "The body is not sent as application/json.")
            .help("Send the header Content-Type: application/json.");
        self.admit_with(head, origin::is_json, wrong).await
    }

    /// The same, for a door that takes XML.
    pub async fn admit_xml(&self, head: &Parts) -> Result<Who> {
        let wrong = Error::caller(ErrorId::ContentTypeWrong, "The body is not sent as text/xml.")
            .help("Send the header Content-Type: text/xml.");
        self.admit_with(head, origin::is_xml, wrong).await
    }

    async fn admit_with(&self, head: &Parts, fits: fn(&HeaderMap) -> bool, wrong: Error) -> Result<Who> {
        origin::same_site(&head.headers)?;
        self.bodies.length(&head.headers)?;
        let sends = head.headers.contains_key(header::TRANSFER_ENCODING)
            || head.headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
        if head.method == Method::POST && sends && !fits(&head.headers) {
            return Err(wrong);
        }
        let (user, password) = credentials(&head.headers)?;
        let from = head.extensions.get::<SocketAddr>().copied();
        let from = from
            .ok_or_else(|| Error::server(ErrorId::PeerUnknown, "The address of the client is not known."))?;
        let attempt = Attempt { user: &user, password: &password, act_as: None, from };
        net::log_on(&self.log_on, attempt).await.map_err(unknown)
    }

    /// Takes the body in, within the limits of its length and its time.
    pub async fn body(&self, head: &Parts, body: Body) -> Result<Taken> {
        self.bodies.take(&head.headers, body).await
    }
}

/// Whoever may not enter hears one thing, whatever keeps them out: 403 would say that the password was right.
fn unknown(error: Error) -> Error {
    match error.fault() {
        Fault::Denied => Error::denied(ErrorId::LogonFailed, error.message()),
        _ => error,
    }
}

/// Name and password of Basic authentication.
fn credentials(headers: &HeaderMap) -> Result<(String, String)> {
    let missing = || {
        Error::denied(
            ErrorId::LogonRequired,
            "A log-on is required: Basic authentication with name and password.",
        )
    };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, pair) = given.and_then(|given| given.split_once(' ')).ok_or_else(missing)?;
    let pair = BASE64_STANDARD.decode(pair.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = pair.filter(|_| scheme.eq_ignore_ascii_case("basic")).ok_or_else(missing)?;
    let (user, password) = pair.split_once(':').ok_or_else(missing)?;
    Ok((user.to_owned(), password.to_owned()))
}
