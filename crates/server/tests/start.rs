//! What the start says when something is in its way, and how the server ends.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::{Command, Output, Stdio};
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
    std::fs::write(server.data().join("directory.db"), "this is not a database, whatever its name says")
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
    assert!(get(&server, "/healthz").1.contains("ok"));
    let metrics = get(&server, "/metrics").1;
    assert!(metrics.contains("mailstead_connections_open{service=\"imap\"}"), "{metrics}");
}

fn get(server: &TestServer, path: &str) -> (String, String) {
    let url = format!("http://{}{path}", server.address(9090));
    let output = Command::new("curl").args(["-sS", "-w", "\n%{http_code}", &url]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (page, code) = text.rsplit_once('\n').unwrap();
    (code.to_owned(), page.to_owned())
}

#[test]
fn health_says_what_keeps_mail_from_flowing() {
    let server = TestServer::start(BINARY);
    assert_eq!(get(&server, "/healthz"), ("200".into(), "ok\n".into()));
    assert_eq!(get(&server, "/readyz"), ("200".into(), "ready\n".into()));
    server.ps("Dismount-Database 'Mailbox Database' -Confirm:$false");
    let (code, page) = get(&server, "/healthz");
    assert!(
        code == "503" && page.contains("database: The mailbox database 'Mailbox Database' is not mounted"),
        "{page}"
    );
    assert_eq!(get(&server, "/readyz").0, "200");
    let told = "Get-ServerHealth localhost | Select-Object -First 1 | % { \"$($_.HealthSetName) $($_.AlertValue) $($_.TargetResource)\" }";
    assert_eq!(server.ps(told).trim(), "database Unhealthy Mailbox Database");
    let unknown = server.shell("Get-ServerHealth localhost -HealthSet databases");
    assert!(unknown.err.contains("Nothing of the kind 'databases' is watched"), "{unknown:?}");
    server.ps("Mount-Database 'Mailbox Database'");
    assert_eq!(get(&server, "/healthz").0, "200");
}

#[test]
fn a_start_that_cannot_have_its_ports_founds_nothing() {
    let server = TestServer::start(BINARY);
    let other = tempfile::tempdir().unwrap();
    let data = other.path().join("data");
    let offset = (server.port(25) - 25).to_string();
    refused(&serve(&["--data", data.to_str().unwrap(), "--port-offset", &offset]), &["Cannot listen on"]);
    assert!(!data.join("directory.db").exists(), "an organisation was founded and its password never said");
}

/// Whoever sees a door open may use the shell: it waits until the house stands.
#[test]
fn the_shell_waits_for_a_house_whose_doors_are_open() {
    let mut server = TestServer::start(BINARY);
    server.stop();
    let (data, smtp) = (server.data(), server.address(25));
    let offset = (server.port(25) - 25).to_string();
    let mut serve = Command::new(BINARY);
    serve.args(["serve", "--port-offset", &offset, "--data"]).arg(&data);
    let mut started = serve.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while std::net::TcpStream::connect(smtp).is_err() {
        assert!(started.try_wait().unwrap().is_none(), "it did not start");
        std::thread::yield_now();
    }
    let mut shell = Command::new(BINARY);
    let said =
        shell.args(["shell", "-c", "(Get-MailboxDatabase).Name", "--data"]).arg(&data).output().unwrap();
    started.kill().unwrap();
    started.wait().unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "Mailbox Database", "{said:?}");
}

#[test]
fn powershells_words_for_a_command_and_a_file_are_understood() {
    let server = TestServer::start(BINARY);
    let script = server.folder().join("say.ps1");
    std::fs::write(&script, "param($Name) \"Hello $Name\"").unwrap();
    let script = script.to_str().unwrap();
    for (words, said) in [
        (&["-Command", "'one'; 'two'"][..], "one\ntwo"),
        (&["-command", "Write-Output", "three"], "three"),
        (&["-File", script, "-Name", "Ann"], "Hello Ann"),
        (&[script, "-Name", "Ben"], "Hello Ben"),
        (&["-c", "'four'"], "four"),
    ] {
        let heard = server.shell_with(words, "");
        assert_eq!((heard.out.trim(), heard.code), (said, Some(0)), "{words:?}: {heard:?}");
    }
}

