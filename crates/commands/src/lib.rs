//! The room `commands`: not furnished yet.
