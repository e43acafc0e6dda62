//! JSON over HTTPS: `POST /api/v1/cmdlets/NAME` runs a command, `GET /api/v1/cmdlets` says what there is.
//!
//! The body is `{"parameters":{…},"input":[…]}`; the answer is the lines of `gate::wire`, streamed. What is
//! wrong before the first line is a status (400, 401, 404, 413); afterwards it is 200 and an error line. Nobody
//! can be asked over this door: a command that would ask fails with `ConfirmationRequired`.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use gate::wire::{self, Out};
use gate::{
    Answer, Caller, Channel, Declaration, Gate, Invocation, Prompt, Report, confirmation_required, stopped,
};
use http_body_util::BodyExt as _;
use hyper::body::Frame;
use object::{Error, ErrorId, Fault, Result};
use serde_json::{Value as Json, json};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// The largest request; a CSV of 100,000 piped objects fits.
pub const BODY_BYTES_MAX: usize = 32 << 20;
/// Answer lines that may wait for a slow reader; then the command waits.
const WAITING_PIECES_MAX: usize = 16;
/// Lines are gathered to pieces of about this size.
const PIECE_BYTES: usize = 16 << 10;

/// Proves who calls over HTTPS.
pub trait Logon: Send + Sync + 'static {
    /// The caller with that name and password; an error is answered with 401, or 503 when it may work later.
    fn logon(&self, user: &str, password: &str, from: SocketAddr) -> Result<Caller>;
}

#[derive(Clone)]
struct Rooms {
    gate: Arc<Gate>,
    logon: Arc<dyn Logon>,
}

/// The routes of this door. Each request carries its peer's `SocketAddr` as an extension.
pub fn routes(gate: Arc<Gate>, logon: Arc<dyn Logon>) -> Router {
    Router::new()
        .route("/api/v1/cmdlets", get(list))
        .route("/api/v1/cmdlets/{name}", post(run).get(describe))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Rooms { gate, logon })
}

async fn list(State(rooms): State<Rooms>, request: Request) -> Response {
    answer(rooms, request, |rooms, caller, _| {
        let all = rooms.gate.declarations(&caller)?;
        Ok(all.iter().map(|declaration| json!({"name": &*declaration.name, "synopsis": &*declaration.synopsis, "built": declaration.built})).collect())
    })
    .await
}

async fn describe(State(rooms): State<Rooms>, Path(name): Path<String>, request: Request) -> Response {
    answer(rooms, request, move |rooms, caller, _| Ok(description(&*rooms.gate.declaration(&caller, &name)?)))
        .await
}

/// Logs on, does `work` on a worker thread and answers with its JSON.
async fn answer<F>(rooms: Rooms, request: Request, work: F) -> Response
where
    F: FnOnce(&Rooms, Caller, Bytes) -> Result<Json> + Send + 'static,
{
    let (head, _) = request.into_parts();
    let peer = head.extensions.get::<SocketAddr>().copied();
    let done = tokio::task::spawn_blocking(move || {
        let caller = caller(&rooms, &head.headers, peer)?;
        work(&rooms, caller, Bytes::new())
    });
    match done.await {
        Ok(Ok(json)) => ([(header::CONTENT_TYPE, "application/json")], json.to_string()).into_response(),
        Ok(Err(error)) => refusal(&error),
        Err(_) => refusal(&Error::server(ErrorId::WorkerFailed, "The request could not be worked on.")),
    }
}

/// What a command takes, walked from its declaration.
fn description(declaration: &Declaration) -> Json {
    let signature = &declaration.signature;
    let parameters: Vec<Json> = signature
        .formals
        .iter()
        .map(|formal| {
            json!({
                "name": &*formal.name,
                "type": formal.kind.name,
                "aliases": formal.aliases.iter().map(|alias| alias.to_string()).collect::<Vec<_>>(),
                "summary": &*formal.summary,
            })
        })
        .collect();
    json!({
        "name": &*declaration.name,
        "synopsis": &*declaration.synopsis,
        "built": declaration.built,
        "parameters": parameters,
    })
}

async fn run(State(rooms): State<Rooms>, Path(name): Path<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let peer = head.extensions.get::<SocketAddr>().copied();
    // The password is looked at before the body is taken in.
    let logon = rooms.clone();
    let headers = head.headers;
    let known = tokio::task::spawn_blocking(move || caller(&logon, &headers, peer)).await;
    let caller = match known {
        Ok(Ok(caller)) => caller,
        Ok(Err(error)) => return refusal(&error),
        Err(_) => {
            return refusal(&Error::server(ErrorId::WorkerFailed, "The log-on could not be worked on."));
        }
    };
    let limited = http_body_util::Limited::new(body, BODY_BYTES_MAX);
    let Ok(body) = limited.collect().await.map(http_body_util::Collected::to_bytes) else {
        let message = format!("A request is at most {BODY_BYTES_MAX} bytes long.");
        return refusal(&Error::limit(ErrorId::RequestTooLarge, message));
    };
    streamed(rooms.gate, caller, name, body).await
}

