//! The room `forest`: not furnished yet.
