//! A Samba domain controller on a loopback address of its own: a real Active Directory as the foreign forest.
//!
//! Needs root and Debian's samba packages (`cargo xtask test` installs them). Its files lie in a temporary directory; it is
//! stopped by its process id.

use crate::Authority;
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A loaded machine needs some seconds for a domain.
const START_TIME_MAX: Duration = Duration::from_secs(60);
/// The password of the directory's own administrator.
const ADMIN_PASSWORD: &str = "Adm1n-of-Fabrikam";

/// A user of the foreign forest.
#[derive(Clone, Copy, Debug)]
pub struct ForeignUser {
    /// The account name; the password is `Passw0rd-` and this.
    pub name: &'static str,
    /// The name of the person.
    pub display: &'static str,
    /// What is the matter with the account.
    pub state: ForeignState,
}

/// What is the matter with a foreign account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignState {
    /// Nothing.
    Good,
    /// It is switched off.
    Disabled,
    /// Its password must be changed first.
    MustChange,
    /// It has expired.
    Expired,
}

/// A running domain controller.
pub struct Samba {
    folder: TempDir,
    address: Ipv4Addr,
    host: String,
    child: Option<Child>,
}

impl Samba {
    /// Provisions and starts the domain `realm` (`fabrikam.test`, NetBIOS name FABRIKAM) with the controller `host`, the
    /// organisational unit Staff with these users, and the account svc-mail (password `Svc-Passw0rd`).
    pub fn start(realm: &str, host: &str, users: &[ForeignUser]) -> Samba {
        let folder = tempfile::tempdir().expect("a temporary directory can be made");
        let address = free_address();
        let mut samba = Samba { folder, address, host: format!("{host}.{realm}"), child: None };
        samba.provision(realm, host);
        samba.people(users);
        samba.run();
        samba
    }

    /// Where it listens: the ports of LDAP are fixed, so it has an address of its own.
    pub fn address(&self) -> IpAddr {
        self.address.into()
    }
    /// Its full host name.
    pub fn host(&self) -> &str {
        &self.host
    }
    /// The certificate authority that its certificate is from.
    pub fn authority(&self) -> PathBuf {
        self.path().join("tls/ca.pem")
    }
    fn path(&self) -> &Path {
        self.folder.path()
    }
    fn config(&self) -> PathBuf {
        self.path().join("etc/smb.conf")
    }

    fn provision(&self, realm: &str, host: &str) {
        let (address, path) = (self.address, self.path().display());
        let netbios = realm.split('.').next().unwrap_or(realm).to_uppercase();
        let mut command = Command::new("samba-tool");
        command.args([
            "domain",
            "provision",
            "--quiet",
            "--server-role=dc",
            "--dns-backend=NONE",
            "--use-rfc2307",
        ]);
        command
            .arg(format!("--targetdir={path}"))
            .arg(format!("--realm={realm}"))
            .arg(format!("--domain={netbios}"));
        command.arg(format!("--adminpass={ADMIN_PASSWORD}")).arg(format!("--host-name={host}"));
        command.arg(format!("--host-ip={address}")).arg(format!("--option=interfaces={address}/8"));
        command.arg("--option=bind interfaces only=yes");
        command.arg("--option=ldap server require strong auth=allow_sasl_over_tls");
        must(&mut command);
        let (certificate, key) = Authority::make(&self.path().join("tls"))
            .issue(&format!("DNS:{},DNS:{host},IP:{address}", self.host));
        let tls = format!(
            "[global]\n\ttls enabled = yes\n\ttls certfile = {}\n\ttls keyfile = {}\n\ttls cafile = {}\n",
            certificate.display(),
            key.display(),
            self.authority().display()
        );
        let config = std::fs::read_to_string(self.config()).expect("the provision wrote a configuration");
        std::fs::write(self.config(), config.replacen("[global]\n", &tls, 1)).expect("it can be written");
    }

