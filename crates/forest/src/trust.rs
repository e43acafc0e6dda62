//! A trust: which controllers speak for a foreign directory, whom we believe that they are, and as whom we ask.

use object::types::{SecureString, SmtpAddress};
use object::{Error, ErrorId, Result};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use std::net::IpAddr;

/// More controllers than these are not asked one after the other: whoever logs on waits for each.
pub const CONTROLLERS_MAX: usize = 8;
/// The most that certificates of authorities may have, as PEM, in bytes: a bundle of all is some hundred KB, and a trust needs
/// one of them.
pub const AUTHORITY_BYTES_MAX: usize = 1 << 20;
const LDAP: u16 = 389;
const LDAPS: u16 = 636;

/// A trusted foreign directory.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The name of its domain: `fabrikam.test`.
    pub name: String,
    /// What stands before `\` in the names of its accounts: `FABRIKAM`.
    pub netbios: String,
    /// The controllers, in the order in which they are asked.
    pub controllers: Vec<Controller>,
    /// The certificate authority in PEM; the system's where there is none.
    pub authority: Option<String>,
    /// The entry below which accounts are looked for: `DC=fabrikam,DC=test`.
    pub base_dn: String,
    /// As whom the directory is asked: a name to bind with (a DN, `DOMAIN\name` or a UPN) and a password.
    pub credential: Option<(String, SecureString)>,
}

impl Trust {
    /// The same trust, asked as somebody else.
    #[must_use]
    pub fn asked_as(&self, name: &str, password: &SecureString) -> Trust {
        Trust { credential: Some((name.to_owned(), password.clone())), ..self.clone() }
    }

    /// The same trust with a controller, named by its host name or the first label of it, asked first.
    #[must_use]
    pub fn from(&self, controller: &str) -> Trust {
        let mut trust = self.clone();
        trust.controllers.sort_by_key(|one| !one.is_named(controller));
        trust
    }

    /// Whether a text is the name of one of its controllers, or of the trust itself.
    pub fn is_named(&self, text: &str) -> bool {
        let names = [&self.name, &self.netbios];
        names.iter().any(|name| name.eq_ignore_ascii_case(text.trim()))
            || self.controllers.iter().any(|one| one.is_named(text))
    }
}

/// How a connection to a controller begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// With TLS.
    Ldaps,
    /// Without it; TLS follows by StartTLS before anything is said. [RFC 4513 3]
    StartTls,
}

/// A server of a foreign directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    /// Its host name, which its certificate must bear.
    pub host: String,
    /// Where it is found when names do not lead there.
    pub address: Option<IpAddr>,
    /// How and where it is spoken to; several are tried in order.
    pub(crate) ways: Vec<(Beginning, u16)>,
}

impl Controller {
    /// Reads `dc1.fabrikam.test` (LDAPS, else StartTLS on the usual ports), or an LDAP URL: `ldaps://dc1.fabrikam.test:6360`
    /// (TLS from the beginning), `ldap://dc1.fabrikam.test:3890` (StartTLS).
    pub fn parse(text: &str, address: Option<IpAddr>) -> Result<Controller> {
        let text = text.trim();
        let bad = || {
            Error::caller(
                ErrorId::ControllerNameInvalid,
                format!("'{text}' is not the name of a domain controller."),
            )
            .help("Write a host name such as dc1.fabrikam.test, or a URL: ldaps://dc1.fabrikam.test:636.")
            .about("DomainController")
        };
        let (beginning, place) = match text.split_once("://") {
            None => (None, text),
            Some((scheme, place)) if scheme.eq_ignore_ascii_case("ldaps") => (Some(Beginning::Ldaps), place),
            Some((scheme, place)) if scheme.eq_ignore_ascii_case("ldap") => {
                (Some(Beginning::StartTls), place)
            }
            Some(_) => return Err(bad()),
        };
        let (host, port) = match place.trim_end_matches('/').rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| bad())?)),
            None => (place.trim_end_matches('/'), None),
        };
        let good = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        if !good || ServerName::try_from(host).is_err() {
            return Err(bad());
        }
        let ways = match (beginning, port) {
            (None, None) => vec![(Beginning::Ldaps, LDAPS), (Beginning::StartTls, LDAP)],
            (None, Some(LDAP)) => vec![(Beginning::StartTls, LDAP)],
            (None, Some(port)) => vec![(Beginning::Ldaps, port)],
            (Some(Beginning::Ldaps), port) => vec![(Beginning::Ldaps, port.unwrap_or(LDAPS))],
            (Some(Beginning::StartTls), port) => vec![(Beginning::StartTls, port.unwrap_or(LDAP))],
        };
        Ok(Controller { host: host.to_owned(), address, ways })
    }

    fn is_named(&self, text: &str) -> bool {
        let text = text.trim();
        let label = self.host.split('.').next().unwrap_or_default();
        self.host.eq_ignore_ascii_case(text) || label.eq_ignore_ascii_case(text)
    }
}

