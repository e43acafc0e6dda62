//! FETCH: what a client wants of messages, and how it is answered.  [RFC 9051 6.4.5]

pub(crate) mod answer;
pub(crate) mod item;
