//! What every door over HTTP shares: how a connection is served, who logs on, where a request may come from, how
//! much of it is taken in.
//!
//! A door is a [`Router`](axum::Router) behind [`Http`]. Its routes ask [`Site::admit`] who calls, look at rights,
//! and only then take the body in with [`Site::body`]: a request of somebody without rights holds no memory. What its client
//! still sends is read and dropped, so that the answer is heard ([`rest`]).

mod body;
mod door;
mod head;
mod logon;
mod origin;
mod rest;
mod status;

pub use body::{BODY_BYTES_MAX, BODY_SECONDS_MAX, BODY_STALL_SECONDS_MAX, Bodies, Counted, Taken};
pub use door::Http;
pub use logon::Site;
pub use origin::same_site;
pub use status::{status_of, with_challenge};
