//! What scripts ask web servers: where a request leads (redirections, a log-on that the server wants, cookies), and
//! what .NET says where that failed.

use super::Fields;
use crate::engine::Engine;
use crate::enums::{HTTP_STATUS_CODE, WEB_EXCEPTION_STATUS};
use crate::exception::{Category, Exception};
use crate::host::{Host, NotFetched, WebRequest, WebResponse};
use crate::values::{Encoding, Uri, UriParts};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use object::types::{Credential, EnumValue, SecureString};
use object::value::{Dictionary, Keys, Text, Typed};
use object::{Time, Value};
use parking_lot::Mutex;
use std::any::Any;
use std::sync::Arc;

/// So many redirections .NET's own clients follow.
pub const REDIRECTIONS_MAX: u32 = 50;
/// So many cookies a session keeps; the oldest go first.
const COOKIES_MAX: usize = 300;

/// How a request is made beyond its own words.
#[derive(Default)]
pub struct Manner<'a> {
    /// How many redirections are followed.
    pub redirections: u32,
    /// Who logs on when the server asks for it.
    pub logon: Option<&'a Credential>,
    /// Where cookies are kept.
    pub cookies: Option<Cookies>,
}

/// Sends a request and follows where it leads; the answer, and the address that gave it.
pub fn exchange(
    host: &dyn Host,
    mut request: WebRequest,
    manner: &Manner<'_>,
) -> Result<(WebResponse, String), NotFetched> {
    let (mut left, mut logged_on) = (manner.redirections.min(REDIRECTIONS_MAX), false);
    let home = origin(&request.url);
    loop {
        if host.stopped() {
            return Err(NotFetched::Unreachable("the request was stopped".to_owned()));
        }
        let mut sent = request.clone();
        let now = host.now();
        let cookies = manner.cookies.as_ref();
        let cookies = cookies.map(|cookies| cookies.header(&request.url, now)).unwrap_or_default();
        if !cookies.is_empty() {
            sent.headers.push(("Cookie".to_owned(), cookies));
        }
        let answer = host.fetch(&sent)?;
        if let Some(cookies) = &manner.cookies {
            cookies.learn(&request.url, &answer, now);
        }
        if answer.status == 401
            && !logged_on
            && origin(&request.url) == home
            && let Some(logon) = manner.logon.filter(|_| offers_basic(&answer))
        {
            logged_on = true;
            set_header(&mut request.headers, "Authorization", basic(logon));
            continue;
        }
        match next(&request, &answer).filter(|_| left > 0) {
            Some(onward) => {
                left -= 1;
                // Where it leads on within one server, the log-on has gone with the address that asked for it.
                logged_on = false;
                request = onward;
            }
            None => return Ok((answer, request.url)),
        }
    }
}

/// Whose address it is: scheme, host and port; a secret for one is no other's. [RFC 6454 4]
fn origin(url: &str) -> Option<(String, String, i32)> {
    Uri::parse(url).parts.map(|parts| (parts.scheme, parts.host, parts.port))
}

/// What a request line asks for: path and query, with what is not of ASCII escaped. [RFC 9112 3.2.1]
pub fn target(parts: &UriParts) -> String {
    let path = super::uri::escaped_path(&parts.path);
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{slash}{path}{}", super::uri::escaped_query(&parts.query))
}

/// Lines of a header that are meant for the one server that the script named.
const OF_ONE_SERVER: [&str; 3] = ["Cookie", "Proxy-Authorization", "Host"];

/// Whether a server takes user name and password as they are. [RFC 7617]
fn offers_basic(answer: &WebResponse) -> bool {
    let ways = answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("WWW-Authenticate"));
    ways.flat_map(|(_, way)| way.split(','))
        .any(|way| way.split_whitespace().next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic")))
}

/// Who logs on, as a script says it: a `PSCredential`, or a `NetworkCredential`.
pub fn logon(held: &Value) -> Option<Credential> {
    let held = crate::values::base(held);
    if let Some(credential) = held.downcast::<Credential>() {
        return Some(credential.clone());
    }
    let fields = held.downcast::<Fields>()?;
    let user = fields.get("UserName").to_string();
    let password = SecureString::new(fields.get("Password").to_string());
    (!user.is_empty()).then(|| Credential { user_name: user.into(), password })
}

