//! .NET's clients of web servers: `WebClient`, `HttpWebRequest`, and what they hand out.

use super::answer::{bytes, null, string};
use super::exchange::{self as web, CERTIFICATE_CALLBACK, Manner, REDIRECTIONS_MAX};
use super::fields::{READ, fields};
use super::{Call, Fields, Row};
use crate::exception::{Exception, Result};
use crate::host::{NotFetched, WebRequest, WebResponse};
use crate::keyed::NameValues;
use crate::values::{Encoding, base};
use object::Value;
use object::types::EnumValue;
use std::time::Duration;

// --- what they hand out -----------------------------------------------------------------------------

const ANSWER: &[Row] = &[
    ("System.Net.HttpStatusCode StatusCode", READ),
    ("System.Object Headers", READ),
    ("string ContentType", READ),
    ("long ContentLength", READ),
    ("void Close()", |_| null()),
    ("void Dispose()", |_| null()),
];

const WEB_RESPONSE: &[Row] = &[
    ("string StatusDescription", READ),
    ("uri ResponseUri", READ),
    ("System.IO.Stream GetResponseStream()", |call| {
        let held = call.this_as::<Fields>()?.get("Body");
        super::bytes::memory(
            held.downcast::<web::Body>().map(|body| body.0.clone()).unwrap_or_default(),
            false,
        )
    }),
    ("string GetResponseHeader(string headerName)", |call| {
        let held = call.this_as::<Fields>()?.get("Headers");
        let Value::Dictionary(held) = &held else { return string("") };
        string(held.get(&call.text(0).into()).map(|value| value.to_string()).unwrap_or_default())
    }),
];

const MESSAGE: &[Row] = &[("string ReasonPhrase", READ), ("bool IsSuccessStatusCode", READ)];

// --- WebClient --------------------------------------------------------------------------------------

const CLIENT: &str = "System.Net.WebClient";

const CLIENT_FIELDS: &[Row] = fields!(
    "object Credentials" "bool UseDefaultCredentials" "System.Text.Encoding Encoding" "string BaseAddress"
);

const CLIENT_REST: &[Row] = &[
    ("System.Net.WebHeaderCollection Headers", READ),
    ("System.Net.WebHeaderCollection ResponseHeaders", READ),
    ("void Dispose()", |_| null()),
    ("string DownloadString(string address)", |call| {
        let answer = ask(call, "GET", Vec::new())?;
        text(call, &answer)
    }),
    ("byte[] DownloadData(string address)", |call| Ok(bytes(ask(call, "GET", Vec::new())?.body))),
    ("void DownloadFile(string address, string fileName)", |call| {
        let answer = ask(call, "GET", Vec::new())?;
        let path = super::path::resolved(call, 1);
        let written = call.engine.host().files().write(&path, &answer.body);
        written.map_err(|error| super::path::file_error(&error, &path))?;
        null()
    }),
    ("string UploadString(string address, string data)", |call| {
        let data = encoding(call)?.bytes(&call.text(1));
        let answer = ask(call, "POST", data)?;
        text(call, &answer)
    }),
    ("string UploadString(string address, string method, string data)", |call| {
        let (method, data) = (call.text(1), encoding(call)?.bytes(&call.text(2)));
        let answer = ask(call, &method, data)?;
        text(call, &answer)
    }),
    ("byte[] UploadData(string address, byte[] data)", |call| {
        let data = call.bytes(1);
        Ok(bytes(ask(call, "POST", data)?.body))
    }),
    ("byte[] UploadData(string address, string method, byte[] data)", |call| {
        let (method, data) = (call.text(1), call.bytes(2));
        Ok(bytes(ask(call, &method, data)?.body))
    }),
    ("static System.Net.WebClient new()", |_| {
        Ok(Value::typed(Fields::new(
            CLIENT,
            vec![
                ("Headers", Value::typed(NameValues::default())),
                ("ResponseHeaders", Value::Null),
                ("Encoding", Value::typed(Encoding::Utf8)),
                ("UseDefaultCredentials", false.into()),
                ("BaseAddress", "".into()),
            ],
        )))
    }),
];

/// What a client asks: the address is the first argument.
fn ask(call: &mut Call<'_>, method: &str, body: Vec<u8>) -> Result<WebResponse> {
    let (address, trusts_all) = (call.text(0), web::trusts_all(call.engine));
    let fields = call.this_as::<Fields>()?;
    let whole = match fields.get("BaseAddress").to_string() {
        before if before.is_empty() || address.contains("://") => address,
        before => format!("{}/{}", before.trim_end_matches('/'), address.trim_start_matches('/')),
    };
    let request = WebRequest {
        method: method.to_ascii_uppercase(),
        url: whole,
        headers: pairs(&fields.get("Headers")),
        body,
        wait: Some(WAIT),
        trusts_all,
    };
    let logon = web::logon(&fields.get("Credentials"));
    let (answer, url) = sent(call, request, logon.as_ref())?;
    let held = NameValues::default();
    answer.headers.iter().for_each(|(name, value)| held.add(name, value.as_str().into()));
    call.this_as::<Fields>()?.set("ResponseHeaders", Value::typed(held));
    succeeded(answer, &url)
}

