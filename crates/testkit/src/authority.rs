//! A throw-away certificate authority, and certificates of servers from it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A certificate authority in a folder of its own.
pub struct Authority {
    folder: PathBuf,
}

impl Authority {
    /// Makes one; `folder` is made, too.
    pub fn make(folder: &Path) -> Authority {
        std::fs::create_dir_all(folder).expect("the folder of an authority can be made");
        let authority = Authority { folder: folder.to_owned() };
        authority.openssl("req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=Test-Authority -keyout ca.key -out ca.pem");
        authority
    }

    /// Its own certificate, in PEM.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Makes a certificate for names (`DNS:dc1.fabrikam.test,IP:127.0.0.50`): `cert.pem` and `key.pem` beside the
    /// authority's.
    pub fn issue(&self, names: &str) -> (PathBuf, PathBuf) {
        std::fs::write(self.folder.join("names"), format!("subjectAltName={names}\n"))
            .expect("a file can be written");
        self.openssl("req -newkey rsa:2048 -nodes -subj /CN=server -keyout key.pem -out req.pem");
        self.openssl(
            "x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile names -out cert.pem",
        );
        let key = self.folder.join("key.pem");
        use std::os::unix::fs::PermissionsExt as _;
        // Samba refuses a key that others can read.
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("a mode can be set");
        (self.folder.join("cert.pem"), key)
    }

    fn openssl(&self, words: &str) {
        let mut command = Command::new("openssl");
        let output = command.args(words.split(' ')).current_dir(&self.folder).stdin(Stdio::null()).output();
        let output = output.expect("openssl can be run");
        assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
