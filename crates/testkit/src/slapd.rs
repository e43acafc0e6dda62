//! A private OpenLDAP server with the few attributes of Active Directory that a linked mailbox reads: the second kind of
//! foreign directory. It starts at once, as any user, and needs Debian's slapd.

use crate::Authority;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const START_TIME_MAX: Duration = Duration::from_secs(30);

const SCHEMA: &str = "\
attributetype ( 1.2.840.113556.1.4.146 NAME 'objectSid' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 EQUALITY octetStringMatch SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 EQUALITY octetStringMatch SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 EQUALITY integerMatch SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.55555.1.1 NAME 'adUserAux' AUXILIARY MAY ( objectSid $ objectGUID $ sAMAccountName $ userPrincipalName $ userAccountControl ) )
";

/// A running OpenLDAP server for a domain.
pub struct Slapd {
    folder: TempDir,
    domain: String,
    host: String,
    ports: (u16, u16),
    child: Option<Child>,
}

/// An entry below the domain.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its common and account name.
    pub name: String,
    /// The last number of its security identifier `S-1-5-21-7-8-9-N`.
    pub number: u32,
    /// Its password.
    pub password: String,
    /// More lines of LDIF.
    pub more: String,
}

impl Entry {
    /// An ordinary account; the password is `Passw0rd-` and the name.
    pub fn of(name: &str, number: u32) -> Entry {
        let password = format!("Passw0rd-{name}");
        Entry { name: name.to_owned(), number, password, more: "userAccountControl: 512\n".to_owned() }
    }

    fn ldif(&self, domain: &str) -> String {
        let base = base_of(domain);
        let Entry { name, number, password, more } = self;
        let sid: Vec<u8> = [1, 5, 0, 0, 0, 0, 0, 5]
            .into_iter()
            .chain([21, 7, 8, 9, *number].into_iter().flat_map(u32::to_le_bytes))
            .collect();
        let sid = base64(&sid);
        format!(
            "dn: cn={name},{base}\nobjectClass: inetOrgPerson\nobjectClass: adUserAux\ncn: {name}\nsn: {name}\n\
             sAMAccountName: {name}\nuserPrincipalName: {name}@{domain}\nobjectSid:: {sid}\nuserPassword: {password}\n{more}\n"
        )
    }
}

impl Slapd {
    /// Starts one for `litware.test`, named `ldap.litware.test`, with these entries. Anybody may read and bind; a password
    /// policy locks after three wrong passwords.
    pub fn start(entries: &[Entry]) -> Slapd {
        Slapd::start_for("litware.test", "ldap", entries)
    }

    /// The same for another domain, under another name in it.
    pub fn start_for(domain: &str, label: &str, entries: &[Entry]) -> Slapd {
        let folder = tempfile::tempdir().expect("a temporary directory can be made");
        let (domain, host) = (domain.to_owned(), format!("{label}.{domain}"));
        let mut slapd = Slapd { folder, domain, host, ports: free_ports(), child: None };
        slapd.write(entries);
        slapd.run();
        slapd
    }

