//! The line format of an invocation, one JSON object a line, for the local socket and for HTTPS.
//!
//!     in:  {"invoke":{"cmdlet":"Get-Mailbox","parameters":{"Anr":"a"}}}
//!          {"input":…}      a piped object; any number of them
//!          {"inputEnd":true}
//!          {"answer":"Yes"} Yes, YesToAll, No, NoToAll
//!          {"stop":true}
//!     out: {"object":…} {"warning":"…"} {"verbose":"…"} {"whatIf":"…"}
//!          {"progress":{"activity":"…","status":"…","percent":5}}
//!          {"confirm":{"caption":"Confirm","message":"…"}}
//!          {"error":{"fault":"NotFound","id":"…","message":"…","help":"…","parameter":"…","target":"…"}}
//!          {"end":{"errors":0}}   always the last
//!
//! A caller whose `invoke` says `"deltas":true` is told objects in fewer words: see [`Writer`] and [`Reader`].
//!
//! Values are JSON. What JSON lacks is `{"$type":"Guid","value":"…"}`. An object of ours carries its noun as
//! `"$type"` beside its properties, and only those that are set. Times are RFC 3339 in UTC; the sender turns
//! local ones into UTC first. Values that could run (script blocks) travel as their text. Secrets travel only
//! towards the server.
//!
//! One writer (`write`) and one reader (`read`) know how values look; `row` leaves an object as the bytes that
//! came until somebody asks for a property of it.

mod delta;
mod line;
mod read;
mod request;
mod row;
mod write;

pub use delta::{Reader, Writer};
pub use line::{In, Out, decode_error, encode_error};
pub use read::with_growing_lists;
pub use request::{Request, read_request};
pub use write::{write_parameters, write_value};

use object::{Error, ErrorId, Noun};
use std::sync::Arc;

/// Longer lines are refused before they are read as JSON: a photo fits, a mailbox does not.
pub const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Values are read no deeper than this: deeper ones are refused, so that nothing exhausts the stack.
pub const VALUE_NESTING_MAX: usize = 64;
/// What one line may hold in values, each item of each list counted: two bytes of JSON can be a hundred in
/// memory. A group of 100,000 members fits.
pub const VALUES_MAX: usize = 250_000;

/// Finds the noun that an object's `"$type"` names; mostly [`Book::nouns`](crate::Book::nouns). Objects keep it:
/// what they hold is read later.
pub type Nouns = Arc<dyn Fn(&str) -> Option<&'static Noun> + Send + Sync>;

fn malformed(why: &str) -> Error {
    Error::caller(ErrorId::MalformedLine, format!("The JSON of an invocation cannot be read: {why}."))
}

#[cfg(test)]
mod tests;
