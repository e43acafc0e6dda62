//! Sets up what the tests need and the machine lacks: real clients from Debian's packages, the test
//! runner, and imaptest.

use std::process::{Command, Stdio};

/// A program that tests call, and the Debian package that brings it.
const CLIENTS: &[(&str, &str)] = &[
    ("curl", "curl"),
    ("swaks", "swaks"),
    ("msmtp", "msmtp"),
    ("mbsync", "isync"),
    ("mutt", "mutt"),
    ("getmail", "getmail6"),
    ("python3", "python3"),
    ("openssl", "openssl"),
    ("faketime", "faketime"),
];

/// What swaks needs for TLS; it is no program.
const SWAKS_TLS: &str = "libnet-ssleay-perl";

/// Installs what is missing. Where installing is not possible, says which package to install by hand.
pub(crate) fn ensure() -> Result<(), String> {
    let missing: Vec<&str> =
        CLIENTS.iter().filter(|(program, _)| !has(program)).map(|(_, package)| *package).collect();
    let speaks_tls = || succeeds(Command::new("perl").args(["-MNet::SSLeay", "-e", "1"]));
    let missing = missing.into_iter().chain((!speaks_tls()).then_some(SWAKS_TLS)).collect::<Vec<_>>();
    if !missing.is_empty() {
        install(&missing)?;
    }
    if !succeeds(Command::new("cargo").args(["nextest", "--version"])) {
        println!("xtask: installing cargo-nextest, the test runner");
        must(Command::new("cargo").args(["install", "--locked", "cargo-nextest"]))?;
    }
    Ok(())
}

fn install(packages: &[&str]) -> Result<(), String> {
    println!("xtask: installing {}", packages.join(" "));
    let by_hand = |why: String| format!("{why}; install by hand: apt-get install {}", packages.join(" "));
    let update = || Command::new("apt-get").args(["-q", "update"]).stdout(Stdio::null()).status();
    update().map_err(|e| by_hand(e.to_string()))?;
    let mut command = Command::new("apt-get");
    command.args(["-q", "-y", "--no-install-recommends", "install"]).args(packages);
    command.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
    must(&mut command).map_err(by_hand)
}

/// Whether `program` is on the path.
pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a command with its output shown; an exit code other than 0 is an error that names it.
pub(crate) fn must(command: &mut Command) -> Result<(), String> {
    let line = format!("{command:?}").replace('"', "");
    let status = command.status().map_err(|e| format!("{line}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{line}: {status}")) }
}