#[test]
fn nobody_else_on_the_machine_can_read_mail() {
    use std::os::unix::fs::PermissionsExt;
    let server = TestServer::start(BINARY); // testkit made its data directory as mkdir makes one
    server.mailbox("ann");
    let mut waiting = vec![server.data()];
    while let Some(path) = waiting.pop() {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        let made_before = path.ends_with("mailstead.toml") || path.ends_with("certificate.pem");
        assert!(mode & 0o077 == 0 || made_before, "{} has mode {mode:04o}", path.display());
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    server.logged("was open to others");
}

#[test]
fn sighup_reads_certificate_and_configuration_again() {
    let server = TestServer::start(BINARY);
    let fingerprint = || {
        let script = format!(
            "openssl s_client -connect {} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256",
            server.address(993)
        );
        String::from_utf8(Command::new("sh").args(["-c", &script]).output().unwrap().stdout).unwrap()
    };
    let before = fingerprint();
    let tls = server.data().join("tls");
    let (certificate, key) = (tls.join("certificate.pem"), tls.join("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "3",
        ])
        .args([
            "-subj",
            "/CN=other.contoso.com",
            "-keyout",
            key.to_str().unwrap(),
            "-out",
            certificate.to_str().unwrap(),
        ])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let config = "[server]\nname = \"other.contoso.com\"\n[limits]\nconnections_per_address = 1\n";
    std::fs::write(server.data().join("mailstead.toml"), config).unwrap();
    server.signal("HUP");
    server.logged("these keys hold after a restart");
    assert!(server.log().contains("[server] name"), "{}", server.log());
    assert!(before.contains("Fingerprint") && before != fingerprint());
    let (_, page) = get(&server, "/healthz");
    assert!(page.contains("certificate: The certificate ends in"), "{page}");
    let mut first = server.connect(143);
    assert!(first.line().starts_with("* OK"));
    assert!(server.connect(143).line().starts_with("* BYE"), "the new limit does not hold");
    std::fs::write(server.data().join("mailstead.toml"), "[server]\nname = 7\n").unwrap();
    server.signal("HUP");
    server.logged("the configuration stays as it was");
}

/// Every key of `[limits]` holds from SIGHUP on, for those who are there already, too.
#[test]
fn sighup_changes_every_limit() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let ehlo = |server: &TestServer| {
        let mut smtp = server.connect(25);
        smtp.answer();
        smtp.say("EHLO far.example");
        std::iter::repeat_with(|| smtp.line()).find(|line| line.contains("SIZE")).unwrap()
    };
    assert!(ehlo(&server).ends_with("SIZE 10485760"), "{}", ehlo(&server));
    let mut open = server.connect(25);
    open.answer();
    open.ask("EHLO far.example");
    let config = "[limits]\nmessage_bytes = 4096\nrecipients = 100\nbuffer_bytes = 20000000\nspool_bytes = 300000000\n\
                  receiving_bytes = 30000000\nreceiving_bytes_per_address = 2000000\nlogon_failures = 1\n\
                  unknown_recipients = 0\nunknown_recipients_max = 2\ntarpit_seconds = 0\n";
    std::fs::write(server.data().join("mailstead.toml"), config).unwrap();
    server.signal("HUP");
    server.logged("the configuration was read again");
    assert!(!server.log().contains("hold after a restart"), "{}", server.log());
    assert!(ehlo(&server).ends_with("SIZE 4096"), "{}", ehlo(&server));
    let shown =
        server.ps("Get-ReceiveConnector | ForEach-Object { \"$($_.TarpitInterval) $($_.MaxMessageSize)\" }");
    let all = shown.lines().all(|line| line.starts_with("00:00:00 36 MB"));
    assert!(all && shown.lines().count() == 3, "what the configuration says is what is shown: {shown}");
    let (_, page) = get(&server, "/metrics");
    for (budget, limit) in
        [("server", 20e6), ("imap", 20e6), ("pop3", 20e6), ("spool", 300e6), ("receiving", 30e6)]
    {
        let name = format!("mailstead_held_limit_bytes{{budget=\"{budget}\"}} ");
        let value: f64 = page.lines().find_map(|line| line.strip_prefix(&*name)).unwrap().parse().unwrap();
        assert_eq!(value, limit, "{budget}");
    }
    let refused = |server: &TestServer| {
        let mut imap = server.connect(143);
        imap.line();
        imap.imap("a", "LOGIN ann guess").pop().unwrap()
    };
    assert!(refused(&server).starts_with("a NO [AUTHENTICATIONFAILED]"));
    assert!(refused(&server).starts_with("a NO [UNAVAILABLE]"), "one failure is allowed now");
    // Whoever was connected before meets the new limits as well.
    open.ask("MAIL FROM:<far@far.example>");
    assert!(open.ask("RCPT TO:<nobody1@contoso.com>").starts_with("550"));
    assert!(open.ask("RCPT TO:<nobody2@contoso.com>").starts_with("550"));
    assert!(open.ask("RCPT TO:<ann@contoso.com>").starts_with("421"), "two unknown ones are allowed now");
}

