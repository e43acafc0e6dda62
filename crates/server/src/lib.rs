//! The binary's parts: configuration, data directory, and the house with all its rooms and doors open.
//!
//! Read `house.rs` for the plan in code (each room's constructor with what it needs), then `doors.rs`.

mod certificates;
pub mod command_line;
pub mod config;
pub mod data;
pub mod demo;
pub mod doors;
mod files;
pub mod health;
pub mod house;
pub mod log;
pub mod logon;
pub mod memory;
pub mod metrics;
pub mod notify;
pub mod reload;
pub mod serve;
pub mod shell;
pub mod verify;