/// The header that logs on with user name and password. [RFC 7617 2]
pub fn basic(logon: &Credential) -> String {
    let pair = format!("{}:{}", logon.user_name, logon.password.reveal());
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

/// Sets a line of a header, in the place of one that is there.
pub fn set_header(headers: &mut Vec<(String, String)>, name: &str, value: String) {
    match headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, old)) => *old = value,
        None => headers.push((name.to_owned(), value)),
    }
}

/// A line of a header.
pub fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The request that a redirection asks for. From an encrypted address none leads to a plain one, and a log-on stays
/// with whom it was meant for. [RFC 9110 15.4]
fn next(request: &WebRequest, answer: &WebResponse) -> Option<WebRequest> {
    if !matches!(answer.status, 300..=303 | 307 | 308) {
        return None;
    }
    let here = Uri::parse(&request.url);
    let there = super::uri::joined(&here, header(&answer.headers, "Location")?).ok()?;
    let parts = there.parts.as_ref().filter(|parts| matches!(parts.scheme.as_str(), "http" | "https"))?;
    if request.url.starts_with("https:") && parts.scheme != "https" {
        return None;
    }
    let mut onward = WebRequest { url: there.absolute(), ..request.clone() };
    let elsewhere = origin(&request.url) != origin(&onward.url);
    onward.headers.retain(|(name, _)| {
        let stays_behind = elsewhere && OF_ONE_SERVER.iter().any(|kept| name.eq_ignore_ascii_case(kept));
        !name.eq_ignore_ascii_case("Authorization") && !stays_behind
    });
    let becomes_get =
        answer.status == 303 && request.method != "HEAD" || answer.status <= 302 && request.method == "POST";
    if becomes_get {
        onward.method = "GET".to_owned();
        onward.body.clear();
        onward.headers.retain(|(name, _)| !name.to_ascii_lowercase().starts_with("content-"));
    }
    Some(onward)
}

/// The cookies of a session; clones are the same ones. [RFC 6265]
#[derive(Clone, Default)]
pub struct Cookies(Arc<Mutex<Vec<Cookie>>>);

struct Cookie {
    host: String,
    path: String,
    secure: bool,
    name: String,
    value: String,
    /// When it ends; `None`: with the session.
    until: Option<Time>,
}

impl Cookies {
    /// The line that takes them to an address.
    fn header(&self, url: &str, now: Time) -> String {
        let Some(parts) = Uri::parse(url).parts else { return String::new() };
        let mut held = self.0.lock();
        held.retain(|cookie| cookie.until.is_none_or(|until| until > now));
        let fit = held.iter().filter(|cookie| cookie.goes_to(&parts));
        fit.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
    }

    /// Keeps what an answer sets. A cookie stays with the host that set it: what it says of a wider domain is not
    /// believed.
    fn learn(&self, url: &str, answer: &WebResponse, now: Time) {
        let Some(parts) = Uri::parse(url).parts else { return };
        let lines = answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"));
        let mut held = self.0.lock();
        for (_, line) in lines {
            let Some(cookie) = Cookie::read(line, &parts, now) else { continue };
            held.retain(|known| !known.is_same(&cookie));
            if cookie.until.is_none_or(|until| until > now) {
                held.push(cookie);
            }
            if held.len() > COOKIES_MAX {
                held.remove(0);
            }
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.lock().len()
    }
}

impl Cookie {
    /// A cookie; one that has ended already takes an older one away.
    fn read(line: &str, from: &UriParts, now: Time) -> Option<Cookie> {
        let mut words = line.split(';').map(str::trim);
        let (name, value) = words.next()?.split_once('=')?;
        let folder = from.path.rsplit_once('/').map_or("", |(above, _)| above);
        let mut made = Cookie {
            host: from.host.to_ascii_lowercase(),
            path: format!("{folder}/"),
            secure: false,
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            until: None,
        };
        let mut age = None;
        for word in words {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            match key.trim().to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => made.path = value.to_owned(),
                "secure" => made.secure = true,
                "max-age" => age = value.trim().parse::<i64>().ok(),
                "expires" => made.until = moment(value),
                _ => {}
            }
        }
        if let Some(seconds) = age {
            made.until = Some(Time(now.0.saturating_add(seconds.max(0).saturating_mul(1_000_000))));
        }
        Some(made)
    }
    fn is_same(&self, other: &Cookie) -> bool {
        self.host == other.host && self.path == other.path && self.name == other.name
    }
    fn goes_to(&self, parts: &UriParts) -> bool {
        let below = self.path.trim_end_matches('/');
        let rest = parts.path.strip_prefix(below);
        self.host.eq_ignore_ascii_case(&parts.host)
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            && (!self.secure || parts.scheme == "https")
    }
}