/// A server that has used up its files tells administrators so, instead of letting them wait.
#[test]
fn the_shell_hears_that_the_server_has_no_file_left() {
    let mut server = TestServer::start(BINARY);
    server.stop();
    server.under(&["prlimit", "--nofile=160:160"]);
    server.run();
    // The first that is not greeted got no file.
    let greeted = |_| {
        let mut client = std::net::TcpStream::connect(server.address(143)).unwrap();
        client.set_read_timeout(Some(std::time::Duration::from_secs(3))).unwrap();
        std::io::Read::read(&mut client, &mut [0; 1]).ok().map(|_| client)
    };
    let open: Vec<_> = (0..200).map_while(greeted).collect();
    assert!(open.len() < 200, "the server has files left");
    let said = server.shell("Get-Mailbox");
    assert!(said.err.contains("no open file left"), "{said:?}");
    drop(open);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while server.shell("Get-MailboxDatabase").code != Some(0) {
        assert!(std::time::Instant::now() < until, "{}", server.log());
    }
}

/// One start with the clock ten years ahead must not end the retention of everything.
#[test]
fn a_clock_that_jumps_purges_nothing_until_somebody_says_that_it_is_right() {
    let mut server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps("Disable-Mailbox ann -Confirm:$false");
    let left = "@(Get-MailboxStatistics -Database 'Mailbox Database' | where {$_.DisconnectReason}).Count";
    assert_eq!(server.ps(left).trim(), "1");
    server.stop();
    // The program `faketime` would stand between the test and the server's pid.
    let preload = "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    server.under(&["env", preload, "FAKETIME=+3650d", "FAKETIME_DONT_FAKE_MONOTONIC=1"]);
    server.run();
    server.logged("the clock has jumped by more than a day");
    assert_eq!(server.ps(left).trim(), "1");
    server.ps("Resume-Retention -Force");
    server.stop();
    server.run(); // retention is looked after at every start
    server.logged("purged what its retention has ended");
    assert_eq!(server.ps(left).trim(), "0");
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

/// What a directory from before the system's mailboxes lacks is made at the next start.
#[test]
fn a_directory_without_the_systems_mailboxes_gets_them_at_the_next_start() {
    let mut server = TestServer::start(BINARY);
    let count =
        "@(Get-Mailbox -Arbitration).Count, @(Get-Mailbox -RecipientTypeDetails DiscoveryMailbox).Count";
    assert_eq!(server.ps(count).split_whitespace().collect::<Vec<_>>(), ["5", "1"]);
    server.ps(
        "Get-Mailbox -Arbitration | Remove-Mailbox -Arbitration -RemoveLastArbitrationMailboxAllowed -Permanent $true \
         -Confirm:$false; Get-Mailbox | Remove-Mailbox -Permanent $true -Confirm:$false",
    );
    assert_eq!(server.ps(count).split_whitespace().collect::<Vec<_>>(), ["0", "0"]);
    server.stop();
    server.run();
    assert_eq!(server.ps(count).split_whitespace().collect::<Vec<_>>(), ["5", "1"]);
}

#[test]
fn every_line_of_the_demo_runs_as_printed() {
    let options = Options { demo: true, ..Options::default() };
    let server = TestServer::start_with(BINARY, options);
    let console = format!("https://localhost:{}/admin ", server.port(443));
    assert!(server.printed()[0].contains(&console), "its address is first: {:#?}", server.printed());
    let commands: Vec<&String> = server.printed().iter().filter(|line| line.starts_with("    ")).collect();
    assert!(commands.len() >= 6, "{:#?}", server.printed());
    assert!(!server.log().contains(" INFO "), "the welcome is buried under the log:\n{}", server.log());
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
