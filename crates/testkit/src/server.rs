//! The real binary, started on free loopback ports in a temporary directory and stopped by its pid.

use crate::LineClient;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

/// The standard ports that the server adds its offset to.
const STANDARD_PORTS: [u16; 11] = [25, 587, 465, 24, 143, 993, 110, 995, 80, 443, 9090];
/// A start includes making keys and certificates; a loaded machine needs some seconds for it.
const START_TIME_MAX: Duration = Duration::from_secs(60);
/// How often another offset is tried when a port was taken between the look and the bind.
const OFFSETS_TRIED_MAX: usize = 20;

/// How a test server is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The default accepted domain.
    pub domain: String,
    /// Whether the demo company is made.
    pub demo: bool,
    /// What stands in `mailstead.toml`, besides the port offset.
    pub config: String,
    /// The Administrator's password, and that of the demo's people.
    pub password: String,
    /// A command that the server is started under, such as `env NAME=VALUE`; it must become the server by `exec`.
    pub under: Vec<String>,
}

impl Default for Options {
    fn default() -> Options {
        let (domain, password) = ("contoso.com".into(), "P@ssw0rd-for-tests".into());
        Options { domain, demo: false, config: String::new(), password, under: Vec::new() }
    }
}

/// A running server; dropping it stops it by SIGTERM and verifies its data.
pub struct TestServer {
    binary: PathBuf,
    folder: TempDir,
    options: Options,
    offset: u16,
    running: Option<Running>,
    verify: bool,
}

struct Running {
    child: Child,
    printed: Vec<String>,
}

/// What a shell command printed and how it ended.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
}

impl TestServer {
    /// A server for `contoso.com`. `binary` is `env!("CARGO_BIN_EXE_mailstead")` of the test.
    pub fn start(binary: &str) -> TestServer {
        TestServer::start_with(binary, Options::default())
    }

    /// A server with options.
    pub fn start_with(binary: &str, options: Options) -> TestServer {
        let folder = tempfile::tempdir().expect("a temporary directory can be made");
        let binary = PathBuf::from(binary);
        let mut server = TestServer { binary, folder, options, offset: 0, running: None, verify: true };
        server.run();
        server
    }

    /// Starts it (again) on the same data.
    pub fn run(&mut self) {
        for _ in 0..OFFSETS_TRIED_MAX {
            self.offset = free_offset();
            match self.try_run() {
                Ok(running) => {
                    self.running = Some(running);
                    return;
                }
                Err(said) if said.contains("PortTaken") || said.contains("Cannot listen") => {}
                Err(said) => panic!("the server did not start: {said}"),
            }
        }
        panic!("no free ports in {OFFSETS_TRIED_MAX} tries");
    }

    fn try_run(&self) -> Result<Running, String> {
        std::fs::create_dir_all(self.data()).expect("the data directory can be made");
        let config = format!("{}\n", self.options.config);
        std::fs::write(self.data().join("mailstead.toml"), config).expect("the configuration can be written");
        let log = std::fs::File::create(self.log_file()).expect("the log can be made");
        let mut command = self.command();
        command.arg("serve").arg("--data").arg(self.data()).arg("--domain").arg(&self.options.domain);
        command.arg("--port-offset").arg(self.offset.to_string());
        if self.options.demo {
            command.arg("--demo");
        }
        command.env("MAILSTEAD_ADMIN_PASSWORD", &self.options.password);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        match until_ready(&mut child) {
            Some(printed) => Ok(Running { child, printed }),
            None => {
                let _reaped = child.kill().and_then(|()| child.wait());
                Err(std::fs::read_to_string(self.log_file()).unwrap_or_default())
            }
        }
    }

    fn command(&self) -> Command {
        let Some((program, words)) = self.options.under.split_first() else {
            return Command::new(&self.binary);
        };
        let mut command = Command::new(program);
        command.args(words).arg(&self.binary);
        command
    }

    /// What the next start is done under.
    pub fn under(&mut self, words: &[&str]) {
        self.options.under = words.iter().map(|word| (*word).to_owned()).collect();
    }

    /// What it printed until it was ready, line by line.
    pub fn printed(&self) -> &[String] {
        self.running.as_ref().map_or(&[], |running| &running.printed)
    }

