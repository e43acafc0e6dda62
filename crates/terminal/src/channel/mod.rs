//! How invocations reach a gate: over the local socket, over HTTPS, or in this very process.
//!
//! A shell starts without a server. The first command that needs one opens the way ([`Gateway::begin`]).
//! Several commands may run at once (`Get-Mailbox | ForEach-Object { Set-Mailbox … }`): each has a
//! [`Remote`] of its own, and with it a connection of its own, which is kept for the next command.

mod address;
mod client;
mod here;
mod https;
mod socket;

use crate::console::Stop;
use gate::{Book, Gate, Invocation, Remote};
use object::types::SecureString;
use object::{Error, ErrorId, Result};
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::Arc;

/// Opens a data directory in this process; an error says why that cannot be.
pub type Opener = Box<dyn FnOnce() -> Result<Arc<Gate>> + Send>;

/// Where the gate is.
pub enum Connection {
    /// On this machine: a server listens on `socket`; where none does, `open` opens the data directory here.
    Local {
        /// The server's `admin.sock`.
        socket: PathBuf,
        /// Opens the data directory when no server runs.
        open: Opener,
    },
    /// A server elsewhere.
    Remote {
        /// `https://mail.contoso.com:10443`
        url: String,
        /// Who runs the commands there.
        user: String,
        /// The password; asked for at the first command when it is not given.
        password: Option<SecureString>,
        /// The certificate or authority to trust, instead of those of this machine.
        ca: Option<PathBuf>,
    },
    /// In this process.
    Here(Arc<Gate>),
    /// Nowhere: only the shell's own commands run.
    Nowhere,
}

/// Asks a person for the password of that user.
pub(crate) type AskPassword = Arc<dyn Fn(&str) -> Result<SecureString> + Send + Sync>;

/// The book of commands, made when it is first needed.
pub type LazyBook = Arc<dyn Fn() -> Arc<Book> + Send + Sync>;

/// The way to the gate.
pub(crate) struct Gateway {
    way: Mutex<Way>,
    stop: Stop,
    book: LazyBook,
    ask_password: AskPassword,
}

/// The way, as far as it is open.
enum Way {
    Unopened(Connection),
    Socket(Arc<socket::Pool>),
    Https(Arc<https::Pool>),
    Here(Arc<Gate>),
}

impl Gateway {
    pub(crate) fn new(place: Connection, stop: Stop, book: LazyBook, ask_password: AskPassword) -> Gateway {
        Gateway { way: Mutex::new(Way::Unopened(place)), stop, book, ask_password }
    }

    /// What commands there are.
    pub(crate) fn book(&self) -> Arc<Book> {
        (self.book)()
    }

    /// Starts a command.
    pub(crate) fn begin(&self, invocation: Invocation) -> Result<Box<dyn Remote>> {
        let mut way = self.way.lock();
        self.open(&mut way)?;
        Ok(match &*way {
            Way::Socket(pool) => Box::new(socket::SocketCommand::new(Arc::clone(pool), invocation)),
            Way::Https(pool) => Box::new(https::HttpsCommand::new(Arc::clone(pool), invocation)),
            Way::Here(gate) => {
                Box::new(here::HereCommand::new(Arc::clone(gate), invocation, self.stop.clone()))
            }
            Way::Unopened(_) => return Err(nowhere()),
        })
    }

    /// Opens the way, once. What fails can be tried again by the next command, except that a data directory
    /// is opened only once: its error is about the directory, not about the moment.
    fn open(&self, way: &mut Way) -> Result<()> {
        let Way::Unopened(place) = way else { return Ok(()) };
        let opened = match std::mem::replace(place, Connection::Nowhere) {
            Connection::Nowhere => return Err(nowhere()),
            Connection::Here(gate) => Way::Here(gate),
            Connection::Local { socket, open } => self.local(socket, open, place)?,
            Connection::Remote { url, user, password, ca } => {
                let opened = self.remote(&url, &user, password.clone(), ca.as_deref());
                if opened.is_err() {
                    *place = Connection::Remote { url, user, password, ca };
                }
                opened?
            }
        };
        *way = opened;
        Ok(())
    }

    fn local(&self, socket: PathBuf, open: Opener, place: &mut Connection) -> Result<Way> {
        let pool = socket::Pool::new(socket.clone(), self.stop.clone(), Arc::clone(&self.book));
        match pool.try_it() {
            Ok(true) => Ok(Way::Socket(Arc::new(pool))),
            Ok(false) => open().map(Way::Here),
            Err(error) => {
                *place = Connection::Local { socket, open };
                Err(error)
            }
        }
    }

    fn remote(
        &self,
        url: &str,
        user: &str,
        password: Option<SecureString>,
        ca: Option<&std::path::Path>,
    ) -> Result<Way> {
        let address = address::Address::parse(url)?;
        let tls = crate::trust::trust(ca)?;
        let ask = Arc::clone(&self.ask_password);
        let logon = https::Logon::new(user, password, ask);
        let pool = https::Pool::new(address, logon, tls, self.stop.clone(), Arc::clone(&self.book));
        Ok(Way::Https(Arc::new(pool)))
    }
}

/// Runs one command without piped objects and passes on what it says. Nobody is asked for a password.
pub fn run_one(
    place: Connection,
    book: LazyBook,
    invocation: Invocation,
    channel: &mut dyn gate::Channel,
) -> Result<gate::End> {
    let ask: AskPassword = Arc::new(|_| Err(nowhere()));
    Gateway::new(place, Stop::default(), book, ask).begin(invocation)?.finish(channel)
}

fn nowhere() -> Error {
    Error::busy(ErrorId::NoServer, "There is no server to run this command.").help(
        "Start one with mailstead serve, name its data directory with --data, or a server with --server.",
    )
}

#[cfg(test)]
pub(crate) mod tests;