/// The text of an answer: in the encoding that it names, else in the client's own.
fn text(call: &Call<'_>, answer: &WebResponse) -> Result<Value> {
    match encoding(call)? {
        Encoding::Utf8 | Encoding::Utf8NoMark => {
            string(web::text_of(answer, call.engine.locale().profile.read_windows_1252))
        }
        own => string(web::text_in(answer, own)),
    }
}

fn encoding(call: &Call<'_>) -> Result<Encoding> {
    let held = call.this_as::<Fields>()?.get("Encoding");
    Ok(base(&held).downcast::<Encoding>().copied().unwrap_or(Encoding::Utf8NoMark))
}

/// How long an answer may take where the script says nothing.
const WAIT: Duration = Duration::from_millis(WAIT_MILLIS as u64);
const WAIT_MILLIS: i32 = 100_000;
/// What a script writes for as long as it takes: `[System.Threading.Timeout]::Infinite`.
const NO_END: i64 = -1;

fn pairs(headers: &Value) -> Vec<(String, String)> {
    headers.downcast::<NameValues>().map(NameValues::pairs).unwrap_or_default()
}

fn sent(
    call: &Call<'_>,
    request: WebRequest,
    logon: Option<&object::types::Credential>,
) -> Result<(WebResponse, String)> {
    let manner = Manner { redirections: REDIRECTIONS_MAX, logon, cookies: None };
    let url = request.url.clone();
    web::exchange(call.engine.host(), request, &manner).map_err(|why| web::not_fetched(&why, &url, true))
}

fn succeeded(answer: WebResponse, url: &str) -> Result<WebResponse> {
    match answer.status {
        400.. => Err(web::refused(&answer, url, true, false)),
        _ => Ok(answer),
    }
}

// --- HttpWebRequest ---------------------------------------------------------------------------------

const REQUEST: &str = "System.Net.HttpWebRequest";

const REQUEST_FIELDS: &[Row] = fields!(
    "string Method" "string ContentType" "long ContentLength" "object Credentials" "bool UseDefaultCredentials"
    "int Timeout" "string UserAgent" "string Accept" "bool AllowAutoRedirect" "bool PreAuthenticate" "bool KeepAlive"
);

const REQUEST_REST: &[Row] = &[
    ("System.Net.WebHeaderCollection Headers", READ),
    ("uri RequestUri", READ),
    ("uri Address", READ),
    ("System.IO.Stream GetRequestStream()", |call| {
        let stream = super::bytes::memory(Vec::new(), true)?;
        call.this_as::<Fields>()?.set("Stream", stream.clone());
        Ok(stream)
    }),
    ("System.Net.WebResponse GetResponse()", get_response),
];

const CREATE: &[Row] = &[
    ("static System.Net.WebRequest Create(string requestUriString)", create),
    ("static System.Net.WebRequest Create(uri requestUri)", create),
    ("static System.Net.WebRequest CreateHttp(string requestUriString)", create),
];

fn create(call: &mut Call<'_>) -> Result<Value> {
    let address = call.text(0);
    let uri = crate::values::Uri::parse(&address);
    let known = uri.parts.as_ref().is_some_and(|parts| matches!(parts.scheme.as_str(), "http" | "https"));
    if !known {
        let message = match uri.parts {
            None => {
                return Err(Exception::new(
                    "System.UriFormatException",
                    "Invalid URI: The format of the URI could not be determined.",
                ));
            }
            Some(_) => "The URI prefix is not recognized.",
        };
        return Err(Exception::new("System.NotSupportedException", message));
    }
    let uri = Value::typed(uri);
    Ok(Value::typed(Fields::new(
        REQUEST,
        vec![
            ("Method", "GET".into()),
            ("Headers", Value::typed(NameValues::default())),
            ("RequestUri", uri.clone()),
            ("Address", uri),
            ("Timeout", Value::Int32(WAIT_MILLIS)),
            ("AllowAutoRedirect", true.into()),
            ("KeepAlive", true.into()),
            ("PreAuthenticate", false.into()),
            ("UseDefaultCredentials", false.into()),
        ],
    )))
}

fn get_response(call: &mut Call<'_>) -> Result<Value> {
    let trusts_all = web::trusts_all(call.engine);
    let fields = call.this_as::<Fields>()?;
    let mut headers = pairs(&fields.get("Headers"));
    for (property, name) in
        [("ContentType", "Content-Type"), ("UserAgent", "User-Agent"), ("Accept", "Accept")]
    {
        let value = fields.get(property).to_string();
        if !value.is_empty() {
            web::set_header(&mut headers, name, value);
        }
    }
    let wait = match fields.get("Timeout").as_i64() {
        Some(NO_END) => None,
        Some(millis) => Some(Duration::from_millis(u64::try_from(millis).map_err(|_| bad_timeout())?)),
        None => Some(WAIT),
    };
    let request = WebRequest {
        method: fields.get("Method").to_string().to_ascii_uppercase(),
        url: fields.get("RequestUri").to_string(),
        headers,
        body: super::bytes::contents(&fields.get("Stream")).unwrap_or_default(),
        wait,
        trusts_all,
    };
    let logon = web::logon(&fields.get("Credentials"));
    let follows = crate::compare::truth(&fields.get("AllowAutoRedirect"));
    let manner = Manner {
        redirections: if follows { REDIRECTIONS_MAX } else { 0 },
        logon: logon.as_ref(),
        cookies: None,
    };
    let url = request.url.clone();
    // No answer comes within no time, however near the server is.
    let asked = match request.wait {
        Some(Duration::ZERO) => Err(NotFetched::TimedOut),
        _ => web::exchange(call.engine.host(), request, &manner),
    };
    let (answer, url) = asked.map_err(|why| web::not_fetched(&why, &url, true))?;
    let answer = succeeded(answer, &url)?;
    Ok(web::response(&answer, &url, true))
}

