//! The room `mailbox`: not furnished yet.
