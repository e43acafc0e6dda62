//! The client of a server elsewhere: one request at a time over TLS on a connection that stays open, its answer
//! read line by line as it comes.
//!
//! A command must not run twice. A request goes out a second time only where the first one surely never left, or
//! where doing it twice changes nothing ([`Again`]). Every wait looks ten times a second whether the person asked to
//! stop; then the connection is dropped, which tells the server to stop, too.

use super::address::Address;
use crate::console::Stop;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use object::{Error, ErrorId, Result};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How long a connection may take to be made: a person waits for it.
const CONNECT_SECONDS_MAX: u64 = 15;
/// A kept connection is used again within this time; the server keeps one for thirty seconds.
const IDLE_SECONDS_MAX: u64 = 20;
/// The head of an answer; ours has five lines.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// The text of a refusal that is shown.
const REFUSAL_BYTES_MAX: usize = 64 << 10;

/// Whether a request may go out again when its connection ended without an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Again {
    /// It changes nothing.
    Harmless,
    /// It may have been done.
    Never,
}

/// A client of one server, with one user.
pub(super) struct Client {
    address: Address,
    authorization: String,
    tls: TlsConnector,
    stop: Stop,
    runtime: Runtime,
    open: Option<Open>,
}

/// A connection, since when it waits for a request.
struct Open {
    sender: SendRequest<Full<Bytes>>,
    since: Instant,
}

/// Why a request has no answer.
enum Failure {
    /// The person asked to stop.
    Stopped,
    /// It never left.
    Unsent(hyper::Error),
    /// It left, as far as we know, and no answer came.
    Broken(hyper::Error),
}

impl Client {
    pub(super) fn new(
        address: Address,
        (user, password): (&str, &str),
        tls: Arc<ClientConfig>,
        stop: Stop,
    ) -> Result<Client> {
        let authorization = format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Client { address, authorization, tls: tls.into(), stop, runtime, open: None })
    }

    /// Sends `body` to `path` and gives the answer, whose body is still to be read.
    pub(super) fn post(&mut self, path: &str, body: Vec<u8>, again: Again) -> Result<Answer<'_>> {
        let body = Bytes::from(body);
        let kept = self.open.take().filter(|open| open.since.elapsed().as_secs() < IDLE_SECONDS_MAX);
        let (sender, response) = match kept {
            Some(open) => match self.ask(open.sender, self.request(path, body.clone())?) {
                Ok(answered) => answered,
                Err(Failure::Unsent(_)) => self.ask_anew(path, body)?,
                Err(Failure::Broken(_)) if again == Again::Harmless => self.ask_anew(path, body)?,
                Err(failure) => return Err(self.failed(failure)),
            },
            None => self.ask_anew(path, body)?,
        };
        let (head, body) = response.into_parts();
        Ok(Answer { client: self, sender: Some(sender), status: head.status.as_u16(), body })
    }

    fn request(&self, path: &str, body: Bytes) -> Result<Request<Full<Bytes>>> {
        let request = Request::post(path)
            .header(HOST, self.address.to_string())
            .header(AUTHORIZATION, &self.authorization)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "mailstead-shell")
            .body(Full::new(body));
        request.map_err(|error| {
            Error::caller(ErrorId::ServerUrlWrong, format!("The request cannot be made: {error}."))
        })
    }

    fn ask_anew(&self, path: &str, body: Bytes) -> Result<Answered> {
        let request = self.request(path, body)?;
        let sender = self.connect()?;
        self.ask(sender, request).map_err(|failure| self.failed(failure))
    }

    fn ask(
        &self,
        mut sender: SendRequest<Full<Bytes>>,
        request: Request<Full<Bytes>>,
    ) -> std::result::Result<Answered, Failure> {
        self.wait(async move {
            // What the other side did meanwhile is heard before anything is sent.
            tokio::task::yield_now().await;
            sender.ready().await.map_err(Failure::Unsent)?;
            match sender.try_send_request(request).await {
                Ok(response) => Ok((sender, response)),
                Err(mut error) => match error.take_message() {
                    Some(_) => Err(Failure::Unsent(error.into_error())),
                    None => Err(Failure::Broken(error.into_error())),
                },
            }
        })
        .ok_or(Failure::Stopped)?
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.stop.unless_asked(&self.runtime, work)
    }

    fn connect(&self) -> Result<SendRequest<Full<Bytes>>> {
        let limit = Duration::from_secs(CONNECT_SECONDS_MAX);
        let stream = self.wait(async { timeout(limit, self.secure()).await }).ok_or_else(gate::stopped)?;
        let stream = stream.map_err(|_| self.unreachable("it does not answer"))??;
        let mut builder = Builder::new();
        builder.max_buf_size(HEAD_BYTES_MAX);
        let shaken = self.wait(builder.handshake(TokioIo::new(stream))).ok_or_else(gate::stopped)?;
        let (sender, connection) = shaken.map_err(|error| self.failed(Failure::Broken(error)))?;
        self.runtime.spawn(async move {
            // What broke it is told to whoever waits for an answer.
            drop(connection.await);
        });
        Ok(sender)
    }

    async fn secure(&self) -> Result<TlsStream<TcpStream>> {
        let address = (self.address.host.as_str(), self.address.port);
        let stream =
            TcpStream::connect(address).await.map_err(|error| self.unreachable(&error.to_string()))?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from(self.address.host.clone()).map_err(|_| {
            Error::caller(ErrorId::ServerUrlWrong, format!("'{}' is not a host name.", self.address.host))
        })?;
        self.tls.connect(name, stream).await.map_err(|error| self.broken(&error))
    }

    fn unreachable(&self, why: &str) -> Error {
        let message = format!("The server {} cannot be reached: {why}.", self.address);
        Error::busy(ErrorId::ServerUnreachable, message)
            .help("See that it runs and that --server names its host and HTTPS port.")
    }

    fn broken(&self, error: &std::io::Error) -> Error {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner {
            Some(rustls::Error::InvalidCertificate(why)) => {
                let says = format!("The certificate of {} is not trusted: {why}.", self.address);
                Error::denied(ErrorId::CertificateNotTrusted, says).help(
                    "If it signs itself, copy tls/certificate.pem from the server's data directory and name \
                     the copy with --ca.",
                )
            }
            _ => self.unreachable(&error.to_string()),
        }
    }

    fn failed(&self, failure: Failure) -> Error {
        let (error, sent) = match failure {
            Failure::Stopped => return gate::stopped(),
            Failure::Unsent(error) => (error, false),
            Failure::Broken(error) => (error, true),
        };
        if error.is_parse() || error.is_parse_too_large() {
            let message = format!("{} did not answer as a web server: {error}.", self.address);
            return Error::server(ErrorId::AnswerUnreadable, message)
                .help("See that --server names the HTTPS port (443, or 10443 by default).");
        }
        if !sent {
            return self.unreachable("it closed the connection");
        }
        let message = format!("The connection to {} ended before an answer came.", self.address);
        Error::busy(ErrorId::AnswerCut, message)
            .help("The command may have been done: look at the object before you run it again.")
    }
}

