//! Where the server keeps its certificates: the doors say, cmdlets ask.

use object::{Error, ErrorId, Result, Time};
use std::sync::{Arc, OnceLock};

/// A certificate of the house, or one that is asked for.
#[derive(Debug, Clone)]
pub struct HouseCertificate {
    /// SHA-1 of it in capitals: how it is named.
    pub thumbprint: String,
    /// Whose it is.
    pub subject: String,
    /// Who signed it; nothing while it is asked for.
    pub issuer: String,
    /// Its number with its issuer.
    pub serial: String,
    /// When it begins and ends; nothing while it is asked for.
    pub valid: Option<(Time, Time)>,
    /// The hosts it is for.
    pub names: Vec<String>,
    /// Bits of its public key.
    pub key_bits: usize,
    /// Whether it signed itself.
    pub is_self_signed: bool,
    /// Whether its key is here.
    pub has_key: bool,
    /// What a person calls it.
    pub friendly_name: String,
    /// The services that show it: `IMAP`, `POP`, `IIS`, `SMTP`.
    pub services: Vec<&'static str>,
    /// Why its files cannot be used; nothing where they can.
    pub flaw: Option<String>,
    /// What mends a flaw, in the order in which it works.
    pub remedy: String,
}

/// Where the server keeps its certificates. Certificates are named by their thumbprint in capitals.
pub trait CertificateStore: Send + Sync {
    /// All of them, the house's own first.
    fn all(&self) -> Result<Vec<HouseCertificate>>;
    /// The hosts that a certificate is for where nobody says otherwise.
    fn usual_names(&self) -> Vec<String>;
    /// Makes one for these hosts that signs itself. Answers its thumbprint.
    fn make(&self, names: &[String], friendly_name: &str) -> Result<String>;
    /// Makes a key and a request for these hosts. Answers the thumbprint and the request in PEM.
    fn request(&self, names: &[String], friendly_name: &str) -> Result<(String, String)>;
    /// Takes one in from PEM. Answers its thumbprint.
    fn import(&self, file: &[u8], friendly_name: &str) -> Result<String>;
    /// Lets services show it.
    fn enable(&self, thumbprint: &str, services: &[&str]) -> Result<()>;
    /// Takes it away.
    fn remove(&self, thumbprint: &str) -> Result<()>;
}

/// The server's certificates, once it has opened its doors; a house without doors has none.
#[derive(Clone, Default)]
pub struct Certificates(Arc<OnceLock<Box<dyn CertificateStore>>>);

impl Certificates {
    /// Says where they are kept; the first one counts.
    pub fn are_in(&self, store: impl CertificateStore + 'static) {
        self.0.get_or_init(|| Box::new(store));
    }

    pub(crate) fn store(&self) -> Result<&dyn CertificateStore> {
        self.0.get().map(|store| &**store).ok_or_else(|| {
            Error::server(ErrorId::NoServer, "There are no certificates in a house without doors.")
        })
    }
}
