//! The room `store`: not furnished yet.