/// Who calls, by Basic authentication. [RFC 7617 2]
fn caller(rooms: &Rooms, headers: &HeaderMap, peer: Option<SocketAddr>) -> Result<Caller> {
    let missing = || {
        Error::denied(ErrorId::LogonRequired, "Say who you are: Basic authentication with name and password.")
    };
    let given =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let (scheme, pair) = given.split_once(' ').ok_or_else(missing)?;
    let pair = BASE64_STANDARD.decode(pair.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = pair.filter(|_| scheme.eq_ignore_ascii_case("basic")).ok_or_else(missing)?;
    let (user, password) = pair.split_once(':').ok_or_else(missing)?;
    let from =
        peer.ok_or_else(|| Error::server(ErrorId::PeerUnknown, "The address of the client is not known."))?;
    rooms.logon.logon(user, password, from)
}

/// Runs the command on a worker thread; the answer begins when it has begun.
async fn streamed(gate: Arc<Gate>, caller: Caller, name: String, body: Bytes) -> Response {
    let (say, hear) = mpsc::channel(WAITING_PIECES_MAX);
    let (begin, begun) = tokio::sync::oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let mut lines = Lines { say, piece: Vec::new() };
        // A reader that went away was told all that it wanted to hear.
        let _gone = invoke(&gate, &caller, &name, &body, begin, &mut lines);
    });
    match begun.await {
        Ok(Ok(())) => {
            let body = Body::new(Pieces(hear));
            ([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response()
        }
        Ok(Err(error)) => refusal(&error),
        Err(_) => refusal(&Error::server(ErrorId::WorkerFailed, "The command could not be worked on.")),
    }
}

type Begin = tokio::sync::oneshot::Sender<Result<()>>;

fn invoke(
    gate: &Gate,
    caller: &Caller,
    name: &str,
    body: &[u8],
    begin: Begin,
    lines: &mut Lines,
) -> Result<()> {
    let mut running = match judge(gate, name, body).and_then(|invocation| gate.begin(caller, invocation)) {
        Ok(started) => started,
        Err(error) => {
            let _gone = begin.send(Err(error));
            return Ok(());
        }
    };
    if begin.send(Ok(())).is_err() {
        return Err(stopped());
    }
    wire::read_request(body, &gate.book().nouns(), &mut |value| running.take(value, lines))?;
    let end = running.finish(lines)?;
    lines.put(&Out::End(end.errors))?;
    lines.flush()
}

/// Reads the body: all of it is judged before any of it is done.
fn judge(gate: &Gate, name: &str, body: &[u8]) -> Result<Invocation> {
    let request = wire::read_request(body, &gate.book().nouns(), &mut |_| Ok(true)).map_err(malformed)?;
    Ok(Invocation { cmdlet: name.into(), parameters: request.parameters, piped: request.piped })
}

fn malformed(error: Error) -> Error {
    if !error.is(ErrorId::MalformedLine) {
        return error;
    }
    Error::caller(ErrorId::MalformedRequest, error.message().to_owned())
        .help("Send {\"parameters\":{\"Identity\":\"ann\"}}, and \"input\":[…] for piped objects.")
}

/// The status of an error before the first line: 401 asks for a log-on. [RFC 9110 15.5.2]
fn refusal(error: &Error) -> Response {
    let status = match error.fault() {
        Fault::Denied => StatusCode::UNAUTHORIZED,
        Fault::NotFound => StatusCode::NOT_FOUND,
        Fault::Limit => StatusCode::PAYLOAD_TOO_LARGE,
        Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Caller | Fault::Conflict if error.is(ErrorId::CommandNotFoundException) => {
            StatusCode::NOT_FOUND
        }
        Fault::Caller | Fault::Conflict => StatusCode::BAD_REQUEST,
        Fault::Server => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let body = json!({"error": wire::encode_error(error)}).to_string() + "\n";
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let basic = header::HeaderValue::from_static("Basic realm=\"Mailstead\", charset=\"UTF-8\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
    }
    response
}

/// The channel of a command over HTTP: its lines, gathered to pieces.
struct Lines {
    say: mpsc::Sender<Bytes>,
    piece: Vec<u8>,
}

impl Lines {
    fn put(&mut self, out: &Out) -> Result<()> {
        out.append_to(&mut self.piece);
        if self.piece.len() < PIECE_BYTES { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<()> {
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        self.say.blocking_send(piece).map_err(|_| stopped())
    }
}

impl Channel for Lines {
    fn say(&mut self, report: Report) -> Result<()> {
        if self.say.is_closed() {
            return Err(stopped());
        }
        self.put(&Out::Report(report))
    }

    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        Err(confirmation_required(prompt))
    }
}

/// The body of an answer: pieces as they come.
struct Pieces(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
    }
}
