//! Both doors over a gate with one small cmdlet: what goes in, what comes out, who is let in.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use axum::body::Body;
use axum::http::{Request, StatusCode};
use gate::{
    Authority, Call, Caller, Catalogue, Cmdlet, Commands, Entry, Gate, Output, Permit, Record, Table, Verb,
};
use http_body_util::BodyExt as _;
use mailstead_remoting::{AdminSocket, routes};
use net::Drainer;
use object::{Error, ErrorId, Noun, Object, Parameter, Result};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use tower_service::Service as _;
use web::{Bodies, Site};

static PET: Noun =
    Noun { name: "Pet", type_name: "Test.Pet", summary: "An animal.", properties: &[], table: &[] };
static NAME: Parameter<String> = Parameter::new("Name", "Its name.");
const TABLE: &str = "= Name\tString\tv\nGet-Pet\n -\tName\nRemove-Pet\tcp\n -\tName\n";

static GET: Cmdlet<()> =
    Cmdlet { reads: &[&NAME], synopsis: "Shows pets.", ..Cmdlet::new(Verb::Get, &PET, get) };
static REMOVE: Cmdlet<()> =
    Cmdlet { reads: &[&NAME], synopsis: "Removes a pet.", ..Cmdlet::new(Verb::Remove, &PET, remove) };

fn get(_: &(), call: &Call, out: &mut Output<'_>) -> Result<()> {
    let name = call.get(&NAME)?.unwrap_or_else(|| "all".into());
    if name == "none" {
        return Err(Error::foreign(object::Fault::NotFound, "PetNotFound", "There is no such pet."));
    }
    out.object(Object::of(&PET).with("Name", name))
}

fn remove(_: &(), call: &Call, out: &mut Output<'_>) -> Result<()> {
    let name = call.need(&NAME)?;
    if out.should(&name, &format!("Removing {name}"))? {
        out.warning(format!("{name} is gone."))?;
    }
    Ok(())
}

struct Everybody;
impl Authority for Everybody {
    fn permits(&self, caller: &Caller, _: &gate::Declaration) -> Result<Permit> {
        Ok(if &*caller.name == "guest" { Permit::No } else { Permit::Yes })
    }
}
impl Record for Everybody {
    fn keep(&self, _: &Entry<'_>) -> Result<()> {
        Ok(())
    }
}
fn everybody(attempt: net::Attempt<'_>, then: net::Then<Caller>) {
    let from = attempt.from.to_string();
    then(match (attempt.user, attempt.password) {
        ("ann", "right:one") => Ok(Caller::system(from)),
        ("guest", "g") => Ok(Caller { name: "guest".into(), ..Caller::system(from) }),
        _ => Err(Error::denied(ErrorId::LogonFailed, "The name or the password is wrong.")),
    });
}

fn gate() -> Arc<Gate> {
    let commands = Commands::new(Catalogue::new(TABLE), vec![&GET, &REMOVE]);
    let table = Table::new(Arc::new(()), commands).unwrap();
    Arc::new(Gate::new(table, Everybody, Everybody))
}

fn site() -> Site<Caller> {
    Site::new(Arc::new(everybody), Bodies::new(1 << 20))
}

