//! The binary's parts: configuration, data directory, and the house with all its rooms and doors open.

pub mod command_line;
pub mod config;
pub mod data;
pub mod http;
pub mod log;
pub mod metrics;
