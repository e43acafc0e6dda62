//! The server's certificates, as cmdlets ask for them.

use cmdlets::{CertificateStore, HouseCertificate};
use net::{Certificates, Service, Stored};
use object::{Clock, Error, ErrorId, Result};
use std::sync::Arc;

/// The certificates behind the doors.
pub(crate) struct Shelf {
    /// What the doors show.
    pub(crate) certificates: Arc<Certificates>,
    /// What a certificate is for where nobody says otherwise.
    pub(crate) names: Vec<String>,
    /// When one begins.
    pub(crate) clock: Arc<dyn Clock>,
}

impl CertificateStore for Shelf {
    fn all(&self) -> Result<Vec<HouseCertificate>> {
        Ok(self.certificates.stored()?.into_iter().map(of_house).collect())
    }
    fn usual_names(&self) -> Vec<String> {
        self.names.clone()
    }
    fn make(&self, names: &[String], friendly_name: &str) -> Result<String> {
        self.certificates.make(names, friendly_name, self.clock.now())
    }
    fn request(&self, names: &[String], friendly_name: &str) -> Result<(String, String)> {
        self.certificates.request(names, friendly_name, self.clock.now())
    }
    fn import(&self, file: &[u8], friendly_name: &str) -> Result<String> {
        self.certificates.import(file, friendly_name)
    }
    fn enable(&self, thumbprint: &str, services: &[&str]) -> Result<()> {
        let service = |word: &&str| {
            let message = format!("'{word}' is not a service.");
            Service::of_word(word)
                .ok_or_else(|| Error::caller(ErrorId::InvalidValue, message).about("Services"))
        };
        let services: Vec<Service> = services.iter().map(service).collect::<Result<_>>()?;
        self.certificates.enable(thumbprint, &services)
    }
    fn remove(&self, thumbprint: &str) -> Result<()> {
        self.certificates.remove(thumbprint)
    }
}

fn of_house(stored: Stored) -> HouseCertificate {
    HouseCertificate {
        thumbprint: stored.thumbprint,
        subject: stored.subject,
        issuer: stored.issuer,
        serial: stored.serial,
        valid: stored.valid,
        names: stored.names,
        key_bits: stored.key_bits,
        is_self_signed: stored.is_self_signed,
        has_key: stored.has_key,
        friendly_name: stored.friendly_name,
        services: stored.services.into_iter().map(Service::word).collect(),
        flaw: stored.flaw,
        remedy: stored.remedy,
    }
}
