//! The room `testkit`: not furnished yet.
