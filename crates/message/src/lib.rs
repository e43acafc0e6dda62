//! The room `message`: not furnished yet.