type Answered = (SendRequest<Full<Bytes>>, Response<Incoming>);

/// An answer whose body is read line by line. Read to its end, it gives the connection back.
pub(super) struct Answer<'a> {
    client: &'a mut Client,
    sender: Option<SendRequest<Full<Bytes>>>,
    pub(super) status: u16,
    body: Incoming,
}

impl Answer<'_> {
    /// The next line into `kept`, which holds what was read behind the last one; `None` at the end.
    pub(super) fn line(&mut self, kept: &mut Vec<u8>, bytes_max: usize) -> Result<Option<Vec<u8>>> {
        let mut looked = 0;
        loop {
            if let Some(end) = memchr::memchr(b'\n', &kept[looked..]) {
                let rest = kept.split_off(looked + end + 1);
                let mut line = std::mem::replace(kept, rest);
                line.pop();
                return Ok(Some(line));
            }
            looked = kept.len();
            if looked > bytes_max {
                let says = format!("A line of the answer is longer than {bytes_max} bytes.");
                return Err(Error::limit(ErrorId::AnswerTooLong, says));
            }
            match self.piece()? {
                Some(piece) => kept.extend_from_slice(&piece),
                None => return Ok((!kept.is_empty()).then(|| std::mem::take(kept))),
            }
        }
    }

    /// The whole body of a refusal, as far as anyone would read it.
    pub(super) fn refusal(&mut self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        while all.len() < REFUSAL_BYTES_MAX
            && let Some(piece) = self.piece()?
        {
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    fn piece(&mut self) -> Result<Option<Bytes>> {
        loop {
            let frame = self.client.wait(self.body.frame()).ok_or_else(gate::stopped)?;
            match frame {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => return Ok(Some(data)),
                    Err(_) => continue,
                },
                Some(Err(error)) => return Err(self.client.failed(Failure::Broken(error))),
                None => {
                    let sender = self.sender.take().filter(|sender| !sender.is_closed());
                    self.client.open = sender.map(|sender| Open { sender, since: Instant::now() });
                    return Ok(None);
                }
            }
        }
    }
}
