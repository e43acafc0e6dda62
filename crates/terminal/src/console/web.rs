//! One exchange with a web server, as scripts ask for it: over TLS or in the clear, within limits of time and length.

use super::Stop;
use crate::trust;
use bytes::Bytes;
use dotnet::host::{FILE_BYTES_MAX, NotFetched, WebRequest, WebResponse};
use dotnet::values::{Uri, UriParts};
use dotnet::web::{header, target};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::Builder;
use hyper::header::{ACCEPT, CONTENT_LENGTH, HOST, USER_AGENT};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::io;
use std::net::IpAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// How long a connection may take to be made: a person waits for it.
const CONNECT_WAIT: Duration = Duration::from_secs(15);
/// The head of an answer.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// An answer is held at once, as a file that is read at once is.
const BODY_BYTES_MAX: u64 = FILE_BYTES_MAX;

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// Sends `request` and gives the answer.
pub(super) fn fetch(request: &WebRequest, stop: &Stop) -> Result<WebResponse, NotFetched> {
    let parts = Uri::parse(&request.url).parts;
    let parts =
        parts.filter(|parts| matches!(parts.scheme.as_str(), "http" | "https") && !parts.host.is_empty());
    let parts =
        parts.ok_or_else(|| NotFetched::BadAddress(format!("'{}' is not a web address", request.url)))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| NotFetched::Unreachable(error.to_string()))?;
    let work = async {
        match request.wait {
            Some(wait) => tokio::time::timeout(wait, exchange(request, &parts)).await,
            None => Ok(exchange(request, &parts).await),
        }
    };
    let done = stop.unless_asked(&runtime, work);
    // A question for a name may still be under way: nobody waits for its answer any more.
    runtime.shutdown_background();
    match done {
        Some(Ok(done)) => done,
        Some(Err(_)) => Err(NotFetched::TimedOut),
        None => Err(NotFetched::Unreachable("the request was stopped".to_owned())),
    }
}

/// The addresses of a machine by its name.
pub(super) fn addresses(name: &str, stop: &Stop) -> io::Result<Vec<IpAddr>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let work = async {
        let found = tokio::time::timeout(CONNECT_WAIT, tokio::net::lookup_host((name, 0))).await??;
        let mut all: Vec<IpAddr> = found.map(|place| place.ip()).collect();
        all.dedup();
        Ok(all)
    };
    let done = stop.unless_asked(&runtime, work);
    runtime.shutdown_background();
    done.unwrap_or_else(|| Err(io::Error::new(io::ErrorKind::Interrupted, "The question was stopped.")))
}

async fn exchange(request: &WebRequest, parts: &UriParts) -> Result<WebResponse, NotFetched> {
    let wire = connect(request, parts).await?;
    let broken = |error: hyper::Error| NotFetched::Unreadable(error.to_string());
    let mut builder = Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX);
    let (mut sender, connection) = builder.handshake(TokioIo::new(wire)).await.map_err(broken)?;
    let talk = tokio::spawn(connection);
    let answer = sender.send_request(message(request, parts)?).await.map_err(broken)?;
    let answer = read(answer).await;
    talk.abort();
    answer
}

async fn connect(request: &WebRequest, parts: &UriParts) -> Result<Box<dyn Wire>, NotFetched> {
    let host = parts.host.trim_matches(['[', ']']);
    if !host.is_ascii() {
        let why = format!("'{host}' has letters that are none of ASCII: write the name as xn--…");
        return Err(NotFetched::BadAddress(why));
    }
    let port = u16::try_from(parts.port);
    let port = port.map_err(|_| NotFetched::BadAddress(format!("{} is not a port", parts.port)))?;
    let found: Vec<_> =
        tokio::net::lookup_host((host, port)).await.map_err(|_| NotFetched::UnknownName)?.collect();
    if found.is_empty() {
        return Err(NotFetched::UnknownName);
    }
    let tcp = tokio::time::timeout(CONNECT_WAIT, TcpStream::connect(&*found)).await;
    let tcp =
        tcp.map_err(|_| NotFetched::TimedOut)?.map_err(|error| NotFetched::Unreachable(plain(&error)))?;
    if parts.scheme == "http" {
        return Ok(Box::new(tcp));
    }
    let config = if request.trusts_all { trust::anybody() } else { trust::trust(None) };
    let config = config.map_err(|error| NotFetched::NotTrusted(error.message().to_owned()))?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| NotFetched::UnknownName)?;
    let secured = TlsConnector::from(config).connect(name, tcp).await;
    Ok(Box::new(secured.map_err(|error| NotFetched::NotTrusted(error.to_string()))?))
}

/// The kernel's words without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// The request as it goes over the wire. A line of its header cannot hold another one.
fn message(request: &WebRequest, parts: &UriParts) -> Result<Request<Full<Bytes>>, NotFetched> {
    let standard = if parts.scheme == "https" { 443 } else { 80 };
    let host =
        if parts.port == standard { parts.host.clone() } else { format!("{}:{}", parts.host, parts.port) };
    let host = header(&request.headers, HOST.as_str()).map_or(host, str::to_owned);
    let path = target(parts);
    let mut made = Request::builder().method(request.method.as_str()).uri(path).header(HOST, host);
    let given = |name: &str| request.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    if !given(USER_AGENT.as_str()) {
        made = made.header(USER_AGENT, "Mozilla/5.0 (Linux) mailstead-shell");
    }
    if !given(ACCEPT.as_str()) {
        made = made.header(ACCEPT, "*/*");
    }
    if request.body.is_empty() && matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
        made = made.header(CONTENT_LENGTH, 0);
    }
    for (name, value) in &request.headers {
        if !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("content-length") {
            made = made.header(name.as_str(), value.as_str());
        }
    }
    made.body(Full::new(Bytes::from(request.body.clone())))
        .map_err(|error| NotFetched::BadAddress(error.to_string()))
}

async fn read(answer: Response<Incoming>) -> Result<WebResponse, NotFetched> {
    let (head, mut body) = answer.into_parts();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| NotFetched::Unreadable(error.to_string()))?;
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
        if bytes.len() as u64 > BODY_BYTES_MAX {
            return Err(NotFetched::Unreadable("the answer is longer than 512 megabytes".to_owned()));
        }
    }
    let line = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
        (spelled(name.as_str()), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let reason = head.extensions.get::<hyper::ext::ReasonPhrase>();
    let reason = match reason {
        Some(words) => String::from_utf8_lossy(words.as_bytes()).into_owned(),
        None => head.status.canonical_reason().unwrap_or_default().to_owned(),
    };
    Ok(WebResponse {
        status: head.status.as_u16(),
        reason,
        headers: head.headers.iter().map(line).collect(),
        body: bytes,
    })
}

/// A header's name as people write it: `Content-Type`.
fn spelled(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}
