//! Mail messages: bytes in, structure out. MIME, addresses, dates, encoded words, and what IMAP shows of them.
//!
//! Start with [`parse`] (the MIME tree as byte ranges, under the limits of [`limits`]) or [`render`]
//! (everything that is worked out once at delivery and kept beside the message).  Three rules hold here:
//!
//! 1. Nothing panics and nothing recurses with the input: any bytes give an answer.  What is broken is
//!    shown as best can be, and what lies beyond a limit is shown as one opaque part.
//! 2. The bytes are never changed: [`Message::section`] answers with ranges of what came in.
//! 3. No I/O, no clock: a moment that is written into a header comes in as an argument.

pub mod address;
pub mod author;
mod bodystructure;
pub mod charset;
pub mod date;
pub mod decode;
mod envelope;
pub mod field;
mod html;
pub mod limits;
mod parameter;
mod preview;
mod quote;
mod render;
pub mod section;
mod structure;
mod subject;
pub mod text;
pub mod trace;
mod word;

pub use address::{Address, Addresses, Entry};
pub use bodystructure::without_extensions;
pub use decode::Encoding;
pub use field::{Field, Fields};
pub use parameter::{ContentType, Disposition};
pub use render::{PARSER_VERSION, Rendered, Texts, render};
pub use section::Which;
pub use structure::{Kind, Message, Part, parse};
pub use subject::{BaseSubject, base_subject};
pub use word::{base64_lines, decode_words, encode_words};
