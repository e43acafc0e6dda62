//! Who comes in: only those who are logged on, and forms only from this session's own pages.

use crate::Shared;
use crate::answer;
use crate::live;
use crate::logon;
use crate::part;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

/// Lets only those pass who are logged on, and only forms that this session's own pages sent.
pub(crate) async fn require(State(rooms): State<Shared>, mut request: Request, next: Next) -> Response {
    if let Err(error) = web::same_site(request.headers()) {
        return part::refusal(&error);
    }
    match rooms.session(request.headers(), !live::is_by_itself(&request)) {
        Some(session) => {
            request.extensions_mut().insert(session);
            next.run(request).await
        }
        None if request.method() == Method::GET => answer::to_logon(&request),
        None => logon::keep_form(rooms, request).await,
    }
}
