//! Where a server elsewhere is, and whose word for it is trusted.

use object::{Error, ErrorId, Result};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// Where distributions keep the authorities they trust.
const SYSTEM_AUTHORITIES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// A server's address: `https://mail.contoso.com:10443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    /// Reads a URL; only `https` is taken, since a password travels.
    pub(crate) fn parse(url: &str) -> Result<Address> {
        let wrong = |why: &str| {
            Error::caller(ErrorId::ServerUrlWrong, format!("'{url}' is not the address of a server: {why}."))
                .help("Write it like https://mail.contoso.com:10443.")
                .about("server")
        };
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        if !scheme.eq_ignore_ascii_case("https") {
            return Err(wrong("only https is spoken, because a password travels"));
        }
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
            return Err(wrong("a host name and a port are all it holds"));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, port.parse().map_err(|_| wrong("the port is not a number"))?)
            }
            _ => (authority, 443),
        };
        Ok(Address { host: host.trim_matches(['[', ']']).to_owned(), port })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Whom to trust: the authorities in `file`, else those of this machine.
pub(crate) fn trust(file: Option<&Path>) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => add(&mut roots, file)?,
        None => {
            let known = SYSTEM_AUTHORITIES.iter().map(Path::new).find(|file| file.exists());
            known.map_or(Ok(()), |file| add(&mut roots, file))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::server(ErrorId::TlsFailed, format!("TLS could not be set up: {error}.")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add(roots: &mut RootCertStore, file: &Path) -> Result<()> {
    let unreadable = |why: String| {
        Error::caller(ErrorId::CertificateUnreadable, format!("{} cannot be used: {why}.", file.display()))
            .help("Give the server's certificate, or that of its authority, as a PEM file.")
            .about("ca")
    };
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| unreadable(error.to_string()))?;
    let mut taken = 0;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        taken += usize::from(roots.add(certificate).is_ok());
    }
    if taken == 0 { Err(unreadable("there is no certificate in it".to_owned())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_host_and_port() {
        for (url, host, port) in [
            ("https://mail.contoso.com:10443", "mail.contoso.com", 10443),
            ("https://mail.contoso.com/", "mail.contoso.com", 443),
            ("mail:10443", "mail", 10443),
            ("https://[::1]:10443", "::1", 10443),
        ] {
            assert_eq!(Address::parse(url).unwrap(), Address { host: host.to_owned(), port }, "{url}");
        }
        for url in ["http://mail", "https://", "https://a/b", "https://u@a", "https://a:b"] {
            assert_eq!(Address::parse(url).unwrap_err().id(), "ServerUrlWrong", "{url}");
        }
    }
}
