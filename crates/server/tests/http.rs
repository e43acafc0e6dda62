//! HTTPS to the letter, and under attack: what can be read in two ways, what costs much before a right is checked.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// What `openssl s_client` gets for these octets.
fn raw(server: &TestServer, octets: &str) -> String {
    let address = server.address(443).to_string();
    let script = format!(
        "printf '%s' \"$OCTETS\" | timeout 20 openssl s_client -quiet -connect {address} -CAfile {} -servername localhost 2>/dev/null",
        server.certificate().display()
    );
    let output = Command::new("sh").arg("-c").arg(script).env("OCTETS", octets).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let server = TestServer::start(BINARY);
    let (post, json) = ("POST /api/v1/cmdlets/Get-Mailbox HTTP/1.1\r\nHost: x\r\n", "{}");
    for (octets, status) in [
        ("GET /api/v1/cmdlets HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        ("GET /api/v1/cmdlets HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        (format!("{post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{json}"), "400"),
        (format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{json}"), "400"),
        (format!("{post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{json}"), "400"),
        ("GET /api/v1/cmdlets HTTP/1.1\r\nHost: x\nConnection: close\r\n\r\n".to_owned(), "400"),
        ("GET /api/v1/cmdlets HTTP/1.1\nHost: x\nConnection: close\n\n".to_owned(), "400"),
        ("GET /api/v1/cmdlets HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(), "401"),
        ("GET /api/v1/cmdlets HTTP/1.0\r\n\r\n".to_owned(), "401"),
    ] {
        let answer = raw(&server, &octets);
        assert!(answer.starts_with("HTTP/1.") && answer.get(9..12) == Some(status), "{octets:?}: {answer:?}");
    }
}

fn curl(server: &TestServer, words: &[&str], path: &str) -> String {
    let mut command = Command::new("curl");
    command.args(["-s", "-m", "60", "-w", "\n%{http_code} %{time_total}", "--cacert"]);
    command.arg(server.certificate()).args(words);
    let output = command.arg(format!("https://localhost:{}{path}", server.port(443))).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn to_whoever_may_not_there_is_no_such_command_and_they_cost_little() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let user = format!("ann@contoso.com:{}", server.password());
    let file = server.folder().join("brackets.json");
    std::fs::write(&file, format!("{{\"input\":[{}1]}}", "[],".repeat(10_000_000))).unwrap();
    let brackets = format!("@{}", file.display());
    let json = ["-u", &user, "--json"];

    let refused = curl(&server, &[&json[..], &["{}"]].concat(), "/api/v1/cmdlets/New-Mailbox");
    assert!(refused.contains("'New-Mailbox' is not recognized") && refused.contains("\n404 "), "{refused}");
    // What is advised instead may be called.
    let advised =
        refused.split("Did you mean ").nth(1).map(|rest| rest.split('?').next().unwrap().to_owned());

    let refused = curl(&server, &[&json[..], &[&brackets]].concat(), "/api/v1/cmdlets/Remove-Mailbox");
    let seconds: f64 = refused.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(refused.contains("\n404 ") && seconds < 5.0, "{refused}");

    let list = curl(&server, &["-u", &user], "/api/v1/cmdlets");
    let seconds: f64 = list.rsplit(' ').next().unwrap().parse().unwrap();
    // What everybody has for their own mailbox by the policy that is in force, and nothing else.
    let roles = server.ps("(Get-RoleAssignmentPolicy).AssignedRoles");
    let table = include_str!("../../cmdlets/data/own_roles.tsv");
    let own = table.lines().filter(|row| !row.starts_with('#')).filter_map(|row| {
        let mut cells = row.split('\t');
        let role = cells.next()?;
        roles.lines().any(|one| one.trim().ends_with(role)).then(|| cells.next()).flatten()
    });
    let own: BTreeSet<&str> = own.chain(["Get-MyMailboxAccess"]).collect();
    let named: BTreeSet<&str> =
        list.split("\"name\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(named, own, "{list}");
    assert!(advised.is_none_or(|advised| own.contains(&*advised)), "{refused}");
    assert!(list.contains("\n200 ") && seconds < 3.0, "{list}");

    let plain =
        ["-u", &user, "-H", "Content-Type: text/plain", "-H", "Origin: https://evil.example", "-d", "{}"];
    let refused = curl(&server, &plain, "/api/v1/cmdlets/Get-Mailbox");
    assert!(refused.contains("CrossSiteRequest") && refused.contains("\n403 "), "{refused}");
}

/// A proxy that passes octets on, until the file `trigger` is there: then it takes what the server answers next and
/// cuts the connection instead of passing it on.
fn cutting_proxy(to: SocketAddr, trigger: PathBuf) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(to).unwrap();
            let (there, back) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || pass(there, server, None));
            let trigger = trigger.clone();
            std::thread::spawn(move || pass(back, client, Some(&trigger)));
        }
    });
    port
}