fn bad_timeout() -> Exception {
    let message = "Timeout can be only be set to 'System.Threading.Timeout.Infinite' or a value >= 0. (Parameter 'value')";
    Exception::new("System.ArgumentOutOfRangeException", message)
}

// --- what holds for all of them ---------------------------------------------------------------------

/// Under which name a session keeps which versions of TLS a script asked for.
const PROTOCOL: &str = "SecurityProtocol";
/// `Tls12`, which is spoken whatever was asked for; 1.3, too.
const TLS12: i64 = 3072;
/// The versions that are spoken here: `SystemDefault` names none.
const SPOKEN: i64 = 3072 | 12288;

const POINTS: &[Row] = &[
    ("static System.Net.SecurityProtocolType SecurityProtocol", |call| {
        let kept = call.engine.kept_state(PROTOCOL);
        let usual = Value::Enum(EnumValue { of: &crate::enums::SECURITY_PROTOCOL, number: TLS12 });
        Ok(if kept.is_null() { usual } else { kept })
    }),
    ("static set System.Net.SecurityProtocolType SecurityProtocol", |call| {
        let number = call.plain(0).as_i64().unwrap_or(0);
        if number != 0 && number & SPOKEN == 0 {
            let message = "The requested security protocol is not supported.";
            return Err(Exception::new("System.NotSupportedException", message));
        }
        let wanted = call.value(0);
        call.engine.keep_state(PROTOCOL, wanted)?;
        null()
    }),
    ("static object ServerCertificateValidationCallback", |call| {
        Ok(call.engine.kept_state(CERTIFICATE_CALLBACK))
    }),
    ("static set object ServerCertificateValidationCallback", |call| {
        let block = base(call.plain(0)).clone();
        if call.engine.locale().profile.reports_5_1 && !block.is_null() && !web::takes_any(&block) {
            let message = "No certificate is shown to a script here: only { $true } is taken, which trusts all of them, or $null.";
            return Err(Exception::new("System.NotSupportedException", message));
        }
        call.engine.keep_state(CERTIFICATE_CALLBACK, block)?;
        null()
    }),
    ("static object CertificatePolicy", |_| null()),
    ("static set object CertificatePolicy", |_| {
        let message = "A policy of certificates is C#, which does not run here: use -SkipCertificateCheck, or a script block as ServerCertificateValidationCallback.";
        Err(Exception::new("System.NotSupportedException", message))
    }),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Net.HttpWebResponse", ANSWER),
    ("System.Net.HttpWebResponse", WEB_RESPONSE),
    ("System.Net.Http.HttpResponseMessage", ANSWER),
    ("System.Net.Http.HttpResponseMessage", MESSAGE),
    (CLIENT, CLIENT_FIELDS),
    (CLIENT, CLIENT_REST),
    (REQUEST, REQUEST_FIELDS),
    (REQUEST, REQUEST_REST),
    ("System.Net.WebRequest", CREATE),
    ("System.Net.ServicePointManager", POINTS),
    (
        "System.Net.WebHeaderCollection",
        &[("static System.Net.WebHeaderCollection new()", |_| Ok(Value::typed(NameValues::default())))],
    ),
    (
        "System.Net.CookieContainer",
        &[("static System.Net.CookieContainer new()", |_| Ok(Value::typed(web::Cookies::default())))],
    ),
    (SESSION, SESSION_FIELDS),
    (SESSION, &[("static Microsoft.PowerShell.Commands.WebRequestSession new()", |_| Ok(new_session()))]),
];

const SESSION: &str = "Microsoft.PowerShell.Commands.WebRequestSession";

const SESSION_FIELDS: &[Row] = fields!(
    "hashtable Headers" "System.Net.CookieContainer Cookies" "bool UseDefaultCredentials" "object Credentials"
    "string UserAgent" "int MaximumRedirection"
);

/// What requests of a script share: cookies, headers, a log-on.
pub fn new_session() -> Value {
    Value::typed(Fields::new(
        SESSION,
        vec![
            ("Headers", Value::Dictionary(std::sync::Arc::default())),
            ("Cookies", Value::typed(web::Cookies::default())),
            ("UseDefaultCredentials", false.into()),
            ("Credentials", Value::Null),
            ("UserAgent", "".into()),
            ("MaximumRedirection", Value::Int32(-1)),
        ],
    ))
}
