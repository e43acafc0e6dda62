//! The room `cmdlets`: not furnished yet.