    /// Makes the users in one go: each call of samba-tool takes a second.
    fn people(&self, users: &[ForeignUser]) {
        let mut script = String::from(
            "import sys\nfrom samba.samdb import SamDB\nfrom samba.param import LoadParm\nfrom samba.auth import system_session\n\
             lp = LoadParm(); lp.load(sys.argv[1])\ndb = SamDB(session_info=system_session(), lp=lp)\n\
             db.create_ou('OU=Staff,' + db.domain_dn())\n\
             db.newuser('svc-mail', 'Svc-Passw0rd')\ndb.setexpiry('(samaccountname=svc-mail)', 0, no_expiry_req=True)\n\
             db.set_minPwdAge('0')\n",
        );
        for ForeignUser { name, display, state } in users {
            let must_change = if *state == ForeignState::MustChange { "True" } else { "False" };
            script.push_str(&format!(
                "db.newuser('{name}', 'Passw0rd-{name}', userou='OU=Staff', force_password_change_at_next_login_req={must_change})\n\
                 m = ldb = __import__('ldb')\n\
                 dn = db.search(db.domain_dn(), expression='(samaccountname={name})', attrs=[])[0].dn\n\
                 m = ldb.Message(dn); m['displayName'] = ldb.MessageElement('{display}', ldb.FLAG_MOD_REPLACE, 'displayName'); db.modify(m)\n"
            ));
            match state {
                ForeignState::Disabled => script.push_str(&format!("db.disable_account('(samaccountname={name})')\n")),
                ForeignState::Expired => script.push_str(
                    "m = ldb.Message(dn); m['accountExpires'] = ldb.MessageElement('116444736000000000', ldb.FLAG_MOD_REPLACE, 'accountExpires'); db.modify(m)\n",
                ),
                ForeignState::Good | ForeignState::MustChange => {}
            }
        }
        // Samba's modules belong to the system's own Python.
        must(Command::new("/usr/bin/python3").arg("-c").arg(script).arg(self.config()));
    }

    /// Runs a samba-tool command on the domain: `user disable ann`.
    pub fn tool(&self, words: &str) {
        must(Command::new("samba-tool").args(words.split(' ')).arg("-s").arg(self.config()));
    }

    /// Starts it (again) on the same data.
    pub fn run(&mut self) {
        let path = self.path().to_owned();
        for name in ["log", "run", "ncalrpc"] {
            std::fs::create_dir_all(path.join(name)).expect("a folder can be made");
        }
        let log = std::fs::File::create(path.join("log/stdout")).expect("a file can be made");
        let mut command = Command::new("samba");
        command.args(["-F", "--no-process-group", "--option=server services=ldap cldap kdc rpc"]);
        command.arg("--option=dcerpc endpoint servers=epmapper, lsarpc, samr, netlogon, drsuapi");
        command.arg("-s").arg(self.config()).arg(format!("--option=log file={}/log/log.%m", path.display()));
        for (option, place) in [("pid directory", "run"), ("ncalrpc dir", "ncalrpc"), ("lock directory", "")]
        {
            command.arg(format!("--option={option}={}", path.join(place).display()));
        }
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a file can be shared")).stderr(log);
        self.child = Some(command.spawn().expect("samba starts; see cargo xtask test for its packages"));
        let until = Instant::now() + START_TIME_MAX;
        while !self.answers() {
            let said = std::fs::read_to_string(path.join("log/stdout")).unwrap_or_default();
            assert!(Instant::now() < until, "samba does not answer: {said}");
            std::thread::yield_now();
        }
    }

    /// Whether the certificate's port takes a handshake: it listens a moment before it answers.
    fn answers(&self) -> bool {
        let open =
            TcpStream::connect_timeout(&(self.address, 636).into(), Duration::from_millis(200)).is_ok();
        open && Command::new("openssl")
            .args(["s_client", "-brief", "-connect", &format!("{}:636", self.address)])
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|output| output.status.success())
    }

    /// SIGTERM, and waits for the end. (Its children end with it.)
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "samba was gone before it was told to stop");
        child.wait().expect("samba ends");
    }
}

impl Drop for Samba {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _gone = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
            let _reaped = child.wait();
        }
    }
}

fn must(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
}

/// A loopback address on which the port of LDAP is free. Each process looks in its own part of the range.
fn free_address() -> Ipv4Addr {
    let own = std::process::id();
    for step in 0..200_u32 {
        let address = Ipv4Addr::new(127, 64 + (own >> 8 & 0x3f) as u8, own as u8, 2 + step as u8);
        if [389, 636].iter().all(|port| TcpListener::bind((address, *port)).is_ok()) {
            return address;
        }
    }
    panic!("no loopback address has its ports of LDAP free (are you root?)");
}
