//! The binary `mailstead`: runs the server, the shell, and the house-keeping.

use clap::Parser;
use mailstead_server::command_line::{CommandLine, Task};
use mailstead_server::{log, memory, serve, shell, verify};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let done = match &line.task {
        Task::Serve(words) => {
            // The demo is for a person who reads the welcome.
            log::start(if words.demo { "warn" } else { "info" });
            memory::give_back_at_once();
            net::install_tls_provider();
            serve::run(words).map(|()| ExitCode::SUCCESS)
        }
        Task::Shell(words) => shell::run(words),
        Task::Verify(words) => return verify::verify(words),
        Task::Rebuild(words) => return verify::rebuild(words),
    };
    done.unwrap_or_else(|error| {
        eprintln!("mailstead: {error}");
        ExitCode::FAILURE
    })
}