/// When a cookie ends, in any of the ways that servers write it. [RFC 6265 5.1.1]
fn moment(text: &str) -> Option<Time> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (mut clock, mut day, mut month, mut year) = (None, None, None, None);
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != ':').filter(|word| !word.is_empty()) {
        let number = word.parse::<i16>().ok();
        let named = MONTHS
            .iter()
            .position(|known| word.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(known)));
        match (number, named) {
            _ if word.contains(':') => clock = clock.or_else(|| hour_minute_second(word)),
            (Some(number @ 1..=31), _) if day.is_none() => day = Some(number as i8),
            (Some(number), _) if year.is_none() => year = Some(number),
            (None, Some(at)) => month = Some(at as i8 + 1),
            _ => {}
        }
    }
    let year = match year? {
        short @ 70..=99 => short + 1900,
        short @ 0..=69 => short + 2000,
        year => year,
    };
    let (hour, minute, second) = clock?;
    let date = jiff::civil::DateTime::new(year, month?, day?, hour, minute, second, 0).ok()?;
    let at = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Time(at.timestamp().as_microsecond()))
}

fn hour_minute_second(word: &str) -> Option<(i8, i8, i8)> {
    let mut parts = word.split(':').map(|part| part.parse::<i8>().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// The bytes of an answer, kept as they are until a script reads them.
pub(super) struct Body(pub(super) Vec<u8>);

impl Typed for Body {
    fn type_name(&self) -> Text {
        "System.Byte[]".into()
    }
    fn text(&self) -> String {
        "System.Byte[]".to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Typed for Cookies {
    fn type_name(&self) -> Text {
        "System.Net.CookieContainer".into()
    }
    fn text(&self) -> String {
        "System.Net.CookieContainer".to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Count").then(|| (self.count() as i32).into())
    }
}

/// The text of an answer: in the encoding that it names, else UTF-8, else as the profile reads files without a mark.
pub fn text_of(answer: &WebResponse, windows: bool) -> String {
    match encoding_of(answer) {
        Some(Encoding::Utf8 | Encoding::Utf8NoMark) | None => super::stream::decode(&answer.body, windows),
        Some(encoding) => encoding.text_of(&answer.body),
    }
}

/// The text of an answer: in the encoding that it names or marks, else in that one.
pub(super) fn text_in(answer: &WebResponse, usual: Encoding) -> String {
    let marked = [Encoding::Utf32, Encoding::Utf8, Encoding::Utf16, Encoding::Utf16Big];
    let marked = marked.into_iter().find(|encoding| answer.body.starts_with(encoding.mark()));
    let encoding = encoding_of(answer).or(marked).unwrap_or(usual);
    let bytes = answer.body.strip_prefix(encoding.mark()).unwrap_or(&answer.body);
    encoding.text_of(bytes)
}

fn encoding_of(answer: &WebResponse) -> Option<Encoding> {
    charset(header(&answer.headers, "Content-Type")?).and_then(|name| Encoding::named(&name))
}

/// The encoding that a kind of content names: `text/plain; charset=utf-8`. [RFC 9110 8.3.1]
pub fn charset(kind: &str) -> Option<String> {
    kind.split(';').find_map(|part| {
        let (key, value) = part.trim().split_once('=')?;
        key.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The name of a status, as the enumeration spells it.
pub fn status(number: u16) -> Value {
    Value::Enum(EnumValue { of: &HTTP_STATUS_CODE, number: i64::from(number) })
}

/// The lines of an answer's header by their names: texts, or lists of texts where `many`.
pub fn headers_of(answer: &WebResponse, many: bool) -> Value {
    let made = Dictionary::named(
        "System.Collections.Generic.Dictionary`2[System.String,System.String]",
        Keys::IgnoreCase,
    );
    for (name, value) in &answer.headers {
        let key = Value::from(name.as_str());
        let held = made.get(&key);
        let value = match (many, held) {
            (true, held) => {
                let items = held.map(|held| held.items()).unwrap_or_default();
                Value::array(items.into_iter().chain([value.as_str().into()]))
            }
            (false, Some(held)) => format!("{held},{value}").into(),
            (false, None) => value.as_str().into(),
        };
        made.insert(key, value);
    }
    Value::Dictionary(Arc::new(made))
}

/// An answer as .NET's clients hand it out: `HttpWebResponse` of 5.1, `HttpResponseMessage` of 7.
pub fn response(answer: &WebResponse, url: &str, of_windows: bool) -> Value {
    let name = if of_windows { "System.Net.HttpWebResponse" } else { "System.Net.Http.HttpResponseMessage" };
    Value::typed(Fields::new(
        name,
        vec![
            ("StatusCode", status(answer.status)),
            ("StatusDescription", answer.reason.as_str().into()),
            ("ReasonPhrase", answer.reason.as_str().into()),
            ("IsSuccessStatusCode", (200..300).contains(&answer.status).into()),
            ("Headers", headers_of(answer, !of_windows)),
            ("ContentType", header(&answer.headers, "Content-Type").unwrap_or_default().into()),
            ("ContentLength", Value::Int64(answer.body.len() as i64)),
            ("ResponseUri", Value::typed(Uri::parse(url))),
            ("Body", Value::typed(Body(answer.body.clone()))),
        ],
    ))
}

/// What is said of an answer that is no success. `cmdlet`: of PowerShell's own commands, not of .NET's classes.
pub fn refused(answer: &WebResponse, url: &str, of_windows: bool, cmdlet: bool) -> Exception {
    let response = response(answer, url, of_windows || !cmdlet);
    let (code, reason) = (answer.status, &answer.reason);
    let made = if of_windows || !cmdlet {
        let message = format!("The remote server returned an error: ({code}) {}.", spaced(code, reason));
        web_exception(message, 7)
    } else {
        let message = format!("Response status code does not indicate success: {code} ({reason}).");
        Exception::new("Microsoft.PowerShell.Commands.HttpResponseException", message)
            .with("StatusCode", status(code))
    };
    made.with("Response", response).category(Category::InvalidOperation)
}

/// The words of 5.1 for a status: the server's own where it said some.
fn spaced(code: u16, reason: &str) -> String {
    if !reason.is_empty() {
        return reason.to_owned();
    }
    status(code).to_string()
}

fn web_exception(message: String, status: i64) -> Exception {
    let status = Value::Enum(EnumValue { of: &WEB_EXCEPTION_STATUS, number: status });
    Exception::new("System.Net.WebException", message).with("Status", status)
}

/// What is said where no answer came.
pub fn not_fetched(why: &NotFetched, url: &str, of_windows: bool) -> Exception {
    let place = Uri::parse(url).parts.map_or_else(|| (url.to_owned(), 0), |parts| (parts.host, parts.port));
    let (host, port) = place;
    let made = match (why, of_windows) {
        (NotFetched::UnknownName, true) => {
            web_exception(format!("The remote name could not be resolved: '{host}'"), 1)
        }
        (NotFetched::UnknownName, false) => {
            request_exception(format!("Name or service not known ({host}:{port})"), "")
        }
        (NotFetched::Unreachable(why), true) => {
            web_exception("Unable to connect to the remote server".to_owned(), 2)
                .inner(Exception::new("System.Net.Sockets.SocketException", why.as_str()))
        }
        (NotFetched::Unreachable(why), false) => request_exception(format!("{why} ({host}:{port})"), ""),
        (NotFetched::NotTrusted(why), true) => {
            let message = "The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.";
            web_exception(message.to_owned(), 9).inner(not_trusted(why))
        }
        (NotFetched::NotTrusted(why), false) => {
            let message = "The SSL connection could not be established, see inner exception.";
            request_exception(message.to_owned(), why)
        }
        (NotFetched::TimedOut, true) => web_exception("The operation has timed out.".to_owned(), 14),
        (NotFetched::TimedOut, false) => {
            let message = "The request was canceled due to the configured HttpClient.Timeout elapsing.";
            Exception::new("System.Threading.Tasks.TaskCanceledException", message)
        }
        (NotFetched::Unreadable(why), true) => {
            web_exception(format!("The underlying connection was closed: {why}."), 3)
        }
        (NotFetched::Unreadable(why), false) => {
            request_exception("An error occurred while sending the request.".to_owned(), why)
        }
        (NotFetched::BadAddress(why), _) => {
            Exception::new("System.UriFormatException", format!("Invalid URI: {why}."))
        }
    };
    made.category(Category::InvalidOperation)
}

fn request_exception(message: String, inner: &str) -> Exception {
    let made = Exception::new("System.Net.Http.HttpRequestException", message);
    if inner.is_empty() { made } else { made.inner(not_trusted(inner)) }
}

fn not_trusted(why: &str) -> Exception {
    let message = format!("The remote certificate is invalid according to the validation procedure: {why}");
    Exception::new("System.Security.Authentication.AuthenticationException", message)
}

/// Under which name a session keeps the block that says of certificates whether they will do.
pub const CERTIFICATE_CALLBACK: &str = "ServerCertificateValidationCallback";

/// Whether the script said for all its requests that any certificate will do, as scripts for 5.1 do.
pub fn trusts_all(engine: &mut dyn Engine) -> bool {
    engine.locale().profile.reports_5_1 && takes_any(&engine.kept_state(CERTIFICATE_CALLBACK))
}

/// Whether a block takes every certificate without a look at it: `{ $true }`. Of any other one it is not known what it
/// would say, since no certificate is shown to it here.
pub(super) fn takes_any(block: &Value) -> bool {
    let block = crate::values::base(block);
    let block = block.downcast::<crate::values::Delegate>().map_or(block, |delegate| &delegate.block);
    let said: String = without_comments(&block.to_string()).split_whitespace().collect();
    let said = said.to_ascii_lowercase();
    let said = match said.strip_prefix("param(").and_then(|rest| rest.split_once(')')) {
        Some((_, behind)) => behind,
        None => &said,
    };
    matches!(said.trim_matches(';'), "$true" | "($true)" | "return$true" | "return($true)")
}

fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('#') {
        let block = rest[..at].ends_with('<');
        kept.push_str(&rest[..at - usize::from(block)]);
        let end = if block { rest[at..].find("#>").map(|end| end + 2) } else { rest[at..].find('\n') };
        rest = end.map_or("", |end| &rest[at + end..]);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)]) -> WebResponse {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        WebResponse { status, headers, ..WebResponse::default() }
    }

    #[test]
    fn a_redirection_keeps_what_it_may_keep() {
        let request = WebRequest {
            method: "POST".into(),
            url: "https://mx/a/b?c".into(),
            headers: ["Authorization", "cookie", "Content-Type"]
                .map(|name| (name.into(), "x".into()))
                .to_vec(),
            body: b"z".to_vec(),
            ..WebRequest::default()
        };
        for (status, to, url, method) in [
            (302, "d", Some("https://mx/a/d"), "GET"),
            (307, "/d", Some("https://mx/d"), "POST"),
            (307, "https://MX:443/d", Some("https://mx/d"), "POST"),
            (303, "https://my/", Some("https://my/"), "GET"),
            (307, "//my/e", Some("https://my/e"), "POST"),
            (307, "https://mx:444/", Some("https://mx:444/"), "POST"),
            (301, "http://mx/", None, ""),
            (200, "/d", None, ""),
        ] {
            let onward = next(&request, &answer(status, &[("Location", to)]));
            assert_eq!(onward.as_ref().map(|request| request.url.as_str()), url, "{status} {to}");
            if let Some(onward) = onward {
                assert_eq!((onward.method.as_str(), onward.body.is_empty()), (method, method == "GET"));
                assert!(header(&onward.headers, "Authorization").is_none());
                let stays = onward.url.starts_with("https://mx/");
                assert_eq!(header(&onward.headers, "Cookie").is_some(), stays, "{to}");
            }
        }
    }

    #[test]
    fn cookies_go_where_they_came_from() {
        let jar = Cookies::default();
        let set = answer(200, &[("Set-Cookie", "a=1; Path=/x; Secure"), ("set-cookie", "b=2")]);
        let now = Time::of_date(2026, 1, 1);
        jar.learn("https://mx/y/z", &set, now);
        for (url, line) in [
            ("https://mx/x/1", "a=1"),
            ("https://mx/xy", ""),
            ("https://mx/y/", "b=2"),
            ("http://mx/x", ""),
            ("https://other/x", ""),
        ] {
            assert_eq!(jar.header(url, now), line, "{url}");
        }
        jar.learn("https://mx/x", &answer(200, &[("Set-Cookie", "a=; Path=/x; Max-Age=0")]), now);
        assert_eq!(jar.count(), 1);
    }

    #[test]
    fn cookies_end_when_they_say() {
        let (now, later) = (Time::of_date(2026, 1, 1), Time::of_date(2026, 1, 2));
        for (line, at_once, a_day_on) in [
            ("a=1", true, true),
            ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", false, false),
            ("a=1; expires=Thursday, 01-Jan-70 00:00:00 GMT", false, false),
            ("a=1; Expires=Thu, 01-Jan-2026 12:00:00 GMT", true, false),
            ("a=1; Expires=Thu Jan  1 12:00:00 2026", true, false),
            ("a=1; Expires=Fri, 02 Jan 2026 00:00:01 GMT", true, true),
            ("a=1; Expires=nonsense", true, true),
            ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=3600", true, false),
            ("a=1; Max-Age=90000", true, true),
            ("a=1; Max-Age=99999999999999999", true, true),
            ("a=1; Expires=Fri, 99 Jan 2026 99:99:99 GMT", true, true),
        ] {
            let jar = Cookies::default();
            jar.learn("https://mx/", &answer(200, &[("Set-Cookie", "a=0")]), now);
            jar.learn("https://mx/", &answer(200, &[("Set-Cookie", line)]), now);
            assert_eq!(jar.header("https://mx/", now) == "a=1", at_once, "{line}");
            assert_eq!(!jar.header("https://mx/", later).is_empty(), a_day_on, "{line}");
        }
    }

    #[test]
    fn a_request_line_is_ascii() {
        for (url, line) in [
            ("http://mx", "/"),
            ("http://mx/\u{e4} b?q=\u{20ac}&r=%20", "/%C3%A4%20b?q=%E2%82%AC&r=%20"),
            ("http://mx/a%2Fb?x#y", "/a%2Fb?x"),
        ] {
            assert_eq!(target(&Uri::parse(url).parts.unwrap()), line);
        }
        assert!(Uri::parse("http://mx:65536/").parts.is_none());
    }

    #[test]
    fn only_what_says_so_takes_any_certificate() {
        for (block, takes) in [
            (" $true ", true),
            ("return $true;", true),
            ("param($s, $c, $ch, $e) # all\n <# of\n them #> $TRUE", true),
            ("param($s, $c, $ch, $e) $e -ne 'RemoteCertificateChainErrors'", false),
            ("$args[1].Subject -notlike '*evil*'", false),
            ("$false", false),
            ("!$false", false),
            ("", false),
        ] {
            assert_eq!(takes_any(&block.into()), takes, "{block}");
        }
        assert!(!takes_any(&Value::Null));
    }
}
