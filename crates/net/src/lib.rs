//! The room `net`: not furnished yet.