    /// The port of plain LDAP with StartTLS, and that of LDAPS; both on 127.0.0.1.
    pub fn ports(&self) -> (u16, u16) {
        self.ports
    }
    /// The certificate authority that its certificate is from.
    pub fn authority(&self) -> PathBuf {
        self.path("tls/ca.pem")
    }
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, entries: &[Entry]) {
        for name in ["db", "run"] {
            std::fs::create_dir_all(self.path(name)).expect("a folder can be made");
        }
        let (certificate, key) =
            Authority::make(&self.path("tls")).issue(&format!("DNS:{},IP:127.0.0.1", self.host));
        std::fs::write(self.path("ad.schema"), SCHEMA).expect("a file can be written");
        let (folder, authority) = (self.folder.path().display(), self.authority());
        let base = base_of(&self.domain);
        let label = self.domain.split('.').next().unwrap_or_default();
        let (authority, certificate, key) = (authority.display(), certificate.display(), key.display());
        let config = format!(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n\
             include /etc/ldap/schema/inetorgperson.schema\ninclude {folder}/ad.schema\n\
             modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload ppolicy\npidfile {folder}/run/slapd.pid\nargsfile {folder}/run/slapd.args\n\
             TLSCACertificateFile {authority}\nTLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}\n\
             database mdb\nmaxsize 268435456\nsuffix \"{base}\"\nrootdn \"cn=admin,{base}\"\nrootpw secret\n\
             directory {folder}/db\nindex objectClass,sAMAccountName,userPrincipalName,objectSid eq\n\
             overlay ppolicy\nppolicy_default \"cn=policy,{base}\"\nppolicy_use_lockout\n"
        );
        std::fs::write(self.path("slapd.conf"), config).expect("a file can be written");
        let mut ldif = format!(
            "dn: {base}\nobjectClass: dcObject\nobjectClass: organization\ndc: {label}\no: {label}\n\n\
             dn: cn=policy,{base}\nobjectClass: device\nobjectClass: pwdPolicy\ncn: policy\npwdAttribute: userPassword\n\
             pwdLockout: TRUE\npwdMaxFailure: 3\npwdMustChange: TRUE\npwdLockoutDuration: 0\n\n",
        );
        entries.iter().for_each(|entry| ldif.push_str(&entry.ldif(&self.domain)));
        std::fs::write(self.path("people.ldif"), ldif).expect("a file can be written");
        let mut command = Command::new("/usr/sbin/slapadd");
        command.arg("-q").arg("-f").arg(self.path("slapd.conf")).arg("-l").arg(self.path("people.ldif"));
        let output = command.output().expect("slapadd can be run; see cargo xtask test for its package");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts it (again) on the same data and ports.
    pub fn run(&mut self) {
        let (plain, tls) = self.ports;
        let mut command = Command::new("/usr/sbin/slapd");
        command.arg("-d0").arg("-f").arg(self.path("slapd.conf"));
        command.arg("-h").arg(format!("ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{tls}"));
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(quiet.spawn().expect("slapd starts"));
        let until = Instant::now() + START_TIME_MAX;
        while ![plain, tls].iter().all(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok()) {
            assert!(Instant::now() < until, "slapd does not answer");
            std::thread::yield_now();
        }
    }

    /// Changes entries, as the directory's own administrator, by lines of LDIF.
    pub fn modify(&self, ldif: &str) {
        let file = self.path("change.ldif");
        std::fs::write(&file, ldif).expect("a file can be written");
        let mut command = Command::new("ldapmodify");
        let admin = format!("cn=admin,{}", base_of(&self.domain));
        command.args(["-x", "-D", &admin, "-w", "secret"]);
        command.arg("-H").arg(format!("ldap://127.0.0.1:{}", self.ports.0)).arg("-f").arg(file);
        let output = command.output().expect("ldapmodify can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Ends it at once, with its connections.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _gone = child.kill();
            child.wait().expect("slapd ends");
        }
    }

    /// Freezes it (SIGSTOP): connections are taken, and nobody answers; or lets it go on (SIGCONT).
    pub fn freeze(&self, frozen: bool) {
        let pid = self.child.as_ref().map_or(0, Child::id);
        let word = if frozen { "-STOP" } else { "-CONT" };
        let told = Command::new("kill").args([word, &pid.to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "slapd was gone");
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _gone = child.kill();
            let _reaped = child.wait();
        }
    }
}

/// `dc=litware,dc=test`
fn base_of(domain: &str) -> String {
    domain.split('.').map(|label| format!("dc={label}")).collect::<Vec<_>>().join(",")
}

fn free_ports() -> (u16, u16) {
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let (one, two) = (free(), free());
    let port = |listener: &TcpListener| listener.local_addr().expect("it listens").port();
    (port(&one), port(&two))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().fold(0_u32, |number, octet| number << 8 | u32::from(*octet))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = char::from(LETTERS[(number >> (18 - 6 * place) & 63) as usize]);
            text.push(if place <= three.len() { letter } else { '=' });
        }
    }
    text
}
