//! The same commands over each way to a gate: what comes back must not tell which way it went.

use super::*;
use gate::wire::{In, Out};
use gate::{
    Answer, Authority, Caller, Catalogue, Channel, Cmdlet, Commands, End, Entry, Output, Permit, Progress,
    Prompt, Record, Report, Table, Verb,
};
use object::Value;
use object::{Noun, Parameter, Property};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc;

static NAME: Property<String> = Property::new("Name", "What it is called.");
static COLOUR: Property<String> = Property::new("Colour", "How it looks.");

static TOY: Noun = Noun {
    name: "Toy",
    type_name: "Toys.Toy",
    summary: "A toy.",
    properties: &[&NAME, &COLOUR],
    table: &[&NAME, &COLOUR],
};

static COUNT: Parameter<i32> = Parameter::new("Count", "How many.");
static IDENTITY: Parameter<String> = Parameter::new("Identity", "Which.");

const TABLE: &str = "= Identity\tString\tvn\tName\nGet-Toy\n -\tCount\n  Count\tInt32\nSet-Toy\tc\n -\tIdentity\n\
                     Remove-Toy\tcp\n -\tIdentity\n";

static GET: Cmdlet<()> = Cmdlet {
    synopsis: "Lists toys.",
    reads: &[&COUNT],
    ..Cmdlet::new(Verb::Get, &TOY, |(), call, out| {
        out.verbose("Counting toys.")?;
        for number in 0..call.get(&COUNT)?.unwrap_or(2) {
            out.row(&TOY, [("Name", format!("toy{number}").into()), ("Colour", "red".into())])?;
        }
        out.progress(Progress { activity: "Counting".into(), status: "done".into(), percent: Some(100) })
    })
};

fn act(call: &gate::Call, out: &mut Output<'_>, word: &str) -> Result<()> {
    let name = call.need(&IDENTITY)?;
    if &*name == "broken" {
        return Err(Error::foreign(object::Fault::NotFound, "ToyNotFound", "There is no toy 'broken'.")
            .target("broken"));
    }
    if out.should(&name, &format!("{word} toy {name}."))? {
        out.object(format!("{word} {name}"))?;
    }
    Ok(())
}

static SET: Cmdlet<()> = Cmdlet {
    synopsis: "Changes toys.",
    reads: &[&IDENTITY],
    ..Cmdlet::new(Verb::Set, &TOY, |(), call, out| act(call, out, "Setting"))
};

static REMOVE: Cmdlet<()> = Cmdlet {
    synopsis: "Removes toys.",
    reads: &[&IDENTITY],
    ..Cmdlet::new(Verb::Remove, &TOY, |(), call, out| act(call, out, "Removing"))
};

struct Everyone;
impl Authority for Everyone {
    fn permits(&self, _: &Caller, _: &gate::Declaration) -> Result<Permit> {
        Ok(Permit::Yes)
    }
}
struct Nothing;
impl Record for Nothing {
    fn keep(&self, _: &Entry<'_>) -> Result<()> {
        Ok(())
    }
}

/// A gate before three commands about toys.
pub(crate) fn toys() -> Arc<Gate> {
    Arc::new(Gate::new(
        Table::new(Arc::new(()), Commands::new(Catalogue::new(TABLE), vec![&GET, &SET, &REMOVE])).unwrap(),
        Everyone,
        Nothing,
    ))
}

/// A channel that keeps what is said, and answers in turn.
#[derive(Default)]
struct Kept {
    said: Vec<String>,
    answers: Vec<Answer>,
    leaves_after: Option<usize>,
}

impl Channel for Kept {
    fn say(&mut self, report: Report) -> Result<()> {
        self.said.push(match report {
            Report::Object(Value::Object(object)) => {
                let text = |name: &str| object.get(name).unwrap_or_default();
                format!(
                    "{}: {} {}",
                    object.noun().map_or("-", |noun| noun.name),
                    text("Name"),
                    text("Colour")
                )
            }
            Report::Object(value) => value.to_string(),
            Report::Error(error) => format!("error {}: {}", error.id(), error.message()),
            other => format!("{other:?}"),
        });
        if self.leaves_after == Some(self.said.len()) { Err(gate::stopped()) } else { Ok(()) }
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        self.said.push(format!("asked {}", prompt.message.lines().last().unwrap_or("")));
        self.answers.pop().ok_or_else(|| gate::confirmation_required(prompt))
    }
}

