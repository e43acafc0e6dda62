//! TLS: one certificate for the house, kept in files, and an acceptor of its own for every service.
//!
//! A service gets its own session tickets, so that a ticket of one cannot be offered to another.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::SystemTime;

use object::types::SmtpDomain;
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

/// The certificate and key of the house, read again by [`reload`](Certificates::reload), and those of its store that
/// services show in its place.
#[derive(Debug)]
pub struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    current: Arc<Current>,
    store: PathBuf,
    by_service: ByService,
    /// Held by whatever changes the store: what it looks at stays so until it is done.
    changes: Mutex<()>,
}

/// What shows a certificate, as Exchange names services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// IMAP4.
    Imap,
    /// POP3.
    Pop,
    /// HTTPS, and LDAP, for which Exchange has no word.
    Iis,
    /// SMTP and submission.
    Smtp,
}

impl Service {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Service; 4] = [Service::Imap, Service::Pop, Service::Iis, Service::Smtp];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Service::Imap => "IMAP",
            Service::Pop => "POP",
            Service::Iis => "IIS",
            Service::Smtp => "SMTP",
        }
    }

    /// The service that is called so, in any case.
    pub fn of_word(word: &str) -> Option<Service> {
        Service::ALL.into_iter().find(|service| service.word().eq_ignore_ascii_case(word))
    }
}

/// What services show that chose another certificate than the house's.
pub(crate) type ByService = Arc<RwLock<BTreeMap<Service, Arc<CertifiedKey>>>>;

/// What one service shows.
#[derive(Debug)]
struct Shown {
    service: Service,
    by_service: ByService,
    house: Arc<Current>,
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let chosen = self.by_service.read().unwrap_or_else(PoisonError::into_inner);
        Some(chosen.get(&self.service).cloned().unwrap_or_else(|| self.house.resolved()))
    }
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

fn written(certificate: &Path, key: &Path) -> Written {
    [certificate, key].map(|file| fs::metadata(file).and_then(|file| file.modified()).ok())
}

impl Certificates {
    /// Reads certificate chain and key from PEM files, and what services show in their place from the store in `folder`.
    pub fn open(certificate: &Path, key: &Path, folder: &Path) -> Result<Certificates> {
        // Looked at before they are read: what is written meanwhile is read again.
        let written = RwLock::new(written(certificate, key));
        let key_now = RwLock::new(Arc::new(read(certificate, key)?));
        let current = Arc::new(Current { key: key_now, written });
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        let (store, by_service) = (folder.join("store"), ByService::default());
        let changes = Mutex::new(());
        let certificates = Certificates { certificate, key, current, store, by_service, changes };
        certificates.read_what_can_be(&BTreeMap::new());
        Ok(certificates)
    }

    /// Reads `certificate.pem` and `key.pem` in `folder`; where they are missing, makes a certificate for
    /// `names` that signs itself, good from `now`, and keeps it there.
    pub fn open_or_make(folder: &Path, names: &[String], now: Time) -> Result<Certificates> {
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        if !certificate.exists() || !key.exists() {
            make(folder, &certificate, &key, names, now)?;
        }
        Certificates::open(&certificate, &key, folder)
    }

    /// Where the certificates lie that are not the house's.
    pub(crate) fn store(&self) -> &Path {
        &self.store
    }
    /// Puts into force which service shows what; connections that stand keep what they have.
    pub(crate) fn show(&self, by_service: BTreeMap<Service, Arc<CertifiedKey>>) {
        *self.by_service.write().unwrap_or_else(PoisonError::into_inner) = by_service;
    }
    /// The same for some services; without a key they show the house's.
    pub(crate) fn show_in(&self, services: &[Service], key: Option<&Arc<CertifiedKey>>) {
        let mut shown = self.by_service.write().unwrap_or_else(PoisonError::into_inner);
        shown.retain(|service, _| !services.contains(service));
        shown.extend(key.iter().flat_map(|key| services.iter().map(|service| (*service, Arc::clone(key)))));
    }
    /// Keeps others from changing the store meanwhile.
    pub(crate) fn changing(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// What the house shows where a service chose nothing else.
    pub(crate) fn own(&self) -> Arc<CertifiedKey> {
        self.current.resolved()
    }

    /// Reads the files again; connections that stand keep what they have. What cannot be read stays as it was: one that is
    /// damaged in the store is logged, and keeps no other one from being shown.
    pub fn reload(&self) -> Result<()> {
        let written = written(&self.certificate, &self.key);
        *self.current.written.write().unwrap_or_else(PoisonError::into_inner) = written;
        let _changing = self.changing();
        let fresh = Arc::new(read(&self.certificate, &self.key)?);
        *self.current.key.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        let shown = self.by_service.read().unwrap_or_else(PoisonError::into_inner).clone();
        self.read_what_can_be(&shown);
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

    /// An acceptor for one port of a service, with session tickets that no other one takes. `alpn` are the
    /// protocol names offered (`http/1.1`); none for protocols whose clients send none.
    pub fn acceptor(&self, service: Service, alpn: &[&str]) -> Result<Acceptor> {
        let (by_service, house) = (Arc::clone(&self.by_service), Arc::clone(&self.current));
        let shown = Arc::new(Shown { service, by_service, house });
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| tls_error(&error))?
            .with_no_client_auth()
            .with_cert_resolver(shown as Arc<dyn ResolvesServerCert>);
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

pub(crate) fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey> {
    let chain = read_chain(certificate)?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error.to_string()))?;
    CertifiedKey::from_der(chain, secret, &ring::default_provider())
        .map_err(|error| unreadable(certificate, &format!("{error}; key file {}", key.display())))
}

pub(crate) fn read_chain(certificate: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let chain =
        chain_of(&fs::read(certificate).map_err(|error| unreadable(certificate, &error.to_string()))?)
            .map_err(|why| unreadable(certificate, &why))?;
    if chain.is_empty() {
        return Err(unreadable(certificate, "there is no CERTIFICATE block in it"));
    }
    Ok(chain)
}

/// The certificates of a PEM text.
pub(crate) fn chain_of(text: &[u8]) -> std::result::Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())
}

