//! The room `language`: not furnished yet.
