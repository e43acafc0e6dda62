//! IMAP4rev1 and IMAP4rev2 as a server.  [RFC 9051] [RFC 3501]
//!
//! Start with [`door`]: it takes the [`House`] behind it and gives a [`net::Door`]. Then read `session.rs`
//! (the loop, and what a client is told when), `view.rs` (which number is which message) and
//! `verb/mod.rs` (the list of commands; one file each). Rules of the room:
//!
//! - What a client wrote is read by `wire/words.rs`, what it is sent is written by `wire/out.rs`: nothing
//!   else looks at or makes wire bytes, so no value can break a line.
//! - The store is asked on worker threads, a piece at a time; no transaction is open while a socket is
//!   written to.
//! - What a client makes us hold belongs to a budget (`room.rs`), and a client that does not read costs one piece.
//! - Every limit stands in `limits.rs`. An error becomes IMAP's words in `reply.rs` alone.

mod door;
mod fetch;
mod house;
mod limits;
mod place;
mod reply;
mod room;
mod search;
mod session;
mod spool;
mod tree;
mod verb;
mod view;
mod wire;

pub use door::{Config, door};
pub use house::{Alone, Entrance, LogOn, Logon, Neighbour, Neighbours, log_on};
pub use room::Room;