async fn post(name: &str, authorization: Option<&str>, body: &str) -> (StatusCode, String) {
    let mut request = Request::post(format!("/api/v1/cmdlets/{name}"));
    request = request.header("Content-Type", "application/json").header("Content-Length", body.len());
    if let Some(authorization) = authorization {
        request = request.header("Authorization", authorization);
    }
    let mut request = request.body(Body::from(body.to_owned())).unwrap();
    request.extensions_mut().insert(SocketAddr::from(([192, 0, 2, 1], 4000)));
    let answer = routes(gate(), site()).call(request).await.unwrap();
    let status = answer.status();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

const ANN: Option<&str> = Some("Basic YW5uOnJpZ2h0Om9uZQ==");

#[tokio::test]
async fn a_command_over_http_streams_its_lines() {
    let (status, lines) = post("Get-Pet", ANN, r#"{"parameters":{"Name":"Rex"}}"#).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(lines, "{\"object\":{\"$type\":\"Pet\",\"Name\":\"Rex\"}}\n{\"end\":{\"errors\":0}}\n");

    let (_, lines) = post("get-pet", ANN, r#"{"input":["Rex","none","Bello"]}"#).await;
    assert_eq!(lines.lines().count(), 4);
    assert!(lines.contains("PetNotFound") && lines.ends_with("{\"end\":{\"errors\":1}}\n"), "{lines}");

    let (_, lines) = post("Get-Pet", ANN, r#"{"input":[]}"#).await;
    assert_eq!(lines, "{\"end\":{\"errors\":0}}\n", "nothing piped means nothing done");
}

#[tokio::test]
async fn what_is_wrong_before_the_first_line_is_a_status() {
    for (name, who, body, status, said) in [
        ("Get-Pet", None, "", StatusCode::UNAUTHORIZED, "LogonRequired"),
        ("Get-Pet", Some("Basic YW5uOndyb25n"), "", StatusCode::UNAUTHORIZED, "LogonFailed"),
        ("Get-Pet", Some("Basic !"), "", StatusCode::UNAUTHORIZED, "LogonRequired"),
        ("Get-Pett", ANN, "", StatusCode::NOT_FOUND, "Get-Pet"),
        ("Get-Pet", ANN, "{", StatusCode::BAD_REQUEST, "MalformedRequest"),
        ("Get-Pet", ANN, r#"{"parameter":{}}"#, StatusCode::BAD_REQUEST, "parameters and input"),
        ("Get-Pet", ANN, r#"{"parameters":{"Nme":1}}"#, StatusCode::BAD_REQUEST, "NamedParameterNotFound"),
    ] {
        let (got, text) = post(name, who, body).await;
        assert_eq!(got, status, "{name} {body}: {text}");
        assert!(text.contains(said), "{text}");
    }
}

/// Sends a request with these headers and a body of which nothing comes.
async fn only_head(method: &str, path: &str, headers: &[(&str, &str)]) -> (StatusCode, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::new(Never)).unwrap();
    request.extensions_mut().insert(SocketAddr::from(([192, 0, 2, 1], 4000)));
    let answer = routes(gate(), site()).call(request).await.unwrap();
    let status = answer.status();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

struct Never;
impl hyper::body::Body for Never {
    type Data = bytes::Bytes;
    type Error = std::io::Error;
    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<std::io::Result<hyper::body::Frame<bytes::Bytes>>>> {
        std::task::Poll::Pending
    }
}

const GUEST: &str = "Basic Z3Vlc3Q6Zw==";

#[tokio::test]
async fn rights_origin_and_length_are_looked_at_before_the_body() {
    let json = ("Content-Type", "application/json");
    let (ann, guest) = (("Authorization", ANN.unwrap()), ("Authorization", GUEST));
    let (short, long) = (("Content-Length", "10"), ("Content-Length", "40000000"));
    let path = "/api/v1/cmdlets/Get-Pet";
    for (headers, status, said) in [
        (vec![guest, json, short], StatusCode::NOT_FOUND, "The term 'Get-Pet' is not recognized"),
        (vec![ann, json, long], StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLarge"),
        (vec![json, long], StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLarge"),
        (vec![ann, short], StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/json"),
        (
            vec![ann, ("Content-Type", "text/plain"), short],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "application/json",
        ),
        (
            vec![ann, json, short, ("Origin", "https://evil.example")],
            StatusCode::FORBIDDEN,
            "CrossSiteRequest",
        ),
        (vec![ann, json, short, ("Sec-Fetch-Site", "cross-site")], StatusCode::FORBIDDEN, "CrossSiteRequest"),
    ] {
        let (got, text) = only_head("POST", path, &headers).await;
        assert_eq!(got, status, "{headers:?}: {text}");
        assert!(text.contains(said) && !text.contains("Did you mean"), "{text}");
    }
    let (status, _) = only_head("GET", "/api/v1/cmdlets", &[ann, ("Sec-Fetch-Site", "same-site")]).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn everybody_sees_the_commands_they_may_run() {
    let (_, all) = only_head("GET", "/api/v1/cmdlets", &[("Authorization", ANN.unwrap())]).await;
    assert!(all.contains("\"Get-Pet\"") && all.contains("\"Remove-Pet\""), "{all}");
    let (status, none) = only_head("GET", "/api/v1/cmdlets", &[("Authorization", GUEST)]).await;
    assert_eq!((status, none.as_str()), (StatusCode::OK, "[]"));
    let (status, one) = only_head("GET", "/api/v1/cmdlets/get-pet", &[("Authorization", ANN.unwrap())]).await;
    assert!(status == StatusCode::OK && one.contains("\"parameters\""), "{one}");
    let (status, _) = only_head("GET", "/api/v1/cmdlets/Get-Pet", &[("Authorization", GUEST)]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn brackets_without_end_are_refused_before_they_are_memory() {
    let brackets = format!("{{\"input\":[[{}1]]}}", "[],".repeat(1 << 19));
    let (status, text) = post("Get-Pet", ANN, &brackets).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
    let brackets = format!("{{\"input\":[[{}1]]}}", "[],".repeat(300_000));
    let (status, text) = post("Get-Pet", ANN, &brackets).await;
    assert!(status == StatusCode::PAYLOAD_TOO_LARGE && text.contains("ValueTooBig"), "{text}");
    let deep = format!("{{\"input\":[{}{}]}}", "[".repeat(100_000), "]".repeat(100_000));
    let (status, text) = post("Get-Pet", ANN, &deep).await;
    assert!(status == StatusCode::PAYLOAD_TOO_LARGE && text.contains("ValueTooDeep"), "{text}");
}

#[tokio::test]
async fn nobody_can_be_asked_over_http() {
    let (status, lines) = post("Remove-Pet", ANN, r#"{"parameters":{"Name":"Rex"}}"#).await;
    assert_eq!(status, StatusCode::OK);
    assert!(lines.contains("ConfirmationRequired") && !lines.contains("is gone"), "{lines}");
    let (_, lines) = post("Remove-Pet", ANN, r#"{"parameters":{"Name":"Rex","Confirm":false}}"#).await;
    assert!(lines.contains("Rex is gone"), "{lines}");
}

/// Says lines on the socket and reads up to `end` lines.
fn talk(stream: &UnixStream, said: &[&str], end: usize) -> Vec<String> {
    for line in said {
        (&*stream).write_all(format!("{line}\n").as_bytes()).unwrap();
    }
    let lines = BufReader::new(stream).lines();
    lines.take(end).map(|line| line.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_on_the_socket() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("admin.sock");
    std::fs::write(&path, "left behind by a killed server").unwrap();
    let socket = AdminSocket::bind(&path).unwrap();
    let (drainer, drain) = Drainer::new();
    let served = tokio::spawn(socket.run(gate(), drain));
    let stream = UnixStream::connect(&path).unwrap();

    let lines = talk(
        &stream,
        &[r#"{"invoke":{"cmdlet":"Get-Pet","parameters":{"Name":"Rex"}}}"#, r#"{"inputEnd":true}"#],
        2,
    );
    assert_eq!(lines, [r#"{"object":{"$type":"Pet","Name":"Rex"}}"#, r#"{"end":{"errors":0}}"#]);

    // Piped objects stream; a question is answered although more input is on its way.
    let said = [
        r#"{"invoke":{"cmdlet":"Remove-Pet","parameters":{}}}"#,
        r#"{"input":"Rex"}"#,
        r#"{"input":"Bello"}"#,
        r#"{"inputEnd":true}"#,
        r#"{"answer":"YesToAll"}"#,
    ];
    let lines = talk(&stream, &said, 4);
    assert!(lines[0].contains("Removing Rex"), "{lines:?}");
    assert_eq!(
        lines[1..],
        [r#"{"warning":"Rex is gone."}"#, r#"{"warning":"Bello is gone."}"#, r#"{"end":{"errors":0}}"#]
    );

    let lines = talk(&stream, &["no line", r#"{"invoke":{"cmdlet":"Get-Dog"}}"#, r#"{"inputEnd":true}"#], 4);
    assert!(lines[0].contains("MalformedLine") && lines[2].contains("CommandNotFoundException"), "{lines:?}");

    drainer.begin();
    served.await.unwrap();
    assert!(!path.exists(), "the socket goes away with the server");
}
