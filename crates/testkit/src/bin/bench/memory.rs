//! Memory: an idle server with 1,000 mailboxes, and idle IMAP connections over TLS.

use crate::table::Table;
use mailstead_testkit::{Options, TestServer};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MAILBOXES: usize = 1_000;
/// Enough that the first growth of the allocator and of the worker threads is not taken for a connection's.
const CONNECTIONS: usize = 400;

/// The threads that compare passwords end when nobody has logged on for a while; longer than that.
const LOGON_THREADS_END: Duration = Duration::from_secs(90);

/// Measures and adds rows.
pub(crate) fn run(binary: &str, table: &mut Table) {
    let config = "[limits]\nconnections_per_address = 1000".to_owned();
    let mut server = TestServer::start_with(binary, Options { config, ..Options::default() });
    server.ps(&format!("1..{MAILBOXES} | ForEach-Object {{ New-Mailbox -Shared -Name \"Shared $_\" -Alias \"shared$_\" }} | Out-Null"));
    server.mailbox("ann");
    server.stop();
    server.run();
    // The first log-on warms what every server has warm; it is not what a mailbox or a connection costs.
    drop(idle(&server, 1));
    let empty = rested_kb(server.pid());
    table.row("idle server, 1,000 mailboxes", format!("{} MB", empty / 1024), String::new(), "under 60 MB");
    let clients = idle(&server, CONNECTIONS);
    let full = resident_kb(server.pid());
    let each = (full.saturating_sub(empty)) as f64 / CONNECTIONS as f64;
    table.row(
        "idle TLS IMAP connection, in IDLE",
        format!("{each:.1} KB"),
        format!("{CONNECTIONS} connections"),
        "under 40 KB",
    );
    drop(clients);
}

/// Resident memory of a server whose log-on threads have ended, with the memory that comparing passwords takes, in KB.
#[expect(clippy::disallowed_methods, reason = "the threads of another process end without an event")]
pub(crate) fn rested_kb(pid: u32) -> u64 {
    let names = || std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let compares = || {
        names().any(|task| {
            std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "log-on")
        })
    };
    let until = Instant::now() + LOGON_THREADS_END;
    while compares() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(200));
    }
    resident_kb(pid)
}

/// Resident memory of a process, in KB.
pub(crate) fn resident_kb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or("").to_owned();
    line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// The most memory that a process ever had, in KB, by its `/proc/PID/status`.
pub(crate) fn peak_kb(status: &str) -> u64 {
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// TLS clients, each logged on, with INBOX selected and in IDLE. `openssl s_client` speaks TLS for us.
pub(crate) fn idle(server: &TestServer, count: usize) -> Vec<Idle> {
    (0..count).map(|_| Idle::start(server)).collect()
}

pub(crate) struct Idle(Child);

impl Idle {
    fn start(server: &TestServer) -> Idle {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-quiet", "-connect", &format!("127.0.0.1:{}", server.port(993))]);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = piped.spawn().expect("openssl starts");
        let mut reader = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut writer = child.stdin.take().expect("its input is piped");
        until(&mut reader, "* OK");
        for (said, heard) in [
            (format!("a LOGIN ann \"{}\"", server.password()), "a OK"),
            ("b SELECT INBOX".to_owned(), "b OK"),
            ("c IDLE".to_owned(), "+ "),
        ] {
            writer.write_all(format!("{said}\r\n").as_bytes()).expect("openssl takes it");
            until(&mut reader, heard);
        }
        child.stdin = Some(writer);
        child.stdout = Some(reader.into_inner());
        Idle(child)
    }
}

fn until(reader: &mut impl BufRead, start: &str) {
    let mut line = String::new();
    while !line.starts_with(start) {
        line.clear();
        assert!(
            reader.read_line(&mut line).expect("the server answers") > 0,
            "the server closed the connection"
        );
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        let _gone = self.0.kill().and_then(|()| self.0.wait());
    }
}
