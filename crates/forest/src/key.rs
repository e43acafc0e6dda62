//! The key under which secrets of trusts lie in the directory: a file beside it, for its owner's eyes alone.
//!
//! AES-256-GCM with a random nonce for each secret. The object that a secret belongs to is bound to it, so that one copied
//! to another object does not open there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use object::types::SecureString;
use object::{Error, ErrorId, Result};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

const KEY_BYTES: usize = 32;
/// What a sealed secret begins with: the way it was sealed.
const FORM: &str = "aes256gcm:";

/// A key for secrets.
pub struct SecretKey {
    key: LessSafeKey,
    random: SystemRandom,
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// A key that lasts as long as the process: for directories in memory.
    pub fn random() -> Result<SecretKey> {
        SecretKey::of(&fresh()?)
    }

    /// The key in a file, which is made (mode 0600) where there is none. One that others may read is refused.
    pub fn open_or_make(path: &Path) -> Result<SecretKey> {
        let doing =
            |error: std::io::Error| Error::from(error).while_doing(&format!("opening {}", path.display()));
        match std::fs::read(path) {
            Ok(bytes) => {
                check_mode(path)?;
                let bytes = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| damaged(path))?;
                SecretKey::of(&bytes)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let bytes = fresh()?;
                make(path, &bytes).map_err(doing)?;
                SecretKey::of(&bytes)
            }
            Err(error) => Err(doing(error)),
        }
    }

    fn of(bytes: &[u8; KEY_BYTES]) -> Result<SecretKey> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| unreadable())?;
        Ok(SecretKey { key: LessSafeKey::new(key), random: SystemRandom::new() })
    }

    /// A secret as it may lie in a database; `owner` names the object it belongs to.
    pub fn seal(&self, owner: &str, secret: &SecureString) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| no_randomness())?;
        let mut sealed = secret.reveal().as_bytes().to_vec();
        let bound = Aad::from(owner.as_bytes());
        let unique = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(unique, bound, &mut sealed).map_err(|_| unreadable())?;
        Ok(format!("{FORM}{}", STANDARD.encode([&nonce[..], &sealed].concat())))
    }

    /// The secret again. An error (`SecretUnreadable`): it was sealed with another key, for another object, or is damaged.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<SecureString> {
        self.opened(owner, sealed).map(SecureString::new).ok_or_else(unreadable)
    }

    fn opened(&self, owner: &str, sealed: &str) -> Option<String> {
        let bytes = STANDARD.decode(sealed.strip_prefix(FORM)?).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let open = self.key.open_in_place(nonce, Aad::from(owner.as_bytes()), &mut sealed).ok()?;
        String::from_utf8(open.to_vec()).ok()
    }
}

fn fresh() -> Result<[u8; KEY_BYTES]> {
    let mut bytes = [0; KEY_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| no_randomness())?;
    Ok(bytes)
}

/// Written whole and synced beside its place and then moved there, before anything is sealed with it: no secret outlives its
/// key, and whoever dies in the middle of it leaves no half of one.
fn make(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    // One that is left over may be readable by others.
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn check_mode(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let message = format!("The key file {} may be read by others (mode {mode:o}).", path.display());
    Err(Error::denied(ErrorId::KeyFileOpen, message).help(format!("Run chmod 600 {}.", path.display())))
}

fn damaged(path: &Path) -> Error {
    let message = format!("The key file {} does not hold {KEY_BYTES} octets.", path.display());
    Error::server(ErrorId::SecretUnreadable, message).help("Put it back from a backup.")
}

fn unreadable() -> Error {
    Error::server(
        ErrorId::SecretUnreadable,
        "A kept secret cannot be opened with the key of this data directory.",
    )
    .help("Put secrets.key back from a backup, or give the credential again with Set-ADTrust -Credential.")
}

fn no_randomness() -> Error {
    Error::server(ErrorId::NoRandomness, "The system gave no randomness.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_secret_opens_with_its_key_and_for_its_object_alone() {
        let (key, other) = (SecretKey::random().unwrap(), SecretKey::random().unwrap());
        let secret = SecureString::new("Gehe1m-ß");
        let sealed = key.seal("one", &secret).unwrap();
        assert!(!sealed.contains("Gehe"), "{sealed}");
        assert_ne!(sealed, key.seal("one", &secret).unwrap(), "a nonce of its own");
        assert_eq!(key.open("one", &sealed).unwrap().reveal(), "Gehe1m-ß");
        for (key, owner, sealed) in [
            (&other, "one", sealed.as_str()),
            (&key, "two", &sealed),
            (&key, "one", "x"),
            (&key, "one", "aes256gcm:AAAA"),
        ] {
            assert_eq!(key.open(owner, sealed).unwrap_err().id(), "SecretUnreadable");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.key");
        let sealed = SecretKey::open_or_make(&path).unwrap().seal("one", &SecureString::new("x")).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let half = folder.path().join("other.key.new");
        std::fs::write(&half, b"half").unwrap();
        std::fs::set_permissions(&half, std::fs::Permissions::from_mode(0o600)).unwrap();
        SecretKey::open_or_make(&folder.path().join("other.key")).unwrap();
        assert!(!half.exists() && std::fs::read(folder.path().join("other.key")).unwrap().len() == KEY_BYTES);
        assert_eq!(SecretKey::open_or_make(&path).unwrap().open("one", &sealed).unwrap().reveal(), "x");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(SecretKey::open_or_make(&path).unwrap_err().id(), "KeyFileOpen");
        std::fs::write(&path, b"short").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(SecretKey::open_or_make(&path).unwrap_err().id(), "SecretUnreadable");
    }
}