/// A server on a socket, as plain as can be: a thread for each connection.
fn listen(socket: &std::path::Path, gate: Arc<Gate>) -> mpsc::Receiver<()> {
    let listener = UnixListener::bind(socket).unwrap();
    let (closed, closes) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (gate, closed) = (Arc::clone(&gate), closed.clone());
            std::thread::spawn(move || {
                serve(&stream, &gate);
                closed.send(())
            });
        }
    });
    closes
}

/// The caller's lines. Inputs may overtake the answer to a question: they wait.
struct Lines<'a> {
    gate: &'a Gate,
    read: std::io::Lines<BufReader<&'a UnixStream>>,
    waiting: VecDeque<In>,
}

impl Lines<'_> {
    fn read(&mut self) -> Option<In> {
        let line = self.read.next()?.ok()?;
        In::parse(line.as_bytes(), &self.gate.book().nouns()).ok()
    }
    fn next(&mut self) -> Option<In> {
        self.waiting.pop_front().or_else(|| self.read())
    }
    fn answer(&mut self) -> Result<Answer> {
        loop {
            match self.read() {
                Some(In::Answer(answer)) => return Ok(answer),
                Some(word @ (In::Input(_) | In::InputEnd)) => self.waiting.push_back(word),
                _ => return Err(gate::stopped()),
            }
        }
    }
}

fn serve(stream: &UnixStream, gate: &Gate) {
    let lines = Lines { gate, read: BufReader::new(stream).lines(), waiting: VecDeque::new() };
    let lines = RefCell::new(lines);
    loop {
        let Some(In::Invoke { mut invocation, .. }) = lines.borrow_mut().next() else { return };
        let mut first = match lines.borrow_mut().next() {
            Some(In::Input(value)) => Some(Ok(value)),
            _ => None,
        };
        invocation.piped = first.is_some();
        let mut inputs = std::iter::from_fn(|| {
            first.take().or_else(|| match lines.borrow_mut().next() {
                Some(In::Input(value)) => Some(Ok(value)),
                Some(In::InputEnd) => None,
                _ => Some(Err(gate::stopped())),
            })
        });
        let mut voice = SocketVoice { stream, lines: &lines };
        let errors = match gate.invoke(&Caller::system("admin.sock"), invocation, &mut inputs, &mut voice) {
            Ok(end) => end.errors,
            Err(error) if voice.say(Report::Error(error.clone())).is_err() => return,
            Err(_) => 1,
        };
        let mut stream = stream;
        if stream.write_all(&Out::End(errors).line()).is_err() {
            return;
        }
    }
}

struct SocketVoice<'a> {
    stream: &'a UnixStream,
    lines: &'a RefCell<Lines<'a>>,
}
impl Channel for SocketVoice<'_> {
    fn say(&mut self, report: Report) -> Result<()> {
        self.stream.write_all(&Out::Report(report).line()).map_err(|_| gate::stopped())
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        self.stream.write_all(&Out::Confirm(prompt.clone()).line()).map_err(|_| gate::stopped())?;
        self.lines.borrow_mut().answer()
    }
}

/// A server over TLS that answers one request after another, in chunks. The certificate's folder.
fn listen_https(gate: Arc<Gate>) -> (u16, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let now = object::Clock::now(&object::SystemClock);
    net::Certificates::open_or_make(folder.path(), &["localhost".to_owned()], now).unwrap();
    let chain = CertificateDer::pem_file_iter(folder.path().join("certificate.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config =
        config.with_no_client_auth().with_single_cert(chain.map(|one| one.unwrap()).collect(), key).unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (gate, session) = (Arc::clone(&gate), ServerConnection::new(Arc::clone(&config)).unwrap());
            std::thread::spawn(move || answer_requests(StreamOwned::new(session, stream), &gate));
        }
    });
    (port, folder)
}

