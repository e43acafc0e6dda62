//! What every door needs of the network: listeners with limits, TLS, lines and octets read under
//! limits, answers written with a time limit, SASL mechanisms.
//!
//! A door implements [`Door`]; a [`Listener`] hands it a [`Connection`]. The connection writes what is
//! waiting before it waits for input itself, so answers to pipelined commands leave together and no door
//! has to remember to flush. All waiting has a time limit, all input a size limit. What a client makes us hold beyond
//! its connection's own buffers belongs to a [`Budget`].
//!
//! The server installs the TLS provider once, before anything else: [`install_tls_provider`].

mod admission;
mod budget;
mod certificate_store;
mod clients;
mod connection;
mod door;
mod drain;
mod line;
mod listener;
mod logon;
mod octets;
pub mod sasl;
mod stream;
mod tls;
pub mod transcript;
mod worker;

pub use admission::{Admission, Limits, Pass, Refusal};
pub use budget::{Budget, Exceeded, Held, Shares};
pub use certificate_store::Stored;
pub use clients::{Clients, Memory};
pub use connection::{Connection, Lost};
pub use door::{Door, Served};
pub use drain::{Drain, Drainer};
pub use line::{
    FLOOD_BYTES_MAX, Flaw, LONG_LINE_HEAD_BYTES, LONG_LINE_TAIL_BYTES, Line, LineScanner, Scanned,
};
pub use listener::{Listener, Port, Security};
pub use logon::{Attempt, Entrance, LogOn, log_on};
pub use octets::Octets;
pub use stream::TlsInfo;
pub use tls::{Acceptor, Certificates, Service, install_tls_provider};
pub use worker::{Then, answered, blocking, is_cut};
