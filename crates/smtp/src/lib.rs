//! The room `smtp`: not furnished yet.
