//! Every command of `docs/operations.md` runs as it is written there.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");
const OPERATIONS: &str = include_str!("../../../docs/operations.md");
const MAILBOXES: &str = include_str!("../../../docs/mailboxes.md");

/// The commands of a page, in their order.
fn commands(page: &'static str) -> impl Iterator<Item = &'static str> {
    page.lines().filter_map(|line| line.strip_prefix("$ "))
}

/// The lines of the boxes of a page that are for the shell, in their order.
fn scripts(page: &'static str) -> impl Iterator<Item = &'static str> {
    let boxes = page.split("```powershell\n").skip(1);
    boxes.flat_map(|rest| rest.split("```").next().unwrap().lines())
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

/// What an authority does with a request between two lines of the page.
fn sign(server: &TestServer) {
    for words in [
        "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=Authority -keyout ca.key -out ca.pem",
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -copy_extensions copyall -out signed.pem",
    ] {
        let output =
            Command::new("openssl").args(words.split(' ')).current_dir(server.folder()).output().unwrap();
        assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn every_command_of_the_pages_runs() {
    let mut server = TestServer::start(BINARY);
    server.mailbox("ann");
    let needs_the_directory = |command: &&str| command.contains(" verify ") || command.contains(" rebuild ");
    let (at_rest, at_work): (Vec<_>, Vec<_>) = commands(OPERATIONS).partition(needs_the_directory);
    assert!(at_rest.len() == 2 && at_work.len() >= 9, "{at_rest:?} {at_work:?}");
    assert!(commands(MAILBOXES).count() >= 2, "the page of mailboxes");
    at_work.into_iter().chain(commands(MAILBOXES)).for_each(|command| run(&server, command));
    let scripts: Vec<_> = scripts(OPERATIONS).collect();
    assert_eq!(scripts.len(), 2, "{scripts:?}");
    for line in scripts {
        server.ps(line);
        if line.ends_with("request.pem") {
            sign(&server);
        }
    }
    let shown = server.ps("(Get-ExchangeCertificate -DomainName mail.contoso.com).Services");
    assert_eq!(shown.trim(), "IMAP, POP, IIS, SMTP");
    server.stop();
    at_rest.iter().for_each(|command| run(&server, command));
}
