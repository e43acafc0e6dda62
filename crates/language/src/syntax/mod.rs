//! From text to syntax tree: the whole grammar of Windows PowerShell 5.1 and PowerShell 7.

pub mod ast;
mod check;
mod count;
mod fault;
mod letter;
mod lexer;
mod parser;
mod restricted;
pub mod source;
pub mod token;
mod ways;

pub use count::{each_statement, node_counts};
pub use fault::ParseError;

pub(crate) use restricted::forbidden_in_manifest;

pub use parser::{NESTING_DEPTH_MAX, Parsed, parse, tokens};
pub(crate) use source::folder;
pub use source::{SOURCE_BYTES_MAX, Source, Span, decode};
