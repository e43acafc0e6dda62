//! Accepts connections for one door: counts them, secures them, and lets them finish at the end.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use object::{Error, ErrorId, Result};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tracing::{Instrument, debug, error, info_span, warn};

use crate::stream::Raw;
use crate::{Acceptor, Admission, Connection, Door, Drain, Refusal};

/// Open transactions get this long at the end, then they are cut.
const GRACE: Duration = Duration::from_secs(30);
/// A wait after accept failed for want of file descriptors: trying again at once would only spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// A refused client gets its line or not: nobody waits longer for it.
const REFUSAL_TIME_MAX: Duration = Duration::from_secs(2);

/// How a listener's connections are secured.
#[derive(Clone, Debug)]
pub enum Security {
    /// In the clear, for good.
    Plain,
    /// In the clear until the client asks for TLS.
    StartTls(Acceptor),
    /// TLS from the first octet.
    Implicit(Acceptor),
}

/// A port that is ours from now on; clients that come before somebody answers there wait in the kernel's queue.
#[derive(Debug)]
pub struct Port {
    socket: TcpListener,
    address: SocketAddr,
}

impl Port {
    /// Binds `address`; port 0 takes a free one. One that is taken is an error that names it.
    pub async fn bind(address: SocketAddr) -> Result<Port> {
        let socket = TcpListener::bind(address).await.map_err(|error| cannot_bind(address, &error))?;
        let address = socket.local_addr()?;
        Ok(Port { socket, address })
    }
}

/// A bound port and who answers there.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    door: Arc<dyn Door>,
    security: Security,
    admission: Arc<Admission>,
}

impl Listener {
    /// Binds `address`; port 0 takes a free one.
    pub async fn bind(
        address: SocketAddr,
        door: Arc<dyn Door>,
        security: Security,
        admission: Arc<Admission>,
    ) -> Result<Listener> {
        Ok(Listener::on(Port::bind(address).await?, door, security, admission))
    }

    /// Answers on a port that is bound already.
    pub fn on(port: Port, door: Arc<dyn Door>, security: Security, admission: Arc<Admission>) -> Listener {
        Listener { socket: port.socket, address: port.address, door, security, admission }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connections of this service, for metrics.
    pub fn admission(&self) -> &Arc<Admission> {
        &self.admission
    }

    /// Serves until `drain` begins; then closes the port, gives open transactions their time and returns.
    pub async fn run(self, mut drain: Drain) {
        let mut served = JoinSet::new();
        loop {
            tokio::select! {
                () = drain.begun() => break,
                accepted = self.socket.accept() => match accepted {
                    Ok((tcp, peer)) => self.admit(tcp, peer, &drain, &mut served),
                    Err(error) => pause(error).await,
                },
                Some(ended) = served.join_next() => told(&self.door, ended),
            }
        }
        let Listener { socket, door, .. } = self;
        drop(socket);
        if timeout(GRACE, finished(&door, &mut served)).await.is_err() {
            warn!(door = door.name(), open = served.len(), "cut connections that did not finish");
        }
    }

    fn admit(&self, tcp: TcpStream, peer: SocketAddr, drain: &Drain, served: &mut JoinSet<()>) {
        let span = match self.admission.admit(peer.ip()) {
            Ok(pass) => {
                let connection = Connection::new(Raw::Tcp(tcp), peer, self.address).with_pass(pass);
                let span = info_span!("connection", door = self.door.name(), id = connection.id(), %peer);
                let connection = connection.with_drain(drain.clone());
                served
                    .spawn(open(Arc::clone(&self.door), self.security.clone(), connection).instrument(span));
                return;
            }
            Err(why) => (why, info_span!("refused", door = self.door.name(), %peer)),
        };
        let (why, span) = span;
        // In the clear one line is said; a TLS hand-shake only to refuse would be work for a flood.
        if !matches!(self.security, Security::Implicit(_)) {
            served.spawn(refuse(tcp, self.door.refusal(why), why).instrument(span));
        }
    }
}

async fn open(door: Arc<dyn Door>, security: Security, mut connection: Connection) {
    connection.set_no_delay();
    match security {
        Security::Plain => {}
        Security::StartTls(acceptor) => connection = connection.with_tls(acceptor),
        Security::Implicit(acceptor) => {
            connection = connection.with_tls(acceptor);
            if let Err(lost) = connection.start_tls().await {
                return debug!(?lost, "no TLS");
            }
        }
    }
    door.serve(connection).await;
}

async fn refuse(mut tcp: TcpStream, line: &'static str, why: Refusal) {
    debug!(?why, "refused");
    let said = timeout(REFUSAL_TIME_MAX, async {
        tcp.write_all(format!("{line}\r\n").as_bytes()).await?;
        tcp.shutdown().await
    });
    // Whether the client heard it changes nothing.
    let _heard = said.await.is_ok();
}

async fn finished(door: &Arc<dyn Door>, served: &mut JoinSet<()>) {
    while let Some(ended) = served.join_next().await {
        told(door, ended);
    }
}

/// A panic ends one connection and must not end in silence.
fn told(door: &Arc<dyn Door>, ended: Result<(), JoinError>) {
    if let Err(panic) = ended {
        error!(door = door.name(), %panic, "a connection panicked");
    }
}

async fn pause(error: std::io::Error) {
    // A client that was gone before we looked is no fault of the listener.
    if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
        warn!(%error, "cannot accept");
        sleep(ACCEPT_PAUSE).await;
    }
}

fn cannot_bind(address: SocketAddr, error: &std::io::Error) -> Error {
    let sentence = format!("Cannot listen on {address}: {error}.");
    match error.kind() {
        ErrorKind::AddrInUse => Error::conflict(ErrorId::PortTaken, sentence)
            .help("Another program has the port. Stop it, or choose another with --port-offset."),
        ErrorKind::PermissionDenied => Error::denied(ErrorId::PortDenied, sentence)
            .help("Ports below 1024 need root or CAP_NET_BIND_SERVICE; --port-offset chooses others."),
        ErrorKind::AddrNotAvailable => Error::caller(ErrorId::AddressUnknown, sentence)
            .help("[server] bind must be an address of this machine."),
        _ => Error::server(ErrorId::PortFailed, sentence),
    }
}
