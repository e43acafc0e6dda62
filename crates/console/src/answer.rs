//! How a page is answered: its headers, where it leads, and what it says when it cannot be shown.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;

/// Nothing is loaded but from here, no script stands in a page, and no page of another site frames ours. [CSP3]
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The headers of every answer of the console.
pub(crate) async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What one administrator saw is nobody else's, nor of whoever presses Back after the log-out.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// A page or a piece of one.
pub(crate) fn page(markup: Markup) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], Body::from(markup.into_string())).into_response()
}

/// A page under another status.
pub(crate) fn page_with(status: StatusCode, markup: Markup) -> Response {
    let mut response = page(markup);
    *response.status_mut() = status;
    response
}

/// Leads to a page of ours, with GET; `place` is a path of this console.
pub(crate) fn lead_to(place: &str) -> Response {
    let place = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static("/admin"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

/// Leads to the log-on, and from there back. What is loaded into a page makes the whole page go there.
pub(crate) fn to_logon(request: &Request) -> Response {
    let wanted = match is_piece(request.headers()) {
        true => request.headers().get("hx-current-url").and_then(|url| url.to_str().ok()).and_then(own_place),
        false => request.uri().path_and_query().map(|place| place.as_str().to_owned()),
    };
    let next: String = form_urlencoded::byte_serialize(wanted.unwrap_or_default().as_bytes()).collect();
    let place = format!("/admin/logon?next={next}");
    if !is_piece(request.headers()) {
        return lead_to(&place);
    }
    let place = HeaderValue::from_str(&place).unwrap_or(HeaderValue::from_static("/admin/logon"));
    (StatusCode::OK, [(HeaderName::from_static("hx-redirect"), place)]).into_response()
}

/// The path of an address of this site.
fn own_place(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    rest.find('/').map(|at| rest[at..].to_owned())
}

/// A path that leads nowhere but into the console: anything else is the first page.
pub(crate) fn safe_place(place: &str) -> &str {
    let inside = place == "/admin" || place.starts_with("/admin/") || place.starts_with("/admin?");
    let plain = place.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if inside && plain { place } else { "/admin" }
}

/// Whether only a piece of a page is wanted, to be put into the one that stands.
pub(crate) fn is_piece(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request") && !headers.contains_key("hx-boosted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_on_leads_into_the_console_and_nowhere_else() {
        for (asked, led) in [
            ("/admin/mailboxes?q=a", "/admin/mailboxes?q=a"),
            ("/admin", "/admin"),
            ("//evil.example", "/admin"),
            ("https://evil.example/admin/", "/admin"),
            ("/adminevil", "/admin"),
            ("/admin/\\evil", "/admin"),
            ("/admin/a b", "/admin"),
            ("/admin/\r\nSet-Cookie: a=b", "/admin"),
            ("", "/admin"),
        ] {
            assert_eq!(safe_place(asked), led, "{asked}");
        }
    }
}
