//! Every command of `docs/operations.md` runs as it is written there.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");
const PAGE: &str = include_str!("../../../docs/operations.md");

/// The commands of the page, in their order.
fn commands() -> impl Iterator<Item = &'static str> {
    PAGE.lines().filter_map(|line| line.strip_prefix("$ "))
}

fn run(server: &TestServer, command: &str) {
    let command = command
        .replace("/var/lib/mailstead", server.data().to_str().unwrap())
        .replace("127.0.0.1:19090", &server.address(9090).to_string())
        .replace("mailstead ", &format!("{} ", server.binary()));
    let output = Command::new("sh").args(["-c", &command]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && err.is_empty(), "{command}\n{out}\n{err}");
}

#[test]
fn every_command_of_the_page_runs() {
    let mut server = TestServer::start(BINARY);
    server.mailbox("ann");
    let needs_the_directory = |command: &&str| command.contains(" verify ") || command.contains(" rebuild ");
    let (at_rest, at_work): (Vec<_>, Vec<_>) = commands().partition(needs_the_directory);
    assert!(at_rest.len() == 2 && at_work.len() >= 9, "{at_rest:?} {at_work:?}");
    at_work.iter().for_each(|command| run(&server, command));
    server.stop();
    at_rest.iter().for_each(|command| run(&server, command));
}
