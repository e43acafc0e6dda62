//! The room `terminal`: not furnished yet.
