//! How a page is made: on a worker thread, since commands block, for the person whose session it is.

use crate::Shared;
use crate::answer;
use crate::form::Refused;
use crate::frame;
use crate::moment::Zone;
use crate::part;
use crate::run::Desk;
use crate::session::Session;
use axum::http::request::Parts;
use axum::response::Response;
use object::{Error, ErrorId, Result};
use std::sync::Arc;

/// Makes a page on a worker thread, since commands block.
pub(crate) async fn make(
    rooms: Shared,
    head: Parts,
    work: impl FnOnce(&Desk) -> Result<Response> + Send + 'static,
) -> Response {
    let made = match desk(rooms, &head) {
        Ok(desk) => net::blocking(move || work(&desk).or_else(|error| Ok(trouble(&desk, &error)))).await,
        Err(error) => Err(error),
    };
    made.unwrap_or_else(|error| part::refusal(&error))
}

/// The page that says why a form was not taken in.
pub(crate) async fn refused(rooms: Shared, refused: Refused) -> Response {
    let Refused { head, error, .. } = refused;
    make(rooms, *head, move |_| Err(error)).await
}

/// The page that stands where a page could not be made.
fn trouble(desk: &Desk, error: &Error) -> Response {
    let body = part::trouble(error);
    answer::page_with(web::status_of(error), frame::page(desk, "Not possible", body))
}

/// What a page of a request works with.
pub(crate) fn desk(rooms: Shared, head: &Parts) -> Result<Desk> {
    let session = head.extensions.get::<Arc<Session>>().cloned();
    let session = session
        .ok_or_else(|| Error::denied(ErrorId::LogonRequired, "This page is for people who are logged on."))?;
    let place = head.uri.path_and_query().map_or("/admin", |place| place.as_str()).to_owned();
    let headers = &head.headers;
    let is_piece = answer::is_piece(headers);
    Ok(Desk { rooms, session, place, is_piece, zone: Zone::of(headers) })
}
