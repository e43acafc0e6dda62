//! The room `views`: not furnished yet.
