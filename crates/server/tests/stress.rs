//! Many IMAP clients at one mailbox find no inconsistency: ours for a minute, imaptest in the long form.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use std::time::Duration;
use testkit::{Stress, TestServer, stress};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

fn run(seconds: u64) {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let how = Stress { clients: 8, time: Duration::from_secs(seconds), steps: 60, seed: 20_261_121 };
    let done = stress(|| server.connect(143), "ann", server.password(), how);
    assert!(done.checkpoints > 0 && done.commands > 100, "{done:?}");
    println!("{} commands, {} checkpoints", done.commands, done.checkpoints);
}

#[test]
fn a_minute_of_stress_shows_no_inconsistency() {
    run(60);
}

#[test]
#[ignore = "the long form; cargo xtask nightly"]
fn half_an_hour_of_stress_shows_no_inconsistency() {
    run(1800);
}

/// Dovecot's imaptest with its own tracking of every message. It is in no registry: build it beside the project and put
/// it on the path. With checkpoints it compares all sessions and must not pipeline (it stops on an assertion of its own
/// when it does both), so it runs once in each way.
fn imaptest(name: &str, seconds: u64, how: &[&str]) {
    let server = TestServer::start(BINARY);
    server.mailbox(name);
    let mbox = server.folder().join("mbox");
    let mut messages = testkit::Messages::seeded(3);
    let mut text = Vec::new();
    for _ in 0..100 {
        text.extend(b"From sender@far.example Sat Nov 21 08:00:00 2026\n");
        text.extend(messages.next_of(2_000).iter().filter(|byte| **byte != b'\r'));
        text.push(b'\n');
    }
    std::fs::write(&mbox, text).unwrap();
    let mut imaptest = Command::new("imaptest");
    imaptest.args(["host=127.0.0.1", "clients=10", "seed=1", "box=INBOX", "msgs=100"]).args(how);
    imaptest.arg(format!("user={name}@contoso.com")).arg(format!("pass={}", server.password()));
    imaptest.arg(format!("port={}", server.port(143))).arg(format!("secs={seconds}"));
    imaptest.arg(format!("mbox={}", mbox.display()));
    let output =
        imaptest.output().expect("imaptest is on the path; see docs/ledger/imaptest.md for how to build it");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let wrong: Vec<&str> =
        said.lines().filter(|line| INCONSISTENT.iter().any(|word| line.contains(word))).collect();
    assert!(said.contains("Totals:") && wrong.is_empty(), "{}\n{said}", wrong.join("\n"));
}

/// How imaptest says that something is wrong.
const INCONSISTENT: [&str; 4] = ["Error:", "Warning:", "Panic:", "Fatal:"];

#[test]
#[ignore = "needs imaptest on the path; cargo xtask nightly"]
fn half_an_hour_of_imaptest_with_checkpoints_shows_no_inconsistency() {
    imaptest("ann", 1800, &["no_pipelining", "checkpoint=30"]);
}

#[test]
#[ignore = "needs imaptest on the path; cargo xtask nightly"]
fn ten_minutes_of_imaptest_with_pipelining_show_no_inconsistency() {
    imaptest("ben", 600, &[]);
}
