//! The room `imap`: not furnished yet.