impl std::fmt::Display for Controller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.host)
    }
}

/// The entry at which a domain's directory begins: `DC=fabrikam,DC=test` for `fabrikam.test`.
pub fn base_dn_of(domain: &str) -> String {
    let labels = domain.split('.').filter(|label| !label.is_empty());
    labels.map(|label| format!("DC={}", ldap3::dn_escape(label))).collect::<Vec<_>>().join(",")
}

/// Refuses what is not at least one certificate in PEM.
pub fn check_authority(pem: &str) -> Result<()> {
    roots(pem).map(drop)
}

/// The certificates of an authority that a connection is checked against.
pub(crate) fn roots(pem: &str) -> Result<RootCertStore> {
    let bad = |why: &str| {
        Error::caller(
            ErrorId::CertificateUnreadable,
            format!("The certificate authority cannot be read: {why}."),
        )
        .help("Give a file with one or more certificates in PEM (-----BEGIN CERTIFICATE-----).")
        .about("CertificateAuthority")
    };
    if pem.len() > AUTHORITY_BYTES_MAX {
        return Err(bad("it is too long"));
    }
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|_| bad("it is not in PEM"))?;
        roots.add(certificate).map_err(|_| bad("a certificate in it is damaged"))?;
    }
    if roots.is_empty() { Err(bad("there is no certificate in it")) } else { Ok(roots) }
}

/// The domain of a name that may be a UPN or an address.
pub(crate) fn domain_of(text: &str) -> Option<String> {
    SmtpAddress::parse(text).map(|address| address.domain().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Beginning::{Ldaps, StartTls};

    #[test]
    fn controllers_are_host_names_or_urls() {
        for (text, host, ways) in [
            ("dc1.fabrikam.test", "dc1.fabrikam.test", &[(Ldaps, 636), (StartTls, 389)][..]),
            ("FabrikamDC01", "FabrikamDC01", &[(Ldaps, 636), (StartTls, 389)]),
            ("dc1.fabrikam.test:3269", "dc1.fabrikam.test", &[(Ldaps, 3269)]),
            ("dc1.fabrikam.test:389", "dc1.fabrikam.test", &[(StartTls, 389)]),
            ("LDAPS://ldap.foreign.test:6360/", "ldap.foreign.test", &[(Ldaps, 6360)]),
            ("ldap://ldap.foreign.test:3890", "ldap.foreign.test", &[(StartTls, 3890)]),
            ("ldap://127.0.0.1", "127.0.0.1", &[(StartTls, 389)]),
        ] {
            let read = Controller::parse(text, None).unwrap();
            assert_eq!((read.host.as_str(), read.ways.as_slice()), (host, ways), "{text}");
        }
        for text in [
            "",
            "ldapi://x",
            "http://dc1",
            "dc1:x",
            "dc1/..",
            "dc 1",
            "ldap://",
            "dc1?x",
            "u@dc1",
            "a..b",
            "::1",
        ] {
            assert_eq!(Controller::parse(text, None).unwrap_err().id(), "ControllerNameInvalid", "{text}");
        }
    }

    #[test]
    fn a_controller_is_known_by_its_name_and_its_first_label() {
        let trust = Trust {
            name: "fabrikam.test".into(),
            netbios: "FABRIKAM".into(),
            controllers: ["dc1.fabrikam.test", "FabrikamDC01.fabrikam.test"]
                .map(|host| Controller::parse(host, None).unwrap())
                .into(),
            authority: None,
            base_dn: base_dn_of("fabrikam.test"),
            credential: None,
        };
        assert_eq!(trust.base_dn, "DC=fabrikam,DC=test");
        for (text, known) in [
            ("fabrikamdc01", true),
            ("DC1.fabrikam.test", true),
            ("fabrikam", true),
            ("dc", false),
            ("", false),
        ] {
            assert_eq!(trust.is_named(text), known, "{text}");
        }
        assert_eq!(trust.from("FabrikamDC01").controllers[0].host, "FabrikamDC01.fabrikam.test");
        assert_eq!(trust.from("other").controllers[0].host, "dc1.fabrikam.test");
    }

    #[test]
    fn an_authority_is_pem() {
        for text in ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert_eq!(check_authority(text).unwrap_err().id(), "CertificateUnreadable", "{text:?}");
        }
    }
}