/// A chain with its key, where the two belong together.
pub(crate) fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: &[u8],
) -> std::result::Result<CertifiedKey, String> {
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| error.to_string())?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| error.to_string())
}

/// The first private key of a PEM text, with the lines that enclose it.
pub(crate) fn key_block(text: &[u8]) -> Option<String> {
    // What stands around the block may be in any encoding.
    let text = String::from_utf8_lossy(text);
    let end_of_head = text.find("PRIVATE KEY-----")?;
    let start = text[..end_of_head].rfind("-----BEGIN ")?;
    let foot = text[end_of_head..].find("-----END ")? + end_of_head;
    let end = text[foot..].find("PRIVATE KEY-----")? + foot + "PRIVATE KEY-----".len();
    Some(format!("{}\n", &text[start..end]))
}

fn unreadable(file: &Path, why: &str) -> Error {
    Error::caller(
        ErrorId::CertificateUnreadable,
        format!("{} cannot be used for TLS: {why}.", file.display()),
    )
    .help("It must be a PEM file: the certificate with its chain, the key in PKCS#8, PKCS#1 or SEC1.")
}

fn make(folder: &Path, certificate: &Path, key: &Path, names: &[String], now: Time) -> Result<()> {
    let (pair, signed) = self_signed(names, now)?;
    make_folder(folder)?;
    write(key, &pair.serialize_pem(), 0o600)?;
    write(certificate, &signed.pem(), 0o644)
}

/// A folder that only its owner reads, for good with those above it when this answers.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty() && !above.exists()) {
        make_folder(above)?;
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    sync_folder(folder)
}

/// A key, and a certificate for these hosts that it signs itself.
pub(crate) fn self_signed(names: &[String], now: Time) -> Result<(rcgen::KeyPair, rcgen::Certificate)> {
    let pair = rcgen::KeyPair::generate().map_err(|error| unmade(names, &error))?;
    let signed = params(names, now)?.self_signed(&pair).map_err(|error| unmade(names, &error))?;
    Ok((pair, signed))
}

/// What a certificate for these hosts says; the first one is its subject.
pub(crate) fn params(names: &[String], now: Time) -> Result<rcgen::CertificateParams> {
    if let Some(wrong) = names.iter().find(|name| !is_host(name)) {
        let message = format!("'{wrong}' is not a domain.");
        return Err(Error::caller(ErrorId::CertificateNotMade, message)
            .help("Write hosts such as mail.contoso.com or *.contoso.com, in the letters of ASCII, or IP addresses.")
            .about("DomainName"));
    }
    let mut params = rcgen::CertificateParams::new(names.to_vec()).map_err(|error| unmade(names, &error))?;
    let common_name = names.first().map_or("mailstead", String::as_str);
    params.distinguished_name.push(rcgen::DnType::CommonName, common_name);
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let midnight = |time: Time| {
        let (year, month, day) = time.date();
        rcgen::date_time_ymd(i32::try_from(year).unwrap_or(1970), month as u8, day as u8)
    };
    params.not_before = midnight(now);
    params.not_after = midnight(Time(now.0 + SELF_SIGNED_DAYS * 86_400_000_000));
    Ok(params)
}

/// A host as certificates name it: an IP address or a domain, which may begin with `*.`. [RFC 5280 4.2.1.6]
fn is_host(name: &str) -> bool {
    let domain = name.strip_prefix("*.").unwrap_or(name);
    let is_domain = domain.is_ascii() && !domain.starts_with('[') && SmtpDomain::parse(domain).is_some();
    is_domain || name.parse::<std::net::IpAddr>().is_ok()
}

/// Why there is no certificate for some names.
pub(crate) fn unmade(names: &[String], error: &rcgen::Error) -> Error {
    let message = format!("No certificate can be made for {}: {error}.", names.join(", "));
    Error::caller(ErrorId::CertificateNotMade, message).about("DomainName")
}

/// Writes beside the file and renames, so that a file that is there is whole; it is there for good when this answers.
pub(crate) fn write(file: &Path, text: &str, mode: u32) -> Result<()> {
    let beside = file.with_extension("new");
    // One that is left over may have another mode.
    gone(fs::remove_file(&beside))?;
    let mut out = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    fs::rename(&beside, file)?;
    sync_folder(file)
}

/// A file that was not there is gone, too.
pub(crate) fn gone(removed: std::io::Result<()>) -> Result<()> {
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Syncs the folder in which a file was made or removed.
pub(crate) fn sync_folder(file: &Path) -> Result<()> {
    match file.parent() {
        Some(folder) => Ok(fs::File::open(folder)?.sync_all()?),
        None => Ok(()),
    }
}
