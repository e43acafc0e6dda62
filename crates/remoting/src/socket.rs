//! `admin.sock`: who may use it is decided by the caller's Unix user alone.

use crate::conversation;
use gate::{Caller, Gate};
use net::Drain;
use object::{Error, ErrorId, Result};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::Shutdown;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::UnixListener;
use tokio::task::JoinSet;

/// Administrators' connections at the same time; each has two threads.
pub const CONNECTIONS_MAX: usize = 128;

/// The bound socket; its file goes away with it.
#[derive(Debug)]
pub struct AdminSocket {
    listener: UnixListener,
    path: PathBuf,
    own_uid: u32,
}

/// The connections that are open, so that they can be woken at the end.
type Open = Arc<Mutex<HashMap<u64, UnixStream>>>;

impl AdminSocket {
    /// Binds the socket with mode 0600. A file that a killed server left behind is replaced; the caller owns
    /// the data directory, so nobody listens there. Must be called within a Tokio runtime.
    pub fn bind(path: &Path) -> Result<AdminSocket> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(path, &error)),
            _ => {}
        }
        let listener = UnixListener::bind(path).map_err(|error| failed(path, &error))?;
        let owner_only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, owner_only).map_err(|error| failed(path, &error))?;
        // The file was made by this process, so its owner is this process's user.
        let own_uid = std::fs::metadata(path).map_err(|error| failed(path, &error))?.uid();
        Ok(AdminSocket { listener, path: path.to_path_buf(), own_uid })
    }

    /// Serves until `drain` begins; running commands are finished.
    pub async fn run(self, gate: Arc<Gate>, mut drain: Drain) {
        let open: Open = Open::default();
        let mut served = JoinSet::new();
        let (mut number, mut spare) = (0, Spare::default());
        loop {
            tokio::select! {
                () = drain.begun() => break,
                Some(_) = served.join_next() => {}
                accepted = self.listener.accept(), if served.len() < CONNECTIONS_MAX => {
                    number += 1;
                    match accepted.and_then(|(stream, _)| self.admit(stream)) {
                        Ok(stream) => {
                            spare.fill();
                            start(number, stream, &gate, &open, &mut served);
                        }
                        Err(error) if is_out_of_files(&error) => self.turn_away(&mut spare).await,
                        Err(_) => {}
                    }
                }
            }
        }
        // Who waits for a next command hears the end; a running command still writes its answer.
        for stream in open.lock().unwrap_or_else(PoisonError::into_inner).values() {
            let _already_closed = stream.shutdown(Shutdown::Read);
        }
        while served.join_next().await.is_some() {}
    }

    /// The server has no file left for a connection: whoever waits hears that instead of waiting on.
    async fn turn_away(&self, spare: &mut Spare) {
        // Another door may be quicker to take the file that is given up.
        while spare.0.pop().is_some() {
            if let Ok(stream) = self.listener.accept().await.and_then(|(stream, _)| stream.into_std()) {
                say_no_files(&stream);
                break;
            }
        }
        spare.fill();
    }

    /// Root and the server's own user may; others are told so and left.
    fn admit(&self, stream: tokio::net::UnixStream) -> std::io::Result<UnixStream> {
        let uid = stream.peer_cred()?.uid();
        let stream = stream.into_std()?;
        stream.set_nonblocking(false)?;
        if uid == 0 || uid == self.own_uid {
            return Ok(stream);
        }
        tracing::warn!(uid, "admin.sock refused a user");
        let error =
            Error::denied(ErrorId::AccessDenied, "Only root and the server's own user may use this socket.")
                .help("Others administer over HTTPS: mailstead shell --server URL --user NAME.");
        let line = gate::wire::Out::Report(gate::Report::Error(error)).line();
        std::io::Write::write_all(&mut &stream, &line)?;
        Err(ErrorKind::PermissionDenied.into())
    }
}

/// Tells somebody for whom the server has no file left; each connection takes three.
fn say_no_files(stream: &UnixStream) {
    tracing::error!("the server has no open file left; administrators are turned away");
    let error =
        Error::busy(ErrorId::TooManySessions, "The server has no open file left for another connection.")
            .help("Raise its limit of open files (LimitNOFILE), or wait until connections end.");
    let line = gate::wire::Out::Report(gate::Report::Error(error)).line();
    // Who has gone does not hear it.
    let _unheard = std::io::Write::write_all(&mut &*stream, &line);
}

/// Files that are kept open for the moment when there is no other left.
struct Spare(Vec<std::fs::File>);

const SPARE_FILES: usize = 8;

impl Default for Spare {
    fn default() -> Spare {
        let mut spare = Spare(Vec::new());
        spare.fill();
        spare
    }
}

impl Spare {
    fn fill(&mut self) {
        let more = (self.0.len()..SPARE_FILES).map_while(|_| std::fs::File::open("/dev/null").ok());
        self.0.extend(more);
    }
}

fn is_out_of_files(error: &std::io::Error) -> bool {
    // EMFILE and ENFILE have no kind of their own.
    matches!(error.raw_os_error(), Some(24 | 23))
}

fn start(number: u64, stream: UnixStream, gate: &Arc<Gate>, open: &Open, served: &mut JoinSet<()>) {
    let Ok(kept) = stream.try_clone() else { return say_no_files(&stream) };
    open.lock().unwrap_or_else(PoisonError::into_inner).insert(number, kept);
    let (gate, open) = (Arc::clone(gate), Arc::clone(open));
    served.spawn_blocking(move || {
        let mut caller = Caller::system("admin.sock");
        caller.session = format!("{number:08x}").into();
        let ended = match stream.try_clone() {
            Ok(read) => conversation::serve(&gate, &caller, read, &stream),
            Err(error) => {
                say_no_files(&stream);
                Err(error.into())
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "an administrator's connection ended");
        }
        // The reading thread waits on the same socket: this lets it go.
        let _already_closed = stream.shutdown(Shutdown::Both);
        open.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    });
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::server(ErrorId::SocketFailed, format!("{} cannot be made: {error}.", path.display()))
        .help("The path of a socket has at most 107 bytes and lies on a local disk.")
}

impl Drop for AdminSocket {
    fn drop(&mut self) {
        let _already_gone = std::fs::remove_file(&self.path);
    }
}
