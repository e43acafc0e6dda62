//! SEARCH: what a client looks for, as a tree, and which messages are it.  [RFC 9051 6.4.4]

pub(crate) mod key;
pub(crate) mod run;
pub(crate) mod sort;
pub(crate) mod thread;
