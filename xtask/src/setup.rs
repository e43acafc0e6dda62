//! Sets up what the tests need and the machine lacks: real clients from Debian's packages, the test
//! runner, and imaptest.

use crate::sources::root;
use std::path::PathBuf;
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
    ("pip3", "python3-pip"),
    ("openssl", "openssl"),
    ("faketime", "faketime"),
    ("chromium", "chromium"),
    ("npm", "npm"),
    ("ldapmodify", "ldap-utils"),
    ("slapd", "slapd"),
    ("samba", "samba"),
    ("samba-tool", "samba-common-bin"),
    ("winbindd", "winbind"),
    ("tmux", "tmux"),
];

/// What the long forms call besides.
const LONG_FORMS: &[(&str, &str)] = &[("thunderbird", "thunderbird"), ("certutil", "libnss3-tools")];

/// Files that the Samba domain controller of the tests needs, and the Debian package that brings each.
const FILES: &[(&str, &str)] = &[
    ("/usr/share/samba/setup/provision.ldif", "samba-ad-provision"),
    ("/usr/lib/*/samba/ldb/samba_dsdb.so", "samba-dsdb-modules"),
    ("/usr/lib/*/samba/vfs/acl_xattr.so", "samba-vfs-modules"),
];

/// Debian asks this program whether a service may be started when its package is installed.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// What swaks needs for TLS; it is no program.
const SWAKS_TLS: &str = "libnet-ssleay-perl";

/// Programs of npm's registry that only tests use, by their list below `crates/server/tests`.
const BROWSER: &str = "browser";

/// Installs what is missing. Where installing is not possible, says which package to install by hand.
pub(crate) fn ensure() -> Result<(), String> {
    let programs = CLIENTS.iter().filter(|(program, _)| !has(program));
    let files = FILES.iter().filter(|(file, _)| !is_there(file));
    let missing: Vec<&str> = programs.chain(files).map(|(_, package)| *package).collect();
    let speaks_tls = || succeeds(Command::new("perl").args(["-MNet::SSLeay", "-e", "1"]));
    let missing = missing.into_iter().chain((!speaks_tls()).then_some(SWAKS_TLS)).collect::<Vec<_>>();
    if !missing.is_empty() {
        install(&missing)?;
    }
    if !succeeds(Command::new("python3").args(["-c", "import exchangelib"])) {
        println!("xtask: installing exchangelib, a client of Exchange in Python");
        let pip = ["-m", "pip", "install", "-q", "exchangelib"];
        // Debian keeps its own Python to itself unless one says otherwise.
        if !succeeds(Command::new("python3").args(pip)) {
            must(Command::new("python3").args(pip).arg("--break-system-packages"))?;
        }
    }
    if !succeeds(Command::new("cargo").args(["nextest", "--version"])) {
        println!("xtask: installing cargo-nextest, the test runner");
        must(Command::new("cargo").args(["install", "--locked", "cargo-nextest"]))?;
    }
    modules()
}

/// Installs what the long forms need besides.
pub(crate) fn ensure_long_forms() -> Result<(), String> {
    ensure()?;
    let missing = LONG_FORMS.iter().filter(|(program, _)| !has(program)).map(|(_, package)| *package);
    let missing: Vec<&str> = missing.collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// Installs what the browser tests import below the target folder, if it is not there as the list says.
fn modules() -> Result<(), String> {
    let (list, folder) = (root().join("crates/server/tests").join(BROWSER), target().join(BROWSER));
    let wanted = std::fs::read(list.join("package-lock.json")).map_err(|e| e.to_string())?;
    let stamp = folder.join("node_modules/installed");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("xtask: installing what the browser tests import");
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(list.join(file), folder.join(file)).map_err(|e| e.to_string())?;
    }
    must(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
            .current_dir(&folder),
    )?;
    std::fs::write(stamp, wanted).map_err(|e| e.to_string())
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn install(packages: &[&str]) -> Result<(), String> {
    println!("xtask: installing {}", packages.join(" "));
    let by_hand = |why: String| format!("{why}; install by hand: apt-get install {}", packages.join(" "));
    let update = || Command::new("apt-get").args(["-q", "update"]).stdout(Stdio::null()).status();
    update().map_err(|e| by_hand(e.to_string()))?;
    // The tests start their own servers; the machine's are none of their business.
    let _quiet = Quiet::begin();
    let mut command = Command::new("apt-get");
    command.args(["-q", "-y", "--no-install-recommends", "install"]).args(packages);
    command.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
    must(&mut command).map_err(by_hand)
}

/// While it lives, Debian starts no service of a package that is installed.
struct Quiet(bool);

impl Quiet {
    fn begin() -> Quiet {
        use std::os::unix::fs::PermissionsExt as _;
        let path = std::path::Path::new(POLICY);
        let made = !path.exists() && std::fs::write(path, "#!/bin/sh\nexit 101\n").is_ok();
        if made {
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(path, mode)
                .unwrap_or_else(|error| eprintln!("xtask: {POLICY}: {error}"));
        }
        Quiet(made)
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if self.0 {
            std::fs::remove_file(POLICY).unwrap_or_else(|error| eprintln!("xtask: {POLICY}: {error}"));
        }
    }
}

/// Whether a file is there; one `*` stands for the name of any folder (the machine's kind, in Debian's paths).
fn is_there(file: &str) -> bool {
    let Some((before, after)) = file.split_once('*') else { return std::path::Path::new(file).exists() };
    let folders = std::fs::read_dir(before).into_iter().flatten().filter_map(Result::ok);
    let mut paths = folders.map(|folder| folder.path().join(after.trim_start_matches('/')));
    paths.any(|path| path.exists())
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
