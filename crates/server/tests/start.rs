//! What the start says when something is in its way, and how the server ends.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::{Command, Output};
use testkit::{Options, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

fn serve(words: &[&str]) -> Output {
    Command::new(BINARY).arg("serve").args(words).output().unwrap()
}

/// Asserts that the start failed and said all of `said`.
fn refused(output: &Output, said: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "it started");
    for word in said {
        assert!(text.contains(word), "it said {text:?}, without {word:?}");
    }
}

#[test]
fn a_data_directory_belongs_to_one_process() {
    let server = TestServer::start(BINARY);
    let data = server.data();
    refused(&serve(&["--data", data.to_str().unwrap()]), &["in use by another mailstead", "--data"]);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let server = TestServer::start(BINARY);
    let other = tempfile::tempdir().unwrap();
    let offset = (server.port(25) - 25).to_string();
    let words = ["--data", other.path().to_str().unwrap(), "--port-offset", &offset];
    refused(&serve(&words), &["Cannot listen on 127.0.0.1:", "--port-offset"]);
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let mut server = TestServer::start(BINARY);
    server.stop();
    server.leave_unverified();
    std::fs::write(server.data().join("directory.db"), "this is no database, whatever its name says")
        .unwrap();
    let data = server.data();
    refused(&serve(&["--data", data.to_str().unwrap()]), &["directory.db"]);
}

#[test]
fn a_configuration_error_names_key_line_and_what_is_allowed() {
    let place = tempfile::tempdir().unwrap();
    let config = place.path().join("wrong.toml");
    std::fs::write(&config, "[server]\nport_offset = \"many\"\n").unwrap();
    let data = place.path().join("data");
    let words = ["--data", data.to_str().unwrap(), "--config", config.to_str().unwrap()];
    refused(&serve(&words), &["wrong.toml", "line 2", "port_offset"]);
}

#[test]
fn health_and_metrics_answer() {
    let server = TestServer::start(BINARY);
    let get = |path: &str| {
        let url = format!("http://{}{path}", server.address(9090));
        String::from_utf8(Command::new("curl").args(["-sS", &url]).output().unwrap().stdout).unwrap()
    };
    assert!(get("/healthz").contains("ok"));
    let metrics = get("/metrics");
    assert!(metrics.contains("mailstead_connections_open{service=\"imap\"}"), "{metrics}");
}

#[test]
fn sigterm_lets_a_transaction_finish() {
    let mut server = TestServer::start(BINARY);
    server.mailbox("ann");
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    smtp.ask("MAIL FROM:<far@far.example>");
    smtp.ask("RCPT TO:<ann@contoso.com>");
    assert!(smtp.ask("DATA").starts_with("354"));
    smtp.say("Subject: half");
    let sender = std::thread::spawn(move || {
        smtp.say("\r\nthe other half\r\n.");
        smtp.answer()
    });
    let status = server.stop().unwrap();
    assert!(status.success());
    assert!(sender.join().unwrap().starts_with("250"));
    server.run();
    let mut imap = server.connect(143);
    imap.line();
    imap.imap("a", &format!("LOGIN ann \"{}\"", server.password()));
    let selected = imap.imap("b", "SELECT INBOX");
    assert!(selected.iter().any(|line| line == "* 1 EXISTS"), "{selected:?}");
}

#[test]
fn every_line_of_the_demo_runs_as_printed() {
    let options = Options { demo: true, ..Options::default() };
    let server = TestServer::start_with(BINARY, options);
    let commands: Vec<&String> = server.printed().iter().filter(|line| line.starts_with("    ")).collect();
    assert!(commands.len() >= 6, "{:#?}", server.printed());
    for line in commands {
        let output = Command::new("sh")
            .arg("-c")
            .arg(line.trim())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{line}\n{out}\n{err}");
        // curl says nothing when mail went in, and an interactive shell nothing when nobody types.
        let quiet = line.contains("smtp:") || line.contains(" shell ") && !line.contains(" -c ");
        assert!(quiet || !out.trim().is_empty(), "{line} printed nothing\n{err}");
    }
}
