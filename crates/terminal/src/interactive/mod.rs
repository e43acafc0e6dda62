//! A person at a terminal.

mod completion;