fn answer_requests(stream: StreamOwned<ServerConnection, TcpStream>, gate: &Gate) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut first, mut length, mut known) = (String::new(), 0, false);
        stream.read_line(&mut first).ok()?;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).ok()?;
            let field = line.trim().split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value));
            match field.as_ref().map(|(name, value)| (name.as_str(), *value)) {
                Some(("content-length", value)) => length = value.parse().ok()?,
                // ann:secret
                Some(("authorization", value)) => known = value == "Basic YW5uOnNlY3JldA==",
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        if !known {
            stream.get_mut().write_all(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n").ok()?;
            stream.get_mut().flush().ok()?;
            continue;
        }
        let name = first.split(' ').nth(1)?.strip_prefix("/api/v1/cmdlets/")?.to_owned();
        let mut inputs = Vec::new();
        let keep = &mut |value| {
            inputs.push(Ok(value));
            Ok(true)
        };
        let request = gate::wire::read_request(&body, &gate.book().nouns(), keep).ok()?;
        let invocation =
            Invocation { cmdlet: name.as_str().into(), parameters: request.parameters, piped: request.piped };
        let mut inputs = inputs.into_iter();
        let mut voice = ChunkVoice(Vec::new());
        let stream = stream.get_mut();
        match gate.invoke(&Caller::system("https"), invocation, &mut inputs, &mut voice) {
            Ok(end) => {
                voice.0.extend(Out::End(end.errors).line());
                stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").ok()?;
                for piece in voice.0.chunks(1000) {
                    write!(stream, "{:x}\r\n", piece.len()).ok()?;
                    stream.write_all(piece).ok()?;
                    stream.write_all(b"\r\n").ok()?;
                }
                stream.write_all(b"0\r\n\r\n").ok()?;
            }
            Err(error) => {
                let body = serde_json::json!({"error": gate::wire::encode_error(&error)}).to_string();
                write!(stream, "HTTP/1.1 404 No\r\nContent-Length: {}\r\n\r\n{body}", body.len()).ok()?;
            }
        }
        stream.flush().ok()?;
    }
}

/// Nobody can be asked over HTTP.
struct ChunkVoice(Vec<u8>);
impl Channel for ChunkVoice {
    fn say(&mut self, report: Report) -> Result<()> {
        self.0.extend(Out::Report(report).line());
        Ok(())
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        Err(gate::confirmation_required(prompt))
    }
}

fn https(gate: &Arc<Gate>, ca: bool) -> (Gateway, tempfile::TempDir) {
    let (port, folder) = listen_https(Arc::clone(gate));
    let place = Connection::Remote {
        url: format!("https://localhost:{port}"),
        user: "ann".to_owned(),
        password: Some(SecureString::new("secret")),
        ca: ca.then(|| folder.path().join("certificate.pem")),
    };
    (gateway(place, gate), folder)
}

fn gateway(place: Connection, gate: &Arc<Gate>) -> Gateway {
    let book = Arc::clone(gate.book());
    let nobody: AskPassword = Arc::new(|_| Err(nowhere()));
    Gateway::new(place, Stop::default(), Arc::new(move || Arc::clone(&book)), nobody)
}

/// The folder of a socket, and word of each connection that ended.
type Held = (tempfile::TempDir, mpsc::Receiver<()>);

/// Both ways on this machine, and what holds them open.
fn ways() -> Vec<(Gateway, Option<Held>)> {
    let gate = toys();
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("admin.sock");
    let closes = listen(&socket, Arc::clone(&gate));
    let open: Opener = Box::new(|| panic!("a server listens"));
    vec![
        (gateway(Connection::Here(Arc::clone(&gate)), &gate), None),
        (gateway(Connection::Local { socket, open }, &gate), Some((folder, closes))),
    ]
}

fn run(way: &Gateway, invocation: Invocation, inputs: &[&str], kept: &mut Kept) -> Result<End> {
    let mut course = way.begin(invocation)?;
    for input in inputs {
        if !course.take(&Value::from(*input), kept)? {
            break;
        }
    }
    course.finish(kept)
}

