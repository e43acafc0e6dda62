//! The room `directory`: not furnished yet.
