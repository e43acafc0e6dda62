//! TLS: one certificate for the house, kept in files, and an acceptor of its own for every service.
//!
//! A service gets its own session tickets, so that a ticket of one cannot be offered to another.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use object::{Error, ErrorId, Result, Time};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::stream::Raw;

/// How long a certificate that we make ourselves is good: clients refuse more than 825 days.
const SELF_SIGNED_DAYS: i64 = 820;

/// Chooses ring as the one cryptography of the process. Called first in `main`; a second call changes nothing.
pub fn install_tls_provider() {
    // An error only says that a provider stands already.
    let _stands = ring::default_provider().install_default().is_err();
}

/// The certificate and key of the house; read again by [`reload`](Certificates::reload).
#[derive(Debug)]
pub struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    current: Arc<Current>,
}

#[derive(Debug)]
struct Current {
    key: RwLock<Arc<CertifiedKey>>,
    /// When the files were written that it was read from.
    written: RwLock<Written>,
}

/// When certificate and key were last written, as the file system says; nothing where a file is not there.
type Written = [Option<SystemTime>; 2];

impl Current {
    fn resolved(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.key.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.resolved())
    }
}

fn written(certificate: &Path, key: &Path) -> Written {
    [certificate, key].map(|file| fs::metadata(file).and_then(|file| file.modified()).ok())
}

impl Certificates {
    /// Reads certificate chain and key from PEM files.
    pub fn open(certificate: &Path, key: &Path) -> Result<Certificates> {
        // Looked at before they are read: what is written meanwhile is read again.
        let written = RwLock::new(written(certificate, key));
        let key_now = RwLock::new(Arc::new(read(certificate, key)?));
        let current = Arc::new(Current { key: key_now, written });
        Ok(Certificates { certificate: certificate.to_owned(), key: key.to_owned(), current })
    }

    /// Reads `certificate.pem` and `key.pem` in `folder`; where they are missing, makes a certificate for
    /// `names` that signs itself, good from `now`, and keeps it there.
    pub fn open_or_make(folder: &Path, names: &[String], now: Time) -> Result<Certificates> {
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        if !certificate.exists() || !key.exists() {
            make(folder, &certificate, &key, names, now)?;
        }
        Certificates::open(&certificate, &key)
    }

    /// Reads the files again; connections that stand keep what they have. On an error all stays as it was.
    pub fn reload(&self) -> Result<()> {
        let written = written(&self.certificate, &self.key);
        *self.current.written.write().unwrap_or_else(PoisonError::into_inner) = written;
        let fresh = Arc::new(read(&self.certificate, &self.key)?);
        *self.current.key.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// [`reload`](Certificates::reload), when one of the files was written since they were read last. Whether it was.
    pub fn reload_if_changed(&self) -> Result<bool> {
        let now = written(&self.certificate, &self.key);
        let changed = *self.current.written.read().unwrap_or_else(PoisonError::into_inner) != now;
        if changed {
            self.reload()?;
        }
        Ok(changed)
    }

    /// When the certificate in use ends, as it says itself.
    pub fn ends(&self) -> Result<Time> {
        let current = self.current.resolved();
        let leaf = current.cert.first().map(|leaf| leaf.as_ref()).unwrap_or_default();
        let (_, read) = x509_parser::parse_x509_certificate(leaf)
            .map_err(|error| unreadable(&self.certificate, &error.to_string()))?;
        Ok(Time::from_unix(read.validity().not_after.timestamp()))
    }

    /// Where the certificate lies, for clients that are told to trust it.
    pub fn certificate_file(&self) -> &Path {
        &self.certificate
    }

    /// An acceptor for one service, with session tickets that no other service takes. `alpn` are the
    /// protocol names offered (`http/1.1`); none for protocols whose clients send none.
    pub fn acceptor(&self, alpn: &[&str]) -> Result<Acceptor> {
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| tls_error(&error))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.current) as Arc<dyn ResolvesServerCert>);
        config.ticketer = ring::Ticketer::new().map_err(|error| tls_error(&error))?;
        // Tickets only: a table of sessions would be memory that strangers fill.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 1;
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(Acceptor(TlsAcceptor::from(Arc::new(config))))
    }
}

/// Makes connections of one service into TLS connections.
#[derive(Clone)]
pub struct Acceptor(TlsAcceptor);

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acceptor")
    }
}

impl Acceptor {
    pub(crate) async fn accept(&self, raw: Raw) -> std::io::Result<TlsStream<Raw>> {
        self.0.accept(raw).await
    }
}

fn tls_error(error: &rustls::Error) -> Error {
    Error::server(ErrorId::TlsFailed, format!("TLS could not be set up: {error}."))
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(certificate, &error.to_string()))?;
    if chain.is_empty() {
        return Err(unreadable(certificate, "there is no CERTIFICATE block in it"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error.to_string()))?;
    CertifiedKey::from_der(chain, secret, &ring::default_provider())
        .map_err(|error| unreadable(certificate, &format!("{error}; key file {}", key.display())))
}

fn unreadable(file: &Path, why: &str) -> Error {
    Error::caller(
        ErrorId::CertificateUnreadable,
        format!("{} cannot be used for TLS: {why}.", file.display()),
    )
    .help("It must be a PEM file: the certificate with its chain, the key in PKCS#8, PKCS#1 or SEC1.")
}

fn make(folder: &Path, certificate: &Path, key: &Path, names: &[String], now: Time) -> Result<()> {
    let failed = |error: rcgen::Error| {
        Error::caller(
            ErrorId::CertificateNotMade,
            format!("No certificate can be made for {names:?}: {error}."),
        )
    };
    let mut params = rcgen::CertificateParams::new(names.to_vec()).map_err(failed)?;
    let common_name = names.first().map_or("mailstead", String::as_str);
    params.distinguished_name.push(rcgen::DnType::CommonName, common_name);
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let midnight = |time: Time| {
        let (year, month, day) = time.date();
        rcgen::date_time_ymd(i32::try_from(year).unwrap_or(1970), month as u8, day as u8)
    };
    params.not_before = midnight(now);
    params.not_after = midnight(Time(now.0 + SELF_SIGNED_DAYS * 86_400_000_000));
    let pair = rcgen::KeyPair::generate().map_err(failed)?;
    let signed = params.self_signed(&pair).map_err(failed)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    write(key, &pair.serialize_pem(), 0o600)?;
    write(certificate, &signed.pem(), 0o644)
}

/// Writes beside the file and renames, so that a file that is there is whole.
fn write(file: &Path, text: &str, mode: u32) -> Result<()> {
    let beside = file.with_extension("new");
    let mut out = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&beside)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    Ok(fs::rename(&beside, file)?)
}
