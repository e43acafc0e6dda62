//! Where a request may come from: a page of another site must not use the password that a browser remembers.
//! [RFC 6454 7]

use axum::http::{HeaderMap, header};
use object::{Error, ErrorId, Result};

/// Refuses what a browser sends on behalf of another site. Programs send neither header. The error is
/// `CrossSiteRequest`.
pub fn same_site(headers: &HeaderMap) -> Result<()> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = text("origin").is_none_or(|origin| {
        let own = origin.strip_prefix("https://");
        own.is_some_and(|own| Some(own) == text(header::HOST.as_str()))
    });
    if site && origin {
        return Ok(());
    }
    Err(Error::denied(ErrorId::CrossSiteRequest, "A page of another site may not ask this server.")
        .help("Call it from a program, or from this server's own pages."))
}

/// Whether a body is JSON and says so: a form of another site can send only other types without being asked.
/// [RFC 8259 11]
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = given.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// Whether a body is XML and says so: neither can a form send that. [RFC 7303 4]
pub(crate) fn is_xml(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = given.split(';').next().unwrap_or_default().trim();
    ["text/xml", "application/xml", "application/soap+xml"].iter().any(|xml| kind.eq_ignore_ascii_case(xml))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_this_site_and_programs_may_ask() {
        let host = ("host", "mail.contoso.com:10443");
        for (list, allowed) in [
            (vec![host], true),
            (vec![host, ("origin", "https://mail.contoso.com:10443")], true),
            (vec![host, ("sec-fetch-site", "same-origin")], true),
            (vec![host, ("sec-fetch-site", "none")], true),
            (vec![host, ("origin", "https://mail.contoso.com")], false),
            (vec![host, ("origin", "http://mail.contoso.com:10443")], false),
            (vec![host, ("origin", "https://evil.example")], false),
            (vec![host, ("origin", "null")], false),
            (vec![("origin", "https://mail.contoso.com:10443")], false),
            (vec![host, ("sec-fetch-site", "cross-site")], false),
            (vec![host, ("sec-fetch-site", "same-site")], false),
            (
                vec![host, ("sec-fetch-site", "cross-site"), ("origin", "https://mail.contoso.com:10443")],
                false,
            ),
        ] {
            assert_eq!(same_site(&headers(&list)).is_ok(), allowed, "{list:?}");
        }
    }

    #[test]
    fn json_says_that_it_is_json() {
        for (kind, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("text/plain; application/json", false),
        ] {
            assert_eq!(is_json(&headers(&[("content-type", kind)])), json, "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