#[test]
fn every_way_answers_alike() {
    for (way, _held) in ways() {
        let mut kept = Kept::default();
        let get = Invocation::new("Get-Toy").with("Count", 2).with("Verbose", true);
        assert_eq!(run(&way, get, &[], &mut kept).unwrap(), End { errors: 0 });
        let progress = "Progress(Progress { activity: \"Counting\", status: \"done\", percent: Some(100) })";
        assert_eq!(kept.said, ["Verbose(\"Counting toys.\")", "Toy: toy0 red", "Toy: toy1 red", progress]);

        let mut kept = Kept::default();
        let end = run(&way, Invocation::new("Set-Toy").piped(), &["a", "broken", "b"], &mut kept).unwrap();
        assert_eq!(end, End { errors: 1 });
        assert_eq!(kept.said, ["Setting a", "error ToyNotFound: There is no toy 'broken'.", "Setting b"]);

        let mut kept = Kept::default();
        assert_eq!(run(&way, Invocation::new("Set-Toy").piped(), &[], &mut kept).unwrap(), End { errors: 0 });
        assert!(kept.said.is_empty(), "a pipeline that carries nothing runs nothing");
    }
}

#[test]
fn a_server_elsewhere_answers_alike() {
    let gate = toys();
    let (way, _folder) = https(&gate, true);
    let mut kept = Kept::default();
    run(&way, Invocation::new("Get-Toy").with("Count", 100), &[], &mut kept).unwrap();
    assert_eq!((kept.said.len(), kept.said[99].as_str()), (101, "Toy: toy99 red"));

    let names: Vec<String> = (0..1200).map(|number| number.to_string()).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.push("broken");
    let mut kept = Kept::default();
    let end = run(&way, Invocation::new("Set-Toy").piped(), &names, &mut kept).unwrap();
    assert_eq!((end, kept.said.len(), kept.said[1199].as_str()), (End { errors: 1 }, 1201, "Setting 1199"));

    let error = run(&way, Invocation::new("Get-Toyy"), &[], &mut Kept::default()).unwrap_err();
    assert_eq!(error.id(), "CommandNotFoundException");
}

#[test]
fn a_mistyped_password_is_asked_for_again() {
    let gate = toys();
    let (port, folder) = listen_https(Arc::clone(&gate));
    let place = Connection::Remote {
        url: format!("https://localhost:{port}"),
        user: "ann".to_owned(),
        password: None,
        ca: Some(folder.path().join("certificate.pem")),
    };
    let typed = Mutex::new(vec!["secret", "sceret"]);
    let ask: AskPassword = Arc::new(move |_| Ok(SecureString::new(typed.lock().pop().unwrap())));
    let book = Arc::clone(gate.book());
    let way = Gateway::new(place, Stop::default(), Arc::new(move || Arc::clone(&book)), ask);
    let error = run(&way, Invocation::new("Get-Toy"), &[], &mut Kept::default()).unwrap_err();
    assert_eq!(error.id(), "LogonFailed");
    for _ in 0..2 {
        let mut kept = Kept::default();
        run(&way, Invocation::new("Get-Toy").with("Count", 1), &[], &mut kept).unwrap();
        assert_eq!(kept.said[0], "Toy: toy0 red");
    }
}

#[test]
fn what_a_server_elsewhere_cannot_ask_is_asked_here() {
    let gate = toys();
    let (way, _folder) = https(&gate, true);
    let mut kept = Kept { answers: vec![Answer::Yes], ..Kept::default() };
    let end = run(&way, Invocation::new("Remove-Toy").piped(), &["a", "b"], &mut kept).unwrap();
    assert_eq!(
        (end, kept.said.join("; ")),
        (End { errors: 0 }, "asked Removing toy b.; Removing a; Removing b".to_owned())
    );

    let mut kept = Kept { answers: vec![Answer::No], ..Kept::default() };
    run(&way, Invocation::new("Remove-Toy").with("Identity", "a"), &[], &mut kept).unwrap();
    assert_eq!(kept.said, ["asked Removing toy a."]);

    let error = run(&way, Invocation::new("Remove-Toy").with("Identity", "a"), &[], &mut Kept::default());
    assert_eq!(error.unwrap_err().id(), "ConfirmationRequired");
}

