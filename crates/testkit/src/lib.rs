//! A furnished test house: the real binary on loopback in a directory of its own, clients that speak
//! line by line, and sessions written as text.
//!
//! A [`TestServer`] verifies its data when it is dropped, so a test of MOVE also tests quota sums, folder
//! counts and the change feed.

mod authority;
mod line_client;
mod mail;
mod people;
mod samba;
mod server;
mod session;
mod slapd;
mod stress;

pub use authority::Authority;
pub use line_client::LineClient;
pub use mail::{Messages, message_of};
pub use people::sql;
pub use samba::{ForeignState, ForeignUser, Samba};
pub use server::{Options, Shell, TestServer};
pub use session::{play, play_with};
pub use slapd::{Entry, Slapd};
pub use stress::{Done, Stress, stress};