fn pass(mut from: TcpStream, mut to: TcpStream, trigger: Option<&Path>) {
    let mut piece = [0; 16 << 10];
    while let Ok(count) = from.read(&mut piece) {
        let cuts = trigger.is_some_and(|trigger| std::fs::remove_file(trigger).is_ok());
        if count == 0 || cuts || to.write_all(&piece[..count]).is_err() {
            break;
        }
    }
    for side in [from, to] {
        // The other thread may have closed it already.
        let _closed = side.shutdown(Shutdown::Both).is_ok();
    }
}

#[test]
fn a_command_whose_answer_is_cut_runs_once() {
    let server = TestServer::start(BINARY);
    let trigger = server.folder().join("cut");
    let url = format!("https://localhost:{}", cutting_proxy(server.address(443), trigger.clone()));
    let password = server.folder().join("password");
    std::fs::write(&password, server.password()).unwrap();
    let script = format!(
        "Get-Mailbox | Out-Null
        Set-Content '{0}' x
        New-Mailbox -Shared once
        Get-Mailbox | Out-Null
        Set-Content '{0}' x
        (Get-Mailbox once).Name
        New-Mailbox -Shared twice | ForEach-Object Name",
        trigger.display()
    );
    let mut shell = Command::new(BINARY);
    shell.args(["shell", "--server", &url, "--user", "Administrator", "--password-file"]).arg(&password);
    shell.arg("--ca").arg(server.certificate()).args(["-c", &script]).env("HOME", server.folder());
    let output = shell.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(err.contains("AnswerCut") && err.contains("may have been done"), "{err}");
    // What only reads is asked again; what was cut ran once, and the next command finds a way.
    assert_eq!(out, "once\ntwice\n", "{err}");
    assert!(!err.contains("already being used"), "it ran twice: {err}");
    // The record has every run, also one that was refused: one for each of the two mailboxes.
    let runs =
        server.ps("(Search-AdminAuditLog -Cmdlets New-Mailbox | ForEach-Object ObjectModified) -join ';'");
    let made =
        |name: &str| runs.trim().split(';').filter(|object| object.ends_with(&format!("/{name}"))).count();
    assert_eq!((made("once"), made("twice"), runs.trim().split(';').count()), (1, 1, 2), "{runs}");
}

/// A client that sends all of a request before it reads, and then another one over the same connection.
const SENDS_FIRST: &str = r#"
import http.client, ssl, sys
port, authority = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile=authority)
for path, length, wanted in [("/api/v1/cmdlets/Get-Mailbox", 20 << 20, 401), ("/admin/import", 20 << 20, 401), ("/admin/logon", 40 << 20, 413), ("/nowhere", 1 << 20, 404)]:
    client = http.client.HTTPSConnection("localhost", port, context=context, timeout=60)
    for method, body, status in [("POST", b"x" * length, wanted), ("GET", None, None)]:
        client.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = client.getresponse()
        said = answer.read()
        assert status in (None, answer.status) and len(said) == int(answer.headers.get("content-length", len(said))), (path, answer.status, said[:200])
        assert not client.sock is None, f"{path}: the connection was closed"
"#;

#[test]
fn whoever_sends_all_before_they_read_hears_why_it_was_refused() {
    let server = TestServer::start(BINARY);
    let output = Command::new("python3")
        .args(["-c", SENDS_FIRST, &server.port(443).to_string()])
        .arg(server.certificate())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
