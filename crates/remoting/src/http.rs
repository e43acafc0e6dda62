//! JSON over HTTPS: `POST /api/v1/cmdlets/NAME` runs a command, `GET /api/v1/cmdlets` says what there is.
//!
//! The body is `{"parameters":{…},"input":[…]}`, sent as `application/json`; the answer is the lines of
//! `gate::wire`, streamed. What is wrong before the first line is a status (400, 401, 403, 404, 413, 415);
//! afterwards it is 200 and an error line. Nobody can be asked over this door: a command that would ask fails
//! with `ConfirmationRequired`. The body is taken in when it is known that its sender may run the command.

mod answer;
mod list;

use answer::{Lines, Pieces};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use gate::wire::{self, Out};
use gate::{Caller, Gate, Invocation, stopped};
use list::Lists;
use object::{Error, ErrorId, Result};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::mpsc;
use web::{Site, Taken};

/// Answer lines that may wait for a slow reader; then the command waits.
const WAITING_PIECES_MAX: usize = 16;

/// What the routes share.
#[derive(Clone)]
struct Rooms {
    gate: Arc<Gate>,
    site: Site<Caller>,
    lists: Arc<Lists>,
}

/// The routes of this door. Each request carries its peer's `SocketAddr` as an extension.
pub fn routes(gate: Arc<Gate>, site: Site<Caller>) -> Router {
    Router::new()
        .route("/api/v1/cmdlets", get(list))
        .route("/api/v1/cmdlets/{name}", post(run).get(describe))
        .with_state(Rooms { gate, site, lists: Arc::default() })
}

async fn list(State(rooms): State<Rooms>, request: Request) -> Response {
    answer(rooms, request, |rooms, caller| rooms.lists.of(&rooms.gate, &caller)).await
}

async fn describe(State(rooms): State<Rooms>, Path(name): Path<String>, request: Request) -> Response {
    answer(rooms, request, move |rooms, caller| {
        Ok(list::description(&*rooms.gate.declaration(&caller, &name)?).to_string().into())
    })
    .await
}

/// Logs on, does `work` on a worker thread and answers with its JSON.
async fn answer<F>(rooms: Rooms, request: Request, work: F) -> Response
where
    F: FnOnce(&Rooms, Caller) -> Result<bytes::Bytes> + Send + 'static,
{
    let (head, _) = request.into_parts();
    let done = match rooms.site.admit(&head).await {
        Ok(caller) => net::blocking(move || work(&rooms, caller)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => refusal(&error),
    }
}

async fn run(State(rooms): State<Rooms>, Path(name): Path<String>, request: Request) -> Response {
    match admitted(&rooms, &name, request).await {
        Ok((caller, body)) => streamed(rooms.gate, caller, name, body).await,
        Err(error) => refusal(&error),
    }
}

/// Who calls and what they sent, once it is known that they may run the command.
async fn admitted(rooms: &Rooms, name: &str, request: Request) -> Result<(Caller, Taken)> {
    let (head, body) = request.into_parts();
    let caller = rooms.site.admit(&head).await?;
    rooms.gate.declaration(&caller, name)?;
    Ok((caller, rooms.site.body(&head, body).await?))
}

/// Runs the command on a worker thread; the answer begins when it has begun.
async fn streamed(gate: Arc<Gate>, caller: Caller, name: String, body: Taken) -> Response {
    let (say, hear) = mpsc::channel(WAITING_PIECES_MAX);
    let (begin, begun) = tokio::sync::oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let mut lines = Lines::new(say);
        if let Err(error) = invoke(&gate, &caller, &name, &body, begin, &mut lines) {
            // A reader that went away was told all that it wanted to hear.
            tracing::debug!(cmdlet = name, %error, "an answer was not heard to its end");
        }
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

/// An error before the first line.
fn refusal(error: &Error) -> Response {
    let body = json!({"error": wire::encode_error(error)}).to_string() + "\n";
    let json = [(header::CONTENT_TYPE, "application/json")];
    web::with_challenge((web::status_of(error), json, body).into_response())
}
