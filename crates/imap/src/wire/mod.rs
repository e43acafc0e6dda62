//! The words of IMAP: what a command line consists of, and what an answer is made of.

pub(crate) mod command;
pub(crate) mod date;
pub(crate) mod folder_name;
pub(crate) mod out;
pub(crate) mod pattern;
pub(crate) mod sequence;
pub(crate) mod utf7;
pub(crate) mod words;