#[test]
fn a_certificate_that_signs_itself_is_not_trusted_unasked() {
    let gate = toys();
    let (way, _folder) = https(&gate, false);
    let error = run(&way, Invocation::new("Get-Toy"), &[], &mut Kept::default()).unwrap_err();
    assert_eq!(error.id(), "CertificateNotTrusted", "{error}");
    assert!(error.help_line().unwrap().contains("--ca"));
}

#[test]
fn questions_are_asked_back_and_all_is_remembered() {
    for (way, _held) in ways() {
        let mut kept = Kept { answers: vec![Answer::YesToAll, Answer::No], ..Kept::default() };
        let end = run(&way, Invocation::new("Remove-Toy").piped(), &["a", "b", "c"], &mut kept).unwrap();
        assert_eq!(end, End { errors: 0 });
        let asked = ["asked Removing toy a.", "asked Removing toy b.", "Removing b", "Removing c"];
        assert_eq!(kept.said, asked);
    }
}

#[test]
fn commands_stand_in_one_another() {
    for (way, _held) in ways() {
        let mut outer = way.begin(Invocation::new("Set-Toy").piped()).unwrap();
        let mut kept = Kept::default();
        for name in ["a", "b"] {
            outer.take(&name.into(), &mut kept).unwrap();
            run(&way, Invocation::new("Get-Toy").with("Count", 1), &[], &mut Kept::default()).unwrap();
        }
        outer.finish(&mut kept).unwrap();
        assert_eq!(kept.said, ["Setting a", "Setting b"]);
    }
}

#[test]
fn a_reader_who_leaves_stops_the_command_and_the_next_one_runs() {
    for (way, held) in ways() {
        let mut kept = Kept { leaves_after: Some(3), ..Kept::default() };
        let error =
            run(&way, Invocation::new("Get-Toy").with("Count", 1_000_000), &[], &mut kept).unwrap_err();
        assert!(gate::is_stopped(&error));
        if let Some((_, closes)) = held {
            closes.recv_timeout(std::time::Duration::from_secs(10)).expect("the server noticed");
        }
        let mut kept = Kept::default();
        run(&way, Invocation::new("Get-Toy").with("Count", 1), &[], &mut kept).unwrap();
        assert_eq!(kept.said[0], "Toy: toy0 red");
    }
}

#[test]
fn what_cannot_begin_is_an_error_of_the_gate() {
    for (way, _held) in ways() {
        let mut kept = Kept::default();
        let outcome = run(&way, Invocation::new("Get-Toyy"), &[], &mut kept);
        let said = outcome.map_or_else(|error| error.to_string(), |_| kept.said.join(" "));
        assert!(said.contains("'Get-Toyy' is not recognized"), "{said}");
    }
}

#[test]
fn much_in_both_directions_does_not_lock() {
    let (way, _held) = ways().pop().unwrap();
    let names: Vec<String> = (0..20_000).map(|number| format!("{number}-{}", "x".repeat(100))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut kept = Kept::default();
    run(&way, Invocation::new("Set-Toy").piped(), &names, &mut kept).unwrap();
    assert_eq!(kept.said.len(), 20_000);
    assert!(kept.said[19_999].starts_with("Setting 19999-"));
}

#[test]
fn without_a_server_the_data_directory_is_opened_once() {
    let gate = toys();
    let folder = tempfile::tempdir().unwrap();
    let opened = Arc::clone(&gate);
    let place =
        Connection::Local { socket: folder.path().join("admin.sock"), open: Box::new(move || Ok(opened)) };
    let way = gateway(place, &gate);
    for _ in 0..2 {
        let mut kept = Kept::default();
        run(&way, Invocation::new("Get-Toy").with("Count", 1), &[], &mut kept).unwrap();
        assert_eq!(kept.said[0], "Toy: toy0 red");
    }
    let nowhere = gateway(Connection::Nowhere, &gate);
    let error = run(&nowhere, Invocation::new("Get-Toy"), &[], &mut Kept::default()).unwrap_err();
    assert_eq!(error.id(), "NoServer");
    assert!(error.help_line().unwrap().contains("mailstead serve"));
}
