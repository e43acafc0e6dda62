//! The room `db`: not furnished yet.
