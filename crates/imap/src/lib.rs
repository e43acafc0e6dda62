//! The room `imap`: IMAP4rev1 and IMAP4rev2 as a server.  [RFC 9051] [RFC 3501]
#![allow(dead_code)]

mod fetch;
mod limits;
mod search;
mod wire;
