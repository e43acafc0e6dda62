//! The room `mailbox`: not furnished yet.

pub use store;
