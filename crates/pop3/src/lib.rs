//! The room `pop3`: not furnished yet.
