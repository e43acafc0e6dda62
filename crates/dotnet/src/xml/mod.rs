//! XML as .NET's `XmlDocument` holds it: a tree that can be changed, read and written, with XPath.
//!
//! `tree.rs` is the tree, `read.rs` and `write.rs` the text of it, `path.rs` XPath 1.0.

mod path;
mod read;
mod tree;
mod write;

pub use path::{Found, Names, select};
pub(crate) use read::DEPTH_MAX;
pub use read::parse;
pub use tree::{Attribute, Document, Kind, Node, Nodes};
pub use write::{Layout, escape_attribute, escape_text, inner, outer, written};