    /// The program it runs, as a shell can call it.
    pub fn binary(&self) -> std::path::Display<'_> {
        self.binary.display()
    }
    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
    /// A place for a test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
    /// The password of Administrator and of everybody the demo makes.
    pub fn password(&self) -> &str {
        &self.options.password
    }
    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }
    fn log_file(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
    /// The process id.
    pub fn pid(&self) -> u32 {
        self.running.as_ref().map_or(0, |running| running.child.id())
    }
    /// The port of a service, by its standard number: `port(25)`.
    pub fn port(&self, standard: u16) -> u16 {
        standard + self.offset
    }
    /// The address of a service, by its standard port.
    pub fn address(&self, standard: u16) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port(standard)).into()
    }
    /// The certificate the server made for itself.
    pub fn certificate(&self) -> PathBuf {
        let folder = self.data().join("tls");
        let files = std::fs::read_dir(&folder).expect("the server made its tls folder");
        let paths = files.filter_map(Result::ok).map(|entry| entry.path());
        let public = |path: &PathBuf| !path.to_string_lossy().contains("key");
        paths.into_iter().find(public).expect("the server made a certificate")
    }

    /// Speaks to a service line by line; the greeting is still to be read.
    pub fn connect(&self, standard: u16) -> LineClient {
        LineClient::connect(self.address(standard))
    }

    /// Runs a line in `mailstead shell` on this server's data directory.
    pub fn shell(&self, line: &str) -> Shell {
        self.shell_with(&["-c", line], "")
    }

    /// Runs `mailstead shell` with words of one's own and text on its standard input.
    pub fn shell_with(&self, words: &[&str], input: &str) -> Shell {
        let mut command = Command::new(&self.binary);
        command.arg("shell").arg("--data").arg(self.data()).args(words).current_dir(self.folder.path());
        command.env("HOME", self.folder.path()).env_remove("TERM");
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("the shell starts");
        let mut stdin = child.stdin.take().expect("standard input is piped");
        // A shell that ends without reading closes the pipe; that is its right.
        let _unread = stdin.write_all(input.as_bytes());
        drop(stdin);
        shell_output(child.wait_with_output().expect("the shell ends"))
    }

    /// Runs a line that must succeed and print nothing on standard error; gives what it printed.
    pub fn ps(&self, line: &str) -> String {
        let shell = self.shell(line);
        assert!(shell.code == Some(0) && shell.err.is_empty(), "PS> {line}\n{shell:#?}");
        shell.out
    }

    /// Makes a user mailbox `name@DOMAIN` with the test password.
    pub fn mailbox(&self, name: &str) {
        let (domain, password) = (&self.options.domain, &self.options.password);
        self.ps(&format!(
            "New-Mailbox -Name {name} -UserPrincipalName {name}@{domain} -Password (ConvertTo-SecureString '{password}' -AsPlainText -Force) | Out-Null"
        ));
    }

    /// SIGKILL: the machine's power is cut, as far as the process can tell.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.child.kill().and_then(|()| running.child.wait()).expect("the server can be killed");
        }
    }

    /// Sends a signal (`HUP`) to the running server.
    pub fn signal(&self, name: &str) {
        let told = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status();
        assert!(told.expect("kill can be run").success(), "the server was gone: {}", self.log());
    }

    /// Waits until a line of the log contains `text`.
    pub fn logged(&self, text: &str) {
        let until = std::time::Instant::now() + START_TIME_MAX;
        while !self.log().contains(text) {
            assert!(std::time::Instant::now() < until, "the log never said {text:?}:\n{}", self.log());
            std::thread::yield_now();
        }
    }

    /// SIGTERM, and waits for the end.
    pub fn stop(&mut self) -> Option<ExitStatus> {
        let mut running = self.running.take()?;
        let pid = running.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().expect("kill can be run");
        assert!(told.success(), "the server was gone before it was told to stop: {}", self.log());
        Some(running.child.wait().expect("the server ends"))
    }

    /// `mailstead verify`: asks the server while it runs, else it looks itself.
    pub fn verify(&self) -> Shell {
        self.housekeeping("verify")
    }
    /// `mailstead rebuild`, in the same way.
    pub fn rebuild(&self) -> Shell {
        self.housekeeping("rebuild")
    }
    fn housekeeping(&self, task: &str) -> Shell {
        let mut command = Command::new(&self.binary);
        shell_output(command.arg(task).arg("--data").arg(self.data()).output().expect("it starts"))
    }

    /// The file of the first mailbox database.
    pub fn database_file(&self) -> PathBuf {
        let files = std::fs::read_dir(self.data().join("databases")).expect("there are databases");
        let paths = files.filter_map(Result::ok).map(|entry| entry.path());
        paths.into_iter().find(|path| path.extension().is_some_and(|e| e == "db")).expect("it has a file")
    }

    /// For tests that break the data on purpose: no verification at the end.
    pub fn leave_unverified(&mut self) {
        self.verify = false;
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.kill();
            return eprintln!("server log:\n{}", self.log());
        }
        if let Some(status) = self.stop() {
            assert!(status.success(), "the server ended with {status}:\n{}", self.log());
        }
        if self.verify {
            let verified = self.verify();
            assert_eq!(verified.code, Some(0), "mailstead verify found faults: {verified:#?}");
        }
    }
}

fn shell_output(output: Output) -> Shell {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Shell { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
}

/// The lines up to the one that says it is ready; `None` when it ended or took too long.
fn until_ready(child: &mut Child) -> Option<Vec<String>> {
    let output = BufReader::new(child.stdout.take()?);
    let (say, hear) = mpsc::channel();
    // The thread goes on reading so that the server never waits for a full pipe.
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            // Nobody listens any more once it is ready.
            let _unheard = say.send(line);
        }
    });
    let mut printed = Vec::new();
    loop {
        let line = hear.recv_timeout(START_TIME_MAX).ok()?;
        if line.starts_with("Ready") {
            return Some(printed);
        }
        printed.push(line);
    }
}

/// An offset at which all ports are free just now. Each process looks in its own part of the range.
fn free_offset() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let own = (std::process::id() % 400) as u16 * 37;
    for _ in 0..2_000 {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let offset = 12_000 + (own.wrapping_add(step.wrapping_mul(997))) % 20_000;
        let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port + offset)).is_ok();
        if STANDARD_PORTS.iter().all(free) {
            return offset;
        }
    }
    panic!("no offset with all ports free");
}
