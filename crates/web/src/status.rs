//! Which status an error has. [RFC 9110 15]

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use object::{Error, ErrorId, Fault};

/// The status of an error that comes before an answer has begun.
pub fn status_of(error: &Error) -> StatusCode {
    match error.known() {
        Some(ErrorId::LogonRequired | ErrorId::LogonFailed) => return StatusCode::UNAUTHORIZED,
        Some(ErrorId::CommandNotFoundException) => return StatusCode::NOT_FOUND,
        Some(ErrorId::ContentTypeWrong) => return StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Some(ErrorId::RequestTooSlow) => return StatusCode::REQUEST_TIMEOUT,
        _ => {}
    }
    match error.fault() {
        Fault::Denied => StatusCode::FORBIDDEN,
        Fault::NotFound => StatusCode::NOT_FOUND,
        Fault::Limit => StatusCode::PAYLOAD_TOO_LARGE,
        Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Caller | Fault::Conflict => StatusCode::BAD_REQUEST,
        Fault::Server => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Asks for a log-on where the status says so. [RFC 9110 15.5.2]
pub fn with_challenge(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        let basic = HeaderValue::from_static("Basic realm=\"Mailstead\", charset=\"UTF-8\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
    }
    response
}
