//! The room `server`: not furnished yet.
